"""Who may do what about support: which side somebody is on, and whom they look after."""

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied

from partners.enums import PartnerStatus
from partners.enums.support import MentoringStatus, TalkAction, TalkStatus
from partners.models import Partner
from partners.models.support import Mentoring, OneToOne
from partners.permissions.appointments import can_appoint_partner, can_change_partner
from partners.queries.appointments import partners_looked_after_by
from psp_portal.accounts.models import User


def check_can_manage_support(user: User, organisation_id: UUID | None, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may set how an organisation looks after its partners."""
    if not can_appoint_partner(user, organisation_id, today=today):
        raise PermissionDenied


def can_look_after(user: User, partner: Partner, *, today: date) -> bool:
    """Say whether somebody is the one who looks after a partner: their lead, or a lead where that one has gone."""
    return partners_looked_after_by(user, today=today).filter(pk=partner.pk).exists()


def is_own(user: User, partner: Partner) -> bool:
    """Say whether an appointment is somebody's own."""
    return user.pk == partner.user_id


def check_is_own(user: User, partner: Partner) -> None:
    """Raise PermissionDenied for anybody but the partner."""
    if not is_own(user, partner):
        raise PermissionDenied


# --- talks --------------------------------------------------------------------------------
def can_plan_talk(user: User, partner: Partner, *, today: date) -> bool:
    """Say whether somebody may plan a talk with a partner: the partner, those who change appointments, the mentor."""
    if partner.status == PartnerStatus.LEFT:
        return False
    mentors = Mentoring.objects.filter(partner=partner, mentor=user, status=MentoringStatus.RUNNING)
    return is_own(user, partner) or can_change_partner(user, partner, today=today) or mentors.exists()


def check_can_plan_talk(user: User, partner: Partner, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may plan a talk with a partner."""
    if not can_plan_talk(user, partner, today=today):
        raise PermissionDenied


def is_in_talk(user: User, talk: OneToOne) -> bool:
    """Say whether somebody is one of the two."""
    return user.pk in (talk.partner.user_id, talk.with_user_id)


def can_read_notes(user: User, talk: OneToOne, *, today: date) -> bool:
    """Say whether somebody may read the shared notes: the two; once both have agreed, also whoever looks after them."""
    if is_in_talk(user, talk):
        return True
    are_agreed = talk.partner_agreed_at is not None and talk.other_agreed_at is not None
    return are_agreed and can_look_after(user, talk.partner, today=today)


def can_act_on_talk(user: User, talk: OneToOne, action: TalkAction, *, today: date) -> bool:
    """Say whether an action is somebody's to take: the two's; whoever looks after the partner may cancel as well."""
    if is_in_talk(user, talk):
        return True
    return action == TalkAction.CANCEL and can_look_after(user, talk.partner, today=today)


def check_can_act_on_talk(user: User, talk: OneToOne, action: TalkAction, *, today: date) -> None:
    """Raise PermissionDenied unless an action is somebody's to take."""
    if not can_act_on_talk(user, talk, action, today=today):
        raise PermissionDenied


def talk_actions_open_to(user: User, talk: OneToOne, *, today: date) -> list[TalkAction]:
    """Return what somebody can do about a talk now, in the order a page offers it."""
    is_planned = talk.status == TalkStatus.PLANNED
    now = {
        TalkAction.HOLD: is_planned,
        TalkAction.EDIT_NOTES: talk.status != TalkStatus.CANCELLED,
        TalkAction.EDIT_PRIVATE_NOTE: True,
        TalkAction.CANCEL: is_planned,
    }
    return [action for action, is_open in now.items() if is_open and can_act_on_talk(user, talk, action, today=today)]


# --- mentors ------------------------------------------------------------------------------
def can_propose_mentor(user: User, partner: Partner, *, today: date) -> bool:
    """Say whether somebody may propose a mentor: those who change appointments, while the partner serves."""
    return partner.status != PartnerStatus.LEFT and can_change_partner(user, partner, today=today)


def check_can_propose_mentor(user: User, partner: Partner, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may propose a mentor."""
    if not can_propose_mentor(user, partner, today=today):
        raise PermissionDenied


def can_answer_mentoring(user: User, pairing: Mentoring) -> bool:
    """Say whether somebody is one of the two who are asked."""
    return user.pk in (pairing.partner.user_id, pairing.mentor_id)


def check_can_answer_mentoring(user: User, pairing: Mentoring) -> None:
    """Raise PermissionDenied unless somebody is one of the two who are asked."""
    if not can_answer_mentoring(user, pairing):
        raise PermissionDenied


def can_end_mentoring(user: User, pairing: Mentoring, *, today: date) -> bool:
    """Say whether somebody may end a pairing: the two, without giving a reason, and those who change appointments."""
    return can_answer_mentoring(user, pairing) or can_change_partner(user, pairing.partner, today=today)


def check_can_end_mentoring(user: User, pairing: Mentoring, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may end a pairing."""
    if not can_end_mentoring(user, pairing, today=today):
        raise PermissionDenied


# --- the annual review ----------------------------------------------------------------------
def can_review(user: User, partner: Partner, *, today: date) -> bool:
    """Say whether somebody has a side in a partner's annual review: the partner, and whoever looks after them."""
    return is_own(user, partner) or can_look_after(user, partner, today=today)


def check_can_review(user: User, partner: Partner, *, today: date) -> None:
    """Raise PermissionDenied unless somebody has a side in a partner's annual review."""
    if not can_review(user, partner, today=today):
        raise PermissionDenied
