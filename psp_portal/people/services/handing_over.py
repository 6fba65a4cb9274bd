"""Hands over what somebody answers for, in the transaction that changes who is there."""

from datetime import datetime
from uuid import UUID

from expenses import services as expenses
from partners.services import questions
from psp_portal.audit.context import Actor


def hand_over(organisation_id: UUID, *, by: Actor, at: datetime) -> None:
    """Give every open claim and question of an organisation to whoever should have it now.

    Raises RuleBroken when one would be left with nobody.
    """
    expenses.hand_over_claims(organisation_id=organisation_id, by=by, at=at)
    questions.hand_over_questions(organisation_id=organisation_id, by=by, at=at)
