"""Pages on which staff read applications, score, decide, write, offer times and the role."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from partners.enums import RoleCategory
from partners.enums.recruitment import ApplicationMove, ApplicationStatus, LetterKind
from partners.forms.recruitment import applications, panel, vacancies
from partners.permissions import recruitment as permissions
from partners.policies.recruitment.words import without_who
from partners.queries import recruitment as queries
from partners.queries.appointments import leads_of
from partners.services import recruitment as services
from partners.views.recruitment.vacancies import _AboutVacancy, _Recruits
from psp_portal.accounts.current import current_organisation_id
from psp_portal.dates import local_date
from psp_portal.views import Moment, RuleFormView, ScopedListView


class ApplicationListView(_Recruits, ScopedListView):
    """The applications to the current organisation, by role and status, the longest waiting first."""

    template_name = "recruitment/application_list.html"
    context_object_name = "applications"
    export_name = "applications"
    export_columns = (
        "Reference", "Role", "Status", "Since", "Sent in", "Points", "Where they heard of it", "Name", "Email address",
        "Telephone number",
    )  # fmt: skip

    def get_queryset(self) -> Any:
        here = queries.vacancies_visible_to(self.user, today=self.today).filter(
            organisation=current_organisation_id(self.request)
        )
        roles = [(str(vacancy.pk), vacancy.title) for vacancy in here.order_by("-opens_on", "title", "pk")]
        self.form = vacancies.ApplicationListForm(self.request.GET or None, vacancies=roles)
        chosen = self.form.cleaned_data if self.form.is_valid() else {}
        found = queries.applications_visible_to(self.user, today=self.today).filter(vacancy__in=here)
        if chosen.get("vacancy"):
            found = found.filter(vacancy=chosen["vacancy"])
        if chosen.get("status"):
            found = found.filter(status=chosen["status"])
        return queries.with_points(found).order_by("status_since", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"form": self.form}

    def export_row(self, row: Any) -> tuple[object, ...]:
        who = ("", "", "") if row.hides_name else (row.name, row.email, row.telephone)
        return (
            row.reference,
            row.vacancy.title,
            row.get_status_display(),
            local_date(row.status_since),
            local_date(row.sent_at),
            "" if row.points is None else round(row.points, 1),
            row.channel.label if row.channel else "",
            *who,
        )


class ApplicationCreateView(_AboutVacancy, RuleFormView):
    """Write down an application that came by telephone or on paper."""

    form_class = applications.ApplicationCreateForm
    template_name = "recruitment/application_create.html"
    success_message = "Application sent in"

    def get_form_kwargs(self) -> dict[str, Any]:
        channels = [(str(each.pk), each.label) for each in queries.channels_of(self.vacancy)]
        return super().get_form_kwargs() | {"channels": channels}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.enter_application(vacancy_id=self.vacancy.pk, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("recruitment:application_detail", args=[self.result.pk])


class _AboutApplication(Moment):
    def find(self, **kwargs: Any) -> None:
        visible = queries.applications_visible_to(self.user, today=self.today)
        self.application = get_object_or_404(visible, pk=kwargs["application_id"])

    def get_success_url(self) -> str:
        return reverse("recruitment:application_detail", args=[self.application.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application = self.application
        hides = application.hides_name

        def shown(words: str) -> str:
            return without_who(words, name=application.name) if hides else words

        return super().get_context_data(**kwargs) | {
            "application": application,
            "vacancy": application.vacancy,
            "hides_name": hides,
            "answers": [
                ("Why they would like to do it", shown(application.reasons)),
                ("What they would bring", shown(application.experience)),
                ("What they are interested in", shown(application.interests)),
            ],
        }


class ApplicationDetailView(_AboutApplication, TemplateView):
    """One application, with what can be done about it."""

    template_name = "recruitment/application_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application = self.application
        return super().get_context_data(**kwargs) | {
            "scored": queries.scores_of(application),
            "times": queries.times_of(application),
            "letters": queries.letters_of(application),
            "offer": queries.offer_of(application),
            "decisions": [
                {
                    "label": move.label,
                    "url": reverse("recruitment:offer_create", args=[application.pk])
                    if move == ApplicationMove.OFFER
                    else reverse("recruitment:application_decide", args=[application.pk, move.value]),
                }
                for move in permissions.decisions_open(application)
            ],
            "can_score": application.status == ApplicationStatus.SENT,
            "can_offer_times": application.status in (ApplicationStatus.CHAT, ApplicationStatus.INTERVIEW),
        }


class ApplicationScoreView(_AboutApplication, RuleFormView):
    """What a member of the panel gives an application."""

    form_class = panel.ApplicationScoreForm
    template_name = "recruitment/application_score.html"
    success_message = "Points saved"

    def get_form_kwargs(self) -> dict[str, Any]:
        criteria = [(each.pk, each.words) for each in queries.criteria_of(self.application.vacancy)]
        return super().get_form_kwargs() | {"criteria": criteria}

    def get_initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = {}
        for criterion_id, score in queries.own_scores(self.application, self.user).items():
            initial |= {f"points_{criterion_id}": str(score.points), f"note_{criterion_id}": score.note}
        return initial

    def form_valid(self, form: Any) -> Any:
        self.points = form.points()
        return super().form_valid(form)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.score_application(
            application_id=self.application.pk, points=self.points, by=self.user, at=self.at
        )


class ApplicationDecideView(_AboutApplication, RuleFormView):
    """Decide, with the letter that says so before the eyes."""

    form_class = panel.ApplicationDecideForm
    template_name = "recruitment/application_decide.html"
    success_message = "Decided. The applicant has been told"

    def find(self, **kwargs: Any) -> None:
        super().find(**kwargs)
        self.move = next(
            (move for move in permissions.decisions_open(self.application) if move == kwargs["move"]), None
        )
        if self.move is None or self.move == ApplicationMove.OFFER:
            raise Http404("This cannot be decided now.")

    def get_initial(self) -> dict[str, Any]:
        organisation_id = self.application.vacancy.organisation_id
        return {"words": queries.letter_words(organisation_id, LetterKind(self.move))}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.decide(application_id=self.application.pk, step=self.move, by=self.user, at=self.at, **data)


class OfferCreateView(_AboutApplication, RuleFormView):
    """Offer the role."""

    form_class = panel.OfferCreateForm
    template_name = "recruitment/offer_create.html"
    success_message = "Role offered. The applicant has been told"

    def get_form_kwargs(self) -> dict[str, Any]:
        leads = leads_of(self.application.vacancy.organisation_id, today=self.today)
        return super().get_form_kwargs() | {"leads": [(str(lead.pk), lead.name) for lead in leads]}

    def get_initial(self) -> dict[str, Any]:
        vacancy = self.application.vacancy
        return {
            "lead_id": str(self.user.pk),
            "role_category": RoleCategory.SENIOR,
            "is_paid": "yes" if vacancy.is_paid else "no",
            "words": queries.letter_words(vacancy.organisation_id, LetterKind.OFFER),
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return services.offer_role(application_id=self.application.pk, by=self.user, at=self.at, **data)


class ContactEditView(_AboutApplication, RuleFormView):
    """How an applicant is reached, changed as they asked."""

    form_class = applications.ContactEditForm
    template_name = "recruitment/contact_edit.html"
    success_message = "Contact details changed"

    def get_initial(self) -> dict[str, Any]:
        if self.application.hides_name:
            return {}
        return {"email": self.application.email, "telephone": self.application.telephone}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.change_contact(application_id=self.application.pk, by=self.user, at=self.at, **data)


class TimeCreateView(_AboutApplication, RuleFormView):
    """Offer a time to talk, with what the applicant needs before the eyes."""

    form_class = panel.TimeCreateForm
    template_name = "recruitment/time_create.html"
    success_message = "Time offered. The applicant has been told"

    def form_valid(self, form: Any) -> Any:
        self.starts_at = form.starts_at()
        return super().form_valid(form)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.offer_time(
            application_id=self.application.pk,
            starts_at=self.starts_at,
            mode=data["mode"],
            place=data["place"],
            by=self.user,
            at=self.at,
        )


class TimeRemoveView(_AboutApplication, RuleFormView):
    """Take a time back."""

    template_name = "recruitment/time_remove.html"
    success_message = "Time taken back. The applicant has been told"

    def find(self, **kwargs: Any) -> None:
        super().find(**kwargs)
        self.time = get_object_or_404(queries.times_of(self.application), pk=kwargs["time_id"])

    def perform(self, data: dict[str, Any]) -> Any:
        return services.drop_time(time_id=self.time.pk, by=self.user, at=self.at)
