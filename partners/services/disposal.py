"""Disposes of what of partners who have left has been kept long enough, history included."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from partners.models.leaving import ExitAnswer, PackText
from psp_portal.audit.context import SystemActor, audited
from psp_portal.audit.erasing import delete, erase_words


@audited("partners.journey.dispose")
@transaction.atomic
def dispose_of_journeys(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Delete usual journeys; the journeys of claims are the claims' own."""
    return delete("partners.UsualJourney", ids)


@audited("partners.telephone.dispose")
@transaction.atomic
def dispose_of_telephone_numbers(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Delete telephone numbers; a call's record keeps the last four digits with the bank details it was about."""
    return delete("partners.TelephoneNumber", ids)


@audited("partners.exit.dispose")
@transaction.atomic
def dispose_of_exit_conversations(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Delete exit conversations and what was said in them."""
    ExitAnswer.objects.filter(conversation_id__in=ids).delete()
    return delete("partners.ExitConversation", ids)


@audited("partners.handover.dispose")
@transaction.atomic
def dispose_of_handover_packs(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Delete handover packs and what stands in them."""
    PackText.objects.filter(pack_id__in=ids).delete()
    return delete("partners.HandoverPack", ids)


@audited("partners.succession.dispose")
@transaction.atomic
def dispose_of_succession_notes(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Take the notes out of succession plans; what was decided and when stays."""
    return erase_words("partners.SuccessionPlan", ids, "notes")


@audited("partners.term.dispose")
@transaction.atomic
def dispose_of_term_reasons(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Take the reasons out of changes of a term; the days stay."""
    return erase_words("partners.TermChange", ids, "reason")
