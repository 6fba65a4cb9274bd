"""The reports on payments: figures with a chart and a table each, the rows they count, files, and the year end."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.generic import TemplateView, View

from committees.queries import budgets_of
from expenses.enums import ReportPeriod
from expenses.queries import reports
from psp_portal.accounts import current
from psp_portal.accounts.roles import Permission
from psp_portal.exceptions import RuleBroken
from psp_portal.reports.payments import forms, presenters
from psp_portal.spreadsheets import write_csv
from psp_portal.views import Moment, ScopedListView

FILTERS = ("period", "first_0", "first_1", "first_2", "last_0", "last_1", "last_2", "committee", "code")
FILE_HEADER = ["Organisation", "From", "To", "Committee", "Budget code", "Table", "Row", "Figure", "Value"]


class _SeesReports(Moment, View):
    """The current organisation, for somebody who may see its reports; 403 for anybody else."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.organisation = current.organisation_where(request, Permission.SEE_REPORTS)
        self.read_filters()
        return super().dispatch(request, *args, **kwargs)

    def read_filters(self) -> None:
        """Make ``scope`` from what the address asks for."""
        raise NotImplementedError(f"{type(self).__name__} must say what it is about.")


class _Report(_SeesReports):
    """A report of the days, committee and budget code that the address asks for."""

    def read_filters(self) -> None:
        """Read the form; with an error in it the page shows the period it begins with, and what is wrong."""
        budgets = budgets_of(self.organisation.pk)
        given = self.request.GET
        self.form = forms.ReportForm(
            given if set(FILTERS) & set(given) else None,
            initial={"period": ReportPeriod.THIS_YEAR},
            committees=list(dict.fromkeys((str(pk), name) for pk, name, _ in budgets)),
            codes=sorted({code for _, _, code in budgets}),
        )
        chosen = self.form.cleaned_data if self.form.is_bound and self.form.is_valid() else {}
        try:
            period = self._period(chosen)
        except RuleBroken as broken:
            self.form.add_error(broken.field, broken.message)
            chosen, period = {}, self._period({})
        self.scope = reports.report_scope(
            self.user,
            self.organisation.pk,
            period,
            today=self.today,
            committee_id=chosen.get("committee") or None,
            budget_code=chosen.get("code", ""),
        )

    def _period(self, chosen: dict[str, Any]) -> Any:
        if chosen.get("period") == forms.OTHER_DAYS:
            return reports.check_period(chosen["first"], chosen["last"])
        return reports.period_of(ReportPeriod(chosen.get("period") or ReportPeriod.THIS_YEAR), self.today)

    def address(self, name: str, **more: str) -> str:
        """Return the address of a page about the same days, committee and budget code."""
        query = QueryDict(mutable=True)
        if self.form.is_bound and self.form.is_valid():
            query.update({key: self.request.GET[key] for key in FILTERS if self.request.GET.get(key)})
        for key, value in more.items():
            query[key] = value
        return f"{reverse(name)}?{query.urlencode()}" if query else reverse(name)

    def rows_at(self, report: str) -> presenters.RowsAt:
        """Return what makes the address of the rows that a figure of a report counts."""

        def address(figure: str, *, month: date | None = None) -> str:
            days = _days(max(month, self.scope.period.first), self._end(month)) if month else {}
            return self.address("payments:row_list", report=report, figure=figure, **days)

        return address

    def _end(self, month: date) -> date:
        return min(presenters.last_of_month(month), self.scope.period.last)

    def tables_of(self, report: str) -> list[presenters.Table]:
        """Return the tables of a report by its name; 404 for one there is not."""
        rows_at = self.rows_at(report)
        target = reports.target_of(self.scope) if report in ("speed", "owed") else None
        match report:
            case "speed":
                return presenters.speed_tables(reports.speed_report(self.scope, target), rows_at)
            case "owed":
                return presenters.owed_tables(reports.owed_report(self.scope, target), rows_at)
            case "held":
                return presenters.held_tables(reports.held_report(self.scope), rows_at)
            case "answers":
                return presenters.answers_tables(reports.answers_report(self.scope), rows_at)
            case "spend":
                return presenters.spend_tables(reports.spend_report(self.scope), rows_at)
            case _:
                raise Http404("There is no such report.")


def _days(first: date, last: date) -> dict[str, str]:
    """Return the filters for some days, as the form's boxes send them."""
    days = {"period": forms.OTHER_DAYS}
    for name, day in (("first", first), ("last", last)):
        days |= {f"{name}_0": str(day.day), f"{name}_1": str(day.month), f"{name}_2": str(day.year)}
    return days


class _ReportPage(_Report, TemplateView):
    """A report's page: its filters, its figures, its file."""

    report = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "form": self.form,
            "scope": self.scope,
            "file": self._file(),
            "here": self.request.path,
            "sections": self._sections(),
        }

    def _file(self) -> str:
        query = self.address("payments:summary_detail").partition("?")[2]
        path = reverse("payments:report_export", kwargs={"report": self.report}) if self.report else ""
        return f"{path}?{query}" if query else path

    def _sections(self) -> list[tuple[str, str, bool]]:
        return [
            (label, self.address(f"payments:{name}"), self.request.path == reverse(f"payments:{name}"))
            for label, name in (
                ("Summary", "summary_detail"),
                ("How fast claims are paid", "speed_detail"),
                ("What is owed", "owed_detail"),
                ("What is held", "held_detail"),
                ("Replies and updates", "answers_detail"),
                ("Spending", "spend_detail"),
            )
        ]


class SummaryDetailView(_ReportPage):
    """What the organisation is measured by, on one page."""

    template_name = "payments/summary_detail.html"
    # The figures it shows of each report, by whose names the template finds the addresses of their rows.
    FIGURES: ClassVar = {
        "speed": ("paid", "late"),
        "owed": ("owed", "overdue"),
        "held": ("held", "waiting"),
        "answers": ("steps", "steps-owed", "updates", "updates-owed"),
        "spend": ("paid", "time", "expenses"),
    }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        target = reports.target_of(self.scope)
        return super().get_context_data(**kwargs) | {
            "target": target,
            "speed": reports.speed_report(self.scope, target).whole,
            "owed": reports.owed_report(self.scope, target),
            "held": reports.held_report(self.scope),
            "answers": reports.answers_report(self.scope),
            "spend": reports.spend_report(self.scope),
            "rows": {
                report: {figure.replace("-", "_"): self.rows_at(report)(figure) for figure in figures}
                for report, figures in self.FIGURES.items()
            },
        }


class SpeedDetailView(_ReportPage):
    """How fast claims were paid, by number and by value, against the target."""

    template_name = "payments/speed_detail.html"
    report = "speed"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = reports.speed_report(self.scope, reports.target_of(self.scope))
        return super().get_context_data(**kwargs) | {
            "found": found,
            "tables": presenters.speed_tables(found, self.rows_at(self.report)),
            "with_partners": reports.days_with_partners(self.scope),
            "asked_url": self.rows_at(self.report)("asked"),
            "late_url": self.rows_at(self.report)("late"),
            "paid_url": self.rows_at(self.report)("paid"),
        }


class OwedDetailView(_ReportPage):
    """What is owed, how old it is, and how it stands."""

    template_name = "payments/owed_detail.html"
    report = "owed"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        target = reports.target_of(self.scope)
        found = reports.owed_report(self.scope, target)
        return super().get_context_data(**kwargs) | {
            "found": found,
            "target": target,
            "tables": presenters.owed_tables(found, self.rows_at(self.report)),
            "owed_url": self.rows_at(self.report)("owed"),
            "overdue_url": self.rows_at(self.report)("overdue"),
            "contested_url": self.rows_at(self.report)("contested"),
        }


class HeldDetailView(_ReportPage):
    """What is held, and for which reason."""

    template_name = "payments/held_detail.html"
    report = "held"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = reports.held_report(self.scope)
        return super().get_context_data(**kwargs) | {
            "found": found,
            "tables": presenters.held_tables(found, self.rows_at(self.report)),
            "asked_url": self.rows_at(self.report)("asked"),
        }


class AnswersDetailView(_ReportPage):
    """Who replied in time, which promises were missed, and which updates nobody gave."""

    template_name = "payments/answers_detail.html"
    report = "answers"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tables = presenters.answers_tables(reports.answers_report(self.scope), self.rows_at(self.report))
        return super().get_context_data(**kwargs) | {"tables": tables}


class SpendDetailView(_ReportPage):
    """What was spent: by budget code, by committee, by what it was for; time and expenses apart."""

    template_name = "payments/spend_detail.html"
    report = "spend"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = reports.spend_report(self.scope)
        tables = presenters.spend_tables(found, self.rows_at(self.report))
        booked_url = self.rows_at(self.report)("booked")
        return super().get_context_data(**kwargs) | {"found": found, "tables": tables, "booked_url": booked_url}


class RowListView(_Report, ScopedListView):
    """The rows that one figure counts, each with its claim: so that anybody can count again."""

    template_name = "payments/row_list.html"
    context_object_name = "found"
    export_name = "what is counted"

    def get_queryset(self) -> Any:
        figure = self.request.GET.get("figure", "")
        self.counted = reports.counted(self.scope, self.request.GET.get("report", ""), figure)
        if self.counted is None:
            raise Http404("There is no such figure.")
        self.total = self.counted.total()
        self.export_columns = (
            "Claim", "Partner", "What", "Committee", "Budget code", self.counted.on, "Days",
            *filter(None, [self.counted.value]),
        )  # fmt: skip
        return self.counted.rows

    def as_shown(self, rows: Sequence[Any]) -> Sequence[reports.Row]:
        return [self.counted.as_row(found) for found in rows]

    def export_row(self, row: reports.Row) -> Sequence[object]:
        cells = row.reference, row.partner, row.what, row.committee, row.budget_code, row.on, row.days
        return (*cells, row.value) if self.counted.value else cells

    def get_paginator(self, *args: Any, **kwargs: Any) -> Any:
        """Return the pages of the rows, which have been counted already: there may be a million."""
        paginator = super().get_paginator(*args, **kwargs)
        paginator.count = self.total.count
        return paginator

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        report = self.request.GET["report"]
        return context | {
            "counted": self.counted,
            "rows": self.as_shown(context["found"]),
            "total": self.total,
            "scope": self.scope,
            "is_as_at": report in ("owed", "year_end"),
            "heads": [self.counted.head, "What", "Committee", self.counted.on, "Days#", *_pounds_of(self.counted)],
            "back": self._back(report),
        }

    def _back(self, report: str) -> str:
        if report == "year_end":
            return reverse("payments:year_end_detail", query={"year": self.scope.as_at.isoformat()})
        return self.address(f"payments:{report}_detail")


def _pounds_of(counted: reports.Counted) -> list[str]:
    return [f"{counted.value}#"] if counted.value else []


class ReportExportView(_Report):
    """A report's figures as CSV, one to a row."""

    def get(self, request: HttpRequest, report: str) -> HttpResponse:
        period = self.scope.period
        committee = self.form.committees[str(self.scope.committee_id or "")]
        start = [self.organisation.name, period.first, period.last, committee, self.scope.budget_code]
        rows = presenters.file_rows(self.tables_of(report), *start)
        return _file(f"{report}-{period.first}-{period.last}.csv", FILE_HEADER, rows)


def _file(name: str, header: list[str], rows: list[list[Any]]) -> HttpResponse:
    return HttpResponse(
        write_csv(header, rows, for_excel=True),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


# --- year end -------------------------------------------------------------------------------
class _YearEnd(_SeesReports):
    """The year end that the address asks for; the latest one without."""

    def read_filters(self) -> None:
        days = reports.year_ends_of(self.organisation.pk, today=self.today)
        self.form = forms.YearEndForm(self.request.GET or None, initial={"year": days[0].isoformat()}, days=days)
        chosen = self.form.cleaned_data["year"] if self.form.is_bound and self.form.is_valid() else None
        self.scope = reports.report_scope(
            self.user, self.organisation.pk, reports.year_to(chosen or days[0]), today=self.today
        )


class YearEndDetailView(_YearEnd, TemplateView):
    """What was unpaid at the end of a year, by age and budget code, and what nobody had claimed yet."""

    template_name = "payments/year_end_detail.html"

    def rows_at(self, figure: str) -> str:
        """Return the address of the rows that a figure of the year's end counts."""
        year = _days(self.scope.period.first, self.scope.period.last)
        return reverse("payments:row_list", query={"report": "year_end", "figure": figure, **year})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = reports.year_end(self.scope, reports.target_of(self.scope))
        return super().get_context_data(**kwargs) | {
            "form": self.form,
            "found": found,
            "tables": presenters.year_end_tables(found, self.rows_at),
            "query": f"?year={found.day.isoformat()}",
            "rows": {
                figure: self.rows_at(figure) for figure in ("unpaid", "time", "expenses", "contested", "expected")
            },
        }


class AccrualExportView(_YearEnd):
    """Every line that was unpaid at the end of a year, as CSV for the ledger. It names no partner."""

    def get(self, request: HttpRequest) -> HttpResponse:
        day = self.scope.as_at
        header = [
            "Year end", "Claim", "Line", "Budget code", "Committee", "What for", "Ledger", "Sent on", "Days",
            "How it stood", "Amount",
        ]  # fmt: skip
        rows = [
            [
                day, each.reference, each.position, each.budget_code, each.committee, each.kind,
                "Payments for time" if each.is_time else "Expenses", each.sent_on, each.days, each.standing,
                each.amount,
            ]
            for each in reports.accruals_of(self.scope)
        ]  # fmt: skip
        return _file(f"accruals-{day}.csv", header, rows)


class ExpectedExportView(_YearEnd):
    """Every meeting attended by the end of a year and not claimed by then, as CSV. It names no partner."""

    def get(self, request: HttpRequest) -> HttpResponse:
        day = self.scope.as_at
        header = ["Year end", "Budget code", "Committee", "Meeting on", "Minutes", "Would pay", "In time to claim"]
        rows = [
            [
                day, each.budget_code, each.committee, each.on, each.minutes, each.estimate,
                "Yes" if each.is_in_window else "No",
            ]
            for each in reports.year_end(self.scope, reports.target_of(self.scope)).expected
        ]  # fmt: skip
        return _file(f"expected-{day}.csv", header, rows)
