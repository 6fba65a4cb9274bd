"""Disposes of what of partners who have left has been kept long enough, history included."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from partners.models.agreements import Signature
from psp_portal.audit.context import SystemActor, audited
from psp_portal.audit.erasing import delete, erase


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


@audited("partners.check.dispose")
@transaction.atomic
def dispose_of_checks(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Delete what came of checks."""
    return delete("partners.Check", ids)


@audited("partners.signature.dispose")
@transaction.atomic
def dispose_of_signatures(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Delete signatures; the versions that were signed are the organisation's and stay."""
    return delete("partners.Signature", ids)


@audited("partners.interest.dispose")
@transaction.atomic
def dispose_of_interests(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Delete declared interests."""
    return delete("partners.Interest", ids)


@audited("partners.declaration.dispose")
@transaction.atomic
def dispose_of_declarations(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Delete yearly declarations of interests."""
    return delete("partners.Declaration", ids)


@audited("partners.signature.dispose")
@transaction.atomic
def dispose_of_signed_name(*, user_id: UUID, name: str, by: SystemActor, at: datetime) -> None:
    """Put ``name`` in place of what somebody typed to sign, where signatures are kept for longer than their name."""
    signed = list(Signature.objects.filter(partner__user_id=user_id).values_list("pk", flat=True))
    erase("partners.Signature", signed, {"name": name})
