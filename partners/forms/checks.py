"""What the pages about checks ask; writes nothing. No box on them takes words about what was found."""

from datetime import date
from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms

from partners.enums import RoleCategory
from partners.enums.checks import CheckKind, CheckOutcome, CheckShown, DbsLevel, DbsReason
from partners.forms.training import Choices, whole_number
from psp_portal.nhsuk.fields import NHSDateField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSCheckboxes, NHSRadioSelect, NHSSelect


class RequirementEditForm(NHSForm):
    """How often a check is done again, and at which level. Only a DBS check has a level."""

    renewal_months = whole_number(
        "After how many months is it checked again?",
        lowest=1,
        highest=120,
        noun="Months",
        required=False,
        help_text="Leave empty if once is enough. There is no national rule for partners: your trust must confirm it.",
    )
    dbs_level = forms.ChoiceField(
        label="Level of the DBS check",
        choices=[("", "It is another check"), *DbsLevel.choices],
        required=False,
        widget=NHSSelect(),
    )
    dbs_reason = forms.ChoiceField(
        label="Why may this role have a DBS check?",
        choices=[("", "It is another check"), *DbsReason.choices],
        required=False,
        widget=NHSSelect(),
        help_text="It depends on what partners do and whom they meet. To ask for a level that the role does not allow "
        "is unlawful, and nobody under 16 is checked.",
    )
    layout_options: ClassVar = {"renewal_months": {"width": 3, "suffix": "months"}}


class RequirementCreateForm(RequirementEditForm):
    """What is checked, of whom."""

    kind = forms.ChoiceField(
        label="What is checked?",
        choices=CheckKind.choices,
        widget=NHSRadioSelect(),
        error_messages={"required": "Select what is checked"},
    )
    role_categories = forms.TypedMultipleChoiceField(
        label="Of which partners?",
        choices=RoleCategory.choices,
        coerce=int,
        widget=NHSCheckboxes(),
        error_messages={"required": "Select of which partners"},
    )
    field_order = ["kind", "role_categories", "renewal_months", "dbs_level", "dbs_reason"]


class CheckListForm(NHSForm):
    """What a list of checks is narrowed to."""

    mark_optional = False
    shown = forms.ChoiceField(
        label="Show", choices=[("", "All checks"), *CheckShown.choices], required=False, widget=NHSSelect()
    )


class CheckCreateForm(NHSForm):
    """Which checks are asked for. ``kinds`` are (kind, name)."""

    kinds = forms.MultipleChoiceField(
        label="What is to be checked?",
        widget=NHSCheckboxes(),
        error_messages={"required": "Select what is to be checked"},
    )
    heading_field = "kinds"

    def __init__(self, *args: Any, kinds: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["kinds"]).choices = list(kinds)


class CheckRecordForm(NHSForm):
    """What came of a check, and who saw the papers. ``staff`` are (id, name)."""

    outcome = forms.ChoiceField(
        label="What came of it?",
        choices=[choice for choice in CheckOutcome.choices if choice[0] != CheckOutcome.WAITING],
        widget=NHSRadioSelect(
            hints={
                CheckOutcome.CONDITIONS: "The partner can begin. What is needed is not written here",
                CheckOutcome.NOT_CLEARED: "The partner cannot begin. What was found is not written here",
            }
        ),
        error_messages={"required": "Select what came of the check"},
    )
    done_on = NHSDateField(noun="Day", label="On which day was it done?", help_text="For example, 31 3 2027")
    reference = forms.CharField(
        label="Number of the certificate or letter",
        max_length=30,
        required=False,
        help_text="A number or code only. Never write what stands in it.",
        error_messages={"max_length": "The reference must be 30 characters or fewer"},
    )
    seen_by_id = forms.TypedChoiceField(
        label="Who saw the papers?",
        coerce=UUID,
        widget=NHSSelect(),
        error_messages={"required": "Select who saw the papers"},
    )
    layout_options: ClassVar = {"reference": {"width": 20}}

    def __init__(self, *args: Any, today: date, staff: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(NHSDateField, self.fields["done_on"]).latest = today
        cast(forms.ChoiceField, self.fields["seen_by_id"]).choices = [("", "Select a person"), *staff]
