"""Pages for coming in by invitation and for choosing an organisation."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from psp_portal.accounts import current, forms, queries, services
from psp_portal.views import ConfirmForm, RuleFormView


class OrganisationChooseView(RuleFormView):
    """Which organisation the pages are about, for somebody with a role at several."""

    form_class = forms.OrganisationChooseForm
    template_name = "accounts/organisation_choose.html"
    success_url = reverse_lazy("home:home_detail")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if len(current.organisation_choices(request)) < 2:
            raise Http404("There is nothing to choose.")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        choices = [(str(each.pk), each.name) for each in current.organisation_choices(self.request)]
        return super().get_form_kwargs() | {"choices": choices}

    def get_initial(self) -> dict[str, Any]:
        organisation = current.current_organisation(self.request)
        return {"organisation_id": str(organisation.pk) if organisation else None}

    def perform(self, data: dict[str, Any]) -> None:
        current.choose_organisation(self.request, data["organisation_id"])


class PreferencesEditView(RuleFormView):
    """How somebody's own pages and e-mails reach them."""

    form_class = forms.PreferencesEditForm
    template_name = "accounts/preferences_edit.html"
    success_url = reverse_lazy("accounts:preferences_edit")
    success_message = "Saved"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.user: Any = request.user

    def get_initial(self) -> dict[str, Any]:
        return {"formats": self.user.formats}

    def perform(self, data: dict[str, Any]) -> None:
        services.save_formats(by=self.user, at=timezone.now(), **data)


@method_decorator([login_not_required, never_cache, sensitive_post_parameters("password")], name="dispatch")
class InvitationAcceptView(RuleFormView):
    """The page behind an invitation's link. A link that is no longer good says so, with what to do."""

    form_class = forms.InvitationAcceptForm
    template_name = "accounts/invitation_accept.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.invitation = queries.invitation_with(kwargs["token"])
        self.problem = queries.what_is_wrong_with(self.invitation, at=timezone.now())
        self.account_exists = queries.account_exists(self.invitation.email) if self.invitation else False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.problem:
            status = 410 if self.invitation else 404
            return self.render_to_response({"problem": self.problem, "view": self}, status=status)
        return super().dispatch(request, *args, **kwargs)

    def get_form_class(self) -> type[ConfirmForm]:
        return ConfirmForm if self.account_exists else forms.InvitationAcceptForm

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.invitation.name}

    def perform(self, data: dict[str, Any]) -> None:
        services.accept_invitation(
            token=self.kwargs["token"],
            password=data.get("password") or None,
            name=data.get("name", ""),
            at=timezone.now(),
        )
        messages.success(self.request, f"You have joined {self.invitation.organisation.name}. Sign in to begin.")

    def get_success_url(self) -> str:
        return reverse("account_login")
