"""The end of a year: what was unpaid, what nobody had claimed, and the reminder before the time to claim ends."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from expenses import services
from expenses.enums import LineAction
from expenses.policies.performance import Sum
from expenses.policies.periods import year_to
from expenses.queries import reports
from psp_portal.dates import LONDON
from psp_portal.notifications.models import Message
from tests import factories
from tests.expenses.test_reports import MILES, TIME, WHOLE
from tests.expenses.world import AT, MEETING_AT, World, attended_meeting, make_world

YEAR_END = date(2027, 3, 31)
LATER = date(2027, 6, 1)


def at_end(world: World, *, day: date = YEAR_END, today: date = LATER):
    scope = reports.report_scope(world.finance_lead, world.organisation.pk, year_to(day), today=today)
    return scope, reports.year_end(scope, reports.target_of(scope))


def moment(*day: int) -> datetime:
    return datetime(*day, 12, tzinfo=LONDON)


def pay(world: World, at: datetime) -> None:
    run = world.released(at=at)
    services.record_payment(run_id=run.pk, run_line_ids=None, by=world.finance_lead, at=at)


# --- what was unpaid ------------------------------------------------------------------------
def test_what_was_unpaid_at_the_end_of_the_year_stays_so_whatever_is_paid_later(world):
    paid_before = world.approved(at=AT)
    pay(world, moment(2027, 3, 31))
    world.sent(at=moment(2027, 3, 31))
    approved = world.approved(at=moment(2027, 3, 1))
    world.sent(at=moment(2027, 4, 1))
    make_world().sent(at=moment(2027, 3, 1))
    scope, found = at_end(world)
    assert (found.whole.time, found.whole.expenses) == (Sum(2, 2 * TIME), Sum(2, 2 * MILES))
    assert [(bucket.first, each.whole.count) for bucket, each in found.by_age if each.whole.count] == [(0, 2), (21, 2)]
    assert [(each.name, each.whole) for each in found.by_code] == [("PS100", Sum(4, 2 * WHOLE))]
    lines = reports.accruals_of(scope)
    assert (len(lines), sum(line.amount for line in lines)) == (4, found.whole.whole.value)
    assert paid_before.reference not in {line.reference for line in lines}
    assert [(line.reference, line.kind, line.standing, line.days) for line in lines[:1]] == [
        (approved.reference, "Involvement payment", "Approved, waiting for payment", 30)
    ]
    # Paid, decided and withdrawn after the day: it stays as it was.
    pay(world, moment(2027, 4, 20))
    for claim in type(approved).objects.open().filter(payer=world.organisation):
        services.withdraw_claim(claim_id=claim.pk, by=world.person, at=moment(2027, 5, 1))
    assert at_end(world)[1] == found
    assert reports.accruals_of(scope) == lines


def test_the_first_moment_of_april_is_the_next_year(world):
    world.sent(at=datetime(2027, 4, 1, 0, 0, tzinfo=LONDON))
    assert at_end(world)[1].whole.whole == Sum()
    world.sent(at=datetime(2027, 3, 31, 23, 59, tzinfo=LONDON))
    assert at_end(world)[1].whole.whole == Sum(2, WHOLE)


def test_what_was_refused_and_can_be_appealed_stands_apart(world):
    world.decide(world.sent(at=moment(2027, 3, 30)), LineAction.REFUSE, LineAction.APPROVE, at=moment(2027, 3, 31))
    scope, found = at_end(world)
    assert (found.contested, found.whole.whole) == (Sum(1, TIME), Sum(1, MILES))
    assert [line.amount for line in reports.accruals_of(scope)] == [MILES]


# --- what was expected ------------------------------------------------------------------------
def test_meetings_attended_and_not_claimed_by_the_day_are_expected(world):
    # The world's meeting of 8 September is claimed; these are not, or not by then.
    world.sent()
    attended_meeting(world.assignment, starts_at=moment(2027, 3, 30), by=world.lead)
    late = attended_meeting(world.assignment, starts_at=moment(2026, 10, 1), by=world.lead, minutes=300)
    attended_meeting(world.assignment, starts_at=moment(2027, 4, 1), by=world.lead)
    _, found = at_end(world)
    assert [(each.on, each.minutes, each.estimate, each.is_in_window) for each in found.expected] == [
        (date(2026, 10, 1), 300, Decimal("150.00"), False),
        (date(2027, 3, 30), 210, Decimal("75.00"), True),
    ]
    assert [(each.name, each.in_window, each.late) for each in found.expected_by_code] == [
        ("PS100", Sum(1, Decimal("75.00")), Sum(1, Decimal("150.00")))
    ]
    assert found.expected_sum == Decimal("225.00")
    # A draft is not a claim, and one sent after the day was not made by then.
    claim = services.start_claim(
        partner_id=world.partner.pk, meeting_id=late.pk, by=world.person, at=moment(2027, 3, 20)
    )
    assert at_end(world)[1] == found
    services.submit_claim(claim_id=claim.pk, by=world.person, at=moment(2027, 4, 2))
    assert at_end(world)[1] == found
    assert [each.on for each in at_end(world, day=date(2027, 3, 31), today=date(2027, 4, 3))[1].expected] == [
        each.on for each in found.expected
    ]


def test_what_was_withdrawn_by_the_day_is_expected_again_and_what_was_later_is_not(world):
    first, second = world.sent(at=moment(2027, 3, 1)), world.sent(at=moment(2027, 3, 1))
    services.withdraw_claim(claim_id=first.pk, by=world.person, at=moment(2027, 3, 31))
    services.withdraw_claim(claim_id=second.pk, by=world.person, at=moment(2027, 4, 1))
    _, found = at_end(world)
    assert [each.on for each in found.expected] == [first.meeting.starts_at.date()]
    assert found.whole.whole == Sum(2, WHOLE)


def test_another_claim_of_the_same_day_is_taken_off_what_is_expected(world):
    world.sent()
    attended_meeting(world.assignment, starts_at=MEETING_AT + timedelta(hours=5), by=world.lead, minutes=60)
    _, found = at_end(world)
    # 210 minutes are claimed and paid as half a day; with these 60 the day is a full one.
    assert [each.estimate for each in found.expected] == [Decimal("75.00")]


def test_an_unpaid_partner_is_expected_to_be_paid_nothing(db):
    world = make_world(is_paid=False)
    assert [each.estimate for each in at_end(world)[1].expected] == [Decimal("0.00")]


def test_nobody_else_sees_a_year_end(world):
    world.sent()
    scope = reports.report_scope(world.requester, world.organisation.pk, year_to(YEAR_END), today=LATER)
    found = reports.year_end(scope, reports.target_of(scope))
    assert (found.whole.whole, found.expected, reports.accruals_of(scope)) == (Sum(), [], [])


def test_the_years_that_can_be_chosen(world):
    assert reports.year_ends_of(world.organisation.pk, today=LATER) == [YEAR_END]
    world.sent()
    assert reports.year_ends_of(world.organisation.pk, today=date(2029, 5, 1)) == [
        date(2029, 3, 31), date(2028, 3, 31), YEAR_END,
    ]  # fmt: skip


# --- the reminder -----------------------------------------------------------------------------
def reminders(person) -> list[Message]:
    kept = Message.objects.filter(recipient=person, kind="expenses.claim.window_closing")
    return list(kept.order_by("created_at"))


def test_a_partner_is_reminded_twice_before_the_time_to_claim_ends(world):
    """The meeting of 8 September can be claimed until 8 December."""
    assert services.remind_unclaimed_meetings(at=moment(2026, 11, 9)) == 0
    for day in ((2026, 11, 10), (2026, 11, 10), (2026, 11, 11), (2026, 11, 30)):
        assert services.remind_unclaimed_meetings(at=moment(*day)) == 1
    (first,) = reminders(world.person)
    assert "1 meeting for" in first.body
    assert "ends on 8 December 2026" in first.body
    assert "£" not in first.body
    assert first.link == "/expenses/claims/start/"
    services.remind_unclaimed_meetings(at=moment(2026, 12, 3))
    services.remind_unclaimed_meetings(at=moment(2026, 12, 8))
    assert len(reminders(world.person)) == 2
    assert services.remind_unclaimed_meetings(at=moment(2026, 12, 9)) == 0


def test_several_meetings_are_one_letter_with_their_number(world):
    attended_meeting(world.assignment, starts_at=MEETING_AT + timedelta(hours=5), by=world.lead)
    attended_meeting(world.assignment, starts_at=MEETING_AT - timedelta(days=1), by=world.lead)
    services.remind_unclaimed_meetings(at=moment(2026, 11, 9))
    services.remind_unclaimed_meetings(at=moment(2026, 11, 10))
    first, letter = reminders(world.person)
    assert "1 meeting for" in first.body
    assert "3 meetings" in letter.body
    assert "first of them ends on 7 December 2026" in letter.body
    # Claiming some of them sends no letter about the others anew.
    world.sent()
    services.remind_unclaimed_meetings(at=moment(2026, 11, 13))
    assert len(reminders(world.person)) == 2


def test_what_is_claimed_is_not_reminded_of_and_what_is_only_begun_is(world):
    claim = world.draft()
    assert services.remind_unclaimed_meetings(at=moment(2026, 11, 12)) == 1
    services.submit_claim(claim_id=claim.pk, by=world.person, at=AT)
    assert services.remind_unclaimed_meetings(at=moment(2026, 12, 2)) == 0
    services.withdraw_claim(claim_id=claim.pk, by=world.person, at=moment(2026, 11, 13))
    assert services.remind_unclaimed_meetings(at=moment(2026, 12, 2)) == 1


def test_whose_account_is_closed_is_not_written_to(world):
    with factories.acting():
        type(world.person).objects.filter(pk=world.person.pk).update(is_active=False)
    assert services.remind_unclaimed_meetings(at=moment(2026, 11, 12)) == 0


@pytest.mark.parametrize("days", [1, 2])
def test_a_job_that_was_away_sends_what_it_missed(world, days):
    services.remind_unclaimed_meetings(at=moment(2026, 12, 1 + days))
    assert len(reminders(world.person)) == 1
