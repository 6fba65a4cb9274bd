"""Reads what would become of two accounts' records if they were one person's, and which became so."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.apps import apps
from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from psp_portal.accounts.models import Membership, Organisation, User
from psp_portal.accounts.queries import organisation_ids_allowing
from psp_portal.accounts.roles import Permission
from psp_portal.dates import format_date
from psp_portal.people.models import JoinedRecord
from psp_portal.people.naming import MOVES, ONE_EACH, TWO_PEOPLE


def accounts_joined_into(user_id: UUID) -> list[UUID]:
    """Return the keys of the accounts that became one with somebody's, and of those that became one with these."""
    found: list[UUID] = []
    layer = [user_id]
    while layer:
        layer = list(JoinedRecord.objects.filter(kept_id__in=layer).order_by("pk").values_list("gone_id", flat=True))
        found += layer
    return found


def account_kept_of() -> dict[UUID, UUID]:
    """Return, for every account that became one with another, the one that was kept in the end."""
    direct = dict(JoinedRecord.objects.values_list("gone_id", "kept_id"))
    return {gone: _last(kept, direct) for gone, kept in direct.items()}


def _last(kept: UUID, direct: dict[UUID, UUID]) -> UUID:
    while kept in direct:
        kept = direct[kept]
    return kept


def accounts_to_join(user: User, organisation: Organisation, person: User, *, today: date) -> QuerySet[User]:
    """Return the accounts of an organisation, closed ones too, that might be a person's second one; not one's own."""
    allowed = organisation_ids_allowing(user, Permission.MANAGE_PEOPLE, today)
    here = Membership.objects.filter(organisation=organisation, organisation_id__in=allowed).values("user_id")
    return User.objects.filter(pk__in=here).exclude(pk__in=[user.pk, person.pk]).order_by("name", "email")


def organisations_concerned(*people: User) -> set[UUID]:
    """Return the keys of all organisations where these people hold or held a role, or are or were partners."""
    return {
        *Membership.objects.filter(user__in=people).values_list("organisation_id", flat=True),
        *_appointments(people).values_list("organisation_id", flat=True),
    }


def _appointments(people: Iterable[User]) -> QuerySet:
    return apps.get_model("partners.Partner")._base_manager.filter(user__in=people).order_by("starts_on", "pk")


def both_have_bank_details(kept: User, gone: User) -> bool:
    """Say whether both accounts have bank details in use, so that somebody must choose."""
    details = apps.get_model("expenses.BankDetails")._base_manager.filter(replaced_at__isnull=True)
    return details.filter(user__in=[kept, gone]).count() == 2


@dataclass(frozen=True)
class Preview:
    """What joining two accounts would move and leave behind (kind and number), and what stands against it."""

    moves: list[tuple[str, int]]
    stays: list[tuple[str, int]]
    conflicts: list[str]
    both_have_bank_details: bool


def preview(kept: User, gone: User) -> Preview:
    """Return what would become of the records of ``gone`` if they were those of ``kept``."""
    counts: dict[str, int] = {}
    for label, count in _counts(moving(kept, gone)):
        counts[label] = counts.get(label, 0) + count
    roles = Membership.objects.filter(user=gone).count()
    return Preview(
        moves=_named(counts | ({"accounts.Membership": roles} if roles else {})),
        stays=_named(dict(_counts(left_behind(kept, gone)))),
        conflicts=conflicts(kept, gone),
        both_have_bank_details=both_have_bank_details(kept, gone),
    )


def moving(kept: User, gone: User) -> Iterator[tuple[str, str, QuerySet]]:
    """Return (model, field, rows) of all that goes over."""
    for label, fields in MOVES.items():
        for field in fields:
            rows = apps.get_model(label)._base_manager.filter(**{field: gone})
            if (label, field) in ONE_EACH:
                rows = rows.exclude(_has_its_own(label, field, kept))
            yield label, field, rows


def left_behind(kept: User, gone: User) -> Iterator[tuple[str, str, QuerySet]]:
    """Return (model, field, rows) of what the kept account has one of itself."""
    for label, field in ONE_EACH:
        yield (
            label,
            field,
            apps.get_model(label)._base_manager.filter(_has_its_own(label, field, kept), **{field: gone}),
        )


def _has_its_own(label: str, field: str, kept: User) -> Q:
    """Return what picks the rows for whose like the kept account has a row already."""
    same, counted = ONE_EACH[label, field]
    own = apps.get_model(label)._base_manager.filter(counted, **{field: kept})
    if not same:
        return counted & Q(pk__isnull=not own.exists())
    picked = Q(pk__in=[])
    for values in own.values(*same):
        picked |= Q(**values)
    return counted & picked


def _counts(parts: Iterator[tuple[str, str, QuerySet]]) -> list[tuple[str, int]]:
    """Return (model, number of rows) of each part that has any. One query."""
    first, *others = [
        rows.order_by()
        .annotate(which=Value(label))
        .values("which")
        .annotate(number=Count("pk"))
        .values_list("which", "number")
        for label, _, rows in parts
    ]
    return list(first.union(*others, all=True))


def _named(counts: dict[str, int]) -> list[tuple[str, int]]:
    """Return (what it is called, number), by name."""
    return sorted(
        (str(apps.get_model(label)._meta.verbose_name).capitalize(), count) for label, count in counts.items()
    )


def conflicts(kept: User, gone: User) -> list[str]:
    """Return, in words, why two accounts cannot be one person's; empty when nothing stands against it."""
    found = list(_appointments_at_once(kept, gone))
    found += [pair.words for pair in TWO_PEOPLE if pair.exists(kept.pk, gone.pk)]
    if _handled(kept, gone) or _handled(gone, kept):
        found.append("One has worked on a line of the other's claim.")
    return list(dict.fromkeys(found))


def _appointments_at_once(kept: User, gone: User) -> Iterator[str]:
    """Return the organisations where both are or were partners on one day."""
    ended = Coalesce("left_on", "term_ends_on")
    others = list(_appointments([gone]).annotate(ends=ended).values_list("organisation_id", "starts_on", "ends"))
    for own in _appointments([kept]).select_related("organisation").annotate(ends=ended):
        for organisation_id, starts, ends in others:
            if organisation_id == own.organisation_id and starts <= own.ends and own.starts_on <= ends:
                yield (
                    f"Both are or were partners at {own.organisation.name} at the same time, from "
                    f"{format_date(max(starts, own.starts_on))}. End one of the appointments first, with the right day."
                )


def _handled(claimant: User, other: User) -> bool:
    lines = apps.get_model("expenses.ClaimLine")._base_manager
    return lines.filter(claimant=claimant, handled_by__contains=[other.pk]).exists()
