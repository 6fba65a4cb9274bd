"""Days with the trust and days with the partner, by example."""

from datetime import date

import pytest

from expenses.enums import ClaimStatus as S
from expenses.policies.timeline import DaysWith, days_with

SENT = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("turns", "until", "days"),
    [
        ([], SENT, DaysWith(0, 0, 0)),
        ([(1, S.SUBMITTED)], date(2026, 9, 11), DaysWith(10, 10, 0)),
        ([(1, S.SUBMITTED), (4, S.RETURNED)], date(2026, 9, 11), DaysWith(10, 3, 7)),
        ([(1, S.SUBMITTED), (4, S.RETURNED), (6, S.SUBMITTED)], date(2026, 9, 11), DaysWith(10, 8, 2)),
        ([(1, S.SUBMITTED), (4, S.RETURNED), (6, S.RETURNED), (8, S.SUBMITTED)], date(2026, 9, 11), DaysWith(10, 6, 4)),
        ([(1, S.SUBMITTED), (4, S.NOT_APPROVED), (9, S.APPEALED)], date(2026, 9, 11), DaysWith(10, 5, 5)),
        ([(1, S.SUBMITTED), (3, S.APPROVED), (5, S.IN_RUN), (7, S.PAID)], date(2026, 9, 7), DaysWith(6, 6, 0)),
        ([(1, S.SUBMITTED), (1, S.RETURNED), (1, S.SUBMITTED)], date(2026, 9, 5), DaysWith(4, 4, 0)),
    ],
    ids=[
        "just sent", "nothing happened", "with the partner now", "with the partner for two days",
        "a second thing while with the partner", "a refusal the partner may appeal", "paid", "all on one day",
    ],
)  # fmt: skip
def test_days_are_split_by_whose_turn_it_was(turns, until, days):
    dated = [(date(2026, 9, day), status) for day, status in turns]
    assert days_with(dated, submitted_on=SENT, until=until) == days


def test_what_came_before_the_claim_was_sent_again_does_not_count():
    turns = [(date(2026, 8, 1), S.SUBMITTED), (date(2026, 8, 3), S.RETURNED), (SENT, S.SUBMITTED)]
    assert days_with(turns, submitted_on=SENT, until=date(2026, 9, 3)) == DaysWith(2, 2, 0)
