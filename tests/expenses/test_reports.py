"""Reports: every figure is what counting its own rows gives, whatever other organisations have."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from expenses import services
from expenses.enums import LineAction, LineKind, Problem, StepKind
from expenses.models import ClaimLine
from expenses.policies.performance import Sum
from expenses.policies.periods import Period
from expenses.queries import reports
from psp_portal.dates import LONDON
from tests.expenses.world import AT, World, make_world

# What a claim of the world is: half a day of time, and 24.6 miles.
TIME, MILES = Decimal("75.00"), Decimal("13.53")
WHOLE = TIME + MILES
AUTUMN = Period(date(2026, 9, 1), date(2026, 11, 30))


def paid(world: World, *, days: int, at: datetime = AT, **more):
    """Return a claim sent at a moment, approved two days later, and paid so many days after it was sent."""
    claim = world.sent(at=at, **more)
    world.decide(claim, LineAction.APPROVE, at=at + timedelta(days=2))
    run = world.released(at=at + timedelta(days=days))
    services.record_payment(run_id=run.pk, run_line_ids=None, by=world.finance_lead, at=at + timedelta(days=days))
    claim.refresh_from_db()
    return claim


def scope_of(world: World, *, period: Period = AUTUMN, today: date = date(2026, 12, 10), user=None, **more):
    return reports.report_scope(user or world.lead, world.organisation.pk, period, today=today, **more)


def rows(scope, report, figure):
    """Return the rows of a figure as they are shown."""
    counted = reports.counted(scope, report, figure)
    return [counted.as_row(found) for found in counted.rows]


def recounted(scope, report, figure) -> Sum:
    """Count a figure's rows one by one."""
    found = rows(scope, report, figure)
    total = Sum(len(found), sum((row.value for row in found), Decimal("0.00")))
    assert reports.counted(scope, report, figure).total() == total
    return total


# --- the columns that reports stand on ------------------------------------------------------
def test_lines_know_when_they_came_to_their_end_and_claims_when_they_were_paid(world):
    claim = paid(world, days=10)
    assert claim.paid_at == AT + timedelta(days=10)
    assert {line.settled_at for line in claim.lines.all()} == {AT + timedelta(days=10)}
    other = world.sent(with_taxi=True)
    assert {line.settled_at for line in other.lines.all()} == {None}
    assert other.paid_at is None
    services.withdraw_claim(claim_id=other.pk, by=world.person, at=world.later(days=1))
    other.refresh_from_db()
    assert {line.settled_at for line in other.lines.all()} == {world.later(days=1)}
    assert other.paid_at is None


def test_a_failed_payment_does_not_end_a_line(world):
    claim = world.approved()
    run = world.released()
    line = run.lines.first()
    services.record_failure(run_id=run.pk, run_line_id=line.pk, reason="No such account", by=world.finance_lead, at=AT)
    claim.refresh_from_db()
    assert claim.lines.get(pk=line.line_id).settled_at is None
    assert claim.paid_at is None


def test_the_database_refuses_an_end_without_its_moment(world):
    from django.db import Error, transaction

    from tests import factories

    claim = world.sent()
    line = claim.lines.first()
    for values in ({"status": "withdrawn"}, {"settled_at": AT}):
        with factories.acting(), pytest.raises(Error, match="Cannot update"), transaction.atomic():
            ClaimLine.objects.filter(pk=line.pk).update(**values)


# --- how fast -------------------------------------------------------------------------------
def test_how_fast_claims_were_paid(world):
    paid(world, days=10)
    paid(world, days=30)
    paid(world, days=31)
    paid(world, days=46, at=AT + timedelta(days=1))
    world.sent()
    paid(make_world(), days=5)
    scope = scope_of(world)
    target = reports.target_of(scope)
    found = reports.speed_report(scope, target)
    assert (target.payment_days, target.percent) == (30, 95)
    assert found.whole.all == Sum(4, 4 * WHOLE)
    assert (found.whole.percent_by_number, found.whole.percent_by_value) == (Decimal("50.0"), Decimal("50.0"))
    assert (found.whole.meets_by_number, found.whole.median_days, found.whole.most_days) == (False, Decimal("30.5"), 46)
    assert [(bucket.first, sums.count) for bucket, sums in found.by_days] == [
        (0, 1), (21, 1), (31, 1), (45, 1), (60, 0), (90, 0),
    ]  # fmt: skip
    assert [(month, speed.all.count, speed.late.count) for month, speed in found.months] == [
        (date(2026, 9, 1), 1, 0), (date(2026, 10, 1), 2, 1), (date(2026, 11, 1), 1, 1),
    ]  # fmt: skip
    for figure, sums in [
        ("paid", found.whole.all), ("in_time", found.whole.in_time), ("late", found.whole.late),
        *((f"days-{bucket.first}", sums) for bucket, sums in found.by_days),
    ]:  # fmt: skip
        assert recounted(scope, "speed", figure) == sums, figure
    assert [row.days for row in rows(scope, "speed", "paid")] == [46, 31, 30, 10]


def test_a_claim_is_paid_when_its_last_line_is(world):
    """One line paid at once and the other late: the whole claim was late."""
    claim = world.sent(with_parking=True)
    world.decide(claim, LineAction.APPROVE, LineAction.APPROVE, LineAction.RETURN)
    run = world.released()
    services.record_payment(run_id=run.pk, run_line_ids=None, by=world.finance_lead, at=world.later(days=5))
    scope = scope_of(world)
    assert recounted(scope, "speed", "paid") == Sum()
    returned = claim.lines.get(status="returned")
    services.answer_question(
        claim_id=claim.pk, line_id=returned.pk, answer="The hospital", by=world.person, at=world.later(days=12)
    )
    world.decide(claim, LineAction.APPROVE, at=world.later(days=20))
    run = world.released(at=world.later(days=40))
    services.record_payment(run_id=run.pk, run_line_ids=None, by=world.finance_lead, at=world.later(days=40))
    assert recounted(scope, "speed", "late") == Sum(1, WHOLE + Decimal("4.20"))
    waited = reports.days_with_partners(scope)
    assert (waited.claims, waited.days) == (1, 12)
    assert recounted(scope, "speed", "asked") == Sum(1, WHOLE + Decimal("4.20"))


def test_a_refusal_that_becomes_final_later_does_not_make_a_payment_late(world):
    claim = world.sent(with_parking=True)
    world.decide(claim, LineAction.APPROVE, LineAction.APPROVE, LineAction.REFUSE)
    run = world.released()
    services.record_payment(run_id=run.pk, run_line_ids=None, by=world.finance_lead, at=world.later(days=5))
    services.let_refusals_stand(at=world.later(days=50))
    claim.refresh_from_db()
    assert claim.status == "paid"
    scope = scope_of(world)
    assert [(row.days, row.value) for row in rows(scope, "speed", "in_time")] == [(5, WHOLE)]


# --- what is owed ---------------------------------------------------------------------------
def test_what_is_owed_by_age_and_how_it_stands(world):
    paid(world, days=3)
    sent = world.sent()
    world.sent(at=AT + timedelta(days=30))
    approved = world.approved(at=AT + timedelta(days=60))
    make_world().sent()
    scope = scope_of(world, today=date(2026, 11, 20))
    target = reports.target_of(scope)
    found = reports.owed_report(scope, target)
    assert found.as_at == date(2026, 11, 20)
    # Sent on 15 September, 15 October and 14 November.
    assert [(bucket.first, sums.count) for bucket, sums in found.by_age] == [
        (0, 1), (21, 0), (31, 1), (45, 0), (60, 1), (90, 0),
    ]  # fmt: skip
    assert (found.whole, found.overdue, found.oldest_days) == (Sum(3, 3 * WHOLE), Sum(2, 2 * WHOLE), 66)
    assert dict(found.by_standing) == {"to_decide": Sum(2, 2 * WHOLE), "to_pay": Sum(1, WHOLE)}
    for figure, sums in [
        ("owed", found.whole), ("overdue", found.overdue), *found.by_standing, ("contested", found.contested),
        *((f"age-{bucket.first}", sums) for bucket, sums in found.by_age),
    ]:  # fmt: skip
        assert recounted(scope, "owed", figure) == sums, figure
    assert [row.reference for row in rows(scope, "owed", "owed")][0] == sent.reference
    assert [row.reference for row in rows(scope, "owed", "to_pay")] == [approved.reference]


def test_what_was_owed_on_a_day_is_not_changed_by_what_happens_later(world):
    """The same day asked again after a payment, a decision, a refusal, an appeal, a withdrawal."""
    claims = [world.sent(with_parking=True) for _ in range(5)]
    world.decide(claims[0], LineAction.APPROVE, LineAction.APPROVE, LineAction.REFUSE, at=world.later(days=1))
    day = world.later(days=3)
    scope = scope_of(world, period=Period(date(2026, 9, 1), day.date()), today=date(2027, 1, 10))
    target = reports.target_of(scope)
    before = reports.owed_report(scope, target)
    assert before.whole == Sum(5, 5 * WHOLE + 4 * Decimal("4.20"))
    assert before.contested == Sum(1, Decimal("4.20"))

    refused = claims[0].lines.get(status="not_approved")
    services.appeal_line(
        claim_id=claims[0].pk, line_id=refused.pk, reason="It was agreed", by=world.person, at=world.later(days=4)
    )
    services.decide_appeal(
        claim_id=claims[0].pk, line_id=refused.pk, allow=True, reason="It was", by=world.deputy, at=world.later(days=5)
    )
    services.withdraw_claim(claim_id=claims[1].pk, by=world.person, at=world.later(days=5))
    world.decide(claims[2], LineAction.REFUSE, at=world.later(days=5))
    world.decide(claims[3], LineAction.APPROVE, at=world.later(days=5))
    run = world.released(at=world.later(days=6))
    services.record_payment(run_id=run.pk, run_line_ids=None, by=world.finance_lead, at=world.later(days=7))
    services.let_refusals_stand(at=world.later(days=60))
    assert reports.owed_report(scope, target) == before
    for figure, sums in (("owed", before.whole), ("contested", before.contested)):
        assert recounted(scope, "owed", figure) == sums
    # The appeal that was allowed is owed from the day it was.
    later = scope_of(world, period=Period(date(2026, 9, 1), world.later(days=5).date()), today=date(2027, 1, 10))
    found = reports.owed_report(later, target)
    assert dict(found.by_standing)["to_pay"] == Sum(2, 2 * (WHOLE + Decimal("4.20")))
    assert found.contested == Sum(1, WHOLE + Decimal("4.20"))


def test_a_claim_that_another_organisation_pays_is_counted_once(world):
    from tests import factories

    other = make_world()
    theirs = other.sent()
    with factories.acting():
        type(theirs).objects.filter(pk=theirs.pk).update(organisation=world.organisation)
    here, there = scope_of(world), scope_of(other)
    target = reports.target_of(here)
    assert reports.owed_report(here, target).whole == Sum()
    assert reports.owed_report(there, target).whole == Sum(1, WHOLE)
    elsewhere = reports.owed_report(here, target).elsewhere
    assert [(each.payer, each.whole) for each in elsewhere] == [(other.organisation.name, Sum(1, WHOLE))]
    assert recounted(here, "owed", "elsewhere") == Sum(1, WHOLE)
    assert rows(here, "owed", "elsewhere")[0].what == f"Paid by {other.organisation.name}"
    assert reports.owed_report(there, target).elsewhere == []


# --- held -----------------------------------------------------------------------------------
def test_what_is_held_for_which_reason(world):
    first = world.sent(with_taxi=True)
    world.sent(with_parking=True)
    make_world().sent(with_taxi=True)
    scope = scope_of(world)
    found = reports.held_report(scope)
    by_reason = {each.problem: (each.lines, each.waiting) for each in found.reasons}
    assert by_reason[Problem.NEEDS_APPROVAL] == (1, Sum(1, Decimal("14.50")))
    assert by_reason[Problem.NO_RECEIPT] == (1, Sum(1, Decimal("4.20")))
    assert by_reason[Problem.OVER_CAP] == (0, Sum())
    assert (found.lines, found.waiting) == (2, Sum(2, Decimal("18.70")))
    world.decide(first, LineAction.APPROVE)
    found = reports.held_report(scope)
    by_reason = {each.problem: (each.lines, each.waiting) for each in found.reasons}
    assert by_reason[Problem.NEEDS_APPROVAL] == (1, Sum())
    for each in found.reasons:
        assert recounted(scope, "held", f"waiting_for-{each.problem}") == each.waiting
        assert len(rows(scope, "held", f"for-{each.problem}")) == each.lines
    assert recounted(scope, "held", "waiting") == found.waiting
    assert len(rows(scope, "held", "held")) == found.lines == 2
    assert rows(scope, "held", "waiting")[0].what == LineKind.PARKING.label


def test_what_was_asked_back_is_shown_apart(world):
    claim = world.sent()
    world.decide(claim, LineAction.RETURN, LineAction.APPROVE)
    scope = scope_of(world)
    assert reports.held_report(scope).asked == Sum(1, TIME) == recounted(scope, "held", "asked")


# --- answers --------------------------------------------------------------------------------
def test_who_answered_in_time(world):
    claim = world.sent()
    make_world().sent()
    services.escalate_overdue_claims(at=world.later(days=32))
    lead, both = claim.escalations.order_by("number")
    assert (lead.kind, both.kind) == (StepKind.LEAD, StepKind.LEAD_AND_FINANCE)
    services.reply_to_escalation(
        escalation_id=lead.pk, reply="Soon", promised_on=world.later(days=36).date(), by=lead.responsible,
        at=world.later(days=33),
    )  # fmt: skip
    services.reply_to_escalation(
        escalation_id=both.pk, reply="Soon", promised_on=world.later(days=44).date(), by=both.responsible,
        at=world.later(days=43),
    )  # fmt: skip
    services.escalate_overdue_claims(at=world.later(days=46))
    update = services.ask_for_update(claim_id=claim.pk, question="", by=world.person, at=world.later(days=46))
    scope = scope_of(world, today=world.later(days=47).date())
    found = reports.answers_report(scope)
    of_kind = {each.kind: each for each in found.steps}
    assert of_kind[StepKind.LEAD].answers.by_answer["in_time"] == 1
    assert of_kind[StepKind.LEAD_AND_FINANCE].answers.by_answer["late"] == 1
    assert of_kind[StepKind.EXECUTIVE].answers.by_answer["not_due"] == 1
    written = list(claim.escalations.all())
    assert found.whole.answers.asked == len(written)
    assert found.whole.promised == sum(step.promised_on is not None for step in written) == 2
    assert found.whole.missed == sum(step.promise_missed_at is not None for step in written)
    assert found.updates.by_answer["not_due"] == 1
    late = scope_of(world, today=world.later(days=80).date())
    assert reports.answers_report(late).updates.by_answer["owed"] == 1
    services.answer_update(update_id=update.pk, answer="Next week", by=update.asked_of, at=world.later(days=81))
    assert reports.answers_report(late).updates.by_answer["late"] == 1
    for each in found.steps:
        assert len(rows(scope, "answers", f"step-{each.kind}")) == each.answers.asked
        assert len(rows(scope, "answers", f"step-{each.kind}-missed")) == each.missed
        for answer, count in each.answers.by_answer.items():
            assert len(rows(scope, "answers", f"step-{each.kind}-{answer}")) == count
    for answer, count in found.whole.answers.by_answer.items():
        assert len(rows(scope, "answers", f"steps-{answer}")) == count
    assert len(rows(scope, "answers", "steps-promised")) == 2
    assert [row.what for row in rows(late, "answers", "updates-late")] == ["Replied late"]
    assert len(rows(late, "answers", "updates")) == 1


def test_an_update_about_a_claim_taken_back_is_counted_as_needing_no_reply(world):
    claim = world.sent()
    services.ask_for_update(claim_id=claim.pk, question="", by=world.person, at=world.later(days=1))
    services.recall_claim(claim_id=claim.pk, by=world.person, at=world.later(days=2))
    late = scope_of(world, today=world.later(days=60).date())
    assert reports.answers_report(late).updates.by_answer == {
        "in_time": 0, "late": 0, "owed": 0, "not_due": 0, "none_needed": 1,
    }  # fmt: skip
    assert [row.what for row in rows(late, "answers", "updates-none_needed")] == ["No reply needed"]


# --- spend ----------------------------------------------------------------------------------
def test_what_was_spent(world):
    paid(world, days=5)
    claim = world.draft()
    world.line(claim, LineKind.BUS, amount=Decimal("3.10"), no_receipt_reason="Contactless")
    services.submit_claim(claim_id=claim.pk, by=world.person, at=AT)
    world.decide(claim, LineAction.APPROVE)
    run = world.released()
    services.record_payment(run_id=run.pk, run_line_ids=None, by=world.finance_lead, at=AT)
    paid(make_world(), days=5)
    world.approved()
    scope = scope_of(world)
    found = reports.spend_report(scope)
    assert (found.time, found.expenses) == (Sum(2, 2 * TIME), Sum(3, 2 * MILES + Decimal("3.10")))
    assert found.whole == Sum(5, 2 * WHOLE + Decimal("3.10"))
    assert [(part.label, part.lines) for part in found.by_kind] == [
        ("Involvement payment", Sum(2, 2 * TIME)),
        ("Mileage", Sum(2, 2 * MILES)),
        ("Bus, tram or underground", Sum(1, Decimal("3.10"))),
    ]
    assert [(part.label, part.lines) for part in found.by_code] == [("PS100", found.whole)]
    assert [(part.label, part.lines) for part in found.by_committee] == [(world.committee.name, found.whole)]
    assert recounted(scope, "spend", "paid") == found.whole
    assert (recounted(scope, "spend", "time"), recounted(scope, "spend", "expenses")) == (found.time, found.expenses)
    for what, parts in (("kind", found.by_kind), ("code", found.by_code), ("committee", found.by_committee)):
        for part in parts:
            assert recounted(scope, "spend", f"{what}-{part.key}") == part.lines
        assert sum((part.lines for part in parts), Sum()) == found.whole
    assert found.booked == []


# --- narrowing and who may see ----------------------------------------------------------------
def test_a_period_takes_what_happened_in_london_s_days(world):
    claim = paid(world, days=5)
    assert claim.paid_at.astimezone(LONDON).date() == date(2026, 9, 20)
    for first, last, count in (
        (date(2026, 9, 20), date(2026, 9, 20), 1),
        (date(2026, 9, 1), date(2026, 9, 19), 0),
        (date(2026, 9, 21), date(2026, 9, 30), 0),
    ):
        scope = scope_of(world, period=Period(first, last))
        assert recounted(scope, "speed", "paid").count == count
        assert recounted(scope, "spend", "paid").count == 2 * count


def test_a_report_of_one_committee_or_budget_code(world):
    paid(world, days=5)
    world.sent()
    for more, count in (
        ({"committee_id": world.committee.pk}, 1),
        ({"budget_code": "PS100"}, 1),
        ({"budget_code": "OTHER"}, 0),
        ({"committee_id": world.organisation.pk}, 0),
    ):
        scope = scope_of(world, **more)
        target = reports.target_of(scope)
        assert reports.speed_report(scope, target).whole.all.count == count
        assert reports.owed_report(scope, target).whole.count == count
        assert reports.spend_report(scope).whole.count == 2 * count


@pytest.mark.parametrize("role", ["approver", "requester", "person"])
def test_nobody_else_sees_a_figure(world, role):
    paid(world, days=5)
    world.sent(with_taxi=True)
    scope = scope_of(world, user=getattr(world, role))
    target = reports.target_of(scope)
    assert reports.speed_report(scope, target).whole.all == Sum()
    assert reports.owed_report(scope, target).whole == Sum()
    assert reports.held_report(scope).lines == 0
    assert reports.spend_report(scope).whole == Sum()
    assert reports.answers_report(scope).whole is None


@pytest.mark.parametrize("role", ["lead", "finance_lead", "executive", "auditor"])
def test_those_who_answer_for_it_see_them(world, role):
    paid(world, days=5)
    assert recounted(scope_of(world, user=getattr(world, role)), "speed", "paid").count == 1


def test_an_unknown_figure_has_no_rows(world):
    scope = scope_of(world)
    for report, figure in [
        ("speed", "days-7"), ("speed", "x"), ("owed", "age-7"), ("owed", ""), ("held", "for-x"), ("held", "x"),
        ("answers", "step"), ("answers", "step-x"), ("answers", "steps-x"), ("answers", "updates-x"), ("answers", "x"),
        ("spend", "kind-x"), ("spend", "code"), ("spend", "committee-x"), ("spend", "x"), ("x", "paid"),
    ]:  # fmt: skip
        assert reports.counted(scope, report, figure) is None, (report, figure)
