"""One person who is a partner at two organisations: neither learns of the other's claims, nor pays less for them."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
import time_machine

from expenses import queries, services
from expenses.enums import LineAction, LineKind, Problem, Vehicle
from expenses.models import Claim, LikelyDuplicate
from expenses.queries.cancellations import cancellation_of
from partners.models import Partner
from psp_portal.accounts.enums import Role
from tests import factories
from tests.expenses.pages import page, signed_in, words_of
from tests.expenses.payers import pay_elsewhere
from tests.expenses.test_cancellations import cancelled
from tests.expenses.test_topups import FULL_DAY_200
from tests.expenses.test_year_end import at_end
from tests.expenses.world import MEETING_AT, World, attended_meeting, make_world

DAY = date(2026, 9, 8)


@dataclass
class Both:
    """A world, another trust, and the appointment that the world's person has there too."""

    here: World
    there: World
    partner: Partner

    def claim(self, *, here: bool, kind: LineKind = LineKind.INVOLVEMENT_PAYMENT, **said) -> Claim:
        """Return a draft at one of the two, with one line on the day."""
        claim = services.start_claim(
            partner_id=(self.here.partner if here else self.partner).pk, by=self.here.person, at=self.here.at
        )
        if kind == LineKind.INVOLVEMENT_PAYMENT:
            said = {"activity": "meeting", "minutes": 300} | said
        self.here.line(claim, kind, date=DAY, **said)
        claim.refresh_from_db()
        return claim

    def send(self, claim: Claim) -> Claim:
        return services.submit_claim(claim_id=claim.pk, by=self.here.person, at=self.here.at)


@pytest.fixture
def both(world) -> Both:
    there = make_world()
    factories.give_role(Role.PARTNER, world.person, there.organisation)
    partner = factories.make_partner(there.organisation, user=world.person, lead=there.lead, starts_on=date(2025, 5, 1))
    return Both(world, there, partner)


# --- time ---------------------------------------------------------------------------------
def test_each_pays_for_the_day_by_itself(both):
    first, second = (both.send(both.claim(here=here)) for here in (True, False))
    assert (first.payer, second.payer) == (both.here.organisation, both.there.organisation)
    assert [claim.lines.get().pay for claim in (first, second)] == [D("150.00"), D("150.00")]
    # A second claim to the same payer is the same day.
    third = both.send(both.claim(here=False, minutes=60, activity="preparation"))
    assert third.lines.get().pay == D("0.00")
    for claim in (first, second, third):
        assert both.there.organisation.name not in claim.lines.get().rule


def test_one_appointment_with_two_payers_is_paid_by_each(world):
    first = world.sent()
    pay_elsewhere(world)
    second = services.start_claim(
        partner_id=world.partner.pk, assignment_id=world.assignment.pk, by=world.person, at=world.at
    )
    world.line(second, LineKind.INVOLVEMENT_PAYMENT, minutes=300, activity="meeting")
    assert first.lines.get(kind=LineKind.INVOLVEMENT_PAYMENT).pay == D("75.00")
    assert services.submit_claim(claim_id=second.pk, by=world.person, at=world.at).lines.get().pay == D("150.00")


def test_miles_are_the_persons_whoever_pays(both):
    def drive(**where):
        return both.send(both.claim(kind=LineKind.MILEAGE, miles=D("1000.0"), vehicle=Vehicle.CAR, **where))

    for _ in range(5):
        drive(here=True)
        drive(here=False)
    assert drive(here=False).lines.get().pay == D("250.00")


def test_a_cancelled_meeting_is_paid_although_another_organisation_pays_the_day(both):
    meeting = cancelled(both.here, notice=timedelta(hours=5), starts_at=MEETING_AT + timedelta(hours=3))
    both.send(both.claim(here=False))
    found = cancellation_of(both.here.person, meeting.pk, today=both.here.today)
    assert (found.pays, found.why_not) == (D("75.00"), "")
    both.send(both.claim(here=True))
    assert cancellation_of(both.here.person, meeting.pk, today=both.here.today).pays == D("0.00")


def test_a_raised_rate_is_owed_whatever_another_organisation_paid_for_the_day(both):
    both.send(both.claim(here=False))
    claim = both.send(both.claim(here=True))
    both.here.decide(claim, LineAction.APPROVE)
    services.follow_time_rate(
        card_id=both.here.card.pk, role_category=both.here.partner.role_category, valid_from=date(2026, 9, 1),
        terms=FULL_DAY_200, source="Board paper", by=both.here.finance_lead, at=both.here.later(hours=1),
        backdated=True,
    )  # fmt: skip
    assert [str(each.amount) for each in queries.top_ups_offered_to(both.here.person)] == ["50.00"]


def test_what_a_meeting_is_expected_to_cost_is_the_payers_own(both):
    both.send(both.claim(here=False))
    attended_meeting(both.here.assignment, starts_at=MEETING_AT + timedelta(hours=5), by=both.here.lead, minutes=60)
    _, found = at_end(both.here)
    # Of the world's own meeting of three and a half hours and this one: a full day, for nobody here has claimed it.
    assert sum(each.estimate for each in found.expected) == D("150.00")


# --- the partner is warned, and nobody else -----------------------------------------------
WARNING = "You also have a claim for time on 8 September 2026 that another organisation pays"


@pytest.fixture
def browser(both):
    with time_machine.travel(both.here.at, tick=False):
        yield signed_in


def test_the_partner_is_warned_before_and_after_sending_and_nobody_else(both, browser):
    first = both.send(both.claim(here=True))
    second = both.claim(here=False)
    partner = browser(both.here.person)
    check = words_of(partner.get(page("claim_check", claim_id=second.pk)))
    assert f"{WARNING}: claim {first.reference}." in check
    assert "Check that you do not claim for the same thing twice." in check
    both.send(second)
    assert WARNING in words_of(partner.get(page("claim_detail", claim_id=second.pk)))
    assert WARNING in words_of(partner.get(page("claim_detail", claim_id=first.pk)))
    approver = browser(both.there.approver)
    for address in (page("claim_detail", claim_id=second.pk), page("claim_decide", claim_id=second.pk),
                    page("decision_list")):  # fmt: skip
        shown = words_of(approver.get(address))
        assert "You also have" not in shown
        assert first.reference not in shown
    assert queries.paid_elsewhere(second, list(second.lines.all()), both.there.approver) == []


def test_expenses_of_one_kind_are_warned_of_too_and_other_kinds_and_drafts_are_not(both):
    both.claim(here=True, kind=LineKind.PARKING, amount=D("4.20"))
    mine = both.claim(here=False, kind=LineKind.PARKING, amount=D("9.99"))
    lines = list(mine.lines.all())
    assert queries.paid_elsewhere(mine, lines, both.here.person) == []
    first = both.send(both.claim(here=True, kind=LineKind.PARKING, amount=D("4.20")))
    both.send(both.claim(here=True, kind=LineKind.BUS, amount=D("4.20")))
    assert queries.paid_elsewhere(mine, lines, both.here.person) == [
        queries.Elsewhere(LineKind.PARKING, DAY, first.pk, first.reference)
    ]
    assert queries.paid_elsewhere(mine, [], both.here.person) == []


# --- what looks like it at another payer ---------------------------------------------------
def test_a_claim_to_another_organisation_is_no_duplicate_for_staff(both, browser):
    first = both.send(both.claim(here=True, kind=LineKind.PARKING, amount=D("4.20")))
    second = both.send(both.claim(here=False, kind=LineKind.PARKING, amount=D("4.20")))
    assert Problem.LIKELY_DUPLICATE not in second.lines.get().problems
    assert not LikelyDuplicate.objects.exists()
    shown = words_of(browser(both.there.approver).get(page("claim_decide", claim_id=second.pk)))
    assert "duplicate" not in shown.lower()
    assert first.reference not in shown


@pytest.mark.parametrize("is_first_elsewhere", [True, False])
def test_of_one_trusts_claims_with_two_payers_the_one_that_may_see_both_is_told(world, is_first_elsewhere):
    """The trust sees what was claimed at it whoever pays; the other payer sees only what it pays."""

    def parking(assignment_id):
        claim = services.start_claim(
            partner_id=world.partner.pk, assignment_id=assignment_id, by=world.person, at=world.at
        )
        line = world.line(claim, LineKind.PARKING, amount=D("4.20"))
        services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
        line.refresh_from_db()
        return line

    pay_elsewhere(world)
    order = [world.assignment.pk, None] if is_first_elsewhere else [None, world.assignment.pk]
    first, second = [parking(assignment_id) for assignment_id in order]
    assert Problem.LIKELY_DUPLICATE not in first.problems
    assert (Problem.LIKELY_DUPLICATE in second.problems) is is_first_elsewhere


def test_what_was_found_before_and_may_not_be_seen_is_not_named(both, browser):
    first = both.send(both.claim(here=True, kind=LineKind.PARKING, amount=D("4.20")))
    second = both.send(both.claim(here=False, kind=LineKind.PARKING, amount=D("4.20")))
    with factories.acting():
        LikelyDuplicate.objects.create(line=second.lines.get(), other_line=first.lines.get(), found_at=both.here.at)
    shown = words_of(browser(both.there.approver).get(page("claim_decide", claim_id=second.pk)))
    assert "Looks like Another claim that you cannot see" in shown
    assert first.reference not in shown
    own = words_of(browser(both.here.person).get(page("claim_detail", claim_id=second.pk)))
    assert f"Parking on 8 September 2026, in claim {first.reference}" in own


def test_the_queue_knows_nothing_of_what_somebody_claims_elsewhere(both, browser):
    for amount in ("150.00", "151.00", "152.00"):
        both.send(both.claim(here=True, kind=LineKind.PARKING, amount=D(amount)))
    both.send(both.claim(here=False, kind=LineKind.PARKING, amount=D("400.00")))
    shown = words_of(browser(both.there.approver).get(page("decision_list")))
    assert "The first claim for this kind of thing (parking) from this partner." in shown
    assert "usually claims" not in shown
