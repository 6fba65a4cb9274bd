"""Reads a BACS Standard 18 file as a bank's gateway would: written from the published field tables alone.

Nothing here comes from the code that builds files: not a width, not a code, not a word. Positions are those of the
tables that HSBC and Bank of Ireland publish (policies/exports/bacs.py names them): from 1, both ends included.
"""

from dataclasses import dataclass
from datetime import date, timedelta

BACS_CHARACTERS = set("ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789.&/-")


class NotBacs(Exception):
    """The file is not one that BACS would take."""


@dataclass(frozen=True)
class Payment:
    sort_code: str
    account: str
    pence: int
    payer_name: str
    reference: str
    name: str
    day: date


@dataclass(frozen=True)
class Parsed:
    serial: str
    service_user: str
    created: date
    expires: date
    processing: date
    is_multi: bool
    payer_sort_code: str
    payer_account: str
    contra_narrative: str
    payments: list[Payment]
    total: int


def at(line: str, first: int, last: int) -> str:
    return line[first - 1 : last]


def must(condition: bool, words: str) -> None:
    if not condition:
        raise NotBacs(words)


def blank(line: str, first: int, last: int, what: str) -> None:
    must(at(line, first, last) == " " * (last - first + 1), f"{what}: {first} to {last} must be blank")


def digits(text: str, what: str) -> int:
    must(text.isascii() and text.isdigit(), f"{what} must be digits: {text!r}")
    return int(text)


def julian(text: str, what: str) -> date:
    must(len(text) == 6 and text[0] == " ", f"{what} must be bYYDDD: {text!r}")
    year, day = 2000 + digits(text[1:3], what), digits(text[3:], what)
    found = date(year, 1, 1) + timedelta(days=day - 1)
    must(day >= 1 and found.year == year, f"{what} is no day: {text!r}")
    return found


def split(content: bytes) -> list[str]:
    must(content.endswith(b"\r\n"), "the last line must end")
    lines = content.decode("ascii").split("\r\n")[:-1]
    must(all("\n" not in line and "\r" not in line for line in lines), "lines end in CR LF alone")
    return lines


def parse(content: bytes) -> Parsed:
    lines = split(content)
    must(len(lines) >= 9, "a file has seven labels, a payment and a contra")
    vol1, hdr1, hdr2, uhl1, *records, eof1, eof2, utl1 = lines
    for label in (vol1, hdr1, hdr2, uhl1, eof1, eof2, utl1):
        must(len(label) == 80, f"a label is 80 long, not {len(label)}: {label!r}")

    must(at(vol1, 1, 4) == "VOL1", "VOL1 comes first")
    serial = at(vol1, 5, 10)
    must(serial.isalnum() and serial != "000000", f"the serial has six letters or digits: {serial!r}")
    blank(vol1, 11, 41, "VOL1")
    service_user = at(vol1, 42, 47)
    digits(service_user, "the service user's number")
    blank(vol1, 48, 79, "VOL1")
    must(at(vol1, 80, 80) == "1", "VOL1 ends in its standard level")

    must(at(hdr1, 1, 5) == "HDR1A", "HDR1 second")
    must(at(hdr1, 6, 11) == service_user and at(hdr1, 12, 12) == "S", "HDR1 names the service user's file")
    # 13 and 14 may be anything, 15 a blank or 1, and 16 to 21 blanks or the user again (Bank of Ireland).
    must(at(hdr1, 15, 15) in " 1", "HDR1: 15 is blank or 1")
    must(at(hdr1, 16, 21) in (" " * 6, service_user), "HDR1 names the service user twice or not")
    must(at(hdr1, 22, 27) == serial, "HDR1 has VOL1's serial")
    must(at(hdr1, 28, 35) == "00010001", "HDR1: section and sequence")
    blank(hdr1, 36, 41, "HDR1")
    created, expires = julian(at(hdr1, 42, 47), "creation"), julian(at(hdr1, 48, 53), "expiry")
    must(at(hdr1, 54, 60) == " 000000", "HDR1: no blocks yet")
    blank(hdr1, 61, 80, "HDR1")

    must(at(hdr2, 1, 5) == "HDR2F", "HDR2 third, of fixed length")
    must(at(hdr2, 6, 10) == "02000", "HDR2: block length")
    length = digits(at(hdr2, 11, 15), "HDR2: record length")
    must(length in (100, 106), "records are 100 or 106 long")
    blank(hdr2, 16, 50, "HDR2")
    must(at(hdr2, 51, 52) == "00", "HDR2: buffer offset")
    blank(hdr2, 53, 80, "HDR2")

    must(at(uhl1, 1, 4) == "UHL1", "UHL1 fourth")
    processing = julian(at(uhl1, 5, 10), "processing day")
    must(at(uhl1, 11, 20) == "999999    ", "UHL1: received by BACS")
    must(at(uhl1, 21, 28) == "00000000", "UHL1: sterling, no country")
    work = {100: "1 DAILY  ", 106: "4 MULTI  "}[length]
    must(at(uhl1, 29, 37) == work, f"UHL1: work code {work!r}, not {at(uhl1, 29, 37)!r}")
    digits(at(uhl1, 38, 40), "file number")
    blank(uhl1, 41, 80, "UHL1")
    must(created < processing < expires, "made before its day, kept after it")
    must(processing.isoweekday() <= 5, "BACS does not work at week-ends")

    must(at(eof1, 1, 4) == "EOF1" and at(eof1, 5, 80) == at(hdr1, 5, 80), "EOF1 repeats HDR1")
    must(at(eof2, 1, 4) == "EOF2" and at(eof2, 5, 80) == at(hdr2, 5, 80), "EOF2 repeats HDR2")

    payments, contras = [], []
    for record in records:
        must(len(record) == length, f"a record is {length} long, not {len(record)}")
        must(set(record) <= BACS_CHARACTERS, f"a record has other characters: {set(record) - BACS_CHARACTERS}")
        (contras if at(record, 65, 70) == "CONTRA" else payments).append(record)
    must(len(contras) == 1 and records[-1] is contras[0], "one contra, after the payments")
    contra = contras[0]
    payer_sort_code, payer_account = at(contra, 1, 6), at(contra, 7, 14)
    must(at(contra, 15, 17) == "017", "a contra of credits has code 17")
    must(at(contra, 65, 82) == "CONTRA".ljust(18), "the contra says so")

    def read(record: str) -> Payment:
        sort_code, account = at(record, 1, 6), at(record, 7, 14)
        digits(sort_code + account, "an account")
        must(at(record, 18, 23) == payer_sort_code and at(record, 24, 31) == payer_account, "one account pays")
        blank(record, 32, 35, "record")
        pence = digits(at(record, 36, 46), "an amount")
        must(pence > 0, "nothing is paid")
        for first, last in ((47, 64), (65, 82), (83, 100)):
            must(at(record, first, last).strip() != "", f"{first} to {last} says nothing")
        day = julian(at(record, 101, 106), "a record's day") if length == 106 else processing
        must(day == processing, "the record's day")
        return Payment(
            sort_code, account, pence, at(record, 47, 64).rstrip(), at(record, 65, 82).rstrip(),
            at(record, 83, 100).rstrip(), day,
        )  # fmt: skip

    for record in payments:
        must(at(record, 15, 17) == "099", "a credit has code 99")
    found = [read(record) for record in payments]
    total = sum(payment.pence for payment in found)
    whole = read(contra)
    must(whole.pence == total, "the contra is the sum of the payments")
    must(at(contra, 83, 100).rstrip() == whole.name, "the contra names the payer")

    must(at(utl1, 1, 4) == "UTL1", "UTL1 last")
    must(digits(at(utl1, 5, 17), "debits") == total, "UTL1: the debits are the contra")
    must(digits(at(utl1, 18, 30), "credits") == total, "UTL1: the credits are the payments")
    must(digits(at(utl1, 31, 37), "debit count") == 1, "UTL1: one contra")
    must(digits(at(utl1, 38, 44), "credit count") == len(found), "UTL1: the count of payments")
    blank(utl1, 45, 80, "UTL1")
    return Parsed(
        serial=serial, service_user=service_user, created=created, expires=expires, processing=processing,
        is_multi=length == 106, payer_sort_code=payer_sort_code, payer_account=payer_account,
        contra_narrative=at(contra, 47, 64).rstrip(), payments=found, total=total,
    )  # fmt: skip
