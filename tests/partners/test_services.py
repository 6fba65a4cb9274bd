import threading
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pghistory
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from partners import queries, services
from partners.enums import PartnerStatus, RoleCategory, Vehicle
from partners.models import Partner, UsualJourney
from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import Membership
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken
from psp_portal.notifications.models import Message
from tests import factories

AT = factories.START + timedelta(days=100)
TODAY = local_date(AT)


def history_of(row):
    """Return (label, actor, action) of a row's history, in order."""
    return [
        (event.pgh_label, event.pgh_context.metadata["actor"], event.pgh_context.metadata["action"])
        for event in row.events.order_by("pgh_id").select_related("pgh_context")
    ]


def messages_about(kind):
    return set(Message.objects.filter(kind=kind).values_list("recipient_id", "subject", "link"))


def appoint(trust, **change):
    facts = {
        "user_id": change.pop("user_id", None) or factories.make_user("Sam Example").pk,
        "organisation_id": trust.organisation.pk,
        "role_category": RoleCategory.MEMBER,
        "is_paid": False,
        "starts_on": TODAY,
        "term_ends_on": TODAY + timedelta(days=365),
        "lead_id": trust.lead.pk,
        "by": trust.lead,
        "at": AT,
    }
    return services.appoint_partner(**(facts | change))


def journey(trust, **change):
    facts = {
        "partner_id": trust.partner.pk,
        "from_place": " Leeds ",
        "to_place": "York",
        "miles": Decimal("50.4"),
        "vehicle": Vehicle.CAR,
        "by": trust.partner.user,
        "at": AT,
    }
    return services.save_usual_journey(**(facts | change))


@pytest.fixture
def broken_history():
    """Take the history's tables away from partners, so that no write can be recorded."""
    with connection.cursor() as cursor:
        for table in ("partners_partnerevent", "partners_usualjourneyevent"):
            cursor.execute(f"ALTER TABLE {table} RENAME TO {table}_away")


# --- appointing ----------------------------------------------------------------------------
def test_appoint_partner_writes_the_appointment_and_who_did_it(trust):
    partner = appoint(trust)

    assert Partner.objects.filter(pk=partner.pk).values().get() == {
        "id": partner.pk,
        "user_id": partner.user_id,
        "organisation_id": trust.organisation.pk,
        "status": PartnerStatus.ACTIVE,
        "role_category": RoleCategory.MEMBER,
        "is_paid": False,
        "starts_on": TODAY,
        "term_ends_on": TODAY + timedelta(days=365),
        "left_on": None,
        "lead_id": trust.lead.pk,
    }
    assert history_of(partner) == [("insert", str(trust.lead.pk), "partners.partner.appoint")]


@pytest.mark.parametrize(
    ("starts_on", "role_starts_on"),
    [(TODAY - timedelta(days=9), TODAY - timedelta(days=9)), (TODAY + timedelta(days=9), TODAY)],
)
def test_appoint_partner_gives_the_role_from_today_at_the_latest(trust, starts_on, role_starts_on):
    partner = appoint(trust, starts_on=starts_on)

    role = Membership.objects.get(user_id=partner.user_id)
    assert (role.organisation_id, role.role, role.starts_on, role.ends_on) == (
        trust.organisation.pk,
        Role.PARTNER,
        role_starts_on,
        None,
    )


def test_appoint_partner_leaves_a_role_that_is_held(trust):
    user = factories.make_member(Role.PARTNER, trust.organisation)

    appoint(trust, user_id=user.pk)

    assert Membership.objects.filter(user=user).count() == 1


def test_appoint_partner_tells_the_partner_and_a_lead_who_did_not_do_it(trust):
    second = factories.make_lead(trust.organisation)
    Message.objects.all().delete()
    partner = appoint(trust, lead_id=second.pk)

    link = f"/partners/partners/{partner.pk}/"
    assert messages_about("partners.partner.appoint") == {
        (partner.user_id, "You have been appointed as a Patient Safety Partner", link),
        (second.pk, "You look after a new partner", link),
    }


def test_appoint_partner_does_not_tell_a_lead_what_they_did(trust):
    Message.objects.all().delete()
    partner = appoint(trust)

    assert [message.recipient_id for message in Message.objects.all()] == [partner.user_id]
    assert Message.objects.get().body == (
        "Dear Sam Example\n\n"
        "Willow Trust has appointed you as a Patient Safety Partner, from 10 July 2025 to 10 July 2026.\n\n"
        "Sign in to see your record and who looks after you:\n"
    )


def test_appoint_partner_again_after_leaving(trust):
    services.end_appointment(partner_id=trust.partner.pk, left_on=TODAY, by=trust.lead, at=AT)

    with pytest.raises(RuleBroken, match="cannot overlap"):
        appoint(trust, user_id=trust.partner.user_id)
    again = appoint(trust, user_id=trust.partner.user_id, starts_on=TODAY + timedelta(days=1))

    assert list(Partner.objects.serving().filter(user_id=trust.partner.user_id)) == [again]
    assert Membership.objects.filter(user_id=trust.partner.user_id).count() == 1


def test_appoint_partner_refuses_a_partner_of_the_organisation(trust):
    with pytest.raises(RuleBroken, match=r"^Pat Example is a partner here already\.$"):
        appoint(trust, user_id=trust.partner.user_id)


def test_appoint_partner_refuses_a_closed_account(trust):
    user = factories.make_member(Role.PARTNER, trust.organisation)
    accounts.disable_account(user_id=user.pk, reason="Moved away", by=trust.lead, at=AT)

    with pytest.raises(RuleBroken, match=r"^This person's account is closed\.$"):
        appoint(trust, user_id=user.pk)


def test_appoint_partner_refuses_oneself(trust):
    second = factories.make_lead(trust.organisation)

    with pytest.raises(RuleBroken, match=r"^You cannot appoint yourself\. Ask another programme lead\.$"):
        appoint(trust, user_id=trust.lead.pk, lead_id=second.pk)


def test_appoint_partner_refuses_a_term_that_ends_before_it_starts(trust):
    with pytest.raises(RuleBroken, match="The term must end on or after the day it starts, 10 July 2025"):
        appoint(trust, term_ends_on=TODAY - timedelta(days=1))


def test_appoint_partner_refuses_to_have_partners_led_by_themselves(trust):
    user = factories.make_lead(trust.organisation)

    with pytest.raises(RuleBroken, match="A partner's lead must be another person"):
        appoint(trust, user_id=user.pk, lead_id=user.pk)


def test_appoint_partner_refuses_a_lead_of_another_organisation(trust):
    with pytest.raises(RuleBroken, match=r"^The lead must be a programme lead of this organisation$") as refusal:
        appoint(trust, lead_id=trust.stranger.lead_id)
    assert refusal.value.field == "lead_id"


def test_appoint_partner_is_for_leads_of_the_organisation(trust):
    with pytest.raises(PermissionDenied):
        appoint(trust, by=trust.stranger.lead)


def test_appoint_partner_writes_nothing_when_the_history_cannot_be_written(trust, broken_history):
    before = (Partner.objects.count(), Membership.objects.count(), Message.objects.count())

    with pytest.raises(Exception, match="partners_partnerevent"), pghistory.context():
        appoint(trust, user_id=trust.stranger.user_id)

    assert (Partner.objects.count(), Membership.objects.count(), Message.objects.count()) == before


@pytest.mark.django_db(transaction=True)
def test_of_two_appointments_at_once_one_is_refused():
    organisation = factories.make_organisation()
    lead, user = factories.make_lead(organisation), factories.make_user("Pat Example")
    answers, gate = [], threading.Barrier(2)

    def appoint_at_once():
        try:
            gate.wait(timeout=10)
            answers.append(type(factories.make_partner(organisation, user=user, lead=lead)).__name__)
        except RuleBroken as refusal:
            answers.append(refusal.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=appoint_at_once) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(answers) == ["Partner", "Pat Example is a partner here already."]
    assert Partner.objects.count() == 1


# --- the term ------------------------------------------------------------------------------
def change_term(trust, **change):
    facts = {
        "partner_id": trust.partner.pk,
        "term_ends_on": date(2027, 3, 31),
        "reason": "Why",
        "by": trust.lead,
        "at": AT,
    }
    return services.change_term(**(facts | change))


def test_change_term_changes_the_last_day_and_tells_the_partner(trust):
    partner = change_term(trust)

    assert Partner.objects.get(pk=partner.pk).term_ends_on == date(2027, 3, 31)
    assert history_of(partner)[1:] == [("update", str(trust.lead.pk), "partners.term.change")]
    assert messages_about("partners.term.change") == {
        (trust.partner.user_id, "Your term has changed", f"/partners/partners/{partner.pk}/")
    }


def test_change_term_to_the_same_day_changes_nothing(trust):
    change_term(trust, term_ends_on=trust.partner.term_ends_on)

    assert len(history_of(trust.partner)) == 1
    assert messages_about("partners.term.change") == set()


def test_change_term_there_and_back_tells_each_time(trust):
    change_term(trust)
    change_term(trust, term_ends_on=date(2028, 3, 31), at=AT + timedelta(hours=1))

    assert Message.objects.filter(kind="partners.term.change").count() == 2


def test_change_term_refuses_an_end_before_the_start(trust):
    with pytest.raises(RuleBroken, match="The term must end on or after the day it starts, 1 April 2025"):
        change_term(trust, term_ends_on=date(2025, 3, 31))


def test_change_term_refuses_a_leaver(trust):
    services.end_appointment(partner_id=trust.partner.pk, left_on=TODAY, by=trust.lead, at=AT)

    with pytest.raises(RuleBroken, match="This partner has left"):
        change_term(trust)


@pytest.mark.parametrize("who", ["partner", "stranger"])
def test_change_term_is_for_leads_of_the_organisation(trust, who):
    with pytest.raises(PermissionDenied):
        change_term(trust, by=getattr(trust, who).user)


def test_change_term_writes_nothing_when_the_history_cannot_be_written(trust, broken_history):
    with pytest.raises(Exception, match="partners_partnerevent"):
        change_term(trust)

    assert Partner.objects.get(pk=trust.partner.pk).term_ends_on == date(2028, 3, 31)
    assert messages_about("partners.term.change") == set()


# --- leaving -------------------------------------------------------------------------------
def end(trust, **change):
    facts = {"partner_id": trust.partner.pk, "left_on": TODAY, "by": trust.lead, "at": AT}
    return services.end_appointment(**(facts | change))


def test_end_appointment_records_the_day_and_tells_the_partner(trust):
    partner = end(trust)

    stored = Partner.objects.get(pk=partner.pk)
    assert (stored.status, stored.left_on) == (PartnerStatus.LEFT, TODAY)
    assert history_of(partner)[1:] == [("update", str(trust.lead.pk), "partners.appointment.end")]
    assert messages_about("partners.appointment.end") == {
        (trust.partner.user_id, "Your appointment has ended", f"/partners/partners/{partner.pk}/")
    }


def test_end_appointment_leaves_the_role_for_the_claims_that_are_open(trust):
    end(trust)

    role = Membership.objects.get(user_id=trust.partner.user_id, role=Role.PARTNER)
    assert role.ends_on is None


def test_end_appointment_twice_is_refused(trust):
    end(trust)

    with pytest.raises(RuleBroken, match="This partner has left"):
        end(trust)


def test_end_appointment_refuses_a_day_to_come(trust):
    with pytest.raises(RuleBroken, match="The last day must be today or in the past"):
        end(trust, left_on=TODAY + timedelta(days=1))


@pytest.mark.parametrize("who", ["partner", "stranger"])
def test_end_appointment_is_for_leads_of_the_organisation(trust, who):
    with pytest.raises(PermissionDenied):
        end(trust, by=getattr(trust, who).user)


def test_end_appointment_writes_nothing_when_the_history_cannot_be_written(trust, broken_history):
    with pytest.raises(Exception, match="partners_partnerevent"):
        end(trust)

    assert Partner.objects.get(pk=trust.partner.pk).status == PartnerStatus.ACTIVE
    assert messages_about("partners.appointment.end") == set()


# --- the usual journey ---------------------------------------------------------------------
@pytest.mark.parametrize("who", ["partner", "lead"])
def test_save_usual_journey_by_the_partner_or_the_lead(trust, who):
    by = trust.lead if who == "lead" else trust.partner.user

    saved = journey(trust, by=by)

    assert UsualJourney.objects.values().get() == {
        "id": saved.pk,
        "partner_id": trust.partner.pk,
        "from_place": "Leeds",
        "to_place": "York",
        "miles": Decimal("50.4"),
        "vehicle": Vehicle.CAR,
    }
    assert history_of(saved) == [("insert", str(by.pk), "partners.journey.save")]


def test_save_usual_journey_takes_the_place_of_the_one_before(trust):
    first = journey(trust)
    second = journey(trust, miles=Decimal(12), vehicle=Vehicle.BICYCLE)

    assert second.pk == first.pk
    assert (UsualJourney.objects.get().miles, UsualJourney.objects.get().vehicle) == (Decimal(12), Vehicle.BICYCLE)


def test_save_usual_journey_refuses_no_miles(trust):
    with pytest.raises(RuleBroken, match="Miles must be more than 0"):
        journey(trust, miles=Decimal(0))


def test_save_usual_journey_is_not_for_others(trust):
    with pytest.raises(PermissionDenied):
        journey(trust, by=trust.stranger.user)


def test_save_usual_journey_writes_nothing_when_the_history_cannot_be_written(trust, broken_history):
    with pytest.raises(Exception, match="partners_usualjourneyevent"):
        journey(trust)

    assert UsualJourney.objects.count() == 0


def test_a_partner_who_is_not_there_is_not_found(trust):
    with pytest.raises(Partner.DoesNotExist):
        change_term(trust, partner_id=uuid4())


# --- the telephone number ------------------------------------------------------------------
def telephone(trust, number="01632 960001", *, by=None, at=None):
    return services.record_telephone(
        partner_id=trust.partner.pk, number=number, by=by or trust.lead, at=at or factories.START
    )


def test_a_number_is_kept_with_the_day_it_was_given_and_the_one_before_beside_it(trust):
    first = telephone(trust)
    later = factories.START + timedelta(days=3)
    second = telephone(trust, " +44  7700 900982 ", at=later)

    first.refresh_from_db()
    assert (first.number, first.given_at, first.given_by, first.replaced_at) == (
        "01632 960001", factories.START, trust.lead, later,
    )  # fmt: skip
    assert (second.number, second.given_at, second.replaced_at) == ("+44 7700 900982", later, None)
    assert queries.telephone_of(trust.partner) == second
    assert list(queries.telephone_numbers_of([trust.partner.user_id])) == [second, first]
    assert history_of(second) == [("insert", str(trust.lead.pk), "partners.telephone.record")]


def test_the_partner_is_told_of_the_number_by_its_end(trust):
    telephone(trust)
    telephone(trust, "01632 960002")

    letters = Message.objects.filter(kind="partners.telephone.record").order_by("created_at", "pk")
    assert {(letter.recipient, letter.subject) for letter in letters} == {
        (trust.partner.user, "Your telephone number was added"),
        (trust.partner.user, "Your telephone number was changed"),
    }
    assert all("960" not in letter.body for letter in letters)
    assert any("It ends in 0002." in letter.body for letter in letters)


def test_the_same_number_again_changes_nothing(trust):
    first = telephone(trust)

    assert telephone(trust, "01632  960001", at=factories.START + timedelta(days=1)) == first
    assert Message.objects.filter(kind="partners.telephone.record").count() == 1


@pytest.mark.parametrize("number", ["", "12345", "call me", "0163296000x", "01632 960001 ext", "0" * 16, "01632 96-0"])
def test_a_number_that_nobody_could_call_is_refused(trust, number):
    with pytest.raises(RuleBroken, match="Enter a telephone number") as broken:
        telephone(trust, number)
    assert broken.value.field == "number"


def test_a_number_is_recorded_by_a_lead_and_never_by_the_partner(trust):
    for somebody in (trust.partner.user, trust.stranger.user, trust.stranger.lead):
        with pytest.raises(PermissionDenied):
            telephone(trust, by=somebody)


def test_the_number_of_somebody_who_has_left_stays(trust):
    end(trust)

    with pytest.raises(RuleBroken, match="has left"):
        telephone(trust)
