"""Reads what is kept for how long, what is held back, what will be removed and what has been."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from partners.queries import partners_of
from psp_portal.accounts.models import Membership, Organisation, User
from psp_portal.accounts.queries import organisation_ids_allowing
from psp_portal.accounts.roles import Permission
from psp_portal.dates import format_date
from psp_portal.retention.enums import Kept, PeriodUnit
from psp_portal.retention.kinds import KINDS, UNSOURCED, Kind
from psp_portal.retention.models import (
    DisposalLog,
    LegalHold,
    LegalHoldQuerySet,
    PlannedRow,
    RetentionRule,
    RetentionRun,
    RetentionSettings,
)
from psp_portal.retention.policies import Period
from psp_portal.waiting import Waiting


def _allowed(user: User, today: date) -> QuerySet:
    return organisation_ids_allowing(user, Permission.SEE_RETENTION, today)


# --- the schedule ----------------------------------------------------------------------------
@dataclass(frozen=True)
class Scheduled:
    """A kind with the period that is in force or, where nobody has confirmed one, proposed."""

    kind: Kind
    rule: RetentionRule | None

    @property
    def period(self) -> Period:
        if self.rule is None:
            return self.kind.default
        return Period(self.rule.length, PeriodUnit(self.rule.unit))

    @property
    def source(self) -> str:
        """What the period rests on."""
        return self.rule.source if self.rule else self.kind.source or UNSOURCED


def schedule(organisation_id: UUID) -> list[Scheduled]:
    """Return every kind with an organisation's period, in the table's order. One query."""
    rules = RetentionRule.objects.filter(organisation_id=organisation_id).select_related("changed_by")
    by_kind = {rule.kind: rule for rule in rules}
    return [Scheduled(kind, by_kind.get(key)) for key, kind in KINDS.items()]


def schedule_visible_to(user: User, organisation_id: UUID, *, today: date) -> list[Scheduled]:
    """Return an organisation's schedule for somebody who may see it there, else nothing."""
    allowed = _allowed(user, today).filter(organisation_id=organisation_id).exists()
    return schedule(organisation_id) if allowed else []


def notice_days(organisation_id: UUID) -> int:
    """Return how many days before it is done an organisation's lead is shown what will be removed."""
    days = RetentionSettings.objects.filter(organisation_id=organisation_id).values_list("notice_days", flat=True)
    return days.first() or 1


# --- what is due -----------------------------------------------------------------------------
@dataclass(frozen=True)
class DueRow:
    """A record whose time is over: whose it is, since when it was counted, and whether it is kept all the same."""

    row_id: UUID
    person_id: UUID | None
    began_on: date
    kept: Kept


def due_rows(scheduled: Scheduled, organisation_id: UUID, *, today: date, period: Period | None = None) -> list[DueRow]:
    """Return the records of a kind whose time at an organisation is over, under its period or another one.

    Four queries. What was disposed of before and left its row is not among them.
    """
    kind = scheduled.kind
    rows = kind.due(organisation_id, kind.first_day_kept(today, period or scheduled.period))
    if kind.leaves_rows:
        done = PlannedRow.objects.filter(kind=kind.key, disposed_at__isnull=False).values("row_id")
        rows = rows.exclude(pk__in=done)
    found = list(rows.order_by("pk").values_list("pk", "person_id", "began_on"))
    held = held_people(organisation_id, {person for _, person, _ in found}, is_shared=kind.is_shared)
    all_held = LegalHold.objects.in_force().filter(organisation_id=organisation_id, person__isnull=True).exists()

    def kept(person_id: UUID | None) -> Kept:
        if all_held or person_id in held:
            return Kept.HELD
        return Kept.NO if scheduled.rule else Kept.NOT_CONFIRMED

    return [DueRow(pk, person_id, began_on, kept(person_id)) for pk, person_id, began_on in found]


def held_people(organisation_id: UUID, people: Iterable[UUID | None], *, is_shared: bool) -> set[UUID]:
    """Return those of these people of whom nothing may be removed.

    A hold on a person, wherever it was set, keeps all that is theirs everywhere. What belongs to a person rather than
    to one organisation is also kept by a hold on the whole of any organisation where they hold or held a role.
    """
    holds = LegalHold.objects.in_force()
    wanted = {person for person in people if person}
    held = set(holds.filter(person__in=wanted).values_list("person_id", flat=True))
    if is_shared:
        whole = holds.filter(person__isnull=True).values("organisation_id")
        held |= set(
            Membership.objects.filter(user__in=wanted, organisation_id__in=whole).values_list("user_id", flat=True)
        )
    return held


def organisations_held() -> list[UUID]:
    """Return the keys of the organisations of which nothing at all may be removed."""
    whole = LegalHold.objects.in_force().filter(person__isnull=True)
    return list(whole.order_by("organisation_id").values_list("organisation_id", flat=True))


def removed_by(scheduled: Scheduled, organisation_id: UUID, period: Period, *, today: date) -> list[DueRow]:
    """Return what a period, once saved, would remove of a kind with the next run: what is held back is not among it."""
    rows = due_rows(scheduled, organisation_id, today=today, period=period)
    return [row for row in rows if row.kept != Kept.HELD]


# --- runs and the log ------------------------------------------------------------------------
def runs_visible_to(user: User, *, today: date) -> QuerySet[RetentionRun]:
    """Return the runs, planned and done, of organisations where somebody may see them, the latest first."""
    return (
        RetentionRun.objects.filter(organisation_id__in=_allowed(user, today))
        .select_related("organisation")
        .order_by("-planned_at", "pk")
    )


def runs_due(*, today: date) -> list[UUID]:
    """Return the keys of the runs whose day has come, every organisation's."""
    due = RetentionRun.objects.filter(done_at__isnull=True, runs_on__lte=today).order_by("runs_on", "pk")
    return list(due.values_list("pk", flat=True))


def organisations_to_plan() -> list[UUID]:
    """Return the keys of all organisations, closed ones too, for which nothing is planned."""
    planned = RetentionRun.objects.filter(done_at__isnull=True).values("organisation_id")
    return list(Organisation.objects.exclude(pk__in=planned).order_by("pk").values_list("pk", flat=True))


@dataclass(frozen=True)
class KindCount:
    """How many records of a kind a run removes or removed, and how many it keeps."""

    kind: Kind
    removed: int
    held: int
    not_confirmed: int

    @property
    def total(self) -> int:
        return self.removed + self.held + self.not_confirmed


def counts_of(run: RetentionRun) -> list[KindCount]:
    """Return a planned run's counts by kind, or a done one's as the log has them. One query."""
    rows: Iterable[tuple[Any, ...]]
    if run.done_at:
        rows = run.log.values_list("kind", "removed", "held", "not_confirmed")
    else:
        rows = (
            run.rows.filter(disposed_at__isnull=True)
            .values_list("kind")
            .annotate(
                removed=Count("pk", filter=Q(kept=Kept.NO)),
                held=Count("pk", filter=Q(kept=Kept.HELD)),
                not_confirmed=Count("pk", filter=Q(kept=Kept.NOT_CONFIRMED)),
            )
        )
    by_kind = {key: counts for key, *counts in rows}
    return [KindCount(kind, *by_kind[key]) for key, kind in KINDS.items() if key in by_kind]


def planned_rows(run: RetentionRun, kind: Kind) -> QuerySet[PlannedRow]:
    """Return what a planned run will do with the records of a kind, the oldest first."""
    return run.rows.filter(kind=kind.key, disposed_at__isnull=True).order_by("began_on", "pk")


def log_visible_to(user: User, *, today: date) -> QuerySet[DisposalLog]:
    """Return what was removed at organisations where somebody may see it, the latest first."""
    return (
        DisposalLog.objects.filter(run__organisation_id__in=_allowed(user, today))
        .select_related("run")
        .order_by("-done_at", "kind", "pk")
    )


def label_of(kind: str) -> str:
    """Return what a kind is called; one that is no more, by its key."""
    return KINDS[kind].label if kind in KINDS else kind


def period_of(entry: DisposalLog) -> str:
    """Return the rule that was in force, in words; nothing where none was confirmed."""
    return str(Period(entry.length, PeriodUnit(entry.unit))) if entry.length else ""


# --- holds -----------------------------------------------------------------------------------
def holds_visible_to(user: User, *, today: date) -> LegalHoldQuerySet:
    """Return the holds of organisations where somebody may see them, those in force first, then the latest."""
    return (
        LegalHold.objects.filter(organisation_id__in=_allowed(user, today))
        .select_related("person", "set_by", "lifted_by", "organisation")
        .order_by("-lifted_at", "-set_at", "pk")
    )


def people_to_hold(organisation_id: UUID) -> list[tuple[str, str]]:
    """Return (key, name) of everybody who is or was a partner of an organisation, or holds or held a role there."""
    partners = partners_of(organisation_id).order_by().values("user_id")
    members = Membership.objects.filter(organisation_id=organisation_id).values("user_id")
    people = User.objects.filter(Q(pk__in=partners) | Q(pk__in=members)).order_by("name", "pk")
    return [(str(pk), name) for pk, name in people.values_list("pk", "name")]


# --- the first page --------------------------------------------------------------------------
def waiting(user: User, *, today: date) -> list[Waiting]:
    """Return what waits for somebody who says how long records are kept, the oldest first. Three queries."""
    mine = set(
        organisation_ids_allowing(user, Permission.MANAGE_RETENTION, today).values_list("organisation_id", flat=True)
    )
    planned = RetentionRun.objects.filter(organisation_id__in=mine, done_at__isnull=True).select_related("organisation")
    asked = RetentionSettings.objects.filter(organisation_id__in=mine, asked_to_confirm_at__isnull=False)
    found = [
        Waiting(
            label=f"Look at what will be removed on {format_date(run.runs_on)}",
            detail=f"{run.organisation.name}: hold back what must be kept.",
            url=reverse("retention:run_detail", args=[run.pk]),
            since=run.planned_at,
            # Whoever has not looked by then is not late: it goes on without them.
            due_on=max(run.runs_on, today),
        )
        for run in planned.order_by("planned_at", "pk")
    ] + [
        Waiting(
            label="Confirm how long records are kept",
            detail=f"{row.organisation.name}: nothing of these kinds is removed before you do.",
            url=reverse("retention:rule_list"),
            since=row.asked_to_confirm_at,
        )
        for row in asked.select_related("organisation").order_by("asked_to_confirm_at")
    ]
    return sorted(found, key=lambda each: each.since)
