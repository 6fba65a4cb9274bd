from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from partners import services as partner_services
from partners.enums.support import MentoringStatus, ReviewSide, ReviewStatus, TalkKind, TalkStatus
from partners.models.support import AnnualReview, Mentoring, OneToOne, ReviewAnswer, ReviewQuestion, SupportSettings
from partners.queries import support as queries
from partners.services import support as services
from psp_portal.accounts.enums import Role
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from tests import factories
from tests.partners.support_samples import NOW, TODAY, make_pairing, make_review, make_talk


def told(kind: str) -> list[str]:
    """Return who was told something of a kind, by name."""
    return list(Message.objects.filter(kind=kind).order_by("recipient__name").values_list("recipient__name", flat=True))


# --- talks --------------------------------------------------------------------------------
def test_a_lead_plans_a_talk_and_the_partner_is_told(trust):
    talk = make_talk(trust.partner)
    assert (talk.status, talk.with_user, talk.planned_by, talk.planned_at) == (
        TalkStatus.PLANNED, trust.lead, trust.lead, NOW,
    )  # fmt: skip
    assert told("partners.talk.plan") == ["Pat Example"]


def test_a_partner_plans_one_as_well(trust):
    make_talk(trust.partner, by=trust.partner.user)
    assert told("partners.talk.plan") == [trust.lead.name]


def test_a_talk_is_with_somebody_who_looks_after_the_partner(trust):
    mentor = factories.make_member(Role.REQUESTER, trust.organisation)
    other_lead = factories.make_lead(trust.organisation)
    for nobody in (mentor, trust.partner.user, trust.stranger.lead):
        with pytest.raises(RuleBroken) as refusal:
            make_talk(trust.partner, with_user=nobody)
        assert refusal.value.field == "with_id"
    make_pairing(trust.partner, mentor, is_running=True)
    make_talk(trust.partner, with_user=mentor, by=mentor)
    people = queries.people_to_talk_to(trust.partner, today=TODAY)
    assert people[0] == trust.lead
    assert set(people) == {trust.lead, other_lead, mentor}
    with pytest.raises(RuleBroken, match="place or a link"):
        services.plan_talk(
            partner_id=trust.partner.pk, with_id=trust.lead.pk, kind=TalkKind.CHECK_IN, starts_at=NOW, minutes=60,
            place="", online_link="", by=trust.lead, at=NOW,
        )  # fmt: skip


def test_others_plan_none(trust):
    for by in (factories.make_member(Role.FINANCE, trust.organisation), trust.stranger.lead):
        with pytest.raises(PermissionDenied):
            make_talk(trust.partner, by=by)
    partner_services.end_appointment(partner_id=trust.partner.pk, left_on=TODAY, by=trust.lead, at=NOW)
    with pytest.raises(PermissionDenied):
        make_talk(trust.partner)


def test_a_talk_is_held_or_cancelled_and_by_whom_is_kept(trust):
    held, ahead = make_talk(trust.partner), make_talk(trust.partner, starts_at=NOW + timedelta(days=3))
    assert services.hold_talk(talk_id=held.pk, by=trust.partner.user, at=NOW).status == TalkStatus.HELD
    with pytest.raises(RuleBroken, match="not begun"):
        services.hold_talk(talk_id=ahead.pk, by=trust.lead, at=NOW)
    with pytest.raises(RuleBroken, match="reason"):
        services.cancel_talk(talk_id=ahead.pk, reason=" ", by=trust.partner.user, at=NOW)
    cancelled = services.cancel_talk(talk_id=ahead.pk, reason=" Ill ", by=trust.partner.user, at=NOW)
    assert (cancelled.cancelled_by, cancelled.cancelled_at, cancelled.cancel_reason) == (trust.partner.user, NOW, "Ill")
    assert told("partners.talk.cancel") == [trust.lead.name]
    with pytest.raises(TransitionNotAllowed):
        services.cancel_talk(talk_id=held.pk, reason="No", by=trust.lead, at=NOW)
    with pytest.raises(TransitionNotAllowed):
        services.write_shared_notes(talk_id=ahead.pk, text="A", seen=0, by=trust.lead, at=NOW)


def test_a_third_person_has_no_part_in_a_talk_but_the_lead_may_cancel_it(trust):
    mentor = factories.make_member(Role.REQUESTER, trust.organisation)
    make_pairing(trust.partner, mentor, is_running=True)
    talk = make_talk(trust.partner, with_user=mentor, by=mentor)
    for call in (
        lambda by: services.hold_talk(talk_id=talk.pk, by=by, at=NOW),
        lambda by: services.write_shared_notes(talk_id=talk.pk, text="A", seen=0, by=by, at=NOW),
        lambda by: services.agree_notes(talk_id=talk.pk, seen=0, by=by, at=NOW),
        lambda by: services.write_private_note(talk_id=talk.pk, text="A", by=by, at=NOW),
    ):
        for by in (trust.lead, trust.stranger.lead):
            with pytest.raises(PermissionDenied):
                call(by)
    services.cancel_talk(talk_id=talk.pk, reason="Strike", by=trust.lead, at=NOW)
    assert told("partners.talk.cancel") == sorted(["Pat Example", mentor.name])


def test_both_agree_to_the_same_words_and_a_change_takes_it_away(trust):
    talk, person, lead = make_talk(trust.partner), trust.partner.user, trust.lead

    def write(text, seen, by):
        return services.write_shared_notes(talk_id=talk.pk, text=text, seen=seen, by=by, at=NOW)

    def agree(seen, by):
        return services.agree_notes(talk_id=talk.pk, seen=seen, by=by, at=NOW)

    with pytest.raises(RuleBroken, match="no notes yet"):
        agree(0, person)
    write("Papers a week ahead", 0, lead)
    assert told("partners.notes.change") == ["Pat Example"]
    agree(1, person)
    assert agree(1, lead).other_agreed_at == NOW
    assert agree(1, lead).partner_agreed_at == NOW
    assert told("partners.notes.agree") == sorted(["Pat Example", lead.name])
    # The same words again change nothing.
    assert write("Papers a week ahead ", 1, lead).partner_agreed_at == NOW
    changed = write("Papers two weeks ahead", 1, person)
    assert (changed.partner_agreed_at, changed.other_agreed_at, changed.notes_revision) == (None, None, 2)
    with pytest.raises(RuleBroken, match="have changed"):
        agree(1, lead)
    with pytest.raises(RuleBroken, match="have changed"):
        write("Mine", 1, lead)
    assert write("", 2, lead).shared_notes == ""
    assert told("partners.notes.change") == sorted(["Pat Example", lead.name])


def test_the_database_holds_what_must_hold(trust):
    talk, review = make_talk(trust.partner), make_review(trust.partner)
    pairing = make_pairing(trust.partner, factories.make_member(Role.REQUESTER, trust.organisation))
    for model, pk, change in (
        (OneToOne, talk.pk, {"status": TalkStatus.CANCELLED}),
        (OneToOne, talk.pk, {"place": ""}),
        (OneToOne, talk.pk, {"partner_agreed_at": NOW}),
        (AnnualReview, review.pk, {"status": ReviewStatus.TALKING}),
        (AnnualReview, review.pk, {"status": ReviewStatus.CLOSED}),
        (AnnualReview, review.pk, {"partner_sent_at": NOW, "lead_sent_at": NOW}),
        (Mentoring, pairing.pk, {"status": MentoringStatus.RUNNING}),
        (Mentoring, pairing.pk, {"status": MentoringStatus.ENDED}),
    ):
        with factories.acting(), pytest.raises(DatabaseError), transaction.atomic():
            model.objects.filter(pk=pk).update(**change)


# --- mentors ------------------------------------------------------------------------------
def test_a_mentor_begins_once_both_have_said_yes(trust):
    mentor = factories.make_partner(trust.organisation, lead=trust.lead).user
    pairing = make_pairing(trust.partner, mentor)
    assert told("partners.mentor.propose") == sorted(["Pat Example", mentor.name])
    assert services.answer_mentoring(
        mentoring_id=pairing.pk, says_yes=True, by=mentor, at=NOW
    ).status == MentoringStatus.PROPOSED  # fmt: skip
    running = services.answer_mentoring(mentoring_id=pairing.pk, says_yes=True, by=trust.partner.user, at=NOW)
    assert (running.status, running.began_on) == (MentoringStatus.RUNNING, TODAY)
    assert told("partners.mentor.running") == sorted([mentor.name, trust.lead.name])
    with pytest.raises(TransitionNotAllowed):
        services.answer_mentoring(mentoring_id=pairing.pk, says_yes=False, by=mentor, at=NOW)
    ended = services.end_mentoring(mentoring_id=pairing.pk, by=mentor, at=NOW)
    assert (ended.status, ended.ended_on) == (MentoringStatus.ENDED, TODAY)
    assert told("partners.mentor.ended") == sorted(["Pat Example", trust.lead.name])
    with pytest.raises(TransitionNotAllowed):
        services.end_mentoring(mentoring_id=pairing.pk, by=mentor, at=NOW)


def test_one_no_is_enough(trust):
    mentor = factories.make_member(Role.APPROVER, trust.organisation)
    pairing = make_pairing(trust.partner, mentor)
    declined = services.answer_mentoring(mentoring_id=pairing.pk, says_yes=False, by=mentor, at=NOW)
    assert declined.status == MentoringStatus.DECLINED
    make_pairing(trust.partner, factories.make_member(Role.FINANCE, trust.organisation))


def test_who_can_be_a_mentor_and_who_proposes(trust):
    lead_too = factories.make_lead(trust.organisation)
    for nobody in (trust.partner.user, trust.lead, trust.stranger.user):
        with pytest.raises(RuleBroken) as refusal:
            make_pairing(trust.partner, nobody)
        assert refusal.value.field == "mentor_id"
    assert queries.people_to_mentor(trust.partner, today=TODAY) == [lead_too]
    pairing = make_pairing(trust.partner, lead_too)
    with pytest.raises(RuleBroken, match="has a mentor"):
        make_pairing(trust.partner, lead_too)
    for by in (trust.partner.user, trust.stranger.lead):
        with pytest.raises(PermissionDenied):
            services.propose_mentor(partner_id=trust.partner.pk, mentor_id=lead_too.pk, by=by, at=NOW)
    with pytest.raises(PermissionDenied):
        services.answer_mentoring(mentoring_id=pairing.pk, says_yes=True, by=trust.lead, at=NOW)
    with pytest.raises(PermissionDenied):
        services.end_mentoring(mentoring_id=pairing.pk, by=trust.stranger.lead, at=NOW)
    services.end_mentoring(mentoring_id=pairing.pk, by=trust.lead, at=NOW)


# --- reviews ------------------------------------------------------------------------------
def texts(review, side, reader):
    found = queries.review_texts(review, side, reader=reader)
    return None if found is None else [text.answer for text in found if text.answer]


def test_each_side_reads_the_other_s_only_when_both_have_sent(trust):
    review = make_review(trust.partner, sent_by=(trust.partner.user,))
    assert told("partners.review.open") == sorted(["Pat Example", trust.lead.name])
    assert texts(review, ReviewSide.PARTNER, ReviewSide.PARTNER) == ["Says Pat Example"]
    assert texts(review, ReviewSide.PARTNER, ReviewSide.LEAD) is None
    assert texts(review, ReviewSide.LEAD, ReviewSide.PARTNER) is None
    assert told("partners.review.both_sent") == []
    saved = services.save_answers(review_id=review.pk, answers={1: "Not yet"}, is_sending=False, by=trust.lead, at=NOW)
    assert (saved.status, saved.lead_sent_at) == (ReviewStatus.OPEN, None)
    sent = services.save_answers(review_id=review.pk, answers={1: "Now"}, is_sending=True, by=trust.lead, at=NOW)
    assert (sent.status, sent.lead_sent_by) == (ReviewStatus.TALKING, trust.lead)
    assert texts(sent, ReviewSide.PARTNER, ReviewSide.LEAD) == ["Says Pat Example"]
    assert texts(sent, ReviewSide.LEAD, ReviewSide.PARTNER) == ["Now"]
    assert told("partners.review.both_sent") == sorted(["Pat Example", trust.lead.name])
    with pytest.raises(TransitionNotAllowed):
        services.save_answers(review_id=review.pk, answers={1: "More"}, is_sending=False, by=trust.lead, at=NOW)


def test_answers_are_kept_encrypted_sent_once_and_say_something(trust):
    review = make_review(trust.partner)
    with pytest.raises(RuleBroken, match="at least one"):
        services.save_answers(review_id=review.pk, answers={}, is_sending=True, by=trust.lead, at=NOW)
    services.save_answers(review_id=review.pk, answers={1: "Private"}, is_sending=True, by=trust.lead, at=NOW)
    row = ReviewAnswer.objects.get(review=review, side=ReviewSide.LEAD, position=1)
    assert "Private" not in row.sealed
    with pytest.raises(TransitionNotAllowed, match="have sent your"):
        services.save_answers(review_id=review.pk, answers={1: "More"}, is_sending=True, by=trust.lead, at=NOW)
    other_lead = factories.make_lead(trust.organisation)
    for by in (other_lead, trust.stranger.lead):
        with pytest.raises(PermissionDenied):
            services.save_answers(review_id=review.pk, answers={1: "Mine"}, is_sending=True, by=by, at=NOW)


def test_both_agree_what_came_of_it_and_then_it_is_closed(trust):
    person, lead = trust.partner.user, trust.lead
    review = make_review(trust.partner)

    def write(points, seen, by, plan="Learn"):
        return services.write_points(
            review_id=review.pk, agreed_points=points, development_plan=plan, seen=seen, by=by, at=NOW
        )

    def agree(seen, by):
        return services.agree_points(review_id=review.pk, seen=seen, by=by, at=NOW)

    with pytest.raises(TransitionNotAllowed, match="must send"):
        write("A", 0, lead)
    for by in (person, lead):
        services.save_answers(review_id=review.pk, answers={1: "A"}, is_sending=True, by=by, at=NOW)
    with pytest.raises(RuleBroken, match="first"):
        agree(0, lead)
    write("A", 0, lead)
    assert told("partners.review.points") == ["Pat Example"]
    assert write("A", 1, lead).points_revision == 1
    assert agree(1, lead).lead_agreed_at == NOW
    assert agree(1, lead).lead_agreed_by == lead
    changed = write("B", 1, person)
    assert (changed.lead_agreed_at, changed.points_revision) == (None, 2)
    with pytest.raises(RuleBroken, match="have changed"):
        agree(1, person)
    assert agree(2, person).status == ReviewStatus.TALKING
    assert agree(2, person).status == ReviewStatus.TALKING
    agree(2, lead)
    with pytest.raises(TransitionNotAllowed, match="closed"):
        agree(2, lead)
    closed = AnnualReview.objects.get()
    assert (closed.status, closed.closed_at, closed.lead_agreed_by) == (ReviewStatus.CLOSED, NOW, lead)
    assert told("partners.review.close") == sorted(["Pat Example", lead.name])
    with pytest.raises(TransitionNotAllowed, match="closed"):
        write("C", 2, lead)


def test_one_review_at_a_time_opened_by_either_side(trust):
    services.open_review(partner_id=trust.partner.pk, by=trust.partner.user, at=NOW)
    with pytest.raises(RuleBroken, match="open already"):
        services.open_review(partner_id=trust.partner.pk, by=trust.lead, at=NOW)
    with pytest.raises(PermissionDenied):
        services.open_review(partner_id=trust.stranger.pk, by=trust.lead, at=NOW)


def test_the_clock_opens_reviews_when_their_time_has_come_and_once(trust):
    # Appointed on 1 April 2025: due a year later; a colleague of theirs begins in the autumn.
    factories.make_partner(trust.organisation, lead=trust.lead, starts_on=TODAY + timedelta(days=200))
    assert services.open_due_reviews(at=NOW) == 0
    later = NOW + timedelta(days=1)
    assert services.open_due_reviews(at=later) == 2
    assert services.open_due_reviews(at=later + timedelta(days=400)) == 0
    review = AnnualReview.objects.get(partner=trust.partner)
    for by in (trust.partner.user, trust.lead):
        services.save_answers(review_id=review.pk, answers={1: "A"}, is_sending=True, by=by, at=later)
    services.write_points(review_id=review.pk, agreed_points="A", development_plan="", seen=0, by=trust.lead, at=later)
    for by in (trust.partner.user, trust.lead):
        services.agree_points(review_id=review.pk, seen=1, by=by, at=later)
    assert services.open_due_reviews(at=later + timedelta(days=364)) == 0
    assert services.open_due_reviews(at=later + timedelta(days=365)) == 1
    assert AnnualReview.objects.filter(partner=trust.partner).count() == 2


def test_the_organisation_s_own_months_count_and_leavers_have_no_review(trust):
    services.change_support_settings(
        organisation_id=trust.organisation.pk, ask_after_days=5, review_months=6, who_to_talk_to=" Chaplain ",
        by=trust.lead, at=NOW,
    )  # fmt: skip
    assert SupportSettings.objects.get().who_to_talk_to == "Chaplain"
    partner_services.end_appointment(partner_id=trust.stranger.pk, left_on=TODAY, by=trust.stranger.lead, at=NOW)
    assert services.open_due_reviews(at=NOW) == 1
    with pytest.raises(RuleBroken):
        services.change_support_settings(
            organisation_id=trust.organisation.pk, ask_after_days=31, review_months=6, who_to_talk_to="",
            by=trust.lead, at=NOW,
        )  # fmt: skip
    with pytest.raises(PermissionDenied):
        services.change_support_settings(
            organisation_id=trust.organisation.pk, ask_after_days=3, review_months=6, who_to_talk_to="",
            by=trust.partner.user, at=NOW,
        )  # fmt: skip


def test_a_review_keeps_the_words_it_was_opened_with(trust):
    review = make_review(trust.partner)
    question = ReviewQuestion.objects.get(organisation=trust.organisation, side=ReviewSide.LEAD, position=1)
    before = question.text
    changed = services.change_review_question(
        question_id=question.pk, text=" New words? ", is_in_use=False, by=trust.lead, at=NOW
    )
    assert (changed.text, changed.is_in_use) == ("New words?", False)
    assert queries.review_texts(review, ReviewSide.LEAD, reader=ReviewSide.LEAD)[0].question == before
    added = services.add_review_question(
        organisation_id=trust.organisation.pk, side=ReviewSide.PARTNER, text="And?", by=trust.lead, at=NOW
    )
    assert added.position == 6
    with pytest.raises(RuleBroken):
        services.add_review_question(
            organisation_id=trust.organisation.pk, side=ReviewSide.PARTNER, text=" ", by=trust.lead, at=NOW
        )
    for call in (
        lambda by: services.change_review_question(question_id=question.pk, text="A", is_in_use=True, by=by, at=NOW),
        lambda by: services.add_review_question(
            organisation_id=trust.organisation.pk, side=ReviewSide.LEAD, text="A", by=by, at=NOW
        ),
    ):
        for by in (trust.partner.user, trust.stranger.lead):
            with pytest.raises(PermissionDenied):
                call(by)


# --- what waits -----------------------------------------------------------------------------
def waits(user) -> list[str]:
    return [each.label for each in queries.waiting(user, today=TODAY)]


def test_what_waits_for_both_sides(trust):
    talk = make_talk(trust.partner)
    mentor = factories.make_member(Role.REQUESTER, trust.organisation)
    make_pairing(trust.partner, mentor)
    make_review(trust.partner, sent_by=(trust.partner.user,))
    services.write_shared_notes(talk_id=talk.pk, text="A", seen=0, by=trust.lead, at=NOW)
    services.agree_notes(talk_id=talk.pk, seen=1, by=trust.lead, at=NOW)
    assert waits(trust.partner.user) == [
        "Say whether your talk took place",
        "Read the notes of your talk, and agree to them",
        "Say whether you want a mentor",
    ]
    assert waits(trust.lead) == [
        "Say whether your talk took place", "Answer the questions of the annual review of Pat Example",
    ]  # fmt: skip
    assert waits(mentor) == ["Say whether you will be a mentor"]
    assert waits(trust.stranger.lead) == []
    first = queries.waiting(trust.lead, today=TODAY)[0]
    assert (first.detail, first.since) == ("Pat Example, 30 March 2026.", talk.starts_at)


def test_a_review_to_agree_waits_for_whoever_has_not_agreed(trust):
    review = make_review(trust.partner, sent_by=(trust.partner.user, trust.lead))
    assert waits(trust.partner.user) == ["Agree what came of your annual review"]
    services.write_points(review_id=review.pk, agreed_points="A", development_plan="", seen=0, by=trust.lead, at=NOW)
    services.agree_points(review_id=review.pk, seen=1, by=trust.partner.user, at=NOW)
    assert waits(trust.partner.user) == []
    assert waits(trust.lead) == ["Agree what came of the annual review of Pat Example"]


def test_what_waits_costs_the_same_for_many(trust, django_assert_num_queries):
    make_talk(trust.partner)
    with django_assert_num_queries(5):
        queries.waiting(trust.lead, today=TODAY)
    for _ in range(20):
        make_talk(trust.partner)
        make_review(factories.make_partner(trust.organisation, lead=trust.lead))
    with django_assert_num_queries(5):
        assert len(queries.waiting(trust.lead, today=TODAY)) == 41
