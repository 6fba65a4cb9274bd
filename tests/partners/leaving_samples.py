"""Terms, pauses and departures for tests, through the services."""

from datetime import date, datetime, timedelta

from partners import services as partners
from partners.enums.leaving import LeavingReason, PauseReason
from partners.models import Partner
from partners.models.leaving import Departure, Pause, SuccessionPlan
from partners.services import leaving as services
from psp_portal.accounts.models import User
from psp_portal.dates import local_date
from tests import factories

# A Tuesday, in the tests' own year.
NOW = factories.START + timedelta(days=364)
TODAY = local_date(NOW)


def set_term(partner: Partner, ends_on: date, *, reason: str = "A year more", by: User | None = None) -> Partner:
    return partners.change_term(
        partner_id=partner.pk, term_ends_on=ends_on, reason=reason, by=by or partner.lead, at=NOW
    )


def make_pause(
    partner: Partner, starts_on: date = TODAY, *, back_on: date | None = None, by: User | None = None,
    at: datetime = NOW,
) -> Pause:  # fmt: skip
    return services.pause(
        partner_id=partner.pk, starts_on=starts_on, expected_back_on=back_on, reason=PauseReason.CARING,
        by=by or partner.user, at=at,
    )  # fmt: skip


def make_departure(
    partner: Partner, last_day: date = TODAY + timedelta(days=30), *, by: User | None = None, at: datetime = NOW
) -> Departure:
    return services.announce_leaving(
        partner_id=partner.pk, last_day=last_day, reason=LeavingReason.MOVING, by=by or partner.user, at=at
    )


def make_plan(partner: Partner, ends_on: date = TODAY + timedelta(days=120), *, at: datetime = NOW) -> SuccessionPlan:
    """Return the plan that the clock makes for a partner whose term ends on a day."""
    set_term(partner, ends_on)
    services.open_succession_plans(at=at)
    return SuccessionPlan.objects.get(partner=partner, term_ends_on=ends_on)
