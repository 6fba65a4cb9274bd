"""What approvers do: line by line, in bulk, appeals; and what time does with a refusal."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from expenses import permissions, queries, services
from expenses.enums import ClaimAction, ClaimStatus, ClockEvent, LineAction, LineKind, LineStatus, Preference, Problem
from expenses.models import ClaimLine
from expenses.services import deciding, moving
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import Membership
from psp_portal.audit.context import acting_as
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from psp_portal.people import services as people
from tests import factories
from tests.expenses.world import make_world

APPROVE, RETURN, REFUSE = LineAction.APPROVE, LineAction.RETURN, LineAction.REFUSE


def test_one_held_line_does_not_stop_the_rest(world):
    claim = world.decide(world.sent(with_taxi=True), APPROVE, APPROVE, RETURN)
    claim.refresh_from_db()
    statuses = list(claim.lines.order_by("position").values_list("status", "approved_amount"))
    assert statuses == [
        ("approved", Decimal("75.00")), ("approved", Decimal("13.53")), ("returned", None),
    ]  # fmt: skip
    assert (claim.status, claim.approved, claim.held) == ("returned", Decimal("88.53"), Decimal("14.50"))
    assert world.run().total == Decimal("88.53")


def test_approving_everything_passes_the_claim_to_finance(world):
    claim = world.approved()
    claim.refresh_from_db()
    assert (claim.status, claim.waiting_on, claim.responsible, claim.waiting_due_on) == (
        "approved", world.finance_lead, world.finance_lead, claim.payment_due_on,
    )  # fmt: skip
    told = Message.objects.filter(kind__in=["expenses.claim.approved", "expenses.claim.to_pay"])
    assert set(told.values_list("kind", "recipient__email")) == {
        ("expenses.claim.approved", world.person.email), ("expenses.claim.to_pay", world.finance_lead.email),
    }  # fmt: skip


def test_a_line_may_wait_while_others_are_decided(world):
    claim = world.sent()
    first = claim.lines.order_by("position").first()
    claim = services.decide_lines(
        claim_id=claim.pk, decisions=[services.Decision(first.pk, APPROVE)], by=world.approver, at=world.at
    )
    assert (claim.status, claim.waiting_on) == ("submitted", world.approver)


@pytest.mark.parametrize(
    ("action", "message"),
    [(RETURN, "Write the question"), (REFUSE, "Say why you do not approve"), (LineAction.APPEAL, "can be approved")],
)
def test_a_decision_needs_its_words(world, action, message):
    claim = world.sent()
    with pytest.raises(RuleBroken, match=message):
        services.decide_lines(
            claim_id=claim.pk, decisions=[services.Decision(claim.lines.first().pk, action, " ")],
            by=world.approver, at=world.at,
        )  # fmt: skip
    assert set(claim.lines.values_list("status", flat=True)) == {"pending"}


def test_no_decision_is_no_decision(world):
    with pytest.raises(RuleBroken, match="Decide at least one line"):
        services.decide_lines(claim_id=world.sent().pk, decisions=[], by=world.approver, at=world.at)


def test_a_flagged_line_is_approved_with_a_reason_and_pays_what_was_held(world):
    claim = world.sent(with_taxi=True)
    taxi = claim.lines.get(kind=LineKind.TAXI)
    with pytest.raises(RuleBroken, match="Say why you approve this line"):
        services.decide_lines(
            claim_id=claim.pk, decisions=[services.Decision(taxi.pk, APPROVE)], by=world.approver, at=world.at
        )
    services.decide_lines(
        claim_id=claim.pk, decisions=[services.Decision(taxi.pk, APPROVE, "The lift was broken")],
        by=world.approver, at=world.at,
    )  # fmt: skip
    taxi.refresh_from_db()
    assert (taxi.status, taxi.approved_amount, taxi.decision_reason) == (
        "approved", Decimal("14.50"), "The lift was broken",
    )  # fmt: skip


def test_a_claim_with_nothing_to_pay_is_settled_when_it_is_agreed(world):
    claim = world.draft()
    services.remove_line(
        claim_id=claim.pk, line_id=claim.lines.get(kind=LineKind.MILEAGE).pk, by=world.person, at=world.at
    )
    services.set_preference(
        claim_id=claim.pk, preference=Preference.DECLINED, reduced_to=None, by=world.person, at=world.at
    )
    claim = services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    claim = world.decide(claim, APPROVE)
    claim.refresh_from_db()
    assert (claim.status, claim.responsible, claim.closed_at) == ("nothing_to_pay", None, world.at)


def test_a_line_decided_already_is_refused_in_words(world):
    claim = world.approved()
    with pytest.raises(TransitionNotAllowed, match="Somebody may have changed it"):
        services.decide_lines(
            claim_id=claim.pk, decisions=[services.Decision(claim.lines.first().pk, APPROVE)],
            by=world.deputy, at=world.at,
        )  # fmt: skip


@pytest.mark.parametrize("who", ["lead", "finance_lead", "executive", "auditor", "requester"])
def test_only_an_approver_of_the_payer_decides(world, who):
    claim = world.sent()
    for person in (getattr(world, who), make_world().approver):
        with pytest.raises(PermissionDenied):
            world.decide(claim, APPROVE, by=person)


def test_nobody_decides_their_own_claim_in_code_or_by_constraint(world):
    factories.make_member(Role.APPROVER, world.organisation, user=world.person)
    claim = world.sent()
    with pytest.raises(PermissionDenied, match="cannot decide or pay your own claim"):
        world.decide(claim, APPROVE, by=world.person)
    line = claim.lines.first()
    with (
        pytest.raises(IntegrityError, match="claim_line_not_decided_by_claimant"),
        transaction.atomic(),
        acting_as(world.person, "test"),
    ):
        ClaimLine.objects.filter(pk=line.pk).update(decided_by=world.person, decided_at=world.at)


# --- bulk ---------------------------------------------------------------------------------
def test_bulk_approval_leaves_flagged_lines_out_and_says_which(world):
    plain, flagged = world.sent(), world.sent(with_taxi=True)
    result = services.approve_in_bulk(claim_ids=[plain.pk, flagged.pk], by=world.approver, at=world.at)
    assert [claim.reference for claim in result.approved] == [plain.reference, flagged.reference]
    assert result.lines_approved == 4
    assert result.left_out == [
        services.LeftOut(flagged.reference, 3, Problem.NEEDS_APPROVAL.label.lower()),
    ]
    plain.refresh_from_db()
    flagged.refresh_from_db()
    assert (plain.status, flagged.status) == ("approved", "submitted")


def test_bulk_approval_goes_on_past_a_claim_it_may_not_decide(world):
    own_world = make_world()
    theirs, mine = own_world.sent(), world.sent()
    result = services.approve_in_bulk(claim_ids=[theirs.pk, mine.pk], by=world.approver, at=world.at)
    assert [claim.pk for claim in result.approved] == [mine.pk]
    # Another organisation's claim is not so much as named.
    assert result.left_out == []


def test_forty_plain_lines_of_many_claims_are_approved_at_once_and_odd_ones_named(world):
    plain = world.many(20)
    taxi, taken_back, reworded = world.sent(with_taxi=True), world.sent(), world.sent()
    suspect = world.sent()
    with factories.acting():
        suspect.lines.filter(kind=LineKind.MILEAGE).update(problems=[Problem.LIKELY_DUPLICATE])
    everything = [*plain, taxi, taken_back, reworded, suspect]
    seen = {claim.pk: queries.version_of_claim(claim, claim.lines.all()) for claim in everything}
    services.recall_claim(claim_id=taken_back.pk, by=world.person, at=world.at)
    with factories.acting():
        reworded.lines.filter(kind=LineKind.MILEAGE).update(pay=Decimal("900.00"))
    result = services.approve_in_bulk(
        claim_ids=[claim.pk for claim in everything], by=world.approver, at=world.at, seen_versions=seen
    )
    assert result.lines_approved == 40 + 2 + 1
    assert [claim.pk for claim in result.approved] == [claim.pk for claim in (*plain, taxi, suspect)]
    assert result.positions[taxi.pk] == [1, 2]
    assert result.left_out == [
        services.LeftOut(taxi.reference, 3, "needed approval beforehand"),
        services.LeftOut(
            reworded.reference, None, "This claim has changed since you opened the page. Look at it again."
        ),
        services.LeftOut(suspect.reference, 2, "likely duplicate"),
    ]
    statuses = set(ClaimLine.objects.filter(claim__in=plain).values_list("status", flat=True))
    assert statuses == {"approved"}
    assert set(reworded.lines.values_list("status", flat=True)) == {"pending"}


def test_a_line_changed_between_reading_and_locking_is_not_decided_on_old_figures(world, monkeypatch):
    first, second = world.sent(), world.sent()
    lock = deciding.lock_lines

    def changed_meanwhile(claim):
        if claim.pk == first.pk:
            with factories.acting():
                claim.lines.filter(position=2).update(pay=Decimal("900.00"))
        return lock(claim)

    monkeypatch.setattr(deciding, "lock_lines", changed_meanwhile)
    result = services.approve_in_bulk(claim_ids=[first.pk, second.pk], by=world.approver, at=world.at)
    assert [claim.pk for claim in result.approved] == [second.pk]
    assert result.left_out == [
        services.LeftOut(first.reference, None, "Line 2 has changed since you opened the page. Look at it again.")
    ]


def test_a_decision_on_what_was_seen_is_refused_when_it_has_changed(world):
    claim = world.sent()
    first, second = claim.lines.order_by("position")
    seen = {line.pk: queries.version_of_line(claim, line) for line in (first, second)}
    with factories.acting():
        ClaimLine.objects.filter(pk=second.pk).update(miles=Decimal("900.0"))

    def approve(line):
        return services.decide_lines(
            claim_id=claim.pk, decisions=[services.Decision(line.pk, APPROVE, seen=seen[line.pk])],
            by=world.approver, at=world.at,
        )  # fmt: skip

    with pytest.raises(TransitionNotAllowed, match="Line 2 has changed since you opened the page"):
        approve(second)
    approve(first)
    with pytest.raises(TransitionNotAllowed, match="This claim has changed"):
        services.decide_lines(
            claim_id=claim.pk, decisions=[services.Decision(second.pk, APPROVE)], by=world.approver, at=world.at,
            seen_version="what it was before",
        )  # fmt: skip


def test_bulk_approval_of_what_is_gone_or_decided_does_nothing(world):
    draft, done = world.draft(), world.approved()
    gone = draft.pk
    services.discard_claim(claim_id=draft.pk, by=world.person, at=world.at)
    result = services.approve_in_bulk(claim_ids=[gone, done.pk], by=world.approver, at=world.at)
    assert (result.approved, result.left_out) == ([], [])


def test_bulk_approval_of_a_claim_with_flagged_lines_only_names_them(world):
    claim = services.start_claim(partner_id=world.partner.pk, by=world.person, at=world.at)
    world.line(claim, LineKind.PARKING, amount=Decimal("4.20"))
    claim = services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    result = services.approve_in_bulk(claim_ids=[claim.pk], by=world.approver, at=world.at)
    assert (result.approved, result.left_out) == ([], [services.LeftOut(claim.reference, 1, "no receipt")])


def test_bulk_approval_goes_on_past_a_claim_that_changes_under_its_hands(world, monkeypatch):
    first, second = world.sent(), world.sent()
    decide = deciding.decide_lines

    def changed_by_somebody(*, claim_id, **kwargs):
        if claim_id == first.pk:
            raise TransitionNotAllowed("Somebody has changed it.")
        return decide(claim_id=claim_id, **kwargs)

    monkeypatch.setattr(deciding, "decide_lines", changed_by_somebody)
    result = services.approve_in_bulk(claim_ids=[first.pk, second.pk], by=world.approver, at=world.at)
    assert [claim.pk for claim in result.approved] == [second.pk]
    assert result.left_out == [services.LeftOut(first.reference, None, "Somebody has changed it.")]


# --- appeals ------------------------------------------------------------------------------
def appealed(world):
    claim = world.decide(world.sent(), APPROVE, REFUSE)
    line = claim.lines.get(status=LineStatus.NOT_APPROVED)
    services.appeal_line(claim_id=claim.pk, line_id=line.pk, reason="Agreed by phone", by=world.person, at=world.at)
    return claim, line


def decide_appeal(world, claim, line, *, allow, by, reason="Looked at afresh"):
    return services.decide_appeal(
        claim_id=claim.pk, line_id=line.pk, allow=allow, reason=reason, by=by, at=world.later(days=1)
    )


def test_an_appeal_allowed_is_paid(world):
    claim, line = appealed(world)
    claim = decide_appeal(world, claim, line, allow=True, by=world.deputy)
    line.refresh_from_db()
    assert (line.status, line.approved_amount, line.appeal_decided_by, claim.status) == (
        "approved", Decimal("13.53"), world.deputy, "approved",
    )  # fmt: skip


def test_an_appeal_turned_down_stands_for_good(world):
    claim = world.decide(world.sent(), REFUSE)
    for line in claim.lines.all():
        services.appeal_line(claim_id=claim.pk, line_id=line.pk, reason="No", by=world.person, at=world.at)
    for line in claim.lines.all():
        claim = decide_appeal(world, claim, line, allow=False, by=world.deputy)
    claim.refresh_from_db()
    assert (claim.status, claim.closed_at, claim.responsible) == ("refused", world.later(days=1), None)


def test_an_appeal_against_nothing_to_pay_ends_with_nothing_to_pay(world):
    claim = world.draft()
    services.set_preference(
        claim_id=claim.pk, preference=Preference.DECLINED, reduced_to=None, by=world.person, at=world.at
    )
    claim = services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    claim = world.decide(claim, REFUSE, APPROVE)
    line = claim.lines.get(status=LineStatus.NOT_APPROVED)
    services.appeal_line(claim_id=claim.pk, line_id=line.pk, reason="On record", by=world.person, at=world.at)
    decide_appeal(world, claim, line, allow=True, by=world.deputy)
    line.refresh_from_db()
    assert line.status == LineStatus.NOTHING_TO_PAY


def test_whoever_decided_first_does_not_decide_the_appeal(world):
    claim, line = appealed(world)
    with pytest.raises(PermissionDenied, match="Somebody who has not must decide the appeal"):
        decide_appeal(world, claim, line, allow=True, by=world.approver)
    with (
        pytest.raises(IntegrityError, match="appeal_decided_by_(third_person|newcomer)"),
        transaction.atomic(),
        acting_as(world.approver, "test"),
    ):
        ClaimLine.objects.filter(pk=line.pk).update(appeal_decided_by=world.approver, appeal_decided_at=world.at)


def asked_then_refused(world):
    """Return a line that the budget holder asked about and the deputy then refused, appealed."""
    claim = world.decide(world.sent(), APPROVE, RETURN)
    line = claim.lines.get(status=LineStatus.RETURNED)
    services.answer_question(claim_id=claim.pk, line_id=line.pk, answer="Yes", by=world.person, at=world.at)
    world.decide(claim, REFUSE, by=world.deputy)
    services.appeal_line(claim_id=claim.pk, line_id=line.pk, reason="It was agreed", by=world.person, at=world.at)
    claim.refresh_from_db()
    line.refresh_from_db()
    return claim, line


def test_whoever_asked_about_a_line_does_not_decide_its_appeal_either(world):
    third = factories.make_member(Role.APPROVER, world.organisation)
    claim, line = asked_then_refused(world)
    assert line.handled_by == [world.approver.pk, world.deputy.pk]
    # It went to the only one who has neither asked nor decided.
    assert (claim.status, claim.waiting_on, claim.responsible) == ("appealed", third, third)
    for somebody in (world.approver, world.deputy):
        with pytest.raises(PermissionDenied, match="decided this line or asked about it before"):
            decide_appeal(world, claim, line, allow=True, by=somebody)
        actions = permissions.actions_open_to(somebody, claim, today=world.today)
        assert ClaimAction.DECIDE_APPEAL not in actions
        with (
            pytest.raises(IntegrityError, match="appeal_decided_by_newcomer"),
            transaction.atomic(),
            acting_as(somebody, "test"),
        ):
            ClaimLine.objects.filter(pk=line.pk).update(appeal_decided_by=somebody, appeal_decided_at=world.at)
    decide_appeal(world, claim, line, allow=True, by=third)


def test_an_appeal_that_nobody_may_decide_goes_up_the_chain_and_says_so(world):
    claim, _line = asked_then_refused(world)
    assert (claim.waiting_on, claim.responsible) == (world.lead, world.lead)
    note = claim.timeline.get(action=ClockEvent.HAND_OVER).note
    assert note == (
        f"Nobody at {world.organisation.name} who may decide this appeal, because nobody decides the same line twice "
        f"is here. {world.lead.name} must find somebody"
    )
    told = Message.objects.get(kind="expenses.claim.find_somebody")
    assert told.recipient == world.lead
    assert not Message.objects.filter(kind="expenses.claim.appealed").exists()
    # Somebody new takes it over in the transaction that makes them an approver.
    new = factories.make_user()
    people.grant_role(
        user_id=new.pk, organisation_id=world.organisation.pk, role=Role.APPROVER, starts_on=world.today, by=world.lead,
        at=world.at,
    )  # fmt: skip
    claim.refresh_from_db()
    assert claim.waiting_on == new


def test_two_lines_appealed_go_to_somebody_who_handled_neither(world):
    claim = world.sent(with_parking=True)
    time, mileage, parking = claim.lines.order_by("position")
    for line, by in ((mileage, world.approver), (parking, world.deputy)):
        services.decide_lines(
            claim_id=claim.pk, decisions=[services.Decision(line.pk, REFUSE, "No")], by=by, at=world.at
        )
    world.decide(claim, APPROVE)
    for line in (mileage, parking):
        services.appeal_line(claim_id=claim.pk, line_id=line.pk, reason="Yes", by=world.person, at=world.at)
    claim.refresh_from_db()
    assert claim.waiting_on == world.lead, "each approver has handled one of the two"
    # Each may still decide the other's.
    decide_appeal(world, claim, parking, allow=True, by=world.approver)
    claim.refresh_from_db()
    assert claim.waiting_on == world.deputy, "what is left is the budget holder's own refusal"
    decide_appeal(world, claim, mileage, allow=True, by=world.deputy)


def test_an_appeal_is_decided_with_words(world):
    claim, line = appealed(world)
    with pytest.raises(RuleBroken, match="Say why") as refused:
        decide_appeal(world, claim, line, allow=True, by=world.deputy, reason=" ")
    assert refused.value.field == "reason"


# --- time ---------------------------------------------------------------------------------
def test_a_refusal_becomes_final_the_day_after_the_last_day_for_an_appeal(world):
    claim = world.decide(world.sent(), REFUSE)
    claim.refresh_from_db()
    assert claim.next_step_at.date() == date(2026, 10, 13)  # midnight of 14 October in London, in UTC
    assert services.let_refusals_stand(at=world.later(days=28)) == 0
    assert services.let_refusals_stand(at=world.later(days=29)) == 1
    assert services.let_refusals_stand(at=world.later(days=29)) == 0
    claim.refresh_from_db()
    assert (claim.status, claim.timeline.latest("at").by_name) == (ClaimStatus.REFUSED, "The portal")
    assert Message.objects.filter(kind="expenses.claim.refused").count() == 1


def test_a_refused_line_does_not_keep_a_paid_claim_from_waiting_for_its_appeal(world):
    claim = world.decide(world.sent(), APPROVE, REFUSE)
    services.record_payment(run_id=world.released().pk, run_line_ids=None, by=world.finance_lead, at=world.at)
    claim.refresh_from_db()
    assert (claim.status, claim.paid) == ("not_approved", Decimal("75.00"))
    services.let_refusals_stand(at=world.later(days=40))
    claim.refresh_from_db()
    assert claim.status == "paid"


def test_a_refusal_appealed_at_the_last_moment_does_not_become_final(world, monkeypatch):
    claim = world.decide(world.sent(), REFUSE)
    monkeypatch.setattr(deciding, "lock_lines", lambda claim: [])
    services.let_refusals_stand(at=world.later(days=40))
    claim.refresh_from_db()
    assert claim.status == "not_approved"


def statuses(claim) -> list[str]:
    return list(claim.lines.order_by("position").values_list("status", flat=True))


def test_a_payer_without_staff_does_not_keep_other_refusals_from_becoming_final(world):
    # The first in the list: its approved line would have to go to somebody, and nobody is there any more.
    stuck = world.decide(world.sent(), APPROVE, REFUSE)
    other = make_world()
    free = other.decide(other.sent(), APPROVE, REFUSE)
    with acting_as(world.lead, "test"):
        Membership.objects.filter(organisation=world.organisation).exclude(user=world.person).update(
            ends_on=world.today
        )
    assert services.let_refusals_stand(at=world.later(days=40)) == 1
    assert statuses(free) == ["approved", "refused"]
    assert statuses(stuck) == ["approved", "not_approved"]
    factories.make_member(Role.FINANCE, world.organisation)
    assert services.let_refusals_stand(at=world.later(days=41)) == 1
    assert statuses(stuck) == ["approved", "refused"]


def test_a_step_cannot_leave_a_claim_where_it_may_not_lead(world):
    claim = moving.lock_claim(world.sent().pk)
    with pytest.raises(TransitionNotAllowed, match="which this step cannot do"):
        moving.settle(claim, moving.lock_lines(claim), ClaimAction.WITHDRAW, by=world.person, at=world.at)
