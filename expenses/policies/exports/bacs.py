"""A BACS file in Standard 18: a trust's bank is told to pay many accounts from one.

The layout is public: HSBC, "Message Implementation Guide, BACS Standard 18" (August 2012,
vdocuments.us/message-implementation-guide-bacs-standard-18.html); Bank of Ireland, "BACS File Specification"
(online.documentine.com, bank-branch-number-on-check); FinDock, "Bacs Direct Debit collection file"
(docs.findock.com). Where two of them say different things of a field that nobody reads, it is left blank. Transaction
codes: unifiedsoftware.co.uk/bacs-transaction-codes.

HDR1's file identifier (5 to 21) is by Bank of Ireland's table: A, the user's number, S, two characters that may be
anything (blank here), a blank or 1, and blanks or the user's number again. It is 1 and the number here, as a pair.

A file has the labels VOL1, HDR1, HDR2 and UHL1, a record for each payment, one contra record that takes the whole sum
from the paying account, and EOF1, EOF2 and UTL1, whose sums must balance. Labels are 80 characters long, records 100;
or 106, when each names its own processing day.
"""

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from expenses.enums import BacsDays
from psp_portal.dates import add_working_days, format_date, is_working_day
from psp_portal.exceptions import RuleBroken
from psp_portal.money import total

CREDIT, CONTRA_OF_CREDITS = "99", "17"
CONTRA = "CONTRA"
ALLOWED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.&/- ")
# The letters that have no accent to lose.
SPELT_OUT = str.maketrans({"Æ": "AE", "Œ": "OE", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH", "ẞ": "SS"})
NAME = 18
# How far ahead of its making a file may be dated. Published guides say 30 to 40 days: the shorter is always taken.
MOST_DAYS_AHEAD = 30
# The day from which the file may be written over: a label of the days of tapes, which banks still want to be later.
KEPT_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Originator:
    """Who pays: the number that BACS has given the organisation, and its account."""

    service_user_number: str
    sort_code: str
    account_number: str
    name: str


@dataclass(frozen=True)
class Credit:
    """One payment to one account."""

    sort_code: str
    account_number: str
    name: str
    amount: Decimal
    reference: str


@dataclass(frozen=True)
class BacsFile:
    """What a file says besides its payments. ``serial`` is six characters that no other file of the payer has."""

    originator: Originator
    serial: str
    created_on: date
    processing_on: date
    days: BacsDays
    narrative: str


def build_bacs(file: BacsFile, payments: Sequence[Credit]) -> bytes:
    """Return the file, its lines ending in CR and LF.

    Raises RuleBroken when a sum is too large for its field, and for a payment that cannot be written.
    """
    for payment in payments:
        _check_written(payment)
    amount = total(payment.amount for payment in payments)
    records = [_record(file, payment, CREDIT, _text(file.originator.name)) for payment in payments]
    payer = file.originator
    contra = Credit(payer.sort_code, payer.account_number, payer.name, amount, CONTRA)
    records.append(_record(file, contra, CONTRA_OF_CREDITS, _text(file.narrative)))
    labels = _labels(file)
    lines = [*labels, *records, "EOF1" + labels[1][4:], "EOF2" + labels[2][4:], _trailer(amount, len(payments))]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def is_written(text: str) -> bool:
    """Say whether anything of a text is left in the characters that BACS takes, in the room there is for it."""
    return bool(_text(text).strip())


def is_contra(reference: str) -> bool:
    """Say whether BACS would take a payment of this reference for the record that names the payer's own account."""
    return bacs_text(reference).strip().startswith(CONTRA)


def _check_written(payment: Credit) -> None:
    whose = f"the account ending in {payment.account_number[-4:]}"
    if not is_written(payment.name):
        raise RuleBroken(f"BACS cannot write the name of {whose}: it has no letters from A to Z and no numbers.")
    if is_contra(payment.reference):
        raise RuleBroken(f"The roll number of {whose} begins with CONTRA. BACS keeps this word for whoever pays.")


def _labels(file: BacsFile) -> list[str]:
    number = file.originator.service_user_number
    is_multi = file.days == BacsDays.MULTI
    return [
        f"VOL1{file.serial:<6}{'':31}{number:<6}{'':32}1",
        f"HDR1A{number:<6}S{'':2}1{number:<6}{file.serial:<6}00010001{'':6}{_day(file.created_on)}"
        f"{_day(file.processing_on + KEPT_FOR)} 000000{'':20}",
        f"HDR2F02000{'00106' if is_multi else '00100'}{'':35}00{'':28}",
        f"UHL1{_day(file.processing_on)}999999{'':4}00000000{'4 MULTI  ' if is_multi else '1 DAILY  '}001{'':40}",
    ]


def _record(file: BacsFile, credit: Credit, code: str, payer_text: str) -> str:
    payer = file.originator
    day = _day(file.processing_on) if file.days == BacsDays.MULTI else ""
    return (
        f"{credit.sort_code}{credit.account_number}0{code}{payer.sort_code}{payer.account_number}{'':4}"
        f"{_pence(credit.amount, 11)}{payer_text}{_text(credit.reference)}{_text(credit.name)}{day}"
    )


def _trailer(amount: Decimal, count: int) -> str:
    return f"UTL1{_pence(amount, 13)}{_pence(amount, 13)}{1:07}{count:07}{'':36}"


def _pence(amount: Decimal, width: int) -> str:
    pence = str(int(amount * 100))
    if len(pence) > width:
        raise RuleBroken("This run is too large for one BACS file. Make smaller runs.")
    return pence.zfill(width)


def _day(day: date) -> str:
    """Return a day as BACS writes it: a blank, the year's last two digits, and the day of the year."""
    return f" {day:%y%j}"


def _text(text: str) -> str:
    return f"{bacs_text(text)[:NAME]:<{NAME}}"


def bacs_text(text: str) -> str:
    """Return a text in the characters that BACS takes: capitals without accents, digits, and . & / - and blanks."""
    plain = unicodedata.normalize("NFKD", text.upper().translate(SPELT_OUT))
    letters = (letter for letter in plain if not unicodedata.combining(letter))
    return "".join(letter if letter in ALLOWED else " " for letter in letters)


def first_processing_day(today: date, holidays: Collection[date]) -> date:
    """Return the first day on which BACS can process a file made today: it takes files on working days alone."""
    taken_on = today if is_working_day(today, holidays) else add_working_days(today, 1, holidays)
    return add_working_days(taken_on, 1, holidays)


def processing_day(wished: date, *, today: date, holidays: Collection[date]) -> date:
    """Return the working day on which BACS is to process a file made today: the day wished for, or the next after it.

    Raises RuleBroken, naming the field, for a day that is too early or too far ahead.
    """
    day = wished
    while not is_working_day(day, holidays):
        day += timedelta(days=1)
    earliest = first_processing_day(today, holidays)
    if day < earliest:
        raise RuleBroken(
            f"The processing day must be on or after {format_date(earliest)}: BACS takes a file on the working day "
            "before.",
            field="day",
        )
    if day > today + timedelta(days=MOST_DAYS_AHEAD):
        latest = format_date(today + timedelta(days=MOST_DAYS_AHEAD))
        raise RuleBroken(f"The processing day must be on or before {latest}.", field="day")
    return day


def payments_of(lines: Iterable[Credit]) -> list[Credit]:
    """Return one payment for each account and reference, in the order of the first of each; amounts are added up."""
    sums: dict[tuple[str, str, str, str], Decimal] = {}
    for line in lines:
        account = (line.sort_code, line.account_number, line.name, line.reference)
        sums[account] = sums.get(account, Decimal(0)) + line.amount
    return [
        Credit(sort_code, number, name, amount, reference)
        for (sort_code, number, name, reference), amount in sums.items()
    ]
