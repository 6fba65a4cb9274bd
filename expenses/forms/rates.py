"""What the pages about the rate card ask; writes nothing. Money in pounds, mileage in pence a mile."""

import re
from calendar import month_name
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from expenses.enums import AtBoundary, CardTemplate, LineKind, PaymentBasis, RoleCategory, Vehicle
from expenses.policies import card as cards
from psp_portal.exceptions import RuleBroken
from psp_portal.nhsuk.fields import MilesField, MoneyField, NHSDateField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSCheckboxes, NHSRadioSelect, NHSSelect, NHSTextInput

_PENCE = Decimal(100)
_AMOUNT_KINDS = [(kind.value, kind.label) for kind in LineKind if kind in cards.AMOUNT_KINDS]


class PenceField(MoneyField):
    """Pence a mile, like 55 or 29.5; returns pounds with up to 4 decimals."""

    example = "55"
    unit = re.compile("p$", re.IGNORECASE)
    nhs_options = {"suffix": "pence", "width": 5}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=kwargs.pop("min_value", "0"), max_value="10", **kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        """Return pounds, None when the box is empty; raise ValidationError for pounds typed as pence."""
        pence = super().to_python(value)
        if pence is None:
            return None
        if 0 < pence < 1:
            raise ValidationError(f"{self.noun} must be in pence, like {self.example}", code="invalid")
        return pence / _PENCE

    def prepare_value(self, value: Any) -> Any:
        """Show stored pounds as pence, and what was typed as it was typed."""
        return f"{(value * _PENCE).normalize():f}" if isinstance(value, Decimal) else value

    def too_fine(self) -> str:
        """Return what to say about three decimals."""
        return f"{self.noun} must have no more than 2 decimal places, like 29.5"

    def show(self, value: Decimal) -> str:
        """Return a limit in pence."""
        return f"{value * _PENCE:,.0f} pence"


class StepsField(forms.CharField):
    """Days typed as "20, 31, 45"; returns them as whole numbers. Their order is the service's question."""

    def to_python(self, value: Any) -> Any:
        """Return a tuple of days; raise ValidationError naming the first thing that is not a number."""
        days = []
        typed = super().to_python(value) or ""
        for part in re.split(r"[,;\s]+", typed):
            if part and re.fullmatch(r"\d{1,4}", part, re.ASCII) is None:
                raise ValidationError(f"“{part}” is not a number of days. Write days like 20, 31, 45", code="invalid")
            if part:
                days.append(int(part))
        return tuple(days)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Say whether the days are others than those stored, however they are typed."""
        try:
            return tuple(initial or ()) != self.to_python(data)
        except ValidationError:
            return True

    def prepare_value(self, value: Any) -> Any:
        """Show stored days with commas, and what was typed as it was typed."""
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


def _valid_from() -> NHSDateField:
    return NHSDateField(noun="First day", label="First day", help_text="For example, 6 4 2027")


def _source() -> forms.CharField:
    return forms.CharField(
        label="Where does this figure come from?",
        help_text="For example, the name and date of your policy.",
        max_length=300,
        required=False,
        widget=NHSTextInput(),
    )


def _backdated() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label="Does it hold for days that people have claimed for already?",
        choices=[
            ("no", "No"),
            ("yes", "Yes, it was announced after the day it starts: offer each person the difference"),
        ],
        coerce=lambda answer: answer == "yes",
        empty_value=False,  # type: ignore[arg-type]  # the stubs know only text
        initial="no",
        required=False,
        widget=NHSRadioSelect(),
    )


def _whole_number(label: str, *, noun: str = "", help_text: str = "", required: bool = True) -> forms.IntegerField:
    message = f"{noun or label} must be a whole number"
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=0,
        max_value=9999,
        required=required,
        error_messages={
            "invalid": message,
            "min_value": f"{noun or label} must be 0 or more",
            "max_value": f"{noun or label} must be 9,999 or less",
        },
    )


# --- the card -----------------------------------------------------------------------------
class RateCardCreateForm(NHSForm):
    """Which template a trust starts from, and what it calls its card."""

    template = forms.TypedChoiceField(
        label="How does your organisation pay for time?",
        help_text="You can change each figure afterwards.",
        choices=CardTemplate.choices,
        coerce=CardTemplate,
        widget=NHSRadioSelect(),
        error_messages={"required": "Select how your organisation pays for time"},
    )
    name = forms.CharField(label="Name of the rate card", help_text="For example, Rates 2026 to 2027", max_length=100)
    layout_options = {"name": {"width": 20}}


class RateCardRulesEditForm(NHSForm):
    """The rules of a card that are not dated rows."""

    name = forms.CharField(label="Name of the rate card", max_length=100)
    claim_window_months = _whole_number(
        "How many months does a partner have to claim?",
        noun="Months to claim",
        help_text="From the day of the activity. A later claim is not refused: it is marked for a decision.",
    )
    needs_approval = forms.TypedMultipleChoiceField(
        label="Which expenses must be agreed beforehand?",
        choices=_AMOUNT_KINDS,
        coerce=LineKind,
        required=False,
        widget=NHSCheckboxes(),
    )
    first_class_needs_approval = forms.TypedChoiceField(
        label="Must first-class travel be agreed beforehand?",
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda answer: answer == "yes",
        widget=NHSRadioSelect(inline=True),
        error_messages={"required": "Select yes if first-class travel must be agreed beforehand"},
    )
    late_cancellation_pays = forms.TypedChoiceField(
        label="What does a meeting pay that is cancelled late?",
        choices=[*AtBoundary.choices, ("", "Not paid")],
        coerce=AtBoundary,
        empty_value="",
        required=False,
        widget=NHSRadioSelect(),
    )
    late_cancellation_hours = _whole_number(
        "How many hours of notice, or fewer, count as late?",
        noun="Hours of notice",
        help_text="Leave this empty if late cancellations are not paid.",
        required=False,
    )
    mileage_year_day = _whole_number(
        "Day on which your mileage year starts", help_text="HMRC's year starts on 6 April."
    )
    mileage_year_month = forms.TypedChoiceField(
        label="Month in which your mileage year starts",
        choices=[(number, month_name[number]) for number in range(1, 13)],
        coerce=int,
        widget=NHSSelect(),
    )
    decision_working_days = _whole_number("Working days to decide a claim", help_text="From the day it is sent.")
    payment_days = _whole_number("Days to pay a claim", help_text="Calendar days, from the day it is sent.")
    payment_target_percent = _whole_number(
        "How many claims in a hundred do you aim to pay in that time?",
        noun="Claims in a hundred",
        help_text="The reports are measured by this. 95 is usual in the NHS.",
    )
    steps_days = StepsField(
        label="Days on which an unpaid claim goes one step up",
        help_text=(
            "Calendar days from the day it is sent, with commas, like 20, 31, 45, 60, 90. The steps are: the programme "
            "lead, the lead and finance, the executive lead, the chief executive’s office, the board report."
        ),
    )
    reply_working_days = _whole_number(
        "Working days to answer a question about a claim", help_text="Whoever is asked must answer within these."
    )
    appeal_working_days = _whole_number(
        "Working days to appeal", help_text="From the day a partner is told that something is not approved."
    )
    verifies_first_bank_details = forms.TypedChoiceField(
        label="Must finance call a partner about their first bank details?",
        help_text="They always call about a change. Nothing is paid until they have.",
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda answer: answer == "yes",
        widget=NHSRadioSelect(inline=True),
        error_messages={"required": "Select yes if finance must call about first bank details"},
    )
    layout_options = {
        "claim_window_months": {"width": 2},
        "late_cancellation_pays": {"optional": False},
        "late_cancellation_hours": {"width": 3, "optional": False},
        "needs_approval": {"optional": False},
        "mileage_year_day": {"width": 2},
        "decision_working_days": {"width": 3},
        "payment_days": {"width": 3},
        "payment_target_percent": {"width": 3},
        "steps_days": {"width": 20},
        "reply_working_days": {"width": 3},
        "appeal_working_days": {"width": 3},
    }

    def clean_needs_approval(self) -> frozenset[LineKind]:
        return frozenset(self.cleaned_data["needs_approval"])


# --- rates for time -----------------------------------------------------------------------
class TimeRateChooseForm(NHSForm):
    """Whose time the new rate is for, and how it is paid."""

    role_category = forms.TypedChoiceField(
        label="Whose time is it for?",
        choices=RoleCategory.choices,
        coerce=int,
        widget=NHSRadioSelect(hints={RoleCategory.SENIOR: "Most Patient Safety Partners who sit on committees"}),
        error_messages={"required": "Select whose time it is for"},
    )
    basis = forms.TypedChoiceField(
        label="How is their time paid?",
        choices=PaymentBasis.choices,
        coerce=PaymentBasis,
        widget=NHSRadioSelect(),
        error_messages={"required": "Select how their time is paid"},
    )


class _TimeRateForm(NHSForm):
    """The first day of a rate for time, its figures (``terms``), and their source. ``basis`` says which are asked."""

    valid_from = _valid_from()
    half_day = MoneyField(noun="Half day", label="What does a half day pay, in pounds?", min_value="0")
    full_day = MoneyField(noun="Full day", label="What does a full day pay, in pounds?", min_value="0")
    boundary_minutes = _whole_number(
        "How many minutes is the limit of a half day?",
        noun="Minutes of a half day",
        help_text="For example, 240 is 4 hours. All of a day’s time is added up first.",
    )
    at_boundary = forms.TypedChoiceField(
        label="What does exactly that time pay?",
        choices=AtBoundary.choices,
        coerce=AtBoundary,
        widget=NHSRadioSelect(),
        error_messages={"required": "Select what exactly that time pays"},
    )
    rate = MoneyField(noun="Pounds an hour", label="What does an hour pay, in pounds?", min_value="0")
    session_minutes = _whole_number(
        "How many minutes is a session?",
        noun="Minutes of a session",
        help_text="For example, 180 is 3 hours. Each session that is started is paid.",
    )
    amount = MoneyField(noun="Pounds a session", label="What does a session pay, in pounds?", min_value="0")
    source = _source()
    layout_options = {"boundary_minutes": {"width": 4}, "session_minutes": {"width": 4}}

    _ASKED = {
        PaymentBasis.DAY: ("half_day", "full_day", "boundary_minutes", "at_boundary"),
        PaymentBasis.HOUR: ("rate",),
        PaymentBasis.SESSION: ("session_minutes", "amount"),
        PaymentBasis.NONE: (),
    }
    _TERMS = {
        PaymentBasis.DAY: cards.ByDay,
        PaymentBasis.HOUR: cards.ByHour,
        PaymentBasis.SESSION: cards.BySession,
        PaymentBasis.NONE: cards.Unpaid,
    }

    def __init__(self, *args: Any, basis: PaymentBasis, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.basis = basis
        for name in sum(self._ASKED.values(), ()):
            if name not in self._ASKED[basis]:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        asked = self._ASKED[self.basis]
        if all(name in data for name in asked):
            data["terms"] = self._TERMS[self.basis](**{name: data.pop(name) for name in asked})
        return data


class TimeRateCreateForm(_TimeRateForm):
    """A new rate for time."""

    backdated = _backdated()
    layout_options = {**_TimeRateForm.layout_options, "backdated": {"optional": False}}


class TimeRateEditForm(_TimeRateForm):
    """A rate for time that no claim has used, to be corrected."""


# --- mileage ------------------------------------------------------------------------------
class _MileageRateForm(NHSForm):
    """The first day of a mileage rate, up to three bands of it (``bands``), passengers, and the source."""

    BANDS = 3

    valid_from = _valid_from()
    rate_0 = PenceField(noun="Rate", label="What does a mile pay, in pence?", help_text="For example, 55 or 29.5")
    up_to_0 = MilesField(
        noun="Miles",
        label="Up to how many miles a year?",
        help_text="Leave this and what follows empty if all miles pay the same.",
        required=False,
        max_value="99999",
    )
    rate_1 = PenceField(noun="Rate after that", label="And after that, in pence?", required=False)
    up_to_1 = MilesField(noun="Miles", label="Up to how many miles a year in all?", required=False, max_value="99999")
    rate_2 = PenceField(noun="Rate for all other miles", label="And for all other miles, in pence?", required=False)
    passenger = PenceField(
        noun="Rate for a passenger",
        label="What does a mile pay for each passenger, in pence?",
        help_text="Enter 0 if passengers are not paid for.",
    )
    source = _source()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        rates = [data.pop(f"rate_{place}") for place in range(self.BANDS)]
        ends = [*(data.pop(f"up_to_{place}") for place in range(self.BANDS - 1)), None]
        last = max(place for place in range(self.BANDS) if rates[place] is not None)
        for place in range(last):
            if rates[place] is None:
                self.add_error(f"rate_{place}", "Enter what these miles pay")
            if ends[place] is None:
                self.add_error(f"up_to_{place}", "Enter up to how many miles the rate above holds")
        if ends[last] is not None:
            self.add_error(f"rate_{last + 1}", "Enter what the miles after that pay")
        if not self.errors:
            data["bands"] = tuple(cards.Band(ends[place], rates[place]) for place in range(last + 1))
            try:
                cards.check_bands(data["bands"])
            except RuleBroken as broken:
                self.add_error(f"up_to_{broken.field}", broken.message)
        return data


class MileageRateCreateForm(_MileageRateForm):
    """A new mileage rate for a kind of vehicle."""

    vehicle = forms.TypedChoiceField(
        label="Which vehicle is it for?",
        choices=Vehicle.choices,
        coerce=Vehicle,
        widget=NHSRadioSelect(),
        error_messages={"required": "Select which vehicle it is for"},
    )
    backdated = _backdated()
    field_order = ("vehicle",)
    layout_options = {"backdated": {"optional": False}}


class MileageRateEditForm(_MileageRateForm):
    """A mileage rate that no claim has used, to be corrected."""


# --- limits -------------------------------------------------------------------------------
class _CapForm(NHSForm):
    """The first day of a limit, the most it pays, and the source."""

    valid_from = _valid_from()
    amount = MoneyField(noun="Limit", label="What is the most that is paid, in pounds?", min_value="0")
    source = _source()


class CapCreateForm(_CapForm):
    """A new limit on a kind of expense."""

    kind = forms.TypedChoiceField(
        label="Which expense is it for?",
        choices=[("", "Select an expense"), *_AMOUNT_KINDS],
        coerce=LineKind,
        widget=NHSSelect(),
        error_messages={"required": "Select which expense it is for"},
    )
    backdated = _backdated()
    field_order = ("kind",)
    layout_options = {"backdated": {"optional": False}}


class CapEditForm(_CapForm):
    """A limit that no claim has used, to be corrected."""


# --- any row ------------------------------------------------------------------------------
class RowCloseForm(NHSForm):
    """The last day of a row."""

    valid_to = NHSDateField(noun="Last day", label="Last day", help_text="For example, 31 3 2027")
