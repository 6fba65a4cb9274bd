"""Writes how much time partners have, when, and for what; one function for each thing a person can do."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from partners.enums.capacity import Audience, CapacityStatus
from partners.models.capacity import AwayPeriod, CapacityAgreement, CapacitySettings, Profile
from partners.notifications import capacity as notifications
from partners.permissions import capacity as permissions
from partners.policies import capacity as policies
from partners.queries import capacity as queries
from partners.services.moving import lock_partner
from psp_portal.accounts.models import User
from psp_portal.audit.context import audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken


@audited("partners.capacity_settings.change")
@transaction.atomic
def change_capacity_settings(
    *, organisation_id: UUID, day_minutes: int, preparation_minutes: int, tags: Iterable[str], by: User, at: datetime
) -> CapacitySettings:
    """Set what a day is, how long a meeting is prepared for (both in minutes), and which interests can be chosen.

    What was agreed keeps its minutes, and what partners have chosen stays theirs. Raises RuleBroken for numbers out of
    reason.
    """
    permissions.check_can_manage_capacity(by, organisation_id, today=local_date(at))
    cleaned = policies.clean_tags(tags)
    policies.check_settings(day_minutes=day_minutes, preparation_minutes=preparation_minutes, tags=cleaned)
    settings, _made = CapacitySettings.objects.update_or_create(
        organisation_id=organisation_id,
        defaults={"day_minutes": day_minutes, "preparation_minutes": preparation_minutes, "tags": cleaned},
    )
    return settings


# --- how much time ------------------------------------------------------------------------------
@audited("partners.capacity.propose")
@transaction.atomic
def propose_time(
    *, partner_id: UUID, amount: Decimal, unit: str, starts_on: date, by: User, at: datetime
) -> CapacityAgreement:
    """Propose how much time a month a partner gives from a month on; the other one is asked whether they agree.

    What was proposed before and waits for an answer is withdrawn by it, whoever proposed it. Raises RuleBroken for an
    amount that no month has, or a first day that begins no month from this one to a year ahead.
    """
    partner, today = lock_partner(partner_id), local_date(at)
    permissions.check_can_change_time(by, partner, today=today)
    policies.check_amount(amount, unit)
    policies.check_first_month(starts_on, today=today)
    for open_one in CapacityAgreement.objects.filter(partner=partner, status=CapacityStatus.PROPOSED):
        open_one.status, open_one.answered_by, open_one.answered_at = CapacityStatus.WITHDRAWN, by, at
        open_one.save(update_fields=["status", "answered_by", "answered_at"])
    day_minutes = queries.settings_of(partner.organisation_id).day_minutes
    agreement = CapacityAgreement.objects.create(
        partner=partner,
        amount=amount,
        unit=unit,
        minutes=policies.minutes_of(amount, unit, day_minutes=day_minutes),
        starts_on=starts_on,
        proposed_by=by,
        proposed_at=at,
    )
    notifications.time_proposed(agreement, at=at)
    return agreement


@audited("partners.capacity.answer")
@transaction.atomic
def answer_time(*, agreement_id: UUID, agrees: bool, reason: str, by: User, at: datetime) -> CapacityAgreement:
    """Agree to what the other one proposed, or say no; whoever proposed it is told.

    Raises RuleBroken when it waits for no answer any more.
    """
    agreement = (
        CapacityAgreement.objects.select_for_update(of=("self",))
        .select_related("partner__user", "partner__organisation", "partner__lead", "proposed_by")
        .get(pk=agreement_id)
    )
    permissions.check_can_answer(by, agreement, today=local_date(at))
    policies.check_can_be_answered(agreement.status)
    agreement.status = CapacityStatus.AGREED if agrees else CapacityStatus.NOT_AGREED
    agreement.answered_by, agreement.answered_at, agreement.reason = by, at, reason.strip()
    agreement.save(update_fields=["status", "answered_by", "answered_at", "reason"])
    notifications.time_answered(agreement, at=at)
    return agreement


# --- when -----------------------------------------------------------------------------------------
@audited("partners.away.record")
@transaction.atomic
def record_away(*, partner_id: UUID, starts_on: date, ends_on: date, by: User, at: datetime) -> AwayPeriod:
    """Note the days on which a partner is away, both included; days noted before that they touch become one with them.

    Raises RuleBroken when the last day is before the first or before today, or more than a year is meant.
    """
    partner, today = lock_partner(partner_id), local_date(at)
    permissions.check_can_change_time(by, partner, today=today)
    period = policies.Period(starts_on, ends_on)
    policies.check_away(period, today=today)
    rows = {row.period: row for row in AwayPeriod.objects.filter(partner=partner)}
    whole, taken = policies.merged(period, rows)
    for each in taken:
        rows[each].delete()
    return AwayPeriod.objects.create(partner=partner, starts_on=whole.starts_on, ends_on=whole.ends_on)


@audited("partners.away.remove")
@transaction.atomic
def remove_away(*, away_id: UUID, by: User, at: datetime) -> None:
    """Take back that a partner is away."""
    away = (
        AwayPeriod.objects.select_for_update(of=("self",))
        .select_related("partner__user", "partner__organisation")
        .get(pk=away_id)
    )
    permissions.check_can_change_time(by, away.partner, today=local_date(at))
    away.delete()


@audited("partners.availability.save")
@transaction.atomic
def save_availability(*, partner_id: UUID, slots: Collection[str], by: User, at: datetime) -> Profile:
    """Keep when in a week a partner can usually take part. Raises RuleBroken for a time that no week has."""
    policies.check_slots(slots)
    return _save_profile(partner_id, by, slots=[slot for slot in policies.SLOTS if slot in slots])


# --- for what -------------------------------------------------------------------------------------
@audited("partners.skills.save")
@transaction.atomic
def save_skills(*, partner_id: UUID, skills: str, by: User, at: datetime) -> Profile:
    """Keep what a partner is good at, in their own words."""
    return _save_profile(partner_id, by, skills=skills.strip())


@audited("partners.interests.save")
@transaction.atomic
def save_interests(*, partner_id: UUID, interests: str, tags: Collection[str], by: User, at: datetime) -> Profile:
    """Keep what a partner cares about, in their own words, and what they chose from their organisation's list.

    Raises RuleBroken for a choice that is neither on the list nor was theirs before.
    """
    partner = lock_partner(partner_id)
    offered = queries.settings_of(partner.organisation_id).tags
    known = [*offered, *(tag for tag in queries.profile_of(partner).tags if tag not in offered)]
    if not set(tags) <= set(known):
        raise RuleBroken("Select from the list", field="tags")
    return _save_profile(partner_id, by, interests=interests.strip(), tags=[tag for tag in known if tag in tags])


@audited("partners.experience.save")
@transaction.atomic
def save_experience(*, partner_id: UUID, experience: str, experience_for: Audience, by: User, at: datetime) -> Profile:
    """Keep what a partner has lived through, in their own words, and who may read it."""
    return _save_profile(partner_id, by, experience=experience.strip(), experience_for=experience_for)


def _save_profile(partner_id: UUID, by: User, **fields: object) -> Profile:
    partner = lock_partner(partner_id)
    permissions.check_can_change_profile(by, partner)
    profile, _made = Profile.objects.update_or_create(partner=partner, defaults=fields)
    return profile
