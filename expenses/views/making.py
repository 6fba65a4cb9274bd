"""Finance's pages of all payment runs, and of making a new one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from expenses import queries, services
from expenses.forms import payments as forms
from expenses.views.presenting import TIME_KINDS, claim_title, line_title
from psp_portal.accounts.current import may, organisation_where
from psp_portal.accounts.roles import Permission
from psp_portal.dates import local_date
from psp_portal.money import total
from psp_portal.views import RuleFormView, ScopedListView

# Ticks are kept from page to page, so that a run may have any number of lines.
LINES_ON_A_PAGE = 100
# "Due soon" is what falls due before the next weekly run.
DUE_SOON = timedelta(days=7)


# --- sums ---------------------------------------------------------------------------------
@dataclass(frozen=True)
class Sums:
    """What lines to pay come to, in pounds, time and expenses apart."""

    lines: int
    claims: int
    people: int
    time: Decimal
    expenses: Decimal

    @property
    def total(self) -> Decimal:
        return self.time + self.expenses


def sums_of_payable(lines: Iterable[tuple[Any, ...]]) -> Sums:
    """Return what approved lines come to: each its key, its claim, its person, its kind and its amount."""
    lines = list(lines)
    return Sums(
        lines=len(lines),
        claims=len({claim for _, claim, _, _, _ in lines}),
        people=len({person for _, _, person, _, _ in lines}),
        time=total(amount for *_, kind, amount in lines if kind in TIME_KINDS),
        expenses=total(amount for *_, kind, amount in lines if kind not in TIME_KINDS),
    )


# --- all runs, and a new one --------------------------------------------------------------
class OrganisationRuns(ScopedListView):
    """The current organisation's payment runs, newest first."""

    context_object_name = "runs"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.organisation = organisation_where(request, Permission.SEE_RUNS)

    def get_queryset(self) -> Any:
        return queries.runs_visible_to(self.user, today=timezone.localdate()).filter(organisation=self.organisation)


class RunListView(OrganisationRuns):
    """All runs, and where a new one is made."""

    template_name = "expenses/run_list.html"
    export_name = "payment runs"
    export_columns = (
        "Run", "Status", "Made", "Made by", "Released", "Released by", "Lines", "Time", "Expenses", "Total",
    )  # fmt: skip

    def export_row(self, row: Any) -> Sequence[object]:
        return (
            row.reference, row.get_status_display(), local_date(row.made_at), row.made_by.get_full_name(),
            local_date(row.released_at) if row.released_at else None,
            row.released_by.get_full_name() if row.released_by else "",
            row.line_count, row.time_total, row.expenses_total, row.total,
        )  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"can_pay": may(self.request, Permission.PAY_CLAIMS)}


@dataclass(frozen=True)
class PayableRow:
    """An approved line as the page of a new run shows it."""

    line: Any
    title: str
    what_for: str
    is_overdue: bool
    last_four: str
    is_ticked: bool


@dataclass(frozen=True)
class HeldBack:
    """Somebody whose lines no run takes now, why, and what they come to."""

    name: str
    why: str
    lines: int
    amount: Decimal


def held_back(lines: Iterable[Any], payer_id: UUID) -> list[HeldBack]:
    """Return whose lines no run takes because of their bank details, in the order of the lines."""
    by_person: dict[UUID, list[Any]] = {}
    for line in lines:
        by_person.setdefault(line.claimant_id, []).append(line)
    held = queries.held_for_verification(by_person, payer_id)
    return [
        HeldBack(
            name=own[0].claim.claimant.get_full_name(),
            why="Their bank details wait for a check" if person in held else "They have given no bank details",
            lines=len(own),
            amount=total(line.approved_amount for line in own),
        )
        for person, own in by_person.items()
    ]


@dataclass(frozen=True)
class Choice:
    """One of the ways to choose what may be paid, in words and by its address."""

    text: str
    url: str
    is_chosen: bool


class RunCreateView(RuleFormView):
    """Put approved lines of the current organisation in a run: all that the page offers unless some are unticked.

    What is unticked is kept in the session, page by page, until the run is made.
    """

    form_class = forms.RunCreateForm
    template_name = "expenses/run_create.html"
    success_message = "Payment run made. A second finance person must release it."
    shows = {"all": "All that is approved", "soon": "Due within 7 days", "overdue": "Overdue"}  # noqa: RUF012

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.today = timezone.localdate()
        self.organisation = organisation_where(request, Permission.PAY_CLAIMS)
        self.show = request.GET.get("show", "all")
        days = {"soon": self.today + DUE_SOON, "overdue": self.today - timedelta(days=1)}
        self.due_by = days.get(self.show)
        return super().dispatch(request, *args, **kwargs)

    # --- the ticks of all pages
    @property
    def session_key(self) -> str:
        return f"run_without:{self.organisation.pk}"

    @property
    def unticked(self) -> set[str]:
        """The lines, by their keys as text, that are to wait for another run."""
        return set(self.request.session.get(self.session_key, []))

    def keep_ticks(self, data: dict[str, Any]) -> None:
        """Remember which of the lines shown on a page are not ticked."""
        shown, ticked = ({str(key) for key in data[name]} for name in ("shown", "lines"))
        self.request.session[self.session_key] = sorted((self.unticked - shown) | (shown - ticked))

    def form_valid(self, form: Any) -> HttpResponse:
        self.keep_ticks(form.cleaned_data)
        step = form.cleaned_data["step"]
        if step != "make":
            return HttpResponseRedirect(self.url_of(self.show, page=step))
        return super().form_valid(form)

    def perform(self, data: dict[str, Any]) -> Any:
        run = services.make_run(
            organisation_id=self.organisation.pk,
            line_ids=None,
            by=self.request.user,
            at=timezone.now(),
            not_these={UUID(key) for key in self.unticked},
            due_by=self.due_by,
            seen=services.Seen(data["seen_lines"], data["seen_total"]),
        )
        del self.request.session[self.session_key]
        return run

    # --- the page
    def url_of(self, show: str, *, page: str = "1") -> str:
        return f"{reverse('expenses:run_create')}?{urlencode({'show': show, 'page': page})}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        payable = queries.payable_lines(self.request.user, self.organisation.pk, today=self.today)
        if self.due_by:
            payable = payable.filter(claim__payment_due_on__lte=self.due_by)
        # A light row for each line gives the sums of all pages; only the lines of this page are read whole.
        light = list(
            payable.select_related(None).values_list("pk", "claim_id", "claimant_id", "kind", "approved_amount")
        )
        page = Paginator([row[0] for row in light], LINES_ON_A_PAGE).get_page(self.request.GET.get("page"))
        whole = payable.filter(pk__in=list(page.object_list)).select_related(
            "claim__meeting__committee", "claim__payer"
        )
        unticked = self.unticked
        left_out = queries.lines_left_out(self.request.user, self.organisation.pk, today=self.today)
        return super().get_context_data(**kwargs) | {
            "page_obj": page,
            "rows": self.rows_of(whole.select_related("claim__meeting__committee", "claim__payer"), unticked),
            "choices": [Choice(text, self.url_of(name), name == self.show) for name, text in self.shows.items()],
            "all_sums": sums_of_payable(light),
            "sums": sums_of_payable(row for row in light if str(row[0]) not in unticked),
            "held_back": held_back(left_out, self.organisation.pk),
        }

    def rows_of(self, lines: Iterable[Any], unticked: set[str]) -> list[PayableRow]:
        """Return the lines of a page as it shows them."""
        lines = list(lines)
        last_fours = queries.last_fours({line.claimant_id for line in lines})
        return [
            PayableRow(
                line=line,
                title=line_title(line),
                what_for=claim_title(line.claim),
                is_overdue=line.claim.payment_due_on < self.today,
                last_four=last_fours.get(line.claimant_id, ""),
                is_ticked=str(line.pk) not in unticked,
            )
            for line in lines
        ]

    def get_success_url(self) -> str:
        return reverse("expenses:run_detail", kwargs={"run_id": self.result.pk})
