"""Reads what of partners who have left has been kept long enough; what to do with it is ``services.disposal``.

Each function takes the first day that is still kept and returns rows with ``person_id`` and ``began_on``, the day on
which their partner left.
"""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet

from partners.models import Partner, TelephoneNumber, UsualJourney
from partners.models.leaving import ExitConversation, HandoverPack, SuccessionPlan, TermChange
from psp_portal.audit.erasing import ERASED


def last_left_of(person: OuterRef) -> QuerySet:
    """Return the days on which somebody left an organisation, the last first, for use in a subquery."""
    return Partner.objects.filter(user=person, left_on__isnull=False).order_by("-left_on").values("left_on")


def serving_people() -> QuerySet:
    """Return the keys of everybody with an appointment, anywhere, that has not ended, for use in a filter."""
    return Partner.objects.serving().values("user_id")


def journeys_of_leavers(organisation_id: UUID, day: date) -> QuerySet[UsualJourney]:
    """Return the usual journeys of partners who left an organisation before a day."""
    return UsualJourney.objects.filter(partner__organisation_id=organisation_id, partner__left_on__lt=day).annotate(
        person_id=F("partner__user_id"), began_on=F("partner__left_on")
    )


def telephone_numbers_of_leavers(organisation_id: UUID, day: date) -> QuerySet[TelephoneNumber]:
    """Return the telephone numbers, replaced ones too, of partners who left an organisation before a day."""
    return TelephoneNumber.objects.filter(partner__organisation_id=organisation_id, partner__left_on__lt=day).annotate(
        person_id=F("partner__user_id"), began_on=F("partner__left_on")
    )


def exit_conversations_of_leavers(organisation_id: UUID, day: date) -> QuerySet[ExitConversation]:
    """Return the exit conversations of partners who left an organisation before a day."""
    return _of_leavers(ExitConversation.objects, organisation_id, day)


def handover_packs_of_leavers(organisation_id: UUID, day: date) -> QuerySet[HandoverPack]:
    """Return the handover packs of partners who left an organisation before a day."""
    return _of_leavers(HandoverPack.objects, organisation_id, day)


def succession_plans_of_leavers(organisation_id: UUID, day: date) -> QuerySet[SuccessionPlan]:
    """Return the succession plans, with notes, of partners who left an organisation before a day."""
    return _of_leavers(SuccessionPlan.objects.exclude(notes=""), organisation_id, day).exclude(notes=ERASED)


def term_changes_of_leavers(organisation_id: UUID, day: date) -> QuerySet[TermChange]:
    """Return the changes of a term, with their reasons, of partners who left an organisation before a day."""
    return _of_leavers(TermChange.objects, organisation_id, day).exclude(reason=ERASED)


def _of_leavers(rows: Any, organisation_id: UUID, day: date) -> Any:
    return rows.filter(partner__organisation_id=organisation_id, partner__left_on__lt=day).annotate(
        person_id=F("partner__user_id"), began_on=F("partner__left_on")
    )
