"""Pounds and pence. Pure; the only place in the code that rounds money."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

PENNY = Decimal("0.01")
ZERO = Decimal("0.00")


def to_pence(amount: Decimal) -> Decimal:
    """Round an amount in pounds half up to the penny (domain.md 11.1, point 3)."""
    return amount.quantize(PENNY, rounding=ROUND_HALF_UP)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Add amounts in pounds that are already whole pence; nothing adds up to £0.00."""
    return sum(amounts, ZERO)


def format_pounds(amount: Decimal) -> str:
    """Write an amount in pounds as people read it: £1,234.50, and -£5.00 below nought."""
    pence = to_pence(amount)
    sign = "-" if pence < 0 else ""
    return f"{sign}£{abs(pence):,.2f}"


def format_rate(rate: Decimal) -> str:
    """Write a rate in pounds a mile as people say it: 55p, 29.5p, £1.05."""
    if rate >= 1:
        return format_pounds(rate)
    return f"{format_number(rate * 100)}p"


def format_number(value: Decimal) -> str:
    """Write a number with no more decimals than it needs: 24.6, 20."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
