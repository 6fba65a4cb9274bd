"""Pages for whoever looks at a vacancy, and for applicants by their own link. Nobody signs in here."""

from typing import Any
from urllib.parse import urlencode

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import TemplateView

from partners.enums.recruitment import ApplicationMove, ApplicationStatus, ApplicationStep
from partners.forms.recruitment import applications as forms
from partners.policies.recruitment import states
from partners.policies.recruitment.applications import NEEDED, missing
from partners.policies.recruitment.vacancies import is_taking
from partners.policies.recruitment.words import NEXT_STEPS
from partners.queries import diversity
from partners.queries import recruitment as queries
from partners.services import recruitment as services
from psp_portal.accounts.queries import account_exists
from psp_portal.exceptions import RuleBroken
from psp_portal.templatetags import nhs_datetime
from psp_portal.views import Moment, RuleFormView

APPLICANT = services.APPLICANT
# For a page behind an applicant's own link: nobody signs in, and no browser or proxy keeps it.
by_link = method_decorator([login_not_required, never_cache], name="dispatch")


# --- the public page ------------------------------------------------------------------------
class _AboutAdvert(Moment):
    """Finds the vacancy of the address, or answers 404: a draft is nobody's business."""

    def find(self, **kwargs: Any) -> None:
        self.vacancy = queries.public_vacancy(kwargs["slug"])
        if self.vacancy is None:
            raise Http404("There is no such role.")
        self.code = self.request.GET.get("from", "")[:20]

    @property
    def is_taking(self) -> bool:
        """Whether applications can be started today."""
        vacancy = self.vacancy
        return is_taking(vacancy.status, opens_on=vacancy.opens_on, closes_on=vacancy.closes_on, today=self.today)

    def page(self, name: str) -> str:
        """Return the address of another page of this role; the channel's code goes along."""
        code = f"?{urlencode({'from': self.code})}" if self.code else ""
        return reverse(f"recruitment:{name}", args=[self.vacancy.slug]) + code

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "vacancy": self.vacancy,
            "advert_url": self.page("advert_detail"),
            "start_url": self.page("application_start"),
            "link_url": self.page("link_send"),
        }

    def check_not_too_often(self, email: str) -> None:
        """Raise RuleBroken when one place, or one address, has had too many links sent."""
        if not ratelimit.consume(self.request, action="recruitment_start", key=email.lower()):
            raise RuleBroken("You have asked several times. Look in your email, or wait for an hour and try again.")

    def get_success_url(self) -> str:
        return self.page("link_sent")


@method_decorator(login_not_required, name="dispatch")
class AdvertDetailView(_AboutAdvert, TemplateView):
    """A vacancy, for everybody."""

    template_name = "recruitment/advert_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "tasks": [line.strip() for line in self.vacancy.tasks.splitlines() if line.strip()],
            "criteria": queries.criteria_of(self.vacancy),
        }


@by_link
class ApplicationStartView(_AboutAdvert, RuleFormView):
    """Who applies; the link to go on with comes by e-mail."""

    form_class = forms.ApplicationStartForm
    template_name = "recruitment/application_start.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.is_taking:
            return HttpResponseRedirect(self.page("advert_detail"))
        return super().dispatch(request, *args, **kwargs)

    def perform(self, data: dict[str, Any]) -> Any:
        self.check_not_too_often(data["email"])
        services.start_application(vacancy_id=self.vacancy.pk, channel_code=self.code, by=APPLICANT, at=self.at, **data)


@by_link
class LinkSendView(_AboutAdvert, RuleFormView):
    """The link once more, for whoever has lost it, also after the role has closed."""

    form_class = forms.LinkSendForm
    template_name = "recruitment/link_send.html"

    def perform(self, data: dict[str, Any]) -> Any:
        self.check_not_too_often(data["email"])
        services.send_link_again(vacancy_id=self.vacancy.pk, by=APPLICANT, at=self.at, **data)


@method_decorator(login_not_required, name="dispatch")
class LinkSentView(_AboutAdvert, TemplateView):
    """Look in your e-mail: the same words whoever asked."""

    template_name = "recruitment/link_sent.html"


# --- by the applicant's own link ------------------------------------------------------------
class _ByLink(Moment):
    """Finds the application that the key in the address opens; 404 for an unknown key."""

    def find(self, **kwargs: Any) -> None:
        self.token = kwargs["token"]
        self.application = queries.application_with(self.token)
        if self.application is None:
            raise Http404("This link is not right.")

    def page(self, name: str, *args: Any) -> str:
        """Return the address of another page of this applicant."""
        return reverse(f"recruitment:{name}", args=[self.token, *args])

    def get_success_url(self) -> str:
        return self.page("progress_detail")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "application": self.application,
            "vacancy": self.application.vacancy,
            "token": self.token,
            "progress_url": self.page("progress_detail"),
        }


class _WhileStarted(_ByLink):
    """For what has not been sent yet; afterwards it leads to where the application stands."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.application.status != ApplicationStatus.STARTED:
            return HttpResponseRedirect(self.page("progress_detail"))
        return super().dispatch(request, *args, **kwargs)


@by_link
class ProgressDetailView(_ByLink, TemplateView):
    """Where an application stands: what is to do, what comes next and by when, what was said."""

    template_name = "recruitment/progress_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application = self.application
        return super().get_context_data(**kwargs) | {
            "tasks": self._tasks() if application.status == ApplicationStatus.STARTED else [],
            "next_step": NEXT_STEPS[application.status],
            "letters": queries.letters_of(application),
            "times": queries.times_of(application),
            "times_open": queries.times_open(application, at=self.at).exists(),
            "offer": queries.offer_of(application) if application.status == ApplicationStatus.OFFERED else None,
            "can_withdraw": states.can(application.status, ApplicationMove.WITHDRAW),
            "is_appointed": application.status == ApplicationStatus.APPOINTED,
            "monitoring_url": self._monitoring_url() if application.sent_at else "",
        }

    def _tasks(self) -> list[dict[str, str]]:
        done = self.application.steps_done
        tasks = [
            {
                "text": step.label,
                "hint": "" if step in NEEDED else "You do not need to answer this",
                "href": self.page("answer_edit", step),
                "status": "Completed" if step in done else "Not started",
                "state": "done" if step in done else "todo",
            }
            for step in ApplicationStep
        ]
        lacking = missing({step: getattr(self.application, step) for step in ApplicationStep})
        return [
            *tasks,
            {
                "text": "Check your answers and send",
                "hint": "",
                "href": self.page("application_check"),
                "status": "Cannot start yet" if lacking else "Not started",
                "state": "later" if lacking else "todo",
            },
        ]

    def _monitoring_url(self) -> str:
        """Return the page of the equality questions, for whoever wants to answer or withdraw; nothing without any."""
        application = self.application
        if not diversity.has_a_page_for(application.vacancy.organisation_id, application.pk):
            return ""
        return reverse("diversity:answers_edit", args=[self.token])


@by_link
class AnswerEditView(_WhileStarted, RuleFormView):
    """One question; the answer is kept, and the next unanswered one comes."""

    form_class = forms.AnswerEditForm
    template_name = "recruitment/answer_edit.html"

    def find(self, **kwargs: Any) -> None:
        super().find(**kwargs)
        if kwargs["step"] not in ApplicationStep:
            raise Http404("There is no such question.")
        self.step = ApplicationStep(kwargs["step"])

    def get_form_class(self) -> type[forms.AnswerEditForm]:
        return forms.ANSWER_FORMS[self.step]

    def get_form_kwargs(self) -> dict[str, Any]:
        channels = queries.channels_of(self.application.vacancy) if self.step == ApplicationStep.HEARD else []
        return super().get_form_kwargs() | {"channels": [(str(each.pk), each.label) for each in channels]}

    def get_initial(self) -> dict[str, Any]:
        return {
            "words": getattr(self.application, self.step),
            "channel_id": str(self.application.channel_id or ""),
            "reply_format": self.application.reply_format,
        }

    def perform(self, data: dict[str, Any]) -> Any:
        data["channel_id"] = data.get("channel_id") or None
        try:
            return services.answer_step(
                application_id=self.application.pk, step=self.step, by=APPLICANT, at=self.at, **data
            )
        except RuleBroken as broken:
            raise RuleBroken(broken.message, field="words") from None

    def get_success_url(self) -> str:
        if self.request.GET.get("back") == "check":
            return self.page("application_check")
        left = [step for step in ApplicationStep if step not in self.result.steps_done]
        return self.page("answer_edit", left[0]) if left else self.page("application_check")


@by_link
class ApplicationCheckView(_WhileStarted, RuleFormView):
    """All answers, to be sent."""

    template_name = "recruitment/application_check.html"
    success_message = "Your application has been sent"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "rows": [
                {
                    "label": step.label,
                    "words": getattr(self.application, step),
                    "channel": self.application.channel if step == ApplicationStep.HEARD else None,
                    "format": self.application.get_reply_format_display() if step == ApplicationStep.NEEDS else "",
                    "url": f"{self.page('answer_edit', step)}?back=check",
                }
                for step in ApplicationStep
            ]
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return services.send_application(application_id=self.application.pk, by=APPLICANT, at=self.at)


@by_link
class ApplicationWithdrawView(_ByLink, RuleFormView):
    """Withdraw."""

    template_name = "recruitment/application_withdraw.html"
    success_message = "You have withdrawn your application"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.withdraw_application(application_id=self.application.pk, by=APPLICANT, at=self.at)


@by_link
class TimeChooseView(_ByLink, RuleFormView):
    """Choose a time to talk, or say that none is good."""

    form_class = forms.TimeChooseForm
    template_name = "recruitment/time_choose.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.times = list(queries.times_open(self.application, at=self.at))
        if not self.times:
            return HttpResponseRedirect(self.page("progress_detail"))
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        words = [
            (str(time.pk), f"{nhs_datetime(time.starts_at)}, {time.get_mode_display().lower()}: {time.place}")
            for time in self.times
        ]
        return super().get_form_kwargs() | {"times": words}

    def perform(self, data: dict[str, Any]) -> Any:
        if data["time_id"] == forms.NO_TIME:
            services.refuse_times(application_id=self.application.pk, note=data["note"], by=APPLICANT, at=self.at)
            messages.success(self.request, "We have told them. You get an email when there are other times")
            return
        services.choose_time(application_id=self.application.pk, time_id=data["time_id"], by=APPLICANT, at=self.at)
        messages.success(self.request, "Your time is booked")


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
@by_link
class OfferAcceptView(_ByLink, RuleFormView):
    """Accept the role: it makes the account and the appointment."""

    form_class = forms.OfferAcceptForm
    template_name = "recruitment/offer_accept.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.application.status != ApplicationStatus.OFFERED:
            return HttpResponseRedirect(self.page("progress_detail"))
        self.has_account = account_exists(self.application.email)
        return super().dispatch(request, *args, **kwargs)

    def get_form_class(self) -> type:
        return RuleFormView.form_class if self.has_account else forms.OfferAcceptForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"offer": queries.offer_of(self.application)}

    def perform(self, data: dict[str, Any]) -> Any:
        result = services.accept_offer(
            application_id=self.application.pk, password=data.get("password") or None, by=APPLICANT, at=self.at
        )
        organisation = self.application.vacancy.organisation.name
        messages.success(self.request, f"You are a Patient Safety Partner at {organisation}. Sign in to begin.")
        return result

    def get_success_url(self) -> str:
        return reverse("account_login")
