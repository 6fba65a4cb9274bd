from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from committees import policies
from committees.enums import AttendanceKind, MeetingStatus
from psp_portal.dates import LONDON
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

AT = datetime(2026, 11, 22, 12, 0, tzinfo=LONDON)
TODAY = AT.date()
PAYER, HOLDER, DEPUTY, PARTNER, OTHER, THIRD = (uuid4() for _ in range(6))


def refused(check, *arguments, **options):
    """Return (message, field) of the refusal."""
    with pytest.raises(RuleBroken) as refusal:
        check(*arguments, **options)
    return refusal.value.message, refusal.value.field


# --- committees ----------------------------------------------------------------------------
@pytest.mark.parametrize("closed_on", [None, TODAY, date(2027, 1, 1)])
def test_check_is_open_takes_a_committee_up_to_its_last_day(closed_on):
    policies.check_is_open(closed_on, today=TODAY)


def test_check_is_open_refuses_a_closed_committee():
    message, _field = refused(policies.check_is_open, date(2026, 11, 21), today=TODAY)
    assert message == "This committee closed on 21 November 2026."


# --- budget --------------------------------------------------------------------------------
def budget(**change):
    facts = {
        "payer_id": PAYER,
        "budget_code": " PSP-1 ",
        "budget_holder_id": HOLDER,
        "deputy_id": DEPUTY,
        "partner_user_id": PARTNER,
        "approver_ids": frozenset({HOLDER, DEPUTY, PARTNER}),
        "organisation_id": PAYER,
        "dispute_person_id": None,
        "staff_ids": frozenset({HOLDER, DEPUTY, PARTNER, THIRD}),
    }
    return facts | change


def test_agree_budget_returns_what_is_agreed():
    assert policies.agree_budget(**budget()) == policies.Budget(PAYER, "PSP-1", HOLDER, DEPUTY)


@pytest.mark.parametrize("organisation", ["payer", "another"])
def test_agree_budget_takes_a_third_person_for_disagreements(organisation):
    agreed = policies.agree_budget(
        **budget(dispute_person_id=THIRD, organisation_id=PAYER if organisation == "payer" else OTHER)
    )
    assert agreed == policies.Budget(PAYER, "PSP-1", HOLDER, DEPUTY, THIRD)


@pytest.mark.parametrize(
    ("change", "message", "field"),
    [
        ({"payer_id": None}, "Select who pays. A partner cannot start until this is agreed", "payer_id"),
        ({"budget_code": " "}, "Enter the budget code. A partner cannot start until this is agreed", "budget_code"),
        (
            {"budget_holder_id": None},
            "Select the budget holder. A partner cannot start until this is agreed",
            "budget_holder_id",
        ),
        (
            {"deputy_id": None},
            "Select a deputy, who decides when the budget holder is away. A partner cannot start until this is agreed",
            "deputy_id",
        ),
        ({"deputy_id": HOLDER}, "The deputy must be another person than the budget holder", "deputy_id"),
        (
            {"budget_holder_id": PARTNER},
            "The budget holder must not be the partner, who would decide their own claims",
            "budget_holder_id",
        ),
        ({"deputy_id": PARTNER}, "The deputy must not be the partner, who would decide their own claims", "deputy_id"),
        (
            {"budget_holder_id": OTHER},
            "The budget holder must be an approver at the organisation that pays",
            "budget_holder_id",
        ),
        ({"deputy_id": OTHER}, "The deputy must be an approver at the organisation that pays", "deputy_id"),
        (
            {"organisation_id": OTHER},
            "Select who decides if the two organisations disagree about who pays. A partner cannot start until this is "
            "agreed",
            "dispute_person_id",
        ),
        *(
            (
                {"dispute_person_id": person},
                "Whoever decides a disagreement must be a third person: not the budget holder, the deputy or the "
                "partner",
                "dispute_person_id",
            )
            for person in (HOLDER, DEPUTY, PARTNER)
        ),
        (
            {"dispute_person_id": OTHER},
            "Whoever decides a disagreement must work at the organisation that pays or at the committee’s",
            "dispute_person_id",
        ),
    ],
)
def test_agree_budget_refuses_what_is_not_agreed(change, message, field):
    assert refused(policies.agree_budget, **budget(**change)) == (message, field)


# --- dates of an assignment ----------------------------------------------------------------
TERM = {"term_starts_on": date(2026, 4, 1), "term_ends_on": date(2028, 3, 31)}


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [
        (date(2026, 4, 1), None),
        (date(2028, 3, 31), None),
        (date(2026, 4, 1), date(2028, 3, 31)),
        (date(2027, 1, 1), date(2027, 1, 1)),
    ],
)
def test_check_assignment_dates_takes_days_within_the_term(starts_on, ends_on):
    policies.check_assignment_dates(starts_on=starts_on, ends_on=ends_on, **TERM)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "message", "field"),
    [
        (
            date(2026, 3, 31),
            None,
            "The first day must be in the partner's term, from 1 April 2026 to 31 March 2028",
            "starts_on",
        ),
        (
            date(2028, 4, 1),
            None,
            "The first day must be in the partner's term, from 1 April 2026 to 31 March 2028",
            "starts_on",
        ),
        (
            date(2027, 1, 2),
            date(2027, 1, 1),
            "The last day must be on or after the first day, 2 January 2027",
            "ends_on",
        ),
        (
            date(2027, 1, 1),
            date(2028, 4, 1),
            "The last day must be on or before the end of the partner's term, 31 March 2028",
            "ends_on",
        ),
    ],
)
def test_check_assignment_dates_refuses_days_outside(starts_on, ends_on, message, field):
    assert refused(policies.check_assignment_dates, starts_on=starts_on, ends_on=ends_on, **TERM) == (message, field)


@pytest.mark.parametrize("last_attended_on", [None, date(2026, 12, 1)])
def test_check_assignment_end_takes_the_day_of_the_last_meeting(last_attended_on):
    policies.check_assignment_end(date(2026, 12, 1), starts_on=date(2026, 12, 1), last_attended_on=last_attended_on)


def test_check_assignment_end_refuses_a_day_before_a_meeting_attended():
    assert refused(
        policies.check_assignment_end,
        date(2026, 12, 1),
        starts_on=date(2026, 4, 1),
        last_attended_on=date(2026, 12, 2),
    ) == (
        "The last day must be on or after 2 December 2026, the day of a meeting for which attendance is recorded",
        "ends_on",
    )


# --- meetings ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("place", "online_link"), [("Room 1", ""), ("", "https://x.example"), ("Room 1", "https://x.example")]
)
def test_check_venue_takes_a_place_a_link_or_both(place, online_link):
    policies.check_venue(place=place, online_link=online_link)


def test_check_venue_refuses_neither():
    assert refused(policies.check_venue, place=" ", online_link="") == (
        "Enter a place, a link to join online, or both",
        "place",
    )


@pytest.mark.parametrize("day", [date(2025, 11, 22), TODAY, date(2028, 11, 22)])
def test_check_start_takes_a_year_back_to_two_ahead(day):
    policies.check_start(datetime(day.year, day.month, day.day, 23, 59, tzinfo=LONDON), at=AT)


@pytest.mark.parametrize("day", [date(2025, 11, 21), date(2028, 11, 23)])
def test_check_start_refuses_what_looks_mistyped(day):
    assert refused(policies.check_start, datetime(day.year, day.month, day.day, tzinfo=LONDON), at=AT) == (
        "The date must be from 22 November 2025 to 22 November 2028",
        "starts_on",
    )


@pytest.mark.parametrize("minutes", [1, 1440])
def test_check_minutes_takes_up_to_a_day(minutes):
    policies.check_minutes(minutes)


@pytest.mark.parametrize("minutes", [-1, 0, 1441])
def test_check_minutes_refuses_none_and_more_than_a_day(minutes):
    assert refused(policies.check_minutes, minutes, field="planned_minutes") == (
        "The length must be from 1 minute to 24 hours",
        "planned_minutes",
    )


def test_check_has_started_takes_the_moment_it_starts():
    policies.check_has_started(AT, at=AT)


def test_check_has_started_refuses_a_meeting_to_come():
    message, _field = refused(policies.check_has_started, AT, at=AT - timedelta(seconds=1))
    assert message == "The meeting has not started yet. You can record it once it has."


# What can be done with a meeting in each status; held may be recorded again, cancelled is final.
@pytest.mark.parametrize(
    ("status", "can_be_held", "can_be_cancelled"),
    [
        (MeetingStatus.PLANNED, True, True),
        (MeetingStatus.HELD, True, False),
        (MeetingStatus.CANCELLED, False, False),
    ],
)
def test_what_a_meeting_s_status_allows(status, can_be_held, can_be_cancelled):
    def allows(check):
        try:
            check(status)
        except TransitionNotAllowed:
            return False
        return True

    assert (allows(policies.check_can_be_held), allows(policies.check_can_be_cancelled)) == (
        can_be_held,
        can_be_cancelled,
    )


def test_the_status_is_named_when_it_says_no():
    assert refused(policies.check_can_be_held, MeetingStatus.CANCELLED)[0] == (
        "This meeting was cancelled, so it cannot be recorded as held."
    )
    assert refused(policies.check_can_be_cancelled, MeetingStatus.CANCELLED)[0] == (
        "This meeting has been cancelled already."
    )
    assert refused(policies.check_can_be_cancelled, MeetingStatus.HELD)[0] == (
        "This meeting has been held, so it cannot be cancelled."
    )


def test_check_reason_refuses_none():
    policies.check_reason("The chair is ill")
    assert refused(policies.check_reason, "  ") == ("Enter why the meeting is cancelled", "reason")


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (-1, "after the meeting was to start"),
        (0, "after the meeting was to start"),
        (0.5, "less than an hour before the meeting"),
        (1, "1 hour before the meeting"),
        (24, "24 hours before the meeting"),
        (47.9, "47 hours before the meeting"),
        (48, "2 days before the meeting"),
        (100, "4 days before the meeting"),
    ],
)
def test_notice_is_said_in_hours_or_days(hours, words):
    notice = policies.notice_of_cancellation(AT, cancelled_at=AT - timedelta(hours=hours))

    assert notice == timedelta(hours=max(hours, 0))
    assert policies.notice_in_words(notice) == words


# --- attendance ----------------------------------------------------------------------------
def attendance(**change):
    facts = {
        "kind": AttendanceKind.ATTENDED,
        "minutes": 90,
        "status": MeetingStatus.PLANNED,
        "starts_at": AT - timedelta(hours=2),
        "at": AT,
    }
    return facts | change


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"status": MeetingStatus.HELD},
        {"kind": AttendanceKind.APOLOGIES, "minutes": 0},
        {"starts_at": AT},
    ],
)
def test_check_attendance_takes_what_can_be(change):
    policies.check_attendance(**attendance(**change))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"status": MeetingStatus.CANCELLED}, "This meeting was cancelled, so nobody attended it."),
        (
            {"starts_at": AT + timedelta(minutes=1)},
            "The meeting has not started yet. You can record it once it has.",
        ),
        ({"minutes": 0}, "The length must be from 1 minute to 24 hours"),
        ({"minutes": 1441}, "The length must be from 1 minute to 24 hours"),
        ({"kind": AttendanceKind.APOLOGIES}, "Somebody who sent apologies was not there for any time"),
    ],
)
def test_check_attendance_refuses_what_cannot_be(change, message):
    assert refused(policies.check_attendance, **attendance(**change))[0] == message


@pytest.mark.parametrize(
    ("ends_on", "left_on"),
    [(None, None), (TODAY, None), (None, TODAY), (TODAY + timedelta(days=1), TODAY)],
)
def test_check_was_assigned_takes_the_first_to_the_last_day(ends_on, left_on):
    policies.check_was_assigned(TODAY, starts_on=TODAY, ends_on=ends_on, left_on=left_on)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "left_on"),
    [
        (TODAY + timedelta(days=1), None, None),
        (date(2026, 4, 1), TODAY - timedelta(days=1), None),
        (date(2026, 4, 1), None, TODAY - timedelta(days=1)),
        (date(2026, 4, 1), TODAY, TODAY - timedelta(days=1)),
    ],
)
def test_check_was_assigned_refuses_other_days(starts_on, ends_on, left_on):
    message, _field = refused(policies.check_was_assigned, TODAY, starts_on=starts_on, ends_on=ends_on, left_on=left_on)
    assert message == "The partner was not on this committee on 22 November 2026."
