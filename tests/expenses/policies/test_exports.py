"""The files of a run, built from values: BACS read back by an independent parser, tables to the cell."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expenses.enums import BacsDays, RunPart
from expenses.policies import arucs
from expenses.policies.exports import bacs, references, tables
from psp_portal.exceptions import RuleBroken
from tests.expenses import bacs_parser

PAYER = bacs.Originator("654321", "601613", "12345678", "HILLSIDE NHS TRUST")
MADE, DAY = date(2026, 9, 15), date(2026, 9, 16)


def file(days=BacsDays.SINGLE, **changes):
    values = {
        "originator": PAYER, "serial": "000012", "created_on": MADE, "processing_on": DAY, "days": days,
        "narrative": "R00012",
    }  # fmt: skip
    return bacs.BacsFile(**values | changes)


CREDITS = [
    bacs.Credit("089999", "66374958", "Zoë O'Neill-Brønsted", Decimal("88.53"), "R00012-001E"),
    bacs.Credit("107999", "00837491", "B & C Ltd.", Decimal("0.01"), "R00012-002E"),
]


# --- BACS -----------------------------------------------------------------------------------
def test_a_bacs_file_is_to_the_character_as_published():
    lines = bacs.build_bacs(file(), CREDITS).decode("ascii").split("\r\n")
    assert lines == [
        "VOL1000012                               654321                                1",
        "HDR1A654321S  165432100001200010001       26258 26266 000000                    ",
        "HDR2F0200000100                                   00                            ",
        "UHL1 26259999999    000000001 DAILY  001                                        ",
        "0899996637495809960161312345678    00000008853HILLSIDE NHS TRUSTR00012-001E       ZOE O NEILL-BRONST",
        "1079990083749109960161312345678    00000000001HILLSIDE NHS TRUSTR00012-002E       B & C LTD.        ",
        "6016131234567801760161312345678    00000008854R00012            CONTRA            HILLSIDE NHS TRUST",
        "EOF1A654321S  165432100001200010001       26258 26266 000000                    ",
        "EOF2F0200000100                                   00                            ",
        "UTL10000000008854000000000885400000010000002                                    ",
        "",
    ]


@pytest.mark.parametrize("days", BacsDays)
def test_an_independent_parser_reads_what_was_written(days):
    parsed = bacs_parser.parse(bacs.build_bacs(file(days), CREDITS))
    assert (parsed.service_user, parsed.serial, parsed.created, parsed.processing, parsed.is_multi) == (
        "654321", "000012", MADE, DAY, days == BacsDays.MULTI,
    )  # fmt: skip
    assert (parsed.payer_sort_code, parsed.payer_account, parsed.contra_narrative) == ("601613", "12345678", "R00012")
    assert [(row.sort_code, row.account, row.pence, row.reference, row.day) for row in parsed.payments] == [
        ("089999", "66374958", 8853, "R00012-001E", DAY), ("107999", "00837491", 1, "R00012-002E", DAY),
    ]  # fmt: skip
    assert parsed.total == 8854


@given(
    rows=st.lists(
        st.tuples(
            st.from_regex(r"[0-9]{6}", fullmatch=True),
            st.from_regex(r"[0-9]{8}", fullmatch=True),
            st.text(min_size=1, max_size=40).filter(bacs.is_written),
            st.decimals("0.01", "9999999.99", places=2),
        ),
        min_size=1,
        max_size=20,
    ),
    days=st.sampled_from(BacsDays),
)
def test_whatever_people_are_called_the_file_can_be_read_and_balances(rows, days):
    payments = [bacs.Credit(*row, reference=f"R00012-{number:03}") for number, row in enumerate(rows, 1)]
    parsed = bacs_parser.parse(bacs.build_bacs(file(days), payments))
    assert [row.pence for row in parsed.payments] == [int(row[3] * 100) for row in rows]
    assert [row.account for row in parsed.payments] == [row[1] for row in rows]
    assert parsed.total == sum(int(row[3] * 100) for row in rows)


@pytest.mark.parametrize(
    ("place", "wrong"),
    [(0, "VOL2"), (1, "HDR1B"), (4, "0899990"), (6, "6016131234567809"), (9, "UTL10000000008855")],
)
def test_the_parser_refuses_what_is_not_bacs(place, wrong):
    lines = bacs.build_bacs(file(), CREDITS).decode("ascii").split("\r\n")
    lines[place] = wrong + lines[place][len(wrong) :]
    if place == 4:
        lines[place] += "0"
    with pytest.raises(bacs_parser.NotBacs):
        bacs_parser.parse("\r\n".join(lines).encode())


def test_a_sum_too_large_for_its_field_is_refused():
    rich = [bacs.Credit("089999", "66374958", "A", Decimal("9999999.99"), "R")] * 101
    with pytest.raises(RuleBroken, match=r"^This run is too large for one BACS file\. Make smaller runs\.$"):
        bacs.build_bacs(file(), rich)
    # Eleven digits of pence are the most that fit.
    assert bacs_parser.parse(bacs.build_bacs(file(), rich[:100])).total == 99_999_999_900


@pytest.mark.parametrize(
    ("text", "written"),
    [("Zoë", "ZOE"), ("Łukasz Ørsted", "LUKASZ ORSTED"), ("O'Neill", "O NEILL"), ("Söhne & Co/2-3.", "SOHNE & CO/2-3."),
     ("straße", "STRASSE"), ("李", " "), ("a\tb\nc", "A B C"), ("ﬁ", "FI"), ("İ", "I")],
)  # fmt: skip
def test_names_are_written_in_the_characters_of_bacs(text, written):
    assert bacs.bacs_text(text) == written


HOLIDAYS = {date(2026, 12, 25), date(2026, 12, 28)}


@pytest.mark.parametrize(
    ("wished", "day"),
    [
        (date(2026, 12, 23), date(2026, 12, 23)),
        (date(2026, 12, 25), date(2026, 12, 29)),
        (date(2026, 12, 26), date(2026, 12, 29)),
        (date(2027, 1, 20), date(2027, 1, 20)),
        (date(2027, 1, 21), date(2027, 1, 21)),
    ],
)
def test_the_processing_day_is_a_working_day(wished, day):
    assert bacs.processing_day(wished, today=date(2026, 12, 22), holidays=HOLIDAYS) == day


@pytest.mark.parametrize(
    ("wished", "words"),
    [
        (
            date(2026, 12, 22),
            "The processing day must be on or after 23 December 2026: BACS takes a file on the working day before.",
        ),
        (date(2027, 1, 22), "The processing day must be on or before 21 January 2027."),
    ],
)
def test_the_processing_day_is_neither_past_nor_far(wished, words):
    with pytest.raises(RuleBroken) as refused:
        bacs.processing_day(wished, today=date(2026, 12, 22), holidays=HOLIDAYS)
    assert (refused.value.field, refused.value.message) == ("day", words)


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 12, 17), date(2026, 12, 18)),
        (date(2026, 12, 18), date(2026, 12, 21)),
        (date(2026, 12, 19), date(2026, 12, 22)),  # a Saturday: it is taken on Monday
        (date(2026, 12, 20), date(2026, 12, 22)),
        (date(2026, 12, 24), date(2026, 12, 29)),
        (date(2026, 12, 25), date(2026, 12, 30)),
    ],
)
def test_a_file_is_taken_on_the_working_day_before_it_is_processed(today, first):
    assert bacs.first_processing_day(today, HOLIDAYS) == first
    assert bacs.processing_day(first, today=today, holidays=HOLIDAYS) == first
    with pytest.raises(RuleBroken, match="must be on or after"):
        bacs.processing_day(today, today=today, holidays=set())


@pytest.mark.parametrize(
    ("name", "reference", "words"),
    [
        (
            "李",
            "R00012-001E",
            "BACS cannot write the name of the account ending in 4958: it has no letters from A to Z and no numbers.",
        ),
        (
            " " * 18 + "ADA",
            "R00012-001E",
            "BACS cannot write the name of the account ending in 4958: it has no letters from A to Z and no numbers.",
        ),
        (
            "Ada",
            "Contra 7",
            "The roll number of the account ending in 4958 begins with CONTRA. BACS keeps this word for whoever pays.",
        ),
    ],
)
def test_what_a_bank_would_misread_is_not_written(name, reference, words):
    with pytest.raises(RuleBroken) as refused:
        bacs.build_bacs(file(), [bacs.Credit("089999", "66374958", name, Decimal("1.00"), reference)])
    assert refused.value.message == words


def test_lines_of_one_person_are_one_payment():
    first, second = CREDITS
    assert bacs.payments_of([first, second, first]) == [
        bacs.Credit(first.sort_code, first.account_number, first.name, Decimal("177.06"), first.reference), second,
    ]  # fmt: skip


# --- references -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("part", "reference"),
    [(RunPart.TIME, "R00012-003T"), (RunPart.EXPENSES, "R00012-003E"), (RunPart.BOTH, "R00012-003")],
)
def test_a_reference_is_read_back(part, reference):
    assert references.payment_reference("R00012", 3, part) == reference
    assert references.read_reference(reference) == ("R00012", 3, part)
    assert len(references.payment_reference("R123456", 12345, part)) <= 18


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (" r00012-003e ", ("R00012", 3, RunPart.EXPENSES)),
        ("REF R00012 003T", ("R00012", 3, RunPart.TIME)),
        ("R123456-1234", ("R123456", 1234, RunPart.BOTH)),
        ("R123456 -\t1234 E", ("R123456", 1234, RunPart.EXPENSES)),
        ("R 123 456 - 1234 E", None),
        ("", None),
        ("INVOICE 12", None),
        ("R00012", None),
        ("R00012003E", ("R00012", 3, RunPart.EXPENSES)),
        ("R00012 - 003 E", ("R00012", 3, RunPart.EXPENSES)),
        ("R00012-003 TO ADA", ("R00012", 3, RunPart.BOTH)),
        ("R123456 001T", ("R123456", 1, RunPart.TIME)),
        ("Account number 12345678 sort code 60-16-13 unknown", None),
        ("Our 60161312345678", None),
        ("R12345678901", None),
        ("R00012-0011234567", None),
        ("XR00012-003E", None),
        # As many digits as the numbers of runs and of people have, and not one more or fewer.
        ("R1234567-12345E", ("R1234567", 12345, RunPart.EXPENSES)),
        ("R1234-001", None),
        ("R00012-01", None),
        ("R00012-123456", None),
        # Run together, as they usually are.
        ("XR00012003E", None),
        ("R000120034", None),
        ("R00012  003", ("R00012", 3, RunPart.BOTH)),
        ("R00012  -  003", ("R00012", 3, RunPart.BOTH)),
    ],
)
def test_a_reference_is_found_in_what_a_bank_writes(text, read):
    assert references.read_reference(text) == read


def test_a_run_from_before_there_were_references_has_none():
    assert references.payment_reference("R00012", None, RunPart.BOTH) == ""


# --- tables -----------------------------------------------------------------------------------
LINE = tables.PaidLine(
    run="R00012", claim="C000007", position=2, payee="=Ada", reference="R00012-001E",
    account=tables.Account("089999", "66374958", "A Partner", ""), kind="Mileage", date=date(2026, 9, 8),
    committee="Patient Safety Committee", budget_code="PS100", amount=Decimal("13.53"),
)  # fmt: skip


def read(table):
    return list(csv.reader(io.StringIO(table.as_csv().decode())))


def test_the_ledger_has_a_row_for_each_line():
    assert read(tables.ledger_table([LINE])) == [
        ["run", "claim", "line", "payee", "payment_reference", "sort_code", "account_number", "account_name",
         "roll_number", "kind", "date", "committee", "budget_code", "amount"],
        ["R00012", "C000007", "2", "'=Ada", "R00012-001E", "089999", "66374958", "A Partner", "", "Mileage",
         "2026-09-08", "Patient Safety Committee", "PS100", "13.53"],
    ]  # fmt: skip


def test_payroll_is_told_of_mileage_above_hmrc_without_being_asked_to_pay_it():
    rows = read(tables.payroll_table([LINE], [tables.AboveMileage("R00012", "C000007", 2, "Ada", Decimal("2.46"))]))
    assert rows[0][-1] == "mileage_above_hmrc"
    assert rows[1][-2:] == ["13.53", "0.00"]
    assert rows[2] == ["R00012", "C000007", "2", "Ada", "", "", "", "", "", "Mileage above HMRC's rate", "", "", "",
                       "0.00", "2.46"]  # fmt: skip


def test_what_differs_is_said_and_accounts_are_in_no_digest():
    before = tables.ledger_table([LINE]).parts()
    assert not {"sort_code", "account_number", "account_name", "roll_number"} & before.keys()
    renamed = tables.PaidLine(**{**LINE.__dict__, "payee": "Grace", "budget_code": "X"})
    assert tables.what_differs(before, tables.ledger_table([renamed]).parts()) == [
        "the name of a person",
        "a budget code",
    ]
    assert tables.what_differs(before, before) == ["how the file is written"]


def test_a_digest_stays_what_it_was_for_the_files_on_record():
    assert tables.digest(["a", 2, Decimal("13.53")]) == "3a5221edbbb4296c"


# --- returns ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("0", "The bank did not know these account details"),
        ("b", "The account has been closed"),
        (" ARUCS-5 ", "The bank has no such account"),
        ("ARUCS2", "The bank says that the account holder has died"),
        ("Z", "The bank sent the payment back (code Z)"),
    ],
)
def test_a_return_says_why(code, reason):
    assert arucs.meaning_of(code).reason == reason


def test_a_code_that_is_not_in_the_table_is_named_and_the_bank_is_asked():
    assert arucs.meaning_of(" z9 ") == arucs.Return(
        "The bank sent the payment back (code Z9)", "Ask the bank what it means."
    )


def test_each_code_has_a_reason_and_advice():
    assert sorted(arucs.RETURNS) == ["0", "2", "3", "5", "B", "C"]
    assert all(row.reason and row.advice.endswith(".") for row in arucs.RETURNS.values())
