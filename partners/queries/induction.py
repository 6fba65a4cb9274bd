"""Reads inductions."""

from uuid import UUID


def has_template(organisation_id: UUID, role_category: int) -> bool:
    """Say whether an organisation has an induction for partners of a role category."""
    return False
