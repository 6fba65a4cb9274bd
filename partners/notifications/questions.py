"""Who is told what about a question, in which words: never the words of the question itself."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from partners.models.questions import Question, QuestionEntry, QuestionStep
from partners.policies import questions as policies
from psp_portal.accounts.models import User
from psp_portal.dates import format_date
from psp_portal.notifications.outbox import Letter, queue


def question_asked(question: Question, entry: QuestionEntry, *, at: datetime) -> None:
    """Tell whoever has a new question, their deputy, and the asker who answers by when."""
    owner, by = question.owner.get_full_name(), format_date(question.due_on)
    asker = question.asker.get_full_name()
    _tell(question, entry.pk, question.owner, "asked", "A partner asks a question",
          f"{asker} has asked a question that you have been given. Please answer by {by}.", at=at)  # fmt: skip
    if question.deputy:
        _tell(question, entry.pk, question.deputy, "asked", "A partner asks a question",
              f"{asker} has asked a question. {owner} answers by {by}. You stand in.", at=at)  # fmt: skip
    _tell(question, entry.pk, question.asker, "asked", "Your question has been sent",
          f"Your question is with {owner}, who should answer by {by}.", at=at)  # fmt: skip


def question_replied(question: Question, entry: QuestionEntry, *, answers: bool, at: datetime) -> None:
    """Tell the asker that somebody has answered, or written how it stands."""
    who = entry.by.get_full_name()  # type: ignore[union-attr]  # somebody has written it
    if answers:
        subject = "Your question has been answered"
        words = f"{who} has answered. Please say whether it is settled. If it is not, say so and it goes back to them."
    else:
        subject, words = "News of your question", f"{who} has written how your question stands. It still waits."
    _tell(question, entry.pk, question.asker, "replied", subject, words, at=at)


def question_added(question: Question, entry: QuestionEntry, *, at: datetime) -> None:
    """Tell whoever has a question that the asker has written more."""
    words = f"{question.asker.get_full_name()} has written more about a question that you have."
    _tell(question, entry.pk, question.owner, "added", "A partner has written more", words, at=at)


def question_reopened(question: Question, entry: QuestionEntry, *, at: datetime) -> None:
    """Tell whoever has a question, and their deputy, that the asker says it is not answered."""
    words = (
        f"{question.asker.get_full_name()} says that a question is not answered yet. "
        f"Please answer by {format_date(question.due_on)}."
    )
    for person in filter(None, [question.owner, question.deputy]):
        _tell(question, entry.pk, person, "reopened", "A question is not answered yet", words, at=at)


def question_handed_over(question: Question, entry: QuestionEntry, *, at: datetime) -> None:
    """Tell whoever has a question now, and the asker why."""
    owner = question.owner.get_full_name()
    _tell(question, entry.pk, question.owner, "handed_over", "You have a partner’s question",
          f"A question of {question.asker.get_full_name()} has been handed to you. It is due on "
          f"{format_date(question.due_on)}.", at=at)  # fmt: skip
    _tell(question, entry.pk, question.asker, "handed_over", "Somebody else has your question",
          f"Your question is with {owner} now. The page says why.", at=at)  # fmt: skip


def no_reply_needed(question: Question, entry: QuestionEntry, *, at: datetime) -> None:
    """Tell the asker that somebody says no reply is needed, and until when they can object."""
    words = (
        f"{question.no_reply_by.get_full_name()} has said that your question needs no reply, and why. "  # type: ignore[union-attr]
        f"If you still want one, say so by {format_date(question.reopen_until)}. After that day it is closed."  # type: ignore[arg-type]
    )
    _tell(question, entry.pk, question.asker, "no_reply", "No reply to your question", words, at=at)


def question_closed(question: Question, entry: QuestionEntry, *, at: datetime) -> None:
    """Tell the other side that a question is closed."""
    if question.closed_by_id:
        words = f"{question.asker.get_full_name()} says that a question is settled."
        _tell(question, entry.pk, question.owner, "closed", "A question is settled", words, at=at)
    else:
        words = "Your question is closed, because no reply was needed. You can ask again at any time."
        _tell(question, entry.pk, question.asker, "closed", "Your question is closed", words, at=at)


def settled_asked_again(question: Question, entry: QuestionEntry, *, at: datetime) -> None:
    """Ask the asker once more whether an answer settles the question."""
    words = "You have had an answer to a question. Please say whether it is settled, or that you still need an answer."
    _tell(question, entry.pk, question.asker, "asked_again", "Is your question settled?", words, at=at)


def steps_written(question: Question, steps: Iterable[QuestionStep], *, at: datetime) -> None:
    """Tell whoever each step reaches; from the lead's manager on the owner and the asker hear of it too."""
    asker, owner, due = question.asker.get_full_name(), question.owner.get_full_name(), format_date(question.due_on)
    for step in steps:
        if step.kind not in policies.ABOVE:
            reminded = [question.owner, question.deputy] if step.kind == policies.STEP_KINDS[1] else [question.owner]
            for person in filter(None, reminded):
                _tell(question, step.pk, person, "step", "A partner waits for an answer",
                      f"{asker} waits for an answer from {owner}. It is due on {due}.", at=at)  # fmt: skip
            continue
        told = step.told.get_full_name()
        _tell(question, step.pk, step.told, "step", "A partner has had no answer",
              f"{asker} has had no answer to a question that {owner} has. It was due on {due}. Please see that it is "
              "answered, or answer it.", at=at)  # fmt: skip
        _tell(question, step.pk, question.asker, "step", "Your question has gone up a step",
              f"You have had no answer yet. {told} has been told today.", at=at)  # fmt: skip
        if step.told_id != question.owner_id:
            _tell(question, step.pk, question.owner, "step", "A question has gone up a step",
                  f"{told} has been told that {asker} has had no answer.", at=at)  # fmt: skip


def _tell(question: Question, about: UUID, person: User, what: str, subject: str, words: str, *, at: datetime) -> None:
    queue(
        [
            Letter(
                kind=f"partners.question.{what}",
                recipient_id=person.pk,
                subject=subject,
                template="questions/email/question.txt",
                dedupe_key=f"partners.question.{what}:{about}:{person.pk}",
                link=reverse("questions:question_detail", args=[question.pk]),
                context={"words": words, "person": person},
            )
        ],
        at=at,
    )
