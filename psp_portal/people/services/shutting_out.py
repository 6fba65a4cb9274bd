"""Shuts somebody out: one person asks for it, another does it, and the person is told (product.md P8, docs/adr/0026).

That it takes two is held by constraints of the row, and that it cannot be done without the row by triggers on accounts
and roles, whatever way is tried.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from expenses import queries as claims
from psp_portal.accounts import permissions, queries, services
from psp_portal.accounts.enums import ShutOutStatus
from psp_portal.accounts.models import ShutOut, User
from psp_portal.accounts.roles import Permission
from psp_portal.audit.context import Actor, audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken
from psp_portal.people import notifications, policies
from psp_portal.people.queries.shutting_out import second_people
from psp_portal.people.services.handing_over import hand_over


@audited("people.shut_out.ask")
@transaction.atomic
def ask_to_shut_out(
    *, user_id: UUID, organisation_id: UUID, reason: str, turn_to: str, by: Actor, at: datetime
) -> ShutOut:
    """Ask that somebody loses their roles at an organisation, with a reason; those who can confirm it are told.

    Nothing changes for the person yet. Raises PermissionDenied unless ``by`` manages people there; RuleBroken for
    oneself, without a reason or anybody to turn to, when they have no role there, it has been asked already, or nobody
    could be the second person.
    """
    today = local_date(at)
    permissions.check_can_manage_people(by, organisation_id, today)
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if by.pk == user.pk:
        raise RuleBroken("You cannot ask this about yourself.")
    policies.check_words(reason=reason, turn_to=turn_to)
    if not queries.memberships_on(user, today).filter(organisation_id=organisation_id).exists():
        raise RuleBroken(f"{user.name} has no role here.")
    asked = ShutOut.objects.filter(user=user, organisation_id=organisation_id, status=ShutOutStatus.ASKED)
    if asked.exists():
        raise RuleBroken("This has been asked already. It waits for a second person.")
    shut_out = ShutOut(
        user=user,
        organisation_id=organisation_id,
        reason=reason.strip(),
        turn_to=turn_to.strip(),
        asked_by_id=by.pk,
        asked_at=at,
    )
    if not second_people(shut_out, today=today).exists():
        raise RuleBroken("There is nobody who could be the second person. Ask an executive to join the portal first.")
    shut_out.save(force_insert=True)
    notifications.shut_out_asked(shut_out, at=at)
    return shut_out


@audited("people.shut_out.confirm")
@transaction.atomic
def confirm_shut_out(*, shut_out_id: UUID, by: User, at: datetime) -> ShutOut:
    """Agree as the second person: the person is told, their roles there end, and what they answered for is handed over.

    The account is closed too, unless they hold a role or are owed money elsewhere. What they claimed goes on and is
    paid. Raises PermissionDenied unless ``by`` may be the second person; RuleBroken for who asked, the person
    themselves, or when it has been decided.
    """
    shut_out, today = _lock(shut_out_id), local_date(at)
    permissions.check_may(by, Permission.CONFIRM_SHUT_OUTS, shut_out.organisation_id, today)
    policies.check_is_asked(shut_out.status)
    if by.pk in (shut_out.asked_by_id, shut_out.user_id):
        raise RuleBroken("A second person has to agree: neither who asked nor the person themselves.")
    user = User.objects.select_for_update(no_key=True).get(pk=shut_out.user_id)
    elsewhere = queries.memberships_on(user, today).exclude(organisation_id=shut_out.organisation_id)
    keeps_account = elsewhere.exists() or claims.has_open_claims_elsewhere(user.pk, shut_out.organisation_id)
    _decide(shut_out, ShutOutStatus.CONFIRMED, by=by, at=at)
    notifications.shut_out_done(shut_out, keeps_account=keeps_account, at=at)
    services.shut_out_of(
        user_id=user.pk, organisation_id=shut_out.organisation_id, closes_account=not keeps_account, at=at
    )
    hand_over(shut_out.organisation_id, by=by, at=at)
    shut_out.status = ShutOutStatus.DONE
    shut_out.save(update_fields=["status"])
    return shut_out


@audited("people.shut_out.refuse")
@transaction.atomic
def refuse_shut_out(*, shut_out_id: UUID, answer: str, by: User, at: datetime) -> ShutOut:
    """Say no, with a reason, or take back what one asked: the person keeps their access; whoever asked is told.

    Raises PermissionDenied unless ``by`` may be the second person; RuleBroken for the person themselves, without a
    reason, or when it has been decided.
    """
    shut_out = _lock(shut_out_id)
    permissions.check_may(by, Permission.CONFIRM_SHUT_OUTS, shut_out.organisation_id, local_date(at))
    policies.check_is_asked(shut_out.status)
    if by.pk == shut_out.user_id:
        raise RuleBroken("You cannot decide this about yourself.")
    if not answer.strip():
        raise RuleBroken("Enter why they keep their access", field="answer")
    shut_out.answer = answer.strip()
    _decide(shut_out, ShutOutStatus.REFUSED, by=by, at=at)
    notifications.shut_out_refused(shut_out, at=at)
    return shut_out


def _lock(shut_out_id: UUID) -> ShutOut:
    found = ShutOut.objects.select_for_update(of=("self",)).select_related("user", "organisation", "asked_by")
    return found.get(pk=shut_out_id)


def _decide(shut_out: ShutOut, status: ShutOutStatus, *, by: User, at: datetime) -> None:
    shut_out.status, shut_out.decided_by, shut_out.decided_at = status, by, at
    shut_out.save(update_fields=["status", "decided_by", "decided_at", "answer"])
