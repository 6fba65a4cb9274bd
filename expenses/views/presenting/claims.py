"""A claim as pages show it: its title, whom it waits on, its sums and days, and what can be done to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse

from expenses import permissions, queries
from expenses.enums import (
    ClaimAction,
    ClaimStatus,
    LineAction,
    StepKind,
)
from expenses.policies import cancellations, escalation, states
from expenses.policies.timeline import DaysWith, days_with
from expenses.views.presenting.lines import TIME_KINDS, line_title, lines_in_order, links_of_line
from expenses.views.presenting.links import Link
from psp_portal.dates import format_date, local_date
from psp_portal.money import ZERO, format_pounds, total


def claim_title(claim) -> str:
    """Return what a claim is for: its meeting and day, its committee, or the organisation."""
    if claim.assignment is None:
        return claim.payer.name
    # A meeting is always one of the committee that the claim's assignment is to.
    committee = claim.assignment.committee.name
    return f"{committee}, {format_date(local_date(claim.meeting.starts_at))}" if claim.meeting else committee


def bodies_words(claim) -> str:
    """Return where a claim was made and who pays it, where these are two: both bodies are named everywhere."""
    if claim.payer_id == claim.organisation_id:
        return ""
    return f"Made at {claim.organisation.name}, paid by {claim.payer.name}"


def waiting_words(claim, user) -> str:
    """Return who has a claim, since when, and by when they must act; or how it ended."""
    if claim.is_open:
        who = "you" if claim.waiting_on_id == user.pk else claim.waiting_on.get_full_name()
        since = format_date(local_date(claim.waiting_since))
        return f"Waiting on {who} since {since}, due {format_date(claim.waiting_due_on)}"
    if claim.closed_at:
        return f"Settled on {format_date(local_date(claim.closed_at))}"
    return "You have not sent this yet"


_STEP_WORDS = {
    StepKind.LEAD: "the programme lead is reminded",
    StepKind.LEAD_AND_FINANCE: "it goes to the programme lead and finance",
    StepKind.EXECUTIVE: "it goes to the executive lead",
    StepKind.CHIEF_EXECUTIVE: "it goes to the chief executive's office",
    StepKind.BOARD: "it goes to the board, in its report",
}


def next_words(claim) -> str:
    """Return what happens to an open claim if nobody acts; nothing for any other."""
    if not claim.is_open:
        return ""
    when = format_date(local_date(claim.next_step_at))
    if claim.status in states.CLIMBING_STATUSES:
        step = escalation.step(claim.ladder, claim.steps_written + 1)
        return f"Unless it is paid before, on {when} {_STEP_WORDS[step.kind]}."
    return f"A decision not to pay becomes final on {when}, unless there is an appeal before that day."


@dataclass(frozen=True)
class ClaimRow:
    """A claim in its partner's list. ``amount`` is what it could pay, in pounds."""

    claim: object
    title: str
    amount: Decimal
    so_far: str
    waiting: str
    is_overdue: bool
    url: str


def claim_row(claim, user, *, today: date) -> ClaimRow:
    """Return a claim as its partner's list shows it."""
    so_far = ""
    if claim.paid:
        so_far = f"{format_pounds(claim.paid)} paid"
    elif claim.approved:
        so_far = f"{format_pounds(claim.approved)} approved"
    return ClaimRow(
        claim=claim,
        title=claim_title(claim),
        amount=claim.asked - claim.disallowed,
        so_far=so_far,
        waiting=waiting_words(claim, user),
        is_overdue=is_overdue(claim, today=today),
        url=reverse(
            "expenses:claim_check" if is_draft(claim) else "expenses:claim_detail", kwargs={"claim_id": claim.pk}
        ),
    )


@dataclass(frozen=True)
class Sums:
    """What the lines of a claim come to, in pounds; ``asked`` is what it pays at most."""

    time: Decimal
    expenses: Decimal
    held: Decimal
    disallowed: Decimal
    declined: Decimal
    asked: Decimal
    booked: Decimal = ZERO

    @property
    def asked_words(self) -> str:
        """The total as it stands on the button that sends the claim."""
        return format_pounds(self.asked)


def sums_of(lines: Iterable) -> Sums:
    """Return the sums of a claim's lines."""
    lines = list(lines)
    return Sums(
        time=total(line.pay for line in lines if line.kind in TIME_KINDS),
        expenses=total(line.pay for line in lines if line.kind not in TIME_KINDS),
        held=total(line.held for line in lines),
        disallowed=total(line.disallowed for line in lines),
        declined=total(line.declined for line in lines),
        asked=total(line.pay + line.held for line in lines),
        booked=total(line.amount for line in lines if line.is_trust_booked),
    )


def days_of(claim, *, today: date) -> DaysWith:
    """Return how long a sent claim has been with the trust and with its partner; its timeline must be loaded."""
    turns = [
        (local_date(event.at), event.to_status)
        for event in claim.timeline.all()
        if event.line_id is None and event.to_status
    ]
    until = local_date(claim.closed_at) if claim.closed_at else today
    return days_with(turns, submitted_on=local_date(claim.submitted_at), until=until)


def is_overdue(claim, *, today: date) -> bool:
    """Say whether an open claim should have been paid before today."""
    return claim.is_open and claim.payment_due_on < today


def links_of_claim(claim, user, actions: frozenset[ClaimAction]) -> list[Link]:
    """Return what somebody may do to a claim now, what is most likely wanted first."""
    kwargs = {"claim_id": claim.pk}
    offers = (
        (ClaimAction.SUBMIT, "Finish and send this claim", "expenses:claim_check"),
        (ClaimAction.DECIDE, "Decide this claim", "expenses:claim_decide"),
        (ClaimAction.RECALL, "Take it back to change it", "expenses:claim_recall"),
        (ClaimAction.WITHDRAW, "Withdraw this claim", "expenses:claim_withdraw"),
    )
    links = [link for line in lines_in_order(claim) for link in links_of_line(line, actions)]
    links += [
        Link(
            "Decide the appeal",
            reverse("expenses:appeal_decide", kwargs={**kwargs, "line_id": line.pk}),
            line_title(line),
        )
        for line in lines_in_order(claim)
        if ClaimAction.DECIDE_APPEAL in actions
        and line.status in states.LINE_TRANSITIONS[LineAction.ALLOW_APPEAL].sources
        and not permissions.has_handled(user, line)
    ]
    if permissions.can_ask_for_update(user, claim):
        links.append(Link("Ask for an update", reverse("expenses:update_create", kwargs=kwargs)))
    # Once the ladder has begun a claim is withdrawn, not taken back.
    shut = {ClaimAction.RECALL} if claim.steps_written else set()
    return links + [
        Link(text, reverse(page, kwargs=kwargs)) for action, text, page in offers if action in actions - shut
    ]


@dataclass(frozen=True)
class UpdateShown:
    """A request for an update, with the link for whoever may answer it."""

    request: object
    links: list[Link]


def updates_of(claim, user, *, today: date) -> list[UpdateShown]:
    """Return the requests for an update on a claim, oldest first; they must be loaded."""
    return [
        UpdateShown(
            request,
            [Link("Answer", reverse("expenses:update_answer", kwargs={"update_id": request.pk}))]
            if permissions.can_answer_update(user, request, today=today)
            else [],
        )
        for request in sorted(claim.update_requests.all(), key=lambda request: request.asked_at)
    ]


def replies_owed(claim, user, *, today: date) -> list[Link]:
    """Return links to the steps of a claim that somebody may reply to."""
    return [
        Link(f"Reply to step {step.number}", reverse("expenses:escalation_reply", kwargs={"escalation_id": step.pk}))
        for step in sorted(claim.escalations.all(), key=lambda step: step.number)
        if permissions.can_reply_to_step(user, step, today=today)
    ]


@dataclass(frozen=True)
class CancellationShown:
    """A meeting that was cancelled so late that it pays: one tap claims it."""

    meeting: object
    words: str


def cancellations_of(user, *, today: date) -> list[CancellationShown]:
    """Return the cancelled meetings that somebody can claim for, the latest first: "claim £75.00"."""
    return [
        CancellationShown(
            each.cancelled.meeting,
            f"Meeting cancelled with {cancellations.notice_in_words(each.cancelled.notice_hours)}: "
            f"claim {format_pounds(each.pays)}",
        )
        for each in queries.cancellations_to_claim(user, today=today)
    ]


def is_draft(claim) -> bool:
    """Say whether a claim has not been sent."""
    return claim.status == ClaimStatus.DRAFT
