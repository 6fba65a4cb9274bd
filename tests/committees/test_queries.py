from datetime import date, datetime, timedelta

import pytest

from committees import queries, services
from committees.enums import AttendanceKind
from partners import services as partner_services
from partners.enums.leaving import PauseReason
from partners.services import leaving
from psp_portal.accounts.enums import Role
from psp_portal.dates import LONDON, local_date
from tests import factories

# The meeting of the trust is on 15 April 2025 at 9am.
TODAY = date(2025, 4, 20)
MEETING_ON = date(2025, 4, 15)
AT = datetime(2025, 4, 20, 9, 0, tzinfo=LONDON)


def end_assignment(trust, day):
    return services.end_assignment(assignment_id=trust.assignment.pk, ends_on=day, by=trust.lead, at=factories.START)


def leave(trust, day):
    at = datetime(day.year, day.month, day.day, 12, tzinfo=LONDON)
    partner_services.end_appointment(partner_id=trust.partner.pk, left_on=day, by=trust.lead, at=at)


def everything_seen_by(user, today=TODAY):
    return [
        set(visible(user, today=today))
        for visible in (
            queries.committees_visible_to,
            queries.assignments_visible_to,
            queries.meetings_visible_to,
            queries.attendances_visible_to,
        )
    ]


# --- who sees what -------------------------------------------------------------------------
@pytest.mark.parametrize("role", sorted(Role))
def test_staff_see_their_organisation_s_rows_only(trust, elsewhere, role):
    attendance = factories.make_attendance(trust.assignment, trust.meeting)
    user = factories.make_member(role, trust.organisation)

    seen = [{trust.committee}, {trust.assignment}, {trust.meeting}, {attendance}]
    nothing = [set(), set(), set(), set()]
    assert everything_seen_by(user) == (seen if role in {Role.PROGRAMME_LEAD, Role.REQUESTER} else nothing)


def test_partners_see_their_own_and_nobody_else_s(trust, elsewhere):
    attendance = factories.make_attendance(trust.assignment, trust.meeting)
    second = factories.make_assignment(
        factories.make_partner(trust.organisation, lead=trust.lead), trust.committee,
        budget_holder=trust.holder, deputy=trust.deputy,
    )  # fmt: skip
    factories.make_attendance(second, trust.meeting)
    other_committee = factories.make_committee(trust.organisation, by=trust.lead)
    factories.make_meeting(other_committee, by=trust.lead)

    assert everything_seen_by(trust.user) == [{trust.committee}, {trust.assignment}, {trust.meeting}, {attendance}]


def test_partners_see_meetings_from_their_first_to_their_last_day(trust):
    end_assignment(trust, MEETING_ON)
    assert set(queries.meetings_visible_to(trust.user, today=TODAY)) == {trust.meeting}

    end_assignment(trust, MEETING_ON - timedelta(days=1))
    assert set(queries.meetings_visible_to(trust.user, today=TODAY)) == set()
    # The committee itself stays: they may claim for what they attended before.
    assert set(queries.committees_visible_to(trust.user, today=TODAY)) == {trust.committee}
    assert set(queries.meetings_visible_to(trust.lead, today=TODAY)) == {trust.meeting}


def test_partners_who_have_left_see_no_later_meeting(trust):
    leave(trust, MEETING_ON - timedelta(days=1))

    assert set(queries.meetings_visible_to(trust.user, today=TODAY)) == set()


def test_a_meeting_late_in_the_evening_belongs_to_london_s_day(trust):
    # 23:30 in London in June is 22:30 in UTC; 00:30 is the day before in UTC.
    late = factories.make_meeting(
        trust.committee, starts_at=datetime(2025, 6, 30, 23, 30, tzinfo=LONDON), by=trust.lead
    )
    factories.make_meeting(trust.committee, starts_at=datetime(2025, 7, 1, 0, 30, tzinfo=LONDON), by=trust.lead)
    end_assignment(trust, date(2025, 6, 30))

    assert set(queries.meetings_visible_to(trust.user, today=TODAY)) == {trust.meeting, late}


# --- what waits ----------------------------------------------------------------------------
def test_attended_meetings_come_newest_first_without_apologies(trust, elsewhere):
    first = factories.make_attendance(trust.assignment, trust.meeting)
    missed, later = (
        factories.make_meeting(trust.committee, starts_at=factories.START + timedelta(days=days), by=trust.lead)
        for days in (15, 16)
    )
    factories.make_attendance(trust.assignment, missed, kind=AttendanceKind.APOLOGIES)
    second = factories.make_attendance(trust.assignment, later)

    assert list(queries.attended_meetings_of(trust.user, today=TODAY)) == [second, first]
    assert list(queries.attended_meetings_of(trust.user, today=MEETING_ON)) == [first]
    assert list(queries.attended_meetings_of(trust.lead, today=TODAY)) == []


def test_what_a_claim_starts_from_is_read_with_one_query(trust, django_assert_num_queries):
    factories.make_attendance(trust.assignment, trust.meeting)

    with django_assert_num_queries(1):
        attendance = queries.attended_meetings_of(trust.user, today=TODAY)[0]
        facts = (
            attendance.meeting.committee.name, attendance.assignment.payer.name,
            attendance.assignment.partner.is_paid, attendance.minutes,
        )  # fmt: skip

    assert facts == ("Falls group", "Willow Trust", True, 120)


def test_meetings_ahead_are_planned_and_from_today_on(trust, elsewhere):
    later = factories.make_meeting(trust.committee, starts_at=factories.START + timedelta(days=30), by=trust.lead)
    cancelled = factories.make_meeting(trust.committee, starts_at=factories.START + timedelta(days=31), by=trust.lead)
    services.cancel_meeting(meeting_id=cancelled.pk, reason="No quorum", by=trust.lead, at=factories.START)

    for user in (trust.user, trust.lead):
        assert list(queries.meetings_ahead(user, today=MEETING_ON)) == [trust.meeting, later]
        assert list(queries.meetings_ahead(user, today=TODAY)) == [later]
        assert list(queries.meetings_past(user, today=TODAY)) == [cancelled, trust.meeting]


def test_meetings_to_record_are_past_and_own_and_name_the_assignment(trust, elsewhere):
    def to_record(today, **options):
        return list(queries.meetings_to_record(trust.user, today=today, **options))

    assert to_record(MEETING_ON) == []
    assert to_record(MEETING_ON, at=trust.meeting.starts_at - timedelta(minutes=1)) == []
    assert to_record(MEETING_ON, at=trust.meeting.starts_at) == [trust.meeting]
    assert to_record(TODAY) == [trust.meeting]
    assert to_record(TODAY)[0].assignment_id == trust.assignment.pk
    assert list(queries.meetings_to_record(trust.lead, today=TODAY)) == []

    factories.make_attendance(trust.assignment, trust.meeting, kind=AttendanceKind.APOLOGIES)
    assert to_record(TODAY) == []


def test_cancelled_meetings_are_not_to_be_recorded(trust):
    services.cancel_meeting(meeting_id=trust.meeting.pk, reason="No quorum", by=trust.lead, at=factories.START)

    assert list(queries.meetings_to_record(trust.user, today=TODAY)) == []


def test_meetings_outside_the_assignment_are_not_to_be_recorded(trust):
    end_assignment(trust, MEETING_ON - timedelta(days=1))

    assert list(queries.meetings_to_record(trust.user, today=TODAY)) == []


def test_nobody_is_asked_about_a_meeting_in_a_pause(trust):
    start = datetime(2025, 4, 14, 9, 0, tzinfo=LONDON)
    leaving.pause(
        partner_id=trust.partner.pk, starts_on=start.date(), expected_back_on=None, reason=PauseReason.WORK,
        by=trust.user, at=start,
    )  # fmt: skip
    assert list(queries.meetings_to_record(trust.user, today=TODAY)) == []
    leaving.come_back(partner_id=trust.partner.pk, by=trust.user, at=start + timedelta(days=1))
    assert list(queries.meetings_to_record(trust.user, today=TODAY)) == [trust.meeting]


# --- what pages show -----------------------------------------------------------------------
def test_places_are_those_of_the_day_by_name(trust, elsewhere):
    ada = factories.make_partner(trust.organisation, user=factories.make_user("Ada Example"), lead=trust.lead)
    second = factories.make_assignment(ada, trust.committee, budget_holder=trust.holder, deputy=trust.deputy)
    late = factories.make_partner(trust.organisation, lead=trust.lead)
    factories.make_assignment(
        late, trust.committee, starts_on=MEETING_ON + timedelta(days=1), budget_holder=trust.holder,
        deputy=trust.deputy,
    )  # fmt: skip
    attendance = factories.make_attendance(trust.assignment, trust.meeting)

    assert queries.places_at(trust.lead, trust.meeting, today=TODAY) == [
        queries.Place(second, None),
        queries.Place(trust.assignment, attendance),
    ]
    assert queries.places_at(trust.user, trust.meeting, today=TODAY) == [queries.Place(trust.assignment, attendance)]


def test_assignments_on_a_committee_are_now_and_to_come(trust):
    later = factories.make_assignment(
        factories.make_partner(trust.organisation, user=factories.make_user("Zoe Example"), lead=trust.lead),
        trust.committee,
        starts_on=TODAY + timedelta(days=30),
        budget_holder=trust.holder,
        deputy=trust.deputy,
    )
    assert list(queries.assignments_on(trust.lead, trust.committee, today=TODAY)) == [trust.assignment, later]

    end_assignment(trust, TODAY - timedelta(days=1))
    assert list(queries.assignments_on(trust.lead, trust.committee, today=TODAY)) == [later]


def test_with_places_counts_who_is_on_it_today(trust):
    empty = factories.make_committee(trust.organisation, name="Another group", by=trust.lead)
    committees = queries.committees_visible_to(trust.lead, today=TODAY)

    def filled(today):
        return {each: each.filled for each in queries.with_places(committees, today=today)}

    assert filled(TODAY) == {trust.committee: 1, empty: 0}
    assert filled(local_date(factories.START) - timedelta(days=1)) == {trust.committee: 0, empty: 0}
    leave(trust, TODAY)
    assert filled(TODAY + timedelta(days=1)) == {trust.committee: 0, empty: 0}


def test_notice_is_said_of_cancelled_meetings_only(trust):
    assert queries.notice_of(trust.meeting) == ""

    cancelled = services.cancel_meeting(
        meeting_id=trust.meeting.pk, reason="No quorum", by=trust.lead,
        at=trust.meeting.starts_at - timedelta(hours=3),
    )  # fmt: skip
    assert queries.notice_of(cancelled) == "3 hours before the meeting"


def test_partners_to_assign_serve_at_the_committee_s_organisation(trust, elsewhere):
    assert list(queries.partners_to_assign(trust.committee)) == [trust.partner]

    leave(trust, TODAY)
    assert list(queries.partners_to_assign(trust.committee)) == []


# --- who pays ------------------------------------------------------------------------------
def test_budget_choices_are_of_the_organisations_somebody_works_at(trust, elsewhere):
    assert queries.budget_choices(trust.lead, today=TODAY) == queries.BudgetChoices(
        payers=[(str(trust.organisation.pk), "Willow Trust")],
        approvers=[(str(trust.deputy.pk), "Dan Deputy"), (str(trust.holder.pk), "Holly Holder")],
        staff=sorted(
            ((str(person.pk), person.name) for person in (trust.lead, trust.deputy, trust.holder)),
            key=lambda choice: choice[1],
        ),
    )


def test_budget_choices_say_where_somebody_approves_when_there_is_more_than_one_payer(trust):
    board = factories.make_organisation("Ash Board")
    factories.give_role(Role.REQUESTER, trust.lead, board)
    ann = factories.make_member(Role.APPROVER, board, user=factories.make_user("Ann Approver"))

    choices = queries.budget_choices(trust.lead, today=TODAY)

    assert choices.payers == [(str(board.pk), "Ash Board"), (str(trust.organisation.pk), "Willow Trust")]
    assert choices.approvers == [
        (str(ann.pk), "Ann Approver (Ash Board)"),
        (str(trust.deputy.pk), "Dan Deputy (Willow Trust)"),
        (str(trust.holder.pk), "Holly Holder (Willow Trust)"),
    ]
    # Somebody who works at both is offered once.
    assert [pk for pk, _name in choices.staff].count(str(trust.lead.pk)) == 1
    assert (str(ann.pk), "Ann Approver (Ash Board)") in choices.staff


def test_budget_choices_keep_whoever_is_named_now(trust, elsewhere):
    choices = queries.budget_choices(trust.lead, today=TODAY, now=elsewhere.assignment)

    assert (str(elsewhere.organisation.pk), elsewhere.organisation.name) in choices.payers
    assert [pk for pk, _name in choices.approvers] == [
        str(trust.deputy.pk),
        str(trust.holder.pk),
        str(elsewhere.assignment.budget_holder_id),
        str(elsewhere.assignment.deputy_id),
    ]
    assert str(elsewhere.lead.pk) not in dict(choices.staff)

    elsewhere.assignment.dispute_person = elsewhere.lead
    choices = queries.budget_choices(trust.lead, today=TODAY, now=elsewhere.assignment)
    assert choices.staff[-1] == (str(elsewhere.lead.pk), elsewhere.lead.name)


def test_last_attended_on_is_the_latest_meeting_s_day(trust):
    assert queries.last_attended_on(trust.assignment) is None

    factories.make_attendance(trust.assignment, trust.meeting, kind=AttendanceKind.APOLOGIES)
    assert queries.last_attended_on(trust.assignment) == MEETING_ON
