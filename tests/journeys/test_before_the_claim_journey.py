"""What comes before a claim is sent: asking before a journey, what stands, receipts, helpers, and who is to pay."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from committees.services import cancel_meeting, schedule_meeting
from expenses import services
from expenses.enums import ClaimStatus, LineAction, LineKind, LineStatus, Problem
from expenses.models import Claim, PriorApproval
from psp_portal.accounts import services as accounts
from psp_portal.accounts.models import User
from psp_portal.accounts.notifications import invitation_token
from psp_portal.dates import format_date
from tests import factories
from tests.expenses.pages import page
from tests.expenses.payers import pay_elsewhere
from tests.expenses.world import World
from tests.journeys.conftest import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("now")]


def add_expense(phone, kind: str, pounds: str, on: date | None = None) -> None:
    """Add something with a price to the draft whose page is open, up to the page that asks for its receipt."""
    phone.press("Add an expense")
    phone.check()
    phone.tick(kind)
    phone.press("Continue")
    phone.check()
    if on:
        phone.fill_date("Date", on)
    phone.fill("How much did it cost, in pounds?", pounds)


def test_a_taxi_is_agreed_before_the_journey_and_then_paid_unasked(world, now, new_window, has_javascript):
    # given: a partner who will need a taxi next week, and their phone
    phone = new_window(PHONE, user=world.person, has_javascript=has_javascript)
    on = world.today + timedelta(days=6)

    # when: they ask before the journey
    phone.open(page("claim_list"))
    phone.follow("What you have asked for before a journey")
    phone.check()
    phone.press("Ask before a journey")
    phone.check()
    phone.tick(world.committee.name, "Taxi")
    phone.fill_date("When do you need it?", on)
    phone.fill("How much do you expect it to cost altogether, in pounds?", "18")
    phone.fill("What is it for?", "From the station: there is no bus at that hour.")
    phone.press("Send")

    # then: they see who has it, and by when an answer is due
    request = PriorApproval.objects.get()
    assert phone.reads(f"Waiting on {world.approver.name}")
    assert phone.reads(f"due {format_date(request.due_on)}")
    phone.check()

    # when: the approver finds it on the first page, and agrees up to £20
    desk = new_window(DESK, user=world.approver, has_javascript=has_javascript)
    desk.open("/")
    desk.check()
    desk.follow(f"Answer {world.person.name}, who asks before a journey")
    desk.check()
    desk.press("Answer")
    desk.check()
    desk.tick("Yes, it will be paid")
    desk.fill("If yes, up to how much altogether, in pounds?", "20")
    desk.press("Send answer")
    desk.check()
    assert desk.reads("up to £20.00")

    # then: the partner reads the answer, and a claim for that taxi waits for nobody
    phone.open(page("prior_approval_detail", approval_id=request.pk))
    assert phone.reads(f"{world.approver.name} agreed on {format_date(world.today)}, up to £20.00")
    phone.check()

    # when: a week later they claim for it
    later = world.later(days=7)
    draft = services.start_claim(
        partner_id=world.partner.pk, assignment_id=world.assignment.pk, by=world.person, at=later
    )  # fmt: skip
    now.move_to(later)
    phone = new_window(PHONE, user=world.person, has_javascript=has_javascript)
    phone.open(page("claim_check", claim_id=draft.pk))
    phone.check()
    phone.press("Add something to claim for")
    phone.check()
    phone.tick("Taxi")
    phone.press("Continue")
    # then: the page says that it is agreed, and that nothing need be written
    assert phone.reads("up to £20.00")
    phone.check()
    phone.fill_date("Date", on)
    phone.fill("How much did it cost, in pounds?", "17.40")
    phone.press("Continue")
    phone.attach_photo()
    phone.press("Continue")
    assert phone.reads(f"In the portal: {world.approver.name} on {format_date(world.today)}, up to £20.00")
    phone.check()
    phone.press("Send claim for £17.40")
    phone.check()
    line = draft.lines.get()
    assert (line.prior_approval, line.problems, line.pay, line.held) == (request, [], Decimal("17.40"), Decimal("0.00"))


def test_what_stands_counts_by_itself_and_what_the_organisation_booked_pays_nothing(world, new_window):
    # given: a lead who records what is agreed for an access need until a day
    desk = new_window(DESK, user=world.lead)
    desk.open(page("approval_request_list"))
    desk.check()
    desk.follow("Standing approvals")
    desk.check()
    desk.press("Record a standing approval")
    desk.check()
    desk.page.get_by_label("Who is it for?").select_option(label=world.person.name)
    desk.tick("Taxi")
    desk.fill_date("First day", world.today - timedelta(days=30))
    desk.fill_date("Last day", world.today + timedelta(days=90))
    desk.press("Record")
    assert desk.reads(world.person.name)
    desk.check()

    # when: the partner, who sees it, adds a taxi and a train that the organisation booked to a claim
    draft = world.draft()
    phone = new_window(PHONE, user=world.person)
    phone.open(page("prior_approval_list"))
    assert phone.reads(f"{format_date(world.today + timedelta(days=90))}")
    phone.check()
    phone.open(page("claim_check", claim_id=draft.pk))
    add_expense(phone, "Taxi", "16")
    phone.press("Continue")
    phone.check()
    phone.attach_photo()
    phone.press("Continue")
    add_expense(phone, "Train", "42.60")
    phone.tick("The organisation booked and paid for this, not me")
    phone.press("Continue")

    # then: the taxi waits for nobody, and the train is on record and pays nothing
    assert phone.reads(f"In the portal: {world.lead.name}")
    assert phone.reads("Booked by the organisation £42.60, not paid to you")
    phone.check()
    phone.press("Send claim for £104.53")
    phone.check()
    taxi, train = draft.lines.filter(kind__in=[LineKind.TAXI, LineKind.RAIL]).order_by("position")
    assert (taxi.pay, taxi.held, taxi.problems) == (Decimal("16.00"), Decimal("0.00"), [])
    assert (train.is_trust_booked, train.pay, train.problems) == (True, Decimal("0.00"), [])


def test_a_meeting_cancelled_late_is_claimed_in_one_tap(world, new_window):
    # given: a meeting called off five hours before it would have begun, which the trust's rule pays
    starts_at = world.later(days=-1)
    meeting = schedule_meeting(
        committee_id=world.committee.pk, starts_at=starts_at, planned_minutes=120, place="Boardroom", online_link="",
        by=world.lead, at=starts_at - timedelta(days=30),
    )  # fmt: skip
    cancel_meeting(
        meeting_id=meeting.pk, reason="Too few people", by=world.lead, at=starts_at - timedelta(hours=5)
    )  # fmt: skip

    # when: the partner finds it on the first page, reads why it pays, and taps once in the list of claims
    phone = new_window(PHONE, user=world.person)
    phone.open("/")
    phone.check()
    phone.follow("Claim £75.00 for a cancelled meeting")
    assert phone.reads("with 5 hours' notice")
    phone.check()
    phone.open(page("claim_list"))
    phone.check()
    phone.press("Claim for this cancelled meeting")

    # then: the notice is from the record, and the claim is ready to send
    assert phone.reads("Cancelled meeting: told 5 hours before")
    phone.check()
    phone.press("Send claim for £75.00")
    phone.check()
    assert Claim.objects.get().asked == Decimal("75.00")
    # A second tap leads to the claim that is there.
    phone.open(page("cancellation_detail", meeting_id=meeting.pk))
    phone.follow("See the claim")
    phone.check()
    assert Claim.objects.count() == 1


def test_a_line_has_several_receipts_and_a_receipt_proves_several_lines(world, new_window):
    # given: a lunch paid at two tills
    draft = world.draft()
    phone = new_window(PHONE, user=world.person)
    phone.open(page("claim_check", claim_id=draft.pk))
    add_expense(phone, "Lunch", "5.80")
    phone.press("Continue")
    first = phone.attach_photo()
    phone.press("Continue")
    phone.follow("Add a receipt for Lunch")
    assert phone.reads(f"It has: {first}")
    phone.check()
    second = phone.attach_photo()
    phone.press("Continue")

    # when: the first till took the money for the car park too
    add_expense(phone, "Parking", "4.20")
    phone.press("Continue")
    phone.follow("Use a receipt that is already on this claim")
    phone.check()
    phone.tick(first)
    phone.press("Continue")

    # then: both lines say so, and nothing waits
    assert phone.reads(f"{first} (also proves Parking: £4.20)")
    assert phone.reads(f"{first} (also proves Lunch: £5.80)")
    phone.check()
    lunch, parking = draft.lines.filter(kind__in=[LineKind.SUBSISTENCE_LUNCH, LineKind.PARKING]).order_by("position")
    assert sorted(lunch.receipts.values_list("document__original_name", flat=True)) == sorted([first, second])
    assert list(parking.receipts.values_list("document__original_name", flat=True)) == [first]
    phone.press("Send claim for")
    phone.check()

    # and: the approver looks at them beside the line, and each on a page of its own
    desk = new_window(DESK, user=world.approver)
    desk.open(page("claim_decide", claim_id=draft.pk))
    desk.page.get_by_text("Look at the receipts for Lunch").click()
    pictures = desk.page.get_by_role("img", name="Picture of the receipt")
    assert pictures.first.evaluate("async picture => { await picture.decode(); return picture.naturalWidth }") > 0
    desk.check()
    desk.page.get_by_role("link", name=f"of {first}").first.click()
    assert desk.reads("Parking: £4.20")
    desk.check()


def parking(world: World, pounds: str) -> Claim:
    """Return a draft with parking on the day of the meeting, and its receipt."""
    draft = world.draft()
    world.receipt(draft, world.line(draft, LineKind.PARKING, amount=Decimal(pounds)))
    return draft


def test_what_looks_claimed_twice_is_shown_to_both_sides_and_cleared_with_a_reason(world, new_window):
    # given: a claim with parking, and a second one for the same day and nearly the same amount
    first = services.submit_claim(claim_id=parking(world, "4.20").pk, by=world.person, at=world.at)
    second = parking(world, "4.50")

    # when: the partner sees which claim it looks like, and says why it is not the same
    phone = new_window(PHONE, user=world.person)
    phone.open(page("claim_check", claim_id=second.pk))
    other = f"Parking on {format_date(world.meeting.starts_at.date())}, in claim {first.reference}"
    assert phone.reads(other)
    phone.check()
    phone.follow("Say why it is not the same thing twice")
    assert phone.reads(other)
    phone.check()
    phone.fill("Why is it not the same thing twice?", "I went home at noon and came back.")
    phone.press("Save")
    phone.check()
    phone.press("Send claim for")
    phone.check()

    # then: the approver sees the same, looks at the other claim, and clears it with a reason
    desk = new_window(DESK, user=world.approver)
    desk.open(page("decision_list"))
    assert desk.reads(f"{Problem.LIKELY_DUPLICATE.label}.")
    desk.check()
    desk.open(page("claim_decide", claim_id=second.pk))
    assert desk.reads("The partner says: “I went home at noon and came back.”")
    desk.check()
    desk.follow(other)
    assert desk.reads(f"Claim {first.reference}")
    desk.check()
    desk.page.go_back()
    desk.follow("Say why it is not a duplicate")
    desk.check()
    desk.fill("Why is this not a duplicate?", "Two tickets, two times.")
    desk.press("Not a duplicate")
    assert desk.reads("The line is not flagged as this duplicate any more")
    desk.check()

    # and: the partner reads who cleared it, and why; the line is plain now
    phone.open(page("claim_detail", claim_id=second.pk))
    cleared = f"Not a duplicate: {world.approver.name}, {format_date(world.today)}, “Two tickets, two times.”"
    assert phone.reads(cleared)
    phone.check()
    assert second.lines.get(kind=LineKind.PARKING).problems == []


def test_a_helper_prepares_a_claim_that_only_its_partner_sends(world, new_window):
    # given: a partner who names their sister
    phone = new_window(PHONE, user=world.person)
    phone.open(page("claim_list"))
    phone.follow("People who help you with claims")
    phone.check()
    phone.press("Name a carer or helper")
    phone.check()
    phone.fill("Their full name", "Sam Carer")
    phone.page.get_by_label("Their email address").fill("sam@example.org")
    phone.page.get_by_label("How do they help you?").fill("My sister")
    phone.press("Name this person")
    assert phone.reads("They have not come yet.")
    phone.check()
    invitation = world.partner.helpers.get().invitation_id
    accounts.accept_invitation(
        token=invitation_token(invitation), password=factories.PASSWORD, name="Sam Carer", at=world.at
    )  # fmt: skip
    sam = User.objects.get(email="sam@example.org")

    # when: she prepares a claim on her own phone
    theirs = new_window(PHONE, user=sam)
    theirs.open("/")
    theirs.check()
    theirs.press("Prepare a claim")
    theirs.check()
    theirs.press(f"Prepare a claim for {world.person.name}")
    theirs.check()
    theirs.press("Prepare a claim for this meeting")
    assert theirs.reads(f"Check the claim of {world.person.name}")
    theirs.check()
    add_expense(theirs, "Parking", "4.20")
    theirs.press("Continue")
    theirs.check()
    theirs.attach_photo()
    theirs.press("Continue")

    # then: she finds no way to send it, and says that it is ready
    assert theirs.page.get_by_role("button", name="Send claim").count() == 0
    theirs.press("Tell them it is ready")
    assert theirs.reads("has been told that the claim is ready")
    theirs.check()
    claim = Claim.objects.get()
    assert (claim.status, claim.prepared_by) == (ClaimStatus.DRAFT, sam)

    # when: the partner, who has a message, checks it and sends it
    phone.open(reverse("notifications:message_list"))
    phone.check()
    phone.open("/")
    phone.follow(f"Finish your claim {claim.reference}")
    assert phone.reads("Prepared by Sam Carer")
    phone.check()
    phone.press("Send claim for £92.73")
    phone.check()

    # then: it is the partner's claim, out of the helper's sight
    claim.refresh_from_db()
    assert (claim.status, claim.claimant) == (ClaimStatus.SUBMITTED, world.person)
    theirs.open(page("claim_check", claim_id=claim.pk))
    assert not theirs.reads("£92.73")
    theirs.check()


def test_another_organisation_pays_and_a_named_third_person_ends_its_dispute(world, new_window):
    # given: a claim that another organisation pays
    payer = pay_elsewhere(world)
    claim = world.sent()
    both = f"Made at {world.organisation.name}, paid by Ash Board"
    dates = (claim.decision_due_on, claim.payment_due_on, claim.ladder)
    approver, lead = new_window(DESK, user=payer.approver), new_window(DESK, user=world.lead)
    phone = new_window(PHONE, user=world.person)

    # then: the payer's approver has it, and both organisations and the partner see its clock
    approver.open("/")
    approver.check()
    approver.open(page("decision_list"))
    assert approver.reads(both)
    approver.check()
    for window in (approver, lead, phone):
        window.open(page("claim_ladder", claim_id=claim.pk))
        assert all(window.reads(format_date(on)) for on in claim.ladder)
        window.check()

    # when: the payer says that it should not pay
    approver.open(page("claim_detail", claim_id=claim.pk))
    approver.check()
    approver.follow("We should not pay this")
    approver.check()
    approver.fill("Why should your organisation not pay this claim?", "The committee is theirs.")
    approver.press("Say that we should not pay")
    assert approver.reads("Thea Third decides which organisation pays")
    approver.check()

    # then: it is with the person whom both had named, and the partner sees that its clock runs on
    claim.refresh_from_db()
    assert (claim.waiting_on, claim.status) == (payer.third, ClaimStatus.SUBMITTED)
    phone.open(page("claim_detail", claim_id=claim.pk))
    assert phone.reads("Thea Third decides. You need do nothing. The claim’s dates have not changed")
    phone.check()

    # when: that person decides
    third = new_window(DESK, user=payer.third)
    third.open("/")
    third.check()
    third.follow(f"Decide which organisation pays claim {claim.reference}")
    assert third.reads("“The committee is theirs.”")
    third.check()
    third.tick("Ash Board")
    third.fill("Why?", "Both agreed to it in May.")
    third.press("Save this decision")
    assert third.reads(f"Ash Board pays claim {claim.reference}")
    third.check()

    # then: it is the payer's again with the dates it had, everybody reads why, and its finance pays it
    claim.refresh_from_db()
    assert claim.waiting_on == payer.approver
    assert (claim.decision_due_on, claim.payment_due_on, claim.ladder) == dates
    for window in (lead, phone):
        window.open(page("claim_detail", claim_id=claim.pk))
        assert window.reads("“Both agreed to it in May.”")
        window.check()
    world.decide(claim, LineAction.APPROVE, by=payer.approver)
    finance = new_window(DESK, user=payer.finance_lead)
    finance.open(page("run_create"))
    assert finance.reads(claim.reference)
    assert finance.reads("£88.53")
    finance.check()
    assert set(claim.lines.values_list("status", flat=True)) == {LineStatus.APPROVED}
