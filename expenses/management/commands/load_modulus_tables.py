"""Loads the banks' tables by which an account number is checked against its sort code."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from expenses import services
from psp_portal.audit.context import SystemActor
from psp_portal.exceptions import RuleBroken


class Command(BaseCommand):
    """``manage.py load_modulus_tables WEIGHTS [SUBSTITUTIONS]``."""

    help = "Load Pay.UK's modulus tables (valacdos.txt, scsubtab.txt) in place of those loaded before. Repeatable."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("weights", metavar="WEIGHTS", help="valacdos.txt, as Pay.UK's supplier publishes it")
        parser.add_argument("substitutions", metavar="SUBSTITUTIONS", nargs="?", help="scsubtab.txt")

    def handle(self, *args: Any, weights: str, substitutions: str | None, **options: Any) -> None:
        try:
            counts = services.load_modulus_tables(
                weights=_text_of(weights),
                substitutions=None if substitutions is None else _text_of(substitutions),
                by=SystemActor("expenses.load_modulus_tables"),
            )
        except RuleBroken as broken:
            raise CommandError(f"{broken.message}\nNothing has been changed.") from None
        self.stdout.write(f"{counts[0]} weights and {counts[1]} substitutions are in use.")


def _text_of(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise CommandError(f"{file} is not one of Pay.UK's tables: it is not plain text.") from None
