"""The partner adds and changes the lines of a draft: HTTP to one service or query."""

from dataclasses import fields
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from expenses import queries, services
from expenses.enums import Activity, LineKind, Vehicle
from expenses.forms import claims as forms
from expenses.views import presenting
from expenses.views.claims import DraftFormView
from psp_portal.dates import local_date
from psp_portal.money import format_pounds

# Longer than anybody leaves between two clicks of one button, or keeps the same page open in two tabs.
TOKEN_SECONDS = 24 * 3600


class LineFormView(DraftFormView):
    """A page that asks about one line; ``page`` says which kind."""

    page: forms.LinePage
    for_helpers = True

    def get_form_class(self) -> type[forms.LineForm]:
        return self.page.form_class

    def get_form_kwargs(self) -> dict[str, Any]:
        partner, card = self.claim.partner, queries.rate_card_of(self.claim.payer_id)
        agreed_first = card.needs_approval if self.page.slug != "rail-first" else _first_class(card)
        kwargs = super().get_form_kwargs() | {
            "today": timezone.localdate(),
            "appointment": forms.Appointment(
                starts_on=partner.starts_on,
                ends_on=partner.left_on or partner.term_ends_on,
                needs_approval=self.page.kind in agreed_first,
                agreed=self._agreed() if self.page.kind in agreed_first else (),
            ),
        }
        return kwargs | ({"kind": self.page.kind} if issubclass(self.page.form_class, forms.AmountForm) else {})

    def _agreed(self) -> list[str]:
        # What stands for somebody is theirs to know, not the helper's who prepares their claim.
        if self.claim.claimant_id != self.request.user.pk:
            return []
        return queries.agreed_words_for(
            self.claim, self.page.kind, is_first_class=self.page.slug == "rail-first", today=timezone.localdate()
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"page": self.page}

    def told(self, line: Any) -> None:
        """Say at once what a line pays and why."""
        paying = f"pays {format_pounds(line.pay)}" if not line.held else f"waits: {format_pounds(line.held)}"
        messages.success(self.request, f"{presenting.line_title(line)}. This {paying} ({line.rule}).")


def _first_class(card: Any) -> list[str]:
    return [LineKind.RAIL] if card.first_class_needs_approval else []


class LineKindChooseView(DraftFormView):
    """Choose what to add."""

    template_name = "expenses/line_kind_choose.html"
    for_helpers = True
    form_class = forms.LineKindChooseForm

    def get_form_kwargs(self) -> dict[str, Any]:
        card = queries.rate_card_of(self.claim.payer_id)
        left_out = set() if card.late_cancellation_hours is not None else {LineKind.CANCELLED_MEETING}
        if not self.claim.partner.is_paid:
            left_out |= {LineKind.INVOLVEMENT_PAYMENT, LineKind.CANCELLED_MEETING}
        agreed_first = [page.slug for page in forms.LINE_PAGES if page.kind in card.needs_approval]
        agreed_first += ["rail-first"] if card.first_class_needs_approval else []
        return super().get_form_kwargs() | {"left_out": left_out, "agreed_first": agreed_first}

    def perform(self, data: dict[str, Any]) -> str:
        return data["kind"]

    def get_success_url(self) -> str:
        return reverse("expenses:line_create", kwargs={"claim_id": self.claim.pk, "kind": self.result})


class LineCreateView(LineFormView):
    """Add a line. The same page sent twice adds one."""

    template_name = "expenses/line_create.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if kwargs["kind"] not in forms.PAGE_BY_SLUG:
            raise Http404("There is no such kind of line.")
        self.page = forms.PAGE_BY_SLUG[kwargs["kind"]]

    def get_initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = {"activity": Activity.MEETING, "vehicle": Vehicle.CAR}
        last = self.claim.lines.order_by("-position").first()
        if self.claim.meeting:
            initial["date"] = local_date(self.claim.meeting.starts_at)
        elif last:
            initial["date"] = last.date
        journey = getattr(self.claim.partner, "usual_journey", None)
        if journey and self.page.kind == LineKind.MILEAGE:
            initial |= {name: getattr(journey, name) for name in ("from_place", "to_place", "miles", "vehicle")}
        return initial

    def perform(self, data: dict[str, Any]) -> Any:
        key = f"expenses.line:{self.claim.pk}:{data.pop('token')}"
        if not cache.add(key, 1, TOKEN_SECONDS):
            return None
        try:
            line = services.add_line(
                claim_id=self.claim.pk,
                line=services.LineInput(self.page.kind, **data),
                by=self.request.user,
                at=timezone.now(),
            )
        except BaseException:
            # Nothing was added, so the page may be sent again.
            cache.delete(key)
            raise
        # The page for the receipt comes next and says it itself.
        if not presenting.show_line(line).takes_receipt:
            self.told(line)
        return line

    def get_success_url(self) -> str:
        if self.result is None or not presenting.show_line(self.result).takes_receipt:
            return super().get_success_url()
        return reverse("expenses:receipt_create", kwargs={"claim_id": self.claim.pk, "line_id": self.result.pk})


class OneLineFormView(LineFormView):
    """A page about one line of a draft."""

    line: Any

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        lines = queries.lines_visible_to(request.user, today=timezone.localdate())
        self.line = get_object_or_404(lines, pk=kwargs["line_id"], claim_id=self.claim.pk)
        self.page = forms.page_of_line(self.line.kind, self.line.fare_class)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"shown": presenting.show_line(self.line)}


def as_input(line: Any, **changed: Any) -> services.LineInput:
    """Return what a line says now, with some of it changed."""
    said = {each.name: getattr(line, each.name) for each in fields(services.LineInput)}
    return services.LineInput(**(said | changed))


class LineEditView(OneLineFormView):
    """Change a line; what it proves and why it has no receipt stay."""

    template_name = "expenses/line_edit.html"

    def get_initial(self) -> dict[str, Any]:
        return {each.name: getattr(self.line, each.name) for each in fields(services.LineInput)}

    def perform(self, data: dict[str, Any]) -> Any:
        data.pop("token")
        line = services.change_line(
            claim_id=self.claim.pk,
            line_id=self.line.pk,
            line=as_input(self.line, **data),
            by=self.request.user,
            at=timezone.now(),
        )
        self.told(line)
        return line


class LineRemoveView(OneLineFormView):
    """Take a line out of a draft."""

    template_name = "expenses/line_remove.html"

    def get_form_class(self) -> Any:
        return self.form_class

    def get_form_kwargs(self) -> dict[str, Any]:
        return super(LineFormView, self).get_form_kwargs()

    def perform(self, data: dict[str, Any]) -> None:
        services.remove_line(claim_id=self.claim.pk, line_id=self.line.pk, by=self.request.user, at=timezone.now())
        messages.success(self.request, f"Removed: {presenting.line_title(self.line)}")
