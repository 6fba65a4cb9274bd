"""Pages about the rate card: who gets in, what they show, and that bad input says so and is kept."""

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from expenses import services
from expenses.enums import CardTemplate, LineKind, PaymentBasis, RoleCategory, Vehicle
from expenses.models import Cap, MileageRate, RateCard, TimeRate
from expenses.policies import card as cards
from psp_portal.accounts.current import choose_organisation
from psp_portal.accounts.enums import Role
from tests.factories import START, give_role, make_member, make_organisation, make_rate_card, make_user

pytestmark = pytest.mark.django_db

READERS = {Role.PROGRAMME_LEAD, Role.APPROVER, Role.FINANCE, Role.EXECUTIVE, Role.AUDITOR}
CARD_PAGES = ["rate_card_rules_edit", "time_rate_choose", "time_rate_create", "mileage_rate_create", "cap_create"]
ROW_PAGES = {
    "time_rate_edit": TimeRate,
    "mileage_rate_edit": MileageRate,
    "cap_edit": Cap,
    "row_close": Cap,
    "row_remove": Cap,
}
TIME_QUERY = "?role_category=4&basis=day"
DAY_FIGURES = {
    "valid_from_0": "1",
    "valid_from_1": "1",
    "valid_from_2": "2027",
    "half_day": "80",
    "full_day": "£160.00",
    "boundary_minutes": "240",
    "at_boundary": "half_day",
    "source": "Our policy",
}
MILEAGE = {
    "vehicle": "car",
    "valid_from_0": "6",
    "valid_from_1": "4",
    "valid_from_2": "2027",
    "rate_0": "56",
    "up_to_0": "3,500",
    "rate_1": "21.5p",
    "passenger": "5",
}
RULES = {
    "name": "Rates 2027",
    "claim_window_months": "6",
    "needs_approval": ["taxi"],
    "first_class_needs_approval": "no",
    "verifies_first_bank_details": "no",
    "late_cancellation_pays": "full_day",
    "late_cancellation_hours": "48",
    "mileage_year_day": "1",
    "mileage_year_month": "1",
    "decision_working_days": "5",
    "payment_days": "20",
    "payment_target_percent": "90",
    "steps_days": "10, 21",
    "reply_working_days": "3",
    "appeal_working_days": "15",
}


@pytest.fixture
def organisation(db):
    return make_organisation("Willow Trust")


@pytest.fixture
def finance(organisation):
    return make_member(Role.FINANCE, organisation)


@pytest.fixture
def card(organisation, finance):
    return make_rate_card(organisation, finance)


@pytest.fixture
def as_finance(client, finance):
    client.force_login(finance)
    return client


def page(name: str, *args) -> str:
    return reverse(f"expenses:{name}", args=[getattr(arg, "pk", arg) for arg in args])


def words_of(response) -> str:
    main = re.search(r"<main.*?</main>", response.content.decode(), re.DOTALL)[0]
    return " ".join(unescape(strip_tags(main.replace("<", " <"))).replace(" ,", ",").split())


def confirmed(client, address: str, data: dict):
    """Send a form and, when its preview is there, the preview."""
    return client.post(address, data | {"seen": mark_of(client.post(address, data))})


def mark_of(response) -> str:
    [mark] = re.findall(r'name="seen" value="(\w+)"', response.content.decode())
    return mark


def every_page(card: RateCard) -> dict[str, str]:
    pages = {name: page(name, card) for name in CARD_PAGES}
    pages |= {name: page(name, card, model.objects.filter(card=card).first()) for name, model in ROW_PAGES.items()}
    return pages


# --- who gets in --------------------------------------------------------------------------
def test_nobody_gets_in_without_signing_in(client, card):
    for address in [page("rate_card_detail"), page("rate_card_detail", card), *every_page(card).values()]:
        response = client.get(address)
        assert (response.status_code, response["Location"].split("?")[0]) == (302, "/account/login/")


@pytest.mark.parametrize("role", Role)
def test_who_may_see_and_who_may_change(client, organisation, card, role):
    client.force_login(make_member(role, organisation))
    seen = 200 if role in READERS else 404
    assert client.get(page("rate_card_detail")).status_code == seen
    assert client.get(page("rate_card_detail", card)).status_code == seen
    changed = {Role.FINANCE: 200}.get(role, 403 if role in READERS else 404)
    for name, address in every_page(card).items():
        query = TIME_QUERY if name == "time_rate_create" else ""
        assert client.get(address + query).status_code == changed, name
        if changed != 200:
            assert client.post(address + query).status_code == changed, name


def test_a_card_of_another_organisation_is_not_there(client, card):
    client.force_login(make_member(Role.FINANCE))
    assert client.get(page("rate_card_detail", card)).status_code == 404
    for address in every_page(card).values():
        assert client.get(address + TIME_QUERY).status_code == 404
        assert client.post(address + TIME_QUERY).status_code == 404


def test_a_row_of_another_card_or_kind_is_not_there(as_finance, card):
    other = make_rate_card()
    cap = Cap.objects.get(card=card)
    assert as_finance.get(page("cap_edit", card, Cap.objects.get(card=other))).status_code == 404
    assert as_finance.get(page("time_rate_edit", card, cap)).status_code == 404


def test_somebody_without_a_role_sees_no_card(client, card):
    client.force_login(make_user())
    assert client.get(page("rate_card_detail")).status_code == 404


# --- the card -----------------------------------------------------------------------------
def test_readers_see_every_figure_and_no_actions(client, organisation, card):
    client.force_login(make_member(Role.AUDITOR, organisation))
    response = client.get(page("rate_card_detail"))
    words = words_of(response)
    for figure in [
        "Willow Trust Rate card: Rates 2026",
        "Your trust must confirm these figures.",
        "Half day £75.00 (up to and including 4 h), full day £150.00",
        "From 20 October 2021 In force",
        "NHS England's policy, as quoted by Mid and South Essex",
        "55p a mile up to 10,000 miles a year, then 25p; 5p a mile for each passenger",
        "45p a mile up to 10,000 miles a year, then 25p",
        "6 April 2011 to 5 April 2026",
        "Rates that have ended",
        "At most £5.00",
        "3 months from the activity",
        "Taxi, Overnight stay, Replacement care",
        "A half day, when the notice is 24 hours or less",
        "6 April",
        "10 working days",
        "After 20, 31, 45, 60, 90 days",
    ]:
        assert figure in words
    assert page("row_close", card, card.caps.get()) not in response.content.decode()
    assert "Correct" not in words


def test_finance_sees_what_it_may_do_to_each_row(as_finance, card):
    used = TimeRate.objects.get(card=card)
    services.follow_time_rate(
        card_id=card.pk,
        role_category=RoleCategory.SENIOR,
        valid_from=date(2035, 1, 1),
        terms=cards.Unpaid(),
        source="",
        by=card.made_by,
        at=START,
    )
    html = as_finance.get(page("rate_card_detail", card)).content.decode()
    new = TimeRate.objects.get(card=card, valid_from=date(2035, 1, 1))
    for name in ("time_rate_edit", "row_close", "row_remove"):
        for row in (used, new):
            assert page(name, card, row) in html
    assert "To come" in html


def test_a_used_row_is_only_given_an_end(client, world):
    world.sent()
    client.force_login(world.finance_lead)
    html = client.get(page("rate_card_detail", world.card)).content.decode()
    row = TimeRate.objects.get(card=world.card)
    assert page("row_close", world.card, row) in html
    assert page("time_rate_edit", world.card, row) not in html
    assert page("row_remove", world.card, row) not in html


@pytest.mark.parametrize("template", CardTemplate)
def test_rate_card_detail_takes_as_many_queries_for_every_card(
    client, organisation, finance, template, django_assert_num_queries
):
    card = make_rate_card(organisation, finance, template)
    client.force_login(finance)
    client.get(page("rate_card_detail", card))
    with django_assert_num_queries(DETAIL_QUERIES):
        client.get(page("rate_card_detail", card))


DETAIL_QUERIES = 10


def test_an_organisation_without_a_card(client, organisation, finance):
    client.force_login(make_member(Role.AUDITOR, organisation))
    words = words_of(client.get(page("rate_card_detail")))
    assert "This organisation has no rate card yet." in words
    assert "Ask its finance team to make one." in words
    assert client.get(page("rate_card_create")).status_code == 403
    client.force_login(finance)
    assert page("rate_card_create") in client.get(page("rate_card_detail")).content.decode()


def test_without_an_id_it_is_the_card_of_the_organisation_chosen(client, finance, card, rf):
    other = make_organisation("Aspen Trust")
    give_role(Role.FINANCE, finance, other)
    client.force_login(finance)
    assert "Aspen Trust" in words_of(client.get(page("rate_card_detail")))
    session = client.session
    request = rf.get("/")
    request.session = session
    choose_organisation(request, card.organisation_id)
    session.save()
    assert "Willow Trust Rate card" in words_of(client.get(page("rate_card_detail")))


# --- making -------------------------------------------------------------------------------
def test_rate_card_create(as_finance, organisation):
    words = words_of(as_finance.get(page("rate_card_create")))
    for figure in ["Half day £75.00", "£25.00 an hour", "£20.00 for each session of 3 h", "Time is not paid"]:
        assert figure in words
    response = confirmed(as_finance, page("rate_card_create"), {"template": "hourly", "name": "Our rates"})
    card = RateCard.objects.get(organisation=organisation)
    assert (response.status_code, response["Location"]) == (302, page("rate_card_detail", card))
    assert (card.name, card.time_rates.get().rate) == ("Our rates", Decimal("25.00"))
    assert "Rate card made." in words_of(as_finance.get(response["Location"]))


def test_rate_card_create_says_what_is_missing(as_finance):
    response = as_finance.post(page("rate_card_create"), {"name": "Our rates"})
    assert response.status_code == 200
    assert "Select how your organisation pays for time" in words_of(response)
    assert 'value="Our rates"' in response.content.decode()
    assert "Enter name of the rate card" in words_of(as_finance.post(page("rate_card_create"), {"template": "unpaid"}))


def test_rate_card_create_leads_to_the_card_that_is_there(as_finance, card):
    for response in (as_finance.get(page("rate_card_create")), as_finance.post(page("rate_card_create"))):
        assert (response.status_code, response["Location"]) == (302, page("rate_card_detail", card))


# --- rules --------------------------------------------------------------------------------
def test_rate_card_rules_edit_shows_and_saves(as_finance, card):
    address = page("rate_card_rules_edit", card)
    html = as_finance.get(address).content.decode()
    assert 'value="20, 31, 45, 60, 90"' in html
    assert re.search(r'value="half_day"[^>]* checked', html)
    response = confirmed(as_finance, address, RULES)
    assert (response.status_code, response["Location"]) == (302, page("rate_card_detail", card))
    card.refresh_from_db()
    assert (card.name, card.steps_days, card.needs_approval) == ("Rates 2027", [10, 21], ["taxi"])
    assert (card.first_class_needs_approval, card.late_cancellation_hours) == (False, 48)


def test_preview_of_rules_says_what_is_new_and_only_that(as_finance, card):
    address = page("rate_card_rules_edit", card)
    response = as_finance.post(address, RULES)
    entered = dict(response.context["entered"])
    assert entered["Days on which an unpaid claim goes one step up"] == "10, 21"
    assert entered["Which expenses must be agreed beforehand?"] == "Taxi"
    assert "What you entered" in words_of(response)
    confirmed(as_finance, address, RULES)
    response = as_finance.post(address, RULES | {"late_cancellation_pays": "", "late_cancellation_hours": ""})
    assert response.context["entered"] == [
        ("What does a meeting pay that is cancelled late?", "Not paid"),
        ("How many hours of notice, or fewer, count as late?", "Nothing"),
    ]


def test_preview_of_a_rate_says_what_was_entered(as_finance, card):
    response = as_finance.post(page("mileage_rate_create", card), MILEAGE)
    entered = dict(response.context["entered"])
    assert entered["Which vehicle is it for?"] == "Car or van"
    assert entered["First day"] == "6 April 2027"
    assert entered["What does a mile pay, in pence?"] == MILEAGE["rate_0"]


def test_rate_card_rules_edit_can_switch_things_off(as_finance, card):
    off = RULES | {"needs_approval": [], "late_cancellation_pays": "", "late_cancellation_hours": ""}
    assert confirmed(as_finance, page("rate_card_rules_edit", card), off).status_code == 302
    card.refresh_from_db()
    assert (card.needs_approval, card.late_cancellation_hours, card.late_cancellation_pays) == ([], None, "")
    html = as_finance.get(page("rate_card_rules_edit", card)).content.decode()
    assert re.search(r'name="late_cancellation_pays" type="radio" value=""[^>]* checked', html)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"steps_days": "20, soon"}, "“soon” is not a number of days. Write days like 20, 31, 45"),
        ({"steps_days": "20, 2.5"}, "“2.5” is not a number of days."),
        ({"steps_days": "-20"}, "“-20” is not a number of days."),
        ({"steps_days": " , "}, "Enter days on which an unpaid claim goes one step up"),
        ({"steps_days": "20, 15"}, "Each day must be later than the one before it: 15 comes after 20."),
        ({"steps_days": "0"}, "Each day must be from 1 to 366."),
        ({"claim_window_months": "three"}, "Months to claim must be a whole number"),
        ({"claim_window_months": "25"}, "Enter a number from 1 to 24."),
        ({"payment_days": "-1"}, "Days to pay a claim must be 0 or more"),
        ({"payment_days": "0"}, "Enter a number from 1 to 366."),
        ({"payment_target_percent": "101"}, "Enter a number from 1 to 100."),
        ({"decision_working_days": "10000"}, "Working days to decide a claim must be 9,999 or less"),
        ({"late_cancellation_hours": ""}, "Enter the hours of notice, or choose “Not paid”."),
        ({"mileage_year_day": "29"}, "Enter a day from 1 to 28, so that every year has it."),
    ],
)
def test_rate_card_rules_edit_says_what_is_wrong_and_keeps_it(as_finance, card, wrong, message):
    response = as_finance.post(page("rate_card_rules_edit", card), RULES | wrong)
    assert response.status_code == 200
    assert message in words_of(response)
    [(_name, typed)] = wrong.items()
    html = response.content.decode()
    assert "<title>Error: Change the rules" in html
    assert 'value="Rates 2027"' in html
    assert not typed.strip(" ,") or f'value="{typed.strip()}"' in html
    card.refresh_from_db()
    assert card.name == "Rates 2026"


# --- rates for time -----------------------------------------------------------------------
def test_time_rate_choose_leads_to_the_figures(as_finance, card):
    response = as_finance.post(page("time_rate_choose", card), {"role_category": "3", "basis": "hour"})
    assert (response.status_code, response["Location"]) == (
        302,
        page("time_rate_create", card) + "?role_category=3&basis=hour",
    )
    words = words_of(as_finance.post(page("time_rate_choose", card), {}))
    assert "Select whose time it is for" in words
    assert "Select how their time is paid" in words


@pytest.mark.parametrize("query", ["", "?role_category=4", "?basis=day", "?role_category=9&basis=day"])
def test_time_rate_create_asks_first_what_it_is_about(as_finance, card, query):
    address = page("time_rate_create", card) + query
    for response in (as_finance.get(address), as_finance.post(address, DAY_FIGURES)):
        assert (response.status_code, response["Location"]) == (302, page("time_rate_choose", card))


def test_time_rate_create(as_finance, card):
    address = page("time_rate_create", card) + TIME_QUERY
    assert "In force Half day £75.00 (up to and including 4 h), full day £150.00" in words_of(as_finance.get(address))
    response = confirmed(as_finance, address, DAY_FIGURES)
    assert (response.status_code, response["Location"]) == (302, page("rate_card_detail", card))
    row = TimeRate.objects.get(card=card, valid_from=date(2027, 1, 1))
    assert (row.half_day, row.full_day, row.boundary_minutes, row.source) == (80, 160, 240, "Our policy")


@pytest.mark.parametrize(
    ("basis", "figures", "stored"),
    [
        ("hour", {"rate": "14.80"}, {"rate": Decimal("14.80")}),
        ("session", {"session_minutes": "90", "amount": "30"}, {"session_minutes": 90, "amount": Decimal("30.00")}),
        ("none", {}, {"basis": PaymentBasis.NONE}),
    ],
)
def test_time_rate_create_asks_for_the_figures_of_its_basis(as_finance, card, basis, figures, stored):
    day = {name: value for name, value in DAY_FIGURES.items() if name.startswith("valid_from")}
    address = page("time_rate_create", card) + f"?role_category=3&basis={basis}"
    assert confirmed(as_finance, address, day | figures).status_code == 302
    row = TimeRate.objects.get(card=card, role_category=RoleCategory.MEMBER)
    assert {name: getattr(row, name) for name in stored} == stored


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"valid_from_0": "30", "valid_from_1": "2"}, "First day must be a real date. February 2027 has 28 days"),
        ({"valid_from_2": ""}, "First day must include a year"),
        (
            {"valid_from_0": "20", "valid_from_1": "10", "valid_from_2": "2021"},
            "From 20 October 2021 onwards two rates would be in force.",
        ),
        ({"half_day": "-1"}, "Half day must be £0.00 or more"),
        ({"half_day": "1.005"}, "Half day must be in pounds and pence, like 12.50"),
        ({"full_day": "79"}, "A full day must not pay less than a half day."),
        ({"boundary_minutes": "4 h"}, "Minutes of a half day must be a whole number"),
        ({"boundary_minutes": "1441"}, "Enter minutes from 1 to 1440."),
        ({"at_boundary": ""}, "Select what exactly that time pays"),
        ({"source": "x" * 301}, "Ensure this value has at most 300 characters"),
    ],
)
def test_time_rate_create_says_what_is_wrong_and_keeps_it(as_finance, card, wrong, message):
    response = as_finance.post(page("time_rate_create", card) + TIME_QUERY, DAY_FIGURES | wrong)
    assert response.status_code == 200
    assert message in words_of(response)
    html = response.content.decode()
    for typed in (DAY_FIGURES | wrong).values():
        assert not typed or f'value="{typed}"' in html
    assert TimeRate.objects.filter(card=card).count() == 1


def test_time_rate_create_twice_makes_one(as_finance, card):
    address = page("time_rate_create", card) + TIME_QUERY
    sent = DAY_FIGURES | {"seen": mark_of(as_finance.post(address, DAY_FIGURES))}
    assert as_finance.post(address, sent).status_code == 302
    assert "two rates would be in force" in words_of(as_finance.post(address, sent))
    assert TimeRate.objects.filter(card=card).count() == 2


def test_time_rate_create_names_the_days_of_a_gap(as_finance, card):
    row = TimeRate.objects.get(card=card)
    typed = {"valid_to_0": "30", "valid_to_1": "11", "valid_to_2": "2026"}
    confirmed(as_finance, page("row_close", card, row), typed)
    response = as_finance.post(page("time_rate_create", card) + TIME_QUERY, DAY_FIGURES)
    assert "From 1 December 2026 to 31 December 2026 no rate would be in force." in words_of(response)


def test_time_rate_edit(as_finance, card):
    row = TimeRate.objects.get(card=card)
    address = page("time_rate_edit", card, row)
    html = as_finance.get(address).content.decode()
    assert 'value="75.00"' in html
    assert 'value="2021"' in html
    shown = as_finance.post(address, DAY_FIGURES | {"valid_from_2": "2021"})
    assert re.search(r"2 h in a meeting Before £75.00 After £80.00", words_of(shown))
    # From today until it starts there would be no rate: that is what the correction does first.
    shown = as_finance.post(address, DAY_FIGURES)
    assert re.search(r"2 h in a meeting Before £75.00 After £0.00", words_of(shown))
    row.refresh_from_db()
    assert row.half_day == Decimal("75.00"), "nothing is saved before it is confirmed"
    response = confirmed(as_finance, address, DAY_FIGURES)
    assert (response.status_code, response["Location"]) == (302, page("rate_card_detail", card))
    row.refresh_from_db()
    assert (row.valid_from, row.half_day) == (date(2027, 1, 1), Decimal("80.00"))


def test_time_rate_edit_refuses_a_used_row_and_keeps_what_was_typed(client, world):
    world.sent()
    client.force_login(world.finance_lead)
    row = TimeRate.objects.get(card=world.card)
    response = client.post(page("time_rate_edit", world.card, row), DAY_FIGURES)
    assert "Claims have used this rate, so it cannot be changed. Add a new rate:" in words_of(response)
    assert 'value="£160.00"' in response.content.decode()


# --- mileage ------------------------------------------------------------------------------
def test_mileage_rate_create(as_finance, card):
    assert re.search(
        r'value="car"[^>]* checked', as_finance.get(page("mileage_rate_create", card) + "?vehicle=car").content.decode()
    )
    response = confirmed(as_finance, page("mileage_rate_create", card), MILEAGE)
    assert (response.status_code, response["Location"]) == (302, page("rate_card_detail", card))
    row = MileageRate.objects.get(card=card, valid_from=date(2027, 4, 6))
    assert [(band.up_to, band.rate) for band in row.bands.order_by("up_to")] == [
        (Decimal("3500.0"), Decimal("0.5600")),
        (None, Decimal("0.2150")),
    ]
    assert (row.vehicle, row.passenger) == (Vehicle.CAR, Decimal("0.0500"))


def test_mileage_rate_create_with_three_bands_or_one(as_finance, card):
    three = MILEAGE | {"up_to_1": "10000", "rate_2": "10"}
    assert confirmed(as_finance, page("mileage_rate_create", card), three).status_code == 302
    one = MILEAGE | {"vehicle": "bicycle", "up_to_0": "", "rate_1": ""}
    assert confirmed(as_finance, page("mileage_rate_create", card), one).status_code == 302
    rows = MileageRate.objects.filter(card=card, valid_from=date(2027, 4, 6))
    assert {row.vehicle: row.bands.count() for row in rows} == {"car": 3, "bicycle": 1}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"vehicle": ""}, "Select which vehicle it is for"),
        ({"rate_0": ""}, "Enter the rate"),
        ({"rate_0": "0.55"}, "Rate must be in pence, like 55"),
        ({"rate_0": "£0.55"}, "Rate must be a number, like 55"),
        ({"rate_0": "29.555"}, "Rate must have no more than 2 decimal places, like 29.5"),
        ({"rate_0": "1001"}, "Rate must be 1,000 pence or less"),
        ({"rate_0": "-5"}, "Rate must be 0 pence or more"),
        ({"up_to_0": ""}, "Enter up to how many miles the rate above holds"),
        ({"rate_1": ""}, "Enter what the miles after that pay"),
        ({"rate_1": "", "rate_2": "10"}, "Enter what these miles pay"),
        ({"up_to_1": "3500", "rate_2": "10"}, "Each band must end later than the one before it."),
        ({"up_to_0": "0"}, "Miles must be 0.1 or more"),
        ({"passenger": ""}, "Enter the rate for a passenger"),
        (
            {"valid_from_2": "2011"},
            "From 6 April 2011 to 5 April 2026 two rates would be in force.",
        ),
    ],
)
def test_mileage_rate_create_says_what_is_wrong_and_keeps_it(as_finance, card, wrong, message):
    response = as_finance.post(page("mileage_rate_create", card), MILEAGE | wrong)
    assert response.status_code == 200
    assert message in words_of(response)
    html = response.content.decode()
    for typed in (MILEAGE | wrong).values():
        assert not typed or f'value="{typed}"' in html
    assert MileageRate.objects.filter(card=card).count() == 4


def test_mileage_rate_edit(as_finance, card):
    row = MileageRate.objects.get(card=card, vehicle=Vehicle.CAR, valid_to__isnull=True)
    address = page("mileage_rate_edit", card, row)
    html = as_finance.get(address).content.decode()
    for value in ("55", "10000.0", "25", "5"):
        assert f'value="{value}"' in html
    response = confirmed(as_finance, address, {**MILEAGE, "valid_from_2": "2026", "rate_0": "45"})
    assert (response.status_code, response["Location"]) == (302, page("rate_card_detail", card))
    assert row.bands.get(up_to=Decimal(3500)).rate == Decimal("0.4500")


# --- limits -------------------------------------------------------------------------------
LIMIT = {
    "kind": "subsistence_evening",
    "valid_from_0": "1",
    "valid_from_1": "January",
    "valid_from_2": "2027",
    "amount": "15",
}


def test_cap_create(as_finance, card):
    assert "mileage" not in as_finance.get(page("cap_create", card) + "?kind=taxi").content.decode().lower()
    response = confirmed(as_finance, page("cap_create", card), LIMIT)
    assert (response.status_code, response["Location"]) == (302, page("rate_card_detail", card))
    assert Cap.objects.get(card=card, kind=LineKind.SUBSISTENCE_EVENING).amount == Decimal("15.00")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"kind": ""}, "Select which expense it is for"),
        ({"kind": "mileage"}, "Select a valid choice."),
        ({"amount": "fifteen"}, "Limit must be a number, like 12.50"),
        (
            {"kind": "subsistence_lunch", "valid_from_2": "2021"},
            "From 20 October 2021 onwards two rates would be in force.",
        ),
    ],
)
def test_cap_create_says_what_is_wrong_and_keeps_it(as_finance, card, wrong, message):
    response = as_finance.post(page("cap_create", card), LIMIT | wrong)
    assert response.status_code == 200
    assert message in words_of(response)
    assert f'value="{(LIMIT | wrong)["amount"]}"' in response.content.decode()
    assert Cap.objects.filter(card=card).count() == 1


def test_cap_edit(as_finance, card):
    row = Cap.objects.get(card=card)
    address = page("cap_edit", card, row)
    assert 'value="5.00"' in as_finance.get(address).content.decode()
    changed = {key: value for key, value in LIMIT.items() if key != "kind"}
    assert confirmed(as_finance, address, changed).status_code == 302
    row.refresh_from_db()
    assert (row.kind, row.valid_from, row.amount) == ("subsistence_lunch", date(2027, 1, 1), Decimal("15.00"))


# --- any row ------------------------------------------------------------------------------
def test_row_close(as_finance, card):
    row = Cap.objects.get(card=card)
    address = page("row_close", card, row)
    assert "Lunch" in words_of(as_finance.get(address))
    typed = {"valid_to_0": "31", "valid_to_1": "12", "valid_to_2": "2020"}
    response = as_finance.post(address, typed)
    assert "The last day must be on or after 20 October 2021." in words_of(response)
    assert 'value="2020"' in response.content.decode()
    shown = as_finance.post(address, typed | {"valid_to_2": "2026"})
    assert "Check what this does" in words_of(shown)
    row.refresh_from_db()
    assert row.valid_to is None
    assert confirmed(as_finance, address, typed | {"valid_to_2": "2026"}).status_code == 302
    row.refresh_from_db()
    assert row.valid_to == date(2026, 12, 31)


def test_row_remove_shows_first_and_removes_on_post(as_finance, card):
    row = Cap.objects.get(card=card)
    address = page("row_remove", card, row)
    assert "At most £5.00" in words_of(as_finance.get(address))
    shown = as_finance.post(address)
    assert "Check what this does" in words_of(shown)
    assert Cap.objects.filter(pk=row.pk).exists()
    assert "At most £5.00" in words_of(as_finance.post(address, {"seen": mark_of(shown), "change": "yes"}))
    response = as_finance.post(address, {"seen": mark_of(shown)})
    assert (response.status_code, response["Location"]) == (302, page("rate_card_detail", card))
    assert not Cap.objects.filter(pk=row.pk).exists()
    assert as_finance.post(address).status_code == 404


def test_row_remove_refuses_a_used_row(client, world):
    world.sent()
    client.force_login(world.finance_lead)
    row = TimeRate.objects.get(card=world.card)
    response = client.post(page("row_remove", world.card, row))
    assert "Claims have used this rate, so it cannot be removed." in words_of(response)
    assert TimeRate.objects.filter(pk=row.pk).exists()
