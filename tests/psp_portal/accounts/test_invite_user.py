"""``manage.py invite_user``: how an organisation's first lead comes in."""

from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import Invitation
from tests import factories

pytestmark = pytest.mark.django_db


def test_first_lead_is_invited_by_the_portal(django_capture_on_commit_callbacks):
    trust = factories.make_organisation("Hillside NHS Trust", ods_code="RHS")
    out = StringIO()
    with django_capture_on_commit_callbacks(execute=True):
        call_command("invite_user", "RHS", "lena@example.org", "Lena Lead", stdout=out)
    assert out.getvalue() == "Invited Lena Lead to Hillside NHS Trust.\n"
    invitation = Invitation.objects.get()
    assert (invitation.organisation, invitation.role, invitation.invited_by) == (trust, Role.PROGRAMME_LEAD, None)
    assert "You are invited to Patient Safety Partners, where Hillside NHS Trust" in mail.outbox[0].body


@pytest.mark.parametrize(
    ("code", "email", "words"),
    [
        ("RXX", "lena@example.org", "no organisation with the code RXX"),
        ("RHS", "lena", "lena is not an email address"),
    ],
)
def test_wrong_code_or_address_is_told(code, email, words):
    factories.make_organisation(ods_code="RHS")
    with pytest.raises(CommandError, match=words):
        call_command("invite_user", code, email, "Lena Lead")
    assert not Invitation.objects.exists()


def test_second_invitation_is_refused():
    factories.make_organisation(ods_code="RHS")
    call_command("invite_user", "RHS", "lena@example.org", "Lena Lead", stdout=StringIO())
    with pytest.raises(CommandError, match="has an invitation to this role already"):
        call_command("invite_user", "RHS", "lena@example.org", "Lena Lead")
