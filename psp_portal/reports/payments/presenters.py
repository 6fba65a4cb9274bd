"""Turns reports into tables whose figures lead to the rows they count, charts of them, and rows of a CSV file."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from expenses.enums import StepKind
from expenses.queries import reports
from psp_portal.dates import add_months, format_date
from psp_portal.money import format_pounds

NOT_KNOWN = "None"
# Makes the address of the rows that a figure counts: its name, and with a month that month alone.
RowsAt = Callable[..., str]


@dataclass(frozen=True)
class Cell:
    """A figure: as it is shown, as it goes into a file, and where its rows are."""

    text: str
    value: Any
    url: str = ""


@dataclass(frozen=True)
class Line:
    """A row of a table: what it is called, and its figures."""

    label: str
    cells: list[Cell]


@dataclass(frozen=True)
class Table:
    """A table of figures, with a chart of one of its columns (``charted`` of ``columns``; None for no chart)."""

    key: str
    caption: str
    columns: list[str]
    lines: list[Line]
    charted: int | None = None
    bars: list[dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        bars = []
        if self.charted is not None:
            cells = [(line.label, line.cells[self.charted - 1]) for line in self.lines if line.label != TOTAL]
            bars = [{"label": label, "value": cell.value or 0, "display": cell.text} for label, cell in cells]
        object.__setattr__(self, "bars", bars)

    @property
    def chart_caption(self) -> str:
        # The table's own caption stands right above, as a heading.
        return self.columns[self.charted]

    @property
    def table_id(self) -> str:
        return f"{self.key}-table"

    @property
    def heads(self) -> list[str]:
        return [self.columns[0], *(f"{name}#" for name in self.columns[1:])]

    def for_file(self) -> Iterator[list[Any]]:
        """Return a row of the file for each figure."""
        for line in self.lines:
            for name, cell in zip(self.columns[1:], line.cells, strict=True):
                yield [self.caption, line.label, name, cell.value]


TOTAL = "All"


def number(count: int, url: str = "") -> Cell:
    """Return a count, which leads to its rows unless there are none."""
    return Cell(f"{count:,}", count, url if count else "")


def pounds(amount: Decimal, url: str = "") -> Cell:
    """Return an amount, which leads to its rows unless it is nought."""
    return Cell(format_pounds(amount), amount, url if amount else "")


def percent(share: Decimal | None) -> Cell:
    return Cell(NOT_KNOWN if share is None else f"{share}%", share)


def days(count: Decimal | int | None) -> Cell:
    if count is None:
        return Cell(NOT_KNOWN, None)
    text = f"{count:f}".removesuffix(".0") if isinstance(count, Decimal) else str(count)
    return Cell(f"{text} day{'' if text == '1' else 's'}", count)


# --- how fast -------------------------------------------------------------------------------
def speed_tables(found: reports.SpeedReport, rows_at: RowsAt) -> list[Table]:
    return [
        Table(
            "days",
            "Claims by how long they took",
            ["Days from sending to payment", "Claims", "Paid"],
            [
                Line(
                    bucket.label,
                    [
                        number(sums.count, rows_at(f"days-{bucket.first}")),
                        pounds(sums.value, rows_at(f"days-{bucket.first}")),
                    ],
                )
                for bucket, sums in found.by_days
            ]
            + [
                Line(
                    TOTAL,
                    [
                        number(found.whole.all.count, rows_at("paid")),
                        pounds(found.whole.all.value, rows_at("paid")),
                    ],
                )
            ],
            charted=1,
        ),
        Table(
            "months",
            "Claims by the month they were paid in",
            ["Month", "In time, by number", "In time, by value", "Claims", "Paid", "Late", "Middle claim took"],
            [
                Line(
                    f"{month:%B %Y}",
                    [
                        percent(speed.percent_by_number),
                        percent(speed.percent_by_value),
                        number(speed.all.count, rows_at("paid", month=month)),
                        pounds(speed.all.value, rows_at("paid", month=month)),
                        number(speed.late.count, rows_at("late", month=month)),
                        days(speed.median_days),
                    ],
                )
                for month, speed in found.months
            ],
            charted=1,
        ),
    ]


def last_of_month(month: date) -> date:
    """Return the last day of the month that begins on a day."""
    return add_months(month, 1).replace(day=1) - (date(2000, 1, 2) - date(2000, 1, 1))


# --- what is owed ---------------------------------------------------------------------------
def owed_tables(found: reports.OwedReport, rows_at: RowsAt) -> list[Table]:
    def line(label: str, sums: Any, figure: str) -> Line:
        return Line(label, [number(sums.count, rows_at(figure)), pounds(sums.value, rows_at(figure))])

    columns = ["Claims", "Owed"]
    tables = [
        Table(
            "age",
            "What is owed, by days since the claim was sent",
            ["Age", *columns],
            [line(bucket.label, sums, f"age-{bucket.first}") for bucket, sums in found.by_age]
            + [line(TOTAL, found.whole, "owed")],
            charted=2,
        ),
        Table(
            "standing",
            "What is owed, by how it stands",
            ["How it stands", *columns],
            [line(reports.STANDING_LABELS[standing], sums, standing) for standing, sums in found.by_standing],
            charted=2,
        ),
    ]
    if found.elsewhere:
        tables.append(
            Table(
                "elsewhere",
                "Claims made here that another organisation pays, which are in its figures and not in these",
                ["Paid by", *columns, "Oldest"],
                [
                    Line(
                        each.payer,
                        [
                            number(each.whole.count, rows_at(f"elsewhere-{each.payer_id}")),
                            pounds(each.whole.value, rows_at(f"elsewhere-{each.payer_id}")),
                            days(each.oldest_days),
                        ],
                    )
                    for each in found.elsewhere
                ],
                charted=2,
            )
        )
    return tables


# --- held -----------------------------------------------------------------------------------
def held_tables(found: reports.HeldReport, rows_at: RowsAt) -> list[Table]:
    lines = [
        Line(
            each.problem.label,
            [
                number(each.lines, rows_at(f"for-{each.problem}")),
                number(each.waiting.count, rows_at(f"waiting_for-{each.problem}")),
                pounds(each.waiting.value, rows_at(f"waiting_for-{each.problem}")),
            ],
        )
        for each in found.reasons
        if each.lines
    ]
    whole = [
        number(found.lines, rows_at("held")),
        number(found.waiting.count, rows_at("waiting")),
        pounds(found.waiting.value, rows_at("waiting")),
    ]
    return [
        Table(
            "reasons",
            "Lines by the reason they were held for",
            ["Reason", "Lines held", "Still waiting", "Still held"],
            [*lines, Line(TOTAL, whole)] if lines else [],
            charted=1,
        )
    ]


# --- replies --------------------------------------------------------------------------------
def answers_tables(found: reports.AnswersReport, rows_at: RowsAt) -> list[Table]:
    def of_step(label: str, step: Any, name: str) -> Line:
        answers = [number(count, rows_at(f"{name}-{answer}")) for answer, count in step.answers.by_answer.items()]
        promises = [
            number(step.promised, rows_at(f"{name}-promised")),
            number(step.missed, rows_at(f"{name}-missed")),
        ]
        return Line(label, [number(step.answers.asked, rows_at(name)), *answers, *promises])

    steps = [of_step(StepKind(step.kind).label, step, f"step-{step.kind}") for step in found.steps]
    if found.whole:
        steps.append(of_step(TOTAL, found.whole, "steps"))
    return [
        Table(
            "steps",
            "Steps that overdue claims took",
            ["Step", "Steps", *reports.ANSWER_LABELS.values(), "Dates promised", "Promises missed"],
            steps if found.whole else [],
            charted=1,
        ),
        Table(
            "updates",
            "Updates that partners asked for",
            ["How they were answered", "Requests"],
            [
                Line(reports.ANSWER_LABELS[answer], [number(count, rows_at(f"updates-{answer}"))])
                for answer, count in found.updates.by_answer.items()
            ]
            + [Line(TOTAL, [number(found.updates.asked, rows_at("updates"))])],
            charted=1,
        ),
    ]


# --- spending -------------------------------------------------------------------------------
def spend_tables(found: reports.SpendReport, rows_at: RowsAt) -> list[Table]:
    def line(label: str, sums: Any, figure: str) -> Line:
        return Line(label, [number(sums.count, rows_at(figure)), pounds(sums.value, rows_at(figure))])

    def parts(key: str, caption: str, column: str, found_parts: Sequence[Any], whole: Any) -> Table:
        lines = [line(part.label, part.lines, f"{key}-{part.key}") for part in found_parts]
        total = [line(TOTAL, whole, "booked" if key == "booked_kind" else "paid")] if lines else []
        return Table(
            key, caption, [column, "Lines", "Cost" if key == "booked_kind" else "Paid"], lines + total, charted=2
        )

    return [
        Table(
            "ledgers",
            "Payments for time and for expenses",
            ["Ledger", "Lines", "Paid"],
            [
                line("Payments for time", found.time, "time"),
                line("Expenses", found.expenses, "expenses"),
                line(TOTAL, found.whole, "paid"),
            ],
            charted=2,
        ),
        parts("code", "Spending by budget code", "Budget code", found.by_code, found.whole),
        parts("committee", "Spending by committee", "Committee", found.by_committee, found.whole),
        parts("kind", "Spending by what it was for", "What for", found.by_kind, found.whole),
        parts(
            "booked_kind",
            "What the organisation booked and paid for itself",
            "What for",
            found.booked,
            found.booked_whole,
        ),
    ]


# --- year end -------------------------------------------------------------------------------
def year_end_tables(found: reports.YearEnd, rows_at: RowsAt) -> list[Table]:
    def ledgers(label: str, each: Any, of: str = "") -> Line:
        return Line(
            label,
            [
                number(each.whole.count, rows_at(f"unpaid{of}")),
                pounds(each.time.value, rows_at(f"time{of}")),
                pounds(each.expenses.value, rows_at(f"expenses{of}")),
                pounds(each.whole.value, rows_at(f"unpaid{of}")),
            ],
        )

    def expected(label: str, each: Any, of: str = "") -> Line:
        return Line(
            label,
            [
                number(each.in_window.count, rows_at(f"in_window{of}")),
                pounds(each.in_window.value, rows_at(f"in_window{of}")),
                number(each.late.count, rows_at(f"late{of}")),
                pounds(each.late.value, rows_at(f"late{of}")),
            ],
        )

    columns = ["Lines", "Payments for time", "Expenses", "Unpaid"]
    tables = [
        Table(
            "age",
            f"Unpaid on {format_date(found.day)}, by days since the claim was sent",
            ["Age", *columns],
            [ledgers(bucket.label, each, f"-age-{bucket.first}") for bucket, each in found.by_age]
            + [ledgers(TOTAL, found.whole)],
            charted=4,
        ),
        Table(
            "code",
            f"Unpaid on {format_date(found.day)}, by budget code",
            ["Budget code", *columns],
            [ledgers(each.name, each, f"-code-{each.key}") for each in found.by_code] + [ledgers(TOTAL, found.whole)]
            if found.by_code
            else [],
            charted=4,
        ),
    ]
    tables.append(
        Table(
            "expected",
            f"Meetings attended by {format_date(found.day)} that nobody had claimed for",
            ["Budget code", "In time to claim", "Would pay", "Too late to claim in time", "Would pay then"],
            [expected(each.name, each, f"-code-{each.name}") for each in found.expected_by_code]
            + [expected(TOTAL, found.expected_whole)]
            if found.expected
            else [],
            charted=2,
        )
    )
    return tables


def file_rows(tables: Iterable[Table], *start: Any) -> list[list[Any]]:
    """Return the rows of a report's file: each figure with its table, row and column, after what ``start`` says."""
    return [[*start, *row] for table in tables for row in table.for_file()]
