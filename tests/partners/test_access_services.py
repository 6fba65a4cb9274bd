"""The six steps of the standard, who does which, and who is told."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError

from partners import services as partner_services
from partners.enums.access import NeedKind, NeedStatus, Sharing
from partners.models.access import AccessNeed, AccessSettings, NeedMet
from partners.permissions import access as permissions
from partners.queries import access as queries
from partners.services import access as services
from partners.tasks import access as tasks
from psp_portal.accounts.enums import Role
from psp_portal.audit.models import AccessLog
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from tests import factories
from tests.partners.access_samples import NOW, SECRET, TODAY, meet, mention, need, share, shared

pytestmark = pytest.mark.django_db

YEAR_ON = date(2026, 4, 1)


def told(verb):
    found = Message.objects.filter(kind=f"partners.access_needs.{verb}").order_by("recipient__name")
    return list(found.values_list("recipient__name", "subject"))


def end(each, by):
    return services.end_need(need_id=each.pk, by=by, at=NOW)


def confirm(each, by):
    return services.confirm_need(need_id=each.pk, by=by, at=NOW)


# --- identify, then record ------------------------------------------------------------------------
def test_what_an_applicant_said_waits_to_be_written_down(trust):
    said = mention(trust.partner, f"  {SECRET} ")

    assert (said.status, said.kind, said.detail, said.identified_on, said.recorded_by) == (
        "identified", "", SECRET, TODAY, None,
    )  # fmt: skip
    assert said.title == "In your own words"
    assert told("identify") == sorted(
        [("Pat Example", "Please tell us a little more"), (trust.lead.name, "Please tell us a little more")]
    )
    written = services.record_need(
        partner_id=trust.partner.pk, kind=NeedKind.ENVIRONMENT, detail=SECRET, point_size=None, identified_id=said.pk,
        by=trust.partner.user, at=NOW + timedelta(days=3),
    )  # fmt: skip
    assert AccessNeed.objects.get() == written
    assert (written.pk, written.status, written.identified_on) == (said.pk, "recorded", TODAY)
    with pytest.raises(TransitionNotAllowed, match="written down already"):
        services.record_need(
            partner_id=trust.partner.pk, kind=NeedKind.BSL, detail="", point_size=None, identified_id=said.pk,
            by=trust.partner.user, at=NOW,
        )  # fmt: skip


@pytest.mark.parametrize("words", ["", "  \n "])
def test_no_words_are_no_need(trust, words):
    services.take_over_needs(partner_id=trust.partner.pk, wanted=words, by=trust.lead, at=NOW)

    assert not AccessNeed.objects.exists()
    assert told("identify") == []


def test_what_was_mentioned_of_one_partner_is_not_written_down_for_another(trust):
    said = mention(trust.stranger)
    with pytest.raises(AccessNeed.DoesNotExist):
        services.record_need(
            partner_id=trust.partner.pk, kind=NeedKind.BSL, detail="", point_size=None, identified_id=said.pk,
            by=trust.partner.user, at=NOW,
        )  # fmt: skip


def test_what_was_mentioned_cannot_be_changed_shared_confirmed_or_met_before_it_is_written_down(trust):
    said = mention(trust.partner)
    for act in (
        lambda: services.change_need(need_id=said.pk, detail="x", point_size=None, by=trust.partner.user, at=NOW),
        lambda: share(said),
        lambda: confirm(said, trust.partner.user),
        lambda: meet(said, trust.lead),
    ):
        with pytest.raises(TransitionNotAllowed, match="has to be written down first"):
            act()


def test_a_partner_writes_down_what_they_need_and_the_lead_is_told(trust):
    written = need(trust.partner, NeedKind.LARGE_PRINT, " Black on yellow ", point_size=20)

    assert (written.status, written.kind, written.detail, written.point_size) == (
        "recorded", "large_print", "Black on yellow", 20,
    )  # fmt: skip
    assert (written.recorded_by, written.confirmed_at, written.sharing, written.review_due_on) == (
        trust.partner.user, NOW, Sharing.LEAD, YEAR_ON,
    )  # fmt: skip
    assert written.title == "Large print, 20 point"
    assert told("change") == [(trust.lead.name, "A partner has told you something new")]
    assert told("confirm") == []


def test_a_lead_writes_down_what_the_partner_said_and_the_partner_confirms(trust):
    written = need(trust.partner, by=trust.lead)

    assert (written.recorded_by, written.confirmed_at, written.sharing) == (trust.lead, None, Sharing.LEAD)
    assert told("confirm") == [("Pat Example", "Is this right?")]
    assert told("change") == []
    with pytest.raises(RuleBroken, match="Say first whether what was written down is right"):
        share(written)
    assert confirm(written, trust.partner.user).confirmed_at == NOW
    later = services.confirm_need(need_id=written.pk, by=trust.partner.user, at=NOW + timedelta(days=1))
    assert later.confirmed_at == NOW
    assert share(written).sharing == Sharing.ARRANGERS


def test_what_the_lead_changes_is_shared_no_more_until_it_is_confirmed_again(trust):
    written = shared(trust.partner)

    changed = services.change_need(need_id=written.pk, detail="Two loops", point_size=None, by=trust.lead, at=NOW)
    assert (changed.detail, changed.confirmed_at, changed.sharing) == ("Two loops", None, Sharing.LEAD)

    share(confirm(written, trust.partner.user))
    own = services.change_need(need_id=written.pk, detail="One", point_size=None, by=trust.partner.user, at=NOW)
    assert (own.detail, own.confirmed_at, own.sharing) == ("One", NOW, Sharing.ARRANGERS)


def test_a_need_that_says_nothing_is_refused_and_nothing_is_written(trust):
    with pytest.raises(RuleBroken):
        need(trust.partner, detail=" ")
    written = need(trust.partner)
    with pytest.raises(RuleBroken):
        services.change_need(need_id=written.pk, detail="", point_size=None, by=trust.partner.user, at=NOW)
    written.refresh_from_db()
    assert written.detail == SECRET


def test_what_is_no_longer_needed_is_shown_to_nobody(trust):
    written = shared(trust.partner)

    ended = end(written, trust.partner.user)

    assert (ended.status, ended.sharing, ended.ended_on) == (NeedStatus.ENDED, Sharing.LEAD, TODAY)
    assert not queries.needs_visible_to(trust.partner.user, today=TODAY).exists()
    for act in (lambda: end(written, trust.lead), lambda: share(written), lambda: confirm(written, trust.partner.user)):
        with pytest.raises(TransitionNotAllowed, match="no longer needed"):
            act()


def test_what_the_lead_takes_away_the_partner_is_told_of(trust):
    end(mention(trust.partner), trust.lead)
    assert told("confirm") == [("Pat Example", "Is this right?")]


def test_what_is_taken_back_leaves_no_copy_of_the_words(trust):
    columns = {field.name for model in (AccessNeed, NeedMet) for field in model.pgh_event_model._meta.fields}
    assert "sharing" in columns
    assert columns & {"detail", "how", "occasion"} == set()


# --- who may write, confirm and share -------------------------------------------------------------
@pytest.fixture
def others(trust):
    """Everybody who may not write down what the partner needs."""
    return [
        factories.make_lead(trust.organisation),
        trust.stranger.lead,
        trust.stranger.user,
        *(factories.make_member(role, trust.organisation) for role in (Role.REQUESTER, Role.FINANCE, Role.AUDITOR)),
    ]


def test_nobody_else_writes_down_changes_ends_or_goes_through_needs(trust, others):
    written = shared(trust.partner)
    for by in others:
        for act in (
            lambda by=by: need(trust.partner, by=by),
            lambda by=by: services.change_need(need_id=written.pk, detail="x", point_size=None, by=by, at=NOW),
            lambda by=by: end(written, by),
            lambda by=by: services.review_needs(partner_id=trust.partner.pk, by=by, at=NOW),
        ):
            with pytest.raises(PermissionDenied):
                act()


def test_only_the_partner_confirms_and_shares(trust, others):
    written = need(trust.partner)
    for by in [*others, trust.lead]:
        with pytest.raises(PermissionDenied):
            confirm(written, by)
        with pytest.raises(PermissionDenied):
            services.share_need(need_id=written.pk, sharing=Sharing.ARRANGERS, by=by, at=NOW)


def test_the_database_holds_that_nothing_unconfirmed_is_shared(trust):
    written = need(trust.partner, by=trust.lead)
    with factories.acting(), pytest.raises(IntegrityError, match="need_shared_when_confirmed"):
        AccessNeed.objects.filter(pk=written.pk).update(sharing=Sharing.ARRANGERS)


# --- reading is noted -------------------------------------------------------------------------------
def logged():
    return list(AccessLog.objects.order_by("at").values_list("actor_name", "what", "organisation_id"))


def test_each_reading_by_another_is_noted_and_the_partner_sees_it(trust):
    written = shared(trust.partner)

    assert services.read_needs(partner_id=trust.partner.pk, by=trust.partner.user, at=NOW) == [written]
    assert logged() == []
    for hours in (1, 2):
        services.read_needs(partner_id=trust.partner.pk, by=trust.lead, at=NOW + timedelta(hours=hours))
    services.note_reading(written, by=trust.lead, at=NOW + timedelta(hours=3))

    assert logged() == [(trust.lead.name, "partners.access_needs.read", trust.organisation.pk)] * 3
    assert [(each.name, each.at.hour) for each in queries.readings_of(trust.partner)] == [
        (trust.lead.name, 11), (trust.lead.name, 10), (trust.lead.name, 9),
    ]  # fmt: skip
    assert queries.readings_of(trust.stranger) == []


def test_a_reading_of_what_is_not_shared_stands_on_no_page_of_the_organisation(trust):
    need(trust.partner)
    services.read_needs(partner_id=trust.partner.pk, by=trust.lead, at=NOW)

    assert logged() == [(trust.lead.name, "partners.access_needs.read", None)]
    assert [each.name for each in queries.readings_of(trust.partner)] == [trust.lead.name]


def test_whoever_may_not_know_cannot_read(trust, others):
    written = need(trust.partner)
    another_lead, *rest = others
    # Another lead may open the page, and finds nothing on it.
    assert services.read_needs(partner_id=trust.partner.pk, by=another_lead, at=NOW) == []
    for by in rest:
        with pytest.raises(PermissionDenied):
            services.read_needs(partner_id=trust.partner.pk, by=by, at=NOW)
    for by in others:
        with pytest.raises(PermissionDenied):
            services.note_reading(written, by=by, at=NOW)
        with pytest.raises(PermissionDenied):
            meet(written, by)


def test_whoever_takes_the_list_away_is_noted_for_each_partner(trust):
    mention(trust.partner)
    services.note_export(queries.to_review_by(trust.lead, today=TODAY), by=trust.lead, at=NOW)

    assert logged() == [(trust.lead.name, "partners.access_reviews.export", None)]
    assert [(each.name, each.is_list) for each in queries.readings_of(trust.partner)] == [(trust.lead.name, True)]


# --- meet -------------------------------------------------------------------------------------------
def test_that_a_need_was_met_is_noted_and_nobody_is_told(trust):
    met = meet(shared(trust.partner), trust.lead)

    assert (met.occasion, met.on, met.was_met, met.how, met.recorded_by) == (
        "Safety committee", TODAY, True, "It was switched on", trust.lead,
    )  # fmt: skip
    assert told("miss") == []


def test_that_a_need_was_not_met_is_told_to_partner_and_lead(trust):
    requester = factories.make_member(Role.REQUESTER, trust.organisation)
    factories.make_assignment(trust.partner)
    meet(shared(trust.partner), requester, was_met=False, how="The room had none")
    subject = "Something was not in place"
    assert told("miss") == sorted([("Pat Example", subject), (trust.lead.name, subject)])


@pytest.mark.parametrize("by", ["partner", "lead"])
def test_whoever_says_it_is_not_told_so(trust, by):
    users = {"partner": trust.partner.user, "lead": trust.lead}
    meet(need(trust.partner), users.pop(by), was_met=False, how="The room had none")
    assert [name for name, _subject in told("miss")] == [user.name for user in users.values()]


def test_an_entry_that_says_too_little_is_refused(trust):
    written = need(trust.partner)
    for change in ({"how": "", "was_met": False}, {"on": TODAY + timedelta(days=1)}):
        with pytest.raises(RuleBroken):
            meet(written, trust.lead, **change)
    assert not NeedMet.objects.exists()


# --- review -----------------------------------------------------------------------------------------
def test_going_through_needs_sets_the_next_day(trust):
    need(trust.partner)
    need(trust.partner, NeedKind.BSL, "")
    end(need(trust.partner, NeedKind.BRAILLE, ""), trust.partner.user)
    other = need(trust.stranger)
    later = NOW + timedelta(days=200)

    assert services.review_needs(partner_id=trust.partner.pk, by=trust.lead, at=later) == 2

    rows = AccessNeed.objects.filter(partner=trust.partner, status=NeedStatus.RECORDED)
    assert {(each.review_due_on, each.reviewed_by, each.reviewed_at) for each in rows} == {
        (date(2026, 10, 18), trust.lead, later)
    }
    other.refresh_from_db()
    assert other.review_due_on == YEAR_ON


def test_there_must_be_something_to_go_through(trust):
    mention(trust.partner)
    with pytest.raises(RuleBroken, match="Nothing is written down"):
        services.review_needs(partner_id=trust.partner.pk, by=trust.partner.user, at=NOW)


def test_the_months_are_the_organisation_s_own(trust):
    assert queries.settings_of(trust.organisation.pk).review_months == 12
    for months in (6, 3):
        services.change_access_settings(
            organisation_id=trust.organisation.pk, review_months=months, by=trust.lead, at=NOW
        )
    assert AccessSettings.objects.get().review_months == 3
    assert need(trust.partner).review_due_on == date(2025, 7, 1)
    assert need(trust.stranger).review_due_on == YEAR_ON
    with pytest.raises(RuleBroken):
        services.change_access_settings(organisation_id=trust.organisation.pk, review_months=0, by=trust.lead, at=NOW)
    for by in (trust.partner.user, trust.stranger.lead):
        with pytest.raises(PermissionDenied):
            services.change_access_settings(organisation_id=trust.organisation.pk, review_months=6, by=by, at=NOW)
    assert not permissions.can_manage_access(trust.lead, None, today=TODAY)


def remind(days):
    return services.remind_of_reviews(at=NOW + timedelta(days=days))


def test_partner_and_lead_are_reminded_once_and_again_after_the_next_year(trust):
    need(trust.partner)
    need(trust.partner, NeedKind.BSL, "")

    assert remind(364) == 0
    # Late, and twice.
    assert (remind(370), remind(371)) == (1, 0)
    assert told("review") == sorted(
        [
            ("Pat Example", "Please check what we know about you"),
            (trust.lead.name, "Please go through this with a partner"),
        ]
    )
    services.review_needs(partner_id=trust.partner.pk, by=trust.partner.user, at=NOW + timedelta(days=372))
    assert remind(373) == 0
    assert remind(372 + 366) == 1
    assert len(told("review")) == 4


def test_a_partner_who_has_left_is_not_reminded(trust):
    need(trust.partner)
    partner_services.end_appointment(partner_id=trust.partner.pk, left_on=TODAY, by=trust.lead, at=NOW)
    assert remind(400) == 0


def test_two_clocks_at_once_remind_once(trust, monkeypatch):
    need(trust.partner)
    monkeypatch.setattr(queries, "due_for_reminder", lambda today: [trust.partner.pk, trust.partner.pk])
    assert remind(366) == 1
    assert len(told("review")) == 2


def test_the_clock_runs_the_reminder(trust):
    need(trust.partner)
    for _ in range(3):
        tasks.remind_of_reviews()
    assert len(told("review")) == 2


def test_no_letter_names_a_need_or_says_whose_it_is(trust):
    written = need(trust.partner, by=trust.lead)
    confirm(written, trust.partner.user)
    mention(trust.partner)
    services.change_need(need_id=written.pk, detail=SECRET, point_size=None, by=trust.partner.user, at=NOW)
    meet(written, trust.partner.user, was_met=False)
    remind(400)

    letters = Message.objects.filter(kind__startswith="partners.access_needs")
    assert letters.count() == 7
    for letter in letters:
        text = f"{letter.subject} {letter.body}".lower()
        assert SECRET.lower() not in text
        assert "access" not in text
        assert "need" not in text
        assert "environment" not in text
        if letter.recipient_id == trust.lead.pk:
            assert "pat example" not in text
