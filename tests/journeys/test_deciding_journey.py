"""How claims are decided: many plain ones in one go, a held line released, an appeal, and all of it by keyboard."""

from decimal import Decimal

import pytest

from expenses import services
from expenses.enums import LineAction, LineKind, LineStatus, Problem
from expenses.models import Claim, ClaimLine
from partners.enums import Vehicle
from psp_portal.dates import format_date, format_minutes
from tests.expenses.pages import page
from tests.expenses.world import World
from tests.journeys.conftest import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("now")]

APPEALED = "You have decided a line that is appealed, or asked about it. Somebody who has not must decide the appeal."


def claim_of_a_busy_week(world: World, *, number: int, with_taxi: bool) -> Claim:
    """Return a claim of eight plain lines, just sent; with a taxi that nobody agreed to it has a ninth."""
    draft = world.draft()
    for ward in range(6):
        world.line(
            draft, LineKind.MILEAGE, vehicle=Vehicle.CAR, miles=Decimal(10 * ward + number + 3),
            from_place=f"Ward {number}", to_place=f"Clinic {ward}",
        )  # fmt: skip
    if with_taxi:
        # Prices far apart: near ones on one day would look like one taxi claimed twice.
        taxi = world.line(draft, LineKind.TAXI, amount=Decimal("14.50") + 20 * number, description="From the station")
        world.receipt(draft, taxi)
    return services.submit_claim(claim_id=draft.pk, by=world.person, at=world.at)


def test_forty_plain_lines_are_approved_in_one_go_and_those_left_out_are_named(world, new_window):
    # given: five claims of eight plain lines, two of which have a taxi that nobody agreed to
    claims = [claim_of_a_busy_week(world, number=number, with_taxi=number in (1, 3)) for number in range(5)]
    flagged = [claims[1], claims[3]]

    # when: the approver opens the queue, which says of every line what it is for, its rule and what is odd
    desk = new_window(DESK, user=world.approver)
    desk.open(page("decision_list"))
    row = desk.section(claims[1].reference)
    for words in (
        f"Line 1. Time: {format_minutes(210)}, meeting",
        "Home to Trust headquarters",
        "24.6 miles",
        "Line 9. Taxi: £34.50",
        "From the station",
        f"{Problem.NEEDS_APPROVAL.label}. Nobody is named who agreed to this beforehand.",
    ):
        assert words in row.inner_text(), words
    assert row.get_by_text("Flagged", exact=True).count() == 1
    assert desk.section(claims[0].reference).get_by_text("Flagged", exact=True).count() == 0
    desk.check()

    # and: decides them in one go
    desk.press("Approve every line on this page that is not flagged")

    # then: all forty are approved, and what was left out is named with the reason
    assert desk.reads("40 lines of 5 claims approved")
    left_out = desk.page.get_by_role("table", name="What was left out, and why")
    for claim, price in zip(flagged, ("£34.50", "£74.50"), strict=True):
        told = left_out.get_by_role("row", name=claim.reference).inner_text()
        assert f"Line 9, Taxi: {price}" in told
        assert Problem.NEEDS_APPROVAL.label in told
    assert left_out.get_by_role("row").count() == 3
    desk.check()
    assert ClaimLine.objects.filter(status=LineStatus.APPROVED, decided_by=world.approver).count() == 40
    assert list(ClaimLine.objects.filter(status=LineStatus.PENDING).values_list("kind", flat=True)) == ["taxi"] * 2

    # and: loading the page again approves nothing again; only the two are in the queue still
    desk.page.reload()
    assert desk.reads("40 lines of 5 claims approved")
    desk.press("Back to claims to decide")
    assert desk.reads("2 claims, oldest first.")
    desk.check()
    assert ClaimLine.objects.filter(status=LineStatus.APPROVED).count() == 40


def test_a_receipt_from_the_partner_releases_a_held_line_at_once(world, new_window, has_javascript):
    # given: parking without a receipt, held with a clock and a question of its own, while the rest was approved
    claim = world.sent(with_parking=True)
    services.approve_in_bulk(claim_ids=[claim.pk], by=world.approver, at=world.at)
    line = claim.lines.get(kind=LineKind.PARKING)
    assert (line.status, line.held, line.pay) == (LineStatus.PENDING, Decimal("4.20"), Decimal("0.00"))
    desk = new_window(DESK, user=world.approver, has_javascript=has_javascript)
    desk.open(page("decision_list"))
    assert desk.reads(
        f"The partner was asked to add a receipt, or say why there is none, due {format_date(line.hold_due_on)}"
    )
    desk.check()

    # when: the partner finds the question on the first page, and adds the receipt
    phone = new_window(PHONE, user=world.person, has_javascript=has_javascript)
    phone.open("/")
    phone.check()
    phone.follow(f"Give what is missing on your claim {claim.reference}")
    assert phone.reads(f"Please do this by {format_date(line.hold_due_on)}. The rest of your claim goes on.")
    phone.check()
    phone.attach_photo()
    phone.press("Send")
    assert phone.reads("Receipt added")
    phone.check()

    # then: nothing holds the money any more, without anybody's doing, and the line is as plain as the others were
    line.refresh_from_db()
    assert (line.held, line.pay, line.held_since, line.problems) == (Decimal("0.00"), Decimal("4.20"), None, [])
    desk.open(page("decision_list"))
    assert not desk.reads("Flagged")
    desk.check()
    desk.press("Approve every line on this page that is not flagged")
    assert desk.reads("1 line of 1 claim approved")
    desk.check()


def test_an_appeal_goes_to_somebody_who_has_not_decided_before(world, new_window):
    # given: parking that the approver did not approve
    claim = world.sent(with_parking=True)
    world.decide(claim, LineAction.APPROVE, LineAction.APPROVE, LineAction.REFUSE)
    line = claim.lines.get(kind=LineKind.PARKING)

    # when: the partner appeals
    phone = new_window(PHONE, user=world.person)
    phone.open(page("claim_detail", claim_id=claim.pk))
    assert phone.reads(f"Possible until {format_date(line.appeal_until)}")
    phone.check()
    phone.press("Appeal")
    phone.check()
    phone.fill("Why do you think it should be paid?", "The machine gave no ticket.")
    phone.press("Send appeal")
    assert phone.reads(f"Waiting on {world.deputy.name}")
    phone.check()

    # then: whoever refused it is told that somebody else decides, and has no way to
    first = new_window(DESK, user=world.approver)
    first.open(page("decision_list"))
    assert first.reads(APPEALED)
    assert first.page.get_by_role("link", name="Decide the appeal").count() == 0
    first.check()
    first.open(page("appeal_decide", claim_id=claim.pk, line_id=line.pk))
    assert first.reads("Somebody who has not must decide the appeal.")
    first.check()

    # when: the other approver, on whose first page it is, reads both reasons and allows it
    second = new_window(DESK, user=world.deputy)
    second.open("/")
    second.check()
    second.follow(f"Decide the appeal on claim {claim.reference}")
    second.check()
    second.follow("Decide the appeal")
    assert second.reads(f"Not approved by {world.approver.name}")
    assert second.reads("The machine gave no ticket.")
    second.check()
    second.tick("Allow the appeal and approve the line")
    second.fill("Why?", "I rang the car park.")
    second.press("Decide the appeal")
    assert second.reads("Appeal decided")
    second.check()

    # then: the partner reads who allowed it and why, and it will be paid
    phone.open(page("claim_detail", claim_id=claim.pk))
    assert phone.reads(f"Decided by {world.deputy.name}, {format_date(world.today)}: “I rang the car park.”")
    phone.check()
    line.refresh_from_db()
    assert (line.status, line.approved_amount) == (LineStatus.APPROVED, Decimal("4.20"))


def test_claims_are_decided_with_the_keyboard_alone(world, new_window):
    # given: a claim with two plain lines and a flagged one
    claim = world.sent(with_taxi=True)
    desk = new_window(DESK, user=world.approver)
    desk.open(page("decision_list"))

    # when: the approver ticks it and approves what is plain
    desk.tab_to("Approve what is not flagged")
    desk.page.keyboard.press("Space")
    desk.tab_to("Approve the ticked claims")
    desk.enter()
    assert desk.reads("2 lines of 1 claim approved")

    # and: goes back to the flagged line, and saves too early
    desk.tab_to("Back to claims to decide")
    desk.enter()
    desk.tab_to("Decide line by line")
    desk.enter()
    desk.tab_to("Save these decisions")
    desk.enter()
    # then: what is wrong has the focus, and leads to where it is put right
    assert "There is a problem" in desk.focused()
    desk.check()
    desk.tab_to("Decide at least one line")
    desk.page.keyboard.press("Enter")
    assert desk.focused().strip() == "Approve"
    desk.page.keyboard.press("Space")
    desk.page.keyboard.press("Tab")
    desk.page.keyboard.type("The lift at the station was broken.")
    desk.tab_to("Save these decisions")
    desk.enter()
    assert desk.reads(f"Claim {claim.reference}: 1 approved")
    assert set(claim.lines.values_list("status", flat=True)) == {LineStatus.APPROVED}
    assert claim.lines.get(kind=LineKind.TAXI).decision_reason == "The lift at the station was broken."
