"""When a partner is reminded of a meeting they have not claimed for."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expenses.policies.claim_window import REMINDER_DAYS, reminded_on
from expenses.policies.deadlines import claim_window_ends

# Three months from 8 September: the window closes on 8 December, reminders fall due on 10 November and 1 December.
ON = date(2026, 9, 8)


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2026, 11, 9), None),
        (date(2026, 11, 10), date(2026, 11, 10)),
        (date(2026, 11, 30), date(2026, 11, 10)),
        (date(2026, 12, 1), date(2026, 12, 1)),
        (date(2026, 12, 8), date(2026, 12, 1)),
        (date(2026, 12, 9), None),
    ],
)
def test_two_reminders_before_the_window_closes(today, due):
    assert reminded_on(ON, known_on=date(2026, 9, 9), months=3, today=today) == due


def test_what_is_recorded_late_is_reminded_of_from_then_on():
    known = date(2026, 11, 20)
    assert reminded_on(ON, known_on=known, months=3, today=date(2026, 11, 21)) == known
    assert reminded_on(ON, known_on=known, months=3, today=date(2026, 12, 1)) == date(2026, 12, 1)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 24))
def test_there_are_as_many_reminders_as_days_to_remind_on(on, months):
    ends = claim_window_ends(on, months)
    dues = {
        reminded_on(on, known_on=on, months=months, today=date.fromordinal(day))
        for day in range(ends.toordinal() - 40, ends.toordinal() + 3)
    }
    assert len(dues - {None}) == len(REMINDER_DAYS)
