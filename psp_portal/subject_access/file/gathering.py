"""Gathers what is held about somebody, part by part: rows, where else they are named, changes, readings.

Parts come one after the other and hold their records as iterators, so that a file of any length needs the memory of a
batch. Each record comes masked: what leaves here may be given away.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Model

from psp_portal.accounts.enums import STAFF_ROLES, Role
from psp_portal.accounts.models import Membership, Organisation, User
from psp_portal.accounts.policies.forgotten import FORGOTTEN
from psp_portal.audit.models import AccessLog
from psp_portal.audit.tracked import tracked_models
from psp_portal.dates import format_date
from psp_portal.people.queries import account_kept_of
from psp_portal.reports.audit import presenters
from psp_portal.reports.audit.kinds import KINDS
from psp_portal.reports.audit.queries import Event, events_at
from psp_portal.subject_access.file.words import Value, called_by, is_person, label_of, short, written
from psp_portal.subject_access.policies.masking import Known, Masker
from psp_portal.subject_access.registry import ABOUT, About, Subject
from psp_portal.templatetags import nhs_datetime

BATCH = 1000


@dataclass(frozen=True)
class Part:
    """Records of one kind: under which heading they stand, what they are, and each as a list of values."""

    section: str
    kind: str
    title: str
    records: Iterable[list[Value]]


@dataclass
class Gathered:
    """What is held about somebody.

    ``keys`` fills with the keys of the rows that were given, for who read them and so that none is listed twice;
    ``told`` with the changes.
    """

    subject: Subject
    masker: Masker
    keys: set[str] = field(default_factory=set)
    told: set[tuple[str, int]] = field(default_factory=set)

    def parts(self) -> Iterator[Part]:
        """Return the parts in their order; each must be read before the next is asked for."""
        for about in ABOUT.values():
            if about.is_open_to(self.subject):
                yield Part(about.section, about.model, title_of(about.table), self._rows(about))
        yield Part("Where else you are named", "named", "Records that name you", self._named())
        yield Part("Changes to your records", "changes", "Who changed what", self._changes())
        yield Part("Who read your records", "readings", "Readings", self._readings())
        if self.subject.organisation_id is None:
            yield Part("What you did", "did", "Changes you made", self._did())
            yield Part("What you did", "read", "Records you read", self._read())

    # --- rows ---------------------------------------------------------------------------------
    def _rows(self, about: About) -> Iterator[list[Value]]:
        fields = about.fields(self.subject)
        called = {each.name: path for each in fields if (path := called_by(each))}
        wanted = ["pk", *(each.attname for each in fields), *called.values()]
        own = {email.casefold() for email in self.subject.emails}
        for row in about.rows(self.subject).values(*wanted).iterator(chunk_size=BATCH):
            self.keys.add(str(row["pk"]))
            near = {str(row[each.attname]) for each in fields if is_person(each) and row[each.attname]}
            yield [
                Value("row", "Record", str(row["pk"]), short(row["pk"])),
                *(
                    written(
                        each,
                        _own_items(row[each.attname], own) if each.name in about.lists else row[each.attname],
                        masker=self.masker,
                        near=near,
                        called=row[called[each.name]] if each.name in called else None,
                    )
                    for each in fields
                ),
            ]

    def _named(self) -> Iterator[list[Value]]:
        """Return where an account is named but not as the one that the row is about: who it was that did something."""
        for model, names in naming_fields():
            about = ABOUT.get(model._meta.label)
            if self.subject.organisation_id and (about is None or not about.organisations):
                continue
            held = about.held_by(self.subject) if about else models.Q()
            moment = next(
                (each.name for each in model._meta.concrete_fields if isinstance(each, models.DateField)), None
            )
            rows: Any = model._base_manager
            for each in names:
                found = rows.filter(held, **{f"{each.name}__in": self.subject.user_ids}).order_by("pk")
                columns = ["pk", moment] if moment else ["pk"]
                for pk, *when in found.values_list(*columns).iterator(chunk_size=BATCH):
                    if str(pk) in self.keys:
                        continue
                    yield [
                        Value("kind", "Kind", model._meta.label, title_of(model)),
                        Value("row", "Record", str(pk), short(pk)),
                        Value("as", "Named as", each.name, label_of(each)),
                        _moment("when", "Of", when[0] if when else None),
                    ]

    # --- history ------------------------------------------------------------------------------
    def _changes(self) -> Iterator[list[Value]]:
        kinds = _kinds()
        places = [
            (kinds[about.model], str(ref), at)
            for about in ABOUT.values()
            if about.history is not None and about.is_open_to(self.subject)
            for ref, at in about.changes(self.subject).values_list("pgh_id", "pgh_created_at")
        ]
        self.told = {(kind, int(ref)) for kind, ref, _ in places}
        places.sort(key=lambda place: (place[2], place[0], int(place[1])))
        organisations = {str(pk): name for pk, name in Organisation.objects.values_list("pk", "name")}
        for start in range(0, len(places), BATCH):
            # Readings have a part of their own: here are changes alone.
            events = [each for each in events_at(places[start : start + BATCH]) if isinstance(each, Event)]
            names = {
                key: self.masker.person(key) if self.masker.knows(key) else organisations[key]
                for key in presenters.keys_in(events)
                if self.masker.knows(key) or key in organisations
            }
            for event in events:
                masked = replace(event, context=self._masked_context(event.context))
                entry = presenters.entry_for(masked, names)
                changes = "\n".join(
                    f"{change.field}: {change.after}"
                    if change.before is None
                    else f"{change.field}: {change.before}, now {change.after}"
                    for change in entry.changes
                )
                yield [
                    _moment("at", "When", entry.at),
                    self._words("what", "What", entry.sentence),
                    self._words("doing", "Doing", entry.doing),
                    self._words("reason", "Reason", entry.reason),
                    self._words("changes", "Changes", changes),
                ]

    def _masked_context(self, context: Mapping[str, Any]) -> dict[str, Any]:
        actor = str(context.get("actor", ""))
        return {**context, "actor_name": self.masker.person(actor)} if self.masker.knows(actor) else dict(context)

    def _readings(self) -> Iterator[list[Value]]:
        about_them = {*self.keys, *map(str, self.subject.user_ids)}
        log = AccessLog.objects.order_by("at", "pk")
        if self.subject.organisation_id:
            log = log.filter(organisation_id=self.subject.organisation_id)
        for row in log.filter(subject_id__in=about_them).iterator(chunk_size=BATCH):
            yield [
                _moment("at", "When", row.at),
                Value("who", "Who", who := self.masker.person(row.actor_id), who),
                self._words("what", "What", _read_words(row.what)),
            ]

    def _did(self) -> Iterator[list[Value]]:
        actors = [str(pk) for pk in self.subject.user_ids]
        for label, (model, history) in tracked_models().items():
            kind, title = _kinds()[label], title_of(model)
            found = history.objects.filter(pgh_context__metadata__actor__in=actors).order_by("pgh_id")
            columns = ("pgh_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pgh_context__metadata__action")
            for ref, at, verb, pk, action in found.values_list(*columns).iterator(chunk_size=BATCH):
                if (kind, ref) in self.told:
                    continue
                yield [
                    _moment("at", "When", at),
                    Value("what", "What", verb, f"You {presenters.VERBS[verb]}: {title}"),
                    Value("row", "Record", str(pk), short(pk)),
                    Value("doing", "Doing", action, presenters.doing_in_words(action or "")),
                ]

    def _read(self) -> Iterator[list[Value]]:
        for row in AccessLog.objects.filter(actor_id__in=self.subject.user_ids).order_by("at", "pk").iterator(BATCH):
            yield [
                _moment("at", "When", row.at),
                self._words("what", "What", _read_words(row.what)),
                Value("row", "Record", row.subject_id, short(row.subject_id)),
            ]

    def _words(self, name: str, label: str, text: str) -> Value:
        masked = self.masker.text(text)
        return Value(name, label, masked, masked)


def gather(subject: Subject, *, name: str) -> Gathered:
    """Return what is held about somebody, who is called ``name``; with other people masked."""
    same_as = {str(gone): str(kept) for gone, kept in account_kept_of().items()}
    known = list(_known_people(same_as))
    own = {str(pk) for pk in subject.user_ids}
    own_words = {name, *subject.emails, *(each.name for each in known if each.key in own)}
    return Gathered(
        subject, Masker(known, own_keys=own, own_name=name, own_words=own_words, roles=_staff_roles(), same_as=same_as)
    )


def naming_fields() -> list[tuple[type[Model], list[models.Field]]]:
    """Return, for each model, the fields that name an account without the row being about it."""
    found = []
    for model in apps.get_models():
        # What pghistory brings is no table of ours: histories, and a view of them.
        if model._meta.app_label == "pghistory" or hasattr(model, "pgh_tracked_model"):
            continue
        about = ABOUT.get(model._meta.label)
        names = [
            each
            for each in model._meta.concrete_fields
            if is_person(each) and (about is None or each.name not in about.people)
        ]
        if names:
            found.append((model, names))
    return found


def title_of(model: type[Model]) -> str:
    """Return what a kind of record is called: as the audit trail calls it, or by its own name."""
    kind = _kinds().get(model._meta.label)
    return KINDS[kind].label if kind else str(model._meta.verbose_name).capitalize()


@cache
def _kinds() -> dict[str, str]:
    """Return the audit's kinds by the models."""
    return {kind.model: key for key, kind in KINDS.items()}


def _known_people(same_as: Mapping[str, str]) -> Iterator[Known]:
    """Return everybody whose name or address the portal knows: accounts first, then those without one.

    Of an account that became one with another the name is known still.
    """
    for pk, name, email in User.objects.order_by("created_at", "pk").values_list("pk", "name", "email"):
        if str(pk) in same_as or not email.endswith(FORGOTTEN):
            yield Known(str(pk), name, email)
    for about in ABOUT.values():
        if about.names is None or about.model == "accounts.User":
            continue
        rows: Any = about.table._base_manager
        for name, email in rows.order_by("pk").values_list(*about.names):
            if name or email:
                yield Known(email.casefold() or name.casefold(), name, email)


def _staff_roles() -> dict[str, str]:
    """Return what each member of staff is or was, by their key: the last role they took up."""
    held = Membership.objects.filter(role__in=STAFF_ROLES).order_by("starts_on", "pk")
    return {str(user_id): Role(role).label.lower() for user_id, role in held.values_list("user_id", "role")}


def _own_items(rows: Any, own: set[str]) -> Any:
    """Return the items of a list in which one of these addresses stands."""
    return [row for row in rows if any(email in str(row).casefold() for email in own)]


def _moment(name: str, label: str, at: Any) -> Value:
    if at is None:
        return Value(name, label, None, "")
    words = nhs_datetime(at) if isinstance(at, datetime) else format_date(at)
    return Value(name, label, at.isoformat(), words)


def _read_words(what: str) -> str:
    parts = what.split(".")
    return (parts[1] if len(parts) > 1 else what).replace("_", " ").capitalize()
