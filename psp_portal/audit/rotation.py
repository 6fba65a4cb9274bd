"""Re-encrypts every encrypted column with the newest key, so that older keys can be taken away."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models, transaction

from psp_portal.audit.context import SystemActor, audited
from psp_portal.encryption import EncryptedField, encrypted_anew

BATCH = 500


@dataclass(frozen=True)
class Rotated:
    """What was done to one model: how many rows hold a value, how many of them changed, and which no key opens."""

    model: str
    rows: int
    changed: int
    unreadable: tuple[str, ...]


def encrypted_columns() -> dict[type[models.Model], list[str]]:
    """Return the encrypted fields of every model that has some: those of the class, so that nobody keeps a list."""
    found = {
        model: [field.name for field in model._meta.concrete_fields if isinstance(field, EncryptedField)]
        for model in apps.get_models()
    }
    return {model: names for model, names in found.items() if names}


def rotate_encryption_key(*, by: SystemActor) -> Iterator[Rotated]:
    """Re-encrypt, a batch at a time and each batch a transaction of its own, all that an older key encrypted.

    It can be stopped and begun again: what the newest key opens already is left as it is. A row that no key opens is
    named by its key and left as it is too.
    """
    for model, names in encrypted_columns().items():
        rows = changed = 0
        unreadable: list[str] = []
        last = None
        while batch := _rotate_batch(model, names, after=last, by=by):
            rows, changed, last = rows + batch.rows, changed + batch.changed, batch.last
            unreadable += batch.unreadable
        yield Rotated(model._meta.label, rows, changed, tuple(unreadable))


@dataclass(frozen=True)
class _Batch:
    rows: int
    changed: int
    unreadable: list[str]
    last: Any


@audited("audit.key.rotate")
@transaction.atomic
def _rotate_batch(model: type[models.Model], names: list[str], *, after: Any, by: SystemActor) -> _Batch | None:
    """Do the next rows after a key; return None when there are none left."""
    manager = model._default_manager
    rows = manager.select_for_update(of=("self",)).only(*names).order_by("pk")
    batch: list[Any] = list((rows if after is None else rows.filter(pk__gt=after))[:BATCH])
    if not batch:
        return None
    changed: list[Any] = []
    unreadable: list[str] = []
    for row in batch:
        try:
            anew = {name: encrypted_anew(getattr(row, name)) for name in names if getattr(row, name)}
        except ValueError:
            unreadable.append(str(row.pk))
            continue
        if any(getattr(row, name) != value for name, value in anew.items()):
            for name, value in anew.items():
                setattr(row, name, value)
            changed.append(row)
    manager.bulk_update(changed, names)
    return _Batch(len(batch), len(changed), unreadable, batch[-1].pk)
