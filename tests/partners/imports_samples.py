"""A trust's list of partners, as text, and what brings it in."""

import io
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from partners import services as partners
from partners.models.imports import AwaitedPartner, PartnerImport, PartnerList
from partners.services import imports as services
from psp_portal.accounts import services as accounts
from psp_portal.accounts.models import Invitation, User
from psp_portal.accounts.notifications import invitation_token
from psp_portal.dates import LONDON
from tests import factories

AT = datetime(2026, 9, 15, 10, 0, tzinfo=LONDON)
TODAY = AT.date()
HEADINGS = ("Name", "Email", "Telephone", "Start", "End")


def csv_of(*rows: Any, headings: tuple[str, ...] = HEADINGS) -> bytes:
    """Return a list as CSV; a row is its cells."""
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in (headings, *rows)).encode()


def row(name: str = "Ann Other", email: str = "ann@example.org", telephone: str = "", start: str = "1/4/2026",
        end: str = "31/3/2028") -> tuple[str, ...]:  # fmt: skip
    return name, email, telephone, start, end


def upload(trust: SimpleNamespace, *rows: Any, headings: tuple[str, ...] = HEADINGS, at: datetime = AT) -> PartnerList:
    """Upload a list as the trust's lead."""
    return services.upload_list(
        organisation_id=trust.organisation.pk, upload=io.BytesIO(csv_of(*rows, headings=headings)),
        file_name="partners.csv", by=trust.lead, at=at,
    )  # fmt: skip


def bring_in(trust: SimpleNamespace, *rows: Any, at: datetime = AT, **choices: str) -> PartnerImport:
    """Upload a list and bring it in at once; ``here`` chooses for everybody who is here already."""
    listed = upload(trust, *rows, at=at)
    if choices:
        services.choose_rows(list_id=listed.pk, choices=choices, by=trust.lead, at=at)
    return services.bring_in_list(list_id=listed.pk, by=trust.lead, at=at)


def accept(email: str, *, at: datetime = AT + timedelta(hours=1)) -> User:
    """Use the open invitation of an address, as whoever has its mailbox does."""
    invitation = Invitation.objects.open().get(email=email)
    return accounts.accept_invitation(token=invitation_token(invitation.pk), password=None, name="", at=at)


def awaited(email: str = "ann@example.org") -> AwaitedPartner:
    return AwaitedPartner.objects.get(email=email)


def leave(trust: SimpleNamespace, left_on: date, *, name: str = "Lou Gone") -> Any:
    """Return the appointment of somebody new who served at the trust and has left."""
    partner = factories.make_partner(trust.organisation, user=factories.make_user(name), lead=trust.lead)
    return partners.end_appointment(partner_id=partner.pk, left_on=left_on, by=trust.lead, at=AT)
