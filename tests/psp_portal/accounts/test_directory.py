"""Who is at an organisation, for those who hand claims over."""

from datetime import date

from psp_portal.accounts.enums import Role
from psp_portal.accounts.queries import directory
from tests import factories


def test_partners_are_not_in_the_directory(db):
    trust = factories.make_organisation()
    partner = factories.make_member(Role.PARTNER, trust)
    both = factories.make_member(Role.APPROVER, trust)
    factories.make_member(Role.PARTNER, trust, user=both)
    there = directory(trust.pk, date(2026, 9, 15))
    assert set(there.people) == {both.pk}
    assert there.people[both.pk].roles == {Role.APPROVER}
    assert (there.is_here(both.pk), there.is_here(partner.pk)) == (True, False)
