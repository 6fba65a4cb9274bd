"""Makes two accounts of one person into one from the command line, where no lead manages people everywhere."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from psp_portal.accounts import queries
from psp_portal.audit.context import SystemActor
from psp_portal.exceptions import RuleBroken
from psp_portal.people import services


class Command(BaseCommand):
    """``manage.py join_records KEPT-EMAIL CLOSED-EMAIL --reason TEXT [--bank kept|gone]``."""

    help = "Make two accounts of one person into one, for instance of a partner at two trusts. It cannot be taken back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kept", metavar="KEPT-EMAIL")
        parser.add_argument("gone", metavar="CLOSED-EMAIL")
        parser.add_argument("--reason", required=True, help="How it is known that both are one person's.")
        parser.add_argument("--bank", choices=("kept", "gone"), default="", help="Whose bank details stay in use.")

    def handle(self, *args: Any, kept: str, gone: str, reason: str, bank: str, **options: Any) -> None:
        try:
            joined = services.join_records(
                kept_id=_account(kept),
                gone_id=_account(gone),
                reason=reason,
                bank=bank,
                by=SystemActor("people.join_records"),
                at=timezone.now(),
            )
        except RuleBroken as broken:
            raise CommandError(broken.message) from None
        self.stdout.write(f"Moved {sum(joined.moved.values())} records to the account of {kept}.")


def _account(email: str) -> UUID:
    person = queries.user_with_email(email)
    if person is None:
        raise CommandError(f"There is no open account with the address {email}.")
    return person.pk
