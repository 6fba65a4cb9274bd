"""How an organisation pays: said by finance, told to the others there."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from expenses import notifications, permissions
from expenses.enums import BacsDays, RunPart
from expenses.models import PaymentSettings
from expenses.policies.bank_details import check_account
from expenses.policies.exports.bacs import NAME, bacs_text, is_written
from psp_portal.accounts.models import User
from psp_portal.audit.context import audited
from psp_portal.dates import local_date
from psp_portal.encryption import encrypt
from psp_portal.exceptions import RuleBroken


@dataclass(frozen=True)
class PayingAccount:
    """The account that pays, and the number that BACS has given its owner."""

    service_user_number: str
    account_name: str
    sort_code: str
    account_number: str


@audited("expenses.payment_settings.change")
@transaction.atomic
def change_payment_settings(
    *,
    organisation_id: UUID,
    account: PayingAccount | None,
    bacs_covers: RunPart,
    bacs_days: BacsDays,
    by: User,
    at: datetime,
) -> PaymentSettings:
    """Keep how an organisation pays; without an ``account`` the one it has stays.

    The others in finance are told of another account, for it is theirs to notice. No second person is asked: the
    account is the organisation's own, and its bank pays from no other. Raises RuleBroken, naming the field.
    """
    permissions.check_can_pay_for(by, organisation_id, today=local_date(at))
    settings = settings_of(organisation_id)
    if account is not None:
        _check(account)
        settings.service_user_number = account.service_user_number
        settings.account_name = bacs_text(account.account_name)[:NAME].strip()
        settings.sort_code, settings.account_number = encrypt(account.sort_code), encrypt(account.account_number)
        settings.last_four = account.account_number[-4:]
    settings.bacs_covers, settings.bacs_days = bacs_covers, bacs_days
    settings.save()
    if account is not None:
        notifications.paying_account_changed(settings, by=by, at=at)
    return settings


def settings_of(organisation_id: UUID) -> PaymentSettings:
    """Return how an organisation pays with the row locked, or what it is before it has said; unsaved then."""
    found = PaymentSettings.objects.select_for_update().filter(organisation_id=organisation_id).first()
    return found or PaymentSettings(organisation_id=organisation_id)


def _check(account: PayingAccount) -> None:
    if not re.fullmatch(r"[0-9]{6}", account.service_user_number):
        raise RuleBroken("Enter the service user number with 6 digits, like 123456", field="service_user_number")
    if not is_written(account.account_name):
        raise RuleBroken("Enter the name of the account in letters or digits", field="account_name")
    check_account(sort_code=account.sort_code, account_number=account.account_number)
