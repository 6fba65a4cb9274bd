"""Reads declared interests; every function starts from a user, an organisation or partners."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from partners.enums.agreements import AgreementKind
from partners.enums.interests import DeclarationShown, DeclarationState
from partners.models import Partner, PartnerQuerySet
from partners.models.interests import Declaration, Interest, InterestQuerySet
from partners.policies import interests as policies
from partners.queries.agreements import asked_since
from partners.queries.appointments import partners_visible_to
from psp_portal.accounts.models import User
from psp_portal.dates import format_date, start_of_day
from psp_portal.waiting import Waiting


def asks_for_interests(organisation_id: UUID | None) -> bool:
    """Say whether an organisation asks its partners to declare: it does once it has published an agreement on it."""
    return organisation_id is not None and bool(asked_since([organisation_id], AgreementKind.INTERESTS))


def interests_visible_to(user: User, *, today: date) -> InterestQuerySet:
    """Return the interests of the partners whom somebody may see, by name, those that have ended last."""
    return (
        Interest.objects.filter(partner__in=partners_visible_to(user, today=today))
        .select_related("partner__user", "partner__organisation", "partner__lead")
        .order_by("partner__user__name", F("ends_on").desc(nulls_first=True), "-starts_on", "pk")
    )


def interests_found(user: User, organisation_id: UUID | None, *, today: date) -> InterestQuerySet:
    """Return the interests of an organisation's partners that have not ended: its register."""
    return interests_visible_to(user, today=today).filter(partner__organisation_id=organisation_id).on(today)


def declarations_visible_to(user: User, *, today: date) -> QuerySet[Declaration]:
    """Return what the partners whom somebody may see have declared, the latest first."""
    return (
        Declaration.objects.filter(partner__in=partners_visible_to(user, today=today))
        .select_related("partner")
        .order_by("-declared_at", "pk")
    )


def with_declarations(partners: PartnerQuerySet, *, today: date) -> QuerySet:
    """Give each partner ``declared_at``, ``due_on`` and ``has_nothing`` of their last declaration, and ``count``.

    ``count`` is how many interests they have now.
    """
    latest = Declaration.objects.filter(partner=OuterRef("pk")).order_by("-declared_at")
    return partners.annotate(
        declared_at=Subquery(latest.values("declared_at")[:1]),
        due_on=Subquery(latest.values("due_on")[:1]),
        has_nothing=Subquery(latest.values("has_nothing")[:1]),
        count=Count("interests", filter=Q(interests__ends_on__isnull=True) | Q(interests__ends_on__gte=today)),
    )


def declarations_found(user: User, organisation_id: UUID | None, *, today: date, shown: str = "") -> QuerySet:
    """Return an organisation's partners, those who left not, with their last declaration, as a list shows them.

    Nobody where the organisation does not ask. ``shown`` is one of ``DeclarationState`` or ``DeclarationShown``.
    """
    if not asks_for_interests(organisation_id):
        return Partner.objects.none()
    here = partners_visible_to(user, today=today).filter(organisation_id=organisation_id).serving()
    found = with_declarations(here, today=today).order_by(F("due_on").asc(nulls_first=True), "user__name", "pk")
    never, overdue = Q(declared_at__isnull=True), Q(due_on__lte=today)
    match shown:
        case DeclarationShown.DUE:
            return found.filter(never | overdue)
        case DeclarationState.NEVER:
            return found.filter(never)
        case DeclarationState.OVERDUE:
            return found.filter(overdue)
        case DeclarationState.DECLARED:
            return found.filter(due_on__gt=today)
    return found


def state_of(partner: Any, *, today: date) -> DeclarationState:
    """Return how a partner of ``with_declarations`` stands today."""
    return policies.state_of(partner.due_on, today=today)


def due_and_not_reminded(*, today: date) -> QuerySet[Declaration]:
    """Return the last declarations of serving partners that are due for review, of which nobody was reminded yet.

    Only where the organisation asks. For the clock.
    """
    newer = Declaration.objects.filter(partner=OuterRef("partner")).order_by("-declared_at").values("pk")[:1]
    found = Declaration.objects.filter(
        pk=Subquery(newer), due_on__lte=today, is_reminded=False, partner__in=Partner.objects.serving()
    ).select_related("partner__user", "partner__organisation")
    asking = asked_since(found.values_list("partner__organisation_id", flat=True).distinct(), AgreementKind.INTERESTS)
    return found.filter(partner__organisation_id__in=list(asking)).order_by("pk")


def waiting(user: User, *, today: date) -> list[Waiting]:
    """Return the declarations that wait for a partner, where their organisation asks for them. Two queries at most."""
    own = list(
        with_declarations(Partner.objects.serving().filter(user=user), today=today).select_related("organisation")
    )
    if not own:
        return []
    since = asked_since({partner.organisation_id for partner in own}, AgreementKind.INTERESTS)
    found = []
    for partner in own:
        state = state_of(partner, today=today)
        if partner.organisation_id not in since or state == DeclarationState.DECLARED:
            continue
        due_on = partner.due_on
        never = state == DeclarationState.NEVER
        asked = max(since[partner.organisation_id], start_of_day(partner.starts_on))
        found.append(
            Waiting(
                label="Declare your interests" if never else "Look at your declared interests again",
                detail=f"{partner.organisation.name} asks you to."
                if never
                else f"They were due for review on {format_date(due_on)}.",
                url=reverse("interests:interest_list", args=[partner.pk]),
                since=asked if never else start_of_day(due_on),
                due_on=None if never else due_on,
            )
        )
    return found
