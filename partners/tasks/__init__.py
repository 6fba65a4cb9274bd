"""Celery to one service. A module for each part."""

from partners.tasks import (
    access,
    checks,
    diversity,
    imports,
    induction,
    interests,
    leaving,
    questions,
    recruitment,
    support,
    training,
)

__all__ = [
    "access",
    "checks",
    "diversity",
    "imports",
    "induction",
    "interests",
    "leaving",
    "questions",
    "recruitment",
    "support",
    "training",
]
