"""The pages about what is agreed beforehand, what was booked, cancelled meetings and likely duplicates."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from committees.services import cancel_meeting, schedule_meeting
from expenses import services
from expenses.enums import ApprovalStatus, LineAction, LineKind, Problem
from expenses.models import Claim, ClaimLine, PriorApproval, StandingApproval
from psp_portal.audit.models import AccessLog
from psp_portal.dates import LONDON
from tests.expenses.pages import errors_of, page, sent_by, signed_in, words_of
from tests.expenses.test_helpers import come
from tests.expenses.world import make_world

DAY = date(2026, 9, 15)
TAXI = "taxi::"


@pytest.fixture
def now(world):
    """Stop the clock at the moment the world acts at."""
    with time_machine.travel(world.at, tick=False):
        yield world.at


@pytest.fixture
def partner(world, now):
    return signed_in(world.person)


@pytest.fixture
def approver(world, now):
    return signed_in(world.approver)


@pytest.fixture
def lead(world, now):
    return signed_in(world.lead)


def day(name, on):
    return {f"{name}_0": on.day, f"{name}_1": on.month, f"{name}_2": on.year}


def asking(world, **changes):
    said = {"about": f"{world.partner.pk}:{world.assignment.pk}", "subject": TAXI, "expected": "£30",
            "why": "No bus runs then.", **day("starts_on", DAY)}  # fmt: skip
    return said | changes


def ask(world, **changes):
    said = {"kind": LineKind.TAXI, "starts_on": DAY, "ends_on": DAY, "expected": D("30.00"), "why": "No bus."} | changes
    return services.ask_for_approval(
        partner_id=world.partner.pk, assignment_id=world.assignment.pk, request=services.Request(**said),
        by=world.person, at=world.at,
    )  # fmt: skip


def answered(world, *, agrees=True, limit=None, note=""):
    return services.answer_approval(
        approval_id=ask(world).pk, agrees=agrees, limit=limit, note=note, by=world.approver, at=world.at
    )


def stand(world, **changes):
    said = {"kinds": frozenset({LineKind.TAXI}), "covers_first_class": False, "reason": "Agreed access need",
            "starts_on": DAY, "ends_on": date(2027, 9, 15), "limit": None}  # fmt: skip
    standing = services.Standing(**said | changes)
    return services.record_standing_approval(
        partner_id=world.partner.pk, organisation_id=world.organisation.pk, standing=standing, by=world.lead,
        at=world.at,
    )  # fmt: skip


def queries_of(client, url):
    with CaptureQueriesContext(connection) as made:
        assert client.get(url).status_code == 200
    return len(made)


# --- asking -------------------------------------------------------------------------------
def test_asking_goes_to_a_named_person_whom_the_partner_sees(partner, world):
    form = partner.get(page("prior_approval_create"))
    assert "Taxi" in words_of(form)
    assert "First-class train" in words_of(form)
    assert "Lunch, over the limit" in words_of(form)
    response = partner.post(page("prior_approval_create"), asking(world))
    approval = PriorApproval.objects.get()
    assert response.url == page("prior_approval_detail", approval_id=approval.pk)
    detail = words_of(partner.get(response.url))
    assert f"Waiting on {world.approver.name} since 15 September 2026, due 22 September 2026" in detail
    assert "No bus runs then." in detail
    assert "Withdraw this" in detail
    assert words_of(partner.get(page("prior_approval_list"))).count("Waiting on") == 1


@pytest.mark.parametrize(
    ("changes", "where", "words"),
    [
        ({"subject": ""}, "#id_subject", "Select what you need"),
        ({"expected": "lots"}, "#id_expected", "Amount must be"),
        (day("starts_on", DAY - timedelta(days=1)), "#id_starts_on", "The date must be today or later"),
        (day("ends_on", DAY - timedelta(days=1)), "#id_ends_on", "The last day must be the same as or after"),
        ({"why": ""}, "#id_why", "Enter what it is for"),
        ({"subject": "subsistence_lunch::over", "expected": "2"}, "#id_expected", "This is within the limit"),
    ],
)
def test_a_wrong_answer_is_said_at_its_question_and_the_rest_is_kept(partner, world, changes, where, words):
    response = partner.post(page("prior_approval_create"), asking(world) | changes)
    ((href, message),) = errors_of(response)
    assert href.startswith(where)
    assert words in message
    kept = sent_by(response)
    assert kept["starts_on_2"] == [str(changes.get("starts_on_2", 2026))]
    if "why" not in changes:
        assert kept["why"] == ["No bus runs then."]
    assert not PriorApproval.objects.exists()


def test_somebody_who_need_not_ask_is_told_so(now, world):
    assert "There is nothing that you must ask for" in words_of(
        signed_in(world.lead).get(page("prior_approval_create"))
    )


def test_what_was_asked_is_withdrawn(partner, world):
    approval = ask(world)
    url = page("prior_approval_withdraw", approval_id=approval.pk)
    assert "Withdraw what you asked for?" in words_of(partner.get(url))
    assert partner.post(url).url == page("prior_approval_detail", approval_id=approval.pk)
    detail = words_of(partner.get(page("prior_approval_detail", approval_id=approval.pk)))
    assert "Withdrawn on 15 September 2026" in detail
    assert "Withdraw this" not in detail
    assert [words for _, words in errors_of(partner.post(url))] == ["This has been answered or withdrawn already."]


# --- answering ----------------------------------------------------------------------------
def test_the_approver_finds_it_and_agrees_up_to_a_limit(approver, partner, world):
    approval = ask(world)
    assert "Waiting on you since 15 September 2026" in words_of(approver.get(page("approval_request_list")))
    assert "Answer" in words_of(approver.get(page("prior_approval_detail", approval_id=approval.pk)))
    url = page("prior_approval_answer", approval_id=approval.pk)
    assert "No bus." in words_of(approver.get(url))
    response = approver.post(url, {"agrees": "yes", "limit": "25", "note": "There and back"})
    assert response.url == page("approval_request_list")
    detail = words_of(partner.get(page("prior_approval_detail", approval_id=approval.pk)))
    assert f"{world.approver.name} agreed on 15 September 2026, up to £25.00 “There and back”" in detail


def test_saying_no_without_a_reason_keeps_what_was_typed(approver, world):
    approval = ask(world)
    url = page("prior_approval_answer", approval_id=approval.pk)
    response = approver.post(url, {"agrees": "no", "limit": "25", "note": ""})
    assert errors_of(response) == [("#id_note", "Say why not, so that the partner understands")]
    assert sent_by(response)["limit"] == ["25"]
    assert sent_by(response)["agrees"] == ["no"]
    approver.post(url, {"agrees": "no", "limit": "", "note": "There is a bus"})
    approval.refresh_from_db()
    assert approval.status == ApprovalStatus.REFUSED
    detail = words_of(approver.get(page("prior_approval_detail", approval_id=approval.pk)))
    assert f"{world.approver.name} did not agree, 15 September 2026 “There is a bus”" in detail
    assert errors_of(approver.post(url, {"agrees": "yes"})) == [("", "This has been answered or withdrawn already.")]


def test_another_organisations_requests_are_not_in_the_list(approver, world):
    ask(world)
    other = make_world()
    theirs = ask(other)
    assert other.person.name not in words_of(approver.get(page("approval_request_list")))
    assert approver.get(page("prior_approval_detail", approval_id=theirs.pk)).status_code == 404


def test_lists_ask_as_much_of_the_database_for_many_as_for_one(partner, approver, lead, world):
    urls = [
        (partner, page("prior_approval_list")), (approver, page("approval_request_list")),
        (lead, page("standing_approval_list")),
    ]  # fmt: skip
    ask(world)
    stand(world)
    # The first page of a session notes the second factor.
    for client, url in urls:
        client.get(url)
    few = [queries_of(client, url) for client, url in urls]
    for days in range(1, 8):
        ask(world, starts_on=DAY + timedelta(days=days), ends_on=DAY + timedelta(days=days))
        stand(world)
    assert [queries_of(client, url) for client, url in urls] == few


# --- what a claim shows of it -------------------------------------------------------------
def add_taxi(client, claim, world, **changes):
    said = {"amount": "30", "description": "Home to the trust", "approval": "", **day("date", DAY)} | changes
    url = page("line_create", claim_id=claim.pk, kind="taxi")
    token = sent_by(client.get(url))["token"]
    return client.post(url, {**said, "token": token})


def test_a_line_that_was_agreed_names_who_and_leads_there(partner, approver, world):
    approval = answered(world, limit=D("30.00"))
    claim = world.draft()
    form = words_of(partner.get(page("line_create", claim_id=claim.pk, kind="taxi")))
    assert "In the portal it is agreed for 15 September 2026, up to £30.00." in form
    add_taxi(partner, claim, world)
    check = partner.get(page("claim_check", claim_id=claim.pk))
    assert f"Agreed beforehand In the portal: {world.approver.name} on 15 September 2026, up to £30.00" in words_of(
        check
    )
    assert page("prior_approval_detail", approval_id=approval.pk) in check.content.decode()
    services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    decide = approver.get(page("claim_decide", claim_id=claim.pk))
    assert page("prior_approval_detail", approval_id=approval.pk) in decide.content.decode()
    finance = signed_in(world.finance_lead).get(page("claim_detail", claim_id=claim.pk))
    assert "In the portal: " in words_of(finance)
    assert page("prior_approval_detail", approval_id=approval.pk) not in finance.content.decode()


def test_a_helper_who_prepares_the_claim_does_not_read_what_stands(world, now):
    stand(world)
    named = services.name_helper(
        partner_id=world.partner.pk, name="Sam Carer", email="sam@example.org", relation="My sister",
        by=world.person, at=world.at,
    )  # fmt: skip
    sam = come(named, world.at)
    claim = services.start_claim(partner_id=world.partner.pk, meeting_id=world.meeting.pk, by=sam, at=world.at)
    url = page("line_create", claim_id=claim.pk, kind="taxi")
    assert "In the portal it is agreed" not in words_of(signed_in(sam).get(url))
    assert "In the portal it is agreed" in words_of(signed_in(world.person).get(url))


def test_what_somebody_agreed_by_telephone_is_shown_as_not_in_the_portal(partner, approver, world):
    claim = world.draft()
    add_taxi(partner, claim, world, approval="Sam Osei, 3 September")
    assert "Agreed beforehand Sam Osei, 3 September Receipt" in words_of(
        partner.get(page("claim_check", claim_id=claim.pk))
    )
    services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    decide = words_of(approver.get(page("claim_decide", claim_id=claim.pk)))
    assert "Sam Osei, 3 September (the partner says so; it is not in the portal)" in decide
    flag = (
        "Agreed outside the portal. It needed to be agreed beforehand, and the portal does not know of it. "
        "The partner says: “Sam Osei, 3 September”. If you approve it, say how you know."
    )
    assert flag in decide
    queue = words_of(approver.get(page("decision_list")))
    assert flag in queue
    assert "Agreed beforehand: Sam Osei" not in queue
    own = words_of(partner.get(page("claim_detail", claim_id=claim.pk)))
    assert "You say who agreed to this. It is not in the portal, so somebody checks it before it is paid." in own


def test_above_what_was_agreed_the_line_says_so(partner, world):
    answered(world, limit=D("20.00"))
    claim = world.draft()
    add_taxi(partner, claim, world)
    check = words_of(partner.get(page("claim_check", claim_id=claim.pk)))
    assert "This is more than was agreed beforehand. It waits until somebody agrees." in check


def test_a_standing_approval_is_named_to_those_who_may_know_it(partner, approver, world):
    stand(world, limit=D("40.00"))
    claim = world.draft()
    add_taxi(partner, claim, world)
    services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    words = f"In the portal: {world.lead.name}, up to £40.00 each time, until 15 September 2027"
    for client in (partner, approver, signed_in(world.lead)):
        assert words in words_of(client.get(page("claim_detail", claim_id=claim.pk)))
    for person in (world.finance_lead, world.executive, world.auditor):
        shown = words_of(signed_in(person).get(page("claim_detail", claim_id=claim.pk)))
        assert "Agreed beforehand In the portal " in shown
        assert "until 15 September 2027" not in shown
        assert "Agreed access need" not in shown


# --- standing approvals -------------------------------------------------------------------
def standing_data(world, **changes):
    said = {"partner_id": str(world.partner.pk), "kinds": ["taxi", "personal_support"], "covers_first_class": "on",
            "reason": "Agreed access need", "limit": "", **day("starts_on", DAY),
            **day("ends_on", date(2027, 3, 1))}  # fmt: skip
    return said | changes


def test_the_lead_records_one_and_the_partner_reads_it(lead, partner, world):
    assert world.person.name in words_of(lead.get(page("standing_approval_create")))
    response = lead.post(page("standing_approval_create"), standing_data(world))
    assert response.url == page("standing_approval_list")
    listed = words_of(lead.get(response.url))
    assert f"{world.person.name} Personal support, Taxi, First-class train Agreed access need" in listed
    own = words_of(partner.get(page("prior_approval_list")))
    assert "Personal support, Taxi, First-class train" in own
    assert "15 September 2026 to 1 March 2027" in own
    assert f"{world.lead.name}, 15 September 2026 Agreed access need" in own


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"kinds": [], "covers_first_class": ""}, "#id_kinds"),
        (day("ends_on", date(2028, 3, 1)), "#id_ends_on"),
        ({"partner_id": ""}, "#id_partner_id"),
        ({"limit": "none"}, "#id_limit"),
    ],
)
def test_a_wrong_standing_approval_is_said_at_its_question(lead, world, changes, where):
    response = lead.post(page("standing_approval_create"), standing_data(world) | changes)
    ((href, _),) = errors_of(response)
    assert href.startswith(where)
    assert sent_by(response)["reason"] == ["Agreed access need"]
    assert not StandingApproval.objects.exists()


def test_whoever_reads_the_list_is_on_record(lead, world):
    stand(world)
    lead.get(page("standing_approval_list"))
    read = AccessLog.objects.get(what="expenses.standing_approval.read")
    assert (read.actor_id, read.subject_id, read.subject_name, read.organisation_id) == (
        world.lead.pk, str(world.partner.pk), world.person.get_full_name(), world.organisation.pk,
    )  # fmt: skip


def test_it_is_ended_early_with_a_reason_that_the_partner_reads(lead, partner, world):
    approval = stand(world)
    url = page("standing_approval_end", approval_id=approval.pk)
    assert errors_of(lead.post(url, {"reason": ""})) == [("#id_reason", "Enter why it ends")]
    assert "End this standing approval?" in words_of(lead.get(url))
    assert lead.post(url, {"reason": "A bus runs now"}).url == page("standing_approval_list")
    for words in (
        words_of(lead.get(page("standing_approval_list"))),
        words_of(partner.get(page("prior_approval_list"))),
    ):
        assert f"Ended on 15 September 2026 by {world.lead.name}: “A bus runs now”" in words


def test_one_that_has_run_out_is_said_to_be_over(world):
    stand(world, ends_on=DAY)
    with time_machine.travel(world.later(days=1), tick=False):
        assert "This has run out" in words_of(signed_in(world.person).get(page("prior_approval_list")))


def test_another_organisations_are_not_shown(lead, world):
    other = make_world()
    theirs = stand(other)
    assert other.person.name not in words_of(lead.get(page("standing_approval_list")))
    assert lead.get(page("standing_approval_end", approval_id=theirs.pk)).status_code == 404


# --- settings -----------------------------------------------------------------------------
def test_finance_sets_how_near_is_near(world, now):
    client = signed_in(world.finance_lead)
    url = page("claim_checks_edit", card_id=world.card.pk)
    said = sent_by(client.get(url))
    assert (said["standing_approval_months"], said["duplicate_percent"], said["duplicate_pounds"]) == (
        ["12"], ["10"], ["1.00"],
    )  # fmt: skip
    response = client.post(url, {"standing_approval_months": 6, "duplicate_percent": 101, "duplicate_pounds": "0.50"})
    assert errors_of(response) == [("#id_duplicate_percent", "The percentage must be between 0 and 100")]
    assert sent_by(response)["standing_approval_months"] == ["6"]
    client.post(url, {"standing_approval_months": 6, "duplicate_percent": 5, "duplicate_pounds": "0"})
    card = words_of(client.get(page("rate_card_detail", card_id=world.card.pk)))
    assert "6 months at most" in card
    assert "Within 5% or £0.00, whichever is more" in card


# --- things the organisation booked -------------------------------------------------------
def test_what_was_booked_needs_no_receipt_and_stands_apart_in_the_totals(partner, approver, world):
    claim = world.draft()
    response = add_taxi(partner, claim, world, is_trust_booked="on", amount="42")
    assert response.url == page("claim_check", claim_id=claim.pk)
    check = words_of(partner.get(response.url))
    assert "Taxi: £42.00, booked by the organisation" in check
    assert "Booked by the organisation £42.00, not paid to you" in check
    assert "Send claim for £88.53" in check
    services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    detail = words_of(approver.get(page("claim_detail", claim_id=claim.pk)))
    assert "Booked by the organisation £42.00, on record as a cost and not paid to the partner" in detail


def test_first_class_that_was_booked_is_not_asked_for_its_standard_fare(partner, world):
    claim = world.draft()
    url = page("line_create", claim_id=claim.pk, kind="rail-first")
    said = {"amount": "80", "description": "Leeds to London", "approval": "", "standard_fare": "", **day("date", DAY)}
    token = sent_by(partner.get(url))["token"]
    response = partner.post(url, {**said, "token": token})
    assert errors_of(response) == [("#id_standard_fare", "Enter what the standard fare would have been")]
    partner.post(url, {**said, "token": token, "is_trust_booked": "on"})
    line = claim.lines.get(kind=LineKind.RAIL)
    assert (line.is_trust_booked, line.fare_class, line.standard_fare, line.pay) == (True, "first", None, D("0.00"))


# --- cancelled meetings -------------------------------------------------------------------
def cancelled(world, *, hours, starts_at=datetime(2026, 9, 14, 10, 0, tzinfo=LONDON)):
    meeting = schedule_meeting(
        committee_id=world.committee.pk, starts_at=starts_at, planned_minutes=120, place="Boardroom",
        online_link="", by=world.lead, at=starts_at - timedelta(days=30),
    )  # fmt: skip
    return cancel_meeting(
        meeting_id=meeting.pk, reason="Too few people", by=world.lead, at=starts_at - timedelta(hours=hours)
    )


@pytest.mark.parametrize("where", ["claim_list", "claim_start"])
def test_a_late_cancellation_is_claimed_in_one_tap(partner, world, where):
    meeting = cancelled(world, hours=5)
    start = partner.get(page(where))
    assert "Meeting cancelled with 5 hours' notice: claim £75.00" in words_of(start)
    assert page("cancellation_create", meeting_id=meeting.pk) in start.content.decode()
    response = partner.post(page("cancellation_create", meeting_id=meeting.pk))
    claim = Claim.objects.get()
    assert response.url == page("claim_check", claim_id=claim.pk)
    assert "Send claim for £75.00" in words_of(partner.get(response.url))
    assert "Meeting cancelled with" not in words_of(partner.get(page(where)))
    again = partner.post(page("cancellation_create", meeting_id=meeting.pk))
    assert again.url == page("claim_detail", claim_id=claim.pk)
    assert "You have claimed for it" in words_of(partner.get(page("cancellation_detail", meeting_id=meeting.pk)))


def test_an_early_cancellation_says_why_it_pays_nothing(partner, world):
    meeting = cancelled(world, hours=30)
    assert "Meeting cancelled with" not in words_of(partner.get(page("claim_start")))
    asked = page("cancellation_detail", meeting_id=meeting.pk)
    assert asked in partner.get(reverse("committees:meeting_detail", args=[meeting.pk])).content.decode()
    words = "No. Cancelled 30 hours before the meeting on 14 September 2026: paid only within 24 hours."
    assert words in words_of(partner.get(asked))
    assert partner.post(page("cancellation_create", meeting_id=meeting.pk)).url == asked


def test_a_cancellation_that_pays_is_offered_on_its_own_page(partner, world):
    meeting = cancelled(world, hours=5)
    words = words_of(partner.get(page("cancellation_detail", meeting_id=meeting.pk)))
    assert "with 5 hours' notice" in words
    assert "Yes. It pays £75.00. Claim for it" in words


def test_nobody_elses_cancelled_meeting_can_be_asked_about(world, now):
    meeting = cancelled(world, hours=5)
    other = make_world()
    for person in (world.lead, other.person):
        client = signed_in(person)
        assert client.get(page("cancellation_detail", meeting_id=meeting.pk)).status_code == 404
        assert client.post(page("cancellation_create", meeting_id=meeting.pk)).status_code == 404


# --- likely duplicates --------------------------------------------------------------------
def parking(world, claim, amount="4.20"):
    line = world.line(claim, LineKind.PARKING, amount=D(amount), date=date(2026, 9, 10))
    world.receipt(claim, line)
    return line


@pytest.fixture
def twice(world):
    """A sent claim with parking, and a draft with the same."""
    first, second = world.draft(), world.draft()
    parking(world, first)
    services.submit_claim(claim_id=first.pk, by=world.person, at=world.at)
    return first, second, parking(world, second)


def test_the_partner_sees_it_before_sending_and_says_why_not(partner, approver, world, twice):
    first, second, line = twice
    check = partner.get(page("claim_check", claim_id=second.pk))
    assert f"Looks like Parking on 10 September 2026, in claim {first.reference}" in words_of(check)
    assert "This looks like something that has been claimed already." in words_of(check)
    assert page("claim_detail", claim_id=first.pk) in check.content.decode()
    url = page("line_explain", claim_id=second.pk, line_id=line.pk)
    assert url in check.content.decode()
    assert errors_of(partner.post(url, {"reason": ""})) == [("#id_reason", "Enter why it is not the same thing twice")]
    assert f"in claim {first.reference}" in words_of(partner.get(url))
    assert partner.post(url, {"reason": "Two car parks"}).url == page("claim_check", claim_id=second.pk)
    services.submit_claim(claim_id=second.pk, by=world.person, at=world.at)
    decide = words_of(approver.get(page("claim_decide", claim_id=second.pk)))
    assert "Likely duplicate. It looks like something claimed already." in decide
    assert "The partner says: “Two car parks”" in decide


def test_whoever_decides_clears_it_with_a_reason_and_both_sides_read_it(partner, approver, world, twice):
    first, second, line = twice
    services.submit_claim(claim_id=second.pk, by=world.person, at=world.at)
    url = page("duplicate_clear", duplicate_id=line.likely_duplicates.get().pk)
    assert url in approver.get(page("claim_decide", claim_id=second.pk)).content.decode()
    assert url not in partner.get(page("claim_detail", claim_id=second.pk)).content.decode()
    assert f"in claim {first.reference}" in words_of(approver.get(url))
    assert errors_of(approver.post(url, {"reason": ""})) == [("#id_reason", "Enter why this is not a duplicate")]
    assert approver.post(url, {"reason": "Two car parks"}).url == page("claim_decide", claim_id=second.pk)
    line.refresh_from_db()
    assert Problem.LIKELY_DUPLICATE not in line.problems
    cleared = f"Not a duplicate: {world.approver.name}, 15 September 2026, “Two car parks”"
    for client in (partner, approver):
        detail = words_of(client.get(page("claim_detail", claim_id=second.pk)))
        assert cleared in detail
        assert f"Line {line.position}: Two car parks" in detail
    assert [words for _, words in errors_of(approver.post(url, {"reason": "Again"}))] == [
        "Somebody has cleared this already."
    ]


def test_a_line_of_the_same_claim_is_named_by_its_place(partner, world):
    claim = world.draft()
    there = parking(world, claim)
    parking(world, claim)
    check = words_of(partner.get(page("claim_check", claim_id=claim.pk)))
    assert f"Parking on 10 September 2026, in line {there.position} of this claim" in check


def test_the_queue_names_it_as_odd(approver, world, twice):
    _, second, _ = twice
    services.submit_claim(claim_id=second.pk, by=world.person, at=world.at)
    assert "Likely duplicate. It looks like something claimed already." in words_of(approver.get(page("decision_list")))


def test_a_decided_line_offers_nothing_to_clear(approver, world, twice):
    _, second, line = twice
    services.submit_claim(claim_id=second.pk, by=world.person, at=world.at)
    url = page("duplicate_clear", duplicate_id=line.likely_duplicates.get().pk)
    world.decide(second, LineAction.APPROVE)
    assert url not in approver.get(page("claim_detail", claim_id=second.pk)).content.decode()


def test_pages_of_a_claim_ask_as_much_of_the_database_for_many_flags_as_for_one(partner, world, twice):
    _, second, _ = twice
    url = page("claim_check", claim_id=second.pk)
    one = queries_of(partner, url)
    for _ in range(4):
        parking(world, second)
    assert queries_of(partner, url) == one
    assert ClaimLine.objects.filter(claim=second, problems__contains=[Problem.LIKELY_DUPLICATE]).count() == 5


# --- the first page -----------------------------------------------------------------------
def test_the_first_page_names_what_waits_before_a_journey_and_what_was_cancelled(approver, partner, world):
    approval = ask(world)
    meeting = cancelled(world, hours=5)
    first = approver.get(reverse("home:home_detail"))
    assert f"Answer {world.person.name}, who asks before a journey" in words_of(first)
    assert page("prior_approval_detail", approval_id=approval.pk) in first.content.decode()
    own = partner.get(reverse("home:home_detail"))
    assert "Claim £75.00 for a cancelled meeting" in words_of(own)
    assert page("cancellation_detail", meeting_id=meeting.pk) in own.content.decode()
