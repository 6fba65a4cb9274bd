"""Who is told of bank details. No letter names a number, but the end of one that was called."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from expenses.models import BankDetails
from partners.queries import appointments_of
from psp_portal.accounts.queries import users_with_role
from psp_portal.accounts.roles import Permission, roles_with
from psp_portal.audit.context import Actor
from psp_portal.dates import local_date
from psp_portal.notifications.outbox import Letter, queue


def bank_details_changed(details: BankDetails, *, is_first: bool, at: datetime) -> None:
    """Tell the person, at the address held from before, that bank details were given or changed."""
    queue(
        [
            Letter(
                kind="expenses.bank_details.change",
                recipient_id=details.user_id,
                address=details.user.email,
                subject="Your bank details were added" if is_first else "Your bank details were changed",
                template="expenses/email/bank_details_changed.txt",
                dedupe_key=f"expenses.bank_details.change:{details.pk}",
                link=reverse("expenses:bank_details_detail"),
                context={"is_first": is_first},
            )
        ],
        at=at,
    )


def bank_details_to_check(details: BankDetails, *, at: datetime) -> None:
    """Tell finance at the person's organisations that bank details wait for a call before anything is paid to them."""
    queue(
        _letters(
            details, "check", "Bank details wait for a call", _finance_of(details, at=at),
            reverse("expenses:bank_call_create", kwargs={"details_id": details.pk}),
        ),
        at=at,
    )  # fmt: skip


def bank_details_confirmed(details: BankDetails, *, at: datetime) -> None:
    """Tell the person that their bank details have been checked and are in use."""
    link = reverse("expenses:bank_details_detail")
    queue(_letters(details, "confirm", "Your bank details have been checked", [details.user_id], link), at=at)


def bank_details_not_confirmed(details: BankDetails, *, back: BankDetails | None, by: Actor, at: datetime) -> None:
    """Tell the person, and warn their leads and finance, that bank details were not confirmed and are not used."""
    own = _letters(
        details, "not_confirm", "Your new bank details are not used", [details.user_id],
        reverse("expenses:bank_details_detail"), is_back=back is not None,
    )  # fmt: skip
    leads = {appointment.lead_id for appointment in appointments_of(details.user)}
    warned = [pk for pk in dict.fromkeys([*sorted(leads), *_finance_of(details, at=at)]) if pk != by.pk]
    subject = "Warning: bank details were not confirmed"
    queue([*own, *_letters(details, "warn", subject, warned, "", is_back=back is not None)], at=at)


def _finance_of(details: BankDetails, *, at: datetime) -> list[UUID]:
    """Return finance at every organisation where somebody is a partner, but for themselves."""
    found: dict[UUID, None] = {}
    for appointment in appointments_of(details.user):
        for role in sorted(roles_with(Permission.PAY_CLAIMS)):
            for user in users_with_role(role, organisation_id=appointment.organisation_id, today=local_date(at)):
                if user.pk != details.user_id:
                    found[user.pk] = None
    return list(found)


def _letters(
    details: BankDetails, name: str, subject: str, recipient_ids: Iterable[UUID], link: str, *, is_back: bool = False
) -> list[Letter]:
    return [
        Letter(
            kind=f"expenses.bank_details.{name}",
            recipient_id=recipient_id,
            subject=subject,
            template=f"expenses/email/bank_details_{name}.txt",
            dedupe_key=f"expenses.bank_details.{name}:{details.pk}:{recipient_id}",
            link=link,
            context={"person": details.user.get_full_name(), "is_back": is_back},
        )
        for recipient_id in recipient_ids
    ]
