"""Rate cards: what finance may do to them, what becomes of the rows, and what the database itself refuses."""

import threading
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pghistory
import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection

from expenses import permissions, queries, services
from expenses.enums import AtBoundary, CardTemplate, LineKind, PaymentBasis, RoleCategory, Vehicle
from expenses.models import Cap, MileageRate, RateCard, TimeRate
from expenses.policies import card as cards
from expenses.policies import card_changes
from psp_portal.accounts.enums import Role
from psp_portal.dates import LONDON
from psp_portal.exceptions import RuleBroken
from tests.factories import START, make_member, make_organisation, make_rate_card, make_user

AT = datetime(2026, 11, 22, 12, 0, tzinfo=LONDON)
DAY = cards.ByDay(Decimal("80.00"), Decimal("160.00"), 240, AtBoundary.FULL_DAY)
SENIOR = RoleCategory.SENIOR
BANDS = (cards.Band(Decimal("3500.0"), Decimal("0.5600")), cards.Band(None, Decimal("0.2150")))
NO_DAY = {"half_day": None, "full_day": None, "boundary_minutes": None, "at_boundary": ""}
OVERLAP = "two rates would be in force"
GAP = "no rate would be in force"

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation(db):
    return make_organisation()


@pytest.fixture
def finance(organisation):
    return make_member(Role.FINANCE, organisation)


@pytest.fixture
def card(organisation, finance):
    return make_rate_card(organisation, finance)


@pytest.fixture
def follow_time(card, finance):
    def follow(valid_from: date, *, role_category=SENIOR, terms=DAY, by=finance) -> TimeRate:
        return services.follow_time_rate(
            card_id=card.pk,
            role_category=role_category,
            valid_from=valid_from,
            terms=terms,
            source="Our policy",
            by=by,
            at=AT,
        )

    return follow


def days_of(model, **same) -> list[tuple[date, date | None]]:
    return list(model.objects.filter(**same).order_by("valid_from").values_list("valid_from", "valid_to"))


def history_of(model, **same) -> list[tuple[str, str, str]]:
    events = pghistory.models.Events.objects.tracks(model.objects.get(**same)).order_by("pgh_created_at", "pgh_id")
    return [(e.pgh_label, e.pgh_context["action"], e.pgh_context["actor"]) for e in events]


def mark_used(row, on: date) -> None:
    """Mark a row as a claim's sending does."""
    with pghistory.context(actor="system:tests"):
        type(row).objects.filter(pk=row.pk).update(used_at=START, last_used_on=on)


def refused(service, **arguments) -> tuple[str, str]:
    with pytest.raises(RuleBroken) as caught:
        service(**arguments)
    return caught.value.field, caught.value.message


def stored_mileage(card: RateCard, row: MileageRate) -> cards.MileageRate:
    values = queries.as_values(queries.rate_card_of(card.organisation_id))
    return next(each for each in values.mileage_rates if each.row == row.pk)


RULES = services.CardRules(
    name="Rates 2027",
    claim_window_months=6,
    needs_approval=frozenset({LineKind.TAXI}),
    first_class_needs_approval=False,
    late_cancellation_hours=48,
    late_cancellation_pays=AtBoundary.FULL_DAY,
    mileage_year_month=1,
    mileage_year_day=1,
    decision_working_days=5,
    payment_days=20,
    payment_target_percent=90,
    steps_days=(10, 21),
    reply_working_days=3,
    appeal_working_days=15,
)


# --- making -------------------------------------------------------------------------------
@pytest.mark.parametrize("template", CardTemplate)
def test_make_rate_card_says_what_its_template_says(template, organisation, finance):
    made = make_rate_card(organisation, finance, template)
    assert (made.name, made.made_by, made.made_at) == ("Rates 2026", finance, START)
    values = queries.as_values(queries.rate_card_of(organisation.pk))
    start = cards.card_from_template(template)
    categories = sorted(category for row in start.time_rates for category in row.role_categories)
    assert sorted(category for row in values.time_rates for category in row.role_categories) == categories
    assert {row.terms for row in values.time_rates} == {row.terms for row in start.time_rates}
    assert {(r.vehicle, r.valid_from, r.valid_to, r.bands, r.passenger) for r in values.mileage_rates} == {
        (r.vehicle, r.valid_from, r.valid_to, r.bands, r.passenger) for r in start.mileage_rates
    }
    assert [(r.kind, r.amount) for r in values.caps] == [(r.kind, r.amount) for r in start.caps]
    assert replace(values, name="", time_rates=(), mileage_rates=(), caps=()) == replace(
        start, name="", time_rates=(), mileage_rates=(), caps=()
    )
    assert made.time_rates.exclude(source="").count() == len(categories)


def test_without_a_card_nothing_is_priced(organisation):
    with pytest.raises(RuleBroken, match="has not set its rates yet"):
        queries.rate_card_of(organisation.pk)


def test_make_rate_card_is_in_the_history(card, finance):
    assert history_of(RateCard, pk=card.pk) == [("insert", "expenses.rate_card.make", str(finance.pk))]


def test_an_organisation_has_one_card(card, organisation, finance):
    assert refused(
        services.make_rate_card,
        organisation_id=organisation.pk,
        template=CardTemplate.UNPAID,
        name="Another",
        by=finance,
        at=AT,
    ) == ("", "This organisation has a rate card already.")
    assert RateCard.objects.count() == 1


def test_a_card_has_a_name(organisation, finance):
    assert refused(
        services.make_rate_card,
        organisation_id=organisation.pk,
        template=CardTemplate.UNPAID,
        name="  ",
        by=finance,
        at=AT,
    ) == ("name", "Enter a name for the rate card.")
    assert not RateCard.objects.exists()


# --- rules --------------------------------------------------------------------------------
def test_change_rules(card, finance):
    services.change_rules(card_id=card.pk, rules=RULES, by=finance, at=AT)
    card.refresh_from_db()
    assert {name: getattr(card, name) for name in RULES.__dataclass_fields__} == {
        "name": "Rates 2027",
        "claim_window_months": 6,
        "needs_approval": ["taxi"],
        "first_class_needs_approval": False,
        "late_cancellation_hours": 48,
        "late_cancellation_pays": "full_day",
        "mileage_year_month": 1,
        "mileage_year_day": 1,
        "decision_working_days": 5,
        "payment_days": 20,
        "payment_target_percent": 90,
        "steps_days": [10, 21],
        "reply_working_days": 3,
        "appeal_working_days": 15,
        "verifies_first_bank_details": True,
    }
    assert history_of(RateCard, pk=card.pk)[-1] == ("update", "expenses.rate_card.change_rules", str(finance.pk))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"claim_window_months": 0}, "claim_window_months"),
        ({"claim_window_months": 25}, "claim_window_months"),
        ({"needs_approval": frozenset({LineKind.MILEAGE})}, "needs_approval"),
        ({"late_cancellation_hours": None}, "late_cancellation_hours"),
        ({"late_cancellation_pays": ""}, "late_cancellation_pays"),
        ({"mileage_year_day": 31}, "mileage_year_day"),
        ({"decision_working_days": 0}, "decision_working_days"),
        ({"payment_days": 0}, "payment_days"),
        ({"payment_target_percent": 101}, "payment_target_percent"),
        ({"steps_days": (20, 10)}, "steps_days"),
        ({"reply_working_days": 0}, "reply_working_days"),
        ({"appeal_working_days": 367}, "appeal_working_days"),
    ],
)
def test_change_rules_refuses_and_changes_nothing(card, finance, wrong, field):
    assert refused(services.change_rules, card_id=card.pk, rules=replace(RULES, **wrong), by=finance, at=AT)[0] == field
    card.refresh_from_db()
    assert (card.name, card.claim_window_months, card.steps_days) == ("Rates 2026", 3, [20, 31, 45, 60, 90])


# --- following ----------------------------------------------------------------------------
def test_follow_time_rate_ends_the_row_in_force(card, finance, follow_time):
    row = follow_time(date(2027, 1, 1))
    assert days_of(TimeRate, card=card) == [
        (date(2021, 10, 20), date(2026, 12, 31)),
        (date(2027, 1, 1), None),
    ]
    assert (row.basis, row.half_day, row.full_day, row.source) == (
        PaymentBasis.DAY,
        Decimal("80.00"),
        Decimal("160.00"),
        "Our policy",
    )
    assert history_of(TimeRate, pk=row.pk) == [("insert", "expenses.time_rate.follow", str(finance.pk))]
    old = TimeRate.objects.get(card=card, valid_from=date(2021, 10, 20))
    assert history_of(TimeRate, pk=old.pk)[-1] == ("update", "expenses.time_rate.follow", str(finance.pk))


@pytest.mark.parametrize("terms", [DAY, cards.ByHour(Decimal(30)), cards.BySession(60, Decimal(9)), cards.Unpaid()])
def test_follow_time_rate_keeps_its_terms(card, follow_time, terms):
    row = follow_time(date(2027, 1, 1), terms=terms)
    assert queries.rates.terms_of(TimeRate.objects.get(pk=row.pk)) == terms


def test_the_first_row_of_a_category_may_start_any_day(card, follow_time):
    follow_time(date(2020, 2, 29), role_category=RoleCategory.MEMBER)
    assert days_of(TimeRate, card=card, role_category=RoleCategory.MEMBER) == [(date(2020, 2, 29), None)]
    assert days_of(TimeRate, card=card, role_category=SENIOR) == [(date(2021, 10, 20), None)]


def test_follow_mileage_rate(card, finance):
    row = services.follow_mileage_rate(
        card_id=card.pk,
        vehicle=Vehicle.CAR,
        valid_from=date(2027, 4, 6),
        bands=BANDS,
        passenger=Decimal("0.0550"),
        source="",
        by=finance,
        at=AT,
    )
    assert days_of(MileageRate, card=card, vehicle=Vehicle.CAR) == [
        (date(2011, 4, 6), date(2026, 4, 5)),
        (date(2026, 4, 6), date(2027, 4, 5)),
        (date(2027, 4, 6), None),
    ]
    stored = stored_mileage(card, row)
    assert (stored.bands, stored.passenger) == (BANDS, Decimal("0.0550"))
    assert history_of(MileageRate, pk=row.pk) == [("insert", "expenses.mileage_rate.follow", str(finance.pk))]


@pytest.mark.parametrize(
    ("bands", "field"),
    [
        ((), "0"),
        ((cards.Band(Decimal(100), Decimal(1)),), "0"),
        ((cards.Band(Decimal(100), Decimal(1)), cards.Band(Decimal(50), Decimal(1)), BANDS[1]), "1"),
    ],
)
def test_follow_mileage_rate_refuses_bands_that_do_not_climb(card, finance, bands, field):
    assert (
        refused(
            services.follow_mileage_rate,
            card_id=card.pk,
            vehicle=Vehicle.CAR,
            valid_from=date(2027, 4, 6),
            bands=bands,
            passenger=Decimal(0),
            source="",
            by=finance,
            at=AT,
        )[0]
        == field
    )
    assert MileageRate.objects.filter(card=card).count() == 4


def test_follow_cap(card, finance):
    row = services.follow_cap(
        card_id=card.pk,
        kind=LineKind.SUBSISTENCE_LUNCH,
        valid_from=date(2027, 1, 1),
        amount=Decimal("6.00"),
        source="Our policy",
        by=finance,
        at=AT,
    )
    assert days_of(Cap, card=card) == [(date(2021, 10, 20), date(2026, 12, 31)), (date(2027, 1, 1), None)]
    assert history_of(Cap, pk=row.pk) == [("insert", "expenses.cap.follow", str(finance.pk))]


def test_follow_cap_refuses_mileage(card, finance):
    assert refused(
        services.follow_cap,
        card_id=card.pk,
        kind=LineKind.MILEAGE,
        valid_from=date(2027, 1, 1),
        amount=Decimal(1),
        source="",
        by=finance,
        at=AT,
    ) == ("kind", "Time and mileage have rates, not limits. Choose another kind.")


def test_follow_refuses_an_overlap_and_changes_nothing(card, follow_time):
    with pytest.raises(RuleBroken, match=f"From 20 October 2021 onwards {OVERLAP}") as caught:
        follow_time(date(2021, 10, 20))
    assert caught.value.field == "valid_from"
    assert days_of(TimeRate, card=card) == [(date(2021, 10, 20), None)]


def test_follow_refuses_a_gap_and_changes_nothing(card, finance, follow_time):
    row = TimeRate.objects.get(card=card)
    services.close_row(card_id=card.pk, row_id=row.pk, valid_to=date(2026, 11, 30), by=finance, at=AT)
    with pytest.raises(RuleBroken, match=f"From 1 December 2026 to 31 December 2026 {GAP}") as caught:
        follow_time(date(2027, 1, 1))
    assert caught.value.field == "valid_from"
    assert days_of(TimeRate, card=card) == [(date(2021, 10, 20), date(2026, 11, 30))]
    follow_time(date(2026, 12, 1))
    assert days_of(TimeRate, card=card)[1] == (date(2026, 12, 1), None)


def test_follow_refuses_figures_that_cannot_be_meant(card, follow_time):
    with pytest.raises(RuleBroken) as caught:
        follow_time(date(2027, 1, 1), terms=replace(DAY, full_day=Decimal("79.99")))
    assert caught.value.field == "full_day"
    assert TimeRate.objects.filter(card=card).count() == 1


def test_a_failing_write_leaves_the_row_in_force_open(card, follow_time, monkeypatch):
    monkeypatch.setattr(services.rates.rows, "columns", lambda terms: {"basis": PaymentBasis.HOUR})
    with pytest.raises(IntegrityError, match="timerate_figures_fit_basis"):
        follow_time(date(2027, 1, 1))
    assert days_of(TimeRate, card=card) == [(date(2021, 10, 20), None)]


# --- rows that claims have used -------------------------------------------------------------
def test_a_sent_claim_holds_its_rows(world):
    world.sent()
    row = TimeRate.objects.get(card=world.card)
    assert row.last_used_on == date(2026, 9, 8)
    finance = world.finance_lead
    then = "Add a new rate: this one then ends the day before it."
    arguments = {"card_id": world.card.pk, "row_id": row.pk, "by": finance, "at": AT}
    assert refused(services.correct_time_rate, **arguments, valid_from=row.valid_from, terms=DAY, source="") == (
        "",
        f"Claims have used this rate, so it cannot be changed. {then}",
    )
    assert refused(services.remove_row, **arguments) == (
        "",
        f"Claims have used this rate, so it cannot be removed. {then}",
    )
    assert refused(services.close_row, **arguments, valid_to=date(2026, 9, 7)) == (
        "valid_to",
        "Claims up to 8 September 2026 have been priced with the rate in force. "
        "The last day must be that day or later.",
    )
    follow = {key: value for key, value in arguments.items() if key != "row_id"}
    follow |= {"role_category": SENIOR, "terms": DAY, "source": ""}
    assert refused(services.follow_time_rate, **follow, valid_from=date(2026, 9, 8)) == (
        "valid_from",
        "Claims up to 8 September 2026 have been priced with the rate in force. "
        "The new one can start on 9 September 2026 or later, unless it is backdated.",
    )
    row.refresh_from_db()
    assert (row.half_day, row.valid_to) == (Decimal("75.00"), None)
    services.follow_time_rate(**follow, valid_from=date(2026, 9, 9))
    row.refresh_from_db()
    assert row.valid_to == date(2026, 9, 8)


def test_a_mistyped_start_can_be_put_right_though_the_row_before_is_used(card, finance, follow_time):
    first = TimeRate.objects.get(card=card)
    mark_used(first, date(2026, 9, 8))
    wrong = follow_time(date(2072, 1, 1))
    services.correct_time_rate(
        card_id=card.pk, row_id=wrong.pk, valid_from=date(2027, 1, 1), terms=DAY, source="", by=finance, at=AT
    )
    assert days_of(TimeRate, card=card) == [(date(2021, 10, 20), date(2026, 12, 31)), (date(2027, 1, 1), None)]


@pytest.mark.parametrize("change", [{"half_day": 1}, {"valid_from": date(2021, 1, 1)}, {"valid_to": date(2026, 9, 7)}])
def test_the_database_keeps_a_used_row(card, change):
    row = TimeRate.objects.get(card=card)
    mark_used(row, date(2026, 9, 8))
    with pytest.raises(DatabaseError, match="cannot be changed"), pghistory.context(actor="system:tests"):
        TimeRate.objects.filter(pk=row.pk).update(**change)


def test_the_database_lets_a_used_rows_end_move(card):
    row = TimeRate.objects.get(card=card)
    mark_used(row, date(2026, 9, 8))
    with pghistory.context(actor="system:tests"):
        for valid_to in (date(2026, 9, 8), date(2027, 1, 1), None):
            TimeRate.objects.filter(pk=row.pk).update(valid_to=valid_to)
            row.refresh_from_db()
            assert row.valid_to == valid_to


@pytest.mark.parametrize(("model", "same"), [(TimeRate, {}), (MileageRate, {"vehicle": "bicycle"}), (Cap, {})])
def test_the_database_does_not_delete_a_used_row(card, model, same):
    row = model.objects.get(card=card, **same)
    mark_used(row, date(2026, 9, 8))
    with pytest.raises(DatabaseError, match="cannot be"), pghistory.context(actor="system:tests"):
        model.objects.filter(pk=row.pk).delete()


@pytest.mark.parametrize(
    "figures",
    [
        {"full_day": None},
        {"half_day": None},
        {"boundary_minutes": None},
        {"full_day": 74},
        {"amount": 1},
        {"basis": PaymentBasis.HOUR, "half_day": None, "full_day": None, "boundary_minutes": None, "at_boundary": ""},
        {
            "basis": PaymentBasis.SESSION,
            "half_day": None,
            "full_day": None,
            "boundary_minutes": None,
            "at_boundary": "",
        },
        {"basis": PaymentBasis.NONE},
    ],
)
def test_the_database_refuses_figures_that_do_not_fit_the_basis(card, figures):
    with pytest.raises(IntegrityError, match="timerate_figures_fit_basis"), pghistory.context(actor="system:tests"):
        TimeRate.objects.filter(card=card).update(**figures)


@pytest.mark.parametrize(
    ("model", "same"), [(TimeRate, {"role_category": 4}), (MileageRate, {"vehicle": "car"}), (Cap, {})]
)
def test_the_database_refuses_an_overlap(card, model, same):
    row = model.objects.filter(card=card, **same).order_by("-valid_from").first()
    copy = model.objects.get(pk=row.pk)
    copy.pk, copy.valid_from = None, date(2030, 1, 1)
    copy._state.adding = True
    with pytest.raises(IntegrityError, match="overlap"), pghistory.context(actor="system:tests"):
        copy.save()


def test_the_database_refuses_an_overlap_by_update(card, follow_time):
    follow_time(date(2027, 1, 1))
    with pytest.raises(IntegrityError, match="overlap"), pghistory.context(actor="system:tests"):
        TimeRate.objects.filter(card=card, valid_from=date(2027, 1, 1)).update(valid_from=date(2026, 12, 31))


# --- correcting, ending, removing ------------------------------------------------------------
def test_correct_time_rate(card, finance, follow_time):
    row = follow_time(date(2027, 1, 1))
    terms = cards.ByHour(Decimal("26.00"))
    for valid_from, end in [(date(2027, 2, 1), date(2027, 1, 31)), (date(2026, 12, 1), date(2026, 11, 30))]:
        services.correct_time_rate(
            card_id=card.pk, row_id=row.pk, valid_from=valid_from, terms=terms, source="New", by=finance, at=AT
        )
        assert days_of(TimeRate, card=card) == [(date(2021, 10, 20), end), (valid_from, None)]
    row.refresh_from_db()
    assert queries.rates.terms_of(row) == terms
    assert (row.half_day, row.source) == (None, "New")
    assert history_of(TimeRate, pk=row.pk)[-1] == ("update", "expenses.time_rate.correct", str(finance.pk))


def test_correct_mileage_rate_replaces_its_bands(card, finance):
    row = MileageRate.objects.get(card=card, vehicle=Vehicle.BICYCLE)
    services.correct_mileage_rate(
        card_id=card.pk,
        row_id=row.pk,
        valid_from=row.valid_from,
        bands=BANDS,
        passenger=Decimal("0.01"),
        source="",
        by=finance,
        at=AT,
    )
    stored = stored_mileage(card, row)
    assert (stored.bands, stored.passenger) == (BANDS, Decimal("0.01"))
    assert history_of(MileageRate, pk=row.pk)[-1] == ("update", "expenses.mileage_rate.correct", str(finance.pk))


def test_correct_cap(card, finance):
    row = Cap.objects.get(card=card)
    services.correct_cap(
        card_id=card.pk, row_id=row.pk, valid_from=date(2022, 1, 1), amount=Decimal(7), source="", by=finance, at=AT
    )
    row.refresh_from_db()
    assert (row.valid_from, row.amount, row.source) == (date(2022, 1, 1), Decimal("7.00"), "")
    assert history_of(Cap, pk=row.pk)[-1] == ("update", "expenses.cap.correct", str(finance.pk))


def test_close_row(card, finance):
    row = Cap.objects.get(card=card)
    services.close_row(card_id=card.pk, row_id=row.pk, valid_to=date(2026, 12, 31), by=finance, at=AT)
    assert days_of(Cap, card=card) == [(date(2021, 10, 20), date(2026, 12, 31))]
    assert history_of(Cap, pk=row.pk)[-1] == ("update", "expenses.row.close", str(finance.pk))


def test_close_row_refuses_a_gap(card, finance):
    row = MileageRate.objects.get(card=card, vehicle=Vehicle.CAR, valid_to__isnull=False)
    field, message = refused(
        services.close_row, card_id=card.pk, row_id=row.pk, valid_to=date(2026, 3, 31), by=finance, at=AT
    )
    assert (field, message.startswith(f"From 1 April 2026 to 5 April 2026 {GAP}")) == ("valid_to", True)
    row.refresh_from_db()
    assert row.valid_to == date(2026, 4, 5)


def test_remove_row_lets_the_row_before_go_on(card, finance, follow_time):
    row = follow_time(date(2027, 1, 1))
    services.remove_row(card_id=card.pk, row_id=row.pk, by=finance, at=AT)
    assert days_of(TimeRate, card=card) == [(date(2021, 10, 20), None)]


def test_remove_row_of_mileage_takes_its_bands_and_is_in_the_history(card, finance):
    row = MileageRate.objects.get(card=card, vehicle=Vehicle.BICYCLE)
    services.remove_row(card_id=card.pk, row_id=row.pk, by=finance, at=AT)
    assert not MileageRate.objects.filter(pk=row.pk).exists()
    events = pghistory.models.Events.objects.filter(pgh_obj_id=str(row.pk), pgh_label="delete")
    assert [e.pgh_context["action"] for e in events] == ["expenses.row.remove"]


def test_a_row_of_another_card_is_not_there(card, finance):
    other = make_rate_card()
    assert refused(services.remove_row, card_id=card.pk, row_id=Cap.objects.get(card=other).pk, by=finance, at=AT) == (
        "",
        "This rate is no longer on the card.",
    )
    assert Cap.objects.filter(card=other).count() == 1


# --- who may ------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [*Role, None])
def test_only_finance_manages_rates(organisation, card, role):
    person = make_member(role, organisation) if role else make_user()
    assert permissions.can_manage_rates(person, organisation.pk, today=AT.date()) == (role == Role.FINANCE)


def services_of(card: RateCard) -> dict:
    row = TimeRate.objects.get(card=card)
    time = {"valid_from": date(2027, 1, 1), "terms": DAY, "source": ""}
    miles = {"valid_from": date(2027, 1, 1), "bands": BANDS, "passenger": Decimal(0), "source": ""}
    limit = {"valid_from": date(2027, 1, 1), "amount": Decimal(9), "source": ""}
    bicycle = MileageRate.objects.get(card=card, vehicle=Vehicle.BICYCLE)
    return {
        services.change_rules: {"rules": RULES},
        services.follow_time_rate: {"role_category": SENIOR, **time},
        services.follow_mileage_rate: {"vehicle": Vehicle.CAR, **miles},
        services.follow_cap: {"kind": LineKind.TAXI, **limit},
        services.correct_time_rate: {"row_id": row.pk, **time},
        services.correct_mileage_rate: {"row_id": bicycle.pk, **miles},
        services.correct_cap: {"row_id": Cap.objects.get(card=card).pk, **limit},
        services.close_row: {"row_id": row.pk, "valid_to": date(2027, 1, 1)},
        services.remove_row: {"row_id": row.pk},
    }


def test_every_service_asks_who_it_is(organisation, card):
    for stranger in (make_member(Role.PROGRAMME_LEAD, organisation), make_member(Role.FINANCE)):
        for service, arguments in services_of(card).items():
            with pytest.raises(PermissionDenied):
                service(card_id=card.pk, by=stranger, at=AT, **arguments)
        with pytest.raises(PermissionDenied):
            make_rate_card(organisation, stranger)
    for rows in ([card], card.time_rates.all(), card.mileage_rates.all(), card.caps.all()):
        events = pghistory.models.Events.objects.tracks(*rows)
        written = {(event.pgh_label, event.pgh_context["action"]) for event in events}
        assert written == {("insert", "expenses.rate_card.make")}


def test_figures_of_row_names_its_days(card):
    found = queries.with_rows(RateCard.objects.filter(pk=card.pk)).get()
    row = MileageRate.objects.get(card=card, vehicle=Vehicle.CAR, valid_to__isnull=False)
    figures = queries.figures_of_row(found, row, today=AT.date())
    assert (figures.what, figures.days, figures.state) == ("Car or van", "6 April 2011 to 5 April 2026", "Ended")
    assert queries.figures_of_row(found, row, today=date(2026, 4, 5)).state == "In force"
    assert queries.figures_of_row(found, row, today=date(2011, 4, 5)).state == "To come"


# --- two at once --------------------------------------------------------------------------
def test_an_overlap_that_only_the_database_sees_is_said_in_words(card, follow_time, monkeypatch):
    monkeypatch.setattr(card_changes, "check_fit", lambda rows: None)
    with pytest.raises(RuleBroken) as caught:
        follow_time(date(2021, 10, 20))
    assert caught.value.message.startswith("Somebody else has just changed these rates.")
    assert days_of(TimeRate, card=card) == [(date(2021, 10, 20), None)]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_follow_at_once_one_wins(organisation):
    people = [make_member(Role.FINANCE, organisation) for _ in range(2)]
    card = make_rate_card(organisation, people[0])
    together = threading.Barrier(2)
    outcomes: list[str] = []

    def follow(by, full_day: Decimal) -> None:
        try:
            together.wait(timeout=10)
            services.follow_time_rate(
                card_id=card.pk,
                role_category=SENIOR,
                valid_from=date(2027, 1, 1),
                terms=replace(DAY, full_day=full_day),
                source="",
                by=by,
                at=AT,
            )
            outcomes.append("won")
        except RuleBroken as broken:
            outcomes.append(broken.message)
        finally:
            connection.close()

    threads = [threading.Thread(target=follow, args=(by, Decimal(200 + place))) for place, by in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert "won" in outcomes
    assert [OVERLAP in outcome for outcome in sorted(outcomes)] == [True, False]
    assert days_of(TimeRate, card=card) == [(date(2021, 10, 20), date(2026, 12, 31)), (date(2027, 1, 1), None)]
