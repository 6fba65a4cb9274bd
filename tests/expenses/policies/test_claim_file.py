"""The claim file: what is read, what is refused and how the wrong key is named, and the result's exact shape."""

import copy
import json
from datetime import date
from decimal import Decimal as D

import pytest

from expenses.enums import AtBoundary, FareClass, LineKind, Preference, Vehicle
from expenses.policies import claim_file
from expenses.policies.card import Band, ByHour, BySession, LateCancellation, Unpaid, card_from_template
from expenses.policies.pricing import price_claim
from expenses.policies.strict_json import WrongInput, parse_json
from tests.expenses.policies.builders import HOLIDAYS

CARD = {
    "name": "National 2026",
    "involvement_payment": [
        {
            "role_categories": [4],
            "valid_from": "2021-10-20",
            "valid_to": None,
            "basis": "day",
            "half_day": "75.00",
            "full_day": "150.00",
            "boundary_minutes": 240,
            "at_boundary": "half_day",
        }
    ],
    "mileage": [
        {
            "vehicle": "car",
            "valid_from": "2026-04-06",
            "valid_to": None,
            "bands": [{"up_to": "10000", "rate": "0.55"}, {"up_to": None, "rate": "0.25"}],
            "passenger": "0.05",
        }
    ],
    "mileage_year_starts": "04-06",
    "caps": [{"kind": "subsistence_lunch", "valid_from": "2021-10-20", "valid_to": None, "amount": "5.00"}],
    "needs_approval": ["taxi", "overnight", "replacement_care"],
    "first_class_needs_approval": True,
    "claim_window_months": 3,
    "late_cancellation": {"within_hours": 24, "pays": "half_day"},
    "clock": {"decision_working_days": 10, "payment_days": 30, "steps_days": [20, 31, 45, 60, 90]},
}
CLAIM = {
    "partner": {"role_category": 4},
    "submitted_on": "2026-09-16",
    "preference": {"kind": "full"},
    "miles_so_far": [{"year_starting": "2026-04-06", "vehicle": "car", "miles": "0"}],
    "receipts_used_before": [],
    "lines": [
        {"kind": "involvement_payment", "date": "2026-09-15", "minutes": 210, "activity": "meeting"},
        {"kind": "mileage", "vehicle": "car", "date": "2026-09-15", "miles": "24.6", "passengers": 0},
        {"kind": "parking", "date": "2026-09-15", "amount": "4.20", "receipt": "r1"},
        {
            "kind": "rail",
            "date": "2026-09-15",
            "amount": "40.00",
            "receipt": "r2",
            "approval": "a1",
            "class": "first",
            "standard_fare": "23.40",
        },
        {"kind": "cancelled_meeting", "date": "2026-09-14", "notice_hours": 20},
    ],
}
GONE = object()


def changed(data, path, value):
    """Return a copy of some JSON with one place changed; the path's numbers are places in lists."""
    data = copy.deepcopy(data)
    *way, last = path
    inner = data
    for step in way:
        inner = inner[step]
    if value is GONE:
        del inner[last]
    else:
        inner[last] = value
    return data


def read_claim(data):
    return claim_file.read_claim(data, claim_file.read_card(CARD))


# --- what is read -------------------------------------------------------------------------
def test_the_formats_own_example_gives_the_formats_own_result():
    card = claim_file.read_card(CARD)
    claim = claim_file.read_claim(CLAIM | {"lines": CLAIM["lines"][:3]}, card)
    assert claim_file.write_result(price_claim(claim, card, HOLIDAYS)) == {
        "lines": [
            {
                "line": 1,
                "pay": "75.00",
                "held": "0.00",
                "disallowed": "0.00",
                "declined": "0.00",
                "problems": [],
                "rule": "3 h 30 min on 15 September 2026: half day",
            },
            {
                "line": 2,
                "pay": "13.53",
                "held": "0.00",
                "disallowed": "0.00",
                "declined": "0.00",
                "problems": [],
                "rule": "24.6 miles at 55p",
            },
            {
                "line": 3,
                "pay": "4.20",
                "held": "0.00",
                "disallowed": "0.00",
                "declined": "0.00",
                "problems": [],
                "rule": "as receipted",
            },
        ],
        "totals": {
            "time": "75.00",
            "expenses": "17.73",
            "pay": "92.73",
            "held": "0.00",
            "disallowed": "0.00",
            "declined": "0.00",
        },
        "above_hmrc_mileage": "0.00",
        "clock": {
            "decision_due": "2026-09-30",
            "payment_due": "2026-10-16",
            "steps": ["2026-10-06", "2026-10-17", "2026-10-31", "2026-11-15", "2026-12-15"],
        },
    }


def test_problems_are_written_as_their_codes():
    card = claim_file.read_card(CARD)
    lines = [{"kind": "taxi", "date": "2026-01-05", "amount": "9.00", "receipt": None, "approval": None}]
    result = claim_file.write_result(price_claim(read_claim(CLAIM | {"lines": lines}), card, HOLIDAYS))
    assert result["lines"][0]["problems"] == ["no_receipt", "needs_approval", "outside_claim_window"]


def test_a_card_is_read_whole():
    card = claim_file.read_card(CARD)
    template = card_from_template("national")
    assert card.name == "National 2026"
    assert card.time_rates == template.time_rates
    (rate,) = card.mileage_rates
    assert (rate.vehicle, rate.valid_from, rate.valid_to) == (Vehicle.CAR, date(2026, 4, 6), None)
    assert rate.bands == (Band(D("10000"), D("0.55")), Band(None, D("0.25")))
    assert rate.passenger == D("0.05")
    assert card.caps == template.caps
    assert card.mileage_year_starts == (4, 6)
    assert card.needs_approval == template.needs_approval
    assert card.first_class_needs_approval is True
    assert card.claim_window_months == 3
    assert card.late_cancellation == LateCancellation(24, AtBoundary.HALF_DAY)
    assert card.clock == template.clock


@pytest.mark.parametrize(
    ("basis", "terms"),
    [
        ({"basis": "hour", "rate": "25.00"}, ByHour(D("25.00"))),
        ({"basis": "session", "session_minutes": 180, "amount": "20.00"}, BySession(180, D("20.00"))),
        ({"basis": "none"}, Unpaid()),
        ({"basis": "none", "half_day": None, "rate": None}, Unpaid()),
    ],
)
def test_each_basis_has_keys_of_its_own(basis, terms):
    row = {"role_categories": [3, 4], "valid_from": "2026-01-01", "valid_to": "2026-12-31"} | basis
    (read,) = claim_file.read_card(CARD | {"involvement_payment": [row]}).time_rates
    assert (read.terms, read.role_categories) == (terms, {3, 4})
    assert (read.valid_from, read.valid_to) == (date(2026, 1, 1), date(2026, 12, 31))


def test_late_cancellations_may_be_left_unpaid_and_rows_may_leave_gaps():
    rows = [CARD["caps"][0] | {"valid_to": "2022-01-01"}, CARD["caps"][0] | {"valid_from": "2026-01-01"}]
    card = claim_file.read_card(CARD | {"late_cancellation": None, "caps": rows})
    assert card.late_cancellation is None
    assert len(card.caps) == 2


def test_each_role_category_has_rows_of_its_own():
    other = CARD["involvement_payment"][0] | {"role_categories": [3], "half_day": "50.00"}
    card = claim_file.read_card(CARD | {"involvement_payment": [CARD["involvement_payment"][0], other]})
    assert [rate.role_categories for rate in card.time_rates] == [{4}, {3}]


def test_a_claim_is_read_whole():
    claim = read_claim(CLAIM | {"receipts_used_before": ["x", "y"]})
    assert (claim.role_category, claim.submitted_on) == (4, date(2026, 9, 16))
    assert (claim.preference, claim.reduced_to) == (Preference.FULL, D("0.00"))
    assert claim.miles_so_far == {(date(2026, 4, 6), Vehicle.CAR): D(0)}
    assert claim.receipts_used_before == {"x", "y"}
    time, journey, parking, rail, cancelled = claim.lines
    assert (time.key, time.kind, time.on, time.minutes) == (1, LineKind.INVOLVEMENT_PAYMENT, date(2026, 9, 15), 210)
    assert (journey.key, journey.vehicle, journey.miles, journey.passengers) == (2, Vehicle.CAR, D("24.6"), 0)
    assert (parking.key, parking.amount, parking.receipt, parking.approval) == (3, D("4.20"), "r1", None)
    assert (rail.fare_class, rail.standard_fare, rail.approval) == (FareClass.FIRST, D("23.40"), "a1")
    assert (cancelled.kind, cancelled.notice_hours) == (LineKind.CANCELLED_MEETING, D(20))


@pytest.mark.parametrize(
    ("preference", "expected"),
    [
        ({"kind": "full", "amount": None}, (Preference.FULL, D("0.00"))),
        ({"kind": "declined"}, (Preference.DECLINED, D("0.00"))),
        ({"kind": "reduced", "amount": "50.00"}, (Preference.REDUCED, D("50.00"))),
    ],
)
def test_a_preference_is_read(preference, expected):
    claim = read_claim(CLAIM | {"preference": preference})
    assert (claim.preference, claim.reduced_to) == expected


@pytest.mark.parametrize(
    "line",
    [
        {"kind": "mileage", "vehicle": "car", "date": "2026-09-15", "miles": "1", "passengers": 0, "receipt": None},
        {"kind": "bus", "date": "2026-09-15", "amount": "1.00", "class": None, "minutes": None},
        {"kind": "rail", "date": "2026-09-15", "amount": "1.00", "class": "standard", "standard_fare": None},
        {"kind": "rail", "date": "2026-09-15", "amount": "1.00", "class": "standard", "standard_fare": "0.50"},
        {"kind": "cancelled_meeting", "date": "2026-09-15", "notice_hours": 23.5, "amount": None},
    ],
)
def test_a_line_may_carry_the_nulls_of_other_kinds(line):
    assert len(read_claim(json.loads(json.dumps(CLAIM | {"lines": [line]}), parse_float=D)).lines) == 1


def test_miles_of_the_tax_year_may_stand_beside_those_of_the_cards_year():
    card = claim_file.read_card(CARD | {"mileage_year_starts": "01-01"})
    entries = [
        {"year_starting": "2026-01-01", "vehicle": "car", "miles": "5.5"},
        {"year_starting": "2026-04-06", "vehicle": "car", "miles": "3"},
    ]
    claim = claim_file.read_claim(CLAIM | {"miles_so_far": entries}, card)
    assert claim.miles_so_far == {
        (date(2026, 1, 1), Vehicle.CAR): D("5.5"),
        (date(2026, 4, 6), Vehicle.CAR): D("3"),
    }


# --- what is refused ----------------------------------------------------------------------
MONEY = 'must be pounds as text with two decimals, such as "12.50", not '
MILES = 'must be miles as text with at most one decimal, such as "24.6", not '
UNKNOWN = "is not a key that is known here"
LINE0, LINE1, LINE2, LINE3, LINE4 = (("lines", place) for place in range(5))


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("partner",), GONE, "partner: is missing"),
        (("partner",), 4, "partner: must be an object"),
        (("partner", "role_category"), GONE, "partner.role_category: is missing"),
        (("partner", "role_category"), 5, "partner.role_category: must be a whole number from 1 to 4, not 5"),
        (("partner", "role_category"), True, "partner.role_category: must be a whole number from 1 to 4, not true"),
        (("partner", "role_category"), "4", 'partner.role_category: must be a whole number from 1 to 4, not "4"'),
        (
            ("partner", "role_category"),
            D("4.0"),
            'partner.role_category: must be a whole number from 1 to 4, not "4.0"',
        ),
        (("partner", "name"), "x", f"partner.name: {UNKNOWN}"),
        (("submitted_on",), "2026-02-30", 'submitted_on: must be a real date, not "2026-02-30"'),
        (("submitted_on",), "16/09/2026", 'submitted_on: must be a date as YYYY-MM-DD, not "16/09/2026"'),
        (("submitted_on",), "20260916", 'submitted_on: must be a date as YYYY-MM-DD, not "20260916"'),
        (("submitted_on",), "2026-09-16T10:00", 'submitted_on: must be a date as YYYY-MM-DD, not "2026-09-16T10:00"'),
        (("submitted_on",), None, "submitted_on: must be a date as YYYY-MM-DD, not null"),
        (("submitted_on",), "9999-12-31", 'submitted_on: must be from 2000-01-01 to 2099-12-31, not "9999-12-31"'),
        (("preference",), GONE, "preference: is missing"),
        (("preference", "kind"), GONE, "preference.kind: is missing"),
        (("preference", "kind"), "some", 'preference.kind: must be one of full, reduced, declined, not "some"'),
        (("preference", "kind"), ["full"], "preference.kind: must be one of full, reduced, declined, not a list"),
        (("preference", "kind"), "reduced", "preference.amount: is missing"),
        (("preference",), {"kind": "reduced", "amount": "50"}, f'preference.amount: {MONEY}"50"'),
        (("preference", "amount"), "50.00", "preference.amount: does not belong to this kind"),
        (("miles_so_far",), {}, "miles_so_far: must be a list"),
        (("miles_so_far", 0), "x", "miles_so_far[0]: must be an object"),
        (("miles_so_far", 0, "miles"), "1.25", f'miles_so_far[0].miles: {MILES}"1.25"'),
        (
            ("miles_so_far", 0, "vehicle"),
            "van",
            'miles_so_far[0].vehicle: must be one of car, motorcycle, bicycle, not "van"',
        ),
        (
            ("miles_so_far", 0, "year_starting"),
            "2026-04-05",
            "miles_so_far[0].year_starting: must be the first day of a mileage year, such as 6 April 2025",
        ),
        (
            ("miles_so_far",),
            CLAIM["miles_so_far"] * 2,
            "miles_so_far[1].year_starting: stands twice for the car",
        ),
        (("receipts_used_before",), "r1", "receipts_used_before: must be a list"),
        (("receipts_used_before",), [""], 'receipts_used_before[0]: must be text that is not empty, not ""'),
        (("receipts_used_before",), [7], "receipts_used_before[0]: must be text that is not empty, not 7"),
        (("lines",), GONE, "lines: is missing"),
        (("lines",), {"0": {}}, "lines: must be a list"),
        (LINE0, None, "lines[0]: must be an object"),
        ((*LINE0, "kind"), GONE, "lines[0].kind: is missing"),
        (
            (*LINE0, "kind"),
            7,
            f"lines[0].kind: must be one of {', '.join(LineKind.values)}, not 7",
        ),
        ((*LINE0, "date"), "2026-13-01", 'lines[0].date: must be a real date, not "2026-13-01"'),
        (
            (*LINE0, "date"),
            "1999-12-31",
            'lines[0].date: must be from 2000-01-01 to 2099-12-31, not "1999-12-31"',
        ),
        ((*LINE0, "minutes"), GONE, "lines[0].minutes: is missing"),
        ((*LINE0, "minutes"), -1, "lines[0].minutes: must be a whole number from 0 to 1440, not -1"),
        ((*LINE0, "minutes"), 1441, "lines[0].minutes: must be a whole number from 0 to 1440, not 1441"),
        ((*LINE0, "minutes"), D("1.5"), 'lines[0].minutes: must be a whole number from 0 to 1440, not "1.5"'),
        ((*LINE0, "minutes"), {}, "lines[0].minutes: must be a whole number from 0 to 1440, not an object"),
        (
            (*LINE0, "activity"),
            "travel",
            'lines[0].activity: must be one of meeting, preparation, training, not "travel"',
        ),
        ((*LINE0, "amount"), "75.00", "lines[0].amount: does not belong to this kind"),
        ((*LINE0, "reciept"), None, f"lines[0].reciept: {UNKNOWN}"),
        ((*LINE1, "vehicle"), "Car", 'lines[1].vehicle: must be one of car, motorcycle, bicycle, not "Car"'),
        ((*LINE1, "miles"), 24, f"lines[1].miles: {MILES}24"),
        ((*LINE1, "miles"), "-1", f'lines[1].miles: {MILES}"-1"'),
        ((*LINE1, "miles"), "24.65", f'lines[1].miles: {MILES}"24.65"'),
        ((*LINE1, "miles"), "1e3", f'lines[1].miles: {MILES}"1e3"'),
        ((*LINE1, "miles"), " 24", f'lines[1].miles: {MILES}" 24"'),
        ((*LINE1, "miles"), "24\n", f'lines[1].miles: {MILES}"24\\n"'),
        ((*LINE1, "miles"), "NaN", f'lines[1].miles: {MILES}"NaN"'),
        ((*LINE1, "miles"), "٢", f'lines[1].miles: {MILES}"\\u0662"'),
        ((*LINE1, "miles"), "9" * 50, f'lines[1].miles: {MILES}"{"9" * 39}…'),
        ((*LINE1, "passengers"), -1, "lines[1].passengers: must be a whole number from 0 to 99, not -1"),
        ((*LINE1, "passengers"), False, "lines[1].passengers: must be a whole number from 0 to 99, not false"),
        ((*LINE1, "passengers"), GONE, "lines[1].passengers: is missing"),
        ((*LINE2, "amount"), "4.2", f'lines[2].amount: {MONEY}"4.2"'),
        ((*LINE2, "amount"), "4.205", f'lines[2].amount: {MONEY}"4.205"'),
        ((*LINE2, "amount"), "-4.20", f'lines[2].amount: {MONEY}"-4.20"'),
        ((*LINE2, "amount"), "£4.20", f'lines[2].amount: {MONEY}"\\u00a34.20"'),
        ((*LINE2, "amount"), "1,234.50", f'lines[2].amount: {MONEY}"1,234.50"'),
        ((*LINE2, "amount"), D("4.20"), f'lines[2].amount: {MONEY}"4.20"'),
        ((*LINE2, "amount"), ["4.20"], f"lines[2].amount: {MONEY}a list"),
        ((*LINE2, "amount"), GONE, "lines[2].amount: is missing"),
        ((*LINE2, "receipt"), "", 'lines[2].receipt: must be text that is not empty, not ""'),
        ((*LINE2, "receipt"), " ", 'lines[2].receipt: must be text that is not empty, not " "'),
        ((*LINE2, "receipt"), False, "lines[2].receipt: must be text that is not empty, not false"),
        ((*LINE2, "approval"), 7, "lines[2].approval: must be text that is not empty, not 7"),
        ((*LINE2, "class"), "first", "lines[2].class: does not belong to this kind"),
        ((*LINE3, "class"), GONE, "lines[3].class: is missing"),
        ((*LINE3, "class"), "second", 'lines[3].class: must be one of standard, first, not "second"'),
        ((*LINE3, "standard_fare"), GONE, "lines[3].standard_fare: is missing"),
        ((*LINE3, "standard_fare"), None, f"lines[3].standard_fare: {MONEY}null"),
        (LINE3, CLAIM["lines"][3] | {"class": "standard", "standard_fare": "x"}, f'lines[3].standard_fare: {MONEY}"x"'),
        ((*LINE4, "notice_hours"), GONE, "lines[4].notice_hours: is missing"),
        ((*LINE4, "notice_hours"), -1, "lines[4].notice_hours: must be a number from 0 to 8760, not -1"),
        ((*LINE4, "notice_hours"), "20", 'lines[4].notice_hours: must be a number from 0 to 8760, not "20"'),
        ((*LINE4, "notice_hours"), True, "lines[4].notice_hours: must be a number from 0 to 8760, not true"),
        (("card",), CARD, f"card: {UNKNOWN}"),
        (("a\nb",), 1, f'"a\\nb": {UNKNOWN}'),
        (("k" * 40,), 1, f"{'k' * 40}: {UNKNOWN}"),
        (("k" * 41,), 1, f"{'k' * 40}…: {UNKNOWN}"),
    ],
)
def test_a_wrong_claim_is_refused_with_the_key_and_what_is_wrong(path, value, message):
    with pytest.raises(WrongInput) as refused:
        read_claim(changed(CLAIM, path, value))
    assert str(refused.value) == message
    assert "\n" not in str(refused.value)


def test_a_claim_that_is_no_object_is_refused():
    with pytest.raises(WrongInput, match=r"^the file: must be an object$"):
        read_claim([CLAIM])


TIME, BANDS = ("involvement_payment", 0), ("mileage", 0, "bands")
RATE = 'must be pounds a mile as text with two to four decimals, such as "0.45", not '


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("name",), "", 'name: must be text that is not empty, not ""'),
        (("clock",), GONE, "clock: is missing"),
        (("notes",), "x", f"notes: {UNKNOWN}"),
        (("involvement_payment",), None, "involvement_payment: must be a list"),
        ((*TIME, "basis"), GONE, "involvement_payment[0].basis: is missing"),
        ((*TIME, "basis"), "week", 'involvement_payment[0].basis: must be one of day, hour, session, none, not "week"'),
        ((*TIME, "basis"), "none", "involvement_payment[0].half_day: does not belong to this kind"),
        ((*TIME, "rate"), "25.00", "involvement_payment[0].rate: does not belong to this kind"),
        (
            (*TIME, "role_categories"),
            [],
            "involvement_payment[0].role_categories: must name at least one role category",
        ),
        (
            (*TIME, "role_categories"),
            [4, 0],
            "involvement_payment[0].role_categories[1]: must be a whole number from 1 to 4, not 0",
        ),
        ((*TIME, "half_day"), "75", f'involvement_payment[0].half_day: {MONEY}"75"'),
        ((*TIME, "full_day"), "74.99", "involvement_payment[0].full_day: must not be less than half_day"),
        (
            (*TIME, "boundary_minutes"),
            0,
            "involvement_payment[0].boundary_minutes: must be a whole number from 1 to 1440, not 0",
        ),
        (
            (*TIME, "at_boundary"),
            "half",
            'involvement_payment[0].at_boundary: must be one of half_day, full_day, not "half"',
        ),
        ((*TIME, "valid_to"), "2021-10-19", "involvement_payment[0].valid_to: must not be before valid_from"),
        ((*TIME, "valid_from"), None, "involvement_payment[0].valid_from: must be a date as YYYY-MM-DD, not null"),
        (
            ("involvement_payment",),
            [CARD["involvement_payment"][0], CARD["involvement_payment"][0] | {"role_categories": [3, 4]}],
            "involvement_payment[1].valid_from: overlaps involvement_payment[0], which is in force for a role category"
            " then",
        ),
        (
            ("mileage",),
            CARD["mileage"] * 2,
            "mileage[1].valid_from: overlaps mileage[0], which is in force for the vehicle then",
        ),
        (("caps",), CARD["caps"] * 2, "caps[1].valid_from: overlaps caps[0], which is in force for the kind then"),
        (BANDS, [], "mileage[0].bands: must have at least one band"),
        ((*BANDS, 0, "up_to"), None, "mileage[0].bands[0].up_to: Every band but the last must have an end."),
        ((*BANDS, 1, "up_to"), "20000", "mileage[0].bands[1].up_to: The last band must have no end."),
        (
            BANDS,
            [{"up_to": "10", "rate": "0.55"}, {"up_to": "10", "rate": "0.25"}, {"up_to": None, "rate": "0.10"}],
            "mileage[0].bands[1].up_to: Each band must end later than the one before it.",
        ),
        ((*BANDS, 0, "up_to"), 10000, f"mileage[0].bands[0].up_to: {MILES}10000"),
        ((*BANDS, 0, "up_to"), GONE, "mileage[0].bands[0].up_to: is missing"),
        ((*BANDS, 0, "rate"), "0.5", f'mileage[0].bands[0].rate: {RATE}"0.5"'),
        (("mileage", 0, "passenger"), None, f"mileage[0].passenger: {RATE}null"),
        (("mileage", 0, "vehicle"), None, "mileage[0].vehicle: must be one of car, motorcycle, bicycle, not null"),
        (("mileage_year_starts",), "4-6", 'mileage_year_starts: must be a day of the year as MM-DD, not "4-6"'),
        (("mileage_year_starts",), "02-29", 'mileage_year_starts: must be a day that every year has, not "02-29"'),
        (("mileage_year_starts",), "13-01", 'mileage_year_starts: must be a day that every year has, not "13-01"'),
        (("mileage_year_starts",), 406, "mileage_year_starts: must be a day of the year as MM-DD, not 406"),
        (("caps", 0, "kind"), "mileage", "caps[0].kind: must be a kind of line that has an amount"),
        (("caps", 0, "amount"), None, f"caps[0].amount: {MONEY}null"),
        (("needs_approval",), ["involvement_payment"], "needs_approval[0]: must be a kind of line that has an amount"),
        (("needs_approval",), "taxi", "needs_approval: must be a list"),
        (("first_class_needs_approval",), 1, "first_class_needs_approval: must be true or false, not 1"),
        (("claim_window_months",), -1, "claim_window_months: must be a whole number from 0 to 120, not -1"),
        (("late_cancellation", "pays"), None, "late_cancellation.pays: must be one of half_day, full_day, not null"),
        (
            ("late_cancellation", "within_hours"),
            "24",
            'late_cancellation.within_hours: must be a whole number from 0 to 8760, not "24"',
        ),
        (
            ("clock", "decision_working_days"),
            3651,
            "clock.decision_working_days: must be a whole number from 0 to 3650, not 3651",
        ),
        (("clock", "payment_days"), None, "clock.payment_days: must be a whole number from 0 to 3650, not null"),
        (("clock", "steps_days"), [20, 20], "clock.steps_days[1]: must be later than the step before it"),
        (("clock", "steps_days"), [20, None], "clock.steps_days[1]: must be a whole number from 0 to 3650, not null"),
    ],
)
def test_a_wrong_card_is_refused_with_the_key_and_what_is_wrong(path, value, message):
    with pytest.raises(WrongInput) as refused:
        claim_file.read_card(changed(CARD, path, value))
    assert str(refused.value) == message
    assert "\n" not in str(refused.value)


# --- the bounds ---------------------------------------------------------------------------
SESSION = CARD["involvement_payment"][0] | {
    "basis": "session", "session_minutes": 180, "amount": "20.00",
    "half_day": None, "full_day": None, "boundary_minutes": None, "at_boundary": None,
}  # fmt: skip
CARD_BY_SESSION = CARD | {"involvement_payment": [SESSION]}
BOUNDS = [
    # What is read, where in it, the least and the most, and what is said beyond them.
    (CARD, (*TIME, "boundary_minutes"), 1, 1440, "a whole number from 1 to 1440"),
    (CARD_BY_SESSION, (*TIME, "session_minutes"), 1, 1440, "a whole number from 1 to 1440"),
    (CARD, (*TIME, "role_categories", 0), 1, 4, "a whole number from 1 to 4"),
    (CARD, ("claim_window_months",), 0, 120, "a whole number from 0 to 120"),
    (CARD, ("late_cancellation", "within_hours"), 0, 8760, "a whole number from 0 to 8760"),
    (CARD, ("clock", "decision_working_days"), 0, 3650, "a whole number from 0 to 3650"),
    (CARD, ("clock", "payment_days"), 0, 3650, "a whole number from 0 to 3650"),
    (changed(CARD, ("clock", "steps_days"), [1]), ("clock", "steps_days", 0), 0, 3650, "a whole number from 0 to 3650"),
    (CLAIM, ("partner", "role_category"), 1, 4, "a whole number from 1 to 4"),
    (CLAIM, (*LINE0, "minutes"), 0, 1440, "a whole number from 0 to 1440"),
    (CLAIM, (*LINE1, "passengers"), 0, 99, "a whole number from 0 to 99"),
    (CLAIM, (*LINE4, "notice_hours"), 0, 8760, "a number from 0 to 8760"),
]


def written(path):
    """Write a path as a message does: clock.steps_days[0]."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


@pytest.mark.parametrize(("data", "path", "least", "most", "what"), BOUNDS)
def test_a_number_is_taken_from_the_least_to_the_most(data, path, least, most, what):
    read = read_claim if data is CLAIM else claim_file.read_card
    for value in (least, most):
        read(changed(data, path, value))
    for value in (least - 1, most + 1):
        with pytest.raises(WrongInput) as refused:
            read(changed(data, path, value))
        assert (refused.value.key, refused.value.what) == (written(path), f"must be {what}, not {value}")


@pytest.mark.parametrize("day", ["2000-01-01", "2099-12-31"])
def test_a_day_of_a_claim_is_of_this_century(day):
    assert read_claim(CLAIM | {"submitted_on": day}).submitted_on == date.fromisoformat(day)


@pytest.mark.parametrize("day", ["1999-12-31", "2100-01-01"])
def test_a_day_of_another_century_is_a_slip(day):
    with pytest.raises(WrongInput) as refused:
        read_claim(CLAIM | {"submitted_on": day})
    assert str(refused.value) == f'submitted_on: must be from 2000-01-01 to 2099-12-31, not "{day}"'


def test_a_row_may_be_in_force_for_one_day():
    (rate,) = claim_file.read_card(changed(CARD, (*TIME, "valid_to"), "2021-10-20")).time_rates
    assert (rate.valid_from, rate.valid_to) == (date(2021, 10, 20), date(2021, 10, 20))


def test_half_a_day_may_pay_as_much_as_a_whole_one():
    (rate,) = claim_file.read_card(changed(CARD, (*TIME, "full_day"), "75.00")).time_rates
    assert (rate.terms.half_day, rate.terms.full_day) == (D("75.00"), D("75.00"))


# --- JSON itself --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "FILE: must be JSON: Expecting value at line 1, column 1"),
        (b'{"a": 1,}', None),
        (b"\xff\xfe{", "FILE: must be text in UTF-8"),
        (b'{"a": NaN}', "FILE: NaN is not a number that can be used"),
        (b'{"a": -Infinity}', "FILE: -Infinity is not a number that can be used"),
        (b'{"a": 1, "b": {"c": 1, "c": 2}}', "c: stands twice in one object"),
        (b"[" * 200_000, "FILE: must be JSON with numbers and nesting of an ordinary size"),
        (b'{"a": ' + b"9" * 5000 + b"}", "FILE: must be JSON with numbers and nesting of an ordinary size"),
        (b'{"a": 1e99999999999999999999}', "FILE: must be JSON with numbers and nesting of an ordinary size"),
    ],
)
def test_what_is_not_json_is_refused(content, message):
    with pytest.raises(WrongInput) as refused:
        parse_json(content, "FILE")
    assert str(refused.value) == message if message else str(refused.value).startswith("FILE: must be JSON: ")


def test_json_is_read_with_or_without_a_byte_order_mark_and_keeps_decimals():
    assert parse_json(b'\xef\xbb\xbf{"a": 1.10, "b": "\xc2\xa3"}', "FILE") == {"a": D("1.10"), "b": "£"}
