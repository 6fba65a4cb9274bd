"""A partner's money over all organisations, their tax years and their letters: HTTP to one query. Theirs alone."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.generic import TemplateView, View

from expenses import queries
from expenses.enums import MoneyGroup
from expenses.forms import money as forms
from expenses.policies import statements
from expenses.views import presenting
from psp_portal import pdf
from psp_portal.accounts.queries import is_offered_pdfs
from psp_portal.dates import format_date, local_date
from psp_portal.money import total
from psp_portal.spreadsheets import write_csv
from psp_portal.views import Moment, RuleFormView, ScopedListView

# The order in which money travels.
_ORDER = [
    MoneyGroup.WAITING, MoneyGroup.QUESTION, MoneyGroup.APPROVED, MoneyGroup.FAILED, MoneyGroup.IN_RUN,
]  # fmt: skip
NO_PDF = "A PDF cannot be made now. Print this page instead."


class MoneyDetailView(Moment, TemplateView):
    """Everything owed to one: where each pound is, how old the oldest is, and who pays it."""

    template_name = "expenses/money_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        money = queries.money_in_full(self.user)
        oldest = local_date(money.oldest) if money.oldest else None
        return super().get_context_data(**kwargs) | {
            "owed": money.owed,
            "oldest_on": oldest,
            "oldest_days": (self.today - oldest).days if oldest else None,
            "rows": [self.row(money, group) for group in _ORDER],
            "others": [self.row(money, group) for group in (MoneyGroup.PAID, MoneyGroup.CONTESTED)],
            "payers": [
                {
                    "name": name,
                    "owed": money.pounds(queries.OWED, payer_id),
                    "paid": money.pounds([MoneyGroup.PAID], payer_id),
                }
                for payer_id, name in money.payers.items()
            ],
            "is_held": bool(queries.held_for_verification([self.user.pk])),
            "tax_year": statements.tax_year(self.today).first.year,
        }

    @staticmethod
    def row(money: Any, group: MoneyGroup) -> dict[str, Any]:
        return {"group": group, "pounds": money.pounds([group]), "claims": money.claims(group)}


class MoneyLineListView(Moment, ScopedListView):
    """The lines behind one figure of one's money, the oldest claim first."""

    template_name = "expenses/money_line_list.html"
    context_object_name = "lines"
    export_name = "my money"
    export_columns = ("Claim", "What", "Date", "Paid by", "Asked for", "Amount")

    def find(self, **kwargs: Any) -> None:
        if kwargs["group"] not in MoneyGroup.values:
            raise Http404("There is no such figure.")
        self.group = MoneyGroup(kwargs["group"])

    def get_queryset(self) -> Any:
        return queries.money_lines_in(self.user, self.group)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "group": self.group,
            "pounds": queries.money_in_full(self.user).pounds([self.group]),
            "rows": self.as_shown(context["page_obj"]),
        }

    def as_shown(self, rows: Sequence[Any]) -> Sequence[dict[str, Any]]:
        return [
            {
                "line": line,
                "title": presenting.line_title(line),
                "days": (self.today - local_date(line.claim.submitted_at)).days,
            }
            for line in rows
        ]

    def export_row(self, row: dict[str, Any]) -> Sequence[object]:
        line = row["line"]
        asked_on = local_date(line.claim.submitted_at)
        return line.claim.reference, row["title"], line.date, line.claim.payer.name, asked_on, line.pounds


# --- tax years ----------------------------------------------------------------------------
class _AboutTaxYear(Moment):
    """Finds the tax year of the address: one in which money was paid, or that of today."""

    def find(self, **kwargs: Any) -> None:
        self.years = statements.tax_years(queries.first_payment_on(self.user) or self.today, self.today)
        found = [year for year in self.years if year.first.year == kwargs["year"]]
        if not found:
            raise Http404("Nothing was paid in that tax year.")
        self.period = found[0]

    def facts(self) -> dict[str, Any]:
        """Return what the summary says."""
        found = queries.statements_of(self.user, self.period)
        return {
            "person": self.user,
            "period": self.period,
            "statements": found,
            "paid": total(statement.paid for statement in found),
            "time": total(statement.time for statement in found),
            "expenses": total(statement.expenses for statement in found),
            "declined": total(statement.declined for statement in found),
            "made_at": self.at,
        }


class TaxYearDetailView(_AboutTaxYear, TemplateView):
    """What each organisation paid one in a tax year, what for, and what one declined."""

    template_name = "expenses/tax_year_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return (
            super().get_context_data(**kwargs)
            | self.facts()
            | {"years": self.years, "has_pdf": is_offered_pdfs(self.request.user)}
        )


class TaxYearDownloadView(_AboutTaxYear, View):
    """The same as a PDF that a screen reader can read."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        name = f"{self.period.first.year}-{self.period.last.year}"
        title = f"Tax year {self.period.first.year} to {self.period.last.year}"
        try:
            content = pdf.render_pdf("expenses/pdf/tax_year.html", self.facts(), title=title)
        except pdf.PdfUnavailableError:
            messages.error(request, NO_PDF)
            return HttpResponseRedirect(reverse("expenses:tax_year_detail", kwargs=self.kwargs))
        return pdf.pdf_response(content, name=f"tax-year-{name}.pdf")


class TaxYearExportView(_AboutTaxYear, View):
    """The same as a table for a spreadsheet: a row for each organisation and kind."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        header = ["organisation", "what", "pounds", "miles", "above HMRC's amount"]
        rows = [row for statement in self.facts()["statements"] for row in statement_rows(statement)]
        response = HttpResponse(write_csv(header, rows, for_excel=True), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="tax-year-{self.period.first.year}.csv"'
        return response


def statement_rows(statement: statements.Statement) -> list[list[Any]]:
    """Return an organisation's rows for the spreadsheet."""
    rows: list[list[Any]] = [[statement.payer, "Payments for time", statement.time, "", ""]]
    for kind, pounds in statement.kinds:
        is_mileage = kind == "mileage"
        rows.append(
            [
                statement.payer,
                kind.label,
                pounds,
                statement.miles if is_mileage else "",
                statement.above_hmrc if is_mileage else "",
            ]
        )
    return [*rows, [statement.payer, "Payments for time that were declined", statement.declined, "", ""]]


# --- letters ------------------------------------------------------------------------------
class LetterCreateView(Moment, RuleFormView):
    """Choose the days that a letter is about."""

    template_name = "expenses/letter_create.html"
    form_class = forms.LetterCreateForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def get_initial(self) -> dict[str, Any]:
        return {"first": statements.tax_year(self.today).first, "last": self.today}

    def perform(self, data: dict[str, Any]) -> Any:
        return {name: day.isoformat() for name, day in data.items()}

    def get_success_url(self) -> str:
        return f"{reverse('expenses:letter_detail')}?{urlencode(self.result)}"


class _AboutLetter(Moment):
    """Reads the days from the address; without two that make sense it asks for them. Nothing of a letter is kept."""

    period: statements.Period | None

    def find(self, **kwargs: Any) -> None:
        first, last = (_day(self.request.GET.get(name)) for name in ("first", "last"))
        is_sound = first is not None and last is not None and first <= last <= self.today
        self.period = statements.Period(first, last) if is_sound else None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.period is None:
            return redirect("expenses:letter_create")
        return super().dispatch(request, *args, **kwargs)

    def facts(self) -> dict[str, Any]:
        """Return what the letter says."""
        found = queries.statements_of(self.user, self.period)
        return {
            "person": self.user,
            "period": self.period,
            "statements": found,
            "days": queries.days_paid(self.user, self.period),
            "time": total(statement.time for statement in found),
            "declined": total(statement.declined for statement in found),
            "expenses": total(statement.expenses for statement in found),
            "made_at": self.at,
        }


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


class LetterDetailView(_AboutLetter, TemplateView):
    """What one was paid and declined between two days, in words for a benefits office or HMRC."""

    template_name = "expenses/letter_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs) | self.facts()
        query = urlencode({"first": self.period.first.isoformat(), "last": self.period.last.isoformat()})
        return context | {"has_pdf": is_offered_pdfs(self.request.user), "query": query}


class LetterDownloadView(_AboutLetter, View):
    """The same as a PDF that a screen reader can read."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        title = f"Payments from {format_date(self.period.first)} to {format_date(self.period.last)}"
        try:
            content = pdf.render_pdf("expenses/pdf/letter.html", self.facts(), title=title)
        except pdf.PdfUnavailableError:
            messages.error(request, NO_PDF)
            return redirect(f"{reverse('expenses:letter_detail')}?{request.GET.urlencode()}")
        return pdf.pdf_response(content, name="payments-letter.pdf")
