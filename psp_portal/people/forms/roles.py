"""What the pages about people ask."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms

from psp_portal.accounts.enums import Role
from psp_portal.nhsuk.fields import NHSDateField
from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSRadioSelect, NHSSelect, NHSTextarea

# A helper is not here: a partner names their own.
ROLE_HINTS = {
    Role.PARTNER: "Goes to meetings, and claims for them",
    Role.PROGRAMME_LEAD: "Looks after partners, committees and people",
    Role.REQUESTER: "Asks for a partner to work with",
    Role.APPROVER: "Decides claims, never their own",
    Role.FINANCE: "Pays claims and keeps the rates",
    Role.EXECUTIVE: "Is told when a claim is late, and replies",
    Role.AUDITOR: "Reads what was done, and changes nothing",
}
NO_DEPUTY = ""


def _role_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Role",
        choices=[(role.value, role.label) for role in ROLE_HINTS],
        widget=NHSRadioSelect(hints=ROLE_HINTS),
        error_messages={"required": "Select a role"},
    )


class PersonInviteForm(NHSForm):
    """Whom to invite, and to what."""

    name = forms.CharField(label="Full name", max_length=150, error_messages={"required": "Enter their full name"})
    email = forms.EmailField(
        label="Email address",
        help_text="We send the invitation to this address",
        error_messages={
            "required": "Enter their email address",
            "invalid": "Enter an email address in the right form, like name@example.com",
        },
    )
    role = _role_field()
    layout_options = {
        "name": {"width": 30, "autocomplete": "off", "spellcheck": False},
        "email": {"width": 30, "autocomplete": "off", "spellcheck": False},
    }


class RoleGrantForm(NHSForm):
    """Another role for somebody who is here."""

    role = _role_field()
    starts_on = NHSDateField(label="First day", noun="First day")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # An earlier start would let a role reach back over what its holder did without it.
        self.fields["starts_on"].earliest = today
        self.fields["starts_on"].initial = today


class RoleEndForm(NHSForm):
    """When a role ends."""

    ends_on = NHSDateField(label="Last day in this role", noun="Last day")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].earliest = today - timedelta(days=1)
        self.fields["ends_on"].initial = today


class PostAppointForm(NHSForm):
    """Who takes up a post, and when. ``choices`` are (id, name) of those with the role it needs."""

    user_id = forms.ChoiceField(label="Who", widget=NHSSelect(), error_messages={"required": "Select a person"})
    starts_on = NHSDateField(label="First day", noun="First day")

    def __init__(self, *args: Any, choices: Iterable[tuple[str, str]], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user_id"].choices = [("", "Select a person"), *choices]
        self.fields["starts_on"].earliest = today
        self.fields["starts_on"].initial = today


class AbsenceRecordForm(NHSForm):
    """The days away and who stands in. ``choices`` are (id, name) of the organisation's other staff."""

    starts_on = NHSDateField(label="First day away", noun="First day away")
    ends_on = NHSDateField(
        label="Last day away", noun="Last day away", required=False, help_text="Leave it empty if you do not know yet"
    )
    deputy_id = forms.ChoiceField(
        label="Who stands in?",
        required=False,
        widget=NHSSelect(),
        help_text=(
            "They do what their own roles allow on these days. The rest goes to the next person who may do it, and so "
            "does everything if you name nobody."
        ),
    )

    def __init__(self, *args: Any, choices: Iterable[tuple[str, str]], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deputy_id"].choices = [(NO_DEPUTY, "Nobody in particular"), *choices]
        self.fields["starts_on"].initial = today

    def clean_deputy_id(self) -> UUID | None:
        """Return the deputy's id, None for nobody in particular."""
        return UUID(self.cleaned_data["deputy_id"]) if self.cleaned_data["deputy_id"] else None


class AbsenceEndForm(NHSForm):
    """The last day away."""

    ends_on = NHSDateField(label="Last day away", noun="Last day away", help_text="Yesterday if you are back today")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].earliest = today - timedelta(days=1)
        self.fields["ends_on"].initial = today - timedelta(days=1)


class AccountCloseForm(NHSForm):
    """Why somebody's account is closed."""

    reason = forms.CharField(
        label="Why is the account closed?",
        max_length=300,
        widget=NHSTextarea(rows=3),
        help_text="The reason is kept in the audit trail with your name.",
        error_messages={"required": "Say why the account is closed"},
    )
