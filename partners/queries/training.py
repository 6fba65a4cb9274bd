"""Reads courses, trainings and requests for development; every function starts from a user or an organisation."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse

from partners.enums import PartnerStatus
from partners.enums.training import RequestStatus, TrainingState
from partners.models import Partner, PartnerQuerySet
from partners.models.training import Course, CourseQuerySet, DevelopmentRequest, TrainingRecord, TrainingSettings
from partners.policies import training as policies
from partners.queries.appointments import partners_looked_after_by, partners_visible_to
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import organisation_ids_allowing, organisation_ids_where
from psp_portal.accounts.roles import Permission
from psp_portal.dates import format_date, start_of_day
from psp_portal.waiting import Waiting

MOST_WAITING = 50


# --- whom somebody looks after ---------------------------------------------------------------
# --- courses --------------------------------------------------------------------------------
def courses_visible_to(user: User, *, today: date) -> CourseQuerySet:
    """Return the courses of the organisations whose partners somebody sees, by name, closed ones last."""
    return (
        Course.objects.filter(organisation_id__in=organisation_ids_allowing(user, Permission.SEE_PARTNERS, today))
        .select_related("organisation")
        .order_by(F("closed_on").desc(nulls_first=True), "title", "pk")
    )


def open_courses_of(organisation_id: UUID) -> CourseQuerySet:
    """Return the courses that an organisation offers now, by name."""
    return Course.objects.open().filter(organisation_id=organisation_id).order_by("title", "pk")


def settings_of(organisation_id: UUID) -> TrainingSettings:
    """Return an organisation's times for training; the defaults, not stored, where it has set none."""
    found = TrainingSettings.objects.filter(organisation_id=organisation_id).first()
    return found or TrainingSettings(organisation_id=organisation_id)


@dataclass(frozen=True)
class Offer:
    """What the Network reads of a course: nothing of anybody who did it, not even how many."""

    title: str
    level: str
    provider: str
    minutes: int | None
    organisation: str


def directory() -> list[Offer]:
    """Return the courses that organisations publish to the Network, by name: of each what it is and where.

    No person and no count: for anybody who is a partner, at whichever organisation.
    """
    return [
        Offer(
            title=course.title,
            level=course.get_level_display() if course.level else "",
            provider=course.provider,
            minutes=course.minutes,
            organisation=course.organisation.name,
        )
        for course in Course.objects.open()
        .filter(is_published=True, organisation__closed_on__isnull=True)
        .select_related("organisation")
        .order_by("title", "organisation__name", "pk")
    ]


# --- who has done what ----------------------------------------------------------------------
def trainings_visible_to(user: User, *, today: date) -> QuerySet[TrainingRecord]:
    """Return the trainings of the partners whom somebody may see, the latest first."""
    return (
        TrainingRecord.objects.filter(partner__in=partners_visible_to(user, today=today))
        .select_related("partner__user", "partner__organisation", "course", "recorded_by")
        .order_by("-done_on", "-recorded_at", "pk")
    )


@dataclass(frozen=True)
class CourseStanding:
    """How one partner stands with one course. ``by`` is the last day it counts, or the day by which to do it."""

    partner: Partner
    course: Course
    state: TrainingState
    by: date | None
    latest: TrainingRecord | None


def standings_of(partners: Iterable[Partner], *, today: date) -> list[CourseStanding]:
    """Return how each partner stands with each course asked of them or done. Three queries, however many there are.

    Those by whose day something must be done come first; a closed course is asked of nobody and never runs out.
    """
    partners = list(partners)
    organisation_ids = {partner.organisation_id for partner in partners}
    times = {each.organisation_id: each for each in TrainingSettings.objects.filter(pk__in=organisation_ids)}
    courses = defaultdict(list)
    for course in Course.objects.filter(organisation_id__in=organisation_ids).order_by("title", "pk"):
        courses[course.organisation_id].append(course)
    # The latest of each comes last and stays.
    records = TrainingRecord.objects.filter(partner__in=partners).select_related("recorded_by")
    latest = {(each.partner_id, each.course_id): each for each in records.order_by("done_on", "recorded_at")}
    found = []
    for partner in partners:
        settings = times.get(partner.organisation_id) or TrainingSettings()
        for course in courses[partner.organisation_id]:
            record = latest.get((partner.pk, course.pk))
            is_open = course.closed_on is None
            stands = policies.standing(
                is_required=is_open and partner.role_category in course.required_of,
                has_done=record is not None,
                expires=record.expires_on if record and is_open else None,
                starts_on=partner.starts_on,
                first_due_days=settings.first_due_days,
                today=today,
            )
            if stands:
                found.append(CourseStanding(partner, course, stands.state, stands.by, record))
    return sorted(found, key=lambda row: (row.by or date.max, row.partner.user.name, row.course.title))


def needs_visible_to(
    user: User, organisation_id: UUID | None, *, today: date, state: str = "", course_id: UUID | None = None
) -> list[CourseStanding]:
    """Return who at an organisation lacks or soon loses which training; with ``state`` those in it, done ones too."""
    partners = partners_visible_to(user, today=today).filter(organisation=organisation_id).serving()
    return [
        row
        for row in standings_of(partners, today=today)
        if (row.state == state if state else row.state != TrainingState.DONE)
        and (course_id is None or row.course.pk == course_id)
    ]


def partners_to_record(organisation_id: UUID) -> PartnerQuerySet:
    """Return the partners who can have been at a session: those who serve, by name."""
    return (
        Partner.objects.serving()
        .filter(organisation_id=organisation_id)
        .select_related("user")
        .order_by("user__name", "pk")
    )


def latest_that_expire(*, today: date) -> QuerySet[TrainingRecord]:
    """Return the trainings of serving partners that run out within the time of the first warning, and are the latest.

    For the clock. One that was done again since, or whose course is closed, is nobody's worry.
    """
    newer = TrainingRecord.objects.filter(
        partner=OuterRef("partner"), course=OuterRef("course"), done_on__gt=OuterRef("done_on")
    )
    return (
        TrainingRecord.objects.filter(
            ~Exists(newer),
            expires_on__range=(today, today + timedelta(days=policies.WARNED_AT[0])),
            # Nobody is reminded while they pause.
            partner__in=Partner.objects.serving().exclude(status=PartnerStatus.PAUSED),
            course__closed_on__isnull=True,
        )
        .select_related("partner__user", "partner__lead", "partner__organisation", "course")
        .order_by("pk")
    )


# --- requests -------------------------------------------------------------------------------
def requests_visible_to(user: User, *, today: date) -> QuerySet[DevelopmentRequest]:
    """Return the requests of the partners whom somebody may see, those that wait first, then the latest first."""
    return (
        DevelopmentRequest.objects.filter(partner__in=partners_visible_to(user, today=today))
        .select_related("partner__user", "partner__organisation", "partner__lead", "decided_by")
        .order_by("-asked_at", "pk")
    )


# --- what waits -----------------------------------------------------------------------------
def waiting(user: User, *, today: date) -> list[Waiting]:
    """Return what waits for somebody, oldest first: requests to answer for a lead, courses to do for a partner.

    Six queries at most.
    """
    asked = (
        DevelopmentRequest.objects.filter(
            status=RequestStatus.ASKED, partner__in=partners_looked_after_by(user, today=today)
        )
        .select_related("partner__user")
        .order_by("asked_at", "pk")[:MOST_WAITING]
    )
    found = [
        Waiting(
            label=f"Answer what {request.partner.user.name} asks for",
            detail=f"{request.get_kind_display()}: {request.what}.",
            url=reverse("training:request_decide", args=[request.pk]),
            since=request.asked_at,
            due_on=request.due_on,
        )
        for request in asked
    ]
    own = Partner.objects.serving().filter(user=user).select_related("user", "organisation")
    due = [row for row in standings_of(own, today=today) if row.state in (TrainingState.EXPIRED, TrainingState.DUE)]
    for row in due[:MOST_WAITING]:
        ran_out = row.latest.expires_on if row.latest else None
        found.append(
            Waiting(
                label=f"{'Renew' if ran_out else 'Do'} your training: {row.course.title}",
                detail=f"It ran out on {format_date(ran_out)}." if ran_out else "Your organisation asks it of you.",
                url=reverse("training:training_detail", args=[row.partner.pk]),
                since=start_of_day(ran_out or row.partner.starts_on),
                due_on=row.by,
            )
        )
    return sorted(found, key=lambda each: each.since)


def is_partner_anywhere(user: User, *, today: date) -> bool:
    """Say whether somebody is a partner at any organisation on a day: then the directory is theirs to read."""
    return user.is_active and organisation_ids_where(user, [Role.PARTNER], today).exists()
