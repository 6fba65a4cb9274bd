"""What tests of paying share: accounts that may be paid to, and a trust that pays by BACS."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from expenses import services
from expenses.enums import BacsDays, ExportFormat, RunPart
from expenses.models import BankDetails, PaymentRun, RateCard
from tests import factories
from tests.expenses.world import World


@contextmanager
def without_triggers() -> Iterator[None]:
    """Let a test put rows into a state that the database itself refuses; constraints hold still."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        # When this fails, rolling back puts the setting back.
        yield
        cursor.execute("SET session_replication_role = DEFAULT")


def give_account(
    user, world: World, *, number: str = "66374958", sort_code: str = "089999", name: str = "", reference: str = ""
) -> BankDetails:
    """Give somebody first bank details that may be paid to at once: the trust does not check first ones."""
    with factories.acting():
        RateCard.objects.filter(pk=world.card.pk).update(verifies_first_bank_details=False)
    return services.change_bank_details(
        account_name=name or user.name,
        sort_code=sort_code,
        account_number=number,
        reference=reference,
        by=user,
        at=world.at,
    )


def change_account(user, world: World, *, number: str = "88837491", sort_code: str = "107999", **when) -> BankDetails:
    """Change somebody's bank details: the new ones wait for a call."""
    return services.change_bank_details(
        account_name=user.name, sort_code=sort_code, account_number=number, by=user, at=world.later(**when)
    )


def take_files(world: World, run: PaymentRun) -> None:
    """Take a released run's file for the ledger and its file for payroll, as far as it has lines for them."""
    for wanted, amount in ((ExportFormat.LEDGER, run.expenses_total), (ExportFormat.PAYROLL, run.time_total)):
        if amount:
            services.export_run(run_id=run.pk, format=wanted, by=world.finance_lead, at=run.released_at)


def pay_by_bacs(world: World, *, covers: RunPart = RunPart.EXPENSES, days: BacsDays = BacsDays.SINGLE) -> None:
    """Say from which account the trust pays."""
    services.change_payment_settings(
        organisation_id=world.organisation.pk,
        account=services.PayingAccount("654321", "HILLSIDE NHS TRUST", "601613", "12345678"),
        bacs_covers=covers,
        bacs_days=days,
        by=world.finance_lead,
        at=world.at,
    )
