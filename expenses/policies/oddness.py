"""What is unlike a partner's other claims, so that an approver need not remember them. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from statistics import median

# Fewer than these say nothing of what is usual.
FEWEST = 3
# An amount is far above the usual from this many times the median on.
FAR_ABOVE = 2


def usual_amount(earlier: Sequence[Decimal]) -> Decimal | None:
    """Return what somebody usually claims for a kind, in pounds: the median of earlier amounts; None for too few."""
    return median(earlier) if len(earlier) >= FEWEST else None


def is_far_above_usual(amount: Decimal, earlier: Sequence[Decimal]) -> bool:
    """Say whether an amount is far above what this partner usually claims for the kind."""
    usual = usual_amount(earlier)
    return usual is not None and usual > 0 and amount >= FAR_ABOVE * usual
