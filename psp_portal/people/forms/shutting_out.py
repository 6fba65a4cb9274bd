"""What the pages about shutting somebody out ask."""

from typing import Any

from django import forms

from psp_portal.nhsuk.forms import NHSForm
from psp_portal.nhsuk.widgets import NHSTextarea


def _words(label: str, *, longest: int, required: str, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        widget=NHSTextarea(rows=4, count=longest),
        error_messages={"required": required, "max_length": f"Your answer must be {longest:,} characters or fewer"},
        **options,
    )


class ShutOutCreateForm(NHSForm):
    """Why somebody must lose their access, and who they can turn to."""

    reason = _words(
        "Why must they lose their access?",
        longest=1000,
        required="Enter why they must lose their access",
        help_text="If it happens, they read this, word for word.",
    )
    turn_to = _words(
        "Who can they turn to, and how?",
        longest=500,
        required="Enter who they can turn to, and how",
        help_text="Somebody other than you, with a telephone number or an email address. They can no longer sign in.",
    )


class ShutOutRefuseForm(NHSForm):
    """Why somebody keeps their access."""

    answer = _words("Why do they keep their access?", longest=1000, required="Enter why they keep their access")
