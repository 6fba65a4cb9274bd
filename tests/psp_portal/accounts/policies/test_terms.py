"""When roles, posts, absences and invitations hold."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

from psp_portal.accounts.policies import terms
from psp_portal.dates import LONDON
from psp_portal.exceptions import RuleBroken

AT = datetime(2026, 3, 2, 9, 0, tzinfo=LONDON)
DAY = date(2026, 3, 2)


@dataclass
class Invitation:
    accepted_at: datetime | None = None
    lapsed_at: datetime | None = None
    expires_at: datetime = AT + timedelta(days=14)


def test_invitation_lasts_fourteen_days():
    assert terms.invitation_expires_at(AT) == datetime(2026, 3, 16, 9, 0, tzinfo=LONDON)


def test_open_invitation_passes_until_the_moment_it_runs_out():
    terms.check_invitation(Invitation(), at=AT + timedelta(days=14, microseconds=-1))


@pytest.mark.parametrize(
    ("invitation", "at", "words"),
    [
        (None, AT, "This link is not right"),
        (Invitation(accepted_at=AT), AT, "has been used"),
        (Invitation(lapsed_at=AT), AT, "has run out"),
        (Invitation(), AT + timedelta(days=14), "has run out"),
        (Invitation(accepted_at=AT), AT + timedelta(days=99), "has been used"),
    ],
)
def test_invitation_that_cannot_be_used_says_why(invitation, at, words):
    with pytest.raises(RuleBroken, match=words):
        terms.check_invitation(invitation, at=at)


@pytest.mark.parametrize(
    ("first", "second", "shares"),
    [
        ((1, 5), (5, 9), True),
        ((1, 5), (6, 9), False),
        ((6, 9), (1, 5), False),
        ((1, None), (9, None), True),
        ((9, None), (1, 8), False),
        ((1, 8), (9, None), False),
        ((3, 4), (1, 9), True),
    ],
)
def test_overlap(first, second, shares):
    days = [tuple(day and date(2026, 3, day) for day in stretch) for stretch in (first, second)]
    assert terms.overlap(*days) is shares


def test_last_day_may_be_the_first_and_not_before():
    terms.check_ends(DAY, DAY)
    terms.check_ends(DAY, None)
    with pytest.raises(RuleBroken, match="must be 2 March 2026 or later"):
        terms.check_ends(DAY, date(2026, 3, 1))


def test_last_day_may_be_yesterday_and_not_before():
    terms.check_last_day_not_long_past(date(2026, 3, 1), DAY)
    with pytest.raises(RuleBroken, match="before yesterday"):
        terms.check_last_day_not_long_past(date(2026, 2, 28), DAY)
