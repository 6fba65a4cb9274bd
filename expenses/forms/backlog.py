"""What is asked when a trust brings in its own list of unpaid claims: the file, and which column is what."""

from collections.abc import Mapping
from typing import Any

from django import forms

from expenses.enums import BacklogColumn
from expenses.policies.backlog import NEEDED, WHO, what_is_missing
from psp_portal.nhsuk.columns import ColumnsForm
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSFileInput


class BacklogCreateForm(NHSForm):
    """The list itself."""

    file = forms.FileField(
        label="Your list of unpaid claims",
        help_text="A spreadsheet (.xlsx) or a CSV file, with one row for each thing claimed",
        widget=NHSFileInput(),
        error_messages={"required": "Select your list", "empty": "The file has nothing in it"},
    )


class BacklogColumnsEditForm(ColumnsForm):
    """Which row has the headings, and which column is what: ``columns``, by what they hold, from 0."""

    kinds = BacklogColumn
    always = (*WHO, *NEEDED)

    def what_is_missing(self, columns: Mapping[Any, int]) -> Mapping[Any, str]:
        return what_is_missing(columns)


class BacklogConfirmForm(NHSForm):
    """That rows which came in before are owed as well; not asked where there are none (``known``: how many)."""

    is_confirmed = forms.BooleanField(required=False)

    def __init__(self, *args: Any, known: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not known:
            del self.fields["is_confirmed"]
            return
        these = "1 row says" if known == 1 else f"{known} rows say"
        self.fields[
            "is_confirmed"
        ].label = f"{these} the same as something that came in before. I have checked that it is owed as well"
