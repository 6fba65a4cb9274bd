"""Bank details: encrypted, written by their owner, shown to nobody."""

from datetime import datetime

from django.db import transaction

from expenses import notifications
from expenses.models import BankDetails
from expenses.policies.bank_details import check_account
from psp_portal.accounts.models import User
from psp_portal.audit.context import audited
from psp_portal.encryption import encrypt


@audited("expenses.bank_details.change")
@transaction.atomic
def change_bank_details(
    *, account_name: str, sort_code: str, account_number: str, by: User, at: datetime
) -> BankDetails:
    """Keep where ``by`` wants to be paid, and tell them at the address held before that it was changed.

    Raises RuleBroken, naming the field, for digits that cannot be an account's.
    """
    check_account(sort_code=sort_code, account_number=account_number)
    old = BankDetails.objects.select_for_update().filter(user=by, replaced_at__isnull=True).first()
    if old:
        old.replaced_at = at
        old.save(update_fields=["replaced_at"])
    new = BankDetails.objects.create(
        user=by,
        account_name=encrypt(account_name),
        sort_code=encrypt(sort_code),
        account_number=encrypt(account_number),
        last_four=account_number[-4:],
        given_at=at,
    )
    notifications.bank_details_changed(new, is_first=old is None, at=at)
    return new
