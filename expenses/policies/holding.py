"""What frees money that a problem holds on a line. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from expenses.enums import Problem
from expenses.policies.limits import HELD_FOR_APPROVAL, HELD_FOR_RECEIPT, in_words
from psp_portal.exceptions import RuleBroken
from psp_portal.money import ZERO

# While a line has one of these its money waits; the others only take something off it or flag it.
HOLDING = frozenset({Problem.NO_RECEIPT, Problem.NEEDS_APPROVAL})


# What the partner is asked for while one of these holds a line's money.
ASKS = {
    Problem.NO_RECEIPT: "add a receipt, or say why there is none",
    Problem.NEEDS_APPROVAL: "say who agreed to it beforehand, or why nobody was asked",
}


@dataclass(frozen=True)
class LineMoney:
    """A line's problems, in pounds what it pays and what is held, and why."""

    problems: tuple[str, ...]
    pay: Decimal
    held: Decimal
    rule: str


def with_receipt(problems: Iterable[str], *, held: Decimal, pay: Decimal, rule: str) -> LineMoney:
    """Return a line's money once it has a receipt: nothing is held unless it also needed approval."""
    return _without(Problem.NO_RECEIPT, HELD_FOR_RECEIPT, problems, LineMoney((), pay, held, rule))


def with_approval(problems: Iterable[str], *, held: Decimal, pay: Decimal, rule: str) -> LineMoney:
    """Return a line's money once it has been agreed to: nothing is held unless it also needed a receipt."""
    return _without(Problem.NEEDS_APPROVAL, HELD_FOR_APPROVAL, problems, LineMoney((), pay, held, rule))


def _without(given: Problem, reason: str, problems: Iterable[str], money: LineMoney) -> LineMoney:
    """Return a line's money once what held it is given; the reason for it begins with ``reason``."""
    left = tuple(problem for problem in problems if problem != given)
    why = in_words([each for each in money.rule.split("; ") if each and not each.startswith(reason)])
    pay, held = money.pay, money.held
    if HOLDING & set(left):
        return LineMoney(left, pay, held, why)
    return LineMoney(left, pay + held, ZERO, why)


def amount_if_approved(*, pay: Decimal, held: Decimal, problems: Iterable[str], reason: str) -> Decimal:
    """Return the pounds that approving a line pays: what the card says, and what was held if the approver says why.

    An approver never changes an amount (domain.md 11.3): what a rule took off stays off. Raises RuleBroken when a
    line with a problem is approved without a reason.
    """
    if set(problems) and not reason.strip():
        raise RuleBroken("Say why you approve this line although it has been flagged.", field="reason")
    return pay + held


def is_on_hold(problems: Iterable[str], *, held: Decimal) -> bool:
    """Say whether money of a line waits for something."""
    return held > ZERO and bool(HOLDING & set(problems))


def missing(problems: Iterable[str], *, has_reason: bool, has_answer: bool) -> list[Problem]:
    """Return which of a line's problems its partner has still said nothing about: these they are asked about.

    ``has_reason``: they have said why there is no receipt. ``has_answer``: they have answered in words. What they have
    said something about waits for an approver, not for them.
    """
    said = {Problem.NO_RECEIPT: has_reason, Problem.NEEDS_APPROVAL: has_answer}
    found = set(problems)
    return [problem for problem in ASKS if problem in found and not said[problem]]


def question(asked: Iterable[Problem]) -> str:
    """Return what the partner is asked, as half a sentence: "add a receipt, or say why there is none"."""
    return "; ".join(ASKS[problem] for problem in asked)
