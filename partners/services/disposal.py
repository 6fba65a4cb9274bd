"""Disposes of what of partners has been kept long enough, history included."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from partners.models.questions import QuestionEntry
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


@audited("partners.question.dispose")
@transaction.atomic
def dispose_of_question_words(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Take the words of closed questions away, and leave when they were asked, answered and closed."""
    entries = list(QuestionEntry.objects.filter(question_id__in=ids).exclude(text="").values_list("pk", flat=True))
    erase_words("partners.QuestionEntry", entries, "text")
    return erase_words("partners.Question", ids, "subject")
