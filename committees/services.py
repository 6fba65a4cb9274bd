"""Writes about committees, assignments, meetings and attendance; one function for each thing a person can do."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from committees import notifications, permissions, policies, queries
from committees.enums import AttendanceKind, MeetingStatus
from committees.models import Assignment, Attendance, Committee, Meeting
from partners.services.support import ask_after_hard_material
from psp_portal.accounts.models import User
from psp_portal.audit.context import SystemActor, audited
from psp_portal.audit.erasing import erase
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken


# --- committees ----------------------------------------------------------------------------
@audited("committees.committee.open")
@transaction.atomic
def open_committee(
    *,
    organisation_id: UUID,
    name: str,
    kind: str,
    purpose: str,
    is_safety_related: bool,
    seats: int,
    by: User,
    at: datetime,
) -> Committee:
    """Open a committee at an organisation, with a number of seats for partners.

    Raises RuleBroken when an open committee there has the name already, in small or capital letters.
    """
    today = local_date(at)
    permissions.check_can_manage_committees(by, organisation_id, today=today)
    # The lock makes two pages that open the same committee wait for each other.
    queries.organisations_where_committees_are_managed_by(by, today=today).select_for_update(
        no_key=True, of=("self",)
    ).get(pk=organisation_id)
    name = " ".join(name.split())
    if Committee.objects.filter(organisation_id=organisation_id, name__iexact=name, closed_on=None).exists():
        raise RuleBroken("There is a committee with this name already", field="name")
    return Committee.objects.create(
        organisation_id=organisation_id,
        name=name,
        kind=kind,
        purpose=purpose.strip(),
        is_safety_related=is_safety_related,
        seats=seats,
    )


# --- assignments ---------------------------------------------------------------------------
@audited("committees.partner.assign")
@transaction.atomic
def assign_partner(
    *,
    partner_id: UUID,
    committee_id: UUID,
    starts_on: date,
    ends_on: date | None,
    payer_id: UUID | None,
    budget_code: str,
    budget_holder_id: UUID | None,
    deputy_id: UUID | None,
    dispute_person_id: UUID | None = None,
    by: User,
    at: datetime,
) -> Assignment:
    """Put a partner on a committee, with who pays agreed; the partner, budget holder and deputy are told.

    Raises RuleBroken when the committee is closed; when the partner does not serve at its organisation, is on it in
    these days already or is the one who asks; when payer, budget code, budget holder or deputy is missing or does not
    fit (``policies.agree_budget``); and when the days are not within the partner's term.
    """
    today = local_date(at)
    committee = _lock_committee(committee_id)
    permissions.check_can_manage_committees(by, committee.organisation_id, today=today)
    policies.check_is_open(committee.closed_on, today=today)
    partner = queries.partners_to_assign(committee).filter(pk=partner_id).first()
    if partner is None:
        held = queries.partners_not_to_assign(committee).filter(pk=partner_id).first()
        raise RuleBroken(
            policies.why_not_assigned(held.user.name, held.get_status_display())
            if held
            else "Select somebody who is a partner of this organisation now",
            field="partner_id",
        )
    if partner.user_id == by.pk:
        raise RuleBroken("You cannot add yourself. Ask another programme lead.", field="partner_id")
    policies.check_assignment_dates(
        starts_on=starts_on,
        ends_on=ends_on,
        term_starts_on=partner.starts_on,
        term_ends_on=partner.term_ends_on,
    )
    budget = _agree_budget(
        payer_id, budget_code, budget_holder_id, deputy_id, dispute_person_id,
        partner_user_id=partner.user_id, organisation_id=committee.organisation_id, today=today,
    )  # fmt: skip
    others = Assignment.objects.filter(partner=partner, committee=committee).filter(
        Q(ends_on=None) | Q(ends_on__gte=starts_on), Q() if ends_on is None else Q(starts_on__lte=ends_on)
    )
    if others.exists():
        raise RuleBroken(f"{partner.user.name} is on this committee already in these days", field="partner_id")
    assignment = Assignment.objects.create(
        partner=partner, committee=committee, starts_on=starts_on, ends_on=ends_on, **asdict(budget)
    )
    notifications.partner_assigned(assignment, at=at)
    return assignment


@audited("committees.budget.change")
@transaction.atomic
def change_budget(
    *,
    assignment_id: UUID,
    payer_id: UUID | None,
    budget_code: str,
    budget_holder_id: UUID | None,
    deputy_id: UUID | None,
    dispute_person_id: UUID | None = None,
    by: User,
    at: datetime,
) -> Assignment:
    """Change who pays for a partner on a committee; those newly named are told. Claims already sent stay as they are.

    Raises RuleBroken when one of the four is missing or does not fit (``policies.agree_budget``).
    """
    today = local_date(at)
    assignment = _lock_assignment(assignment_id)
    permissions.check_can_change_assignment(by, assignment, today=today)
    budget = _agree_budget(
        payer_id, budget_code, budget_holder_id, deputy_id, dispute_person_id,
        partner_user_id=assignment.partner.user_id, organisation_id=assignment.committee.organisation_id, today=today,
    )  # fmt: skip
    before = {assignment.budget_holder_id, assignment.deputy_id, assignment.dispute_person_id}
    for field, value in asdict(budget).items():
        setattr(assignment, field, value)
    assignment.save(update_fields=["payer", "budget_code", "budget_holder", "deputy", "dispute_person"])
    notifications.budget_changed(assignment, told_before=before, at=at)
    return assignment


@audited("committees.assignment.end")
@transaction.atomic
def end_assignment(*, assignment_id: UUID, ends_on: date, by: User, at: datetime) -> Assignment:
    """Set the last day of an assignment, past or to come, and tell the partner; saying the same day changes nothing.

    Raises RuleBroken when the day is before the first one, or before a meeting for which attendance is recorded.
    """
    assignment = _lock_assignment(assignment_id)
    permissions.check_can_change_assignment(by, assignment, today=local_date(at))
    policies.check_assignment_end(
        ends_on, starts_on=assignment.starts_on, last_attended_on=queries.last_attended_on(assignment)
    )
    if assignment.ends_on != ends_on:
        assignment.ends_on = ends_on
        assignment.save(update_fields=["ends_on"])
        notifications.assignment_ended(assignment, at=at)
    return assignment


@audited("committees.escort.set")
@transaction.atomic
def set_escort(*, assignment_id: UUID, escort_id: UUID | None, how_to_meet: str, by: User, at: datetime) -> Assignment:
    """Name who goes along with a partner to their first meeting, and where they meet; None: nobody does any more.

    The partner and whoever goes are told, and whoever was to go before. Saying the same again changes nothing.
    Raises RuleBroken for the partner themself, somebody who is not at the committee's organisation, no word of where to
    meet, and an assignment that has ended.
    """
    today = local_date(at)
    assignment = _lock_assignment(assignment_id)
    permissions.check_can_change_assignment(by, assignment, today=today)
    how_to_meet = how_to_meet.strip() if escort_id else ""
    if escort_id is not None:
        policies.check_escort(
            escort_id,
            how_to_meet=how_to_meet,
            partner_user_id=assignment.partner.user_id,
            people_ids=set(queries.escort_choices(assignment, today=today).values_list("pk", flat=True)),
            has_ended=not Assignment.objects.not_over(today).filter(pk=assignment.pk).exists(),
        )
    if (assignment.escort_id, assignment.how_to_meet) == (escort_id, how_to_meet):
        return assignment
    before = assignment.escort if assignment.escort_id != escort_id else None
    if assignment.escort_id != escort_id:
        # The first meeting is the next one since then; another place to meet does not put it off.
        assignment.escort_named_at = at if escort_id else None
    assignment.escort_id, assignment.how_to_meet = escort_id, how_to_meet
    assignment.save(update_fields=["escort", "escort_named_at", "how_to_meet"])
    notifications.escort_changed(assignment, before=before, at=at)
    return assignment


@audited("committees.escort.dispose")
@transaction.atomic
def dispose_of_escorts(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Take out who went along to a first meeting and where they met, history included; the assignment stays."""
    return erase("committees.Assignment", ids, {"escort": None, "escort_named_at": None, "how_to_meet": ""})


# --- meetings ------------------------------------------------------------------------------
@audited("committees.meeting.schedule")
@transaction.atomic
def schedule_meeting(
    *,
    committee_id: UUID,
    starts_at: datetime,
    planned_minutes: int,
    place: str,
    online_link: str,
    by: User,
    at: datetime,
) -> Meeting:
    """Plan a meeting of a committee; the partners who will be on it that day are told. It may be one already past.

    Raises RuleBroken when the committee is closed or meets at that moment already, the moment is more than a year
    back or two years ahead, the length is not within a day, or there is neither a place nor a link.
    """
    committee = _lock_committee(committee_id)
    today = local_date(at)
    permissions.check_can_manage_committees(by, committee.organisation_id, today=today)
    policies.check_is_open(committee.closed_on, today=today)
    policies.check_start(starts_at, at=at)
    policies.check_minutes(planned_minutes, field="planned_minutes")
    policies.check_venue(place=place, online_link=online_link)
    same = Meeting.objects.filter(committee=committee, starts_at=starts_at).exclude(status=MeetingStatus.CANCELLED)
    if same.exists():
        raise RuleBroken("This committee has a meeting at that date and time already", field="starts_on")
    meeting = Meeting.objects.create(
        committee=committee,
        starts_at=starts_at,
        planned_minutes=planned_minutes,
        place=place.strip(),
        online_link=online_link.strip(),
    )
    if starts_at > at:
        notifications.meeting_scheduled(meeting, queries.partners_assigned_on(meeting), at=at)
    return meeting


@audited("committees.meeting.cancel")
@transaction.atomic
def cancel_meeting(*, meeting_id: UUID, reason: str, by: User, at: datetime) -> Meeting:
    """Cancel a meeting that has not been held, with the reason; the partners of that day are told.

    How much notice there was is ``policies.notice_of_cancellation`` of ``starts_at`` and ``cancelled_at``.
    Raises RuleBroken when it was held or cancelled already, or no reason is given.
    """
    meeting = _lock_meeting(meeting_id)
    permissions.check_can_manage_committees(by, meeting.committee.organisation_id, today=local_date(at))
    policies.check_can_be_cancelled(meeting.status)
    policies.check_reason(reason)
    meeting.status = MeetingStatus.CANCELLED
    meeting.cancelled_at, meeting.cancelled_by, meeting.cancel_reason = at, by, reason.strip()
    meeting.save(update_fields=["status", "cancelled_at", "cancelled_by", "cancel_reason"])
    notifications.meeting_cancelled(meeting, queries.partners_assigned_on(meeting), at=at)
    return meeting


@audited("committees.meeting.hold")
@transaction.atomic
def record_held(*, meeting_id: UUID, actual_minutes: int, by: User, at: datetime) -> Meeting:
    """Record that a meeting was held and for how many minutes; recording it again corrects the minutes.

    Raises RuleBroken when it was cancelled or has not begun, or the minutes are not within a day.
    """
    meeting = _lock_meeting(meeting_id)
    permissions.check_can_manage_committees(by, meeting.committee.organisation_id, today=local_date(at))
    policies.check_can_be_held(meeting.status)
    policies.check_has_started(meeting.starts_at, at=at)
    policies.check_minutes(actual_minutes, field="actual_minutes")
    return _hold(meeting, actual_minutes)


@audited("committees.meeting.warn")
@transaction.atomic
def warn_of_content(*, meeting_id: UUID, content_warning: str, by: User, at: datetime) -> Meeting:
    """Say what of a meeting may be hard to hear, before it or after; nothing takes it back.

    Partners read it before they go. Whoever was there is asked some days on how they are, which is between the portal
    and them (product.md P9); who has been asked or has answered is not seen from here. Raises TransitionNotAllowed for
    a meeting that was cancelled.
    """
    meeting = _lock_meeting(meeting_id)
    permissions.check_can_manage_committees(by, meeting.committee.organisation_id, today=local_date(at))
    policies.check_can_be_warned_of(meeting.status)
    meeting.content_warning = content_warning.strip()
    meeting.save(update_fields=["content_warning"])
    there = Attendance.objects.filter(meeting=meeting, kind=AttendanceKind.ATTENDED)
    _ask_later(meeting, there.values_list("assignment__partner_id", flat=True), at=at)
    return meeting


def _ask_later(meeting: Meeting, partner_ids: Iterable[UUID], *, at: datetime) -> None:
    """Let partners who were at a meeting that was hard to hear be asked how they are, each once."""
    if meeting.content_warning:
        ask_after_hard_material(
            partner_ids=partner_ids,
            source=f"meeting:{meeting.pk}",
            happened_on=local_date(meeting.starts_at),
            at=at,
        )


@audited("committees.attendance.record")
@transaction.atomic
def record_attendance(
    *, meeting_id: UUID, assignment_id: UUID, kind: str, minutes: int, by: User, at: datetime
) -> Attendance:
    """Record whether a partner was at a meeting, and for how many minutes (0 with apologies).

    The programme lead may record it at any time, the partner until somebody else has. Attendance at a meeting that
    nobody has recorded as held does so, with these minutes: it went on at least as long. What a claim was made from
    stays with the claim.

    Raises RuleBroken when the partner was not on the committee that day, the meeting was cancelled or has not begun,
    or the minutes do not fit.
    """
    meeting = _lock_meeting(meeting_id)
    assignment = (
        Assignment.objects.select_related("partner", "committee")
        .filter(pk=assignment_id, committee_id=meeting.committee_id)
        .first()
    )
    if assignment is None:
        raise RuleBroken("The partner is not on the committee that met.")
    recorded = Attendance.objects.filter(meeting=meeting, assignment=assignment).first()
    permissions.check_can_record_attendance(by, assignment, recorded, today=local_date(at))
    policies.check_was_assigned(
        local_date(meeting.starts_at),
        starts_on=assignment.starts_on,
        ends_on=assignment.ends_on,
        left_on=assignment.partner.left_on,
    )
    policies.check_attendance(kind=kind, minutes=minutes, status=meeting.status, starts_at=meeting.starts_at, at=at)
    attendance, _created = Attendance.objects.update_or_create(
        meeting=meeting,
        assignment=assignment,
        defaults={"kind": kind, "minutes": minutes, "recorded_by": by, "recorded_at": at},
    )
    if kind == AttendanceKind.ATTENDED:
        if meeting.status == MeetingStatus.PLANNED:
            _hold(meeting, minutes)
        _ask_later(meeting, [assignment.partner_id], at=at)
    return attendance


def _hold(meeting: Meeting, actual_minutes: int) -> Meeting:
    meeting.status, meeting.actual_minutes = MeetingStatus.HELD, actual_minutes
    meeting.save(update_fields=["status", "actual_minutes"])
    return meeting


def _agree_budget(
    payer_id: UUID | None,
    budget_code: str,
    budget_holder_id: UUID | None,
    deputy_id: UUID | None,
    dispute_person_id: UUID | None,
    *,
    partner_user_id: UUID,
    organisation_id: UUID,
    today: date,
) -> policies.Budget:
    approvers = queries.approvers_at(payer_id, today=today).values_list("pk", flat=True) if payer_id else ()
    return policies.agree_budget(
        payer_id=payer_id,
        budget_code=budget_code,
        budget_holder_id=budget_holder_id,
        deputy_id=deputy_id,
        partner_user_id=partner_user_id,
        approver_ids=frozenset(approvers),
        organisation_id=organisation_id,
        dispute_person_id=dispute_person_id,
        staff_ids=queries.staff_at(filter(None, {payer_id, organisation_id}), today=today),
    )


# Everything that adds to a committee waits in line at its row, so that a rule about what is there already holds.
def _lock_committee(committee_id: UUID) -> Committee:
    return (
        Committee.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation")
        .get(pk=committee_id)
    )


def _lock_assignment(assignment_id: UUID) -> Assignment:
    return (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("partner__user", "committee__organisation")
        .get(pk=assignment_id)
    )


def _lock_meeting(meeting_id: UUID) -> Meeting:
    return Meeting.objects.select_for_update(of=("self",)).select_related("committee").get(pk=meeting_id)
