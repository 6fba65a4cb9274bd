"""Disposes of what of partners who have left has been kept long enough, history included."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from partners.models.induction import InductionItem
from psp_portal.audit.context import SystemActor, audited
from psp_portal.audit.erasing import delete


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


@audited("partners.induction.dispose")
@transaction.atomic
def dispose_of_inductions(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Delete inductions with their lists and working agreements; the organisation's template has nobody's words."""
    items = InductionItem.objects.filter(induction_id__in=ids)
    delete("partners.InductionItem", list(items.values_list("pk", flat=True)))
    return delete("partners.Induction", ids)


@audited("partners.newcomer_note.dispose")
@transaction.atomic
def dispose_of_newcomer_notes(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Delete notes for newcomers."""
    return delete("partners.NewcomerNote", ids)
