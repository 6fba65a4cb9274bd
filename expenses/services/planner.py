"""A partner's private limits. Nothing of it is audited, mailed or logged: it is theirs alone (``EarningsPlan``)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.db import transaction

from expenses import queries
from expenses.models import EarningsPlan
from expenses.policies import planner
from psp_portal.accounts.models import User
from psp_portal.encryption import encrypt
from psp_portal.exceptions import RuleBroken


@transaction.atomic
def save_plan(*, weekly: Decimal | None, four_weekly: Decimal | None, week_starts: int, by: User) -> None:
    """Keep the limits that ``by`` sets for themselves; other earnings that they have typed stay.

    Raises RuleBroken, naming the field, when there is none or they make no sense together.
    """
    if weekly is None and four_weekly is None:
        raise RuleBroken("Enter a limit for a week, or for 4 weeks, or both", field="weekly")
    plan = replace(_locked(by), weekly=weekly, four_weekly=four_weekly, week_starts=week_starts)
    planner.check_plan(plan)
    _keep(plan, by=by)


@transaction.atomic
def save_other_earnings(*, on: date, pounds: Decimal, by: User) -> None:
    """Keep what ``by`` earns elsewhere in the week of a day; nothing takes the week out again."""
    plan = _locked(by)
    other = dict(plan.other)
    week = planner.week_of(on, plan.week_starts)
    if pounds:
        other[week] = pounds
    else:
        other.pop(week, None)
    _keep(replace(plan, other=other), by=by)


def remove_plan(*, by: User) -> None:
    """Forget all that ``by`` has kept here."""
    EarningsPlan.objects.filter(user=by).delete()


def _locked(by: User) -> planner.Plan:
    list(EarningsPlan.objects.select_for_update().filter(user=by))
    return queries.plan_of(by) or planner.Plan()


def _keep(plan: planner.Plan, *, by: User) -> None:
    EarningsPlan.objects.update_or_create(user=by, defaults={"sealed": encrypt(queries.sealed(plan))})
