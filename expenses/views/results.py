"""The bank's result files, read and taken in; how an organisation pays; and whether everything agrees."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from expenses import queries, services
from expenses.enums import ResultOutcome, RunLineStatus
from expenses.forms import payments as forms
from expenses.policies import bank_result
from expenses.policies.reconciliation import run_disagreements
from expenses.views.making import OrganisationRuns
from psp_portal.accounts.current import may, organisation_where
from psp_portal.accounts.roles import Permission
from psp_portal.money import format_pounds, total
from psp_portal.views import Moment, RuleFormView, ScopedListView

ROWS_ON_A_PAGE = 100
# What a row did, once it is done.
_DONE = {ResultOutcome.PAID: "Marked as paid", ResultOutcome.FAILED: "Marked as failed"}


# --- the bank's files ---------------------------------------------------------------------------
class BankResultListView(ScopedListView):
    """The result files that the current organisation has taken in, newest first."""

    template_name = "expenses/bank_result_list.html"
    context_object_name = "results"
    export_name = "result files of the bank"
    export_columns = ("File", "Taken in", "By", "Paid", "Paid (£)", "Failed", "Failed (£)", "Rows not used")

    def get_queryset(self) -> Any:
        organisation = organisation_where(self.request, Permission.SEE_RUNS)
        found = queries.bank_results_visible_to(self.user, today=timezone.localdate())
        return found.filter(organisation=organisation)

    def export_row(self, row: Any) -> Sequence[object]:
        return (
            row.file_name, row.imported_at, row.imported_by.get_full_name(), row.paid_count, row.paid_total,
            row.failed_count, row.failed_total, row.not_used_count,
        )  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"can_pay": may(self.request, Permission.PAY_CLAIMS)}


class BankResultCreateView(RuleFormView):
    """Upload the bank's file; nothing is changed by it yet."""

    form_class = forms.BankResultCreateForm
    template_name = "expenses/bank_result_create.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.organisation = organisation_where(request, Permission.PAY_CLAIMS)
        return super().dispatch(request, *args, **kwargs)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.upload_result(
            organisation_id=self.organisation.pk,
            file=data["file"],
            name=data["file"].name,
            by=self.request.user,
            at=timezone.now(),
        )

    def get_success_url(self) -> str:
        name = "bank_result_take" if services.can_be_read(self.result) else "bank_result_edit"
        return reverse(f"expenses:{name}", kwargs={"upload_id": self.result.pk})


class _AboutUpload(Moment):
    def find(self, **kwargs: Any) -> None:
        uploads = queries.result_uploads_visible_to(self.user, today=self.today)
        self.upload = get_object_or_404(uploads, pk=kwargs["upload_id"])


class BankResultEditView(_AboutUpload, RuleFormView):
    """Say which column of the bank's file is what; it is remembered for the next file."""

    form_class = forms.BankResultEditForm
    template_name = "expenses/bank_result_edit.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"header": services.header_of(self.upload)}

    def get_initial(self) -> dict[str, Any]:
        settings = queries.payment_settings_or_new(self.upload.organisation_id)
        return {
            **settings.result_columns,
            "rows": settings.result_rows,
            "paid_words": ", ".join(settings.paid_words),
            "failed_words": ", ".join(settings.failed_words),
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return services.set_result_columns(
            upload_id=self.upload.pk,
            columns={name: data[name] for name in bank_result.COLUMNS},
            rows=data["rows"],
            paid_words=data["paid_words"],
            failed_words=data["failed_words"],
            by=self.user,
            at=self.at,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"upload": self.upload}

    def get_success_url(self) -> str:
        return reverse("expenses:bank_result_take", kwargs={"upload_id": self.upload.pk})


class BankResultTakeView(_AboutUpload, RuleFormView):
    """Show what the bank's file would do, row by row; taking it in does all of it at once."""

    template_name = "expenses/bank_result_take.html"
    success_message = "The bank's file was taken in"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not services.can_be_read(self.upload):
            return HttpResponseRedirect(reverse("expenses:bank_result_edit", kwargs={"upload_id": self.upload.pk}))
        return super().dispatch(request, *args, **kwargs)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.take_result(upload_id=self.upload.pk, by=self.user, at=self.at)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = services.dry_run(self.upload, by=self.user, today=self.today)
        outcomes = {
            "sent_back": found.of(ResultOutcome.SENT_BACK),
            "failed": found.of(ResultOutcome.FAILED),
            "paid": found.of(ResultOutcome.PAID),
        }
        # What is odd comes first: a long file must not hide it on its last page.
        rows = [*found.not_used, *(row for of_one in outcomes.values() for row in of_one)]
        sums = {
            name: {"lines": sum(len(row.lines) for row in of_one), "total": total(row.row.amount for row in of_one)}
            for name, of_one in outcomes.items()
        }
        return super().get_context_data(**kwargs) | {
            "upload": self.upload,
            "page_obj": Paginator(rows, ROWS_ON_A_PAGE).get_page(self.request.GET.get("page")),
            **sums,
            "not_used": len(found.not_used),
            "can_take": any(outcomes.values()),
        }

    def get_success_url(self) -> str:
        return reverse("expenses:bank_result_detail", kwargs={"result_id": self.result.pk})


class BankResultDetailView(Moment, TemplateView):
    """What a result file did when it was taken in, row by row."""

    template_name = "expenses/bank_result_detail.html"

    def find(self, **kwargs: Any) -> None:
        results = queries.bank_results_visible_to(self.user, today=self.today)
        self.found = get_object_or_404(results, pk=kwargs["result_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        outcomes = [ResultOutcome(row["outcome"]) for row in self.found.rows]
        rows = [
            row | {"label": _DONE.get(outcome, outcome.label)}
            for row, outcome in zip(self.found.rows, outcomes, strict=True)
        ]
        return super().get_context_data(**kwargs) | {
            "found": self.found,
            "page_obj": Paginator(rows, ROWS_ON_A_PAGE).get_page(self.request.GET.get("page")),
        }


# --- how an organisation pays -------------------------------------------------------------------
class PaymentSettingsEditView(RuleFormView):
    """Say from which account the current organisation pays, and what BACS pays."""

    form_class = forms.PaymentSettingsEditForm
    template_name = "expenses/payment_settings_edit.html"
    success_message = "How you pay was saved"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.organisation = organisation_where(request, Permission.PAY_CLAIMS)
        self.settings = queries.payment_settings_or_new(self.organisation.pk)
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"bacs_covers": self.settings.bacs_covers, "bacs_days": self.settings.bacs_days}

    def perform(self, data: dict[str, Any]) -> Any:
        names = forms.PaymentSettingsEditForm.account_fields
        account = services.PayingAccount(**{name: data[name] for name in names}) if data[names[0]] else None
        return services.change_payment_settings(
            organisation_id=self.organisation.pk,
            account=account,
            bacs_covers=data["bacs_covers"],
            bacs_days=data["bacs_days"],
            by=self.request.user,
            at=timezone.now(),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"settings": self.settings}

    def get_success_url(self) -> str:
        return reverse("expenses:payment_settings_edit")


# --- whether all agrees -------------------------------------------------------------------------
class ReconciliationDetailView(OrganisationRuns):
    """Claims, run lines, files and payments side by side, run by run; and what the last check of all of them found."""

    template_name = "expenses/reconciliation_detail.html"
    export_name = "whether everything agrees"
    export_columns = (
        "Run", "Status", "Agrees", "What does not agree", "Approved in claims", "Approved in claims (£)", "In the run",
        "In the run (£)", "Files", "Paid", "Paid (£)", "Failed", "Failed (£)", "Not marked yet", "Not marked yet (£)",
    )  # fmt: skip

    def as_shown(self, rows: Sequence[Any]) -> Sequence[dict[str, Any]]:
        return [
            {
                "sums": sums,
                "every": sums.of(),
                "paid": sums.of(RunLineStatus.PAID),
                "failed": sums.of(RunLineStatus.FAILED),
                "listed": sums.of(RunLineStatus.LISTED),
                "problems": run_disagreements(sums),
            }
            for sums in queries.run_sums(rows)
        ]

    def export_row(self, row: dict[str, Any]) -> Sequence[object]:
        sums = row["sums"]
        files = [
            f"{file.format.label}: {file.lines.count} of {format_pounds(file.lines.amount)}" for file in sums.exports
        ]
        tallies = [row[name] for name in ("paid", "failed", "listed")]
        return (
            sums.reference, sums.status.label, "No" if row["problems"] else "Yes", "; ".join(row["problems"]),
            sums.claims.count, sums.claims.amount, row["every"].count, row["every"].amount, "; ".join(files),
            *(cell for tally in tallies for cell in (tally.count, tally.amount)),
        )  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        checks = queries.reconciliations_visible_to(self.user, today=timezone.localdate())
        rows = self.as_shown(context["page_obj"].object_list)
        return context | {
            "rows": rows,
            "last": checks.filter(organisation=self.organisation).first(),
            "can_pay": may(self.request, Permission.PAY_CLAIMS),
        }


class ReconciliationCheckView(View):
    """Check everything now."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        organisation = organisation_where(request, Permission.PAY_CLAIMS)
        found = services.check_runs(organisation_id=organisation.pk, by=request.user, at=timezone.now())
        say = messages.success if found.agrees else messages.warning
        say(request, "Everything agrees" if found.agrees else "Not everything agrees: see below")
        return HttpResponseRedirect(reverse("expenses:reconciliation_detail"))
