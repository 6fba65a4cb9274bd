from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction

from partners import services as partners
from partners.enums import PartnerMove, PartnerStatus
from partners.enums.leaving import (
    ExitSharing,
    ExitStatus,
    PackSection,
    PackStatus,
    SuccessionChoice,
    SuccessionStatus,
)
from partners.models import Partner
from partners.models.leaving import (
    Departure,
    ExitAnswer,
    ExitConversation,
    HandoverPack,
    PackText,
    Pause,
    SuccessionPlan,
    TermChange,
)
from partners.permissions import leaving as permissions
from partners.policies.leaving import EXIT_QUESTIONS
from partners.queries import leaving as queries
from partners.queries.training import latest_that_expire
from partners.services import leaving as services
from psp_portal.accounts.enums import Role
from psp_portal.dates import add_months, local_date
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from tests import factories
from tests.partners.leaving_samples import NOW, TODAY, make_departure, make_pause, make_plan, set_term
from tests.partners.support_samples import make_review
from tests.partners.training_samples import make_course, make_request, make_training

DAY = timedelta(days=1)


def told(kind: str) -> list[str]:
    """Return the names of who was told something of a kind."""
    return list(Message.objects.filter(kind=kind).order_by("recipient__name").values_list("recipient__name", flat=True))


def status_of(partner: Partner) -> str:
    partner.refresh_from_db()
    return partner.status


# --- terms -----------------------------------------------------------------------------------
def test_a_changed_term_is_kept_with_its_reason_and_the_partner_reads_it(trust):
    before = trust.partner.term_ends_on
    set_term(trust.partner, date(2029, 3, 31), reason=" Two more years ")
    (change,) = queries.term_changes_of(trust.partner)
    assert (change.ended_on, change.ends_on, change.reason) == (before, date(2029, 3, 31), "Two more years")
    assert (change.changed_by, change.changed_at) == (trust.lead, NOW)
    assert "The reason: Two more years" in Message.objects.get(kind="partners.term.change").body
    set_term(trust.partner, date(2029, 3, 31))
    assert TermChange.objects.count() == 1


def test_a_term_is_not_changed_without_a_reason(trust):
    with pytest.raises(RuleBroken, match="Enter why the term changes") as refusal:
        set_term(trust.partner, date(2029, 3, 31), reason=" ")
    assert refusal.value.field == "reason"
    assert not TermChange.objects.exists()


def test_the_history_of_terms_cannot_be_rewritten(trust):
    set_term(trust.partner, date(2029, 3, 31))
    with factories.acting():
        for write in (lambda: TermChange.objects.update(reason="x"), TermChange.objects.all().delete):
            with pytest.raises(DatabaseError), transaction.atomic():
                write()
    for change, name in (({"reason": ""}, "has_reason"), ({"ended_on": TODAY}, "changes_something")):
        facts = {"reason": "x", "ended_on": TODAY - DAY, "ends_on": TODAY} | change
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            TermChange.objects.create(partner=trust.partner, changed_by=trust.lead, changed_at=NOW, **facts)


def test_a_term_that_overlaps_another_at_the_same_trust_is_refused_and_at_another_is_fine(trust):
    user = trust.partner.user
    partners.end_appointment(partner_id=trust.partner.pk, left_on=TODAY - 9 * DAY, by=trust.lead, at=NOW)

    def again(starts_on, organisation=trust.organisation, lead=trust.lead):
        return factories.make_partner(organisation, user=user, lead=lead, starts_on=starts_on, at=NOW)

    with pytest.raises(RuleBroken, match="Two terms at one organisation cannot overlap") as refusal:
        again(TODAY - 9 * DAY)
    assert refusal.value.field == "starts_on"
    assert again(TODAY - 8 * DAY).starts_on == TODAY - 8 * DAY
    assert again(TODAY - 200 * DAY, trust.stranger.organisation, trust.stranger.lead)


def test_the_database_refuses_overlapping_terms_too(trust):
    partners.end_appointment(partner_id=trust.partner.pk, left_on=TODAY, by=trust.lead, at=NOW)
    facts = {
        "user": trust.partner.user, "organisation": trust.organisation, "is_paid": True, "lead": trust.lead,
        "starts_on": TODAY, "term_ends_on": TODAY + 99 * DAY,
    }  # fmt: skip
    with factories.acting():
        with pytest.raises(IntegrityError, match="partner_terms_do_not_overlap"), transaction.atomic():
            Partner.objects.create(**facts)
        Partner.objects.create(**facts | {"starts_on": TODAY + DAY})
        with pytest.raises(IntegrityError, match="partner_left_after_start"), transaction.atomic():
            Partner.objects.filter(pk=trust.partner.pk).update(left_on=trust.partner.starts_on - DAY)


# --- succession ------------------------------------------------------------------------------
def test_six_months_before_a_term_ends_the_clock_makes_one_plan(trust):
    set_term(trust.partner, date(2026, 9, 30))
    set_term(trust.stranger, date(2026, 10, 1))
    assert services.open_succession_plans(at=NOW - 2 * DAY) == 0
    assert services.open_succession_plans(at=NOW) == 1
    assert services.open_succession_plans(at=NOW) == 0
    plan = SuccessionPlan.objects.get()
    assert (plan.partner, plan.term_ends_on, plan.decide_by) == (trust.partner, date(2026, 9, 30), date(2026, 6, 30))
    assert plan.status == SuccessionStatus.OPEN
    assert told("partners.succession.open") == sorted([trust.lead.name, trust.partner.user.name])


def test_a_term_that_is_over_is_planned_for_after_days_down(trust):
    plan = make_plan(trust.partner, TODAY - 5 * DAY)
    assert plan.decide_by == TODAY + 14 * DAY


def test_whoever_leaves_or_has_left_needs_no_plan(trust):
    set_term(trust.partner, TODAY + DAY)
    make_departure(trust.partner)
    set_term(trust.stranger, TODAY + DAY)
    partners.end_appointment(partner_id=trust.stranger.pk, left_on=TODAY, by=trust.stranger.lead, at=NOW)
    assert services.open_succession_plans(at=NOW) == 0


def test_notes_are_kept_until_it_is_decided(trust):
    plan = make_plan(trust.partner)
    services.write_notes(plan_id=plan.pk, notes=" Ask Priya ", by=trust.lead, at=NOW)
    decided = services.decide_succession(
        plan_id=plan.pk, choice=SuccessionChoice.RECRUIT, term_ends_on=None, by=trust.lead, at=NOW
    )
    assert (decided.status, decided.choice, decided.notes) == (SuccessionStatus.DECIDED, "recruit", "Ask Priya")
    assert (decided.decided_by, decided.decided_at) == (trust.lead, NOW)
    assert told("partners.succession.decide") == [trust.partner.user.name]
    with pytest.raises(TransitionNotAllowed):
        services.write_notes(plan_id=plan.pk, notes="More", by=trust.lead, at=NOW)
    with pytest.raises(TransitionNotAllowed):
        services.decide_succession(
            plan_id=plan.pk, choice=SuccessionChoice.END, term_ends_on=None, by=trust.lead, at=NOW
        )


def test_to_extend_changes_the_term_and_the_next_end_has_a_plan_of_its_own(trust):
    plan = make_plan(trust.partner)
    with pytest.raises(RuleBroken, match="Enter the new last day"):
        services.decide_succession(
            plan_id=plan.pk, choice=SuccessionChoice.EXTEND, term_ends_on=None, by=trust.lead, at=NOW
        )
    new = plan.term_ends_on + 30 * DAY
    decided = services.decide_succession(
        plan_id=plan.pk, choice=SuccessionChoice.EXTEND, term_ends_on=new, by=trust.lead, at=NOW
    )
    trust.partner.refresh_from_db()
    assert (trust.partner.term_ends_on, decided.choice, decided.decided_by) == (new, "extend", trust.lead)
    assert services.open_succession_plans(at=NOW) == 1


def test_a_changed_term_and_leaving_settle_the_plan(trust):
    make_plan(trust.partner)
    set_term(trust.partner, date(2029, 3, 31))
    assert SuccessionPlan.objects.get().choice == SuccessionChoice.EXTEND
    make_plan(trust.stranger)
    partners.end_appointment(partner_id=trust.stranger.pk, left_on=TODAY, by=trust.stranger.lead, at=NOW)
    left = SuccessionPlan.objects.get(partner=trust.stranger)
    assert (left.choice, left.decided_by, left.decided_at) == (SuccessionChoice.END, None, NOW)


def test_plans_are_for_those_who_appoint_here(trust):
    plan = make_plan(trust.partner)
    make_plan(trust.stranger)
    assert list(queries.plans_visible_to(trust.lead, today=TODAY)) == [plan]
    for who in (trust.partner.user, trust.stranger.lead, factories.make_member(Role.EXECUTIVE, trust.organisation)):
        assert plan not in queries.plans_visible_to(who, today=TODAY)
        with pytest.raises(PermissionDenied):
            services.write_notes(plan_id=plan.pk, notes="x", by=who, at=NOW)
        with pytest.raises(PermissionDenied):
            services.decide_succession(plan_id=plan.pk, choice=SuccessionChoice.END, term_ends_on=None, by=who, at=NOW)


def test_the_view_of_terms_ending_has_this_trust_s_alone(trust):
    plan = make_plan(trust.partner)
    make_plan(trust.stranger)
    far = factories.make_partner(trust.organisation, lead=trust.lead)
    (row,) = queries.terms_ending(trust.lead, trust.organisation.pk, today=TODAY)
    assert (row, row.plans_now) == (trust.partner, [plan])
    assert far not in queries.terms_ending(trust.lead, trust.organisation.pk, today=TODAY)
    assert list(queries.terms_ending(trust.lead, trust.stranger.organisation_id, today=TODAY)) == []
    assert list(queries.terms_to_decide(trust.lead, trust.organisation.pk, today=TODAY)) == [trust.partner]
    services.decide_succession(plan_id=plan.pk, choice=SuccessionChoice.END, term_ends_on=None, by=trust.lead, at=NOW)
    assert list(queries.terms_to_decide(trust.lead, trust.organisation.pk, today=TODAY)) == []


def test_the_next_review_is_a_year_after_the_first_day_or_the_last_review(trust):
    assert queries.next_review_on(trust.partner) == date(2026, 4, 1)
    review = make_review(trust.partner)
    assert queries.next_review_on(trust.partner) == add_months(local_date(review.opened_at), 12)
    make_pause(trust.partner)
    trust.partner.refresh_from_db()
    assert queries.next_review_on(trust.partner) is None


# --- pauses ----------------------------------------------------------------------------------
def test_a_pause_from_today_begins_now_and_ends_when_they_come_back(trust):
    made = make_pause(trust.partner, back_on=TODAY + 60 * DAY)
    assert status_of(trust.partner) == PartnerStatus.PAUSED
    assert told("partners.pause.ask") == [trust.lead.name]
    assert queries.paused_on([trust.partner.pk, trust.stranger.pk], TODAY + 300 * DAY) == {trust.partner.pk}
    later = NOW + timedelta(days=10)
    services.come_back(partner_id=trust.partner.pk, by=trust.lead, at=later)
    made.refresh_from_db()
    assert (status_of(trust.partner), made.ended_on) == (PartnerStatus.ACTIVE, TODAY + 9 * DAY)
    assert told("partners.pause.end") == [trust.partner.user.name]
    assert queries.paused_on([trust.partner.pk], TODAY + 9 * DAY) == {trust.partner.pk}
    assert queries.paused_on([trust.partner.pk], TODAY + 10 * DAY) == set()
    assert list(queries.pauses_of(trust.partner)) == [made]
    assert make_pause(trust.partner, TODAY + 20 * DAY, at=later)


def test_a_pause_to_come_is_begun_by_the_clock_once(trust):
    make_pause(trust.partner, TODAY + 3 * DAY, by=trust.lead)
    assert status_of(trust.partner) == PartnerStatus.ACTIVE
    assert services.begin_pauses(at=NOW + timedelta(days=2)) == 0
    assert services.begin_pauses(at=NOW + timedelta(days=9)) == 1
    assert services.begin_pauses(at=NOW + timedelta(days=9)) == 0
    assert status_of(trust.partner) == PartnerStatus.PAUSED


def test_a_pause_to_come_can_be_taken_back(trust):
    made = make_pause(trust.partner, TODAY + 3 * DAY)
    services.come_back(partner_id=trust.partner.pk, by=trust.partner.user, at=NOW)
    made.refresh_from_db()
    assert (status_of(trust.partner), made.ended_on) == (PartnerStatus.ACTIVE, TODAY + 2 * DAY)
    assert list(queries.pauses_of(trust.partner)) == []
    assert services.begin_pauses(at=NOW + timedelta(days=9)) == 0


def test_one_pause_at_a_time_and_none_on_the_way_out(trust):
    make_pause(trust.partner, TODAY + 3 * DAY)
    with pytest.raises(RuleBroken, match="agreed already"):
        make_pause(trust.partner)
    make_departure(trust.stranger)
    with pytest.raises(TransitionNotAllowed, match="is leaving"):
        make_pause(trust.stranger)
    with pytest.raises(TransitionNotAllowed):
        services.come_back(partner_id=trust.stranger.pk, by=trust.stranger.user, at=NOW)
    with factories.acting(), pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
        Pause.objects.create(partner=trust.partner, starts_on=TODAY, reason="work", asked_by=trust.lead, asked_at=NOW)


def test_a_pause_of_an_imported_list_ends_without_a_first_day(trust):
    with factories.acting():
        Partner.objects.filter(pk=trust.partner.pk).update(status=PartnerStatus.PAUSED)
    services.come_back(partner_id=trust.partner.pk, by=trust.lead, at=NOW)
    assert status_of(trust.partner) == PartnerStatus.ACTIVE
    assert queries.open_pause_of(trust.partner) is None


def test_nobody_is_reminded_of_training_in_a_pause(trust):
    course = make_course(trust.organisation, trust.lead, renewal_months=12)
    make_training(trust.partner, course, TODAY - 330 * DAY)
    assert latest_that_expire(today=TODAY).count() == 1
    make_pause(trust.partner)
    assert latest_that_expire(today=TODAY).count() == 0


# --- leaving ---------------------------------------------------------------------------------
def test_leaving_is_announced_and_the_clock_lets_them_go_the_day_after(trust):
    departure = make_departure(trust.partner, TODAY + 5 * DAY)
    assert status_of(trust.partner) == PartnerStatus.LEAVING
    assert told("partners.departure.announce") == [trust.lead.name]
    assert told("partners.exit.offer") == [trust.partner.user.name]
    assert services.let_leavers_go(at=NOW + timedelta(days=5)) == 0
    assert services.let_leavers_go(at=NOW + timedelta(days=12)) == 1
    assert services.let_leavers_go(at=NOW + timedelta(days=12)) == 0
    departure.refresh_from_db()
    assert (status_of(trust.partner), trust.partner.left_on) == (PartnerStatus.LEFT, TODAY + 5 * DAY)
    assert departure.closed_at == NOW + timedelta(days=12)
    assert told("partners.appointment.end") == [trust.partner.user.name]
    assert trust.partner.user.memberships.get().ends_on is None
    assert ExitConversation.objects.count() == 1


def test_a_lead_lets_somebody_go_before_the_day(trust):
    departure = make_departure(trust.partner, by=trust.lead)
    assert told("partners.departure.announce") == [trust.partner.user.name]
    partners.end_appointment(partner_id=trust.partner.pk, left_on=TODAY, by=trust.lead, at=NOW)
    departure.refresh_from_db()
    assert (departure.last_day, departure.closed_at) == (TODAY, NOW)
    assert services.let_leavers_go(at=NOW + timedelta(days=99)) == 0


def test_a_pause_is_over_with_leaving(trust):
    made = make_pause(trust.partner)
    later = NOW + timedelta(days=4)
    make_departure(trust.partner, TODAY + 30 * DAY, at=later)
    made.refresh_from_db()
    assert (status_of(trust.partner), made.ended_on) == (PartnerStatus.LEAVING, TODAY + 4 * DAY)
    paused = make_pause(trust.stranger)
    partners.end_appointment(partner_id=trust.stranger.pk, left_on=TODAY, by=trust.stranger.lead, at=NOW)
    paused.refresh_from_db()
    assert paused.ended_on == TODAY


def test_staying_after_all_takes_back_what_was_offered(trust):
    make_departure(trust.partner)
    services.stay_after_all(partner_id=trust.partner.pk, by=trust.partner.user, at=NOW)
    assert status_of(trust.partner) == PartnerStatus.ACTIVE
    assert told("partners.departure.take_back") == [trust.lead.name]
    assert not ExitConversation.objects.exists()
    assert queries.open_departure_of(trust.partner) is None
    assert services.let_leavers_go(at=NOW + timedelta(days=99)) == 0
    with pytest.raises(TransitionNotAllowed):
        services.stay_after_all(partner_id=trust.partner.pk, by=trust.lead, at=NOW)
    make_departure(trust.partner)
    assert ExitConversation.objects.count() == 1


def test_what_was_said_before_staying_stays_and_is_not_asked_again(trust):
    make_departure(trust.partner)
    say(trust.partner)
    services.stay_after_all(partner_id=trust.partner.pk, by=trust.lead, at=NOW)
    make_departure(trust.partner)
    assert ExitConversation.objects.get().status == ExitStatus.ANSWERED


@pytest.mark.parametrize("act", ["pause", "come_back", "leave", "stay"])
def test_only_the_partner_and_those_who_appoint_pause_and_leave(trust, act):
    doing = {
        "pause": lambda by: make_pause(trust.partner, by=by),
        "come_back": lambda by: services.come_back(partner_id=trust.partner.pk, by=by, at=NOW),
        "leave": lambda by: make_departure(trust.partner, by=by),
        "stay": lambda by: services.stay_after_all(partner_id=trust.partner.pk, by=by, at=NOW),
    }[act]
    for by in (trust.stranger.user, trust.stranger.lead, factories.make_member(Role.APPROVER, trust.organisation)):
        with pytest.raises(PermissionDenied):
            doing(by)
    partners.end_appointment(partner_id=trust.partner.pk, left_on=TODAY, by=trust.lead, at=NOW)
    with pytest.raises(PermissionDenied):
        doing(trust.partner.user)


def test_the_moves_a_page_offers_are_those_that_can_be_made(trust):
    partner, user = trust.partner, trust.partner.user

    def offered(by=user):
        partner.refresh_from_db()
        return permissions.moves_open_to(by, partner, today=TODAY)

    assert offered() == [PartnerMove.PAUSE, PartnerMove.ANNOUNCE_LEAVING]
    make_pause(partner)
    assert offered() == [PartnerMove.RESUME, PartnerMove.ANNOUNCE_LEAVING]
    make_departure(partner)
    assert offered() == [PartnerMove.STAY]
    assert offered(trust.stranger.lead) == []


# --- the exit conversation -------------------------------------------------------------------
def say(partner, sharing=ExitSharing.LEAD, answers=None, by=None):
    return services.answer_exit(
        partner_id=partner.pk, answers=answers or {1: " I was heard ", 3: ""}, sharing=sharing, by=by or partner.user,
        at=NOW,
    )  # fmt: skip


def test_what_is_said_is_kept_sealed_and_read_by_whom_they_chose(trust):
    make_departure(trust.partner)
    conversation = say(trust.partner)
    assert [answer.question for answer in queries.answers_of(conversation)] == list(EXIT_QUESTIONS)
    assert [answer.text for answer in queries.answers_of(conversation)] == ["I was heard", "", "", "", ""]
    assert "heard" not in "".join(ExitAnswer.objects.values_list("sealed", flat=True))
    assert told("partners.exit.answer") == [trust.lead.name]
    assert "heard" not in Message.objects.get(kind="partners.exit.answer").body
    with pytest.raises(TransitionNotAllowed):
        say(trust.partner)
    with pytest.raises(TransitionNotAllowed):
        services.decline_exit(partner_id=trust.partner.pk, by=trust.partner.user, at=NOW)


@pytest.mark.parametrize(
    ("sharing", "readers"),
    [
        (ExitSharing.LEAD, {"partner", "lead"}),
        (ExitSharing.LEADS, {"partner", "lead", "other_lead"}),
        (ExitSharing.NOBODY, {"partner"}),
    ],
)
def test_nobody_reads_it_but_whom_they_chose(trust, sharing, readers):
    people = {
        "partner": trust.partner.user, "lead": trust.lead, "other_lead": factories.make_lead(trust.organisation),
        "executive": factories.make_member(Role.EXECUTIVE, trust.organisation), "stranger": trust.stranger.lead,
        "other": factories.make_partner(trust.organisation, lead=trust.lead).user,
    }  # fmt: skip
    make_departure(trust.partner)
    offered = queries.exit_of(trust.partner)
    assert [who for who, user in people.items() if permissions.can_read_exit(user, offered, today=TODAY)] == ["partner"]
    conversation = say(trust.partner, sharing)
    found = {who for who, user in people.items() if permissions.can_read_exit(user, conversation, today=TODAY)}
    assert found == readers
    expected = {"lead": [trust.lead.name], "nobody": []}.get(
        sharing, sorted([trust.lead.name, people["other_lead"].name])
    )
    assert told("partners.exit.answer") == expected


def test_saying_nothing_or_for_another_is_refused(trust):
    make_departure(trust.partner)
    with pytest.raises(RuleBroken, match="Answer at least one"):
        say(trust.partner, answers={1: "  "})
    with pytest.raises(PermissionDenied):
        say(trust.partner, by=trust.lead)
    with pytest.raises(PermissionDenied):
        services.decline_exit(partner_id=trust.partner.pk, by=trust.lead, at=NOW)
    assert ExitConversation.objects.get().status == ExitStatus.OFFERED


def test_declining_is_the_partner_s_right_and_tells_nobody(trust):
    make_departure(trust.partner)
    before = Message.objects.count()
    declined = services.decline_exit(partner_id=trust.partner.pk, by=trust.partner.user, at=NOW)
    assert (declined.status, declined.answered_at) == (ExitStatus.DECLINED, NOW)
    assert Message.objects.count() == before
    assert not permissions.can_read_exit(trust.lead, declined, today=TODAY)
    with pytest.raises(TransitionNotAllowed, match="declined"):
        say(trust.partner)


def test_whoever_ended_without_announcing_is_offered_one_too(trust):
    partners.end_appointment(partner_id=trust.partner.pk, left_on=TODAY, by=trust.lead, at=NOW)
    assert say(trust.partner).status == ExitStatus.ANSWERED


# --- the handover pack -----------------------------------------------------------------------
def write(partner, **texts):
    services.start_pack(partner_id=partner.pk, texts={PackSection.COMMITTEES: "Safety group"}, by=partner.user, at=NOW)
    said = {PackSection(name): text for name, text in texts.items()}
    return services.save_pack(partner_id=partner.pk, texts=said, by=partner.user, at=NOW)


def test_a_pack_begins_with_what_is_known_and_is_the_partner_s_to_change(trust):
    make_departure(trust.partner)
    pack = write(trust.partner, advice=" Ask early ")
    assert dict(queries.texts_of(pack)) == {
        PackSection.COMMITTEES: "Safety group", PackSection.DONE: "", PackSection.CONTACTS: "",
        PackSection.PROMISES: "", PackSection.ADVICE: "Ask early",
    }  # fmt: skip
    write(trust.partner)
    assert HandoverPack.objects.count() == 1
    assert dict(queries.texts_of(pack))[PackSection.ADVICE] == "Ask early"
    assert PackText.objects.count() == len(PackSection)


def test_a_pack_is_published_to_a_successor_here_and_both_are_told(trust):
    successor = factories.make_partner(trust.organisation, lead=trust.lead)
    make_departure(trust.partner)
    write(trust.partner)

    def publish(successor_id, by=trust.partner.user):
        return services.publish_pack(partner_id=trust.partner.pk, successor_id=successor_id, by=by, at=NOW)

    for not_here in (trust.stranger.pk, trust.partner.pk):
        with pytest.raises(RuleBroken, match="Select a partner of this organisation") as refusal:
            publish(not_here)
        assert refusal.value.field == "successor_id"
    with pytest.raises(PermissionDenied):
        publish(successor.pk, by=trust.lead)
    pack = publish(successor.pk)
    assert (pack.status, pack.successor, pack.published_at) == (PackStatus.PUBLISHED, successor, NOW)
    assert told("partners.handover.publish") == sorted([trust.lead.name, successor.user.name])
    with pytest.raises(TransitionNotAllowed):
        publish(None)
    assert write(trust.partner, done="More").status == PackStatus.PUBLISHED
    with factories.acting(), pytest.raises(DatabaseError), transaction.atomic():
        HandoverPack.objects.update(status=PackStatus.WRITING, published_at=None, successor=None)


def test_a_pack_without_words_or_successor(trust):
    make_departure(trust.partner)
    services.start_pack(partner_id=trust.partner.pk, texts={}, by=trust.partner.user, at=NOW)
    with pytest.raises(RuleBroken, match="nothing in the pack"):
        services.publish_pack(partner_id=trust.partner.pk, successor_id=None, by=trust.partner.user, at=NOW)
    write(trust.partner, done="Much")
    assert services.publish_pack(
        partner_id=trust.partner.pk, successor_id=None, by=trust.partner.user, at=NOW
    ).successor is None  # fmt: skip
    assert told("partners.handover.publish") == [trust.lead.name]


def test_a_pack_is_nobody_else_s_to_write_and_not_before_leaving(trust):
    with pytest.raises(TransitionNotAllowed):
        write(trust.partner)
    make_departure(trust.partner)
    for who in (trust.lead, trust.stranger.user):
        with pytest.raises(PermissionDenied):
            services.start_pack(partner_id=trust.partner.pk, texts={}, by=who, at=NOW)
    write(trust.partner)
    for who in (trust.lead, trust.stranger.user):
        with pytest.raises(PermissionDenied):
            services.save_pack(partner_id=trust.partner.pk, texts={}, by=who, at=NOW)
    trust.partner.refresh_from_db()
    assert permissions.can_write_pack(trust.partner.user, trust.partner)
    assert not permissions.can_write_pack(trust.lead, trust.partner)


def test_what_is_still_open_is_named(trust):
    make_request(trust.partner, "A visit to the ward")
    (promise,) = queries.open_promises_of(trust.partner)
    assert "A visit to the ward" in promise


# --- what waits ------------------------------------------------------------------------------
def labels(user, today=TODAY):
    return [row.label for row in queries.waiting(user, today=today)]


def test_what_waits_for_the_lead_and_for_the_leaver(trust):
    plan = make_plan(trust.partner)
    make_plan(trust.stranger)
    name = trust.partner.user.name
    (row,) = queries.waiting(trust.lead, today=TODAY)
    assert (row.label, row.due_on) == (f"Decide what happens when the term of {name} ends", plan.decide_by)
    services.decide_succession(plan_id=plan.pk, choice=SuccessionChoice.END, term_ends_on=None, by=trust.lead, at=NOW)
    assert labels(trust.lead) == []
    make_departure(trust.partner)
    assert labels(trust.lead) == [f"{name} is leaving"]
    assert labels(trust.partner.user) == [
        "Tell us how it was, if you want to", "Write down what your successor should know",
    ]  # fmt: skip
    services.decline_exit(partner_id=trust.partner.pk, by=trust.partner.user, at=NOW)
    services.let_leavers_go(at=NOW + timedelta(days=31))
    assert labels(trust.lead) == []
    assert labels(trust.partner.user, TODAY + 31 * DAY) == ["Write down what your successor should know"]
    assert labels(trust.partner.user, TODAY + 121 * DAY) == []
    write(trust.partner)
    services.publish_pack(partner_id=trust.partner.pk, successor_id=None, by=trust.partner.user, at=NOW)
    assert labels(trust.partner.user) == []


def test_nothing_waits_for_who_stays(trust):
    make_departure(trust.partner)
    services.stay_after_all(partner_id=trust.partner.pk, by=trust.partner.user, at=NOW)
    assert labels(trust.partner.user) == []
    assert Departure.objects.count() == 1


@pytest.mark.parametrize("rows", [1, 30])
def test_what_waits_takes_the_same_queries_however_many(trust, rows, django_assert_num_queries):
    for _ in range(rows):
        make_departure(factories.make_partner(trust.organisation, lead=trust.lead))
    with django_assert_num_queries(4):
        assert len(queries.waiting(trust.lead, today=TODAY)) == rows


# --- two clocks at once ----------------------------------------------------------------------
def test_what_another_clock_has_done_meanwhile_is_not_done_twice(trust, monkeypatch):
    departure = make_departure(trust.partner, TODAY)
    stale_pause = make_pause(trust.stranger, TODAY + DAY)
    later = NOW + timedelta(days=2)
    assert (services.let_leavers_go(at=later), services.begin_pauses(at=later)) == (1, 1)
    monkeypatch.setattr(queries, "departures_due", lambda today: [departure])
    monkeypatch.setattr(queries, "pauses_to_begin", lambda today: [stale_pause])
    assert (services.let_leavers_go(at=later), services.begin_pauses(at=later)) == (0, 0)


def test_a_plan_that_another_clock_has_made_is_not_made_twice(trust, monkeypatch):
    plan = make_plan(trust.partner)
    found = iter([[trust.partner]])
    real = queries.partners_without_plan
    monkeypatch.setattr(queries, "partners_without_plan", lambda today: next(found, None) or real(today=today))
    assert services.open_succession_plans(at=NOW) == 0
    assert list(SuccessionPlan.objects.all()) == [plan]
