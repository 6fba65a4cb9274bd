"""The approver's pages: the queue, deciding line by line and in bulk, and appeals; and who may not."""

import threading
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client

from expenses import queries, services
from expenses.enums import ClaimStatus, LineAction, LineKind, LineStatus, Problem
from expenses.models import Claim, ClaimEvent, ClaimLine
from expenses.views.deciding import MEANINGS
from psp_portal.accounts.enums import Role
from tests import factories
from tests.expenses.pages import errors_of, ids_of, page, sent_by, signed_in, words_of
from tests.expenses.world import World, make_world


@pytest.fixture(autouse=True)
def now(world):
    """Stop the clock two days after the claims of the world are sent."""
    with time_machine.travel(world.later(days=2), tick=False):
        yield


@pytest.fixture
def approver(world) -> Client:
    """The budget holder, signed in."""
    return signed_in(world.approver)


def lines_of(claim) -> list[ClaimLine]:
    return list(claim.lines.order_by("position"))


def decide_page(claim) -> str:
    return page("claim_decide", claim_id=claim.pk)


def decisions(response, *chosen: tuple[ClaimLine, LineAction | str, str]) -> dict:
    """Return a page's own data with a decision and words for some lines."""
    data = sent_by(response)
    for line, action, reason in chosen:
        data[f"action_{line.pk}"] = str(action)
        data[f"reason_{line.pk}"] = reason
    return data


def version_of(claim) -> str:
    return queries.version_of_claim(Claim.objects.get(pk=claim.pk), claim.lines.all())


def ticks(response, *claims) -> dict:
    """Return a page's own data with some claims ticked."""
    data = sent_by(response)
    wanted = {str(claim.pk) for claim in claims}
    data["claims"] = [value for value in data["on_page"] if value.partition("@")[0] in wanted]
    assert len(data["claims"]) == len(claims)
    return data


# --- the queue ----------------------------------------------------------------------------
def test_decision_list_shows_each_claim_with_its_lines_and_what_is_odd(world, approver):
    claim = world.sent(with_taxi=True, with_parking=True)
    words = words_of(approver.get(page("decision_list")))
    assert "1 claim, oldest first." in words
    assert f"{claim.reference}, {world.person.name} {world.committee.name}, 8 September 2026 Waiting on you" in words
    assert "Sent 15 September 2026, due 29 September 2026. If approved, £107.23." in words, "75 + 13.53 + 14.50 + 4.20"
    for part in (
        "Line 1. Time: 3 h 30 min, meeting 8 September 2026 £75.00: 3 h 30 min on 8 September 2026: half day",
        "Line 2. 24.6 miles by car or van 8 September 2026. Home to Trust headquarters £13.53: ",
        "Line 3. Taxi: £14.50 Flagged 8 September 2026 £14.50: Held until it is approved "
        "Needed approval beforehand. Nobody is named who agreed to this beforehand.",
        "Line 4. Parking: £4.20 Flagged 8 September 2026 £4.20: Held until there is a receipt "
        "No receipt. There is no receipt. If you approve the line, £4.20 is paid without one.",
        "The partner was asked to add a receipt, or say why there is none, due 22 September 2026.",
    ):
        assert part in words
    assert "Overdue" not in words
    assert "Skip to the next claim" not in words, "there is none"


def test_decision_list_says_what_is_unlike_a_partner_s_other_claims(world, approver):
    for _ in range(3):
        world.paid()
    draft = world.draft()
    world.line(draft, LineKind.BUS, amount=Decimal("3.00"), description="Number 4", from_place="Home", to_place="Trust")
    mileage = draft.lines.get(kind=LineKind.MILEAGE)
    far = services.LineInput(
        LineKind.MILEAGE,
        mileage.date,
        vehicle=mileage.vehicle,
        miles=Decimal("120"),
        from_place="Home",
        to_place="Hull",
    )
    services.change_line(claim_id=draft.pk, line_id=mileage.pk, line=far, by=world.person, at=world.at)
    services.submit_claim(claim_id=draft.pk, by=world.person, at=world.later(minutes=1))
    words = words_of(approver.get(page("decision_list")))
    assert "8 September 2026. Home to Trust. Number 4 £3.00" in words
    assert words.count("The first claim for this kind of thing") == 1
    assert "The first claim for this kind of thing (bus, tram or underground) from this partner." in words
    assert words.count("Far above what this partner usually claims") == 1
    assert "Far above what this partner usually claims for this: about £13.53." in words


def test_decision_list_leads_by_heading_and_link_from_claim_to_claim(world, approver):
    claims = [world.sent() for _ in range(3)]
    response = approver.get(page("decision_list"))
    text = response.content.decode()
    assert {"claim-1", "claim-2", "claim-3", "approve"} <= ids_of(response)
    assert text.count('href="#claim-') == 2, "from the first and the second"
    assert 'href="#claim-2"' in text
    assert 'href="#approve"' in text
    for number, claim in enumerate(claims, start=1):
        heading = text.partition(f'id="claim-{number}-heading"')[2].partition("</h2>")[0]
        assert claim.reference in heading
    assert "<script" not in text.partition("<main")[2].partition("</main>")[0]


def test_decision_list_is_oldest_first_and_marks_what_is_late_and_whose_it_is(world):
    late, new = world.sent(), world.sent(at=world.later(days=19))
    with time_machine.travel(world.later(days=20), tick=False):
        words = words_of(signed_in(world.deputy).get(page("decision_list")))
    assert words.index(late.reference) < words.index(new.reference)
    assert words.count("Overdue") == 1
    assert "Waiting on you" not in words, "both wait on the budget holder"
    assert words.count("Decide line by line") == 2


def test_decision_list_leaves_out_one_s_own_claims(world):
    world.sent()
    factories.give_role(Role.APPROVER, world.person, world.organisation)
    factories.make_member(Role.REQUESTER, world.organisation, user=world.person)
    assert "No claim waits for a decision" in words_of(signed_in(world.person).get(page("decision_list")))


def test_decision_list_shows_nothing_of_another_organisation(world):
    claim = world.sent()
    stranger = factories.make_member(Role.APPROVER)
    response = signed_in(stranger).get(page("decision_list"))
    assert claim.reference not in response.content.decode()
    assert "No claim waits for a decision" in words_of(response)


@pytest.mark.parametrize("who", ["lead", "finance_lead", "executive", "auditor", "requester", "person"])
def test_decision_list_is_for_approvers(world, who):
    assert signed_in(getattr(world, who)).get(page("decision_list")).status_code == 403


def test_decision_list_asks_who_it_is(client):
    response = client.get(page("decision_list"))
    assert response.status_code == 302
    assert response.url.startswith("/account/login/")


@pytest.mark.parametrize("rows", [1, 30])
def test_decision_list_takes_the_same_queries_for_one_row_and_many(world, approver, rows, django_assert_num_queries):
    world.many(rows)
    approver.get(page("decision_list"))
    with django_assert_num_queries(8):
        response = approver.get(page("decision_list"))
    assert words_of(response).count("Decide line by line") == min(rows, 25)
    assert ("page 1 of 2" in response.content.decode()) == (rows > 25)


# --- many at once -------------------------------------------------------------------------
def test_bulk_approve_approves_plain_lines_and_names_what_it_left_out(world, approver):
    plain, flagged, unticked = world.sent(), world.sent(with_taxi=True), world.sent()
    queue = approver.get(page("decision_list"))
    response = approver.post(page("bulk_approve"), ticks(queue, plain, flagged))
    assert response.status_code == 302
    assert response.url == page("bulk_approve")

    done = approver.get(response.url)
    words = words_of(done)
    assert "4 lines of 2 claims approved" in words
    lines = "Time: 3 h 30 min, meeting; 24.6 miles by car or van"
    assert f"{plain.reference}, {world.person.name}: {lines} {flagged.reference}, {world.person.name}: {lines}" in words
    assert f"{flagged.reference} {world.person.name} Line 3, Taxi: £14.50 Needed approval beforehand" in words
    assert decide_page(flagged) in done.content.decode()
    statuses = [Claim.objects.get(pk=claim.pk).status for claim in (plain, flagged, unticked)]
    assert statuses == [ClaimStatus.APPROVED, ClaimStatus.SUBMITTED, ClaimStatus.SUBMITTED]
    assert [line.status for line in lines_of(flagged)] == [
        LineStatus.APPROVED, LineStatus.APPROVED, LineStatus.PENDING,
    ]  # fmt: skip


def test_bulk_approve_every_line_of_the_page_needs_no_tick(world, approver):
    plain, flagged = world.sent(), world.sent(with_parking=True)
    data = sent_by(approver.get(page("decision_list"))) | {"every": "yes"}
    words = words_of(approver.post(page("bulk_approve"), data, follow=True))
    assert "4 lines of 2 claims approved" in words
    assert f"{flagged.reference} {world.person.name} Line 3, Parking: £4.20 No receipt" in words
    plain.refresh_from_db()
    assert plain.status == ClaimStatus.APPROVED


def test_bulk_approve_without_a_tick_says_so_on_the_queue(world, approver):
    claim = world.sent()
    queue = approver.get(page("decision_list"))
    response = approver.post(page("bulk_approve"), sent_by(queue))
    assert response.status_code == 200
    assert errors_of(response) == [("#id_claims_0", "Tick at least one claim to approve")]
    assert "id_claims_0" in ids_of(response)
    assert "Error: Tick at least one claim to approve" in words_of(response), "beside the table as well"
    assert "<title>Error: Claims to decide" in response.content.decode()
    assert claim.reference in words_of(response)


def test_bulk_approve_sent_twice_approves_once(world, approver):
    claim = world.sent()
    data = ticks(approver.get(page("decision_list")), claim)
    approver.post(page("bulk_approve"), data)
    words = words_of(approver.post(page("bulk_approve"), data, follow=True))
    assert "Nothing was approved" in words
    assert f"{claim.reference} {world.person.name} All of it Somebody else decided it" in words
    assert ClaimEvent.objects.filter(claim=claim, line__isnull=True, action="decide").count() == 1


def test_bulk_approve_leaves_out_what_changed_meanwhile_and_goes_on_with_the_rest(world, approver):
    changed, taken_back, decided, same = (world.sent() for _ in range(4))
    data = ticks(approver.get(page("decision_list")), changed, taken_back, decided, same)
    at = world.later(days=1)
    for claim in (changed, taken_back):
        services.recall_claim(claim_id=claim.pk, by=world.person, at=at)
    world.line(changed, LineKind.BUS, amount=Decimal("900.00"), at=at)
    services.submit_claim(claim_id=changed.pk, by=world.person, at=at)
    world.decide(decided, LineAction.APPROVE, by=world.deputy, at=at)

    words = words_of(approver.post(page("bulk_approve"), data, follow=True))
    assert "2 lines of 1 claim approved" in words
    assert f"{changed.reference} {world.person.name} All of it This claim has changed since you opened" in words
    assert f"{decided.reference} {world.person.name} All of it Somebody else decided it" in words
    assert "A claim you ticked All of it The partner has taken it back." in words
    assert taken_back.reference not in words, "it is a draft again, which is its partner's alone"
    assert Claim.objects.get(pk=changed.pk).status == ClaimStatus.SUBMITTED
    assert Claim.objects.get(pk=same.pk).status == ClaimStatus.APPROVED


def test_bulk_approve_touches_and_names_nothing_of_another_organisation(world, approver):
    other = make_world()
    claim, own = other.sent(), world.sent()
    data = {"claims": [f"{each.pk}@{version_of(each)}" for each in (claim, own)]}
    words = words_of(approver.post(page("bulk_approve"), data, follow=True))
    assert "2 lines of 1 claim approved" in words
    assert claim.reference not in words
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.SUBMITTED


@pytest.mark.parametrize("claims", [["nonsense"], ["@"], [""]])
def test_bulk_approve_refuses_nonsense_with_words(world, approver, claims):
    response = approver.post(page("bulk_approve"), {"claims": claims})
    assert response.status_code == 200
    assert errors_of(response)


def test_bulk_approve_without_anything_done_leads_to_the_queue(approver):
    response = approver.get(page("bulk_approve"))
    assert response.status_code == 302
    assert response.url == page("decision_list")


def test_bulk_approve_is_for_approvers(world):
    claim = world.sent()
    data = {"claims": [f"{claim.pk}@{version_of(claim)}"]}
    assert signed_in(world.auditor).post(page("bulk_approve"), data).status_code == 403
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.SUBMITTED


# --- one claim ----------------------------------------------------------------------------
def test_claim_decide_shows_all_that_a_decision_needs(world, approver):
    claim = world.sent(with_taxi=True, with_parking=True)
    response = approver.get(decide_page(claim))
    words = words_of(response)
    for part in (
        f"Claim {claim.reference}, {world.person.name} {world.committee.name}, 8 September 2026",
        f"budget code {world.assignment.budget_code}",
        "Line 1. Time: 3 h 30 min, meeting",
        "Line 2. 24.6 miles by car or van",
        "Journey Home to Trust headquarters",
        "If approved, it pays £13.53",
        "Needed approval beforehand. Nobody is named who agreed to this beforehand. If you approve it, you agree to it",
        "If approved, it pays £4.20, of which £4.20 waits until somebody decides",
        "No receipt. There is no receipt. If you approve the line, £4.20 is paid without one.",
        "Receipt None",
    ):
        assert part in words
    receipt = lines_of(claim)[2].receipts.get()
    assert page("receipt_detail", receipt_id=receipt.pk) in response.content.decode()
    assert " checked" not in response.content.decode(), "nothing is chosen for the approver"


def test_claim_decide_decides_some_lines_and_leaves_others(world, approver):
    claim = world.sent(with_taxi=True, with_parking=True)
    time, mileage, taxi, parking = lines_of(claim)
    data = decisions(
        approver.get(decide_page(claim)),
        (time, LineAction.APPROVE, ""),
        (mileage, LineAction.RETURN, "Did you share the car?"),
        (taxi, LineAction.REFUSE, "There is a bus."),
    )
    response = approver.post(decide_page(claim), data)
    assert response.status_code == 302
    assert response.url == page("decision_list")
    assert [line.status for line in lines_of(claim)] == [
        LineStatus.APPROVED, LineStatus.RETURNED, LineStatus.NOT_APPROVED, LineStatus.PENDING,
    ]  # fmt: skip
    told = words_of(approver.get(response.url))
    assert f"Claim {claim.reference}: 1 approved, 1 returned with a question, 1 not approved" in told


def test_claim_decide_says_what_is_missing_beside_each_line_and_loses_nothing(world, approver):
    claim = world.sent(with_taxi=True, with_parking=True)
    time, mileage, taxi, parking = lines_of(claim)
    data = decisions(
        approver.get(decide_page(claim)),
        (time, LineAction.REFUSE, ""),
        (mileage, LineAction.RETURN, " "),
        (taxi, LineAction.APPROVE, ""),
        (parking, "", "Where is the receipt?"),
    )
    response = approver.post(decide_page(claim), data)
    assert response.status_code == 200
    assert errors_of(response) == [
        (f"#id_reason_{time.pk}", "Say why you do not approve line 1"),
        (f"#id_reason_{mileage.pk}", "Write your question about line 2"),
        (f"#id_reason_{taxi.pk}", "Say why you approve line 3 although it is flagged"),
        (f"#id_action_{parking.pk}_0", "Select a decision for line 4"),
    ]
    assert {href.lstrip("#") for href, _ in errors_of(response)} <= ids_of(response)
    kept = sent_by(response)
    assert kept[f"action_{time.pk}"] == ["refuse"]
    assert kept[f"action_{taxi.pk}"] == ["approve"]
    assert kept[f"reason_{parking.pk}"] == ["Where is the receipt?"]
    assert {line.status for line in lines_of(claim)} == {LineStatus.PENDING}


def test_claim_decide_needs_one_decision(world, approver):
    claim = world.sent()
    response = approver.post(decide_page(claim), sent_by(approver.get(decide_page(claim))))
    first = lines_of(claim)[0]
    assert errors_of(response) == [(f"#id_action_{first.pk}_0", "Decide at least one line")]


def test_claim_decide_takes_500_characters_and_refuses_501(world, approver):
    claim = world.sent()
    line = lines_of(claim)[0]
    shown = approver.get(decide_page(claim))
    response = approver.post(decide_page(claim), decisions(shown, (line, LineAction.REFUSE, "x" * 501)))
    assert errors_of(response) == [
        (f"#id_reason_{line.pk}", "What you write about line 1 must be 500 characters or fewer")
    ]
    assert approver.post(decide_page(claim), decisions(shown, (line, LineAction.REFUSE, "x" * 500))).status_code == 302


def test_claim_decide_of_a_flagged_line_pays_what_was_held_when_a_reason_is_given(world, approver):
    claim = world.sent(with_parking=True)
    parking = lines_of(claim)[2]
    data = decisions(approver.get(decide_page(claim)), (parking, LineAction.APPROVE, "The machine gave none."))
    assert approver.post(decide_page(claim), data).status_code == 302
    parking.refresh_from_db()
    assert (parking.status, parking.approved_amount) == (LineStatus.APPROVED, Decimal("4.20"))


def test_claim_decide_sent_twice_says_that_the_lines_are_decided(world, approver):
    claim = world.sent(with_parking=True)
    time, mileage, parking = lines_of(claim)
    data = decisions(approver.get(decide_page(claim)), (time, LineAction.APPROVE, ""))
    approver.post(decide_page(claim), data)
    response = approver.post(decide_page(claim), data | {f"reason_{mileage.pk}": "Kept"})
    assert response.status_code == 200
    said = errors_of(response)
    assert ("", "Line 1 has been decided by somebody else, or changed, since you opened the page. Nothing has been "
            "saved. Check the lines as they are now, then save again") in said  # fmt: skip
    assert (f"#id_action_{mileage.pk}_0", "Select a decision for line 2") in said
    assert sent_by(response)[f"reason_{mileage.pk}"] == ["Kept"]
    assert "Lines that do not wait for you" in words_of(response)
    assert ClaimEvent.objects.filter(line=time, action=LineAction.APPROVE).count() == 1


def test_claim_decide_refuses_a_line_that_its_partner_changed_meanwhile(world, approver):
    claim = world.sent(with_parking=True)
    parking = lines_of(claim)[2]
    data = decisions(approver.get(decide_page(claim)), (parking, LineAction.APPROVE, "Fine"))
    at = world.later(days=1)
    services.recall_claim(claim_id=claim.pk, by=world.person, at=at)
    changed = services.LineInput(LineKind.PARKING, date=parking.date, amount=Decimal("420.00"))
    services.change_line(claim_id=claim.pk, line_id=parking.pk, line=changed, by=world.person, at=at)
    assert approver.post(decide_page(claim), data).status_code == 404, "a draft is its partner's alone"
    services.submit_claim(claim_id=claim.pk, by=world.person, at=at)

    response = approver.post(decide_page(claim), data)
    assert errors_of(response) == [
        (f"#id_action_{parking.pk}_0", "Line 3 has changed since you opened the page. Check it, then save again")
    ]
    assert "£420.00" in words_of(response)
    parking.refresh_from_db()
    assert parking.status == LineStatus.PENDING
    # The page that said so shows the line as it is: saving again goes through.
    assert approver.post(decide_page(claim), sent_by(response)).status_code == 302
    parking.refresh_from_db()
    assert parking.approved_amount == Decimal("420.00")


def test_claim_decide_of_a_claim_without_pending_lines_says_so(world, approver):
    claim = world.approved()
    words = words_of(approver.get(decide_page(claim)))
    assert "No line of this claim waits for a decision now." in words
    assert "Save these decisions" not in words


def test_claim_decide_refuses_one_s_own_claim_with_words(world):
    claim = world.sent()
    factories.make_member(Role.APPROVER, world.organisation, user=world.person)
    response = signed_in(world.person).get(decide_page(claim))
    assert response.status_code == 403
    assert "You cannot decide or pay your own claim. Somebody else must." in words_of(response)


@pytest.mark.parametrize("who", ["lead", "finance_lead", "executive", "auditor", "person"])
def test_claim_decide_is_for_approvers(world, who):
    claim = world.sent()
    line = lines_of(claim)[0]
    client = signed_in(getattr(world, who))
    assert client.get(decide_page(claim)).status_code == 403
    assert client.post(decide_page(claim), {f"action_{line.pk}": "approve"}).status_code == 403
    line.refresh_from_db()
    assert line.status == LineStatus.PENDING


def test_claim_decide_is_not_found_elsewhere_nor_as_a_draft(world, approver):
    claim = world.sent()
    stranger = signed_in(factories.make_member(Role.APPROVER))
    assert stranger.get(decide_page(claim)).status_code == 404
    assert stranger.post(decide_page(claim)).status_code == 404
    assert approver.get(decide_page(world.draft())).status_code == 404


def test_every_problem_has_a_meaning():
    assert set(MEANINGS) == set(Problem)


# --- appeals ------------------------------------------------------------------------------
@pytest.fixture
def appealed(world) -> ClaimLine:
    """A line that its approver refused and its partner appealed."""
    claim = world.sent(with_parking=True)
    world.decide(claim, LineAction.APPROVE, LineAction.APPROVE, LineAction.REFUSE)
    line = lines_of(claim)[2]
    services.appeal_line(
        claim_id=claim.pk, line_id=line.pk, reason="The machine was broken.", by=world.person, at=world.later(days=1)
    )
    return line


def appeal_page(line) -> str:
    return page("appeal_decide", claim_id=line.claim_id, line_id=line.pk)


def test_appeal_decide_is_for_a_second_person(world, appealed, approver):
    refused = approver.get(appeal_page(appealed))
    assert refused.status_code == 403
    assert "You have decided this line or asked about it before. Somebody who has not must decide" in words_of(refused)
    assert approver.post(appeal_page(appealed), {"allow": "yes", "reason": "Mine"}).status_code == 403
    queue = words_of(approver.get(page("decision_list")))
    assert "You have decided a line that is appealed, or asked about it. Somebody who has not must decide" in queue
    assert "Decide the appeal on line" not in queue

    second = signed_in(world.deputy)
    assert "Decide the appeal on line 3" in words_of(second.get(page("decision_list")))
    words = words_of(second.get(appeal_page(appealed)))
    assert f"First decision Not approved by {world.approver.name}, 15 September 2026" in words
    assert "Why the partner appeals The machine was broken." in words


@pytest.mark.parametrize(
    ("allow", "status", "amount"),
    [("yes", LineStatus.APPROVED, Decimal("4.20")), ("no", LineStatus.REFUSED, None)],
)
def test_appeal_decide_allows_or_turns_down_once(world, appealed, allow, status, amount):
    second = signed_in(world.deputy)
    response = second.post(appeal_page(appealed), {"allow": allow, "reason": "I rang the car park."})
    assert response.status_code == 302
    assert "Appeal decided" in words_of(second.get(response.url))
    appealed.refresh_from_db()
    assert (appealed.status, appealed.approved_amount) == (status, amount)

    again = second.post(appeal_page(appealed), {"allow": "no", "reason": "Twice"})
    assert again.status_code == 200
    assert "cannot be changed this way" in errors_of(again)[0][1]
    assert second.get(appeal_page(appealed)).status_code == 302, "there is nothing to decide any more"


def test_appeal_decide_needs_a_decision_and_a_reason(world, appealed):
    response = signed_in(world.deputy).post(appeal_page(appealed), {})
    assert errors_of(response) == [
        ("#id_allow_0", "Select what you decide"),
        ("#id_reason", "Say why you decide this way"),
    ]


def test_appeal_decide_is_not_found_elsewhere(world, appealed):
    assert signed_in(factories.make_member(Role.APPROVER)).get(appeal_page(appealed)).status_code == 404
    other = world.sent()
    wrong = page("appeal_decide", claim_id=other.pk, line_id=appealed.pk)
    assert signed_in(world.deputy).get(wrong).status_code == 404


# --- two at the same moment ---------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_two_approvers_at_the_same_moment_decide_once(world: World):
    claim = world.sent()
    clients = [signed_in(world.approver), signed_in(world.deputy)]
    line = lines_of(claim)[0]
    sent = [decisions(client.get(decide_page(claim)), (line, LineAction.REFUSE, "No")) for client in clients]
    start, answers = threading.Barrier(2), []

    def decide(client: Client, data: dict) -> None:
        start.wait()
        try:
            answers.append(client.post(decide_page(claim), data))
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=pair) for pair in zip(clients, sent, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    (refused,) = [answer for answer in answers if answer.status_code == 200]
    assert "since you opened the page" in errors_of(refused)[0][1]
    assert ClaimEvent.objects.filter(line=line, action=LineAction.REFUSE).count() == 1
