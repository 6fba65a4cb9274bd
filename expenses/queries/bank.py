"""Reads bank details: who may be paid to which, what waits for a call, and on which number; and the banks' tables.

Nothing here opens an encrypted field.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Exists, Min, OuterRef, Prefetch, Q, QuerySet

from expenses.enums import BankCheckStatus, ModulusMethod, RunLineStatus
from expenses.models import BankCall, BankDetails, Claim, ModulusSubstitution, ModulusWeight, RateCard, RunLine
from expenses.policies import modulus
from expenses.policies.bank_details import PAYABLE, counts_as_held
from partners.queries import appointments, appointments_of, telephone_numbers_of
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import organisation_ids_allowing
from psp_portal.accounts.roles import Permission

if TYPE_CHECKING:
    from partners.models import TelephoneNumber


# --- paying ---------------------------------------------------------------------------------
def bank_details_of(user: User) -> BankDetails | None:
    """Return somebody's own bank details in use; pages show the last four digits only."""
    return BankDetails.objects.filter(user=user, replaced_at__isnull=True).first()


def last_fours(user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the last four digits of the accounts of some people, for those who have given one."""
    rows = BankDetails.objects.filter(user_id__in=user_ids, replaced_at__isnull=True)
    return dict(rows.values_list("user_id", "last_four"))


def bank_details_to_pay(user_ids: Iterable[UUID]) -> dict[UUID, BankDetails]:
    """Return, for those of these people who can be paid now, where: details in use that wait for no call."""
    rows = BankDetails.objects.filter(user_id__in=user_ids, replaced_at__isnull=True, check_status__in=PAYABLE)
    return {row.user_id: row for row in rows}


def held_for_verification(user_ids: Iterable[UUID], payer_id: UUID | None = None) -> set[UUID]:
    """Return those of these people whose bank details wait for a call, so that no payment to them goes out.

    With a payer these are also the people whose first details nobody called about, because nobody had to when they
    were given, if this payer has such details checked and has not paid to them yet.
    """
    held = Q(check_status=BankCheckStatus.WAITING)
    if payer_id is not None:
        held |= Q(
            ~Exists(_relaxed([payer_id])), ~Exists(_paid_to_by(payer_id)), check_status=BankCheckStatus.NOT_NEEDED
        )
    rows = BankDetails.objects.filter(held, user_id__in=user_ids, replaced_at__isnull=True)
    return set(rows.values_list("user_id", flat=True))


def _relaxed(organisation_ids: Iterable[UUID]) -> QuerySet[RateCard]:
    """Return the rate cards of those of these organisations that do not have first bank details checked by a call."""
    return RateCard.objects.filter(organisation_id__in=organisation_ids, verifies_first_bank_details=False)


def _paid_to_by(payer_id: UUID) -> QuerySet[RunLine]:
    """Return what a payer has paid to the owner of bank details since these were given: it went to them."""
    return RunLine.objects.filter(
        claimant=OuterRef("user"),
        run__organisation_id=payer_id,
        status=RunLineStatus.PAID,
        settled_at__gte=OuterRef("given_at"),
    )


def first_details_to_check() -> QuerySet[BankDetails]:
    """Return the bank details in use that nobody called about, of people who serve where such a call is asked for now.

    Where they have been paid to already they are no longer first. They were given before the person was appointed
    there, or before the organisation asked for the call.
    """
    relaxed = RateCard.objects.filter(verifies_first_bank_details=False).values("organisation_id")
    paid = RunLine.objects.filter(
        claimant=OuterRef("user"),
        run__organisation=OuterRef("organisation"),
        status=RunLineStatus.PAID,
        settled_at__gte=OuterRef(OuterRef("given_at")),
    )
    strict = appointments().serving().filter(~Exists(paid), user=OuterRef("user")).exclude(organisation__in=relaxed)
    return BankDetails.objects.filter(
        Exists(strict), check_status=BankCheckStatus.NOT_NEEDED, replaced_at__isnull=True
    ).order_by("given_at", "pk")


# --- checking -------------------------------------------------------------------------------
def bank_details_visible_to(user: User, *, today: date) -> QuerySet[BankDetails]:
    """Return the bank details whose changes somebody may see: their own, and those of partners where a role allows it.

    One person's details are the same for all their organisations, so each of these sees them.
    """
    of_partners = Exists(_partners_where(user, Permission.SEE_BANK_CHECKS, today))
    return BankDetails.objects.filter(Q(user=user) | of_partners).select_related("user", "verified_by")


def _partners_where(user: User, permission: Permission, today: date) -> QuerySet:
    """Return the appointments of the owner of bank details where somebody may do something.

    Those that have ended count as long as a claim of theirs is open: then money still goes to these details.
    """
    theirs = organisation_ids_allowing(user, permission, today)
    open_claims = Claim.objects.open().filter(partner=OuterRef("pk"))
    return appointments().filter(
        Q(left_on__isnull=True) | Exists(open_claims), user=OuterRef("user_id"), organisation_id__in=theirs
    )


def bank_checks_to_do(user: User, *, today: date) -> QuerySet[BankDetails]:
    """Return the bank details in use that wait for somebody, or a colleague in finance, to call; the oldest first."""
    return (
        BankDetails.objects.filter(
            Exists(_partners_where(user, Permission.PAY_CLAIMS, today)),
            check_status=BankCheckStatus.WAITING,
            replaced_at__isnull=True,
        )
        .exclude(user=user)
        .select_related("user")
        .order_by("given_at", "pk")
    )


def bank_checks_waiting(user: User, *, today: date) -> QuerySet[BankDetails]:
    """Return the bank details in use that wait for a call, where somebody sees these checks, the oldest first.

    Never somebody's own: they wait for others to check.
    """
    return (
        bank_details_visible_to(user, today=today)
        .filter(check_status=BankCheckStatus.WAITING, replaced_at__isnull=True)
        .exclude(user=user)
        .prefetch_related(_calls(user, today))
        .order_by("given_at", "pk")
    )


def bank_history_of(user: User, person_id: UUID, *, today: date) -> QuerySet[BankDetails]:
    """Return all bank details of a person that somebody may see, the latest first, with the calls about them."""
    return (
        bank_details_visible_to(user, today=today)
        .filter(user_id=person_id)
        .prefetch_related(_calls(user, today))
        .order_by("-given_at", "pk")
    )


def _calls(user: User, today: date) -> Prefetch:
    """Return the calls that somebody may see: about themselves, and those that their own organisations made."""
    theirs = organisation_ids_allowing(user, Permission.SEE_BANK_CHECKS, today)
    calls = BankCall.objects.filter(Q(person=user) | Q(organisation_id__in=theirs))
    return Prefetch("calls", calls.select_related("called_by").order_by("called_at", "pk"))


def are_first(details: Iterable[BankDetails]) -> set[UUID]:
    """Return the keys of those bank details before which their person had none that could be paid to."""
    details = list(details)
    paid_to = BankDetails.objects.filter(user_id__in={row.user_id for row in details}, check_status__in=PAYABLE)
    began = dict(paid_to.values("user_id").annotate(began=Min("given_at")).values_list("user_id", "began"))
    return {row.pk for row in details if row.given_at <= began.get(row.user_id, row.given_at)}


def numbers_to_call(details: Iterable[BankDetails], *, at: datetime) -> dict[UUID, list["TelephoneNumber"]]:
    """Return, for each of these bank details, the numbers held before them: the latest of each appointment.

    Three queries, however many details. A number that was replaced after the details were given is still the one.
    """
    details = list(details)
    first = are_first(details)
    numbers: dict[UUID, list[TelephoneNumber]] = {}
    for number in telephone_numbers_of({row.user_id for row in details}):
        numbers.setdefault(number.partner.user_id, []).append(number)
    found: dict[UUID, list[TelephoneNumber]] = {}
    for row in details:
        of_appointment: dict[UUID, TelephoneNumber] = {}
        for number in numbers.get(row.user_id, []):
            if counts_as_held(number.given_at, details_given_at=row.given_at, is_first=row.pk in first, at=at):
                of_appointment.setdefault(number.partner_id, number)
        found[row.pk] = list(of_appointment.values())
    return found


def verifies_first_bank_details(user: User) -> bool:
    """Say whether any organisation where somebody is a partner has first bank details checked by a call.

    One without a rate card has said nothing against it.
    """
    organisations = set(appointments_of(user).order_by().values_list("organisation_id", flat=True))
    relaxed = _relaxed(organisations).values_list("organisation_id", flat=True)
    return not organisations or bool(organisations - set(relaxed))


# --- the banks' tables ----------------------------------------------------------------------
def modulus_weights_for(sort_code: str) -> list[modulus.Weight]:
    """Return the lines of the loaded table that hold a sort code, in the table's order; none before it is loaded."""
    rows = ModulusWeight.objects.filter(first__lte=sort_code, last__gte=sort_code).order_by("position")
    return [
        modulus.Weight(row.first, row.last, ModulusMethod(row.method), tuple(row.weights), row.exception)
        for row in rows
    ]


def modulus_substitutions() -> dict[str, str]:
    """Return the loaded sort codes that are checked as if they were another."""
    return dict(ModulusSubstitution.objects.values_list("original", "substitute"))
