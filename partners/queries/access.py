"""Reads what partners need, as far as they let somebody know; every function starts from a user."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Min, Prefetch, Q, QuerySet
from django.urls import reverse

from partners.enums import PartnerStatus
from partners.enums.access import NeedStatus, Sharing
from partners.models import Partner, PartnerQuerySet
from partners.models.access import AccessNeed, AccessSettings, NeedMet
from partners.policies import access as policies
from partners.queries.appointments import partners_looked_after_by, partners_visible_to
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import organisation_ids_allowing
from psp_portal.accounts.roles import Permission
from psp_portal.audit.models import AccessLog
from psp_portal.dates import start_of_day
from psp_portal.waiting import Waiting

# What a reading of somebody's needs, and one of the list without details, are called in the access log.
READ, LISTED = "partners.access_needs.read", "partners.access_reviews.export"
MOST_WAITING = MOST_READINGS = 50


def settings_of(organisation_id: UUID) -> AccessSettings:
    """Return an organisation's time between two reviews; the default, not stored, where it has set none."""
    found = AccessSettings.objects.filter(organisation_id=organisation_id).first()
    return found or AccessSettings(organisation_id=organisation_id)


# --- who may know ---------------------------------------------------------------------------------
def needs_visible_to(user: User, *, today: date) -> QuerySet[AccessNeed]:
    """Return the needs, now, that somebody may know of (docs/adr/0024).

    Their own; those of the partners they look after; and of others only what the partner has agreed to share with
    those who arrange things for them, who are: the programme leads of the partner's organisation, and whoever sees
    its committees while the partner is on one.
    """
    return (
        AccessNeed.objects.exclude(status=NeedStatus.ENDED)
        .filter(
            Q(partner__user=user)
            | Q(partner__in=partners_looked_after_by(user, today=today))
            | Q(sharing=Sharing.ARRANGERS, partner__in=_arranged_for_by(user, today))
        )
        .select_related("partner__user", "partner__lead", "partner__organisation", "recorded_by", "reviewed_by")
    )


def _arranged_for_by(user: User, today: date) -> PartnerQuerySet:
    # A partner's assignments are reached by the name that committees gave them: the rule of who may know stands in one
    # place, and nothing is imported upwards.
    not_over = Q(assignments__ends_on__isnull=True) | Q(assignments__ends_on__gte=today)
    on_a_committee = Q(
        organisation_id__in=organisation_ids_allowing(user, Permission.SEE_COMMITTEES, today),
        assignments__isnull=False,
    )
    all_of_them = Q(organisation_id__in=organisation_ids_allowing(user, Permission.MANAGE_PARTNERS, today))
    return Partner.objects.exclude(status=PartnerStatus.LEFT).filter(all_of_them | on_a_committee & not_over)


def access_flags_for(user: User, partners: Iterable[Partner], *, today: date) -> frozenset[UUID]:
    """Return the keys of those among some partners of whom somebody may know that they have access needs. One query.

    Not their own: nobody needs to be told.
    """
    visible = needs_visible_to(user, today=today).filter(partner__in=[each.pk for each in partners])
    return frozenset(visible.exclude(partner__user=user).order_by().values_list("partner_id", flat=True).distinct())


def partners_with_needs_page_for(user: User, *, today: date) -> PartnerQuerySet:
    """Return the partners whose page of needs somebody may open.

    Whoever sees a partner's own page may open it, whether there is anything on it for them or not, so that the address
    tells nothing; whoever sees only committees may where there is something that was shared with them.
    """
    needs = needs_visible_to(user, today=today).values("partner_id")
    visible = partners_visible_to(user, today=today).values("pk")
    return Partner.objects.filter(Q(pk__in=visible) | Q(pk__in=needs)).select_related("user", "organisation", "lead")


# --- what stands on the pages ---------------------------------------------------------------------
def needs_of(user: User, partner: Partner, *, today: date) -> QuerySet[AccessNeed]:
    """Return a partner's needs as somebody may know of them, with on which occasions they were met. Two queries."""
    occasions = NeedMet.objects.select_related("recorded_by").order_by("-on", "-recorded_at", "pk")
    return (
        needs_visible_to(user, today=today)
        .filter(partner=partner)
        .prefetch_related(Prefetch("occasions", queryset=occasions))
        .order_by("identified_on", "recorded_at", "pk")
    )


@dataclass(frozen=True)
class ReadingOfNeeds:
    """Somebody has read what a partner needs, or taken away a list that says whose needs are to be gone through."""

    at: datetime
    name: str
    is_list: bool


def readings_of(partner: Partner) -> list[ReadingOfNeeds]:
    """Return who has read what a partner needs, the latest first: for the partner. One query."""
    logged = AccessLog.objects.filter(what__in=[READ, LISTED], subject_id=str(partner.pk)).order_by("-at", "pk")
    return [ReadingOfNeeds(log.at, log.actor_name, log.what == LISTED) for log in logged[:MOST_READINGS]]


def to_review_by(user: User, *, today: date) -> PartnerQuerySet:
    """Return the partners somebody looks after with something to write down, or to go through in the next 30 days.

    Each has ``to_write_down`` (how many) and ``review_due_on`` (the earliest day); nothing of what they need.
    """
    return (
        partners_looked_after_by(user, today=today)
        .exclude(status=PartnerStatus.LEFT)
        .annotate(
            to_write_down=Count("access_needs", filter=Q(access_needs__status=NeedStatus.IDENTIFIED)),
            review_due_on=Min("access_needs__review_due_on", filter=Q(access_needs__status=NeedStatus.RECORDED)),
        )
        .filter(Q(to_write_down__gt=0) | Q(review_due_on__lte=today + policies.REVIEW_SEEN_AHEAD))
        .order_by(F("review_due_on").asc(nulls_first=True), "user__name", "pk")
    )


def due_for_reminder(*, today: date) -> list[UUID]:
    """Return the partners with needs whose review is due, of which nobody has been reminded: for the clock."""
    due = AccessNeed.objects.filter(
        status=NeedStatus.RECORDED, review_due_on__lte=today, reminded_at__isnull=True
    ).exclude(partner__status=PartnerStatus.LEFT)
    return list(due.order_by("partner_id").values_list("partner_id", flat=True).distinct())


def waiting(user: User, *, today: date) -> list[Waiting]:
    """Return what of access needs waits for somebody, oldest first: to write down, to confirm, to go through.

    One query. No need is named: the list stands on the first page.
    """
    to_do = (
        AccessNeed.objects.filter(
            Q(partner__user=user) | Q(partner__in=partners_looked_after_by(user, today=today)),
            Q(status=NeedStatus.IDENTIFIED)
            | Q(status=NeedStatus.RECORDED, review_due_on__lte=today)
            | Q(status=NeedStatus.RECORDED, confirmed_at__isnull=True, partner__user=user),
        )
        .exclude(partner__status=PartnerStatus.LEFT)
        .select_related("partner__user")
        .order_by("identified_on", "pk")
    )
    found: dict[tuple[UUID, str], Waiting] = {}
    for need in to_do[:MOST_WAITING]:
        if need.status == NeedStatus.IDENTIFIED:
            label, since = "Write down what is needed", start_of_day(need.identified_on)
        elif need.review_due_on <= today:
            label, since = "Go through what is needed", start_of_day(need.review_due_on)
        else:
            label, since = "Say whether what was written down is right", need.recorded_at
        each = Waiting(label, need.partner.user.name, reverse("access:needs_detail", args=[need.partner_id]), since)
        found.setdefault((need.partner_id, label), each)
    return sorted(found.values(), key=lambda each: each.since)
