import pytest
from django.urls import reverse
from psp_portal.accounts.enums import Role, Post
from psp_portal.reports.audit import kinds
from tests import factories

def test_all():
    assert {k.model for k in kinds.KINDS.values()} == set(kinds.tracked_models())

@pytest.mark.django_db
def test_pages(client):
    o = factories.make_organisation(); factories.make_posts(o)
    lead = factories.make_member(Role.PROGRAMME_LEAD, o)
    client.force_login(lead)
    r = client.get(reverse("audit:event_list"))
    assert r.status_code == 200
    for e in r.context["entries"]: print(e)
    r = client.get(reverse("audit:event_list"), {"person": str(lead.pk), "kind": "role", "from_on_0": "1", "from_on_1": "1", "from_on_2": "2026"})
    print(r.context["entries"], r.context["form"].errors)
    r = client.get(reverse("audit:object_detail", args=["person", lead.pk]))
    for e in r.context["entries"]: print(e)
