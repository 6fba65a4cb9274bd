from datetime import date, timedelta
from decimal import Decimal

import pghistory
import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from partners import services
from partners.enums import PartnerStatus, Vehicle
from partners.models import Partner, UsualJourney
from tests import factories


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"role_category": 5}, "partner_category_known"),
        ({"term_ends_on": date(2025, 3, 31)}, "partner_term_ends_after_start"),
        ({"status": PartnerStatus.LEFT}, "partner_left_on_when_left"),
        ({"left_on": date(2026, 1, 1)}, "partner_left_on_when_left"),
    ],
)
def test_the_database_refuses_a_partner_that_cannot_be(trust, change, constraint):
    with (
        pytest.raises(IntegrityError, match=constraint),
        transaction.atomic(),
        pghistory.context(actor="system:tests"),
    ):
        Partner.objects.filter(pk=trust.partner.pk).update(**change)


@pytest.mark.parametrize("status", ["perhaps", PartnerStatus.CHECKS, PartnerStatus.INDUCTION])
def test_the_database_refuses_a_move_that_is_not_in_the_table(trust, status):
    with (
        pytest.raises(ProgrammingError, match="Invalid transition"),
        transaction.atomic(),
        pghistory.context(actor="system:tests"),
    ):
        Partner.objects.filter(pk=trust.partner.pk).update(status=status)


def test_the_database_refuses_partners_who_lead_themselves(trust):
    with (
        pytest.raises(IntegrityError, match="partner_lead_is_another_person"),
        transaction.atomic(),
        pghistory.context(actor="system:tests"),
    ):
        Partner.objects.filter(pk=trust.partner.pk).update(lead=trust.partner.user)


def test_the_database_refuses_two_appointments_at_a_time(trust):
    with (
        pytest.raises(IntegrityError, match="partner_one_appointment_at_a_time"),
        transaction.atomic(),
        pghistory.context(actor="system:tests"),
    ):
        Partner.objects.create(
            user=trust.partner.user,
            organisation=trust.organisation,
            is_paid=True,
            starts_on=date(2026, 1, 1),
            term_ends_on=date(2027, 1, 1),
            lead=trust.lead,
        )


@pytest.mark.parametrize(
    ("change", "constraint"),
    [({"miles": Decimal(0)}, "usual_journey_has_miles"), ({"vehicle": "horse"}, "usual_journey_vehicle_known")],
)
def test_the_database_refuses_a_journey_that_cannot_be(trust, change, constraint):
    journey = services.save_usual_journey(
        partner_id=trust.partner.pk,
        from_place="Leeds",
        to_place="York",
        miles=Decimal(50),
        vehicle=Vehicle.CAR,
        by=trust.lead,
        at=factories.START,
    )
    with (
        pytest.raises(IntegrityError, match=constraint),
        transaction.atomic(),
        pghistory.context(actor="system:tests"),
    ):
        UsualJourney.objects.filter(pk=journey.pk).update(**change)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_written_without_an_actor():
    # In a transaction of its own: within one, the database remembers the actor of what was written before.
    partner = factories.make_partner()

    with pytest.raises(ProgrammingError, match="Nobody is named as the actor"):
        Partner.objects.filter(pk=partner.pk).update(is_paid=False)


def test_rows_are_named(trust):
    journey = UsualJourney(partner=trust.partner, from_place="Leeds", to_place="York")

    assert str(trust.partner) == f"{trust.partner.user_id} at {trust.organisation.pk} from 2025-04-01"
    assert str(journey) == f"Leeds to York ({trust.partner.pk})"


def test_serving_leaves_out_who_has_left(trust):
    at = factories.START + timedelta(days=2)
    services.end_appointment(partner_id=trust.partner.pk, left_on=at.date(), by=trust.lead, at=at)

    assert set(Partner.objects.serving()) == {trust.stranger}
