"""Reads requests for copies of records, and whom a file is about."""

from datetime import date
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.urls import reverse

from partners.queries import partners_of
from psp_portal.accounts.models import Membership, User
from psp_portal.accounts.queries import organisation_ids_allowing
from psp_portal.accounts.roles import Permission
from psp_portal.dates import LONDON, format_date
from psp_portal.people.queries import accounts_joined_into
from psp_portal.subject_access.enums import RequestStatus
from psp_portal.subject_access.models import SubjectRequest, SubjectRequestQuerySet
from psp_portal.subject_access.policies import requests as policies
from psp_portal.subject_access.registry import ABOUT, Subject
from psp_portal.waiting import Awaited, Waiting


def requests_to_answer(user: User, *, today: date) -> SubjectRequestQuerySet:
    """Return the requests to organisations whose requests somebody answers, open ones first, then by due day.

    Their own is not among them: somebody else answers it.
    """
    allowed = organisation_ids_allowing(user, Permission.ANSWER_SUBJECT_REQUESTS, today)
    return (
        SubjectRequest.objects.filter(organisation_id__in=allowed)
        .exclude(person=user)
        .select_related("organisation", "person", "recorded_by", "identity_by", "answered_by", "closed_by")
        .order_by("-status", "due_on", "pk")
    )


def own_requests(user: User) -> SubjectRequestQuerySet:
    """Return the requests about somebody themselves, the latest first."""
    return SubjectRequest.objects.filter(person=user).select_related("organisation").order_by("-recorded_at", "pk")


def requests_visible_to(user: User, *, today: date) -> SubjectRequestQuerySet:
    """Return the requests somebody may know of: those they answer, and those about themselves."""
    answered = requests_to_answer(user, today=today).order_by().values("pk")
    return (
        SubjectRequest.objects.filter(Q(pk__in=answered) | Q(person=user))
        .select_related("organisation", "person", "recorded_by", "identity_by", "answered_by", "closed_by")
        .order_by("-recorded_at", "pk")
    )


def collectable_of(user: User, *, today: date) -> SubjectRequest | None:
    """Return somebody's own request for everything whose file they can collect today, or None."""
    own = own_requests(user).filter(organisation=None, status=RequestStatus.READY)
    return own.filter(available_until__gte=today).first()


# --- whom it is about ------------------------------------------------------------------------
def people_of(organisation_id: UUID) -> QuerySet[User]:
    """Return everybody who is or was a partner of an organisation, or holds or held a role there, by name."""
    partners = partners_of(organisation_id).order_by().values("user_id")
    members = Membership.objects.filter(organisation_id=organisation_id).values("user_id")
    return User.objects.filter(Q(pk__in=partners) | Q(pk__in=members)).order_by("name", "pk")


def person_with_address(email: str, organisation_id: UUID) -> User | None:
    """Return the person of an organisation with a proven e-mail address, or None: another's people are not found."""
    proven = EmailAddress.objects.filter(email__iexact=email, verified=True).values("user_id")
    return people_of(organisation_id).filter(pk__in=proven).first()


def address_is_known(email: str, organisation_id: UUID) -> bool:
    """Say whether an organisation holds anything under an e-mail address of somebody without an account."""
    subject = Subject((), (email,), organisation_id)
    return any(about.rows(subject).exists() for about in ABOUT.values() if about.email and about.organisations)


def subject_of(request: SubjectRequest, *, reader: User) -> Subject:
    """Return whom a request's file is about: all to the person themselves, to staff what their organisation holds.

    Only addresses that the person has proved to be theirs lead to records (docs/adr/0031).
    """
    organisation_id = None if request.person_id == reader.pk else request.organisation_id
    if request.person_id is None:
        return Subject((), (request.email,), organisation_id)
    ids = (request.person_id, *accounts_joined_into(request.person_id))
    proven = EmailAddress.objects.filter(user_id__in=ids, verified=True).order_by("pk")
    return Subject(ids, tuple(proven.values_list("email", flat=True)), organisation_id)


# --- for the clock that disposes of what has been kept long enough -----------------------------
def requests_over_before(day: date) -> QuerySet[SubjectRequest]:
    """Return the requests that were closed or collected before a day, with ``began_on``, the day they were."""
    over = TruncDate(Coalesce("closed_at", "answered_at"), tzinfo=LONDON)
    return (
        SubjectRequest.objects.exclude(status__in=sorted(policies.OPEN))
        .annotate(began_on=over)
        .filter(began_on__lt=day)
    )


# --- the first page --------------------------------------------------------------------------
def waiting(user: User, *, today: date) -> list[Waiting]:
    """Return what waits for somebody: requests that they answer, and their own file to collect. Three queries."""
    to_answer = [
        Waiting(
            label=f"Answer the request of {request.name} for a copy of their records",
            detail=f"{request.organisation.name}: {request.get_status_display().lower()}.",
            url=reverse("subject_access:request_detail", args=[request.pk]),
            since=request.recorded_at,
            due_on=request.due_on,
        )
        for request in requests_to_answer(user, today=today).open()[:50]
    ]
    own = own_requests(user).filter(status=RequestStatus.READY, available_until__gte=today)
    to_collect = [
        Waiting(
            label="Collect your copy of what is held about you",
            detail=f"You can until {format_date(request.available_until)}.",
            url=reverse("subject_access:file_ask"),
            since=request.identity_at,
        )
        for request in own[:50]
    ]
    return sorted([*to_answer, *to_collect], key=lambda each: each.since)


def awaited(user: User, *, today: date) -> list[Awaited]:
    """Return which organisations owe somebody an answer to their request. One query."""
    mine = own_requests(user).filter(status=RequestStatus.RECEIVED)
    return [
        Awaited(
            label="A copy of your records",
            who=request.organisation.name,
            url=reverse("subject_access:request_detail", args=[request.pk]),
            since=request.recorded_at,
            due_on=request.due_on,
        )
        for request in mine
    ]


def days_left(request: SubjectRequest, *, today: date) -> int:
    """Return how many days a request's answer has left; below nought when it is late."""
    return policies.days_left(request.due_on, today=today)


def is_collectable(request: SubjectRequest, *, today: date) -> bool:
    """Say whether the file can be had today."""
    return policies.is_collectable(request.status, request.available_until, today=today)


def can_still_extend(request: SubjectRequest, *, today: date) -> bool:
    """Say whether a request's time can be extended today."""
    return request.is_open and request.extended_at is None and today <= policies.due_on(request.received_on)
