"""What the pages about vacancies ask the staff."""

from typing import Any, ClassVar, cast

from django import forms

from partners.enums.recruitment import ApplicationStatus
from partners.forms.appointments import Choices
from psp_portal.nhsuk.fields import NHSDateField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSRadioSelect, NHSSelect, NHSTextarea


def text(label: str, what: str, most: int, *, help_text: str = "", rows: int = 0, required: bool = True) -> Any:
    """Return a box for words, of several lines when it has ``rows``; ``what`` is what its errors call it."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=most,
        required=required,
        widget=NHSTextarea(rows=rows, count=most) if rows else forms.TextInput(),
        error_messages={
            "required": f"Enter {what}",
            "max_length": f"{what[:1].upper()}{what[1:]} must be {most:,} characters or fewer",
        },
    )


def yes_no(label: str, missing: str, *, help_text: str = "") -> Any:
    """Return a question that is answered by yes or no."""
    return forms.TypedChoiceField(
        label=label,
        help_text=help_text,
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda answer: answer == "yes",
        widget=NHSRadioSelect(inline=True),
        error_messages={"required": missing},
    )


class VacancyCreateForm(NHSForm):
    """What a vacancy's public page says."""

    title = text("Name of the role", "the name of the role", 120, help_text="For example, Patient Safety Partner")
    slug = text(
        "Short address",
        "the short address",
        40,
        help_text="The last part of the public page’s address, which people may type from a poster. Small letters, "
        "numbers and dashes, for example patient-safety-2027.",
    )
    purpose = text(
        "Why do you want a partner?", "why you want a partner", 2000, rows=4,
        help_text="In plain words, for people who do not know the NHS from inside.",
    )  # fmt: skip
    tasks = text("What will they do?", "what they will do", 3000, rows=6, help_text="One thing on each line.")
    time_asked = text(
        "How much time does it take?", "how much time it takes", 300, help_text="For example, 1 day a month"
    )
    is_paid = yes_no("Is the role paid?", "Select yes if the role is paid", help_text="Expenses are paid either way.")
    contact = text(
        "Whom can people ask, or apply to by telephone?",
        "whom people can ask",
        300,
        help_text="A name, a telephone number and an email address. Large print and Easy Read are asked for here.",
    )
    opens_on = NHSDateField(noun="First day", label="First day for applications", help_text="For example, 31 3 2027")
    closes_on = NHSDateField(noun="Last day", label="Last day for applications")
    hides_names = yes_no(
        "Shortlist without names?",
        "Select yes to shortlist without names",
        help_text="Whoever shortlists sees a reference instead of the name until it is decided.",
    )
    layout_options: ClassVar = {"slug": {"spellcheck": False, "width": 20}}


class VacancyEditForm(VacancyCreateForm):
    """What a vacancy's public page says, changed."""


class ChannelCreateForm(NHSForm):
    """A way by which people hear of a vacancy."""

    label = text("What is it?", "what it is", 60, help_text="For example, GP surgery poster or Local radio")
    code = text("Code in the address", "the code", 20, help_text="Letters and numbers, for example gp or radio")
    layout_options: ClassVar = {"code": {"spellcheck": False, "width": 10}}


class CriterionCreateForm(NHSForm):
    """What applications are measured by."""

    words = text("What do you look for?", "what you look for", 300, help_text="For example, Has used our services")
    is_essential = yes_no("Is it essential?", "Select yes if it is essential")


class LetterEditForm(NHSForm):
    """The words of a letter to applicants."""

    words = text(
        "Words of the letter", "the words of the letter", 4000, rows=14,
        help_text="{name}, {role} and {organisation} are filled in when the letter is sent.",
    )  # fmt: skip


def number(label: str, least: int, most: int, *, help_text: str = "") -> Any:
    """Return a box for a whole number."""
    wrong = f"{label} must be a whole number from {least} to {most}"
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        help_text=help_text,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
    )


class SettingsEditForm(NHSForm):
    """How long the organisation takes, and how long it keeps applications."""

    answer_working_days = number("Working days until an applicant hears the next step", 1, 60)
    unsent_days = number("Days an application can wait to be sent", 7, 365, help_text="After that it is removed.")
    remind_days_before = number("Days before that when the applicant is reminded", 1, 60)
    keep_months = number("Months an application that came to nothing is kept", 1, 36)
    layout_options: ClassVar = {
        name: {"width": 3} for name in ("answer_working_days", "unsent_days", "remind_days_before", "keep_months")
    }


class ApplicationListForm(NHSForm):
    """Which applications to show. ``vacancies`` are (id, name)."""

    vacancy = forms.ChoiceField(label="Role", required=False, widget=NHSSelect())
    status = forms.ChoiceField(label="Where it stands", required=False, widget=NHSSelect())
    mark_optional = False

    def __init__(self, *args: Any, vacancies: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = [
            choice
            for choice in ApplicationStatus.choices
            if choice[0] not in (ApplicationStatus.STARTED, ApplicationStatus.EXPIRED)
        ]
        cast(forms.ChoiceField, self.fields["vacancy"]).choices = [("", "All roles"), *vacancies]
        cast(forms.ChoiceField, self.fields["status"]).choices = [("", "All"), *shown]
