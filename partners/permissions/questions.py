"""Who may do what about questions: by role at the organisation, and by relation to the question."""

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied

from partners.enums import PartnerStatus
from partners.enums.questions import QuestionAction, QuestionMove, QuestionStatus
from partners.models import Partner
from partners.models.questions import Question
from partners.permissions.appointments import can_appoint_partner
from partners.policies import questions as policies
from partners.queries import questions as queries
from psp_portal.accounts.enums import STAFF_ROLES
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import has_role

# Those who appoint partners set the times.
can_manage_questions = can_appoint_partner

_ASKERS = frozenset({QuestionAction.CLOSE, QuestionAction.REOPEN, QuestionAction.ADD})


def check_can_manage_questions(user: User, organisation_id: UUID | None, *, today: date) -> None:
    """Raise PermissionDenied unless somebody may set an organisation's times for questions."""
    if not can_manage_questions(user, organisation_id, today=today):
        raise PermissionDenied


def check_can_list_questions(user: User, organisation_id: UUID | None, *, today: date) -> None:
    """Raise PermissionDenied unless somebody is on the staff of an organisation: partners have a list of their own."""
    if organisation_id is None or not has_role(user, organisation_id, STAFF_ROLES, today):
        raise PermissionDenied


def can_ask(user: User, partner: Partner) -> bool:
    """Say whether somebody may ask: the partner while they serve, and then as long as a question of theirs is open."""
    return user.pk == partner.user_id and (
        partner.status != PartnerStatus.LEFT or queries.has_open_question_at(user.pk, partner.organisation_id)
    )


def check_can_ask(user: User, partner: Partner) -> None:
    """Raise PermissionDenied unless somebody may ask."""
    if not can_ask(user, partner):
        raise PermissionDenied


def actions_open_to(user: User, question: Question, *, today: date) -> list[QuestionAction]:
    """Return what somebody can do about a question now, in the order a page offers it."""
    is_asker = user.pk == question.asker_id
    handles = not is_asker and queries.handles(user, question, today=today)
    status = question.status
    open_to = {
        QuestionAction.CLOSE: is_asker and policies.can_move(status, QuestionMove.CONFIRM),
        QuestionAction.REOPEN: is_asker and policies.can_move(status, QuestionMove.REOPEN),
        QuestionAction.ADD: is_asker and status == QuestionStatus.WAITING,
        QuestionAction.REPLY: handles and policies.can_move(status, QuestionMove.ANSWER),
        QuestionAction.HAND_OVER: handles and status == QuestionStatus.WAITING,
        QuestionAction.NO_REPLY: handles and policies.can_move(status, QuestionMove.SAY_NO_REPLY),
    }
    return [action for action, is_open in open_to.items() if is_open]


def can_act_on_question(user: User, question: Question, action: QuestionAction, *, today: date) -> bool:
    """Say whether an action is somebody's to take, whatever the question's status."""
    if action in _ASKERS:
        return user.pk == question.asker_id
    return queries.handles(user, question, today=today)


def check_can_act_on_question(user: User, question: Question, action: QuestionAction, *, today: date) -> None:
    """Raise PermissionDenied unless an action is somebody's to take."""
    if not can_act_on_question(user, question, action, today=today):
        raise PermissionDenied
