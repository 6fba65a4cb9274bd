"""What finance does with a rate card: makes it, follows, corrects, ends and removes its dated rows, sets its rules."""

from expenses.policies.card import Band
from expenses.services.rates.making import CardRules, change_rules, make_rate_card
from expenses.services.rates.preview import Preview, preview_change, preview_template
from expenses.services.rates.rows import (
    close_row,
    correct_cap,
    correct_mileage_rate,
    correct_time_rate,
    follow_cap,
    follow_mileage_rate,
    follow_time_rate,
    remove_row,
)

__all__ = [
    "Band",
    "CardRules",
    "Preview",
    "change_rules",
    "close_row",
    "correct_cap",
    "correct_mileage_rate",
    "correct_time_rate",
    "follow_cap",
    "follow_mileage_rate",
    "follow_time_rate",
    "make_rate_card",
    "preview_change",
    "preview_template",
    "remove_row",
]
