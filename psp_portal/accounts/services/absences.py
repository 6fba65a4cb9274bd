"""Records who is away and who stands in."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from psp_portal.accounts import permissions, queries
from psp_portal.accounts.enums import STAFF_ROLES
from psp_portal.accounts.models import Absence, User
from psp_portal.accounts.policies import terms
from psp_portal.accounts.roles import in_words
from psp_portal.accounts.services.locks import lock_user
from psp_portal.audit.context import Actor, audited
from psp_portal.dates import format_date, local_date
from psp_portal.exceptions import RuleBroken


@audited("accounts.absence.record")
@transaction.atomic
def record_absence(
    *,
    organisation_id: UUID,
    user_id: UUID,
    deputy_id: UUID | None,
    starts_on: date,
    ends_on: date | None,
    by: Actor,
    at: datetime,
) -> Absence:
    """Record the days on which a member of staff is away, both included; no last day means until they are back.

    ``deputy_id`` names who stands in for all that their own roles allow; without one, the organisation's next post
    does. Raises PermissionDenied unless it is one's own absence or ``by`` manages people there; RuleBroken when the
    days or the deputy cannot be.
    """
    permissions.check_can_record_absence(by, user_id=user_id, organisation_id=organisation_id, today=local_date(at))
    user = lock_user(user_id)
    terms.check_ends(starts_on, ends_on)
    if not queries.has_role(user, organisation_id, STAFF_ROLES, max(starts_on, local_date(at))):
        raise RuleBroken(f"{user.name} has no staff role here on {format_date(starts_on)}.", field="starts_on")
    if deputy_id is not None:
        _check_deputy(user, deputy_id, organisation_id, starts_on, ends_on)
    for other in Absence.objects.filter(user=user, organisation_id=organisation_id):
        if terms.overlap((other.starts_on, other.ends_on), (starts_on, ends_on)):
            until = f"to {format_date(other.ends_on)}" if other.ends_on else "with no last day"
            raise RuleBroken(
                f"{user.name} is recorded as away from {format_date(other.starts_on)} {until}. End that absence first.",
                field="starts_on",
            )
    return Absence.objects.create(
        organisation_id=organisation_id,
        user=user,
        deputy_id=deputy_id,
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_by_id=by.pk,
        recorded_at=at,
    )


def _check_deputy(user: User, deputy_id: UUID, organisation_id: UUID, starts_on: date, ends_on: date | None) -> None:
    """Refuse a deputy who is the person, is no member of staff for all those days, or is away on some of them.

    And one who may do nothing of what would come to them.
    """
    if deputy_id == user.pk:
        raise RuleBroken("Choose somebody else to stand in.", field="deputy_id")
    deputy = User.objects.get(pk=deputy_id)
    is_staff = queries.has_role(deputy, organisation_id, STAFF_ROLES, starts_on) and (
        ends_on is None or queries.has_role(deputy, organisation_id, STAFF_ROLES, ends_on)
    )
    if not is_staff:
        raise RuleBroken(f"{deputy.name} has no staff role here on all of these days.", field="deputy_id")
    share = queries.standing_in_on(user.pk, deputy_id, organisation_id=organisation_id, on=starts_on)
    if share.does_nothing:
        raise RuleBroken(
            f"{deputy.name} cannot {in_words(share.leaves)}, because they have no role for it. Choose somebody who "
            "has, or nobody in particular.",
            field="deputy_id",
        )
    for other in Absence.objects.filter(user=deputy, organisation_id=organisation_id):
        if terms.overlap((other.starts_on, other.ends_on), (starts_on, ends_on)):
            raise RuleBroken(f"{deputy.name} is away on some of these days. Choose somebody else.", field="deputy_id")


@audited("accounts.absence.end")
@transaction.atomic
def end_absence(*, absence_id: UUID, ends_on: date, by: Actor, at: datetime) -> Absence | None:
    """Give an absence another last day; one before its first day says that it does not take place, and removes it.

    Raises PermissionDenied as ``record_absence`` does; RuleBroken when the absence was over before today.
    """
    today = local_date(at)
    user_id = Absence.objects.values_list("user_id", flat=True).get(pk=absence_id)
    lock_user(user_id)
    absence = Absence.objects.get(pk=absence_id)
    permissions.check_can_record_absence(
        by, user_id=absence.user_id, organisation_id=absence.organisation_id, today=today
    )
    if absence.ends_on is not None and absence.ends_on < today:
        raise RuleBroken(f"This absence ended on {format_date(absence.ends_on)}.")
    if ends_on < today - timedelta(days=1):
        raise RuleBroken("The last day away cannot be before yesterday.", field="ends_on")
    if ends_on < absence.starts_on:
        absence.delete()
        return None
    if absence.ends_on is not None and ends_on > absence.ends_on:
        raise RuleBroken("To be away for longer, record another absence.", field="ends_on")
    absence.ends_on = ends_on
    absence.save(update_fields=["ends_on"])
    return absence
