"""A partner pauses and comes back."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from partners.enums import PartnerMove, PartnerStatus
from partners.enums.leaving import PauseReason
from partners.models import Partner
from partners.models.leaving import Pause
from partners.notifications import leaving as notifications
from partners.permissions import leaving as permissions
from partners.policies import leaving as policies
from partners.queries import leaving as queries
from partners.services.closing import end_pause
from partners.services.moving import lock_partner, move_partner
from psp_portal.accounts.models import User
from psp_portal.audit.context import SystemActor, acting_as, audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

CLOCK = SystemActor("partners.begin_pauses")


@audited("partners.pause.ask")
@transaction.atomic
def pause(
    *,
    partner_id: UUID,
    starts_on: date,
    expected_back_on: date | None,
    reason: PauseReason,
    by: User,
    at: datetime,
) -> Pause:
    """Let a partner pause from a day on, by the partner or whoever appoints; the others are told.

    One that begins later is begun by the clock. Claims go on and are paid, committees keep the place. Raises RuleBroken
    for days that cannot be, when a pause is there, or for somebody who is not active or in their induction.
    """
    partner, today = lock_partner(partner_id), local_date(at)
    permissions.check_can_pause_or_leave(by, partner, today=today)
    policies.check_pause(starts_on, expected_back_on, today=today)
    if partner.status == PartnerStatus.LEAVING:
        raise TransitionNotAllowed("This partner is leaving. The last day can be brought forward instead.")
    if queries.open_pause_of(partner):
        raise RuleBroken("A pause has been agreed already.")
    if starts_on == today:
        move_partner(partner, PartnerMove.PAUSE)
    made = Pause.objects.create(
        partner=partner,
        starts_on=starts_on,
        expected_back_on=expected_back_on,
        reason=reason,
        asked_by=by,
        asked_at=at,
    )
    notifications.paused(made, by=by, at=at)
    return made


@audited("partners.pause.end")
@transaction.atomic
def come_back(*, partner_id: UUID, by: User, at: datetime) -> Partner:
    """End a pause today, by the partner or whoever appoints; the others are told. One to come is taken back.

    Raises TransitionNotAllowed when there is no pause.
    """
    partner, today = lock_partner(partner_id), local_date(at)
    permissions.check_can_pause_or_leave(by, partner, today=today)
    # A partner of an imported list may be paused without a day on which it began.
    if partner.status == PartnerStatus.PAUSED or queries.open_pause_of(partner) is None:
        move_partner(partner, PartnerMove.RESUME)
    end_pause(partner, today - timedelta(days=1))
    notifications.back_from_pause(partner, by=by, at=at)
    return partner


def begin_pauses(*, at: datetime) -> int:
    """Let the pauses begin whose first day has come; return how many. Each is a transaction of its own."""
    today, count = local_date(at), 0
    for found in queries.pauses_to_begin(today=today):
        with acting_as(CLOCK, "partners.pause.begin"), transaction.atomic():
            partner = lock_partner(found.partner_id)
            row = queries.open_pause_of(partner)
            if row is None or row.starts_on > today or partner.status == PartnerStatus.PAUSED:
                continue
            move_partner(partner, PartnerMove.PAUSE)
            count += 1
    return count
