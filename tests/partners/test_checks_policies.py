from datetime import date, timedelta

import pytest

from partners.enums.checks import CheckKind, CheckOutcome, DbsLevel, DbsReason
from partners.policies import checks as policies
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("reason", "highest"),
    [
        (DbsReason.NONE, DbsLevel.BASIC),
        (DbsReason.ACCESS, DbsLevel.STANDARD),
        (DbsReason.WORK, DbsLevel.ENHANCED),
        (DbsReason.REGULATED, DbsLevel.BARRED),
    ],
)
def test_no_level_above_what_the_reason_allows(reason, highest):
    levels = list(DbsLevel)
    for level in levels:
        if levels.index(level) <= levels.index(highest):
            policies.check_dbs(CheckKind.DBS, level=level, reason=reason)
            continue
        with pytest.raises(RuleBroken, match="unlawful") as refusal:
            policies.check_dbs(CheckKind.DBS, level=level, reason=reason)
        assert refusal.value.field == "dbs_level"


@pytest.mark.parametrize(
    ("kind", "level", "reason", "field"),
    [
        (CheckKind.DBS, "", DbsReason.NONE, "dbs_level"),
        (CheckKind.DBS, DbsLevel.BASIC, "", "dbs_reason"),
        (CheckKind.IDENTITY, DbsLevel.BASIC, "", "dbs_level"),
        (CheckKind.HEALTH, "", DbsReason.NONE, "dbs_level"),
    ],
)
def test_level_and_reason_belong_to_a_dbs_check(kind, level, reason, field):
    with pytest.raises(RuleBroken) as refusal:
        policies.check_dbs(kind, level=level, reason=reason)
    assert refusal.value.field == field
    policies.check_dbs(CheckKind.IDENTITY, level="", reason="")


@pytest.mark.parametrize(("months", "is_fine"), [(None, True), (1, True), (120, True), (0, False), (121, False)])
def test_a_renewal_is_some_time(months, is_fine):
    if is_fine:
        policies.check_renewal(months)
        return
    with pytest.raises(RuleBroken):
        policies.check_renewal(months)


@pytest.mark.parametrize(
    ("typed", "kept"), [("", ""), ("  ", ""), (" 001234567890 ", "001234567890"), ("OH/2026-17", "OH/2026-17")]
)
def test_a_reference_is_a_number_or_code(typed, kept):
    assert policies.clean_reference(typed) == kept


@pytest.mark.parametrize(
    "typed", ["Caution in 1998", "conviction", "1998:caution", "é1", "1" * 31, "-1", "no\n1", "nothing-found"]
)
def test_words_are_no_reference(typed):
    with pytest.raises(RuleBroken, match="Do not write what was found") as refusal:
        policies.clean_reference(typed)
    assert refusal.value.field == "reference"


def test_an_outcome_is_of_a_day_that_has_been():
    policies.check_outcome(CheckOutcome.CLEARED, done_on=TODAY, today=TODAY)
    with pytest.raises(RuleBroken) as refusal:
        policies.check_outcome(CheckOutcome.CLEARED, done_on=TODAY + timedelta(days=1), today=TODAY)
    assert refusal.value.field == "done_on"
    with pytest.raises(RuleBroken) as refusal:
        policies.check_outcome(CheckOutcome.WAITING, done_on=TODAY, today=TODAY)
    assert refusal.value.field == "outcome"


def test_an_outcome_is_recorded_once():
    policies.check_waits(CheckOutcome.WAITING, done_on=None)
    with pytest.raises(TransitionNotAllowed, match="24 November 2026"):
        policies.check_waits(CheckOutcome.CLEARED, done_on=TODAY)


@pytest.mark.parametrize(
    ("outcome", "months", "day"),
    [
        (CheckOutcome.CLEARED, 36, date(2029, 11, 24)),
        (CheckOutcome.CONDITIONS, 1, date(2026, 12, 24)),
        (CheckOutcome.CLEARED, None, None),
        (CheckOutcome.NOT_CLEARED, 36, None),
    ],
)
def test_only_what_was_cleared_runs_out(outcome, months, day):
    assert policies.expires_on(outcome, TODAY, months) == day


W, C, K, N = CheckOutcome.WAITING, CheckOutcome.CLEARED, CheckOutcome.CONDITIONS, CheckOutcome.NOT_CLEARED


@pytest.mark.parametrize(
    ("outcomes", "done"),
    [
        ([], True),
        ([("identity", C)], True),
        ([("identity", C), ("dbs", K)], True),
        ([("identity", C), ("dbs", W)], False),
        ([("identity", N)], False),
        # Asked for again, to renew it or after a no.
        ([("identity", C), ("identity", W)], True),
        ([("identity", N), ("identity", W)], False),
    ],
)
def test_done_is_each_kind_cleared(outcomes, done):
    assert policies.are_done(outcomes) == done


def test_nothing_leads_back_to_waiting():
    assert policies.moves() == [(W, C), (W, K), (W, N)]
