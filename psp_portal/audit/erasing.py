"""Takes what somebody said, or who they were, out of the database for good: out of the table and out of its history.

The history is append-only, and some tables let nothing change or go: triggers hold it. They are passed over here, for
one statement each, and nowhere else (docs/adr/0032). Only the disposal services of the apps call these functions,
inside their transaction and under their actor; what is done is counted in the disposal log.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pghistory.trigger
import pgtrigger
from django.apps import apps
from django.db import connection
from django.db.models import Case, Model, Value, When

from psp_portal.audit.models import AccessLog
from psp_portal.audit.tracked import tracked_models

# Stands where words stood. Not empty: that something was said, and had to be, stays true.
ERASED = "[removed]"


@contextmanager
def _let_through(model: type[Model]) -> Iterator[None]:
    """Pass over what guards a table's rows, but not over what writes its history."""
    guards = [
        f"{model._meta.label}:{trigger.name}"
        for trigger in getattr(model._meta, "triggers", [])
        if not isinstance(trigger, pghistory.trigger.Event) and trigger.name != "actor_required"
    ]
    if not guards:
        yield
        return
    with pgtrigger.ignore(*guards):
        yield


def erase(label: str, ids: Collection[Any], values: Mapping[str, Any]) -> int:
    """Write ``values`` over the fields of some rows of a model and of all their history; return how many rows.

    ``label`` is the model's, such as ``accounts.User``. Who changed what and when stays in the history.
    """
    model = apps.get_model(label)
    rows: Any = model._default_manager
    with _let_through(model):
        count = rows.filter(pk__in=ids).update(**values)
    _, history = tracked_models().get(label, (None, None))
    if history is not None:
        kept = {field.name for field in history._meta.get_fields()}
        with _let_through(history):
            history.objects.filter(pgh_obj_id__in=ids).update(
                **{name: value for name, value in values.items() if name in kept}
            )
    return count


def erase_words(label: str, ids: Collection[Any], *fields: str) -> int:
    """Write ``ERASED`` over text fields, where there is a text, as ``erase`` does; return how many rows."""
    return erase(
        label,
        ids,
        {name: Case(When(**{name: ""}, then=Value("")), default=Value(ERASED)) for name in fields},
    )


def delete(label: str, ids: Collection[Any]) -> int:
    """Delete some rows of a model and all their history, that of their deletion included; return how many rows.

    Nothing is deleted with them: the database refuses when another row still points at one.
    """
    model = apps.get_model(label)
    rows: Any = model._default_manager
    with _let_through(model):
        count = rows.filter(pk__in=ids)._raw_delete("default")
    delete_history(label, ids)
    return count


def delete_of(label: str, owner: str, owners: Collection[Any], *, but: Collection[Any] = ()) -> int:
    """Delete all rows of a model that belong to some owners, and all history, that of rows long gone too.

    ``owner`` is the name of the foreign key, such as ``partner``; ``but`` are rows that stay. Return how many went.
    """
    model = apps.get_model(label)
    rows: Any = model._default_manager
    with _let_through(model):
        count = rows.filter(**{f"{owner}__in": owners}).exclude(pk__in=but)._raw_delete("default")
    _, history = tracked_models().get(label, (None, None))
    if history is not None:
        with _let_through(history):
            history.objects.filter(**{f"{owner}__in": owners}).exclude(pgh_obj_id__in=but)._raw_delete("default")
    return count


def delete_history(label: str, ids: Collection[Any]) -> None:
    """Delete all history of rows that are gone."""
    _, history = tracked_models().get(label, (None, None))
    if history is not None:
        with _let_through(history):
            history.objects.filter(pgh_obj_id__in=ids)._raw_delete("default")


def rename_actor(user_id: UUID, *, known_as: Collection[str], name: str) -> None:
    """Let somebody stand under another name in what they did and read, and in what was read about them.

    The audit's contexts carry the name of whoever acted, and sometimes a reason in words: the names stay true to the
    account's new one, and reasons given for a change of this account go. ``known_as`` are words that name this person
    and nobody else.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pghistory_context SET metadata = jsonb_set(metadata, '{actor_name}', to_jsonb(%s::text))"
            " WHERE metadata ->> 'actor' = %s",
            [name, str(user_id)],
        )
        cursor.execute(
            "UPDATE pghistory_context SET metadata = jsonb_set(metadata, '{reason}', to_jsonb(%s::text))"
            " WHERE metadata ? 'reason' AND id IN"
            " (SELECT pgh_context_id FROM accounts_userevent WHERE pgh_obj_id = %s)",
            [ERASED, str(user_id)],
        )
    with _let_through(AccessLog):
        AccessLog.objects.filter(actor_id=user_id).update(actor_name=name)
        AccessLog.objects.filter(subject_id=str(user_id)).update(subject_name=name)
        for words in known_as:
            AccessLog.objects.filter(subject_name__icontains=words).update(subject_name=name)
