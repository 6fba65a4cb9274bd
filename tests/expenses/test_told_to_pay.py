"""Finance hears of money as soon as it can be paid, and sees it on the first page."""

from datetime import date

import pytest

from expenses import queries, services
from expenses.enums import LineAction
from expenses.models import Claim
from psp_portal.accounts.enums import Role
from psp_portal.audit.context import acting_as
from psp_portal.notifications.models import Message
from psp_portal.people import services as people
from tests import factories
from tests.expenses.pages import page, signed_in, words_of
from tests.expenses.paying import pay_by_bacs
from tests.expenses.world import make_world


def told(kind="to_pay") -> list[tuple[str, str]]:
    found = Message.objects.filter(kind=f"expenses.claim.{kind}").order_by("created_at")
    return [(letter.recipient.name, letter.subject) for letter in found]


def part_approved(world, *, rest=LineAction.RETURN):
    """Return a claim with two lines approved and one that its partner is asked about, or that is refused."""
    return world.decide(world.sent(with_parking=True), LineAction.APPROVE, LineAction.APPROVE, rest)


def test_a_claim_approved_whole_is_told_of_once(world):
    claim = world.approved()
    assert told() == [(world.finance_lead.name, f"Claim {claim.reference} is ready to pay")]
    assert "has been approved and is ready to pay." in Message.objects.get(kind="expenses.claim.to_pay").body


def test_lines_that_can_be_paid_are_told_of_though_the_rest_waits_for_the_partner(world):
    claim = part_approved(world)
    assert (claim.status, claim.waiting_on) == ("returned", world.person)
    assert told() == [(world.finance_lead.name, f"Part of claim {claim.reference} is ready to pay")]
    assert "It need not wait for the rest" in Message.objects.get(kind="expenses.claim.to_pay").body


def test_lines_that_can_be_paid_are_told_of_though_the_rest_waits_for_a_decision(world):
    claim = world.sent()
    first = claim.lines.order_by("position").first()
    services.decide_lines(
        claim_id=claim.pk, decisions=[services.Decision(first.pk, LineAction.APPROVE)], by=world.approver, at=world.at
    )
    assert told() == [(world.finance_lead.name, f"Part of claim {claim.reference} is ready to pay")]
    world.decide(claim, LineAction.RETURN, at=world.later(hours=1))
    assert len(told()) == 1


def test_a_claim_whose_rest_is_withdrawn_is_finance_s_and_they_hear_of_it(world):
    claim = part_approved(world)
    claim = services.withdraw_claim(claim_id=claim.pk, by=world.person, at=world.later(days=1))
    assert (claim.status, claim.waiting_on) == ("approved", world.finance_lead)
    assert told() == [
        (world.finance_lead.name, f"Part of claim {claim.reference} is ready to pay"),
        (world.finance_lead.name, f"Claim {claim.reference} is ready to pay"),
    ]


def test_what_is_already_paid_is_not_told_of_again(world):
    claim = part_approved(world)
    run = world.released(at=world.later(days=1))
    services.record_payment(run_id=run.pk, run_line_ids=None, by=world.finance_lead, at=world.later(days=1))
    services.withdraw_claim(claim_id=claim.pk, by=world.person, at=world.later(days=2))
    assert len(told()) == 1


def test_an_appeal_that_is_allowed_is_told_of(world):
    claim = part_approved(world, rest=LineAction.REFUSE)
    line = claim.lines.get(status="not_approved")
    services.appeal_line(claim_id=claim.pk, line_id=line.pk, reason="No", by=world.person, at=world.later(days=1))
    services.decide_appeal(
        claim_id=claim.pk, line_id=line.pk, allow=True, reason="Yes", by=world.deputy, at=world.later(days=2)
    )
    assert told() == [(world.finance_lead.name, f"Claim {claim.reference} is ready to pay")] * 2


def test_a_refusal_that_becomes_final_tells_finance_nothing_new(world):
    claim = part_approved(world, rest=LineAction.REFUSE)
    assert services.let_refusals_stand(at=world.later(days=60)) == 1
    claim.refresh_from_db()
    assert (claim.status, len(told())) == ("approved", 1)


def test_whoever_decided_is_not_the_one_who_is_told(world):
    factories.give_role(Role.APPROVER, world.finance_lead, world.organisation)
    world.decide(world.sent(with_parking=True), LineAction.APPROVE, LineAction.APPROVE, LineAction.RETURN,
                 by=world.finance_lead)  # fmt: skip
    assert [name for name, _subject in told()] == [world.finance_other.name]


def test_somebody_away_is_stood_in_for(world):
    people.record_absence(
        organisation_id=world.organisation.pk, user_id=world.finance_lead.pk, deputy_id=None, ends_on=None,
        starts_on=world.today, by=world.lead, at=world.at,
    )  # fmt: skip
    part_approved(world)
    assert [name for name, _subject in told()] == [world.finance_other.name]


def test_with_nobody_in_finance_the_lead_is_told_to_find_somebody_once_the_claim_waits_for_them(world):
    for person in (world.finance_lead, world.finance_other):
        people.close_account(
            user_id=person.pk, organisation_id=world.organisation.pk, reason="Left", by=world.lead, at=world.at
        )
    claim = part_approved(world)
    assert told() == []
    services.withdraw_claim(claim_id=claim.pk, by=world.person, at=world.later(days=1))
    assert told() == []
    assert [name for name, _subject in told("find_somebody")] == [world.lead.name]


# --- the first page -------------------------------------------------------------------------------
def can_pay(person, world):
    return [
        (item.label, item.detail, item.since, item.due_on)
        for item in queries.waiting_for(person, today=world.today)
        if "approved line" in item.label
    ]


def test_everybody_in_finance_sees_how_much_can_be_paid_and_since_when(world):
    part_approved(world)
    world.decide(world.sent(), LineAction.APPROVE, at=world.later(days=2))
    make_world().approved()
    expected = [
        (
            "Pay 4 approved lines", f"{world.organisation.name}: these are in no payment run yet. The oldest is first.",
            world.at, date(2026, 10, 15),
        )
    ]  # fmt: skip
    assert can_pay(world.finance_lead, world) == can_pay(world.finance_other, world) == expected
    assert can_pay(world.lead, world) == can_pay(world.approver, world) == can_pay(world.person, world) == []
    world.run(at=world.later(days=3))
    assert can_pay(world.finance_lead, world) == []


def test_the_first_page_counts_only_what_this_person_may_pay(world):
    factories.give_role(Role.APPROVER, world.finance_lead, world.organisation)
    world.decide(world.sent(with_parking=True), LineAction.REFUSE, LineAction.APPROVE, LineAction.REFUSE,
                 by=world.finance_lead)  # fmt: skip
    assert can_pay(world.finance_lead, world) == []
    assert [label for label, *_ in can_pay(world.finance_other, world)] == ["Pay 1 approved line"]


def test_the_first_page_leaves_out_what_has_nowhere_to_go(world):
    world.approved()
    pay_by_bacs(world)
    # BACS takes expenses only, and there is no account for the journey; payroll knows one for the time.
    assert [label for label, *_ in can_pay(world.finance_lead, world)] == ["Pay 1 approved line"]


def test_what_is_disputed_is_not_offered(world):
    claim = world.approved()
    with acting_as(world.lead, "test"):
        Claim.objects.filter(pk=claim.pk).update(arbiter=world.executive)
    assert can_pay(world.finance_lead, world) == []


def test_the_first_page_links_to_making_a_run(world):
    world.approved()
    response = signed_in(world.finance_other).get("/")
    assert "Pay 2 approved lines" in words_of(response)
    assert page("run_create") in response.text


@pytest.mark.parametrize("claims", [1, 12])
def test_what_can_be_paid_takes_the_same_queries_for_one_claim_and_many(world, claims, django_assert_num_queries):
    for _ in range(claims):
        world.approved()
    with django_assert_num_queries(5):
        assert [found.lines for found in queries.payable_now(world.finance_lead, today=world.today)] == [2 * claims]
