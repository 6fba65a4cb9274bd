"""Claims and lines as pages show them: words and links made ready, so that no template compares a status."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse

from expenses import permissions, queries
from expenses.enums import (
    Activity,
    ClaimAction,
    ClaimStatus,
    LineAction,
    LineKind,
    LineStatus,
    Problem,
    StepKind,
    Vehicle,
)
from expenses.forms.claims import page_of_line
from expenses.policies import cancellations, escalation, states
from expenses.policies.lines import NO_AMOUNT
from expenses.policies.timeline import DaysWith, days_with
from expenses.views.agreeing import Beside
from psp_portal.dates import format_date, format_minutes, local_date
from psp_portal.documents.previewing import pages_of
from psp_portal.money import ZERO, format_pounds, total

# More pages of one receipt are a page of their own: a bill's first pages say what it comes to.
PAGES_BESIDE_LINE = 3
TIME_KINDS = (LineKind.INVOLVEMENT_PAYMENT, LineKind.CANCELLED_MEETING)


@dataclass(frozen=True)
class Link:
    """Something that can be done, and where. ``what`` finishes the words for those who hear the link alone."""

    text: str
    url: str
    what: str = ""


# --- a claim ------------------------------------------------------------------------------
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


# --- its lines ----------------------------------------------------------------------------
@dataclass(frozen=True)
class LineShown:
    """A line with its words and its links; ``line`` has the rest."""

    line: object
    title: str
    problems: list[str]
    receipts: list["ReceiptShown"]
    takes_receipt: bool
    pays: Decimal
    waits: bool
    decided: str
    links: list[Link] = field(default_factory=list)
    hold: str = ""
    beside: Beside = field(default_factory=Beside)


def lines_in_order(claim) -> list:
    """Return the lines of a claim as it has them, from its first to its last."""
    return sorted(claim.lines.all(), key=lambda line: line.position)


def show_line(
    line, links: list[Link] | None = None, beside: Beside | None = None, *, is_own: bool = False
) -> LineShown:
    """Return a line as pages show it, with what stands beside it (``beside_lines``); its receipts must be loaded.

    What is wrong with it is said until it is decided: after that the decision says what became of it. ``is_own``:
    the page is its partner's, who is "you" there.
    """
    is_undecided = line.status in (LineStatus.PENDING, LineStatus.RETURNED)
    pays = line.pay + line.held if line.approved_amount is None else line.approved_amount
    return LineShown(
        line=line,
        title=line_title(line),
        problems=[problem_words(problem, line) for problem in line.problems if is_undecided],
        receipts=[show_receipt(receipt, line) for receipt in line.receipts.all() if receipt.freed_at is None],
        takes_receipt=line.kind not in NO_AMOUNT and not line.is_trust_booked,
        pays=pays,
        waits=is_undecided and line.held > 0,
        decided=decision_words(line),
        links=links or [],
        hold=hold_words(line, is_own=is_own),
        beside=beside or Beside(agreed=line.approval),
    )


@dataclass(frozen=True)
class ReceiptShown:
    """A receipt beside a line; ``also_proves`` are the other lines of the claim that it proves.

    ``pages`` are its first pages, as pictures; there are none while it waits for the virus check.
    """

    pk: UUID
    document: Any
    also_proves: list[str]
    page_count: int
    pages: list["PageShown"]

    @property
    def pages_left(self) -> int:
        """How many pages there are beyond those shown."""
        return self.page_count - len(self.pages)


@dataclass(frozen=True)
class PageShown:
    """A page of a receipt: the address of its picture, and words for whoever does not see it."""

    number: int
    words: str
    url: str


def show_receipt(receipt, line=None) -> ReceiptShown:
    """Return a receipt as the page of a line, or of none, shows it; its document and lines must be loaded."""
    others = sorted((other for other in receipt.lines.all() if other != line), key=lambda other: other.position)
    count = pages_of(receipt.document) if receipt.document.is_ready else 0
    pages = [show_page(receipt, number) for number in range(1, min(count, PAGES_BESIDE_LINE) + 1)]
    return ReceiptShown(receipt.pk, receipt.document, [line_title(other) for other in others], count, pages)


def show_page(receipt, number: int) -> PageShown:
    """Return one page of a receipt as pages show it."""
    count = pages_of(receipt.document)
    words = f"page {number} of {count} of the receipt" if count > 1 else "the receipt"
    return PageShown(
        number,
        f"Picture of {words} {receipt.document.original_name}",
        reverse("expenses:receipt_preview", kwargs={"receipt_id": receipt.pk, "number": number}),
    )


def can_be_given(line) -> bool:
    """Say whether its partner may still give what a line's money is held for."""
    return line.held_since is not None and line.status == LineStatus.PENDING


def hold_words(line, *, is_own: bool = False) -> str:
    """Return since when a line's money is held, with whom the question is and by when; nothing when it is not held."""
    if line.held_since is None:
        return ""
    since, due = format_date(local_date(line.held_since)), format_date(line.hold_due_on)
    if line.hold_asked_at is None:
        if line.status == LineStatus.PENDING:
            return f"Held since {since}. With an approver, due {due}."
        # They have another question, whose day is the claim's.
        return f"Held since {since}. With {'you' if is_own else 'the partner'}."
    asked = queries.hold_question(line).partition(": ")[2]
    who = "You were" if is_own else "The partner was"
    return f"Held since {since}. {who} asked to {asked}, due {due}."


def line_title(line) -> str:
    """Return what a line is, in a few words: "Parking: £4.20", "24.6 miles by car or van"."""
    if line.kind in NO_AMOUNT and line.amount is not None:
        # What came from a trust's list has pounds, and no minutes or miles.
        return f"{line.get_kind_display()}: {format_pounds(line.amount)}"
    match line.kind:
        case LineKind.INVOLVEMENT_PAYMENT:
            return f"Time: {format_minutes(line.minutes)}, {Activity(line.activity).label.lower()}"
        case LineKind.CANCELLED_MEETING:
            hours = "1 hour" if line.notice_hours == 1 else f"{line.notice_hours} hours"
            return f"Cancelled meeting: told {hours} before"
        case LineKind.MILEAGE:
            title = f"{line.miles.normalize():f} miles by {Vehicle(line.vehicle).label.lower()}"
            passengers = "1 passenger" if line.passengers == 1 else f"{line.passengers} passengers"
            return f"{title}, with {passengers}" if line.passengers else title
        case _:
            page = page_of_line(line.kind, line.fare_class)
            booked = ", booked by the organisation" if line.is_trust_booked else ""
            return f"{page.label}: {format_pounds(line.amount)}{booked}"


def problem_words(problem: str, line) -> str:
    """Return what is wrong with a line, what it means, and what can be done, in plain words."""
    off = format_pounds(line.disallowed)
    match problem:
        case Problem.NO_RECEIPT if line.no_receipt_reason:
            return f"There is no receipt: “{line.no_receipt_reason}”. Somebody decides whether this can be paid."
        case Problem.NO_RECEIPT:
            return "There is no receipt yet. Until there is, this waits. The rest of the claim goes on."
        case Problem.NEEDS_APPROVAL if line.prior_approval_id or line.standing_approval_id:
            return (
                "This is more than was agreed beforehand. It waits until somebody agrees. "
                "The rest of the claim goes on."
            )
        case Problem.NEEDS_APPROVAL:
            return (
                "Somebody must agree to this beforehand, and nobody is named. "
                "It waits until somebody agrees. The rest of the claim goes on."
            )
        case Problem.OVER_CAP:
            return f"This is over the limit, so {off} of it is not paid."
        case Problem.FIRST_CLASS:
            return f"First class was not agreed beforehand, so the standard fare is paid and {off} is not."
        case Problem.DUPLICATE_RECEIPT:
            return "This receipt has been used before, so this pays nothing. Use another receipt."
        case Problem.OUTSIDE_CLAIM_WINDOW:
            return "This was a while ago, so somebody decides whether it can still be paid. It is not refused."
        case Problem.LIKELY_DUPLICATE:
            return "This looks like something that has been claimed already. Somebody checks it before it is paid."
        case Problem.AGREED_ELSEWHERE:
            return "You say who agreed to this. It is not in the portal, so somebody checks it before it is paid."
        case _:
            return "This role is not paid for time, so this pays nothing. Ask your lead if you think that is wrong."


def decision_words(line) -> str:
    """Return the name and day of a line's decision; nothing while there is none."""
    if line.decided_at is None:
        return ""
    return f"{line.decided_by.get_full_name()}, {format_date(local_date(line.decided_at))}"


def links_of_line(line, actions: frozenset[ClaimAction]) -> list[Link]:
    """Return what may be done to one line of a sent claim by somebody who may do ``actions`` to the claim."""
    kwargs = {"claim_id": line.claim_id, "line_id": line.pk}
    offers = (
        (ClaimAction.ANSWER, LineAction.ANSWER, "Answer the question", "expenses:line_answer"),
        (ClaimAction.ANSWER_HOLD, LineAction.ANSWER_HOLD, "Give what is missing", "expenses:hold_answer"),
        (ClaimAction.APPEAL, LineAction.APPEAL, "Appeal", "expenses:line_appeal"),
    )
    return [
        Link(text, reverse(page, kwargs=kwargs), line_title(line))
        for action, line_action, text, page in offers
        if action in actions
        and line.status in states.LINE_TRANSITIONS[line_action].sources
        and (action != ClaimAction.ANSWER_HOLD or can_be_given(line))
    ]


# --- what has happened, and what will -----------------------------------------------------
_LINE_HAPPENED = {
    LineAction.APPROVE: "approved",
    LineAction.RETURN: "question asked",
    LineAction.REFUSE: "not approved",
    LineAction.ANSWER: "question answered",
    LineAction.ANSWER_HOLD: "what was missing was given",
    LineAction.APPEAL: "appealed",
    LineAction.ALLOW_APPEAL: "appeal allowed",
    LineAction.DISMISS_APPEAL: "appeal turned down",
    LineAction.LET_STAND: "refusal became final",
    LineAction.ADD_TO_RUN: "put in a payment run",
    LineAction.REMOVE_FROM_RUN: "taken out of a payment run",
    LineAction.RECORD_PAYMENT: "paid",
    LineAction.RECORD_FAILURE: "payment failed",
    LineAction.RECORD_RETURN: "payment sent back by the bank",
    LineAction.WITHDRAW: "withdrawn",
}


def events_of(claim) -> list[dict[str, str]]:
    """Return a claim's story for the timeline component, oldest first; its lines and timeline must be loaded.

    What one person did at one moment is one entry: the claim's event names it, its lines' events follow.
    """
    titles = {line.pk: line_title(line) for line in claim.lines.all()}
    moments = defaultdict(list)
    for event in claim.timeline.all():
        moments[event.at, event.by_name].append(event)
    return [_moment(at, who, events, titles) for (at, who), events in moments.items()]


def _moment(at, who: str, events: list, titles: dict) -> dict[str, str]:
    # At one moment the order in which events were written is not kept: the claim's come first.
    of_claim = [event for event in events if event.line_id is None]
    of_lines = [event for event in events if event.line_id is not None]
    # A payment that fails for all lines of a claim says so once, not once a line.
    words = list(dict.fromkeys(event.note for event in of_claim if event.note))
    alike = defaultdict(list)
    for event in of_lines:
        note = event.note if event.note not in words else ""
        alike[LineAction(event.action), note].append(titles.get(event.line_id, "A line"))
    words += [_happened(action, note, lines) for (action, note), lines in alike.items()]
    return {
        "title": " and ".join(dict.fromkeys(event.label for event in of_claim)) or "Changed",
        "when": format_date(local_date(at)),
        "who": who,
        "text": ". ".join(words),
        "state": "past",
    }


def _happened(action: LineAction, note: str, lines: list[str]) -> str:
    what, quoted = _LINE_HAPPENED[action], f" (“{note}”)" if note else ""
    if len(lines) == 1:
        return f"{lines[0]}: {what}{quoted}"
    return f"{what[:1].upper()}{what[1:]}: {'; '.join(lines)}{quoted}"


def ladder_of(claim, *, today: date) -> list[dict[str, str]]:
    """Return a sent claim's whole ladder for the timeline component: what has been, what is now, what may come.

    What may come names whom it would reach as things stand ``today``.

    Its escalations must be loaded. Of a claim that is settled only what has been is left.
    """
    steps = queries.ladder_of(claim)
    last = max((step.number for step, written in steps if written), default=0)
    if not claim.is_open:
        return [_rung(step, written, is_now=False) for step, written in steps if written]
    ahead = queries.whom_steps_reach(claim, {step.kind for step, written in steps if not written}, today=today)
    return [
        _rung(step, written, is_now=step.number == last) if written else _rung_ahead(step, ahead[step.kind])
        for step, written in steps
    ]


def _rung_ahead(step, reached: Iterable[queries.Reached]) -> dict[str, str]:
    names = [f"{each.name} ({each.post.label})" if each.post else each.name for each in reached]
    return {
        "title": f"Step {step.number}: {step.kind.label}",
        "when": f"On {format_date(step.due_on)}, unless it is paid before",
        "who": f"to {' and '.join(names)}" if names else "",
        "text": "",
        "state": "future",
    }


def _rung(step, written, *, is_now: bool) -> dict[str, str]:
    return {
        "title": f"Step {step.number}: {step.kind.label}",
        "when": format_date(local_date(written.written_at)),
        "who": f"went to {written.responsible.get_full_name()}",
        "text": reply_words(written),
        "state": "now" if is_now else "past",
    }


def reply_words(written) -> str:
    """Return what came of a step: the reply and the promise, who owes the reply, or why there is none."""
    if written.replied_at:
        replied = f"{written.replied_by.get_full_name()} replied on {format_date(local_date(written.replied_at))}"
        return " ".join(filter(None, [f"{replied}: “{written.reply}”", promise_words(written)]))
    if not written.needs_reply:
        return "No reply was asked for: the claim was as old as this when the organisation brought it in."
    instead = f" {written.passed_to.get_full_name()} gives it instead." if written.passed_to else ""
    return f"No reply yet. It is due by {format_date(written.reply_due_on)}.{instead}"


def promise_words(written) -> str:
    """Return the day promised in the reply to a step, and what became of it; nothing for a reply without one."""
    if written.promised_on is None:
        return ""
    who = written.replied_by.get_full_name()
    if written.promise_missed_at:
        return f"{escalation.missed_in_words(who, written.promised_on)}."
    kept = "; it was kept" if written.promise_kept_at else ""
    return f"{who} promised {format_date(written.promised_on)}{kept}."


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
