"""Finance's pages: payment runs made, released by a second person, exported, and marked line by line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from expenses import permissions, queries, services
from expenses.enums import ExportFormat, RunLineStatus, RunStatus
from expenses.forms import payments as forms
from expenses.views.presenting import TIME_KINDS, claim_title, line_title
from psp_portal.accounts.current import may, organisation_where
from psp_portal.accounts.roles import Permission
from psp_portal.exceptions import RuleBroken
from psp_portal.money import total
from psp_portal.views import RuleFormView, ScopedListView

# One page takes no more than this: a longer one could not be checked, nor sent (Django takes 1,000 fields at most).
MOST_LINES = 500


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


def sums_of_payable(lines: Iterable[Any]) -> Sums:
    """Return what approved lines come to."""
    lines = list(lines)
    return Sums(
        lines=len(lines),
        claims=len({line.claim_id for line in lines}),
        people=len({line.claimant_id for line in lines}),
        time=total(line.approved_amount for line in lines if line.kind in TIME_KINDS),
        expenses=total(line.approved_amount for line in lines if line.kind not in TIME_KINDS),
    )


# --- all runs, and a new one --------------------------------------------------------------
class RunListView(ScopedListView):
    """The current organisation's payment runs, newest first."""

    template_name = "expenses/run_list.html"
    context_object_name = "runs"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.organisation = organisation_where(request, Permission.SEE_RUNS)

    def get_queryset(self) -> Any:
        return queries.runs_visible_to(self.user, today=timezone.localdate()).filter(organisation=self.organisation)

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


class RunCreateView(RuleFormView):
    """Put approved lines of the current organisation in a run: all of them unless some are unticked."""

    form_class = forms.RunCreateForm
    template_name = "expenses/run_create.html"
    success_message = "Payment run made. A second finance person must release it."

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.today = timezone.localdate()
        self.organisation = organisation_where(request, Permission.PAY_CLAIMS)
        return super().dispatch(request, *args, **kwargs)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.make_run(
            organisation_id=self.organisation.pk, line_ids=data["lines"], by=self.request.user, at=timezone.now()
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        payable = queries.payable_lines(self.request.user, self.organisation.pk, today=self.today)
        lines = list(payable.select_related("claim__meeting__committee", "claim__payer")[: MOST_LINES + 1])
        shown = lines[:MOST_LINES]
        last_fours = queries.last_fours({line.claimant_id for line in shown})
        form = context["form"]
        # At first all are ticked; after an error, what was.
        ticked = set(form.data.getlist("lines")) if form.is_bound else {str(line.pk) for line in shown}
        rows = [
            PayableRow(
                line=line,
                title=line_title(line),
                what_for=claim_title(line.claim),
                is_overdue=line.claim.payment_due_on < self.today,
                last_four=last_fours.get(line.claimant_id, ""),
                is_ticked=str(line.pk) in ticked,
            )
            for line in shown
        ]
        return context | {
            "rows": rows,
            "sums": sums_of_payable(shown),
            "has_more": len(lines) > MOST_LINES,
            "unbanked": sorted({row.line.claim.claimant.get_full_name() for row in rows if not row.last_four}),
        }

    def get_success_url(self) -> str:
        return reverse("expenses:run_detail", kwargs={"run_id": self.result.pk})


# --- one run ------------------------------------------------------------------------------
@dataclass(frozen=True)
class Offer:
    """Something that can be done to a run, where, and if not by this person, why not. ``is_post``: at once."""

    text: str
    url: str
    why_not: str = ""
    is_post: bool = False
    variant: str = ""


def offers_of(run, user, involved: Iterable[Any], *, today: date) -> list[Offer]:
    """Return what finance can do to a run now; nothing for those who only read it."""
    if not permissions.can_pay_for(user, run.organisation_id, today=today):
        return []

    def page(name: str) -> str:
        return reverse(f"expenses:{name}", kwargs={"run_id": run.pk})

    match run.status:
        case RunStatus.DRAFT:
            return [
                Offer("Release this run", page("run_release"), why_not_release(run, user, involved, today=today)),
                Offer("Cancel this run", page("run_cancel"), variant="secondary"),
            ]
        case RunStatus.RELEASED:
            return [
                Offer("Download the ledger file", page("run_export"), is_post=True),
                Offer("Mark lines as paid", page("run_settle"), variant="secondary"),
            ]
        case RunStatus.SETTLED:
            return [Offer("Download the ledger file again", page("run_export"), is_post=True, variant="secondary")]
        case _:
            return []


def why_not_release(run, user, involved: Iterable[Any], *, today: date) -> str:
    """Return why somebody in finance may not release a run; nothing when they may."""
    try:
        permissions.check_can_release_run(user, run, involved, today=today)
    except PermissionDenied as refusal:
        return str(refusal)
    return ""


@dataclass(frozen=True)
class RunRow:
    """A line of a run. ``is_mine``: this person claimed or decided it, so that somebody else must mark it."""

    row: Any
    title: str
    is_open: bool
    is_mine: bool
    is_ticked: bool
    last_four: str


class _AboutRun:
    """Finds the run of the address with its lines, or answers 404."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.user, self.today = request.user, timezone.localdate()
        self.run = get_object_or_404(queries.runs_visible_to(request.user, today=self.today), pk=kwargs["run_id"])

    @property
    def rows(self) -> list[Any]:
        """The run's lines as they are now."""
        return list(queries.run_lines_visible_to(self.user, today=self.today).filter(run=self.run))

    def shown(self, ticked: set[str] | None = None) -> list[RunRow]:
        """Return the run's lines as pages show them; without ``ticked`` each open line has its tick."""
        rows = self.rows
        last_fours = queries.last_fours({row.claimant_id for row in rows})
        return [
            RunRow(
                row=row,
                title=line_title(row.line),
                is_open=row.status == RunLineStatus.LISTED,
                is_mine=self.user.pk in (row.claimant_id, row.decided_by_id),
                is_ticked=ticked is None or str(row.pk) in ticked,
                last_four=last_fours.get(row.claimant_id, ""),
            )
            for row in rows
        ]

    def get_success_url(self) -> str:
        return reverse("expenses:run_detail", kwargs={"run_id": self.run.pk})


def _involved(rows: Iterable[Any]) -> set[Any]:
    """Return who claimed or decided a run's lines."""
    return {person for row in rows for person in (row.claimant_id, row.decided_by_id)}


def unbanked(rows: Iterable[RunRow]) -> list[str]:
    """Return, by name, who has a line that waits for its payment and has given no bank details."""
    return sorted({shown.row.claimant.get_full_name() for shown in rows if shown.is_open and not shown.last_four})


class RunDetailView(_AboutRun, TemplateView):
    """A run with its lines, who made and released it, what was exported, and what can be done."""

    template_name = "expenses/run_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.shown()
        can_fail = self.run.status == RunStatus.RELEASED and permissions.can_pay_for(
            self.user, self.run.organisation_id, today=self.today
        )
        return super().get_context_data(**kwargs) | {
            "run": self.run,
            "rows": rows,
            "paid": total(shown.row.amount for shown in rows if shown.row.status == RunLineStatus.PAID),
            "failed": total(shown.row.amount for shown in rows if shown.row.status == RunLineStatus.FAILED),
            "unbanked": unbanked(rows),
            "offers": offers_of(self.run, self.user, _involved(shown.row for shown in rows), today=self.today),
            "can_fail": can_fail,
            "exports": self.run.exports.select_related("exported_by").order_by("-exported_at", "pk"),
        }


class _RunActionView(_AboutRun, RuleFormView):
    """What finance does to a run of one status. ``needs`` is that status, ``otherwise`` what to say of any other."""

    needs = RunStatus.DRAFT
    otherwise = "This run has been released or cancelled already"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.check()
        if request.method == "GET" and self.run.status != self.needs:
            messages.warning(request, self.otherwise)
            return HttpResponseRedirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def check(self) -> None:
        """Raise PermissionDenied unless the person may do it."""
        permissions.check_can_pay_for(self.user, self.run.organisation_id, today=self.today)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"run": self.run}


class RunReleaseView(_RunActionView):
    """Release a run as the second finance person."""

    template_name = "expenses/run_release.html"
    success_message = "Run released. It can be downloaded and paid now."

    def check(self) -> None:
        permissions.check_can_release_run(self.user, self.run, _involved(self.rows), today=self.today)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.release_run(run_id=self.run.pk, by=self.user, at=timezone.now())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.shown()
        return super().get_context_data(**kwargs) | {"rows": rows, "unbanked": unbanked(rows)}


class RunCancelView(_RunActionView):
    """Cancel a run that has not been released."""

    template_name = "expenses/run_cancel.html"
    success_message = "Run cancelled. Its lines wait for another run."

    def perform(self, data: dict[str, Any]) -> Any:
        return services.cancel_run(run_id=self.run.pk, by=self.user, at=timezone.now())


class RunSettleView(_RunActionView):
    """Mark lines of a released run as paid: all that are left unless some are unticked."""

    form_class = forms.RunSettleForm
    template_name = "expenses/run_settle.html"
    needs = RunStatus.RELEASED
    otherwise = "There is nothing to mark in this run: it has not been released, or all its lines have been marked"

    def perform(self, data: dict[str, Any]) -> Any:
        count = services.record_payment(run_id=self.run.pk, run_line_ids=data["lines"], by=self.user, at=timezone.now())
        messages.success(self.request, f"{count} {'line' if count == 1 else 'lines'} marked as paid")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context["form"]
        rows = [row for row in self.shown(set(form.data.getlist("lines")) if form.is_bound else None) if row.is_open]
        mine_to_mark = [row for row in rows if not row.is_mine]
        return context | {
            "rows": mine_to_mark,
            "others": [row for row in rows if row.is_mine],
            "total": total(row.row.amount for row in mine_to_mark),
        }


class RunLineFailView(_RunActionView):
    """Mark one line of a released run as failed."""

    form_class = forms.RunLineFailForm
    template_name = "expenses/run_line_fail.html"
    success_message = "Payment marked as failed. The line waits for another run."
    needs = RunStatus.RELEASED
    otherwise = RunSettleView.otherwise

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        rows = queries.run_lines_visible_to(request.user, today=self.today).filter(run=self.run)
        self.row = get_object_or_404(rows, pk=kwargs["run_line_id"])

    def perform(self, data: dict[str, Any]) -> Any:
        services.record_failure(run_id=self.run.pk, run_line_id=self.row.pk, by=self.user, at=timezone.now(), **data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"row": self.row, "title": line_title(self.row.line)}


class RunExportView(_AboutRun, View):
    """Hand out the ledger file. It holds bank details, so that it is never kept by a browser or on the way."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        permissions.check_can_pay_for(request.user, self.run.organisation_id, today=self.today)
        try:
            file = services.export_run(run_id=self.run.pk, format=ExportFormat.LEDGER, by=request.user, at=timezone.now())
        except RuleBroken as broken:
            messages.error(request, broken.message)
            return HttpResponseRedirect(self.get_success_url())
        return HttpResponse(
            file.content,
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{file.name}"',
                "Cache-Control": "private, no-store",
            },
        )
