"""What was paid and declined, added up; and mileage above HMRC's amount, journey by journey."""

from datetime import date
from decimal import Decimal

import pytest

from expenses.enums import LineKind, Vehicle
from expenses.policies import statements
from expenses.policies.statements import Declined, Journey, Payment, Period


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 4, 5), date(2025, 4, 6), date(2026, 4, 5)),
        (date(2026, 4, 6), date(2026, 4, 6), date(2027, 4, 5)),
        (date(2028, 2, 29), date(2027, 4, 6), date(2028, 4, 5)),
    ],
)
def test_a_tax_year_is_from_6_april_to_5_april(day, first, last):
    assert statements.tax_year(day) == Period(first, last)


def test_tax_years_are_listed_latest_first():
    years = statements.tax_years(date(2025, 4, 5), date(2026, 9, 15))
    assert [year.first.year for year in years] == [2026, 2025, 2024]
    assert [year.first.year for year in statements.tax_years(date(2026, 4, 6), date(2026, 9, 15))] == [2026]


def journey(key: str, on: date, miles: str, *, vehicle=Vehicle.CAR, passengers: int = 0) -> Journey:
    return Journey(key, on, vehicle, Decimal(miles), passengers)


def test_hmrc_s_bands_fill_over_the_tax_year_and_by_kind_of_vehicle():
    found = statements.approved_amounts(
        [
            journey("a", date(2026, 4, 5), "100"),
            journey("b", date(2026, 4, 6), "9990.0"),
            journey("c", date(2026, 4, 7), "20.0", passengers=2),
            journey("d", date(2026, 4, 8), "20.0"),
            journey("e", date(2026, 4, 9), "10.0", vehicle=Vehicle.MOTORCYCLE),
        ]
    )
    assert found == {
        "a": Decimal("45.00"),
        "b": Decimal("5494.50"),
        # 10 miles at 55p, 10 at 25p, and 5p a mile for each of two passengers.
        "c": Decimal("10.00"),
        "d": Decimal("5.00"),
        "e": Decimal("2.40"),
    }


def test_a_vehicle_that_hmrc_has_no_rate_for_has_no_approved_amount(monkeypatch):
    cars = [rate for rate in statements.HMRC_APPROVED if rate.vehicle == Vehicle.CAR]
    monkeypatch.setattr(statements, "HMRC_APPROVED", cars)
    day = date(2026, 4, 6)
    found = statements.approved_amounts([journey("a", day, "10"), journey("b", day, "10", vehicle=Vehicle.BICYCLE)])
    assert found == {"a": Decimal("5.50")}


def mileage(pounds: str, *, key: str = "a", miles: str = "10.0", before: str = "0.00", payer: str = "Hill") -> Payment:
    return Payment(payer, payer, LineKind.MILEAGE, Decimal(pounds), key, Decimal(miles), Decimal(before))


def test_two_payers_of_one_name_are_two_payers():
    kind, pounds = LineKind.PARKING, Decimal("4.20")
    found = statements.add_up(
        [Payment("Hill", "third", kind, pounds), Payment("Hill", "second", kind, pounds)],
        [Declined("Hill", "second", Decimal("75.00")), Declined("Vale", "first", Decimal("1.00"))],
        {},
    )
    assert [(each.payer, each.paid, each.declined) for each in found] == [
        ("Hill", Decimal("4.20"), Decimal("0.00")), ("Hill", Decimal("4.20"), Decimal("75.00")),
        ("Vale", Decimal("0.00"), Decimal("1.00")),
    ]  # fmt: skip


def test_each_payer_has_its_own_sums():
    found = statements.add_up(
        [
            Payment("Hill", "Hill", LineKind.INVOLVEMENT_PAYMENT, Decimal("75.00")),
            Payment("Hill", "Hill", LineKind.CANCELLED_MEETING, Decimal("37.50")),
            Payment("Hill", "Hill", LineKind.PARKING, Decimal("4.20")),
            Payment("Hill", "Hill", LineKind.PARKING, Decimal("1.10")),
            mileage("6.00"),
            Payment("Brook", "Brook", LineKind.TAXI, Decimal("14.50")),
        ],
        [
            Declined("Hill", "Hill", Decimal("75.00")),
            Declined("Vale", "Vale", Decimal("150.00")),
            Declined("Vale", "Vale", Decimal("1.00")),
        ],
        {"a": Decimal("5.50")},
    )
    assert [(each.payer, each.time, each.expenses, each.paid, each.declined) for each in found] == [
        ("Brook", Decimal("0.00"), Decimal("14.50"), Decimal("14.50"), Decimal("0.00")),
        ("Hill", Decimal("112.50"), Decimal("11.30"), Decimal("123.80"), Decimal("75.00")),
        ("Vale", Decimal("0.00"), Decimal("0.00"), Decimal("0.00"), Decimal("151.00")),
    ]
    assert [type(each.miles) for each in found] == [Decimal, Decimal, Decimal], "where there are none too"
    hill = found[1]
    assert hill.kinds == ((LineKind.MILEAGE, Decimal("6.00")), (LineKind.PARKING, Decimal("5.30")))
    assert (hill.miles, hill.mileage, hill.above_hmrc) == (Decimal("10.0"), Decimal("6.00"), Decimal("0.50"))


@pytest.mark.parametrize(
    ("payments", "above"),
    [
        ([mileage("5.50")], "0.00"),
        ([mileage("4.00")], "0.00"),
        # A later payment that raises the price is above as far as both together are.
        ([mileage("5.00"), mileage("1.00", before="5.00")], "0.50"),
        ([mileage("1.00", before="5.00")], "0.50"),
        ([mileage("1.00", before="6.00")], "1.00"),
        # One journey below the amount does not make good another.
        ([mileage("4.00"), mileage("6.00", key="b")], "0.50"),
        # A journey of which nothing is known is not called too dear.
        ([mileage("6.00", key="unknown")], "0.00"),
    ],
)
def test_above_hmrc_s_amount(payments, above):
    approved = {"a": Decimal("5.50"), "b": Decimal("5.50")}
    assert statements.add_up(payments, [], approved)[0].above_hmrc == Decimal(above)


def test_nothing_paid_and_nothing_declined_is_no_statement():
    assert statements.add_up([], [], {}) == []
