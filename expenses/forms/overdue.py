"""What the page for the board asks: the period it reports on."""

from typing import Any, ClassVar

from expenses.policies.periods import Period, check_period
from psp_portal.exceptions import RuleBroken
from psp_portal.nhsuk.fields import NHSDateField
from psp_portal.nhsuk.forms import NHSForm


class BoardReportForm(NHSForm):
    """The first and the last day of the period."""

    first = NHSDateField(noun="First day", label="First day", help_text="For example, 1 4 2026")
    last = NHSDateField(noun="Last day", label="Last day", help_text="For example, 30 6 2026")
    mark_optional = False
    layout_options: ClassVar = {"first": {"label_size": "s"}, "last": {"label_size": "s"}}

    period: Period

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "first" in data and "last" in data:
            try:
                self.period = check_period(data["first"], data["last"])
            except RuleBroken as broken:
                self.add_error(broken.field, broken.message)
        return data
