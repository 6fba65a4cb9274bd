"""Turns a row of the history into a sentence: who did what when, and what each field was before and after."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models

from psp_portal.dates import format_date
from psp_portal.money import format_pounds
from psp_portal.reports.audit.kinds import KINDS, model_of
from psp_portal.reports.audit.queries import Event, Reading
from psp_portal.templatetags import nhs_datetime

VERBS = {"insert": "added", "update": "changed", "delete": "removed"}
NOTHING = "nothing"
# Where the field's own name would puzzle a reader.
FIELDS = {
    "is_active": "Can sign in",
    "ods_code": "ODS code",
    "user": "Person",
    "starts_on": "First day",
    "ends_on": "Last day",
}
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Change:
    """A field, and its value before (None when the thing was made) and after, in words."""

    field: str
    before: str | None
    after: str


@dataclass(frozen=True)
class Entry:
    """One line of the audit trail. ``page`` and ``object_id`` say where the whole story is, where there is such."""

    at: datetime
    sentence: str
    doing: str = ""
    reason: str = ""
    changes: tuple[Change, ...] = ()
    page: str = ""
    object_id: str = ""


def keys_in(events: Iterable[Event | Reading]) -> set[str]:
    """Return every key that stands in the events: the people and organisations to be named."""
    rows = [row for event in events if isinstance(event, Event) for row in (event.after, event.before) if row]
    return {value for row in rows for value in row.values() if isinstance(value, str) and _UUID.fullmatch(value)}


def entry_for(event: Event | Reading, names: Mapping[str, str]) -> Entry:
    """Write an event for somebody who reads the audit trail."""
    if isinstance(event, Reading):
        noun = event.what.split(".")[1].replace("_", " ")
        return Entry(at=event.at, sentence=f"{event.actor_name} read the {noun} of {event.subject_name}")
    kind = KINDS[event.kind]
    who = event.context.get("actor_name") or "Somebody not known"
    page, object_id = _page_of(event)
    return Entry(
        at=event.at,
        sentence=f"{who} {VERBS[event.label]} {kind.name(event.after, names)}",
        doing=doing_in_words(event.context.get("action", "")),
        reason=event.context.get("reason", ""),
        changes=tuple(_changes(event, names)),
        page=page,
        object_id=object_id,
    )


def _page_of(event: Event) -> tuple[str, str]:
    """Return the first page whose key stands in the row itself."""
    for page, path in KINDS[event.kind].pages.items():
        key = event.object_id if path == "pgh_obj_id" else event.after.get(path)
        if key:
            return page, str(key)
    return "", ""


def doing_in_words(action: str) -> str:
    """Write ``expenses.claim.submit`` as "Claim: submit"; nothing for a page that is no service of ours."""
    parts = action.split(".")
    return f"{parts[1]}: {parts[2]}".replace("_", " ").capitalize() if len(parts) == 3 else ""


def _changes(event: Event, names: Mapping[str, str]) -> Iterable[Change]:
    if event.label == "delete":
        return
    kind = KINDS[event.kind]
    model = model_of(kind)
    before = event.before if event.label == "update" else None
    for field in model._meta.concrete_fields:
        column = field.column
        if field.primary_key or field.name in kind.hidden or column not in event.after:
            continue
        new, old = event.after[column], before.get(column) if before else None
        if (before is not None and new == old) or (before is None and new in (None, "", [])):
            continue
        if isinstance(field, models.ForeignKey) and not {str(new), str(old)} & names.keys():
            continue  # the key of another thing says nothing to a reader
        yield Change(
            field=FIELDS.get(field.name) or str(field.verbose_name).capitalize(),
            before=None if before is None else _in_words(field, old, names),
            after=_in_words(field, new, names),
        )


def _in_words(field: models.Field, value: Any, names: Mapping[str, str]) -> str:
    """Write a value as it stands in the history's JSON."""
    if value is None or value == "" or value == []:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(field, models.ForeignKey):
        return names.get(str(value), "another one")
    if isinstance(value, list):
        inner = getattr(field, "base_field", field)
        return ", ".join(_in_words(inner, each, names) for each in value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.DateTimeField):
        return nhs_datetime(datetime.fromisoformat(value))
    if isinstance(field, models.DateField):
        return format_date(date.fromisoformat(value))
    if isinstance(field, models.DecimalField) and field.decimal_places == 2:
        return format_pounds(Decimal(value))
    return str(value)
