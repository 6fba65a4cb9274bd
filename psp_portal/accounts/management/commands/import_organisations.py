"""Creates, renames and closes organisations from the official ODS file of trusts (``etr.csv``)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from psp_portal.accounts import services
from psp_portal.audit.context import SystemActor
from psp_portal.exceptions import RuleBroken


class Command(BaseCommand):
    """``manage.py import_organisations FILE``."""

    help = "Create, rename and close organisations from an ODS file (etr.csv: 27 columns, no heading). Repeatable."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the file, as the NHS Organisation Data Service publishes it")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        try:
            content = Path(file).read_bytes()
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
        try:
            result = services.import_organisations(
                content=content, by=SystemActor("accounts.import_organisations"), at=timezone.now()
            )
        except RuleBroken as broken:
            raise CommandError(f"{broken.message}\nNothing has been changed.") from None
        if options["verbosity"] > 1:
            for change in result.changes:
                self.stdout.write(change)
        if not result.changes:
            self.stdout.write(f"Nothing to change: all {result.unchanged} organisations are as the file says.")
            return
        self.stdout.write(
            f"{result.created} created, {result.renamed} renamed, {result.closed} closed, "
            f"{result.updated} corrected, {result.unchanged} unchanged."
        )
