"""What is asked, who is counted when, and that nobody works out what the tables leave out."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.enums.diversity import DiversityStage as Stage
from partners.enums.recruitment import ApplicationStatus as Status
from partners.policies import diversity as policies
from partners.policies.suppression import SuppressedTable
from psp_portal.exceptions import RuleBroken
from tests.partners.test_suppression import as_cells, bounded, solved

AGE, ETHNICITY = policies.QUESTION_SETS[1][0], policies.QUESTION_SETS[1][1]
ONE, TWO = UUID(int=1), UUID(int=2)


# --- the questions ----------------------------------------------------------------------------
@pytest.mark.parametrize("version", policies.QUESTION_SETS)
def test_every_question_can_be_answered_by_not_saying(version):
    for question in policies.QUESTION_SETS[version]:
        assert list(question.answers.items())[-1] == ("prefer_not", "Prefer not to say")


def test_the_first_set_is_what_was_asked_first():
    assert [question.code for question in policies.QUESTION_SETS[1]] == [
        "age", "ethnicity", "religion", "sex", "gender", "orientation", "disability", "partnership", "maternity",
        "caring",
    ]  # fmt: skip
    assert [question.code for question in policies.QUESTION_SETS[1] if question.source] == ["ethnicity"]
    assert "".join(ETHNICITY.choices) == "ABCDEFGHJKLMNPRS"


def test_codes_fit_their_columns():
    questions = [question for each in policies.QUESTION_SETS.values() for question in each]
    assert max(len(code) for question in questions for code in (question.code, *question.answers)) <= 20


def test_any_and_no_answers_are_fine():
    policies.check_answers({}, version=1)
    policies.check_answers({"age": "75_up", "sex": "prefer_not"}, version=1)


@pytest.mark.parametrize(("question", "choice"), [("age", "M"), ("age", ""), ("height", "yes")])
def test_an_answer_that_there_is_not_is_refused(question, choice):
    with pytest.raises(RuleBroken) as refused:
        policies.check_answers({question: choice}, version=1)
    assert refused.value.field == question


def test_a_key_is_another_one_for_each_question_person_trust_and_secret():
    keys = {
        policies.key_of(secret, trust, person, question)
        for secret in ("a", "b") for trust in (ONE, TWO) for person in (ONE, TWO) for question in ("age", "sex")
    }  # fmt: skip
    assert len(keys) == 16
    assert policies.key_of("a", ONE, TWO, "age") == policies.key_of("a", ONE, TWO, "age")


# --- how far somebody has come ----------------------------------------------------------------
def test_each_status_has_its_stage():
    assert {status: (policies.stage_of(status), policies.is_final(status)) for status in Status} == {
        Status.STARTED: (None, False),
        Status.SENT: (Stage.APPLIED, False),
        Status.SHORTLISTED: (Stage.SHORTLISTED, False),
        Status.CHAT: (Stage.SHORTLISTED, False),
        Status.INTERVIEW: (Stage.INTERVIEWED, False),
        Status.OFFERED: (Stage.INTERVIEWED, False),
        Status.APPOINTED: (Stage.APPOINTED, True),
        Status.NOT_THIS_TIME: (None, True),
        Status.WITHDRAWN: (None, True),
        Status.EXPIRED: (None, True),
    }


@pytest.mark.parametrize("status", [Status.STARTED, Status.NOT_THIS_TIME, Status.WITHDRAWN, Status.EXPIRED])
def test_who_has_no_application_with_the_trust_is_not_asked(status):
    with pytest.raises(RuleBroken):
        policies.check_can_be_asked(status)


@pytest.mark.parametrize("status", [Status.SENT, Status.OFFERED, Status.APPOINTED])
def test_who_has_an_application_with_the_trust_is_asked(status):
    policies.check_can_be_asked(status)


# --- quarters -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 1, 1), date(2026, 1, 1)),
        (date(2026, 3, 31), date(2026, 1, 1)),
        (date(2026, 4, 1), date(2026, 4, 1)),
        (date(2026, 12, 31), date(2026, 10, 1)),
    ],
)
def test_a_day_is_in_a_quarter(day, first):
    assert policies.quarter_of(day) == first


def test_quarters_go_back_over_the_year():
    assert policies.quarters_before(date(2026, 1, 1), 1) == date(2025, 10, 1)
    assert policies.quarters_before(date(2026, 1, 1), 4) == date(2025, 1, 1)
    assert policies.quarter_words(date(2026, 10, 1)) == "October to December 2026"


# --- what is printed ----------------------------------------------------------------------------
def test_too_few_people_make_no_table():
    assert policies.table_of(AGE, [("45_54", "applied")] * 19) is None
    assert policies.table_of(AGE, [("45_54", "applied")] * 20) is not None


def test_a_table_has_a_number_for_each_answer_and_stage_and_all_totals():
    table = policies.table_of(AGE, [(choice, stage) for choice in AGE.answers for stage in Stage for _ in range(6)])
    cells = policies.cells_of(AGE, table)
    assert len(cells) == 9 * 6
    assert cells["16_24", "applied"] == 6
    assert (cells["16_24", ""], cells["", "applied"], cells["", ""]) == (30, 48, 240)


def test_small_numbers_are_left_out():
    people = [("45_54", "applied")] * 30 + [("55_64", "applied")] * 3 + [("65_74", "applied")] * 25
    cells = policies.cells_of(AGE, policies.table_of(AGE, people))
    assert cells["55_64", "applied"] is None
    assert cells["16_24", "serving"] is None


# --- the attacker: everything that is printed, in all quarters, as one system of sums ----------------
questions = st.sampled_from(policies.QUESTION_SETS[1])


@st.composite
def histories(draw):
    """A question, and the people of three quarters: (answer, stage) of each."""
    question = draw(questions)
    person = st.tuples(st.sampled_from(list(question.answers)), st.sampled_from(list(Stage)))
    crowd = st.lists(st.tuples(person, st.integers(1, 12)), max_size=14)
    return question, [[who for who, many in draw(crowd) for _ in range(many)] for _ in range(3)]


@given(histories())
def test_no_number_left_out_follows_from_all_that_is_printed(history):
    question, quarters = history
    for people in quarters:
        table = policies.table_of(question, people)
        if table is None:
            continue
        cells, truth = as_cells(table), as_cells(counted(question, people))
        found = bounded(cells)
        assert solved(cells) == {}
        assert {place: bounds for place, bounds in found.items() if bounds[0] == bounds[1]} == {}
        assert [count for count in cells.values() if count is not None and count < 5] == []
        narrow = {
            place: bounds
            for place, bounds in found.items()
            if truth[place] < 5 and not (bounds[0] == 0 and bounds[1] >= 5)
        }
        assert narrow == {}


def counted(question, people):
    """Return the table with nothing left out."""
    rows = [[people.count((choice, stage)) for stage in Stage] for choice in question.answers]
    columns = list(zip(*rows, strict=True))
    return SuppressedTable(
        tuple(map(tuple, rows)), tuple(map(sum, rows)), tuple(map(sum, columns)), sum(map(sum, rows))
    )
