"""Requirements, checks, agreements and interests for tests, through the services."""

from datetime import date, datetime, timedelta

from partners.enums import RoleCategory
from partners.enums.agreements import AgreementKind
from partners.enums.checks import CheckKind, CheckOutcome, DbsLevel, DbsReason
from partners.enums.interests import InterestKind
from partners.models import Partner
from partners.models.agreements import AgreementVersion, Signature
from partners.models.checks import Check
from partners.models.interests import Declaration, Interest
from partners.services import agreements, checks, interests
from psp_portal.accounts.models import Organisation, User
from psp_portal.dates import local_date
from tests import factories

# A Tuesday, in the tests' own year.
NOW = factories.START + timedelta(days=364)
TODAY = local_date(NOW)

TEXT = """# What we agree

You take part in our committees.
We pay what it costs you.

- You keep to yourself what you hear.
- We answer within ten days."""


def require(
    organisation: Organisation,
    by: User,
    *kinds: str,
    renewal_months: int | None = 36,
    categories=(RoleCategory.SENIOR,),
) -> None:
    """Ask for checks of a role category; a DBS check of the level that access to patients allows."""
    for kind in kinds:
        is_dbs = kind == CheckKind.DBS
        facts = checks.RequirementFacts(
            renewal_months, DbsLevel.STANDARD if is_dbs else "", DbsReason.ACCESS if is_dbs else ""
        )
        checks.require_check(
            organisation_id=organisation.pk, kind=kind, role_categories=categories, facts=facts, by=by,
            at=factories.START,
        )  # fmt: skip


def record(
    check: Check, outcome: str = CheckOutcome.CLEARED, *, done_on: date = TODAY, reference: str = "001234567890",
    by: User | None = None, seen_by: User | None = None, at: datetime = NOW,
) -> Check:  # fmt: skip
    lead = by or check.partner.lead
    return checks.record_check(
        check_id=check.pk, outcome=outcome, done_on=done_on, reference=reference, seen_by_id=(seen_by or lead).pk,
        by=lead, at=at,
    )  # fmt: skip


def ask(partner: Partner, *kinds: str, at: datetime = NOW) -> list[Check]:
    """Return the checks that the lead asks for of a partner who is there already."""
    checks.ask_for_checks(partner_id=partner.pk, kinds=kinds, by=partner.lead, at=at)
    return list(Check.objects.waiting().filter(partner=partner, kind__in=kinds).order_by("kind"))


def publish(
    organisation: Organisation, by: User, kind: str = AgreementKind.INVOLVEMENT, text: str = TEXT, *,
    at: datetime = factories.START,
) -> AgreementVersion:  # fmt: skip
    draft = agreements.save_draft(organisation_id=organisation.pk, kind=kind, text=text, by=by, at=at)
    return agreements.publish_draft(version_id=draft.pk, by=by, at=at)


def sign(
    partner: Partner, version: AgreementVersion, *, name: str = "", agrees: bool = True, at: datetime = NOW
) -> Signature:
    return agreements.sign_agreement(
        partner_id=partner.pk, version_id=version.pk, name=name or partner.user.name, agrees=agrees, by=partner.user,
        at=at,
    )  # fmt: skip


def countersign(signature: Signature, *, by: User | None = None, at: datetime = NOW) -> Signature:
    return agreements.countersign(signature_id=signature.pk, by=by or signature.partner.lead, at=at)


def interest(partner: Partner, organisation: str = "Acme Devices", **change) -> Interest:
    facts = interests.InterestFacts(
        **{
            "kind": InterestKind.FINANCIAL, "organisation": organisation, "description": "I own some shares",
            "starts_on": TODAY - timedelta(days=400), "ends_on": None,
        } | change
    )  # fmt: skip
    return interests.add_interest(partner_id=partner.pk, facts=facts, by=partner.user, at=NOW)


def declare(partner: Partner, *, has_nothing: bool = True, at: datetime = NOW) -> Declaration:
    return interests.declare_interests(partner_id=partner.pk, has_nothing=has_nothing, by=partner.user, at=at)
