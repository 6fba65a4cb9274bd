"""What is asked when a trust brings in its own list of partners."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms

from partners.enums import RoleCategory
from partners.enums.imports import ImportChoice, ImportColumn
from partners.policies.imports import what_is_missing
from psp_portal.nhsuk.columns import ColumnsForm
from psp_portal.nhsuk.fields import NHSDateField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSFileInput, NHSRadioSelect, NHSSelect

PAID = (("yes", "Paid"), ("no", "Unpaid"))


class ImportCreateForm(NHSForm):
    """The list itself."""

    file = forms.FileField(
        label="Your list of partners",
        help_text="A spreadsheet (.xlsx) or a CSV file, with one row for each partner",
        widget=NHSFileInput(),
        error_messages={"required": "Select your list", "empty": "The file has nothing in it"},
    )


class ColumnsEditForm(ColumnsForm):
    """Which row has the headings, which column is what, and what holds for rows that say nothing.

    ``leads`` are (id, name) of those who may look after a partner.
    """

    kinds = ImportColumn
    always = (ImportColumn.EMAIL, ImportColumn.NAME, ImportColumn.STARTS_ON)

    def __init__(self, *args: Any, leads: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["otherwise_term_ends_on"] = NHSDateField(
            label="Last day of the term, where the list has none", noun="Last day of the term", required=False
        )
        self.fields["otherwise_is_paid"] = forms.ChoiceField(
            label="Where the list does not say whether somebody is paid, they are", choices=PAID,
            widget=NHSRadioSelect(inline=True),
        )  # fmt: skip
        self.fields["otherwise_role_category"] = forms.TypedChoiceField(
            label="Role category, where the list has none", choices=RoleCategory.choices, coerce=int,
            widget=NHSSelect(),
        )  # fmt: skip
        self.fields["otherwise_lead_id"] = forms.ChoiceField(
            label="Who looks after them, where the list does not say", choices=list(leads), widget=NHSSelect()
        )

    def what_is_missing(self, columns: Mapping[Any, int]) -> Mapping[Any, str]:
        return what_is_missing(columns)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        return {
            "heading_row": data.get("heading_row"),
            "columns": data["columns"],
            "is_paid": data.get("otherwise_is_paid") == "yes",
            "role_category": data.get("otherwise_role_category"),
            "term_ends_on": data.get("otherwise_term_ends_on"),
            "lead_id": data.get("otherwise_lead_id"),
        }


class ChoicesEditForm(NHSForm):
    """What rows are that could be two things: a question for each; and one for all who are here already.

    ``questions`` are those of the page, ``has_matches`` says whether any row in the list is of somebody who is here.
    """

    mark_optional: ClassVar[bool] = False

    here = forms.ChoiceField(
        label="For everybody who is here already and whose row says something else",
        required=False,
        choices=[
            ("", "I decide for each below"),
            (ImportChoice.UPDATE, ImportChoice.UPDATE.label),
            (ImportChoice.LEAVE, ImportChoice.LEAVE.label),
        ],
        widget=NHSRadioSelect(),
    )

    def __init__(self, *args: Any, questions: Iterable[Any], has_matches: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_matches:
            del self.fields["here"]
        for question in questions:
            self.fields[question.key] = forms.ChoiceField(
                label=question.words, choices=question.options, required=False, initial=question.chosen,
                widget=NHSRadioSelect(),
            )  # fmt: skip
