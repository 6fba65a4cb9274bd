"""What is asked for equality monitoring, who is counted when, and under which key an answer stands. Pure.

Nobody is made to answer: each question may be left out, and "prefer not to say" is an answer, not a blank (domain.md
11.6). Each person is counted once in each question's tables, ever: two tables have nobody in common, so that nothing
follows from subtracting one from the other (docs/adr/0029).
"""

import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from partners.enums.diversity import DiversityStage as Stage
from partners.enums.recruitment import ApplicationStatus as Status
from partners.policies.recruitment.states import OVER
from partners.policies.suppression import SuppressedTable, suppress
from psp_portal.dates import add_months
from psp_portal.exceptions import RuleBroken

PREFER_NOT = "prefer_not"
PREFER_NOT_WORDS = "Prefer not to say"

# product.md P11: no count under five is printed.
LEAST_COUNT = 5
# A table is made once so many people can be counted in it; else they wait for the next quarter. A smaller table would
# be blanks, and its people used up. No source gives a number.
LEAST_PEOPLE = 20
# For how long answers are kept at most, in quarters: of those whose application came to nothing (domain.md 11.6: 1
# year), and of anybody (no source: without it, answers that no key opens any more would stay for ever).
QUARTERS_AFTER_APPLYING = 4
MOST_QUARTERS = 12

UNSOURCED = "No national wording is known. Your trust must confirm it."
_ETHNIC = "NHS Data Dictionary, Ethnic Category: the 16 groups of the 2001 census"


@dataclass(frozen=True)
class Question:
    """One question with its answers by code. ``source`` says where the answers come from; empty for no known one."""

    code: str
    label: str
    choices: Mapping[str, str]
    group: str
    hint: str = ""
    source: str = ""

    @property
    def answers(self) -> dict[str, str]:
        """Its answers by code, with "prefer not to say" as the last."""
        return {**self.choices, PREFER_NOT: PREFER_NOT_WORDS}


_YES_NO = {"yes": "Yes", "no": "No"}
_BACKGROUND, _IDENTITY, _LIFE = "Your age and background", "Who you are", "Your health and family"

# Which things are asked: the protected characteristics, as in NHS England's own form for patient and public voice
# partners. That form is known from a copy alone, so the wording is marked for the trust to confirm.
_FIRST = (
    Question(
        "age", "How old are you?",
        {
            "16_24": "16 to 24", "25_34": "25 to 34", "35_44": "35 to 44", "45_54": "45 to 54", "55_64": "55 to 64",
            "65_74": "65 to 74", "75_up": "75 or over",
        },
        _BACKGROUND,
    ),
    Question(
        "ethnicity", "What is your ethnic group?",
        {
            "A": "White: British", "B": "White: Irish", "C": "White: any other White background",
            "D": "Mixed: White and Black Caribbean", "E": "Mixed: White and Black African",
            "F": "Mixed: White and Asian", "G": "Mixed: any other mixed background",
            "H": "Asian or Asian British: Indian", "J": "Asian or Asian British: Pakistani",
            "K": "Asian or Asian British: Bangladeshi", "L": "Asian or Asian British: any other Asian background",
            "M": "Black or Black British: Caribbean", "N": "Black or Black British: African",
            "P": "Black or Black British: any other Black background", "R": "Chinese", "S": "Any other ethnic group",
        },
        _BACKGROUND, "Choose the one that fits you best.", _ETHNIC,
    ),
    Question(
        "religion", "What is your religion or belief?",
        {
            "none": "No religion or belief", "buddhist": "Buddhist", "christian": "Christian", "hindu": "Hindu",
            "jewish": "Jewish", "muslim": "Muslim", "sikh": "Sikh", "other": "Another religion or belief",
        },
        _BACKGROUND,
    ),
    Question("sex", "What is your sex?", {"female": "Female", "male": "Male", "other": "Another answer"}, _IDENTITY),
    Question(
        "gender", "Is your gender the same as the sex you were given at birth?", _YES_NO, _IDENTITY,
    ),
    Question(
        "orientation", "What is your sexual orientation?",
        {
            "straight": "Straight or heterosexual", "gay": "Gay or lesbian", "bi": "Bisexual",
            "other": "Another sexual orientation", "unsure": "I do not know, or I am not sure",
        },
        _IDENTITY,
    ),
    Question(
        "disability", "Do you have a disability or a long-term health condition?", _YES_NO, _LIFE,
        "One that makes daily life harder, and has lasted or will last 12 months or more. If you need something to "
        "take part, say so elsewhere too: nobody who plans for you sees this answer.",
    ),
    Question(
        "partnership", "Are you married or in a civil partnership?", _YES_NO, _LIFE,
    ),
    Question(
        "maternity", "Are you pregnant, or have you given birth in the last 12 months?", _YES_NO, _LIFE,
    ),
    Question("caring", "Do you look after somebody who could not manage without you?", _YES_NO, _LIFE),
)  # fmt: skip

# Never change a set: what is counted must be what was asked. Add one, with the next number.
QUESTION_SETS: dict[int, Sequence[Question]] = {1: _FIRST}


def newest_version() -> int:
    """Return the number of the newest set of questions."""
    return max(QUESTION_SETS)


def question_codes() -> list[str]:
    """Return the codes of all questions of all sets."""
    return sorted({question.code for questions in QUESTION_SETS.values() for question in questions})


def check_answers(answers: Mapping[str, str], *, version: int) -> None:
    """Raise RuleBroken for an answer that the set of questions does not know; none at all is fine."""
    known = {question.code: question.answers for question in QUESTION_SETS[version]}
    for code, choice in answers.items():
        if choice not in known.get(code, {}):
            raise RuleBroken("Choose one of the answers", field=code)


def key_of(secret: str, organisation_id: UUID, subject_id: UUID, question: str) -> str:
    """Return the key under which a subject's answer to a question stands.

    Without the secret nobody can tell whose it is, or which answers are one person's: each question has its own.
    """
    said = f"diversity:{organisation_id}:{subject_id}:{question}"
    return hmac.new(secret.encode(), said.encode(), sha256).hexdigest()


# --- how far somebody has come ----------------------------------------------------------------
_STAGES = {
    Status.SENT: Stage.APPLIED,
    Status.SHORTLISTED: Stage.SHORTLISTED,
    Status.CHAT: Stage.SHORTLISTED,
    Status.INTERVIEW: Stage.INTERVIEWED,
    Status.OFFERED: Stage.INTERVIEWED,
    Status.APPOINTED: Stage.APPOINTED,
}


def stage_of(status: str) -> Stage | None:
    """Return the stage that a status of an application means; None where it changes nothing about how far it came."""
    return _STAGES.get(Status(status))


def is_final(status: str) -> bool:
    """Say whether an application with this status comes no further, so that it can be counted."""
    return status in OVER or status == Status.APPOINTED


def can_be_asked(status: str) -> bool:
    """Say whether an applicant is asked: once the application is sent, and until it has come to nothing."""
    return stage_of(status) is not None


def check_can_be_asked(status: str) -> None:
    """Raise RuleBroken unless an applicant is asked now."""
    if not can_be_asked(status):
        raise RuleBroken("These questions are asked while an application is with us.")


# --- quarters -----------------------------------------------------------------------------------
def quarter_of(day: date) -> date:
    """Return the first day of the quarter that a day is in."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def quarters_before(quarter: date, count: int) -> date:
    """Return the first day of the quarter so many quarters before."""
    return add_months(quarter, -3 * count)


def quarter_words(quarter: date) -> str:
    """Write a quarter: January to March 2027."""
    return f"{quarter:%B} to {add_months(quarter, 2):%B} {quarter.year}"


# --- what is printed ----------------------------------------------------------------------------
def table_of(question: Question, counted: Collection[tuple[str, str]]) -> SuppressedTable | None:
    """Return the table of a question: its answers by stage, small counts left out; None for too few people.

    ``counted`` holds (answer, stage) of each person. Whoever left the question out is in no table.
    """
    if len(counted) < LEAST_PEOPLE:
        return None
    places = {
        (choice, stage): (row, column)
        for row, choice in enumerate(question.answers)
        for column, stage in enumerate(Stage)
    }
    counts = [[0] * len(Stage) for _ in question.answers]
    for choice, stage in counted:
        row, column = places[choice, Stage(stage)]
        counts[row][column] += 1
    return suppress(counts, least=LEAST_COUNT)


def cells_of(question: Question, table: SuppressedTable) -> dict[tuple[str, str], int | None]:
    """Return what a table prints by (answer, stage); an empty answer or stage stands for a total."""
    cells: dict[tuple[str, str], int | None] = {("", ""): table.total}
    cells |= {("", stage): table.column_totals[column] for column, stage in enumerate(Stage)}
    for row, choice in enumerate(question.answers):
        cells[choice, ""] = table.row_totals[row]
        cells |= {(choice, stage): table.rows[row][column] for column, stage in enumerate(Stage)}
    return cells
