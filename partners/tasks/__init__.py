"""Celery to one service. A module for each part."""

from partners.tasks import (
    access,
    agreements,
    capacity,
    checks,
    diversity,
    imports,
    induction,
    leaving,
    questions,
    recruitment,
    support,
    training,
)

__all__ = [
    "access",
    "agreements",
    "capacity",
    "checks",
    "diversity",
    "imports",
    "induction",
    "leaving",
    "questions",
    "recruitment",
    "support",
    "training",
]
