"""The time of a recorded training is claimed for from its record, to the penny, and once."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from expenses import queries, services
from expenses.enums import Activity, LineAction, LineKind
from expenses.models import Claim, ClaimLine
from partners.services import training
from psp_portal.exceptions import RuleBroken
from tests import factories
from tests.expenses.pages import page, signed_in, words_of
from tests.expenses.world import make_world


@pytest.fixture
def now(world):
    with time_machine.travel(world.later(hours=1), tick=False):
        yield


def recorded(world, *, days: int = 4, minutes: int | None = 270, title: str = "Learning reviews"):
    """Return the record of a training of the partner's, four and a half hours long unless said otherwise."""
    course = training.create_course(
        organisation_id=world.organisation.pk,
        facts=training.CourseFacts(title, None, "", None, None, (), is_published=False),
        by=world.lead,
        at=world.at,
    )
    return training.record_session(
        course_id=course.pk, done_on=world.today - timedelta(days=days), minutes=minutes, reference="",
        partner_ids=[world.partner.pk], by=world.lead, at=world.at,
    ).records[0]  # fmt: skip


def claimed(world, record) -> Claim:
    return services.claim_training(record_id=record.pk, by=world.person, at=world.at)


def test_a_training_is_claimed_for_and_paid_to_the_penny(world):
    record = recorded(world)
    claim = claimed(world, record)
    line = claim.lines.get()
    assert (line.kind, line.activity, line.date, line.minutes) == (
        LineKind.INVOLVEMENT_PAYMENT, Activity.TRAINING, record.done_on, 270,
    )  # fmt: skip
    assert (line.training_id, line.description) == (record.pk, "Recorded training: Learning reviews")
    # More than four hours: a full day by the national card.
    assert (line.pay, claim.asked) == (Decimal("150.00"), Decimal("150.00"))
    services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    world.decide(claim, LineAction.APPROVE)
    claim.refresh_from_db()
    assert claim.approved == Decimal("150.00")


def test_the_same_hours_are_not_claimed_twice(world):
    record = recorded(world)
    claim = claimed(world, record)
    with pytest.raises(RuleBroken, match="You have claimed for the time of this training already"):
        claimed(world, record)
    assert queries.training_time_of(world.person, record.pk, today=world.today).claim_id == claim.pk
    with pytest.raises(RuleBroken, match="has claimed for this time"):
        training.remove_training(record_id=record.pk, by=world.lead, at=world.at)
    other = world.draft()
    line = other.lines.get(kind=LineKind.INVOLVEMENT_PAYMENT)
    with factories.acting(), pytest.raises(IntegrityError), transaction.atomic():
        ClaimLine.objects.filter(pk=line.pk).update(training=record)
    mileage = other.lines.get(kind=LineKind.MILEAGE)
    with factories.acting(), pytest.raises(IntegrityError), transaction.atomic():
        ClaimLine.objects.filter(pk=mileage.pk).update(training=recorded(world, title="Other"))


def test_two_tabs_at_once_make_one_claim(world, monkeypatch):
    record = recorded(world)
    before = queries.training_time_of(world.person, record.pk, today=world.today)
    claimed(world, record)
    monkeypatch.setattr(queries, "training_time_of", lambda *args, **kwargs: before)
    with pytest.raises(RuleBroken, match="already"):
        claimed(world, record)
    assert Claim.objects.count() == 1


def test_a_claim_thrown_away_or_taken_out_leaves_the_training_to_be_claimed_again(world):
    record = recorded(world)
    services.discard_claim(claim_id=claimed(world, record).pk, by=world.person, at=world.at)
    claim = claimed(world, record)
    services.submit_claim(claim_id=claim.pk, by=world.person, at=world.at)
    services.recall_claim(claim_id=claim.pk, by=world.person, at=world.at)
    services.remove_line(claim_id=claim.pk, line_id=claim.lines.get().pk, by=world.person, at=world.at)
    assert claimed(world, record).asked == Decimal("150.00")


def test_the_line_says_no_more_than_the_record(world):
    record = recorded(world)
    claim = claimed(world, record)
    line = claim.lines.get()

    def change(**said):
        given = {"minutes": 270, "activity": Activity.TRAINING} | said
        on = given.pop("date", record.done_on)
        return services.change_line(
            claim_id=claim.pk, line_id=line.pk, line=services.LineInput(LineKind.INVOLVEMENT_PAYMENT, on, **given),
            by=world.person, at=world.at,
        )  # fmt: skip

    with pytest.raises(RuleBroken, match="recorded with 4 h 30 min") as refusal:
        change(minutes=271)
    assert refusal.value.field == "hours"
    with pytest.raises(RuleBroken, match="was recorded for 11 September 2026"):
        change(date=world.today)
    changed = change(minutes=240)
    assert (changed.pay, changed.description) == (Decimal("75.00"), "Recorded training: Learning reviews")


def test_only_one_s_own_with_a_time_while_paid(world):
    record, without = recorded(world), recorded(world, minutes=None, title="No time")
    for by in (world.lead, make_world().person):
        with pytest.raises(RuleBroken, match="not a training of yours"):
            services.claim_training(record_id=record.pk, by=by, at=world.at)
    with pytest.raises(RuleBroken, match="No time was recorded"):
        claimed(world, without)
    before = recorded(world, days=4000, title="Before the role")
    with pytest.raises(RuleBroken, match="when your role began"):
        claimed(world, before)
    assert list(queries.trainings_to_claim(world.person, today=world.today)) == [record]
    assert list(queries.trainings_to_claim(world.lead, today=world.today)) == []
    unpaid = make_world(is_paid=False)
    theirs = recorded(unpaid)
    with pytest.raises(RuleBroken, match="not paid for your time"):
        claimed(unpaid, theirs)
    assert list(queries.trainings_to_claim(unpaid.person, today=unpaid.today)) == []


def test_the_pages_lead_from_the_training_to_the_claim(world, now):
    record = recorded(world)
    client = signed_in(world.person)
    address = page("training_claim_create", record_id=record.pk)
    assert address in client.get(reverse("training:training_detail", args=[world.partner.pk])).content.decode()
    assert address in client.get(page("claim_start")).content.decode()
    assert f"{world.lead.name} recorded 4 h 30 min" in words_of(client.get(address))
    started = client.post(address)
    claim = Claim.objects.get()
    assert started.url == page("claim_check", claim_id=claim.pk)
    words = words_of(client.get(started.url))
    assert "Time: 4 h 30 min, training" in words
    assert "Recorded training: Learning reviews" in words
    trained = client.get(reverse("training:training_detail", args=[world.partner.pk])).content.decode()
    assert address not in trained
    assert page("claim_detail", claim_id=claim.pk) in trained
    again = client.get(address)
    assert "You have claimed for the time of this training already." in words_of(again)
    assert page("claim_detail", claim_id=claim.pk) in again.content.decode()
    assert "You have claimed for the time" in words_of(client.post(address))
    assert address not in client.get(page("claim_start")).content.decode()
    without = recorded(world, minutes=None, title="No time")
    assert "No time was recorded for it." in words_of(client.get(page("training_claim_create", record_id=without.pk)))
    assert signed_in(make_world().person).get(address).status_code == 404
