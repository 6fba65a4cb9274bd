"""The approver's queue, which says of each line what it is for without its page, and many claims approved at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from expenses import permissions, queries, services
from expenses.enums import Activity, LineKind, LineStatus, Problem
from expenses.forms import deciding as forms
from expenses.policies import oddness, states
from expenses.views.deciding import meaning_of
from expenses.views.presenting import Link, bodies_words, claim_title, hold_words, line_title, lines_in_order
from psp_portal.accounts.current import organisation_where
from psp_portal.accounts.roles import Permission
from psp_portal.dates import format_date, local_date
from psp_portal.money import format_pounds, total
from psp_portal.views import RuleFormView, ScopedListView

ASKED_BEFORE = (
    "You have decided a line that is appealed, or asked about it. Somebody who has not must decide the appeal."
)


@dataclass(frozen=True)
class LineInQueue:
    """A line that waits for a decision: what it is for, which rule it meets, and what is odd about it, in words.

    ``flags`` keep it out of an approval in bulk; ``notes`` are worth a look and keep it out of nothing.
    """

    title: str
    about: list[str]
    rule: str
    flags: list[tuple[str, str]]
    notes: list[str]
    pays: Decimal


@dataclass
class ClaimInQueue:
    """A claim in the approver's queue. ``tick`` is what its checkbox sends; empty when it has nothing to approve."""

    claim: Any
    title: str
    bodies: str
    is_mine: bool
    is_overdue: bool
    lines: list[LineInQueue]
    pays: Decimal
    tick: str
    links: list[Link]
    note: str
    tick_number: int = 0


def in_queue(claim, user, *, today: date) -> ClaimInQueue:
    """Return a claim as the queue shows it; its lines must be loaded by ``queries.decision_queue``."""
    lines = lines_in_order(claim)
    pending = [line for line in lines if line.status == LineStatus.PENDING]
    appealed = [line for line in lines if line.status == LineStatus.APPEALED]
    waiting = [*pending, *appealed]
    return ClaimInQueue(
        claim=claim,
        title=claim_title(claim),
        bodies=bodies_words(claim),
        is_mine=claim.waiting_on_id == user.pk,
        is_overdue=claim.waiting_due_on < today,
        lines=[_line_in_queue(line) for line in waiting],
        pays=total(line.pay + line.held for line in waiting),
        tick=f"{claim.pk}@{queries.version_of_claim(claim, lines)}" if pending else "",
        links=_links(claim, pending, appealed, user),
        note=ASKED_BEFORE if any(permissions.has_handled(user, line) for line in appealed) else "",
    )


def _line_in_queue(line) -> LineInQueue:
    flags = [(Problem(problem).label, meaning_of(problem, line)) for problem in line.problems]
    if line.status == LineStatus.APPEALED:
        flags.append(("Appealed", f"“{line.appeal_reason}”"))
    return LineInQueue(
        title=f"Line {line.position}. {line_title(line)}",
        about=_about(line),
        rule=line.rule[:1].upper() + line.rule[1:],
        flags=flags,
        notes=_notes(line),
        pays=line.pay + line.held,
    )


def _about(line) -> list[str]:
    """Return what a line is for, besides its title: its day, its journey, what the partner wrote."""
    facts = [format_date(line.date)]
    if line.from_place or line.to_place:
        facts.append(f"{line.from_place or 'Not said'} to {line.to_place or 'not said'}")
    if line.activity and line.kind != LineKind.INVOLVEMENT_PAYMENT:
        facts.append(Activity(line.activity).label)
    if line.description:
        facts.append(line.description)
    if line.approval and Problem.AGREED_ELSEWHERE not in line.problems:
        facts.append(f"Agreed beforehand, the partner says: {line.approval}")
    if line.no_receipt_reason:
        facts.append(f"Why no receipt: {line.no_receipt_reason}")
    if line.answer:
        facts.append(f"The partner’s answer: {line.answer}")
    # They are joined as sentences, and what somebody wrote may end with a full stop of its own.
    return [fact.rstrip().removesuffix(".") for fact in facts]


def _notes(line) -> list[str]:
    notes = [hold_words(line)] if line.held_since else []
    if line.is_first:
        notes.append(f"The first claim for this kind of thing ({line.get_kind_display().lower()}) from this partner.")
    if oddness.is_far_above_usual(line.claimed, line.earlier):
        usual = format_pounds(oddness.usual_amount(line.earlier))
        notes.append(f"Far above what this partner usually claims for this: about {usual}.")
    return notes


def _links(claim, pending: list, appealed: list, user) -> list[Link]:
    decide = reverse("expenses:claim_decide", kwargs={"claim_id": claim.pk})
    return [
        *([Link("Decide line by line", decide, f"claim {claim.reference}")] if pending else []),
        *(
            Link(
                "Decide the appeal",
                reverse("expenses:appeal_decide", kwargs={"claim_id": claim.pk, "line_id": line.pk}),
                f"on line {line.position} of claim {claim.reference}",
            )
            for line in appealed
            if not permissions.has_handled(user, line)
        ),
    ]


class DecisionListView(ScopedListView):
    """The claims that wait for a decision at the current organisation, oldest first."""

    template_name = "expenses/decision_list.html"
    export_name = "claims to decide"
    export_columns = (
        "Claim", "Partner", "For", "Made at and paid by", "Sent", "Due", "If approved", "Lines", "Flagged", "Overdue",
    )  # fmt: skip

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.today = timezone.localdate()
        self.organisation = organisation_where(request, Permission.DECIDE_CLAIMS)

    def get_queryset(self) -> Any:
        return queries.decision_queue(self.user, today=self.today).filter(payer=self.organisation)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = self.as_shown(context["object_list"])
        # Numbered from 0 because an error leads to the first of them.
        for number, row in enumerate(row for row in rows if row.tick):
            row.tick_number = number
        return context | {"rows": rows, "can_tick": any(row.tick for row in rows)}

    def as_shown(self, rows: Sequence[Any]) -> Sequence[ClaimInQueue]:
        return [in_queue(claim, self.user, today=self.today) for claim in rows]

    def export_row(self, row: ClaimInQueue) -> Sequence[object]:
        claim = row.claim
        lines = [f"{line.title}, {format_pounds(line.pays)}" for line in row.lines]
        flags = dict.fromkeys(name for line in row.lines for name, _ in line.flags)
        return (
            claim.reference, claim.claimant.get_full_name(), row.title, row.bodies, local_date(claim.submitted_at),
            claim.waiting_due_on, row.pays, "; ".join(lines), ", ".join(flags), "Overdue" if row.is_overdue else "",
        )  # fmt: skip


class BulkApproveView(RuleFormView):
    """Approve the ticked claims' plain lines; then say what was approved and what was left out, and why."""

    form_class = forms.BulkApproveForm
    template_name = "expenses/bulk_approve.html"
    session_key = "expenses.bulk_approve"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.organisation = organisation_where(request, Permission.DECIDE_CLAIMS)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # What was done is kept in the session, so that loading the page again approves nothing again.
        done = request.session.get(self.session_key)
        if not done or done["organisation"] != str(self.organisation.pk):
            return HttpResponseRedirect(reverse("expenses:decision_list"))
        return self.render_to_response(self.get_context_data(done=done))

    def form_invalid(self, form: forms.BulkApproveForm) -> HttpResponse:
        queue = DecisionListView(extra_context={"form": form})
        queue.setup(self.request)
        return queue.get(self.request)

    def perform(self, data: dict[str, Any]) -> None:
        seen = data["claims"]
        waiting = queries.claims_to_decide(self.request.user, today=timezone.localdate())
        found = {claim.pk: claim for claim in waiting.filter(pk__in=seen, payer=self.organisation)}
        result = services.approve_in_bulk(
            claim_ids=[pk for pk in seen if pk in found], by=self.request.user, at=timezone.now(), seen_versions=seen
        )
        self.request.session[self.session_key] = {
            "organisation": str(self.organisation.pk),
            "approved": [
                {**_named(found[claim.pk]), "lines": _titles(found[claim.pk], result.positions[claim.pk])}
                for claim in result.approved
            ],
            "lines": result.lines_approved,
            "left_out": [
                *_left_out(result.left_out, {claim.reference: claim for claim in found.values()}),
                *self._gone([pk for pk in seen if pk not in found]),
            ],
        }

    def _gone(self, ids: list) -> list[dict[str, str]]:
        visible = queries.claims_visible_to(self.request.user, today=timezone.localdate()).filter(pk__in=ids)
        named = [
            {
                **_named(claim, page="expenses:claim_detail"),
                "line": "",
                "why": states.DISPUTED if claim.arbiter_id else DECIDED,
            }
            for claim in visible.filter(payer=self.organisation).select_related("claimant").order_by("number")
        ]
        # A claim that its partner has taken back is the partner's alone again: it cannot be named.
        return named + [{"reference": "", "line": "", "why": TAKEN_BACK}] * (len(ids) - len(named))

    def get_success_url(self) -> str:
        return reverse("expenses:bulk_approve")


DECIDED = "Somebody else decided it after you opened the page, or it was withdrawn."
TAKEN_BACK = "The partner has taken it back."


def _named(claim, *, page: str = "expenses:claim_decide") -> dict[str, str]:
    return {
        "reference": claim.reference,
        "partner": claim.claimant.get_full_name(),
        "url": reverse(page, kwargs={"claim_id": claim.pk}),
        "detail_url": reverse("expenses:claim_detail", kwargs={"claim_id": claim.pk}),
    }


def _titles(claim, positions: list[int]) -> list[str]:
    """Return what the lines of a claim at some positions are."""
    return [line_title(line) for line in lines_in_order(claim) if line.position in positions]


def _left_out(rows: list[services.LeftOut], claims: dict[str, Any]) -> list[dict[str, str]]:
    """Return what a bulk approval left out, as the page and the session hold it."""
    left_out = []
    for row in rows:
        claim = claims[row.claim_reference]
        titles = _titles(claim, [row.line_position] if row.line_position else [])
        line = ", ".join([f"Line {row.line_position}", *titles]) if row.line_position else ""
        left_out.append({**_named(claim), "line": line, "why": row.why[:1].upper() + row.why[1:]})
    return left_out
