"""What the partner's pages about claims ask.

Each kind of line is one page with a small group of questions, not a page for each question. At 320 pixels the
largest group is about one and a half screens, most of it is filled in already, and the line is stored as soon as the
page is sent: there are no half-answered lines to keep, so a timeout or an empty battery loses nothing. What would need
an answer only sometimes is a page of its own (first class has its own kind, receipts come after the line).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date as Day  # a form's own ``date`` is a field
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from expenses.enums import Activity, FareClass, LineKind, Preference, Vehicle
from expenses.policies import lines as line_rules
from psp_portal.exceptions import RuleBroken
from psp_portal.nhsuk.fields import MilesField, MoneyField, NHSDateField, ReceiptField, TokenField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSRadioSelect, NHSTextarea, NHSTextInput

LONGEST_ANSWER = 500


def text_field(label: str, *, longest: int = LONGEST_ANSWER, rows: int = 4, **options: Any) -> forms.CharField:
    """Return a box of several lines that counts down the characters that are left."""
    return forms.CharField(label=label, max_length=longest, widget=NHSTextarea(rows=rows, count=longest), **options)


# --- the lines ----------------------------------------------------------------------------
@dataclass(frozen=True)
class Appointment:
    """What of an appointment a line must fit: its first and last day, and what the payer wants agreed beforehand."""

    starts_on: Day
    ends_on: Day
    needs_approval: bool = False
    # What is agreed in the portal for this kind of line, in words.
    agreed: Sequence[str] = ()


class LineForm(NHSForm):
    """What every line asks: the day. The cleaned names are those of ``services.LineInput``."""

    date = NHSDateField(label="Date", help_text="For example, 15 9 2026")
    # A page sent twice by a double click adds one line, not two.
    token = TokenField()

    def __init__(self, *args: Any, today: Day, appointment: Appointment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.appointment = today, appointment

    def clean_date(self) -> Day:
        on: Day = self.cleaned_data["date"]
        try:
            line_rules.check_line_date(
                on, today=self.today, starts_on=self.appointment.starts_on, ends_on=self.appointment.ends_on
            )
        except RuleBroken as broken:
            raise ValidationError(broken.message) from broken
        return on

    def clean(self) -> dict[str, Any]:
        return super().clean() or {}


class TimeForm(LineForm):
    """Time given on one day."""

    activity = forms.ChoiceField(
        label="What did you do?",
        choices=Activity.choices,
        widget=NHSRadioSelect(
            hints={
                Activity.PREPARATION: "For example, reading papers before a meeting",
                Activity.TRAINING: "Training that the organisation asked you to do",
            }
        ),
        error_messages={"required": "Select what you did"},
    )
    hours = forms.IntegerField(label="How many hours did it take?", required=False, min_value=0, max_value=24)
    minutes = forms.IntegerField(label="And how many minutes?", required=False, min_value=0, max_value=59)

    field_order = ["activity", "date", "hours", "minutes"]
    layout_options: ClassVar = {
        "hours": {"width": 2, "optional": False},
        "minutes": {"width": 2, "optional": False},
    }

    def __init__(self, *args: Any, initial: dict[str, Any] | None = None, **kwargs: Any) -> None:
        initial = dict(initial or {})
        if initial.get("minutes"):
            initial["hours"], initial["minutes"] = divmod(initial["minutes"], 60)
        super().__init__(*args, initial=initial, **kwargs)
        for name in ("hours", "minutes"):
            self.fields[name].error_messages |= {
                "invalid": f"{name.capitalize()} must be a whole number, like 3",
                "min_value": f"{name.capitalize()} must be 0 or more",
                "max_value": f"{name.capitalize()} must be {24 if name == 'hours' else 59} or less",
            }
            _say_limits(self.fields[name])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not {"hours", "minutes"} & self.errors.keys():
            minutes = 60 * (cleaned.pop("hours", None) or 0) + (cleaned.get("minutes") or 0)
            if not 1 <= minutes <= line_rules.DAY_MINUTES:
                self.add_error("hours", "Enter how long it took, from 1 minute to 24 hours")
            cleaned["minutes"] = minutes
        return cleaned


class CancelledMeetingForm(LineForm):
    """A meeting that was called off late."""

    notice_hours = forms.IntegerField(
        label="How many hours before the start were you told?",
        help_text="Enter 0 if you were told when you were already there",
        min_value=0,
        max_value=24 * 60,
        error_messages={
            "required": "Enter how many hours before the start you were told",
            "invalid": "Hours must be a whole number, like 12",
            "min_value": "Hours must be 0 or more",
            "max_value": "Hours must be 1,440 or less",
        },
    )
    layout_options: ClassVar = {"notice_hours": {"width": 4, "suffix": "hours"}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["date"].label = "Date of the meeting"
        _say_limits(self.fields["notice_hours"])


class MileageForm(LineForm):
    """A journey in one's own vehicle."""

    vehicle = forms.ChoiceField(
        label="What did you travel by?",
        choices=Vehicle.choices,
        widget=NHSRadioSelect(),
        error_messages={"required": "Select what you travelled by"},
    )
    miles = MilesField(
        label="Miles, there and back",
        help_text="Your map app or your car can tell you. For example, 24.6",
        max_value=line_rules.MOST_MILES,
        error_messages={"required": "Enter how many miles it was, there and back"},
    )
    from_place = forms.CharField(label="From", max_length=100, required=False, widget=NHSTextInput())
    to_place = forms.CharField(label="To", max_length=100, required=False, widget=NHSTextInput())
    passengers = forms.IntegerField(
        label="Other partners you gave a lift to",
        help_text="Leave this empty if there were none",
        required=False,
        min_value=0,
        max_value=line_rules.MOST_PASSENGERS,
        error_messages={
            "invalid": "Passengers must be a whole number, like 1",
            "min_value": "Passengers must be 0 or more",
            "max_value": f"Passengers must be {line_rules.MOST_PASSENGERS} or less",
        },
    )
    field_order = ["date", "vehicle", "miles", "from_place", "to_place", "passengers"]
    layout_options: ClassVar = {"passengers": {"width": 2}}

    def __init__(self, *args: Any, initial: dict[str, Any] | None = None, **kwargs: Any) -> None:
        # Nobody is shown a nought to delete.
        initial = {**(initial or {}), "passengers": (initial or {}).get("passengers") or None}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["date"].label = "Date of the journey"
        _say_limits(self.fields["passengers"])

    def clean_passengers(self) -> int:
        return self.cleaned_data["passengers"] or 0


class AmountForm(LineForm):
    """Something paid for."""

    amount = MoneyField(label="How much did it cost, in pounds?", noun="Amount")
    is_trust_booked = forms.BooleanField(
        label="The organisation booked and paid for this, not me",
        help_text="If so, you are paid nothing for it and need no receipt. It is kept on record as a cost.",
        required=False,
    )
    description = forms.CharField(label="What was it?", max_length=200, required=False, widget=NHSTextInput())
    approval = forms.CharField(
        label="Who agreed to this beforehand, and when?",
        help_text="For example, Sam Osei, 3 September. Without this it waits until somebody agrees.",
        max_length=100,
        required=False,
        widget=NHSTextInput(),
    )

    # What "description" asks for each kind; a kind that is not here is plain from its receipt.
    questions: ClassVar[dict[LineKind, str]] = {
        LineKind.RAIL: "From where to where?",
        LineKind.BUS: "From where to where?",
        LineKind.TAXI: "From where to where, and why a taxi?",
        LineKind.OVERNIGHT: "Where did you stay?",
        LineKind.REPLACEMENT_CARE: "What was the care for?",
        LineKind.PERSONAL_SUPPORT: "What was the support for?",
        LineKind.PRINTING: "What did you print or buy?",
        LineKind.PHONE: "What was the call or the internet for?",
        LineKind.OTHER: "What was it, and what for?",
    }
    hints: ClassVar[dict[LineKind, str]] = {
        LineKind.REPLACEMENT_CARE: "For example, a carer for 4 hours. Do not write names or anything about health.",
        LineKind.PERSONAL_SUPPORT: "For example, a helper at the meeting. Do not write anything about health.",
    }
    layout_options: ClassVar = {"amount": {"width": 5, "prefix": "£"}, "is_trust_booked": {"optional": False}}

    def __init__(self, *args: Any, kind: LineKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind in self.questions:
            self.fields["description"].label = self.questions[kind]
            self.fields["description"].help_text = self.hints.get(kind, "")
        else:
            del self.fields["description"]
        if kind == LineKind.OTHER:
            self.fields["description"].required = True
            self.fields["description"].error_messages["required"] = "Enter what it was, and what for"
        if not self.appointment.needs_approval:
            del self.fields["approval"]
        elif self.appointment.agreed:
            self.fields["approval"].help_text = (
                f"In the portal it is agreed for {'; '.join(self.appointment.agreed)}. If your date and amount fit, "
                "that counts by itself and you write nothing here."
            )


class FirstClassForm(AmountForm):
    """A first-class ticket, of which the standard fare is paid unless first class was agreed."""

    standard_fare = MoneyField(
        label="What would a standard ticket have cost, in pounds?",
        help_text="If you do not know, ask at the station or look it up online",
        noun="Standard fare",
        required=False,
    )
    field_order = ["date", "amount", "standard_fare", "is_trust_booked", "description", "approval"]
    layout_options: ClassVar = {
        **AmountForm.layout_options,
        "standard_fare": {"width": 5, "prefix": "£", "optional": False},
    }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        # What the organisation booked is not paid, so what it might have cost is not asked.
        is_asked = not cleaned.get("is_trust_booked") and "standard_fare" not in self.errors
        if is_asked and not cleaned.get("standard_fare"):
            self.add_error("standard_fare", "Enter what the standard fare would have been")
        return {**cleaned, "fare_class": FareClass.FIRST}


def _say_limits(field: forms.Field) -> None:
    """Give an integer field's own validators the field's words: they were made before the words were known."""
    for validator in field.validators:
        words = field.error_messages.get(validator.code)
        if words:
            validator.message = words


@dataclass(frozen=True)
class LinePage:
    """The page that asks about one kind of line: its part of the address, its name and what it asks."""

    slug: str
    kind: LineKind
    label: str
    form_class: type[LineForm] = AmountForm
    hint: str = ""


# In the order in which people need them.
LINE_PAGES: tuple[LinePage, ...] = (
    LinePage("mileage", LineKind.MILEAGE, "Travel by car, motorcycle or bicycle", MileageForm),
    LinePage("rail", LineKind.RAIL, "Train"),
    LinePage("rail-first", LineKind.RAIL, "Train, first class", FirstClassForm),
    LinePage("bus", LineKind.BUS, "Bus, tram or underground"),
    LinePage("taxi", LineKind.TAXI, "Taxi"),
    LinePage("parking", LineKind.PARKING, "Parking"),
    LinePage("toll", LineKind.TOLL, "Toll or road charge"),
    LinePage("subsistence-lunch", LineKind.SUBSISTENCE_LUNCH, "Lunch"),
    LinePage("subsistence-evening", LineKind.SUBSISTENCE_EVENING, "Evening meal"),
    LinePage("overnight", LineKind.OVERNIGHT, "Overnight stay"),
    LinePage(
        "replacement-care", LineKind.REPLACEMENT_CARE, "Replacement care",
        hint="Care for somebody you look after, while you were away",
    ),
    LinePage(
        "personal-support", LineKind.PERSONAL_SUPPORT, "Personal support",
        hint="Help that you needed to take part",
    ),
    LinePage("printing", LineKind.PRINTING, "Printing and stationery"),
    LinePage("phone", LineKind.PHONE, "Phone and internet"),
    LinePage(
        "involvement-payment", LineKind.INVOLVEMENT_PAYMENT, "Your time", TimeForm,
        hint="Meetings, preparation and training",
    ),
    LinePage(
        "cancelled-meeting", LineKind.CANCELLED_MEETING, "A meeting that was cancelled late", CancelledMeetingForm,
    ),
    LinePage("other", LineKind.OTHER, "Something else"),
)  # fmt: skip
PAGE_BY_SLUG = {page.slug: page for page in LINE_PAGES}


def page_of_line(kind: str, fare_class: str) -> LinePage:
    """Return the page that asks about a line that is there already."""
    if kind == LineKind.RAIL and fare_class == FareClass.FIRST:
        return PAGE_BY_SLUG["rail-first"]
    return next(page for page in LINE_PAGES if page.kind == kind)


class LineKindChooseForm(NHSForm):
    """Which kind of line to add. ``agreed_first`` are the kinds that somebody must agree to beforehand."""

    heading_field = "kind"

    kind = forms.ChoiceField(
        label="What do you want to add?",
        widget=NHSRadioSelect(),
        error_messages={"required": "Select what you want to add"},
    )

    def __init__(self, *args: Any, left_out: Iterable[LineKind], agreed_first: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = [page for page in LINE_PAGES if page.kind not in set(left_out)]
        agreed = set(agreed_first)
        field = self.fields["kind"]
        field.choices = [(page.slug, page.label) for page in shown]
        field.widget.nhs_options["hints"] = {
            page.slug: " ".join(
                filter(None, [page.hint and f"{page.hint}.", page.slug in agreed and "Must be agreed beforehand."])
            )
            for page in shown
        }


# --- the claim ----------------------------------------------------------------------------
class ClaimStartForm(NHSForm):
    """What a claim without a meeting is for. ``options`` are (value, label); with only one it is not asked."""

    about = forms.ChoiceField(
        label="What is the claim for?",
        widget=NHSRadioSelect(),
        error_messages={
            "required": "Select what the claim is for",
            "invalid_choice": "Select one of your committees or organisations",
        },
    )

    def __init__(self, *args: Any, options: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = options
        if len(options) == 1:
            self.fields["about"].initial = options[0][0]
            self.fields["about"].widget = forms.HiddenInput()


class ClaimPreferenceEditForm(NHSForm):
    """How much of the payment for time the partner wants."""

    preference = forms.ChoiceField(
        label="How much do you want to be paid for your time?",
        choices=[
            (Preference.FULL, "The full payment"),
            (Preference.REDUCED, "Less than the full payment"),
            (Preference.DECLINED, "No payment for my time"),
        ],
        widget=NHSRadioSelect(hints={Preference.DECLINED: "Your expenses are still paid"}),
        error_messages={"required": "Select how much you want to be paid for your time"},
    )
    reduced_to = MoneyField(
        label="If less, the most you want for your time on this claim, in pounds",
        noun="Amount",
        min_value=Decimal("0.00"),
        required=False,
    )
    layout_options: ClassVar = {"reduced_to": {"width": 5, "prefix": "£", "optional": False}}


class ClaimWithdrawForm(NHSForm):
    """Why a claim is withdrawn, if the partner wants to say."""

    reason = text_field("Why are you withdrawing it?", longest=300, rows=3, required=False)


class LineAnswerForm(NHSForm):
    """The answer to an approver's question, with a file where one helps."""

    answer = text_field("Your answer", error_messages={"required": "Enter your answer"})
    receipt = ReceiptField(label="A photo or PDF that helps", required=False)

    def __init__(self, *args: Any, max_bytes: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["receipt"].max_bytes = max_bytes


class LineAppealForm(NHSForm):
    """Why a refusal should be looked at again."""

    reason = text_field(
        "Why do you think it should be paid?",
        error_messages={"required": "Enter why you think it should be paid"},
    )


class UpdateCreateForm(NHSForm):
    """What the partner would like to know, if it is more than how the claim stands."""

    question = text_field("What do you want to ask?", required=False)
