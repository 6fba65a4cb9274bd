"""Writes about questions; one function for each thing a person, or the clock, can do."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from partners.enums.questions import AskedRole, EntryKind, QuestionAction, QuestionMove, QuestionStatus
from partners.models import Partner
from partners.models.questions import Question, QuestionEntry, QuestionQuerySet, QuestionSettings, QuestionStep
from partners.notifications import questions as notifications
from partners.permissions import questions as permissions
from partners.policies import questions as policies
from partners.queries import questions as queries
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import directory
from psp_portal.accounts.roles import Directory
from psp_portal.accounts.services.locks import lock_organisation
from psp_portal.audit.context import Actor, SystemActor, acting_as, audited
from psp_portal.calendar_england import bank_holidays
from psp_portal.dates import add_working_days, local_date, working_days_between
from psp_portal.exceptions import RuleBroken

CLOCK = SystemActor("partners.follow_questions")
PASSED_ON = "Whoever had it is away or has left."


# --- asking ---------------------------------------------------------------------------------
@audited("partners.question.ask")
@transaction.atomic
def ask_question(*, partner_id: UUID, to_role: AskedRole, subject: str, text: str, by: User, at: datetime) -> Question:
    """Ask a role something, as of right: an owner, a deputy and the day by which to reply are set at once.

    Raises RuleBroken for a question without words, and where nobody but the asker holds the role.
    """
    partner = Partner.objects.select_related("user", "organisation").get(pk=partner_id)
    permissions.check_can_ask(by, partner)
    policies.check_subject(subject)
    policies.check_text(text, missing="Enter your question")
    # Whoever ends a role holds this row too: the question finds them there, or is among those that are handed over.
    lock_organisation(partner.organisation_id)
    wanted = policies.InHand(to_role, by.pk, partner.lead_id, queries.load_at(partner.organisation_id))
    hands = policies.first_hands(wanted, directory(partner.organisation_id, local_date(at)))
    question = Question(
        organisation_id=partner.organisation_id,
        asker=by,
        to_role=to_role,
        subject=subject.strip(),
        asked_at=at,
        owner_id=hands.owner,
        owned_since=at,
        deputy_id=hands.deputy,
    )
    _start_clock(question, at=at)
    question.save(force_insert=True)
    notifications.question_asked(question, _write(question, EntryKind.ASKED, by=by, at=at, text=text), at=at)
    return question


@audited("partners.question.add")
@transaction.atomic
def add_to_question(*, question_id: UUID, text: str, by: User, at: datetime) -> Question:
    """Write more about one's own question while it waits; its clock runs on."""
    question = _lock(question_id)
    permissions.check_can_act_on_question(by, question, QuestionAction.ADD, today=local_date(at))
    if question.status != QuestionStatus.WAITING:
        raise RuleBroken("This question does not wait any more. Say that it is not answered, or ask a new one.")
    policies.check_text(text, missing="Enter what you want to add")
    notifications.question_added(question, _write(question, EntryKind.ADDED, by=by, at=at, text=text), at=at)
    return question


# --- answering ------------------------------------------------------------------------------
@audited("partners.question.reply")
@transaction.atomic
def reply_to_question(*, question_id: UUID, text: str, answers: bool, by: User, at: datetime) -> Question:
    """Write to the asker: an answer, which stops the ladder, or only how it stands, which does not.

    Raises TransitionNotAllowed when the question is closed or needs no reply.
    """
    question = _lock(question_id)
    permissions.check_can_act_on_question(by, question, QuestionAction.REPLY, today=local_date(at))
    status = policies.next_status(question.status, QuestionMove.ANSWER)
    policies.check_text(text, missing="Enter your reply")
    if answers:
        question.status, question.answered_at = status, at
        question.next_step_on = _working_days_on(at, queries.times_of(question.organisation_id).confirm_days)
        if question.first_answered_at is None:
            question.first_answered_at = at
            asked, today = local_date(question.asked_at), local_date(at)
            question.first_answer_days = working_days_between(asked, today, queries.holidays_of([asked], today))
        question.save()
    kind = EntryKind.ANSWERED if answers else EntryKind.UPDATED
    entry = _write(question, kind, by=by, at=at, text=text)
    notifications.question_replied(question, entry, answers=answers, at=at)
    return question


@audited("partners.question.say_no_reply")
@transaction.atomic
def say_no_reply_needed(*, question_id: UUID, reason: str, by: User, at: datetime) -> Question:
    """Say, with a reason that the asker reads, that a question needs no reply; they can object until a day.

    Also of one that was answered and never confirmed. Raises TransitionNotAllowed when it cannot be said now.
    """
    question = _lock(question_id)
    permissions.check_can_act_on_question(by, question, QuestionAction.NO_REPLY, today=local_date(at))
    question.status = policies.next_status(question.status, QuestionMove.SAY_NO_REPLY)
    policies.check_text(reason, missing="Enter why no reply is needed. The partner reads it", field="reason")
    question.no_reply_by = by
    question.reopen_until = _working_days_on(at, queries.times_of(question.organisation_id).reopen_days)
    question.next_step_on = question.reopen_until + timedelta(days=1)
    question.save()
    entry = _write(question, EntryKind.NO_REPLY, by=by, at=at, text=reason)
    notifications.no_reply_needed(question, entry, at=at)
    return question


@audited("partners.question.hand_over")
@transaction.atomic
def hand_over_question(*, question_id: UUID, to_id: UUID, reason: str, by: User, at: datetime) -> Question:
    """Give a question to somebody else at the organisation, with a reason that the asker reads; its clock runs on.

    Raises RuleBroken for somebody who is not there or has it already, and when the question does not wait.
    """
    today = local_date(at)
    organisation_id = Question.objects.values_list("organisation_id", flat=True).get(pk=question_id)
    lock_organisation(organisation_id)
    question = _lock(question_id)
    permissions.check_can_act_on_question(by, question, QuestionAction.HAND_OVER, today=today)
    if question.status != QuestionStatus.WAITING:
        raise RuleBroken("Only a question that waits for an answer can be handed over.")
    policies.check_text(reason, missing="Enter why you hand it over. The partner reads it", field="reason")
    there = directory(organisation_id, today)
    if to_id in (question.owner_id, question.asker_id) or not there.is_here(to_id, policies.ANSWERING_ROLES):
        raise RuleBroken("Choose somebody who is here and does not have it already", field="to_id")
    _give_to(question, to_id, there, at=at)
    entry = _write(question, EntryKind.HANDED_OVER, by=by, at=at, text=reason, handed_to_id=to_id)
    notifications.question_handed_over(question, entry, at=at)
    return question


# --- the asker's word -----------------------------------------------------------------------
@audited("partners.question.close")
@transaction.atomic
def close_question(*, question_id: UUID, by: User, at: datetime) -> Question:
    """Say that one's own question is settled. Raises TransitionNotAllowed when it is closed already."""
    question = _lock(question_id)
    permissions.check_can_act_on_question(by, question, QuestionAction.CLOSE, today=local_date(at))
    question.status = policies.next_status(question.status, QuestionMove.CONFIRM)
    _close(question, by=by, at=at)
    return question


@audited("partners.question.reopen")
@transaction.atomic
def reopen_question(*, question_id: UUID, text: str, by: User, at: datetime) -> Question:
    """Say what is still not answered: the question waits again, with a new day and a ladder from its first step.

    Raises TransitionNotAllowed when it waits already or is closed.
    """
    question = _lock(question_id)
    permissions.check_can_act_on_question(by, question, QuestionAction.REOPEN, today=local_date(at))
    question.status = policies.next_status(question.status, QuestionMove.REOPEN)
    policies.check_text(text, missing="Enter what you still need to know")
    question.answered_at = question.no_reply_by = question.reopen_until = None
    question.round, question.steps_written = question.round + 1, 0
    _start_clock(question, at=at)
    question.save()
    notifications.question_reopened(question, _write(question, EntryKind.REOPENED, by=by, at=at, text=text), at=at)
    return question


# --- times ----------------------------------------------------------------------------------
@audited("partners.question_settings.change")
@transaction.atomic
def change_question_settings(
    *,
    organisation_id: UUID,
    reply_days: int,
    first_days: int,
    second_days: int,
    manager_days: int,
    executive_days: int,
    confirm_days: int,
    reopen_days: int,
    by: User,
    at: datetime,
) -> QuestionSettings:
    """Set an organisation's own times for questions, in working days; those asked already keep theirs.

    Raises RuleBroken for times out of reason.
    """
    permissions.check_can_manage_questions(by, organisation_id, today=local_date(at))
    settings = QuestionSettings(
        organisation_id=organisation_id,
        reply_days=reply_days,
        first_days=first_days,
        second_days=second_days,
        manager_days=manager_days,
        executive_days=executive_days,
        confirm_days=confirm_days,
        reopen_days=reopen_days,
    )
    policies.check_times(settings.times)
    settings.save()
    return settings


# --- handing over when somebody goes ----------------------------------------------------------
@audited("partners.question.hand_over")
@transaction.atomic
def hand_over_questions(*, organisation_id: UUID, by: Actor, at: datetime) -> int:
    """Give every open question of an organisation to whoever should have it now; return how many moved.

    Called in the transaction that records an absence or an end of a role. Raises RuleBroken, so that this is not
    recorded, when a question would be left with nobody.
    """
    return _hand_over(organisation_id, by=by, at=at, is_strict=True)


def _hand_over(organisation_id: UUID, *, by: Actor, at: datetime, is_strict: bool) -> int:
    lock_organisation(organisation_id)
    there = directory(organisation_id, local_date(at))
    questions = (
        Question.objects.select_for_update(of=("self",))
        .open()
        .filter(organisation_id=organisation_id)
        .select_related("asker", "owner", "deputy")
        .order_by("pk")
    )
    here = [each for each in there.people if there.is_here(each, policies.ANSWERING_ROLES)]
    moved = 0
    for question in questions.filter(~Q(owner__in=here) | ~Q(deputy__in=here) | Q(deputy__isnull=True)):
        # Counted afresh for each, so that what somebody leaves behind is shared out.
        hands = policies.hands_for(queries.in_hand(question, queries.load_at(organisation_id)), there)
        if hands is None:
            if is_strict:
                raise RuleBroken(
                    f"A question of {question.asker.get_full_name()} would be left with nobody. "
                    "Give somebody else a role first."
                )
            continue
        moves = hands.owner != question.owner_id
        if not moves and hands.deputy == question.deputy_id:
            continue
        _give_to(question, hands.owner, there, at=at)
        if moves:
            moved += 1
            entry = _write(
                question, EntryKind.HANDED_OVER, by=None, at=at, text=PASSED_ON, handed_to_id=question.owner_id
            )
            notifications.question_handed_over(question, entry, at=at)
    return moved


def _give_to(question: Question, owner_id: UUID, there: Directory, *, at: datetime) -> None:
    """Let somebody have a question from now on, and find a deputy beside them."""
    if owner_id != question.owner_id:
        question.owner, question.owned_since = User.objects.get(pk=owner_id), at
    wanted = queries.in_hand(question, queries.load_at(question.organisation_id))
    hands = policies.hands_for(wanted, there)
    question.deputy_id = hands.deputy if hands else None
    question.save()


# --- the clock ------------------------------------------------------------------------------
def follow_questions(*, at: datetime) -> int:
    """Do everything that is due about open questions, each thing once and none skipped; return how many were due.

    Writes the steps of the ladder, asks those who have an answer whether it settles the question, closes what needed no
    reply, and hands over what belongs to people who are by now away or gone. Each question is a transaction of its own,
    and what somebody else holds is taken next time.
    """
    today, count = local_date(at), 0
    due = Question.objects.open().filter(next_step_on__lte=today).order_by("next_step_on", "pk")
    for question_id in list(due.values_list("pk", flat=True)):
        with acting_as(CLOCK, "partners.question.follow"), transaction.atomic():
            question = _locking(skip_locked=True).filter(next_step_on__lte=today, pk=question_id).first()
            if question is not None:
                _follow(question, at=at)
                count += 1
    for organisation_id in list(
        Question.objects.open().order_by("organisation_id").values_list("organisation_id", flat=True).distinct()
    ):
        with acting_as(CLOCK, "partners.question.hand_over"), transaction.atomic():
            _hand_over(organisation_id, by=CLOCK, at=at, is_strict=False)
    return count


def _follow(question: Question, *, at: datetime) -> None:
    match question.status:
        case QuestionStatus.WAITING:
            _climb(question, at=at)
        case QuestionStatus.ANSWERED:
            # An answer is settled by the asker alone: their silence is asked again, and never taken for a yes.
            question.next_step_on = _working_days_on(at, queries.times_of(question.organisation_id).confirm_days)
            question.save()
            entry = _write(question, EntryKind.ASKED_AGAIN, by=None, at=at)
            notifications.settled_asked_again(question, entry, at=at)
        case _:
            question.status = policies.next_status(question.status, QuestionMove.LAPSE)
            _close(question, by=None, at=at)


def _climb(question: Question, *, at: datetime) -> None:
    """Write the due steps of a locked question's ladder."""
    today = local_date(at)
    holidays = queries.holidays_of(question.ladder, today)
    there = directory(question.organisation_id, today)
    steps = []
    for step in policies.steps_due(question.ladder, question.steps_written, today, holidays):
        reached = policies.reached_by_step(
            step.kind,
            there,
            to_role=AskedRole(question.to_role),
            asker=question.asker_id,
            owner=question.owner_id,
            manager=queries.manager_reached(question),
        )
        steps.append(
            QuestionStep.objects.create(
                question=question,
                round=question.round,
                number=step.number,
                kind=step.kind,
                due_on=step.due_on,
                written_at=at,
                told_id=reached,
            )
        )
    question.steps_written += len(steps)
    question.next_step_on = policies.step(question.ladder, question.steps_written + 1, holidays).due_on
    question.save()
    notifications.steps_written(question, steps, at=at)


# --- small things -----------------------------------------------------------------------------
def _locking(*, skip_locked: bool = False) -> QuestionQuerySet:
    return Question.objects.select_for_update(of=("self",), skip_locked=skip_locked).select_related(
        "asker", "owner", "deputy"
    )


def _lock(question_id: UUID) -> Question:
    return _locking().get(pk=question_id)


def _start_clock(question: Question, *, at: datetime) -> None:
    """Set the day by which to reply and the dates of the ladder, from today."""
    today, times = local_date(at), queries.times_of(question.organisation_id).times
    holidays = bank_holidays((today.year, today.year + 1))
    question.due_on = add_working_days(today, times.reply, holidays)
    question.ladder = policies.ladder_from(today, times.steps, holidays)
    question.next_step_on = question.ladder[0]


def _working_days_on(at: datetime, days: int) -> date:
    today = local_date(at)
    return add_working_days(today, days, bank_holidays((today.year, today.year + 1)))


def _close(question: Question, *, by: User | None, at: datetime) -> None:
    question.closed_by, question.closed_at, question.next_step_on = by, at, None
    question.save()
    notifications.question_closed(question, _write(question, EntryKind.CLOSED, by=by, at=at), at=at)


def _write(
    question: Question,
    kind: EntryKind,
    *,
    by: User | None,
    at: datetime,
    text: str = "",
    handed_to_id: UUID | None = None,
) -> QuestionEntry:
    return QuestionEntry.objects.create(
        question=question, kind=kind, written_at=at, by=by, handed_to_id=handed_to_id, text=text.strip()
    )
