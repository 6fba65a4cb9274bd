"""Who answered in time: the steps that overdue claims took in the period, and the updates that partners asked for."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When

from expenses.enums import StepKind
from expenses.models import Escalation, UpdateRequest
from expenses.queries.reports.scope import Counted, Scope, columns, day_of, days_between

IN_TIME, LATE, OWED, NOT_DUE, NO_REPLY_NEEDED = "in_time", "late", "owed", "not_due", "none_needed"
ANSWER_LABELS = {
    IN_TIME: "Replied in time",
    LATE: "Replied late",
    OWED: "No reply, and late",
    NOT_DUE: "Not due yet",
    NO_REPLY_NEEDED: "No reply needed",
}


@dataclass(frozen=True)
class Answers:
    """How many were asked, and how they were answered: every one is in exactly one of ``by_answer``."""

    asked: int
    by_answer: dict[str, int]


@dataclass(frozen=True)
class StepAnswers:
    """The steps of one kind: how they were answered, and how many promises were made and missed."""

    kind: StepKind
    answers: Answers
    promised: int
    missed: int


@dataclass(frozen=True)
class AnswersReport:
    """Steps written and updates asked for in the period, as they stand today."""

    steps: list[StepAnswers]
    whole: StepAnswers | None
    updates: Answers


def _answer(replied_at: str, today: date) -> Case:
    """Return how something was answered whose reply is due on ``reply_due_on``; the day itself is in time."""
    in_time = Q(reply_due_on__gte=day_of(replied_at))
    return Case(
        When(Q(**{f"{replied_at}__isnull": False}) & in_time, then=Value(IN_TIME)),
        When(Q(**{f"{replied_at}__isnull": False}), then=Value(LATE)),
        When(needs_reply=False, then=Value(NO_REPLY_NEEDED)),
        When(reply_due_on__lt=today, then=Value(OWED)),
        default=Value(NOT_DUE),
        output_field=CharField(),
    )


def _steps(scope: Scope) -> QuerySet[Any, Any]:
    return Escalation.objects.filter(scope.of_payer("claim__"), scope.within("written_at")).annotate(
        answer=_answer("replied_at", scope.today)
    )


def _updates(scope: Scope) -> QuerySet[Any, Any]:
    return UpdateRequest.objects.filter(scope.of_payer("claim__"), scope.within("asked_at")).annotate(
        how=_answer("answered_at", scope.today)
    )


def answers_report(scope: Scope) -> AnswersReport:
    """Return the steps by kind and the updates, and how they were answered. Two queries."""
    found = list(
        _steps(scope)
        .order_by()
        .values("kind", "answer")
        .annotate(
            steps=Count("*"),
            promised=Count("promised_on"),
            missed=Count("promise_missed_at"),
        )
    )
    steps = [_of_kind(kind, [row for row in found if row["kind"] == kind]) for kind in StepKind]
    updates = _updates(scope).order_by().values("how").annotate(requests=Count("*"))
    return AnswersReport(
        steps=steps,
        whole=_of_kind(StepKind.BOARD, found) if found else None,
        updates=_answers({row["how"]: row["requests"] for row in updates}),
    )


def _of_kind(kind: StepKind, rows: list[dict[str, Any]]) -> StepAnswers:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["answer"]] = counts.get(row["answer"], 0) + row["steps"]
    return StepAnswers(kind, _answers(counts), sum(row["promised"] for row in rows), sum(row["missed"] for row in rows))


def _answers(counts: dict[str, int]) -> Answers:
    return Answers(sum(counts.values()), {answer: counts.get(answer, 0) for answer in ANSWER_LABELS})


def answers_rows(scope: Scope, figure: str) -> Counted | None:
    """Return the steps or requests that a figure of the report counts, the oldest first; None for one it has not.

    A figure is ``steps``, ``steps-in_time``, ``step-lead``, ``step-lead-late``, ``step-lead-missed`` or
    ``updates-owed``: what is counted, perhaps of which kind, perhaps how it was answered.
    """
    what, *more = figure.split("-")
    if what == "updates":
        return _update_rows(scope, more)
    steps = _steps(scope)
    if what == "step":
        if not more or more[0] not in StepKind.values:
            return None
        steps, more = steps.filter(kind=more[0]), more[1:]
    elif what != "steps":
        return None
    match more:
        case []:
            pass
        case [answer] if answer in ANSWER_LABELS:
            steps = steps.filter(answer=answer)
        case ["promised"]:
            steps = steps.filter(promised_on__isnull=False)
        case ["missed"]:
            steps = steps.filter(promise_missed_at__isnull=False)
        case _:
            return None
    rows = steps.order_by("written_at", "claim__number", "number").values(
        **columns(
            "claim__",
            what=F("kind"),
            on=day_of("written_at"),
            days=days_between("claim__submitted_at", day_of("written_at")),
            value=F("claim__approved") - F("claim__paid"),
        )
    )
    return Counted(rows, unit="step", on="Written on", value="", words=lambda kind: StepKind(kind).label)


def _update_rows(scope: Scope, more: list[str]) -> Counted | None:
    updates = _updates(scope)
    match more:
        case []:
            pass
        case [answer] if answer in ANSWER_LABELS:
            updates = updates.filter(how=answer)
        case _:
            return None
    rows = updates.order_by("asked_at", "claim__number").values(
        **columns(
            "claim__",
            what=F("how"),
            on=day_of("asked_at"),
            days=days_between("claim__submitted_at", day_of("asked_at")),
            value=F("claim__approved") - F("claim__paid"),
        )
    )
    return Counted(rows, unit="request", on="Asked on", value="", words=lambda how: ANSWER_LABELS[how])
