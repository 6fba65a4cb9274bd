"""What is late: the list behind the weekly letter, the report for the board, and the ladder on paper."""

import csv
import io
from datetime import date, datetime

import pytest
import time_machine

from expenses import services
from expenses.models import Claim, RateCard
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import Membership
from psp_portal.audit.context import acting_as
from psp_portal.dates import LONDON, local_date
from psp_portal.people import services as people
from tests import factories
from tests.expenses.pages import errors_of, page, signed_in, words_of
from tests.expenses.world import make_world

# Claims of the world's day, 15 September 2026, come before the board on 14 December.
LATER = 95


@pytest.fixture(autouse=True)
def now(world):
    with time_machine.travel(world.later(days=LATER), tick=False):
        yield


def pass_at(world, days):
    services.escalate_overdue_claims(at=world.later(days=days))


def late(world, days=LATER) -> Claim:
    claim = world.sent()
    pass_at(world, days)
    return Claim.objects.get(pk=claim.pk)


def reply(claim, number, promised_on, *, by, at):
    services.reply_to_escalation(
        escalation_id=claim.escalations.get(number=number).pk, reply="Nadia will be paid on Friday",
        promised_on=promised_on, by=by, at=at,
    )  # fmt: skip


# --- the list -----------------------------------------------------------------------------
def test_the_list_names_who_has_each_claim_its_step_and_its_promise(world):
    claim = late(world, 31)
    reply(claim, 2, date(2026, 10, 25), by=world.lead, at=world.later(days=32))
    pass_at(world, 32)
    young = world.sent(at=world.later(days=LATER - 10))
    words = words_of(signed_in(world.lead).get(page("overdue_list")))
    assert (
        f"{claim.reference} {world.person.name} {world.committee.name}, 8 September 2026 "
        f"{world.approver.name} since 15 September 2026 {world.lead.name} 95 2: Programme lead and finance "
        f"{world.lead.name} replied on 17 October 2026: “Nadia will be paid on Friday” "
        f"{world.lead.name} promised 25 October 2026."
    ) in words
    assert "1 claim on 19 December 2026. 1 reply is late." in words
    assert young.reference not in words


def test_the_list_is_oldest_first_and_counts_as_the_weekly_letter_does(world):
    new = world.sent(at=world.later(days=30))
    old, theirs = world.sent(), make_world().sent()
    pass_at(world, LATER)
    words = words_of(signed_in(world.finance_lead).get(page("overdue_list")))
    assert words.index(old.reference) < words.index(new.reference)
    assert theirs.reference not in words
    assert "2 claims on 19 December 2026. No reply is late." in words


def test_the_list_says_when_nothing_is_late(world):
    world.sent()
    assert "No claim has gone up a step." in words_of(signed_in(world.lead).get(page("overdue_list")))


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_takes_the_same_queries_for_one_row_and_many(world, rows, django_assert_num_queries):
    world.many(rows)
    pass_at(world, LATER)
    client = signed_in(world.lead)
    client.get(page("overdue_list"))
    with django_assert_num_queries(10):
        client.get(page("overdue_list"))


@pytest.mark.parametrize(
    ("who", "links"),
    [
        ("lead", ["Claims that have gone up a step", "Late claims for the board"]),
        ("approver", ["Claims that have gone up a step"]),
        ("finance_lead", ["Claims that have gone up a step", "Late claims for the board", "Bring in earlier claims"]),
    ],
)
def test_all_claims_link_to_the_lists_that_somebody_may_open(world, who, links):
    words = words_of(signed_in(getattr(world, who)).get(page("claim_overview")))
    assert [link for link in ("Claims that have gone up a step", "Late claims for the board", "Bring in earlier claims")
            if link in words] == links  # fmt: skip


# --- for the board ------------------------------------------------------------------------
def board(client, **query):
    return client.get(page("board_report_detail"), query)


def period(first: str, last: str) -> dict[str, str]:
    (y1, m1, d1), (y2, m2, d2) = first.split("-"), last.split("-")
    return {"first_0": d1, "first_1": m1, "first_2": y1, "last_0": d2, "last_1": m2, "last_2": y2}


def test_the_board_reads_what_was_promised_and_who_replied_and_no_partner_s_name(world):
    claim = late(world)
    reply(claim, 4, date(2026, 12, 19), by=world.chief_executive, at=world.later(days=LATER))
    reply(claim, 3, date(2026, 12, 23), by=world.executive, at=world.later(days=LATER))
    pass_at(world, LATER + 1)
    response = board(signed_in(world.executive))
    words = words_of(response)
    assert (
        f"{claim.reference} {world.organisation.name} 95 Not settled "
        f"{world.executive.name} promised 23 December 2026. "
        f"{world.chief_executive.name} promised 19 December 2026; it was not kept. "
        f"{world.executive.name} {world.chief_executive.name}"
    ) in words
    assert "1 October 2026 to 31 December 2026" in words
    assert "1 claim was before the board. It is not settled." in words
    text = response.content.decode()
    assert world.person.name not in text
    assert "Nadia" not in text, "in a reply's words somebody may be named"


def test_the_board_reads_of_a_claim_once_however_often_it_came(world):
    claim = late(world, 130)
    with time_machine.travel(world.later(days=130), tick=False):
        words = words_of(board(signed_in(world.lead), **period("2026-12-01", "2027-01-31")))
    assert claim.steps_written == 6
    assert words.count(claim.reference) == 1
    assert "Nothing Nobody" in words


def test_a_settled_claim_is_reported_with_its_end(world):
    claim = late(world)
    services.withdraw_claim(claim_id=claim.pk, by=world.person, at=world.later(days=LATER))
    words = words_of(board(signed_in(world.auditor)))
    assert f"{claim.reference} {world.organisation.name} 95 Withdrawn, 19 December 2026" in words
    assert "1 claim was before the board. It is settled." in words


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [("2026-12-14", "2026-12-14", True), ("2026-12-15", "2026-12-31", True), ("2026-10-01", "2026-12-13", False)],
)
def test_the_period_counts_both_its_days(world, first, last, found):
    claim = late(world)
    words = words_of(board(signed_in(world.lead), **period(first, last)))
    assert (claim.reference in words) is found
    assert ("No claim was before the board in this period." in words) is not found


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2026-12-01", "2026-12-31", None),  # its 90th day is 1 January
        ("2027-01-01", "2027-01-01", 90),
        ("2027-01-01", "2027-01-31", 120),
        ("2027-02-01", "2027-02-28", 148),  # none of its board's steps falls due: they do on 1 and 31 January, 2 March
        ("2027-03-01", "2027-03-31", 154),  # under way: to this day
        ("2027-03-07", "2027-03-31", None),  # still to come
    ],
)
def test_a_claim_is_before_the_board_in_every_month_until_it_is_settled(world, first, last, days):
    sent_at = datetime(2026, 10, 3, 9, 0, tzinfo=LONDON)
    claim = world.sent(at=sent_at)
    today = datetime(2027, 3, 6, 9, 0, tzinfo=LONDON)
    services.escalate_overdue_claims(at=today)
    with time_machine.travel(today, tick=False):
        words = words_of(board(signed_in(world.lead), **period(first, last)))
    found = f"{claim.reference} {world.organisation.name} {days} Not settled"
    assert (found in words) if days else (claim.reference not in words)


@pytest.mark.parametrize(
    ("steps", "first", "last", "found"),
    [
        ((30, 60, 90), "2026-12-14", "2026-12-14", True),  # the 90th day is the executive's step, and the board's day
        ((30, 60, 90), "2026-12-01", "2026-12-13", False),
        ((10, 20, 30, 40, 50), "2026-11-04", "2026-11-04", True),  # the card's own board day
        ((10, 20, 30, 40, 50), "2026-11-01", "2026-11-03", False),
        ((10, 20, 30, 40, 95), "2026-12-14", "2026-12-18", False),
        ((10, 20, 30, 40, 95), "2026-12-19", "2026-12-19", True),
        ((10, 20), "2026-11-04", "2026-11-04", True),  # its repeats go to the board from the 50th day
        ((10, 20), "2026-11-01", "2026-11-03", False),
        ((10,), "2026-12-14", "2026-12-14", True),
    ],
)
def test_the_board_s_day_is_that_of_the_claim_s_own_ladder_or_the_ninetieth(world, steps, first, last, found):
    with factories.acting():
        RateCard.objects.filter(pk=world.card.pk).update(steps_days=list(steps))
    claim = late(world)
    assert (claim.reference in words_of(board(signed_in(world.lead), **period(first, last)))) is found


def test_a_broken_promise_that_brings_the_board_s_step_sooner_brings_the_claim_before_the_board(world):
    claim = late(world, 60)
    reply(claim, 4, date(2026, 11, 20), by=world.chief_executive, at=world.later(days=61))
    pass_at(world, 68)
    assert Claim.objects.get(pk=claim.pk).escalations.get(number=5).due_on == date(2026, 11, 21)
    lead = signed_in(world.lead)
    assert claim.reference in words_of(board(lead, **period("2026-11-21", "2026-11-30")))
    assert claim.reference not in words_of(board(lead, **period("2026-11-01", "2026-11-20")))


@pytest.mark.parametrize(
    ("settled_after", "first", "last", "days"),
    [
        (89, "2026-12-01", "2026-12-31", None),  # settled the day before it was old enough
        (90, "2026-12-01", "2026-12-31", 90),
        (92, "2026-12-16", "2026-12-31", 92),
        (92, "2026-12-17", "2026-12-31", None),
        (92, "2026-12-01", "2026-12-15", 91),  # it was settled after the period: its age is that of the period's end
    ],
)
def test_a_claim_is_before_the_board_until_the_day_it_is_settled(world, settled_after, first, last, days):
    claim = world.sent()
    services.withdraw_claim(claim_id=claim.pk, by=world.person, at=world.later(days=settled_after))
    words = words_of(board(signed_in(world.lead), **period(first, last)))
    found = f"{claim.reference} {world.organisation.name} {days} Withdrawn"
    assert (found in words) if days else (claim.reference not in words)


def test_a_period_that_makes_no_sense_is_said_and_what_was_typed_is_kept(world):
    response = board(signed_in(world.lead), **period("2026-12-31", "2026-12-01"))
    assert errors_of(response) == [("#id_last_0", "The last day must be the first day or later")]
    assert 'value="31"' in response.content.decode()
    response = board(signed_in(world.lead), first_0="x")
    assert [words for _, words in errors_of(response)] == [
        "First day must include a month and a year", "Enter the last day",
    ]  # fmt: skip


def test_the_board_report_shows_no_other_organisation_and_is_for_four_roles(world):
    theirs = late(make_world())
    pass_at(world, LATER)
    assert theirs.reference not in words_of(board(signed_in(world.lead)))
    for who in ("approver", "requester", "person"):
        for name in ("board_report_detail", "board_report_export"):
            assert signed_in(getattr(world, who)).get(page(name)).status_code == 403


@pytest.mark.parametrize("rows", [1, 30])
def test_the_board_report_takes_the_same_queries_for_one_row_and_many(world, rows, django_assert_num_queries):
    world.many(rows)
    pass_at(world, LATER)
    client = signed_in(world.lead)
    board(client)
    with django_assert_num_queries(7):
        board(client)


def test_the_board_report_is_a_csv_file_too(world):
    claim = late(world)
    reply(claim, 5, date(2026, 12, 30), by=world.chief_executive, at=world.later(days=LATER))
    response = signed_in(world.lead).get(page("board_report_export"), period("2026-12-01", "2026-12-31"))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="board-report-2026-12-01-2026-12-31.csv"'
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows == [
        ["claim", "payer", "days_since_sent", "state", "promised", "replied_by"],
        [
            claim.reference, world.organisation.name, "95", "Not settled",
            f"{world.chief_executive.name} promised 30 December 2026.", world.chief_executive.name,
        ],
    ]  # fmt: skip
    assert world.person.name not in response.content.decode()


# --- the ladder on paper --------------------------------------------------------------------
def test_the_ladder_says_of_each_step_who_when_reply_promise_and_whether_it_was_kept(world):
    claim = late(world, 20)
    reply(claim, 1, date(2026, 10, 9), by=world.lead, at=world.later(days=21))
    pass_at(world, 25)
    reply(claim, 2, date(2026, 10, 31), by=world.lead, at=world.later(days=26))
    claim = Claim.objects.get(pk=claim.pk)
    stand_in = factories.make_member(Role.PROGRAMME_LEAD, world.organisation)
    response = signed_in(world.person).get(page("claim_ladder", claim_id=claim.pk))
    words = words_of(response)
    assert f"{world.person.name} sent the claim on 15 September 2026." in words
    assert "This is how things stand on 19 December 2026." in words
    assert (
        f"Step 1: Programme lead is reminded Done 5 October 2026, went to {world.lead.name} {world.lead.name} replied "
        f"on 6 October 2026: “Nadia will be paid on Friday” {world.lead.name} promised 9 October 2026; it was not kept."
    ) in words
    assert f"Step 2: Programme lead and finance Now 10 October 2026, went to {world.lead.name}" in words
    assert f"{world.lead.name} promised 31 October 2026." in words
    assert "Step 3: Executive lead To come On 30 October 2026, unless it is paid before" in words
    assert "Print this page" in response.content.decode()
    assert stand_in.name not in words


def test_the_ladder_names_whom_each_step_to_come_would_reach(world):
    claim = late(world, 20)
    stand_in = factories.make_member(Role.EXECUTIVE, world.organisation)
    today = local_date(world.later(days=LATER))
    people.record_absence(
        organisation_id=world.organisation.pk, user_id=world.executive.pk, deputy_id=stand_in.pk, starts_on=today,
        ends_on=None, by=world.lead, at=world.later(days=LATER),
    )  # fmt: skip
    people.close_account(
        user_id=world.chief_executive.pk, organisation_id=world.organisation.pk, reason="Left", by=world.lead,
        at=world.later(days=LATER),
    )  # fmt: skip
    words = words_of(signed_in(world.person).get(page("claim_ladder", claim_id=claim.pk)))
    lead = f"{world.lead.name} (Lead for Patient Safety Partners)"
    for expected in (
        f"Step 2: Programme lead and finance To come On 16 October 2026, unless it is paid before, to {lead} and "
        f"{world.finance_lead.name} (Finance lead)",
        f"Step 3: Executive lead To come On 30 October 2026, unless it is paid before, to {stand_in.name} "
        "(Executive lead)",
        # Nobody holds the post: whoever the step would come to is named without one.
        f"Step 4: Chief executive's office To come On 14 November 2026, unless it is paid before, to {stand_in.name} "
        "Step 5",
        f"Step 5: Board report To come On 14 December 2026, unless it is paid before, to {stand_in.name} "
        f"(Executive lead) and {lead}",
    ):
        assert expected in words


def test_the_ladder_names_nobody_where_nobody_is_left(world):
    claim = late(world, 91)
    with acting_as(world.lead, "test"):
        Membership.objects.filter(organisation=world.organisation).exclude(user=world.person).update(
            ends_on=world.today
        )
    words = words_of(signed_in(world.person).get(page("claim_ladder", claim_id=claim.pk)))
    assert "Step 6: Board report To come On 13 January 2027, unless it is paid before This is how" in words


def test_the_ladder_of_a_settled_claim_asks_for_nobody(world, django_assert_num_queries):
    claim = late(world, 20)
    client = signed_in(world.person)
    address = page("claim_ladder", claim_id=claim.pk)
    client.get(address)
    with django_assert_num_queries(15):
        client.get(address)
    services.withdraw_claim(claim_id=claim.pk, by=world.person, at=world.later(days=LATER))
    with django_assert_num_queries(11):
        assert client.get(address).status_code == 200


def test_the_ladder_says_when_a_promise_was_kept_and_who_replies_instead(world):
    claim = late(world, 20)
    reply(claim, 1, date(2026, 10, 9), by=world.lead, at=world.later(days=21))
    world.decide(claim, "refuse", at=world.later(days=22))
    words = words_of(signed_in(world.person).get(page("claim_ladder", claim_id=claim.pk)))
    assert f"{world.lead.name} promised 9 October 2026; it was kept." in words


def test_the_ladder_names_whoever_replies_instead_of_somebody_away(world):
    claim = late(world, 20)
    stand_in = factories.make_member(Role.PROGRAMME_LEAD, world.organisation)
    with factories.acting():
        claim.escalations.update(passed_to=stand_in)
    words = words_of(signed_in(world.person).get(page("claim_ladder", claim_id=claim.pk)))
    assert f"No reply yet. It is due by 12 October 2026. {stand_in.name} gives it instead." in words
