"""Keeps how somebody wants the portal to reach them."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from psp_portal.accounts.enums import Format
from psp_portal.accounts.models import User
from psp_portal.accounts.services.locks import lock_user
from psp_portal.audit.context import audited
from psp_portal.exceptions import RuleBroken


@audited("accounts.preferences.save")
@transaction.atomic
def save_formats(*, formats: Collection[str], by: User, at: datetime) -> User:
    """Keep how somebody wants pages and e-mails, in place of what they said before; everybody their own.

    Raises RuleBroken for a format that there is not.
    """
    if not set(formats) <= set(Format.values):
        raise RuleBroken("Select from the list", field="formats")
    user = lock_user(by.pk)
    user.formats = [each.value for each in Format if each in formats]
    user.save(update_fields=["formats"])
    return user
