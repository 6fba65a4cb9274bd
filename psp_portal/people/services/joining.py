"""Makes two accounts of one person into one."""

from datetime import datetime
from uuid import UUID

import pghistory
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.db.models import Case, F, Func, QuerySet, Value, When

from expenses.enums import BankCheckStatus
from psp_portal.accounts import permissions
from psp_portal.accounts.models import Membership, User
from psp_portal.accounts.policies.forgotten import neutral_address
from psp_portal.accounts.roles import Permission
from psp_portal.accounts.services.locks import lock_organisation, lock_user
from psp_portal.audit.context import Actor, SystemActor, audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken
from psp_portal.people import notifications
from psp_portal.people.models import JoinedRecord
from psp_portal.people.naming import TOGETHER
from psp_portal.people.queries import joining as queries
from psp_portal.people.services.handing_over import hand_over

# Which account's bank details stay in use.
KEPT, GONE = "kept", "gone"
LONGEST_REASON = 500


def check_can_join(by: Actor, kept: User, gone: User, *, at: datetime) -> None:
    """Refuse to join two accounts to whoever does not manage people everywhere that either concerns.

    Raises PermissionDenied where they manage people at none of these organisations, or it is their own account;
    RuleBroken where they do at some but not all: that there are others is nobody's business here.
    """
    if by.pk in (kept.pk, gone.pk):
        raise PermissionDenied
    if isinstance(by, SystemActor):
        return
    concerned = queries.organisations_concerned(kept, gone)
    allowed = [permissions.may(by, Permission.MANAGE_PEOPLE, pk, local_date(at)) for pk in concerned]
    if not any(allowed):
        raise PermissionDenied
    if not all(allowed):
        raise RuleBroken("You cannot join these two accounts. Ask whoever runs the portal to do it.")


@audited("people.record.join")
@transaction.atomic
def join_records(*, kept_id: UUID, gone_id: UUID, reason: str, bank: str, by: Actor, at: datetime) -> JoinedRecord:
    """Give all that is one account's to another, close it, and tell the person at both addresses; all or nothing.

    ``bank`` says whose bank details stay in use ("kept" or "gone") where both have some; those that come over wait for
    finance's call, so that nobody's payments are led elsewhere by joining an account to theirs. The closed account's
    proven addresses lead to the kept one from now on. Raises PermissionDenied or RuleBroken as ``check_can_join`` does;
    RuleBroken without a reason, for one account twice, for a closed one that is to be kept, where something shows that
    they are two people, and where bank details must be chosen.
    """
    if kept_id == gone_id:
        raise RuleBroken("Select another account: this is the same one.")
    users = {pk: lock_user(pk) for pk in sorted([kept_id, gone_id])}
    kept, gone = users[kept_id], users[gone_id]
    check_can_join(by, kept, gone, at=at)
    if not kept.is_active:
        raise RuleBroken("The account that is kept is closed. Keep the other one.")
    if JoinedRecord.objects.filter(gone=gone).exists():
        raise RuleBroken("This account was joined to another before.")
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise RuleBroken(
            f"Enter how you know that they are one person, in up to {LONGEST_REASON} characters", field="reason"
        )
    concerned = sorted(queries.organisations_concerned(kept, gone))
    for organisation_id in concerned:
        lock_organisation(organisation_id)
    against = queries.conflicts(kept, gone)
    if against:
        raise RuleBroken(f"These cannot be one person's. {' '.join(against)}")
    old_address = gone.email
    with pghistory.context(reason=reason):
        _choose_bank_details(kept, gone, bank, at=at)
        came_over = list(_in_use(gone).values_list("pk", flat=True))
        moved = _move(kept, gone)
        _in_use(kept).filter(pk__in=came_over).update(
            check_status=BankCheckStatus.WAITING, verified_at=None, verified_by=None
        )
        _give_roles(kept, gone)
        _close(gone, kept)
        for organisation_id in concerned:
            hand_over(organisation_id, by=by, at=at)
    joined = JoinedRecord.objects.create(
        kept=kept, gone=gone, reason=reason, moved=moved, joined_by=by if isinstance(by, User) else None, joined_at=at
    )
    notifications.records_joined(joined, old_address=old_address, at=at)
    return joined


def _choose_bank_details(kept: User, gone: User, bank: str, *, at: datetime) -> None:
    """Take one account's bank details out of use where both have some."""
    if not queries.both_have_bank_details(kept, gone):
        return
    if bank not in (KEPT, GONE):
        raise RuleBroken("Select which bank details stay in use", field="bank")
    other = gone if bank == KEPT else kept
    _in_use(other).update(replaced_at=at)


def _in_use(user: User) -> QuerySet:
    return apps.get_model("expenses.BankDetails")._base_manager.filter(user=user, replaced_at__isnull=True)


def _move(kept: User, gone: User) -> dict[str, int]:
    """Write the kept account wherever the other is named; return how many rows, by field.

    What the database alone refuses is refused in words: no rule of two people is weakened by it.
    """
    try:
        with transaction.atomic():
            moved = {
                f"{label}.{field}": count
                for label, field, rows in queries.moving(kept, gone)
                if (count := rows.update(**{field: kept}, **_along_with(label, field, kept)))
            }
            lines = apps.get_model("expenses.ClaimLine")._base_manager.filter(handled_by__contains=[gone.pk])
            lines.update(handled_by=Func(F("handled_by"), Value(gone.pk), Value(kept.pk), function="array_replace"))
            # What the database looks at only in the end, it looks at now.
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as broken:
        raise RuleBroken(
            "These cannot be one person's: a rule that asks for two different people, or for one record only, would be "
            "broken."
        ) from broken
    return moved


def _along_with(label: str, field: str, kept: User) -> dict[str, Case]:
    """Return what of the same rows must change in the same statement: what is the same account wherever it is set."""
    return {
        follower: Case(When(**{f"{follower}__isnull": False}, then=Value(kept.pk)))
        for follower in TOGETHER.get((label, field), ())
    }


def _give_roles(kept: User, gone: User) -> None:
    """Give the kept account the roles of the other; one that both hold at a time becomes one over all its days."""
    for role in Membership.objects.filter(user=gone).order_by("starts_on", "pk"):
        own = Membership.objects.filter(user=kept, organisation_id=role.organisation_id, role=role.role)
        same = own.in_force_from(role.starts_on)
        if role.ends_on is not None:
            same = same.filter(starts_on__lte=role.ends_on)
        held = same.order_by("starts_on", "pk").first()
        if held is None:
            role.user = kept
            role.save(update_fields=["user"])
            continue
        held.starts_on = min(held.starts_on, role.starts_on)
        held.ends_on = None if None in (held.ends_on, role.ends_on) else max(held.ends_on, role.ends_on)
        role.delete()
        held.save(update_fields=["starts_on", "ends_on"])


def _close(gone: User, kept: User) -> None:
    """Close the account for good; its proven addresses lead to the kept one, and nothing else opens either by them."""
    for rows in (Authenticator, UserSession):
        rows.objects.filter(user=gone).delete()
    EmailAddress.objects.filter(user=gone, verified=False).delete()
    for address in EmailAddress.objects.filter(user=gone):
        EmailAddress.objects.filter(user=kept, email__iexact=address.email).delete()
        address.user, address.primary = kept, False
        address.save(update_fields=["user", "primary"])
    if not kept.telephone and gone.telephone:
        kept.telephone = gone.telephone
        kept.save(update_fields=["telephone"])
    gone.is_active, gone.email, gone.telephone = False, neutral_address(gone.pk), ""
    gone.set_unusable_password()
    gone.save(update_fields=["is_active", "email", "telephone", "password"])
