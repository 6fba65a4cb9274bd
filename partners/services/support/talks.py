"""Talks between a partner and somebody of their organisation, and the notes that both agree."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from partners.enums.support import TalkAction, TalkKind, TalkStatus
from partners.models import Partner
from partners.models.support import OneToOne
from partners.notifications import support as notifications
from partners.permissions import support as permissions
from partners.policies import support as policies
from partners.queries import support as queries
from psp_portal.accounts.models import User
from psp_portal.audit.context import audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken


@audited("partners.talk.plan")
@transaction.atomic
def plan_talk(
    *,
    partner_id: UUID,
    with_id: UUID,
    kind: TalkKind,
    starts_at: datetime,
    minutes: int,
    place: str,
    online_link: str,
    by: User,
    at: datetime,
) -> OneToOne:
    """Plan a talk between a partner and one of their organisation's leads, or their mentor; the others are told.

    One that took place in the last days may be written down as well. Raises RuleBroken when it is nowhere, too far off
    or with somebody who does not look after the partner.
    """
    partner = Partner.objects.select_related("user", "lead", "organisation").get(pk=partner_id)
    today = local_date(at)
    permissions.check_can_plan_talk(by, partner, today=today)
    policies.check_talk(starts_at=starts_at, minutes=minutes, place=place, link=online_link, at=at)
    if with_id not in {person.pk for person in queries.people_to_talk_to(partner, today=today)}:
        raise RuleBroken("Select a lead of the organisation, or the partner’s mentor", field="with_id")
    talk = OneToOne.objects.create(
        partner=partner,
        with_user_id=with_id,
        kind=kind,
        starts_at=starts_at,
        minutes=minutes,
        place=place.strip(),
        online_link=online_link.strip(),
        planned_by=by,
        planned_at=at,
    )
    notifications.talk_planned(talk, by=by, at=at)
    return talk


@audited("partners.talk.hold")
@transaction.atomic
def hold_talk(*, talk_id: UUID, by: User, at: datetime) -> OneToOne:
    """Say that a talk took place. Raises RuleBroken before it has begun, or when it was cancelled."""
    talk = lock_talk(talk_id)
    permissions.check_can_act_on_talk(by, talk, TalkAction.HOLD, today=local_date(at))
    policies.check_talk_move(talk.status, TalkStatus.HELD)
    policies.check_has_begun(talk.starts_at, at=at)
    talk.status = TalkStatus.HELD
    talk.save(update_fields=["status"])
    return talk


@audited("partners.talk.cancel")
@transaction.atomic
def cancel_talk(*, talk_id: UUID, reason: str, by: User, at: datetime) -> OneToOne:
    """Cancel a talk; who did it and why is kept, and the other is told. Raises RuleBroken when it took place."""
    talk = lock_talk(talk_id)
    permissions.check_can_act_on_talk(by, talk, TalkAction.CANCEL, today=local_date(at))
    policies.check_talk_move(talk.status, TalkStatus.CANCELLED)
    policies.check_reason(reason)
    talk.status, talk.cancel_reason = TalkStatus.CANCELLED, reason.strip()
    talk.cancelled_by, talk.cancelled_at = by, at
    talk.save(update_fields=["status", "cancel_reason", "cancelled_by", "cancelled_at"])
    notifications.talk_cancelled(talk, by=by, at=at)
    return talk


@audited("partners.notes.write")
@transaction.atomic
def write_shared_notes(*, talk_id: UUID, text: str, seen: int, by: User, at: datetime) -> OneToOne:
    """Write or change the notes that both sides read; a change takes both agreements away, and the other is told.

    ``seen`` is the revision that was on the page: whoever was slower does not wipe out the other's words. Raises
    RuleBroken when the notes have changed since, or the talk was cancelled.
    """
    talk = lock_talk(talk_id)
    permissions.check_can_act_on_talk(by, talk, TalkAction.EDIT_NOTES, today=local_date(at))
    policies.check_can_write_notes(talk.status)
    policies.check_revision(seen, talk.notes_revision)
    text = text.strip()
    if text == talk.shared_notes:
        return talk
    talk.shared_notes, talk.notes_changed_at = text, at
    talk.notes_revision += 1
    talk.partner_agreed_at = talk.other_agreed_at = None
    talk.save(
        update_fields=["shared_notes", "notes_changed_at", "notes_revision", "partner_agreed_at", "other_agreed_at"]
    )
    if text:
        notifications.notes_changed(talk, by=by, at=at)
    return talk


@audited("partners.notes.agree")
@transaction.atomic
def agree_notes(*, talk_id: UUID, seen: int, by: User, at: datetime) -> OneToOne:
    """Agree to the shared notes as they stood on the page (revision ``seen``); the other is told.

    Raises RuleBroken when they have changed since, or there are none.
    """
    talk = lock_talk(talk_id)
    permissions.check_can_act_on_talk(by, talk, TalkAction.EDIT_NOTES, today=local_date(at))
    policies.check_revision(seen, talk.notes_revision)
    if not talk.shared_notes:
        raise RuleBroken("There are no notes yet.")
    side = "partner_agreed_at" if by.pk == talk.partner.user_id else "other_agreed_at"
    if getattr(talk, side) is None:
        setattr(talk, side, at)
        talk.save(update_fields=[side])
        notifications.notes_agreed(talk, by=by, at=at)
    return talk


def lock_talk(talk_id: UUID) -> OneToOne:
    """Return a talk with its people, locked."""
    return (
        OneToOne.objects.select_for_update(of=("self",))
        .select_related("partner__user", "partner__lead", "partner__organisation", "with_user")
        .get(pk=talk_id)
    )
