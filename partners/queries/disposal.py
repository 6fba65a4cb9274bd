"""Reads what of partners who have left has been kept long enough; what to do with it is ``services.disposal``.

Each function takes the first day that is still kept and returns rows with ``person_id`` and ``began_on``, the day on
which their partner left.
"""

from datetime import date
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet

from partners.models import Partner, TelephoneNumber, UsualJourney
from partners.models.induction import Induction, NewcomerNote


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


def inductions_of_leavers(organisation_id: UUID, day: date) -> QuerySet[Induction]:
    """Return the inductions of partners who left an organisation before a day."""
    return Induction.objects.filter(partner__organisation_id=organisation_id, partner__left_on__lt=day).annotate(
        person_id=F("partner__user_id"), began_on=F("partner__left_on")
    )


def newcomer_notes_of_leavers(organisation_id: UUID, day: date) -> QuerySet[NewcomerNote]:
    """Return the notes for newcomers by partners who left an organisation before a day."""
    return NewcomerNote.objects.filter(partner__organisation_id=organisation_id, partner__left_on__lt=day).annotate(
        person_id=F("partner__user_id"), began_on=F("partner__left_on")
    )
