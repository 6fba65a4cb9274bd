"""Reads the history of an organisation's things, and who read its secrets; never another organisation's."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, LPad

from psp_portal.accounts.models import Membership, Organisation, User
from psp_portal.accounts.queries import has_permission
from psp_portal.accounts.roles import Permission
from psp_portal.audit.models import AccessLog
from psp_portal.dates import start_of_day
from psp_portal.reports.audit.kinds import KINDS, Kind, history_of

# More than this is not read page by page: the dates are there to narrow it.
MOST = 1000
READING = "reading"


@dataclass(frozen=True)
class Filters:
    """What somebody looks for; nothing set looks for everything."""

    person_id: UUID | None = None
    kind: str = ""
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True)
class Event:
    """A change of one thing: its row after it, and before it where there was one (None when it was made)."""

    kind: str
    label: str
    at: datetime
    object_id: str
    after: Mapping[str, Any]
    before: Mapping[str, Any] | None
    context: Mapping[str, Any]


@dataclass(frozen=True)
class Reading:
    """A reading of something sensitive."""

    at: datetime
    actor_name: str
    what: str
    subject_id: str
    subject_name: str


# A place in the list: which kind, which row, when.
Place = tuple[str, str, datetime]


def audit_events_visible_to(
    user: User, organisation: Organisation, filters: Filters, *, today: date, most: int = MOST
) -> list[Place]:
    """Return the places of an organisation's changes and readings, newest first, at most ``most``. Two queries.

    Empty for anybody who may not read the organisation's audit trail.
    """
    if not has_permission(user, Permission.SEE_AUDIT, organisation.pk, today):
        return []
    kinds = {filters.kind: KINDS[filters.kind]} if filters.kind in KINDS else KINDS
    places = [_places(key, kind, organisation, _narrowed(filters), most) for key, kind in kinds.items()]
    if filters.kind in ("", READING):
        readings = _readings(organisation, filters, most)
        places = [readings] if filters.kind == READING else [*places, readings]
    return sorted(_together(places), key=_when, reverse=True)[:most]


def audit_events_of(user: User, organisation: Organisation, page: str, object_id: UUID, *, today: date) -> list[Place]:
    """Return the places of all that happened to one thing and to what belongs to it, oldest first. Two queries."""
    if not has_permission(user, Permission.SEE_AUDIT, organisation.pk, today):
        return []
    places = [
        _places(key, kind, organisation, Q(**{kind.pages[page]: object_id}), MOST)
        for key, kind in KINDS.items()
        if page in kind.pages
    ]
    readings = _as_places(AccessLog.objects.filter(organisation_id=organisation.pk, subject_id=str(object_id)))
    return sorted(_together([*places, readings]), key=_when)[:MOST]


def _narrowed(filters: Filters) -> Q:
    wanted = Q()
    if filters.person_id:
        wanted &= Q(pgh_context__metadata__actor=str(filters.person_id))
    if filters.from_on:
        wanted &= Q(pgh_created_at__gte=start_of_day(filters.from_on))
    if filters.to_on:
        wanted &= Q(pgh_created_at__lt=start_of_day(filters.to_on + timedelta(days=1)))
    return wanted


def _places(key: str, kind: Kind, organisation: Organisation, wanted: Q, most: int) -> QuerySet:
    """Return a kind's newest places. Rows are found from the end of the primary key: later rows have larger ones."""
    belongs = Q()
    for path in kind.organisations:
        belongs |= Q(**{path: organisation.pk})
    history = history_of(kind)
    # Along a path a row may be found twice (somebody with two roles): the path is followed aside.
    found = history.objects.filter(belongs & wanted, **kind.only).values("pk")
    return (
        history.objects.filter(pk__in=found)
        .order_by("-pgh_id")
        .annotate(
            kind_of_row=Value(key, TextField()),
            ref=LPad(Cast("pgh_id", TextField()), 20, Value("0")),
            at=F("pgh_created_at"),
        )
        .values_list("kind_of_row", "ref", "at")[:most]
    )


def _readings(organisation: Organisation, filters: Filters, most: int) -> QuerySet:
    wanted = Q(organisation_id=organisation.pk)
    if filters.person_id:
        wanted &= Q(actor_id=filters.person_id)
    if filters.from_on:
        wanted &= Q(at__gte=start_of_day(filters.from_on))
    if filters.to_on:
        wanted &= Q(at__lt=start_of_day(filters.to_on + timedelta(days=1)))
    return _as_places(AccessLog.objects.filter(wanted).order_by("-at")[:most])


def _as_places(readings: QuerySet[AccessLog]) -> QuerySet:
    return readings.annotate(kind_of_row=Value(READING, TextField()), ref=Cast("pk", TextField())).values_list(
        "kind_of_row", "ref", "at"
    )


def _together(places: list[QuerySet]) -> QuerySet:
    first, *others = places
    return first.union(*others, all=True) if others else first


def _when(place: Place) -> tuple[datetime, str]:
    """Order by time; what one transaction wrote shares its moment, and is ordered by the number of its row."""
    _, ref, at = place
    return at, ref


# --- what stands at the places --------------------------------------------------------------
def events_at(places: Iterable[Place]) -> list[Event | Reading]:
    """Return what happened at these places, in their order. Two queries, however many kinds and rows."""
    places = list(places)
    changes = _changes_at([place for place in places if place[0] != READING])
    readings = {
        str(log.pk): Reading(log.at, log.actor_name, log.what, log.subject_id, log.subject_name)
        for log in AccessLog.objects.filter(pk__in=[ref for key, ref, _ in places if key == READING])
    }
    return [readings[ref] if key == READING else changes[key, int(ref)] for key, ref, _ in places]


def _changes_at(places: list[Place]) -> dict[tuple[str, int], Event]:
    """Return the changes with the row before each; as text, so that amounts stay exact."""
    refs: dict[str, list[int]] = {}
    for key, ref, _ in places:
        refs.setdefault(key, []).append(int(ref))
    if not refs:
        return {}
    parts: list[str] = []
    values: list[Any] = []
    for key, ids in refs.items():
        table = connection.ops.quote_name(history_of(KINDS[key])._meta.db_table)
        parts.append(
            # Only names of our own tables stand in the text; every value is a parameter.
            f"""
            SELECT %s, now_.pgh_id, now_.pgh_label, now_.pgh_created_at, now_.pgh_obj_id::text, to_jsonb(now_)::text,
                (SELECT to_jsonb(before_)::text FROM {table} AS before_
                 WHERE before_.pgh_obj_id = now_.pgh_obj_id AND before_.pgh_id < now_.pgh_id
                 ORDER BY before_.pgh_id DESC LIMIT 1),
                context_.metadata::text
            FROM {table} AS now_ LEFT JOIN pghistory_context AS context_ ON context_.id = now_.pgh_context_id
            WHERE now_.pgh_id = ANY(%s)
            """  # noqa: S608
        )
        values += [key, ids]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        return {
            (key, ref): Event(key, label, at, object_id, _load(after), _load(before), _load(context) or {})
            for key, ref, label, at, object_id, after, before, context in cursor.fetchall()
        }


def _load(text: str | None) -> Any:
    return json.loads(text, parse_float=Decimal) if text else None


# --- names ----------------------------------------------------------------------------------
def names_of(ids: Iterable[str]) -> dict[str, str]:
    """Return the names of the people and organisations among these keys. Two queries."""
    keys = set(ids)
    people = User.objects.filter(pk__in=keys).values_list("pk", "name")
    bodies = Organisation.objects.filter(pk__in=keys).values_list("pk", "name")
    return {str(pk): name for pk, name in [*people, *bodies]}


def people_to_choose(organisation: Organisation) -> list[tuple[str, str]]:
    """Return (id, name) of everybody who has ever held a role at an organisation, by name."""
    ids = Membership.objects.filter(organisation=organisation).values("user_id")
    people = User.objects.filter(pk__in=ids).order_by("name", "pk")
    return [(str(pk), name) for pk, name in people.values_list("pk", "name")]
