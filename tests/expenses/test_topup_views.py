"""Pages about top-ups, and the previews of a rate card: what they show, who gets in, and what is kept."""

import re
from datetime import date
from decimal import Decimal as D

import pytest
from django.apps import apps

from expenses import services
from expenses.enums import CardTemplate, LineAction, LineKind, TopUpStatus, Vehicle
from expenses.models import Claim, MileageRate, RateCard, TopUp
from expenses.policies import card as cards
from psp_portal.accounts.enums import Role
from tests import factories
from tests.expenses.pages import errors_of, page, sent_by, signed_in, words_of
from tests.expenses.world import make_world

pytestmark = pytest.mark.django_db

SIXTY = (cards.Band(None, D("0.60")),)
FOLLOW = {
    "vehicle": "car",
    "valid_from_0": "1", "valid_from_1": "9", "valid_from_2": "2026",
    "rate_0": "60", "passenger": "5", "backdated": "yes", "source": "HMRC, announced late",
}  # fmt: skip


@pytest.fixture
def world():
    made = make_world()
    made.card.refresh_from_db()
    return made


def journeys(world, count: int) -> list[Claim]:
    """Return approved claims of one journey each."""
    made = []
    for number in range(count):
        claim = services.start_claim(partner_id=world.partner.pk, by=world.person, at=world.at)
        world.line(
            claim, LineKind.MILEAGE, vehicle=Vehicle.CAR, miles=D(number + 10), from_place="Home", to_place="Trust",
            at=world.at,
        )  # fmt: skip
        services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
        made.append(world.decide(claim, LineAction.APPROVE))
    return made


def raise_rate(world, at=None) -> MileageRate:
    return services.follow_mileage_rate(
        card_id=world.card.pk, vehicle=Vehicle.CAR, valid_from=date(2026, 9, 1), bands=SIXTY, passenger=D(0),
        source="HMRC, announced late", by=world.finance_lead, at=at or world.later(days=1), backdated=True,
    )  # fmt: skip


def other_trust() -> TopUp:
    """Return an offer of another organisation, to somebody else."""
    elsewhere = make_world()
    journeys(elsewhere, 1)
    raise_rate(elsewhere)
    return TopUp.objects.get(card=elsewhere.card)


# --- the partner ----------------------------------------------------------------------------
def test_my_claims_say_what_is_owed_and_lead_to_it(world):
    client = signed_in(world.person)
    journeys(world, 2)
    assert "You are owed" not in words_of(client.get(page("claim_list")))
    raise_rate(world)
    response = client.get(page("claim_list"))
    assert "You are owed £1.05 more, because a rate went up" in words_of(response)
    assert page("top_up_answer") in response.content.decode()


def test_top_up_answer_shows_each_amount_and_why(world):
    [first, second] = journeys(world, 2)
    raise_rate(world)
    theirs = other_trust()
    response = signed_in(world.person).get(page("top_up_answer"))
    words = words_of(response)
    assert "You are owed £1.05 more." in words
    assert f"11 miles at 60p: £6.60, less £6.05 on {second.reference}" in words
    mine = [TopUp.objects.get(line__claim=claim) for claim in (first, second)]
    assert sent_by(response)["top_ups"] == [str(top_up.pk) for top_up in mine]
    assert str(theirs.pk) not in response.content.decode()


def test_accepting_sends_a_claim(world):
    journeys(world, 2)
    raise_rate(world)
    client = signed_in(world.person)
    chosen = sent_by(client.get(page("top_up_answer"))) | {"answer": "accept"}
    response = client.post(page("top_up_answer"), chosen)
    claim = Claim.objects.latest("number")
    assert (response.status_code, response["Location"]) == (302, page("claim_detail", claim_id=claim.pk))
    assert claim.asked == D("1.05")
    words = words_of(client.get(response["Location"]))
    assert f"Sent as claim {claim.reference}" in words
    assert "Take it back" not in words
    # Sent again, as a double click does, nothing is made.
    response = client.post(page("top_up_answer"), chosen)
    assert "Some of these amounts have been answered or taken back. Look again." in words_of(response)
    assert Claim.objects.latest("number") == claim


def test_declining_one_keeps_the_other(world):
    journeys(world, 2)
    raise_rate(world)
    client = signed_in(world.person)
    chosen = sent_by(client.get(page("top_up_answer")))["top_ups"]
    response = client.post(page("top_up_answer"), {"top_ups": chosen[:1], "answer": "decline"})
    assert response["Location"] == page("claim_list")
    assert "You are owed £0.55 more" in words_of(client.get(response["Location"]))
    assert TopUp.objects.get(status=TopUpStatus.DECLINED).pk == TopUp.objects.order_by("amount").first().pk


def test_top_up_answer_says_what_is_missing_and_keeps_the_ticks(world):
    journeys(world, 2)
    raise_rate(world)
    client = signed_in(world.person)
    response = client.post(page("top_up_answer"), {"answer": "accept"})
    assert errors_of(response)[0][1] == "Tick at least one amount"
    assert "top_ups" not in sent_by(response)
    theirs = other_trust()
    response = client.post(page("top_up_answer"), {"top_ups": [str(theirs.pk)], "answer": "accept"})
    assert "have been answered or taken back" in words_of(response)
    theirs.refresh_from_db()
    assert theirs.status == TopUpStatus.PROPOSED


def test_without_an_offer_the_page_says_so(world):
    assert "Nothing is offered to you at present." in words_of(signed_in(world.person).get(page("top_up_answer")))


# --- finance --------------------------------------------------------------------------------
def test_top_up_list_shows_was_now_and_difference(world):
    [claim] = journeys(world, 1)
    raise_rate(world)
    other_trust()
    client = signed_in(world.finance_lead)
    assert page("top_up_list", card_id=world.card.pk) in client.get(page("rate_card_detail")).content.decode()
    response = client.get(page("top_up_list", card_id=world.card.pk))
    assert response.context["page_obj"].paginator.count == 1
    words = words_of(response)
    assert f"{world.person.get_full_name()} {claim.reference}, line 1" in words
    assert "£5.50 £6.00 £0.50 Offered to the partner" in words
    assert "Offered to the partner £0.50 for 1 line" in words
    assert page("top_up_withdraw", card_id=world.card.pk, top_up_id=TopUp.objects.get(card=world.card).pk) in (
        response.content.decode()
    )


def test_readers_of_the_list_take_nothing_back(world):
    journeys(world, 1)
    raise_rate(world)
    response = signed_in(world.auditor).get(page("top_up_list", card_id=world.card.pk))
    assert "Take back" not in words_of(response)
    withdraw = page("top_up_withdraw", card_id=world.card.pk, top_up_id=TopUp.objects.get().pk)
    assert signed_in(world.auditor).get(withdraw).status_code == 403
    assert signed_in(world.requester).get(withdraw).status_code == 404


def test_top_up_list_takes_as_many_queries_for_one_as_for_thirty(world, django_assert_num_queries):
    client = signed_in(world.finance_lead)
    address = page("top_up_list", card_id=world.card.pk)
    assert "Nothing has been offered from this rate card." in words_of(client.get(address))
    journeys(world, 1)
    raise_rate(world)
    with django_assert_num_queries(LIST_QUERIES):
        client.get(address)
    world.at = world.later(days=2)
    journeys(world, 29)
    services.follow_mileage_rate(
        card_id=world.card.pk, vehicle=Vehicle.CAR, valid_from=date(2026, 9, 2), bands=(cards.Band(None, D("0.70")),),
        passenger=D(0), source="Again", by=world.finance_lead, at=world.later(days=1), backdated=True,
    )  # fmt: skip
    assert TopUp.objects.count() == 31
    with django_assert_num_queries(LIST_QUERIES):
        client.get(address)


LIST_QUERIES = 9


def test_top_up_withdraw(world):
    journeys(world, 1)
    raise_rate(world)
    client = signed_in(world.finance_lead)
    address = page("top_up_withdraw", card_id=world.card.pk, top_up_id=TopUp.objects.get().pk)
    assert "Offered £0.50" in words_of(client.get(address))
    response = client.post(address, {"reason": ""})
    assert response.status_code == 200
    assert errors_of(response)
    response = client.post(address, {"reason": "Paid by hand"})
    assert (response.status_code, response["Location"]) == (302, page("top_up_list", card_id=world.card.pk))
    assert "Taken back by finance Paid by hand" in words_of(client.get(response["Location"]))
    response = client.post(address, {"reason": "Typed twice"})
    assert "The partner has answered this offer, or it was taken back already." in words_of(response)
    assert "Typed twice" in response.content.decode()


def test_an_offer_of_another_card_is_not_there(world):
    theirs = other_trust()
    client = signed_in(world.finance_lead)
    for card_id in (world.card.pk, theirs.card_id):
        assert client.get(page("top_up_withdraw", card_id=card_id, top_up_id=theirs.pk)).status_code == 404
    assert client.get(page("top_up_list", card_id=theirs.card_id)).status_code == 404


# --- previews -------------------------------------------------------------------------------
def written() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in apps.get_app_config("expenses").get_models())


def test_a_backdated_rate_is_shown_with_what_it_offers_before_it_is_made(world):
    journeys(world, 2)
    client = signed_in(world.finance_lead)
    address = page("mileage_rate_create", card_id=world.card.pk)
    before = written()
    response = client.post(address, FOLLOW)
    words = words_of(response)
    assert "Nothing is saved yet." in words
    assert "Lines already agreed would be worth more: £1.05 for 2 lines of 1 person." in words
    # 40 miles at 55p, and 60p; 5p for each passenger for each mile.
    assert "40 miles by car or van with 1 passenger £24.00 £26.00" in words
    assert written() == before
    # What was typed is still there, and going back shows it.
    typed = sent_by(response)
    assert {name: values[0] for name, values in typed.items() if name != "seen"} == FOLLOW
    back = client.post(address, typed | {"change": "yes"})
    assert "Add a mileage rate" in words_of(back)
    assert 'value="60"' in back.content.decode()
    assert 'value="HMRC, announced late"' in back.content.decode()
    assert written() == before
    # Confirmed, it is made.
    assert client.post(address, typed).status_code == 302
    assert MileageRate.objects.get(card=world.card, valid_from=date(2026, 9, 1)).backdated_at is not None
    assert TopUp.objects.count() == 2


def test_a_correction_and_a_removal_are_shown_with_what_they_take_back_and_offer_anew(world):
    journeys(world, 2)
    row = raise_rate(world)
    client = signed_in(world.finance_lead)
    address = page("mileage_rate_edit", card_id=world.card.pk, row_id=row.pk)
    typed = {name: value for name, value in FOLLOW.items() if name not in ("vehicle", "backdated")}
    before = written()
    response = client.post(address, typed | {"rate_0": "65", "passenger": "0"})
    words = words_of(response)
    taken_back = "is taken back: £1.05 for 2 lines of 1 person. Each person is told."
    assert taken_back in words
    assert "Lines already agreed would be worth more: £2.10 for 2 lines of 1 person." in words
    assert "40 miles by car or van with 1 passenger £24.00 £26.00" in words
    assert (written(), set(TopUp.objects.values_list("status", flat=True))) == (before, {TopUpStatus.PROPOSED})
    assert client.post(address, sent_by(response)).status_code == 302
    offered = TopUp.objects.filter(status=TopUpStatus.PROPOSED)
    assert sum(offered.values_list("amount", flat=True)) == D("2.10")
    # Somebody asks for one of the two meanwhile: what was seen is not what would happen, so it is shown anew.
    address = page("row_remove", card_id=world.card.pk, row_id=row.pk)
    response = client.post(address)
    assert "is taken back: £2.10 for 2 lines of 1 person." in words_of(response)
    services.decline_top_ups(top_up_ids=[offered.first().pk], by=world.person, at=world.later(days=2))
    response = client.post(address, sent_by(response))
    assert "The rate card has changed since you looked." in words_of(response)
    assert "for 1 line of 1 person." in words_of(response)
    assert client.post(address, sent_by(response)).status_code == 302
    assert not MileageRate.objects.filter(pk=row.pk).exists()


def test_what_is_confirmed_is_what_was_seen(world):
    client = signed_in(world.finance_lead)
    address = page("mileage_rate_create", card_id=world.card.pk)
    typed = sent_by(client.post(address, FOLLOW))
    journeys(world, 1)
    response = client.post(address, typed)
    assert "The rate card has changed since you looked." in words_of(response)
    assert not MileageRate.objects.filter(valid_from=date(2026, 9, 1)).exists()
    assert client.post(address, sent_by(response)).status_code == 302


def test_a_backdated_rate_needs_its_source(world):
    journeys(world, 1)
    client = signed_in(world.finance_lead)
    address = page("mileage_rate_create", card_id=world.card.pk)
    response = client.post(address, FOLLOW | {"source": ""})
    assert errors_of(response) == [
        ("#id_source", "Say where the backdated figure comes from and when it was announced.")
    ]
    response = client.post(address, FOLLOW | {"backdated": "no"})
    assert "unless it is backdated" in words_of(response)
    assert 'value="60"' in response.content.decode()


def test_a_new_card_is_shown_by_five_examples_first():
    organisation = factories.make_organisation()
    client = signed_in(factories.make_member(Role.FINANCE, organisation))
    address = page("rate_card_create")
    response = client.post(address, {"template": "national", "name": "Ours"})
    words = words_of(response)
    assert len(re.findall("In all", words)) == 5
    assert "2 h in a meeting £75.00" in words
    assert "Cancelled 24 hours before £75.00" in words
    assert not RateCard.objects.filter(organisation=organisation).exists()
    typed = sent_by(response)
    back = client.post(address, typed | {"change": "yes"})
    assert 'value="Ours"' in back.content.decode()
    assert re.search(r'value="national"[^>]* checked', back.content.decode())
    assert client.post(address, typed).status_code == 302
    assert RateCard.objects.get(organisation=organisation).name == "Ours"


def test_changed_rules_show_before_and_after(world):
    client = signed_in(world.finance_lead)
    address = page("rate_card_rules_edit", card_id=world.card.pk)
    changed = sent_by(client.get(address)) | {"late_cancellation_pays": "full_day", "payment_days": "20"}
    # A browser sends the month that is chosen.
    response = client.post(address, changed | {"mileage_year_month": "4"})
    words = words_of(response)
    assert "Cancelled 24 hours before £75.00 £150.00" in words
    assert "Before the change:" in words
    world.card.refresh_from_db()
    assert world.card.payment_days == 30
    assert client.post(address, sent_by(response)).status_code == 302
    world.card.refresh_from_db()
    assert (world.card.payment_days, world.card.late_cancellation_pays) == (20, "full_day")


def test_every_template_has_its_preview(world):
    for template in CardTemplate:
        shown = services.preview_template(template, today=date(2026, 11, 20))
        assert (len(shown.examples), shown.clock_before, shown.offered.lines) == (5, None, 0)
