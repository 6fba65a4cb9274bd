from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from partners import services
from partners.models import Partner, UsualJourney
from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import Role
from psp_portal.dates import local_date
from tests import factories

pytestmark = pytest.mark.usefixtures("staff_pass")

OF_A_PARTNER = [
    "partner_detail", "partner_term_edit", "telephone_edit", "partner_end", "journey_edit", "journey_distance_edit",
    "journey_vehicle_edit",
]  # fmt: skip
FOR_LEADS = ["partner_term_edit", "telephone_edit", "partner_end"]


def address(page, partner=None):
    return reverse(f"partners:{page}", args=[partner.pk] if partner else [])


def date_boxes(name, day):
    return {f"{name}_0": day.day, f"{name}_1": day.month, f"{name}_2": day.year}


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("page", ["partner_list", "partner_create", *OF_A_PARTNER])
def test_strangers_are_sent_to_sign_in(client, trust, page):
    where = address(page, trust.partner if page in OF_A_PARTNER else None)

    response = client.get(where)

    assert (response.status_code, response["Location"]) == (302, f"/account/login/?next={where}")


@pytest.mark.parametrize("page", OF_A_PARTNER)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_partner_elsewhere_is_not_found(client, trust, page, method):
    for user in (trust.lead, trust.partner.user, factories.make_member(Role.FINANCE, trust.stranger.organisation)):
        client.force_login(user)
        assert getattr(client, method)(address(page, trust.stranger)).status_code == 404


@pytest.mark.parametrize("page", FOR_LEADS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_partners_do_not_change_their_own_appointment(client, trust, page, method):
    client.force_login(trust.partner.user)

    assert getattr(client, method)(address(page, trust.partner)).status_code == 403


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PROGRAMME_LEAD}))
def test_only_leads_may_appoint(client, trust, role):
    client.force_login(factories.make_member(role, trust.organisation))

    assert client.get(address("partner_create")).status_code == 403


def test_the_list_is_for_those_to_whom_it_says_something(client, trust):
    others = [
        factories.make_member(role, trust.organisation) for role in set(Role) - {Role.PROGRAMME_LEAD, Role.PARTNER}
    ]
    for user in [*others, factories.make_user()]:
        client.force_login(user)
        assert client.get(address("partner_list")).status_code == 403
        assert client.get(address("partner_create")).status_code == 403


def test_an_empty_list_says_so(client, trust):
    client.force_login(factories.make_lead(factories.make_organisation()))

    assert "There are no partners yet." in text_of(client.get(address("partner_list")))


@pytest.mark.parametrize("page", ["partner_detail", "partner_term_edit", "partner_end", "journey_edit"])
def test_the_lead_opens_every_page(client, trust, page):
    client.force_login(trust.lead)

    response = client.get(address(page, trust.partner))

    assert response.status_code == 200
    assert trust.stranger.user.name not in text_of(response)


# --- the list ------------------------------------------------------------------------------
@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_takes_the_same_queries_for_any_number(client, trust, django_assert_num_queries, rows):
    for _ in range(rows - 1):
        factories.make_partner(trust.organisation, lead=trust.lead)
    client.force_login(trust.lead)
    client.get(address("partner_list"))

    with django_assert_num_queries(8):
        response = client.get(address("partner_list"))

    assert len(response.context["partners"]) == min(rows, 25)


def test_the_list_shows_the_organisation_s_own_partners(client, trust):
    client.force_login(trust.lead)

    page = text_of(client.get(address("partner_list")))

    assert "Pat Example" in page
    assert trust.stranger.user.name not in page
    assert address("partner_create") in page


def test_the_list_offers_partners_their_own_and_no_appointing(client, trust):
    factories.make_partner(trust.organisation, user=factories.make_user("Sam Other"), lead=trust.lead)
    client.force_login(trust.partner.user)

    page = text_of(client.get(address("partner_list")))

    assert "Pat Example" in page
    assert "Sam Other" not in page
    assert address("partner_create") not in page


# --- the detail ----------------------------------------------------------------------------
def test_the_detail_offers_what_may_be_done(client, trust):
    client.force_login(trust.lead)
    page = text_of(client.get(address("partner_detail", trust.partner)))
    assert [name for name in FOR_LEADS if address(name, trust.partner) in page] == FOR_LEADS

    client.force_login(trust.partner.user)
    page = text_of(client.get(address("partner_detail", trust.partner)))
    assert "<h1>Your appointment</h1>" in page
    assert [name for name in FOR_LEADS if address(name, trust.partner) in page] == []
    assert address("journey_edit", trust.partner) in page


# --- appointing ----------------------------------------------------------------------------
def answers(trust, **change):
    user = factories.make_member(Role.PARTNER, trust.organisation, user=factories.make_user("Sam New"))
    return {
        "user_id": str(user.pk),
        "role_category": "4",
        "is_paid": "yes",
        **date_boxes("starts_on", date(2026, 11, 1)),
        **date_boxes("term_ends_on", date(2028, 10, 31)),
        "lead_id": str(trust.lead.pk),
    } | change


def test_appointing_leads_to_the_partner(client, trust):
    client.force_login(trust.lead)

    response = client.post(address("partner_create"), answers(trust))

    partner = Partner.objects.get(user__name="Sam New")
    assert (response.status_code, response["Location"]) == (302, address("partner_detail", partner))
    assert (partner.organisation, partner.is_paid, partner.role_category) == (trust.organisation, True, 4)
    assert (partner.starts_on, partner.term_ends_on) == (date(2026, 11, 1), date(2028, 10, 31))


def test_appointing_twice_from_two_tabs_is_refused(client, trust):
    client.force_login(trust.lead)
    data = answers(trust)
    client.post(address("partner_create"), data)

    response = client.post(address("partner_create"), data)

    # Whoever is appointed is no longer among the people to choose from.
    assert response.status_code == 200
    assert "There is a problem" in text_of(response)
    assert Partner.objects.filter(user__name="Sam New").count() == 1


def test_appointing_with_nothing_filled_in_says_what_is_missing(client, trust):
    client.force_login(trust.lead)

    response = client.post(address("partner_create"), {})

    assert response.context["form"].errors == {
        "user_id": ["Select who you are appointing"],
        "role_category": ["Select role category"],
        "is_paid": ["Select yes if the partner is paid for their time"],
        "starts_on": ["Enter the first day"],
        "term_ends_on": ["Enter the last day of the term"],
        "lead_id": ["Select the programme lead"],
    }
    assert "<title> Error: " in text_of(response) or "<title>Error: " in text_of(response)


def test_a_term_that_ends_before_it_starts_keeps_what_was_typed(client, trust):
    client.force_login(trust.lead)

    response = client.post(address("partner_create"), answers(trust, **date_boxes("term_ends_on", date(2026, 10, 31))))

    assert response.context["form"].errors == {
        "term_ends_on": ["The term must end on or after the day it starts, 1 November 2026"]
    }
    assert 'value="2026"' in text_of(response)


def test_people_of_another_organisation_cannot_be_appointed(client, trust):
    client.force_login(trust.lead)

    response = client.post(address("partner_create"), answers(trust, user_id=str(trust.stranger.user_id)))

    assert list(response.context["form"].errors) == ["user_id"]


# --- term and leaving ----------------------------------------------------------------------
def test_changing_the_term(client, trust):
    client.force_login(trust.lead)
    where = address("partner_term_edit", trust.partner)
    assert 'value="2028"' in text_of(client.get(where))

    answer = client.post(where, date_boxes("term_ends_on", date(2027, 3, 31)))
    assert answer.context["form"].errors == {"reason": ["Enter why the term changes"]}
    assert 'value="2027"' in text_of(answer)
    response = client.post(where, date_boxes("term_ends_on", date(2027, 3, 31)) | {"reason": "A shorter term"})

    assert response["Location"] == address("partner_detail", trust.partner)
    assert Partner.objects.get(pk=trust.partner.pk).term_ends_on == date(2027, 3, 31)


def test_ending_an_appointment_twice_says_so(client, trust):
    client.force_login(trust.lead)
    where, data = address("partner_end", trust.partner), date_boxes("left_on", date(2026, 1, 31))

    assert client.post(where, data).status_code == 302
    second = client.post(where, data)

    assert second.status_code == 200
    assert "This partner has left, so the appointment cannot be changed any more." in text_of(second)
    assert Partner.objects.get(pk=trust.partner.pk).left_on == date(2026, 1, 31)


# --- the usual journey ---------------------------------------------------------------------
def test_the_journey_is_asked_one_question_a_page_and_saved_at_the_end(client, trust):
    client.force_login(trust.partner.user)
    first, second, third = (
        address(page, trust.partner) for page in ("journey_edit", "journey_distance_edit", "journey_vehicle_edit")
    )

    assert client.post(first, {"from_place": "Leeds", "to_place": "York"})["Location"] == second
    assert client.post(second, {"miles": "50.4 miles"})["Location"] == third
    assert UsualJourney.objects.count() == 0
    assert client.post(third, {"vehicle": "car"})["Location"] == address("partner_detail", trust.partner)

    saved = UsualJourney.objects.get()
    assert (saved.from_place, saved.to_place, saved.miles, saved.vehicle) == ("Leeds", "York", Decimal("50.4"), "car")
    page = text_of(client.get(address("partner_detail", trust.partner)))
    assert "50.4 miles" in page


def test_going_back_in_the_journey_shows_what_was_typed(client, trust):
    client.force_login(trust.partner.user)
    first = address("journey_edit", trust.partner)
    client.post(first, {"from_place": "Leeds", "to_place": "York"})

    assert 'value="Leeds"' in text_of(client.get(first))


def test_a_saved_journey_is_shown_for_change(client, trust):
    services.save_usual_journey(
        partner_id=trust.partner.pk, from_place="Hull", to_place="York", miles=Decimal(80), vehicle="car",
        by=trust.partner.user, at=factories.START,
    )  # fmt: skip
    client.force_login(trust.partner.user)

    assert 'value="Hull"' in text_of(client.get(address("journey_edit", trust.partner)))


@pytest.mark.parametrize("page", ["journey_distance_edit", "journey_vehicle_edit"])
def test_the_journey_starts_at_its_first_question(client, trust, page):
    client.force_login(trust.partner.user)

    response = client.get(address(page, trust.partner))

    assert (response.status_code, response["Location"]) == (302, address("journey_edit", trust.partner))


@pytest.mark.parametrize(
    ("miles", "message"),
    [
        ("0", "Miles must be 0.1 or more"),
        ("9,999", "Miles must be 2,000 or less"),
        ("far", "Miles must be a number, like 24.6"),
        ("", "Enter the miles, there and back"),
    ],
)
def test_miles_that_cannot_be_get_their_message(client, trust, miles, message):
    client.force_login(trust.partner.user)
    client.post(address("journey_edit", trust.partner), {"from_place": "Leeds", "to_place": "York"})

    response = client.post(address("journey_distance_edit", trust.partner), {"miles": miles})

    assert response.context["form"].errors == {"miles": [message]}


def test_the_lead_s_page_about_a_leaver_still_opens(client, trust):
    at = factories.START + timedelta(days=2)
    services.end_appointment(partner_id=trust.partner.pk, left_on=local_date(at), by=trust.lead, at=at)
    client.force_login(trust.lead)

    page = text_of(client.get(address("partner_detail", trust.partner)))

    assert "3 April 2025" in page
    assert address("partner_end", trust.partner) not in page


def test_a_lead_records_the_number_on_which_a_partner_is_called(client, trust):
    client.force_login(trust.lead)
    where = address("telephone_edit", trust.partner)
    assert "Not recorded yet" in text_of(client.get(address("partner_detail", trust.partner)))

    wrong = client.post(where, {"number": "call me"})
    assert "Enter a telephone number, like 01632 960001" in text_of(wrong)
    assert 'value="call me"' in wrong.content.decode()
    assert "Enter a telephone number" in text_of(client.post(where, {"number": ""}))

    assert client.post(where, {"number": "01632 960001"}).url == address("partner_detail", trust.partner)
    assert "01632 960001, since" in text_of(client.get(address("partner_detail", trust.partner)))
    assert 'value="01632 960001"' in client.get(where).content.decode()


# --- the list, narrowed ----------------------------------------------------------------------
def named_in(response):
    return [partner.user.name for partner in response.context["partners"]]


@pytest.fixture
def many(trust):
    """Partners at several stages of one trust, and one of another with the same dates."""
    stays, ends_soon, paused, left = (
        factories.make_partner(trust.organisation, user=factories.make_user(name), lead=trust.lead)
        for name in ("A Stays", "B Soon", "C Paused", "D Left")
    )
    services.change_term(
        partner_id=ends_soon.pk, term_ends_on=date(2026, 12, 31), reason="Why", by=trust.lead, at=factories.START
    )
    services.end_appointment(partner_id=left.pk, left_on=local_date(factories.START), by=trust.lead, at=factories.START)
    with factories.acting():
        Partner.objects.filter(pk=paused.pk).update(status="paused")
    stranger = factories.make_partner(term_ends_on=date(2026, 12, 31))
    return stays, ends_soon, paused, left, stranger


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?status=paused", ["C Paused"]),
        ("?status=left", ["D Left"]),
        ("?status=checks", []),
        ("?status=serving&ends_before_0=31&ends_before_1=12&ends_before_2=2026", []),
        ("?status=serving&ends_before_0=1&ends_before_1=1&ends_before_2=2027", ["B Soon"]),
    ],
)
def test_lead_narrows_the_list(client, trust, many, query, names):
    client.force_login(trust.lead)
    page = client.get(address("partner_list") + query)
    assert named_in(page) == names
    assert ("There are no such partners." in text_of(page)) == (not names)


def test_what_makes_no_sense_narrows_nothing_and_is_told(client, trust, many):
    client.force_login(trust.lead)
    page = client.get(address("partner_list") + "?status=serving&ends_before_0=40&ends_before_1=1&ends_before_2=2027")
    assert len(named_in(page)) == 5
    assert "Day must have a day from 1 to 31" in text_of(page)


def test_list_shows_whose_lead_cannot_be_asked(client, trust, many):
    client.force_login(trust.lead)
    where = address("partner_list") + "?status=serving&lead=away"
    assert named_in(client.get(where)) == []
    accounts.record_absence(
        organisation_id=trust.organisation.pk, user_id=trust.lead.pk, deputy_id=None, starts_on=timezone.localdate(),
        ends_on=None, by=trust.lead, at=timezone.now(),
    )  # fmt: skip
    assert set(named_in(client.get(where))) >= {"A Stays", "B Soon", "C Paused"}
    assert "D Left" not in named_in(client.get(where))


@pytest.mark.parametrize("rows", [1, 30])
def test_narrowed_list_takes_the_same_queries(client, trust, rows, django_assert_num_queries):
    for _ in range(rows):
        factories.make_partner(trust.organisation, lead=trust.lead)
    client.force_login(trust.lead)
    with django_assert_num_queries(8):
        page = client.get(address("partner_list") + "?status=serving")
    assert page.context["page_obj"].paginator.count == rows + 1
