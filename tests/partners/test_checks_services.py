from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction

from committees import queries as committees
from partners import services as partner_services
from partners.enums import PartnerStatus, RoleCategory
from partners.enums.checks import CheckKind, CheckOutcome, CheckShown, DbsLevel, DbsReason
from partners.models import Partner
from partners.models.checks import Check, CheckRequirement
from partners.queries import checks as queries
from partners.services import checks as services
from partners.services import imports as import_services
from partners.services import induction
from partners.services.recruitment.joining import accept_offer
from psp_portal.accounts.enums import Role
from psp_portal.dates import add_months
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from tests import factories
from tests.partners import imports_samples, recruitment_samples
from tests.partners.checks_samples import NOW, TODAY, ask, record, require
from tests.partners.test_training_services import told

IDENTITY, DBS, REFERENCES = CheckKind.IDENTITY, CheckKind.DBS, CheckKind.REFERENCES


@pytest.fixture
def newcomer(trust) -> Partner:
    """Return a partner who is appointed after their trust has said what it checks: identity and DBS."""
    require(trust.organisation, trust.lead, IDENTITY, DBS)
    return factories.make_partner(
        trust.organisation, user=factories.make_user("New Example"), lead=trust.lead, starts_on=TODAY, at=NOW
    )


def check_of(partner, kind=IDENTITY) -> Check:
    return Check.objects.get(partner=partner, kind=kind)


# --- what is asked for --------------------------------------------------------------------
def test_a_requirement_is_kept_for_each_role_and_changed_in_place(trust):
    require(trust.organisation, trust.lead, DBS, categories=(4, 3))
    facts = services.RequirementFacts(12, DbsLevel.BASIC, DbsReason.NONE)
    services.require_check(
        organisation_id=trust.organisation.pk, kind=DBS, role_categories=[4], facts=facts, by=trust.lead, at=NOW
    )
    kept = CheckRequirement.objects.order_by("role_category").values_list("role_category", "dbs_level", "dbs_reason")
    assert list(kept) == [(3, DbsLevel.STANDARD, DbsReason.ACCESS), (4, DbsLevel.BASIC, DbsReason.NONE)]
    third = CheckRequirement.objects.get(role_category=3)
    services.change_requirement(requirement_id=third.pk, facts=facts, by=trust.lead, at=NOW)
    third.refresh_from_db()
    assert (third.renewal_months, third.dbs_level, third.dbs_reason) == (12, DbsLevel.BASIC, DbsReason.NONE)
    services.remove_requirement(requirement_id=third.pk, by=trust.lead, at=NOW)
    assert CheckRequirement.objects.count() == 1


def test_a_requirement_that_cannot_be_writes_nothing(trust):
    for categories, facts in (
        ([], services.RequirementFacts()),
        ([4], services.RequirementFacts(0)),
        ([4], services.RequirementFacts(None, DbsLevel.BARRED, DbsReason.ACCESS)),
    ):
        with pytest.raises(RuleBroken):
            services.require_check(
                organisation_id=trust.organisation.pk, kind=DBS, role_categories=categories, facts=facts,
                by=trust.lead, at=NOW,
            )  # fmt: skip
    assert not CheckRequirement.objects.exists()


def test_only_those_who_manage_partners_keep_and_record_checks(trust, newcomer):
    requirement, check = CheckRequirement.objects.first(), check_of(newcomer)
    finance = factories.make_member(Role.FINANCE, trust.organisation)
    for by in (newcomer.user, trust.partner.user, trust.stranger.lead, finance):
        for call in (
            lambda by=by: require(trust.organisation, by, IDENTITY),
            lambda by=by: services.change_requirement(
                requirement_id=requirement.pk, facts=services.RequirementFacts(), by=by, at=NOW
            ),
            lambda by=by: services.remove_requirement(requirement_id=requirement.pk, by=by, at=NOW),
            lambda by=by: record(check, by=by, seen_by=trust.lead),
            lambda by=by: services.remove_check(check_id=check.pk, by=by, at=NOW),
            lambda by=by: services.ask_for_checks(partner_id=newcomer.pk, kinds=[REFERENCES], by=by, at=NOW),
        ):
            with pytest.raises(PermissionDenied):
                call()


# --- where an appointment begins ----------------------------------------------------------
def test_without_templates_an_appointment_is_active_at_once(trust):
    assert trust.partner.status == PartnerStatus.ACTIVE
    assert not Check.objects.exists()


def test_an_appointment_begins_with_the_checks_of_its_role(trust, newcomer):
    assert newcomer.status == PartnerStatus.CHECKS
    assert set(Check.objects.values_list("partner", "kind", "dbs_level", "dbs_reason", "outcome")) == {
        (newcomer.pk, IDENTITY, "", "", CheckOutcome.WAITING),
        (newcomer.pk, DBS, DbsLevel.STANDARD, DbsReason.ACCESS, CheckOutcome.WAITING),
    }
    assert told("partners.check.ask") == [("New Example", "Something is checked before you begin")]
    other_role = factories.make_partner(trust.organisation, lead=trust.lead, role_category=RoleCategory.MEMBER)
    elsewhere = factories.make_partner(trust.stranger.organisation, lead=trust.stranger.lead)
    assert other_role.status == elsewhere.status == PartnerStatus.ACTIVE


def test_an_appointment_begins_with_the_induction_where_nothing_is_checked(trust, monkeypatch):
    begun = []
    monkeypatch.setattr(queries, "has_template", lambda organisation_id, role_category: True)
    monkeypatch.setattr(
        "partners.services.appointments.begin_induction", lambda partner, **_how: begun.append(partner) or True
    )
    partner = factories.make_partner(trust.organisation, lead=trust.lead)
    assert (partner.status, begun) == (PartnerStatus.INDUCTION, [partner])
    require(trust.organisation, trust.lead, IDENTITY)
    later = factories.make_partner(trust.organisation, lead=trust.lead)
    assert (later.status, begun) == (PartnerStatus.CHECKS, [partner])


def test_somebody_whom_a_list_brings_serves_already(trust):
    require(trust.organisation, trust.lead, IDENTITY)
    partner = partner_services.appoint_partner(
        user_id=factories.make_user().pk, organisation_id=trust.organisation.pk, role_category=4, is_paid=True,
        starts_on=TODAY, term_ends_on=TODAY, lead_id=trust.lead.pk, by=trust.lead, at=NOW, serves_already=True,
    )  # fmt: skip
    assert partner.status == PartnerStatus.ACTIVE
    assert not Check.objects.exists()


def test_a_list_s_people_are_active_and_an_applicant_begins_with_checks(trust):
    require(trust.organisation, trust.lead, IDENTITY)
    imports_samples.bring_in(trust, imports_samples.row("Ann Other"))
    person = imports_samples.accept("ann@example.org")
    import_services.appoint_who_accepted(at=imports_samples.AT + timedelta(days=1))
    assert Partner.objects.get(user=person).status == PartnerStatus.ACTIVE
    application = recruitment_samples.make_offered()
    vacancy = application.vacancy
    require(vacancy.organisation, recruitment_samples.lead_of(vacancy), IDENTITY, categories=RoleCategory.values)
    accept_offer(application_id=application.pk, password=None, by=factories.TESTS, at=recruitment_samples.AT)
    application.refresh_from_db()
    assert application.partner.status == PartnerStatus.CHECKS
    assert application.partner.checks.count() == 1


def test_nobody_is_put_on_a_committee_before_their_checks_are_done(trust, newcomer):
    committee = factories.make_committee(trust.organisation, by=trust.lead)
    assert list(committees.partners_to_assign(committee)) == [trust.partner]
    assert list(committees.partners_not_to_assign(committee)) == [newcomer]
    with pytest.raises(RuleBroken, match="New Example cannot be added now. Their stage is “Checks”") as refusal:
        factories.make_assignment(newcomer, committee, at=NOW)
    assert refusal.value.field == "partner_id"
    for check in Check.objects.all():
        record(check)
    newcomer.refresh_from_db()
    factories.make_assignment(newcomer, committee, at=NOW)


# --- what came of it ----------------------------------------------------------------------
def test_an_outcome_is_recorded_with_what_may_be_kept(trust, newcomer):
    check = record(check_of(newcomer, DBS), done_on=TODAY - timedelta(days=3), reference=" 001234567890 ")
    check.refresh_from_db()
    assert (check.outcome, check.done_on, check.reference) == ("cleared", TODAY - timedelta(days=3), "001234567890")
    assert (check.seen_by, check.recorded_at) == (trust.lead, NOW)
    assert check.expires_on == add_months(TODAY - timedelta(days=3), 36)
    assert told("partners.check.record") == [("New Example", "One of your checks has been recorded")]
    newcomer.refresh_from_db()
    assert newcomer.status == PartnerStatus.CHECKS


def test_the_last_check_lets_the_partner_go_on_and_both_are_told(trust, newcomer):
    colleague = factories.make_lead(trust.organisation)
    record(check_of(newcomer, DBS), CheckOutcome.CONDITIONS)
    record(check_of(newcomer), by=colleague)
    newcomer.refresh_from_db()
    assert newcomer.status == PartnerStatus.ACTIVE
    assert {who for who, _subject in told("partners.check.done")} == {"New Example", trust.lead.name}


def test_the_last_check_leads_to_the_induction_where_there_is_one(trust, newcomer, monkeypatch):
    monkeypatch.setattr(services, "begin_induction", lambda partner, **_how: True)
    for check in Check.objects.all():
        record(check)
    newcomer.refresh_from_db()
    assert newcomer.status == PartnerStatus.INDUCTION
    # Whoever did it is not told of it.
    assert told("partners.check.done") == [("New Example", "Your checks are done")]
    assert induction.begin_induction(newcomer, by=trust.lead, at=NOW) is False


def test_what_was_not_cleared_holds_the_partner_until_it_is_cleared(trust, newcomer):
    record(check_of(newcomer, DBS))
    record(check_of(newcomer), CheckOutcome.NOT_CLEARED)
    newcomer.refresh_from_db()
    assert newcomer.status == PartnerStatus.CHECKS
    [again] = ask(newcomer, IDENTITY)
    record(again, at=NOW + timedelta(hours=1))
    newcomer.refresh_from_db()
    assert newcomer.status == PartnerStatus.ACTIVE


def test_an_outcome_is_recorded_once(trust, newcomer):
    check = record(check_of(newcomer))
    with pytest.raises(TransitionNotAllowed):
        record(check)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"outcome": CheckOutcome.WAITING}, "outcome"),
        ({"done_on": TODAY + timedelta(days=1)}, "done_on"),
        ({"reference": "caution 1998"}, "reference"),
    ],
)
def test_a_wrong_record_writes_nothing(newcomer, change, field):
    with pytest.raises(RuleBroken) as refusal:
        record(check_of(newcomer), **change)
    assert refusal.value.field == field
    assert check_of(newcomer).outcome == CheckOutcome.WAITING


def test_papers_are_seen_by_staff_and_never_by_the_partner(trust, newcomer):
    factories.give_role(Role.REQUESTER, newcomer.user, trust.organisation)
    for who in (newcomer.user, trust.partner.user, trust.stranger.lead):
        with pytest.raises(RuleBroken) as refusal:
            record(check_of(newcomer), seen_by=who)
        assert refusal.value.field == "seen_by_id"
    record(check_of(newcomer), seen_by=factories.make_member(Role.REQUESTER, trust.organisation))


def test_a_check_that_is_asked_for_no_longer_is_taken_off_and_the_partner_goes_on(trust, newcomer):
    record(check_of(newcomer, DBS))
    check = check_of(newcomer)
    with pytest.raises(RuleBroken, match="asks for this check"):
        services.remove_check(check_id=check.pk, by=trust.lead, at=NOW)
    required = CheckRequirement.objects.get(kind=IDENTITY)
    services.remove_requirement(requirement_id=required.pk, by=trust.lead, at=NOW)
    services.remove_check(check_id=check.pk, by=trust.lead, at=NOW)
    newcomer.refresh_from_db()
    assert newcomer.status == PartnerStatus.ACTIVE
    with pytest.raises(TransitionNotAllowed):
        services.remove_check(check_id=check_of(newcomer, DBS).pk, by=trust.lead, at=NOW)


# --- again --------------------------------------------------------------------------------
def test_checks_of_a_partner_who_is_there_already_move_nobody(trust):
    require(trust.organisation, trust.lead, IDENTITY, DBS)
    assert queries.kinds_to_ask_for(trust.partner) == [
        (IDENTITY, True), (REFERENCES, False), (DBS, True), (CheckKind.HEALTH, False),
    ]  # fmt: skip
    identity, references = ask(trust.partner, IDENTITY, REFERENCES)
    assert queries.kinds_to_ask_for(trust.partner) == [(DBS, True), (CheckKind.HEALTH, False)]
    record(references, CheckOutcome.NOT_CLEARED)
    record(identity)
    trust.partner.refresh_from_db()
    assert trust.partner.status == PartnerStatus.ACTIVE
    assert (identity.kind, references.expires_on) == (IDENTITY, None)
    assert queries.kinds_to_ask_for(trust.partner)[0] == (IDENTITY, False)


@pytest.mark.parametrize("kinds", [[], [DBS], ["other"], [IDENTITY, DBS]])
def test_nothing_is_asked_for_that_may_not_be(trust, kinds):
    with pytest.raises(RuleBroken) as refusal:
        services.ask_for_checks(partner_id=trust.partner.pk, kinds=kinds, by=trust.lead, at=NOW)
    assert (refusal.value.field, Check.objects.count()) == ("kinds", 0)


def test_nothing_is_checked_of_somebody_who_has_left(trust):
    partner_services.end_appointment(partner_id=trust.partner.pk, left_on=TODAY, by=trust.lead, at=NOW)
    with pytest.raises(PermissionDenied):
        services.ask_for_checks(partner_id=trust.partner.pk, kinds=[IDENTITY], by=trust.lead, at=NOW)


def test_the_latest_of_a_kind_counts_and_one_that_waits_beside_it(trust):
    require(trust.organisation, trust.lead, IDENTITY, renewal_months=12)
    old = record(*ask(trust.partner, IDENTITY), done_on=TODAY - timedelta(days=400))
    [again] = ask(trust.partner, IDENTITY)
    assert set(Check.objects.current()) == {old, again}
    record(again, at=NOW + timedelta(minutes=1))
    assert set(Check.objects.current()) == {again}


# --- lists --------------------------------------------------------------------------------
def expiring_in(partner, days: int, kind: str) -> Check:
    """Return a check that runs out so many days after today."""
    [check] = ask(partner, kind)
    record(check)
    with factories.acting():
        Check.objects.filter(pk=check.pk).delete()
        return Check.objects.create(
            partner=partner, kind=kind, asked_at=NOW, outcome=CheckOutcome.CLEARED, done_on=date(2024, 1, 1),
            recorded_at=NOW, seen_by=partner.lead, expires_on=TODAY + timedelta(days=days),
        )  # fmt: skip


def test_a_list_is_narrowed_to_what_waits_and_what_runs_out(trust):
    for partner in (trust.partner, trust.stranger):
        rows = {
            "waiting": ask(partner, CheckKind.HEALTH)[0],
            "20": expiring_in(partner, 20, REFERENCES),
            "-1": expiring_in(partner, -1, IDENTITY),
        }
        if partner == trust.partner:
            mine = rows

    def found(shown=""):
        return list(queries.checks_found(trust.lead, trust.organisation.pk, today=TODAY, shown=shown))

    assert found() == [mine["-1"], mine["20"], mine["waiting"]]
    assert found(CheckShown.WAITING) == [mine["waiting"]]
    assert found(CheckShown.WITHIN_30) == found(CheckShown.WITHIN_60) == found(CheckShown.WITHIN_90) == [mine["20"]]
    assert found(CheckShown.EXPIRED) == [mine["-1"]]
    assert found(CheckShown.NOT_CLEARED) == []
    with factories.acting():
        Check.objects.filter(pk=mine["waiting"].pk).update(
            outcome="not_cleared", done_on=TODAY, recorded_at=NOW, seen_by=trust.lead
        )
    assert found(CheckShown.NOT_CLEARED) == [mine["waiting"]]
    assert not queries.checks_found(trust.stranger.lead, trust.organisation.pk, today=TODAY).exists()
    assert queries.checks_found(trust.partner.user, trust.organisation.pk, today=TODAY).count() == 3
    partner_services.end_appointment(partner_id=trust.partner.pk, left_on=TODAY, by=trust.lead, at=NOW)
    assert found() == []


# --- what waits ---------------------------------------------------------------------------
def test_what_waits_for_a_lead_and_whom_the_partner_waits_for(trust, newcomer, django_assert_max_num_queries):
    expiring_in(trust.partner, 25, REFERENCES)
    expiring_in(trust.partner, -3, CheckKind.HEALTH)
    with django_assert_max_num_queries(3):
        rows = queries.waiting(trust.lead, today=TODAY)
    assert [(row.label, row.detail) for row in rows] == [
        ("Record what came of a check: DBS check", "New Example"),
        ("Record what came of a check: identity", "New Example"),
        ("Ask for a check again: occupational health", "Pat Example. It ran out on 28 March 2026."),
        ("Ask for a check again: references", "Pat Example. It runs out on 25 April 2026."),
    ]  # fmt: skip
    assert rows[-1].due_on == TODAY + timedelta(days=25)
    ask(trust.partner, REFERENCES)
    assert len(queries.waiting(trust.lead, today=TODAY)) == 4
    with django_assert_max_num_queries(1):
        awaited = queries.awaited(newcomer.user, today=TODAY)
    assert sorted(row.label for row in awaited) == ["Your check: DBS check", "Your check: identity"]
    assert {row.who for row in awaited} == {trust.lead.name}
    assert queries.awaited(trust.partner.user, today=TODAY) == []
    assert queries.waiting(newcomer.user, today=TODAY) == []
    assert queries.waiting(trust.stranger.lead, today=TODAY) == []


# --- the clock ----------------------------------------------------------------------------
def test_each_step_is_told_once_to_partner_and_lead(trust):
    check = expiring_in(trust.partner, 90, REFERENCES)
    for later, sent in ((0, 1), (0, 0), (29, 0), (30, 1), (59, 0), (75, 1), (89, 0), (95, 0)):
        assert services.warn_of_checks(at=NOW + timedelta(days=later)) == sent
    check.refresh_from_db()
    assert check.warned == [90, 60, 30]
    assert len(told("partners.check.warn")) == 6


def test_after_days_down_only_the_nearest_step_is_told_and_only_of_what_counts(trust):
    expiring_in(trust.partner, 20, REFERENCES)
    assert services.warn_of_checks(at=NOW) == 1
    [again] = ask(trust.partner, REFERENCES)
    record(again, at=NOW + timedelta(minutes=1))
    assert services.warn_of_checks(at=NOW + timedelta(days=1)) == 0
    expiring_in(trust.stranger, 20, REFERENCES)
    partner_services.end_appointment(partner_id=trust.stranger.pk, left_on=TODAY, by=trust.stranger.lead, at=NOW)
    assert services.warn_of_checks(at=NOW + timedelta(days=1)) == 0


# --- what the database holds ----------------------------------------------------------------
@pytest.mark.parametrize(
    "values",
    [
        {"reference": "a caution from 1998"},
        {"reference": "nothing"},
        {"outcome": "fine"},
        {"expires_on": TODAY - timedelta(days=1)},
        {"seen_by": None},
        {"dbs_level": "basic"},
        {"outcome": "waiting"},
        {"done_on": TODAY - timedelta(days=9)},
        {"recorded_at": None},
    ],
)
def test_a_recorded_check_stays_as_it_is_and_no_words_come_in(trust, values):
    require(trust.organisation, trust.lead, IDENTITY)
    check = record(*ask(trust.partner, IDENTITY))
    with factories.acting(), pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        Check.objects.filter(pk=check.pk).update(**values)


def test_nobody_vouches_for_themselves_even_where_the_code_is_wrong(trust):
    [check] = ask(trust.partner, IDENTITY)
    with factories.acting(), pytest.raises(DatabaseError, match="about themselves"), transaction.atomic():
        Check.objects.filter(pk=check.pk).update(
            outcome="cleared", done_on=TODAY, recorded_at=NOW, seen_by=trust.partner.user
        )


def test_one_check_of_a_kind_waits(trust):
    ask(trust.partner, IDENTITY)
    with factories.acting(), pytest.raises(IntegrityError), transaction.atomic():
        Check.objects.create(partner=trust.partner, kind=IDENTITY, asked_at=NOW)
    with factories.acting(), pytest.raises(IntegrityError), transaction.atomic():
        Check.objects.create(partner=trust.partner, kind=DBS, asked_at=NOW)


@pytest.mark.parametrize("field", [field.name for field in Check._meta.get_fields()])
def test_there_is_no_room_for_what_was_found(field):
    """Whoever adds a field to a check reads docs/adr/0020 first."""
    assert field in {
        "id", "partner", "kind", "dbs_level", "dbs_reason", "outcome", "asked_at", "done_on", "reference",
        "expires_on", "seen_by", "recorded_at", "warned", "events", "event",
    }  # fmt: skip
