"""Rows that a change holds until it is done, so that two changes of one person or one post take turns."""

from uuid import UUID

from psp_portal.accounts.models import Organisation, User


def lock_user(user_id: UUID) -> User:
    """Return the person's row, held until the transaction ends; rows that point at it may still be written."""
    return User.objects.select_for_update(no_key=True).get(pk=user_id)


def lock_organisation(organisation_id: UUID) -> Organisation:
    """Return the organisation's row, held until the transaction ends; rows that point at it may still be written."""
    return Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
