"""Reads carers and helpers: whom a partner has named, and for whom somebody may prepare claims."""

from datetime import date
from uuid import UUID

from django.db.models import F, Prefetch, Q, QuerySet

from expenses.enums import ClaimStatus
from expenses.models import Claim, Helper
from partners.queries import appointments_of
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import organisation_ids_where


def helpers_of(user: User) -> QuerySet[Helper]:
    """Return the helpers whom somebody has named, those who help now first."""
    return (
        Helper.objects.filter(partner__in=appointments_of(user).order_by())
        .select_related("user", "invitation__accepted_by", "partner__organisation")
        .order_by(F("ended_at").desc(nulls_first=True), "name", "pk")
    )


def helping(user: User, *, today: date) -> QuerySet[Helper]:
    """Return for whom somebody may prepare claims today: they were named, have come, and neither has ended it.

    The role at the organisation must be in force too, so that whoever looks after its people can end it at once.
    """
    return Helper.objects.filter(
        Q(user=user) | Q(invitation__accepted_by=user),
        ended_at__isnull=True,
        partner__organisation_id__in=organisation_ids_where(user, [Role.HELPER], today),
    )


def helped_partner_ids(user: User, *, today: date) -> QuerySet:
    """Return ids of the appointments for which somebody may prepare claims, for use in a filter."""
    return helping(user, today=today).values("partner_id")


def helping_with_drafts(user: User, *, today: date) -> QuerySet[Helper]:
    """Return for whom somebody prepares claims, by name, each with ``partner.drafts``: the claims not sent yet."""
    drafts = Claim.objects.filter(status=ClaimStatus.DRAFT).select_related("payer", "meeting", "assignment__committee")
    return (
        helping(user, today=today)
        .select_related("partner__user", "partner__organisation")
        .prefetch_related(Prefetch("partner__claims", drafts.order_by("-created_at", "pk"), to_attr="drafts"))
        .order_by("partner__user__name", "pk")
    )


def may_prepare_for(user: User, partner_id: UUID, *, today: date) -> bool:
    """Say whether somebody may prepare claims of an appointment that is not their own."""
    return helping(user, today=today).filter(partner_id=partner_id).exists()


def others_with_invitation(helper: Helper) -> bool:
    """Say whether somebody else has named the same person, who has not come yet, by the same invitation."""
    same = Helper.objects.filter(invitation_id=helper.invitation_id, ended_at__isnull=True)
    return helper.invitation_id is not None and same.exclude(pk=helper.pk).exists()


def still_helps_at(user: User, organisation_id: UUID) -> bool:
    """Say whether somebody is still named as a helper by any partner of an organisation."""
    return (
        Helper.objects.filter(Q(user=user) | Q(invitation__accepted_by=user), ended_at__isnull=True)
        .filter(partner__organisation_id=organisation_id)
        .exists()
    )
