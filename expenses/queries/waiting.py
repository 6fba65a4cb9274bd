"""Reads what waits for somebody, for their first page: who has not answered is visible to whoever asked."""

from datetime import date

from django.db.models import Q
from django.urls import reverse

from expenses.enums import ClaimStatus, LineStatus, RunStatus
from expenses.models import Claim, ClaimLine, Escalation, PaymentRun, PriorApproval, UpdateRequest
from expenses.policies import states
from expenses.queries.bank import bank_checks_to_do
from expenses.queries.holding import hold_question
from expenses.queries.payments import payable_now
from expenses.queries.reconciliation import latest_reconciliations
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import organisation_ids_where
from psp_portal.accounts.roles import Permission, roles_with
from psp_portal.dates import format_date
from psp_portal.waiting import Waiting

_CALLS = {
    ClaimStatus.SUBMITTED: "Decide claim",
    ClaimStatus.APPEALED: "Decide the appeal on claim",
    ClaimStatus.RETURNED: "Answer the question on your claim",
    ClaimStatus.APPROVED: "Pay claim",
    ClaimStatus.IN_RUN: "Settle the payment run with claim",
    ClaimStatus.NOT_APPROVED: "Read the decision on your claim",
}


def waiting_for(user: User, *, today: date, limit: int = 50) -> list[Waiting]:
    """Return what waits for somebody of claims, oldest first, at most ``limit`` of each kind.

    Ten queries, and five more for each organisation where they pay.
    """
    found = [*_drafts(user, limit), *_claims(user, limit), *_steps(user, limit), *_updates(user, limit)]
    found += [*_runs(user, today, limit), *_asked_lines(user, limit), *_disagreements(user, today)]
    found += [*_requests(user, limit), *_bank_checks(user, today, limit), *_payable(user, today)]
    return sorted(found, key=lambda waiting: waiting.since)


def _drafts(user: User, limit: int) -> list[Waiting]:
    drafts = Claim.objects.filter(claimant=user, status=ClaimStatus.DRAFT).order_by("created_at")
    return [
        Waiting(
            label=f"Finish your claim {claim.reference}",
            detail="You have started this claim and not sent it.",
            url=reverse("expenses:claim_check", kwargs={"claim_id": claim.pk}),
            since=claim.created_at,
            due_on=None,
        )
        for claim in drafts[:limit]
    ]


def _claims(user: User, limit: int) -> list[Waiting]:
    claims = Claim.objects.open().filter(waiting_on=user).select_related("claimant").order_by("waiting_since", "pk")
    return [
        Waiting(
            label=f"{_call(claim, user)} {claim.reference}",
            detail="" if claim.claimant_id == user.pk else f"From {claim.claimant.get_full_name()}.",
            url=reverse(_where(claim, user), kwargs={"claim_id": claim.pk}),
            since=claim.waiting_since,
            due_on=claim.waiting_due_on,
        )
        for claim in claims[:limit]
    ]


def _call(claim: Claim, user: User) -> str:
    """Return what somebody is to do about a claim that waits on them."""
    return "Decide which organisation pays claim" if claim.arbiter_id == user.pk else _CALLS[ClaimStatus(claim.status)]


def _where(claim: Claim, user: User) -> str:
    """Return the page where what waits is done."""
    if claim.arbiter_id == user.pk:
        return "expenses:dispute_decide"
    return "expenses:claim_decide" if claim.status == ClaimStatus.SUBMITTED else "expenses:claim_detail"


def _asked_lines(user: User, limit: int) -> list[Waiting]:
    """Return what a partner is asked about single lines while the rest of their claims goes on."""
    asked = Q(status=LineStatus.PENDING, hold_asked_at__isnull=False)
    # Of a claim that is wholly theirs to answer the claim itself is listed.
    returned = Q(status=LineStatus.RETURNED) & ~Q(claim__status=ClaimStatus.RETURNED)
    lines = (
        ClaimLine.objects.undecided()
        .filter(asked | returned, claimant=user)
        .select_related("claim")
        .order_by("hold_asked_at", "decided_at", "pk")
    )
    return [_asked(line) for line in lines[:limit]]


def _asked(line: ClaimLine) -> Waiting:
    kwargs = {"claim_id": line.claim_id, "line_id": line.pk}
    if line.status == LineStatus.RETURNED:
        return Waiting(
            label=f"Answer the question on your claim {line.claim.reference}",
            detail=f"About line {line.position}, {line.get_kind_display()}.",
            url=reverse("expenses:line_answer", kwargs=kwargs),
            since=line.decided_at,
            due_on=line.hold_due_on,
        )
    return Waiting(
        label=f"Give what is missing on your claim {line.claim.reference}",
        detail=f"{hold_question(line)}.",
        url=reverse("expenses:hold_answer", kwargs=kwargs),
        since=line.hold_asked_at,
        due_on=line.hold_due_on,
    )


def _steps(user: User, limit: int) -> list[Waiting]:
    steps = (
        Escalation.objects.filter(
            replied_at__isnull=True, needs_reply=True, claim__status__in=sorted(states.CLIMBING_STATUSES)
        )
        .filter(Q(passed_to=user) | Q(responsible=user, passed_to__isnull=True))
        .select_related("claim__claimant")
        .order_by("written_at", "pk")
    )
    return [
        Waiting(
            label=f"Reply about the overdue claim {step.claim.reference}",
            detail=f"From {step.claim.claimant.get_full_name()}: {step.get_kind_display().lower()}.",
            url=reverse("expenses:escalation_reply", kwargs={"escalation_id": step.pk}),
            since=step.written_at,
            due_on=step.reply_due_on,
        )
        for step in steps[:limit]
    ]


def _updates(user: User, limit: int) -> list[Waiting]:
    requests = (
        UpdateRequest.objects.owed()
        .filter(Q(passed_to=user) | Q(asked_of=user, passed_to__isnull=True))
        .select_related("claim__claimant")
        .order_by("asked_at", "pk")
    )
    return [
        Waiting(
            label=f"Answer {request.claim.claimant.get_full_name()} about claim {request.claim.reference}",
            detail="They asked for an update.",
            url=reverse("expenses:update_answer", kwargs={"update_id": request.pk}),
            since=request.asked_at,
            due_on=request.reply_due_on,
        )
        for request in requests[:limit]
    ]


def _runs(user: User, today: date, limit: int) -> list[Waiting]:
    mine = organisation_ids_where(user, roles_with(Permission.PAY_CLAIMS), today)
    runs = PaymentRun.objects.filter(
        organisation_id__in=mine, status__in=[RunStatus.DRAFT, RunStatus.RELEASED]
    ).order_by("made_at", "pk")
    return [
        Waiting(
            label=(
                f"Check and release payment run {run.reference}"
                if run.status == RunStatus.DRAFT
                else f"Mark payment run {run.reference} as paid"
            ),
            detail="A second finance person must release it." if run.status == RunStatus.DRAFT else "",
            url=reverse("expenses:run_detail", kwargs={"run_id": run.pk}),
            since=run.made_at,
            due_on=None,
        )
        for run in runs[:limit]
        if not (run.status == RunStatus.DRAFT and run.made_by_id == user.pk)
    ]


def _payable(user: User, today: date) -> list[Waiting]:
    """Return how many lines can be paid at once, for everybody who may pay them: a claim waits on one of them only."""
    return [
        Waiting(
            label=f"Pay {found.lines:,} approved {'line' if found.lines == 1 else 'lines'}",
            detail=f"{found.organisation.name}: these are in no payment run yet. The oldest is first.",
            url=reverse("expenses:run_create"),
            since=found.since,
            due_on=found.due_on,
        )
        for found in payable_now(user, today=today)
    ]


def _disagreements(user: User, today: date) -> list[Waiting]:
    """Return where the last check found that payment runs do not agree, for those who pay there."""
    return [
        Waiting(
            label="Find out why payment runs do not agree",
            detail=f"{found.organisation.name}: see which, before you pay anything more.",
            url=reverse("expenses:reconciliation_detail"),
            since=found.checked_at,
            due_on=today,
        )
        for found in latest_reconciliations(user, today=today)
        if not found.agrees
    ]


def _requests(user: User, limit: int) -> list[Waiting]:
    requests = (
        PriorApproval.objects.asked().filter(waiting_on=user).select_related("claimant").order_by("waiting_since", "pk")
    )
    return [
        Waiting(
            label=f"Answer {request.claimant.get_full_name()}, who asks before a journey",
            detail=f"{request.get_kind_display()} on {format_date(request.starts_on)}.",
            url=reverse("expenses:prior_approval_detail", kwargs={"approval_id": request.pk}),
            since=request.waiting_since,
            due_on=request.due_on,
        )
        for request in requests[:limit]
    ]


def _bank_checks(user: User, today: date, limit: int) -> list[Waiting]:
    return [
        Waiting(
            label=f"Call {details.user.get_full_name()} about their bank details",
            detail="Nothing can be paid to them before.",
            url=reverse("expenses:bank_call_create", kwargs={"details_id": details.pk}),
            since=details.given_at,
            due_on=None,
        )
        for details in bank_checks_to_do(user, today=today)[:limit]
    ]
