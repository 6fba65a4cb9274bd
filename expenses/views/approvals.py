"""What is agreed before a journey, once or standing: HTTP to one service or query."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from expenses import permissions, queries, services
from expenses.enums import ApprovalStatus, LineKind
from expenses.forms import approvals as forms
from expenses.policies import approvals as policy
from psp_portal.accounts.current import organisation_where
from psp_portal.accounts.roles import Permission
from psp_portal.dates import format_date, local_date
from psp_portal.views import Moment, RuleFormView, ScopedListView


def subject_of(approval: Any) -> str:
    """Return what was asked for, in words."""
    return policy.subject_in_words(approval.kind, approval.fare_class, is_over_limit=approval.is_over_limit)


def days_of(approval: Any) -> str:
    """Return the day or days that something is asked or agreed for."""
    if approval.starts_on == approval.ends_on:
        return format_date(approval.starts_on)
    return f"{format_date(approval.starts_on)} to {format_date(approval.ends_on)}"


def where_it_is(approval: Any, user: Any) -> str:
    """Return who has a request since when, or what came of it."""
    if approval.status == ApprovalStatus.ASKED:
        who = "you" if approval.waiting_on_id == user.pk else approval.waiting_on.get_full_name()
        since = format_date(local_date(approval.waiting_since))
        return f"Waiting on {who} since {since}, due {format_date(approval.due_on)}"
    if approval.answered_by is None:
        return f"Withdrawn on {format_date(local_date(approval.withdrawn_at))}"
    who, when = approval.answered_by.get_full_name(), format_date(local_date(approval.answered_at))
    if approval.status == ApprovalStatus.AGREED:
        return f"{who} agreed on {when}, {policy.limit_in_words(approval.limit)}"
    return f"{who} did not agree, {when}"


def asked_row(approval: Any, user: Any) -> dict[str, Any]:
    """Return a request as lists show it."""
    return {
        "approval": approval,
        "subject": subject_of(approval),
        "days": days_of(approval),
        "where": where_it_is(approval, user),
    }


def asked_cells(row: dict[str, Any]) -> Sequence[object]:
    """Return a request of ``asked_row`` as the cells of a file."""
    approval = row["approval"]
    return (
        row["subject"], approval.starts_on, approval.ends_on, approval.expected, approval.get_status_display(),
        row["where"],
    )  # fmt: skip


def standing_row(approval: Any, today: Any) -> dict[str, Any]:
    """Return a standing approval as lists show it; ``ended`` is when it was ended early, and why."""
    ended = ""
    if approval.ended_at:
        who = approval.ended_by.get_full_name()
        ended = f"Ended on {format_date(local_date(approval.ended_at))} by {who}: “{approval.end_reason}”"
    return {
        "approval": approval,
        "kinds": policy.kinds_in_words(approval.kinds, covers_first_class=approval.covers_first_class),
        "days": days_of(approval),
        "limit": f"{policy.limit_in_words(approval.limit)}{' each time' if approval.limit else ''}",
        "ended": ended,
        "is_over": bool(ended) or approval.ends_on < today,
    }


class PriorApprovalListView(Moment, ScopedListView):
    """What somebody has asked for themselves, with who has it since when; and what stands for them."""

    template_name = "expenses/prior_approval_list.html"
    export_name = "asked before a journey"
    export_columns = ("What", "First day", "Last day", "Expected cost", "Status", "Where it is")

    def get_queryset(self) -> Any:
        return queries.prior_approvals_of(self.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "rows": self.as_shown(context["page_obj"]),
            "standing": [standing_row(each, self.today) for each in queries.standing_approvals_of(self.user)],
        }

    def as_shown(self, rows: Sequence[Any]) -> Sequence[dict[str, Any]]:
        return [asked_row(approval, self.user) for approval in rows]

    def export_row(self, row: dict[str, Any]) -> Sequence[object]:
        return asked_cells(row)


class PriorApprovalCreateView(Moment, RuleFormView):
    """Ask before a journey."""

    form_class = forms.PriorApprovalCreateForm
    template_name = "expenses/prior_approval_create.html"
    success_message = "Sent. You get a message when there is an answer."

    def get_form_kwargs(self) -> dict[str, Any]:
        self.choices = queries.asking_choices(self.user, today=self.today)
        return super().get_form_kwargs() | {"abouts": self.choices.abouts, "subjects": self.choices.subjects}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"can_ask": bool(self.choices.abouts and self.choices.subjects)}

    def perform(self, data: dict[str, Any]) -> Any:
        partner_id, _, assignment_id = data["about"].partition(":")
        kind, fare_class, over = data["subject"].split(":")
        return services.ask_for_approval(
            partner_id=UUID(partner_id),
            assignment_id=UUID(assignment_id) if assignment_id else None,
            request=services.Request(
                LineKind(kind), data["starts_on"], data["ends_on"] or data["starts_on"], data["expected"], data["why"],
                fare_class=fare_class, is_over_limit=bool(over),
            ),
            by=self.user,
            at=self.at,
        )  # fmt: skip

    def get_success_url(self) -> str:
        return reverse("expenses:prior_approval_detail", kwargs={"approval_id": self.result.pk})


class _AboutRequest(Moment):
    """Finds the request of the address among those that somebody may see, or answers 404."""

    approval: Any

    def find(self, **kwargs: Any) -> None:
        visible = queries.prior_approvals_visible_to(self.user, today=self.today)
        self.approval = get_object_or_404(visible, pk=kwargs["approval_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | asked_row(self.approval, self.user)

    def get_success_url(self) -> str:
        return reverse("expenses:prior_approval_detail", kwargs={"approval_id": self.approval.pk})


class PriorApprovalDetailView(_AboutRequest, TemplateView):
    """One request: what was asked, who has it, and the answer."""

    template_name = "expenses/prior_approval_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_open = self.approval.status == ApprovalStatus.ASKED
        return super().get_context_data(**kwargs) | {
            "is_own": self.approval.claimant_id == self.user.pk,
            "can_withdraw": self.approval.claimant_id == self.user.pk
            and self.approval.status in (ApprovalStatus.ASKED, ApprovalStatus.AGREED),
            "can_answer": is_open and permissions.can_answer_approval(self.user, self.approval, today=self.today),
        }


class PriorApprovalWithdrawView(_AboutRequest, RuleFormView):
    """Take back one's own request."""

    template_name = "expenses/prior_approval_withdraw.html"
    success_message = "Request withdrawn"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        permissions.check_can_withdraw_approval(self.user, self.approval)
        return super().dispatch(request, *args, **kwargs)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.withdraw_approval(approval_id=self.approval.pk, by=self.user, at=self.at)


class PriorApprovalAnswerView(_AboutRequest, RuleFormView):
    """Agree to a request, or say why not."""

    form_class = forms.PriorApprovalAnswerForm
    template_name = "expenses/prior_approval_answer.html"
    success_message = "Answer sent"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        permissions.check_can_answer_approval(self.user, self.approval, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.answer_approval(approval_id=self.approval.pk, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("expenses:approval_request_list")


class ApprovalRequestListView(Moment, ScopedListView):
    """What partners have asked of the current organisation before a journey: what waits first, oldest first."""

    template_name = "expenses/approval_request_list.html"
    export_name = "asked before a journey"
    export_columns = ("Partner", "What", "First day", "Last day", "Expected cost", "Status", "Where it is")

    def find(self, **kwargs: Any) -> None:
        self.organisation = organisation_where(self.request, Permission.SEE_CLAIMS)
        permissions.check_can_see_standing(self.user, self.organisation.pk, today=self.today)

    def get_queryset(self) -> Any:
        return queries.prior_approvals_at(self.user, self.organisation.pk, today=self.today)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"rows": self.as_shown(context["page_obj"])}

    def as_shown(self, rows: Sequence[Any]) -> Sequence[dict[str, Any]]:
        return [asked_row(approval, self.user) for approval in rows]

    def export_row(self, row: dict[str, Any]) -> Sequence[object]:
        return row["approval"].claimant.get_full_name(), *asked_cells(row)


# --- standing -----------------------------------------------------------------------------
class StandingApprovalListView(Moment, ScopedListView):
    """The standing approvals of the current organisation's partners. Who reads them is on record."""

    template_name = "expenses/standing_approval_list.html"
    paginate_by = None
    export_name = "standing approvals"
    export_columns = (
        "Partner", "What", "Why", "First day", "Last day", "Limit each time", "Recorded by", "Ended on", "Ended by",
        "Ended because",
    )  # fmt: skip

    def find(self, **kwargs: Any) -> None:
        self.organisation = organisation_where(self.request, Permission.SEE_CLAIMS)

    def get_queryset(self) -> Any:
        return services.read_standing_approvals(organisation_id=self.organisation.pk, by=self.user, at=self.at)

    def as_shown(self, rows: Sequence[Any]) -> Sequence[dict[str, Any]]:
        return [standing_row(approval, self.today) for approval in rows]

    def export_row(self, row: dict[str, Any]) -> Sequence[object]:
        approval = row["approval"]
        return (
            approval.partner.user.get_full_name(), row["kinds"], approval.reason, approval.starts_on, approval.ends_on,
            "No limit" if approval.limit is None else approval.limit, approval.recorded_by.get_full_name(),
            local_date(approval.ended_at) if approval.ended_at else None,
            approval.ended_by.get_full_name() if approval.ended_by else "", approval.end_reason,
        )  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.as_shown(self.object_list)
        return super().get_context_data(**kwargs) | {
            "organisation": self.organisation,
            "rows": [row for row in rows if not row["is_over"]],
            "over": [row for row in rows if row["is_over"]],
        }


class StandingApprovalCreateView(Moment, RuleFormView):
    """Record what is agreed for a partner until a day."""

    form_class = forms.StandingApprovalCreateForm
    template_name = "expenses/standing_approval_create.html"
    success_message = "Standing approval recorded. The partner has been told."

    def find(self, **kwargs: Any) -> None:
        self.organisation = organisation_where(self.request, Permission.SEE_CLAIMS)
        permissions.check_can_see_standing(self.user, self.organisation.pk, today=self.today)

    def get_initial(self) -> dict[str, Any]:
        return {"starts_on": self.today}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "partners": queries.partners_to_approve_for(self.user, self.organisation.pk),
            "most_months": queries.months_of_standing(self.organisation.pk),
        }

    def perform(self, data: dict[str, Any]) -> Any:
        partner_id = UUID(data.pop("partner_id"))
        standing = services.Standing(**data | {"kinds": frozenset(data["kinds"])})
        return services.record_standing_approval(
            partner_id=partner_id, organisation_id=self.organisation.pk, standing=standing, by=self.user, at=self.at
        )

    def get_success_url(self) -> str:
        return reverse("expenses:standing_approval_list")


class StandingApprovalEndView(Moment, RuleFormView):
    """End a standing approval before its last day."""

    form_class = forms.StandingApprovalEndForm
    template_name = "expenses/standing_approval_end.html"
    success_message = "Standing approval ended. The partner has been told."

    def find(self, **kwargs: Any) -> None:
        visible = queries.standing_approvals_visible_to(self.user, today=self.today)
        self.approval = get_object_or_404(visible, pk=kwargs["approval_id"])
        partner = self.approval.partner
        permissions.check_can_manage_standing(self.user, self.approval.payer_id, partner.user_id, today=self.today)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | standing_row(self.approval, self.today)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.end_standing_approval(approval_id=self.approval.pk, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("expenses:standing_approval_list")


class ClaimChecksEditView(Moment, RuleFormView):
    """How long standing approvals last and which amounts look the same, at one organisation."""

    form_class = forms.ClaimChecksEditForm
    template_name = "expenses/claim_checks_edit.html"
    success_message = "Saved"

    def find(self, **kwargs: Any) -> None:
        visible = queries.rate_cards_visible_to(self.user, today=self.today)
        self.card = get_object_or_404(visible, pk=kwargs["card_id"])
        permissions.check_can_manage_rates(self.user, self.card.organisation_id, today=self.today)

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.card, name) for name in self.form_class.base_fields}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"card": self.card}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.change_checks(card_id=self.card.pk, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("expenses:rate_card_detail", args=[self.card.pk])
