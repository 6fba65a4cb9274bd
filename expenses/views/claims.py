"""The partner makes and sends a claim: HTTP to one service or query."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView, View

from committees.queries import assignments_visible_to, meetings_to_record
from expenses import permissions, queries, services
from expenses.forms import claims as forms
from expenses.views import presenting
from expenses.views.agreeing import beside_lines, shown_elsewhere
from expenses.views.planner import limits_passed_by
from partners.queries import appointments_of
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.views import RuleFormView, ScopedListView

MOST_SHOWN = 50


class DraftFormView(RuleFormView):
    """A page that changes one's own draft. A claim that has been sent leads to its page instead.

    Where ``for_helpers``, whoever the partner lets prepare their claims may use it too.
    """

    claim: Any
    for_helpers = False

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        visible = queries.claims_visible_to(request.user, today=timezone.localdate()).select_related(
            "partner", "payer", "claimant", "prepared_by", "meeting__committee", "assignment__committee"
        )
        self.claim = get_object_or_404(visible, pk=kwargs["claim_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.for_helpers:
            permissions.check_can_prepare_draft(request.user, self.claim, today=timezone.localdate())
        else:
            permissions.check_can_change_draft(request.user, self.claim)
        if not presenting.is_draft(self.claim):
            messages.info(request, "You have sent this claim. To change it, take it back first.")
            return redirect("expenses:claim_detail", claim_id=self.claim.pk)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_own = self.claim.claimant_id == self.request.user.pk
        context = {"claim": self.claim, "title": presenting.claim_title(self.claim), "is_own": is_own}
        return super().get_context_data(**kwargs) | context

    def get_success_url(self) -> str:
        return reverse("expenses:claim_check", kwargs={"claim_id": self.claim.pk})


class ClaimListView(ScopedListView):
    """One's own claims, newest first, with the money at a glance."""

    template_name = "expenses/claim_list.html"
    context_object_name = "claims"
    export_name = "my claims"
    export_columns = ("Claim", "For", "Amount", "Approved", "Paid", "Status", "Overdue", "Where it is")

    def get_queryset(self) -> Any:
        return queries.claims_of(self.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "rows": self.as_shown(context["page_obj"]),
            "money": queries.money_of(self.user),
            "offered": queries.pounds_offered_to(self.user),
            "cancellations": presenting.cancellations_of(self.user, today=timezone.localdate()),
        }

    def as_shown(self, rows: Sequence[Any]) -> Sequence[Any]:
        today = timezone.localdate()
        return [presenting.claim_row(claim, self.user, today=today) for claim in rows]

    def export_row(self, row: Any) -> Sequence[object]:
        claim = row.claim
        return (
            claim.reference, row.title, row.amount, claim.approved, claim.paid, claim.get_status_display(),
            "Overdue" if row.is_overdue else "", row.waiting,
        )  # fmt: skip


class ClaimStartView(RuleFormView):
    """Choose what to claim for: a meeting with one tap, or something else."""

    template_name = "expenses/claim_start.html"
    form_class = forms.ClaimStartForm

    def whose(self) -> tuple[Any, Any]:
        """Return whose claim it is, and their appointments that it may be for."""
        return self.request.user, appointments_of(self.request.user)

    def options(self) -> list[tuple[str, str]]:
        """Return what a claim without a meeting may be for, as (value, label)."""
        person, appointments = self.whose()
        mine = assignments_visible_to(person, today=timezone.localdate()).filter(partner__in=appointments.order_by())
        committees = [
            (f"{assignment.partner_id}:{assignment.pk}", assignment.committee.name)
            for assignment in mine.order_by("committee__name", "-starts_on")
        ]
        return committees + [(f"{each.pk}:", f"Something else for {each.organisation.name}") for each in appointments]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"options": self.options()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        user, today = self.request.user, timezone.localdate()
        return context | {
            "attended": queries.meetings_to_claim(user, today=today)[:MOST_SHOWN],
            "to_record": [
                {"meeting": meeting, "url": attendance_url(meeting)}
                for meeting in meetings_to_record(user, today=today, at=timezone.now())[:MOST_SHOWN]
            ],
            "cancellations": presenting.cancellations_of(user, today=today),
            "trainings": queries.trainings_to_claim(user, today=today)[:MOST_SHOWN],
            "has_options": bool(context["form"].fields["about"].choices),
        }

    def perform(self, data: dict[str, Any]) -> Any:
        partner_id, _, assignment_id = data["about"].partition(":")
        return services.start_claim(
            partner_id=UUID(partner_id),
            assignment_id=UUID(assignment_id) if assignment_id else None,
            by=self.request.user,
            at=timezone.now(),
        )

    def get_success_url(self) -> str:
        return reverse("expenses:line_kind_choose", kwargs={"claim_id": self.result.pk})


def attendance_url(meeting: Any) -> str:
    """Return where a partner records that they were at a meeting of theirs."""
    return reverse(
        "committees:attendance_record", kwargs={"meeting_id": meeting.pk, "assignment_id": meeting.assignment_id}
    )


class ClaimCreateView(View):
    """One tap: start a claim from a meeting. A second tap leads to the claim that is there."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        meeting_id, partner_id = _uuid(request.POST.get("meeting_id")), _uuid(request.POST.get("partner_id"))
        try:
            claim = services.start_claim(
                partner_id=partner_id, meeting_id=meeting_id, by=request.user, at=timezone.now()
            )
        except RuleBroken as broken:
            messages.warning(request, broken.message)
            visible = queries.claims_visible_to(request.user, today=timezone.localdate())
            there = visible.filter(meeting_id=meeting_id, partner_id=partner_id).order_by("-created_at").first()
            if there:
                return redirect("expenses:claim_detail", claim_id=there.pk)
            return redirect("expenses:claim_start")
        return redirect("expenses:claim_check", claim_id=claim.pk)


def _uuid(text: str | None) -> UUID:
    """Return the id that a button sent; raise Http404 for anything else."""
    try:
        return UUID(text or "")
    except ValueError:
        raise Http404("This is not an id.") from None


class ClaimCheckView(DraftFormView):
    """Check the answers, add to them, and send."""

    template_name = "expenses/claim_check.html"
    for_helpers = True
    http_method_names = ["get", "head", "options"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = self.claim.lines.undecided().prefetch_related(queries.receipts_shown()).order_by("position")
        is_own = self.claim.claimant_id == self.request.user.pk
        # What else there is of the partner's, approvals and other claims, is not a helper's.
        beside = beside_lines(self.claim, lines, self.request.user, today=timezone.localdate()) if is_own else {}
        shown = [presenting.show_line(line, beside=beside.get(line.pk)) for line in lines]
        return super().get_context_data(**kwargs) | {
            "lines": shown,
            "sums": presenting.sums_of(shown_line.line for shown_line in shown),
            "seen": queries.version_of_draft(self.claim, lines),
            "limits": limits_passed_by(self.claim, lines, self.request.user),
            "elsewhere": shown_elsewhere(self.claim, lines, self.request.user),
        }


class ClaimSubmitView(View):
    """Send a claim as it was seen. A second sending leads to the claim's page and says that it is sent."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, claim_id: UUID) -> HttpResponse:
        today = timezone.localdate()
        claim = get_object_or_404(queries.claims_visible_to(request.user, today=today), pk=claim_id)
        permissions.check_can_change_draft(request.user, claim)
        try:
            services.send_claim(
                claim_id=claim.pk, by=request.user, at=timezone.now(), seen_version=request.POST.get("seen", "")
            )
        except TransitionNotAllowed as refusal:
            messages.info(request, refusal.message)
            return redirect("expenses:claim_detail", claim_id=claim.pk)
        except RuleBroken as broken:
            messages.error(request, broken.message)
            return redirect("expenses:claim_check", claim_id=claim.pk)
        return redirect("expenses:claim_sent", claim_id=claim.pk)


class ClaimSentView(TemplateView):
    """The confirmation: who has the claim now, until when, and what happens if they do nothing."""

    template_name = "expenses/claim_sent.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.claim = get_object_or_404(queries.claims_of(request.user), pk=kwargs["claim_id"])
        if not self.claim.is_open:
            return redirect("expenses:claim_detail", claim_id=self.claim.pk)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "claim": self.claim,
            "title": presenting.claim_title(self.claim),
            "amount": self.claim.asked - self.claim.disallowed,
            "next": presenting.next_words(self.claim),
            "bank_details": queries.bank_details_of(self.request.user),
        }


class ClaimPreferenceEditView(DraftFormView):
    """Full payment for time, less, or none."""

    template_name = "expenses/claim_preference_edit.html"
    form_class = forms.ClaimPreferenceEditForm

    def get_initial(self) -> dict[str, Any]:
        return {"preference": self.claim.preference, "reduced_to": self.claim.reduced_to}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.set_preference(claim_id=self.claim.pk, by=self.request.user, at=timezone.now(), **data)


class ClaimDiscardView(DraftFormView):
    """Delete a draft."""

    template_name = "expenses/claim_discard.html"
    success_message = "Draft deleted"

    def perform(self, data: dict[str, Any]) -> None:
        services.discard_claim(claim_id=self.claim.pk, by=self.request.user, at=timezone.now())

    def get_success_url(self) -> str:
        return reverse("expenses:claim_list")
