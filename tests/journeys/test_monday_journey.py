"""A lead's Monday morning: what waits, oldest first; every figure of the programme and its rows; nothing late."""

from datetime import timedelta

import pytest

from committees.enums import AttendanceKind
from committees.services import record_attendance
from expenses import services
from partners import services as partners
from psp_portal.accounts.models import Absence
from psp_portal.dates import local_date
from psp_portal.retention import services as retention
from psp_portal.retention.kinds import KINDS
from psp_portal.retention.models import LegalHold
from tests import factories
from tests.journeys.conftest import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("now")]


def test_a_lead_s_monday_morning(world, new_window, has_javascript):
    # given: a partner who asked for an update a week ago, which has not been answered
    at = world.at
    claim = world.sent(at=at - timedelta(days=6))
    services.ask_for_update(claim_id=claim.pk, question="Is it paid?", by=world.person, at=at - timedelta(days=6))
    request = claim.update_requests.get()
    assert request.asked_of in (world.approver, world.lead)
    # and: a meeting of yesterday, a term that is nearly over, and a leaver's records whose time is over
    meeting = factories.make_meeting(
        world.committee, starts_at=at - timedelta(days=1), by=world.lead, at=factories.START
    )
    partners.change_term(
        partner_id=world.partner.pk, term_ends_on=world.today + timedelta(days=60), reason="Why", by=world.lead, at=at
    )
    leaver = factories.make_partner(world.organisation, lead=world.lead)
    partners.save_usual_journey(
        partner_id=leaver.pk, from_place="Home", to_place="Trust", miles=3, vehicle="car", by=world.lead,
        at=factories.START,
    )  # fmt: skip
    partners.end_appointment(
        partner_id=leaver.pk, left_on=world.today - timedelta(days=100), by=world.lead, at=at - timedelta(days=90)
    )
    retention.set_rule(
        organisation_id=world.organisation.pk, kind="journey", period=KINDS["journey"].default, source="Records policy",
        seen=1, by=world.lead, at=at,
    )  # fmt: skip
    retention.plan_runs(at=at - timedelta(hours=14))

    # when: the lead opens the first page
    lead = new_window(DESK, user=world.lead, has_javascript=has_javascript)
    lead.open("/")
    lead.check()
    tomorrow = local_date(at - timedelta(hours=14)) + timedelta(days=1)
    assert lead.reads("What waits for you")

    # and: looks at what will be removed, and holds it back
    lead.follow(f"Look at what will be removed on {tomorrow.day} {tomorrow:%B %Y}")
    lead.check()
    lead.follow("Usual journeys")
    lead.check()
    lead.follow("Hold back")
    lead.check()
    lead.fill("Why must they be kept?", "A complaint about the journey")
    lead.press("Hold back")
    assert lead.reads("These records are kept until somebody lets them go")
    lead.check()
    assert LegalHold.objects.get().person == leaver.user

    # and: opens the programme's page, and each figure in turn
    lead.open("/")
    lead.follow("Programme")
    lead.check()
    links = lead.page.get_by_role("main").get_by_role("link")
    addresses = [link.get_attribute("href") for link in links.all()]
    counts = [link.inner_text().split()[0] for link in links.all()]
    assert len(addresses) == 25
    for address, count in zip(addresses, counts, strict=True):
        lead.open(address)
        lead.check()
        if count == "0":
            assert lead.page.get_by_role("main").get_by_role("row").count() == 0

    # and: records who was at the meeting, from the figure that counts it
    lead.open("/programme/")
    lead.follow("1 – Meetings with attendance not recorded")
    lead.check()
    record_attendance(
        meeting_id=meeting.pk, assignment_id=world.assignment.pk, kind=AttendanceKind.ATTENDED, minutes=60,
        by=world.lead, at=at,
    )  # fmt: skip
    lead.page.reload()
    assert lead.reads("Attendance is recorded for every meeting.")

    # and: says that she will be away, and who stands in
    lead.open("/people/absences/")
    lead.check()
    lead.press("Record days away")
    lead.check()
    lead.fill_date("First day away", world.today + timedelta(days=7))
    lead.fill_date("Last day away", world.today + timedelta(days=11))
    lead.press("Save")
    assert lead.reads("The absence is recorded")
    lead.check()
    assert Absence.objects.get().user == world.lead

    # and: whoever must answer the partner does
    asked = new_window(DESK, user=request.asked_of, has_javascript=has_javascript)
    asked.open("/")
    asked.follow(f"Answer {world.person.name} about claim {claim.reference}")
    asked.check()
    asked.fill("How does the claim stand?", "It is with the approver, and will be decided this week.")
    asked.press("Send answer")
    services.approve_in_bulk(claim_ids=[claim.pk], by=world.approver, at=at)

    # then: nothing is late any more, and the partner sees whom the claim is with
    lead.open("/")
    assert lead.page.get_by_text("Late", exact=True).count() == 0
    lead.check()
    partner = new_window(PHONE, user=world.person, has_javascript=has_javascript)
    partner.open("/")
    assert partner.reads("What you are waiting for")
    assert partner.reads(f"Your claim {claim.reference}: approved, waiting for payment")
    assert partner.page.get_by_text("Late", exact=True).count() == 0
    partner.check()
