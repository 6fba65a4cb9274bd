"""Bank details: given by their owner, shown to nobody, and paid to once finance has called the person about them."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from expenses import notifications, permissions, queries
from expenses.enums import BankCheckStatus, CallOutcome
from expenses.models import BankCall, BankDetails, ModulusSubstitution, ModulusWeight
from expenses.policies import bank_details as rules
from expenses.policies import modulus
from psp_portal.accounts.models import User
from psp_portal.accounts.services.locks import lock_user
from psp_portal.audit.context import SystemActor, acting_as, audited
from psp_portal.dates import local_date
from psp_portal.encryption import decrypt, encrypt
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

CLOCK = SystemActor("expenses.ask_for_first_calls")


# --- giving ---------------------------------------------------------------------------------
@audited("expenses.bank_details.change")
@transaction.atomic
def change_bank_details(
    *, account_name: str, sort_code: str, account_number: str, by: User, at: datetime, reference: str = ""
) -> BankDetails:
    """Keep where ``by`` wants to be paid, and tell them at the address held before that it was changed.

    A change waits until finance has called them (``record_bank_call``); so do first details, unless every organisation
    of theirs says otherwise. Until then nothing is paid to the new details, and nothing to the old ones either.
    The details in use, given again, change nothing.

    Raises RuleBroken, naming the field, for digits that cannot be an account's.
    """
    rules.check_account(sort_code=sort_code, account_number=account_number)
    rules.check_account_name(account_name)
    rules.check_reference(reference)
    result = modulus.check_modulus(
        sort_code, account_number, queries.modulus_weights_for(sort_code), queries.modulus_substitutions()
    )
    rules.check_fits(result)
    lock_user(by.pk)
    old = BankDetails.objects.filter(user=by, replaced_at__isnull=True).first()
    given = (account_name, sort_code, account_number, reference)
    if old and old.check_status in rules.PAYABLE and _opened(old) == given:
        return old
    if old:
        old.replaced_at = at
        old.save(update_fields=["replaced_at"])
    is_first = not BankDetails.objects.filter(user=by, check_status__in=rules.PAYABLE).exists()
    new = BankDetails.objects.create(
        user=by,
        account_name=encrypt(account_name),
        sort_code=encrypt(sort_code),
        account_number=encrypt(account_number),
        reference=encrypt(reference) if reference else "",
        last_four=account_number[-4:],
        given_at=at,
        modulus=result,
        check_status=rules.first_status(
            is_first=is_first, verifies_first=is_first and queries.verifies_first_bank_details(by)
        ),
    )
    notifications.bank_details_changed(new, is_first=old is None, at=at)
    if new.check_status == BankCheckStatus.WAITING:
        notifications.bank_details_to_check(new, at=at)
    return new


def _opened(details: BankDetails) -> tuple[str, str, str, str] | None:
    """Return what somebody gave before; None when no key opens it. It is compared here and goes nowhere else."""
    try:
        return (
            decrypt(details.account_name),
            decrypt(details.sort_code),
            decrypt(details.account_number),
            decrypt(details.reference) if details.reference else "",
        )
    except ValueError:
        return None


# --- checking -------------------------------------------------------------------------------
@audited("expenses.bank_details.call")
@transaction.atomic
def record_bank_call(
    *, details_id: UUID, number_id: UUID, outcome: CallOutcome, note: str, by: User, at: datetime
) -> BankCall:
    """Record a call about bank details, on a number held before them, and what follows from it.

    Confirmed: they are paid to from now on. Not confirmed: they are not used; the details before them, if finance had
    confirmed those or nobody had to, are back in use, because whoever was called still has that account; the person,
    their leads and finance are told. Nobody answered: they wait on.

    Raises RuleBroken when the number was not held before, or a refusal has no note; TransitionNotAllowed when the
    details have been checked or replaced.
    """
    user_id = BankDetails.objects.values_list("user_id", flat=True).get(pk=details_id)
    lock_user(user_id)
    details = BankDetails.objects.select_related("user").get(pk=details_id)
    held_before = {number.pk: number for number in queries.numbers_to_call([details], at=at)[details.pk]}
    number = held_before.get(number_id)
    if number is None:
        raise RuleBroken("Call a number that was held before these details were given.", field="number_id")
    organisation_id = number.partner.organisation_id
    permissions.check_can_check_bank_details(by, user_id, number.given_by_id, organisation_id, today=local_date(at))
    if details.check_status != BankCheckStatus.WAITING or details.replaced_at:
        raise TransitionNotAllowed("These bank details have been checked or replaced already.")
    if outcome == CallOutcome.NOT_CONFIRMED and not note.strip():
        raise RuleBroken("Say what they told you", field="note")
    call = BankCall.objects.create(
        details=details,
        person_id=user_id,
        called_by=by,
        organisation_id=organisation_id,
        called_at=at,
        number_ending=number.number[-4:],
        number_given_at=number.given_at,
        outcome=outcome,
        note=note.strip(),
    )
    if outcome == CallOutcome.CONFIRMED:
        details.check_status, details.verified_at, details.verified_by = BankCheckStatus.CONFIRMED, at, by
        details.save(update_fields=["check_status", "verified_at", "verified_by"])
        notifications.bank_details_confirmed(details, at=at)
    elif outcome == CallOutcome.NOT_CONFIRMED:
        back = _turn_down(details, at=at)
        notifications.bank_details_not_confirmed(details, back=back, by=by, at=at)
    return call


def _turn_down(details: BankDetails, *, at: datetime) -> BankDetails | None:
    """Take bank details out of use and put back those before them that could be paid to; return these."""
    details.check_status, details.replaced_at = BankCheckStatus.NOT_CONFIRMED, at
    details.save(update_fields=["check_status", "replaced_at"])
    back = BankDetails.objects.filter(user_id=details.user_id, check_status__in=rules.PAYABLE).order_by("-given_at")
    for row in back[:1]:
        row.replaced_at = None
        row.save(update_fields=["replaced_at"])
        return row
    return None


@transaction.atomic
def ask_for_first_calls(*, at: datetime) -> int:
    """Put bank details that nobody called about before finance, where the person now serves at a trust that has such
    details checked; return how many. Until the call nothing is paid to them."""
    asked = 0
    with acting_as(CLOCK, "expenses.bank_details.ask_for_call"):
        for user_id in list(queries.first_details_to_check().values_list("user_id", flat=True)):
            lock_user(user_id)
            for details in queries.first_details_to_check().filter(user_id=user_id):
                details.check_status = BankCheckStatus.WAITING
                details.save(update_fields=["check_status"])
                notifications.bank_details_to_check(details, at=at)
                asked += 1
    return asked


# --- the banks' tables ----------------------------------------------------------------------
@audited("expenses.modulus.load")
@transaction.atomic
def load_modulus_tables(*, weights: str, substitutions: str | None, by: SystemActor) -> tuple[int, int]:
    """Put the lines of the banks' two files in place of those loaded before; return how many of each there are.

    Without the second file the substitutions stay as they are. Raises RuleBroken, naming the line, for a file with a
    line that cannot be one: then nothing is changed.
    """
    rows = modulus.read_weights(weights)
    pairs = None if substitutions is None else modulus.read_substitutions(substitutions)
    ModulusWeight.objects.all().delete()
    ModulusWeight.objects.bulk_create(_weight_rows(rows))
    if pairs is not None:
        ModulusSubstitution.objects.all().delete()
        ModulusSubstitution.objects.bulk_create(
            ModulusSubstitution(original=pair.original, substitute=pair.substitute) for pair in pairs
        )
    return len(rows), ModulusSubstitution.objects.count()


def _weight_rows(rows: Iterable[modulus.Weight]) -> list[ModulusWeight]:
    return [
        ModulusWeight(
            position=position,
            first=row.first,
            last=row.last,
            method=row.method,
            weights=list(row.weights),
            exception=row.exception,
        )
        for position, row in enumerate(rows, start=1)
    ]
