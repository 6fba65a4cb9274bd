import threading
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from committees import services
from committees.enums import AttendanceKind, CommitteeKind, MeetingStatus
from committees.models import Assignment, Attendance, Committee, Meeting
from partners import services as partner_services
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import Organisation
from psp_portal.dates import LONDON, local_date
from psp_portal.exceptions import RuleBroken
from psp_portal.notifications.models import Message
from tests import factories

# The meeting of the trust is on 15 April 2025 at 9am.
BEFORE = datetime(2025, 4, 10, 9, 0, tzinfo=LONDON)
AFTER = datetime(2025, 4, 20, 9, 0, tzinfo=LONDON)


def history_of(row):
    """Return (label, actor, action) of a row's history, in order."""
    return [
        (event.pgh_label, event.pgh_context.metadata["actor"], event.pgh_context.metadata["action"])
        for event in row.events.order_by("pgh_id").select_related("pgh_context")
    ]


def messages_about(kind):
    return set(Message.objects.filter(kind=kind).values_list("recipient_id", "subject", "link"))


def stored(row):
    return type(row).objects.filter(pk=row.pk).values().get()


@pytest.fixture
def broken_history(trust):
    """Take the history's tables away from committees, so that no write can be recorded."""
    Message.objects.all().delete()
    with connection.cursor() as cursor:
        for table in ("committee", "assignment", "meeting", "attendance"):
            cursor.execute(f"ALTER TABLE committees_{table}event RENAME TO committees_{table}event_away")


# --- committees ----------------------------------------------------------------------------
def open_committee(trust, **change):
    facts = {
        "organisation_id": trust.organisation.pk,
        "name": "  Sepsis   group ",
        "kind": CommitteeKind.OVERSIGHT,
        "purpose": " Watches how sepsis is found. ",
        "is_safety_related": True,
        "seats": 3,
        "by": trust.lead,
        "at": BEFORE,
    }
    return services.open_committee(**(facts | change))


def test_open_committee_writes_the_committee_and_who_did_it(trust):
    committee = open_committee(trust)

    assert stored(committee) == {
        "id": committee.pk,
        "organisation_id": trust.organisation.pk,
        "name": "Sepsis group",
        "kind": CommitteeKind.OVERSIGHT,
        "purpose": "Watches how sepsis is found.",
        "is_safety_related": True,
        "seats": 3,
        "closed_on": None,
    }
    assert history_of(committee) == [("insert", str(trust.lead.pk), "committees.committee.open")]


def test_open_committee_refuses_a_name_that_is_taken(trust):
    with pytest.raises(RuleBroken, match=r"^There is a committee with this name already$") as refusal:
        open_committee(trust, name="FALLS group")
    assert refusal.value.field == "name"


def test_open_committee_takes_a_name_of_another_organisation(trust, elsewhere):
    assert open_committee(trust, name=elsewhere.committee.name).name == elsewhere.committee.name


def test_open_committee_is_for_leads_of_the_organisation(trust, elsewhere):
    for by in (trust.user, trust.holder, elsewhere.lead):
        with pytest.raises(PermissionDenied):
            open_committee(trust, by=by)


def test_open_committee_writes_nothing_when_the_history_cannot_be_written(trust, broken_history):
    with pytest.raises(Exception, match="committees_committeeevent"):
        open_committee(trust)

    assert Committee.objects.count() == 1


# --- assignments ---------------------------------------------------------------------------
@pytest.fixture
def second(trust):
    """Return a second partner of the trust, who is on no committee."""
    return factories.make_partner(trust.organisation, user=factories.make_user("Sam Second"), lead=trust.lead)


def assign(trust, partner, **change):
    facts = {
        "partner_id": partner.pk,
        "committee_id": trust.committee.pk,
        "starts_on": date(2025, 4, 10),
        "ends_on": None,
        "payer_id": trust.organisation.pk,
        "budget_code": " PSP-7 ",
        "budget_holder_id": trust.holder.pk,
        "deputy_id": trust.deputy.pk,
        "by": trust.lead,
        "at": BEFORE,
    }
    return services.assign_partner(**(facts | change))


def test_assign_partner_writes_the_assignment_with_who_pays(trust, second):
    assignment = assign(trust, second)

    assert stored(assignment) == {
        "id": assignment.pk,
        "partner_id": second.pk,
        "committee_id": trust.committee.pk,
        "starts_on": date(2025, 4, 10),
        "ends_on": None,
        "payer_id": trust.organisation.pk,
        "budget_code": "PSP-7",
        "budget_holder_id": trust.holder.pk,
        "deputy_id": trust.deputy.pk,
        "dispute_person_id": None,
        "escort_id": None,
        "escort_named_at": None,
        "how_to_meet": "",
    }
    assert history_of(assignment) == [("insert", str(trust.lead.pk), "committees.partner.assign")]


def test_assign_partner_tells_the_partner_and_those_who_will_decide(trust, second):
    Message.objects.all().delete()
    assign(trust, second)

    assert messages_about("committees.partner.assign") == {
        (second.user_id, "You have been added to a committee", f"/committees/committees/{trust.committee.pk}/"),
        (trust.holder.pk, "You are named for a partner's claims", ""),
        (trust.deputy.pk, "You are named for a partner's claims", ""),
    }
    bodies = " ".join(Message.objects.values_list("body", flat=True))
    assert "Falls group" not in bodies
    assert "Dear Sam Second\n\nYou have been added to a committee, from 10 April 2025." in bodies


def test_assign_partner_takes_a_payer_elsewhere_with_its_own_approvers(trust, second):
    board = factories.make_organisation("Ash Board")
    holder, deputy, third = (factories.make_member(Role.APPROVER, board) for _ in range(3))
    agreed = {"payer_id": board.pk, "budget_holder_id": holder.pk, "deputy_id": deputy.pk}

    assignment = assign(trust, second, **agreed, dispute_person_id=third.pk)

    assert (assignment.payer_id, assignment.budget_holder_id) == (board.pk, holder.pk)
    assert assignment.dispute_person == third
    body = Message.objects.get(recipient=third).body
    assert "Ash Board pays the claims of a Patient Safety Partner at Willow Trust." in body


def test_a_payer_elsewhere_needs_somebody_to_decide_disagreements(trust, second, elsewhere):
    board = factories.make_organisation("Ash Board")
    holder, deputy = (factories.make_member(Role.APPROVER, board) for _ in range(2))
    agreed = {"payer_id": board.pk, "budget_holder_id": holder.pk, "deputy_id": deputy.pk}

    for person, words in (
        (None, "Select who decides if the two organisations disagree"),
        (holder.pk, "must be a third person"),
        (second.user_id, "must be a third person"),
        (elsewhere.lead.pk, "must work at the organisation that pays or at the committee"),
        (trust.user.pk, "must work at the organisation that pays or at the committee"),
    ):
        with pytest.raises(RuleBroken, match=words) as refusal:
            assign(trust, second, **agreed, dispute_person_id=person)
        assert refusal.value.field == "dispute_person_id"
    assert assign(trust, second, **agreed, dispute_person_id=trust.lead.pk).dispute_person == trust.lead


@pytest.mark.parametrize("missing", ["payer_id", "budget_holder_id", "deputy_id"])
def test_assign_partner_refuses_to_start_without_who_pays(trust, second, missing):
    with pytest.raises(RuleBroken, match="A partner cannot start until this is agreed") as refusal:
        assign(trust, second, **{missing: None})
    assert refusal.value.field == missing
    assert Assignment.objects.count() == 1


def test_assign_partner_refuses_a_holder_who_does_not_approve_for_the_payer(trust, second, elsewhere):
    for person in (trust.lead, elsewhere.assignment.budget_holder):
        with pytest.raises(RuleBroken, match="The budget holder must be an approver at the organisation that pays"):
            assign(trust, second, budget_holder_id=person.pk)


def test_assign_partner_refuses_a_payer_that_is_closed(trust, second):
    board = factories.make_organisation("Ash Board")
    holder, deputy = (factories.make_member(Role.APPROVER, board) for _ in range(2))
    Organisation.objects.filter(pk=board.pk).update(closed_on=date(2025, 4, 5))

    with pytest.raises(RuleBroken, match="The budget holder must be an approver at the organisation that pays"):
        assign(trust, second, payer_id=board.pk, budget_holder_id=holder.pk, deputy_id=deputy.pk)


def test_assign_partner_refuses_partners_who_would_decide_their_own_claims(trust, second):
    factories.give_role(Role.APPROVER, second.user, trust.organisation)

    with pytest.raises(RuleBroken, match="The deputy must not be the partner"):
        assign(trust, second, deputy_id=second.user_id)


def test_assign_partner_refuses_a_partner_of_another_organisation(trust, elsewhere):
    with pytest.raises(RuleBroken, match="Select somebody who is a partner of this organisation now"):
        assign(trust, elsewhere.partner)


def test_assign_partner_refuses_a_leaver(trust, second):
    partner_services.end_appointment(partner_id=second.pk, left_on=local_date(BEFORE), by=trust.lead, at=BEFORE)

    with pytest.raises(RuleBroken, match="Select somebody who is a partner of this organisation now"):
        assign(trust, second)


def test_assign_partner_refuses_oneself(trust, second):
    factories.give_role(Role.PROGRAMME_LEAD, second.user, trust.organisation)

    with pytest.raises(RuleBroken, match=r"^You cannot add yourself\. Ask another programme lead\.$"):
        assign(trust, second, by=second.user)


def test_assign_partner_refuses_days_outside_the_term(trust, second):
    with pytest.raises(RuleBroken, match="The first day must be in the partner's term"):
        assign(trust, second, starts_on=date(2025, 3, 31))


def test_assign_partner_refuses_a_closed_committee(trust, second):
    Committee.objects.filter(pk=trust.committee.pk).update(closed_on=date(2025, 4, 9))

    with pytest.raises(RuleBroken, match=r"^This committee closed on 9 April 2025\.$"):
        assign(trust, second)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "is_free"),
    [
        (date(2025, 4, 1), date(2025, 4, 30), True),
        (date(2025, 4, 1), date(2025, 5, 1), False),
        (date(2025, 5, 31), None, False),
        (date(2025, 6, 1), None, True),
        (date(2025, 5, 10), date(2025, 5, 12), False),
        (date(2025, 4, 1), None, False),
    ],
)
def test_assign_partner_refuses_days_that_are_taken(trust, second, starts_on, ends_on, is_free):
    assign(trust, second, starts_on=date(2025, 5, 1), ends_on=date(2025, 5, 31))

    if is_free:
        assign(trust, second, starts_on=starts_on, ends_on=ends_on)
    else:
        with pytest.raises(RuleBroken, match=r"^Sam Second is on this committee already in these days$"):
            assign(trust, second, starts_on=starts_on, ends_on=ends_on)


def test_assign_partner_is_for_leads_of_the_organisation(trust, second, elsewhere):
    for by in (trust.user, trust.holder, elsewhere.lead):
        with pytest.raises(PermissionDenied):
            assign(trust, second, by=by)


def test_assign_partner_writes_nothing_when_the_history_cannot_be_written(trust, second, broken_history):
    with pytest.raises(Exception, match="committees_assignmentevent"):
        assign(trust, second)

    assert (Assignment.objects.count(), Message.objects.count()) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_of_two_assignments_at_once_one_is_refused():
    partner = factories.make_partner(user=factories.make_user("Sam Second"))
    committee = factories.make_committee(partner.organisation, by=partner.lead)
    holder, deputy = (factories.make_member(Role.APPROVER, partner.organisation) for _ in range(2))
    answers, gate = [], threading.Barrier(2)

    def assign_at_once():
        try:
            gate.wait(timeout=10)
            made = factories.make_assignment(partner, committee, budget_holder=holder, deputy=deputy)
            answers.append(type(made).__name__)
        except RuleBroken as refusal:
            answers.append(refusal.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=assign_at_once) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(answers) == ["Assignment", "Sam Second is on this committee already in these days"]


# --- who pays ------------------------------------------------------------------------------
def change_budget(trust, **change):
    facts = {
        "assignment_id": trust.assignment.pk,
        "payer_id": trust.organisation.pk,
        "budget_code": " PSP-9 ",
        "budget_holder_id": trust.deputy.pk,
        "deputy_id": trust.holder.pk,
        "by": trust.lead,
        "at": AFTER,
    }
    return services.change_budget(**(facts | change))


def test_change_budget_changes_who_pays(trust):
    new = factories.make_member(Role.APPROVER, trust.organisation)
    assignment = change_budget(trust, deputy_id=new.pk)

    after = Assignment.objects.get(pk=assignment.pk)
    assert (after.budget_code, after.budget_holder, after.deputy) == ("PSP-9", trust.deputy, new)
    assert history_of(assignment)[1:] == [("update", str(trust.lead.pk), "committees.budget.change")]


def test_change_budget_tells_only_those_newly_named(trust):
    new = factories.make_member(Role.APPROVER, trust.organisation)
    change_budget(trust, deputy_id=new.pk)
    change_budget(trust)

    assert messages_about("committees.budget.change") == {
        (new.pk, "You are named for a partner's claims", ""),
        (trust.holder.pk, "You are named for a partner's claims", ""),
    }


def test_change_budget_names_somebody_for_disagreements_and_tells_them_once(trust):
    change_budget(trust, dispute_person_id=trust.lead.pk)
    assignment = change_budget(trust, dispute_person_id=trust.lead.pk)

    assert Assignment.objects.get(pk=assignment.pk).dispute_person == trust.lead
    assert Message.objects.filter(recipient=trust.lead, kind="committees.budget.change").count() == 1


def test_the_database_keeps_the_third_person_apart(trust):
    for person in (trust.assignment.budget_holder_id, trust.assignment.deputy_id):
        with (
            pytest.raises(IntegrityError, match="assignment_dispute_person_is_a_third_person"),
            transaction.atomic(),
            factories.acting(),
        ):
            Assignment.objects.filter(pk=trust.assignment.pk).update(dispute_person_id=person)


def test_change_budget_refuses_what_is_not_agreed(trust):
    with pytest.raises(RuleBroken, match="Enter the budget code"):
        change_budget(trust, budget_code=" ")
    with pytest.raises(RuleBroken, match="Select who pays"):
        change_budget(trust, payer_id=None)
    with pytest.raises(RuleBroken, match="The deputy must be another person"):
        change_budget(trust, deputy_id=trust.deputy.pk)


def test_change_budget_is_for_leads_of_the_organisation(trust, elsewhere):
    for by in (trust.user, trust.holder, elsewhere.lead):
        with pytest.raises(PermissionDenied):
            change_budget(trust, by=by)


def test_change_budget_writes_nothing_when_the_history_cannot_be_written(trust, broken_history):
    with pytest.raises(Exception, match="committees_assignmentevent"):
        change_budget(trust)

    assert Assignment.objects.get(pk=trust.assignment.pk).budget_code == "PSP-001"
    assert Message.objects.count() == 0


# --- the end of an assignment --------------------------------------------------------------
def end(trust, ends_on=date(2025, 6, 30), **change):
    facts = {"assignment_id": trust.assignment.pk, "ends_on": ends_on, "by": trust.lead, "at": AFTER}
    return services.end_assignment(**(facts | change))


def test_end_assignment_sets_the_last_day_and_tells_the_partner(trust):
    assignment = end(trust)

    assert Assignment.objects.get(pk=assignment.pk).ends_on == date(2025, 6, 30)
    assert history_of(assignment)[1:] == [("update", str(trust.lead.pk), "committees.assignment.end")]
    assert messages_about("committees.assignment.end") == {
        (trust.user.pk, "Your time on a committee ends", f"/committees/committees/{trust.committee.pk}/")
    }


def test_end_assignment_on_the_same_day_again_changes_nothing(trust):
    end(trust)
    end(trust)

    assert len(history_of(trust.assignment)) == 2
    assert Message.objects.filter(kind="committees.assignment.end").count() == 1


def test_end_assignment_refuses_a_day_before_the_first(trust):
    with pytest.raises(RuleBroken, match="The last day must be on or after the first day, 1 April 2025"):
        end(trust, date(2025, 3, 31))


def test_end_assignment_refuses_a_day_before_a_meeting_attended(trust):
    factories.make_attendance(trust.assignment, trust.meeting)

    with pytest.raises(RuleBroken, match="The last day must be on or after 15 April 2025"):
        end(trust, date(2025, 4, 14))
    assert end(trust, date(2025, 4, 15)).ends_on == date(2025, 4, 15)


def test_end_assignment_is_for_leads_of_the_organisation(trust, elsewhere):
    for by in (trust.user, trust.holder, elsewhere.lead):
        with pytest.raises(PermissionDenied):
            end(trust, by=by)


def test_end_assignment_writes_nothing_when_the_history_cannot_be_written(trust, broken_history):
    with pytest.raises(Exception, match="committees_assignmentevent"):
        end(trust)

    assert Assignment.objects.get(pk=trust.assignment.pk).ends_on is None
    assert Message.objects.count() == 0


# --- meetings ------------------------------------------------------------------------------
def schedule(trust, **change):
    facts = {
        "committee_id": trust.committee.pk,
        "starts_at": datetime(2025, 5, 20, 14, 30, tzinfo=LONDON),
        "planned_minutes": 90,
        "place": " Room 1 ",
        "online_link": "https://meet.example.nhs.uk/1",
        "by": trust.lead,
        "at": BEFORE,
    }
    return services.schedule_meeting(**(facts | change))


def test_schedule_meeting_writes_the_meeting(trust):
    meeting = schedule(trust)

    assert stored(meeting) == {
        "id": meeting.pk,
        "committee_id": trust.committee.pk,
        "starts_at": datetime(2025, 5, 20, 14, 30, tzinfo=LONDON),
        "place": "Room 1",
        "online_link": "https://meet.example.nhs.uk/1",
        "planned_minutes": 90,
        "actual_minutes": None,
        "status": MeetingStatus.PLANNED,
        "cancelled_at": None,
        "cancelled_by_id": None,
        "cancel_reason": "",
        "content_warning": "",
    }
    assert history_of(meeting) == [("insert", str(trust.lead.pk), "committees.meeting.schedule")]


def test_schedule_meeting_tells_the_partners_of_that_day(trust, second, elsewhere):
    assign(trust, second, ends_on=date(2025, 5, 19))
    Message.objects.all().delete()
    meeting = schedule(trust)

    assert messages_about("committees.meeting.schedule") == {
        (trust.user.pk, "New meeting", f"/committees/meetings/{meeting.pk}/")
    }
    assert Message.objects.get().body == (
        "Dear Pat Example\n\nOne of your committees will meet on 20 May 2025 at 2:30pm.\n\n"
        "Sign in to see which committee it is, and where it meets:\n"
    )


def test_schedule_meeting_in_the_past_tells_nobody(trust):
    Message.objects.all().delete()
    schedule(trust, starts_at=BEFORE - timedelta(days=3))

    assert Message.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "message", "field"),
    [
        ({"planned_minutes": 0}, "The length must be from 1 minute to 24 hours", "planned_minutes"),
        (
            {"starts_at": datetime(2052, 5, 20, 14, 30, tzinfo=LONDON)},
            "The date must be from 10 April 2024 to 10 April 2027",
            "starts_on",
        ),
        ({"place": "", "online_link": " "}, "Enter a place, a link to join online, or both", "place"),
        (
            {"starts_at": datetime(2025, 4, 15, 9, 0, tzinfo=LONDON)},
            "This committee has a meeting at that date and time already",
            "starts_on",
        ),
    ],
)
def test_schedule_meeting_refuses_what_cannot_be(trust, change, message, field):
    with pytest.raises(RuleBroken) as refusal:
        schedule(trust, **change)
    assert (refusal.value.message, refusal.value.field) == (message, field)


def test_schedule_meeting_in_the_place_of_a_cancelled_one(trust):
    cancel(trust)

    assert schedule(trust, starts_at=trust.meeting.starts_at).status == MeetingStatus.PLANNED


def test_schedule_meeting_refuses_a_closed_committee(trust):
    Committee.objects.filter(pk=trust.committee.pk).update(closed_on=date(2025, 4, 9))

    with pytest.raises(RuleBroken, match=r"^This committee closed on 9 April 2025\.$"):
        schedule(trust)


def test_schedule_meeting_is_for_leads_of_the_organisation(trust, elsewhere):
    for by in (trust.user, trust.holder, elsewhere.lead):
        with pytest.raises(PermissionDenied):
            schedule(trust, by=by)


def test_schedule_meeting_writes_nothing_when_the_history_cannot_be_written(trust, broken_history):
    with pytest.raises(Exception, match="committees_meetingevent"):
        schedule(trust)

    assert (Meeting.objects.count(), Message.objects.count()) == (1, 0)


def cancel(trust, **change):
    facts = {"meeting_id": trust.meeting.pk, "reason": " The chair is ill ", "by": trust.lead, "at": BEFORE}
    return services.cancel_meeting(**(facts | change))


def test_cancel_meeting_keeps_when_by_whom_and_why(trust):
    meeting = stored(cancel(trust))

    assert (meeting["status"], meeting["cancelled_at"], meeting["cancelled_by_id"], meeting["cancel_reason"]) == (
        MeetingStatus.CANCELLED,
        BEFORE,
        trust.lead.pk,
        "The chair is ill",
    )
    assert history_of(trust.meeting)[1:] == [("update", str(trust.lead.pk), "committees.meeting.cancel")]


def test_cancel_meeting_tells_the_partners_of_that_day_and_nothing_sensitive(trust, second, elsewhere):
    assign(trust, second, starts_on=date(2025, 4, 16))
    cancel(trust)

    assert messages_about("committees.meeting.cancel") == {
        (trust.user.pk, "A meeting has been cancelled", f"/committees/meetings/{trust.meeting.pk}/")
    }
    assert Message.objects.get(kind="committees.meeting.cancel").body == (
        "Dear Pat Example\n\nThe meeting on 15 April 2025 at 9am has been cancelled. Please do not travel to it.\n\n"
        "Sign in to see which meeting it is and why it was cancelled:\n"
    )


def test_cancel_meeting_twice_is_refused_and_tells_once(trust):
    cancel(trust)

    with pytest.raises(RuleBroken, match=r"^This meeting has been cancelled already\.$"):
        cancel(trust)
    assert Message.objects.filter(kind="committees.meeting.cancel").count() == 1


def test_cancel_meeting_refuses_one_that_was_held(trust):
    hold(trust)

    with pytest.raises(RuleBroken, match=r"^This meeting has been held, so it cannot be cancelled\.$"):
        cancel(trust, at=AFTER)


def test_cancel_meeting_refuses_no_reason(trust):
    with pytest.raises(RuleBroken, match="Enter why the meeting is cancelled"):
        cancel(trust, reason=" ")


def test_cancel_meeting_is_for_leads_of_the_organisation(trust, elsewhere):
    for by in (trust.user, trust.holder, elsewhere.lead):
        with pytest.raises(PermissionDenied):
            cancel(trust, by=by)


def test_cancel_meeting_writes_nothing_when_the_history_cannot_be_written(trust, broken_history):
    with pytest.raises(Exception, match="committees_meetingevent"):
        cancel(trust)

    assert Meeting.objects.get(pk=trust.meeting.pk).status == MeetingStatus.PLANNED
    assert Message.objects.count() == 0


def hold(trust, **change):
    facts = {"meeting_id": trust.meeting.pk, "actual_minutes": 100, "by": trust.lead, "at": AFTER}
    return services.record_held(**(facts | change))


def test_record_held_keeps_how_long_it_was(trust):
    meeting = stored(hold(trust))

    assert (meeting["status"], meeting["actual_minutes"]) == (MeetingStatus.HELD, 100)
    assert history_of(trust.meeting)[1:] == [("update", str(trust.lead.pk), "committees.meeting.hold")]


def test_record_held_again_corrects_the_minutes(trust):
    hold(trust)

    assert hold(trust, actual_minutes=110).actual_minutes == 110


def test_record_held_refuses_a_cancelled_meeting(trust):
    cancel(trust)

    with pytest.raises(RuleBroken, match=r"^This meeting was cancelled, so it cannot be recorded as held\.$"):
        hold(trust)


def test_record_held_refuses_a_meeting_to_come(trust):
    with pytest.raises(RuleBroken, match="The meeting has not started yet"):
        hold(trust, at=BEFORE)


def test_record_held_refuses_a_length_beyond_a_day(trust):
    with pytest.raises(RuleBroken, match="The length must be from 1 minute to 24 hours") as refusal:
        hold(trust, actual_minutes=1441)
    assert refusal.value.field == "actual_minutes"


def test_record_held_is_for_leads_of_the_organisation(trust, elsewhere):
    for by in (trust.user, trust.holder, elsewhere.lead):
        with pytest.raises(PermissionDenied):
            hold(trust, by=by)


def test_record_held_writes_nothing_when_the_history_cannot_be_written(trust, broken_history):
    with pytest.raises(Exception, match="committees_meetingevent"):
        hold(trust)

    assert Meeting.objects.get(pk=trust.meeting.pk).status == MeetingStatus.PLANNED


@pytest.mark.django_db(transaction=True)
def test_a_meeting_is_held_or_cancelled_never_both():
    meeting = factories.make_meeting()
    lead = factories.make_lead(meeting.committee.organisation)
    answers, gate = [], threading.Barrier(2)

    def do(service, **facts):
        try:
            gate.wait(timeout=10)
            answers.append(service(meeting_id=meeting.pk, by=lead, at=AFTER, **facts).status)
        except RuleBroken as refusal:
            answers.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=do, args=(services.record_held,), kwargs={"actual_minutes": 60}),
        threading.Thread(target=do, args=(services.cancel_meeting,), kwargs={"reason": "No quorum"}),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert answers.count("TransitionNotAllowed") == 1
    assert Meeting.objects.get().status in answers


# --- attendance ----------------------------------------------------------------------------
def record(trust, **change):
    facts = {
        "meeting_id": trust.meeting.pk,
        "assignment_id": trust.assignment.pk,
        "kind": AttendanceKind.ATTENDED,
        "minutes": 95,
        "by": trust.user,
        "at": AFTER,
    }
    return services.record_attendance(**(facts | change))


def test_record_attendance_by_the_partner_and_the_meeting_was_held(trust):
    attendance = record(trust)

    assert stored(attendance) == {
        "id": attendance.pk,
        "meeting_id": trust.meeting.pk,
        "assignment_id": trust.assignment.pk,
        "kind": AttendanceKind.ATTENDED,
        "minutes": 95,
        "recorded_by_id": trust.user.pk,
        "recorded_at": AFTER,
    }
    meeting = Meeting.objects.get(pk=trust.meeting.pk)
    assert (meeting.status, meeting.actual_minutes) == (MeetingStatus.HELD, 95)
    assert history_of(attendance) == [("insert", str(trust.user.pk), "committees.attendance.record")]
    assert history_of(meeting)[1:] == [("update", str(trust.user.pk), "committees.attendance.record")]


def test_record_attendance_leaves_the_minutes_that_the_lead_recorded(trust):
    hold(trust)
    record(trust)

    assert Meeting.objects.get(pk=trust.meeting.pk).actual_minutes == 100


def test_record_attendance_with_apologies_does_not_hold_the_meeting(trust):
    attendance = record(trust, kind=AttendanceKind.APOLOGIES, minutes=0)

    assert (attendance.kind, attendance.minutes) == (AttendanceKind.APOLOGIES, 0)
    assert Meeting.objects.get(pk=trust.meeting.pk).status == MeetingStatus.PLANNED


def test_record_attendance_again_by_the_partner_changes_it(trust):
    first = record(trust)
    second = record(trust, minutes=60, at=AFTER + timedelta(hours=1))

    assert second.pk == first.pk
    assert (Attendance.objects.get().minutes, Attendance.objects.get().recorded_at) == (
        60,
        AFTER + timedelta(hours=1),
    )


def test_record_attendance_by_the_lead_stands_against_the_partner(trust):
    record(trust)
    record(trust, minutes=60, by=trust.lead)

    with pytest.raises(PermissionDenied):
        record(trust, minutes=120)
    assert (Attendance.objects.get().minutes, Attendance.objects.get().recorded_by) == (60, trust.lead)


def test_record_attendance_refuses_a_meeting_to_come(trust):
    with pytest.raises(RuleBroken, match="The meeting has not started yet"):
        record(trust, at=BEFORE)


def test_record_attendance_refuses_a_cancelled_meeting(trust):
    cancel(trust)

    with pytest.raises(RuleBroken, match=r"^This meeting was cancelled, so nobody attended it\.$"):
        record(trust)


@pytest.mark.parametrize("minutes", [0, -1, 1441])
def test_record_attendance_refuses_minutes_beyond_a_day(trust, minutes):
    with pytest.raises(RuleBroken, match="The length must be from 1 minute to 24 hours") as refusal:
        record(trust, minutes=minutes)
    assert refusal.value.field == "minutes"


def test_record_attendance_refuses_an_assignment_to_another_committee(trust, elsewhere):
    with pytest.raises(RuleBroken, match=r"^The partner is not on the committee that met\.$"):
        record(trust, assignment_id=elsewhere.assignment.pk, by=trust.lead)


def test_record_attendance_refuses_a_day_after_the_assignment(trust):
    end(trust, date(2025, 4, 14))

    with pytest.raises(RuleBroken, match=r"^The partner was not on this committee on 15 April 2025\.$"):
        record(trust)


def test_record_attendance_refuses_a_day_after_the_partner_left(trust):
    at = datetime(2025, 4, 14, 9, 0, tzinfo=LONDON)
    partner_services.end_appointment(partner_id=trust.partner.pk, left_on=date(2025, 4, 14), by=trust.lead, at=at)

    with pytest.raises(RuleBroken, match=r"^The partner was not on this committee on 15 April 2025\.$"):
        record(trust)


def test_leavers_still_record_what_they_attended_before(trust):
    partner_services.end_appointment(partner_id=trust.partner.pk, left_on=date(2025, 4, 16), by=trust.lead, at=AFTER)

    assert record(trust).minutes == 95


def test_record_attendance_is_not_for_others(trust, second, elsewhere):
    for by in (second.user, trust.holder, elsewhere.lead, elsewhere.user):
        with pytest.raises(PermissionDenied):
            record(trust, by=by)


def test_record_attendance_writes_nothing_when_the_history_cannot_be_written(trust, broken_history):
    with pytest.raises(Exception, match="committees_attendanceevent"):
        record(trust)

    assert Attendance.objects.count() == 0
    assert Meeting.objects.get(pk=trust.meeting.pk).status == MeetingStatus.PLANNED


def test_a_meeting_that_is_not_there_is_not_found(trust):
    with pytest.raises(Meeting.DoesNotExist):
        cancel(trust, meeting_id=uuid4())
