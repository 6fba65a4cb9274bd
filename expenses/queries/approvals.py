"""Reads what was agreed before a journey: who may see it, and what of it a claim's lines come under."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import F, OrderBy, Q, Sum

from committees.queries import assignments_visible_to, partners_paid_by
from expenses.enums import ApprovalStatus, ClaimStatus, FareClass, LineKind
from expenses.models import Claim, ClaimLine, PriorApproval, RateCard, StandingApproval
from expenses.models.approvals import PriorApprovalQuerySet, StandingApprovalQuerySet
from expenses.models.lines import COUNTING
from expenses.policies import approvals as policy
from expenses.policies import card as cards
from expenses.queries.rates import as_values, with_rows
from partners.queries import appointments_of
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import organisation_ids_where
from psp_portal.accounts.roles import Permission, roles_with
from psp_portal.dates import local_date
from psp_portal.money import ZERO

# Who of the payer's staff sees what was asked and agreed: those who decide, and those who look after partners.
STAFF_WHO_SEE_APPROVALS = roles_with(Permission.DECIDE_CLAIMS) | roles_with(Permission.MANAGE_PARTNERS)


def _newest(moment: str) -> OrderBy:
    # What has not happened comes first: PostgreSQL would put it last.
    return F(moment).desc(nulls_first=True)


def prior_approvals_visible_to(user: User, *, today: date) -> PriorApprovalQuerySet:
    """Return the requests somebody may see: their own, those that wait on them, and their organisations' as staff."""
    theirs = organisation_ids_where(user, STAFF_WHO_SEE_APPROVALS, today)
    return PriorApproval.objects.filter(Q(claimant=user) | Q(waiting_on=user) | Q(payer_id__in=theirs)).select_related(
        "claimant", "payer", "partner", "assignment__committee", "waiting_on", "answered_by"
    )


def prior_approvals_of(user: User) -> PriorApprovalQuerySet:
    """Return what somebody has asked for themselves, newest first."""
    return (
        PriorApproval.objects.filter(claimant=user)
        .select_related("payer", "assignment__committee", "waiting_on", "answered_by")
        .order_by("-asked_at", "pk")
    )


def prior_approvals_at(user: User, organisation_id: UUID, *, today: date) -> PriorApprovalQuerySet:
    """Return what an organisation has been asked as payer, as far as somebody may see it: what waits first, oldest."""
    return (
        prior_approvals_visible_to(user, today=today)
        .filter(payer_id=organisation_id)
        .exclude(claimant=user)
        .order_by(_newest("withdrawn_at"), _newest("answered_at"), "asked_at", "pk")
    )


def prior_approvals_in(keys: Iterable[UUID]) -> list[PriorApproval]:
    """Return the answered requests that lines of a claim come under, for whoever may see the claim."""
    wanted = set(keys)
    return list(PriorApproval.objects.filter(pk__in=wanted).select_related("answered_by")) if wanted else []


def standing_approvals_visible_to(user: User, *, today: date) -> StandingApprovalQuerySet:
    """Return the standing approvals somebody may see: their own, and as a lead or approver those of their payer.

    That somebody has one says that they have a need, so finance, executives and auditors have no page that lists them.
    """
    theirs = organisation_ids_where(user, STAFF_WHO_SEE_APPROVALS, today)
    return StandingApproval.objects.filter(Q(partner__user=user) | Q(payer_id__in=theirs)).select_related(
        "partner__user", "payer", "recorded_by", "ended_by"
    )


def standing_approvals_of(user: User) -> StandingApprovalQuerySet:
    """Return somebody's own standing approvals, the latest to end first."""
    return (
        StandingApproval.objects.filter(partner__user=user)
        .select_related("payer", "recorded_by", "ended_by")
        .order_by("-ends_on", "pk")
    )


def standing_approvals_at(user: User, organisation_id: UUID, *, today: date) -> StandingApprovalQuerySet:
    """Return an organisation's standing approvals, as far as somebody may see them, the first to end first."""
    return (
        standing_approvals_visible_to(user, today=today)
        .filter(payer_id=organisation_id)
        .exclude(partner__user=user)
        .order_by(_newest("ended_at"), "ends_on", "pk")
    )


def partners_to_approve_for(user: User, organisation_id: UUID) -> list[tuple[str, str]]:
    """Return the (id, name) of those for whom somebody may record a standing approval: all whom a payer pays but them.

    The organisation must be one where they may.
    """
    partners = partners_paid_by(organisation_id).exclude(user=user)
    return [(str(partner.pk), partner.user.get_full_name()) for partner in partners]


def months_of_standing(organisation_id: UUID) -> int:
    """Return how many months a standing approval may last; without a rate card what a new one says."""
    card = RateCard.objects.filter(organisation_id=organisation_id).only("standing_approval_months").first()
    return (card or RateCard()).standing_approval_months


def agreed_with(
    partner_id: UUID, payer_id: UUID, *, since: date, until: date, without_claim: UUID | None = None
) -> list[policy.Agreed]:
    """Return what a payer has agreed with a partner for days from ``since`` to ``until``. Three queries.

    What is left of it is what the partner's sent claims have not used that still stand; ``without_claim`` leaves one
    out of that.
    """
    days = Q(starts_on__lte=until, ends_on__gte=since)
    asked = list(
        PriorApproval.objects.filter(days, partner_id=partner_id, payer_id=payer_id, status=ApprovalStatus.AGREED)
    )
    used = _used_of(asked, without_claim)
    standing = StandingApproval.objects.filter(days, partner_id=partner_id, payer_id=payer_id)
    return [*(_asked(each, used.get(each.pk, ZERO)) for each in asked), *(_standing(each) for each in standing)]


def _used_of(asked: Iterable[PriorApproval], without_claim: UUID | None) -> dict[UUID, Decimal]:
    keys = [each.pk for each in asked if each.limit is not None]
    if not keys:
        return {}
    lines = ClaimLine.objects.filter(prior_approval_id__in=keys, status__in=COUNTING).exclude(
        Q(claim_id=without_claim) | Q(claim__status=ClaimStatus.DRAFT)
    )
    return dict(lines.order_by().values_list("prior_approval_id").annotate(pounds=Sum("amount")))


def newly_agreed(approval: PriorApproval) -> policy.Agreed:
    """Return a request that has just been agreed to, nothing of it used yet."""
    return _asked(approval, ZERO)


def _asked(approval: PriorApproval, used: Decimal) -> policy.Agreed:
    is_first = approval.fare_class == FareClass.FIRST
    return policy.Agreed(
        key=approval.pk,
        kinds=frozenset() if is_first else frozenset({LineKind(approval.kind)}),
        covers_first_class=is_first,
        is_over_limit=approval.is_over_limit,
        starts_on=approval.starts_on,
        ends_on=approval.ends_on,
        left=None if approval.limit is None else max(approval.limit - used, ZERO),
    )


def _standing(approval: StandingApproval) -> policy.Agreed:
    ends_on = approval.ends_on
    if approval.ended_at:
        ends_on = min(ends_on, local_date(approval.ended_at))
    return policy.Agreed(
        key=approval.pk,
        kinds=frozenset(LineKind(kind) for kind in approval.kinds),
        covers_first_class=approval.covers_first_class,
        is_over_limit=False,
        starts_on=approval.starts_on,
        ends_on=ends_on,
        left=approval.limit,
        is_standing=True,
    )


def agreements_of(claim: Claim, lines: list[ClaimLine], card: cards.RateCard) -> dict[UUID, cards.Agreement]:
    """Return what was agreed beforehand that each line of a claim comes under; no query where none needs it."""
    wanted = [(line.pk, wanted_of(line)) for line in lines if line.amount and not line.is_trust_booked]
    days = [each.on for _, each in wanted if policy.is_needed(each, card)]
    if not days:
        return {}
    agreed = agreed_with(claim.partner_id, claim.payer_id, since=min(days), until=max(days), without_claim=claim.pk)
    return policy.assign(wanted, agreed, card)


def wanted_of(line: ClaimLine) -> policy.Wanted:
    """Return a line with an amount as what must have been agreed."""
    return policy.Wanted(
        LineKind(line.kind), policy.is_first_class(line.kind, line.fare_class), line.date, line.amount or ZERO
    )


def agreed_words_for(claim: Claim, kind: LineKind, *, is_first_class: bool, today: date) -> list[str]:
    """Return what is agreed in the portal for a kind of line of somebody's own claim, up to today, in words."""
    found = agreed_with(
        claim.partner_id, claim.payer_id, since=claim.partner.starts_on, until=today, without_claim=claim.pk
    )
    fitting = [each for each in found if (each.covers_first_class if is_first_class else kind in each.kinds)]
    return [policy.agreed_in_words(each) for each in sorted(fitting, key=lambda each: (each.starts_on, str(each.key)))]


@dataclass(frozen=True)
class AskingChoices:
    """What somebody can ask for before a journey: (value, label) of what it is for, and of what they need."""

    abouts: list[tuple[str, str]]
    subjects: list[tuple[str, str]]


def asking_choices(user: User, *, today: date) -> AskingChoices:
    """Return what somebody can ask for: their committees and organisations, and all that any of their payers wants.

    Which payer wants what is the service's question; most have one payer.
    """
    mine = list(
        assignments_visible_to(user, today=today)
        .filter(partner__user=user)
        .not_over(today)
        .order_by("committee__name", "-starts_on")
    )
    appointments = list(appointments_of(user).serving())
    payers = {each.payer_id for each in mine} | {each.organisation_id for each in appointments}
    found = with_rows(RateCard.objects.filter(organisation_id__in=payers).order_by("pk"))
    subjects = [each for card in found for each in policy.subjects_of(as_values(card))]
    return AskingChoices(
        abouts=[
            *((f"{each.partner_id}:{each.pk}", each.committee.name) for each in mine),
            *((f"{each.pk}:", f"Something else for {each.organisation.name}") for each in appointments),
        ],
        subjects=list(dict.fromkeys((each.value, each.label) for each in subjects)),
    )
