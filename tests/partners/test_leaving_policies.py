from datetime import date, timedelta

import pytest

from partners.enums import PartnerStatus
from partners.enums.leaving import ExitStatus, PackStatus, SuccessionStatus
from partners.policies import leaving as policies
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

TODAY = date(2026, 3, 31)
DAY = timedelta(days=1)


def test_a_reason_is_words():
    policies.check_reason("Because")
    with pytest.raises(RuleBroken, match="^Why$") as refusal:
        policies.check_reason("  ", field="why", message="Why")
    assert refusal.value.field == "why"


@pytest.mark.parametrize(
    ("starts_on", "ends", "overlaps"),
    [
        (date(2025, 1, 1), date(2025, 3, 31), False),
        (date(2025, 1, 1), date(2025, 4, 1), True),
        (date(2025, 1, 1), None, True),
        (date(2026, 4, 1), None, False),
        (date(2026, 3, 31), None, True),
    ],
)
def test_two_terms_at_one_trust_do_not_share_a_day(starts_on, ends, overlaps):
    others = [(date(2025, 4, 1), date(2026, 3, 31))]
    if not overlaps:
        policies.check_no_overlap(starts_on, ends, others=others)
        return
    with pytest.raises(RuleBroken, match="from 1 April 2025 to 31 March 2026") as refusal:
        policies.check_no_overlap(starts_on, ends, others=others)
    assert refusal.value.field == "starts_on"


def test_a_term_that_has_not_ended_overlaps_all_that_comes_after():
    with pytest.raises(RuleBroken, match="from 1 April 2025 and has not ended"):
        policies.check_no_overlap(date(2030, 1, 1), None, others=[(date(2025, 4, 1), None)])


def test_succession_begins_six_months_before_and_is_decided_three_months_before():
    assert policies.ends_within_succession(TODAY) == date(2026, 9, 30)
    assert policies.decide_by(date(2026, 9, 30), today=TODAY) == date(2026, 6, 30)
    assert policies.decide_by(TODAY, today=TODAY) == date(2026, 4, 14)


def test_a_plan_is_decided_once():
    policies.check_plan_is_open(SuccessionStatus.OPEN)
    with pytest.raises(TransitionNotAllowed):
        policies.check_plan_is_open(SuccessionStatus.DECIDED)


@pytest.mark.parametrize(("new", "message"), [(None, "Enter the new last day"), (TODAY, "must be after 31 March 2026")])
def test_an_extension_is_later(new, message):
    policies.check_extension(TODAY, TODAY + DAY)
    with pytest.raises(RuleBroken, match=message) as refusal:
        policies.check_extension(TODAY, new)
    assert refusal.value.field == "term_ends_on"


@pytest.mark.parametrize(
    ("starts_on", "back_on", "field"),
    [
        (TODAY - DAY, None, "starts_on"),
        (TODAY + timedelta(days=551), None, "starts_on"),
        (TODAY, TODAY, "expected_back_on"),
        (TODAY, TODAY - DAY, "expected_back_on"),
    ],
)
def test_a_pause_has_days_that_can_be(starts_on, back_on, field):
    policies.check_pause(TODAY, None, today=TODAY)
    policies.check_pause(TODAY + timedelta(days=550), TODAY + timedelta(days=551), today=TODAY)
    with pytest.raises(RuleBroken) as refusal:
        policies.check_pause(starts_on, back_on, today=TODAY)
    assert refusal.value.field == field


def test_a_last_day_is_to_come_and_not_before_the_first():
    policies.check_last_day_to_come(TODAY, starts_on=TODAY - DAY, today=TODAY)
    for last_day, starts_on, message in (
        (TODAY - DAY, TODAY - 9 * DAY, "31 March 2026 or later"),
        (TODAY, TODAY + DAY, "1 April 2026 or later"),
        (TODAY + timedelta(days=551), TODAY, "Check the year"),
    ):
        with pytest.raises(RuleBroken, match=message) as refusal:
            policies.check_last_day_to_come(last_day, starts_on=starts_on, today=TODAY)
        assert refusal.value.field == "last_day"


def test_an_exit_conversation_is_answered_or_declined_once():
    policies.check_is_offered(ExitStatus.OFFERED)
    with pytest.raises(TransitionNotAllowed, match="declined"):
        policies.check_is_offered(ExitStatus.DECLINED)
    with pytest.raises(TransitionNotAllowed, match="sent your answers"):
        policies.check_is_offered(ExitStatus.ANSWERED)
    policies.check_has_answers({1: "", 2: "Well"})
    with pytest.raises(RuleBroken, match="Answer at least one"):
        policies.check_has_answers({1: " ", 2: ""})


@pytest.mark.parametrize("status", PartnerStatus)
def test_a_pack_is_written_on_the_way_out(status):
    if status in (PartnerStatus.LEAVING, PartnerStatus.LEFT):
        policies.check_can_write_pack(status)
    else:
        with pytest.raises(TransitionNotAllowed):
            policies.check_can_write_pack(status)


def test_a_pack_is_published_once_and_not_empty():
    policies.check_can_publish(PackStatus.WRITING, ["", "Words"])
    with pytest.raises(RuleBroken, match="nothing in the pack"):
        policies.check_can_publish(PackStatus.WRITING, ["", ""])
    with pytest.raises(TransitionNotAllowed):
        policies.check_can_publish(PackStatus.PUBLISHED, ["Words"])
