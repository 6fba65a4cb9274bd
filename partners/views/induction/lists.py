"""Inductions: all of an organisation's, one partner's, and one thing of it."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from partners.enums.induction import InductionShown, ItemKind, ItemState
from partners.forms import induction as forms
from partners.permissions import induction as permissions
from partners.queries import induction as queries
from partners.services import induction as services
from partners.views.induction.beginnings import AboutInduction, AboutPartner, ForManagers
from psp_portal.dates import format_date, local_date
from psp_portal.views import Moment, RuleFormView, ScopedListView


class _Shown(ForManagers, ScopedListView):
    """A list that shows what is still to do, what is overdue, or all: ``?show=overdue``."""

    def get_queryset(self) -> Any:
        asked = self.request.GET.get("show", "")
        self.shown = InductionShown(asked) if asked in InductionShown.values else InductionShown.RUNNING
        return self.found()

    def found(self) -> Any:
        """Return the rows that are shown."""
        raise NotImplementedError(f"{type(self).__name__} must say what its rows are.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"filters": InductionShown.choices, "chosen": self.shown.value}


class InductionListView(_Shown):
    """The inductions of the current organisation, those begun first on top."""

    template_name = "induction/induction_list.html"
    context_object_name = "inductions"
    export_name = "inductions"
    export_columns = ("Partner", "Status", "Begun on", "Done", "Of", "Overdue", "Finished on", "Programme lead")

    def found(self) -> Any:
        return queries.inductions_found(self.user, self.organisation_id, today=self.today, shown=self.shown)

    def export_row(self, row: Any) -> Sequence[object]:
        partner = row.partner
        return (
            partner.user.name, partner.get_status_display(), local_date(row.begun_at), row.done, row.of, row.overdue,
            local_date(row.finished_at) if row.finished_at else None, partner.lead.name,
        )  # fmt: skip


class ItemListView(_Shown):
    """The things to do in the current organisation's inductions, the earliest due first."""

    template_name = "induction/item_list.html"
    context_object_name = "items"
    export_name = "induction tasks"
    export_columns = (
        "Partner", "What", "Who", "Due on", "State", "Required", "Closed on", "Closed by", "Why it is not needed",
    )  # fmt: skip

    def found(self) -> Any:
        return queries.items_found(self.user, self.organisation_id, today=self.today, shown=self.shown)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"rows": queries.standings_of(context["page_obj"], today=self.today)}

    def export_row(self, row: Any) -> Sequence[object]:
        [standing] = queries.standings_of([row], today=self.today)
        return (
            row.induction.partner.user.name, row.title, row.owner_words, row.due_on, standing.state.label,
            "Yes" if row.is_required else "No", local_date(row.closed_at) if row.closed_at else None,
            row.closed_by.name if row.closed_by else "", row.not_needed_because,
        )  # fmt: skip


# --- one partner's --------------------------------------------------------------------------
class InductionDetailView(AboutPartner, TemplateView):
    """A partner's list, for the partner and for their lead; it says so where there is none."""

    template_name = "induction/induction_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        partner, user, today = self.partner, self.user, self.today
        induction = queries.inductions_visible_to(user, today=today).filter(partner=partner).first()
        standings = queries.standings_of(queries.items_of(induction), today=today) if induction else []
        is_own = partner.user_id == user.pk
        leads = permissions.can_lead_induction(user, partner, today=today)
        return super().get_context_data(**kwargs) | {
            "partner": partner,
            "induction": induction,
            "progress": queries.progress_of(standings),
            "tasks": [_task(each, is_own=is_own) for each in standings],
            "today": today,
            "is_own": is_own,
            "leads": leads,
            "can_begin": leads and induction is None and queries.can_begin(partner),
        }


def _task(standing: queries.Standing, *, is_own: bool) -> dict[str, Any]:
    """Return one thing as the task list draws it."""
    item, state = standing.item, standing.state
    who = "You" if is_own and item.owner == "partner" else item.owner_words
    when = f"due by {format_date(item.due_on)}" if item.closed_at is None else format_date(local_date(item.closed_at))
    return {
        "text": item.title,
        "hint": f"{who}, {when}" + ("" if item.is_required else ". It does not have to be done"),
        "href": reverse("induction:item_detail", args=[item.pk]),
        "status": state.label,
        "state": "done" if state in (ItemState.DONE, ItemState.NOT_NEEDED) else "todo",
        "colour": "orange" if state == ItemState.OVERDUE else "",
    }


class InductionBeginView(AboutPartner, RuleFormView):
    """Begin the induction of a partner who has none."""

    template_name = "induction/induction_begin.html"
    success_message = "The induction has begun. The partner is told"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_lead_induction(self.user, self.partner, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.start_induction(partner_id=self.partner.pk, by=self.user, at=self.at)


# --- one thing ------------------------------------------------------------------------------
class _AboutItem(Moment):
    def find(self, **kwargs: Any) -> None:
        visible = queries.items_visible_to(self.user, today=self.today)
        self.item = get_object_or_404(visible, pk=kwargs["item_id"])
        self.partner = self.item.induction.partner

    @property
    def sees_list(self) -> bool:
        """Say whether the whole list is theirs to see; a colleague sees what they are asked for."""
        return permissions.can_agree(self.user, self.partner, today=self.today)

    def get_success_url(self) -> str:
        if self.sees_list:
            return reverse("induction:induction_detail", args=[self.partner.pk])
        return reverse("induction:item_detail", args=[self.item.pk])


class ItemDetailView(_AboutItem, TemplateView):
    """What one thing is about, who does it, by when, and what one can do about it."""

    template_name = "induction/item_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        [standing] = queries.standings_of([self.item], today=self.today)
        return (
            super().get_context_data(**kwargs)
            | permissions.actions_open_to(self.user, self.item, today=self.today)
            | {
                "item": self.item,
                "partner": self.partner,
                "state": standing.state,
                "today": self.today,
                "is_own": self.partner.user_id == self.user.pk,
                "sees_list": self.sees_list,
                "others": [] if self.sees_list else self.other_items(),
                "is_agreement": self.item.kind == ItemKind.AGREEMENT,
                "is_first_meeting": self.item.kind == ItemKind.FIRST_MEETING,
            }
        )

    def other_items(self) -> list[Any]:
        """Return what else a colleague is asked for in the same induction: they do not see the list."""
        own = queries.items_owned_by(self.user, today=self.today).filter(induction=self.item.induction)
        return list(own.exclude(pk=self.item.pk))


class ItemCloseView(_AboutItem, RuleFormView):
    """Say that it is done."""

    template_name = "induction/item_close.html"
    success_message = "Done"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_close_item(self.user, self.item, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.close_item(item_id=self.item.pk, by=self.user, at=self.at)


class ItemSkipView(_AboutItem, RuleFormView):
    """Say why it is not needed."""

    form_class = forms.ItemSkipForm
    template_name = "induction/item_skip.html"
    success_message = "Taken off the list. The partner is told"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_lead_induction(self.user, self.partner, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.skip_item(item_id=self.item.pk, by=self.user, at=self.at, **data)


class ItemReopenView(_AboutItem, RuleFormView):
    """Open again what was closed by mistake."""

    template_name = "induction/item_reopen.html"
    success_message = "Open again"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_reopen_item(self.user, self.item, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.reopen_item(item_id=self.item.pk, by=self.user, at=self.at)


# --- the working agreement --------------------------------------------------------------------
class _AboutAgreement(AboutInduction):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_agree(self.user, self.partner, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return reverse("induction:agreement_detail", args=[self.partner.pk])


class AgreementDetailView(_AboutAgreement, TemplateView):
    """The working agreement as it stands, and who has agreed to it."""

    template_name = "induction/agreement_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        induction, is_own = self.induction, self.partner.user_id == self.user.pk
        item = queries.items_of(induction).filter(kind=ItemKind.AGREEMENT).first()
        is_open = item is not None and item.closed_at is None
        agreed_at = induction.partner_agreed_at if is_own else induction.lead_agreed_at
        return super().get_context_data(**kwargs) | {
            "induction": induction,
            "partner": self.partner,
            "item": item,
            "is_own": is_own,
            "is_open": is_open,
            "can_agree": is_open and bool(induction.agreement) and agreed_at is None,
        }


class AgreementEditView(_AboutAgreement, RuleFormView):
    """Write the working agreement. Where the other side has written meanwhile, both texts are on the page."""

    form_class = forms.AgreementEditForm
    template_name = "induction/agreement_edit.html"
    success_message = "Saved. The other side is told"

    def get_initial(self) -> dict[str, Any]:
        return {"text": self.induction.agreement, "seen": self.induction.agreement_revision}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.write_agreement(partner_id=self.partner.pk, by=self.user, at=self.at, **data)

    def form_invalid(self, form: Any) -> Any:
        """Show how the agreement stands beside what was typed, when the two sides wrote at once."""
        self.induction.refresh_from_db(fields=["agreement", "agreement_revision"])
        now = self.induction.agreement_revision
        theirs = ""
        if form.data.get("seen") != str(now):
            theirs = self.induction.agreement
            # Read now: the next save is measured against it.
            form.data = form.data.copy()
            form.data["seen"] = str(now)
        return self.render_to_response(self.get_context_data(form=form, theirs=theirs))


class AgreementAgreeView(_AboutAgreement, RuleFormView):
    """Agree to what stood on the page."""

    form_class = forms.AgreementAgreeForm
    template_name = "induction/agreement_agree.html"
    success_message = "You have agreed"

    def get_initial(self) -> dict[str, Any]:
        return {"seen": self.induction.agreement_revision}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.agree_to_agreement(partner_id=self.partner.pk, by=self.user, at=self.at, **data)
