"""Pages that make two accounts of one person into one."""

from typing import Any

from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView

from psp_portal.people import forms, queries, services
from psp_portal.people.views.roles import AboutPerson
from psp_portal.views import RuleFormView


class _AboutTwo(AboutPerson):
    """A person of the current organisation, whose account is kept; nobody's own."""

    def others(self) -> Any:
        return queries.accounts_to_join(self.request.user, self.organisation, self.person, today=self.today)


class SecondChooseView(_AboutTwo, FormView):
    """Which account is the same person's; the next page shows what joining them would do."""

    form_class = forms.SecondChooseForm
    template_name = "people/second_choose.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        people = [(str(each.pk), f"{each.name}, {each.email}") for each in self.others()]
        return super().get_form_kwargs() | {"people": people}

    def form_valid(self, form: Any) -> HttpResponseRedirect:
        address = reverse("people:second_join", args=[self.person.pk, form.cleaned_data["other_id"]])
        return HttpResponseRedirect(address)


class SecondJoinView(_AboutTwo, RuleFormView):
    """What joining two accounts would do, and doing it."""

    form_class = forms.SecondJoinForm
    template_name = "people/second_join.html"
    success_message = "The two accounts are one now, and they have been told at both addresses"

    def find(self) -> None:
        super().find()
        self.other = get_object_or_404(self.others(), pk=self.kwargs["other_id"])
        self.preview = queries.preview(self.person, self.other)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"chooses_bank": self.preview.both_have_bank_details}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "kept": self.person, "gone": self.other, "preview": self.preview,
        }  # fmt: skip

    def perform(self, data: dict[str, Any]) -> Any:
        return services.join_records(
            kept_id=self.person.pk,
            gone_id=self.other.pk,
            reason=data["reason"],
            bank=data.get("bank", ""),
            by=self.request.user,
            at=timezone.now(),
        )
