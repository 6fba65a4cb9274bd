"""Strict reading of JSON: each value is what it must be, or the first wrong key is named. Pure."""

import json
import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import NoReturn, TypeVar

MONEY = re.compile(r"\d{1,7}\.\d{2}", re.ASCII)
RATE = re.compile(r"\d{1,3}\.\d{2,4}", re.ASCII)  # some schemes pay parts of a penny: 29.5p is "0.295"
MILES = re.compile(r"\d{1,6}(\.\d)?", re.ASCII)
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MONTH_DAY = re.compile(r"\d{2}-\d{2}", re.ASCII)
# What happened on a claim lies between these; beyond them, counting days would leave the calendar.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
SHOWN = 40  # characters of a wrong value that a message repeats

Choice = TypeVar("Choice", bound=Enum)


class WrongInput(ValueError):
    """A file says something that cannot be priced: ``key`` is where, ``what`` is what is wrong with it."""

    def __init__(self, key: str, what: str) -> None:
        super().__init__(f"{key}: {what}")
        self.key = key
        self.what = what


def parse_json(content: bytes, name: str) -> object:
    """Return what a file's JSON says; ``name`` is how the message calls the file.

    Numbers with a point become Decimal. Raises WrongInput for what is not JSON, for NaN and infinity, and for a key
    that stands twice in one object.
    """

    def pairs(items: list[tuple[str, object]]) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, value in items:
            if key in found:
                raise WrongInput(_printable(key), "stands twice in one object")
            found[key] = value
        return found

    def constant(text: str) -> NoReturn:
        raise WrongInput(name, f"{text} is not a number that can be used")

    try:
        return json.loads(
            content.decode("utf-8-sig"), parse_float=Decimal, parse_constant=constant, object_pairs_hook=pairs
        )
    except WrongInput:
        raise
    except UnicodeDecodeError as error:
        raise WrongInput(name, "must be text in UTF-8") from error
    except json.JSONDecodeError as error:
        raise WrongInput(name, f"must be JSON: {error.msg} at line {error.lineno}, column {error.colno}") from error
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise WrongInput(name, "must be JSON with numbers and nesting of an ordinary size") from error


@dataclass(frozen=True)
class Node:
    """A value and where it stands. Each method returns the value as what it must be, or raises WrongInput."""

    value: object
    key: str
    is_missing: bool = False

    def refuse(self, what: str) -> NoReturn:
        raise WrongInput(self.key or "the file", what)

    def given(self) -> "Node":
        if self.is_missing:
            self.refuse("is missing")
        return self

    def members(
        self, *required: str, optional: Sequence[str] = (), null_only: AbstractSet[str] = frozenset()
    ) -> "dict[str, Node]":
        """Return the members of an object that has the required keys and no unknown ones.

        Optional keys that are absent come as a null. Keys of ``null_only`` may be present, as null.
        """
        members = self._object()
        for name, value in members.items():
            if name not in required and name not in optional and not (name in null_only and value is None):
                what = "does not belong to this kind" if name in null_only else "is not a key that is known here"
                self._child(name, value).refuse(what)
        for name in required:
            self.peek(name)
        return {
            name: self._child(name, members.get(name), is_missing=name not in members)
            for name in (*required, *optional)
        }

    def peek(self, name: str) -> "Node":
        """Return one member, which must be there, before it is known which others may be."""
        members = self._object()
        return self._child(name, members.get(name), is_missing=name not in members).given()

    def items(self) -> "list[Node]":
        if not isinstance(self.value, list):
            self.refuse("must be a list")
        return [Node(value, f"{self.key}[{place}]") for place, value in enumerate(self.value)]

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value.strip():
            self.refuse(f"must be text that is not empty, not {self._shown()}")
        return self.value

    def name_or_null(self) -> str | None:
        return None if self.value is None else self.text()

    def boolean(self) -> bool:
        if not isinstance(self.value, bool):
            self.refuse(f"must be true or false, not {self._shown()}")
        return self.value

    def whole(self, low: int, high: int) -> int:
        # True is an int to Python and a mistake in a file.
        if isinstance(self.value, bool) or not isinstance(self.value, int) or not low <= self.value <= high:
            self.refuse(f"must be a whole number from {low} to {high}, not {self._shown()}")
        return self.value

    def number(self, low: int, high: int) -> Decimal:
        if isinstance(self.value, bool) or not isinstance(self.value, int | Decimal) or not low <= self.value <= high:
            self.refuse(f"must be a number from {low} to {high}, not {self._shown()}")
        return Decimal(self.value)

    def choice(self, choices: type[Choice]) -> Choice:
        values = [choice.value for choice in choices]
        if not isinstance(self.value, str) or self.value not in values:
            self.refuse(f"must be one of {', '.join(values)}, not {self._shown()}")
        return choices(self.value)

    def money(self) -> Decimal:
        return self._decimal(MONEY, 'must be pounds as text with two decimals, such as "12.50"')

    def rate(self) -> Decimal:
        return self._decimal(RATE, 'must be pounds a mile as text with two to four decimals, such as "0.45"')

    def miles(self) -> Decimal:
        return self._decimal(MILES, 'must be miles as text with at most one decimal, such as "24.6"')

    def day(self) -> date:
        if not isinstance(self.value, str) or not ISO_DATE.fullmatch(self.value):
            self.refuse(f"must be a date as YYYY-MM-DD, not {self._shown()}")
        try:
            return date.fromisoformat(self.value)
        except ValueError:
            self.refuse(f"must be a real date, not {self._shown()}")

    def day_of_claim(self) -> date:
        day = self.day()
        if not FIRST_DAY <= day <= LAST_DAY:
            self.refuse(f"must be from {FIRST_DAY} to {LAST_DAY}, not {self._shown()}")
        return day

    def month_and_day(self) -> tuple[int, int]:
        if not isinstance(self.value, str) or not MONTH_DAY.fullmatch(self.value):
            self.refuse(f"must be a day of the year as MM-DD, not {self._shown()}")
        month, day = int(self.value[:2]), int(self.value[3:])
        try:
            date(2001, month, day)  # not a leap year: each year must have the day
        except ValueError:
            self.refuse(f"must be a day that every year has, not {self._shown()}")
        return month, day

    def _decimal(self, form: re.Pattern[str], what: str) -> Decimal:
        if not isinstance(self.value, str) or not form.fullmatch(self.value):
            self.refuse(f"{what}, not {self._shown()}")
        return Decimal(self.value)

    def _object(self) -> dict[str, object]:
        if not isinstance(self.value, dict):
            self.refuse("must be an object")
        return self.value

    def _child(self, name: str, value: object, *, is_missing: bool = False) -> "Node":
        path = f"{self.key}.{_printable(name)}" if self.key else _printable(name)
        return Node(value, path, is_missing)

    def _shown(self) -> str:
        if isinstance(self.value, dict | list):
            return "an object" if isinstance(self.value, dict) else "a list"
        return _short(json.dumps(self.value, default=str))


def _printable(name: str) -> str:
    """Return a key as one short line, whatever is in it."""
    return _short(name if name.isprintable() else json.dumps(name))


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
