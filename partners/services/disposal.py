"""Disposes of what of partners has been kept long enough, history included."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from partners.models.access import AccessNeed
from partners.models.agreements import Signature
from partners.models.induction import InductionItem
from partners.models.leaving import ExitAnswer, PackText
from partners.models.questions import QuestionEntry
from partners.models.recruitment import PERSONAL, Application
from partners.models.support import AnnualReview, CheckIn, OneToOne
from partners.notifications.recruitment import prefix
from psp_portal.audit.context import SystemActor, audited
from psp_portal.audit.erasing import ERASED, delete, delete_of, erase, erase_words
from psp_portal.notifications.services import remove_letters


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


# --- of appointments that have ended: ``ids`` are theirs ----------------------------------------
@audited("partners.access.dispose")
@transaction.atomic
def dispose_of_access_needs(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Delete what former partners needed, and whether it was there; return how many appointments these were."""
    needs = list(AccessNeed.objects.filter(partner__in=ids).values_list("pk", flat=True))
    delete_of("partners.NeedMet", "need", needs)
    delete_of("partners.AccessNeed", "partner", ids)
    return len(ids)


@audited("partners.profile.dispose")
@transaction.atomic
def dispose_of_profiles(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Delete the time, days away, skills and interests of former partners; return how many appointments these were."""
    for label in ("partners.Profile", "partners.CapacityAgreement", "partners.AwayPeriod"):
        delete_of(label, "partner", ids)
    return len(ids)


@audited("partners.support.dispose")
@transaction.atomic
def dispose_of_support(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Delete talks, mentors and reviews of former partners, and what was theirs alone; return how many appointments."""
    for parts, owner, whole in (
        ("partners.PrivateNote", "talk", OneToOne),
        ("partners.ReviewAnswer", "review", AnnualReview),
        ("partners.CheckInAnswer", "check_in", CheckIn),
    ):
        delete_of(parts, owner, list(whole.objects.filter(partner__in=ids).values_list("pk", flat=True)))
    for label in (
        "partners.OneToOne", "partners.AnnualReview", "partners.CheckIn", "partners.WellbeingPlan", "partners.FollowUp",
        "partners.Mentoring",
    ):  # fmt: skip
        delete_of(label, "partner", ids)
    return len(ids)


@audited("partners.training.dispose")
@transaction.atomic
def dispose_of_training(ids: Collection[UUID], *, claimed: Collection[UUID], by: SystemActor, at: datetime) -> int:
    """Delete what former partners learnt and asked for; return how many appointments these were.

    ``claimed`` are the trainings for whose time money was asked: what a payment rests on stays, without its reference.
    """
    delete_of("partners.DevelopmentRequest", "partner", ids)
    erase_words("partners.TrainingRecord", claimed, "reference")
    delete_of("partners.TrainingRecord", "partner", ids, but=claimed)
    return len(ids)


# --- of others --------------------------------------------------------------------------------
@audited("partners.application.dispose")
@transaction.atomic
def dispose_of_applications(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Take out of applications what somebody said and was told, and leave the number: channel, stage and days."""
    for application in Application.objects.filter(pk__in=ids):
        remove_letters(prefix(application))
    for label in ("partners.Score", "partners.TalkTime", "partners.Letter", "partners.ApplicationKey"):
        delete_of(label, "application", ids)
    erase("partners.Application", ids, dict.fromkeys(PERSONAL, "") | {"name": ERASED})
    return len(ids)


@audited("partners.awaited.dispose")
@transaction.atomic
def dispose_of_awaited(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Delete people of a list who never said yes."""
    return delete("partners.AwaitedPartner", ids)


@audited("partners.question.dispose")
@transaction.atomic
def dispose_of_question_words(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Take the words of closed questions away, and leave when they were asked, answered and closed."""
    entries = list(QuestionEntry.objects.filter(question_id__in=ids).exclude(text="").values_list("pk", flat=True))
    erase_words("partners.QuestionEntry", entries, "text")
    return erase_words("partners.Question", ids, "subject")


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
