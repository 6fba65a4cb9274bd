"""What of a meeting may be hard to hear: partners read it, and those who were there are asked how they are."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from committees import services
from committees.enums import AttendanceKind
from partners.models.support import FollowUp, NoFollowUp
from partners.services.support import ask_how_they_are
from psp_portal.dates import LONDON
from psp_portal.exceptions import TransitionNotAllowed
from psp_portal.notifications.models import Message
from tests import factories

pytestmark = pytest.mark.usefixtures("staff_pass")

# The meeting of the trust is on 15 April 2025 at 9am.
BEFORE = datetime(2025, 4, 10, 9, 0, tzinfo=LONDON)
AFTER = datetime(2025, 4, 16, 9, 0, tzinfo=LONDON)
WORDS = "Deaths of babies"


def warn(trust, words=WORDS, *, by=None, at=BEFORE):
    return services.warn_of_content(meeting_id=trust.meeting.pk, content_warning=words, by=by or trust.lead, at=at)


def attend(trust, kind=AttendanceKind.ATTENDED, assignment=None):
    minutes = 90 if kind == AttendanceKind.ATTENDED else 0
    services.record_attendance(
        meeting_id=trust.meeting.pk, assignment_id=(assignment or trust.assignment).pk, kind=kind, minutes=minutes,
        by=trust.lead, at=AFTER,
    )  # fmt: skip


def asked():
    return list(FollowUp.objects.values_list("partner_id", flat=True))


def test_whoever_was_there_is_asked_later_once_and_quietly(trust, elsewhere):
    other = factories.make_assignment(factories.make_partner(trust.organisation, lead=trust.lead), trust.committee)
    assert warn(trust, f"  {WORDS} ").content_warning == WORDS
    assert asked() == []
    attend(trust)
    attend(trust, AttendanceKind.APOLOGIES, other)
    attend(trust)
    assert asked() == [trust.partner.pk]
    assert ask_how_they_are(at=AFTER) == 0
    assert ask_how_they_are(at=AFTER + timedelta(days=10)) == 1
    letter = Message.objects.get(recipient=trust.user, kind="partners.support.page")
    assert WORDS not in letter.subject + letter.body


def test_said_after_the_meeting_it_reaches_those_who_were_there(trust):
    attend(trust)
    assert asked() == []
    warn(trust, at=AFTER)
    warn(trust, "Deaths", at=AFTER)
    assert asked() == [trust.partner.pk]


def test_taken_back_or_turned_off_nobody_is_asked(trust):
    warn(trust)
    warn(trust, "  ")
    attend(trust)
    NoFollowUp.objects.create(user=trust.user)
    warn(trust, at=AFTER)
    assert asked() == []


def test_it_is_for_leads_and_for_meetings_that_take_place(trust, elsewhere):
    for by in (elsewhere.lead, trust.user, trust.holder):
        with pytest.raises(PermissionDenied):
            warn(trust, by=by)
    services.cancel_meeting(meeting_id=trust.meeting.pk, reason="No quorum", by=trust.lead, at=BEFORE)
    with pytest.raises(TransitionNotAllowed, match="This meeting was cancelled"):
        warn(trust)


def test_the_lead_says_it_and_the_partner_reads_it(client, trust):
    page = reverse("committees:warning_edit", args=[trust.meeting.pk])
    meeting = reverse("committees:meeting_detail", args=[trust.meeting.pk])
    client.force_login(trust.lead)
    wrong = client.post(page, {"content_warning": "x" * 301})
    assert wrong.context["form"].errors == {
        "content_warning": ["What may be hard to hear must be 300 characters or fewer"]
    }
    assert "x" * 301 in wrong.content.decode()
    assert client.post(page, {"content_warning": WORDS}).url == meeting
    assert WORDS in client.get(page).content.decode()
    client.force_login(trust.user)
    assert f"Some of this meeting may be hard to hear: {WORDS}" in client.get(meeting).content.decode()
