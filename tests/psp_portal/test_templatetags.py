"""How the portal writes money, dates, times and statuses."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.template import Context, Template

from expenses import enums
from partners.enums import agreements, checks, induction, interests, leaving, questions, recruitment, support, training
from psp_portal import templatetags
from psp_portal.accounts import enums as accounts
from psp_portal.subject_access import enums as subject_access


def render(source: str, **context: object) -> str:
    return Template("{% load psp %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("source", "value", "expected"),
    [
        ("{{ value|pounds }}", Decimal("1234.5"), "£1,234.50"),
        ("{{ value|pounds }}", Decimal("-5"), "-£5.00"),
        ("{{ value|pounds }}", None, ""),
        ("{{ value|nhs_date }}", date(2026, 8, 6), "6 August 2026"),
        # Half past eleven at night in UTC is the next day in London in summer.
        ("{{ value|nhs_date }}", datetime(2026, 8, 5, 23, 30, tzinfo=UTC), "6 August 2026"),
        ("{{ value|nhs_date }}", None, ""),
        ("{{ value|nhs_time }}", time(14, 30), "2:30pm"),
        ("{{ value|nhs_time }}", time(9, 0), "9am"),
        ("{{ value|nhs_time }}", time(12, 0), "midday"),
        ("{{ value|nhs_time }}", time(0, 0), "midnight"),
        ("{{ value|nhs_time }}", time(12, 5), "12:05pm"),
        ("{{ value|nhs_time }}", time(0, 5), "12:05am"),
        ("{{ value|nhs_time }}", datetime(2026, 8, 6, 13, 30, tzinfo=UTC), "2:30pm"),
        ("{{ value|nhs_time }}", None, ""),
        ("{{ value|nhs_datetime }}", datetime(2026, 1, 6, 14, 30, tzinfo=UTC), "6 January 2026 at 2:30pm"),
        ("{{ value|nhs_datetime }}", None, ""),
        ("{{ value|working_minutes }}", 210, "3 h 30 min"),
        ("{{ value|working_minutes }}", 0, "0 min"),
        ("{{ value|working_minutes }}", None, ""),
        ("{{ value|miles }}", Decimal("24.6"), "24.6 miles"),
        ("{{ value|miles }}", Decimal("1.0"), "1 mile"),
        ("{{ value|miles }}", Decimal("1200.00"), "1,200 miles"),
        ("{{ value|miles }}", Decimal("100"), "100 miles"),
        ("{{ value|miles }}", None, ""),
    ],
)
def test_filter_writes_the_value(source: str, value: object, expected: str) -> None:
    assert render(source, value=value) == expected


STATUSES = (
    enums.ClaimStatus, enums.LineStatus, enums.RunStatus, enums.RunLineStatus, enums.ApprovalStatus,
    training.TrainingState, training.RequestStatus, support.TalkStatus, support.MentoringStatus, support.ReviewStatus,
    recruitment.VacancyStatus, recruitment.ApplicationStatus, checks.CheckOutcome, agreements.AgreementState,
    interests.DeclarationState, induction.ItemState, questions.QuestionStatus,
    leaving.SuccessionStatus, leaving.ExitStatus, leaving.PackStatus, accounts.ShutOutStatus,
    subject_access.RequestStatus,
)  # fmt: skip


@pytest.mark.parametrize("status", [status for enum in STATUSES for status in enum], ids=str)
def test_status_tag_shows_the_label_in_a_colour_of_its_own(status) -> None:
    """No status falls back on grey, and the words are always there."""
    colour = templatetags.STATUS_COLOURS[status.label]
    assert render("{% status_tag status %}", status=status) == (
        f'<strong class="nhsuk-tag nhsuk-tag--{colour}">{status.label}</strong>'
    )


def test_status_colours_has_no_label_that_no_status_carries() -> None:
    assert set(templatetags.STATUS_COLOURS) == {status.label for enum in STATUSES for status in enum}


def test_status_tag_takes_a_row() -> None:
    row = SimpleNamespace(status="paid", get_status_display=lambda: "Paid")
    assert render("{% status_tag row %}", row=row) == '<strong class="nhsuk-tag nhsuk-tag--green">Paid</strong>'


def test_status_tag_takes_a_label_and_escapes_it() -> None:
    assert render('{% status_tag "x" label %}', label="<b>New</b>") == (
        '<strong class="nhsuk-tag nhsuk-tag--grey">&lt;b&gt;New&lt;/b&gt;</strong>'
    )
