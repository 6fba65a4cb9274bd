"""Who may ask, record, answer and collect; what is written and who is told."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import STAFF_ROLES, Role
from psp_portal.audit.models import AccessLog
from psp_portal.dates import add_months, local_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from psp_portal.retention.kinds import KINDS
from psp_portal.subject_access import permissions, queries, services
from psp_portal.subject_access.enums import RequestStatus
from psp_portal.subject_access.models import SubjectRequest
from tests import factories

pytestmark = pytest.mark.django_db

AT = factories.START + timedelta(days=40)
TODAY = local_date(AT)


@pytest.fixture
def trust():
    return factories.make_organisation("Hillside NHS Trust")


@pytest.fixture
def lead(trust):
    return factories.make_lead(trust)


@pytest.fixture
def partner(trust, lead):
    return factories.make_partner(trust, lead=lead)


def record(trust, lead, person=None, **changed):
    given = {
        "organisation_id": trust.pk, "person_id": person.pk if person else None, "email": "", "name": "",
        "received_on": TODAY, "by": lead, "at": AT,
    }  # fmt: skip
    return services.record_request(**given | changed)


def messages_to(person):
    """Return the kinds of what somebody was told, in the order of the alphabet."""
    told = Message.objects.filter(recipient=person, kind__startswith="subject_access.")
    return sorted(told.values_list("kind", flat=True))


# --- one's own ----------------------------------------------------------------------------------
def test_own_copy_is_ready_at_once_and_asked_for_once(partner):
    request = services.ask_for_own(by=partner.user, at=AT)
    assert (request.status, request.due_on) == (RequestStatus.READY, add_months(TODAY, 1))
    assert request.identity_by == partner.user
    assert services.ask_for_own(by=partner.user, at=AT + timedelta(days=5)) == request


def test_own_copy_not_collected_in_time_is_asked_for_anew(partner):
    request = services.ask_for_own(by=partner.user, at=AT)
    later = AT + timedelta(days=45)
    with pytest.raises(RuleBroken, match="Ask for it again"):
        services.collect_file(request_id=request.pk, by=partner.user, at=later)
    again = services.ask_for_own(by=partner.user, at=later)
    request.refresh_from_db()
    assert request.status == RequestStatus.CLOSED
    assert again != request


def test_collecting_is_on_record_and_its_person_is_told(partner):
    request = services.ask_for_own(by=partner.user, at=AT)
    for _ in range(2):
        services.collect_file(request_id=request.pk, by=partner.user, at=AT)[1].close()
    request.refresh_from_db()
    assert (request.status, request.answered_at, request.answered_by) == (RequestStatus.ANSWERED, AT, partner.user)
    assert AccessLog.objects.filter(what=services.READING, subject_id=str(partner.user_id)).count() == 2
    assert messages_to(partner.user) == ["subject_access.file.collect"]


# --- recorded by staff ----------------------------------------------------------------------------
def test_request_is_recorded_with_its_due_day_and_the_person_is_told(trust, lead, partner):
    request = record(trust, lead, partner.user, received_on=TODAY - timedelta(days=10))
    assert request.due_on == add_months(TODAY - timedelta(days=10), 1)
    assert request.status == RequestStatus.RECEIVED
    assert messages_to(partner.user) == ["subject_access.request.recorded"]


@pytest.mark.parametrize("role", sorted(STAFF_ROLES - {Role.PROGRAMME_LEAD}))
def test_only_leads_record_and_answer(trust, lead, partner, role):
    other = factories.make_member(role, trust)
    request = record(trust, lead, partner.user)
    for act in (
        lambda: record(trust, other, partner.user),
        lambda: services.confirm_identity(request_id=request.pk, how="x", by=other, at=AT),
        lambda: services.extend_request(request_id=request.pk, reason="x", by=other, at=AT),
        lambda: services.close_request(request_id=request.pk, reason="x", by=other, at=AT),
        lambda: services.collect_file(request_id=request.pk, by=other, at=AT),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_lead_of_another_organisation_sees_and_does_nothing(trust, lead, partner):
    stranger = factories.make_lead(factories.make_organisation())
    request = record(trust, lead, partner.user)
    with pytest.raises(PermissionDenied):
        services.confirm_identity(request_id=request.pk, how="x", by=stranger, at=AT)
    with pytest.raises(PermissionDenied):
        services.collect_file(request_id=request.pk, by=stranger, at=AT)
    assert not queries.requests_visible_to(stranger, today=TODAY).exists()
    assert not queries.requests_to_answer(stranger, today=TODAY).exists()
    assert queries.waiting(stranger, today=TODAY) == []


def test_nobody_answers_their_own_request(trust, lead):
    colleague = factories.make_lead(trust)
    with pytest.raises(RuleBroken, match="your account page"):
        record(trust, lead, lead)
    request = record(trust, colleague, lead)
    assert not queries.requests_to_answer(lead, today=TODAY).exists()
    assert queries.requests_visible_to(lead, today=TODAY).get() == request
    with pytest.raises(PermissionDenied):
        services.confirm_identity(request_id=request.pk, how="It is me", by=lead, at=AT)
    assert permissions.can_answer(colleague, trust.pk, today=TODAY, person_id=lead.pk)
    assert not permissions.can_answer(colleague, None, today=TODAY)


def test_who_it_is_must_be_of_this_organisation(trust, lead, partner):
    elsewhere = factories.make_partner().user
    for broken, field in (
        ({"person": elsewhere}, "person_id"),
        ({"person": None}, "person_id"),
        ({"person": None, "email": "nobody@example.org", "name": "Nobody"}, "email"),
        # Somebody else's person is not found by their address: that they have an account is nobody's business here.
        ({"person": None, "email": elsewhere.email, "name": "Somebody"}, "email"),
    ):
        with pytest.raises(RuleBroken) as refused:
            record(trust, lead, **broken)
        assert refused.value.field == field
    assert not SubjectRequest.objects.exists()


def test_address_of_an_account_is_that_person(trust, lead, partner):
    request = record(trust, lead, email=f" {partner.user.email.upper()} ", name="Somebody")
    assert (request.person, request.email, request.name) == (partner.user, "", partner.user.name)


def test_somebody_without_an_account_is_called_by_a_name_and_told_by_email(trust, lead):
    accounts.invite_user(
        email="new@example.org", name="New Person", organisation_id=trust.pk, role=Role.PARTNER, by=lead, at=AT
    )
    with pytest.raises(RuleBroken) as refused:
        record(trust, lead, email="new@example.org")
    assert refused.value.field == "name"
    request = record(trust, lead, email="new@example.org", name="New Person")
    with pytest.raises(RuleBroken, match="open request"):
        record(trust, lead, email="new@example.org", name="New Person")
    services.confirm_identity(request_id=request.pk, how="Letter from the address we hold", by=lead, at=AT)
    services.collect_file(request_id=request.pk, by=lead, at=AT)[1].close()
    told = Message.objects.filter(address="new@example.org", kind__startswith="subject_access.")
    assert [message.kind for message in told] == ["subject_access.request.recorded"]
    assert all(not message.link for message in told)


def test_one_open_request_of_a_person_at_an_organisation(trust, lead, partner):
    first = record(trust, lead, partner.user)
    with pytest.raises(RuleBroken, match="open request"):
        record(trust, lead, partner.user)
    services.close_request(request_id=first.pk, reason="Taken back", by=lead, at=AT)
    assert record(trust, lead, partner.user) != first
    assert messages_to(partner.user).count("subject_access.request.closed") == 1


def test_steps_in_their_order(trust, lead, partner):
    request = record(trust, lead, partner.user)
    with pytest.raises(TransitionNotAllowed):
        services.collect_file(request_id=request.pk, by=lead, at=AT)
    with pytest.raises(RuleBroken):
        services.confirm_identity(request_id=request.pk, how=" ", by=lead, at=AT)
    ready = services.confirm_identity(request_id=request.pk, how="Passport seen", by=lead, at=AT)
    assert ready.available_until == max(ready.due_on, TODAY + timedelta(days=30))
    with pytest.raises(TransitionNotAllowed):
        services.confirm_identity(request_id=request.pk, how="Again", by=lead, at=AT)
    extended = services.extend_request(request_id=request.pk, reason="Very many records", by=lead, at=AT)
    assert extended.due_on == add_months(TODAY, 3)
    with pytest.raises(RuleBroken, match="twice"):
        services.extend_request(request_id=request.pk, reason="More", by=lead, at=AT)
    services.collect_file(request_id=request.pk, by=lead, at=AT)[1].close()
    with pytest.raises(TransitionNotAllowed):
        services.close_request(request_id=request.pk, reason="No", by=lead, at=AT)
    assert messages_to(partner.user) == [
        "subject_access.file.collect", "subject_access.request.extended", "subject_access.request.ready",
        "subject_access.request.recorded",
    ]  # fmt: skip


def test_words_of_staff_are_in_no_email_to_an_account(trust, lead, partner):
    request = record(trust, lead, partner.user)
    services.extend_request(request_id=request.pk, reason="spignel-extend", by=lead, at=AT)
    services.close_request(request_id=request.pk, reason="spignel-close", by=lead, at=AT)
    bodies = " ".join(Message.objects.filter(recipient=partner.user).values_list("body", flat=True))
    assert "Sign in to read why" in bodies
    assert "spignel" not in bodies


@pytest.mark.parametrize(
    "values",
    [
        {"person": None, "email": ""},
        {"organisation": None},
        {"due_on": TODAY},
        {"extension_reason": "x"},
        {"status": "ready"},
        {"status": "closed"},
        {"close_reason": "x"},
    ],
)
def test_database_refuses_what_cannot_be(trust, lead, partner, values):
    request = record(trust, lead, partner.user)
    with pytest.raises(IntegrityError), transaction.atomic(), factories.acting():
        SubjectRequest.objects.filter(pk=request.pk).update(**values)


def test_database_refuses_an_answer_before_identity(trust, lead, partner):
    request = record(trust, lead, partner.user)
    with pytest.raises(Exception, match=r"(?i)transition|status"), transaction.atomic(), factories.acting():
        SubjectRequest.objects.filter(pk=request.pk).update(status="answered", answered_at=AT, answered_by=lead)


# --- what waits ---------------------------------------------------------------------------------
def test_waiting_for_the_lead_and_for_the_person(trust, lead, partner, django_assert_num_queries):
    request = record(trust, lead, partner.user)
    services.ask_for_own(by=partner.user, at=AT)
    with django_assert_num_queries(2):
        found = queries.waiting(lead, today=TODAY)
    assert [(row.label, row.due_on) for row in found] == [
        (f"Answer the request of {partner.user.name} for a copy of their records", request.due_on)
    ]
    assert [row.label for row in queries.waiting(partner.user, today=TODAY)] == [
        "Collect your copy of what is held about you"
    ]
    assert [(row.who, row.due_on) for row in queries.awaited(partner.user, today=TODAY)] == [
        (trust.name, request.due_on)
    ]
    services.close_request(request_id=request.pk, reason="Taken back", by=lead, at=AT)
    assert queries.waiting(lead, today=TODAY) == queries.awaited(partner.user, today=TODAY) == []


# --- when its time is over ----------------------------------------------------------------------
def test_requests_go_when_they_have_been_kept_long_enough(trust, lead, partner):
    """Kept three years from the day they were over; one that is open, and one of another organisation, stay."""
    kind = KINDS["subject_request"]
    over = record(trust, lead, partner.user)
    services.close_request(request_id=over.pk, reason="Taken back", by=lead, at=AT)
    own = services.ask_for_own(by=partner.user, at=AT)
    services.collect_file(request_id=own.pk, by=partner.user, at=AT)[1].close()
    record(trust, lead, partner.user)
    elsewhere = factories.make_organisation()
    theirs = record(elsewhere, other := factories.make_lead(elsewhere), factories.make_partner(elsewhere).user)
    services.close_request(request_id=theirs.pk, reason="Taken back", by=other, at=AT)
    assert not kind.due(trust.pk, TODAY).exists()
    due = kind.due(trust.pk, TODAY + timedelta(days=1))
    assert {row.pk: row.began_on for row in due} == {over.pk: TODAY, own.pk: TODAY}
    assert kind.dispose([row.pk for row in due], by=factories.TESTS, at=AT) == 2
    history = SubjectRequest.pgh_event_model.objects
    assert not history.filter(pgh_obj_id__in=[over.pk, own.pk]).exists()
    assert SubjectRequest.objects.count() == 2
