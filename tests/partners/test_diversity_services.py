"""Answers lead to nobody, everybody is counted once, and what is printed stays and gives nothing away."""

from datetime import date, datetime, timedelta
from itertools import combinations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DataError, IntegrityError, ProgrammingError, connection, transaction

from partners.enums.diversity import DiversityStage as Stage
from partners.enums.recruitment import ApplicationMove as M
from partners.models.diversity import DiversityAnswer, DiversitySettings, DiversityTotal
from partners.policies import diversity as policies
from partners.policies.suppression import SuppressedTable
from partners.queries import diversity as queries
from partners.services import diversity as services
from partners.services import end_appointment, recruitment
from partners.tasks import diversity as tasks
from psp_portal.accounts.enums import Role
from psp_portal.audit.context import acting_as
from psp_portal.audit.models import AccessLog
from psp_portal.dates import LONDON
from psp_portal.exceptions import RuleBroken
from tests import factories
from tests.factories import START, TESTS
from tests.partners import recruitment_samples as applicants
from tests.partners.diversity_samples import ANSWERS, answer, answers_of, make_answers, make_asking
from tests.partners.test_suppression import as_cells, bounded, solved

pytestmark = pytest.mark.django_db

Q2, Q3 = date(2025, 4, 1), date(2025, 7, 1)
IN_JULY = datetime(2025, 7, 2, 4, 20, tzinfo=LONDON)
IN_OCTOBER = datetime(2025, 10, 2, 4, 20, tzinfo=LONDON)
MANY = {("45_54", "serving"): 12, ("55_64", "serving"): 9, ("65_74", "applied"): 8}


@pytest.fixture
def asking(trust):
    """Return the trust, which asks."""
    make_asking(trust.organisation, trust.lead)
    return trust


@pytest.fixture
def sent(asking):
    """Return an application that is with the trust."""
    return applicants.make_sent(applicants.make_vacancy(asking.organisation, asking.lead))


def total(organisation, choice="", stage="", *, question="age", quarter=Q2):
    return DiversityTotal.objects.get(
        organisation=organisation, question=question, quarter=quarter, choice=choice, stage=stage
    ).count


# --- whether it is asked ----------------------------------------------------------------------
def test_nobody_is_asked_before_a_lead_has_confirmed_the_questions(trust):
    with pytest.raises(RuleBroken):
        answer(trust.partner)
    make_asking(trust.organisation, trust.lead)
    answer(trust.partner)
    assert answers_of(trust.partner) == ANSWERS


def test_what_was_answered_stays_when_the_trust_stops_asking_and_can_be_withdrawn(asking):
    answer(asking.partner)
    services.decide_asking(organisation_id=asking.organisation.pk, is_asked=False, by=asking.lead, at=START)
    with pytest.raises(RuleBroken):
        answer(asking.partner, age="75_up")
    assert answers_of(asking.partner) == ANSWERS
    services.withdraw_as_partner(partner_id=asking.partner.pk, by=asking.partner.user, at=START)
    assert answers_of(asking.partner) == {}


def test_only_a_lead_says_whether_it_is_asked(asking):
    for nobody in (asking.partner.user, asking.stranger.lead, factories.make_member(Role.AUDITOR, asking.organisation)):
        with pytest.raises(PermissionDenied):
            services.decide_asking(organisation_id=asking.organisation.pk, is_asked=False, by=nobody, at=START)
    assert DiversitySettings.objects.get().is_asked


# --- answering ----------------------------------------------------------------------------------
def test_an_applicant_answers_comes_back_and_changes_it(sent):
    answer(sent)
    assert answers_of(sent) == ANSWERS
    answer(sent, age="55_64", sex="prefer_not")
    assert answers_of(sent) == {"age": "55_64", "sex": "prefer_not"}
    assert set(DiversityAnswer.objects.values_list("stage", "is_final")) == {("applied", False)}


def test_withdrawing_deletes_the_answers_and_nobody_elses(asking, sent):
    answer(asking.partner)
    answer(sent)
    for _ in range(2):
        services.withdraw_as_applicant(application_id=sent.pk, by=recruitment.APPLICANT, at=START)
        assert (answers_of(sent), answers_of(asking.partner)) == ({}, ANSWERS)


def test_an_application_that_is_not_sent_or_came_to_nothing_is_not_asked_but_may_withdraw(asking, sent):
    begun = applicants.make_started(sent.vacancy)
    with pytest.raises(RuleBroken):
        answer(begun)
    answer(sent)
    applicants.decide(sent, M.NOT_THIS_TIME)
    with pytest.raises(RuleBroken):
        answer(sent, age="75_up")
    services.withdraw_as_applicant(application_id=sent.pk, by=recruitment.APPLICANT, at=START)
    assert DiversityAnswer.objects.count() == 0


def test_a_wrong_answer_keeps_what_was_there(asking):
    answer(asking.partner)
    with pytest.raises(RuleBroken):
        answer(asking.partner, age="45_54", sex="M")
    assert answers_of(asking.partner) == ANSWERS


def test_nobody_answers_or_withdraws_for_a_partner(asking):
    answer(asking.partner)
    for nobody in (asking.lead, asking.stranger.user):
        with pytest.raises(PermissionDenied):
            services.answer_as_partner(partner_id=asking.partner.pk, answers={}, by=nobody, at=START)
        with pytest.raises(PermissionDenied):
            services.withdraw_as_partner(partner_id=asking.partner.pk, by=nobody, at=START)
    assert answers_of(asking.partner) == ANSWERS


def test_a_replaced_secret_still_finds_the_answers_and_moves_them_on(asking, settings):
    answer(asking.partner)
    before = set(DiversityAnswer.objects.values_list("pk", flat=True))
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another " * 8
    assert answers_of(asking.partner) == ANSWERS
    answer(asking.partner, age="75_up")
    assert answers_of(asking.partner) == {"age": "75_up"}
    assert not before & set(DiversityAnswer.objects.values_list("pk", flat=True))
    settings.SECRET_KEY_FALLBACKS = []
    assert answers_of(asking.partner) == {"age": "75_up"}


# --- the stage follows ------------------------------------------------------------------------
def test_the_stage_follows_the_application_to_the_appointment(asking):
    vacancy = applicants.make_vacancy(asking.organisation, asking.lead)
    application = applicants.make_sent(vacancy)
    answer(application)
    came = []
    for step in (M.SHORTLIST, M.CHAT, M.INTERVIEW):
        application = applicants.decide(application, step)
        came += set(DiversityAnswer.objects.values_list("stage", "is_final"))
    applicants.offer(application, asking.lead)
    came += set(DiversityAnswer.objects.values_list("stage", "is_final"))
    recruitment.accept_offer(
        application_id=application.pk, password="a long enough password", by=recruitment.APPLICANT, at=applicants.AT
    )
    came += set(DiversityAnswer.objects.values_list("stage", "is_final"))
    assert came == [
        ("shortlisted", False), ("shortlisted", False), ("interviewed", False), ("interviewed", False),
        ("appointed", True),
    ]  # fmt: skip
    # As a partner they find, change and withdraw the same answers.
    application.refresh_from_db()
    partner = application.partner
    assert answers_of(partner) == ANSWERS
    answer(partner, age="75_up", sex="female")
    assert set(DiversityAnswer.objects.values_list("question", "stage")) == {("age", "appointed"), ("sex", "serving")}
    services.withdraw_as_partner(partner_id=partner.pk, by=partner.user, at=START)
    assert DiversityAnswer.objects.count() == 0


def test_who_withdraws_the_application_is_counted_as_far_as_they_came(sent):
    answer(sent)
    applicants.decide(sent, M.SHORTLIST)
    recruitment.withdraw_application(application_id=sent.pk, by=recruitment.APPLICANT, at=applicants.AT)
    assert set(DiversityAnswer.objects.values_list("stage", "is_final")) == {("shortlisted", True)}


def test_the_stage_of_others_stays(asking, sent):
    other = applicants.make_sent(sent.vacancy)
    answer(other)
    answer(asking.partner)
    applicants.decide(sent, M.SHORTLIST)
    assert set(DiversityAnswer.objects.values_list("stage", flat=True)) == {"applied", "serving"}


# --- nothing leads to anybody -----------------------------------------------------------------
def rows_of_all_tables():
    """Return (table, row as text) of everything in the database but what Django keeps of itself."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if not name.startswith("django_mig")]
        for table in tables:
            cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" t')  # noqa: S608  a name of the database's own
            yield from ((table, row) for (row,) in cursor.fetchall())


def test_no_table_joins_an_answer_to_whose_it_is(asking, sent):
    partner = asking.partner
    answer(partner)
    answer(sent)
    applicants.decide(sent, M.SHORTLIST)
    everything = list(rows_of_all_tables())
    answers = [row for table, row in everything if table == "partners_diversityanswer"]
    keys = list(DiversityAnswer.objects.values_list("pk", flat=True))
    assert len(answers) == len(keys) == 6
    # Nothing about the person in an answer, and nothing about an answer anywhere else.
    about = [partner.pk, partner.user_id, partner.user.email, partner.user.name, sent.pk, sent.reference, sent.email]
    assert [row for row in answers for each in about if str(each).lower() in row.lower()] == []
    assert {table for table, row in everything for key in keys if key in row} == {"partners_diversityanswer"}
    # No clock finer than a quarter, no number in the order of writing, nothing else that says who.
    fields = {field.name: field.get_internal_type() for field in DiversityAnswer._meta.get_fields()}
    assert fields == {
        "key": "CharField", "organisation": "ForeignKey", "version": "PositiveSmallIntegerField",
        "question": "CharField", "choice": "CharField", "stage": "CharField", "is_final": "BooleanField",
        "answered_in": "DateField", "counted_in": "DateField",
    }  # fmt: skip
    assert set(DiversityAnswer.objects.values_list("answered_in", flat=True)) == {Q2}


def test_answering_and_withdrawing_leaves_no_trace_of_who_did(asking):
    def traces():
        return [
            (table, row)
            for table, row in rows_of_all_tables()
            if table not in ("partners_diversityanswer", "django_session")
        ]

    before = traces()
    answer(asking.partner)
    answer(asking.partner, age="75_up")
    services.withdraw_as_partner(partner_id=asking.partner.pk, by=asking.partner.user, at=START)
    assert traces() == before


def test_two_answers_of_one_person_have_nothing_in_common_that_others_have_not(asking):
    other = factories.make_partner(asking.organisation)
    answer(asking.partner, age="45_54", ethnicity="M")
    answer(other, age="45_54", ethnicity="M")
    found = list(DiversityAnswer.objects.filter(question="age").values("stage", "is_final", "answered_in", "version"))
    assert found[0] == found[1]
    assert len({key[:16] for key in DiversityAnswer.objects.values_list("pk", flat=True)}) == 4


@pytest.mark.parametrize("wrong", [{"answered_in": date(2025, 4, 2)}, {"key": "Pat Example"}, {"stage": "hired"},
                                   {"choice": ""}, {"counted_in": Q2, "is_final": False}])  # fmt: skip
def test_the_database_refuses_what_would_tell_more(asking, wrong):
    answer(asking.partner, age="45_54")
    with pytest.raises((IntegrityError, DataError)), transaction.atomic(), acting_as(TESTS, "tests.spoil"):
        DiversityAnswer.objects.update(**wrong)


# --- counting -----------------------------------------------------------------------------------
def test_tables_are_made_once_a_quarter_and_then_stay(asking):
    make_answers(asking.organisation, MANY)
    assert services.close_quarters(at=START + timedelta(days=30)) == 0
    assert services.close_quarters(at=IN_JULY) == 1
    assert total(asking.organisation, "45_54") == 12
    assert services.close_quarters(at=IN_JULY + timedelta(days=40)) == 0
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic(), acting_as(TESTS, "tests.change"):
        DiversityTotal.objects.update(count=50)
    with pytest.raises(IntegrityError), transaction.atomic(), acting_as(TESTS, "tests.add"):
        DiversityTotal.objects.create(
            organisation=asking.organisation, version=1, quarter=Q3, question="age", choice="45_54", count=4
        )


def test_too_few_wait_for_the_next_quarter_and_not_for_the_day_on_which_they_are_enough(asking):
    make_answers(asking.organisation, {("45_54", "serving"): 10, ("65_74", "applied"): 9})
    assert services.close_quarters(at=IN_JULY) == 0
    make_answers(asking.organisation, {("45_54", "serving"): 5}, at=IN_JULY)
    assert services.close_quarters(at=IN_JULY + timedelta(days=1)) == 0
    assert services.close_quarters(at=IN_OCTOBER) == 1
    assert total(asking.organisation, "45_54", quarter=Q3) == 15


def test_nobody_is_counted_twice_whatever_they_say_later(asking):
    make_answers(asking.organisation, MANY)
    answer(asking.partner, age="45_54")
    services.close_quarters(at=IN_JULY)
    assert total(asking.organisation, "45_54") == 13
    answer(asking.partner, at=IN_JULY, age="75_up")
    make_answers(asking.organisation, {("75_up", "serving"): 20, ("65_74", "applied"): 9}, at=IN_JULY)
    services.close_quarters(at=IN_OCTOBER)
    assert total(asking.organisation, "75_up", quarter=Q3) == 20


def test_who_may_still_come_further_is_not_counted_yet(asking):
    make_answers(asking.organisation, {("45_54", "applied"): 30}, is_final=False)
    assert services.close_quarters(at=IN_JULY) == 0


def test_answers_of_a_quarter_that_runs_are_not_counted(asking):
    make_answers(asking.organisation, MANY, at=IN_JULY)
    assert services.close_quarters(at=IN_JULY) == 0


def test_who_came_to_nothing_is_forgotten_once_counted_and_who_serves_is_not(asking):
    make_answers(asking.organisation, MANY)
    services.close_quarters(at=IN_JULY)
    assert set(DiversityAnswer.objects.values_list("stage", "counted_in")) == {("serving", Q2)}


def test_who_came_to_nothing_and_is_never_counted_is_forgotten_after_a_year(asking):
    make_answers(asking.organisation, {("45_54", "applied"): 3, ("45_54", "serving"): 3})
    services.close_quarters(at=IN_JULY + timedelta(days=270))
    assert DiversityAnswer.objects.count() == 6
    services.close_quarters(at=IN_JULY + timedelta(days=366))
    assert set(DiversityAnswer.objects.values_list("stage", flat=True)) == {"serving"}


def test_after_three_years_everything_is_forgotten(asking):
    make_answers(asking.organisation, {("45_54", "serving"): 3}, is_final=False)
    services.close_quarters(at=IN_JULY + timedelta(days=3 * 365 - 20))
    assert DiversityAnswer.objects.count() == 3
    services.close_quarters(at=IN_JULY + timedelta(days=3 * 365 + 20))
    assert DiversityAnswer.objects.count() == 0


def test_another_trust_is_counted_apart(asking):
    other = asking.stranger.organisation
    make_asking(other, asking.stranger.lead)
    make_answers(asking.organisation, MANY)
    make_answers(other, {("16_24", "serving"): 25, ("65_74", "applied"): 9})
    assert services.close_quarters(at=IN_JULY) == 2
    assert (total(asking.organisation), total(other)) == (29, 34)
    assert (total(asking.organisation, "16_24"), total(other, "16_24")) == (None, 25)


def test_withdrawing_after_the_count_changes_no_table(asking):
    make_answers(asking.organisation, MANY)
    answer(asking.partner, age="45_54")
    services.close_quarters(at=IN_JULY)
    services.withdraw_as_partner(partner_id=asking.partner.pk, by=asking.partner.user, at=IN_JULY)
    assert total(asking.organisation, "45_54") == 13


def test_each_set_of_questions_has_tables_of_its_own(asking, monkeypatch):
    monkeypatch.setitem(policies.QUESTION_SETS, 2, policies.QUESTION_SETS[1][:1])
    make_answers(asking.organisation, MANY)
    make_answers(asking.organisation, {("45_54", "serving"): 20, ("65_74", "applied"): 11}, version=2)
    assert services.close_quarters(at=IN_JULY) == 2
    printed = DiversityTotal.objects.filter(choice="", stage="").order_by("version")
    assert list(printed.values_list("version", "count")) == [(1, 29), (2, 31)]


# --- the attacker -------------------------------------------------------------------------------
def test_nobody_works_out_a_small_number_from_all_tables_of_all_quarters(asking):
    """A reader keeps every table of three quarters, and subtracts: within a table, and one from another."""
    ages = list(policies.QUESTION_SETS[1][0].answers)
    counted: dict[date, set[str]] = {}
    for number in range(3):
        quarter = date(2025, 4 + 3 * number, 1) if number < 2 else date(2025, 10, 1)
        at = datetime(quarter.year, quarter.month, 15, tzinfo=LONDON)
        people = {
            (age, stage): (3 * row + 7 * column + 2 * number) % 11
            for row, age in enumerate(ages)
            for column, stage in enumerate(Stage)
        }
        make_answers(asking.organisation, people, at=at)
        ready = set(DiversityAnswer.objects.filter(counted_in=None).values_list("pk", flat=True))
        assert services.close_quarters(at=at + timedelta(days=90)) == 1
        counted[quarter] = ready
        table = printed_table(asking.organisation, quarter, ages)
        cells, bounds = as_cells(table), bounded(as_cells(table))
        truth = {(ages.index(age), list(Stage).index(stage)): many for (age, stage), many in people.items()}
        assert solved(cells) == {}
        small = {place for place, many in truth.items() if many < 5}
        assert small
        assert {place for place in small if cells[place] is not None} == set()
        assert {place: bounds[place] for place in small if bounds[place][0] > 0 or bounds[place][1] < 5} == {}
    # One from another says nothing about any group of people: no two tables have anybody in common.
    assert [both for one, other in combinations(counted.values(), 2) if (both := one & other)] == []


def printed_table(organisation, quarter, ages):
    def row(choice):
        return tuple(total(organisation, choice, stage, quarter=quarter) for stage in Stage)

    return SuppressedTable(
        rows=tuple(row(age) for age in ages),
        row_totals=tuple(total(organisation, age, quarter=quarter) for age in ages),
        column_totals=row(""),
        total=total(organisation, quarter=quarter),
    )


# --- leaving ------------------------------------------------------------------------------------
def test_answers_of_a_partner_who_leaves_go_and_those_of_others_stay(asking):
    stays = factories.make_partner(asking.organisation, lead=asking.lead)
    answer(asking.partner)
    answer(stays, age="45_54")
    assert services.forget_leavers(at=START) == 0
    end_appointment(partner_id=asking.partner.pk, left_on=START.date(), by=asking.lead, at=START)
    with pytest.raises(PermissionDenied):
        answer(asking.partner)
    assert services.forget_leavers(at=START) == 3
    assert services.forget_leavers(at=START) == 0
    assert answers_of(stays) == {"age": "45_54"}


def test_answers_that_came_with_the_application_go_with_the_partner_too(asking):
    application = applicants.make_offered(applicants.make_vacancy(asking.organisation, asking.lead), asking.lead)
    answer(application)
    recruitment.accept_offer(
        application_id=application.pk, password="a long enough password", by=recruitment.APPLICANT, at=applicants.AT
    )
    application.refresh_from_db()
    left = applicants.AT + timedelta(days=60)
    end_appointment(partner_id=application.partner_id, left_on=left.date(), by=asking.lead, at=left)
    assert services.forget_leavers(at=left) == 3


def test_the_tasks_call_the_services(monkeypatch):
    called = []
    for name in ("close_quarters", "forget_leavers"):
        monkeypatch.setattr(services, name, lambda at, name=name: called.append(name))
    tasks.close_quarters()
    tasks.forget_leavers()
    assert called == ["close_quarters", "forget_leavers"]


# --- who took the numbers away ----------------------------------------------------------------
def test_taking_totals_away_is_on_record(asking):
    services.note_export(
        organisation_id=asking.organisation.pk, organisation_name=asking.organisation.name, by=asking.lead, at=START
    )
    assert AccessLog.objects.get().what == "partners.diversity_totals.export"


def test_totals_are_for_those_who_see_the_programme(asking):
    make_answers(asking.organisation, MANY)
    services.close_quarters(at=IN_JULY)
    today = IN_JULY.date()
    may = [factories.make_member(role, asking.organisation) for role in (Role.EXECUTIVE, Role.AUDITOR)]
    for somebody in (asking.lead, *may):
        assert queries.totals_visible_to(somebody, today=today).count() == 54
    for role in (Role.APPROVER, Role.FINANCE, Role.REQUESTER):
        nobody = factories.make_member(role, asking.organisation)
        assert not queries.totals_visible_to(nobody, today=today).exists()
    assert not queries.totals_visible_to(asking.stranger.lead, today=today).exists()
    assert not queries.totals_visible_to(asking.partner.user, today=today).exists()
