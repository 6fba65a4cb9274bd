"""The partner's pages about claims: one tap to a claim, sending it, following it, and who may not."""

import html
import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from expenses import services
from expenses.enums import ClaimStatus, LineAction, LineKind, LineStatus, Preference
from expenses.models import Claim, ClaimLine, Receipt
from partners.services import change_term
from psp_portal.accounts.enums import Role
from psp_portal.dates import LONDON
from tests import factories
from tests.expenses.receipts import photo
from tests.expenses.world import World, make_world

SENT_ALREADY = "You have already sent this claim."


@pytest.fixture
def now(world):
    """Stop the clock at the moment the world acts at."""
    with time_machine.travel(world.at, tick=False):
        yield world.at


@pytest.fixture
def partner(world, client, now) -> Client:
    """The partner, signed in."""
    client.force_login(world.person)
    return client


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(name: str, **kwargs) -> str:
    return reverse(f"expenses:{name}", kwargs=kwargs)


def words_of(response) -> str:
    """Return the text of a page's main part as a reader meets it: blocks apart, single spaces, no tags."""
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    apart = re.sub(r"</?(?:br|button|dd|div|dl|dt|form|h\d|label|legend|li|p|td|th|tr|ul)\b[^>]*>", " ", main)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", apart)).split())


def told(response) -> list[str]:
    """Return the messages that wait for the next page."""
    return [str(message) for message in response.wsgi_request._messages]


def start_from_meeting(client: Client, world: World):
    data = {"meeting_id": world.meeting.pk, "partner_id": world.partner.pk}
    return client.post(page("claim_create"), data)


# --- the quick way ------------------------------------------------------------------------
def test_two_taps_from_the_start_page_send_a_claim_with_time_and_usual_journey(partner, world):
    start = partner.get(page("claim_start"))
    assert "Claim for this meeting" in words_of(start)

    started = start_from_meeting(partner, world)
    claim = Claim.objects.get()
    assert started.url == page("claim_check", claim_id=claim.pk)
    check = words_of(partner.get(started.url))
    assert "Time: 3 h 30 min, meeting" in check
    assert "24.6 miles by car or van" in check
    assert "Send claim for £88.53" in check

    sent = partner.post(page("claim_submit", claim_id=claim.pk))
    assert sent.url == page("claim_sent", claim_id=claim.pk)
    confirmation = words_of(partner.get(sent.url))
    assert f"Your reference is {claim.reference}, for £88.53" in confirmation
    assert f"{world.approver.name} of {world.organisation.name} has your claim now" in confirmation
    assert "must decide by 29 September 2026" in confirmation
    assert "must be paid by 15 October 2026" in confirmation
    assert "on 5 October 2026 the programme lead is reminded." in confirmation


def test_start_page_leaves_out_what_has_been_claimed(partner, world):
    world.draft()
    assert "Claim for this meeting" not in words_of(partner.get(page("claim_start")))


def test_start_page_asks_whether_they_were_at_a_meeting_that_nobody_recorded(partner, world):
    factories.make_meeting(
        world.committee, starts_at=datetime(2026, 9, 1, 10, 0, tzinfo=LONDON), by=world.lead, at=factories.START
    )
    start = words_of(partner.get(page("claim_start")))
    assert (
        f"Were you at these? To claim for one of these, first say that you were there. {world.committee.name}" in start
    )


def test_start_page_tells_somebody_without_a_role_whom_to_ask(world, now):
    start = signed_in(factories.make_user()).get(page("claim_start"))
    assert "You have no role as a partner yet" in words_of(start)


def test_claim_for_something_else_is_for_a_committee(partner, world):
    response = partner.post(page("claim_start"), {"about": f"{world.partner.pk}:{world.assignment.pk}"})
    claim = Claim.objects.get()
    assert response.url == page("line_kind_choose", claim_id=claim.pk)
    assert (claim.assignment_id, claim.meeting_id, claim.lines.count()) == (world.assignment.pk, None, 0)


def test_claim_for_something_else_is_for_no_committee(partner, world):
    partner.post(page("claim_start"), {"about": f"{world.partner.pk}:"})
    claim = Claim.objects.get()
    assert (claim.partner_id, claim.assignment_id) == (world.partner.pk, None)


@pytest.mark.parametrize(
    ("about", "message"),
    [("", "Select what the claim is for"), ("nonsense", "Select one of your committees or organisations")],
)
def test_claim_for_something_else_asks_for_what(partner, world, about, message):
    response = partner.post(page("claim_start"), {"about": about})
    assert response.status_code == 200
    assert response.context["form"].errors == {"about": [message]}


def test_nobody_starts_a_claim_for_anothers_appointment(partner, world):
    other = make_world()
    response = partner.post(page("claim_start"), {"about": f"{other.partner.pk}:"})
    assert response.context["form"].errors == {"about": ["Select one of your committees or organisations"]}
    assert not Claim.objects.exists()


# --- sent twice ---------------------------------------------------------------------------
def test_second_tap_on_a_meeting_leads_to_the_claim_that_is_there(partner, world):
    start_from_meeting(partner, world)
    again = start_from_meeting(partner, world)
    claim = Claim.objects.get()
    assert again.url == page("claim_detail", claim_id=claim.pk)
    assert "You have already started or sent a claim for this meeting." in told(again)[0]
    assert partner.get(again.url).url == page("claim_check", claim_id=claim.pk)


def test_second_sending_leads_to_the_claim_and_says_so(partner, world):
    claim = world.draft()
    url = page("claim_submit", claim_id=claim.pk)
    assert partner.post(url).url == page("claim_sent", claim_id=claim.pk)
    again = partner.post(url)
    assert again.url == page("claim_detail", claim_id=claim.pk)
    assert told(again) == [SENT_ALREADY]
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.SUBMITTED
    assert [event.action for event in claim.timeline.all()] == ["submit"]


def test_check_page_in_a_second_tab_of_a_claim_that_is_sent_leads_to_the_claim(partner, world):
    claim = world.sent()
    response = partner.get(page("claim_check", claim_id=claim.pk))
    assert response.url == page("claim_detail", claim_id=claim.pk)
    assert told(response) == ["You have sent this claim. To change it, take it back first."]


def test_line_page_in_a_second_tab_of_a_claim_that_is_sent_changes_nothing(partner, world):
    claim = world.sent()
    url = page("line_create", claim_id=claim.pk, kind="parking")
    assert partner.post(url, {"amount": "4.20"}).url == page("claim_detail", claim_id=claim.pk)
    assert claim.lines.count() == 2


def test_claim_with_nothing_on_it_is_not_sent_and_says_why(partner, world):
    claim = services.start_claim(partner_id=world.partner.pk, by=world.person, at=world.at)
    check = words_of(partner.get(page("claim_check", claim_id=claim.pk)))
    assert "There is nothing on this claim yet, so it cannot be sent." in check
    assert "Send claim" not in check
    response = partner.post(page("claim_submit", claim_id=claim.pk))
    assert response.url == page("claim_check", claim_id=claim.pk)
    assert told(response) == ["Add at least one thing to claim for."]
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.DRAFT


def test_claim_is_sent_and_started_by_a_button_only(partner, world):
    claim = world.draft()
    assert partner.get(page("claim_submit", claim_id=claim.pk)).status_code == 405
    assert partner.get(page("claim_create")).status_code == 405


# --- the check page -----------------------------------------------------------------------
def test_check_page_says_what_each_line_pays_and_why(partner, world):
    claim = world.draft()
    check = words_of(partner.get(page("claim_check", claim_id=claim.pk)))
    assert "It pays £75.00 3 h 30 min on 8 September 2026: half day" in check
    assert "It pays £13.53 24.6 miles at 55p" in check
    assert "For your time £75.00 Full payment" in check
    assert "Expenses £13.53" in check
    assert "Total £88.53" in check


def test_check_page_says_that_a_line_without_a_receipt_waits_and_the_rest_goes_on(partner, world):
    claim = world.draft()
    world.line(claim, LineKind.PARKING, amount=Decimal("4.20"))
    check = words_of(partner.get(page("claim_check", claim_id=claim.pk)))
    assert "There is no receipt yet. Until there is, this waits. The rest of the claim goes on." in check
    assert "Waiting for something £4.20" in check
    assert "Send claim for £92.73" in check


def test_change_links_say_what_they_change(partner, world):
    claim = world.draft()
    shown = partner.get(page("claim_check", claim_id=claim.pk)).content.decode()
    assert 'Change<span class="nhsuk-u-visually-hidden"> 24.6 miles by car or van</span>' in shown
    assert 'Remove<span class="nhsuk-u-visually-hidden"> 24.6 miles by car or van</span>' in shown


@pytest.mark.parametrize(
    ("answers", "pays", "stored"),
    [
        ({"preference": "declined"}, "£0.00 No payment", (Preference.DECLINED, None)),
        ({"preference": "reduced", "reduced_to": "40"}, "£40.00 Reduced payment, £40.00 at most",
         (Preference.REDUCED, Decimal("40.00"))),
    ],
)  # fmt: skip
def test_partner_takes_less_for_their_time(partner, world, answers, pays, stored):
    claim = world.draft()
    response = partner.post(page("claim_preference_edit", claim_id=claim.pk), answers)
    assert response.url == page("claim_check", claim_id=claim.pk)
    check = words_of(partner.get(response.url))
    assert f"For your time {pays}" in check
    assert "Expenses £13.53" in check
    claim.refresh_from_db()
    assert (claim.preference, claim.reduced_to) == stored


def test_less_than_full_payment_needs_an_amount(partner, world):
    claim = world.draft()
    response = partner.post(page("claim_preference_edit", claim_id=claim.pk), {"preference": "reduced"})
    assert response.context["form"].errors == {"reduced_to": ["Enter the most you want to be paid for your time"]}


def test_draft_is_deleted_with_its_receipts(partner, world):
    claim = world.draft()
    world.receipt(claim, world.line(claim, LineKind.PARKING, amount=Decimal("4.20")))
    url = page("claim_discard", claim_id=claim.pk)
    assert partner.get(url).status_code == 200
    assert Claim.objects.count() == 1
    assert partner.post(url).url == page("claim_list")
    assert (Claim.objects.count(), Receipt.objects.count()) == (0, 0)


# --- the list -----------------------------------------------------------------------------
def test_list_says_who_has_each_claim_since_when_and_until_when(partner, world):
    claim = world.sent()
    shown = words_of(partner.get(page("claim_list")))
    assert claim.reference in shown
    assert f"{world.committee.name}, 8 September 2026" in shown
    assert f"Waiting on {world.approver.name} since 15 September 2026, due 29 September 2026" in shown
    assert "Waiting for a decision £88.53 Approved, to be paid £0.00 Paid so far £0.00" in shown


def test_list_tells_a_draft_and_a_paid_claim_apart(partner, world):
    world.paid()
    world.draft()
    shown = words_of(partner.get(page("claim_list")))
    assert "You have not sent this yet" in shown
    assert "£88.53 £88.53 paid" in shown
    assert "Settled on 15 September 2026" in shown


def test_list_is_25_a_page_and_asks_as_much_of_the_database_for_30_claims_as_for_one(
    partner, world, django_assert_num_queries
):
    world.sent()
    url = page("claim_list")
    partner.get(url)
    with django_assert_num_queries(9):
        partner.get(url)
    for _ in range(29):
        world.sent()
    with django_assert_num_queries(9):
        first = partner.get(url)
    assert len(first.context["rows"]) == 25
    assert len(partner.get(url, {"page": "2"}).context["rows"]) == 5
    assert "page 2 of 2" in partner.get(url, {"page": "99"}).content.decode()


def test_check_page_asks_as_much_of_the_database_for_many_lines_as_for_two(partner, world, django_assert_num_queries):
    claim = world.draft()
    world.receipt(claim, world.line(claim, LineKind.BUS, amount=Decimal("2.00")))
    url = page("claim_check", claim_id=claim.pk)
    partner.get(url)
    with django_assert_num_queries(11):
        partner.get(url)
    for _ in range(5):
        world.receipt(claim, world.line(claim, LineKind.BUS, amount=Decimal("2.00")))
    with django_assert_num_queries(11):
        partner.get(url)


# --- who may not --------------------------------------------------------------------------
OWN_PAGES = (
    "claim_check", "claim_discard", "claim_preference_edit", "line_kind_choose",
)  # fmt: skip


@pytest.mark.parametrize(
    "name", ["claim_list", "claim_start", "bank_details_detail", "bank_details_edit", "remittance_list"]
)
def test_nobody_gets_in_without_signing_in(client, db, name):
    response = client.get(page(name))
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize(
    "name",
    [*OWN_PAGES, "claim_detail", "claim_ladder", "claim_recall", "claim_withdraw", "update_create", "claim_sent"],
)
def test_claim_of_another_organisation_is_not_there(world, now, name):
    other = make_world()
    claim = world.draft() if name in OWN_PAGES else world.sent()
    for stranger in (other.person, other.lead, other.approver, factories.make_user()):
        assert signed_in(stranger).get(page(name, claim_id=claim.pk)).status_code == 404


@pytest.mark.parametrize("name", ["claim_check", "claim_detail", "claim_ladder"])
def test_draft_is_its_partners_alone(world, now, name):
    claim = world.draft()
    for colleague in (world.lead, world.approver, world.finance_lead, world.auditor):
        assert signed_in(colleague).get(page(name, claim_id=claim.pk)).status_code == 404


@pytest.mark.parametrize("name", ["claim_recall", "claim_withdraw", "update_create", "claim_preference_edit"])
def test_staff_see_a_sent_claim_and_do_not_act_for_the_partner(world, now, name):
    claim = world.sent()
    for colleague in (world.lead, world.approver, world.finance_lead, world.auditor):
        assert signed_in(colleague).get(page("claim_detail", claim_id=claim.pk)).status_code == 200
        assert signed_in(colleague).get(page(name, claim_id=claim.pk)).status_code == 403
        assert signed_in(colleague).post(page(name, claim_id=claim.pk)).status_code == 403


def test_staff_do_not_send_a_partners_claim(world, now):
    claim = world.draft()
    assert signed_in(world.lead).post(page("claim_submit", claim_id=claim.pk)).status_code == 404
    claim = services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    assert signed_in(world.lead).post(page("claim_submit", claim_id=claim.pk)).status_code == 403


def test_requester_does_not_see_claims(world, now):
    claim = world.sent()
    assert signed_in(world.requester).get(page("claim_detail", claim_id=claim.pk)).status_code == 404


def test_claim_on_someone_elses_meeting_is_refused(partner, world):
    other = make_world()
    theirs = {"meeting_id": other.meeting.pk, "partner_id": world.partner.pk}
    response = partner.post(page("claim_create"), theirs)
    assert response.url == page("claim_start")
    assert told(response)[0].startswith("You can claim for meetings that you attended, once each.")
    response = partner.post(page("claim_create"), {**theirs, "partner_id": other.partner.pk})
    assert told(response)[-1] == "This appointment is not yours."
    assert not Claim.objects.exists()


@pytest.mark.parametrize("sent", [{}, {"meeting_id": "nonsense", "partner_id": "1"}])
def test_claim_on_no_meeting_is_not_found(partner, sent):
    assert partner.post(page("claim_create"), sent).status_code == 404


# --- following ----------------------------------------------------------------------------
def test_claim_page_says_who_has_it_and_what_happens_next(partner, world):
    claim = world.sent()
    shown = words_of(partner.get(page("claim_detail", claim_id=claim.pk)))
    assert f"Waiting on {world.approver.name} since 15 September 2026, due 29 September 2026" in shown
    assert "Unless it is paid before, on 5 October 2026 the programme lead is reminded." in shown
    assert f"Who pays {world.organisation.name}" in shown
    assert f"Who answers for it {world.approver.name}" in shown
    assert "How long it has taken Less than a day" in shown
    assert f"Sent Done 15 September 2026, {world.person.name}" in shown
    for link in ("Ask for an update", "Take it back to change it", "Withdraw this claim"):
        assert link in shown


def test_claim_page_offers_staff_what_is_theirs_to_do(world, now):
    claim = world.sent()
    approvers = signed_in(world.approver).get(page("claim_detail", claim_id=claim.pk))
    assert [link.text for link in approvers.context["links"]] == ["Decide this claim"]
    assert f"Partner {world.person.name}" in words_of(approvers)
    assert signed_in(world.auditor).get(page("claim_detail", claim_id=claim.pk)).context["links"] == []


def test_days_with_the_partner_stand_apart_from_days_with_the_organisation(world, client):
    claim = world.sent()
    world.decide(claim, LineAction.RETURN, at=world.later(days=3))
    with time_machine.travel(world.later(days=10), tick=False):
        client.force_login(world.person)
        shown = words_of(client.get(page("claim_detail", claim_id=claim.pk)))
    assert "How long it has taken 10 days: 3 with the organisation, 7 with you" in shown
    assert "Waiting on you since 18 September 2026" in shown


def test_question_is_answered_with_a_receipt(partner, world):
    claim = world.sent(with_parking=True)
    world.decide(claim, LineAction.APPROVE, LineAction.APPROVE, LineAction.RETURN)
    line = claim.lines.get(kind=LineKind.PARKING)
    detail = partner.get(page("claim_detail", claim_id=claim.pk))
    assert "Question Why" in words_of(detail)
    url = page("line_answer", claim_id=claim.pk, line_id=line.pk)
    assert url in detail.content.decode()
    assert "“Why”" in words_of(partner.get(url))
    response = partner.post(url, {"answer": "Here it is", "receipt": photo()})
    assert response.url == page("claim_detail", claim_id=claim.pk)
    line.refresh_from_db()
    assert (line.status, line.answer, line.held, line.pay) == (
        LineStatus.PENDING, "Here it is", Decimal("0.00"), Decimal("4.20"),
    )  # fmt: skip
    again = partner.post(url, {"answer": "Once more"})
    assert again.status_code == 200
    assert "Somebody may have changed it" in again.context["form"].non_field_errors()[0]


def test_answer_must_say_something_and_keeps_what_was_typed(partner, world):
    claim = world.sent()
    world.decide(claim, LineAction.RETURN)
    url = page("line_answer", claim_id=claim.pk, line_id=claim.lines.first().pk)
    assert partner.post(url, {"answer": ""}).context["form"].errors == {"answer": ["Enter your answer"]}
    long = partner.post(url, {"answer": "x" * 501})
    assert "answer" in long.context["form"].errors
    assert "x" * 501 in long.content.decode()


def test_refusal_is_appealed(partner, world):
    claim = world.sent()
    world.decide(claim, LineAction.APPROVE, LineAction.REFUSE)
    line = claim.lines.get(kind=LineKind.MILEAGE)
    detail = partner.get(page("claim_detail", claim_id=claim.pk))
    url = page("line_appeal", claim_id=claim.pk, line_id=line.pk)
    assert url in detail.content.decode()
    assert partner.post(url, {"reason": ""}).context["form"].errors == {
        "reason": ["Enter why you think it should be paid"]
    }
    assert partner.post(url, {"reason": "I drove"}).url == page("claim_detail", claim_id=claim.pk)
    line.refresh_from_db()
    assert (line.status, line.appeal_reason) == (LineStatus.APPEALED, "I drove")


def test_claim_is_taken_back_changed_and_sent_again(partner, world):
    claim = world.sent()
    url = page("claim_recall", claim_id=claim.pk)
    assert partner.get(url).status_code == 200
    back = partner.post(url)
    assert partner.get(back.url).url == page("claim_check", claim_id=claim.pk)
    partner.post(page("claim_submit", claim_id=claim.pk))
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.SUBMITTED
    assert partner.get(page("claim_detail", claim_id=claim.pk)).status_code == 200


def test_claim_that_is_decided_is_not_taken_back(partner, world):
    claim = world.sent()
    world.decide(claim, LineAction.RETURN)
    response = partner.post(page("claim_recall", claim_id=claim.pk))
    assert response.status_code == 200
    assert "cannot be changed this way" in response.context["form"].non_field_errors()[0]


def test_claim_is_withdrawn_with_a_reason_and_once(partner, world):
    claim = world.sent()
    url = page("claim_withdraw", claim_id=claim.pk)
    assert partner.post(url, {"reason": "Paid by another trust"}).url == page("claim_detail", claim_id=claim.pk)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.WITHDRAWN
    shown = words_of(partner.get(page("claim_detail", claim_id=claim.pk)))
    assert "Settled on 15 September 2026" in shown
    assert "Paid by another trust" in shown
    assert partner.post(url, {}).context["form"].non_field_errors() == [
        "Everything on this claim has been agreed, so there is nothing to withdraw."
    ]


def test_update_is_asked_for_once_until_it_is_answered(partner, world):
    claim = world.sent()
    url = page("update_create", claim_id=claim.pk)
    assert partner.get(url).status_code == 200
    assert partner.post(url, {"question": "How does it stand?"}).url == page("claim_detail", claim_id=claim.pk)
    shown = words_of(partner.get(page("claim_detail", claim_id=claim.pk)))
    assert f"Asked 15 September 2026, of {world.approver.name} “How does it stand?”" in shown
    assert "Not yet. It is due by 22 September 2026." in shown
    assert partner.post(url, {}).context["form"].non_field_errors() == [
        "You have already asked, and the answer is still owed to you."
    ]
    request = claim.update_requests.get()
    services.answer_update(update_id=request.pk, answer="Next week", by=world.approver, at=world.later(days=1))
    shown = words_of(partner.get(page("claim_detail", claim_id=claim.pk)))
    assert f"“Next week” {world.approver.name}, 16 September 2026" in shown


def test_update_is_not_asked_for_on_a_settled_claim(partner, world):
    claim = world.paid()
    assert partner.get(page("update_create", claim_id=claim.pk)).status_code == 403


def test_ladder_shows_each_step_with_whom_it_went_to_and_what_they_replied(world, client):
    claim = world.sent()
    services.escalate_overdue_claims(at=world.later(days=20))
    step = claim.escalations.get()
    services.reply_to_escalation(
        escalation_id=step.pk, reply="On it", promised_on=date(2026, 10, 12), by=world.lead, at=world.later(days=21)
    )
    with time_machine.travel(world.later(days=22), tick=False):
        client.force_login(world.person)
        shown = words_of(client.get(page("claim_ladder", claim_id=claim.pk)))
        assert (
            f"Step 1: Programme lead is reminded Now 5 October 2026, went to {world.lead.name} "
            f"{world.lead.name} replied on 6 October 2026: “On it” {world.lead.name} promised 12 October 2026."
        ) in shown
        assert "Step 2: Programme lead and finance To come On 13 October 2026, unless it is paid before" in shown
        assert "Step 3: Executive lead To come On 30 October 2026, unless it is paid before" in shown
        assert "Step 5: Board report To come On 14 December 2026, unless it is paid before" in shown
        assert "Freedom to Speak Up" not in shown


def test_outside_help_is_named_to_the_partner_alone_once_the_claim_is_overdue(world):
    claim = world.sent()
    last_day_in_time = datetime(2026, 10, 15, 12, 0, tzinfo=LONDON)
    for moment, person, named in (
        (last_day_in_time, world.person, False),
        (last_day_in_time + timedelta(days=1), world.person, True),
        (last_day_in_time + timedelta(days=1), world.lead, False),
    ):
        with time_machine.travel(moment, tick=False):
            for name in ("claim_ladder", "claim_detail"):
                shown = words_of(signed_in(person).get(page(name, claim_id=claim.pk)))
                assert ("Freedom to Speak Up Guardian" in shown) is named
                assert ("PALS" in shown) is named
                assert ("how to contact NHS England" in shown) is named


def test_overdue_claim_is_marked_and_is_withdrawn_not_taken_back(world, client):
    claim = world.sent()
    services.escalate_overdue_claims(at=world.later(days=31))
    with time_machine.travel(world.later(days=31), tick=False):
        client.force_login(world.person)
        detail = client.get(page("claim_detail", claim_id=claim.pk))
        assert "Waiting for a decision Overdue" in words_of(detail)
        assert [link.text for link in detail.context["links"]] == ["Ask for an update", "Withdraw this claim"]
        assert "Waiting for a decision Overdue" in words_of(client.get(page("claim_list")))


def test_line_that_was_approved_although_it_waited_no_longer_waits(partner, world):
    claim = world.sent(with_parking=True)
    waiting = words_of(partner.get(page("claim_detail", claim_id=claim.pk)))
    assert "Amount £4.20 (waits) Held until there is a receipt Please note: There is no receipt yet." in waiting
    world.decide(claim, LineAction.APPROVE)
    shown = words_of(partner.get(page("claim_detail", claim_id=claim.pk)))
    assert "Amount £4.20 Held until there is a receipt Last looked at by" in shown
    assert "(waits)" not in shown


def test_confirmation_asks_for_bank_details_until_they_are_known(partner, world):
    claim = world.sent()
    url = page("claim_sent", claim_id=claim.pk)
    assert "We do not know yet where to pay you." in words_of(partner.get(url))
    services.change_bank_details(
        account_name="Noor Khan", sort_code="309430", account_number="00733445", by=world.person, at=world.at
    )
    assert "where to pay you" not in words_of(partner.get(url))


def test_settled_claim_shows_only_the_steps_it_took(partner, world):
    claim = world.paid()
    assert "It was settled before the first step." in words_of(partner.get(page("claim_ladder", claim_id=claim.pk)))


def test_claim_page_asks_as_much_of_the_database_for_many_lines_as_for_few(partner, world, django_assert_num_queries):
    few, many = world.sent(), world.draft()
    for _ in range(6):
        world.receipt(many, world.line(many, LineKind.BUS, amount=Decimal("2.00")))
    services.submit_claim(claim_id=many.pk, by=world.person, at=world.at)
    partner.get(page("claim_detail", claim_id=few.pk))
    with django_assert_num_queries(13):
        partner.get(page("claim_detail", claim_id=few.pk))
    with django_assert_num_queries(14):
        partner.get(page("claim_detail", claim_id=many.pk))


# --- receipts are shown to those who may see the claim ---------------------------------------
def test_receipt_is_served_to_those_who_may_see_the_claim(world, now):
    claim = world.sent(with_taxi=True)
    receipt = Receipt.objects.get()
    url = page("receipt_detail", receipt_id=receipt.pk)
    for person in (world.person, world.approver, world.finance_lead, world.auditor):
        response = signed_in(person).get(url)
        assert response.status_code == 200
        assert response["Content-Type"] == "image/jpeg"
        assert b"".join(response.streaming_content).startswith(b"\xff\xd8\xff")
    for stranger in (world.requester, make_world().approver, factories.make_member(Role.PARTNER, world.organisation)):
        assert signed_in(stranger).get(url).status_code == 404
    assert Client().get(url).status_code == 302
    assert claim.lines.count() == 3


# --- bank details and payments --------------------------------------------------------------
def sign_in(client: Client, user) -> None:
    """Sign in and show once more that it is the same person, as the page for bank details asks."""
    client.force_login(user)
    client.post(reverse("account_reauthenticate"), {"password": factories.PASSWORD})


BANK = {"account_name": "Noor Khan", "sort_code": "30-94-30", "account_number": "00733445"}


def test_bank_details_are_given_and_only_their_last_digits_are_shown(world, client, now):
    sign_in(client, world.person)
    assert "We do not know yet where to pay you." in words_of(client.get(page("bank_details_detail")))
    assert client.post(page("bank_details_edit"), BANK).url == page("bank_details_detail")
    shown = words_of(client.get(page("bank_details_detail")))
    assert "Account Ends in 3445" in shown
    assert "0073" not in shown
    assert "30-94-30" not in shown
    assert "3445" not in words_of(client.get(page("bank_details_edit"))).replace("like 00733445", "")


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        ({"account_name": ""}, {"account_name": ["Enter the name on the account"]}),
        ({"sort_code": "1234"}, {"sort_code": ["Sort code must have 6 numbers, like 30-94-30"]}),
        ({"sort_code": "00-00-00"}, {"sort_code": ["Enter a sort code with 6 digits, like 30-94-30"]}),
        ({"account_number": "abc"}, {"account_number": ["Account number must only have numbers, like 00733445"]}),
    ],
)
def test_bank_details_that_cannot_be_are_refused_beside_their_field(world, client, now, changed, errors):
    sign_in(client, world.person)
    response = client.post(page("bank_details_edit"), {**BANK, **changed})
    assert response.status_code == 200
    assert response.context["form"].errors == errors


def test_bank_details_ask_again_who_it_is(world, client):
    with time_machine.travel(world.at, tick=False):
        sign_in(client, world.person)
    with time_machine.travel(world.later(hours=1), tick=False):
        for response in (client.get(page("bank_details_edit")), client.post(page("bank_details_edit"), BANK)):
            assert response.status_code == 302
            assert response.url.startswith(reverse("account_reauthenticate"))
        assert client.get(page("bank_details_detail")).status_code == 200


def test_payment_is_listed_and_says_what_it_was_for(partner, world):
    claim = world.paid()
    listed = words_of(partner.get(page("remittance_list")))
    assert f"{world.organisation.name}" in listed
    assert "£88.53" in listed
    run = claim.lines.first().run_lines.get().run
    shown = words_of(partner.get(page("remittance_detail", run_id=run.pk)))
    assert "£88.53 paid on 15 September 2026" in shown
    assert "Time: 3 h 30 min, meeting" in shown
    assert "For your time £75.00 Expenses £13.53 Total £88.53" in shown


def test_payment_is_its_receivers_alone(world, now):
    run = world.paid().lines.first().run_lines.get().run
    for person in (world.finance_lead, world.lead, make_world().person):
        assert signed_in(person).get(page("remittance_detail", run_id=run.pk)).status_code == 404


def test_payments_ask_as_much_of_the_database_for_many_as_for_one(partner, world, django_assert_num_queries):
    world.paid()
    url = page("remittance_list")
    partner.get(url)
    with django_assert_num_queries(6):
        partner.get(url)
    for _ in range(3):
        world.paid()
    with django_assert_num_queries(6):
        assert len(partner.get(url).context["remittances"]) == 4


def test_nothing_paid_yet_says_so(partner):
    assert "Nothing has been paid yet." in words_of(partner.get(page("remittance_list")))


# --- the story ----------------------------------------------------------------------------
def test_story_of_a_claim_is_told_in_plain_words(partner, world):
    claim = world.paid()
    events = partner.get(page("claim_detail", claim_id=claim.pk)).context["events"]
    told_as = [event["title"] for event in events]
    assert set(" and ".join(told_as).split(" and ")) == {
        "Sent", "Decided", "Put in a payment run", "Paid",
    }  # fmt: skip
    assert ClaimLine.objects.filter(claim=claim, status=LineStatus.PAID).count() == 2


def test_line_dated_after_the_term_is_refused_when_the_claim_is_sent(partner, world):
    claim = world.draft()
    change_term(partner_id=world.partner.pk, term_ends_on=date(2026, 9, 1), reason="Why", by=world.lead, at=world.at)
    response = partner.post(page("claim_submit", claim_id=claim.pk))
    assert response.url == page("claim_check", claim_id=claim.pk)
    assert told(response) == [
        "Line 1, involvement payment: The date must be on or before 1 September 2026, when your term ended"
    ]
