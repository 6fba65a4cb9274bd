"""A partner names a carer or helper, and ends it; the helper prepares drafts, and never sends one."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from expenses import notifications, permissions, queries
from expenses.enums import ClaimStatus
from expenses.models import Claim, Helper
from expenses.policies import helping as policy
from expenses.services.moving import lock_claim
from partners.queries import appointments_of
from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import Invitation, User
from psp_portal.accounts.queries import has_role, is_staff_anywhere, open_invitation, user_with_email
from psp_portal.audit.context import audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed


@audited("expenses.helper.name")
@transaction.atomic
def name_helper(*, partner_id: UUID, name: str, email: str, relation: str, by: User, at: datetime) -> Helper:
    """Name a carer or helper for one of one's own appointments; somebody new is invited by e-mail.

    Raises RuleBroken when the appointment is not one's own or is over, or the person cannot be a helper (``email``).
    """
    partner = appointments_of(by).select_for_update(of=("self",)).filter(pk=partner_id).first()
    if partner is None or partner.left_on is not None:
        raise RuleBroken("You can name a helper for a role that you have now.", field="partner")
    email, today = email.strip().lower(), local_date(at)
    known = user_with_email(email)
    policy.check_can_be_named(
        email=email,
        own_email=by.email,
        is_named=partner.helpers.filter(email__iexact=email, ended_at__isnull=True).exists(),
        is_staff=known is not None and is_staff_anywhere(known, today),
    )
    is_helper = known is not None and has_role(known, partner.organisation_id, [Role.HELPER], today)
    helper = Helper.objects.create(
        partner=partner,
        user=known if is_helper else None,
        invitation=None if is_helper else _invite(email, name, partner.organisation_id, by=by, at=at),
        email=email,
        name=name.strip(),
        relation=relation.strip(),
        since=at,
    )
    if known is not None and is_helper:
        notifications.helper_named(helper, known, at=at)
    return helper


def _invite(email: str, name: str, organisation_id: UUID, *, by: User, at: datetime) -> Invitation:
    """Return the invitation that makes somebody a helper: the one they have from another partner, or a new one."""
    there = open_invitation(email, organisation_id, Role.HELPER, at=at)
    return there or accounts.invite_user(
        email=email, name=name, organisation_id=organisation_id, role=Role.HELPER, by=by, at=at
    )


@audited("expenses.helper.end")
@transaction.atomic
def end_helper(*, helper_id: UUID, by: User, at: datetime) -> Helper:
    """End what a helper of one's own may do, at once. A second time is no error.

    Their invitation stops working if they have not come; their role ends unless another partner has named them too.
    """
    helper = (
        Helper.objects.select_for_update(of=("self",))
        .select_related("partner__user", "user", "invitation__accepted_by")
        .get(pk=helper_id)
    )
    if helper.partner.user_id != by.pk:
        raise PermissionDenied("Only the partner whom somebody helps can end it.")
    if helper.ended_at is not None:
        return helper
    helper.ended_at, helper.ended_by = at, by
    helper.save(update_fields=["ended_at", "ended_by"])
    user = helper.person
    if user is None:
        invitation = helper.invitation
        if invitation.lapsed_at is None and invitation.expires_at > at and not queries.others_with_invitation(helper):
            accounts.withdraw_invitation(invitation_id=invitation.pk, by=by, at=at)
        return helper
    if not queries.still_helps_at(user, helper.partner.organisation_id):
        accounts.end_helper_role(user_id=user.pk, organisation_id=helper.partner.organisation_id, at=at)
    notifications.helper_ended(helper, user, at=at)
    return helper


@audited("expenses.claim.hand_over_draft")
@transaction.atomic
def hand_over_draft(*, claim_id: UUID, by: User, at: datetime) -> Claim:
    """Tell the partner that what one has prepared is ready for them to check and send. Changes nothing."""
    claim = lock_claim(claim_id)
    permissions.check_can_prepare_draft(by, claim, today=local_date(at))
    if by.pk == claim.claimant_id:
        raise RuleBroken("This is your own claim. Check it and send it.")
    if claim.status != ClaimStatus.DRAFT:
        raise TransitionNotAllowed("This claim has been sent.")
    if not claim.lines.undecided().exists():
        raise RuleBroken("Add at least one thing to claim for.")
    notifications.claim_prepared(claim, by, at=at)
    return claim
