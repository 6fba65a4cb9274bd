"""What the database holds of access needs, even if code is wrong."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from partners.enums.access import NeedKind
from partners.models.access import AccessNeed, AccessSettings
from tests import factories
from tests.partners.access_samples import TODAY, meet, mention, need

pytestmark = pytest.mark.django_db


def breaks(each, match, error=IntegrityError, **change):
    with factories.acting(), pytest.raises(error, match=match), transaction.atomic():
        type(each).objects.filter(pk=each.pk).update(**change)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"sharing": "all"}, "need_sharing_known"),
        ({"kind": "chair"}, "need_kind_known"),
        ({"kind": ""}, "need_recorded_by_somebody"),
        ({"recorded_by": None}, "need_recorded_by_somebody"),
        ({"recorded_at": None}, "need_recorded_by_somebody"),
        ({"review_due_on": None}, "need_recorded_by_somebody"),
        ({"point_size": 18}, "need_size_of_large_print"),
        ({"detail": ""}, "need_says_what"),
        ({"ended_on": TODAY}, "need_ended_on_when_ended"),
        ({"status": "ended"}, "need_ended_on_when_ended"),
    ],
)
def test_a_need_that_cannot_be(trust, change, constraint):
    breaks(need(trust.partner), constraint, **change)


def test_large_print_has_a_size(trust):
    written = need(trust.partner, NeedKind.LARGE_PRINT, "", point_size=18)
    for size in (None, 13, 73):
        breaks(written, "need_size_of_large_print", point_size=size)


def test_what_was_mentioned_is_in_words_and_by_nobody(trust):
    said = mention(trust.partner)
    breaks(said, "need_identified_in_words", recorded_by=trust.lead)
    breaks(said, "need_says_what|need_identified_in_words", detail="")


def test_a_need_goes_one_way(trust):
    written = need(trust.partner)
    breaks(written, "Invalid transition", DatabaseError, status="identified")
    with factories.acting():
        AccessNeed.objects.filter(pk=written.pk).update(status="ended", ended_on=TODAY)
    breaks(written, "Invalid transition", DatabaseError, status="recorded", ended_on=None)


def test_an_occasion_has_a_name_and_a_no_its_reason(trust):
    met = meet(need(trust.partner), trust.lead)
    breaks(met, "need_met_on_an_occasion", occasion="")
    breaks(met, "need_not_met_says_why", was_met=False, how="")


def test_the_months_are_within_reason(trust):
    with factories.acting(), pytest.raises(IntegrityError, match="access_settings_in_range"):
        AccessSettings.objects.create(organisation=trust.organisation, review_months=37)
