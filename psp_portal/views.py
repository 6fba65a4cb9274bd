"""The only base classes of views: a form whose service may say no, and a list of what one may see."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import FormView, ListView

from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.spreadsheets import write_csv, write_xlsx


class ConfirmForm(NHSForm):
    """Asks nothing: GET shows what will happen, POST does it."""


class RuleFormView(FormView):
    """A page with a form, and one service behind it.

    ``perform`` calls the service with the cleaned data; a ``RuleBroken`` becomes an error on the page, with all that
    was typed still there. What ``perform`` returns is kept as ``self.result`` for ``get_success_url``.
    """

    form_class: type[NHSForm] = ConfirmForm
    success_message = ""
    result: Any = None

    def perform(self, data: dict[str, Any]) -> Any:
        """Call one service with the form's cleaned data."""
        raise NotImplementedError(f"{type(self).__name__} must say what it does.")

    def form_valid(self, form: NHSForm) -> HttpResponse:
        try:
            self.result = self.perform(form.cleaned_data)
        except RuleBroken as broken:
            form.add_error(broken.field if broken.field in form.fields else None, broken.message)
            return self.form_invalid(form)
        if self.success_message:
            messages.success(self.request, self.success_message)
        return HttpResponseRedirect(self.get_success_url())


class Moment:
    """For a view: reads the clock once for the page, says who asks, and finds what the page is about."""

    request: HttpRequest
    user: Any

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.at = timezone.now()
        self.today = local_date(self.at)
        self.user = request.user
        self.find(**kwargs)

    def find(self, **kwargs: Any) -> None:
        """Find what the page is about, or answer 404."""


class CappedPaginator(Paginator):
    """Pages of a list that may be very long: counts and shows its first ``MOST`` rows, and reads no further.

    To count a million rows takes longer than to show any of them. The page says when it ``is_cut``.
    """

    MOST = 2_500

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[: self.MOST].count()  # type: ignore[attr-defined]  # always a QuerySet

    @property
    def is_cut(self) -> bool:
        return self.count == self.MOST


# More rows than this are in no file: it would take longer to make than anybody waits, and nobody reads them.
MOST_EXPORTED = 20_000


class ScopedListView(ListView):
    """A list, a page at a time, of rows that come from a ``…_visible_to(user)`` query (``get_queryset``).

    With an ``export_name`` the whole list, filters kept, is also had as a file: ``?export=csv`` or ``?export=xlsx``
    (``{% export_links %}`` in its template). Both show what ``as_shown`` makes of the rows.
    """

    # The file's name, without an ending, and the words of its columns.
    export_name = ""
    export_columns: Sequence[str] = ()

    paginate_by = 25
    # A page number beyond the last shows the last: a row may have gone since the link was drawn.
    page_kwarg = "page"

    def paginate_queryset(self, queryset, page_size):
        paginator = self.get_paginator(queryset, page_size)
        page = paginator.get_page(self.request.GET.get(self.page_kwarg))
        return paginator, page, page.object_list, page.has_other_pages()

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.user = request.user

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.export_name and self.export_form:
            return self.export(self.export_form)
        return super().get(request, *args, **kwargs)

    @property
    def export_form(self) -> str:
        """The kind of file that is asked for, csv or xlsx; empty for the page."""
        form = self.request.GET.get("export", "")
        return form if form in ("csv", "xlsx") else ""

    def as_shown(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Return rows of the list as the page and the file show them, with what is read for all of them at once."""
        return rows

    def export_row(self, row: Any) -> Sequence[object]:
        """Return the cells of a row of ``as_shown``, as many as there are ``export_columns``.

        Days are dates and money is Decimal: a spreadsheet can sort and add them.
        """
        raise NotImplementedError(f"{type(self).__name__} must say what a row's cells are.")

    def exported(self, rows: Sequence[Any]) -> None:
        """Note that somebody took these rows away, where they are such that it must be known."""

    def export(self, form: str) -> HttpResponse:
        """Answer with every row of the list as a file; or with the list and a message, when there are too many."""
        rows = list(self.get_queryset()[: MOST_EXPORTED + 1])
        if len(rows) > MOST_EXPORTED:
            return self._too_long()
        self.exported(rows)
        cells = [self.export_row(row) for row in self.as_shown(rows)]
        if form == "csv":
            content, kind = write_csv(self.export_columns, cells, for_excel=True), "text/csv; charset=utf-8"
        else:
            content = write_xlsx(self.export_name, self.export_columns, cells)
            kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return HttpResponse(
            content,
            content_type=kind,
            headers={
                "Content-Disposition": f'attachment; filename="{self.export_name}.{form}"',
                "Cache-Control": "private, no-store",
            },
        )

    def _too_long(self) -> HttpResponse:
        messages.error(
            self.request,
            f"Nothing was downloaded: the list has more than {MOST_EXPORTED:,} rows. Show fewer, then try again.",
        )
        query = self.request.GET.copy()
        del query["export"]
        return HttpResponseRedirect(f"{self.request.path}?{query.urlencode()}" if query else self.request.path)
