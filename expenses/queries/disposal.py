"""Reads what of claims and payments has been kept long enough. What to do with it is ``services.disposal``.

Each function takes the first day that is still kept and returns rows with ``person_id`` (whose they are) and
``began_on`` (the day from which the time is counted). ``left_on`` below is when somebody left the last organisation
they worked with, as the caller knows it.
"""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate

from expenses.models import (
    BankDetails,
    Claim,
    ClaimLine,
    Helper,
    PriorApproval,
    StandingApproval,
)
from psp_portal.dates import LONDON, start_of_day


def open_claims_of(person: OuterRef) -> Exists:
    """Return the condition that somebody has claims, at any organisation, that are not at their end."""
    return Exists(Claim.objects.open().filter(claimant=person))


def last_settled_of(person: OuterRef) -> QuerySet:
    """Return the moments at which claims of somebody were settled, the last first, for use in a subquery."""
    return Claim.objects.filter(claimant=person, closed_at__isnull=False).order_by("-closed_at").values("closed_at")


def bank_details_held() -> QuerySet[BankDetails]:
    """Return all bank details, in use or not, of people who are owed nothing, with ``person_id``."""
    return BankDetails.objects.filter(~open_claims_of(OuterRef("user"))).annotate(person_id=F("user_id"))


def claims_settled_before(organisation_id: UUID, day: date) -> QuerySet[Claim]:
    """Return the claims that an organisation paid or turned down before a day."""
    return Claim.objects.filter(payer_id=organisation_id, closed_at__lt=start_of_day(day)).annotate(
        person_id=F("claimant_id"), began_on=TruncDate("closed_at", tzinfo=LONDON)
    )


def trainings_claimed(partner_ids: Collection[UUID]) -> list[UUID]:
    """Return the trainings of some partners for whose time money was asked, whatever came of it."""
    lines = ClaimLine.objects.filter(training__partner__in=partner_ids)
    return list(lines.values_list("training_id", flat=True).distinct())


def prior_approvals_before(organisation_id: UUID, day: date) -> QuerySet[PriorApproval]:
    """Return what was asked of an organisation before a journey that ended before a day, its claims settled."""
    open_line = Claim.objects.open().filter(lines__prior_approval=OuterRef("pk"))
    return PriorApproval.objects.filter(~Exists(open_line), payer_id=organisation_id, ends_on__lt=day).annotate(
        person_id=F("claimant_id"), began_on=F("ends_on")
    )


def standing_approvals_before(organisation_id: UUID, day: date) -> QuerySet[StandingApproval]:
    """Return the standing approvals of an organisation that ended before a day, their claims settled."""
    open_line = Claim.objects.open().filter(lines__standing_approval=OuterRef("pk"))
    return StandingApproval.objects.filter(~Exists(open_line), payer_id=organisation_id, ends_on__lt=day).annotate(
        person_id=F("partner__user_id"), began_on=F("ends_on")
    )


def helpers_before(organisation_id: UUID, day: date) -> QuerySet[Helper]:
    """Return the helpers of an organisation's partners whose help ended, or whose partner left, before a day."""
    ended = Coalesce(TruncDate("ended_at", tzinfo=LONDON), F("partner__left_on"), output_field=DateField())
    return (
        Helper.objects.filter(
            ~open_claims_of(OuterRef("partner__user")),
            Q(ended_at__isnull=False) | Q(partner__left_on__isnull=False),
            partner__organisation_id=organisation_id,
        )
        .annotate(person_id=F("partner__user_id"), began_on=ended)
        .filter(began_on__lt=day)
    )
