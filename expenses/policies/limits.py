"""What an expense with an amount pays: receipts, approvals, first class and caps. Pure."""

from decimal import Decimal

from expenses.enums import FareClass, LineKind, Problem
from expenses.policies.card import AMOUNT_KINDS, ClaimToPrice, LineToPrice, PricedLine, RateCard, in_force
from psp_portal.money import ZERO, format_pounds

HELD_FOR_RECEIPT = "held until there is a receipt"
HELD_FOR_APPROVAL = "held until it is approved"
BOOKED = "booked and paid for by the organisation: nothing to pay"


def price_amounts(claim: ClaimToPrice, card: RateCard) -> list[PricedLine]:
    """Price the claim's lines with an amount, in line order.

    - A receipt that an earlier line or another claim has used makes the line pay nothing: the whole amount is
      disallowed, and no other rule is asked about it.
    - First class without the approval that the card wants is paid up to the standard fare; where it was no dearer,
      nothing is wrong (S63, S64: first class only if cheaper). With approval the fare is paid as it was.
    - Then the cap of the day: what is over it is disallowed, unless it was agreed in the portal to pay more than the
      cap (domain.md 11.3: an over-cap item needs approval beforehand); then what was agreed takes the cap's place.
    - What remains is held, once, while a receipt or an approval is missing (domain.md 11.3).
    - Of what was agreed in the portal up to an amount, a line that costs more is not approved.
    - What the organisation booked pays nothing and needs nothing.
    """
    used = set(claim.receipts_used_before)
    priced = []
    for line in claim.lines:
        if line.kind not in AMOUNT_KINDS:
            continue
        if line.is_booked:
            priced.append(PricedLine(line.key, line.kind, rule=BOOKED))
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
        row = cap.row
        most = _most(cap.amount, line)
        if allowed > most:
            allowed = most
            problems.append(Problem.OVER_CAP)
            reasons.append(f"up to the limit of {format_pounds(allowed)}")
        else:
            reasons.append(f"over the limit of {format_pounds(cap.amount)}, as agreed beforehand")

    if line.receipt is None:
        problems.append(Problem.NO_RECEIPT)
        reasons.append(HELD_FOR_RECEIPT)
    if line.kind in card.needs_approval and not _is_approved(line):
        problems.append(Problem.NEEDS_APPROVAL)
        reasons.append(f"{HELD_FOR_APPROVAL}{_short_of(line)}")
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
    return _is_first_class_to_approve(line, card) and not _is_approved(line)


def _is_first_class_to_approve(line: LineToPrice, card: RateCard) -> bool:
    return line.kind == LineKind.RAIL and line.fare_class == FareClass.FIRST and card.first_class_needs_approval


def rests_on_a_word(line: LineToPrice, card: RateCard) -> bool:
    """Say whether a line needed approval, and all that speaks for it is a name that its partner typed.

    It is paid as one that was agreed; somebody looks at it first.
    """
    if line.kind not in AMOUNT_KINDS or line.is_booked or line.approval is None or _is_agreed(line):
        return False
    is_dearer = _is_first_class_to_approve(line, card) and line.amount > line.standard_fare
    return line.kind in card.needs_approval or is_dearer


def _is_approved(line: LineToPrice) -> bool:
    """Somebody is named who agreed, or it was agreed in the portal up to enough."""
    return line.approval is not None or _is_agreed(line)


def _is_agreed(line: LineToPrice) -> bool:
    return line.agreement is not None and line.agreement.covers(line.amount)


def _short_of(line: LineToPrice) -> str:
    """Return what of the agreed amount is left, for a line that is more; nothing where nothing was agreed."""
    if line.agreement is None or line.agreement.left is None:
        return ""
    return f", because {format_pounds(max(line.agreement.left, ZERO))} of what was agreed is left"


def _most(cap: Decimal, line: LineToPrice) -> Decimal:
    """Return the most that a line pays where there is a cap: more than the cap only as far as that was agreed."""
    if line.agreement is None or not line.agreement.is_over_limit:
        return cap
    return line.amount if line.agreement.left is None else max(cap, line.agreement.left)
