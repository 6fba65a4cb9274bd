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

from django.urls import reverse

from committees import permissions as committee_permissions
from committees import queries as committees
from expenses import queries as expenses
from partners import queries as partners
from partners.enums import LeadShown, PartnerShown
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import has_permission
from psp_portal.accounts.roles import Permission
from psp_portal.dates import add_months, local_date
from psp_portal.subject_access import queries as subject_access

# Succession begins six months before a term ends (product.md, P8).
ENDING_WITHIN_MONTHS = 6


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


def _list_of_partners(**filters: object) -> str:
    """Return the address of the list of partners narrowed by some filters, as its form would send them."""
    asked: dict[str, object] = {}
    for name, value in filters.items():
        if isinstance(value, date):
            asked |= {f"{name}_0": value.day, f"{name}_1": value.month, f"{name}_2": value.year}
        else:
            asked[name] = value
    return f"{reverse('partners:partner_list')}?{urlencode(asked)}"


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


FIGURES: tuple[Callable[..., list[Figure]], ...] = (_people, _claims, _meetings, _records)


def figures_of(user: User, *, organisation_id: UUID, today: date) -> dict[str, list[Figure]]:
    """Return the figures of an organisation that somebody may open, under their headings, in a fixed order."""
    found: dict[str, list[Figure]] = {}
    for figures in FIGURES:
        for figure in figures(user, organisation_id=organisation_id, today=today):
            found.setdefault(figure.heading, []).append(figure)
    return found
