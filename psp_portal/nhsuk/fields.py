"""Form fields that read what people type and say plainly what is wrong with it. No rule about who may claim what."""

import calendar
import re
import uuid
from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from psp_portal import dates, money
from psp_portal.nhsuk.widgets import NHSDateWidget, NHSFileInput

RECEIPT_TYPES = ("image/jpeg", "image/png", "image/webp", "image/heic", "image/heif", "application/pdf")

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
# Thousands are grouped in threes: "12,50" is a price written the continental way and must not become £1,250.
_NUMBER = re.compile(r"(?P<whole>\d{1,3}(,\d{3})+|\d+)?(\.(?P<fraction>\d*))?", re.ASCII)
# More digits than any limit has, and few enough for Decimal to hold exactly.
_MOST_DIGITS = 12
_DASHES = str.maketrans("", "", " -\u2010\u2011\u2012\u2013\u2014\u00a0")

_TIME = re.compile(r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?(?P<half>am|pm)?", re.ASCII)
_WORDS = {"midday": time(12), "noon": time(12), "midnight": time(0)}


class NHSDateField(forms.Field):
    """A date typed as day, month and year; returns a ``date``.

    ``noun`` is the date's name at the start of a sentence ("Date of the journey"). ``earliest`` and ``latest`` are
    the first and last date allowed; a form that is given today sets them on the field in its ``__init__``.
    Months may be written as names. An error carries ``params["parts"]``: the numbers of the boxes that are wrong.
    """

    widget = NHSDateWidget

    def __init__(
        self,
        *,
        noun: str = "Date",
        earliest: date | None = None,
        latest: date | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.noun, self.earliest, self.latest = noun, earliest, latest
        if "required" not in (kwargs.get("error_messages") or {}):
            self.error_messages["required"] = f"Enter the {_lower(noun)}"

    def to_python(self, value: Sequence[Any] | date | None) -> date | None:
        """Return the date in the three boxes, None when all are empty; raise ValidationError naming the wrong part."""
        if value is None or isinstance(value, date):
            return value
        typed = [str(part if part is not None else "").strip() for part in value]
        missing = tuple(index for index, part in enumerate(typed) if not part)
        if len(missing) == len(typed):
            return None
        if missing:
            names = [NHSDateWidget.parts[index].lower() for index in missing]
            raise _date_error(f"{self.noun} must include a {' and a '.join(names)}", missing)
        day, month, year = self._day(typed[0]), self._month(typed[1]), self._year(typed[2])
        last_day = calendar.monthrange(year, month)[1]
        if day > last_day:
            month_name = f"{calendar.month_name[month]} {year}"
            raise _date_error(f"{self.noun} must be a real date. {month_name} has {last_day} days", (0,))
        return date(year, month, day)

    def validate(self, value: date | None) -> None:
        """Refuse a missing date where one is asked for, and one outside ``earliest`` to ``latest``."""
        if value is None:
            if self.required:
                raise _date_error(str(self.error_messages["required"]), (), code="required")
            return
        if self.earliest and value < self.earliest:
            raise _date_error(f"{self.noun} must be on or after {dates.format_date(self.earliest)}", ())
        if self.latest and value > self.latest:
            raise _date_error(f"{self.noun} must be on or before {dates.format_date(self.latest)}", ())

    def _day(self, text: str) -> int:
        return self._whole_number(text, 0, 1, 31)

    def _month(self, text: str) -> int:
        return _MONTHS.get(text.lower()) or self._whole_number(text, 1, 1, 12)

    def _year(self, text: str) -> int:
        if re.fullmatch(r"\d{4}", text, re.ASCII) is None:
            raise _date_error(f"{self.noun} must have a year with 4 numbers, like 2026", (2,))
        return self._whole_number(text, 2, _FIRST_YEAR, _LAST_YEAR)

    def _whole_number(self, text: str, part: int, lowest: int, highest: int) -> int:
        number = int(text) if re.fullmatch(r"\d{1,4}", text, re.ASCII) else None
        if number is None or not lowest <= number <= highest:
            name = NHSDateWidget.parts[part].lower()
            raise _date_error(f"{self.noun} must have a {name} from {lowest} to {highest}", (part,))
        return number


class TimeField(forms.CharField):
    """A time of day as people type it: 2:30pm, 2.30 pm, 14:30, 9am, midday; returns a ``time``."""

    def to_python(self, value: Any) -> Any:
        """Return the time, None when the box is empty; raise ValidationError saying how to write one."""
        typed = "".join(str(value or "").lower().split()).replace("a.m.", "am").replace("p.m.", "pm")
        if not typed:
            return None
        if typed in _WORDS:
            return _WORDS[typed]
        match = _TIME.fullmatch(typed)
        if match is None:
            raise ValidationError("Enter a time like 2:30pm or 14:30")
        if match["minute"] is None and match["half"] is None:
            raise ValidationError(f"Enter the time with am or pm, like {typed}pm, or with minutes, like 14:30")
        hour, minute = int(match["hour"]), int(match["minute"] or 0)
        if match["half"] and not 1 <= hour <= 12:
            raise ValidationError("A time with am or pm must have an hour from 1 to 12, like 2:30pm")
        if match["half"]:
            hour = hour % 12 + (12 if match["half"] == "pm" else 0)
        if hour > 23 or minute > 59:
            raise ValidationError("Enter a real time, from 0:00 to 23:59")
        return time(hour, minute)

    def validate(self, value: time | None) -> None:
        """Refuse a missing time where one is asked for; midnight is one."""
        if value is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """Run none: those of a text do not fit a time."""


class _NumberField(forms.Field):
    """What money and miles share: a number typed by a person, with or without commas, spaces and its unit."""

    default_noun = ""
    example = ""
    unit = re.compile("")
    decimals = 0

    def __init__(
        self,
        *,
        noun: str = "",
        min_value: Decimal | str,
        max_value: Decimal | str,
        **kwargs: Any,
    ) -> None:
        self.noun = noun or self.default_noun
        self.min_value, self.max_value = Decimal(min_value), Decimal(max_value)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "spellcheck": "false"}))
        super().__init__(**kwargs)
        if "required" not in (kwargs.get("error_messages") or {}):
            self.error_messages["required"] = f"Enter the {_lower(self.noun)}"

    def to_python(self, value: Any) -> Decimal | None:
        """Return the number typed, None when the box is empty; raise ValidationError saying what is wrong."""
        if value is None or isinstance(value, Decimal):
            return value
        typed = self.unit.sub("", "".join(str(value).split()), count=1)
        if not typed:
            if not str(value).strip():
                return None
            raise ValidationError(f"{self.noun} must be a number, like {self.example}", code="invalid")
        if typed[0] in "-\u2212\u2013(":
            raise self._too_low()
        match = _NUMBER.fullmatch(typed)
        if match is None or not (match["whole"] or match["fraction"]):
            raise ValidationError(f"{self.noun} must be a number, like {self.example}", code="invalid")
        if len(match["fraction"] or "") > self.decimals:
            raise ValidationError(self.too_fine(), code="max_decimal_places")
        whole = (match["whole"] or "0").replace(",", "").lstrip("0") or "0"
        if len(whole) > _MOST_DIGITS:
            raise self._too_high()
        return Decimal(f"{whole}.{match['fraction'] or '0'}")

    def validate(self, value: Decimal | None) -> None:
        """Refuse a missing number where one is asked for, and one outside the limits."""
        super().validate(value)
        if value is None:
            return
        if value < self.min_value:
            raise self._too_low()
        if value > self.max_value:
            raise self._too_high()

    def _too_high(self) -> ValidationError:
        return ValidationError(f"{self.noun} must be {self.show(self.max_value)} or less", code="max_value")

    def _too_low(self) -> ValidationError:
        return ValidationError(f"{self.noun} must be {self.show(self.min_value)} or more", code="min_value")

    def too_fine(self) -> str:
        """Return what to say about too many decimals."""
        raise NotImplementedError

    def show(self, value: Decimal) -> str:
        """Return a limit as a person reads it."""
        raise NotImplementedError


class MoneyField(_NumberField):
    """An amount in pounds: "£1,234.50", "1234.5" and "1 234.50" are one amount; returns whole pence as a Decimal."""

    default_noun = "Amount"
    example = "12.50"
    unit = re.compile("^£")
    decimals = 2
    nhs_options = {"prefix": "£", "width": 5}

    def __init__(
        self,
        *,
        noun: str = "",
        min_value: Decimal | str = "0.01",
        max_value: Decimal | str = "99999.99",
        **kwargs: Any,
    ) -> None:
        super().__init__(noun=noun, min_value=min_value, max_value=max_value, **kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        """Return pounds with two decimals, None when the box is empty; raise ValidationError saying what is wrong."""
        amount = super().to_python(value)
        return None if amount is None else money.to_pence(amount)

    def prepare_value(self, value: Any) -> Any:
        """Show a stored amount with its pence, and what was typed as it was typed."""
        return f"{money.to_pence(value)}" if isinstance(value, Decimal) else value

    def too_fine(self) -> str:
        """Return what to say about three decimals."""
        return f"{self.noun} must be in pounds and pence, like {self.example}"

    def show(self, value: Decimal) -> str:
        """Return a limit in pounds."""
        return money.format_pounds(value)


class MilesField(_NumberField):
    """A distance in miles with at most one decimal; returns a Decimal."""

    default_noun = "Miles"
    example = "24.6"
    unit = re.compile("(miles?|mi)$", re.IGNORECASE)
    decimals = 1
    nhs_options = {"suffix": "miles", "width": 5}

    def __init__(
        self,
        *,
        noun: str = "",
        min_value: Decimal | str = "0.1",
        max_value: Decimal | str = "2000",
        **kwargs: Any,
    ) -> None:
        super().__init__(noun=noun, min_value=min_value, max_value=max_value, **kwargs)

    def too_fine(self) -> str:
        """Return what to say about two decimals."""
        return f"{self.noun} must have no more than 1 decimal place, like {self.example}"

    def show(self, value: Decimal) -> str:
        """Return a limit in miles, with a comma for thousands."""
        return f"{value:,f}"


class _DigitsField(forms.CharField):
    """What sort codes and account numbers share: digits typed with spaces or dashes, returned as digits alone."""

    noun = ""
    shortest = longest = 0
    wanted = ""

    def __init__(self, **kwargs: Any) -> None:
        # Browsers must not remember bank details on a shared computer.
        attrs = {"inputmode": "numeric", "spellcheck": "false", "autocomplete": "off"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(**kwargs)
        if "required" not in (kwargs.get("error_messages") or {}):
            self.error_messages["required"] = f"Enter the {_lower(self.noun)}"

    def to_python(self, value: Any) -> str:
        """Return the digits, an empty string when the box is empty; raise ValidationError for anything else."""
        digits = (super().to_python(value) or "").translate(_DASHES)
        if not digits:
            return ""
        if re.fullmatch(r"\d+", digits, re.ASCII) is None:
            raise ValidationError(f"{self.noun} must only have numbers, like {self.wanted}", code="invalid")
        if not self.shortest <= len(digits) <= self.longest:
            raise ValidationError(f"{self.noun} must have {self._length()}, like {self.wanted}", code="length")
        return digits.zfill(self.longest)

    def _length(self) -> str:
        if self.shortest == self.longest:
            return f"{self.longest} numbers"
        return f"{self.shortest} to {self.longest} numbers"


class SortCodeField(_DigitsField):
    """A bank's sort code; returns its 6 digits."""

    noun = "Sort code"
    shortest = longest = 6
    wanted = "30-94-30"
    nhs_options = {"width": 5}


class AccountNumberField(_DigitsField):
    """A bank account number of 6 to 8 digits; returns 8, with noughts in front as the banks do.

    Those of 9 and 10 digits are refused: how each bank makes 8 of them differs, one moves a digit into the sort code,
    and a guess would pay somebody else. Every such account has a number of 8 digits as well, which the bank names.
    """

    noun = "Account number"
    shortest, longest = 6, 8
    wanted = "00733445"
    nhs_options = {"width": 10}


class ReceiptField(forms.FileField):
    """One photo or PDF. Checks that something was sent and its size; what it really is, ``documents`` decides.

    ``noun`` names the file with its article ("a receipt"); ``max_bytes`` is the largest size allowed.
    """

    def __init__(self, *, noun: str = "a receipt", max_bytes: int | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("widget", NHSFileInput(accept=RECEIPT_TYPES))
        super().__init__(**kwargs)
        self.max_bytes = max_bytes
        wording = {
            "required": f"Select {noun}",
            "empty": "The selected file is empty",
            "missing": f"Select {noun}",
            "invalid": "The selected file could not be uploaded. Try again",
        }
        self.error_messages |= wording | (kwargs.get("error_messages") or {})

    def to_python(self, data: Any) -> Any:
        """Return the uploaded file; raise ValidationError when it is empty or too large."""
        upload = super().to_python(data)
        if upload is not None and self.max_bytes is not None and upload.size > self.max_bytes:
            megabytes = self.max_bytes // (1024 * 1024)
            raise ValidationError(f"The selected file must be smaller than {megabytes}MB", code="max_size")
        return upload


class TokenField(forms.UUIDField):
    """A hidden token that makes a second sending of the same page recognisable; a fresh one on each new page."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("initial", uuid.uuid4)
        super().__init__(**kwargs)
        lost = "This page was out of date. Check your answers and send it again"
        self.error_messages |= {"required": lost, "invalid": lost} | (kwargs.get("error_messages") or {})

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Give a page whose token was lost a fresh one, so that sending it again works."""
        try:
            self.clean(data)
        except ValidationError:
            return initial
        return data


def _date_error(message: str, parts: tuple[int, ...], *, code: str = "invalid") -> ValidationError:
    return ValidationError(message, code=code, params={"parts": parts})


def _lower(noun: str) -> str:
    """Put a noun inside a sentence: "Date of the journey" becomes "date of the journey"."""
    return noun if noun[:2].isupper() else noun[:1].lower() + noun[1:]
