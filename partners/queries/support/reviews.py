"""Reads annual reviews, and what each side may read of them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from partners.enums.support import ReviewSide, ReviewStatus
from partners.models import Partner
from partners.models.support import (
    AnnualReview,
    ReviewAnswer,
    ReviewQuestion,
)
from partners.queries.support.private import unseal
from partners.queries.training import partners_looked_after_by
from psp_portal.accounts.models import User


def reviews_visible_to(user: User, *, today: date) -> QuerySet[AnnualReview]:
    """Return the annual reviews somebody has a part in: their own, and those of the partners they look after."""
    return (
        AnnualReview.objects.filter(Q(partner__user=user) | Q(partner__in=partners_looked_after_by(user, today=today)))
        .select_related("partner__user", "partner__organisation", "partner__lead", "lead_sent_by", "lead_agreed_by")
        .order_by("-opened_at", "pk")
    )


def side_of(user: User, review: AnnualReview) -> ReviewSide:
    """Return which side of a review somebody is who may see it."""
    return ReviewSide.PARTNER if review.partner.user_id == user.pk else ReviewSide.LEAD


@dataclass(frozen=True)
class ReviewText:
    """A question of a review and what was answered."""

    position: int
    question: str
    answer: str


def review_texts(review: AnnualReview, side: ReviewSide, *, reader: ReviewSide) -> list[ReviewText] | None:
    """Return one side's questions and answers to a reader on either side; None while they are not for the reader.

    The other side's are read once both have sent theirs.
    """
    if side != reader and review.status == ReviewStatus.OPEN:
        return None
    rows = ReviewAnswer.objects.filter(review=review, side=side).order_by("position")
    return [ReviewText(row.position, row.question, unseal(row.sealed)) for row in rows]


def review_questions_of(organisation_id: UUID) -> QuerySet[ReviewQuestion]:
    """Return an organisation's questions, those of the partner first."""
    return ReviewQuestion.objects.filter(organisation_id=organisation_id).order_by("-side", "position")


def last_reviews() -> dict[UUID, datetime]:
    """Return when the latest review of each serving partner was opened. For the clock."""
    rows = AnnualReview.objects.filter(partner__in=Partner.objects.serving()).order_by("opened_at")
    return dict(rows.values_list("partner_id", "opened_at"))
