"""Reads how much time partners have, when, and for what; every function starts from a user or from partners."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from partners.enums import PartnerStatus
from partners.enums.capacity import Audience, CapacityStatus
from partners.models import Partner
from partners.models.capacity import AwayPeriod, CapacityAgreement, CapacitySettings, Profile
from partners.policies import capacity as policies
from partners.policies.capacity import MonthOfTime, Period, Promised
from partners.queries.access import access_flags_for
from partners.queries.appointments import partners_looked_after_by, partners_visible_to
from psp_portal.accounts.models import User
from psp_portal.waiting import Waiting

MOST_WAITING = 50


# --- how much time ------------------------------------------------------------------------------
def months_from(day: date) -> list[date]:
    """Return the first days of the months that a page shows, beginning with the day's own."""
    return policies.months_from(day)


def settings_of(organisation_id: UUID) -> CapacitySettings:
    """Return an organisation's own numbers; the defaults, not stored, where it has set none."""
    found = CapacitySettings.objects.filter(organisation_id=organisation_id).first()
    return found or CapacitySettings(organisation_id=organisation_id)


def agreements_visible_to(user: User, *, today: date) -> QuerySet[CapacityAgreement]:
    """Return what was proposed and agreed about the time of the partners whom somebody may see, latest first."""
    return (
        CapacityAgreement.objects.filter(partner__in=partners_visible_to(user, today=today))
        .select_related("partner__user", "partner__organisation", "partner__lead", "proposed_by", "answered_by")
        .order_by("-proposed_at", "pk")
    )


def months_of(
    partners: Iterable[Partner], months: Iterable[date], promised: Mapping[tuple[UUID, date], Promised]
) -> dict[UUID, list[MonthOfTime]]:
    """Return what is agreed, promised and left of some months for some partners, by the partner's key. Two queries.

    ``months`` are first days; ``promised`` says what a partner's meetings take of a month, preparation left out, and
    holds nothing for those without any.
    """
    partners, months = list(partners), list(months)
    agreed: dict[UUID, list[policies.Agreed]] = defaultdict(list)
    for partner_id, starts_on, minutes, answered_at in CapacityAgreement.objects.filter(
        partner__in=partners, status=CapacityStatus.AGREED
    ).values_list("partner_id", "starts_on", "minutes", "answered_at"):
        agreed[partner_id].append(policies.Agreed(starts_on, minutes, answered_at))
    preparation = dict(
        CapacitySettings.objects.filter(organisation__in={each.organisation_id for each in partners}).values_list(
            "organisation_id", "preparation_minutes"
        )
    )
    usual = CapacitySettings().preparation_minutes
    found: dict[UUID, list[MonthOfTime]] = {}
    for partner in partners:
        found[partner.pk] = []
        for month in months:
            minutes = policies.agreed_in(month, agreed[partner.pk])
            taken = policies.promised_minutes(
                promised.get((partner.pk, month), Promised()),
                preparation_minutes=preparation.get(partner.organisation_id, usual),
            )
            left = policies.capacity_left(minutes, taken)
            found[partner.pk].append(MonthOfTime(month, minutes, taken, left))
    return found


# --- when -----------------------------------------------------------------------------------------
def away_periods_visible_to(user: User, *, today: date) -> QuerySet[AwayPeriod]:
    """Return the days away, now and to come, of the partners whom somebody may see, the next first."""
    return (
        AwayPeriod.objects.filter(partner__in=partners_visible_to(user, today=today), ends_on__gte=today)
        .select_related("partner__user", "partner__lead", "partner__organisation")
        .order_by("starts_on", "pk")
    )


def away_between(partner_ids: Iterable[UUID], first: date, last: date | None = None) -> dict[UUID, list[Period]]:
    """Return when some partners are away in some days (both included, ``last`` None for no end), by their key.

    For whoever arranges something with them, whose query has said which partners these are. One query.
    """
    found: dict[UUID, list[Period]] = defaultdict(list)
    rows = AwayPeriod.objects.filter(
        Q() if last is None else Q(starts_on__lte=last), partner_id__in=list(partner_ids), ends_on__gte=first
    )
    for away in rows.order_by("starts_on", "pk"):
        found[away.partner_id].append(away.period)
    return dict(found)


# --- for what -------------------------------------------------------------------------------------
def profile_of(partner: Partner) -> Profile:
    """Return what a partner offers; empty, and not stored, for somebody who has said nothing yet."""
    return Profile.objects.filter(partner=partner).first() or Profile(partner=partner)


def may_read_experience(user: User, profile: Profile, *, today: date) -> bool:
    """Say whether somebody may read what a partner has lived through: the partner, their lead, and whom they chose.

    Whom they chose can only be other programme leads: nobody else sees a partner's page.
    """
    partner = profile.partner
    if user.pk == partner.user_id or profile.experience_for == Audience.MATCHING:
        return True
    return partners_looked_after_by(user, today=today).filter(pk=partner.pk).exists()


# --- for whoever arranges something ---------------------------------------------------------------
@dataclass(frozen=True)
class Arranging:
    """What somebody should know of a partner who arranges something with them."""

    partner: Partner
    has_access_needs: bool
    away: list[Period]
    week: list[tuple[str, str]]


def to_arrange_for(user: User, partners: Iterable[Partner], *, today: date) -> list[Arranging]:
    """Return what somebody should know of some partners: needs they may know of, days away to come, times. 3 queries.

    ``partners`` are those whom the caller's own query shows to this person.
    """
    partners = list(partners)
    keys = [partner.pk for partner in partners]
    flags = access_flags_for(user, partners, today=today)
    away = away_between(keys, today)
    weeks = {profile.partner_id: profile.week for profile in Profile.objects.filter(partner_id__in=keys)}
    return [
        Arranging(partner, partner.pk in flags, away.get(partner.pk, []), weeks.get(partner.pk, []))
        for partner in partners
    ]


def waiting(user: User, *, today: date) -> list[Waiting]:
    """Return what was proposed about a partner's time and waits for somebody's answer, oldest first. One query."""
    # What staff propose waits for the partner, and what the partner proposes for their lead.
    by_partner = Q(proposed_by=F("partner__user"))
    proposed = (
        CapacityAgreement.objects.filter(status=CapacityStatus.PROPOSED)
        .filter(
            Q(partner__user=user) & ~by_partner
            | Q(partner__in=partners_looked_after_by(user, today=today)) & by_partner
        )
        .exclude(partner__status=PartnerStatus.LEFT)
    )
    return [
        Waiting(
            label="Say whether you agree to the time a month",
            detail=f"{each.proposed_by.name} proposes {each.in_words}.",
            url=reverse("capacity:agreement_answer", args=[each.pk]),
            since=each.proposed_at,
        )
        for each in proposed.select_related("proposed_by").order_by("proposed_at", "pk")[:MOST_WAITING]
    ]
