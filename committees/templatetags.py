"""The template library ``committees``: what pages of partners show of committees, who must not import them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import template

from committees import queries

register = template.Library()


@register.simple_tag
def months_of_time(partner: Any, months: Iterable[date]) -> list[Any]:
    """Return what is agreed, promised and left of a partner's months: ``{% months_of_time partner months as x %}``."""
    return queries.months_of_time([partner], months)[partner.pk]


@register.simple_tag
def escorts_of(user: Any, partner: Any, today: date) -> list[Any]:
    """Return who goes along with a partner to a first meeting: ``{% escorts_of user partner today as escorts %}``."""
    return queries.escorts_of_partner(user, partner.pk, today=today)


@register.simple_tag
def any_over(times: Iterable[Any]) -> bool:
    """Say whether more is promised than agreed in any of these months."""
    return any(time.is_over for time in times)
