"""Reads partners; every function starts from a user or an organisation."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from partners.enums import LeadShown, PartnerShown, PartnerStatus
from partners.models import Partner, PartnerQuerySet, TelephoneNumber
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import Membership, User
from psp_portal.accounts.queries import away_on, organisation_ids_allowing, users_with_role
from psp_portal.accounts.roles import Permission, roles_with


def partners_visible_to(user: User, *, today: date) -> PartnerQuerySet:
    """Return the appointments somebody may see: their own, and those of organisations whose partners they see."""
    theirs = organisation_ids_allowing(user, Permission.SEE_PARTNERS, today)
    return Partner.objects.filter(Q(user=user) | Q(organisation_id__in=theirs)).select_related(
        "user", "organisation", "lead", "usual_journey"
    )


def partners_looked_after_by(user: User, *, today: date) -> PartnerQuerySet:
    """Return the partners whose lead somebody is; and at their organisations those whose lead is no lead any more.

    What waits for a lead waits for one person, and never for somebody who has gone.
    """
    manages = roles_with(Permission.MANAGE_PARTNERS)
    lead_is_there = Membership.objects.on(today).filter(
        user_id=OuterRef("lead_id"), organisation_id=OuterRef("organisation_id"), role__in=manages,
        user__is_active=True,
    )  # fmt: skip
    return (
        Partner.objects.filter(organisation_id__in=organisation_ids_allowing(user, Permission.MANAGE_PARTNERS, today))
        .filter(Q(lead=user) | ~Exists(lead_is_there))
        .exclude(user=user)
        .select_related("user", "organisation", "lead")
    )


def appointments() -> PartnerQuerySet:
    """Return every appointment there is or was, for the queries of other apps to narrow down."""
    return Partner.objects.all()


def appointments_of(user: User) -> PartnerQuerySet:
    """Return somebody's own appointments, the latest first, ended ones too."""
    return (
        Partner.objects.filter(user=user)
        .select_related("user", "organisation", "lead", "usual_journey")
        .order_by("-starts_on", "pk")
    )


def telephone_of(partner: Partner) -> TelephoneNumber | None:
    """Return the number on which a partner is called now, or None when nobody has recorded one."""
    return TelephoneNumber.objects.filter(partner=partner, replaced_at__isnull=True).first()


def telephone_numbers_of(user_ids: Iterable[UUID]) -> QuerySet[TelephoneNumber]:
    """Return every number recorded for some people at any of their appointments, replaced ones too, latest first."""
    return (
        TelephoneNumber.objects.filter(partner__user_id__in=user_ids)
        .select_related("partner__organisation")
        .order_by("-given_at", "pk")
    )


def partners_of(organisation_id: UUID) -> PartnerQuerySet:
    """Return an organisation's partners by name, ended ones too: for the services of other apps."""
    return Partner.objects.filter(organisation_id=organisation_id).select_related("user").order_by("user__name", "pk")


def serving_partners() -> PartnerQuerySet:
    """Return the partners who serve at any organisation, by name: for other apps, which say whom they may show."""
    return Partner.objects.serving().select_related("user").order_by("user__name", "pk")


def partners_found(
    partners: PartnerQuerySet,
    *,
    organisation_id: UUID,
    today: date,
    status: str = "",
    ends_before: date | None = None,
    lead: str = "",
) -> PartnerQuerySet:
    """Return those of an organisation's partners that a list with these filters shows.

    ``status`` is one of ``PartnerShown`` or ``PartnerStatus``; ``ends_before`` leaves those whose term ends earlier;
    ``lead`` "away" those whose lead is away today, or no lead any more.
    """
    if status == PartnerShown.SERVING:
        partners = partners.serving()
    elif status:
        partners = partners.filter(status=status)
    if ends_before:
        partners = partners.filter(term_ends_on__lt=ends_before)
    if lead == LeadShown.AWAY:
        here = leads_of(organisation_id, today=today).order_by().values("pk")
        partners = partners.exclude(lead_id__in=here) | partners.filter(lead_id__in=away_on(organisation_id, today))
    return partners


def stages_of(partners: PartnerQuerySet) -> dict[PartnerStatus, int]:
    """Return how many of some partners are at each stage. One query."""
    counts = dict(partners.order_by().values_list("status").annotate(count=Count("pk")))
    return {status: counts.get(status, 0) for status in PartnerStatus}


def leads_of(organisation_id: UUID, *, today: date) -> QuerySet[User]:
    """Return the people who may be a partner's lead at an organisation, by name."""
    return users_with_role(Role.PROGRAMME_LEAD, organisation_id=organisation_id, today=today)


def people_to_appoint_at(organisation_id: UUID, *, today: date) -> QuerySet[User]:
    """Return the people who have accepted to be a partner at an organisation and have no appointment there, by name.

    They hold the role since they used their invitation; nobody is appointed without having said yes.
    """
    serving = Partner.objects.serving().filter(organisation_id=organisation_id).values("user_id")
    return users_with_role(Role.PARTNER, organisation_id=organisation_id, today=today).exclude(pk__in=serving)
