"""What a partner does with a claim: effect, event, history with its actor, letters; and nothing on failure."""

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from committees.services import record_attendance, schedule_meeting
from expenses import queries, services
from expenses.enums import ClaimStatus, LineAction, LineKind, LineStatus, Preference, Problem, Vehicle
from expenses.models import Claim, ClaimEvent, ClaimLine, Receipt, TimeRate
from partners.services import appoint_partner
from psp_portal.accounts.enums import Role
from psp_portal.documents.models import Document
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from tests import factories
from tests.expenses.receipts import photo
from tests.expenses.world import MEETING_AT, attended_meeting, make_world


def history(claim):
    """Return the last history row of a claim: status, who, what."""
    row = Claim.pgh_event_model.objects.filter(pgh_obj=claim).select_related("pgh_context").latest("pgh_id")
    return row.status, row.pgh_context.metadata["actor"], row.pgh_context.metadata["action"]


def letters(kind):
    return list(Message.objects.filter(kind=kind).values_list("recipient__email", flat=True))


# --- starting -----------------------------------------------------------------------------
def test_one_tap_from_a_meeting_fills_the_time_and_the_usual_journey(world):
    claim = world.draft()
    lines = list(claim.lines.order_by("position").values_list("kind", "date", "minutes", "miles", "pay", "rule"))
    day = MEETING_AT.date()
    assert lines == [
        ("involvement_payment", day, 210, None, Decimal("75.00"), "3 h 30 min on 8 September 2026: half day"),
        ("mileage", day, None, Decimal("24.6"), Decimal("13.53"), "24.6 miles at 55p"),
    ]
    claim.refresh_from_db()
    assert (claim.status, claim.payer, claim.assignment, claim.asked) == (
        ClaimStatus.DRAFT, world.organisation, world.assignment, Decimal("88.53"),
    )  # fmt: skip
    assert history(claim) == ("draft", str(world.person.pk), "expenses.claim.start")


def test_a_meeting_online_has_no_journey(world):
    starts_at = MEETING_AT - timedelta(days=3)
    meeting = schedule_meeting(
        committee_id=world.committee.pk, starts_at=starts_at, planned_minutes=60, place="",
        online_link="https://meet.example.org/1", by=world.lead, at=starts_at - timedelta(days=5),
    )  # fmt: skip
    record_attendance(
        meeting_id=meeting.pk, assignment_id=world.assignment.pk, kind="attended", minutes=60, by=world.lead,
        at=world.at,
    )  # fmt: skip
    claim = services.start_claim(partner_id=world.partner.pk, meeting_id=meeting.pk, by=world.person, at=world.at)
    assert [line.kind for line in claim.lines.all()] == [LineKind.INVOLVEMENT_PAYMENT]


def test_a_meeting_is_claimed_once(world):
    services.start_claim(partner_id=world.partner.pk, meeting_id=world.meeting.pk, by=world.person, at=world.at)
    with pytest.raises(RuleBroken, match="already started or sent a claim for this meeting"):
        services.start_claim(partner_id=world.partner.pk, meeting_id=world.meeting.pk, by=world.person, at=world.at)
    assert Claim.objects.count() == 1


def test_a_meeting_can_be_claimed_again_once_the_claim_is_withdrawn(world):
    services.withdraw_claim(claim_id=world.sent().pk, by=world.person, at=world.at)
    again = services.start_claim(partner_id=world.partner.pk, meeting_id=world.meeting.pk, by=world.person, at=world.at)
    assert again.status == ClaimStatus.DRAFT


def test_somebody_elses_meeting_cannot_be_claimed(world):
    other = make_world()
    with pytest.raises(RuleBroken, match="meetings that you attended"):
        services.start_claim(partner_id=world.partner.pk, meeting_id=other.meeting.pk, by=world.person, at=world.at)
    with pytest.raises(RuleBroken, match="This appointment is not yours"):
        services.start_claim(partner_id=other.partner.pk, by=world.person, at=world.at)
    assert Claim.objects.count() == 0


def test_a_blank_claim_is_paid_by_the_organisation_and_one_for_a_committee_by_its_payer(world):
    blank = services.start_claim(partner_id=world.partner.pk, by=world.person, at=world.at)
    for_committee = services.start_claim(
        partner_id=world.partner.pk, assignment_id=world.assignment.pk, by=world.person, at=world.at
    )
    assert (blank.payer, blank.assignment, blank.lines.count()) == (world.organisation, None, 0)
    assert (for_committee.payer, for_committee.assignment) == (world.organisation, world.assignment)
    with pytest.raises(RuleBroken, match="not one of yours"):
        services.start_claim(
            partner_id=world.partner.pk, assignment_id=make_world().assignment.pk, by=world.person, at=world.at
        )


def test_without_a_rate_card_a_claim_cannot_begin(db):
    organisation = factories.make_organisation()
    lead = factories.make_member(Role.PROGRAMME_LEAD, organisation)
    person = factories.make_member(Role.PARTNER, organisation)
    partner = appoint_partner(
        user_id=person.pk, organisation_id=organisation.pk, role_category=4, is_paid=True,
        starts_on=date(2025, 5, 1), term_ends_on=date(2027, 4, 30), lead_id=lead.pk, by=lead, at=factories.START,
    )  # fmt: skip
    with pytest.raises(RuleBroken, match="has not set its rates"):
        services.start_claim(partner_id=partner.pk, by=person, at=factories.START)


# --- filling ------------------------------------------------------------------------------
def test_every_line_says_what_it_pays_and_why_at_once(world):
    claim = world.draft()
    taxi = world.line(claim, LineKind.TAXI, amount=Decimal("14.50"))
    assert (taxi.pay, taxi.held, taxi.problems) == (
        Decimal("0.00"), Decimal("14.50"), [Problem.NO_RECEIPT, Problem.NEEDS_APPROVAL],
    )  # fmt: skip
    world.receipt(claim, taxi)
    taxi.refresh_from_db()
    assert taxi.problems == [Problem.NEEDS_APPROVAL]


def test_a_line_can_be_changed_and_removed_and_the_rest_is_priced_anew(world):
    claim = world.draft()
    mileage = claim.lines.get(kind=LineKind.MILEAGE)
    changed = services.change_line(
        claim_id=claim.pk, line_id=mileage.pk, by=world.person, at=world.at,
        line=services.LineInput(
            LineKind.MILEAGE, MEETING_AT.date(), vehicle=Vehicle.CAR, miles=Decimal("40"), passengers=1
        ),
    )  # fmt: skip
    assert changed.pay == Decimal("24.00")
    services.remove_line(claim_id=claim.pk, line_id=mileage.pk, by=world.person, at=world.at)
    claim.refresh_from_db()
    assert claim.asked == Decimal("75.00")
    with pytest.raises(RuleBroken, match="no longer part of the claim"):
        services.remove_line(claim_id=claim.pk, line_id=mileage.pk, by=world.person, at=world.at)


@pytest.mark.parametrize(
    ("on", "field"), [(date(2026, 9, 16), "date"), (date(2025, 4, 30), "date"), (date(2027, 5, 1), "date")]
)
def test_a_line_outside_what_can_be_claimed_is_refused_and_nothing_is_written(world, on, field):
    claim = world.draft()
    with pytest.raises(RuleBroken) as refused:
        world.line(claim, LineKind.PARKING, date=on, amount=Decimal("4.20"))
    assert refused.value.field == field
    assert claim.lines.count() == 2


@pytest.mark.parametrize(
    ("preference", "reduced_to", "pay", "declined"),
    [
        (Preference.FULL, None, "75.00", "0.00"),
        (Preference.REDUCED, Decimal("20.00"), "20.00", "55.00"),
        (Preference.DECLINED, None, "0.00", "75.00"),
    ],
)
def test_a_preference_touches_time_and_never_expenses(world, preference, reduced_to, pay, declined):
    claim = world.draft()
    services.set_preference(
        claim_id=claim.pk, preference=preference, reduced_to=reduced_to, by=world.person, at=world.at
    )
    time, mileage = claim.lines.order_by("position")
    assert (time.pay, time.declined, mileage.pay) == (Decimal(pay), Decimal(declined), Decimal("13.53"))


def test_a_reduced_payment_needs_its_amount(world):
    with pytest.raises(RuleBroken) as refused:
        services.set_preference(
            claim_id=world.draft().pk, preference=Preference.REDUCED, reduced_to=None, by=world.person, at=world.at
        )
    assert refused.value.field == "reduced_to"


def test_the_same_receipt_twice_is_stopped_and_its_file_is_not_kept(world):
    claim = world.draft()
    first, second = (world.line(claim, LineKind.PARKING, amount=Decimal("4.20")) for _ in range(2))
    upload = photo()
    services.add_receipt(claim_id=claim.pk, line_id=first.pk, upload=upload, by=world.person, at=world.at)
    upload.seek(0)
    with pytest.raises(RuleBroken, match="on this claim already. Choose it from the receipts") as refused:
        services.add_receipt(claim_id=claim.pk, line_id=second.pk, upload=upload, by=world.person, at=world.at)
    assert refused.value.field == "receipt"
    another = world.draft()
    line = world.line(another, LineKind.PARKING, amount=Decimal("4.20"))
    upload.seek(0)
    with pytest.raises(RuleBroken, match="used before") as refused:
        services.add_receipt(claim_id=another.pk, line_id=line.pk, upload=upload, by=world.person, at=world.at)
    assert refused.value.field == "receipt"
    assert (Receipt.objects.count(), Document.objects.count()) == (1, 1)


def test_another_organisation_s_receipt_says_nothing_of_it(world):
    other = make_world()
    theirs, mine = other.draft(), world.draft()
    upload = photo()
    line = other.line(theirs, LineKind.PARKING, amount=Decimal("4.20"))
    services.add_receipt(claim_id=theirs.pk, line_id=line.pk, upload=upload, by=other.person, at=world.at)
    upload.seek(0)
    line = world.line(mine, LineKind.PARKING, amount=Decimal("4.20"))
    services.add_receipt(claim_id=mine.pk, line_id=line.pk, upload=upload, by=world.person, at=world.at)
    assert Receipt.objects.count() == 2


def test_a_receipt_can_be_removed_with_its_file_and_used_again(world):
    claim = world.draft()
    line = world.line(claim, LineKind.PARKING, amount=Decimal("4.20"))
    receipt = world.receipt(claim, line)
    for _ in range(2):
        services.remove_receipt(claim_id=claim.pk, line_id=line.pk, receipt_id=receipt.pk, by=world.person, at=world.at)
    line.refresh_from_db()
    assert (Receipt.objects.count(), Document.objects.count(), line.problems) == (0, 0, [Problem.NO_RECEIPT])


def test_discarding_a_draft_deletes_it_with_its_files_and_a_sent_one_is_kept(world):
    claim = world.draft()
    world.receipt(claim, world.line(claim, LineKind.PARKING, amount=Decimal("4.20")))
    services.discard_claim(claim_id=claim.pk, by=world.person, at=world.at)
    assert (Claim.objects.count(), Document.objects.count()) == (0, 0)
    with pytest.raises(TransitionNotAllowed, match="You have sent this claim"):
        services.discard_claim(claim_id=world.sent().pk, by=world.person, at=world.at)


def test_removing_a_line_removes_its_receipt(world):
    claim = world.draft()
    line = world.line(claim, LineKind.PARKING, amount=Decimal("4.20"))
    world.receipt(claim, line)
    services.remove_line(claim_id=claim.pk, line_id=line.pk, by=world.person, at=world.at)
    assert Document.objects.count() == 0


@pytest.mark.parametrize("who", ["lead", "approver", "finance_lead"])
def test_nobody_else_fills_or_sends_a_claim(world, who):
    claim = world.draft()
    with pytest.raises(PermissionDenied):
        services.discard_claim(claim_id=claim.pk, by=getattr(world, who), at=world.at)
    with pytest.raises(PermissionDenied):
        services.submit_claim(claim_id=claim.pk, by=getattr(world, who), at=world.at)


# --- sending ------------------------------------------------------------------------------
def test_sending_starts_the_clock_and_names_who_has_it(world):
    claim = world.sent()
    claim.refresh_from_db()
    assert (claim.status, claim.responsible, claim.waiting_on) == ("submitted", world.approver, world.approver)
    assert (claim.submitted_at, claim.waiting_since) == (world.at, world.at)
    assert (claim.decision_due_on, claim.payment_due_on, claim.waiting_due_on) == (
        date(2026, 9, 29), date(2026, 10, 15), date(2026, 9, 29),
    )  # fmt: skip
    assert claim.ladder[0] == date(2026, 10, 5)
    assert history(claim) == ("submitted", str(world.person.pk), "expenses.claim.submit")
    event = claim.timeline.get()
    assert (event.action, event.from_status, event.to_status, event.by) == (
        "submit", "draft", "submitted", world.person,
    )  # fmt: skip
    assert letters("expenses.claim.to_decide") == [world.approver.email]
    assert letters("expenses.claim.sent") == [world.person.email]


def test_sending_twice_is_refused_in_words_and_changes_nothing(world):
    claim = world.sent()
    with pytest.raises(TransitionNotAllowed, match="You have already sent this claim"):
        services.submit_claim(claim_id=claim.pk, by=world.person, at=world.later(minutes=1))
    claim.refresh_from_db()
    assert (claim.submitted_at, claim.timeline.count()) == (world.at, 1)


def test_an_empty_claim_cannot_be_sent(world):
    blank = services.start_claim(partner_id=world.partner.pk, by=world.person, at=world.at)
    with pytest.raises(RuleBroken, match="at least one thing"):
        services.submit_claim(claim_id=blank.pk, by=world.person, at=world.at)


def test_sending_marks_the_rows_it_was_priced_with_as_used(world):
    world.sent()
    used = TimeRate.objects.get(card=world.card, role_category=4)
    assert (used.used_at, used.last_used_on) == (world.at, MEETING_AT.date())


def test_a_sent_claim_cannot_be_filled(world):
    with pytest.raises(TransitionNotAllowed, match="take it back first"):
        world.line(world.sent(), LineKind.PARKING, amount=Decimal("4.20"))


def test_a_second_claim_on_the_same_day_does_not_earn_a_second_half_day(world):
    world.sent()
    same_day = attended_meeting(world.assignment, starts_at=MEETING_AT + timedelta(hours=5), by=world.lead, minutes=20)
    claim = services.start_claim(partner_id=world.partner.pk, meeting_id=same_day.pk, by=world.person, at=world.at)
    assert claim.lines.get(kind=LineKind.INVOLVEMENT_PAYMENT).pay == Decimal("0.00")


def test_a_partner_appointed_without_pay_is_paid_expenses_only(db):
    world = make_world(is_paid=False)
    time, mileage = world.draft().lines.order_by("position")
    assert (time.pay, time.problems, mileage.pay) == (Decimal("0.00"), [Problem.ROLE_NOT_PAID], Decimal("13.53"))


def test_a_broken_audit_leaves_nothing_behind(world):
    claim = world.draft()
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE expenses_claimhistory ADD CONSTRAINT broken CHECK (status <> 'submitted') NOT VALID"
        )
    with pytest.raises(Exception, match="broken"), transaction.atomic():
        services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    claim.refresh_from_db()
    assert (claim.status, claim.timeline.count(), letters("expenses.claim.sent")) == ("draft", 0, [])


# --- taking back --------------------------------------------------------------------------
def test_a_claim_can_be_taken_back_until_a_line_is_decided(world):
    claim = services.recall_claim(claim_id=world.sent().pk, by=world.person, at=world.later(hours=1))
    claim.refresh_from_db()
    assert (claim.status, claim.submitted_at, claim.responsible, claim.next_step_at, claim.ladder) == (
        "draft", None, None, None, [],
    )  # fmt: skip
    sent_again = services.submit_claim(claim_id=claim.pk, by=world.person, at=world.later(days=1))
    assert sent_again.submitted_at == world.later(days=1)


def test_a_claim_with_a_decided_line_cannot_be_taken_back(world):
    claim = world.sent()
    first = claim.lines.order_by("position").first()
    services.decide_lines(
        claim_id=claim.pk, decisions=[services.Decision(first.pk, LineAction.APPROVE)], by=world.approver, at=world.at
    )
    with pytest.raises(TransitionNotAllowed, match="has been decided"):
        services.recall_claim(claim_id=claim.pk, by=world.person, at=world.at)


def test_a_claim_on_the_ladder_is_withdrawn_not_taken_back(world):
    claim = world.sent()
    services.escalate_overdue_claims(at=world.later(days=21))
    with pytest.raises(TransitionNotAllowed, match="withdraw it instead"):
        services.recall_claim(claim_id=claim.pk, by=world.person, at=world.later(days=21))


def test_withdrawing_takes_back_what_is_not_agreed_and_frees_its_receipts(world):
    claim = world.draft()
    world.receipt(claim, world.line(claim, LineKind.PARKING, amount=Decimal("4.20")))
    services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    withdrawn = services.withdraw_claim(claim_id=claim.pk, by=world.person, at=world.at, reason="Sent twice")
    withdrawn.refresh_from_db()
    assert (withdrawn.status, withdrawn.closed_at, withdrawn.responsible, withdrawn.next_step_at) == (
        "withdrawn", world.at, None, None,
    )  # fmt: skip
    assert set(claim.lines.values_list("status", flat=True)) == {LineStatus.WITHDRAWN}
    assert Receipt.objects.get().freed_at == world.at


def test_withdrawing_leaves_approved_lines_to_be_paid(world):
    claim = world.decide(world.sent(with_taxi=True), LineAction.APPROVE, LineAction.APPROVE, LineAction.RETURN)
    assert claim.status == ClaimStatus.RETURNED
    claim = services.withdraw_claim(claim_id=claim.pk, by=world.person, at=world.at)
    assert (claim.status, claim.waiting_on) == (ClaimStatus.APPROVED, world.finance_lead)


def test_there_is_nothing_to_withdraw_from_an_approved_claim_or_a_draft(world):
    with pytest.raises(TransitionNotAllowed, match="nothing to withdraw"):
        services.withdraw_claim(claim_id=world.approved().pk, by=world.person, at=world.at)
    with pytest.raises(TransitionNotAllowed, match="Delete the draft"):
        services.withdraw_claim(claim_id=world.draft().pk, by=world.person, at=world.at)


# --- answering back -----------------------------------------------------------------------
def returned(world):
    claim = world.sent(with_parking=True)
    claim = world.decide(claim, LineAction.APPROVE, LineAction.APPROVE, LineAction.RETURN)
    return claim, claim.lines.get(kind=LineKind.PARKING)


def test_an_answer_with_the_missing_receipt_frees_the_money_and_goes_back_to_the_approver(world):
    claim, parking = returned(world)
    claim.refresh_from_db()
    assert (claim.status, claim.waiting_on, claim.responsible) == ("returned", world.person, world.approver)
    claim = services.answer_question(
        claim_id=claim.pk, line_id=parking.pk, answer="Here it is", upload=photo(), by=world.person, at=world.at
    )
    parking.refresh_from_db()
    assert parking.rule == "as receipted"
    assert (parking.status, parking.pay, parking.held, parking.problems, parking.answer) == (
        "pending", Decimal("4.20"), Decimal("0.00"), [], "Here it is",
    )  # fmt: skip
    assert (claim.status, claim.waiting_on) == ("submitted", world.approver)
    assert letters("expenses.claim.answered") == [world.approver.email]


def test_an_answer_in_words_leaves_the_money_held_for_the_approver(world):
    claim, parking = returned(world)
    services.answer_question(
        claim_id=claim.pk, line_id=parking.pk, answer="The machine was broken", by=world.person, at=world.later(days=20)
    )
    parking.refresh_from_db()
    claim.refresh_from_db()
    assert (parking.status, parking.held) == ("pending", Decimal("4.20"))
    # Five working days from the answer, since the ten of the decision are over.
    assert claim.waiting_due_on == date(2026, 10, 12)


def test_a_line_that_was_not_asked_about_cannot_be_answered(world):
    claim = world.sent()
    with pytest.raises(TransitionNotAllowed):
        services.answer_question(
            claim_id=claim.pk, line_id=claim.lines.first().pk, answer="?", by=world.person, at=world.at
        )


def test_an_appeal_goes_to_a_second_person(world):
    claim = world.decide(world.sent(), LineAction.REFUSE)
    claim.refresh_from_db()
    assert (claim.status, claim.waiting_on, claim.waiting_due_on) == ("not_approved", world.person, date(2026, 10, 13))
    line = claim.lines.first()
    claim = services.appeal_line(
        claim_id=claim.pk, line_id=line.pk, reason="It was agreed", by=world.person, at=world.at
    )
    assert (claim.status, claim.waiting_on) == ("appealed", world.deputy)
    assert letters("expenses.claim.appealed") == [world.deputy.email]


def test_an_appeal_that_comes_too_late_is_refused_with_the_day(world):
    claim = world.decide(world.sent(), LineAction.REFUSE)
    with pytest.raises(RuleBroken, match="until 13 October 2026"):
        services.appeal_line(
            claim_id=claim.pk, line_id=claim.lines.first().pk, reason="Late", by=world.person, at=world.later(days=29)
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_sendings_at_the_same_moment_one_succeeds():
    world = make_world()
    claim = world.draft()
    outcomes = []

    def send():
        try:
            services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
            outcomes.append("sent")
        except TransitionNotAllowed:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "sent"]
    assert ClaimEvent.objects.filter(claim=claim, action="submit").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_taps_on_one_meeting_one_makes_a_claim():
    world = make_world()
    outcomes = []

    def tap():
        try:
            services.start_claim(partner_id=world.partner.pk, meeting_id=world.meeting.pk, by=world.person, at=world.at)
            outcomes.append("made")
        except RuleBroken:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=tap) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made", "refused"]
    assert ClaimLine.objects.count() == 2


# --- given up after it was sent once --------------------------------------------------------
def recalled(world, **options):
    claim = world.sent(**options)
    return services.recall_claim(claim_id=claim.pk, by=world.person, at=world.later(hours=1))


def test_a_draft_that_was_sent_once_is_withdrawn_and_its_meeting_can_be_claimed_again(world):
    claim = recalled(world, with_taxi=True)
    services.discard_claim(claim_id=claim.pk, by=world.person, at=world.later(hours=2))
    claim.refresh_from_db()
    assert (claim.status, claim.closed_at, claim.submitted_at, claim.asked) == (
        ClaimStatus.WITHDRAWN, world.later(hours=2), None, Decimal("0.00"),
    )  # fmt: skip
    assert {line.status for line in claim.lines.all()} == {LineStatus.WITHDRAWN}
    assert not Receipt.objects.exists()
    last = claim.timeline.filter(line=None).order_by("pk").last()
    assert (last.label, last.from_status, last.to_status, last.by) == (
        "Given up after it was taken back", "draft", "withdrawn", world.person,
    )  # fmt: skip
    again = services.start_claim(
        partner_id=world.partner.pk, meeting_id=claim.meeting_id, by=world.person, at=world.later(hours=3)
    )
    assert again.meeting_id == claim.meeting_id
    # It is the partner's alone, as the draft was.
    visible = [
        queries.claims_visible_to(person, today=world.today).filter(pk=claim.pk).exists()
        for person in (world.person, world.lead, world.approver, world.auditor)
    ]
    assert visible == [True, False, False, False]
    assert claim not in queries.claims_of_organisation(world.auditor, today=world.today)


def test_a_line_that_was_sent_once_is_withdrawn_and_asks_for_nothing(world):
    claim = world.sent(with_parking=True)
    parking = claim.lines.get(kind=LineKind.PARKING)
    services.answer_hold(
        claim_id=claim.pk, line_id=parking.pk, no_receipt_reason="The machine was broken", by=world.person, at=world.at
    )
    services.recall_claim(claim_id=claim.pk, by=world.person, at=world.later(hours=1))
    services.remove_line(claim_id=claim.pk, line_id=parking.pk, by=world.person, at=world.later(hours=2))
    parking.refresh_from_db()
    assert (parking.status, parking.held, parking.problems) == (LineStatus.WITHDRAWN, Decimal("0.00"), [])
    for change, more in ((services.remove_line, {}), (services.add_receipt, {"upload": photo()})):
        with pytest.raises(RuleBroken, match="no longer part of the claim"):
            change(claim_id=claim.pk, line_id=parking.pk, by=world.person, at=world.later(hours=2), **more)
    sent = services.submit_claim(claim_id=claim.pk, by=world.person, at=world.later(hours=3))
    assert (sent.status, sent.asked) == (ClaimStatus.SUBMITTED, Decimal("88.53"))
    assert sent.lines.filter(status=LineStatus.PENDING).count() == 2
    # All of them given up, there is nothing to send; the claim can still be given up.
    services.recall_claim(claim_id=claim.pk, by=world.person, at=world.later(hours=4))
    for line in sent.lines.filter(status=LineStatus.PENDING):
        services.remove_line(claim_id=claim.pk, line_id=line.pk, by=world.person, at=world.later(hours=4))
    with pytest.raises(RuleBroken, match="Add at least one thing"):
        services.submit_claim(claim_id=claim.pk, by=world.person, at=world.later(hours=4))
    services.discard_claim(claim_id=claim.pk, by=world.person, at=world.later(hours=5))
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.WITHDRAWN


# --- two at one moment ----------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_two_claims_of_a_person_sent_at_one_moment_see_each_other(world):
    claims = []
    for _ in range(2):
        claim = services.start_claim(partner_id=world.partner.pk, by=world.person, at=world.at)
        world.line(claim, LineKind.INVOLVEMENT_PAYMENT, minutes=300, activity="meeting")
        claims.append(claim)
    start = threading.Barrier(2)

    def send(claim):
        start.wait()
        services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
        connection.close()

    threads = [threading.Thread(target=send, args=(claim,)) for claim in claims]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = ClaimLine.objects.filter(claim__in=claims)
    assert sorted(line.pay for line in lines) == [Decimal("0.00"), Decimal("150.00")]
    assert sorted(Problem.LIKELY_DUPLICATE in line.problems for line in lines) == [False, True]
