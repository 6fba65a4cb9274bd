"""Reads partners' questions; every function starts from a user or an organisation."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Aggregate, Count, Exists, FloatField, Min, OuterRef, Q, QuerySet
from django.urls import reverse

from partners.enums.questions import AskedRole, QuestionStatus
from partners.models import Partner
from partners.models.questions import Question, QuestionEntry, QuestionQuerySet, QuestionSettings, QuestionStep
from partners.policies import questions as policies
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import directory, has_role, organisation_ids_allowing, organisation_ids_where
from psp_portal.accounts.roles import Permission
from psp_portal.calendar_england import bank_holidays
from psp_portal.dates import local_date
from psp_portal.waiting import Awaited, Waiting

MOST_WAITING = 50


def has_open_questions(user_id: UUID) -> bool:
    """Say whether somebody has asked a question, anywhere, that is not closed."""
    return Question.objects.open().filter(asker_id=user_id).exists()


# --- who may read what ----------------------------------------------------------------------
def questions_visible_to(user: User, *, today: date) -> QuestionQuerySet:
    """Return the questions whose words somebody may read, the oldest first.

    The asker; and, while they are staff there, whoever has it, their deputy, and those above whom its ladder reached.
    Nobody else, whatever their role.
    """
    return (
        _related()
        .filter(Q(asker=user) | Q(organisation_id__in=_works_at(user, today)) & _is_theirs(user))
        .order_by("asked_at", "pk")
    )


def questions_counted_for(user: User, organisation_id: UUID | None, *, today: date) -> QuestionQuerySet:
    """Return the questions of an organisation that stand in somebody's list, the oldest first.

    All of them for whoever sees the figures of its programme: that there is a question, with whom and since when, but
    ``is_readable`` only where its words are theirs to read. For other staff those that are.
    """
    readable = Question.objects.filter(pk=OuterRef("pk")).filter(
        Q(organisation_id__in=_works_at(user, today)) & _is_theirs(user) | Q(asker=user)
    )
    counted = Q(organisation_id__in=organisation_ids_allowing(user, Permission.SEE_PROGRAMME, today))
    return (
        _related()
        .filter(organisation_id=organisation_id)
        .annotate(is_readable=Exists(readable))
        .filter(counted | Q(is_readable=True))
        .order_by("asked_at", "pk")
    )


def own_questions(user: User) -> QuestionQuerySet:
    """Return what somebody has asked, at every organisation, the latest first."""
    return _related().filter(asker=user).order_by("-asked_at", "pk")


def _related() -> QuestionQuerySet:
    return Question.objects.select_related("organisation", "asker", "owner", "deputy", "no_reply_by")


def _works_at(user: User, today: date) -> QuerySet:
    return organisation_ids_where(user, policies.ANSWERING_ROLES, today)


def _is_theirs(user: User) -> Q:
    return (Q(owner=user) | Q(deputy=user) | _reached_above(user)) & ~Q(asker=user)


def _reached_above(user: User) -> Q:
    return Q(Exists(QuestionStep.objects.filter(question=OuterRef("pk"), told=user, kind__in=policies.ABOVE)))


def handles(user: User, question: Question, *, today: date) -> bool:
    """Say whether somebody may act for the organisation on a question: has it, stands beside, or was told above."""
    return (
        user.pk != question.asker_id
        and has_role(user, question.organisation_id, policies.ANSWERING_ROLES, today)
        and Question.objects.filter(_is_theirs(user), pk=question.pk).exists()
    )


def found(
    questions: QuestionQuerySet, *, status: str = "", to_role: str = "", owner: UUID | None = None, answered: str = ""
) -> QuestionQuerySet:
    """Return those of some questions that a list with these filters shows. ``answered`` "yes" or empty."""
    if status:
        questions = questions.filter(status=status)
    if to_role:
        questions = questions.filter(to_role=to_role)
    if owner:
        questions = questions.filter(owner=owner)
    return questions.answered() if answered else questions


# --- one question -----------------------------------------------------------------------------
@dataclass(frozen=True)
class Told:
    """One thing of a question's story: an entry somebody wrote, or a step of the ladder."""

    at: datetime
    label: str
    who: str
    text: str
    is_asker: bool


def story_of(question: Question) -> list[Told]:
    """Return everything that was written and done about a question, in its order. Two queries."""
    story = [
        _entry(question, entry)
        for entry in question.entries.select_related("by", "handed_to").order_by("written_at", "pk")
    ]
    for step in question.steps.select_related("told").order_by("round", "number"):
        story.append(Told(step.written_at, step.get_kind_display(), step.told.get_full_name(), "", is_asker=False))
    return sorted(story, key=lambda told: told.at)


def _entry(question: Question, entry: QuestionEntry) -> Told:
    who = entry.by.get_full_name() if entry.by else "The portal"
    label = entry.get_kind_display()
    if entry.handed_to:
        label = f"{label}: {entry.handed_to.get_full_name()}"
    return Told(entry.written_at, label, who, entry.text, is_asker=entry.by_id == question.asker_id)


@dataclass(frozen=True)
class NextStep:
    """What the clock does next about a question: on which day, and whom it tells, by name."""

    on: date
    label: str
    who: str


def next_step_of(question: Question, *, today: date) -> NextStep | None:
    """Return the next step of a waiting question's ladder and whom it would reach today; None when it does not wait."""
    if question.status != QuestionStatus.WAITING:
        return None
    step = policies.step(question.ladder, question.steps_written + 1, holidays_of(question.ladder, today))
    reached = policies.reached_by_step(
        step.kind,
        directory(question.organisation_id, today),
        to_role=AskedRole(question.to_role),
        asker=question.asker_id,
        owner=question.owner_id,
        manager=manager_reached(question),
    )
    return NextStep(step.due_on, step.kind.label, User.objects.get(pk=reached).get_full_name())


def manager_reached(question: Question) -> UUID | None:
    """Return whom the manager's step of this round reached, or None before it."""
    steps = question.steps.filter(round=question.round, kind=policies.STEP_KINDS[2])
    return steps.values_list("told", flat=True).first()


def holidays_of(ladder: Collection[date], today: date) -> frozenset[date]:
    """Return England's bank holidays of every year in which a ladder's steps fall, by today or next."""
    first = min([*ladder, today])
    return bank_holidays(range(first.year, max([*ladder, today]).year + 2))


def in_hand(question: Question, load: Mapping[UUID, int]) -> policies.InHand:
    """Return what of a question decides who has it."""
    return policies.InHand(
        to_role=AskedRole(question.to_role),
        asker=question.asker_id,
        lead=lead_of(question.asker_id, question.organisation_id),
        load=load,
        owner=question.owner_id,
        deputy=question.deputy_id,
    )


def lead_of(asker_id: UUID, organisation_id: UUID) -> UUID | None:
    """Return who looks after somebody at an organisation, by their latest appointment there."""
    own = Partner.objects.filter(user_id=asker_id, organisation_id=organisation_id)
    return own.order_by("-starts_on", "pk").values_list("lead_id", flat=True).first()


def load_at(organisation_id: UUID) -> dict[UUID, int]:
    """Return how many open questions each person has at an organisation."""
    counts = Question.objects.open().filter(organisation_id=organisation_id).order_by().values_list("owner_id")
    return dict(counts.annotate(count=Count("pk")))


def times_of(organisation_id: UUID) -> QuestionSettings:
    """Return an organisation's times for questions; the defaults, not stored, where it has set none."""
    stored = QuestionSettings.objects.filter(organisation_id=organisation_id).first()
    return stored or QuestionSettings(organisation_id=organisation_id)


def people_to_pass_to(question: Question, *, today: date) -> list[tuple[str, str]]:
    """Return (id, name) of those at the organisation today to whom a question can be handed over, by name."""
    there = directory(question.organisation_id, today)
    here = [each for each in there.people if there.is_here(each, policies.ANSWERING_ROLES)]
    people = User.objects.filter(pk__in=here).exclude(pk__in=[question.owner_id, question.asker_id])
    return [(str(pk), name) for pk, name in people.order_by("name", "pk").values_list("pk", "name")]


def roles_to_ask(organisation_id: UUID, *, asker_id: UUID, today: date) -> list[tuple[str, str]]:
    """Return the roles that somebody other than the asker holds at an organisation, as choices."""
    people = directory(organisation_id, today).people.values()
    held = {role.value for person in people if person.user_id != asker_id for role in person.roles}
    return [(value, label) for value, label in AskedRole.choices if value in held]


# --- where somebody may ask -----------------------------------------------------------------
def has_open_question_at(user_id: UUID, organisation_id: UUID) -> bool:
    """Say whether somebody has a question open at an organisation."""
    return Question.objects.open().filter(asker_id=user_id, organisation_id=organisation_id).exists()


def appointments_to_ask(user: User) -> list[Partner]:
    """Return somebody's appointments from which they can ask: those that serve, or with a question open there."""
    own = Partner.objects.filter(user=user).select_related("organisation").order_by("organisation__name", "-starts_on")
    open_at = set(Question.objects.open().filter(asker=user).values_list("organisation_id", flat=True))
    serving = {partner.organisation_id: partner for partner in own.serving()}
    left = {partner.organisation_id: partner for partner in own if partner.organisation_id in open_at}
    return list((left | serving).values())


# --- figures ----------------------------------------------------------------------------------
class Median(Aggregate):
    """The middle of some numbers, or the mean of the two in the middle; None of none."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()
    allow_distinct = False


@dataclass(frozen=True)
class QuestionFigures:
    """How questions are answered: counts, the median of working days to a first answer, the oldest that waits.

    ``median_days`` is None when nothing has been answered yet, ``oldest`` when nothing waits.
    """

    asked: int
    answered: int
    waiting: int
    median_days: float | None
    oldest: date | None

    @property
    def share(self) -> int | None:
        """Percent of those asked that have an answer, rounded down; None when none was asked."""
        return self.answered * 100 // self.asked if self.asked else None


def figures_of(questions: QuestionQuerySet) -> QuestionFigures:
    """Return the figures of some questions. One query: the same rows that a list of them shows."""
    counted: dict[str, Any] = questions.order_by().aggregate(
        asked=Count("pk"),
        answered=Count("pk", filter=Q(answered_at__isnull=False)),
        waiting=Count("pk", filter=Q(status=QuestionStatus.WAITING)),
        median_days=Median("first_answer_days"),
        oldest=Min("asked_at", filter=Q(status=QuestionStatus.WAITING)),
    )
    oldest = counted.pop("oldest")
    return QuestionFigures(**counted, oldest=local_date(oldest) if oldest else None)


# --- what waits -----------------------------------------------------------------------------
def waiting(user: User, *, today: date) -> list[Waiting]:
    """Return what waits for somebody, oldest first: questions to answer, and answers to confirm. One query."""
    to_answer = Q(status=QuestionStatus.WAITING, organisation_id__in=_works_at(user, today))
    to_confirm = Q(asker=user, status__in=[QuestionStatus.ANSWERED, QuestionStatus.NO_REPLY])
    found = _related().filter(to_answer & (Q(owner=user) | _reached_above(user)) & ~Q(asker=user) | to_confirm)
    rows = [
        Waiting(
            label=_label(question, user),
            detail=_detail(question, user),
            url=reverse("questions:question_detail", args=[question.pk]),
            since=question.answered_at or question.asked_at,
            due_on=question.reopen_until if question.asker_id == user.pk else question.due_on,
        )
        for question in found.order_by("asked_at", "pk")[:MOST_WAITING]
    ]
    return sorted(rows, key=lambda each: each.since)


def _label(question: Question, user: User) -> str:
    if question.asker_id != user.pk:
        return f"Answer the question of {question.asker.get_full_name()}"
    is_answered = question.status == QuestionStatus.ANSWERED
    return "Say whether your question is answered" if is_answered else "Your question is to get no reply"


def _detail(question: Question, user: User) -> str:
    if user.pk in (question.asker_id, question.owner_id):
        return question.subject
    return f"{question.subject}. {question.owner.get_full_name()} has not answered it."


def awaited_by(user: User, *, today: date) -> list[Awaited]:
    """Return the questions somebody waits for an answer to, and who has each, oldest first. One query."""
    return [
        Awaited(
            label=f"An answer about: {question.subject}",
            who=question.owner.get_full_name(),
            url=reverse("questions:question_detail", args=[question.pk]),
            since=question.owned_since,
            due_on=question.due_on,
        )
        for question in own_questions(user).waiting().order_by("asked_at", "pk")[:MOST_WAITING]
    ]
