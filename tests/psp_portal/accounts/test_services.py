"""What happens when roles, posts, absences and invitations change."""

import pytest

from psp_portal.accounts.enums import Post, Role
from tests import factories

pytestmark = pytest.mark.django_db


def test_smoke(client):
    organisation = factories.make_organisation()
    factories.make_posts(organisation)
    lead = factories.make_member(Role.PROGRAMME_LEAD, organisation)
    client.force_login(lead)
    assert organisation.post_holdings.count() == len(Post)
    from psp_portal.accounts import services
    from psp_portal.accounts.notifications import invitation_token
    i = services.invite_user(email="A@b.org", name="Al", organisation_id=organisation.pk, role=Role.FINANCE, by=lead, at=factories.START)
    u = services.accept_invitation(token=invitation_token(i.pk), password=None, name="Al B", at=factories.START)
    assert u.name == "Al B"
    from django.urls import reverse
    for n in ["home:home_detail","notifications:message_list","account_email","home:privacy_detail"]:
        r = client.get(reverse(n))
        print(n, r.status_code, r.headers.get("location"))
