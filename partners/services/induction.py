"""Writes about induction."""

from datetime import datetime

from partners.models import Partner
from psp_portal.audit.context import Actor


def begin_induction(partner: Partner, *, by: Actor, at: datetime) -> bool:
    """Make the partner's list from their organisation's template; say whether there was one. The partner is locked."""
    return False
