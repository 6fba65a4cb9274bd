"""The price of a claim: every line, the totals, what payroll must know and the clock. Pure."""

from collections.abc import Collection, Hashable, Sequence
from dataclasses import replace
from datetime import date

from expenses.enums import Problem
from expenses.policies import deadlines, entitlement, limits, mileage
from expenses.policies.card import TIME_KINDS, ClaimToPrice, LineToPrice, PricedClaim, PricedLine, RateCard, Totals
from psp_portal.dates import format_date
from psp_portal.money import total

_PROBLEM_ORDER = list(Problem)


def price_claim(claim: ClaimToPrice, card: RateCard, holidays: Collection[date]) -> PricedClaim:
    """Price a claim against a rate card (product.md E4, E11; domain.md 11.3).

    Money is in pounds; each line is rounded half up to the penny and then summed. ``holidays`` are England's bank
    holidays for the time of the clock. A line's problems come in the order of ``Problem``; a problem touches its own
    line only, and the rest of the claim goes on. Raises ValueError when two lines have the same key.
    """
    time = entitlement.take_preference(entitlement.price_time(claim, card), claim.preference, claim.reduced_to)
    priced: dict[Hashable, PricedLine] = {
        line.key: line for line in [*time, *mileage.price_mileage(claim, card), *limits.price_amounts(claim, card)]
    }
    if len(priced) != len(claim.lines):
        raise ValueError("each line of a claim needs a key of its own")
    lines = tuple(_flag(priced[line.key], line, claim.submitted_on, card) for line in claim.lines)
    return PricedClaim(
        lines=lines,
        totals=add_up(lines),
        above_hmrc_mileage=mileage.above_hmrc(claim, card),
        clock=deadlines.claim_clock(claim.submitted_on, card.clock, holidays),
    )


def add_up(lines: Sequence[PricedLine]) -> Totals:
    """Return the sums of some priced lines; time and expenses are separate ledgers (domain.md 11.1, point 4)."""
    return Totals(
        time=total(line.pay for line in lines if line.kind in TIME_KINDS),
        expenses=total(line.pay for line in lines if line.kind not in TIME_KINDS),
        pay=total(line.pay for line in lines),
        held=total(line.held for line in lines),
        disallowed=total(line.disallowed for line in lines),
        declined=total(line.declined for line in lines),
    )


def _flag(priced: PricedLine, line: LineToPrice, submitted_on: date, card: RateCard) -> PricedLine:
    """Flag a line that comes late, which changes no price, and put the line's problems in their order."""
    problems, rule = priced.problems, priced.rule
    # Of what pays nothing it does not matter how late it is.
    if not line.is_booked and deadlines.is_outside_claim_window(line.on, submitted_on, card.claim_window_months):
        problems = (*problems, Problem.OUTSIDE_CLAIM_WINDOW)
        last_day = deadlines.claim_window_ends(line.on, card.claim_window_months)
        rule += f"; claimed after {format_date(last_day)}, so someone decides on it"
    return replace(priced, problems=tuple(sorted(problems, key=_PROBLEM_ORDER.index)), rule=rule)
