"""Templates, inductions and notes for tests, through the services."""

from datetime import datetime, timedelta

import pgtrigger

from partners.enums import PartnerStatus
from partners.enums.induction import ItemKind, ItemOwner
from partners.models import Partner
from partners.models.induction import Induction, InductionItem, NewcomerNote, TemplateItem
from partners.services import induction as services
from psp_portal.accounts.models import Organisation, User
from psp_portal.dates import local_date
from tests import factories

# A Tuesday, in the tests' own year, more than a week before Easter.
NOW = factories.START + timedelta(days=350)
TODAY = local_date(NOW)


def line(title: str = "Read the pack", **change) -> services.Line:
    """Return what somebody says of a line: the partner's own, due 7 days after the start, required."""
    said = {"explanation": "It is short.", "owner": ItemOwner.PARTNER, "due_days": 7}
    return services.Line(title=title, **said | change)


def make_line(organisation: Organisation, lead: User, title: str = "Read the pack", **change) -> TemplateItem:
    return services.add_template_item(organisation_id=organisation.pk, line=line(title, **change), by=lead, at=NOW)


def make_template(organisation: Organisation, lead: User) -> None:
    """Give an organisation four lines: the partner's, the lead's, an agreement, and one that is not required."""
    make_line(organisation, lead, "Read the pack", due_days=7)
    make_line(organisation, lead, "Sort out the badge", owner=ItemOwner.LEAD, due_days=14)
    make_line(organisation, lead, "Agree", owner=ItemOwner.LEAD, kind=ItemKind.AGREEMENT, due_days=30)
    make_line(organisation, lead, "Look around", is_required=False, due_days=60)


def make_induction(partner: Partner, *, at: datetime = NOW, in_induction: bool = False) -> Induction:
    """Return the induction that a partner's lead begins; ``in_induction`` puts them at that stage first."""
    if in_induction:
        put_in(partner, PartnerStatus.INDUCTION)
    return services.start_induction(partner_id=partner.pk, by=partner.lead, at=at)


def put_in(partner: Partner, status: PartnerStatus) -> None:
    """Put a partner at a stage past the services and the trigger of the stages: as an appointment may begin there."""
    with factories.acting(), pgtrigger.ignore("partners.Partner:partner_moves"):
        left_on = TODAY if status == PartnerStatus.LEFT else None
        Partner.objects.filter(pk=partner.pk).update(status=status, left_on=left_on)
    partner.refresh_from_db()


def item_of(partner: Partner, title: str) -> InductionItem:
    return InductionItem.objects.get(induction_id=partner.pk, title=title)


def close(partner: Partner, *titles: str, by: User | None = None, at: datetime = NOW) -> None:
    """Tick things of a partner's list, by their lead unless said otherwise."""
    for title in titles:
        services.close_item(item_id=item_of(partner, title).pk, by=by or partner.lead, at=at)


def agree(partner: Partner, text: str = "We answer each other.", *, at: datetime = NOW) -> None:
    """Let the lead write the agreement, and both agree to it."""
    induction = services.write_agreement(partner_id=partner.pk, text=text, seen=0, by=partner.lead, at=at)
    for by in (partner.user, partner.lead):
        services.agree_to_agreement(partner_id=partner.pk, seen=induction.agreement_revision, by=by, at=at)


def make_note(partner: Partner, text: str = "Ask for the papers early.", **change) -> NewcomerNote:
    said = {"about": "", "shows_name": False, "by": partner.user, "at": NOW}
    return services.write_note(partner_id=partner.pk, text=text, **said | change)
