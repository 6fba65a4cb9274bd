"""Finance's pages of one payment run: released by a second person, cancelled, and marked line by line or at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from expenses import permissions, queries, services
from expenses.enums import ExportFormat, RunLineStatus, RunStatus
from expenses.forms import payments as forms
from expenses.policies.reconciliation import run_disagreements
from expenses.views.presenting import line_title
from psp_portal.money import total
from psp_portal.views import RuleFormView

LINES_ON_A_PAGE = 100
# The files of a run, by their name in the address, and what each is for.
FILES = {
    "ledger": (ExportFormat.LEDGER, "expenses"),
    "payroll": (ExportFormat.PAYROLL, "involvement payments"),
    "bacs": (ExportFormat.BACS, "for the bank"),
}


@dataclass(frozen=True)
class Offer:
    """Something that can be done to a run, where, and if not by this person, why not."""

    text: str
    url: str
    why_not: str = ""
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
            return [*_files_of(run), Offer("Mark lines as paid", page("run_settle"))]
        case RunStatus.SETTLED:
            return _files_of(run)
        case _:
            return []


def _files_of(run) -> list[Offer]:
    return [
        Offer(
            f"{wanted.label} ({what})",
            reverse("expenses:run_export", kwargs={"run_id": run.pk, "file": name}),
            variant="secondary",
        )
        for name, (wanted, what) in FILES.items()
    ]


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
    is_paid: bool
    is_mine: bool
    is_ticked: bool
    last_four: str


class AboutRun:
    """Finds the run of the address with its lines, a page at a time, or answers 404."""

    request: HttpRequest

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.user, self.today = request.user, timezone.localdate()
        self.run = get_object_or_404(queries.runs_visible_to(request.user, today=self.today), pk=kwargs["run_id"])

    @property
    def lines(self) -> Any:
        """The run's lines as they are now."""
        return queries.run_lines_visible_to(self.user, today=self.today).filter(run=self.run)

    def page_of(self, lines: Any) -> Any:
        """Return the page of lines that the address asks for."""
        return Paginator(lines, LINES_ON_A_PAGE).get_page(self.request.GET.get("page"))

    def shown(self, rows: Iterable[Any], ticked: set[str] | None = None) -> list[RunRow]:
        """Return lines of the run as pages show them; without ``ticked`` each has its tick."""
        rows = list(rows)
        # From its release on a line is paid to the account kept with it; before that, to the one in use by then.
        in_use = {} if self.run.released_at else queries.last_fours({row.claimant_id for row in rows})
        return [
            RunRow(
                row=row,
                title=line_title(row.line),
                is_open=self.run.status == RunStatus.RELEASED and row.status == RunLineStatus.LISTED,
                is_paid=row.status == RunLineStatus.PAID,
                is_mine=self.user.pk in (row.claimant_id, row.decided_by_id),
                is_ticked=ticked is None or str(row.pk) in ticked,
                last_four=row.bank_details.last_four if row.bank_details else in_use.get(row.claimant_id, ""),
            )
            for row in rows
        ]

    def facts(self) -> dict[str, Any]:
        """Return what pages about the run show: itself, a page of its lines, and whose account is not known."""
        page = self.page_of(self.lines)
        return {
            "run": self.run,
            "page_obj": page,
            "rows": self.shown(page.object_list),
            "unbanked": queries.people_without_account(self.run),
        }

    def get_success_url(self) -> str:
        return reverse("expenses:run_detail", kwargs={"run_id": self.run.pk})


class RunDetailView(AboutRun, TemplateView):
    """A run with its lines, who made and released it, what was exported, and what can be done."""

    template_name = "expenses/run_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        (sums,) = queries.run_sums([self.run])
        can_pay = permissions.can_pay_for(self.user, self.run.organisation_id, today=self.today)
        return (
            super().get_context_data(**kwargs)
            | self.facts()
            | {
                "paid": sums.of(RunLineStatus.PAID).amount,
                "failed": sums.of(RunLineStatus.FAILED).amount,
                "disagreements": run_disagreements(sums),
                "offers": offers_of(self.run, self.user, queries.people_of_run(self.run), today=self.today),
                "can_mark": can_pay,
                "exports": self.run.exports.select_related("exported_by").order_by("-exported_at", "pk"),
            }
        )


class _RunActionView(AboutRun, RuleFormView):
    """What finance does to a run. ``needs`` is of which status it must be, ``otherwise`` what to say of any other."""

    needs: tuple[RunStatus, ...] = (RunStatus.DRAFT,)
    otherwise = "This run has been released or cancelled already"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.check()
        if request.method == "GET" and self.run.status not in self.needs:
            messages.warning(request, self.otherwise)
            return HttpResponseRedirect(reverse("expenses:run_detail", kwargs={"run_id": self.run.pk}))
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
        involved = queries.people_of_run(self.run)
        permissions.check_can_release_run(self.user, self.run, involved, today=self.today)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.release_run(run_id=self.run.pk, by=self.user, at=timezone.now())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | self.facts()


class RunCancelView(_RunActionView):
    """Cancel a run that has not been released."""

    template_name = "expenses/run_cancel.html"
    success_message = "Run cancelled. Its lines wait for another run."

    def perform(self, data: dict[str, Any]) -> Any:
        return services.cancel_run(run_id=self.run.pk, by=self.user, at=timezone.now())


class RunSettleView(_RunActionView):
    """Mark lines of a released run as paid: those ticked on a page, or all that are left."""

    form_class = forms.RunSettleForm
    template_name = "expenses/run_settle.html"
    needs = (RunStatus.RELEASED,)
    otherwise = "There is nothing to mark in this run: it has not been released, or all its lines have been marked"

    @property
    def to_mark(self) -> Any:
        """The lines not marked yet that this person may mark."""
        return self.lines.filter(status=RunLineStatus.LISTED).exclude(claimant=self.user).exclude(decided_by=self.user)

    def get_initial(self) -> dict[str, Any]:
        return {"paid_on": services.expected_paid_on(self.run, today=self.today)}

    def perform(self, data: dict[str, Any]) -> Any:
        is_all = data["scope"] == "all"
        ids = list(self.to_mark.values_list("pk", flat=True)) if is_all else data["lines"]
        count = services.record_payment(
            run_id=self.run.pk, run_line_ids=ids, by=self.user, at=timezone.now(), paid_on=data["paid_on"]
        )
        messages.success(self.request, f"{count} {'line' if count == 1 else 'lines'} marked as paid")

    def get_success_url(self) -> str:
        name = "run_settle" if self.to_mark.exists() else "run_detail"
        return reverse(f"expenses:{name}", kwargs={"run_id": self.run.pk})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context["form"]
        ticked = set(form.data.getlist("lines")) if form.is_bound else None
        page = self.page_of(self.to_mark)
        amounts = list(self.to_mark.order_by().values_list("amount", flat=True))
        return context | {
            "page_obj": page,
            "rows": self.shown(page.object_list, ticked),
            "count": len(amounts),
            "total": total(amounts),
            "others": self.lines.filter(status=RunLineStatus.LISTED).count() - len(amounts),
        }


class RunLineFailView(_RunActionView):
    """Mark one line of a released run as failed."""

    form_class = forms.RunLineFailForm
    template_name = "expenses/run_line_fail.html"
    success_message = "Payment marked as failed. The line waits for another run."
    needs: tuple[RunStatus, ...] = (RunStatus.RELEASED,)
    otherwise = RunSettleView.otherwise
    title = "Mark a payment as failed"
    record = staticmethod(services.record_failure)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.row = get_object_or_404(self.lines, pk=kwargs["run_line_id"])

    def perform(self, data: dict[str, Any]) -> Any:
        self.record(run_id=self.run.pk, run_line_id=self.row.pk, by=self.user, at=timezone.now(), **data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "row": self.row,
            "title": line_title(self.row.line),
            "page_title": self.title,
        }


class RunLineReturnView(RunLineFailView):
    """Record that the bank sent back the payment of one line that was marked as paid."""

    template_name = "expenses/run_line_return.html"
    success_message = "Payment marked as sent back. The line waits for another run."
    needs = (RunStatus.RELEASED, RunStatus.SETTLED)
    otherwise = "Nothing of this run has been paid"
    title = "Mark a payment as sent back by the bank"
    record = staticmethod(services.record_return)
