"""``price_claim FILE [--card CARD.json]``: price a claim in a file, so that a trust can try a card (product.md E11)."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from expenses.enums import CardTemplate
from expenses.policies import claim_file
from expenses.policies.card import card_from_template
from expenses.policies.pricing import price_claim
from expenses.policies.strict_json import WrongInput, parse_json
from psp_portal.calendar_england import bank_holidays

STANDARD_INPUT = "-"
WRONG_INPUT = 2
YEARS_ON_THE_CLOCK = 20  # the longest clock a file may set, in working days, ends within these


class Command(BaseCommand):
    help = "Price one claim in a JSON file against one rate card. Reads and writes no stored claim."
    # It needs no database, no files and no pages, so nothing of theirs is checked.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the claim; - reads standard input")
        parser.add_argument("--card", metavar="CARD.json", help="the rate card; the national template without it")

    def handle(self, *args: Any, file: str, card: str | None, **options: Any) -> None:
        """Print the result as one JSON object, or exit with status 2 and one line that names the wrong key."""
        try:
            if card is None:
                rate_card = card_from_template(CardTemplate.NATIONAL)
            else:
                rate_card = claim_file.read_card(_parse(card, "--card"))
            claim = claim_file.read_claim(_parse(file, "FILE"), rate_card)
        except WrongInput as wrong:
            self.stderr.write(str(wrong), style_func=str)
            sys.exit(WRONG_INPUT)
        year = claim.submitted_on.year
        priced = price_claim(claim, rate_card, bank_holidays(range(year, year + YEARS_ON_THE_CLOCK)))
        self.stdout.write(json.dumps(claim_file.write_result(priced), indent=2, ensure_ascii=False))


def _parse(path: str, name: str) -> object:
    try:
        content = sys.stdin.buffer.read() if path == STANDARD_INPUT else Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "is not a usable path"
        raise WrongInput(name, f"cannot be read: {reason}") from error
    return parse_json(content, name)
