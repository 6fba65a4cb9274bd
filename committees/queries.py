"""Reads committees, assignments, meetings and attendance; every function starts from a user or an organisation."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import (
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce, TruncDate

from committees import policies
from committees.enums import AttendanceKind, MeetingStatus
from committees.models import Assignment, AssignmentQuerySet, Attendance, Committee, Meeting
from partners.enums import PartnerStatus
from partners.queries import capacity, partners_of, partners_visible_to, serving_partners
from partners.queries.leaving import pauses_covering
from psp_portal.accounts.enums import STAFF_ROLES, Role
from psp_portal.accounts.models import Organisation, User
from psp_portal.accounts.queries import (
    organisation_ids_allowing,
    organisation_ids_where,
    organisations_of,
    users_with_any_role,
    users_with_role,
)
from psp_portal.accounts.roles import Permission
from psp_portal.dates import LONDON, add_months, local_date, start_of_day

# Later than any meeting.
FAR_AHEAD = datetime.max.replace(tzinfo=LONDON)


# --- what somebody may see -----------------------------------------------------------------
def committees_visible_to(user: User, *, today: date) -> QuerySet[Committee]:
    """Return the committees somebody may see: staff their organisations', partners those they are or were on."""
    return Committee.objects.filter(
        Q(organisation_id__in=_organisations_seen_by(user, today))
        | Exists(Assignment.objects.filter(partner__user=user, committee_id=OuterRef("pk")))
    ).select_related("organisation")


def assignments_visible_to(user: User, *, today: date) -> AssignmentQuerySet:
    """Return the assignments somebody may see: their own, and those on their organisations' committees for staff."""
    return Assignment.objects.filter(
        Q(partner__user=user) | Q(committee__organisation_id__in=_organisations_seen_by(user, today))
    ).select_related(
        "partner__user", "committee__organisation", "payer", "budget_holder", "deputy", "dispute_person", "escort"
    )


def meetings_visible_to(user: User, *, today: date) -> QuerySet[Meeting]:
    """Return the meetings somebody may see: their organisations' for staff, for a partner those while they serve.

    A partner sees a committee's meetings from the first to the last day of their assignment, not those before or after.
    """
    return Meeting.objects.filter(
        Q(committee__organisation_id__in=_organisations_seen_by(user, today)) | Exists(_own_assignments(user))
    ).select_related("committee__organisation", "cancelled_by")


def attendances_visible_to(user: User, *, today: date) -> QuerySet[Attendance]:
    """Return the attendances somebody may see: their own, and those at their organisations' meetings for staff."""
    return Attendance.objects.filter(
        Q(assignment__partner__user=user)
        | Q(meeting__committee__organisation_id__in=_organisations_seen_by(user, today))
    ).select_related("meeting__committee", "assignment__partner__user", "recorded_by")


# --- what waits for somebody ---------------------------------------------------------------
def attended_meetings_of(user: User, *, today: date) -> QuerySet[Attendance]:
    """Return somebody's own attendances up to today, newest meeting first: what a claim can start from."""
    return (
        Attendance.objects.filter(
            assignment__partner__user=user,
            kind=AttendanceKind.ATTENDED,
            meeting__starts_at__lt=start_of_day(today + timedelta(days=1)),
        )
        .select_related("meeting__committee", "assignment__partner", "assignment__committee", "assignment__payer")
        .order_by("-meeting__starts_at", "pk")
    )


@dataclass(frozen=True)
class CancelledMeeting:
    """A meeting of a partner's own committee that did not take place, with their place on it.

    ``notice_hours`` are the whole hours' notice there was, a part of an hour counted as one: 4 hours and a minute are
    5, so that "24 hours or fewer" leaves out what had a minute more.
    """

    meeting: Meeting
    assignment: Assignment
    notice_hours: int


def cancelled_meetings_of(user: User, *, today: date, meeting_id: UUID | None = None) -> list[CancelledMeeting]:
    """Return somebody's own meetings that were cancelled, up to today's, the latest first. Two queries.

    A meeting that was to be later is not among them: until its day nobody has lost the day that it would have taken.
    """
    own = _own_assignments(user)
    meetings = (
        Meeting.objects.filter(
            Exists(own), status=MeetingStatus.CANCELLED, starts_at__lt=start_of_day(today + timedelta(days=1))
        )
        .annotate(assignment_id=Subquery(own.order_by("starts_on", "pk").values("pk")[:1]))
        .select_related("committee")
        .order_by("-starts_at", "pk")
    )
    found = list(meetings.filter(pk=meeting_id) if meeting_id else meetings)
    assignments = Assignment.objects.select_related("partner", "committee", "payer").in_bulk(
        [meeting.assignment_id for meeting in found]
    )
    return [
        CancelledMeeting(meeting, assignments[meeting.assignment_id], policies.notice_hours(notice))
        for meeting in found
        for notice in [policies.notice_of_cancellation(meeting.starts_at, cancelled_at=meeting.cancelled_at)]
    ]


def attended_meetings_paid_by(organisation_id: UUID, *, first: date | None, last: date) -> QuerySet[Attendance]:
    """Return the attendances in some days that an organisation pays for, by meeting: for its reports and reminders."""
    found = Attendance.objects.filter(
        assignment__payer_id=organisation_id,
        kind=AttendanceKind.ATTENDED,
        meeting__starts_at__lt=start_of_day(last + timedelta(days=1)),
    )
    if first is not None:
        found = found.filter(meeting__starts_at__gte=start_of_day(first))
    return found.select_related("meeting__committee", "assignment__partner__user").order_by("meeting__starts_at", "pk")


def budgets_of(organisation_id: UUID) -> list[tuple[UUID, str, str]]:
    """Return (committee's id, its name, budget code) of every assignment that an organisation has made or pays for.

    With each code that an assignment had before: claims that were sent meanwhile keep it.
    """
    theirs = Q(payer_id=organisation_id) | Q(committee__organisation_id=organisation_id)
    columns = ("committee_id", "committee__name", "budget_code")
    tables: list[Any] = [Assignment, apps.get_model("committees", "AssignmentEvent")]
    now, before = (table.objects.filter(theirs).order_by().values_list(*columns) for table in tables)
    return sorted(now.union(before), key=lambda row: (row[1], row[2], row[0]))


def names_of_committees(committee_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return what some committees are called. One query."""
    return dict(Committee.objects.filter(pk__in=list(committee_ids)).values_list("pk", "name"))


def meetings_ahead(user: User, *, today: date) -> QuerySet[Meeting]:
    """Return the planned meetings from today on that somebody may see, the next one first."""
    return (
        meetings_visible_to(user, today=today)
        .filter(status=MeetingStatus.PLANNED, starts_at__gte=start_of_day(today))
        .order_by("starts_at", "pk")
    )


def meetings_past(user: User, *, today: date) -> QuerySet[Meeting]:
    """Return the meetings somebody may see that are not ahead: earlier ones, held and cancelled ones, latest first."""
    return (
        meetings_visible_to(user, today=today)
        .exclude(status=MeetingStatus.PLANNED, starts_at__gte=start_of_day(today))
        .order_by("-starts_at", "pk")
    )


def meetings_unrecorded(user: User, *, today: date) -> QuerySet[Meeting]:
    """Return the meetings before today that somebody sees as staff where a partner's attendance is not recorded.

    Those on the committee that day count; a cancelled meeting had nobody. The oldest first.
    """
    recorded = Attendance.objects.filter(meeting_id=OuterRef(OuterRef("pk")), assignment_id=OuterRef("pk"))
    return (
        Meeting.objects.filter(
            Exists(_assignments_on_the_day().filter(~Exists(recorded))),
            committee__organisation_id__in=_organisations_seen_by(user, today),
            starts_at__lt=start_of_day(today),
        )
        .exclude(status=MeetingStatus.CANCELLED)
        .select_related("committee__organisation", "cancelled_by")
        .order_by("starts_at", "pk")
    )


def meetings_to_record(user: User, *, today: date, at: datetime | None = None) -> QuerySet[Meeting]:
    """Return a partner's own meetings before today for which their attendance is not recorded, the oldest first.

    With the moment ``at``, also those of today that have begun. Each carries ``assignment_id``, their own. Those during
    a pause are left out: nobody is asked about what they were not expected at.
    """
    own = _own_assignments(user)
    recorded = Attendance.objects.filter(meeting_id=OuterRef("pk"), assignment__partner__user=user)
    return (
        Meeting.objects.filter(~Exists(recorded), Exists(own), starts_at__lte=at or start_of_day(today))
        .exclude(status=MeetingStatus.CANCELLED)
        .annotate(assignment_id=Subquery(own.order_by("starts_on", "pk").values("pk")[:1]))
        .annotate(
            partner_id=Subquery(own.order_by("starts_on", "pk").values("partner_id")[:1]),
            day=TruncDate("starts_at", tzinfo=LONDON),
        )
        .exclude(Exists(pauses_covering(OuterRef("partner_id"), OuterRef("day"))))
        .select_related("committee__organisation")
        .order_by("starts_at", "pk")
    )


@dataclass(frozen=True)
class Place:
    """One partner's place at a meeting, with their attendance when it is recorded."""

    assignment: Assignment
    attendance: Attendance | None


def places_at(user: User, meeting: Meeting, *, today: date) -> list[Place]:
    """Return the partners who are on the committee on a meeting's day, as far as somebody may see them, by name."""
    recorded = {
        attendance.assignment_id: attendance
        for attendance in attendances_visible_to(user, today=today).filter(meeting=meeting)
    }
    assigned = (
        assignments_visible_to(user, today=today)
        .on(local_date(meeting.starts_at))
        .filter(committee_id=meeting.committee_id)
        .order_by("partner__user__name", "pk")
    )
    return [Place(assignment, recorded.get(assignment.pk)) for assignment in assigned]


def assignments_on(user: User, committee: Committee, *, today: date) -> AssignmentQuerySet:
    """Return a committee's assignments, now and to come, as far as somebody may see them, by the partner's name."""
    return (
        assignments_visible_to(user, today=today)
        .not_over(today)
        .filter(committee=committee)
        .order_by("partner__user__name", "starts_on", "pk")
    )


def with_places(committees: QuerySet[Committee], *, today: date) -> QuerySet[Committee]:
    """Add to each committee how many partners are on it today, as ``filled``."""
    on_it = Assignment.objects.on(today).filter(committee_id=OuterRef("pk")).order_by().values("committee_id")
    return committees.annotate(filled=Coalesce(Subquery(on_it.annotate(n=Count("pk")).values("n")), 0))


def notice_of(meeting: Meeting) -> str:
    """Return how much notice there was of a meeting's cancellation, in words; empty when it was not cancelled."""
    if meeting.cancelled_at is None:
        return ""
    notice = policies.notice_of_cancellation(meeting.starts_at, cancelled_at=meeting.cancelled_at)
    return policies.notice_in_words(notice)


# --- who goes along to a first meeting -----------------------------------------------------
@dataclass(frozen=True)
class Escort:
    """Somebody goes along with a partner to their first meeting; ``meeting`` is None while none is planned."""

    assignment: Assignment
    meeting: Meeting | None


def assignments_with_escort_visible_to(user: User, *, today: date) -> AssignmentQuerySet:
    """Return the assignments with somebody who goes along, as far as somebody sees them or is the one who goes."""
    return _with_people(
        Assignment.objects.filter(escort__isnull=False).filter(
            Q(partner__user=user)
            | Q(committee__organisation_id__in=_organisations_seen_by(user, today))
            | _escorted_by(user, today)
        )
    )


def escorts_by(user: User, *, today: date) -> list[Escort]:
    """Return whom somebody goes along with, the next meeting first, those without a meeting last. Two queries."""
    return escorts_ahead(Assignment.objects.filter(_escorted_by(user, today)), today=today)


def escorts_on(user: User, committee_id: UUID, *, today: date) -> list[Escort]:
    """Return who goes along with the partners of a committee, as far as somebody may see them. Two queries at most."""
    return escorts_ahead(assignments_visible_to(user, today=today).filter(committee_id=committee_id), today=today)


def escorts_to(user: User, meeting: Meeting, *, today: date) -> list[Escort]:
    """Return who goes along with partners for whom a meeting is the first, as far as somebody may see them."""
    found = escorts_on(user, meeting.committee_id, today=today)
    return [each for each in found if each.meeting == meeting]


def escorts_of_partner(user: User, partner_id: UUID, *, today: date) -> list[Escort]:
    """Return who goes along with a partner, as far as somebody may see it: for the partner's own pages."""
    return escorts_ahead(assignments_visible_to(user, today=today).filter(partner_id=partner_id), today=today)


def escorts_ahead(assignments: AssignmentQuerySet, *, today: date) -> list[Escort]:
    """Return who goes along with the partners of some assignments, until the first meeting is over. Two queries.

    The first meeting is the next of the committee since somebody was named, within the days of the assignment, that was
    not cancelled and to which the partner has not sent apologies.
    """
    excused = Attendance.objects.filter(
        meeting_id=OuterRef("pk"), assignment_id=OuterRef(OuterRef("pk")), kind=AttendanceKind.APOLOGIES
    )
    first = (
        Meeting.objects.filter(
            ~Exists(excused), committee_id=OuterRef("committee_id"), starts_at__gte=OuterRef("escort_named_at")
        )
        .exclude(status=MeetingStatus.CANCELLED)
        .annotate(day=TruncDate("starts_at", tzinfo=LONDON))
        .filter(day__gte=OuterRef("starts_on"))
        .order_by("starts_at", "pk")
    )
    found = list(
        _with_people(assignments.filter(escort__isnull=False).not_over(today)).annotate(
            first_meeting_id=Subquery(first.values("pk")[:1])
        )
    )
    meetings = Meeting.objects.in_bulk([each.first_meeting_id for each in found if each.first_meeting_id])
    escorts = [Escort(each, meetings.get(each.first_meeting_id)) for each in found]
    ahead = [each for each in escorts if each.meeting is None or local_date(each.meeting.starts_at) >= today]
    return sorted(ahead, key=lambda each: (each.meeting.starts_at if each.meeting else FAR_AHEAD, each.assignment.pk))


def escort_choices(assignment: Assignment, *, today: date) -> QuerySet[User]:
    """Return who can go along with a partner, by name: staff of the committee's organisation, and its partners."""
    organisation_id = assignment.committee.organisation_id
    return (
        User.objects.filter(
            Q(pk__in=staff_of(organisation_id, today=today).order_by().values("pk"))
            | Q(pk__in=partners_of(organisation_id).serving().order_by().values("user_id")),
            is_active=True,
        )
        .exclude(pk=assignment.partner.user_id)
        .order_by("name", "pk")
    )


def escorts_of_leavers(organisation_id: UUID, day: date) -> AssignmentQuerySet:
    """Return the assignments with an escort of partners who left an organisation before a day, for disposal.

    Each carries ``person_id`` and ``began_on``, the day on which the partner left.
    """
    return Assignment.objects.filter(
        partner__organisation_id=organisation_id, partner__left_on__lt=day, escort__isnull=False
    ).annotate(person_id=F("partner__user_id"), began_on=F("partner__left_on"))


def _escorted_by(user: User, today: date) -> Q:
    """Return what keeps the assignments with which somebody goes along, while they have a role there."""
    there = organisation_ids_where(user, STAFF_ROLES | {Role.PARTNER}, today)
    return Q(escort=user, committee__organisation_id__in=there)


def _with_people(assignments: AssignmentQuerySet) -> AssignmentQuerySet:
    return assignments.select_related("partner__user", "committee__organisation", "escort")


# --- what forms and services ask -----------------------------------------------------------
def organisations_where_committees_are_managed_by(user: User, *, today: date) -> QuerySet[Organisation]:
    """Return the organisations at which somebody may change committees, by name."""
    ids = organisation_ids_allowing(user, Permission.MANAGE_COMMITTEES, today)
    return organisations_of(user, today).filter(pk__in=ids)


@dataclass(frozen=True)
class BudgetChoices:
    """What the page about who pays offers: (id, name) of organisations, of people who approve at any, and of staff."""

    payers: list[tuple[str, str]]
    approvers: list[tuple[str, str]]
    staff: list[tuple[str, str]]


def budget_choices(user: User, *, today: date, now: Assignment | None = None) -> BudgetChoices:
    """Return the payers, budget holders and deputies somebody can name: at organisations where they hold a role.

    The list of another organisation's approvers is not theirs to see; those whom an assignment names ``now`` stay.
    """
    payers = {each.pk: each.name for each in organisations_of(user, today)}
    people: dict[UUID, str] = {}
    staff: dict[UUID, str] = {}
    for organisation_id, organisation in payers.items():
        where = "" if len(payers) == 1 else f" ({organisation})"
        for person in approvers_at(organisation_id, today=today):
            people.setdefault(person.pk, person.name + where)
        for person in staff_of(organisation_id, today=today):
            staff.setdefault(person.pk, person.name + where)
    if now is not None:
        if now.dispute_person:
            staff.setdefault(now.dispute_person.pk, now.dispute_person.name)
        payers.setdefault(now.payer_id, now.payer.name)
        for person in filter(None, [now.budget_holder, now.deputy]):
            people.setdefault(person.pk, person.name)
    return BudgetChoices(
        payers=[(str(pk), name) for pk, name in payers.items()],
        approvers=[(str(pk), name) for pk, name in people.items()],
        staff=[(str(pk), name) for pk, name in staff.items()],
    )


def partners_to_assign(committee: Committee) -> QuerySet:
    """Return the partners who can be put on a committee: those at its organisation who may be given more, by name.

    Not before their checks are done, not during a pause, not on the way out (``partners.policies.states``).
    """
    return partners_of(committee.organisation_id).assignable()


def partners_not_to_assign(committee: Committee) -> QuerySet:
    """Return the partners who serve at a committee's organisation and cannot be put on it now, by name."""
    return partners_of(committee.organisation_id).serving().exclude(pk__in=partners_to_assign(committee).order_by())


def partners_paid_by(organisation_id: UUID) -> QuerySet:
    """Return the partners who serve at an organisation, or are on a committee that it pays for, by name."""
    paid = Assignment.objects.filter(payer_id=organisation_id, partner_id=OuterRef("pk"))
    return serving_partners().filter(Q(organisation_id=organisation_id) | Exists(paid))


def approvers_at(organisation_id: UUID, *, today: date) -> QuerySet[User]:
    """Return the people who decide claims at an organisation that is open, by name."""
    return (
        users_with_role(Role.APPROVER, organisation_id=organisation_id, today=today)
        .filter(memberships__organisation_id=organisation_id, memberships__organisation__closed_on=None)
        .distinct()
    )


def staff_of(organisation_id: UUID, *, today: date) -> QuerySet[User]:
    """Return the staff of an organisation that is open, by name."""
    return users_with_any_role(STAFF_ROLES, organisation_ids=[organisation_id], today=today)


def staff_at(organisation_ids: Iterable[UUID], *, today: date) -> frozenset[UUID]:
    """Return the ids of the staff of some organisations that are open."""
    found = users_with_any_role(STAFF_ROLES, organisation_ids=organisation_ids, today=today)
    return frozenset(found.values_list("pk", flat=True))


def assignments_of_organisation(organisation_id: UUID) -> AssignmentQuerySet:
    """Return every assignment to a committee of an organisation, those that are over too: for other apps' services."""
    return (
        Assignment.objects.filter(committee__organisation_id=organisation_id)
        .select_related("partner", "committee")
        .order_by("starts_on", "pk")
    )


def partners_assigned_on(meeting: Meeting) -> AssignmentQuerySet:
    """Return the assignments in force on a meeting's day: for the services that tell them."""
    return (
        Assignment.objects.on(local_date(meeting.starts_at))
        .filter(committee_id=meeting.committee_id)
        .select_related("partner__user")
    )


# --- how much of partners' time is promised --------------------------------------------------
def promised_time(partner_ids: Iterable[UUID], months: Iterable[date]) -> dict[tuple[UUID, date], capacity.Promised]:
    """Return what the meetings of some months (their first days) take of partners' time, by partner and month.

    Counted are planned and held meetings of committees that a partner is on that day, but for those to which they sent
    apologies; a held one with its actual length. Preparation is not among it. Three queries.
    """
    months = sorted(months)
    assignments = list(
        Assignment.objects.filter(partner_id__in=list(partner_ids)).values_list(
            "pk", "partner_id", "committee_id", "starts_on", "ends_on", "partner__left_on"
        )
    )
    meetings = Meeting.objects.exclude(status=MeetingStatus.CANCELLED).filter(
        committee_id__in={committee_id for _pk, _partner, committee_id, *_days in assignments},
        starts_at__gte=start_of_day(months[0]),
        starts_at__lt=start_of_day(add_months(months[-1], 1)),
    )
    held: dict[UUID, list[Meeting]] = {}
    for meeting in meetings:
        held.setdefault(meeting.committee_id, []).append(meeting)
    excused = set(
        Attendance.objects.filter(
            kind=AttendanceKind.APOLOGIES, meeting__in=meetings, assignment_id__in=[pk for pk, *_ in assignments]
        ).values_list("meeting_id", "assignment_id")
    )
    count: Counter[tuple[UUID, date]] = Counter()
    minutes: Counter[tuple[UUID, date]] = Counter()
    for pk, partner_id, committee_id, starts_on, *ends in assignments:
        last = min(filter(None, ends), default=date.max)
        for meeting in held.get(committee_id, ()):
            day = local_date(meeting.starts_at)
            if starts_on <= day <= last and (meeting.pk, pk) not in excused:
                count[partner_id, day.replace(day=1)] += 1
                minutes[partner_id, day.replace(day=1)] += meeting.actual_minutes or meeting.planned_minutes
    return {place: capacity.Promised(count[place], minutes[place]) for place in count}


def months_of_time(partners: Iterable[Any], months: Iterable[date]) -> dict[UUID, list[capacity.MonthOfTime]]:
    """Return what is agreed, promised and left of some months for some partners, by the partner's key. Five queries."""
    partners, months = list(partners), list(months)
    return capacity.months_of(partners, months, promised_time([each.pk for each in partners], months))


def partners_with_time(user: User, organisation_id: UUID | None, *, today: date) -> QuerySet:
    """Return the partners who serve at an organisation, as far as somebody may see them, by name."""
    visible = partners_visible_to(user, today=today).serving()
    return visible.filter(organisation_id=organisation_id).order_by("user__name", "pk")


def last_attended_on(assignment: Assignment) -> date | None:
    """Return the day of the latest meeting for which attendance is recorded, or None."""
    latest = (
        Attendance.objects.filter(assignment=assignment)
        .order_by("-meeting__starts_at")
        .values_list(F("meeting__starts_at"), flat=True)
        .first()
    )
    return local_date(latest) if latest else None


@dataclass(frozen=True)
class WorkOnCommittee:
    """A partner's place on a committee: since and until when, what they did there, and when it meets next."""

    committee: Committee
    starts_on: date
    ends_on: date | None
    attended: int
    minutes: int
    next_at: datetime | None


def work_of(partner_id: UUID, *, at: datetime) -> list[WorkOnCommittee]:
    """Return a partner's places on committees, those that are over too, by committee. One query."""
    attended = (
        Attendance.objects.filter(assignment=OuterRef("pk"), kind=AttendanceKind.ATTENDED)
        .order_by()
        .values("assignment_id")
    )
    ahead = Meeting.objects.filter(
        committee_id=OuterRef("committee_id"), status=MeetingStatus.PLANNED, starts_at__gte=at
    ).order_by("starts_at")
    found = (
        Assignment.objects.filter(partner_id=partner_id)
        .select_related("committee")
        .annotate(
            attended=Coalesce(Subquery(attended.annotate(n=Count("pk")).values("n")), 0),
            minutes=Coalesce(Subquery(attended.annotate(n=Sum("minutes")).values("n")), 0),
            next_at=Subquery(ahead.values("starts_at")[:1]),
        )
        .order_by("committee__name", "starts_on", "pk")
    )
    # The three are annotated, which the type of an assignment does not know.
    rows: Iterable[Any] = found
    return [
        WorkOnCommittee(row.committee, row.starts_on, row.ends_on, row.attended, row.minutes, row.next_at)
        for row in rows
    ]


def newcomers_after(user: User, partner: OuterRef, *, since: Any, today: date) -> AssignmentQuerySet:
    """Return somebody's own places on committees that a partner was on, taken up since a day, for use in ``Exists``.

    ``since`` is an expression of a date in the query outside.
    """
    return (
        Assignment.objects.on(today)
        .filter(partner__user=user, starts_on__gte=since)
        .exclude(partner__status=PartnerStatus.LEFT)
        .annotate(left_by=partner)
        .filter(Exists(Assignment.objects.filter(partner=OuterRef("left_by"), committee_id=OuterRef("committee_id"))))
    )


def _organisations_seen_by(user: User, today: date) -> QuerySet:
    return organisation_ids_allowing(user, Permission.SEE_COMMITTEES, today)


def _own_assignments(user: User) -> AssignmentQuerySet:
    """Return somebody's own assignments in force on the day of the meeting in the query outside."""
    return _assignments_on_the_day().filter(partner__user=user)


def _assignments_on_the_day() -> AssignmentQuerySet:
    """Return everybody's assignments in force on the day of the meeting in the query outside."""
    starts_at = ExpressionWrapper(OuterRef("starts_at"), output_field=DateTimeField())
    day = TruncDate(starts_at, tzinfo=LONDON)
    return Assignment.objects.filter(committee_id=OuterRef("committee_id")).on(day)
