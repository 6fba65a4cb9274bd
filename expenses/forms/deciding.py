"""What an approver is asked: a decision for each line of a claim, which claims to approve at once, and an appeal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from expenses.enums import LineAction
from expenses.forms.claims import text_field
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSCheckboxes, NHSRadioSelect

OUT_OF_DATE = "This page was out of date. Look again, then send it"


@dataclass(frozen=True)
class LineAsked:
    """A line of a claim as the form asks about it.

    ``version`` changes whenever the partner or an approver changes the line; ``is_flagged`` says that a rule found
    something odd, so that approving needs a reason; only a line that ``is_pending`` can be decided.
    """

    pk: UUID
    position: int
    version: str
    is_flagged: bool
    is_pending: bool


class ClaimDecideForm(NHSForm):
    """A decision for each line that waits for one. A line that is left alone waits on."""

    choices: ClassVar = [
        (LineAction.APPROVE, LineAction.APPROVE.label),
        (LineAction.RETURN, LineAction.RETURN.label),
        (LineAction.REFUSE, LineAction.REFUSE.label),
    ]
    mark_optional = False

    def __init__(self, *args: Any, lines: Sequence[LineAsked], **kwargs: Any) -> None:
        self.lines = list(lines)
        super().__init__(*args, **kwargs)
        for line in self.pending:
            self.fields[self.action_name(line.pk)] = forms.ChoiceField(
                label=f"What do you decide about line {line.position}?",
                choices=self.choices,
                required=False,
                widget=NHSRadioSelect(),
            )
            self.fields[self.reason_name(line.pk)] = text_field(
                f"Your question or reason for line {line.position}",
                rows=3,
                required=False,
                error_messages={
                    "max_length": f"What you write about line {line.position} must be 500 characters or fewer"
                },
                help_text="The partner reads this."
                + (" Because this line is flagged, also say why if you approve it." if line.is_flagged else ""),
            )

    @property
    def pending(self) -> list[LineAsked]:
        """The lines that can be decided."""
        return [line for line in self.lines if line.is_pending]

    @staticmethod
    def action_name(line_id: UUID) -> str:
        """Return the name of a line's radios."""
        return f"action_{line_id}"

    @staticmethod
    def reason_name(line_id: UUID) -> str:
        """Return the name of a line's box for words."""
        return f"reason_{line_id}"

    @staticmethod
    def seen_name(line_id: UUID) -> str:
        """Return the name under which a page sends which version of a line it showed."""
        return f"seen_{line_id}"

    def clean(self) -> dict[str, Any]:
        decisions: list[tuple[UUID, LineAction, str]] = []
        for line in self.pending:
            action = self.cleaned_data.get(self.action_name(line.pk), "")
            reason = self.cleaned_data.get(self.reason_name(line.pk), "").strip()
            self._check_line(line, action, reason)
            if action:
                decisions.append((line.pk, LineAction(action), reason))
        for line in self.lines:
            if not line.is_pending and self.data.get(self.action_name(line.pk)):
                self.add_error(
                    None,
                    f"Line {line.position} has been decided by somebody else, or changed, since you opened the page. "
                    "Nothing has been saved. Check the lines as they are now, then save again",
                )
        if not decisions and not self.errors:
            first = next((self.action_name(line.pk) for line in self.pending), None)
            self.add_error(first, "Decide at least one line")
        return {"decisions": decisions}

    def _check_line(self, line: LineAsked, action: str, reason: str) -> None:
        if action and self.data.get(self.seen_name(line.pk)) != line.version:
            self.add_error(
                self.action_name(line.pk),
                f"Line {line.position} has changed since you opened the page. Check it, then save again",
            )
        if reason and not action:
            self.add_error(self.action_name(line.pk), f"Select a decision for line {line.position}")
        elif not reason and self.reason_name(line.pk) not in self.errors:
            missing = {
                LineAction.RETURN: f"Write your question about line {line.position}",
                LineAction.REFUSE: f"Say why you do not approve line {line.position}",
                LineAction.APPROVE: f"Say why you approve line {line.position} although it is flagged"
                if line.is_flagged
                else "",
            }.get(LineAction(action) if action else None, "")
            if missing:
                self.add_error(self.reason_name(line.pk), missing)


class ClaimsSeenField(forms.MultipleChoiceField):
    """Claims chosen on a page, each as "id@version": returns a dict of id to version, in the order of the page."""

    widget = NHSCheckboxes

    def valid_value(self, value: str) -> bool:
        """Accept what any page may have shown: the view looks for the claims among those it may decide."""
        return True

    def clean(self, value: Any) -> dict[UUID, str]:
        """Return the claims and their versions; raise ValidationError for what no page of ours sends."""
        seen = {}
        for chosen in super().clean(value):
            claim_id, _, version = chosen.partition("@")
            try:
                seen[UUID(claim_id)] = version
            except ValueError:
                raise ValidationError(OUT_OF_DATE, code="invalid") from None
        return seen


class BulkApproveForm(NHSForm):
    """The claims ticked in the queue; or, by the button ``every``, all claims that the page showed."""

    claims = ClaimsSeenField(label="Claims", required=False)
    on_page = ClaimsSeenField(label="Claims on the page", required=False)
    every = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = cleaned.get("on_page" if cleaned.get("every") else "claims") or {}
        if not chosen and not self.errors:
            self.add_error("claims", "Tick at least one claim to approve")
        return {"claims": chosen}


class AppealDecideForm(NHSForm):
    """What the second person decides of an appeal, and why."""

    allow = forms.TypedChoiceField(
        label="What do you decide?",
        choices=[("yes", "Allow the appeal and approve the line"), ("no", "Turn the appeal down")],
        coerce=lambda answer: answer == "yes",
        widget=NHSRadioSelect(hints={"no": "The decision not to pay this line is then final"}),
        error_messages={"required": "Select what you decide"},
    )
    reason = text_field(
        "Why?",
        help_text="The partner reads this.",
        error_messages={
            "required": "Say why you decide this way",
            "max_length": "Your reason must be 500 characters or fewer",
        },
    )
