"""A meeting cancelled late is claimed with one tap; its record says the notice, nobody types it."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from committees.services import cancel_meeting, schedule_meeting
from expenses import queries, services
from expenses.enums import ClaimStatus, LineKind
from expenses.models import Claim
from psp_portal.dates import LONDON
from psp_portal.exceptions import RuleBroken
from tests import factories
from tests.expenses.world import make_world

STARTS_AT = datetime(2026, 9, 14, 10, 0, tzinfo=LONDON)


def cancelled(world, *, notice, starts_at=STARTS_AT, minutes=120):
    meeting = schedule_meeting(
        committee_id=world.committee.pk, starts_at=starts_at, planned_minutes=minutes, place="Boardroom",
        online_link="", by=world.lead, at=starts_at - timedelta(days=30),
    )  # fmt: skip
    return cancel_meeting(meeting_id=meeting.pk, reason="Too few people", by=world.lead, at=starts_at - notice)


def offered(world, today=None):
    return [
        (each.cancelled.meeting, each.cancelled.notice_hours, each.pays)
        for each in queries.cancellations_to_claim(world.person, today=today or world.today)
    ]


def claim(world, meeting, *, by=None, at=None):
    return services.claim_cancellation(meeting_id=meeting.pk, by=by or world.person, at=at or world.at)


def why_not(world, meeting, today=None):
    return queries.cancellation_of(world.person, meeting.pk, today=today or world.today).why_not


@pytest.mark.parametrize(
    ("notice", "hours"),
    [
        (timedelta(hours=5), 5),
        (timedelta(hours=24), 24),
        (timedelta(hours=4, minutes=1), 5),
        (timedelta(0), 0),
        # Cancelled when it should have begun already.
        (-timedelta(minutes=20), 0),
    ],
)
def test_late_enough_it_is_offered_with_what_it_pays(world, notice, hours):
    meeting = cancelled(world, notice=notice)
    assert offered(world) == [(meeting, hours, D("75.00"))]


def test_one_tap_makes_the_draft_with_the_records_notice(world):
    meeting = cancelled(world, notice=timedelta(hours=4, minutes=30))
    made = claim(world, meeting)
    made.refresh_from_db()
    (line,) = made.lines.all()
    assert (line.kind, line.date, line.notice_hours, line.pay, line.rule) == (
        LineKind.CANCELLED_MEETING, date(2026, 9, 14), 5, D("75.00"),
        "cancelled 5 hours before the meeting on 14 September 2026: half day",
    )  # fmt: skip
    assert (made.status, made.meeting, made.assignment, made.payer, made.asked) == (
        ClaimStatus.DRAFT, meeting, world.assignment, world.organisation, D("75.00"),
    )  # fmt: skip
    assert offered(world) == []


def test_a_minute_more_than_the_card_says_is_not_offered_and_says_why(world):
    meeting = cancelled(world, notice=timedelta(hours=24, minutes=1))
    assert offered(world) == []
    words = "Cancelled 25 hours before the meeting on 14 September 2026: paid only within 24 hours."
    assert why_not(world, meeting) == words
    with pytest.raises(RuleBroken, match="paid only within 24 hours"):
        claim(world, meeting)
    assert not Claim.objects.exists()


def test_a_card_that_does_not_pay_says_so(db):
    world = make_world(template="hourly")
    assert why_not(world, cancelled(world, notice=timedelta(hours=1))) == (
        "Cancelled meetings are not paid on this rate card."
    )


def test_an_unpaid_role_is_told_so(db):
    world = make_world(is_paid=False)
    meeting = cancelled(world, notice=timedelta(hours=1))
    assert why_not(world, meeting) == "Time is not paid for role category 0 on 14 September 2026."
    assert offered(world) == []


def test_a_payer_without_a_card_is_said(world):
    partner = factories.make_partner()
    assignment = factories.make_assignment(partner)
    meeting = factories.make_meeting(assignment.committee, by=partner.lead)
    cancel_meeting(meeting_id=meeting.pk, reason="Ill", by=partner.lead, at=meeting.starts_at)
    found = queries.cancellation_of(partner.user, meeting.pk, today=world.today)
    assert (found.why_not, found.pays) == ("The organisation that pays has no rate card yet.", D("0"))


def test_it_is_offered_from_the_day_on_which_it_would_have_been(world):
    meeting = cancelled(world, notice=timedelta(hours=20))
    the_day_before = date(2026, 9, 13)
    assert offered(world, the_day_before) == []
    assert queries.cancellation_of(world.person, meeting.pk, today=the_day_before) is None
    with pytest.raises(RuleBroken, match="its day has not come yet"):
        claim(world, meeting, at=STARTS_AT - timedelta(days=1))
    assert offered(world, date(2026, 9, 14)) != []


def test_a_second_claim_for_the_same_meeting_is_stopped_twice(world):
    meeting = cancelled(world, notice=timedelta(hours=5))
    first = claim(world, meeting)
    with pytest.raises(RuleBroken, match="already started or sent"):
        claim(world, meeting)
    with pytest.raises(IntegrityError), factories.acting():
        Claim.objects.create(
            partner=world.partner, claimant=world.person, organisation=world.organisation, payer=world.organisation,
            assignment=world.assignment, meeting=meeting, created_at=world.at,
        )  # fmt: skip
    assert first.status == ClaimStatus.DRAFT


def test_withdrawn_it_can_be_claimed_again(world):
    meeting = cancelled(world, notice=timedelta(hours=5))
    first = claim(world, meeting)
    services.submit_claim(claim_id=first.pk, by=world.person, at=world.at)
    assert queries.cancellation_of(world.person, meeting.pk, today=world.today).claim_id == first.pk
    services.withdraw_claim(claim_id=first.pk, by=world.person, at=world.at)
    assert claim(world, meeting).pk != first.pk


def test_nobody_claims_for_a_meeting_that_was_not_theirs(world):
    meeting = cancelled(world, notice=timedelta(hours=5))
    for other in (world.lead, make_world().person):
        with pytest.raises(RuleBroken, match="not a cancelled meeting of yours"):
            claim(world, meeting, by=other)
    with pytest.raises(RuleBroken, match="not a cancelled meeting of yours"):
        claim(world, world.meeting)


def test_on_a_day_that_is_paid_whole_already_it_pays_nothing(world):
    other = services.start_claim(
        partner_id=world.partner.pk, assignment_id=world.assignment.pk, by=world.person, at=world.at
    )
    world.line(other, LineKind.INVOLVEMENT_PAYMENT, date=date(2026, 9, 14), minutes=480, activity="training")
    meeting = cancelled(world, notice=timedelta(hours=5))
    assert offered(world) == [(meeting, 5, D("75.00"))]
    services.submit_claim(claim_id=other.pk, by=world.person, at=world.at)
    assert offered(world) == []
    assert why_not(world, meeting).endswith("half day; one full day a day at most.")


def test_the_notice_of_such_a_claim_cannot_be_typed(world):
    made = claim(world, cancelled(world, notice=timedelta(hours=5)))
    line = made.lines.get()
    said = services.LineInput(LineKind.CANCELLED_MEETING, line.date, notice_hours=1)
    with pytest.raises(RuleBroken, match="The meeting's record says 5 hours") as refusal:
        services.change_line(claim_id=made.pk, line_id=line.pk, line=said, by=world.person, at=world.at)
    assert refusal.value.field == "notice_hours"
    same = services.LineInput(LineKind.CANCELLED_MEETING, line.date, notice_hours=5)
    services.change_line(claim_id=made.pk, line_id=line.pk, line=same, by=world.person, at=world.at)
    # On a claim for another meeting the notice of one that the portal does not know is still typed.
    assert world.line(world.draft(), LineKind.CANCELLED_MEETING, notice_hours=3).notice_hours == 3


def test_the_offers_come_latest_first_and_cost_as_many_queries_for_many(world):
    first = cancelled(world, notice=timedelta(hours=5))

    def count():
        with CaptureQueriesContext(connection) as queries_made:
            found = offered(world)
        return len(queries_made), [meeting for meeting, _, _ in found]

    one, _ = count()
    more = [cancelled(world, notice=timedelta(hours=5), starts_at=STARTS_AT - timedelta(days=n)) for n in (1, 2, 3)]
    many, found = count()
    assert (many, found) == (one, [first, *more])
