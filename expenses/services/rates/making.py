"""What finance does with a rate card as a whole: makes it from a template, and sets its rules."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from expenses import permissions
from expenses.enums import AtBoundary, CardTemplate, LineKind
from expenses.models import Cap, MileageRate, RateCard, TimeRate
from expenses.policies import card as cards
from expenses.policies import card_changes
from expenses.services.rates.writing import columns, lock_card, write_bands
from psp_portal.accounts.models import User
from psp_portal.audit.context import audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken

HAS_ONE = "This organisation has a rate card already."

# What a template's figures come from (domain.md 2.2, 2.3 and 3); a trust writes its own words on its own rows.
_TIME_SOURCES = {
    CardTemplate.NATIONAL: "NHS England's policy, as quoted by Mid and South Essex",
    CardTemplate.HOURLY: "Imperial College Healthcare",
    CardTemplate.PER_SESSION: "Tees, Esk and Wear Valleys",
    CardTemplate.UNPAID: "North Bristol",
}
_MILEAGE_SOURCE = "HMRC's approved mileage rates"
_CAP_SOURCE = "HMRC's benchmark for a day of 5 hours or more"


@dataclass(frozen=True)
class CardRules:
    """A card's rules for claims; they hold for claims sent from now on, never for one that has been sent.

    ``late_cancellation_hours`` is None and ``late_cancellation_pays`` empty where late cancellations are not paid.
    ``payment_days`` and ``steps_days`` are calendar days from the day a claim is sent.
    """

    name: str
    claim_window_months: int
    needs_approval: frozenset[LineKind]
    first_class_needs_approval: bool
    late_cancellation_hours: int | None
    late_cancellation_pays: AtBoundary | str
    mileage_year_month: int
    mileage_year_day: int
    decision_working_days: int
    payment_days: int
    steps_days: tuple[int, ...]
    reply_working_days: int
    appeal_working_days: int
    verifies_first_bank_details: bool = True
    # How many of a hundred claims, and pounds, are to be paid in time: what the reports are measured by.
    payment_target_percent: int = 95


# --- the card -----------------------------------------------------------------------------
@audited("expenses.rate_card.make")
@transaction.atomic
def make_rate_card(*, organisation_id: UUID, template: CardTemplate, name: str, by: User, at: datetime) -> RateCard:
    """Make an organisation's rate card from a template: its rules, and its rows, one for each role category.

    Raises RuleBroken when the organisation has a card, or (field ``name``) when the name is empty.
    """
    permissions.check_can_manage_rates(by, organisation_id, today=local_date(at))
    start = cards.card_from_template(template)
    late = start.late_cancellation
    month, day = start.mileage_year_starts
    try:
        with transaction.atomic():
            card = RateCard.objects.create(
                organisation_id=organisation_id,
                name=_name(name),
                made_by=by,
                made_at=at,
                mileage_year_month=month,
                mileage_year_day=day,
                needs_approval=sorted(start.needs_approval),
                first_class_needs_approval=start.first_class_needs_approval,
                claim_window_months=start.claim_window_months,
                late_cancellation_hours=late.within_hours if late else None,
                late_cancellation_pays=late.pays if late else "",
                decision_working_days=start.clock.decision_working_days,
                payment_days=start.clock.payment_days,
                steps_days=list(start.clock.steps_days),
            )
    except IntegrityError:
        raise RuleBroken(HAS_ONE) from None
    for time in start.time_rates:
        for category in sorted(time.role_categories):
            TimeRate.objects.create(
                card=card,
                role_category=category,
                valid_from=time.valid_from,
                valid_to=time.valid_to,
                source=_TIME_SOURCES[template],
                **columns(time.terms),
            )
    for mileage in start.mileage_rates:
        row = MileageRate.objects.create(
            card=card,
            vehicle=mileage.vehicle,
            valid_from=mileage.valid_from,
            valid_to=mileage.valid_to,
            passenger=mileage.passenger,
            source=_MILEAGE_SOURCE,
        )
        write_bands(row, mileage.bands)
    for cap in start.caps:
        Cap.objects.create(
            card=card,
            kind=cap.kind,
            valid_from=cap.valid_from,
            valid_to=cap.valid_to,
            amount=cap.amount,
            source=_CAP_SOURCE,
        )
    return card


@audited("expenses.rate_card.change_rules")
@transaction.atomic
def change_rules(*, card_id: UUID, rules: CardRules, by: User, at: datetime) -> RateCard:
    """Set a card's rules. Claims that have been sent keep the prices and days they were sent with.

    Raises RuleBroken with the field of ``CardRules`` that is wrong.
    """
    card = lock_card(card_id, by=by, at=at)
    card_changes.check_needs_approval(rules.needs_approval)
    card_changes.check_period(rules.claim_window_months, field="claim_window_months", most=card_changes.MOST_MONTHS)
    card_changes.check_late_cancellation(rules.late_cancellation_hours, rules.late_cancellation_pays)
    card_changes.check_year_starts(rules.mileage_year_month, rules.mileage_year_day)
    card_changes.check_steps(rules.steps_days)
    for period in ("decision_working_days", "payment_days", "reply_working_days", "appeal_working_days"):
        card_changes.check_period(getattr(rules, period), field=period)
        setattr(card, period, getattr(rules, period))
    card.name = _name(rules.name)
    card.claim_window_months = rules.claim_window_months
    card.needs_approval = sorted(rules.needs_approval)
    card.first_class_needs_approval = rules.first_class_needs_approval
    card.late_cancellation_hours = rules.late_cancellation_hours
    card.late_cancellation_pays = rules.late_cancellation_pays
    card.mileage_year_month, card.mileage_year_day = rules.mileage_year_month, rules.mileage_year_day
    card.steps_days = list(rules.steps_days)
    card.verifies_first_bank_details = rules.verifies_first_bank_details
    card_changes.check_period(
        rules.payment_target_percent, field="payment_target_percent", most=card_changes.MOST_PERCENT
    )
    card.payment_target_percent = rules.payment_target_percent
    card.save()
    return card


def _name(name: str) -> str:
    if not name.strip():
        raise RuleBroken("Enter a name for the rate card.", field="name")
    return name.strip()
