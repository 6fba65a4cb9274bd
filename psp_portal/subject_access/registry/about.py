"""How an entry of the registry says where a model's rows about somebody are, and what of them is given."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Q

from psp_portal.audit.tracked import tracked_models

# Given to whoever answers for any organisation of the person: who they are.
ANYWHERE = "*"
# Machines' own: keys, hashes and counters that tell nobody anything, or would open something.
MACHINES = frozenset({
    "password", "token_hash", "key_hash", "key", "session_key", "data", "fingerprint", "stored_sha256", "checksum",
    "dedupe_key", "attempts", "next_try_at", "by_name",
})  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """Whom a file is about, and which organisation's records are looked through; None for all."""

    user_ids: tuple[UUID, ...]
    emails: tuple[str, ...]
    organisation_id: UUID | None = None


@dataclass(frozen=True)
class About:
    """Rows of ``model`` about a person.

    ``person`` are the paths that lead from a row to the account, ``email`` those to an e-mail address that is theirs;
    ``more`` finds what no path does. ``organisation`` are the paths to the organisations that hold the row: left out,
    the partner's (for a path that ends in ``partner__user``) or the row's own; where there is none either, or with
    ``is_private``, the row is given to the person alone and never to staff, as are ``private_fields``. ``leaves_out``
    are fields that are given to nobody; ``names`` the fields by which a row names a person and their address; of a list
    in ``lists`` only the items are given in which the person's own address stands.
    """

    model: str
    person: str | tuple[str, ...] = ()
    section: str = ""
    email: str | tuple[str, ...] = ()
    organisation: str | tuple[str, ...] | None = None
    is_private: bool = False
    private_fields: frozenset[str] = frozenset()
    leaves_out: frozenset[str] = frozenset()
    names: tuple[str, str] | None = None
    lists: tuple[str, ...] = ()
    more: Callable[[Subject], Q] | None = None

    @cached_property
    def table(self) -> type[models.Model]:
        return apps.get_model(self.model)

    @property
    def history(self) -> Any:
        """The model of the history, or None."""
        return tracked_models().get(self.model, (None, None))[1]

    @cached_property
    def people(self) -> tuple[str, ...]:
        return _each(self.person)

    @cached_property
    def organisations(self) -> tuple[str, ...]:
        if self.is_private:
            return ()
        if self.organisation is not None:
            return _each(self.organisation)
        paths = [
            path.removesuffix("user") + "organisation"
            for path in self.people
            if f"__{path}".endswith("__partner__user")
        ]
        if not paths and any(field.name == "organisation" for field in self.table._meta.fields):
            paths = ["organisation"]
        return tuple(paths)

    def fields(self, subject: Subject) -> list[models.Field]:
        """Return the fields that are given, in the model's order."""
        hidden = MACHINES | self.leaves_out | (self.private_fields if subject.organisation_id else frozenset())
        return [
            field
            for field in self.table._meta.concrete_fields
            if not field.primary_key and field.name not in hidden and not isinstance(field, models.FileField)
        ]

    def is_open_to(self, subject: Subject) -> bool:
        """Say whether any of it goes into a file for this reader."""
        return subject.organisation_id is None or bool(self.organisations)

    def wanted(self, subject: Subject, *, prefix: Callable[[str], str] = str) -> Q:
        """Return what picks the rows about somebody. ``prefix`` rewrites a path for the table it is asked of."""
        found = Q(pk__in=[])
        for path in self.people:
            found |= Q(**{f"{prefix(path)}__in": subject.user_ids})
        for path in _each(self.email):
            for email in subject.emails:
                found |= Q(**{f"{prefix(path)}__iexact": email})
        return found & self.held_by(subject, prefix=prefix)

    def held_by(self, subject: Subject, *, prefix: Callable[[str], str] = str) -> Q:
        """Return what picks the rows that the subject's organisation holds."""
        held = Q()
        if subject.organisation_id and ANYWHERE not in self.organisations:
            for path in self.organisations:
                held |= Q(**{prefix(path): subject.organisation_id})
        return held

    def rows(self, subject: Subject) -> models.QuerySet:
        """Return the rows about somebody that their file holds."""
        wanted = self.wanted(subject)
        if self.more:
            wanted |= self.more(subject) & self.held_by(subject)
        rows: Any = self.table._base_manager
        return rows.filter(wanted).order_by("pk")

    def changes(self, subject: Subject) -> models.QuerySet:
        """Return the history of the rows about somebody, of those too that are gone."""
        return self.history.objects.filter(self.wanted(subject, prefix=self._in_history))

    def _in_history(self, path: str) -> str:
        """Return a path as it begins at a history row: what the row itself does not hold, from the thing."""
        own = {field.name for field in self.history._meta.concrete_fields}
        return path if path.split("__")[0] in own else f"pgh_obj__{path}"


@dataclass(frozen=True)
class Nothing:
    """A model that holds nothing about a person beyond who did something with it, and why."""

    model: str
    why: str


def in_lists(subject: Subject) -> Q:
    """Return what picks the uploaded lists (rows of text as JSON) in which an address of somebody stands."""
    found = Q(pk__in=[])
    for email in subject.emails:
        found |= Q(rows__icontains=email)
    return found


def _each(paths: str | tuple[str, ...]) -> tuple[str, ...]:
    return (paths,) if isinstance(paths, str) else paths
