"""The template library ``claims``: what pages of other apps show of somebody's own claims."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django import template

from expenses import queries

register = template.Library()


@register.simple_tag
def trainings_claimed(user: Any, today: date) -> Mapping[UUID, UUID]:
    """Return the claims for the time of somebody's own trainings, by training. One query."""
    return queries.trainings_claimed(user, today=today)


@register.filter
def claim_for(claims: Mapping[UUID, UUID], key: UUID) -> UUID | None:
    """Return the claim that there is for something, or None: ``{{ claimed|claim_for:record.pk }}``."""
    return claims.get(key)
