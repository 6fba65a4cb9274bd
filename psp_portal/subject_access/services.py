"""Writes requests for copies of records, and makes the file when it is collected."""

from datetime import date, datetime
from typing import IO
from uuid import UUID

from django.db import transaction

from psp_portal.accounts.models import User
from psp_portal.accounts.services.locks import lock_organisation, lock_user
from psp_portal.audit.context import SystemActor, audited
from psp_portal.audit.erasing import delete
from psp_portal.audit.services import record_read
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken
from psp_portal.subject_access import notifications, permissions, queries
from psp_portal.subject_access.enums import RequestStatus
from psp_portal.subject_access.file import gather, write_archive
from psp_portal.subject_access.file.archive import Cover
from psp_portal.subject_access.models import SubjectRequest
from psp_portal.subject_access.policies import requests as policies

SIGNED_IN = "They asked while signed in to their account."
READING = "subject_access.copy_of_the_records.collect"
_MASKED = (
    "Other people are shown as Person A, Person B and so on. The same letter is the same person all through this file."
)
_FOR_STAFF = (
    "This is what one organisation holds. What a person keeps for themselves in the portal, or shares with nobody, is "
    "not in it: they can have it by signing in and asking for their own copy."
)
_FOR_THEM = (
    "What somebody else wrote for themselves alone is not in it: it is locked, and nobody but its writer can read it."
)


# --- asking ---------------------------------------------------------------------------------
@audited("subject_access.request.ask")
@transaction.atomic
def ask_for_own(*, by: User, at: datetime) -> SubjectRequest:
    """Let somebody who is signed in have a copy of all that is held about them, ready at once.

    A file that waits to be collected is not asked for twice: that request is returned.
    """
    today = local_date(at)
    lock_user(by.pk)
    waiting = queries.collectable_of(by, today=today)
    if waiting is not None:
        return waiting
    _close_stale(by, at=at)
    due = policies.due_on(today)
    return SubjectRequest.objects.create(
        person=by,
        name=by.get_full_name(),
        status=RequestStatus.READY,
        received_on=today,
        due_on=due,
        recorded_by=by,
        recorded_at=at,
        identity_how=SIGNED_IN,
        identity_by=by,
        identity_at=at,
        available_until=policies.available_until(due, today=today),
    )


def _close_stale(person: User, *, at: datetime) -> None:
    """Close a request of somebody's own whose file was never collected in time: they ask anew."""
    stale = SubjectRequest.objects.open().filter(person=person, organisation=None)
    stale.update(
        status=RequestStatus.CLOSED, closed_at=at, closed_by=person, close_reason="The file was not collected in time."
    )


@audited("subject_access.request.record")
@transaction.atomic
def record_request(
    *,
    organisation_id: UUID,
    person_id: UUID | None,
    email: str,
    name: str,
    received_on: date,
    by: User,
    at: datetime,
) -> SubjectRequest:
    """Write down that somebody asked an organisation for a copy of their records, by letter or word of mouth.

    ``person_id`` is one of the organisation's people; without it ``email`` and ``name`` say who it is. Raises
    PermissionDenied unless ``by`` answers such requests there; RuleBroken, naming the field, when nobody is named, they
    are not of this organisation, nothing is held under the address, it is oneself, a request is open already, or the
    day cannot be.
    """
    today = local_date(at)
    permissions.check_can_answer(by, organisation_id, today=today)
    policies.check_received(received_on, today=today)
    lock_organisation(organisation_id)
    person, email, name = _who(organisation_id, person_id, email.strip().lower(), name)
    if person is not None and person.pk == by.pk:
        raise RuleBroken("You can have your own copy at once from your account page.", field="person_id")
    is_open = SubjectRequest.objects.open().filter(organisation_id=organisation_id)
    if (is_open.filter(person=person) if person else is_open.filter(email=email)).exists():
        raise RuleBroken("There is an open request of this person already.", field="person_id" if person else "email")
    request = SubjectRequest.objects.create(
        organisation_id=organisation_id,
        person=person,
        email=email,
        name=name,
        received_on=received_on,
        due_on=policies.due_on(received_on),
        recorded_by=by,
        recorded_at=at,
    )
    notifications.person_told(request, "recorded", "We have your request for a copy of your records", at=at)
    return request


def _who(organisation_id: UUID, person_id: UUID | None, email: str, name: str) -> tuple[User | None, str, str]:
    """Return whose records are asked for: an account, or an address with a name."""
    if person_id:
        person = queries.people_of(organisation_id).filter(pk=person_id).first()
        if person is None:
            raise RuleBroken("Select somebody of this organisation", field="person_id")
        return person, "", person.get_full_name()
    if not email:
        raise RuleBroken("Select a person, or enter an email address", field="person_id")
    person = queries.person_with_address(email, organisation_id)
    if person is not None:
        return person, "", person.get_full_name()
    if not queries.address_is_known(email, organisation_id):
        raise RuleBroken("Nothing is held here under this email address", field="email")
    return None, email, policies.check_words(name, field="name", what="their name", longest=150)


# --- answering -------------------------------------------------------------------------------
def _locked(request_id: UUID, by: User, today: date) -> SubjectRequest:
    """Return the request, held until the transaction ends, for somebody who answers it."""
    request = SubjectRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    permissions.check_can_answer(by, request.organisation_id, today=today, person_id=request.person_id)
    return request


@audited("subject_access.request.confirm_identity")
@transaction.atomic
def confirm_identity(*, request_id: UUID, how: str, by: User, at: datetime) -> SubjectRequest:
    """Say how it is known that the person is who they say; the file can be collected from then on.

    Raises PermissionDenied unless ``by`` answers it, RuleBroken without words or when it was said before.
    """
    today = local_date(at)
    request = _locked(request_id, by, today)
    policies.check_move(request.status, RequestStatus.READY)
    request.identity_how = policies.check_words(how, field="how", what="how you know who they are", longest=200)
    request.identity_by, request.identity_at = by, at
    request.status = RequestStatus.READY
    request.available_until = policies.available_until(request.due_on, today=today)
    request.save(update_fields=["identity_how", "identity_by", "identity_at", "status", "available_until"])
    if request.person_id:
        notifications.person_told(request, "ready", "Your copy of your records is ready", at=at)
    return request


@audited("subject_access.request.extend")
@transaction.atomic
def extend_request(*, request_id: UUID, reason: str, by: User, at: datetime) -> SubjectRequest:
    """Take two further months for a complex request, and tell the person why (UK GDPR, article 12(3)).

    Raises PermissionDenied unless ``by`` answers it, RuleBroken without a reason, after the first month, or twice.
    """
    today = local_date(at)
    request = _locked(request_id, by, today)
    policies.check_can_extend(
        request.status, received_on=request.received_on, is_extended=request.extended_at is not None, today=today
    )
    request.extension_reason = policies.check_words(reason, field="reason", what="the reason", longest=500)
    request.extended_at = at
    request.due_on = policies.extended_due_on(request.received_on)
    request.save(update_fields=["extension_reason", "extended_at", "due_on"])
    notifications.person_told(request, "extended", "We need more time for your request", at=at)
    return request


@audited("subject_access.request.close")
@transaction.atomic
def close_request(*, request_id: UUID, reason: str, by: User, at: datetime) -> SubjectRequest:
    """Close a request without a file: it was taken back, or is refused; the person is told why.

    Raises PermissionDenied unless ``by`` answers it, RuleBroken without a reason, or when it is over.
    """
    request = _locked(request_id, by, local_date(at))
    policies.check_move(request.status, RequestStatus.CLOSED)
    request.close_reason = policies.check_words(reason, field="reason", what="the reason", longest=500)
    request.status, request.closed_at, request.closed_by = RequestStatus.CLOSED, at, by
    request.save(update_fields=["close_reason", "status", "closed_at", "closed_by"])
    notifications.person_told(request, "closed", "Your request for a copy of your records is closed", at=at)
    return request


# --- the file --------------------------------------------------------------------------------
@audited("subject_access.file.collect")
@transaction.atomic
def collect_file(*, request_id: UUID, by: User, at: datetime) -> tuple[SubjectRequest, IO[bytes]]:
    """Make the file of a request, for the person or whoever answers it, and record that it was collected.

    It is made anew each time and kept nowhere: the caller sends and closes it. Raises PermissionDenied for anybody
    else, RuleBroken when identity was not checked or the time to collect it is over.
    """
    today = local_date(at)
    request = SubjectRequest.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=request_id)
    permissions.check_can_collect(by, request, today=today)
    policies.check_collectable(request.status, request.available_until, today=today)
    subject = queries.subject_of(request, reader=by)
    record_read(
        by=by,
        what=READING,
        subject_id=request.person_id or request.pk,
        subject_name=request.name,
        organisation_id=request.organisation_id,
        at=at,
    )
    if request.status == RequestStatus.READY:
        request.status, request.answered_at, request.answered_by = RequestStatus.ANSWERED, at, by
        request.save(update_fields=["status", "answered_at", "answered_by"])
    notifications.file_collected(request, by=by, at=at)
    scope = f"It holds what {request.organisation.name} holds." if subject.organisation_id else _ALL_OF_IT
    notes = (_MASKED, _FOR_STAFF if subject.organisation_id else _FOR_THEM)
    return request, write_archive(gather(subject, name=request.name), Cover(request.name, at, scope, notes))


_ALL_OF_IT = "It holds everything in the portal, of all organisations."


# --- for the clock that disposes of what has been kept long enough -----------------------------
@audited("subject_access.request.dispose")
@transaction.atomic
def dispose_of_requests(ids: list[UUID], *, by: SystemActor, at: datetime) -> int:
    """Delete requests that have been kept long enough, with their history; return how many."""
    return delete("subject_access.SubjectRequest", ids)
