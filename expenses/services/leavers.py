"""Ends the role of partners who have left, once nothing of theirs is open."""

from datetime import datetime

from django.db import transaction

from expenses import queries
from expenses.policies.leavers import last_day_of_role
from partners.queries.questions import has_open_questions
from psp_portal.accounts import services as accounts
from psp_portal.audit.context import SystemActor, audited
from psp_portal.dates import local_date

CLOCK = SystemActor("expenses.end_settled_roles")


def end_settled_roles(*, at: datetime) -> int:
    """End the partner's role of leavers whose claims and questions are settled and whose time has passed; say how many.

    Each is a transaction of its own. Nothing is taken from somebody who is owed money, however long it takes.
    """
    today = local_date(at)
    return sum(
        _end_role(role, by=CLOCK, at=at)
        for role in queries.roles_of_leavers()
        if last_day_of_role(role.left_on) < today
    )


@audited("expenses.leaver.settle")
@transaction.atomic
def _end_role(role: queries.RoleOfLeaver, *, by: SystemActor, at: datetime) -> bool:
    if queries.has_open_claims(role.user_id, role.organisation_id) or has_open_questions(role.user_id):
        return False
    accounts.end_role(membership_id=role.membership_id, ends_on=local_date(at), by=by, at=at)
    return True
