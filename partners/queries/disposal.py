"""Reads what of partners who have left has been kept long enough; what to do with it is ``services.disposal``.

Each function takes the first day that is still kept and returns rows with ``person_id`` and ``began_on``, the day on
which their partner left or their question was closed.
"""

from datetime import date
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import TruncDate

from partners.models import Partner, TelephoneNumber, UsualJourney
from partners.models.agreements import Signature
from partners.models.checks import Check
from partners.models.imports import AwaitedPartner
from partners.models.induction import Induction, NewcomerNote
from partners.models.interests import Declaration, Interest
from partners.models.leaving import ExitConversation, HandoverPack, SuccessionPlan, TermChange
from partners.models.questions import Question
from partners.models.recruitment import Application
from psp_portal.audit.erasing import ERASED
from psp_portal.dates import LONDON, start_of_day


def last_left_of(person: OuterRef) -> QuerySet:
    """Return the days on which somebody left an organisation, the last first, for use in a subquery."""
    return Partner.objects.filter(user=person, left_on__isnull=False).order_by("-left_on").values("left_on")


def serving_people() -> QuerySet:
    """Return the keys of everybody with an appointment, anywhere, that has not ended, for use in a filter."""
    return Partner.objects.serving().values("user_id")


def journeys_of_leavers(organisation_id: UUID, day: date) -> QuerySet[UsualJourney]:
    """Return the usual journeys of partners who left an organisation before a day."""
    return _of_leavers(UsualJourney.objects.all(), organisation_id, day)


def telephone_numbers_of_leavers(organisation_id: UUID, day: date) -> QuerySet[TelephoneNumber]:
    """Return the telephone numbers, replaced ones too, of partners who left an organisation before a day."""
    return _of_leavers(TelephoneNumber.objects.all(), organisation_id, day)


def checks_of_leavers(organisation_id: UUID, day: date) -> QuerySet[Check]:
    """Return the checks of partners who left an organisation before a day."""
    return _of_leavers(Check.objects.all(), organisation_id, day)


def signatures_of_leavers(organisation_id: UUID, day: date) -> QuerySet[Signature]:
    """Return the signatures of partners who left an organisation before a day; the texts they signed stay."""
    return _of_leavers(Signature.objects.all(), organisation_id, day)


def interests_of_leavers(organisation_id: UUID, day: date) -> QuerySet[Interest]:
    """Return the declared interests of partners who left an organisation before a day."""
    return _of_leavers(Interest.objects.all(), organisation_id, day)


def declarations_of_leavers(organisation_id: UUID, day: date) -> QuerySet[Declaration]:
    """Return the yearly declarations of partners who left an organisation before a day."""
    return _of_leavers(Declaration.objects.all(), organisation_id, day)


def inductions_of_leavers(organisation_id: UUID, day: date) -> QuerySet[Induction]:
    """Return the inductions of partners who left an organisation before a day."""
    return _of_leavers(Induction.objects.all(), organisation_id, day)


def newcomer_notes_of_leavers(organisation_id: UUID, day: date) -> QuerySet[NewcomerNote]:
    """Return the notes for newcomers by partners who left an organisation before a day."""
    return _of_leavers(NewcomerNote.objects.all(), organisation_id, day)


def exit_conversations_of_leavers(organisation_id: UUID, day: date) -> QuerySet[ExitConversation]:
    """Return the exit conversations of partners who left an organisation before a day."""
    return _of_leavers(ExitConversation.objects.all(), organisation_id, day)


def handover_packs_of_leavers(organisation_id: UUID, day: date) -> QuerySet[HandoverPack]:
    """Return the handover packs of partners who left an organisation before a day."""
    return _of_leavers(HandoverPack.objects.all(), organisation_id, day)


def succession_plans_of_leavers(organisation_id: UUID, day: date) -> QuerySet[SuccessionPlan]:
    """Return the succession plans, with notes, of partners who left an organisation before a day."""
    return _of_leavers(SuccessionPlan.objects.exclude(notes__in=["", ERASED]), organisation_id, day)


def term_changes_of_leavers(organisation_id: UUID, day: date) -> QuerySet[TermChange]:
    """Return the changes of a term, with their reasons, of partners who left an organisation before a day."""
    return _of_leavers(TermChange.objects.exclude(reason=ERASED), organisation_id, day)


def _of_leavers(rows: QuerySet, organisation_id: UUID, day: date) -> QuerySet:
    return rows.filter(partner__organisation_id=organisation_id, partner__left_on__lt=day).annotate(
        person_id=F("partner__user_id"), began_on=F("partner__left_on")
    )


def leavers(organisation_id: UUID, day: date) -> QuerySet[Partner]:
    """Return the appointments that ended at an organisation before a day, whatever there is of them.

    Whoever reads what will be removed must not learn from it who had access needs, or wrote down how they were: every
    leaver is among them, once.
    """
    return Partner.objects.filter(organisation_id=organisation_id, left_on__lt=day).annotate(
        person_id=F("user_id"), began_on=F("left_on")
    )


def applications_of_leavers(organisation_id: UUID, day: date) -> QuerySet[Application]:
    """Return the applications by which partners came who left an organisation before a day."""
    return Application.objects.filter(vacancy__organisation_id=organisation_id, partner__left_on__lt=day).annotate(
        person_id=F("partner__user_id"), began_on=F("partner__left_on")
    )


def awaited_since(organisation_id: UUID, day: date) -> QuerySet[AwaitedPartner]:
    """Return the people whom an organisation brought in from a list before a day and who have not said yes."""
    return AwaitedPartner.objects.filter(organisation_id=organisation_id, at__lt=start_of_day(day)).annotate(
        began_on=TruncDate("at", tzinfo=LONDON)
    )


def questions_closed_before(organisation_id: UUID, day: date) -> QuerySet[Question]:
    """Return the questions asked at an organisation that were closed before a day."""
    return Question.objects.filter(organisation_id=organisation_id, closed_at__lt=start_of_day(day)).annotate(
        person_id=F("asker_id"), began_on=TruncDate("closed_at", tzinfo=LONDON)
    )


def open_questions_of(person: OuterRef) -> Exists:
    """Return the condition that somebody has asked a question that is not closed, for use in a filter."""
    return Exists(Question.objects.open().filter(asker=person))
