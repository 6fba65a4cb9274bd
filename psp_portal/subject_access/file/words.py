"""Writes the values of a row for a reader: choices by their labels, days as the NHS has them, people masked."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models

from psp_portal.dates import format_date
from psp_portal.encryption import EncryptedField, decrypt
from psp_portal.money import format_pounds
from psp_portal.subject_access.policies.masking import Masker
from psp_portal.templatetags import nhs_datetime

UNREADABLE = "This cannot be read any more, because its key is gone."
# What another thing is called: the field by which it is known to people. Others are called by the start of their key,
# which stands with each record.
CALLED = {
    "accounts.Organisation": "name",
    "committees.Committee": "name",
    "committees.Meeting": "starts_at",
    "partners.Course": "title",
    "partners.Vacancy": "title",
    "partners.Channel": "label",
    "partners.Criterion": "words",
    "partners.Application": "reference",
    "expenses.Claim": "number",
    "expenses.PaymentRun": "number",
    "expenses.RateCard": "name",
}
# How people write the numbers of claims and runs.
NUMBERS = {"expenses.Claim": "C{:06d}", "expenses.PaymentRun": "R{:05d}"}


@dataclass(frozen=True)
class Value:
    """One field of a record: its name for programs, its label for people, and the value as both want it."""

    name: str
    label: str
    value: Any
    words: str


def is_person(field: models.Field) -> bool:
    """Say whether a field names an account."""
    return field.related_model is not None and field.related_model._meta.label == "accounts.User"


def called_by(field: models.Field) -> str | None:
    """Return the path to what the thing is called that a field points at, or None."""
    if field.related_model is None or field.related_model._meta.label not in CALLED:
        return None
    return f"{field.name}__{CALLED[field.related_model._meta.label]}"


def short(key: object) -> str:
    """Return what a thing without a name of its own is called: the start of its key."""
    return str(key)[:8].upper()


def label_of(field: models.Field) -> str:
    """Return a field's name for people."""
    return str(field.verbose_name).capitalize()


def written(field: models.Field, value: Any, *, masker: Masker, near: set[str], called: Any = None) -> Value:
    """Return one value for the file. ``called`` is what the thing is called that it points at."""
    return Value(field.name, label_of(field), *_both(field, value, masker, near, called))


def _both(field: models.Field, value: Any, masker: Masker, near: set[str], called: Any) -> tuple[Any, str]:
    if value is None or value in ("", [], {}):
        return None, ""
    if is_person(field):
        name = masker.person(value)
        return name, name
    if field.related_model is not None:
        words = _called(field, called) if called is not None else short(value)
        return words, words
    if isinstance(value, list) and hasattr(field, "base_field"):
        pairs = [_both(field.base_field, each, masker, near, None) for each in value]
        return [raw for raw, _ in pairs], ", ".join(words for _, words in pairs)
    if isinstance(field, EncryptedField):
        text = masker.text(_opened(value), near=near)
        return text, text
    if field.choices:
        return value, str(dict(field.flatchoices).get(value, value))
    return _plain(field, value, masker, near)


def _plain(field: models.Field, value: Any, masker: Masker, near: set[str]) -> tuple[Any, str]:
    if isinstance(value, bool):
        return value, "Yes" if value else "No"
    if isinstance(value, datetime):
        return value.isoformat(), nhs_datetime(value)
    if isinstance(value, date):
        return value.isoformat(), format_date(value)
    if isinstance(value, Decimal):
        is_money = getattr(field, "decimal_places", 0) == 2
        return str(value), format_pounds(value) if is_money else f"{value:f}"
    if isinstance(value, UUID):
        # Not a foreign key, and yet perhaps somebody: a row of the past that points at nothing names people so.
        name = masker.person(value) if masker.knows(str(value)) else short(value)
        return name, name
    if isinstance(value, (dict, list)):
        masked = _all_text(value, lambda text: masker.text(text, near=near))
        return masked, json.dumps(masked, ensure_ascii=False)
    if isinstance(value, (int, float)):
        return value, str(value)
    text = masker.text(str(value), near=near)
    return text, text


def _called(field: models.Field, value: Any) -> str:
    number = NUMBERS.get(field.related_model._meta.label) if field.related_model else None
    if number:
        return number.format(value)
    return nhs_datetime(value) if isinstance(value, datetime) else str(value)


def _opened(sealed: str) -> str:
    """Return what was encrypted; of a form with several answers each with its name, one a line."""
    try:
        text = decrypt(sealed)
    except ValueError:
        return UNREADABLE
    try:
        answers = json.loads(text)
    except ValueError:
        return text
    if not isinstance(answers, dict):
        return text
    return "\n".join(
        f"{name.replace('_', ' ').capitalize()}: {_answer(each)}" for name, each in answers.items() if each
    )


def _answer(answer: Any) -> str:
    if isinstance(answer, dict):
        return "; ".join(f"{name}: {each}" for name, each in answer.items())
    return str(answer)


def _all_text(value: Any, change: Callable[[str], str]) -> Any:
    """Return a value of JSON with every text in it changed."""
    if isinstance(value, dict):
        return {change(key): _all_text(each, change) for key, each in value.items()}
    if isinstance(value, list):
        return [_all_text(each, change) for each in value]
    return change(value) if isinstance(value, str) else value
