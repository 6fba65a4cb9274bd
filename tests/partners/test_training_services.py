from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction

from partners import services as partner_services
from partners.enums.training import DevelopmentKind, RequestStatus, TrainingState
from partners.models.training import Course, DevelopmentRequest, TrainingRecord
from partners.queries import training as queries
from partners.services import training as services
from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import Role
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from tests import factories
from tests.partners.training_samples import (
    NOW,
    TODAY,
    decide,
    facts,
    make_course,
    make_request,
    make_training,
)


@pytest.fixture
def course(trust) -> Course:
    return make_course(trust.organisation, trust.lead)


def told(kind: str) -> list[tuple[str, str]]:
    """Return who was told something of a kind, and its subject, in the order of the names."""
    rows = Message.objects.filter(kind=kind).order_by("recipient__name", "created_at")
    return list(rows.values_list("recipient__name", "subject"))


# --- the catalogue --------------------------------------------------------------------------
def test_a_course_is_kept_as_it_was_said(trust):
    made = services.create_course(
        organisation_id=trust.organisation.pk, facts=facts(" Essentials ", required_of=[4, 3]), by=trust.lead, at=NOW
    )
    made.refresh_from_db()
    assert (made.title, made.level, made.minutes, made.renewal_months) == ("Essentials", 1, 30, 36)
    assert (made.required_of, made.is_published, made.closed_on) == ([3, 4], False, None)


def test_two_open_courses_do_not_share_a_name_in_any_case(trust, course):
    with pytest.raises(RuleBroken) as refusal:
        make_course(trust.organisation, trust.lead, "ESSENTIALS")
    assert (refusal.value.field, Course.objects.count()) == ("title", 1)
    services.close_course(course_id=course.pk, by=trust.lead, at=NOW)
    make_course(trust.organisation, trust.lead, "ESSENTIALS")
    make_course(trust.stranger.organisation, trust.stranger.lead)
    assert Course.objects.count() == 3


def test_a_closed_course_stays_as_it_is(trust, course):
    services.close_course(course_id=course.pk, by=trust.lead, at=NOW)
    assert Course.objects.get().closed_on == TODAY
    with pytest.raises(RuleBroken, match="closed"):
        services.change_course(course_id=course.pk, facts=facts("Other"), by=trust.lead, at=NOW)
    with pytest.raises(RuleBroken, match="closed"):
        services.close_course(course_id=course.pk, by=trust.lead, at=NOW)


def test_only_those_who_manage_partners_keep_the_catalogue(trust, course):
    for by in (trust.partner.user, trust.stranger.lead, factories.make_member(Role.FINANCE, trust.organisation)):
        with pytest.raises(PermissionDenied):
            services.create_course(organisation_id=trust.organisation.pk, facts=facts("New"), by=by, at=NOW)
        with pytest.raises(PermissionDenied):
            services.change_course(course_id=course.pk, facts=facts("New"), by=by, at=NOW)
        with pytest.raises(PermissionDenied):
            services.close_course(course_id=course.pk, by=by, at=NOW)
        with pytest.raises(PermissionDenied):
            services.change_training_settings(
                organisation_id=trust.organisation.pk, first_due_days=1, answer_working_days=1, by=by, at=NOW
            )


def test_a_changed_renewal_leaves_what_was_recorded(trust, course):
    record = make_training(trust.partner, course, TODAY)
    assert record.expires_on == date(TODAY.year + 3, TODAY.month, TODAY.day)
    services.change_course(course_id=course.pk, facts=facts(renewal_months=12), by=trust.lead, at=NOW)
    record.refresh_from_db()
    assert record.expires_on == date(TODAY.year + 3, TODAY.month, TODAY.day)


def test_an_organisation_s_own_times(trust):
    assert queries.settings_of(trust.organisation.pk).first_due_days == 90
    for days in (30, 40):
        services.change_training_settings(
            organisation_id=trust.organisation.pk, first_due_days=days, answer_working_days=5, by=trust.lead, at=NOW
        )
    found = queries.settings_of(trust.organisation.pk)
    assert (found.first_due_days, found.answer_working_days) == (40, 5)
    assert queries.settings_of(trust.stranger.organisation.pk).answer_working_days == 10
    with pytest.raises(RuleBroken):
        services.change_training_settings(
            organisation_id=trust.organisation.pk, first_due_days=-1, answer_working_days=5, by=trust.lead, at=NOW
        )


# --- sessions -----------------------------------------------------------------------------
def record(course, partners, by, done_on=TODAY, minutes=45):
    return services.record_session(
        course_id=course.pk, done_on=done_on, minutes=minutes, reference=" C-1 ",
        partner_ids=[partner.pk for partner in partners], by=by, at=NOW,
    )  # fmt: skip


def test_a_session_is_recorded_for_all_who_were_there_and_each_is_told(trust, course):
    others = [
        factories.make_partner(trust.organisation, user=factories.make_user(name), lead=trust.lead)
        for name in ("Ada Example", "Bo Example", "Cy Example")
    ]
    record(course, others[:1], trust.lead)
    Message.objects.all().delete()

    recorded = record(course, [trust.partner, *others[:2]], trust.lead)

    assert sorted(made.partner.user.name for made in recorded.records) == ["Bo Example", "Pat Example"]
    assert [partner.user.name for partner in recorded.had_it] == ["Ada Example"]
    rows = TrainingRecord.objects.values_list("minutes", "reference", "recorded_by", "recorded_at")
    assert list(rows) == [(45, "C-1", trust.lead.pk, NOW)] * 3
    assert told("partners.training.record") == [
        ("Bo Example", "Training recorded: Essentials"), ("Pat Example", "Training recorded: Essentials"),
    ]  # fmt: skip


def test_a_session_is_all_or_nothing(trust, course):
    other = factories.make_partner(trust.organisation, lead=trust.lead)
    partner_services.end_appointment(partner_id=other.pk, left_on=TODAY - timedelta(days=9), by=trust.lead, at=NOW)
    with pytest.raises(RuleBroken, match="left on"):
        record(course, [trust.partner, other], trust.lead)
    assert TrainingRecord.objects.count() == 0
    record(course, [trust.partner, other], trust.lead, TODAY - timedelta(days=9))
    assert TrainingRecord.objects.count() == 2


def test_who_and_when_must_be_possible(trust, course):
    for partners in ([], [trust.stranger], [trust.partner, trust.stranger]):
        with pytest.raises(RuleBroken) as refusal:
            record(course, partners, trust.lead)
        assert refusal.value.field == "partner_ids"
    with pytest.raises(RuleBroken, match="today or in the past"):
        record(course, [trust.partner], trust.lead, TODAY + timedelta(days=1))
    with pytest.raises(RuleBroken, match="Minutes"):
        record(course, [trust.partner], trust.lead, minutes=0)
    for by in (trust.partner.user, trust.stranger.lead):
        with pytest.raises(PermissionDenied):
            record(course, [trust.partner], by)
    services.close_course(course_id=course.pk, by=trust.lead, at=NOW - timedelta(days=3))
    with pytest.raises(RuleBroken, match="closed"):
        record(course, [trust.partner], trust.lead)


def test_a_lead_who_is_a_partner_too_does_not_record_their_own(trust, course):
    own = factories.make_partner(trust.organisation, user=factories.make_lead(trust.organisation), lead=trust.lead)
    with pytest.raises(RuleBroken, match="your own"):
        record(course, [trust.partner, own], own.user)
    assert TrainingRecord.objects.count() == 0


def test_a_training_recorded_by_mistake_is_taken_out_by_a_lead(trust, course):
    made = make_training(trust.partner, course)
    for by in (trust.partner.user, trust.stranger.lead):
        with pytest.raises(PermissionDenied):
            services.remove_training(record_id=made.pk, by=by, at=NOW)
    services.remove_training(record_id=made.pk, by=trust.lead, at=NOW)
    assert TrainingRecord.objects.count() == 0


def test_the_database_holds_what_must_hold(trust, course):
    made = make_training(trust.partner, course)
    with factories.acting():
        for change in ({"minutes": 0}, {"expires_on": made.done_on}):
            with pytest.raises(IntegrityError), transaction.atomic():
                TrainingRecord.objects.update(**change)
        for change in ({"title": ""}, {"level": 9}, {"required_of": [7]}, {"renewal_months": 0}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Course.objects.update(**change)
    asked = make_request(trust.partner)
    with factories.acting(), pytest.raises(DatabaseError), transaction.atomic():
        DevelopmentRequest.objects.filter(pk=asked.pk).update(status=RequestStatus.DONE, done_on=TODAY)
    with factories.acting(), pytest.raises(IntegrityError), transaction.atomic():
        DevelopmentRequest.objects.filter(pk=asked.pk).update(status=RequestStatus.AGREED)


# --- standing -----------------------------------------------------------------------------
def states(partner) -> list[tuple[str, TrainingState, date | None]]:
    return [(row.course.title, row.state, row.by) for row in queries.standings_of([partner], today=TODAY)]


def test_the_latest_training_counts_and_a_closed_course_is_asked_of_nobody(trust, course):
    assert states(trust.partner) == [("Essentials", TrainingState.DUE, trust.partner.starts_on + timedelta(days=90))]
    offered = make_course(trust.organisation, trust.lead, "Offered", required_of=[], renewal_months=None)
    old = TODAY - timedelta(days=5 * 365)
    make_training(trust.partner, course, TODAY - timedelta(days=365))
    make_training(trust.partner, course, old)
    make_training(trust.partner, offered)
    make_course(trust.stranger.organisation, trust.stranger.lead, "Elsewhere")
    until = date(TODAY.year + 2, TODAY.month, TODAY.day)
    assert states(trust.partner) == [("Essentials", TrainingState.DONE, until), ("Offered", TrainingState.DONE, None)]
    services.close_course(course_id=course.pk, by=trust.lead, at=NOW)
    assert states(trust.partner)[0] == ("Essentials", TrainingState.DONE, None)
    another = factories.make_partner(trust.organisation, lead=trust.lead)
    assert states(another) == []


def test_a_course_is_asked_of_the_role_categories_it_names(trust):
    make_course(trust.organisation, trust.lead, "For members", required_of=[3])
    assert states(trust.partner) == []


# --- warnings -----------------------------------------------------------------------------
def warned(days_left: int, at=NOW) -> int:
    """Run the clock so many days before the training runs out."""
    ends = TrainingRecord.objects.order_by("done_on").last().expires_on
    moment = at + (ends - timedelta(days=days_left) - TODAY)
    return services.warn_of_training(at=moment)


def test_the_partner_and_their_lead_are_warned_once_at_each_step(trust, course):
    make_training(trust.partner, course, TODAY)
    assert [warned(days) for days in (91, 90, 90, 89, 60, 30, 30, 1, -1)] == [0, 1, 0, 0, 1, 1, 0, 0, 0]
    day = "31 March 2029"
    assert TrainingRecord.objects.get().expires_on == date(2029, 3, 31)
    assert told("partners.training.warn") == sorted(
        [(trust.lead.name, f"A partner’s training runs out on {day}")] * 3
        + [("Pat Example", f"Your training runs out on {day}")] * 3
    )


def test_after_days_down_only_the_nearest_step_is_sent(trust, course):
    make_training(trust.partner, course)
    assert [warned(days) for days in (25, 24)] == [1, 0]
    assert TrainingRecord.objects.get().warned == [30]
    assert len(told("partners.training.warn")) == 2


def test_nobody_is_warned_of_what_was_done_again_or_closed_or_of_a_leaver(trust, course):
    first = make_training(trust.partner, course, TODAY - timedelta(days=3 * 365 - 20))
    at = NOW
    make_training(trust.partner, course, TODAY)
    assert services.warn_of_training(at=at) == 0
    with factories.acting():
        TrainingRecord.objects.exclude(pk=first.pk).delete()
    partner_services.end_appointment(partner_id=trust.partner.pk, left_on=TODAY, by=trust.lead, at=NOW)
    assert services.warn_of_training(at=at) == 0
    other = factories.make_partner(trust.organisation, lead=trust.lead)
    make_training(other, course, TODAY - timedelta(days=3 * 365 - 20))
    services.close_course(course_id=course.pk, by=trust.lead, at=NOW)
    assert services.warn_of_training(at=at) == 0
    assert told("partners.training.warn") == []


# --- requests -------------------------------------------------------------------------------
def test_a_request_goes_to_the_lead_with_a_day_for_the_answer(trust):
    asked = make_request(trust.partner)
    assert (asked.status, asked.asked_at, asked.cost, asked.hours) == (RequestStatus.ASKED, NOW, asked.cost, 3)
    # 31 March 2026 is a Tuesday; Good Friday and Easter Monday lie between.
    assert asked.due_on == date(2026, 4, 16)
    assert told("partners.development.asked") == [(trust.lead.name, "A partner asks for training or development")]
    assert told("partners.development.sent") == [("Pat Example", "Your request has been sent")]
    body = Message.objects.get(kind="partners.development.asked").body
    assert "16 April 2026" in body
    assert "visit" not in body


def test_only_the_partner_asks_and_only_while_they_serve(trust):
    def ask(by):
        services.ask_for_development(
            partner_id=trust.partner.pk, kind=DevelopmentKind.COURSE, what="A", why="B", when="", hours=None, cost=None,
            by=by, at=NOW,
        )  # fmt: skip

    for by in (trust.lead, trust.stranger.user):
        with pytest.raises(PermissionDenied):
            ask(by)
    partner_services.end_appointment(partner_id=trust.partner.pk, left_on=TODAY, by=trust.lead, at=NOW)
    with pytest.raises(PermissionDenied):
        ask(trust.partner.user)


def test_yes_and_done_are_told(trust):
    agreed = services.decide_development(
        request_id=make_request(trust.partner).pk, agrees=True, reason=" Yes ", agreed_for=TODAY, by=trust.lead, at=NOW
    )
    assert (agreed.status, agreed.reason, agreed.decided_by, agreed.agreed_for) == (
        RequestStatus.AGREED, "Yes", trust.lead, TODAY,
    )  # fmt: skip
    assert told("partners.development.answered") == [("Pat Example", "A request has been answered")]
    with pytest.raises(RuleBroken, match="today or in the past"):
        services.finish_development(
            request_id=agreed.pk, done_on=TODAY + timedelta(days=1), by=trust.partner.user, at=NOW
        )
    done = services.finish_development(request_id=agreed.pk, done_on=TODAY, by=trust.partner.user, at=NOW)
    assert (done.status, done.done_on) == (RequestStatus.DONE, TODAY)
    assert told("partners.development.done") == [(trust.lead.name, "A request has been closed")]


def test_another_lead_may_answer_and_the_partner_s_own_is_told(trust):
    other = factories.make_lead(trust.organisation)
    asked = make_request(trust.partner)
    services.decide_development(
        request_id=asked.pk, agrees=False, reason="No money", agreed_for=TODAY, by=other, at=NOW
    )
    asked.refresh_from_db()
    assert (asked.status, asked.agreed_for) == (RequestStatus.NOT_AGREED, None)
    assert sorted(told("partners.development.answered")) == sorted(
        [("Pat Example", "A request has been answered"), (trust.lead.name, "A request has been answered")]
    )


def test_no_without_a_reason_and_a_second_answer_are_refused(trust):
    asked = make_request(trust.partner)
    with pytest.raises(RuleBroken) as refusal:
        decide(asked, agrees=False)
    assert refusal.value.field == "reason"
    decide(asked)
    with pytest.raises(TransitionNotAllowed, match="agreed already"):
        decide(asked, agrees=False, reason="After all")


def test_nobody_decides_what_is_not_theirs_to_decide(trust):
    asked = make_request(trust.partner)
    for by in (trust.partner.user, trust.stranger.lead, factories.make_member(Role.FINANCE, trust.organisation)):
        with pytest.raises(PermissionDenied):
            services.decide_development(request_id=asked.pk, agrees=True, reason="", agreed_for=None, by=by, at=NOW)
    with pytest.raises(PermissionDenied):
        services.withdraw_development(request_id=asked.pk, by=trust.lead, at=NOW)
    with pytest.raises(PermissionDenied):
        services.finish_development(request_id=asked.pk, done_on=TODAY, by=trust.stranger.lead, at=NOW)


def test_a_request_is_taken_back(trust):
    asked = make_request(trust.partner)
    services.withdraw_development(request_id=asked.pk, by=trust.partner.user, at=NOW)
    assert told("partners.development.withdrawn") == [(trust.lead.name, "A request has been closed")]
    with pytest.raises(TransitionNotAllowed, match="withdrawn"):
        decide(asked)
    with pytest.raises(TransitionNotAllowed):
        services.withdraw_development(request_id=asked.pk, by=trust.partner.user, at=NOW)


# --- what waits -----------------------------------------------------------------------------
def test_a_request_waits_for_the_partner_s_lead_alone_until_that_one_has_gone(trust):
    other = factories.make_lead(trust.organisation)
    asked = make_request(trust.partner)
    make_request(trust.stranger)
    (found,) = queries.waiting(trust.lead, today=TODAY)
    assert (found.label, found.detail) == ("Answer what Pat Example asks for", "A visit: A visit to the ward.")
    assert (found.since, found.due_on) == (NOW, asked.due_on)
    assert found.url.endswith(f"/{asked.pk}/decide/")
    assert queries.waiting(other, today=TODAY) == []
    held = trust.lead.memberships.get()
    accounts.end_role(membership_id=held.pk, ends_on=TODAY - timedelta(days=1), by=factories.TESTS, at=NOW)
    assert [each.label for each in queries.waiting(other, today=TODAY)] == ["Answer what Pat Example asks for"]
    assert queries.waiting(trust.lead, today=TODAY) == []
    decide_by_other = services.decide_development(
        request_id=asked.pk, agrees=True, reason="", agreed_for=None, by=other, at=NOW
    )
    assert decide_by_other.status == RequestStatus.AGREED
    assert queries.waiting(other, today=TODAY) == []


def test_what_a_partner_must_do_waits_for_them(trust, course):
    second = make_course(trust.organisation, trust.lead, "Data security", renewal_months=12)
    make_training(trust.partner, second, TODAY - timedelta(days=400))
    first, last = queries.waiting(trust.partner.user, today=TODAY)
    assert (first.label, first.detail) == ("Do your training: Essentials", "Your organisation asks it of you.")
    assert last.label == "Renew your training: Data security"
    assert last.detail == "It ran out on 24 February 2026."
    make_training(trust.partner, course)
    make_training(trust.partner, second)
    assert queries.waiting(trust.partner.user, today=TODAY) == []


# --- the directory ------------------------------------------------------------------------
def test_the_directory_names_courses_and_nobody(trust):
    published = make_course(trust.organisation, trust.lead, "Shown", is_published=True)
    make_course(trust.organisation, trust.lead, "Not shown")
    closed = make_course(trust.organisation, trust.lead, "Closed", is_published=True)
    services.close_course(course_id=closed.pk, by=trust.lead, at=NOW)
    make_course(trust.stranger.organisation, trust.stranger.lead, "Also shown", is_published=True, level=None)
    make_training(trust.partner, published)
    offers = queries.directory()
    assert [vars(offer) for offer in offers] == [
        {"title": "Also shown", "level": "", "provider": "e-learning", "minutes": 30, "organisation": "Elm Trust"},
        {
            "title": "Shown", "level": "Level 1: essentials", "provider": "e-learning", "minutes": 30,
            "organisation": "Willow Trust",
        },
    ]  # fmt: skip


def test_nobody_looks_after_themselves(trust):
    """A lead who is a partner too, and whose own lead has gone, does not answer their own request."""
    both = factories.make_lead(trust.organisation)
    own = factories.make_partner(trust.organisation, user=both, lead=trust.lead)
    make_request(own)
    accounts.end_role(
        membership_id=trust.lead.memberships.get().pk, ends_on=TODAY - timedelta(days=1), by=factories.TESTS, at=NOW
    )
    assert list(queries.partners_looked_after_by(both, today=TODAY)) == [trust.partner]
    assert queries.waiting(both, today=TODAY) == []
