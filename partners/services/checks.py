"""Writes about checks; one function for each thing a person, or the clock, can do."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from partners.enums import PartnerMove, PartnerStatus
from partners.models import Partner
from partners.models.checks import Check, CheckRequirement
from partners.notifications import checks as notifications
from partners.permissions import checks as permissions
from partners.policies import checks as policies
from partners.queries import checks as queries
from partners.services.expiring import warn_of_ends
from partners.services.induction import begin_induction
from partners.services.moving import lock_partner, move_partner
from psp_portal.accounts.models import User
from psp_portal.audit.context import Actor, SystemActor, audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken

CLOCK = SystemActor("partners.warn_of_checks")


@dataclass(frozen=True)
class RequirementFacts:
    """How a check is asked for. ``renewal_months`` None when once is enough; level and reason of a DBS check only."""

    renewal_months: int | None = None
    dbs_level: str = ""
    dbs_reason: str = ""


# --- what is asked for ------------------------------------------------------------------------
@audited("partners.requirement.save")
@transaction.atomic
def require_check(
    *, organisation_id: UUID, kind: str, role_categories: Collection[int], facts: RequirementFacts, by: User,
    at: datetime,
) -> list[CheckRequirement]:  # fmt: skip
    """Ask for a check of some role categories, or change how it is asked for. It counts for whoever is appointed next.

    Raises RuleBroken for no category, a renewal that cannot be, or a DBS check that the law does not allow.
    """
    permissions.check_can_manage_requirements(by, organisation_id, today=local_date(at))
    if not role_categories:
        raise RuleBroken("Select for which roles", field="role_categories")
    _check_facts(kind, facts)
    return [
        CheckRequirement.objects.update_or_create(
            organisation_id=organisation_id, role_category=category, kind=kind, defaults=vars(facts)
        )[0]
        for category in sorted(role_categories)
    ]


@audited("partners.requirement.save")
@transaction.atomic
def change_requirement(*, requirement_id: UUID, facts: RequirementFacts, by: User, at: datetime) -> CheckRequirement:
    """Change how a check is asked for. What was recorded already keeps the day it runs out. Raises as above."""
    requirement = CheckRequirement.objects.select_for_update(of=("self",)).get(pk=requirement_id)
    permissions.check_can_manage_requirements(by, requirement.organisation_id, today=local_date(at))
    _check_facts(requirement.kind, facts)
    requirement.renewal_months = facts.renewal_months
    requirement.dbs_level, requirement.dbs_reason = facts.dbs_level, facts.dbs_reason
    requirement.save(update_fields=["renewal_months", "dbs_level", "dbs_reason"])
    return requirement


@audited("partners.requirement.remove")
@transaction.atomic
def remove_requirement(*, requirement_id: UUID, by: User, at: datetime) -> None:
    """Ask for a check no longer. Those who wait for it wait on, until their lead takes it off."""
    requirement = CheckRequirement.objects.select_for_update(of=("self",)).get(pk=requirement_id)
    permissions.check_can_manage_requirements(by, requirement.organisation_id, today=local_date(at))
    requirement.delete()


def _check_facts(kind: str, facts: RequirementFacts) -> None:
    policies.check_renewal(facts.renewal_months)
    policies.check_dbs(kind, level=facts.dbs_level, reason=facts.dbs_reason)


# --- one partner's ------------------------------------------------------------------------------
def begin_checks(partner: Partner, *, at: datetime) -> None:
    """Let the checks that the template asks for wait; the partner, who is new, is locked and is told."""
    _ask(partner, list(queries.requirements_of(partner.organisation_id, partner.role_category)), (), at=at)


@audited("partners.check.ask")
@transaction.atomic
def ask_for_checks(*, partner_id: UUID, kinds: Collection[str], by: User, at: datetime) -> None:
    """Ask for checks of a partner who is there already, for the first time or again; the partner is told.

    Raises RuleBroken for no kind, one that waits already, or a DBS check of a role for which the template says no
    reason.
    """
    partner = lock_partner(partner_id)
    permissions.check_can_record_checks(by, partner, today=local_date(at))
    open_to = {kind for kind, _missing in queries.kinds_to_ask_for(partner)}
    if not kinds or not open_to.issuperset(kinds):
        raise RuleBroken("Select what is to be checked", field="kinds")
    required = queries.requirements_of(partner.organisation_id, partner.role_category).filter(kind__in=kinds)
    _ask(partner, list(required), set(kinds) - {each.kind for each in required}, at=at)


def _ask(partner: Partner, required: Collection[CheckRequirement], others: Collection[str], *, at: datetime) -> None:
    rows = [
        Check(partner=partner, kind=each.kind, dbs_level=each.dbs_level, dbs_reason=each.dbs_reason, asked_at=at)
        for each in required
    ]
    Check.objects.bulk_create([*rows, *(Check(partner=partner, kind=kind, asked_at=at) for kind in sorted(others))])
    notifications.checks_asked(partner, at=at)


@audited("partners.check.record")
@transaction.atomic
def record_check(
    *, check_id: UUID, outcome: str, done_on: date, reference: str, seen_by_id: UUID, by: User, at: datetime
) -> Check:
    """Record what came of a check that waits, once; with the last one that was needed the partner goes on.

    ``reference`` is a number or code, never words. Raises RuleBroken when it was recorded already, the day is still to
    come, the reference could be words, or whoever saw the papers is no member of staff or the partner.
    """
    check = _lock_check(check_id)
    partner, today = check.partner, local_date(at)
    permissions.check_can_record_checks(by, partner, today=today)
    policies.check_waits(check.outcome, done_on=check.done_on)
    policies.check_outcome(outcome, done_on=done_on, today=today)
    check.reference = policies.clean_reference(reference)
    staff = queries.staff_who_may_see_papers(partner.organisation_id, today=today).exclude(pk=partner.user_id)
    if not staff.filter(pk=seen_by_id).exists():
        raise RuleBroken("Select the member of staff who saw the papers", field="seen_by_id")
    required = queries.requirements_of(partner.organisation_id, partner.role_category).filter(kind=check.kind).first()
    check.outcome, check.done_on, check.seen_by_id, check.recorded_at = outcome, done_on, seen_by_id, at
    check.expires_on = policies.expires_on(outcome, done_on, required.renewal_months if required else None)
    check.save(update_fields=["outcome", "done_on", "reference", "seen_by", "recorded_at", "expires_on"])
    notifications.check_recorded(check, at=at)
    _go_on_if_done(partner, by=by, at=at)
    return check


@audited("partners.check.remove")
@transaction.atomic
def remove_check(*, check_id: UUID, by: User, at: datetime) -> None:
    """Take off a check that waits and that the template does not ask for; when it was the last, the partner goes on.

    Raises RuleBroken for one that was recorded, or that the template asks for.
    """
    check = _lock_check(check_id)
    permissions.check_can_record_checks(by, check.partner, today=local_date(at))
    policies.check_waits(check.outcome, done_on=check.done_on)
    if queries.is_required(check):
        raise RuleBroken("Your organisation asks for this check of this role. Change that first.")
    check.delete()
    _go_on_if_done(check.partner, by=by, at=at)


def _lock_check(check_id: UUID) -> Check:
    """Return a check with its partner, both locked; the partner first, as everywhere."""
    partner = lock_partner(Check.objects.values_list("partner_id", flat=True).get(pk=check_id))
    check = Check.objects.select_for_update().get(pk=check_id)
    check.partner = partner
    return check


def _go_on_if_done(partner: Partner, *, by: Actor, at: datetime) -> None:
    if partner.status == PartnerStatus.CHECKS and policies.are_done(queries.outcomes_of(partner)):
        go_on(partner, by=by, at=at)


def go_on(partner: Partner, *, by: Actor, at: datetime) -> None:
    """Let a locked partner whose checks are done begin their induction, or the role where there is none; both are told.

    The one place that says what follows on checks.
    """
    has_induction = begin_induction(partner, by=by, at=at)
    move_partner(partner, PartnerMove.BEGIN_INDUCTION if has_induction else PartnerMove.BEGIN)
    notifications.checks_done(partner, by=by, at=at)


# --- the clock ----------------------------------------------------------------------------------
def warn_of_checks(*, at: datetime) -> int:
    """Warn partners and their leads of checks that run out in 90, 60 and 30 days, once each; return how many.

    After days down only the step that is nearest is sent. Each check is a transaction of its own.
    """
    return warn_of_ends(
        queries.latest_that_expire(today=local_date(at)),
        tell=notifications.check_runs_out,
        by=CLOCK,
        action="partners.check.warn",
        at=at,
    )
