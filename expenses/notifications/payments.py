"""Who is told of a payment run."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from expenses.models import PaymentRun, PaymentSettings, Reconciliation
from expenses.notifications.claims import BATCH
from psp_portal.accounts.queries import users_with_role
from psp_portal.accounts.roles import Permission, roles_with
from psp_portal.audit.context import Actor
from psp_portal.dates import local_date
from psp_portal.notifications.outbox import Letter, queue


def _finance_of(organisation_id: UUID, *, besides: Actor | None, at: datetime) -> list[UUID]:
    found: dict[UUID, None] = {}
    for role in sorted(roles_with(Permission.PAY_CLAIMS)):
        for user in users_with_role(role, organisation_id=organisation_id, today=local_date(at)):
            if besides is None or user.pk != besides.pk:
                found[user.pk] = None
    return list(found)


def _run_letters(run: PaymentRun, name: str, subject: str, *, by: Actor, at: datetime) -> list[Letter]:
    return [
        Letter(
            kind=f"expenses.run.{name}",
            recipient_id=recipient_id,
            subject=subject.format(reference=run.reference),
            template=f"expenses/email/run_{name}.txt",
            dedupe_key=f"expenses.run.{name}:{run.pk}:{recipient_id}",
            link=reverse("expenses:run_detail", kwargs={"run_id": run.pk}),
            context={"run": run, "by": by.get_full_name()},
        )
        for recipient_id in _finance_of(run.organisation_id, besides=by, at=at)
    ]


def run_made(run: PaymentRun, *, by: Actor, at: datetime) -> None:
    """Tell the other finance people that a run waits for one of them to release it."""
    queue(_run_letters(run, "made", "Payment run {reference} waits for you to release it", by=by, at=at), at=at)


def run_released(run: PaymentRun, *, by: Actor, at: datetime) -> None:
    """Tell finance that a run can be exported and paid."""
    queue(_run_letters(run, "released", "Payment run {reference} has been released", by=by, at=at), at=at)


def paying_account_changed(settings: PaymentSettings, *, by: Actor, at: datetime) -> None:
    """Tell the others in finance that their organisation pays from another account."""
    queue(
        [
            Letter(
                kind="expenses.payment_settings.change",
                recipient_id=recipient_id,
                subject="The account that your organisation pays from was changed",
                template="expenses/email/paying_account_changed.txt",
                dedupe_key=f"expenses.payment_settings.change:{settings.pk}:{at.isoformat()}:{recipient_id}",
                link=reverse("expenses:payment_settings_edit"),
                context={"by": by.get_full_name()},
            )
            for recipient_id in _finance_of(settings.organisation_id, besides=by, at=at)
        ],
        at=at,
    )


def runs_disagree(found: Reconciliation, where: list[str], *, at: datetime) -> None:
    """Tell finance that sums of payment runs do not agree, and in which runs; once for each check."""
    queue(
        [
            Letter(
                kind="expenses.reconciliation.alert",
                recipient_id=recipient_id,
                subject="Payment runs do not agree: look at them today",
                template="expenses/email/runs_disagree.txt",
                dedupe_key=f"expenses.reconciliation.alert:{found.pk}:{recipient_id}",
                link=reverse("expenses:reconciliation_detail"),
                context={"where": where},
            )
            for recipient_id in _finance_of(found.organisation_id, besides=None, at=at)
        ],
        at=at,
    )


def remittance_ready(run: PaymentRun, claimant_ids: Iterable[UUID], *, at: datetime) -> None:
    """Tell partners that money is on its way, once for each run; the amounts stand on the page, not in the e-mail."""
    people = sorted(claimant_ids)
    for start in range(0, len(people), BATCH):
        _remittances_ready(run, people[start : start + BATCH], at=at)


def _remittances_ready(run: PaymentRun, claimant_ids: Iterable[UUID], *, at: datetime) -> None:
    queue(
        [
            Letter(
                kind="expenses.remittance.ready",
                recipient_id=claimant_id,
                subject="A payment to you",
                template="expenses/email/remittance_ready.txt",
                dedupe_key=f"expenses.remittance.ready:{run.pk}:{claimant_id}",
                link=reverse("expenses:remittance_detail", kwargs={"run_id": run.pk}),
                context={"run": run},
            )
            for claimant_id in claimant_ids
        ],
        at=at,
    )
