"""Reads the lists of partners that a trust brings in, and who has not answered their invitation yet."""

from collections import defaultdict
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from partners.models.imports import AwaitedPartner, PartnerImport, PartnerList
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import Invitation, User
from psp_portal.accounts.queries import organisation_ids_allowing
from psp_portal.accounts.roles import Permission
from psp_portal.dates import start_of_day
from psp_portal.waiting import Waiting


def lists_visible_to(user: User) -> QuerySet[PartnerList]:
    """Return the lists that somebody has uploaded and not brought in yet."""
    return PartnerList.objects.filter(by=user).select_related("organisation")


def imports_visible_to(user: User, *, today: date) -> QuerySet[PartnerImport]:
    """Return the lists brought in at organisations whose partners somebody manages, the latest first."""
    managed = organisation_ids_allowing(user, Permission.MANAGE_PARTNERS, today)
    return PartnerImport.objects.filter(organisation_id__in=managed).select_related("by").order_by("-at", "pk")


def awaited_visible_to(user: User, *, today: date) -> QuerySet[AwaitedPartner]:
    """Return who has not accepted yet at organisations whose partners somebody manages, by name.

    Each has ``is_invited``: an invitation of theirs can still be used.
    """
    managed = organisation_ids_allowing(user, Permission.MANAGE_PARTNERS, today)
    return (
        AwaitedPartner.objects.filter(organisation_id__in=managed)
        .select_related("organisation", "lead")
        .annotate(is_invited=Exists(_open_invitations(start_of_day(today))))
        .order_by("name", "pk")
    )


def _open_invitations(at: datetime) -> QuerySet[Invitation]:
    """Return the invitations that each awaited partner of an outer query can still use."""
    return Invitation.objects.open().filter(
        email__iexact=OuterRef("email"), organisation=OuterRef("organisation"), role=Role.PARTNER, expires_at__gt=at
    )


def invited_addresses(organisation_id: UUID, *, at: datetime) -> set[str]:
    """Return the addresses, in small letters, that an invitation to be a partner at an organisation waits for."""
    waiting_for = Invitation.objects.open().filter(
        organisation_id=organisation_id, role=Role.PARTNER, expires_at__gt=at
    )
    return {email.lower() for email in waiting_for.values_list("email", flat=True)}


def awaited_who_accepted() -> QuerySet[AwaitedPartner]:
    """Return whom a list brought in and who have said yes since, each with ``person_id``, the oldest first.

    Yes is an invitation used: that proves whose mailbox it is, which an address in a file does not.
    """
    accepted = Invitation.objects.filter(
        email__iexact=OuterRef("email"), organisation=OuterRef("organisation"), role=Role.PARTNER,
        accepted_at__gte=OuterRef("at"),
    )  # fmt: skip
    return (
        AwaitedPartner.objects.annotate(person_id=accepted.order_by("-accepted_at").values("accepted_by")[:1])
        .filter(person_id__isnull=False)
        .select_related("organisation", "by", "lead")
        .order_by("at", "pk")
    )


def waiting(user: User, *, today: date) -> list[Waiting]:
    """Return, for whoever manages partners, that people of a list have let their invitation run out. One query."""
    silent = awaited_visible_to(user, today=today).filter(is_invited=False)  # type: ignore[misc]  # an annotation
    by_organisation: dict[UUID, list[AwaitedPartner]] = defaultdict(list)
    for awaited in silent.order_by("at", "pk"):
        by_organisation[awaited.organisation_id].append(awaited)
    return [
        Waiting(
            label=f"{len(people)} {'person has' if len(people) == 1 else 'people have'} not answered your invitation",
            detail=f"They are in the list that you brought in at {people[0].organisation.name}",
            url=reverse("imports:awaited_list"),
            since=people[0].at,
        )
        for people in by_organisation.values()
    ]
