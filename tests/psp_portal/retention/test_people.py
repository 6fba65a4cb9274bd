"""What partners said, needed, learnt and were told goes in its time; that of others, and what is held, does not."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps

from expenses.services import claim_training
from partners import services as partners
from partners.enums.support import CheckInItem, PlanItem
from partners.models import Partner
from partners.models.imports import AwaitedPartner
from partners.models.recruitment import Application
from partners.models.training import TrainingRecord
from partners.services import capacity, recruitment, support, training
from psp_portal.audit.tracked import tracked_models
from psp_portal.dates import LONDON
from psp_portal.retention import services, tasks
from psp_portal.retention.kinds import KINDS
from psp_portal.retention.models import DisposalLog, PlannedRow
from tests import factories
from tests.expenses.world import make_world
from tests.partners import (
    access_samples,
    capacity_samples,
    imports_samples,
    recruitment_samples,
    support_samples,
    training_samples,
)
from tests.psp_portal.retention.samples import LEFT_AT, LEFT_ON, WORD, run_to, where_it_stands, years_later

pytestmark = pytest.mark.django_db

OTHER = "Hezekiah"
# What belongs to an appointment, by the way to it; and the kind that removes it.
OWNED = {
    "AccessNeed": ("partner", "access_need"),
    "NeedMet": ("need__partner", "access_need"),
    "Profile": ("partner", "profile"),
    "CapacityAgreement": ("partner", "profile"),
    "AwayPeriod": ("partner", "profile"),
    "OneToOne": ("partner", "support"),
    "PrivateNote": ("talk__partner", "support"),
    "AnnualReview": ("partner", "support"),
    "ReviewAnswer": ("review__partner", "support"),
    "CheckIn": ("partner", "support"),
    "CheckInAnswer": ("check_in__partner", "support"),
    "WellbeingPlan": ("partner", "support"),
    "FollowUp": ("partner", "support"),
    "Mentoring": ("partner", "support"),
    "TrainingRecord": ("partner", "training"),
    "DevelopmentRequest": ("partner", "training"),
}
NOW = support_samples.NOW


def fill(partner: Partner, word: str) -> Partner:
    """Let a partner say, need, learn and be told something of everything."""
    person, lead = partner.user, partner.lead
    need = access_samples.need(partner, detail=f"{word}'s loop")
    access_samples.meet(need, lead, how=f"{word} heard all")
    capacity_samples.agree(partner)
    away = capacity_samples.go_away(partner, date(2025, 5, 1), date(2025, 5, 9))
    capacity.remove_away(away_id=away.pk, by=person, at=factories.START)
    capacity_samples.go_away(partner, date(2025, 6, 1), date(2025, 6, 9))
    capacity_samples.tell_experience(partner, words=f"{word} fell")
    capacity.save_skills(partner_id=partner.pk, skills=f"{word} sings", by=person, at=factories.START)
    talk = support_samples.make_talk(partner)
    support.hold_talk(talk_id=talk.pk, by=lead, at=NOW)
    support.write_shared_notes(talk_id=talk.pk, text=f"{word} is well", seen=0, by=lead, at=NOW)
    support.write_private_note(talk_id=talk.pk, text="Mine", by=lead, at=NOW)
    support_samples.make_pairing(partner, factories.make_partner(partner.organisation, lead=lead).user)
    support.make_default_questions(organisation_id=partner.organisation_id, by=factories.TESTS)
    support_samples.make_review(partner, sent_by=(person,))
    support.make_check_in(partner_id=partner.pk, items={CheckInItem.MOOD: "Fair"}, shared=[], by=person, at=NOW)
    support.save_wellbeing_plan(
        partner_id=partner.pk, items={PlanItem.WELL: "Walks"}, is_shared=False, by=person, at=NOW
    )
    support.mark_hard(partner_id=partner.pk, about="A case", happened_on=NOW.date(), by=person, at=NOW)
    course = training_samples.make_course(partner.organisation, lead, f"Course {partner.pk}")
    removed = training_samples.make_training(partner, course, NOW.date() - timedelta(days=9))
    training.remove_training(record_id=removed.pk, by=lead, at=NOW)
    training_samples.make_training(partner, course)
    training_samples.decide(
        training_samples.make_request(partner, f"{word} asks"), agrees=False, reason=f"{word}, not now"
    )
    return partner


def held_of(partner: Partner) -> dict[str, int]:
    """Return how many rows there are of an appointment, and of their history where that says whose it is."""
    found: dict[str, int] = {}
    for name, (way, _kind) in OWNED.items():
        model: Any = apps.get_model("partners", name)
        found[name] = model.objects.filter(**{way: partner}).count()
        history = tracked_models().get(f"partners.{name}", (None, None))[1]
        if history is not None and way == "partner":
            found[f"{name} history"] = history.objects.filter(partner_id=partner.pk).count()
    return found


@pytest.fixture
def trust():
    """A trust whose partner has left after much, with another who stays, and one who left another trust."""
    organisation = factories.make_organisation("Willow Trust")
    lead = factories.make_lead(organisation)
    leaver = fill(factories.make_partner(organisation, lead=lead), WORD)
    stays = fill(factories.make_partner(organisation, lead=lead), OTHER)
    elsewhere = fill(factories.make_partner(factories.make_organisation("Elm Trust")), OTHER)
    for partner in (leaver, elsewhere):
        partners.end_appointment(partner_id=partner.pk, left_on=LEFT_ON, by=partner.lead, at=LEFT_AT)
    return SimpleNamespace(organisation=organisation, lead=lead, leaver=leaver, stays=stays, elsewhere=elsewhere)


def confirm(trust: Any, *kinds: str) -> None:
    for kind in kinds or KINDS:
        services.set_rule(
            organisation_id=trust.organisation.pk, kind=kind, period=KINDS[kind].default, source="Policy", seen=10_000,
            by=trust.lead, at=LEFT_AT,
        )  # fmt: skip


def removed() -> dict[str, int]:
    return {kind: count for kind, count in DisposalLog.objects.values_list("kind", "removed") if count}


# --- of appointments that have ended ------------------------------------------------------------
def test_everything_of_a_leaver_goes_history_included_and_nothing_of_anybody_else(trust):
    confirm(trust)
    before = held_of(trust.leaver)
    assert [name for name, count in before.items() if not count] == []
    stays, elsewhere = held_of(trust.stays), held_of(trust.elsewhere)
    words = where_it_stands(OTHER)
    assert where_it_stands(WORD)
    run_to(trust, years_later(8))
    assert {name: count for name, count in held_of(trust.leaver).items() if count} == {}
    assert (held_of(trust.stays), held_of(trust.elsewhere)) == (stays, elsewhere)
    assert where_it_stands(WORD) == []
    # What was written about others in messages is two years old by then.
    assert set(words) - set(where_it_stands(OTHER)) <= {"notifications_message.body", "notifications_message.subject"}


@pytest.mark.parametrize("kind", sorted({kind for _way, kind in OWNED.values()}))
def test_each_kind_removes_its_own_alone(trust, kind):
    confirm(trust, kind)
    before = held_of(trust.leaver)
    run_to(trust, years_later(8))
    after = held_of(trust.leaver)
    gone = {name for name in before if not after[name]}
    assert gone == {name for name in before if OWNED[name.removesuffix(" history")][1] == kind}
    assert removed() == {kind: 1}


def test_needs_interests_and_talks_go_a_year_after_leaving_and_training_later(trust):
    confirm(trust)
    run_to(trust, datetime(2027, 10, 29, 18, 30, tzinfo=LONDON))
    assert {kind for kind in removed() if kind in {"access_need", "profile", "support", "training"}} == set()
    run_to(trust, datetime(2027, 11, 2, 18, 30, tzinfo=LONDON))
    assert {"access_need", "profile", "support"} <= removed().keys()
    assert "training" not in removed()
    run_to(trust, datetime(2033, 3, 30, 18, 30, tzinfo=LONDON))
    assert "training" not in removed()
    run_to(trust, datetime(2033, 4, 2, 18, 30, tzinfo=LONDON))
    assert removed()["training"] == 1


def test_what_is_planned_does_not_tell_who_had_needs_or_wrote_down_how_they_were(trust):
    """Everybody who has left is in the plan, also who never said a word."""
    silent = factories.make_partner(trust.organisation, lead=trust.lead)
    partners.end_appointment(partner_id=silent.pk, left_on=LEFT_ON, by=trust.lead, at=LEFT_AT)
    confirm(trust)
    services.plan_runs(at=years_later(8))
    for kind in ("access_need", "profile", "support", "training"):
        planned = PlannedRow.objects.filter(run__organisation=trust.organisation, kind=kind)
        assert set(planned.values_list("person", flat=True)) == {trust.leaver.user_id, silent.user_id}


def test_a_hold_on_the_person_keeps_all_of_it(trust):
    confirm(trust)
    services.set_hold(
        organisation_id=trust.organisation.pk, person_id=trust.leaver.user_id, reason="A complaint", by=trust.lead,
        at=LEFT_AT,
    )  # fmt: skip
    before = held_of(trust.leaver)
    run_to(trust, years_later(8))
    assert held_of(trust.leaver) == before


def test_a_hold_on_the_trust_keeps_all_of_it(trust):
    confirm(trust)
    services.set_hold(
        organisation_id=trust.organisation.pk, person_id=None, reason="An inquiry", by=trust.lead, at=LEFT_AT
    )
    before = held_of(trust.leaver)
    run_to(trust, years_later(8))
    assert held_of(trust.leaver) == before


def test_nothing_goes_before_a_period_is_confirmed(trust):
    before = held_of(trust.leaver)
    run_to(trust, years_later(8))
    assert held_of(trust.leaver) == before


def test_a_training_for_whose_time_money_was_asked_stays_without_its_reference():
    world = make_world()
    course = training_samples.make_course(world.organisation, world.lead)
    paid, unpaid = [
        training.record_session(
            course_id=course.pk, done_on=world.today - timedelta(days=days), minutes=90, reference=f"{WORD}-{days}",
            partner_ids=[world.partner.pk], by=world.lead, at=world.at,
        ).records[0]
        for days in (2, 3)
    ]  # fmt: skip
    claim = claim_training(record_id=paid.pk, by=world.person, at=world.at)
    partners.end_appointment(partner_id=world.partner.pk, left_on=LEFT_ON, by=world.lead, at=LEFT_AT)
    confirm(world, "training")
    run_to(world, years_later(8))
    assert removed() == {"training": 1}
    kept = TrainingRecord.objects.get()
    assert (kept.pk, kept.done_on, kept.minutes, kept.reference) == (paid.pk, paid.done_on, 90, "[removed]")
    assert claim.lines.get().training_id == kept.pk
    assert not tracked_models()["partners.TrainingRecord"][1].objects.filter(pgh_obj_id=unpaid.pk).exists()
    assert where_it_stands(f"{WORD}-") == []


# --- applications of partners -------------------------------------------------------------------
def appointed(organisation, lead, name):
    """Return the application of somebody who became a partner and has left."""
    vacancy = recruitment_samples.make_vacancy(organisation, lead)
    application = recruitment_samples.make_sent(vacancy, name=f"{name} Quill")
    recruitment.score_application(
        application_id=application.pk, points={c.pk: (2, f"{name}!") for c in vacancy.criteria.all()}, by=lead,
        at=recruitment_samples.AT,
    )  # fmt: skip
    application = recruitment_samples.decide(application, recruitment.applications.ApplicationMove.INTERVIEW, lead)
    recruitment_samples.make_time(application, lead)
    recruitment_samples.offer(application, lead)
    recruitment.accept_offer(
        application_id=application.pk, password=factories.PASSWORD, by=recruitment.APPLICANT, at=recruitment_samples.AT
    )
    application.refresh_from_db()
    partners.end_appointment(partner_id=application.partner_id, left_on=LEFT_ON, by=lead, at=LEFT_AT)
    return application


def test_what_a_partner_said_when_applying_goes_and_the_number_stays():
    organisation = factories.make_organisation()
    world = SimpleNamespace(organisation=organisation, lead=factories.make_lead(organisation))
    application = appointed(world.organisation, world.lead, WORD)
    elsewhere = factories.make_organisation()
    other = appointed(elsewhere, factories.make_lead(elsewhere), OTHER)
    confirm(world, "application")
    assert run_to(world, datetime(2027, 10, 29, 18, 30, tzinfo=LONDON)) == 0
    assert run_to(world, datetime(2027, 11, 2, 18, 30, tzinfo=LONDON)) == 1
    after = Application.objects.get(pk=application.pk)
    assert (after.name, after.email, after.telephone, after.reasons, after.needs) == ("[removed]", "", "", "", "")
    assert (after.furthest, after.sent_at, after.partner_id) == (
        "appointed",
        application.sent_at,
        application.partner_id,
    )
    for things in (after.letters, after.scores, after.times, after.keys):
        assert not things.exists()
        # Of the other trust's all are there.
        assert getattr(other, things.field.related_query_name()).exists()
    assert Application.objects.get(pk=other.pk).name == f"{OTHER} Quill"
    assert run_to(world, years_later(3)) == 0


def test_applications_that_came_to_nothing_go_by_themselves_unless_the_trust_is_held_back():
    held, free = factories.make_organisation(), factories.make_organisation()
    for organisation in (held, free):
        application = recruitment_samples.make_sent(recruitment_samples.make_vacancy(organisation))
        recruitment.withdraw_application(
            application_id=application.pk, by=recruitment.APPLICANT, at=recruitment_samples.AT
        )
    lead = factories.make_lead(held)
    hold = services.set_hold(
        organisation_id=held.pk, person_id=None, reason="An inquiry", by=lead, at=recruitment_samples.AT
    )
    later = recruitment_samples.AT + timedelta(days=400)
    assert services.expire_applications(at=later) == 1
    left = Application.objects.exclude(name="").get()
    assert left.vacancy.organisation == held
    services.lift_hold(hold_id=hold.pk, reason="It is over", by=lead, at=later)
    tasks.expire_applications()
    assert not Application.objects.exclude(name="").exists()


# --- people of a list who never said yes --------------------------------------------------------
def test_who_never_said_yes_goes_after_a_year_and_those_of_other_lists_stay():
    trusts = []
    for _ in range(2):
        organisation = factories.make_organisation()
        trusts.append(SimpleNamespace(organisation=organisation, lead=factories.make_lead(organisation)))
    here, elsewhere = trusts
    imports_samples.bring_in(here, imports_samples.row(f"{WORD} Other", "first@example.org"))
    imports_samples.bring_in(
        here, imports_samples.row("Late Other", "late@example.org"), at=imports_samples.AT + timedelta(days=200)
    )
    imports_samples.bring_in(elsewhere, imports_samples.row("Far Other", "far@example.org"))
    confirm(here, "awaited")
    assert run_to(here, imports_samples.AT + timedelta(days=363, hours=8)) == 0
    assert run_to(here, imports_samples.AT + timedelta(days=366, hours=8)) == 1
    assert set(AwaitedPartner.objects.values_list("email", flat=True)) == {"late@example.org", "far@example.org"}
    assert not tracked_models()["partners.AwaitedPartner"][1].objects.filter(email="first@example.org").exists()
