"""The base of every form that a person fills in. It knows how a form looks, not what its answers mean."""

from datetime import date
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

from psp_portal.dates import format_date
from psp_portal.nhsuk.anatomy import required_message


class NHSForm(forms.Form):
    """A plain form that ``{% crispy form %}`` renders in the NHS look, without the ``<form>`` tag and its token.

    ``layout_options`` gives a field's look, for example ``{"amount": {"prefix": "£", "width": 5}}``; the options are
    those of ``psp_portal.nhsuk.layout.F``. ``heading_field`` names the field whose label is the page's heading, on a
    page with one question. ``layout`` replaces the order of the fields. ``mark_optional`` adds "(optional)" to the
    labels of fields that need no answer; search forms switch it off.
    """

    use_required_attribute = False
    layout_options: ClassVar[dict[str, dict[str, Any]]] = {}
    heading_field: ClassVar[str] = ""
    layout: ClassVar[Layout | None] = None
    mark_optional: ClassVar[bool] = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            message = required_message(field, field.label or name.replace("_", " ").capitalize())
            if message:
                field.error_messages["required"] = message
            if isinstance(field.widget, forms.NumberInput):
                _type_as_text(field.widget, whole=isinstance(field, forms.IntegerField))

    def entered(self) -> list[tuple[str, str]]:
        """Return what was entered into a sound form, for a page that shows it before it is kept.

        It is (label, answer in words) for each field that is no longer as it was.
        """
        return [
            (str(self.fields[name].label), self._answer(name))
            for name in self.changed_data
            if not self.fields[name].widget.is_hidden
        ]

    def _answer(self, name: str) -> str:
        # A form may make one thing of several answers, and then has none of them by its own name.
        field, value = self.fields[name], self.cleaned_data.get(name)
        if isinstance(value, date):
            return format_date(value)
        given = self[name].value()
        if isinstance(field, forms.ChoiceField):
            chosen = {str(each) for each in (given if isinstance(given, list) else [given])}
            choices: Any = field.choices
            given = ", ".join(str(label) for key, label in choices if str(key) in chosen)
        return str(given or "Nothing")

    @property
    def helper(self) -> FormHelper:
        """What crispy-forms asks for: the page writes the ``<form>`` tag and its token itself."""
        helper = FormHelper(self)
        helper.form_tag = False
        helper.disable_csrf = True
        if self.layout is not None:
            helper.layout = self.layout
            helper.render_hidden_fields = True
        return helper


def _type_as_text(widget: forms.NumberInput, *, whole: bool) -> None:
    """Use a text box with a number pad: number boxes change under the mouse wheel and swallow mistyped letters."""
    widget.input_type = "text"
    widget.attrs.setdefault("inputmode", "numeric" if whole else "decimal")
    for limit in ("min", "max", "step"):
        widget.attrs.pop(limit, None)
