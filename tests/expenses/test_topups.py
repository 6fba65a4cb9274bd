"""Backdated rates: what they owe lines that were sent, and what partners and finance do with the offer."""

from datetime import date, datetime
from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, connection, transaction

from expenses import queries, services
from expenses.enums import (
    ClaimAction,
    ClaimOrigin,
    ClaimStatus,
    LineAction,
    LineKind,
    LineStatus,
    Preference,
    RateKind,
    TopUpStatus,
    Vehicle,
)
from expenses.models import Cap, Claim, MileageRate, RunLine, TimeRate, TopUp
from expenses.permissions import actions_open_to
from expenses.policies import card as cards
from expenses.services import claims as claim_services
from expenses.services.drafts import reprice
from partners.enums import RoleCategory
from psp_portal.dates import LONDON
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from tests import factories
from tests.expenses.world import World, make_world

pytestmark = pytest.mark.django_db

ANNOUNCED = datetime(2026, 5, 21, 10, 0, tzinfo=LONDON)
MAY = datetime(2026, 5, 11, 9, 0, tzinfo=LONDON)
SOURCE = "HMRC, announced on 21 May 2026"
SHORT_AT_45P = (cards.Band(D(1_000), D("0.45")), cards.Band(None, D("0.25")))
SHORT_AT_55P = (cards.Band(D(1_000), D("0.55")), cards.Band(None, D("0.25")))
AT_55P = (cards.Band(D(10_000), D("0.55")), cards.Band(None, D("0.25")))
FULL_DAY_200 = cards.ByDay(D("100.00"), D("200.00"), 240, cards.AtBoundary.HALF_DAY)


@pytest.fixture
def trust() -> World:
    """A trust in May 2026 whose card still has the car at 45p, without an end: HMRC has announced nothing yet."""
    made = make_world()
    made.at = MAY
    row = MileageRate.objects.get(card=made.card, vehicle=Vehicle.CAR, valid_from=date(2026, 4, 6))
    services.remove_row(card_id=made.card.pk, row_id=row.pk, by=made.finance_lead, at=factories.START)
    return made


def drive(trust: World, miles: str, on: date = date(2026, 5, 5), **fields) -> Claim:
    """Return a sent claim for one journey."""
    claim = services.start_claim(partner_id=trust.partner.pk, by=trust.person, at=trust.at)
    fields = {"vehicle": Vehicle.CAR, "miles": D(miles), "from_place": "Home", "to_place": "Trust"} | fields
    trust.line(claim, LineKind.MILEAGE, date=on, at=trust.at, **fields)
    return services.submit_claim(claim_id=claim.pk, by=trust.person, at=trust.at)


def give_time(trust: World, minutes: int, on: date = date(2026, 5, 5), preference=None, **options) -> Claim:
    """Return a sent claim for some time."""
    at = options.pop("at", trust.at)
    claim = services.start_claim(partner_id=trust.partner.pk, by=trust.person, at=at)
    trust.line(claim, LineKind.INVOLVEMENT_PAYMENT, date=on, minutes=minutes, activity="meeting", at=at)
    if preference:
        services.set_preference(
            claim_id=claim.pk, preference=preference, by=trust.person, at=at, reduced_to=options["reduced_to"]
        )
    return services.submit_claim(claim_id=claim.pk, by=trust.person, at=at)


def raise_mileage(trust: World, *, bands=AT_55P, valid_from=date(2026, 4, 6), at=ANNOUNCED, **changes) -> MileageRate:
    arguments = {"passenger": D("0.05"), "source": SOURCE, "backdated": True, "by": trust.finance_lead} | changes
    return services.follow_mileage_rate(
        card_id=trust.card.pk, vehicle=Vehicle.CAR, valid_from=valid_from, bands=bands, at=at, **arguments
    )


def raise_time(trust: World, *, terms=FULL_DAY_200, valid_from=date(2026, 4, 1), at=ANNOUNCED) -> TimeRate:
    return services.follow_time_rate(
        card_id=trust.card.pk, role_category=RoleCategory.SENIOR, valid_from=valid_from, terms=terms,
        source="Board paper of 20 May", by=trust.finance_lead, at=at, backdated=True,
    )  # fmt: skip


def approve(trust: World, claim: Claim, at=None) -> Claim:
    return trust.decide(claim, LineAction.APPROVE, at=at or trust.at)


def offers() -> list[tuple[str, str]]:
    return [(str(each.amount), each.status) for each in TopUp.objects.order_by("proposed_at", "line__claim__number")]


def accept(trust: World, at=ANNOUNCED, **fields) -> list[Claim]:
    open_ids = TopUp.objects.filter(status=TopUpStatus.PROPOSED).values_list("pk", flat=True)
    arguments = {"top_up_ids": list(open_ids), "by": trust.person} | fields
    return services.accept_top_ups(at=at, **arguments)


# --- HMRC's mileage rate of 6 April 2026 (domain.md 3) --------------------------------------
def test_hmrcs_rate_of_april_announced_in_may_is_offered_line_by_line(trust):
    march, paid = drive(trust, "10", date(2026, 3, 31)), drive(trust, "24.6")
    waiting = drive(trust, "100", date(2026, 5, 6))
    approve(trust, march)
    approve(trust, paid)
    services.release_run(run_id=trust.run(at=MAY).pk, by=trust.finance_other, at=MAY)
    row = raise_mileage(trust)

    [top_up] = TopUp.objects.all()
    assert (top_up.line.claim, top_up.was, top_up.amount, top_up.now) == (paid, D("11.07"), D("2.46"), D("13.53"))
    assert (top_up.rate_kind, top_up.rate_id, top_up.proposed_by) == (RateKind.MILEAGE, row.pk, trust.finance_lead)
    assert top_up.rule == f"24.6 miles at 55p: £13.53, less £11.07 on {paid.reference}"
    # What was sent stays as it was.
    assert [str(line.pay) for claim in (march, paid, waiting) for line in claim.lines.all()] == [
        "4.50",
        "11.07",
        "45.00",
    ]
    old = MileageRate.objects.get(card=trust.card, vehicle=Vehicle.CAR, valid_from=date(2011, 4, 6))
    assert (old.valid_to, old.last_used_on, old.cut_back_at) == (date(2026, 4, 5), date(2026, 5, 6), ANNOUNCED)
    # The one that waited is offered its difference when it is agreed, once.
    approve(trust, waiting, at=ANNOUNCED)
    assert offers() == [("2.46", "proposed"), ("10.00", "proposed")]
    assert TopUp.objects.get(line__claim=waiting).proposed_by is None


def test_the_partner_is_told_once_and_accepts(trust):
    first, second = drive(trust, "24.6"), drive(trust, "10", date(2026, 5, 6))
    approve(trust, first)
    approve(trust, second)
    raise_mileage(trust)
    letter = Message.objects.get(kind="expenses.top_up.proposed")
    assert (letter.recipient, letter.link) == (trust.person, "/expenses/claims/top-ups/")
    assert f"{first.reference}, {second.reference}" in letter.body
    assert "£" not in letter.body
    assert queries.pounds_offered_to(trust.person) == D("3.46")

    [claim] = accept(trust)
    assert (claim.origin, claim.status, claim.asked, claim.payer) == (
        ClaimOrigin.TOP_UP, ClaimStatus.SUBMITTED, D("3.46"), trust.organisation,
    )  # fmt: skip
    assert (claim.submitted_at, claim.payment_due_on) == (
        ANNOUNCED, date(2026, 6, 20),
    )  # fmt: skip
    # Without an assignment no approver is named: any of them has it.
    assert claim.responsible in (trust.approver, trust.deputy)
    lines = list(claim.lines.order_by("position"))
    assert [(str(line.pay), line.tops_up, line.miles, line.vehicle, line.problems) for line in lines] == [
        ("2.46", first.lines.get(), D("24.6"), "car", []),
        ("1.00", second.lines.get(), D("10.0"), "car", []),
    ]
    assert lines[1].rule == f"10 miles at 55p: £5.50, less £4.50 on {second.reference}"
    assert queries.pounds_offered_to(trust.person) == D("0.00")
    # It is plain, so it is approved in bulk, and is paid in the ordinary run as an expense.
    result = services.approve_in_bulk(claim_ids=[claim.pk], by=trust.approver, at=ANNOUNCED)
    assert (result.lines_approved, result.left_out) == (2, [])
    run = trust.run(at=ANNOUNCED)
    assert sorted(RunLine.objects.filter(run=run).values_list("amount", "is_for_time")) == [
        (D("1.00"), False), (D("2.46"), False), (D("4.50"), False), (D("11.07"), False),
    ]  # fmt: skip


def test_a_row_that_somebody_was_topped_up_by_is_used(trust):
    approve(trust, drive(trust, "24.6"))
    row = raise_mileage(trust)
    row.refresh_from_db()
    assert row.used_at is None
    accept(trust)
    row.refresh_from_db()
    assert (row.used_at, row.last_used_on) == (ANNOUNCED, date(2026, 5, 5))
    with pytest.raises(RuleBroken, match="Claims have used this rate"):
        services.remove_row(card_id=trust.card.pk, row_id=row.pk, by=trust.finance_lead, at=ANNOUNCED)


def shorten_band(trust: World) -> None:
    """Let the card's first band end at 1,000 miles, as no claim has used it yet."""
    row = MileageRate.objects.get(card=trust.card, vehicle=Vehicle.CAR)
    services.correct_mileage_rate(
        card_id=trust.card.pk, row_id=row.pk, valid_from=row.valid_from, bands=SHORT_AT_45P, passenger=D(0), source="",
        by=trust.finance_lead, at=factories.START,
    )  # fmt: skip


def test_top_ups_do_not_drive_the_miles_again(trust):
    shorten_band(trust)
    approve(trust, drive(trust, "990"))
    raise_mileage(trust, bands=SHORT_AT_55P)
    accept(trust)
    trust.at = ANNOUNCED
    claim = drive(trust, "20", date(2026, 5, 20))
    # 10 miles are left at the first band's rate, and 10 are beyond it.
    assert claim.lines.get().pay == D("8.00")


def test_the_bands_are_those_of_the_miles_before_each_claim(trust):
    shorten_band(trust)
    first = drive(trust, "990")
    trust.at = trust.later(hours=1)
    second = drive(trust, "20", date(2026, 5, 4))
    approve(trust, first)
    approve(trust, second)
    raise_mileage(trust, bands=SHORT_AT_55P)
    # 990 miles at 10p more, then 10 of the 20: those beyond 1,000 have not been raised.
    assert offers() == [("99.00", "proposed"), ("1.00", "proposed")]


def test_a_lower_rate_is_never_taken_back_from_anybody(trust):
    approve(trust, drive(trust, "24.6"))
    raise_mileage(trust, bands=(cards.Band(None, D("0.40")),))
    assert not TopUp.objects.exists()


def test_what_was_refused_or_withdrawn_is_owed_nothing(trust):
    refused, withdrawn = drive(trust, "24.6"), drive(trust, "10")
    trust.decide(refused, LineAction.REFUSE)
    services.withdraw_claim(claim_id=withdrawn.pk, by=trust.person, at=trust.at)
    raise_mileage(trust)
    assert not TopUp.objects.exists()


def test_mileage_above_hmrcs_amount_is_counted_for_payroll(trust):
    approve(trust, drive(trust, "100"))
    raise_mileage(trust, bands=(cards.Band(None, D("0.60")),))
    [claim] = accept(trust)
    # £15.00 more, of which 5p a mile is above HMRC's 55p.
    assert (claim.asked, claim.above_hmrc_mileage) == (D("15.00"), D("5.00"))


def test_a_second_backdated_rate_offers_what_is_left(trust):
    approve(trust, drive(trust, "100"))
    raise_mileage(trust, bands=(cards.Band(None, D("0.50")),), valid_from=date(2026, 4, 6))
    services.decline_top_ups(top_up_ids=TopUp.objects.values_list("pk", flat=True), by=trust.person, at=ANNOUNCED)
    later = ANNOUNCED.replace(day=28)
    raise_mileage(trust, bands=(cards.Band(None, D("0.55")),), valid_from=date(2026, 5, 1), at=later)
    assert offers() == [("5.00", "declined"), ("5.00", "proposed")]
    [second] = TopUp.objects.filter(status=TopUpStatus.PROPOSED)
    assert (second.was, second.now) == (D("50.00"), D("55.00"))
    assert second.rule.endswith("and £5.00 offered since")


# --- time -----------------------------------------------------------------------------------
def test_time_is_topped_up_as_time(trust):
    approve(trust, give_time(trust, 300))
    raise_time(trust)
    assert offers() == [("50.00", "proposed")]
    [claim] = accept(trust)
    line = claim.lines.get()
    assert (line.kind, line.minutes, line.pay) == (LineKind.INVOLVEMENT_PAYMENT, 300, D("50.00"))
    approve(trust, claim, at=ANNOUNCED)
    run = trust.run(at=ANNOUNCED)
    assert (run.time_total, run.expenses_total) == (D("200.00"), D("0.00"))


@pytest.mark.parametrize("is_later_first", [False, True])
def test_two_claims_for_one_day_are_raised_for_its_hours_once(trust, is_later_first):
    """£75 and £75 for five hours in all; by the new rate the day pays £200, so £50 is owed, not £25 and £50."""
    first = give_time(trust, 120)
    second = give_time(trust, 180, at=trust.later(hours=1))
    assert (first.asked, second.asked) == (D("75.00"), D("75.00"))
    if is_later_first:
        trust.decide(second, LineAction.APPROVE, at=trust.later(hours=2))
        raise_time(trust)
        assert offers() == [("50.00", "proposed")]
        approve(trust, first, at=ANNOUNCED)
        assert offers() == [("50.00", "proposed")]
        return
    approve(trust, first, at=trust.later(hours=2))
    approve(trust, second, at=trust.later(hours=2))
    raise_time(trust)
    assert offers() == [("25.00", "proposed"), ("25.00", "proposed")]


def test_a_new_claim_for_the_day_counts_what_was_offered_for_it(trust):
    approve(trust, give_time(trust, 120))
    raise_time(trust)
    accept(trust)
    claim = give_time(trust, 180, at=ANNOUNCED)
    # £200 for the day, less £75 agreed and £25 offered: the top-up's own minutes and pounds do not count again.
    assert claim.asked == D("100.00")


def test_what_the_partner_chose_not_to_take_is_not_offered(trust):
    approve(trust, give_time(trust, 300, preference=Preference.DECLINED, reduced_to=None))
    approve(trust, give_time(trust, 300, date(2026, 5, 6), preference=Preference.REDUCED, reduced_to=D("170.00")))
    raise_time(trust)
    # Of the first nothing is taken; of the second up to £170, of which £150 has been agreed.
    assert offers() == [("20.00", "proposed")]


def test_another_role_is_owed_nothing(trust):
    approve(trust, give_time(trust, 300))
    services.follow_time_rate(
        card_id=trust.card.pk, role_category=RoleCategory.MEMBER, valid_from=date(2026, 4, 1), terms=FULL_DAY_200,
        source="Board paper", by=trust.finance_lead, at=ANNOUNCED, backdated=True,
    )  # fmt: skip
    assert not TopUp.objects.exists()


# --- limits ---------------------------------------------------------------------------------
def lunch(trust: World, amount: str) -> Claim:
    claim = services.start_claim(partner_id=trust.partner.pk, by=trust.person, at=trust.at)
    line = trust.line(claim, LineKind.SUBSISTENCE_LUNCH, date=date(2026, 5, 5), amount=D(amount), at=trust.at)
    trust.receipt(claim, line, at=trust.at)
    return services.submit_claim(claim_id=claim.pk, by=trust.person, at=trust.at)


@pytest.mark.parametrize(("limit", "more"), [("7.00", "2.00"), ("10.00", "3.50")])
def test_a_higher_limit_is_offered_up_to_what_was_spent(trust, limit, more):
    approve(trust, lunch(trust, "8.50"))
    approve(trust, lunch(trust, "4.00"))
    services.follow_cap(
        card_id=trust.card.pk, kind=LineKind.SUBSISTENCE_LUNCH, valid_from=date(2026, 4, 6), amount=D(limit),
        source="Policy of 20 May", by=trust.finance_lead, at=ANNOUNCED, backdated=True,
    )  # fmt: skip
    assert offers() == [(more, "proposed")]
    [claim] = accept(trust)
    line = claim.lines.get()
    assert (line.amount, line.pay, line.disallowed, line.problems) == (D(more), D(more), D("0.00"), [])


# --- saying no, and taking back -------------------------------------------------------------
def test_declining_leaves_everything_as_it_was(trust):
    claim = approve(trust, drive(trust, "24.6"))
    raise_mileage(trust)
    services.decline_top_ups(top_up_ids=[TopUp.objects.get().pk], by=trust.person, at=ANNOUNCED)
    assert offers() == [("2.46", "declined")]
    assert Claim.objects.count() == 1
    assert [event.label for event in claim.timeline.order_by("pk")][-2:] == ["Top-up offered", "Top-up not wanted"]
    with pytest.raises(RuleBroken, match="have been answered or taken back"):
        accept(trust, top_up_ids=[TopUp.objects.get().pk])


def test_nobody_answers_for_somebody_else(trust):
    approve(trust, drive(trust, "24.6"))
    raise_mileage(trust)
    for service in (services.accept_top_ups, services.decline_top_ups):
        with pytest.raises(PermissionDenied):
            service(top_up_ids=[TopUp.objects.get().pk], by=trust.finance_lead, at=ANNOUNCED)
    with pytest.raises(RuleBroken, match="Choose at least one amount"):
        accept(trust, top_up_ids=[])
    assert offers() == [("2.46", "proposed")]


def test_finance_takes_an_offer_back_with_a_reason(trust):
    claim = approve(trust, drive(trust, "24.6"))
    raise_mileage(trust)
    arguments = {"top_up_id": TopUp.objects.get().pk, "at": ANNOUNCED}
    with pytest.raises(RuleBroken, match="Say why"):
        services.withdraw_top_up(reason=" ", by=trust.finance_lead, **arguments)
    with pytest.raises(PermissionDenied):
        services.withdraw_top_up(reason="No", by=trust.approver, **arguments)
    services.withdraw_top_up(reason="Paid by hand in May", by=trust.finance_other, **arguments)
    assert offers() == [("2.46", "withdrawn")]
    assert claim.timeline.order_by("pk").last().note == "Line 1, mileage: Paid by hand in May"
    assert Message.objects.get(kind="expenses.top_up.withdrawn").recipient == trust.person
    with pytest.raises(RuleBroken, match="has answered this offer, or it was taken back"):
        services.withdraw_top_up(reason="Again", by=trust.finance_lead, **arguments)


def test_correcting_a_backdated_rate_takes_its_offers_back_and_makes_them_anew(trust):
    approve(trust, drive(trust, "100"))
    row = raise_mileage(trust)
    services.correct_mileage_rate(
        card_id=trust.card.pk, row_id=row.pk, valid_from=date(2026, 5, 1), source=SOURCE, passenger=D(0),
        bands=(cards.Band(None, D("0.56")),), by=trust.finance_lead, at=trust.later(days=11),
    )  # fmt: skip
    assert sorted(TopUp.objects.values_list("amount", "status")) == [
        (D("10.00"), "withdrawn"),
        (D("11.00"), "proposed"),
    ]
    assert TopUp.objects.get(status="withdrawn").withdrawal_reason == "The rate was corrected."
    old = MileageRate.objects.get(card=trust.card, vehicle=Vehicle.CAR, valid_from=date(2011, 4, 6))
    assert old.valid_to == date(2026, 4, 30)


def test_correcting_time_and_limits_offers_anew_too(trust):
    approve(trust, give_time(trust, 300))
    approve(trust, lunch(trust, "8.50"))
    time = raise_time(trust)
    cap = services.follow_cap(
        card_id=trust.card.pk, kind=LineKind.SUBSISTENCE_LUNCH, valid_from=date(2026, 4, 6), amount=D("6.00"),
        source="Policy", by=trust.finance_lead, at=ANNOUNCED, backdated=True,
    )  # fmt: skip
    arguments = {"card_id": trust.card.pk, "by": trust.finance_lead, "at": ANNOUNCED, "source": "Policy"}
    terms = cards.ByDay(D("90.00"), D("180.00"), 240, cards.AtBoundary.HALF_DAY)
    services.correct_time_rate(row_id=time.pk, valid_from=time.valid_from, terms=terms, **arguments)
    services.correct_cap(row_id=cap.pk, valid_from=cap.valid_from, amount=D("7.00"), **arguments)
    proposed = TopUp.objects.filter(status=TopUpStatus.PROPOSED).order_by("amount")
    assert [str(each.amount) for each in proposed] == ["2.00", "30.00"]
    with pytest.raises(RuleBroken) as broken:
        services.correct_cap(row_id=cap.pk, valid_from=date(2026, 5, 21), amount=D("7.00"), **arguments)
    assert broken.value.field == "valid_from"


def test_removing_a_backdated_rate_takes_its_offers_back(trust):
    approve(trust, drive(trust, "100"))
    row = raise_mileage(trust)
    services.remove_row(card_id=trust.card.pk, row_id=row.pk, by=trust.finance_lead, at=ANNOUNCED)
    assert offers() == [("10.00", "withdrawn")]
    old = MileageRate.objects.get(card=trust.card, vehicle=Vehicle.CAR)
    assert old.valid_to is None
    assert TopUp.objects.get().withdrawal_reason == "The rate was taken off the rate card."


# --- putting a rate in for days gone by -------------------------------------------------------
def test_a_backdated_rate_is_asked_for_and_says_where_it_comes_from(trust):
    drive(trust, "24.6")
    for changes, field, words in [
        ({"backdated": False}, "valid_from", "The new one can start on 6 May 2026 or later, unless it is backdated."),
        ({"source": "  "}, "source", "Say where the backdated figure comes from"),
        ({"valid_from": ANNOUNCED.date()}, "valid_from", "A backdated rate must start before today."),
    ]:
        with pytest.raises(RuleBroken, match=words) as broken:
            raise_mileage(trust, **changes)
        assert broken.value.field == field
    assert MileageRate.objects.filter(card=trust.card, vehicle=Vehicle.CAR).count() == 1


def test_a_claim_sent_since_is_owed_nothing(trust):
    raise_mileage(trust)
    trust.at = ANNOUNCED
    claim = approve(trust, drive(trust, "24.6"))
    assert claim.asked == D("13.53")
    assert not TopUp.objects.exists()


def test_the_rate_before_it_takes_claims_for_its_own_days_still(trust):
    drive(trust, "24.6")
    raise_mileage(trust)
    trust.at = ANNOUNCED
    assert drive(trust, "10", date(2026, 4, 1)).asked == D("4.50")


def test_only_a_row_said_to_be_cut_back_may_end_before_it_was_used(trust):
    drive(trust, "24.6")
    row = MileageRate.objects.filter(card=trust.card, vehicle=Vehicle.CAR)
    with factories.acting():
        for change in ({"valid_to": date(2026, 5, 4)}, {"cut_back_at": MAY, "passenger": D("0.07")}):
            with pytest.raises(ProgrammingError, match="cannot be changed"), transaction.atomic():
                row.update(**change)
        row.update(valid_to=date(2026, 5, 4), cut_back_at=MAY)
        with pytest.raises(ProgrammingError, match="cannot be changed"), transaction.atomic():
            row.update(valid_to=date(2026, 5, 1))
        with pytest.raises(ProgrammingError, match="cannot be changed"), transaction.atomic():
            row.update(cut_back_at=None)
        row.update(valid_to=date(2026, 5, 10))


def test_a_claim_priced_just_before_the_rates_changed_is_not_sent(trust, monkeypatch):
    """Somebody sends while finance puts a rate in: the row that priced the claim has ended before its day."""

    def price_and_be_overtaken(claim, *, at):
        priced = reprice(claim, at=at)
        raise_mileage(trust, valid_from=date(2026, 5, 5), at=at, backdated=False)
        return priced

    monkeypatch.setattr(claim_services, "reprice", price_and_be_overtaken)
    with pytest.raises(RuleBroken, match="The rates have just changed"):
        drive(trust, "24.6")
    monkeypatch.undo()
    claim = Claim.objects.get()
    assert (claim.status, claim.submitted_at) == (ClaimStatus.DRAFT, None)


def test_two_lines_for_time_on_one_claim_are_raised_as_one_day(trust):
    claim = services.start_claim(partner_id=trust.partner.pk, by=trust.person, at=MAY)
    for hours in (0, 26):
        trust.line(
            claim, LineKind.CANCELLED_MEETING, date=date(2026, 5, 5), notice_hours=hours, at=MAY,
        )  # fmt: skip
    trust.line(claim, LineKind.INVOLVEMENT_PAYMENT, date=date(2026, 5, 5), minutes=60, activity="meeting", at=MAY)
    services.submit_claim(claim_id=claim.pk, by=trust.person, at=MAY)
    approve(trust, claim)
    assert [str(line.pay) for line in claim.lines.order_by("position")] == ["75.00", "0.00", "75.00"]
    raise_time(trust)
    assert sorted(offers()) == [("25.00", "proposed"), ("25.00", "proposed")]


# --- the database holds it --------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"status": TopUpStatus.ACCEPTED}, "top_up_accepted_has_line"),
        ({"status": TopUpStatus.DECLINED}, "top_up_answered_by_somebody"),
    ],
)
def test_an_answer_has_somebody(trust, change, name):
    approve(trust, drive(trust, "24.6"))
    raise_mileage(trust)
    with factories.acting(), pytest.raises(IntegrityError, match=name), transaction.atomic():
        TopUp.objects.update(**change)


def test_an_offer_is_made_once_and_never_changes(trust):
    approve(trust, drive(trust, "24.6"))
    raise_mileage(trust)
    top_up = TopUp.objects.get()
    with factories.acting():
        with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
            TopUp.objects.update(amount=D("100.00"))
        with pytest.raises(ProgrammingError, match="Cannot delete"), transaction.atomic():
            top_up.delete()
        top_up.pk = None
        with pytest.raises(IntegrityError, match="top_up_once_per_rate"), transaction.atomic():
            TopUp.objects.create(
                line=top_up.line, card=top_up.card, rate_kind=top_up.rate_kind, rate_id=top_up.rate_id, was=top_up.was,
                amount=D("1.00"), rule="Again", proposed_at=ANNOUNCED,
            )  # fmt: skip


def check_constraints() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize("model", [TimeRate, MileageRate, Cap])
def test_the_database_itself_refuses_a_gap_between_rows(trust, model):
    row = model.objects.filter(card=trust.card).first()
    with factories.acting(), transaction.atomic():
        model.objects.filter(pk=row.pk).update(valid_to=date(2027, 1, 1))
        row.pk, row.valid_from = model._meta.pk.default(), date(2027, 1, 3)
        row.save(force_insert=True)
        with pytest.raises(IntegrityError, match="leave days between them without a row"), transaction.atomic():
            check_constraints()
        model.objects.filter(pk=row.pk).update(valid_from=date(2027, 1, 2))
    check_constraints()


def test_the_database_lets_a_row_go_only_when_another_takes_its_days(trust):
    follow = {"card_id": trust.card.pk, "kind": LineKind.SUBSISTENCE_LUNCH, "source": "", "by": trust.finance_lead}
    middle = services.follow_cap(valid_from=date(2027, 1, 1), amount=D("6.00"), at=MAY, **follow)
    services.follow_cap(valid_from=date(2028, 1, 1), amount=D("7.00"), at=MAY, **follow)
    services.remove_row(card_id=trust.card.pk, row_id=middle.pk, by=trust.finance_lead, at=MAY)
    check_constraints()
    with factories.acting(), transaction.atomic():
        first = Cap.objects.filter(card=trust.card, valid_from=date(2021, 10, 20))
        first.update(valid_to=date(2027, 12, 30))
        with pytest.raises(IntegrityError, match="leave days between"), transaction.atomic():
            check_constraints()
        first.update(valid_to=date(2027, 12, 31))


# --- a claim whose prices are set -------------------------------------------------------------
def test_a_top_up_claim_is_withdrawn_not_recalled_and_never_repriced(trust):
    approve(trust, drive(trust, "24.6"))
    raise_mileage(trust)
    [claim] = accept(trust)
    claim = Claim.objects.prefetch_related("lines").get(pk=claim.pk)
    open_to = actions_open_to(trust.person, claim, today=ANNOUNCED.date())
    assert ClaimAction.RECALL not in open_to
    assert ClaimAction.WITHDRAW in open_to
    with pytest.raises(TransitionNotAllowed, match="The amounts of this claim are set"):
        services.recall_claim(claim_id=claim.pk, by=trust.person, at=ANNOUNCED)
    with pytest.raises(TransitionNotAllowed, match="The rate card cannot change them"):
        reprice(claim, at=ANNOUNCED)
    services.withdraw_claim(claim_id=claim.pk, by=trust.person, at=ANNOUNCED)
    assert claim.lines.get().status == LineStatus.WITHDRAWN
    assert queries.raises_of(claim, queries.rate_card_of(trust.organisation.pk)) == []
