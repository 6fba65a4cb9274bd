"""Nobody with money owed or a question open is shut out by one person alone, whatever way is tried."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction

from expenses import services as expenses
from expenses.models import Claim
from expenses.policies import states
from partners.enums.questions import AskedRole
from partners.services import questions
from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import Role, ShutOutStatus
from psp_portal.accounts.models import Membership, ShutOut, User
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from psp_portal.people import services
from psp_portal.people.queries import shutting_out as queries
from tests import factories
from tests.psp_portal.people.test_services import AT, TODAY, Trust

pytestmark = pytest.mark.django_db

YESTERDAY = TODAY - timedelta(days=1)
REASON, TURN_TO = "Threats to staff, twice.", "The Chief Nurse, 01632 960111"


@pytest.fixture
def trust():
    trust = Trust()
    trust.executive = factories.make_member(Role.EXECUTIVE, trust.organisation)
    trust.other_lead = factories.make_lead(trust.organisation)
    return trust


def ask(trust, **change):
    said = {
        "user_id": trust.partner.pk, "organisation_id": trust.organisation.pk, "reason": f" {REASON} ",
        "turn_to": TURN_TO, "by": trust.lead, "at": AT,
    }  # fmt: skip
    return services.ask_to_shut_out(**said | change)


def confirm(asked, by, at=AT):
    return services.confirm_shut_out(shut_out_id=asked.pk, by=by, at=at)


def told(kind):
    return list(Message.objects.filter(kind=kind).order_by("recipient__name").values_list("recipient_id", flat=True))


# --- by hand, in the shell and with SQL: each in a savepoint, because the database says no -----------------------
def close_in_the_shell(person):
    person.is_active = False
    person.save()


def close_with_a_queryset(person):
    User.objects.filter(pk=person.pk).update(is_active=False)


def close_with_sql(person):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET is_active = false WHERE id = %s", [person.pk])


def end_role_with_a_queryset(person):
    Membership.objects.filter(user=person).update(ends_on=YESTERDAY)


def end_role_with_sql(person):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_membership SET ends_on = %s WHERE user_id = %s", [TODAY, person.pk])


def make_role_another(person):
    Membership.objects.filter(user=person).update(role=Role.REQUESTER)


def let_role_begin_later(person):
    Membership.objects.filter(user=person).update(starts_on=TODAY + timedelta(days=900))


def delete_role(person):
    Membership.objects.filter(user=person).delete()


def delete_role_with_sql(person):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_membership WHERE user_id = %s", [person.pk])


def end_role_by_the_lower_service(person):
    accounts.end_role(membership_id=person.memberships.get().pk, ends_on=TODAY, by=factories.TESTS, at=AT)


def close_by_the_lower_service(person):
    accounts.disable_account(user_id=person.pk, reason="Enough", by=factories.TESTS, at=AT)


WAYS = [
    close_in_the_shell, close_with_a_queryset, close_with_sql, end_role_with_a_queryset, end_role_with_sql,
    make_role_another, let_role_begin_later, delete_role, delete_role_with_sql, end_role_by_the_lower_service,
    close_by_the_lower_service,
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_the_database_refuses_every_way_that_one_person_has(trust, way):
    with factories.acting(), pytest.raises(IntegrityError, match="needs two people"), transaction.atomic():
        way(trust.partner)
    trust.partner.refresh_from_db()
    assert trust.partner.is_active
    assert trust.partner.memberships.get().ends_on is None


@pytest.mark.parametrize("way", WAYS)
def test_a_request_that_nobody_confirmed_opens_no_way(trust, way):
    ask(trust)
    with factories.acting(), pytest.raises(IntegrityError, match="needs two people"), transaction.atomic():
        way(trust.partner)


@pytest.mark.parametrize("way", WAYS)
def test_once_nothing_is_owed_any_way_is_open(trust, way):
    expenses.withdraw_claim(claim_id=Claim.objects.get().pk, by=trust.partner, at=AT)
    with factories.acting():
        way(trust.partner)


@pytest.mark.parametrize("status", sorted(states.OPEN_STATUSES | states.FINAL_STATUSES))
def test_the_database_counts_the_same_claims_as_open_as_the_code(trust, status):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT position(%s IN prosrc) > 0 FROM pg_proc WHERE proname = 'expenses_is_owed_or_asks'", [f"'{status}'"]
        )
        assert cursor.fetchone()[0] is (status in states.OPEN_STATUSES)


def test_a_question_that_is_open_holds_as_a_claim_does(trust):
    expenses.withdraw_claim(claim_id=Claim.objects.get().pk, by=trust.partner, at=AT)
    appointment = trust.partner.appointments.get()
    question = questions.ask_question(
        partner_id=appointment.pk, to_role=AskedRole.PROGRAMME_LEAD, subject="Papers", text="When do they come?",
        by=trust.partner, at=AT,
    )  # fmt: skip
    for way in (close_with_sql, end_role_with_sql):
        with factories.acting(), pytest.raises(IntegrityError, match="question open"), transaction.atomic():
            way(trust.partner)
    with pytest.raises(RuleBroken, match="claims or questions that are not settled"):
        trust.close(trust.partner)
    questions.close_question(question_id=question.pk, by=trust.partner, at=AT)
    trust.close(trust.partner)
    trust.partner.refresh_from_db()
    assert not trust.partner.is_active


def test_a_claim_at_another_trust_holds_the_account_and_not_the_role_here(trust):
    elsewhere = factories.make_organisation()
    factories.give_role(Role.PARTNER, trust.partner, elsewhere)
    with factories.acting():
        Membership.objects.filter(user=trust.partner, organisation=elsewhere).update(ends_on=YESTERDAY)
    with factories.acting(), pytest.raises(IntegrityError), transaction.atomic():
        close_with_sql(trust.partner)


def test_a_longer_role_and_a_staff_role_are_nobody_s_worry(trust):
    factories.give_role(Role.REQUESTER, trust.partner, trust.organisation)
    with factories.acting():
        Membership.objects.filter(user=trust.partner, role=Role.REQUESTER).update(ends_on=TODAY)
        Membership.objects.filter(user=trust.partner, role=Role.PARTNER).update(starts_on=TODAY - timedelta(days=900))


# --- the services say it first, in words ----------------------------------------------------------------------
def test_services_say_that_it_needs_two_people(trust):
    with pytest.raises(RuleBroken, match="a second person has to agree"):
        trust.close(trust.partner)
    with pytest.raises(RuleBroken, match="one person alone cannot end their access"):
        trust.end(trust.partner)
    assert trust.partner.memberships.get().ends_on is None
    expenses.withdraw_claim(claim_id=Claim.objects.get().pk, by=trust.partner, at=AT)
    assert trust.end(trust.partner).ends_on == YESTERDAY


def test_a_partner_who_has_a_role_elsewhere_keeps_the_one_here_while_owed(trust):
    factories.give_role(Role.PARTNER, trust.partner, factories.make_organisation())
    with pytest.raises(RuleBroken, match="not settled"):
        trust.close(trust.partner)


# --- two people -----------------------------------------------------------------------------------------------
def test_two_people_with_a_reason_end_access_and_the_person_is_told(trust):
    asked = ask(trust)
    assert (asked.status, asked.reason) == (ShutOutStatus.ASKED, REASON)
    assert trust.partner.memberships.get().ends_on is None
    asked_second = set(told("people.shut_out.ask"))
    assert {trust.executive.pk, trust.other_lead.pk} <= asked_second
    assert not {trust.lead.pk, trust.partner.pk, trust.first.pk} & asked_second
    assert told("people.shut_out.done") == []
    done = confirm(asked, trust.executive)
    assert (done.status, done.decided_by, done.decided_at) == (ShutOutStatus.DONE, trust.executive, AT)
    trust.partner.refresh_from_db()
    assert not trust.partner.is_active
    assert trust.partner.memberships.get().ends_on == YESTERDAY
    letter = Message.objects.get(kind="people.shut_out.done")
    assert letter.recipient == trust.partner
    for words in (REASON, TURN_TO, trust.lead.name, trust.executive.name, "still decided and paid"):
        assert words in letter.body
    assert "You can no longer sign in." in letter.body
    assert Claim.objects.open().get().claimant == trust.partner
    history = ShutOut.pgh_event_model.objects.filter(pgh_obj_id=asked.pk).order_by("pgh_id")
    assert [row.pgh_context.metadata["action"] for row in history] == [
        "people.shut_out.ask", "people.shut_out.confirm", "people.shut_out.confirm",
    ]  # fmt: skip


def test_one_confirmation_opens_the_way_once(trust):
    asked = ask(trust)
    confirm(asked, trust.executive)
    User.objects.filter(pk=trust.partner.pk).update(is_active=True)
    with factories.acting(), pytest.raises(IntegrityError), transaction.atomic():
        close_with_sql(trust.partner)


def test_somebody_with_a_role_or_money_elsewhere_keeps_the_account(trust):
    elsewhere = factories.make_organisation()
    factories.give_role(Role.PARTNER, trust.partner, elsewhere)
    confirm(ask(trust), trust.executive)
    trust.partner.refresh_from_db()
    assert trust.partner.is_active
    assert trust.partner.memberships.get(organisation=elsewhere).ends_on is None
    assert trust.partner.memberships.get(organisation=trust.organisation).ends_on == YESTERDAY
    assert "You can still sign in" in Message.objects.get(kind="people.shut_out.done").body


def test_money_owed_by_another_trust_keeps_the_account(trust):
    other = Trust()
    factories.give_role(Role.REQUESTER, other.partner, trust.organisation)
    executive = factories.make_member(Role.EXECUTIVE, other.organisation)
    confirm(ask(other), executive)
    other.partner.refresh_from_db()
    assert other.partner.is_active
    confirm(ask(trust, user_id=other.partner.pk), trust.executive)
    other.partner.refresh_from_db()
    assert other.partner.is_active


def test_the_same_person_is_not_two(trust):
    asked = ask(trust)
    with pytest.raises(RuleBroken, match="A second person has to agree"):
        confirm(asked, trust.lead)
    with factories.acting(), pytest.raises(IntegrityError, match="shut_out_needs_two_people"), transaction.atomic():
        ShutOut.objects.update(status=ShutOutStatus.CONFIRMED, decided_by=trust.lead, decided_at=AT)
    with factories.acting(), pytest.raises(IntegrityError, match="shut_out_decided_by_another"), transaction.atomic():
        ShutOut.objects.update(status=ShutOutStatus.REFUSED, decided_by=trust.partner, decided_at=AT)


def test_a_person_confirms_nothing_about_themselves(trust):
    executive = trust.executive
    asked = ask(trust, user_id=executive.pk)
    assert trust.other_lead.pk in told("people.shut_out.ask")
    assert executive.pk not in told("people.shut_out.ask")
    with pytest.raises(RuleBroken, match="neither who asked nor the person"):
        confirm(asked, executive)
    with pytest.raises(RuleBroken, match="about yourself"):
        services.refuse_shut_out(shut_out_id=asked.pk, answer="I stay", by=executive, at=AT)
    assert list(queries.shut_outs_visible_to(executive, today=TODAY)) == []
    assert confirm(asked, trust.other_lead).status == ShutOutStatus.DONE


def test_a_confirmation_without_the_letter_opens_no_way(trust):
    ask(trust)
    with factories.acting():
        ShutOut.objects.update(status=ShutOutStatus.CONFIRMED, decided_by=trust.executive, decided_at=AT)
        with pytest.raises(IntegrityError, match="needs two people"), transaction.atomic():
            close_with_sql(trust.partner)


@pytest.mark.parametrize(
    "change", [{"reason": "Another"}, {"turn_to": "Nobody"}, {"asked_at": AT - timedelta(days=9)}, {"status": "done"}]
)
def test_what_was_asked_stays_as_it_was(trust, change):
    ask(trust)
    with factories.acting(), pytest.raises(DatabaseError), transaction.atomic():
        ShutOut.objects.update(**change)


def test_a_row_is_never_deleted_and_begins_asked(trust):
    asked = ask(trust)
    with factories.acting(), pytest.raises(DatabaseError, match="delete"), transaction.atomic():
        ShutOut.objects.all().delete()
    with factories.acting(), pytest.raises(DatabaseError, match="insert"), transaction.atomic():
        ShutOut.objects.create(
            user=trust.first, organisation=trust.organisation, status=ShutOutStatus.DONE, reason="x", turn_to="y",
            asked_by=asked.asked_by, asked_at=AT, decided_by=trust.executive, decided_at=AT,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message", "field"),
    [
        ({"reason": " "}, "Enter why they must lose", "reason"),
        ({"turn_to": " "}, "Enter who they can turn to", "turn_to"),
    ],
)
def test_asking_needs_words(trust, change, message, field):
    with pytest.raises(RuleBroken, match=message) as refusal:
        ask(trust, **change)
    assert refusal.value.field == field
    assert not ShutOut.objects.exists()


def test_asking_has_its_rules(trust):
    with pytest.raises(RuleBroken, match="about yourself"):
        ask(trust, user_id=trust.lead.pk)
    with pytest.raises(RuleBroken, match="no role here"):
        ask(trust, user_id=factories.make_user().pk)
    for who in (trust.first, trust.executive, factories.make_lead(factories.make_organisation()), trust.partner):
        with pytest.raises(PermissionDenied):
            ask(trust, user_id=trust.second.pk, by=who)
    ask(trust)
    with pytest.raises(RuleBroken, match="asked already"):
        ask(trust, by=trust.other_lead)


def test_it_needs_somebody_who_could_be_the_second_person():
    alone = Trust()
    for member in User.objects.filter(memberships__role__in=[Role.PROGRAMME_LEAD, Role.EXECUTIVE]).exclude(
        pk=alone.lead.pk
    ):
        with factories.acting():
            member.memberships.update(ends_on=YESTERDAY)
    with pytest.raises(RuleBroken, match="nobody who could be the second person"):
        ask(alone)


def test_strangers_and_others_here_confirm_and_refuse_nothing(trust):
    asked = ask(trust)
    strangers = (trust.first, trust.partner, factories.make_lead(factories.make_organisation()))
    for who in strangers:
        with pytest.raises(PermissionDenied):
            confirm(asked, who)
        with pytest.raises(PermissionDenied):
            services.refuse_shut_out(shut_out_id=asked.pk, answer="No", by=who, at=AT)
        assert list(queries.shut_outs_visible_to(who, today=TODAY)) == []
        assert queries.waiting(who, today=TODAY) == []


def test_a_refusal_says_why_and_decides(trust):
    asked = ask(trust)
    with pytest.raises(RuleBroken, match="Enter why they keep") as refusal:
        services.refuse_shut_out(shut_out_id=asked.pk, answer=" ", by=trust.executive, at=AT)
    assert refusal.value.field == "answer"
    refused = services.refuse_shut_out(shut_out_id=asked.pk, answer=" We talk first ", by=trust.executive, at=AT)
    assert (refused.status, refused.answer) == (ShutOutStatus.REFUSED, "We talk first")
    assert told("people.shut_out.refuse") == [trust.lead.pk]
    with pytest.raises(TransitionNotAllowed):
        confirm(asked, trust.other_lead)
    with pytest.raises(TransitionNotAllowed):
        services.refuse_shut_out(shut_out_id=asked.pk, answer="Again", by=trust.executive, at=AT)
    assert trust.partner.memberships.get().ends_on is None
    assert ask(trust, at=AT + timedelta(days=1)).status == ShutOutStatus.ASKED


def test_who_asked_can_take_it_back_and_is_not_told_of_it(trust):
    asked = ask(trust)
    services.refuse_shut_out(shut_out_id=asked.pk, answer="We made peace", by=trust.lead, at=AT)
    assert told("people.shut_out.refuse") == []


def test_it_waits_for_those_who_can_be_the_second_person(trust):
    asked = ask(trust)
    other = Trust()
    factories.make_member(Role.EXECUTIVE, other.organisation)
    ask(other)
    assert queries.waiting(trust.lead, today=TODAY) == []
    (row,) = queries.waiting(trust.executive, today=TODAY)
    assert trust.partner.name in row.label
    assert str(asked.pk) in row.url
    confirm(asked, trust.other_lead)
    assert queries.waiting(trust.executive, today=TODAY) == []
