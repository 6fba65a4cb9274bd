"""On which day a payment counts as made, when nobody says and when somebody does."""

from datetime import date, datetime

import pytest

from expenses.policies.payment_day import expected_on, moment_of, why_not
from psp_portal.dates import LONDON

TODAY = date(2026, 12, 29)
CHRISTMAS = {date(2026, 12, 25), date(2026, 12, 28)}


@pytest.mark.parametrize(
    ("processing_on", "expected"),
    [
        (None, TODAY),
        (date(2026, 12, 21), date(2026, 12, 22)),
        (date(2026, 12, 24), TODAY),  # the 25th and 28th are holidays
        (TODAY, TODAY),  # the money is there tomorrow only
    ],
)
def test_money_is_there_on_the_working_day_after_the_processing_day(processing_on, expected):
    assert expected_on(processing_on, today=TODAY, holidays=CHRISTMAS) == expected


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 12, 9), "The day it was paid must be on or after 10 December 2026, when the run was released."),
        (date(2026, 12, 10), ""),
        (TODAY, ""),
        (date(2026, 12, 30), "The day it was paid must be today or in the past."),
    ],
)
def test_a_payment_is_made_between_its_release_and_today(day, words):
    assert why_not(day, released_on=date(2026, 12, 10), today=TODAY) == words


def test_what_is_marked_on_its_day_keeps_the_moment_and_what_is_marked_later_has_noon():
    at = datetime(2026, 12, 29, 0, 30, tzinfo=LONDON)
    assert moment_of(TODAY, at=at) == at
    assert moment_of(date(2026, 7, 1), at=at) == datetime(2026, 7, 1, 12, tzinfo=LONDON)
