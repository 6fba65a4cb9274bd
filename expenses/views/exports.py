"""Files taken of a payment run. They hold bank details, so that no browser and nothing on the way keeps them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from expenses import permissions, queries, services
from expenses.enums import ExportFormat, RunPart, RunStatus
from expenses.forms import payments as forms
from expenses.views.payments import FILES, AboutRun
from psp_portal.views import RuleFormView

# The other files that hold what a BACS file pays, by what it covers.
PAID_BY_BACS = {
    RunPart.EXPENSES: (ExportFormat.LEDGER,),
    RunPart.BOTH: (ExportFormat.LEDGER, ExportFormat.PAYROLL),
}
CONTENT_TYPES = {ExportFormat.BACS: "text/plain; charset=us-ascii"}


class RunExportView(AboutRun, RuleFormView):
    """Take one of a released run's files. What is in it is said before; that it was taken is kept."""

    form_class = forms.RunExportForm
    template_name = "expenses/run_export.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if kwargs["file"] not in FILES:
            raise Http404("There is no such file.")
        self.format, self.what_for = FILES[kwargs["file"]]
        self.first = queries.first_export(self.run, self.format)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        permissions.check_can_pay_for(request.user, self.run.organisation_id, today=self.today)
        if self.run.status not in (RunStatus.RELEASED, RunStatus.SETTLED):
            messages.warning(request, "A run can be exported once a second person has released it")
            return HttpResponseRedirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "has_day": self.format == ExportFormat.BACS,
            "was_taken": self.first is not None,
        }

    def get_initial(self) -> dict[str, Any]:
        day = self.first.processing_on if self.first else None
        return {"day": day or services.first_bacs_day(self.today)}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.export_run(
            run_id=self.run.pk,
            format=self.format,
            by=self.user,
            at=timezone.now(),
            processing_on=data.get("day"),
            reason=data.get("reason", ""),
        )

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        if self.result is None:
            return answer
        return HttpResponse(
            self.result.content,
            content_type=CONTENT_TYPES.get(self.format, "text/csv; charset=utf-8"),
            headers={
                "Content-Disposition": f'attachment; filename="{self.result.name}"',
                "Cache-Control": "private, no-store",
            },
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        settings = queries.payment_settings_of(self.run.organisation_id)
        covers = RunPart(self.run.bacs_covers or queries.payment_settings_or_new(self.run.organisation_id).bacs_covers)
        return super().get_context_data(**kwargs) | {
            "run": self.run,
            "format": self.format,
            "what_for": self.what_for,
            "first": self.first,
            "is_bacs": self.format == ExportFormat.BACS,
            "settings": settings,
            "covers": covers,
            # What both this file and the one for the bank hold must not be paid from both.
            "is_paid_by_bacs": bool(settings and settings.pays_by_bacs) and self.format in PAID_BY_BACS[covers],
        }
