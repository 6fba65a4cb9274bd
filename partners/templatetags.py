"""The template library ``partners``: how pages write what belongs to partners. Words only."""

from decimal import Decimal

from django import template

register = template.Library()


@register.filter
def time_amount(amount: Decimal) -> str:
    """Write an amount of hours or days without needless noughts: 8, 1.5."""
    return f"{amount.normalize():f}"
