"""The pages about who pays and about held money; both bodies named wherever two are concerned."""

from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from expenses import services
from expenses.enums import LineAction, LineKind, LineStatus
from expenses.models import Claim, PayerDispute
from psp_portal.accounts.enums import Role
from psp_portal.notifications.models import Message
from tests import factories
from tests.expenses.pages import errors_of, page, sent_by, signed_in, words_of
from tests.expenses.payers import pay_elsewhere
from tests.expenses.receipts import photo
from tests.expenses.world import make_world

HOME = reverse("home:home_detail")


@pytest.fixture(autouse=True)
def now(world):
    """Stop the clock two days after the claims of the world are sent."""
    with time_machine.travel(world.later(days=2), tick=False):
        yield


@pytest.fixture
def payer(world):
    """Another organisation that pays for the world's partner."""
    return pay_elsewhere(world)


def at(name, claim, **more) -> str:
    return page(name, claim_id=claim.pk, **more)


def disputed(world, payer) -> Claim:
    claim = world.sent()
    services.raise_dispute(
        claim_id=claim.pk, reason="It is their committee.", by=payer.approver, at=world.later(days=1)
    )
    return claim


def is_theirs_to_wait_for(claim, client) -> None:
    """Assert that a claim waits for others: on the first page it stands among what is waited for, and nowhere above."""
    asked, awaited = words_of(client.get(HOME)).split("What you are waiting for")
    assert claim.reference not in asked
    assert claim.reference in awaited


# --- both bodies --------------------------------------------------------------------------
def test_both_bodies_are_named_wherever_a_claim_is_shown(world, payer):
    claim = world.sent()
    both = f"Made at {world.organisation.name}, paid by Ash Board"
    pages = [
        (payer.approver, page("decision_list")),
        (payer.approver, at("claim_decide", claim)),
        (payer.finance_lead, page("claim_overview")),
        (world.lead, page("claim_overview")),
        (world.lead, at("claim_detail", claim)),
        (world.person, at("claim_detail", claim)),
        (world.person, at("claim_ladder", claim)),
    ]
    for somebody, where in pages:
        assert both in words_of(signed_in(somebody).get(where)), where


def test_a_claim_of_one_organisation_names_it_once(world):
    claim = world.sent()
    words = words_of(signed_in(world.person).get(at("claim_detail", claim)))
    assert f"Who pays {world.organisation.name}" in words
    assert "Made at" not in words


def test_lists_of_both_show_their_own_and_nothing_of_others(world, payer):
    claim = world.sent()
    with_other = make_world()
    others = with_other.sent()
    at_board = pay_elsewhere(with_other, name="Elm Board")
    third = with_other.sent()
    for somebody in (world.lead, payer.lead, world.finance_lead, payer.finance_lead):
        text = signed_in(somebody).get(page("claim_overview")).content.decode()
        assert claim.reference in text
        assert others.reference not in text
        assert third.reference not in text
    text = signed_in(at_board.approver).get(page("decision_list")).content.decode()
    assert third.reference in text
    assert claim.reference not in text
    assert signed_in(at_board.lead).get(at("claim_detail", claim)).status_code == 404


@pytest.mark.parametrize("rows", [1, 12])
def test_the_overview_of_two_bodies_takes_the_same_queries(world, payer, rows, django_assert_max_num_queries):
    for _ in range(rows):
        world.sent()
    client = signed_in(payer.finance_lead)
    client.get(page("claim_overview"))
    with django_assert_max_num_queries(9):
        words = words_of(client.get(page("claim_overview")))
    assert words.count("paid by Ash Board") == rows


# --- saying that one should not pay ----------------------------------------------------------
def test_an_approver_says_that_they_should_not_pay(world, payer):
    claim = world.sent()
    client = signed_in(payer.approver)
    assert at("dispute_create", claim) in client.get(at("claim_detail", claim)).content.decode()
    shown = client.get(at("dispute_create", claim))
    assert f"Made at {world.organisation.name}, paid by Ash Board" in words_of(shown)
    done = client.post(at("dispute_create", claim), {"reason": "It is their committee."}, follow=True)
    words = words_of(done)
    assert "Thea Third decides which organisation pays" in words
    assert "It is being decided who pays" in words
    assert f"Ash Board and {world.organisation.name} disagree about which of them pays this claim." in words
    assert f"{payer.approver.name} of Ash Board, 17 September 2026 “It is their committee.”" in words
    assert "Who decides Thea Third since 17 September 2026, due 24 September 2026" in words
    assert "We should not pay this" not in words
    assert "Decide this claim" not in words


def test_saying_so_without_a_reason_keeps_the_page(world, payer):
    claim = world.sent()
    response = signed_in(payer.approver).post(at("dispute_create", claim), {"reason": " "})
    assert errors_of(response) == [("#id_reason", "Say why your organisation should not pay")]
    long = signed_in(payer.approver).post(at("dispute_create", claim), {"reason": "x" * 501})
    assert errors_of(long) == [("#id_reason", "Your reason must be 500 characters or fewer")]
    assert sent_by(long)["reason"] == ["x" * 501]
    assert not PayerDispute.objects.exists()


def test_what_cannot_be_disputed_says_why(world, payer):
    claim = disputed(world, payer)
    client = signed_in(payer.deputy)
    response = client.get(at("dispute_create", claim), follow=True)
    assert "It is being decided already who pays this claim." in words_of(response)
    refused = client.post(at("dispute_create", claim), {"reason": "Again"})
    assert errors_of(refused) == [("", "It is being decided already who pays this claim.")]


@pytest.mark.parametrize(
    ("who", "status"),
    [("lead", 403), ("finance_lead", 403), ("approver", 403), ("person", 403), ("requester", 404)],
)
def test_only_the_payer_disputes(world, payer, who, status):
    claim = world.sent()
    client = signed_in(getattr(world, who))
    assert client.get(at("dispute_create", claim)).status_code == status
    assert client.post(at("dispute_create", claim), {"reason": "No"}).status_code == status
    assert "We should not pay this" not in client.get(at("claim_detail", claim)).content.decode()


def test_one_s_own_organisation_s_claim_offers_no_dispute(world):
    claim = world.sent()
    assert "We should not pay this" not in words_of(signed_in(world.approver).get(at("claim_detail", claim)))


# --- while it is open ---------------------------------------------------------------------
def test_a_disputed_claim_leaves_the_queue_and_its_page_says_why(world, payer):
    claim = disputed(world, payer)
    client = signed_in(payer.approver)
    assert "No claim waits for a decision" in words_of(client.get(page("decision_list")))
    refused = client.get(at("claim_decide", claim))
    assert refused.status_code == 403
    assert "Until that is decided, nothing of it can be decided or paid." in words_of(refused)


def test_a_claim_disputed_after_the_queue_was_opened_is_left_out_with_the_reason(world, payer):
    claim, plain = world.sent(), world.sent()
    client = signed_in(payer.approver)
    data = sent_by(client.get(page("decision_list"))) | {"every": "yes"}
    services.raise_dispute(claim_id=claim.pk, reason="Not ours", by=payer.deputy, at=world.later(days=2))
    words = words_of(client.post(page("bulk_approve"), data, follow=True))
    assert "2 lines of 1 claim approved" in words
    assert f"{claim.reference} {world.person.name} All of it Two organisations disagree about who pays" in words
    plain.refresh_from_db()
    assert plain.status == "approved"


def test_the_partner_sees_who_decides_and_that_the_clock_runs(world, payer):
    claim = disputed(world, payer)
    words = words_of(signed_in(world.person).get(at("claim_detail", claim)))
    assert "Waiting on Thea Third since 16 September 2026, due 23 September 2026" in words
    assert "You need do nothing. The claim’s dates have not changed, and its clock keeps running." in words
    ladder = words_of(signed_in(world.person).get(at("claim_ladder", claim)))
    assert "Waiting on Thea Third since 16 September 2026" in ladder
    is_theirs_to_wait_for(claim, signed_in(world.person))


def test_whoever_decides_has_it_on_their_first_page_and_decides(world, payer):
    claim = disputed(world, payer)
    client = signed_in(payer.third)
    first = client.get(HOME)
    assert f"Decide which organisation pays claim {claim.reference}" in words_of(first)
    assert at("dispute_decide", claim) in first.content.decode()
    words = words_of(client.get(at("dispute_decide", claim)))
    assert "It is their committee." in words
    assert "Which organisation pays this claim?" in words
    assert client.get(at("claim_detail", claim)).status_code == 200
    done = client.post(
        at("dispute_decide", claim),
        {"payer_id": str(world.organisation.pk), "reason": "They asked for the partner."},
        follow=True,
    )
    assert f"{world.organisation.name} pays claim {claim.reference}" in done.content.decode()
    assert client.get(at("claim_detail", claim)).status_code == 404, "it is not theirs any more"
    words = words_of(signed_in(world.person).get(at("claim_detail", claim)))
    assert (
        f"Decided {world.organisation.name} pays. Thea Third, 17 September 2026 “They asked for the partner.”" in words
    )
    assert "It is being decided who pays" not in words
    assert claim.reference in words_of(signed_in(world.approver).get(page("decision_list")))


def test_deciding_needs_an_answer_and_a_reason(world, payer):
    claim = disputed(world, payer)
    client = signed_in(payer.third)
    response = client.post(at("dispute_decide", claim), {"reason": ""})
    assert errors_of(response) == [
        ("#id_payer_id_0", "Select which organisation pays"), ("#id_reason", "Say why you decide this way"),
    ]  # fmt: skip
    wrong = client.post(at("dispute_decide", claim), {"payer_id": str(world.person.pk), "reason": "Kept"})
    assert sent_by(wrong)["reason"] == ["Kept"]
    assert Claim.objects.get(pk=claim.pk).arbiter == payer.third


@pytest.mark.parametrize("who", ["approver", "finance_lead", "lead", "executive"])
def test_nobody_else_decides_who_pays(world, payer, who):
    claim = disputed(world, payer)
    client = signed_in(getattr(payer, who))
    assert client.get(at("dispute_decide", claim)).status_code == 403
    data = {"payer_id": str(world.organisation.pk), "reason": "Mine"}
    assert client.post(at("dispute_decide", claim), data).status_code == 403
    assert signed_in(factories.make_member(Role.PROGRAMME_LEAD)).get(at("dispute_decide", claim)).status_code == 404


def test_a_dispute_that_ended_undecided_is_told(world, payer):
    claim = disputed(world, payer)
    services.withdraw_claim(claim_id=claim.pk, by=world.person, at=world.later(days=2))
    words = words_of(signed_in(world.person).get(at("claim_detail", claim)))
    assert "Decided It ended undecided on 17 September 2026" in words


# --- held lines ---------------------------------------------------------------------------
def held(world, kind=LineKind.PARKING):
    draft = world.draft()
    world.line(draft, kind, amount=Decimal("4.20"))
    claim = services.submit_claim(claim_id=draft.pk, by=world.person, at=world.at)
    return claim, claim.lines.get(kind=kind)


def test_a_held_line_is_on_the_partner_s_first_page_and_on_the_claim_with_its_day(world):
    claim, line = held(world)
    client = signed_in(world.person)
    first = client.get(HOME)
    assert f"Give what is missing on your claim {claim.reference}" in words_of(first)
    assert "Line 3, Parking: add a receipt, or say why there is none. Due on 22 September 2026." in words_of(first)
    where = at("hold_answer", claim, line_id=line.pk)
    assert where in first.content.decode()
    shown = client.get(at("claim_detail", claim))
    assert where in shown.content.decode()
    said = "Held since 15 September 2026. {} asked to add a receipt, or say why there is none, due 22 September 2026."
    assert said.format("You were") in words_of(shown)
    said = said.format("The partner was")
    for name in ("claim_decide", "claim_detail"):
        assert said in words_of(signed_in(world.approver).get(at(name, claim)))
    assert said in words_of(signed_in(world.approver).get(page("decision_list")))
    others = make_world()
    assert signed_in(others.person).get(where).status_code == 404


def test_a_receipt_given_on_the_page_frees_the_money(world):
    claim, line = held(world)
    client = signed_in(world.person)
    where = at("hold_answer", claim, line_id=line.pk)
    words = words_of(client.get(where))
    assert "Line 3, Parking: add a receipt, or say why there is none" in words
    assert "Who agreed to it beforehand?" not in words
    done = client.post(where, {"receipt": photo()}, follow=True)
    assert "Receipt added" in words_of(done)
    line.refresh_from_db()
    assert (line.pay, line.held, line.held_since) == (Decimal("4.20"), 0, None)
    is_theirs_to_wait_for(claim, client)
    again = client.get(where, follow=True)
    assert "Nothing is missing on this line any more" in words_of(again)


def test_words_given_on_the_page_go_to_the_approver(world):
    claim, line = held(world, LineKind.TAXI)
    client = signed_in(world.person)
    where = at("hold_answer", claim, line_id=line.pk)
    empty = client.post(where, {})
    assert errors_of(empty) == [("#id_receipt", "Select a receipt, or say why you have none")]
    half = client.post(where, {"no_receipt_reason": "He gave none"}, follow=True)
    assert "Answer sent. Somebody decides on it." in words_of(half)
    assert "say who agreed to it beforehand, or why nobody was asked" in words_of(client.get(HOME))
    long = client.post(where, {"no_receipt_reason": "He gave none", "answer": "x" * 501})
    assert errors_of(long) == [("#id_answer", "Your answer must be 500 characters or fewer")]
    assert sent_by(long)["no_receipt_reason"] == ["He gave none"]
    client.post(where, {"no_receipt_reason": "He gave none", "answer": "The lead"})
    line.refresh_from_db()
    assert (line.hold_asked_at, line.answer, line.no_receipt_reason) == (None, "The lead", "He gave none")
    is_theirs_to_wait_for(claim, client)
    assert "You have answered already, and somebody decides on it." in words_of(client.get(where))
    decide = words_of(signed_in(world.approver).get(at("claim_decide", claim)))
    assert "Why no receipt He gave none" in decide
    assert "Partner’s answer The lead" in decide
    assert "Held since 15 September 2026. With an approver, due 29 September 2026." in decide


def test_an_answer_about_approval_alone_is_asked_alone(world):
    claim, line = held(world, LineKind.TAXI)
    services.answer_hold(claim_id=claim.pk, line_id=line.pk, upload=photo(), by=world.person, at=world.later(days=1))
    response = signed_in(world.person).post(at("hold_answer", claim, line_id=line.pk), {})
    assert errors_of(response) == [("#id_answer", "Say who agreed to it, or why nobody was asked")]
    assert "A photo or PDF" not in words_of(response)


def test_what_was_decided_meanwhile_is_refused_in_words(world):
    claim, line = held(world)
    client = signed_in(world.person)
    where = at("hold_answer", claim, line_id=line.pk)
    client.get(where)
    world.decide(claim, LineAction.APPROVE, at=world.later(days=2))
    response = client.post(where, {"no_receipt_reason": "None"})
    assert "Nothing is missing on this line any more" in errors_of(response)[0][1]
    assert line.claim.lines.filter(status=LineStatus.APPROVED).count() == 3


def test_only_the_partner_gives_what_is_missing(world):
    claim, line = held(world)
    for somebody in (world.approver, world.lead):
        assert signed_in(somebody).get(at("hold_answer", claim, line_id=line.pk)).status_code == 403


def test_a_question_on_one_line_is_on_the_partner_s_page_while_the_rest_waits(world):
    claim, line = held(world)
    services.decide_lines(
        claim_id=claim.pk, decisions=[services.Decision(line.pk, LineAction.RETURN, "Which car park?")],
        by=world.approver, at=world.later(days=1),
    )  # fmt: skip
    assert Message.objects.filter(kind="expenses.claim.part_returned", recipient=world.person).count() == 1
    words = words_of(signed_in(world.person).get(HOME))
    assert f"Answer the question on your claim {claim.reference}" in words
    assert "About line 3, Parking." in words
    world.decide(claim, LineAction.APPROVE, at=world.later(days=2))
    words = words_of(signed_in(world.person).get(HOME))
    assert words.count(f"Answer the question on your claim {claim.reference}") == 1


def test_days_with_the_partner_are_shown_apart_when_a_line_is_returned(world):
    claim = world.decide(world.sent(), LineAction.APPROVE, LineAction.RETURN, at=world.later(days=2))
    line = claim.lines.get(status=LineStatus.RETURNED)
    services.answer_question(claim_id=claim.pk, line_id=line.pk, answer="Yes", by=world.person, at=world.later(days=5))
    with time_machine.travel(world.later(days=6), tick=False):
        words = words_of(signed_in(world.person).get(at("claim_detail", claim)))
    assert "6 days: 3 with the organisation, 3 with you" in words
