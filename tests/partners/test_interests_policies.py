from datetime import date, timedelta

import pytest

from partners.enums.interests import DeclarationState
from partners.policies import interests as policies
from psp_portal.exceptions import RuleBroken

TODAY = date(2026, 11, 24)
FINE = {"organisation": "Acme", "description": "Shares", "starts_on": TODAY, "ends_on": None, "today": TODAY}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"organisation": " "}, "organisation"),
        ({"description": ""}, "description"),
        ({"starts_on": TODAY + timedelta(days=1)}, "starts_on"),
        ({"ends_on": TODAY - timedelta(days=1)}, "ends_on"),
    ],
)
def test_an_interest_says_with_whom_what_and_when(change, field):
    policies.check_interest(**FINE)
    policies.check_interest(**FINE | {"ends_on": TODAY})
    with pytest.raises(RuleBroken) as refusal:
        policies.check_interest(**FINE | change)
    assert refusal.value.field == field


@pytest.mark.parametrize(("has_nothing", "count", "fine"), [(True, 0, 1), (False, 2, 1), (True, 1, 0), (False, 0, 0)])
def test_what_is_declared_is_what_is_listed(has_nothing, count, fine):
    if fine:
        policies.check_declaration(has_nothing=has_nothing, count=count)
        return
    with pytest.raises(RuleBroken) as refusal:
        policies.check_declaration(has_nothing=has_nothing, count=count)
    assert refusal.value.field == "is_all"


def test_a_declaration_counts_for_a_year():
    assert policies.next_due(date(2028, 2, 29)) == date(2029, 2, 28)
    assert policies.state_of(None, today=TODAY) == DeclarationState.NEVER
    assert policies.state_of(TODAY + timedelta(days=1), today=TODAY) == DeclarationState.DECLARED
    assert policies.state_of(TODAY, today=TODAY) == DeclarationState.OVERDUE
