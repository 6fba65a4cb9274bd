"""Lines of a claim as pages show them, with their receipts."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse

from expenses import queries
from expenses.enums import (
    Activity,
    ClaimAction,
    LineAction,
    LineKind,
    LineStatus,
    Problem,
    Vehicle,
)
from expenses.forms.claims import page_of_line
from expenses.policies import states
from expenses.policies.lines import NO_AMOUNT
from expenses.views.agreeing import Beside
from expenses.views.presenting.links import Link
from psp_portal.dates import format_date, format_minutes, local_date
from psp_portal.documents.previewing import pages_of
from psp_portal.money import format_pounds

# More pages of one receipt are a page of their own: a bill's first pages say what it comes to.
PAGES_BESIDE_LINE = 3
TIME_KINDS = (LineKind.INVOLVEMENT_PAYMENT, LineKind.CANCELLED_MEETING)


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
