"""Rules of committees, assignments and meetings, pure: values in, a value or RuleBroken out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from committees.enums import AttendanceKind, MeetingStatus
from psp_portal.dates import add_months, format_date, local_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

LONGEST_MEETING = 24 * 60
# Beyond these a mistyped year is likelier than a meeting.
MONTHS_BACK, MONTHS_AHEAD = 12, 24


def check_is_open(closed_on: date | None, *, today: date) -> None:
    """Refuse to add to a committee that has closed; ``closed_on`` is its last day."""
    if closed_on is not None and closed_on < today:
        raise TransitionNotAllowed(f"This committee closed on {format_date(closed_on)}.")


# --- assignments ---------------------------------------------------------------------------
@dataclass(frozen=True)
class Budget:
    """Who pays for a partner on a committee, all of it agreed, and who decides if the two organisations disagree."""

    payer_id: UUID
    budget_code: str
    budget_holder_id: UUID
    deputy_id: UUID
    dispute_person_id: UUID | None = None


def agree_budget(
    *,
    payer_id: UUID | None,
    budget_code: str,
    budget_holder_id: UUID | None,
    deputy_id: UUID | None,
    partner_user_id: UUID,
    approver_ids: frozenset[UUID],
    organisation_id: UUID,
    dispute_person_id: UUID | None = None,
    staff_ids: frozenset[UUID] = frozenset(),
) -> Budget:
    """Return who pays for an assignment; refuse one for which this is not agreed (product.md, C4).

    ``approver_ids`` are the people who may decide claims at the payer, ``staff_ids`` the staff of the payer and of the
    committee's own ``organisation_id``. A dispute over who pays must never come back to the partner, so all four are
    asked for before the first meeting, and the partner is none of them. Where another organisation pays, so is a third
    person, who decides if the two disagree.
    """
    if payer_id is None:
        raise RuleBroken("Select who pays. A partner cannot start until this is agreed", field="payer_id")
    if not budget_code.strip():
        raise RuleBroken("Enter the budget code. A partner cannot start until this is agreed", field="budget_code")
    if budget_holder_id is None:
        raise RuleBroken(
            "Select the budget holder. A partner cannot start until this is agreed", field="budget_holder_id"
        )
    if deputy_id is None:
        raise RuleBroken(
            "Select a deputy, who decides when the budget holder is away. A partner cannot start until this is agreed",
            field="deputy_id",
        )
    if budget_holder_id == deputy_id:
        raise RuleBroken("The deputy must be another person than the budget holder", field="deputy_id")
    for field, noun, person_id in (
        ("budget_holder_id", "budget holder", budget_holder_id),
        ("deputy_id", "deputy", deputy_id),
    ):
        if person_id == partner_user_id:
            raise RuleBroken(f"The {noun} must not be the partner, who would decide their own claims", field=field)
        if person_id not in approver_ids:
            raise RuleBroken(f"The {noun} must be an approver at the organisation that pays", field=field)
    _check_dispute_person(
        dispute_person_id,
        is_needed=payer_id != organisation_id,
        parties={budget_holder_id, deputy_id, partner_user_id},
        staff_ids=staff_ids,
    )
    return Budget(payer_id, budget_code.strip(), budget_holder_id, deputy_id, dispute_person_id)


def _check_dispute_person(
    person_id: UUID | None, *, is_needed: bool, parties: Collection[UUID], staff_ids: Collection[UUID]
) -> None:
    """Refuse a missing person where another organisation pays, and anybody who has a part in budget or claim."""
    field = "dispute_person_id"
    if person_id is None:
        if is_needed:
            raise RuleBroken(
                "Select who decides if the two organisations disagree about who pays. A partner cannot start until "
                "this is agreed",
                field=field,
            )
        return
    if person_id in parties:
        raise RuleBroken(
            "Whoever decides a disagreement must be a third person: not the budget holder, the deputy or the partner",
            field=field,
        )
    if person_id not in staff_ids:
        raise RuleBroken(
            "Whoever decides a disagreement must work at the organisation that pays or at the committee’s", field=field
        )


def why_not_assigned(name: str, stage: str) -> str:
    """Return why a partner at a stage of their appointment cannot be put on a committee now, in words."""
    return (
        f"{name} cannot be added now. Their stage is “{stage}”: a partner is added once their checks are done, and not "
        "in a pause or when they are leaving"
    )


def check_assignment_dates(*, starts_on: date, ends_on: date | None, term_starts_on: date, term_ends_on: date) -> None:
    """Refuse an assignment that ends before it starts or reaches beyond the partner's term."""
    if not term_starts_on <= starts_on <= term_ends_on:
        raise RuleBroken(
            f"The first day must be in the partner's term, from {format_date(term_starts_on)} to "
            f"{format_date(term_ends_on)}",
            field="starts_on",
        )
    if ends_on is None:
        return
    check_assignment_end(ends_on, starts_on=starts_on, last_attended_on=None)
    if ends_on > term_ends_on:
        raise RuleBroken(
            f"The last day must be on or before the end of the partner's term, {format_date(term_ends_on)}",
            field="ends_on",
        )


def check_assignment_end(ends_on: date, *, starts_on: date, last_attended_on: date | None) -> None:
    """Refuse a last day before the first, or before a meeting for which attendance is recorded."""
    if ends_on < starts_on:
        raise RuleBroken(f"The last day must be on or after the first day, {format_date(starts_on)}", field="ends_on")
    if last_attended_on is not None and ends_on < last_attended_on:
        raise RuleBroken(
            f"The last day must be on or after {format_date(last_attended_on)}, the day of a meeting for which "
            "attendance is recorded",
            field="ends_on",
        )


def check_escort(
    escort_id: UUID, *, how_to_meet: str, partner_user_id: UUID, people_ids: Collection[UUID], has_ended: bool
) -> None:
    """Refuse somebody to go along who is the partner or not of the organisation (``people_ids``), or meets nowhere."""
    if has_ended:
        raise TransitionNotAllowed("This assignment has ended, so nobody goes along any more.")
    if escort_id == partner_user_id:
        raise RuleBroken("Nobody goes along with themselves. Select another person", field="escort_id")
    if escort_id not in people_ids:
        raise RuleBroken("Select somebody who is at this organisation now", field="escort_id")
    if not how_to_meet.strip():
        raise RuleBroken("Enter where and when the two of you meet", field="how_to_meet")


# --- meetings ------------------------------------------------------------------------------
def check_venue(*, place: str, online_link: str) -> None:
    """Refuse a meeting that has neither a place nor a link."""
    if not place.strip() and not online_link.strip():
        raise RuleBroken("Enter a place, a link to join online, or both", field="place")


def check_start(starts_at: datetime, *, at: datetime) -> None:
    """Refuse a meeting more than a year ago or more than two years ahead."""
    today = local_date(at)
    earliest, latest = add_months(today, -MONTHS_BACK), add_months(today, MONTHS_AHEAD)
    if not earliest <= local_date(starts_at) <= latest:
        raise RuleBroken(f"The date must be from {format_date(earliest)} to {format_date(latest)}", field="starts_on")


def check_minutes(minutes: int, *, field: str = "minutes") -> None:
    """Refuse a length of no time, or of more than a day."""
    if not 1 <= minutes <= LONGEST_MEETING:
        raise RuleBroken("The length must be from 1 minute to 24 hours", field=field)


def check_has_started(starts_at: datetime, *, at: datetime) -> None:
    """Refuse to record a meeting that is still to come."""
    if at < starts_at:
        raise RuleBroken("The meeting has not started yet. You can record it once it has.")


def check_can_be_held(status: str) -> None:
    """Refuse to record a cancelled meeting as held; one that is held may be recorded again, to put it right."""
    if status == MeetingStatus.CANCELLED:
        raise TransitionNotAllowed("This meeting was cancelled, so it cannot be recorded as held.")


def check_can_be_cancelled(status: str) -> None:
    """Refuse to cancel a meeting that has been held or cancelled."""
    if status == MeetingStatus.CANCELLED:
        raise TransitionNotAllowed("This meeting has been cancelled already.")
    if status == MeetingStatus.HELD:
        raise TransitionNotAllowed("This meeting has been held, so it cannot be cancelled.")


def check_can_be_warned_of(status: str) -> None:
    """Refuse to say what may be hard to hear at a meeting that does not take place."""
    if status == MeetingStatus.CANCELLED:
        raise TransitionNotAllowed("This meeting was cancelled, so there is nothing to warn of.")


def check_reason(reason: str) -> None:
    """Refuse a cancellation without a reason."""
    if not reason.strip():
        raise RuleBroken("Enter why the meeting is cancelled", field="reason")


def notice_of_cancellation(starts_at: datetime, *, cancelled_at: datetime) -> timedelta:
    """Return how long before its start a meeting was cancelled; none when it was cancelled after."""
    return max(starts_at - cancelled_at, timedelta(0))


def notice_hours(notice: timedelta) -> int:
    """Return how many hours' notice there was, a part of an hour counted as one."""
    return -(-notice // timedelta(hours=1))


def notice_in_words(notice: timedelta) -> str:
    """Say how much notice there was, in whole days from two days on, else in hours, rounded down."""
    hours = int(notice.total_seconds() // 3600)
    if not notice:
        return "after the meeting was to start"
    if hours >= 48:
        return f"{hours // 24} days before the meeting"
    if hours < 1:
        return "less than an hour before the meeting"
    return f"{hours} {'hour' if hours == 1 else 'hours'} before the meeting"


# --- attendance ----------------------------------------------------------------------------
def check_attendance(*, kind: str, minutes: int, status: str, starts_at: datetime, at: datetime) -> None:
    """Refuse attendance at a meeting that was cancelled or has not begun, and a length that does not fit the kind.

    ``minutes`` must be 0 for apologies.
    """
    if status == MeetingStatus.CANCELLED:
        raise TransitionNotAllowed("This meeting was cancelled, so nobody attended it.")
    check_has_started(starts_at, at=at)
    if kind == AttendanceKind.ATTENDED:
        check_minutes(minutes)
    elif minutes:
        raise RuleBroken("Somebody who sent apologies was not there for any time", field="minutes")


def check_was_assigned(day: date, *, starts_on: date, ends_on: date | None, left_on: date | None) -> None:
    """Refuse attendance on a day outside the assignment, or after the partner left."""
    last = min(filter(None, [ends_on, left_on]), default=date.max)
    if not starts_on <= day <= last:
        raise RuleBroken(f"The partner was not on this committee on {format_date(day)}.")
