from datetime import datetime, time

import pytest
from django.core.exceptions import ValidationError

from committees.forms import AttendanceRecordForm, MeetingCreateForm, MeetingHoldForm, TimeField
from psp_portal.dates import LONDON


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2:30pm", time(14, 30)),
        ("2.30 PM", time(14, 30)),
        ("2:30 p.m.", time(14, 30)),
        ("14:30", time(14, 30)),
        ("14.30", time(14, 30)),
        ("9am", time(9)),
        ("09:05", time(9, 5)),
        ("12am", time(0)),
        ("12:15pm", time(12, 15)),
        ("midday", time(12)),
        ("Noon", time(12)),
        ("midnight", time(0)),
        ("0:00", time(0)),
    ],
)
def test_times_are_read_as_people_write_them(typed, meant):
    assert TimeField().clean(typed) == meant


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("soon", "Enter a time like 2:30pm or 14:30"),
        ("2:3", "Enter a time like 2:30pm or 14:30"),
        ("1430", "Enter a time like 2:30pm or 14:30"),
        ("2", "Enter the time with am or pm, like 2pm, or with minutes, like 14:30"),
        ("14:30pm", "A time with am or pm must have an hour from 1 to 12, like 2:30pm"),
        ("0:30am", "A time with am or pm must have an hour from 1 to 12, like 2:30pm"),
        ("25:00", "Enter a real time, from 0:00 to 23:59"),
        ("2:75pm", "Enter a real time, from 0:00 to 23:59"),
        ("", "This field is required."),
    ],
)
def test_other_times_are_refused(typed, message):
    with pytest.raises(ValidationError) as refusal:
        TimeField().clean(typed)
    assert refusal.value.messages == [message]


def test_a_time_that_need_not_be_given_may_be_empty():
    assert TimeField(required=False).clean("") is None


@pytest.mark.parametrize(
    ("hours", "minutes", "length"), [("2", "30", 150), ("", "45", 45), ("1", "", 60), ("24", "0", 1440)]
)
def test_a_length_is_read_in_minutes(hours, minutes, length):
    form = MeetingHoldForm({"hours": hours, "minutes": minutes})

    assert form.is_valid()
    assert form.cleaned_data == {"actual_minutes": length}


@pytest.mark.parametrize(
    ("hours", "minutes", "errors"),
    [
        ("", "", {"hours": ["Enter how long, in hours and minutes"]}),
        ("0", "0", {"hours": ["The length must be from 1 minute to 24 hours"]}),
        ("24", "1", {"hours": ["The length must be from 1 minute to 24 hours"]}),
        ("25", "0", {"hours": ["Hours must be from 0 to 24"]}),
        ("-1", "0", {"hours": ["Hours must be from 0 to 24"]}),
        ("two", "", {"hours": ["Hours must be a whole number, like 2"]}),
        ("1", "60", {"minutes": ["Minutes must be from 0 to 59"]}),
        ("1", "1.5", {"minutes": ["Minutes must be a whole number, like 30"]}),
    ],
)
def test_a_length_that_cannot_be_is_refused(hours, minutes, errors):
    assert MeetingHoldForm({"hours": hours, "minutes": minutes}).errors == errors


def test_a_length_is_shown_in_hours_and_minutes():
    assert MeetingHoldForm.initial_of(150) == {"hours": 2, "minutes": 30}


def meeting(**change):
    return {
        "starts_on_0": "31", "starts_on_1": "3", "starts_on_2": "2027", "starts_time": "2:30pm",
        "hours": "2", "minutes": "", "place": "Room 1", "online_link": "",
    } | change  # fmt: skip


def test_a_meeting_s_date_and_time_are_one_moment_in_london():
    form = MeetingCreateForm(meeting())

    assert form.is_valid()
    assert form.cleaned_data == {
        "starts_at": datetime(2027, 3, 31, 14, 30, tzinfo=LONDON),
        "planned_minutes": 120,
        "place": "Room 1",
        "online_link": "",
    }


def test_midnight_is_a_time():
    assert MeetingCreateForm(meeting(starts_time="midnight")).is_valid()


def test_a_link_may_leave_out_its_scheme():
    form = MeetingCreateForm(meeting(place="", online_link="meet.example.nhs.uk/1"))

    assert form.is_valid()
    assert form.cleaned_data["online_link"] == "https://meet.example.nhs.uk/1"


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"place": ""}, {"place": ["Enter a place, a link to join online, or both"]}),
        ({"starts_time": ""}, {"starts_time": ["Enter the start time"]}),
        ({"starts_on_0": "30", "starts_on_1": "2"}, {
            "starts_on": ["Date must be a real date. February 2027 has 28 days"]
        }),
        ({"online_link": "not a link"}, {"online_link": ["Enter a link like https://meet.example.nhs.uk/123"]}),
        ({"place": "x" * 151}, {"place": ["The place must be 150 characters or fewer"]}),
    ],
)  # fmt: skip
def test_a_meeting_that_cannot_be_is_refused(change, errors):
    assert MeetingCreateForm(meeting(**change)).errors == errors


def test_attendance_is_asked_of_the_partner_or_about_them():
    own, about = AttendanceRecordForm(length=120), AttendanceRecordForm(length=45, name="Pat Example")

    assert own.fields["answer"].label == "Did you go to the meeting?"
    assert [label for _value, label in own.fields["answer"].choices] == [
        "Yes, for the whole meeting (2 h)",
        "Yes, for a different length of time",
        "No, I sent apologies",
    ]
    assert about.fields["answer"].label == "Was Pat Example at the meeting?"
    assert about.fields["answer"].choices[2] == ("apologies", "No, they sent apologies")
    assert AttendanceRecordForm({}, length=45).errors == {"answer": ["Select whether you were at the meeting"]}
    assert AttendanceRecordForm({}, length=45, name="Pat Example").errors == {
        "answer": ["Select whether Pat Example was at the meeting"]
    }
