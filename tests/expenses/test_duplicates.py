"""Likely duplicates: found when a claim is sent, seen by both sides, cleared with a reason by whoever decides."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from expenses import queries, services
from expenses.enums import LineAction, LineKind, LineStatus, Problem
from expenses.models import ClaimLine, LikelyDuplicate
from psp_portal.accounts.enums import Role
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from tests import factories
from tests.expenses.world import make_world

DAY = date(2026, 9, 10)


def parking(world, claim, amount="4.20", **fields):
    line = world.line(claim, LineKind.PARKING, amount=D(amount), **{"date": DAY} | fields)
    world.receipt(claim, line)
    line.refresh_from_db()
    return line


def send(world, claim):
    return services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)


def pair(world, amount="4.20"):
    """Return a line of a sent claim, and one of another sent claim that looks like it."""
    first, second = world.draft(), world.draft()
    one = parking(world, first)
    send(world, first)
    other = parking(world, second, amount)
    send(world, second)
    return one, other


def clear(world, line, *, by=None, reason="There and back"):
    found = line.likely_duplicates.get()
    return services.clear_duplicate(duplicate_id=found.pk, reason=reason, by=by or world.approver, at=world.at)


def flagged(line):
    line.refresh_from_db()
    return Problem.LIKELY_DUPLICATE in line.problems


# --- finding ------------------------------------------------------------------------------
def test_the_later_of_two_claims_is_flagged_and_loses_no_money(world):
    one, other = pair(world)
    other.refresh_from_db()
    assert (other.problems, other.pay, other.held) == ([Problem.LIKELY_DUPLICATE], D("4.20"), D("0.00"))
    assert not flagged(one)
    assert list(LikelyDuplicate.objects.values_list("line", "other_line", "cleared_at")) == [(other.pk, one.pk, None)]


@pytest.mark.parametrize(("amount", "is_flagged"), [("5.20", True), ("5.21", False)])
def test_near_is_what_the_card_says(world, amount, is_flagged):
    assert flagged(pair(world, amount)[1]) is is_flagged


def test_a_card_that_wants_the_same_amount_flags_nothing_else(world):
    services.change_checks(
        card_id=world.card.pk, standing_approval_months=12, duplicate_percent=0, duplicate_pounds=D("0.00"),
        by=world.finance_lead, at=world.at,
    )  # fmt: skip
    assert not flagged(pair(world, "4.21")[1])


def test_a_draft_is_no_claim_yet(world):
    parking(world, world.draft())
    second = world.draft()
    line = parking(world, second)
    send(world, second)
    assert not flagged(line)


def test_within_a_claim_the_second_line_is_flagged_while_it_is_being_made(world):
    claim = world.draft()
    there, back = parking(world, claim), parking(world, claim)
    assert (flagged(there), flagged(back)) == (False, True)
    services.remove_line(claim_id=claim.pk, line_id=there.pk, by=world.person, at=world.at)
    assert not flagged(back)
    assert not LikelyDuplicate.objects.exists()


def test_another_partners_line_is_no_duplicate(world):
    other = make_world()
    pair_of_other = other.draft()
    parking(other, pair_of_other)
    send(other, pair_of_other)
    claim = world.draft()
    assert not flagged(parking(world, claim))


@pytest.mark.parametrize("how", ["withdrawn", "recalled"])
def test_when_the_other_claim_is_withdrawn_or_taken_back_the_flag_goes(world, how):
    one, other = pair(world)
    act = services.withdraw_claim if how == "withdrawn" else services.recall_claim
    act(claim_id=one.claim_id, by=world.person, at=world.at)
    assert not flagged(other)
    assert not LikelyDuplicate.objects.exists()


def test_with_two_others_the_flag_stays_until_both_are_gone(world):
    claims = [world.draft() for _ in range(3)]
    lines = []
    for claim in claims:
        lines.append(parking(world, claim))
        send(world, claim)
    services.withdraw_claim(claim_id=claims[0].pk, by=world.person, at=world.at)
    assert flagged(lines[2])
    services.withdraw_claim(claim_id=claims[1].pk, by=world.person, at=world.at)
    assert not flagged(lines[2])


def test_a_refused_line_may_be_claimed_again(world):
    one, _ = pair(world)
    claim = one.claim
    world.decide(claim, LineAction.REFUSE)
    services.let_refusals_stand(at=world.later(days=40))
    one.refresh_from_db()
    assert one.status == LineStatus.REFUSED
    third = world.draft()
    line = parking(world, third)
    # The second claim still stands, the refused one does not count.
    assert line.likely_duplicates.get().other_line != one


def test_time_and_miles_are_compared_too(world):
    sent = world.sent()
    on = sent.lines.first().date
    claim = world.draft()
    time = world.line(claim, LineKind.INVOLVEMENT_PAYMENT, date=on, minutes=210, activity="meeting")
    drive = world.line(claim, LineKind.MILEAGE, date=on, miles=D("30.0"), vehicle="car",
                       from_place="home", to_place="trust headquarters")  # fmt: skip
    other = world.line(claim, LineKind.INVOLVEMENT_PAYMENT, date=on, minutes=60, activity="preparation")
    assert (flagged(time), flagged(drive), flagged(other)) == (True, True, False)


# --- deciding -----------------------------------------------------------------------------
def test_a_bulk_approval_leaves_it_out_and_names_it(world):
    _, other = pair(world)
    result = services.approve_in_bulk(claim_ids=[other.claim_id], by=world.approver, at=world.at)
    other.refresh_from_db()
    assert other.status == LineStatus.PENDING
    assert [(row.line_position, row.why) for row in result.left_out] == [(other.position, "likely duplicate")]


def test_cleared_with_a_reason_it_is_plain_and_both_sides_read_why(world):
    _, other = pair(world)
    cleared = clear(world, other, by=world.deputy, reason=" There and back ")
    assert (cleared.cleared_by, cleared.cleared_at, cleared.cleared_reason) == (
        world.deputy, world.at, "There and back",
    )  # fmt: skip
    assert not flagged(other)
    event = other.claim.timeline.order_by("pk").last()
    assert (event.label, event.by, event.note) == (
        "Likely duplicate cleared", world.deputy, f"Line {other.position}: There and back",
    )  # fmt: skip
    result = services.approve_in_bulk(claim_ids=[other.claim_id], by=world.approver, at=world.at)
    assert result.left_out == []
    other.refresh_from_db()
    assert other.status == LineStatus.APPROVED


def test_with_two_of_them_the_flag_goes_when_the_last_is_cleared(world):
    first, second = pair(world)
    third = world.draft()
    line = parking(world, third)
    send(world, third)
    assert {each.other_line for each in line.likely_duplicates.all()} == {first, second}
    one, two = line.likely_duplicates.all()
    services.clear_duplicate(duplicate_id=one.pk, reason="One", by=world.approver, at=world.at)
    assert flagged(line)
    services.clear_duplicate(duplicate_id=two.pk, reason="Two", by=world.approver, at=world.at)
    assert not flagged(line)


def test_only_whoever_may_decide_clears_it(world):
    _, other = pair(world)
    for nobody in (world.person, world.lead, world.finance_lead, make_world().approver):
        with pytest.raises(PermissionDenied):
            clear(world, other, by=nobody)
    factories.give_role(Role.APPROVER, world.person, world.organisation)
    with pytest.raises(PermissionDenied):
        clear(world, other, by=world.person)
    assert flagged(other)


def test_clearing_needs_a_reason_and_happens_once(world):
    _, other = pair(world)
    with pytest.raises(RuleBroken) as refusal:
        clear(world, other, reason="  ")
    assert refusal.value.field == "reason"
    clear(world, other)
    with pytest.raises(TransitionNotAllowed, match="cleared this already"):
        clear(world, other)


def test_a_decided_line_has_nothing_left_to_clear(world):
    _, other = pair(world)
    world.decide(other.claim, LineAction.REFUSE)
    with pytest.raises(TransitionNotAllowed, match="nothing left to clear"):
        clear(world, other)


def test_approving_with_a_reason_clears_it_by_that_reason(world):
    _, other = pair(world)
    with pytest.raises(RuleBroken, match="although it has been flagged"):
        services.decide_lines(
            claim_id=other.claim_id, decisions=[services.Decision(other.pk, LineAction.APPROVE)], by=world.approver,
            at=world.at,
        )  # fmt: skip
    assert other.likely_duplicates.get().cleared_at is None
    services.decide_lines(
        claim_id=other.claim_id, decisions=[services.Decision(other.pk, LineAction.APPROVE, "Two car parks")],
        by=world.approver, at=world.at,
    )  # fmt: skip
    found = other.likely_duplicates.get()
    assert (found.cleared_by, found.cleared_reason) == (world.approver, "Two car parks")


def test_allowing_an_appeal_clears_it_too(world):
    _, other = pair(world)
    services.decide_lines(
        claim_id=other.claim_id, decisions=[services.Decision(other.pk, LineAction.REFUSE, "Twice")],
        by=world.approver, at=world.at,
    )  # fmt: skip
    services.appeal_line(
        claim_id=other.claim_id, line_id=other.pk, reason="Two days' tickets", by=world.person, at=world.at
    )
    services.decide_appeal(
        claim_id=other.claim_id, line_id=other.pk, allow=True, reason="Right", by=world.deputy, at=world.at
    )
    assert other.likely_duplicates.get().cleared_reason == "Right"


def test_sent_again_it_is_asked_again(world):
    _, other = pair(world)
    clear(world, other)
    services.recall_claim(claim_id=other.claim_id, by=world.person, at=world.at)
    send(world, other.claim)
    assert flagged(other)
    assert other.likely_duplicates.get().cleared_at is None


# --- refused, claimed again, appealed -------------------------------------------------------
def given(world, minutes, **said):
    """Return the line of a sent claim for some time on the day."""
    claim = services.start_claim(partner_id=world.partner.pk, by=world.person, at=world.at)
    said = {"date": DAY, "activity": "meeting"} | said
    line = world.line(claim, LineKind.INVOLVEMENT_PAYMENT, minutes=minutes, **said)
    send(world, claim)
    line.refresh_from_db()
    return line


def refuse(world, line):
    world.decide(line.claim, LineAction.REFUSE)


def appeal(world, line):
    services.appeal_line(claim_id=line.claim_id, line_id=line.pk, reason="I was there", by=world.person, at=world.at)


def test_what_was_refused_and_claimed_again_is_flagged_and_so_is_its_appeal(world):
    first = given(world, 300)
    refuse(world, first)
    second = given(world, 300)
    assert second.pay == D("150.00")
    assert second.likely_duplicates.get().other_line == first
    assert flagged(second)
    world.decide(second.claim, LineAction.APPROVE)
    appeal(world, first)
    assert flagged(first)
    assert first.likely_duplicates.get().other_line == second


def test_an_appeal_looks_like_any_time_claimed_of_the_day_since(world):
    first = given(world, 300)
    refuse(world, first)
    other = given(world, 60, activity="preparation")
    assert not flagged(other)
    given(world, 60, date=DAY + timedelta(days=1))
    appeal(world, first)
    assert [each.other_line for each in first.likely_duplicates.all()] == [other]


def test_an_appeal_that_looks_like_nothing_is_not_flagged(world):
    first = given(world, 300)
    refuse(world, first)
    appeal(world, first)
    assert not flagged(first)


def test_what_was_cleared_before_is_not_asked_again_on_appeal(world):
    _, other = pair(world)
    clear(world, other)
    refuse(world, other)
    appeal(world, other)
    assert not flagged(other)
    assert other.likely_duplicates.get().cleared_at is not None


def test_a_flag_that_is_there_stays_one_on_appeal(world):
    one, other = pair(world)
    refuse(world, other)
    third = world.draft()
    line = parking(world, third)
    send(world, third)
    appeal(world, other)
    other.refresh_from_db()
    assert other.problems == [Problem.LIKELY_DUPLICATE]
    assert {each.other_line for each in other.likely_duplicates.all()} == {one, line}


@pytest.mark.parametrize("how", ["stands", "dismissed"])
def test_a_refusal_that_is_final_flags_nothing_any_more(world, how):
    first = given(world, 300)
    refuse(world, first)
    if how == "dismissed":
        appeal(world, first)
    second = given(world, 300)
    assert flagged(second)
    if how == "stands":
        services.let_refusals_stand(at=world.later(days=60))
    else:
        services.decide_appeal(
            claim_id=first.claim_id, line_id=first.pk, allow=False, reason="No", by=world.deputy, at=world.at
        )
    assert not flagged(second)


# --- what the partner says ----------------------------------------------------------------
def test_the_partner_says_why_before_sending(world):
    first = world.draft()
    parking(world, first)
    send(world, first)
    claim = world.draft()
    line = parking(world, claim)
    said = services.explain_duplicate(
        claim_id=claim.pk, line_id=line.pk, reason=" Two car parks ", by=world.person, at=world.at
    )
    assert said.not_duplicate_reason == "Two car parks"
    # It stays when the line is changed and the claim sent.
    services.change_line(
        claim_id=claim.pk, line_id=line.pk, line=services.LineInput(LineKind.PARKING, DAY, amount=D("4.40")),
        by=world.person, at=world.at,
    )  # fmt: skip
    send(world, claim)
    assert ClaimLine.objects.get(pk=line.pk).not_duplicate_reason == "Two car parks"
    with pytest.raises(TransitionNotAllowed, match="You have sent this claim"):
        services.explain_duplicate(claim_id=claim.pk, line_id=line.pk, reason="No", by=world.person, at=world.at)
    with pytest.raises(PermissionDenied):
        services.explain_duplicate(claim_id=claim.pk, line_id=line.pk, reason="No", by=world.approver, at=world.at)


# --- who sees it --------------------------------------------------------------------------
def test_it_is_seen_with_its_claim(world):
    _, other = pair(world)
    found = other.likely_duplicates.get()
    for person, sees in [(world.person, True), (world.approver, True), (world.lead, True), (make_world().lead, False)]:
        seen = queries.duplicates_visible_to(person, today=world.today)
        assert list(seen) == ([found] if sees else [])


def test_the_database_wants_all_of_a_clearing_or_none(world):
    _, other = pair(world)
    found = LikelyDuplicate.objects.filter(line=other)
    for wrong in ({"cleared_reason": "Why"}, {"cleared_at": world.at}, {"other_line": other}):
        with pytest.raises(IntegrityError), transaction.atomic(), factories.acting():
            found.update(**wrong)


def test_a_claim_discarded_takes_its_flags_along(world):
    first = world.draft()
    parking(world, first)
    send(world, first)
    second = world.draft()
    assert flagged(parking(world, second))
    services.discard_claim(claim_id=second.pk, by=world.person, at=world.at)
    assert not LikelyDuplicate.objects.exists()


def test_it_is_compared_on_the_day_alone(world):
    first = world.draft()
    parking(world, first)
    send(world, first)
    assert not flagged(parking(world, world.draft(), date=DAY + timedelta(days=1)))
