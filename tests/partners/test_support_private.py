"""What is somebody's alone: no page, no history, no letter and no list shows it to anybody else."""

from datetime import timedelta
from itertools import chain

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from partners import services as partner_services
from partners.enums.support import CheckInItem, PlanItem
from partners.models.support import (
    CheckIn,
    CheckInAnswer,
    FollowUp,
    NoFollowUp,
    PrivateNote,
    ReviewAnswer,
    WellbeingPlan,
)
from partners.queries import support as queries
from partners.services import support as services
from psp_portal.accounts.enums import Role
from psp_portal.audit.models import AccessLog
from psp_portal.exceptions import RuleBroken
from psp_portal.notifications.models import Message
from psp_portal.reports.audit.kinds import KINDS
from tests import factories
from tests.access_matrix import build_world
from tests.access_matrix.support import LEADS, OWN
from tests.partners.support_samples import NOW, TODAY, make_review, make_talk

PRIVATE = (PrivateNote, WellbeingPlan, CheckIn, CheckInAnswer, FollowUp, NoFollowUp, ReviewAnswer)


# --- nowhere else ---------------------------------------------------------------------------
# That no page of anybody else shows any of it: tests/test_access_matrix.py, where all are opened by everybody.
@pytest.mark.django_db
def test_no_table_holds_a_private_word_that_can_be_read():
    with transaction.atomic():
        build_world()
        for model in apps.get_models(include_auto_created=True):
            if not model._meta.managed or model._meta.proxy:
                continue
            table = connection.ops.quote_name(model._meta.db_table)
            with connection.cursor() as cursor:
                for word in ("quillwort", "saxifrage"):
                    # Only the name of our own table stands in the text.
                    cursor.execute(f"SELECT count(*) FROM {table} AS each WHERE each::text LIKE %s", [f"%{word}%"])  # noqa: S608
                    assert cursor.fetchone()[0] == 0, f"{model._meta.label} holds {word}"
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_owners_do_read_their_words():
    """So that the walk over all pages looks for the right thing."""
    with transaction.atomic():
        world = build_world()
        person, lead = world.people["partner"], world.people["programme_lead"]
        assert {text.text for text in queries.private_texts_of(person)} >= {
            OWN["note"], OWN["plan"], OWN["kept"], OWN["review"], f"{OWN['about']}\n{OWN['answer']}",
        }  # fmt: skip
        assert [text.text for text in queries.private_texts_of(lead)] == [LEADS["note"]]
        transaction.set_rollback(True)


@pytest.mark.parametrize("model", PRIVATE)
def test_nothing_leads_to_private_words_and_nothing_keeps_their_history(model):
    assert model._meta.label not in {kind.model for kind in KINDS.values()}
    assert model not in {each.pgh_tracked_model for each in apps.get_models() if hasattr(each, "pgh_tracked_model")}
    assert not getattr(model._meta, "triggers", [])
    for other in apps.get_models():
        if other in PRIVATE:
            continue
        related = chain(other._meta.related_objects, other._meta.fields)
        ways = [field.name for field in related if field.related_model is model]
        assert all(name.endswith("+") for name in ways), other


def test_a_word_that_no_key_opens_is_said_to_be_gone(trust, settings):
    talk = make_talk(trust.partner)
    services.write_private_note(talk_id=talk.pk, text="Mine", by=trust.lead, at=NOW)
    services.save_wellbeing_plan(
        partner_id=trust.partner.pk, items={PlanItem.CALL: "A"}, is_shared=False, by=trust.partner.user, at=NOW
    )
    settings.FIELD_ENCRYPTION_KEYS = ["BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB="]
    assert queries.private_note_of(trust.lead, talk) == queries.UNREADABLE
    assert queries.wellbeing_plan_for(trust.partner.user, trust.partner, today=TODAY).rows() == []


# --- notes for oneself --------------------------------------------------------------------
def test_each_side_has_a_note_that_only_they_read(trust):
    talk = make_talk(trust.partner)
    services.write_private_note(talk_id=talk.pk, text=" Of the partner ", by=trust.partner.user, at=NOW)
    services.write_private_note(talk_id=talk.pk, text="Of the lead", by=trust.lead, at=NOW)
    services.write_private_note(talk_id=talk.pk, text="Of the lead, again", by=trust.lead, at=NOW)
    assert queries.private_note_of(trust.partner.user, talk) == "Of the partner"
    assert queries.private_note_of(trust.lead, talk) == "Of the lead, again"
    assert queries.private_note_of(factories.make_lead(trust.organisation), talk) == ""
    assert PrivateNote.objects.count() == 2
    services.write_private_note(talk_id=talk.pk, text=" ", by=trust.lead, at=NOW)
    assert queries.private_note_of(trust.lead, talk) == ""
    assert not any("Of the" in note.sealed for note in PrivateNote.objects.all())


# --- the plan -----------------------------------------------------------------------------
def plan_for(user, partner):
    found = queries.wellbeing_plan_for(user, partner, today=TODAY)
    return found and found.rows()


def save_plan(trust, text="A break", *, is_shared=False, by=None):
    services.save_wellbeing_plan(
        partner_id=trust.partner.pk, items={PlanItem.HELPS: text, PlanItem.CALL: " "}, is_shared=is_shared,
        by=by or trust.partner.user, at=NOW,
    )  # fmt: skip


def test_the_lead_reads_the_plan_only_while_it_is_shared(trust):
    own, other_lead = trust.partner.user, factories.make_lead(trust.organisation)
    rows = [("What others can do that helps", "A break")]
    save_plan(trust)
    assert (plan_for(own, trust.partner), plan_for(trust.lead, trust.partner)) == (rows, None)
    save_plan(trust, is_shared=True)
    assert (plan_for(own, trust.partner), plan_for(trust.lead, trust.partner)) == (rows, rows)
    for nobody in (other_lead, trust.stranger.lead, factories.make_member(Role.AUDITOR, trust.organisation)):
        assert plan_for(nobody, trust.partner) is None
    save_plan(trust, "")
    assert plan_for(own, trust.partner) is None
    with pytest.raises(PermissionDenied):
        save_plan(trust, by=trust.lead)


# --- check-ins ----------------------------------------------------------------------------
def check_in(trust, shared=frozenset({CheckInItem.LOAD}), items=None, by=None) -> CheckIn:
    return services.make_check_in(
        partner_id=trust.partner.pk, items=items or {CheckInItem.LOAD: "Too much", CheckInItem.HARD: "The papers"},
        shared=shared, by=by or trust.partner.user, at=NOW,
    )  # fmt: skip


def read_by(user, trust) -> list[list[str]]:
    return [
        [answer.text for answer in shown.answers] for shown in queries.check_ins_for(user, trust.partner, today=TODAY)
    ]


def test_the_partner_chooses_item_by_item_what_is_shared(trust):
    own, other_lead = trust.partner.user, factories.make_lead(trust.organisation)
    made = check_in(trust)
    assert (read_by(own, trust), read_by(trust.lead, trust)) == ([["Too much", "The papers"]], [["Too much"]])
    assert (read_by(other_lead, trust), read_by(trust.stranger.lead, trust)) == ([], [])
    services.share_check_in(check_in_id=made.pk, shared={CheckInItem.HARD}, by=own)
    assert read_by(trust.lead, trust) == [["The papers"]]
    services.share_check_in(check_in_id=made.pk, shared=set(), by=own)
    assert read_by(trust.lead, trust) == []
    assert not any("papers" in answer.sealed for answer in CheckInAnswer.objects.all())
    services.remove_check_in(check_in_id=made.pk, by=own)
    assert CheckInAnswer.objects.count() == 0


def test_a_check_in_is_the_partner_s_own_and_says_something(trust):
    made = check_in(trust)
    for by in (trust.lead, trust.stranger.user):
        with pytest.raises(PermissionDenied):
            check_in(trust, by=by)
        with pytest.raises(PermissionDenied):
            services.share_check_in(check_in_id=made.pk, shared=set(), by=by)
        with pytest.raises(PermissionDenied):
            services.remove_check_in(check_in_id=made.pk, by=by)
        assert queries.own_check_in(by, made.pk, today=TODAY) is None
    with pytest.raises(RuleBroken, match="at least one"):
        check_in(trust, items={CheckInItem.MOOD: " "})


def test_reading_what_is_shared_is_logged_and_reading_one_s_own_is_not(trust):
    services.note_reading(partner=trust.partner, what="partners.check_in.read", by=trust.partner.user, at=NOW)
    assert AccessLog.objects.count() == 0
    services.note_reading(partner=trust.partner, what="partners.check_in.read", by=trust.lead, at=NOW)
    log = AccessLog.objects.get()
    assert (log.actor_id, log.what, log.subject_name, log.organisation_id) == (
        trust.lead.pk, "partners.check_in.read", "Pat Example", trust.organisation.pk,
    )  # fmt: skip


# --- after hard material ---------------------------------------------------------------------
def mark(trust, *, about="The two deaths", on=TODAY, by=None, at=NOW) -> FollowUp:
    return services.mark_hard(
        partner_id=trust.partner.pk, about=about, happened_on=on, by=by or trust.partner.user, at=at
    )


def test_some_days_later_the_partner_and_nobody_else_is_asked_once(trust):
    follow_up = mark(trust)
    assert follow_up.ask_on == TODAY + timedelta(days=3)
    assert [services.ask_how_they_are(at=NOW + timedelta(days=days)) for days in (2, 3, 3, 9)] == [0, 1, 0, 0]
    letter = Message.objects.get(kind="partners.support.page")
    assert (letter.recipient, letter.subject) == (trust.partner.user, "There is a private page for you")
    assert letter.body == (
        "Dear Pat Example\n\nThere is a short page for you in the portal. Only you can see it. You do not have to do "
        "anything.\n\nSign in to see it:\n"
    )
    assert Message.objects.filter(created_at__gte=NOW).count() == 1


def test_the_organisation_sets_after_how_many_days(trust):
    services.change_support_settings(
        organisation_id=trust.organisation.pk, ask_after_days=0, review_months=12, who_to_talk_to="", by=trust.lead,
        at=NOW,
    )  # fmt: skip
    # What was hard last week is asked about from the day it was marked.
    assert mark(trust, on=TODAY - timedelta(days=7)).ask_on == TODAY


def test_the_answer_is_the_partner_s_own(trust):
    follow_up = mark(trust)
    with pytest.raises(RuleBroken, match="not been asked"):
        services.answer_follow_up(follow_up_id=follow_up.pk, answer="Fine", by=trust.partner.user, at=NOW)
    later = NOW + timedelta(days=3)
    services.ask_how_they_are(at=later)
    (item,) = queries.waiting(trust.partner.user, today=later.date())
    assert (item.label, item.detail) == (
        "A private page for you",
        "Only you can see it. You do not have to do anything.",
    )
    assert queries.waiting(trust.lead, today=later.date()) == []
    services.answer_follow_up(follow_up_id=follow_up.pk, answer=" Not well ", by=trust.partner.user, at=later)
    (shown,) = queries.follow_ups_of(trust.partner.user)
    assert (shown.about, shown.answer, shown.follow_up.answered_at) == ("The two deaths", "Not well", later)
    assert queries.waiting(trust.partner.user, today=later.date()) == []
    assert "Not well" not in FollowUp.objects.get().sealed
    for nobody in (trust.lead, trust.stranger.user):
        assert queries.follow_ups_of(nobody) == []
        assert queries.follow_up_of(nobody, follow_up.pk) is None
        for call in (
            lambda by: services.answer_follow_up(follow_up_id=follow_up.pk, answer="", by=by, at=later),
            lambda by: services.remove_follow_up(follow_up_id=follow_up.pk, by=by),
            lambda by: mark(trust, by=by),
        ):
            with pytest.raises(PermissionDenied):
                call(nobody)
    services.remove_follow_up(follow_up_id=follow_up.pk, by=trust.partner.user)
    assert FollowUp.objects.count() == 0


def test_the_same_day_marked_again_is_asked_about_once(trust):
    mark(trust, about="First words")
    mark(trust, about="Second words")
    assert [shown.about for shown in queries.follow_ups_of(trust.partner.user)] == ["Second words"]
    with pytest.raises(RuleBroken):
        mark(trust, on=TODAY + timedelta(days=1))


def test_whoever_turns_it_off_is_not_asked(trust):
    own = trust.partner.user
    mark(trust)
    services.switch_follow_ups(is_on=False, by=own)
    services.switch_follow_ups(is_on=False, by=own)
    assert queries.wants_no_follow_up(own)
    assert FollowUp.objects.count() == 0
    with pytest.raises(RuleBroken, match="turned the question off"):
        mark(trust)
    assert (
        services.ask_after_hard_material(partner_ids=[trust.partner.pk], source="meeting:1", happened_on=TODAY, at=NOW)
        == 0
    )
    services.switch_follow_ups(is_on=True, by=own)
    assert not queries.wants_no_follow_up(own)
    mark(trust)
    assert services.ask_how_they_are(at=NOW + timedelta(days=3)) == 1


def test_switched_off_between_the_plan_and_the_day(trust):
    mark(trust)
    with factories.acting():
        NoFollowUp.objects.create(user=trust.partner.user)
    assert services.ask_how_they_are(at=NOW + timedelta(days=3)) == 0


def test_a_question_that_another_run_has_asked_is_left_alone(trust, monkeypatch):
    mark(trust)
    later = NOW + timedelta(days=3)
    found = list(queries.follow_ups_to_ask(today=later.date()))
    services.ask_how_they_are(at=later)
    monkeypatch.setattr(queries, "follow_ups_to_ask", lambda today: found)
    assert services.ask_how_they_are(at=later) == 0
    assert Message.objects.filter(kind="partners.support.page").count() == 1


def test_hard_material_of_a_meeting_is_asked_about_once_for_each_who_serves(trust):
    other = factories.make_partner(trust.organisation, lead=trust.lead)
    partner_services.end_appointment(partner_id=other.pk, left_on=TODAY, by=trust.lead, at=NOW)
    for expected in (2, 0):
        asked = services.ask_after_hard_material(
            partner_ids=[trust.partner.pk, other.pk, trust.stranger.pk], source="meeting:1", happened_on=TODAY, at=NOW,
        )  # fmt: skip
        assert asked == expected
    assert [shown.about for shown in queries.follow_ups_of(trust.partner.user)] == [""]


# --- one's own file -------------------------------------------------------------------------
def test_the_file_about_somebody_holds_what_they_wrote_and_nothing_of_others(trust):
    talk = make_talk(trust.partner)
    services.write_private_note(talk_id=talk.pk, text="Mine", by=trust.partner.user, at=NOW)
    services.write_private_note(talk_id=talk.pk, text="The lead's", by=trust.lead, at=NOW)
    save_plan(trust)
    check_in(trust, items={CheckInItem.MOOD: "Well"})
    mark(trust)
    mark(trust, on=TODAY - timedelta(days=1), about="")
    make_review(trust.partner, sent_by=(trust.partner.user, trust.lead))
    found = [(text.what, text.text) for text in queries.private_texts_of(trust.partner.user)]
    assert sorted(found) == [
        ("After something hard", ""),
        ("After something hard", "The two deaths"),
        ("Annual review: What have you done this year that made a difference?", "Says Pat Example"),
        ("Private note on a talk", "Mine"),
        ("Wellbeing check-in: How you are doing in the role", "Well"),
        ("Wellbeing plan: What others can do that helps", "A break"),
    ]
