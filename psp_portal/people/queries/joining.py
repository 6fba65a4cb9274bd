"""Reads which accounts became one."""

from uuid import UUID

from psp_portal.people.models import JoinedRecord


def accounts_joined_into(user_id: UUID) -> list[UUID]:
    """Return the keys of the accounts that became one with somebody's, and of those that became one with these."""
    found: list[UUID] = []
    layer = [user_id]
    while layer:
        layer = list(JoinedRecord.objects.filter(kept_id__in=layer).order_by("pk").values_list("gone_id", flat=True))
        found += layer
    return found
