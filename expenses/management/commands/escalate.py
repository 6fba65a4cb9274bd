"""Runs the clock once by hand: for catching up after the worker or beat was away."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from expenses import services
from psp_portal.dates import LONDON


class Command(BaseCommand):
    help = "Make refusals final and write every step of the ladder that is due; safe to run as often as you like."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", metavar="ISO-DATETIME", help="the moment to act at, in London time; now if absent")

    def handle(self, *args: Any, **options: Any) -> None:
        at = self._moment(options["at"])
        refusals = services.let_refusals_stand(at=at)
        steps = services.escalate_overdue_claims(at=at)
        self.stdout.write(f"Steps written: {steps}. Claims whose refusals became final: {refusals}.")

    def _moment(self, text: str | None) -> datetime:
        if text is None:
            return timezone.now()
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            raise CommandError(f"--at must be a date and time like 2026-11-22T09:30, not {text!r}.") from None
        return at if at.tzinfo else at.replace(tzinfo=LONDON)
