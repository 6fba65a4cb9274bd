"""Reads requirements and checks; every function starts from a user, an organisation or a partner."""

from collections import defaultdict
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse

from partners.enums import PartnerStatus
from partners.enums.checks import CheckKind, CheckOutcome, CheckShown
from partners.models import Partner
from partners.models.checks import Check, CheckQuerySet, CheckRequirement
from partners.policies import checks as policies
from partners.queries.appointments import partners_looked_after_by, partners_visible_to
from partners.queries.induction import has_template
from psp_portal.accounts.enums import STAFF_ROLES
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import organisation_ids_allowing, users_with_any_role
from psp_portal.accounts.roles import Permission
from psp_portal.dates import format_date, start_of_day
from psp_portal.waiting import Awaited, Waiting

MOST_WAITING = 50


# --- what is asked for ------------------------------------------------------------------------
def requirements_visible_to(user: User, *, today: date) -> QuerySet[CheckRequirement]:
    """Return the required checks of the organisations whose partners somebody manages, by role category."""
    return (
        CheckRequirement.objects.filter(
            organisation_id__in=organisation_ids_allowing(user, Permission.MANAGE_PARTNERS, today)
        )
        .select_related("organisation")
        .order_by("role_category", "kind")
    )


def requirements_of(organisation_id: UUID, role_category: int) -> QuerySet[CheckRequirement]:
    """Return the checks that an organisation asks for of a role category."""
    return CheckRequirement.objects.filter(organisation_id=organisation_id, role_category=role_category).order_by(
        "kind"
    )


def first_status(organisation_id: UUID, role_category: int) -> PartnerStatus:
    """Return the status in which an appointment begins: by what its organisation asks for beforehand."""
    if requirements_of(organisation_id, role_category).exists():
        return PartnerStatus.CHECKS
    return PartnerStatus.INDUCTION if has_template(organisation_id, role_category) else PartnerStatus.ACTIVE


def kinds_to_ask_for(partner: Partner) -> list[tuple[CheckKind, bool]]:
    """Return the checks that may be asked for of a partner, with whether the template asks for one they never had.

    Those that wait are asked for already. A DBS check needs the template, which says why the role may be checked.
    """
    required = set(requirements_of(partner.organisation_id, partner.role_category).values_list("kind", flat=True))
    outcomes = defaultdict(set)
    for kind, outcome in Check.objects.filter(partner=partner).values_list("kind", "outcome"):
        outcomes[kind].add(outcome)
    return [
        (kind, kind in required and not outcomes[kind])
        for kind in CheckKind
        if CheckOutcome.WAITING not in outcomes[kind] and (kind != CheckKind.DBS or kind in required)
    ]


# --- what came of it --------------------------------------------------------------------------
def checks_visible_to(user: User, *, today: date) -> CheckQuerySet:
    """Return the checks of the partners whom somebody may see: their own, and those of whom they look after.

    Those that wait come first, then by the day they run out.
    """
    return (
        Check.objects.filter(partner__in=partners_visible_to(user, today=today))
        .select_related("partner__user", "partner__organisation", "partner__lead", "seen_by")
        .order_by(F("recorded_at").asc(nulls_first=True), "asked_at", "pk")
    )


def checks_found(user: User, organisation_id: UUID | None, *, today: date, shown: str = "") -> CheckQuerySet:
    """Return the checks of an organisation's partners, those who left not, that a list narrowed to ``shown`` shows.

    Without ``shown`` all that wait and the latest recorded of each kind, the earliest end first.
    """
    here = (
        checks_visible_to(user, today=today)
        .filter(partner__organisation_id=organisation_id)
        .exclude(partner__status=PartnerStatus.LEFT)
        .current()
        .order_by(F("expires_on").asc(nulls_last=True), "asked_at", "pk")
    )
    match shown:
        case CheckShown.WAITING:
            return here.waiting().order_by("asked_at", "pk")
        case CheckShown.NOT_CLEARED:
            return here.filter(outcome=CheckOutcome.NOT_CLEARED)
        case CheckShown.EXPIRED:
            return here.filter(expires_on__lt=today)
        case CheckShown.WITHIN_90 | CheckShown.WITHIN_60 | CheckShown.WITHIN_30:
            return here.filter(expires_on__range=(today, today + timedelta(days=int(shown))))
    return here


def outcomes_of(partner: Partner) -> list[tuple[str, str]]:
    """Return the (kind, outcome) of a partner's checks that count now."""
    return list(Check.objects.filter(partner=partner).current().values_list("kind", "outcome"))


def is_required(check: Check) -> bool:
    """Say whether the template asks for a check of its partner's role category."""
    partner = check.partner
    return requirements_of(partner.organisation_id, partner.role_category).filter(kind=check.kind).exists()


def staff_who_may_see_papers(organisation_id: UUID, *, today: date) -> QuerySet[User]:
    """Return the people who can have seen a partner's papers: an organisation's staff, by name."""
    return users_with_any_role(STAFF_ROLES, organisation_ids=[organisation_id], today=today)


def latest_that_expire(*, today: date) -> CheckQuerySet:
    """Return the checks of serving partners that run out within the time of the first warning. For the clock."""
    return (
        Check.objects.filter(
            expires_on__range=(today, today + timedelta(days=policies.WARNED_AT[0])),
            partner__in=Partner.objects.serving(),
        )
        .current()
        .select_related("partner__user", "partner__lead", "partner__organisation")
        .order_by("pk")
    )


# --- what waits -------------------------------------------------------------------------------
def waiting(user: User, *, today: date) -> list[Waiting]:
    """Return the checks that a lead has to record or to ask for again. Three queries at most."""
    looked_after = partners_looked_after_by(user, today=today).serving().order_by()
    here = Check.objects.filter(partner__in=looked_after).select_related("partner__user").current()
    to_record = here.waiting().order_by("asked_at", "kind", "pk")[:MOST_WAITING]
    asked_again = Check.objects.waiting().filter(partner=OuterRef("partner"), kind=OuterRef("kind"))
    ending = (
        here.filter(~Exists(asked_again), expires_on__lte=today + timedelta(days=policies.WARNED_AT[0]))
        .order_by("expires_on", "pk")[:MOST_WAITING]
    )  # fmt: skip
    found = [
        Waiting(
            label=f"Record what came of a check: {_name_of(check)}",
            detail=f"{check.partner.user.name}",
            url=reverse("checks:check_record", args=[check.pk]),
            since=check.asked_at,
        )
        for check in to_record
    ]
    for check in ending:
        assert check.expires_on is not None  # noqa: S101  the filter leaves the others out
        words = "It ran out on" if check.expires_on < today else "It runs out on"
        found.append(
            Waiting(
                label=f"Ask for a check again: {_name_of(check)}",
                detail=f"{check.partner.user.name}. {words} {format_date(check.expires_on)}.",
                url=reverse("checks:partner_detail", args=[check.partner_id]),
                since=start_of_day(check.expires_on - timedelta(days=policies.WARNED_AT[0])),
                due_on=check.expires_on,
            )
        )
    return found


def awaited(user: User, *, today: date) -> list[Awaited]:
    """Return the checks without which somebody cannot begin, with who records them. One query."""
    mine = (
        Check.objects.waiting()
        .filter(partner__user=user, partner__status=PartnerStatus.CHECKS)
        .select_related("partner__lead")
        .order_by("asked_at", "pk")[:MOST_WAITING]
    )
    return [
        Awaited(
            label=f"Your check: {_name_of(check)}",
            who=check.partner.lead.name,
            url=reverse("checks:partner_detail", args=[check.partner_id]),
            since=check.asked_at,
        )
        for check in mine
    ]


def _name_of(check: Check) -> str:
    label = str(CheckKind(check.kind).label)
    return label if label.startswith("DBS") else label.lower()
