"""What was checked, signed and declared goes when its time is over, and its history with it."""

from datetime import date, timedelta

import pytest

from partners import services as partners
from partners.enums.agreements import AgreementKind
from partners.enums.checks import CheckKind
from partners.models import agreements, checks, interests
from psp_portal.accounts.models import User
from psp_portal.audit.tracked import tracked_models
from psp_portal.retention import services
from psp_portal.retention.kinds import KINDS
from psp_portal.retention.models import DisposalLog
from tests.expenses.world import make_world
from tests.partners import checks_samples as samples
from tests.psp_portal.retention.samples import LEFT_AT, LEFT_ON, confirm_all, run_to, where_it_stands, years_later

pytestmark = pytest.mark.django_db

MODELS = (checks.Check, agreements.Signature, interests.Interest, interests.Declaration)
WORD = "Zebedee"


def leaver():
    """Return a trust with a partner who was checked, signed and declared, and has left; and one who is there."""
    world = make_world()
    version = samples.publish(world.organisation, world.lead, AgreementKind.CONDUCT)
    for partner in (world.partner, make_world().partner):
        mine = version if partner == world.partner else samples.publish(partner.organisation, partner.lead)
        samples.record(*samples.ask(partner, CheckKind.IDENTITY), reference="ID-4711")
        samples.countersign(samples.sign(partner, mine))
        samples.interest(partner, f"{WORD} Devices")
        samples.declare(partner, has_nothing=False)
    partners.end_appointment(partner_id=world.partner.pk, left_on=LEFT_ON, by=world.lead, at=LEFT_AT)
    return world


def left_of(world) -> list[int]:
    return [model.objects.filter(partner=world.partner).count() for model in MODELS]


def test_each_goes_in_its_own_time_and_history_goes_too():
    world = leaver()
    confirm_all(world)
    run_to(world, years_later(1) - timedelta(days=3))
    assert left_of(world) == [1, 1, 1, 1]
    run_to(world, years_later(1, months=0) + timedelta(days=1))
    assert left_of(world) == [0, 1, 0, 0]
    run_to(world, years_later(6) + timedelta(days=1))
    assert left_of(world) == [0, 0, 0, 0]
    for model in MODELS:
        _, history = tracked_models()[model._meta.label]
        assert history.objects.filter(partner_id=world.partner.pk).count() == 0
    removed = {log.kind: log.removed for log in DisposalLog.objects.filter(removed__gt=0)}
    assert {kind: removed[kind] for kind in ("check", "signature", "interest", "declaration")} == {
        "check": 1, "signature": 1, "interest": 1, "declaration": 1,
    }  # fmt: skip
    # The text, and what belongs to somebody who is still there, stay.
    assert agreements.AgreementVersion.objects.count() == 2
    assert [model.objects.count() for model in MODELS] == [1, 1, 1, 1]


def test_a_signature_that_is_kept_for_longer_loses_the_name_with_the_account():
    world = leaver()
    confirm_all(world)
    services.set_rule(
        organisation_id=world.organisation.pk, kind="signature",
        period=type(KINDS["signature"].default)(240, KINDS["signature"].default.unit), source="Records policy 2026",
        seen=10_000, by=world.lead, at=world.at,
    )  # fmt: skip
    run_to(world, years_later(7))
    signature = agreements.Signature.objects.get(partner=world.partner)
    assert signature.name == User.objects.get(pk=world.person.pk).name == "Former partner 1"
    assert signature.partner.left_on == date(2026, 10, 31)
    assert "partners_signature.name" not in where_it_stands(world.person.name)
