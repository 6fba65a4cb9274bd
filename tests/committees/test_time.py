"""What of partners' time is promised, and what whoever arranges something sees."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from committees import queries, services
from committees.enums import AttendanceKind
from partners import services as partner_services
from partners.queries.capacity import to_arrange_for
from partners.services import capacity
from psp_portal.accounts.enums import Role
from psp_portal.dates import start_of_day
from tests import factories
from tests.partners.access_samples import SECRET, need, shared
from tests.partners.capacity_samples import agree, go_away

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("staff_pass")]

APRIL, MAY, JUNE = date(2025, 4, 1), date(2025, 5, 1), date(2025, 6, 1)
NOW = timezone.now()


def text_of(response):
    return " ".join(response.content.decode().split())


def meeting(trust, day, minutes=120, hours=9):
    return factories.make_meeting(
        trust.committee, starts_at=start_of_day(day) + timedelta(hours=hours), planned_minutes=minutes, by=trust.lead
    )


def promised(trust, *partners):
    found = queries.promised_time([each.pk for each in partners or [trust.partner]], [APRIL, MAY])
    return {(month.month, each.meetings, each.minutes) for (_pk, month), each in found.items()}


# --- what is promised -----------------------------------------------------------------------------
def test_planned_and_held_meetings_of_the_months_are_promised(trust, elsewhere):
    # One of two hours on 15 April is there already.
    meeting(trust, date(2025, 4, 30), 60)
    late = meeting(trust, date(2025, 5, 31), 90, hours=23.5)
    meeting(trust, JUNE, 500)
    services.record_held(meeting_id=trust.meeting.pk, actual_minutes=150, by=trust.lead, at=NOW)

    assert promised(trust) == {(4, 2, 210), (5, 1, 90)}
    assert late.starts_at.month == 5


def test_cancelled_meetings_and_those_with_apologies_are_not(trust):
    for day in (date(2025, 5, 1), date(2025, 5, 2)):
        meeting(trust, day)
    services.cancel_meeting(
        meeting_id=meeting(trust, date(2025, 5, 3)).pk, reason="Snow", by=trust.lead, at=factories.START
    )
    factories.make_attendance(trust.assignment, trust.meeting, kind=AttendanceKind.APOLOGIES)

    assert promised(trust) == {(5, 2, 240)}


def test_only_the_days_on_the_committee_count(trust):
    meeting(trust, date(2025, 5, 20))
    services.end_assignment(
        assignment_id=trust.assignment.pk, ends_on=date(2025, 5, 19), by=trust.lead, at=factories.START
    )
    assert promised(trust) == {(4, 1, 120)}
    partner_services.end_appointment(
        partner_id=trust.partner.pk, left_on=date(2025, 4, 14), by=trust.lead, at=factories.START + timedelta(days=13)
    )
    assert promised(trust) == set()


def test_each_partner_has_their_own(trust, elsewhere):
    both = queries.promised_time([trust.partner.pk, elsewhere.partner.pk], [APRIL])
    assert set(both) == {(trust.partner.pk, APRIL), (elsewhere.partner.pk, APRIL)}


def test_months_of_time_take_five_queries_however_many_partners(trust, django_assert_num_queries):
    partners = [trust.partner]
    for _ in range(4):
        partners.append(factories.make_partner(trust.organisation, lead=trust.lead))
        factories.make_assignment(partners[-1], trust.committee, budget_holder=trust.holder, deputy=trust.deputy)
    agree(trust.partner, "2")
    with django_assert_num_queries(5):
        times = queries.months_of_time(partners, [APRIL, MAY])
    # Two hours of meeting and one of preparation.
    assert [(time.agreed, time.promised, time.left) for time in times[trust.partner.pk]] == [
        (120, 180, -60), (120, 0, 120),
    ]  # fmt: skip
    assert [time.promised for time in times[partners[-1].pk]] == [180, 0]


# --- the lead's list --------------------------------------------------------------------------------
LIST = reverse("committees:capacity_list")
THIS_MONTH = timezone.localdate().replace(day=1)


def agree_now(partner, amount="2"):
    """Let partner and lead agree to some hours, from this month on."""
    return agree(partner, amount, starts_on=THIS_MONTH, at=NOW)


@pytest.fixture
def this_month(trust, elsewhere):
    """Let both trusts' partners have two hours agreed, and a meeting of two hours this month."""
    for place in (trust, elsewhere):
        agree_now(place.partner)
        factories.make_meeting(place.committee, starts_at=NOW, planned_minutes=120, by=place.lead, at=NOW)


def test_the_list_says_what_is_agreed_promised_and_left(client, trust, elsewhere, this_month):
    client.force_login(trust.lead)
    page = text_of(client.get(LIST))

    assert "Pat Example" in page
    assert "<strong>1 h more than agreed</strong>" in page
    assert elsewhere.partner.user.name not in page
    client.force_login(trust.user)
    assert client.get(LIST).status_code == 403


def test_the_list_shows_one_of_the_next_months(client, trust, this_month):
    client.force_login(trust.lead)
    following = (THIS_MONTH + timedelta(days=32)).replace(day=1)
    page = text_of(client.get(LIST, {"month": f"{following:%Y-%m}"}))
    assert f"<h1>Partners’ time in {following:%B %Y}</h1>" in page
    assert "2 h left" in page
    # A month that is none of them is this one.
    assert f"in {THIS_MONTH:%B %Y}</h1>" in text_of(client.get(LIST, {"month": "1999-01"}))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_list_as_a_file_holds_nobody_of_another_organisation(client, trust, elsewhere, this_month, form):
    client.force_login(trust.lead)
    response = client.get(LIST, {"export": form})
    assert f'filename="partners-time.{form}"' in response["Content-Disposition"]
    if form == "csv":
        lines = response.content.decode("utf-8-sig").splitlines()
        assert lines[1:] == [f"Pat Example,{THIS_MONTH:%B %Y},120,180,-60,1 h more than agreed"]
        assert elsewhere.partner.user.name not in response.content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_takes_the_same_queries_for_any_number(client, trust, django_assert_num_queries, rows):
    for _ in range(rows - 1):
        partner = factories.make_partner(trust.organisation, lead=trust.lead)
        factories.make_assignment(partner, trust.committee, budget_holder=trust.holder, deputy=trust.deputy)
        agree_now(partner)
    client.force_login(trust.lead)
    client.get(LIST)
    with django_assert_num_queries(12):
        response = client.get(LIST)
    assert len(response.context["rows"]) == min(rows, 25)


def test_an_empty_list_says_so(client, trust):
    client.force_login(factories.make_lead(factories.make_organisation()))
    assert "There are no partners yet." in text_of(client.get(LIST))


# --- where somebody arranges something --------------------------------------------------------------
FLAG = "Has access needs"


def pages(trust):
    return {
        "partner": reverse("partners:partner_detail", args=[trust.partner.pk]),
        "committee": reverse("committees:committee_detail", args=[trust.committee.pk]),
        "meeting": reverse("committees:meeting_detail", args=[trust.meeting.pk]),
        "new meeting": reverse("committees:meeting_create", args=[trust.committee.pk]),
        "new member": reverse("committees:assignment_create", args=[trust.committee.pk]),
    }


def flagged(client, trust, user):
    """Return on which pages somebody sees the flag; on none of them stands what is needed."""
    client.force_login(user)
    found = set()
    for name, where in pages(trust).items():
        response = client.get(where)
        assert response.status_code in (200, 403, 404)
        page = text_of(response)
        assert SECRET not in page
        if FLAG.lower() in page.lower():
            found.add(name)
    return found


def test_the_flag_stands_wherever_something_is_arranged_for_those_who_may_know(client, trust, elsewhere):
    requester = factories.make_member(Role.REQUESTER, trust.organisation)
    other_lead = factories.make_lead(trust.organisation)
    auditor = factories.make_member(Role.AUDITOR, trust.organisation)
    everywhere = set(pages(trust))

    need(trust.partner)
    assert flagged(client, trust, trust.lead) == everywhere
    for user in (other_lead, requester, auditor, trust.user, elsewhere.lead, elsewhere.user):
        assert flagged(client, trust, user) == set()

    shared(trust.partner)
    assert flagged(client, trust, trust.lead) == flagged(client, trust, other_lead) == everywhere
    assert flagged(client, trust, requester) == {"committee", "meeting"}
    for user in (auditor, trust.user, elsewhere.lead, elsewhere.user):
        assert flagged(client, trust, user) == set()


def test_the_flag_links_to_the_page_of_needs(client, trust):
    shared(trust.partner)
    client.force_login(factories.make_member(Role.REQUESTER, trust.organisation))
    where = reverse("access:needs_detail", args=[trust.partner.pk])
    assert f'href="{where}"' in client.get(pages(trust)["meeting"]).content.decode()
    assert SECRET in text_of(client.get(where))


def test_whoever_is_away_is_marked_where_a_meeting_is_arranged(client, trust):
    today = timezone.localdate()
    soon = factories.make_meeting(
        trust.committee, starts_at=NOW + timedelta(days=10), planned_minutes=60, by=trust.lead, at=NOW
    )
    client.force_login(trust.lead)
    detail, create = reverse("committees:meeting_detail", args=[soon.pk]), pages(trust)["new meeting"]
    assert "Away that day" not in text_of(client.get(detail))
    assert "Has not said when they can usually come" in text_of(client.get(create))

    capacity.record_away(
        partner_id=trust.partner.pk, starts_on=today + timedelta(days=10), ends_on=today + timedelta(days=11),
        by=trust.user, at=NOW,
    )  # fmt: skip
    capacity.save_availability(partner_id=trust.partner.pk, slots=["0:morning", "1:evening"], by=trust.user, at=NOW)
    assert "Away that day" in text_of(client.get(detail))
    page = text_of(client.get(create))
    assert "<strong>Away from" in page
    assert "Monday morning, Tuesday early evening" in page
    # A day away of somebody else's, or another day, is not that day.
    assert "Away that day" not in text_of(client.get(pages(trust)["meeting"]))


def test_a_meeting_without_partners_asks_nobody(client, trust):
    empty = factories.make_committee(trust.organisation, by=trust.lead)
    client.force_login(trust.lead)
    page = text_of(client.get(reverse("committees:meeting_create", args=[empty.pk])))
    assert "Who would come" not in page


def test_days_away_long_ago_are_not_shown(trust):
    go_away(trust.partner, date(2025, 4, 2), date(2025, 4, 3))
    assert to_arrange_for(trust.lead, [trust.partner], today=timezone.localdate())[0].away == []
