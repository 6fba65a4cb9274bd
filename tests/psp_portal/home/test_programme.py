"""A programme's figures: each is the number of the rows that it opens, with other organisations' rows beside."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from committees.enums import AttendanceKind
from expenses import services as expenses
from partners import services as partners
from partners.enums import PartnerStatus
from partners.enums.agreements import AgreementKind
from partners.enums.checks import CheckKind
from partners.models import Partner
from psp_portal.accounts.enums import Role
from psp_portal.people import services as people
from psp_portal.subject_access import services as subject_access
from tests import factories
from tests.expenses.world import World, make_world
from tests.partners import checks_samples
from tests.partners.induction_samples import make_induction, make_line
from tests.partners.questions_samples import ask, reply
from tests.psp_portal.home.samples import sent_before

pytestmark = pytest.mark.django_db

PAGE = reverse("home:programme_detail")


def fill(world: World) -> None:
    """Put rows behind every figure of a trust, as many as no other trust of the test has."""
    trust, lead = world.organisation, world.lead
    others = [factories.make_partner(trust, lead=lead) for _ in range(4)]
    for partner, status in zip(
        others, (PartnerStatus.PAUSED, PartnerStatus.LEAVING, PartnerStatus.LEFT, PartnerStatus.ACTIVE), strict=True
    ):
        with factories.acting():
            left_on = world.today if status == PartnerStatus.LEFT else None
            Partner.objects.filter(pk=partner.pk).exclude(status=status).update(status=status, left_on=left_on)
    for partner, ends_on in zip(
        others, (date(2026, 9, 1), date(2027, 3, 15), date(2026, 9, 1), date(2027, 3, 16)), strict=True
    ):
        if partner != others[2]:
            partners.change_term(partner_id=partner.pk, term_ends_on=ends_on, reason="Why", by=lead, at=world.at)
    gone = factories.make_lead(trust)
    led_by_gone = factories.make_partner(trust, lead=gone)
    people.end_role(
        membership_id=gone.memberships.get().pk, ends_on=world.today - timedelta(days=1), by=lead, at=world.at
    )
    away = factories.make_lead(trust)
    for _ in range(2):
        factories.make_partner(trust, lead=away)
    people.record_absence(
        organisation_id=trust.pk, user_id=away.pk, deputy_id=None, starts_on=world.today, ends_on=None, by=away,
        at=world.at,
    )  # fmt: skip
    assert led_by_gone.lead == gone
    for days in range(1, 4):
        factories.make_meeting(
            world.committee, starts_at=world.later(days=-days), by=lead, at=world.later(days=-days - 9)
        )
    fill_papers(world, others)
    asked = [ask(world.partner, at=world.later(days=-days)) for days in (3, 2, 1)]
    reply(asked[1], at=world.at)
    make_line(trust, lead)
    make_induction(others[3], at=world.later(days=-20))
    subject_access.record_request(
        organisation_id=trust.pk, person_id=world.person.pk, email="", name="", received_on=world.today, by=lead,
        at=world.at,
    )  # fmt: skip
    world.sent()
    sent_before(world, days=40)
    world.paid()


def fill_papers(world: World, partners_there: list[Partner]) -> None:
    """Let checks wait, run out soon and have run out; and let agreements be signed by one of all who have to."""
    trust, lead, at = world.organisation, world.lead, world.at
    active = list(Partner.objects.serving().filter(pk__in=[each.pk for each in partners_there]).order_by("pk"))
    for kind, months, ago in ((CheckKind.IDENTITY, 12, 340), (CheckKind.REFERENCES, 1, 60)):
        checks_samples.require(trust, lead, kind, renewal_months=months)
        [check] = checks_samples.ask(active[0], kind, at=at)
        checks_samples.record(check, done_on=world.today - timedelta(days=ago), at=at)
    for partner in active[:2]:
        checks_samples.ask(partner, CheckKind.HEALTH, at=at)
    agreement = checks_samples.publish(trust, lead, AgreementKind.INTERESTS, at=at)
    checks_samples.sign(active[0], agreement, at=at)
    checks_samples.declare(active[0], at=at)


@pytest.fixture
def trusts():
    """A trust with rows behind every figure; and another whose rows no figure may count."""
    world, other = make_world(), make_world()
    fill(world)
    fill(other)
    for _ in range(3):
        factories.make_partner(other.organisation, lead=other.lead)
        other.sent()
        ask(other.partner, at=world.at)
    expenses.escalate_overdue_claims(at=world.at)
    with time_machine.travel(world.at, tick=False):
        yield world


def figures(client, user):
    client.force_login(user)
    page = client.get(PAGE)
    assert page.status_code == 200
    return {figure.label: figure for rows in page.context["figures"].values() for figure in rows}


def rows_behind(client, figure):
    page = client.get(figure.url)
    assert page.status_code == 200
    return page.context["page_obj"].paginator.count


def test_lead_sees_every_figure(client, trusts):
    found = figures(client, trusts.lead)
    assert {label: figure.count for label, figure in found.items()} == {
        "Checks": 0, "Induction": 0, "Active": 5, "Paused": 1, "Leaving": 1, "Left": 1,
        "Terms ending in the next 6 months, or over": 2,
        "Partners whose lead is away or gone": 3,
        "Checks that wait": 2, "Checks that run out in the next 90 days": 1, "Checks that have run out": 1,
        "Agreements that partners have to sign": 6, "Agreements waiting for the second signature": 1,
        "Interests to be declared": 6,
        "Questions without an answer": 2, "Questions asked": 3, "Questions answered": 1,
        "Terms for which it must be decided what happens": 2,
        "Inductions under way": 1, "Things overdue in inductions": 1,
        "Claims waiting": 2,
        "Late claims that have gone up a step": 1,
        "Meetings with attendance not recorded": 3,
        "Requests for copies of records": 1,
    }  # fmt: skip
    assert found["Terms ending in the next 6 months, or over"].oldest == date(2026, 9, 1)
    assert found["Questions without an answer"].oldest == trusts.later(days=-3).date()
    assert found["Claims waiting"].oldest == date(2026, 8, 6)
    assert found["Meetings with attendance not recorded"].oldest == date(2026, 9, 12)


@pytest.mark.parametrize("who", ["lead", "executive", "auditor"])
def test_each_number_opens_as_many_rows(client, trusts, who):
    found = figures(client, getattr(trusts, who))
    assert {label: rows_behind(client, figure) for label, figure in found.items()} == {
        label: figure.count for label, figure in found.items()
    }


@pytest.mark.parametrize("who", ["executive", "auditor"])
def test_executives_and_auditors_see_what_they_may_open(client, trusts, who):
    assert figures(client, getattr(trusts, who)).keys() == {
        "Questions without an answer", "Questions asked", "Questions answered", "Claims waiting",
        "Late claims that have gone up a step",
    }  # fmt: skip


def test_how_questions_are_answered_stands_in_words(client, trusts):
    client.force_login(trusts.lead)
    words = " ".join(client.get(PAGE).text.split())
    assert "1, which is 33 in 100" in words
    assert "Half of them within" in words


def test_meeting_counts_until_every_partner_is_recorded(client, trusts):
    label = "Meetings with attendance not recorded"
    meeting = trusts.committee.meetings.order_by("-starts_at").first()
    factories.make_attendance(trusts.assignment, meeting, kind=AttendanceKind.APOLOGIES, by=trusts.lead, at=trusts.at)
    assert figures(client, trusts.lead)[label].count == 2


@pytest.mark.parametrize("rows", [1, 30])
def test_page_takes_the_same_queries_however_many_rows(client, rows, django_assert_num_queries):
    world = make_world()
    for _ in range(rows):
        factories.make_partner(world.organisation, lead=world.lead)
        world.sent()
        ask(world.partner, at=world.at)
    client.force_login(world.lead)
    # session, user, memberships, unread; of people nine with the permissions, of inductions five, of checks and
    # agreements six, of questions three, of claims nine, of meetings three, of records three
    with time_machine.travel(world.at, tick=False), django_assert_num_queries(42):
        assert client.get(PAGE).status_code == 200


def test_number_of_a_term_over_has_its_own_words(client, trusts):
    client.force_login(trusts.lead)
    assert "first ends on 1 September 2026" in " ".join(client.get(PAGE).text.split())


@pytest.mark.parametrize("role", [Role.PARTNER, Role.REQUESTER, Role.APPROVER, Role.FINANCE])
def test_others_do_not_see_the_programme(client, role):
    client.force_login(factories.make_member(role))
    assert client.get(PAGE).status_code == 403
