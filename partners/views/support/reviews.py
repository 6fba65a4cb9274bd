"""The annual review: its questions, both sides' answers, and what both agree."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import TemplateView

from partners.enums.support import ReviewSide, ReviewStatus
from partners.forms import support as forms
from partners.permissions import support as permissions
from partners.queries import support as queries
from partners.services import support as services
from partners.views.support.overview import AboutPartner, ForManagers
from psp_portal.views import Moment, RuleFormView


# --- the questions ------------------------------------------------------------------------
class QuestionListView(ForManagers, TemplateView):
    """An organisation's questions, for each side."""

    template_name = "support/question_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        services.make_default_questions(organisation_id=self.organisation_id, by=self.user)
        return super().get_context_data(**kwargs) | {"questions": queries.review_questions_of(self.organisation_id)}


class QuestionCreateView(ForManagers, RuleFormView):
    """Add a question."""

    form_class = forms.QuestionCreateForm
    template_name = "support/question_create.html"
    success_message = "Question added"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.add_review_question(organisation_id=self.organisation_id, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("support:question_list")


class QuestionEditView(ForManagers, RuleFormView):
    """Change a question, or leave it out."""

    form_class = forms.QuestionEditForm
    template_name = "support/question_edit.html"
    success_message = "Question changed"

    def get_question(self) -> Any:
        questions = queries.review_questions_of(self.organisation_id)
        return get_object_or_404(questions, pk=self.kwargs["question_id"])

    def get_initial(self) -> dict[str, Any]:
        question = self.get_question()
        return {"text": question.text, "is_in_use": "yes" if question.is_in_use else "no"}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.change_review_question(question_id=self.get_question().pk, by=self.user, at=self.at, **data)

    def get_success_url(self) -> str:
        return reverse("support:question_list")


# --- a review -----------------------------------------------------------------------------
class ReviewCreateView(AboutPartner, RuleFormView):
    """Open an annual review."""

    template_name = "support/review_create.html"
    success_message = "The review is open"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_review(self.user, self.partner, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.open_review(partner_id=self.partner.pk, by=self.user, at=self.at)

    def get_success_url(self) -> str:
        return reverse("support:review_detail", args=[self.result.pk])


class _AboutReview(Moment):
    def find(self, **kwargs: Any) -> None:
        visible = queries.reviews_visible_to(self.user, today=self.today)
        self.review = get_object_or_404(visible, pk=kwargs["review_id"])
        self.side = queries.side_of(self.user, self.review)

    @property
    def own_sent_at(self) -> Any:
        return self.review.partner_sent_at if self.side == ReviewSide.PARTNER else self.review.lead_sent_at

    def get_success_url(self) -> str:
        return reverse("support:review_detail", args=[self.review.pk])


class ReviewDetailView(_AboutReview, TemplateView):
    """Where a review stands; one's own answers, and the other's once both have sent."""

    template_name = "support/review_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        review, side = self.review, self.side
        other = ReviewSide.LEAD if side == ReviewSide.PARTNER else ReviewSide.PARTNER
        agreed_at = review.partner_agreed_at if side == ReviewSide.PARTNER else review.lead_agreed_at
        is_talking = review.status == ReviewStatus.TALKING
        return super().get_context_data(**kwargs) | {
            "review": review,
            "is_own": side == ReviewSide.PARTNER,
            "own_sent_at": self.own_sent_at,
            "own": queries.review_texts(review, side, reader=side),
            "others": queries.review_texts(review, other, reader=side),
            "can_answer": review.status == ReviewStatus.OPEN and self.own_sent_at is None,
            "can_write_points": is_talking,
            "can_agree": is_talking and bool(review.agreed_points) and agreed_at is None,
        }


class ReviewAnswerView(_AboutReview, RuleFormView):
    """Answer the questions of one's own side: save, or send."""

    form_class = forms.ReviewAnswerForm
    template_name = "support/review_answer.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.own_sent_at is not None:
            return redirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        texts = queries.review_texts(self.review, self.side, reader=self.side)
        return super().get_form_kwargs() | {"texts": texts}

    def perform(self, data: dict[str, Any]) -> Any:
        self.success_message = "Your answers are sent" if data["is_sending"] else "Your answers are saved, and not sent"
        return services.save_answers(review_id=self.review.pk, by=self.user, at=self.at, **data)


class PointsEditView(_AboutReview, RuleFormView):
    """Write down what both agree, and the plan for the next year."""

    form_class = forms.PointsEditForm
    template_name = "support/points_edit.html"
    success_message = "Saved. The other side is told"

    def get_initial(self) -> dict[str, Any]:
        review = self.review
        return {
            "agreed_points": review.agreed_points,
            "development_plan": review.development_plan,
            "seen": review.points_revision,
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return services.write_points(review_id=self.review.pk, by=self.user, at=self.at, **data)


class PointsAgreeView(_AboutReview, RuleFormView):
    """Agree to what stood on the page."""

    form_class = forms.PointsAgreeForm
    template_name = "support/points_agree.html"
    success_message = "You have agreed"

    def get_initial(self) -> dict[str, Any]:
        return {"seen": self.review.points_revision}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.agree_points(review_id=self.review.pk, by=self.user, at=self.at, **data)
