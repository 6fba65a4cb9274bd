"""Time, days away and interests for tests, through the services."""

from datetime import date, datetime
from decimal import Decimal

from partners.enums.capacity import Audience, CapacityUnit
from partners.models import Partner
from partners.models.capacity import AwayPeriod, CapacityAgreement, Profile
from partners.services import capacity as services
from psp_portal.accounts.models import User
from psp_portal.dates import local_date
from tests import factories

NOW = factories.START
TODAY = local_date(NOW)
# START is on the first of April 2025.
APRIL, MAY, JUNE = date(2025, 4, 1), date(2025, 5, 1), date(2025, 6, 1)


def propose(
    partner: Partner,
    amount: str = "8",
    unit: CapacityUnit = CapacityUnit.HOURS,
    *,
    starts_on: date = APRIL,
    by: User | None = None,
    at: datetime = NOW,
) -> CapacityAgreement:
    """Return what a partner (or ``by``) proposes: eight hours from April on."""
    return services.propose_time(
        partner_id=partner.pk, amount=Decimal(amount), unit=unit, starts_on=starts_on, by=by or partner.user, at=at
    )


def answer(agreement: CapacityAgreement, by: User, *, agrees: bool = True, reason: str = "", at: datetime = NOW):
    return services.answer_time(agreement_id=agreement.pk, agrees=agrees, reason=reason, by=by, at=at)


def agree(partner: Partner, amount: str = "8", *, starts_on: date = APRIL, at: datetime = NOW) -> CapacityAgreement:
    """Return hours a month that a partner proposed and their lead agreed to."""
    return answer(propose(partner, amount, starts_on=starts_on, at=at), partner.lead, at=at)


def go_away(
    partner: Partner, starts_on: date, ends_on: date, *, by: User | None = None, at: datetime = NOW
) -> AwayPeriod:
    return services.record_away(
        partner_id=partner.pk, starts_on=starts_on, ends_on=ends_on, by=by or partner.user, at=at
    )


def tell_experience(partner: Partner, audience: Audience = Audience.LEAD, words: str = "My mother fell.") -> Profile:
    return services.save_experience(
        partner_id=partner.pk, experience=words, experience_for=audience, by=partner.user, at=NOW
    )
