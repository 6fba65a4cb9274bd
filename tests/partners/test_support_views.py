from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from partners.enums.support import CheckInItem, PlanItem
from partners.models.support import (
    AnnualReview,
    CheckIn,
    FollowUp,
    Mentoring,
    OneToOne,
    ReviewQuestion,
    SupportSettings,
)
from partners.queries import support as queries
from partners.services import support as services
from psp_portal.accounts.enums import Role
from psp_portal.audit.models import AccessLog
from tests import factories
from tests.partners.support_samples import NOW, TODAY, make_pairing, make_review, make_talk
from tests.partners.test_views import date_boxes, text_of

pytestmark = pytest.mark.usefixtures("staff_pass", "now")


@pytest.fixture
def now():
    """Stop the clock at the samples' moment."""
    with time_machine.travel(NOW, tick=False):
        yield


def page(name: str, *keys) -> str:
    return reverse(f"support:{name}", args=keys)


# --- the lead's list --------------------------------------------------------------------------
def test_the_lead_sees_when_each_partner_was_last_looked_after(client, trust):
    held = make_talk(trust.partner)
    services.hold_talk(talk_id=held.pk, by=trust.lead, at=NOW)
    make_talk(trust.partner, starts_at=NOW + timedelta(days=5))
    make_talk(trust.stranger)
    mentor = factories.make_member(Role.REQUESTER, trust.organisation, user=factories.make_user("Mo Mentor"))
    make_pairing(trust.partner, mentor, is_running=True)
    make_review(trust.partner)
    client.force_login(trust.lead)
    words = text_of(client.get(page("overview_list")))
    for shown in ("Pat Example", "30 March 2026", "5 April 2026", "Mo Mentor", "31 March 2026"):
        assert shown in words
    assert trust.stranger.user.name not in words
    _heading, row = (
        client.get(page("overview_list"), {"export": "csv"}).content.decode("utf-8-sig").strip().splitlines()
    )
    assert row.endswith("Mo Mentor,2026-03-31,Being written") or row.endswith("Mo Mentor,31/03/2026,Being written")
    client.force_login(factories.make_lead(factories.make_organisation()))
    assert "There are no partners yet." in text_of(client.get(page("overview_list")))


@pytest.mark.parametrize("rows", [1, 30])
def test_the_pages_take_the_same_queries_for_any_number(client, trust, django_assert_num_queries, rows):
    for _ in range(rows - 1):
        factories.make_partner(trust.organisation, lead=trust.lead)
    for _ in range(rows):
        make_talk(trust.partner)
        services.make_check_in(
            partner_id=trust.partner.pk, items={CheckInItem.LOAD: "A"}, shared={CheckInItem.LOAD},
            by=trust.partner.user, at=NOW,
        )  # fmt: skip
    counts = (
        (trust.lead, page("overview_list"), 7), (trust.lead, page("talk_list"), 6),
        (trust.lead, page("overview_detail", trust.partner.pk), 11),
        (trust.partner.user, page("overview_detail", trust.partner.pk), 8),
        (trust.partner.user, page("check_in_list", trust.partner.pk), 7),
        (trust.lead, page("check_in_list", trust.partner.pk), 8),
    )  # fmt: skip
    for user, address, count in counts:
        client.force_login(user)
        client.get(address)
        with django_assert_num_queries(count, info=f"{user.name} {address}"):
            client.get(address)


def test_the_organisation_s_own_times_and_people(client, trust):
    client.force_login(trust.lead)
    assert "Your trust must confirm them." in text_of(client.get(page("settings_edit")))
    data = {"ask_after_days": "5", "review_months": "6", "who_to_talk_to": "The chaplain"}
    assert client.post(page("settings_edit"), data).url == page("overview_list")
    found = SupportSettings.objects.get()
    assert (found.ask_after_days, found.review_months, found.who_to_talk_to) == (5, 6, "The chaplain")
    assert client.post(page("settings_edit"), {}).context["form"].errors == {
        "ask_after_days": ["Enter the days"], "review_months": ["Enter the months"],
    }  # fmt: skip


# --- talks --------------------------------------------------------------------------------
def talk_data(trust, **change):
    return {
        "with_id": str(trust.lead.pk), "kind": "check_in", **date_boxes("starts_on", TODAY), "starts_time": "2:30pm",
        "minutes": "45", "place": "Room 2", "online_link": "",
    } | change  # fmt: skip


def test_a_partner_plans_a_talk_with_their_lead(client, trust):
    client.force_login(trust.partner.user)
    create = page("talk_create", trust.partner.pk)
    assert client.get(create).context["form"].initial == {"with_id": str(trust.lead.pk)}
    answer = client.post(create, talk_data(trust))
    talk = OneToOne.objects.get()
    assert answer.url == page("talk_detail", talk.pk)
    assert (talk.kind, talk.minutes, talk.place, talk.planned_by) == ("check_in", 45, "Room 2", trust.partner.user)
    assert talk.starts_at.isoformat() == "2026-03-31T13:30:00+00:00"


def test_a_talk_that_is_nowhere_says_so_beside_the_place(client, trust):
    client.force_login(trust.lead)
    answer = client.post(page("talk_create", trust.partner.pk), talk_data(trust, place="", starts_time="half past"))
    assert answer.context["form"].errors == {
        "starts_time": ["Enter a time like 2:30pm or 14:30"],
        "place": ["Enter a place or a link, so that both know where"],
    }
    assert 'value="half past"' in answer.content.decode()
    far = client.post(
        page("talk_create", trust.partner.pk), talk_data(trust, **date_boxes("starts_on", TODAY.replace(year=2036)))
    )
    assert "18 months" in text_of(far)
    wrong = client.post(page("talk_create", trust.partner.pk), talk_data(trust, online_link="no link"))
    assert list(wrong.context["form"].errors) == ["online_link"]


def test_two_write_and_agree_their_notes_and_keep_their_own(client, trust):
    talk = make_talk(trust.partner)
    client.force_login(trust.lead)
    assert client.post(page("talk_hold", talk.pk)).url == page("talk_detail", talk.pk)
    edit = client.get(page("notes_edit", talk.pk))
    assert edit.context["form"].initial == {"text": "", "seen": 0}
    client.post(page("notes_edit", talk.pk), {"text": "Papers a week ahead", "seen": "0"})
    client.post(page("note_edit", talk.pk), {"text": "Only the lead knows"})
    client.force_login(trust.partner.user)
    words = text_of(client.get(page("talk_detail", talk.pk)))
    assert "Papers a week ahead" in words
    assert "Only the lead knows" not in words
    assert page("notes_agree", talk.pk) in words
    late = client.post(page("notes_agree", talk.pk), {"seen": "0"})
    assert "The notes have changed since you opened this page." in text_of(late)
    assert client.post(page("notes_agree", talk.pk), {"seen": "1"}).url == page("talk_detail", talk.pk)
    words = text_of(client.get(page("talk_detail", talk.pk)))
    assert "Pat Example: agreed on 31 March 2026" in words
    assert page("notes_agree", talk.pk) not in words
    assert "Say that it took place" not in words
    client.force_login(trust.lead)
    assert "Only the lead knows" in text_of(client.get(page("talk_detail", talk.pk)))
    assert "Only the lead knows" in client.get(page("note_edit", talk.pk)).content.decode()


def test_others_learn_that_a_talk_takes_place_and_not_what_was_said(client, trust):
    mentor = factories.make_member(Role.REQUESTER, trust.organisation)
    make_pairing(trust.partner, mentor, is_running=True)
    talk = make_talk(trust.partner, with_user=mentor, by=mentor)
    services.write_shared_notes(talk_id=talk.pk, text="Between us", seen=0, by=mentor, at=NOW)
    client.force_login(trust.lead)
    words = text_of(client.get(page("talk_detail", talk.pk)))
    assert "The notes are for the two who talked." in words
    assert "Between us" not in words
    assert page("talk_cancel", talk.pk) in words
    for name in ("notes_edit", "note_edit", "talk_hold", "notes_agree"):
        assert client.get(page(name, talk.pk)).status_code == 403
    csv = client.get(page("talk_list"), {"export": "csv"}).content.decode()
    assert mentor.name in csv
    assert "Between us" not in csv
    for by in (trust.partner.user, mentor):
        services.agree_notes(talk_id=talk.pk, seen=1, by=by, at=NOW)
    # Once both agree to them, whoever looks after the partner may know.
    assert "Between us" in text_of(client.get(page("talk_detail", talk.pk)))
    client.force_login(factories.make_lead(trust.organisation))
    assert "Between us" not in text_of(client.get(page("talk_detail", talk.pk)))
    client.force_login(trust.stranger.lead)
    assert client.get(page("talk_detail", talk.pk)).status_code == 404
    assert "No talk has been planned yet." in text_of(client.get(page("talk_list")))


def test_a_talk_is_cancelled_with_its_reason_for_the_two(client, trust):
    talk = make_talk(trust.partner, starts_at=NOW + timedelta(days=3))
    client.force_login(trust.partner.user)
    words = text_of(client.get(page("talk_detail", talk.pk)))
    assert page("talk_hold", talk.pk) not in words
    assert "It has not begun yet." in text_of(client.post(page("talk_hold", talk.pk)))
    empty = client.post(page("talk_cancel", talk.pk), {"reason": ""})
    assert empty.context["form"].errors == {"reason": ["Enter the reason. The other person reads it"]}
    client.post(page("talk_cancel", talk.pk), {"reason": "A bad day"})
    assert "By Pat Example on 31 March 2026: “A bad day”" in text_of(client.get(page("talk_detail", talk.pk)))
    client.force_login(factories.make_lead(trust.organisation))
    words = text_of(client.get(page("talk_detail", talk.pk)))
    assert "By Pat Example on 31 March 2026" in words
    assert "A bad day" not in words


# --- wellbeing ----------------------------------------------------------------------------
def test_a_partner_writes_a_plan_and_shares_it_and_its_reading_is_logged(client, trust):
    client.force_login(trust.partner.user)
    detail, edit = page("plan_detail", trust.partner.pk), page("plan_edit", trust.partner.pk)
    assert "You have written no plan." in text_of(client.get(detail))
    assert client.get(edit).context["form"].initial == {}
    assert client.post(edit, {"well": "A break", "is_shared": "no"}).url == detail
    assert "Only you can read this plan." in text_of(client.get(detail))
    client.force_login(trust.lead)
    assert client.get(detail).status_code == 404
    client.force_login(trust.partner.user)
    assert "A break</textarea>" in client.get(edit).content.decode()
    client.post(edit, {"well": "A break", "is_shared": "yes"})
    assert f"Your lead, {trust.lead.name}, can read this plan." in text_of(client.get(detail))
    assert client.post(edit, {"well": "A break"}).context["form"].errors == {
        "is_shared": ["Select whether your lead may read this plan"]
    }
    assert AccessLog.objects.count() == 0
    client.force_login(trust.lead)
    assert "A break" in text_of(client.get(detail))
    assert page("plan_edit", trust.partner.pk) not in text_of(client.get(detail))
    assert list(AccessLog.objects.values_list("what", "actor_id")) == [
        ("partners.wellbeing_plan.read", trust.lead.pk), ("partners.wellbeing_plan.read", trust.lead.pk),
    ]  # fmt: skip
    shared = text_of(client.get(page("check_in_list", trust.partner.pk)))
    assert detail in shared
    assert "No check-in is shared with you." in shared


def test_a_check_in_is_shared_item_by_item(client, trust):
    client.force_login(trust.partner.user)
    where = page("check_in_list", trust.partner.pk)
    assert "You have written none yet." in text_of(client.get(where))
    create = page("check_in_create", trust.partner.pk)
    nothing = client.post(create, {"shared": ["mood"]})
    assert "Answer at least one question" in text_of(nothing)
    assert client.post(create, {"load": "Too much", "hard": "The papers", "shared": ["load"]}).url == where
    made = CheckIn.objects.get()
    words = text_of(client.get(where))
    assert "Your lead can read this" in words
    assert "Only you can read this" in words
    share = page("check_in_share", made.pk)
    assert client.get(share).context["form"].initial == {"shared": ["load"]}
    client.force_login(trust.lead)
    words = text_of(client.get(where))
    assert "Too much" in words
    assert "The papers" not in words
    assert AccessLog.objects.get().what == "partners.check_in.read"
    assert client.get(share).status_code == 404
    client.force_login(trust.partner.user)
    assert client.post(share, {}).url == where
    client.force_login(trust.lead)
    assert "Too much" not in text_of(client.get(where))
    client.force_login(trust.partner.user)
    assert client.post(page("check_in_remove", made.pk)).url == where
    assert CheckIn.objects.count() == 0


# --- after hard material ---------------------------------------------------------------------
def test_a_partner_marks_something_hard_and_is_asked_and_answers(client, trust):
    client.force_login(trust.partner.user)
    everything, create = page("follow_up_list"), page("follow_up_create", trust.partner.pk)
    assert create in text_of(client.get(everything))
    tomorrow = client.post(create, date_boxes("happened_on", TODAY + timedelta(days=1)))
    assert tomorrow.context["form"].errors == {"happened_on": ["Day must be on or before 31 March 2026"]}
    assert client.post(create, {**date_boxes("happened_on", TODAY), "about": "The deaths"}).url == everything
    follow_up = FollowUp.objects.get()
    words = text_of(client.get(everything))
    assert "You will be asked on 3 April 2026" in words
    answer = page("follow_up_answer", follow_up.pk)
    assert client.get(answer).url == everything
    services.change_support_settings(
        organisation_id=trust.organisation.pk, ask_after_days=3, review_months=12, who_to_talk_to="The chaplain",
        by=trust.lead, at=NOW,
    )  # fmt: skip
    services.ask_how_they_are(at=NOW + timedelta(days=3))
    words = text_of(client.get(answer))
    for shown in ("The deaths", "The chaplain", "116 123", "NHS 111"):
        assert shown in words
    assert client.post(answer, {"answer": "Tired"}).url == everything
    assert "Tired</textarea>" in client.get(answer).content.decode()
    assert "Tired" in text_of(client.get(everything))
    for other in (trust.lead, trust.stranger.user):
        client.force_login(other)
        assert client.get(answer).status_code == 404
        assert "Tired" not in text_of(client.get(everything))
    client.force_login(trust.partner.user)
    assert client.post(page("follow_up_remove", follow_up.pk)).url == everything
    assert FollowUp.objects.count() == 0


def test_the_question_is_turned_off_and_on(client, trust):
    client.force_login(trust.partner.user)
    everything, switch = page("follow_up_list"), page("follow_up_switch")
    assert client.post(switch, {"turn": "off"}).url == everything
    words = text_of(client.get(everything))
    assert "You have turned that off." in words
    assert page("follow_up_create", trust.partner.pk) not in words
    refused = client.post(page("follow_up_create", trust.partner.pk), date_boxes("happened_on", TODAY))
    assert "You have turned the question off." in text_of(refused)
    client.post(switch, {"turn": "on"})
    assert page("follow_up_create", trust.partner.pk) in text_of(client.get(everything))
    factories.make_partner(trust.stranger.organisation, user=trust.partner.user, lead=trust.stranger.lead)
    assert "Something was hard at Elm Trust" in text_of(client.get(everything))


# --- mentors ------------------------------------------------------------------------------
def test_a_mentor_is_proposed_and_both_are_asked(client, trust):
    mentor = factories.make_member(Role.REQUESTER, trust.organisation, user=factories.make_user("Mo Mentor"))
    client.force_login(trust.lead)
    create = page("mentor_create", trust.partner.pk)
    overview = page("overview_detail", trust.partner.pk)
    assert create in text_of(client.get(overview))
    assert client.post(create, {}).context["form"].errors == {"mentor_id": ["Select who could be the mentor"]}
    assert client.post(create, {"mentor_id": str(mentor.pk)}).url == overview
    pairing = Mentoring.objects.get()
    assert create not in text_of(client.get(overview))
    answer = page("mentor_answer", pairing.pk)
    client.force_login(trust.partner.user)
    assert answer in text_of(client.get(overview))
    assert "Would you like Mo Mentor as your mentor" in text_of(client.get(answer))
    assert client.post(answer, {}).context["form"].errors == {"says_yes": ["Select yes if you would like this"]}
    assert client.post(answer, {"says_yes": "yes"}).url == overview
    client.force_login(mentor)
    assert "Would you be a mentor for Pat Example" in text_of(client.get(answer))
    assert client.post(answer, {"says_yes": "yes"}).url == reverse("home:home_detail")
    pairing.refresh_from_db()
    assert pairing.status == "running"
    assert client.post(page("mentor_end", pairing.pk)).url == reverse("home:home_detail")
    client.force_login(trust.partner.user)
    assert "You have no mentor." in text_of(client.get(overview))


# --- the annual review ----------------------------------------------------------------------
def test_the_questions_are_the_organisation_s_own(client, trust):
    client.force_login(trust.lead)
    client.get(page("question_list"))
    assert ReviewQuestion.objects.count() == 9
    client.get(page("question_list"))
    assert ReviewQuestion.objects.count() == 9
    assert client.post(page("question_create"), {}).context["form"].errors == {
        "side": ["Select who answers it"], "text": ["Enter the question"],
    }  # fmt: skip
    assert client.post(page("question_create"), {"side": "lead", "text": "And?"}).url == page("question_list")
    question = ReviewQuestion.objects.get(text="And?")
    assert 'value="And?"' in client.get(page("question_edit", question.pk)).content.decode()
    client.post(page("question_edit", question.pk), {"text": "So?", "is_in_use": "no"})
    question.refresh_from_db()
    assert (question.text, question.is_in_use) == ("So?", False)
    client.force_login(trust.stranger.lead)
    assert client.get(page("question_edit", question.pk)).status_code == 404
    assert client.post(page("question_edit", question.pk), {"text": "No", "is_in_use": "no"}).status_code == 404


def test_a_review_from_both_sides_to_the_end(client, trust):
    client.force_login(trust.lead)
    overview = page("overview_detail", trust.partner.pk)
    assert page("review_create", trust.partner.pk) in text_of(client.get(overview))
    opened = client.post(page("review_create", trust.partner.pk))
    review = AnnualReview.objects.get()
    detail, answer = page("review_detail", review.pk), page("review_answer", review.pk)
    assert opened.url == detail
    assert page("review_create", trust.partner.pk) not in text_of(client.get(overview))
    client.post(answer, {"answer_1": "From the lead"})
    assert "From the lead</textarea>" in client.get(answer).content.decode()
    assert "at least one question" in text_of(client.post(answer, {"send": "yes"}))
    assert client.post(answer, {"answer_1": "From the lead", "send": "yes"}).url == detail
    assert client.get(answer).url == detail
    words = text_of(client.get(detail))
    assert "You can read the other side’s once they have sent theirs." in words

    client.force_login(trust.partner.user)
    words = text_of(client.get(detail))
    assert "From the lead" not in words
    assert "Nobody else reads your answers" in words
    client.post(answer, {"answer_2": "From the partner", "send": "yes"})
    words = text_of(client.get(detail))
    assert "From the lead" in words
    assert "Nothing is written down yet." in words
    points = page("points_edit", review.pk)
    said = {"agreed_points": "Papers on time", "development_plan": "A visit", "seen": "0"}
    assert client.post(points, said).url == detail
    late = client.post(points, said | {"agreed_points": "Mine"})
    assert "The notes have changed since you opened this page." in text_of(late)
    agree = page("points_agree", review.pk)
    assert "Papers on time" in text_of(client.get(agree))
    assert client.post(agree, {"seen": "1"}).url == detail
    assert agree not in text_of(client.get(detail))
    client.force_login(trust.lead)
    assert "From the partner" in text_of(client.get(detail))
    client.post(agree, {"seen": "1"})
    words = text_of(client.get(detail))
    assert "Agreed by both" in words
    assert points not in words

    for user in (factories.make_lead(trust.organisation), trust.stranger.lead):
        client.force_login(user)
        assert client.get(detail).status_code == 404


def test_another_lead_sees_no_way_to_reviews_and_wellbeing(client, trust):
    make_review(trust.partner)
    client.force_login(factories.make_lead(trust.organisation))
    words = text_of(client.get(page("overview_detail", trust.partner.pk)))
    assert "Annual reviews" not in words
    assert "Wellbeing" not in words
    assert client.get(page("review_create", trust.partner.pk)).status_code == 403
    client.force_login(trust.partner.user)
    assert "Your wellbeing plan" in text_of(client.get(page("overview_detail", trust.partner.pk)))
    services.save_wellbeing_plan(
        partner_id=trust.partner.pk, items={PlanItem.WELL: "A"}, is_shared=True, by=trust.partner.user, at=NOW
    )
    assert queries.wellbeing_plan_for(trust.stranger.lead, trust.partner, today=TODAY) is None
