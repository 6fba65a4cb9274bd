"""What is late: the list behind the weekly letter, and the report that goes to the board."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from expenses import queries
from expenses.enums import ReportPeriod
from expenses.forms.overdue import BoardReportForm
from expenses.policies import periods
from expenses.policies.escalation import BOARD_DAYS
from expenses.views.escalation import followed
from expenses.views.presenting import promise_words, reply_words
from psp_portal.accounts.current import organisation_where
from psp_portal.accounts.roles import Permission
from psp_portal.dates import format_date, local_date
from psp_portal.spreadsheets import write_csv
from psp_portal.views import Moment, ScopedListView


# --- the list behind the weekly letter --------------------------------------------------------
@dataclass(frozen=True)
class LateClaim:
    """A late claim in the list: ``followed`` as other lists show it, and what came of its last step."""

    followed: Any
    answers: str
    last_step: str


def late_claim(claim, *, today: date) -> LateClaim:
    """Return a late claim as the list shows it; its steps must be loaded."""
    last = list(claim.escalations.all())[-1]
    return LateClaim(followed(claim, today=today), claim.responsible.get_full_name(), reply_words(last))


class OverdueListView(ScopedListView):
    """The claims beyond the first step, the oldest first, with who has each one, and what they promised."""

    template_name = "expenses/overdue_list.html"
    export_name = "claims that have gone up a step"
    export_columns = (
        "Claim", "Partner", "For", "Who has it", "Since", "Who answers for it", "Days since sent", "Step reached",
        "Reply and promise",
    )  # fmt: skip

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.today = timezone.localdate()
        self.organisation = organisation_where(request, Permission.SEE_CLAIMS)

    def get_queryset(self) -> Any:
        return queries.overdue_claims(self.user, today=self.today, organisation_id=self.organisation.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        late = queries.replies_late(self.user, today=self.today, organisation_id=self.organisation.pk)
        return context | {"rows": self.as_shown(context["object_list"]), "replies_late": late, "today": self.today}

    def as_shown(self, rows: Sequence[Any]) -> Sequence[LateClaim]:
        return [late_claim(claim, today=self.today) for claim in rows]

    def export_row(self, row: LateClaim) -> Sequence[object]:
        claim = row.followed.claim
        return (
            claim.reference, claim.claimant.get_full_name(), row.followed.title, row.followed.waiting_on,
            local_date(claim.waiting_since), row.answers, row.followed.days, row.followed.step, row.last_step,
        )  # fmt: skip


# --- for the board ----------------------------------------------------------------------------
@dataclass(frozen=True)
class BoardRow:
    """A claim in the report: no partner's name, and none of the replies' words, in which somebody may be named."""

    reference: str
    payer: str
    days: int
    state: str
    promised: list[str]
    replied: list[str]


def board_row(claim, *, as_at: date) -> BoardRow:
    """Return a claim as the board reads of it, its age as at a day, or its end if that was sooner.

    Its steps must be loaded.
    """
    replies = [step for step in claim.escalations.all() if step.replied_at]
    closed_on = local_date(claim.closed_at) if claim.closed_at else None
    until = min(as_at, closed_on or as_at)
    return BoardRow(
        reference=claim.reference,
        payer=claim.payer.name,
        days=(until - local_date(claim.submitted_at)).days,
        state=f"{claim.get_status_display()}, {format_date(closed_on)}" if closed_on else "Not settled",
        promised=[words for words in map(promise_words, replies) if words],
        replied=list(dict.fromkeys(step.replied_by.get_full_name() for step in replies)),
    )


class BoardReportDetailView(Moment, TemplateView):
    """The claims that were before the board in a period, as a page for a public board paper."""

    template_name = "expenses/board_report_detail.html"

    def find(self, **kwargs: Any) -> None:
        self.organisation = organisation_where(self.request, Permission.SEE_REPORTS)
        usual = periods.period_of(ReportPeriod.THIS_QUARTER, self.today)
        asked = self.request.GET if "first_0" in self.request.GET else None
        self.form = BoardReportForm(asked, initial={"first": usual.first, "last": usual.last})
        period = self.form.period if self.form.is_valid() else usual
        self.report = queries.board_report(
            self.user, today=self.today, organisation_id=self.organisation.pk, since=period.first, until=period.last
        )
        self.rows = [board_row(claim, as_at=self.report.as_at) for claim in self.report.claims]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        address = reverse("expenses:board_report_export")
        asked = self.request.GET.urlencode()
        return super().get_context_data(**kwargs) | {
            "form": self.form,
            "organisation": self.organisation,
            "report": self.report,
            "rows": self.rows,
            "today": self.today,
            "board_days": BOARD_DAYS,
            "export_url": f"{address}?{asked}" if asked else address,
        }


class BoardReportExportView(BoardReportDetailView):
    """The same report as a CSV file."""

    COLUMNS = ("claim", "payer", "days_since_sent", "state", "promised", "replied_by")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        lines = [
            (row.reference, row.payer, row.days, row.state, " ".join(row.promised), ", ".join(row.replied))
            for row in self.rows
        ]
        name = f"board-report-{self.report.since}-{self.report.until}.csv"
        return HttpResponse(
            write_csv(self.COLUMNS, lines, for_excel=True),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
        )
