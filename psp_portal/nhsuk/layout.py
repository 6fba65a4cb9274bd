"""Layout objects for crispy-forms: one field with its look."""

from typing import Any

from crispy_forms.utils import TEMPLATE_PACK, render_field
from django.template import Context
from django.utils.safestring import SafeString

from psp_portal.nhsuk.anatomy import check_options


class F:
    """One field in a layout: ``F("amount", prefix="£", width=5)``.

    Options, all of them allowed in ``NHSForm.layout_options`` too:

    - ``heading``: the label is the page's heading; ``label_size``: "xs", "s", "m", "l", "xl" or "" for plain text
    - ``prefix``, ``suffix``: what stands before or behind the box (the label must name the unit as well)
    - ``width``: 2, 3, 4, 5, 10, 20 or 30 characters
    - ``inputmode``, ``autocomplete``, ``spellcheck``: the control's attributes of that name
    - ``hints``: a hint for each choice by value; ``divider``: a word before the last choice; ``inline``, ``small``
    - ``rows``, ``count``, ``threshold``: for a box of several lines
    - ``optional``: False leaves "(optional)" off a label
    """

    def __init__(self, name: str, **options: Any) -> None:
        self.name = name
        self.options = check_options(options)

    def render(self, form: Any, context: Context, template_pack: str = TEMPLATE_PACK, **kwargs: Any) -> SafeString:
        """Return the field's markup; crispy-forms calls this."""
        return render_field(
            self.name, form, context, template_pack=template_pack, extra_context={"nhs_options": self.options}
        )
