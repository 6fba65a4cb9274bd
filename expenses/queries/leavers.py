"""Reads the roles of partners who have left: for the clock that ends them when nothing of theirs is open."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import OuterRef, Subquery

from partners.queries import appointments
from psp_portal.accounts.queries import open_partner_roles


@dataclass(frozen=True)
class RoleOfLeaver:
    """A partner's role at an organisation where their last appointment has ended, on ``left_on``."""

    membership_id: UUID
    user_id: UUID
    organisation_id: UUID
    left_on: date


def roles_of_leavers() -> list[RoleOfLeaver]:
    """Return the open roles of those who have left and not come back. One query.

    Somebody who was invited and never appointed has not left.
    """
    here = appointments().filter(user_id=OuterRef("user_id"), organisation_id=OuterRef("organisation_id"))
    serving = here.serving().values("user_id")
    found = (
        open_partner_roles()
        .annotate(left_on=Subquery(here.order_by("-left_on").values("left_on")[:1]), serves=Subquery(serving[:1]))
        .filter(left_on__isnull=False, serves__isnull=True)
        .order_by("pk")
    )
    return [RoleOfLeaver(*row) for row in found.values_list("pk", "user_id", "organisation_id", "left_on")]
