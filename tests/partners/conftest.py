"""A trust with its lead, a partner, and another trust that must never show."""

from types import SimpleNamespace

import pytest

from tests import factories


@pytest.fixture
def staff_pass(settings):
    """Let staff in without a second factor: these tests are about the pages behind it."""
    settings.DANGEROUSLY_SKIP_STAFF_SECOND_FACTOR = True


@pytest.fixture
def trust(db) -> SimpleNamespace:
    """Return a trust with its lead and one partner, and a stranger's partner at another trust."""
    organisation = factories.make_organisation("Willow Trust")
    lead = factories.make_lead(organisation)
    return SimpleNamespace(
        organisation=organisation,
        lead=lead,
        partner=factories.make_partner(organisation, user=factories.make_user("Pat Example"), lead=lead),
        stranger=factories.make_partner(factories.make_organisation("Elm Trust")),
    )
