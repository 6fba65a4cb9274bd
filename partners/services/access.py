"""Keeps what somebody needs so that they can take part."""

from datetime import datetime
from uuid import UUID

from psp_portal.audit.context import Actor


def take_over_needs(*, partner_id: UUID, wanted: str, by: Actor, at: datetime) -> None:
    """Keep what an applicant said they need, in their own words, as the first step of their new record of needs."""
