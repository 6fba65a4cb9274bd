"""What time earns: involvement payments, cancelled meetings, and what the partner chose to take of it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from expenses.enums import AtBoundary, LineKind, Preference, Problem
from expenses.policies.card import (
    TIME_KINDS,
    ByDay,
    ByHour,
    BySession,
    ClaimToPrice,
    LineToPrice,
    PricedLine,
    RateCard,
    TimeBefore,
    TimeRate,
    TimeTerms,
    in_force,
)
from psp_portal.dates import format_date, format_minutes
from psp_portal.money import ZERO, format_number, format_pounds, to_pence

MINUTES_IN_HOUR = 60


def earned(terms: TimeTerms, minutes: int) -> Decimal:
    """Return what a day's minutes earn, in pounds. No minutes earn nothing (domain.md 11.3)."""
    if minutes == 0:
        return ZERO
    match terms:
        case ByDay():
            return terms.full_day if _is_full_day(terms, minutes) else terms.half_day
        case ByHour():
            return to_pence(terms.rate * minutes / MINUTES_IN_HOUR)
        case BySession():
            return terms.amount * _sessions(terms, minutes)
        case _:
            return ZERO


def price_time(claim: ClaimToPrice, card: RateCard) -> list[PricedLine]:
    """Price the claim's lines for time, in line order, before the partner's preference.

    - Minutes are summed over the day's involvement payments, whatever the activity. What the sum earns stands on the
      first of them; the day's later ones show nothing.
    - A cancelled meeting is not time given: it stands on its own line and pays what the card says, where the notice
      was ``within_hours`` or fewer (a notice of exactly 24 hours is within 24 hours).
    - A day paid by half and full days pays one full day at most. Time given comes first, then cancelled meetings in
      line order.
    - Time on the partner's other claims counts: the day's minutes are summed with it, what it earned is taken off,
      never to below nothing.
    """
    lines = [line for line in claim.lines if line.kind in TIME_KINDS]
    priced: dict[int, PricedLine] = {}
    for on in sorted({line.on for line in lines}):
        of_day = [(place, line) for place, line in enumerate(lines) if line.on == on]
        before = [time for time in claim.time_before if time.on == on]
        prices = _price_day(on, [line for _, line in of_day], before, claim.role_category, card)
        priced.update(zip((place for place, _ in of_day), prices, strict=True))
    return [priced[place] for place in range(len(lines))]


def take_preference(lines: Iterable[PricedLine], preference: Preference, reduced_to: Decimal) -> list[PricedLine]:
    """Move to ``declined`` what the partner asked not to have for time, in line order.

    Reduced: ``reduced_to`` pounds for the whole claim are paid, the earlier lines first. Declined: nothing is.
    """
    if preference == Preference.FULL:
        return list(lines)
    left = reduced_to if preference == Preference.REDUCED else ZERO
    taken = []
    for line in lines:
        pay = min(line.pay, left)
        left -= pay
        if pay == line.pay:
            taken.append(line)
            continue
        note = f"{format_pounds(pay)} taken, as the partner asked" if pay else "not taken, as the partner asked"
        taken.append(replace(line, pay=pay, declined=line.pay - pay, rule=f"{line.rule}; {note}"))
    return taken


def _price_day(
    on: date, lines: Sequence[LineToPrice], before: Sequence[TimeBefore], role_category: int, card: RateCard
) -> list[PricedLine]:
    row = in_force((rate for rate in card.time_rates if role_category in rate.role_categories), on)
    if row is None:
        rule = f"time is not paid for role category {role_category} on {format_date(on)}"
        return [PricedLine(line.key, line.kind, problems=(Problem.ROLE_NOT_PAID,), rule=rule) for line in lines]

    already = sum((time.earned + time.cancelled for time in before), ZERO)
    room = max(ZERO, row.terms.full_day - already) if isinstance(row.terms, ByDay) else None
    given = [place for place, line in enumerate(lines) if line.kind == LineKind.INVOLVEMENT_PAYMENT]
    cancelled = [place for place, line in enumerate(lines) if line.kind == LineKind.CANCELLED_MEETING]
    minutes = sum(lines[place].minutes for place in given)

    priced: dict[int, PricedLine] = {}
    for place in given:
        line = lines[place]
        if place == given[0]:
            priced[place] = _price_time_given(line, minutes, before, row, room)
            room = None if room is None else room - priced[place].pay
        else:
            rule = f"counted with the first line for time on {format_date(on)}"
            priced[place] = PricedLine(line.key, line.kind, rule=rule, row=row.row)
    for place in cancelled:
        priced[place] = _price_cancelled(lines[place], row, card, room)
        room = None if room is None else room - priced[place].pay
    return [priced[place] for place in range(len(lines))]


def _price_time_given(
    line: LineToPrice, minutes: int, before: Sequence[TimeBefore], row: TimeRate, room: Decimal | None
) -> PricedLine:
    minutes_before = sum(time.minutes for time in before)
    earned_before = sum((time.earned for time in before), ZERO)
    when = format_date(line.on)
    if minutes == 0:
        return PricedLine(line.key, line.kind, rule=f"no time on {when}: nothing to pay", row=row.row)

    due = earned(row.terms, minutes + minutes_before)
    rule = f"{format_minutes(minutes + minutes_before)} on {when}{_in_words(row.terms, minutes + minutes_before)}"
    pay = max(ZERO, due - earned_before)
    if earned_before:
        rule += f", less {format_pounds(earned_before)} on another claim for that day"
    if room is not None and pay > room:
        pay = room
        rule += "; one full day a day at most, with other claims"
    return PricedLine(line.key, line.kind, pay=pay, rule=rule, row=row.row)


def _price_cancelled(line: LineToPrice, row: TimeRate, card: RateCard, room: Decimal | None) -> PricedLine:
    when = format_date(line.on)
    unpaid = PricedLine(line.key, line.kind, row=row.row)
    if card.late_cancellation is None:
        return replace(unpaid, rule="cancelled meetings are not paid on this rate card")
    if room is None or not isinstance(row.terms, ByDay):
        return replace(unpaid, rule="cancelled meetings are paid only where time is paid by the day")
    within = card.late_cancellation.within_hours
    notice = f"{format_number(line.notice_hours)} {'hour' if line.notice_hours == 1 else 'hours'}"
    if line.notice_hours > within:
        rule = f"cancelled {notice} before the meeting on {when}: paid only within {within} hours"
        return replace(unpaid, rule=rule)
    is_full = card.late_cancellation.pays == AtBoundary.FULL_DAY
    due = row.terms.full_day if is_full else row.terms.half_day
    rule = f"cancelled {notice} before the meeting on {when}: {'full' if is_full else 'half'} day"
    if due > room:
        rule += "; one full day a day at most"
    return replace(unpaid, pay=min(due, room), rule=rule)


def _is_full_day(terms: ByDay, minutes: int) -> bool:
    if minutes == terms.boundary_minutes:
        return terms.at_boundary == AtBoundary.FULL_DAY
    return minutes > terms.boundary_minutes


def _sessions(terms: BySession, minutes: int) -> int:
    # Each started session: rounded up without leaving whole numbers.
    return -(-minutes // terms.session_minutes)


def _in_words(terms: TimeTerms, minutes: int) -> str:
    match terms:
        case ByDay():
            return ": full day" if _is_full_day(terms, minutes) else ": half day"
        case ByHour():
            return f" at {format_pounds(terms.rate)} an hour"
        case BySession():
            count = _sessions(terms, minutes)
            what = f"session of {format_minutes(terms.session_minutes)} or part of it"
            each = format_pounds(terms.amount)
            return f": 1 {what} at {each}" if count == 1 else f": {count} × {what} at {each}"
        case _:
            return ": this role is not paid for time"
