"""Two people's stories in a browser: a claim is made, decided and paid; another climbs while its partner watches."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from expenses import services
from expenses.enums import LineStatus
from expenses.models import Claim
from psp_portal.dates import format_date, local_date
from tests import factories
from tests.expenses.receipts import photo
from tests.expenses.world import World, attended_meeting, make_world
from tests.journeys.conftest import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world() -> World:
    """A trust, and a partner who attended a meeting yesterday."""
    world = make_world()
    yesterday = timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0) - timedelta(days=1)
    world.meeting = attended_meeting(world.assignment, starts_at=yesterday, by=world.lead)
    return world


def sent_today(world: World) -> Claim:
    """Return the claim for yesterday's meeting, just sent."""
    now = timezone.now()
    draft = services.start_claim(partner_id=world.partner.pk, meeting_id=world.meeting.pk, by=world.person, at=now)
    return services.submit_claim(claim_id=draft.pk, by=world.person, at=now)


def test_a_claim_for_yesterday_s_meeting_is_made_decided_and_paid(world, new_window, has_javascript, tmp_path):
    # given: a partner with a phone, and their taxi receipt
    receipt = tmp_path / "taxi.jpg"
    receipt.write_bytes(photo().read())
    phone = new_window(PHONE, has_javascript=has_javascript)

    # when: they sign in with their e-mail address and password
    phone.open("/")
    phone.check()
    phone.page.locator("input[name=login]").fill(world.person.email)
    phone.page.locator("input[name=password]").fill(factories.PASSWORD)
    phone.press("Sign in")
    phone.check()

    # and claim for the meeting with one tap, and add a taxi that nobody agreed to beforehand
    phone.open(reverse("expenses:claim_list"))
    phone.check()
    phone.press("Make a claim")
    phone.check()
    phone.press("Claim for this meeting")
    assert phone.reads("Send claim for £88.53") or phone.page.get_by_role("button", name="£88.53").count() == 1
    phone.check()
    phone.press("Add an expense")
    phone.check()
    phone.page.get_by_label("Taxi", exact=True).check()
    phone.press("Continue")
    phone.check()
    phone.page.get_by_label("How much did it cost, in pounds?").fill("£14.50")
    phone.press("Continue")
    phone.check()
    phone.page.locator("input[type=file]").set_input_files(receipt)
    phone.press("Continue")
    phone.check()
    assert phone.reads("£14.50")
    phone.press("Send claim for")

    # then: they are told who has it, and by when
    claim = Claim.objects.get()
    assert claim.status == "submitted"
    assert phone.reads(world.approver.name)
    assert phone.reads(format_date(claim.decision_due_on))
    phone.check()

    # when: the approver approves two lines and returns the taxi with a question
    desk = new_window(DESK, user=world.approver, has_javascript=has_javascript)
    desk.open("/")
    desk.check()
    desk.open(reverse("expenses:decision_list"))
    desk.check()
    desk.open(reverse("expenses:claim_decide", kwargs={"claim_id": claim.pk}))
    desk.check()
    for number, action in enumerate(["Approve", "Approve", "Return with a question"]):
        desk.page.get_by_role("group").filter(has_text="What do you decide").nth(number).get_by_label(
            action, exact=True
        ).check()
    desk.page.get_by_role("textbox").nth(2).fill("Why was a taxi needed?")
    desk.press("Save these decisions")
    desk.check()
    assert list(claim.lines.order_by("position").values_list("status", flat=True)) == [
        LineStatus.APPROVED, LineStatus.APPROVED, LineStatus.RETURNED,
    ]  # fmt: skip

    # then: the partner sees the question beside the line, and answers it
    phone.open(reverse("expenses:claim_detail", kwargs={"claim_id": claim.pk}))
    assert phone.reads("Why was a taxi needed?")
    phone.check()
    phone.press("Answer")
    phone.check()
    phone.page.get_by_role("textbox").first.fill("The lift at the station was broken.")
    phone.press("Send")
    phone.check()

    # when: two finance people pay what has been approved, without waiting for the taxi
    maker = new_window(DESK, user=world.finance_lead, has_javascript=has_javascript)
    maker.open(reverse("expenses:run_create"))
    maker.check()
    assert maker.reads("£88.53")
    maker.press("Make the payment run")
    maker.check()
    run = claim.payer.payment_runs.get()
    releaser = new_window(DESK, user=world.finance_other, has_javascript=has_javascript)
    releaser.open(reverse("expenses:run_detail", kwargs={"run_id": run.pk}))
    releaser.check()
    releaser.press("Release")
    releaser.check()
    releaser.press("Release")
    releaser.check()
    maker.open(reverse("expenses:run_settle", kwargs={"run_id": run.pk}))
    maker.check()
    maker.press("Mark the ticked lines as paid")
    maker.check()

    # then: the partner sees what was paid, and that the taxi goes on
    claim.refresh_from_db()
    assert (str(claim.paid), claim.status) == ("88.53", "submitted")
    phone.open(reverse("expenses:remittance_list"))
    phone.check()
    phone.open(reverse("expenses:remittance_detail", kwargs={"run_id": run.pk}))
    assert phone.reads("£88.53")
    phone.check()


def test_a_claim_left_lying_climbs_three_steps_while_its_partner_watches(world, new_window, has_javascript):
    # given: a claim that somebody sent and nobody decides
    claim = sent_today(world)
    sent_at = claim.submitted_at
    phone = new_window(PHONE, user=world.person, has_javascript=has_javascript)
    ladder = reverse("expenses:claim_ladder", kwargs={"claim_id": claim.pk})
    phone.open(ladder)
    for on in claim.ladder:
        assert phone.reads(format_date(on))
    phone.check()

    # when: the clock passes the first, second and third date
    answering = [world.lead, world.lead, world.executive]
    for number, person in enumerate(answering, start=1):
        at = sent_at + (claim.ladder[number - 1] - local_date(sent_at)) * 1 + timedelta(hours=1)
        services.escalate_overdue_claims(at=at)

        # then: the partner sees the step, and whose it is
        claim.refresh_from_db()
        assert (claim.steps_written, claim.responsible) == (number, person)
        phone.open(ladder)
        assert phone.reads(person.name)
        phone.check()

    # when: the executive replies
    desk = new_window(DESK, user=world.executive, has_javascript=has_javascript)
    step = claim.escalations.get(number=3)
    desk.open(reverse("expenses:escalation_reply", kwargs={"escalation_id": step.pk}))
    desk.check()
    desk.page.get_by_label("What will happen?").fill("The approver decides on Friday, and finance pays the same day.")
    desk.fill_date("By which day?", local_date(timezone.now()) + timedelta(days=2))
    desk.press("Send")
    desk.check()

    # then: the partner reads it on the ladder
    phone.open(ladder)
    assert phone.reads("finance pays the same day")
    phone.check()


def test_a_claim_is_made_with_the_keyboard_alone(world, new_window):
    desk = new_window(DESK, user=world.person)
    desk.open(reverse("expenses:claim_start"))
    for words in ("Claim for this meeting", "Send claim for £88.53"):
        desk.tab_to(words)
        desk.enter()
    assert Claim.objects.get().status == "submitted"
    assert desk.reads(world.approver.name)


def test_pages_keep_to_the_strict_policy_of_what_a_browser_may_load(world, new_window):
    claim = sent_today(world)
    stranger, partner = new_window(DESK, keeps_policy=True), new_window(PHONE, user=world.person, keeps_policy=True)
    approver = new_window(DESK, user=world.approver, keeps_policy=True)
    stranger.open(reverse("account_login"))
    for name in ("home:home_detail", "expenses:claim_list", "expenses:claim_start", "mfa_index"):
        partner.open(reverse(name))
    for name in ("expenses:claim_detail", "expenses:claim_ladder"):
        partner.open(reverse(name, kwargs={"claim_id": claim.pk}))
    approver.open(reverse("expenses:decision_list"))
    approver.open(reverse("expenses:claim_decide", kwargs={"claim_id": claim.pk}))
    # Scripts of our own do run under it: NHS's marks the page as supported.
    assert approver.page.evaluate("document.body.classList.contains('js-enabled')")
