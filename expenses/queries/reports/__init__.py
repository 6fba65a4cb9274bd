"""Reads reports: how fast claims are paid, what is owed, what is held, who answered, what was spent. Writes nothing.

Every figure has a name, and ``counted`` returns the rows that it counts: the same filter, so that it can be checked.
"""

from expenses.policies.periods import Period, check_period, period_of, year_to
from expenses.queries.reports.answers import ANSWER_LABELS, AnswersReport, answers_report, answers_rows
from expenses.queries.reports.held import HeldReport, held_report, held_rows
from expenses.queries.reports.owed import STANDING_LABELS, OwedReport, owed_report, owed_rows
from expenses.queries.reports.scope import Counted, Row, Scope, report_scope
from expenses.queries.reports.speed import (
    SpeedReport,
    Target,
    days_with_partners,
    speed_report,
    speed_rows,
    target_of,
)
from expenses.queries.reports.spend import SpendReport, spend_report, spend_rows
from expenses.queries.reports.year_end import YearEnd, accruals_of, year_end, year_end_rows, year_ends_of

__all__ = [
    "ANSWER_LABELS",
    "STANDING_LABELS",
    "AnswersReport",
    "Counted",
    "HeldReport",
    "OwedReport",
    "Period",
    "Row",
    "Scope",
    "SpeedReport",
    "SpendReport",
    "Target",
    "YearEnd",
    "accruals_of",
    "answers_report",
    "check_period",
    "counted",
    "days_with_partners",
    "held_report",
    "owed_report",
    "period_of",
    "report_scope",
    "speed_report",
    "spend_report",
    "target_of",
    "year_end",
    "year_ends_of",
    "year_to",
]


def counted(scope: Scope, report: str, figure: str) -> Counted | None:
    """Return the rows that a figure of a report counts; None for a figure that no report has."""
    match report:
        case "speed":
            return speed_rows(scope, figure, target_of(scope))
        case "owed":
            return owed_rows(scope, figure, target_of(scope))
        case "held":
            return held_rows(scope, figure)
        case "answers":
            return answers_rows(scope, figure)
        case "spend":
            return spend_rows(scope, figure)
        case "year_end":
            return year_end_rows(scope, figure, target_of(scope))
        case _:
            return None
