"""Reads terms, pauses, leaving and what is handed on; every function starts from a user or an organisation."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse

from partners.enums import PartnerStatus
from partners.enums.leaving import ExitSharing, ExitStatus, PackSection, PackStatus, SuccessionStatus
from partners.enums.training import RequestStatus
from partners.models import Partner, PartnerQuerySet
from partners.models.leaving import (
    Departure,
    ExitAnswer,
    ExitConversation,
    HandoverPack,
    PackText,
    Pause,
    SuccessionPlan,
    TermChange,
)
from partners.policies import leaving as policies
from partners.policies.support import review_due_on
from partners.queries.appointments import leads_of, partners_looked_after_by, partners_visible_to
from partners.queries.support import settings_of
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import organisation_ids_allowing
from psp_portal.accounts.roles import Permission
from psp_portal.dates import format_date, local_date
from psp_portal.encryption import decrypt
from psp_portal.waiting import Waiting

MOST_WAITING = 50
ENDING_WITHIN_MONTHS = policies.SUCCESSION_MONTHS
# For so long after the last day a leaver is asked for the handover pack; after that they can still write it.
MOST_DAYS_TO_WRITE = 90


# --- terms -----------------------------------------------------------------------------------
def term_changes_of(partner: Partner) -> QuerySet[TermChange]:
    """Return how a term has changed, the latest first, for whoever may see the partner."""
    return TermChange.objects.filter(partner=partner).select_related("changed_by").order_by("-changed_at", "pk")


def other_terms(user_id: UUID, organisation_id: UUID) -> list[tuple[date, date | None]]:
    """Return the first and last days of somebody's terms at an organisation; no last day while they have not left."""
    terms = Partner.objects.filter(user_id=user_id, organisation_id=organisation_id)
    return list(terms.order_by("starts_on").values_list("starts_on", "left_on"))


def plans_visible_to(user: User, *, today: date) -> QuerySet[SuccessionPlan]:
    """Return the succession plans of the organisations whose partners somebody manages, the first to decide first."""
    allowed = organisation_ids_allowing(user, Permission.MANAGE_PARTNERS, today)
    return (
        SuccessionPlan.objects.filter(partner__organisation_id__in=allowed)
        .exclude(partner__user=user)
        .select_related("partner__user", "partner__lead", "partner__organisation", "decided_by")
        .order_by("decide_by", "pk")
    )


def terms_ending(user: User, organisation_id: UUID | None, *, today: date) -> PartnerQuerySet:
    """Return the serving partners of an organisation whose term ends within six months or is over, the first first.

    Each has its plans for the term's last day as ``plans_now``: one, or none before the clock has made it.
    """
    allowed = organisation_ids_allowing(user, Permission.MANAGE_PARTNERS, today)
    plans = SuccessionPlan.objects.filter(term_ends_on=F("partner__term_ends_on"))
    return (
        Partner.objects.serving()
        .filter(
            organisation_id=organisation_id,
            organisation_id__in=allowed,
            term_ends_on__lte=policies.ends_within_succession(today),
        )
        .exclude(user=user)
        .select_related("user", "lead")
        .prefetch_related(Prefetch("succession_plans", plans, to_attr="plans_now"))
        .order_by("term_ends_on", "user__name", "pk")
    )


def terms_to_decide(user: User, organisation_id: UUID | None, *, today: date) -> PartnerQuerySet:
    """Return those of ``terms_ending`` for which it is not decided what happens."""
    decided = SuccessionPlan.objects.filter(
        partner=OuterRef("pk"), term_ends_on=OuterRef("term_ends_on"), status=SuccessionStatus.DECIDED
    )
    return terms_ending(user, organisation_id, today=today).filter(~Exists(decided))


def partners_without_plan(*, today: date) -> PartnerQuerySet:
    """Return the serving partners whose term ends within six months and has no plan: for the clock."""
    planned = SuccessionPlan.objects.filter(partner=OuterRef("pk"), term_ends_on=OuterRef("term_ends_on"))
    return (
        Partner.objects.exclude(status__in=[PartnerStatus.LEFT, PartnerStatus.LEAVING])
        .filter(~Exists(planned), term_ends_on__lte=policies.ends_within_succession(today))
        .order_by("pk")
    )


def next_review_on(partner: Partner) -> date | None:
    """Return the day on which the next annual review opens, or None for a partner who is given none now."""
    if partner.status not in (PartnerStatus.INDUCTION, PartnerStatus.ACTIVE):
        return None
    opened_at = partner.reviews.order_by("-opened_at").values_list("opened_at", flat=True).first()
    months = settings_of(partner.organisation_id).review_months
    return review_due_on(partner.starts_on, local_date(opened_at) if opened_at else None, every_months=months)


# --- pauses ----------------------------------------------------------------------------------
def open_pause_of(partner: Partner) -> Pause | None:
    """Return the pause that a partner is in or that is to come, or None."""
    return Pause.objects.filter(partner=partner, ended_on__isnull=True).select_related("asked_by").first()


def pauses_of(partner: Partner) -> QuerySet[Pause]:
    """Return a partner's pauses that began, the latest first."""
    return Pause.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=F("starts_on")), partner=partner).order_by(
        "-starts_on", "pk"
    )


def pauses_covering(partner: OuterRef, day: object) -> QuerySet[Pause]:
    """Return the pauses of a partner on a day, which may be an expression, for use in another app's query."""
    return Pause.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=day), partner=partner, starts_on__lte=day)


def paused_on(partner_ids: list[UUID], day: date) -> set[UUID]:
    """Return which of some partners pause on a day. One query."""
    covering = Pause.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=day), starts_on__lte=day)
    return set(covering.filter(partner_id__in=partner_ids).values_list("partner_id", flat=True))


def pauses_to_begin(*, today: date) -> QuerySet[Pause]:
    """Return the pauses whose first day has come and whose partner is not paused yet: for the clock."""
    return Pause.objects.filter(
        ended_on__isnull=True,
        starts_on__lte=today,
        partner__status__in=[PartnerStatus.INDUCTION, PartnerStatus.ACTIVE],
    ).order_by("pk")


# --- leaving ---------------------------------------------------------------------------------
def open_departure_of(partner: Partner) -> Departure | None:
    """Return when and why a partner leaves, while they have not left."""
    return Departure.objects.filter(partner=partner, closed_at__isnull=True).select_related("announced_by").first()


def departures_due(*, today: date) -> QuerySet[Departure]:
    """Return the departures whose last day is over: for the clock."""
    return Departure.objects.filter(closed_at__isnull=True, last_day__lt=today).order_by("pk")


def leavers_of(user: User, *, today: date) -> QuerySet[Departure]:
    """Return the departures that are announced of the partners whom somebody looks after, the first to go first."""
    return (
        Departure.objects.filter(closed_at__isnull=True, partner__in=partners_looked_after_by(user, today=today))
        .select_related("partner__user")
        .order_by("last_day", "pk")
    )


def exit_of(partner: Partner) -> ExitConversation | None:
    """Return a partner's exit conversation, or None when none was offered."""
    return ExitConversation.objects.filter(partner=partner).select_related("partner").first()


def exits_visible_to(user: User, *, today: date) -> QuerySet[ExitConversation]:
    """Return the exit conversations that somebody may know of: their own, and of those whom they may see."""
    return ExitConversation.objects.filter(partner__in=partners_visible_to(user, today=today)).select_related(
        "partner__user", "partner__organisation", "partner__lead"
    )


def is_shared_with(conversation: ExitConversation, user: User, *, today: date) -> bool:
    """Say whether a partner chose somebody to read what they said: their lead, or any lead of today."""
    partner = conversation.partner
    leads = leads_of(partner.organisation_id, today=today)
    if conversation.sharing == ExitSharing.LEADS:
        return leads.filter(pk=user.pk).exclude(pk=partner.user_id).exists()
    return conversation.sharing == ExitSharing.LEAD and partner.lead_id == user.pk and leads.filter(pk=user.pk).exists()


@dataclass(frozen=True)
class Answer:
    """A question of an exit conversation and what was said."""

    position: int
    question: str
    text: str


def answers_of(conversation: ExitConversation) -> list[Answer]:
    """Return what was asked and said, in order; the caller has asked who may read it."""
    rows = ExitAnswer.objects.filter(conversation=conversation).order_by("position")
    return [Answer(row.position, row.question, decrypt(row.sealed) if row.sealed else "") for row in rows]


# --- what is handed on -----------------------------------------------------------------------
def packs() -> QuerySet[HandoverPack]:
    """Return all handover packs, for the queries of people, which know who is new on a committee."""
    return HandoverPack.objects.select_related("partner__user", "partner__organisation", "successor__user")


def packs_of_own_and_led(user: User, *, today: date) -> Q:
    """Return the condition under which a pack is somebody's to read without a committee: own, named for, or as a lead.

    Nobody but its partner reads one before it is published.
    """
    managed = organisation_ids_allowing(user, Permission.MANAGE_PARTNERS, today)
    named = Q(successor__user=user) & ~Q(successor__status=PartnerStatus.LEFT)
    return Q(partner__user=user) | Q(status=PackStatus.PUBLISHED) & (named | Q(partner__organisation_id__in=managed))


def pack_of(partner: Partner) -> HandoverPack | None:
    """Return a partner's handover pack, or None when they have begun none."""
    return packs().filter(partner=partner).first()


def texts_of(pack: HandoverPack) -> list[tuple[PackSection, str]]:
    """Return a pack's parts in order, with what stands in each."""
    texts = dict(PackText.objects.filter(pack=pack).values_list("section", "text"))
    return [(section, texts.get(section, "")) for section in PackSection]


def successors_for(partner: Partner) -> PartnerQuerySet:
    """Return whom a partner can name as successor: the others who serve at the organisation, by name."""
    return (
        Partner.objects.serving()
        .filter(organisation_id=partner.organisation_id)
        .exclude(user_id=partner.user_id)
        .exclude(status=PartnerStatus.LEAVING)
        .select_related("user")
        .order_by("user__name", "pk")
    )


def open_promises_of(partner: Partner) -> list[str]:
    """Return what is open between a partner and the organisation, in words: requests, and what a review planned."""
    asked = partner.development_requests.filter(status__in=[RequestStatus.ASKED, RequestStatus.AGREED]).order_by(
        "asked_at"
    )
    found = [f"{each.get_kind_display()}: {each.what} ({each.get_status_display().lower()})" for each in asked]
    latest = partner.reviews.order_by("-opened_at").first()
    if latest and latest.development_plan:
        found.append(f"Plan of the last annual review: {latest.development_plan}")
    return found


# --- what waits ------------------------------------------------------------------------------
def waiting(user: User, *, today: date) -> list[Waiting]:
    """Return what waits for somebody, oldest first: terms to plan for and leavers for a lead, what a leaver is offered.

    Six queries at most.
    """
    looked_after = partners_looked_after_by(user, today=today)
    plans = (
        SuccessionPlan.objects.filter(status=SuccessionStatus.OPEN, partner__in=looked_after.serving())
        .select_related("partner__user")
        .order_by("decide_by", "pk")[:MOST_WAITING]
    )
    found = [
        Waiting(
            label=f"Decide what happens when the term of {plan.partner.user.name} ends",
            detail=f"It ends on {format_date(plan.term_ends_on)}.",
            url=reverse("leaving:succession_detail", args=[plan.pk]),
            since=plan.opened_at,
            due_on=plan.decide_by,
        )
        for plan in plans
    ]
    found += [
        Waiting(
            label=f"{departure.partner.user.name} is leaving",
            detail=f"Their last day is {format_date(departure.last_day)}.",
            url=reverse("leaving:term_detail", args=[departure.partner_id]),
            since=departure.announced_at,
        )
        for departure in leavers_of(user, today=today)[:MOST_WAITING]
    ]
    for conversation in ExitConversation.objects.filter(partner__user=user, status=ExitStatus.OFFERED).order_by("pk"):
        found.append(
            Waiting(
                label="Tell us how it was, if you want to",
                detail="You decide who reads it. You can also say no.",
                url=reverse("leaving:exit_answer", args=[conversation.partner_id]),
                since=conversation.offered_at,
            )
        )
    leaves = Departure.objects.filter(
        Q(closed_at__isnull=True) | Q(partner__status=PartnerStatus.LEFT, last_day=F("partner__left_on")),
        partner__user=user,
        last_day__gte=today - timedelta(days=MOST_DAYS_TO_WRITE),
    ).exclude(partner__handover_pack__status=PackStatus.PUBLISHED)
    found += [
        Waiting(
            label="Write down what your successor should know",
            detail=f"Your last day is {format_date(departure.last_day)}.",
            url=reverse("people:handover_detail", args=[departure.partner_id]),
            since=departure.announced_at,
        )
        for departure in leaves.order_by("pk")
    ]
    return sorted(found, key=lambda each: each.since)
