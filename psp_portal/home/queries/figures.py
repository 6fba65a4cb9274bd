"""The figures of an organisation's programme, each with the address of the rows that it counts.

A part of the portal joins in with a function in ``FIGURES`` that takes ``user``, ``organisation_id`` and ``today`` and
returns its figures, or none for somebody who may not open their rows. It counts with the query of the list it links to,
so that the number and the rows cannot part; a test compares them for every figure of every role.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from committees import permissions as committee_permissions
from committees import queries as committees
from expenses import queries as expenses
from partners import queries as partners
from partners.enums import LeadShown, PartnerShown
from partners.enums.agreements import AgreementShown, AgreementState
from partners.enums.checks import CheckShown
from partners.enums.induction import InductionShown
from partners.enums.interests import DeclarationShown
from partners.enums.questions import QuestionStatus
from partners.permissions.induction import can_manage_inductions
from partners.queries import agreements, checks, induction, interests, leaving
from partners.queries import questions as asked
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import has_permission
from psp_portal.accounts.roles import Permission
from psp_portal.dates import add_months, local_date
from psp_portal.subject_access import queries as subject_access

ENDING_WITHIN_MONTHS = leaving.ENDING_WITHIN_MONTHS


@dataclass(frozen=True)
class Figure:
    """A number with what it counts, where its rows are, and since or until when the first of them."""

    heading: str
    label: str
    count: int
    url: str
    oldest: date | None = None
    oldest_words: str = "oldest since"


def _people(user: User, *, organisation_id: UUID, today: date) -> list[Figure]:
    if not has_permission(user, Permission.SEE_PARTNERS, organisation_id, today):
        return []
    here = partners.partners_visible_to(user, today=today).filter(organisation_id=organisation_id)

    def figure(label: str, words: str = "oldest since", *, by: str = "", **filters: object) -> Figure:
        found = partners.partners_found(here, organisation_id=organisation_id, today=today, **filters)  # type: ignore[arg-type]
        count = found.count()
        first = found.order_by(by).values_list(by, flat=True).first() if by and count else None
        return Figure("People", label, count, _list_of_partners(**filters), first, words)

    stages = [
        Figure("People by stage", str(status.label), count, _list_of_partners(status=status.value))
        for status, count in partners.stages_of(here).items()
    ]
    ends_before = add_months(today, ENDING_WITHIN_MONTHS) + timedelta(days=1)
    return [
        *stages,
        figure(
            f"Terms ending in the next {ENDING_WITHIN_MONTHS} months, or over", "first ends on", by="term_ends_on",
            status=PartnerShown.SERVING, ends_before=ends_before,
        ),
        figure("Partners whose lead is away or gone", status=PartnerShown.SERVING, lead=LeadShown.AWAY),
    ]  # fmt: skip


def _papers(user: User, *, organisation_id: UUID, today: date) -> list[Figure]:
    """Return what is still to be checked, signed and declared."""
    if not has_permission(user, Permission.MANAGE_PARTNERS, organisation_id, today):
        return []

    def checked(shown: CheckShown) -> QuerySet:
        return checks.checks_found(user, organisation_id, today=today, shown=shown)

    def signed(shown: str) -> QuerySet:
        return agreements.agreements_found(user, organisation_id, versions, today=today, shown=shown)

    versions = agreements.versions_in_force([organisation_id])
    due = DeclarationShown.DUE
    undeclared = interests.declarations_found(user, organisation_id, today=today, shown=due)
    return [
        Figure("Checks and agreements", label, rows.count(), f"{reverse(page)}?shown={shown.value}")
        for label, rows, page, shown in (
            *(
                (label, checked(shown), "checks:check_list", shown)
                for label, shown in (
                    ("Checks that wait", CheckShown.WAITING),
                    ("Checks that run out in the next 90 days", CheckShown.WITHIN_90),
                    ("Checks that have run out", CheckShown.EXPIRED),
                )
            ),
            *(
                (label, signed(shown.value), "agreements:agreement_list", shown)
                for label, shown in (
                    ("Agreements that partners have to sign", AgreementShown.UNSIGNED),
                    ("Agreements waiting for the second signature", AgreementState.COUNTERSIGN),
                )
            ),
            ("Interests to be declared", undeclared, "interests:declaration_list", due),
        )
    ]


def _succession(user: User, *, organisation_id: UUID, today: date) -> list[Figure]:
    if not has_permission(user, Permission.MANAGE_PARTNERS, organisation_id, today):
        return []
    rows = leaving.terms_to_decide(user, organisation_id, today=today)
    first = rows.values_list("term_ends_on", flat=True).first()
    url = f"{reverse('leaving:succession_list')}?show=open"
    return [
        Figure("People", "Terms for which it must be decided what happens", rows.count(), url, first, "first ends on")
    ]


def _list_of_partners(**filters: object) -> str:
    """Return the address of the list of partners narrowed by some filters, as its form would send them."""
    asked: dict[str, object] = {}
    for name, value in filters.items():
        if isinstance(value, date):
            asked |= {f"{name}_0": value.day, f"{name}_1": value.month, f"{name}_2": value.year}
        else:
            asked[name] = value
    return f"{reverse('partners:partner_list')}?{urlencode(asked)}"


def _inductions(user: User, *, organisation_id: UUID, today: date) -> list[Figure]:
    if not can_manage_inductions(user, organisation_id, today=today):
        return []
    running = induction.inductions_found(user, organisation_id, today=today)
    overdue = induction.items_found(user, organisation_id, today=today, shown=InductionShown.OVERDUE)
    return [
        Figure(
            "Induction",
            "Inductions under way",
            running.count(),
            reverse("induction:induction_list"),
            _day(running.values_list("begun_at", flat=True).first()),
        ),
        Figure(
            "Induction",
            "Things overdue in inductions",
            overdue.count(),
            f"{reverse('induction:item_list')}?show={InductionShown.OVERDUE}",
            overdue.values_list("due_on", flat=True).first(),
            "first due on",
        ),
    ]


def _claims(user: User, *, organisation_id: UUID, today: date) -> list[Figure]:
    if not has_permission(user, Permission.SEE_CLAIMS, organisation_id, today):
        return []
    waiting = expenses.claims_of_organisation(user, today=today, organisation_id=organisation_id).open()
    late = expenses.overdue_claims(user, today=today, organisation_id=organisation_id)
    return [
        Figure("Claims", label, rows.count(), url, _day(rows.values_list("submitted_at", flat=True).first()))
        for label, rows, url in (
            ("Claims waiting", waiting, reverse("expenses:claim_overview")),
            ("Late claims that have gone up a step", late, reverse("expenses:overdue_list")),
        )
    ]


def _questions(user: User, *, organisation_id: UUID, today: date) -> list[Figure]:
    if not has_permission(user, Permission.SEE_PROGRAMME, organisation_id, today):
        return []
    figures = asked.figures_of(asked.questions_counted_for(user, organisation_id, today=today))
    rows, waiting = reverse("questions:question_list"), QuestionStatus.WAITING.value
    return [
        Figure("Questions", "Questions without an answer", figures.waiting, f"{rows}?status={waiting}", figures.oldest),
        Figure("Questions", "Questions asked", figures.asked, rows),
        Figure("Questions", "Questions answered", figures.answered, f"{rows}?answered=yes"),
    ]


def _meetings(user: User, *, organisation_id: UUID, today: date) -> list[Figure]:
    if not committee_permissions.can_manage_committees(user, organisation_id, today=today):
        return []
    rows = committees.meetings_unrecorded(user, today=today).filter(committee__organisation_id=organisation_id)
    return [
        Figure(
            "Meetings",
            "Meetings with attendance not recorded",
            rows.count(),
            f"{reverse('committees:meeting_list')}?when=unrecorded",
            _day(rows.values_list("starts_at", flat=True).first()),
        )
    ]


def _day(moment: datetime | None) -> date | None:
    return local_date(moment) if moment else None


def _records(user: User, *, organisation_id: UUID, today: date) -> list[Figure]:
    if not has_permission(user, Permission.ANSWER_SUBJECT_REQUESTS, organisation_id, today):
        return []
    rows = subject_access.requests_to_answer(user, today=today).open().filter(organisation_id=organisation_id)
    first = rows.values_list("due_on", flat=True).first()
    url = reverse("subject_access:request_list")
    return [Figure("Records", "Requests for copies of records", rows.count(), url, first, "first due on")]


FIGURES: tuple[Callable[..., list[Figure]], ...] = (
    _people,
    _succession,
    _inductions,
    _papers,
    _questions,
    _claims,
    _meetings,
    _records,
)


def figures_of(user: User, *, organisation_id: UUID, today: date) -> dict[str, list[Figure]]:
    """Return the figures of an organisation that somebody may open, under their headings, in a fixed order."""
    found: dict[str, list[Figure]] = {}
    for figures in FIGURES:
        for figure in figures(user, organisation_id=organisation_id, today=today):
            found.setdefault(figure.heading, []).append(figure)
    return found
