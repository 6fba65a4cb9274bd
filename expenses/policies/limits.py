"""What an expense with an amount pays: receipts, approvals, first class and caps. Pure."""

from expenses.enums import FareClass, LineKind, Problem
from expenses.policies.card import AMOUNT_KINDS, ClaimToPrice, LineToPrice, PricedLine, RateCard, in_force
from psp_portal.money import ZERO, format_pounds

HELD_FOR_RECEIPT = "held until there is a receipt"


def price_amounts(claim: ClaimToPrice, card: RateCard) -> list[PricedLine]:
    """Price the claim's lines with an amount, in line order.

    - A receipt that an earlier line or another claim has used makes the line pay nothing: the whole amount is
      disallowed, and no other rule is asked about it.
    - First class without the approval that the card wants is paid up to the standard fare; where it was no dearer,
      nothing is wrong (S63, S64: first class only if cheaper). With approval the fare is paid as it was.
    - Then the cap of the day: what is over it is disallowed, with approval or without.
    - What remains is held, once, while a receipt or an approval is missing (domain.md 11.3).
    """
    used = set(claim.receipts_used_before)
    priced = []
    for line in claim.lines:
        if line.kind not in AMOUNT_KINDS:
            continue
        if line.receipt is not None and line.receipt in used:
            priced.append(_duplicate(line))
            continue
        if line.receipt is not None:
            used.add(line.receipt)
        priced.append(_price_amount(line, card))
    return priced


def _duplicate(line: LineToPrice) -> PricedLine:
    return PricedLine(
        line.key,
        line.kind,
        disallowed=line.amount,
        problems=(Problem.DUPLICATE_RECEIPT,),
        rule="this receipt has been used before: nothing to pay",
    )


def in_words(reasons: list[str]) -> str:
    """Return why a line with a receipt pays what it pays."""
    return "; ".join(reasons or ["as receipted"])


def _price_amount(line: LineToPrice, card: RateCard) -> PricedLine:
    problems = []
    reasons = []
    row = None
    allowed = line.amount

    if _is_first_class_unapproved(line, card) and allowed > line.standard_fare:
        allowed = line.standard_fare
        problems.append(Problem.FIRST_CLASS)
        reasons.append(f"first class was not approved: standard fare {format_pounds(allowed)}")

    cap = in_force((cap for cap in card.caps if cap.kind == line.kind), line.on)
    if cap is not None and allowed > cap.amount:
        allowed = cap.amount
        row = cap.row
        problems.append(Problem.OVER_CAP)
        reasons.append(f"up to the limit of {format_pounds(allowed)}")

    if line.receipt is None:
        problems.append(Problem.NO_RECEIPT)
        reasons.append(HELD_FOR_RECEIPT)
    if line.kind in card.needs_approval and line.approval is None:
        problems.append(Problem.NEEDS_APPROVAL)
        reasons.append("held until it is approved")
    is_held = Problem.NO_RECEIPT in problems or Problem.NEEDS_APPROVAL in problems

    return PricedLine(
        line.key,
        line.kind,
        pay=ZERO if is_held else allowed,
        held=allowed if is_held else ZERO,
        disallowed=line.amount - allowed,
        problems=tuple(problems),
        rule=in_words(reasons),
        row=row,
    )


def _is_first_class_unapproved(line: LineToPrice, card: RateCard) -> bool:
    return (
        line.kind == LineKind.RAIL
        and line.fare_class == FareClass.FIRST
        and card.first_class_needs_approval
        and line.approval is None
    )
