"""Reads agreements and who has signed which; every function starts from a user, an organisation or partners."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, UUIDField, Value, When
from django.urls import reverse

from partners.enums.agreements import AgreementKind, AgreementShown, AgreementState
from partners.models import Partner, PartnerQuerySet
from partners.models.agreements import AgreementVersion, AgreementVersionQuerySet, Signature
from partners.policies import agreements as policies
from partners.queries.appointments import partners_looked_after_by, partners_visible_to
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import organisation_ids_allowing
from psp_portal.accounts.roles import Permission
from psp_portal.dates import start_of_day
from psp_portal.waiting import Awaited, Waiting

MOST_WAITING = 50
UNSIGNED = (AgreementState.SIGN, AgreementState.SIGN_AGAIN)


# --- the texts --------------------------------------------------------------------------------
def versions_visible_to(user: User, *, today: date) -> AgreementVersionQuerySet:
    """Return the versions somebody may read, the latest first.

    Those who manage partners read all of their organisations', drafts too; a partner what was published by theirs.
    """
    manages = organisation_ids_allowing(user, Permission.MANAGE_PARTNERS, today)
    is_partner = Partner.objects.filter(user=user).values("organisation_id")
    return (
        AgreementVersion.objects.filter(
            Q(organisation_id__in=manages) | Q(organisation_id__in=is_partner, published_at__isnull=False)
        )
        .select_related("organisation", "published_by")
        .order_by("-number", "pk")
    )


def versions_in_force(organisation_ids: Iterable[UUID]) -> list[AgreementVersion]:
    """Return what is in force at some organisations, in the order of the kinds. One query."""
    found = AgreementVersion.objects.in_force().filter(organisation_id__in=list(organisation_ids))
    order = list(AgreementKind)
    return sorted(found.select_related("organisation"), key=lambda each: order.index(AgreementKind(each.kind)))


def version_in_force(organisation_id: UUID, kind: str) -> AgreementVersion | None:
    """Return the version of an agreement that is in force, or None."""
    return AgreementVersion.objects.in_force().filter(organisation_id=organisation_id, kind=kind).first()


def draft_of(organisation_id: UUID, kind: str) -> AgreementVersion | None:
    """Return the draft of an agreement, or None."""
    return AgreementVersion.objects.filter(
        organisation_id=organisation_id, kind=kind, published_at__isnull=True
    ).first()


def version_before(version: AgreementVersion) -> AgreementVersion | None:
    """Return the published version that a version follows, or None for the first."""
    return (
        AgreementVersion.objects.published()
        .filter(organisation_id=version.organisation_id, kind=version.kind, number__lt=version.number)
        .order_by("-number")
        .first()
    )


def text_of(version: AgreementVersion, *, since: AgreementVersion | None = None) -> list[policies.Group]:
    """Return a version's text to be shown, with what changed since another one marked where one is given."""
    return policies.as_written(version.text) if since is None else policies.with_changes(since.text, version.text)


# --- who has signed what ------------------------------------------------------------------------
@dataclass(frozen=True)
class Standing:
    """How a partner stands with the version of an agreement in force; ``signature`` is their latest of the kind."""

    partner: Partner
    version: AgreementVersion
    state: AgreementState
    signature: Signature | None


def rows_of(
    partners: PartnerQuerySet,
    versions: Collection[AgreementVersion],
    *,
    states: Collection[str] = (),
    signed: QuerySet[Signature] | None = None,
) -> QuerySet:
    """Return a row (``pk``, ``version_id``, ``state``, ``who``) for each partner and version of their organisation.

    With ``states`` those in one of them. The database counts and cuts them; ``standings`` fills them in. ``signed`` are
    the signatures of few partners, where they are few: then it need not look through everybody's.
    """
    everybodys = Signature.objects.all() if signed is None else signed
    parts = []
    for version in versions:
        found = (
            partners.order_by()
            .filter(organisation_id=version.organisation_id)
            .annotate(
                version_id=Value(version.pk, output_field=UUIDField()),
                place=Value(list(AgreementKind).index(AgreementKind(version.kind))),
                state=_state_with(version, everybodys),
                who=F("user__name"),
            )
        )
        if states:
            found = found.filter(state__in=list(states))
        parts.append(found.values("pk", "version_id", "place", "state", "who"))
    if not parts:
        return Partner.objects.none().values("pk")
    first, *others = parts
    return first.union(*others, all=True).order_by("who", "pk", "place")


def _state_with(version: AgreementVersion, signatures: QuerySet[Signature]) -> Case:
    # Not by what belongs to each row: the database then looks once through all signatures, and not once per partner.
    of_kind = signatures.filter(version__organisation_id=version.organisation_id, kind=version.kind)
    of_this = of_kind.filter(version=version)
    stands = {"agrees": True, "ended_at__isnull": True}
    if version.kind == AgreementKind.IMAGES:
        # A no, and consent taken back, are answers: nobody is asked again because the words have changed.
        cases = [
            (of_this.filter(**stands), AgreementState.GIVEN),
            (of_kind.filter(**stands), AgreementState.SIGN_AGAIN),
            (of_kind.filter(agrees=False, ended_at__isnull=True), AgreementState.DECLINED),
            (of_kind, AgreementState.WITHDRAWN),
        ]
    else:
        cases = [
            (of_this.filter(countersigned_at__isnull=False), AgreementState.COMPLETE),
            (of_this, AgreementState.COUNTERSIGN),
            (of_kind, AgreementState.SIGN_AGAIN),
        ]
    whens = [When(pk__in=rows.values("partner_id"), then=Value(state.value)) for rows, state in cases]
    return Case(*whens, default=Value(AgreementState.SIGN.value), output_field=CharField())


def standings(rows: Iterable[dict[str, Any]], versions: Collection[AgreementVersion]) -> list[Standing]:
    """Fill in rows of ``rows_of`` with what they are about. Two queries, however many there are."""
    rows = list(rows)
    by_key = {version.pk: version for version in versions}
    ids = {row["pk"] for row in rows}
    partners = Partner.objects.select_related("user", "organisation", "lead").in_bulk(ids)
    # The latest of each comes last and stays.
    signed = Signature.objects.filter(partner_id__in=ids).select_related("version", "countersigned_by")
    latest = {(each.partner_id, each.kind): each for each in signed.order_by("signed_at")}
    return [
        Standing(
            partners[row["pk"]],
            by_key[row["version_id"]],
            AgreementState(row["state"]),
            latest.get((row["pk"], by_key[row["version_id"]].kind)),
        )
        for row in rows
    ]


def standings_of(partners: PartnerQuerySet) -> list[Standing]:
    """Return how some partners stand with all that is in force where they are. Four queries."""
    places = list(partners.order_by().values_list("organisation_id", flat=True).distinct())
    versions = versions_in_force(places)
    signed = Signature.objects.filter(partner__in=partners.order_by().values("pk"))
    return standings(rows_of(partners, versions, signed=signed), versions)


def agreements_found(
    user: User, organisation_id: UUID | None, versions: Sequence[AgreementVersion], *, today: date, shown: str = "",
    kind: str = "",
) -> QuerySet:  # fmt: skip
    """Return the rows of an organisation's partners, those who left not, that a list with these filters shows.

    ``versions`` are those in force; ``shown`` is one of ``AgreementState`` or ``AgreementShown``.
    """
    partners = partners_visible_to(user, today=today).filter(organisation_id=organisation_id).serving()
    chosen = [version for version in versions if not kind or version.kind == kind]
    states = UNSIGNED if shown == AgreementShown.UNSIGNED else [shown] if shown else ()
    return rows_of(partners, chosen, states=states)


def standing_with(partner: Partner, version: AgreementVersion) -> Standing:
    """Return how one partner stands with the version in force of an agreement."""
    signed = Signature.objects.filter(partner=partner)
    return standings(rows_of(Partner.objects.filter(pk=partner.pk), [version], signed=signed), [version])[0]


def signatures_visible_to(user: User, *, today: date) -> QuerySet[Signature]:
    """Return the signatures of the partners whom somebody may see, the latest first."""
    return (
        Signature.objects.filter(partner__in=partners_visible_to(user, today=today))
        .select_related("partner__user", "partner__lead", "partner__organisation", "version", "countersigned_by")
        .order_by("-signed_at", "pk")
    )


def is_in_force(version: AgreementVersion) -> bool:
    """Say whether no newer version has been published."""
    return AgreementVersion.objects.in_force().filter(pk=version.pk).exists()


def asked_since(organisation_ids: Iterable[UUID], kind: str) -> dict[UUID, datetime]:
    """Return since when organisations have had an agreement of a kind, by their key, where they have one."""
    published = AgreementVersion.objects.published().filter(kind=kind, organisation_id__in=list(organisation_ids))
    return {version.organisation_id: version.published_at for version in published.order_by("-number")}


# --- what waits -------------------------------------------------------------------------------
def waiting(user: User, *, today: date) -> list[Waiting]:
    """Return what waits to be signed by a partner, and to be countersigned by a lead. Six queries at most."""
    found = []
    for signature in _to_countersign().filter(
        partner__in=partners_looked_after_by(user, today=today).serving().order_by()
    )[:MOST_WAITING]:
        found.append(
            Waiting(
                label=f"Sign for your organisation: {signature.get_kind_display()}",
                detail=f"{signature.partner.user.name} has signed it.",
                url=reverse("agreements:signature_countersign", args=[signature.pk]),
                since=signature.signed_at,
            )
        )
    own = list(Partner.objects.serving().filter(user=user).values_list("pk", "organisation_id"))
    if own:
        versions = versions_in_force({place for _pk, place in own})
        keys = [pk for pk, _place in own]
        mine, signed = Partner.objects.filter(pk__in=keys), Signature.objects.filter(partner__in=keys)
        for row in standings(rows_of(mine, versions, states=UNSIGNED, signed=signed)[:MOST_WAITING], versions):
            again = row.state == AgreementState.SIGN_AGAIN
            assert row.version.published_at is not None  # noqa: S101  versions in force are published
            found.append(
                Waiting(
                    label=f"Read and sign{' again' if again else ''}: {row.version.get_kind_display()}",
                    detail="The text has changed." if again else f"{row.partner.organisation.name} asks you to.",
                    url=reverse("agreements:agreement_sign", args=[row.partner.pk, row.version.pk]),
                    since=max(row.version.published_at, start_of_day(row.partner.starts_on)),
                )
            )
    return found


def awaited(user: User, *, today: date) -> list[Awaited]:
    """Return the agreements that somebody has signed and their organisation has not. One query."""
    return [
        Awaited(
            label=f"The second signature: {signature.get_kind_display()}",
            who=signature.partner.lead.name,
            url=reverse("agreements:signature_detail", args=[signature.pk]),
            since=signature.signed_at,
        )
        for signature in _to_countersign().filter(partner__in=Partner.objects.serving().filter(user=user))[
            :MOST_WAITING
        ]
    ]


def _to_countersign() -> QuerySet[Signature]:
    """Return the signatures under what is in force that need a second one, the oldest first."""
    newer = AgreementVersion.objects.published().filter(
        organisation=OuterRef("version__organisation"), kind=OuterRef("kind"), number__gt=OuterRef("version__number")
    )
    return (
        Signature.objects.filter(~Exists(newer), ~Q(kind=AgreementKind.IMAGES), countersigned_at__isnull=True)
        .select_related("partner__user", "partner__lead")
        .order_by("signed_at", "pk")
    )
