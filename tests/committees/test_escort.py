"""Somebody goes along with a partner to their first meeting."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from committees import queries, services
from committees.enums import AttendanceKind
from committees.models import Assignment
from partners import services as partner_services
from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import Role
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.home.queries import waiting_for
from psp_portal.notifications.models import Message
from tests import factories

NOW = factories.START + timedelta(days=7)
TODAY = local_date(NOW)
WHERE = "Main reception, 8:45am"


@pytest.fixture
def escort(trust):
    """Return a requester of the trust."""
    return factories.make_member(Role.REQUESTER, trust.organisation, user=factories.make_user("Eve Escort"))


def name_escort(trust, person, *, where=WHERE, by=None, at=NOW):
    return services.set_escort(
        assignment_id=trust.assignment.pk, escort_id=person.pk if person else None, how_to_meet=where,
        by=by or trust.lead, at=at,
    )  # fmt: skip


def told() -> list[tuple[str, str]]:
    rows = Message.objects.filter(kind__startswith="committees.escort").order_by("kind", "recipient__name")
    return list(rows.values_list("recipient__name", "subject"))


def ahead(trust, *, today=TODAY):
    return queries.escorts_on(trust.lead, trust.committee.pk, today=today)


def first_meeting(trust, *, today=TODAY):
    [found] = ahead(trust, today=today)
    return found.meeting


# --- who goes along -------------------------------------------------------------------------
def test_the_partner_and_whoever_goes_along_are_told(trust, escort):
    assignment = name_escort(trust, escort, where=f" {WHERE} ")
    assert (assignment.escort, assignment.how_to_meet, assignment.escort_named_at) == (escort, WHERE, NOW)
    assert told() == [
        ("Eve Escort", "You go along to a first meeting"), ("Pat Example", "Somebody goes along to your first meeting"),
    ]  # fmt: skip
    bodies = " ".join(Message.objects.filter(kind="committees.escort.set").values_list("body", flat=True))
    assert "You go along with Pat Example" in bodies
    assert "Falls group" not in bodies
    assert WHERE not in bodies
    name_escort(trust, escort)
    assert len(told()) == 2


def test_another_person_or_nobody_and_whoever_was_to_go_is_told(trust, escort):
    name_escort(trust, escort)
    other = factories.make_partner(trust.organisation, user=factories.make_user("Ann Other"), lead=trust.lead)
    Message.objects.all().delete()
    later = NOW + timedelta(hours=1)
    assert name_escort(trust, other.user, at=later).escort_named_at == later
    assert [name for name, _subject in told()] == ["Eve Escort", "Ann Other", "Pat Example"]
    Message.objects.all().delete()
    # Another place to meet does not put the first meeting off.
    moved = name_escort(trust, other.user, where="Car park", at=later + timedelta(hours=1))
    assert (moved.escort_named_at, moved.how_to_meet) == (later, "Car park")
    Message.objects.all().delete()
    gone = name_escort(trust, None, at=later + timedelta(hours=2))
    assert (gone.escort, gone.escort_named_at, gone.how_to_meet) == (None, None, "")
    assert [name for name, _subject in told()] == ["Ann Other", "Pat Example"]


def test_nobody_goes_along_with_themselves_or_comes_from_elsewhere(trust, elsewhere, escort):
    factories.give_role(Role.REQUESTER, trust.user, trust.organisation)
    for person in (trust.user, elsewhere.lead, elsewhere.user):
        with pytest.raises(RuleBroken) as refusal:
            name_escort(trust, person)
        assert refusal.value.field == "escort_id"
    with pytest.raises(RuleBroken) as refusal:
        name_escort(trust, escort, where=" ")
    assert refusal.value.field == "how_to_meet"
    for by in (trust.user, elsewhere.lead, escort):
        with pytest.raises(PermissionDenied):
            name_escort(trust, escort, by=by)
    services.end_assignment(assignment_id=trust.assignment.pk, ends_on=TODAY, by=trust.lead, at=NOW)
    with pytest.raises(TransitionNotAllowed):
        name_escort(trust, escort, at=NOW + timedelta(days=1))
    assert told() == []


@pytest.mark.parametrize("change", ["self", "no place", "no moment"])
def test_the_database_refuses_what_cannot_be(trust, escort, change):
    values = {
        "self": {"escort": trust.user, "escort_named_at": NOW, "how_to_meet": WHERE},
        "no place": {"escort": escort, "escort_named_at": NOW},
        "no moment": {"escort": escort, "how_to_meet": WHERE},
    }
    with pytest.raises(IntegrityError), transaction.atomic(), factories.acting():
        Assignment.objects.filter(pk=trust.assignment.pk).update(**values[change])


# --- which meeting is the first -------------------------------------------------------------
def test_the_first_meeting_is_the_next_one_that_the_partner_goes_to(trust, escort):
    factories.make_meeting(trust.committee, starts_at=NOW - timedelta(days=1), by=trust.lead)
    later = factories.make_meeting(trust.committee, starts_at=NOW + timedelta(days=30), by=trust.lead)
    latest = factories.make_meeting(trust.committee, starts_at=NOW + timedelta(days=60), by=trust.lead)
    factories.make_meeting(starts_at=NOW + timedelta(days=2))
    name_escort(trust, escort)
    assert first_meeting(trust) == trust.meeting
    services.cancel_meeting(meeting_id=trust.meeting.pk, reason="Ill", by=trust.lead, at=NOW)
    assert first_meeting(trust) == later
    day = local_date(later.starts_at)
    assert first_meeting(trust, today=day) == later
    # The day after it is over, unless the partner sent apologies.
    assert ahead(trust, today=day + timedelta(days=1)) == []
    factories.make_attendance(trust.assignment, later, kind=AttendanceKind.APOLOGIES, by=trust.lead)
    assert first_meeting(trust, today=day + timedelta(days=2)) == latest


def test_no_meeting_yet_or_none_before_the_first_day(trust, escort):
    committee = factories.make_committee(trust.organisation, by=trust.lead)
    assignment = factories.make_assignment(
        trust.partner, committee, budget_holder=trust.holder, deputy=trust.deputy, starts_on=TODAY + timedelta(days=9)
    )
    factories.make_meeting(committee, starts_at=NOW + timedelta(days=3), by=trust.lead)
    services.set_escort(assignment_id=assignment.pk, escort_id=escort.pk, how_to_meet=WHERE, by=trust.lead, at=NOW)
    [found] = queries.escorts_by(escort, today=TODAY)
    assert found.meeting is None
    name_escort(trust, escort)
    assert [each.meeting for each in queries.escorts_by(escort, today=TODAY)] == [trust.meeting, None]


# --- pages ----------------------------------------------------------------------------------
@pytest.fixture
def at_the_moment(staff_pass):
    with time_machine.travel(NOW, tick=False):
        yield


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.usefixtures("at_the_moment")
def test_a_lead_names_somebody_on_a_page_and_keeps_what_was_typed(client, trust, escort, elsewhere):
    client.force_login(trust.lead)
    page = reverse("committees:escort_edit", args=[trust.assignment.pk])
    offered = [name for _pk, name in client.get(page).context["form"].fields["escort_id"].choices]
    assert "Eve Escort" in offered
    assert "Pat Example" not in offered
    assert elsewhere.lead.name not in offered
    wrong = client.post(page, {"escort_id": str(escort.pk), "how_to_meet": ""})
    assert wrong.context["form"].errors == {"how_to_meet": ["Enter where and when the two of you meet"]}
    assert f'value="{escort.pk}" selected' in wrong.content.decode()
    wrong = client.post(page, {"escort_id": str(elsewhere.lead.pk), "how_to_meet": WHERE})
    assert "escort_id" in wrong.context["form"].errors
    assert WHERE in wrong.content.decode()
    done = client.post(page, {"escort_id": str(escort.pk), "how_to_meet": WHERE})
    assert done.url == reverse("committees:committee_detail", args=[trust.committee.pk])
    assert "Eve Escort" in text_of(client.get(done.url))
    assert client.post(page, {"escort_id": "", "how_to_meet": ""}).status_code == 302
    assert Assignment.objects.get(pk=trust.assignment.pk).escort is None


@pytest.mark.usefixtures("at_the_moment")
def test_the_partner_and_the_escort_read_where_they_meet(client, trust, escort, elsewhere):
    name_escort(trust, escort)
    address = reverse("committees:escort_detail", args=[trust.assignment.pk])
    meeting = reverse("committees:meeting_detail", args=[trust.meeting.pk])
    client.force_login(trust.user)
    words = text_of(client.get(address))
    assert "Eve Escort meets you before it begins" in words
    assert WHERE in words
    assert "15 April 2025 at 9am" in words
    words = text_of(client.get(meeting))
    assert "This is your first meeting. Eve Escort goes along with you." in words
    assert WHERE in words
    client.force_login(escort)
    assert "You meet Pat Example before it begins" in text_of(client.get(address))
    assert "You go along with them" in text_of(client.get(meeting))
    client.force_login(elsewhere.lead)
    assert client.get(address).status_code == 404


@pytest.mark.usefixtures("at_the_moment")
def test_another_meeting_and_another_reader_show_nothing_of_it(client, trust, escort):
    other = factories.make_meeting(trust.committee, starts_at=NOW + timedelta(days=30), by=trust.lead)
    name_escort(trust, escort)
    second = factories.make_partner(trust.organisation, lead=trust.lead)
    factories.make_assignment(second, trust.committee, budget_holder=trust.holder, deputy=trust.deputy)
    client.force_login(trust.user)
    assert "first meeting" not in text_of(client.get(reverse("committees:meeting_detail", args=[other.pk])))
    client.force_login(second.user)
    assert "Eve Escort" not in text_of(client.get(reverse("committees:meeting_detail", args=[trust.meeting.pk])))
    assert client.get(reverse("committees:escort_detail", args=[trust.assignment.pk])).status_code == 404


@pytest.mark.usefixtures("at_the_moment")
def test_another_partner_goes_along_and_finds_it_on_their_first_page(client, trust):
    buddy = factories.make_partner(trust.organisation, user=factories.make_user("Bud Example"), lead=trust.lead)
    name_escort(trust, buddy.user)
    [item] = [item for item in waiting_for(buddy.user, today=TODAY) if "first meeting" in item.label]
    assert item.label == "Go along with Pat Example to their first meeting"
    assert WHERE in item.detail
    assert item.due_on == date(2025, 4, 15)
    client.force_login(buddy.user)
    assert "You meet Pat Example" in text_of(client.get(item.url))
    # Nothing waits once it is over, and the page says so.
    after = date(2025, 4, 16)
    assert [item for item in waiting_for(buddy.user, today=after) if "first meeting" in item.label] == []
    with time_machine.travel(NOW + timedelta(days=20), tick=False):
        client.force_login(buddy.user)
        assert "The first meeting is over." in text_of(client.get(item.url))


def test_whoever_has_gone_sees_nothing_any_more(trust, escort):
    name_escort(trust, escort)
    accounts.end_role(membership_id=escort.memberships.get().pk, ends_on=TODAY, by=factories.TESTS, at=NOW)
    tomorrow = TODAY + timedelta(days=1)
    assert queries.escorts_by(escort, today=tomorrow) == []
    assert not queries.assignments_with_escort_visible_to(escort, today=tomorrow).exists()


def test_an_escort_of_a_partner_who_has_left_has_nothing_to_do(trust, escort):
    name_escort(trust, escort)
    partner_services.end_appointment(partner_id=trust.partner.pk, left_on=TODAY, by=trust.lead, at=NOW)
    assert queries.escorts_by(escort, today=TODAY + timedelta(days=1)) == []


@pytest.mark.parametrize("rows", [1, 30])
def test_reading_takes_two_queries_however_many(trust, escort, rows, django_assert_num_queries):
    for _ in range(rows):
        partner = factories.make_partner(trust.organisation, lead=trust.lead)
        assignment = factories.make_assignment(
            partner, trust.committee, budget_holder=trust.holder, deputy=trust.deputy
        )
        services.set_escort(assignment_id=assignment.pk, escort_id=escort.pk, how_to_meet=WHERE, by=trust.lead, at=NOW)
    with django_assert_num_queries(2):
        found = queries.escorts_by(escort, today=TODAY)
        assert len({(each.assignment.partner.user.name, each.meeting.starts_at, each.assignment.pk) for each in found})
    assert len(found) == rows
