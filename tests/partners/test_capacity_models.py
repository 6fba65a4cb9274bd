"""What the database holds of time and days away, even if code is wrong."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from partners.models.capacity import AwayPeriod, CapacityAgreement, CapacitySettings, Profile
from tests import factories
from tests.partners.capacity_samples import APRIL, NOW, TODAY, agree, go_away, propose, tell_experience

pytestmark = pytest.mark.django_db


def breaks(write, error=IntegrityError, match=""):
    with factories.acting(), pytest.raises(error, match=match), transaction.atomic():
        write()


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"unit": "weeks"}, "capacity_unit_known"),
        ({"status": "x"}, "capacity_status_known"),
        ({"amount": 0}, "capacity_is_some_time"),
        ({"starts_on": date(2025, 4, 2)}, "capacity_starts_with_a_month"),
        ({"answered_at": NOW}, "capacity_both_answered_set"),
    ],
)
def test_an_agreement_that_cannot_be(trust, change, constraint):
    proposed = propose(trust.partner)
    error = DatabaseError if "status" in change else IntegrityError
    match = "Invalid transition|capacity_status_known" if "status" in change else constraint
    breaks(lambda: CapacityAgreement.objects.filter(pk=proposed.pk).update(**change), error, match)


def test_nobody_answers_their_own_proposal(trust):
    proposed = propose(trust.partner)
    change = {"status": "agreed", "answered_by": trust.partner.user, "answered_at": NOW}
    breaks(
        lambda: CapacityAgreement.objects.filter(pk=proposed.pk).update(**change),
        match="capacity_answered_by_the_other",
    )
    breaks(
        lambda: CapacityAgreement.objects.filter(pk=proposed.pk).update(status="agreed"),
        match="capacity_answered_by_the_other",
    )


def test_only_one_proposal_waits(trust):
    propose(trust.partner)
    same = {
        "partner": trust.partner, "amount": 1, "unit": "hours", "minutes": 60, "starts_on": APRIL,
        "proposed_by": trust.lead, "proposed_at": NOW,
    }  # fmt: skip
    breaks(lambda: CapacityAgreement.objects.create(**same), match="capacity_proposed_once")
    breaks(lambda: CapacityAgreement.objects.create(**same, status="withdrawn"), DatabaseError, "Cannot insert")


def test_an_answer_stays(trust):
    agreed = agree(trust.partner)
    breaks(
        lambda: CapacityAgreement.objects.filter(pk=agreed.pk).update(status="withdrawn"),
        DatabaseError,
        "Invalid transition",
    )


def test_days_away_end_after_they_start_and_start_once(trust):
    away = go_away(trust.partner, TODAY, TODAY)
    breaks(
        lambda: AwayPeriod.objects.filter(pk=away.pk).update(ends_on=date(2025, 3, 1)), match="away_ends_after_start"
    )
    breaks(
        lambda: AwayPeriod.objects.create(partner=trust.partner, starts_on=TODAY, ends_on=TODAY),
        match="away_starts_once",
    )


def test_a_profile_holds_times_of_a_week_and_a_known_audience(trust):
    tell_experience(trust.partner)
    breaks(lambda: Profile.objects.update(slots=["8:morning"]), match="profile_slots_of_a_week")
    breaks(lambda: Profile.objects.update(experience_for="all"), match="profile_audience_known")


def test_settings_are_within_reason(trust):
    breaks(
        lambda: CapacitySettings.objects.create(organisation=trust.organisation, day_minutes=10),
        match="capacity_settings_in_range",
    )


def test_rows_are_named(trust):
    assert str(propose(trust.partner)) == f"{trust.partner.pk}: 8 hours from 2025-04-01"
    assert str(go_away(trust.partner, TODAY, TODAY)) == f"{trust.partner.pk} away from 2025-04-01 to 2025-04-01"
    assert str(tell_experience(trust.partner)) == f"What {trust.partner.pk} offers"
    assert str(CapacitySettings(organisation=trust.organisation)) == f"Time of partners at {trust.organisation.pk}"
