"""The annual review, in both directions: its questions, what each side says, and what both agree."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from partners.enums.support import ReviewSide, ReviewStatus
from partners.models import Partner
from partners.models.support import AnnualReview, ReviewAnswer, ReviewQuestion, SupportSettings
from partners.notifications import support as notifications
from partners.permissions import support as permissions
from partners.policies import support as policies
from partners.queries import support as queries
from partners.services.moving import lock_partner
from psp_portal.accounts.models import User
from psp_portal.audit.context import Actor, SystemActor, acting_as, audited
from psp_portal.dates import local_date
from psp_portal.encryption import encrypt
from psp_portal.exceptions import RuleBroken

CLOCK = SystemActor("partners.open_due_reviews")

# What every organisation begins with; no source gives a set of questions, so each may change them (domain.md 11.1).
DEFAULT_QUESTIONS: dict[ReviewSide, tuple[str, ...]] = {
    ReviewSide.PARTNER: (
        "What have you done this year that made a difference?",
        "Where were you heard, and where were you not?",
        "What got in your way: papers, times, access, money, something else?",
        "What has your organisation promised you that has not happened?",
        "What would you like to do or learn next year?",
    ),
    ReviewSide.LEAD: (
        "What has the partner brought that nobody else could have?",
        "What came of what they said?",
        "What could the organisation have done better for them?",
        "What would you like them to do next year?",
    ),
}


@audited("partners.support_settings.change")
@transaction.atomic
def change_support_settings(
    *, organisation_id: UUID, ask_after_days: int, review_months: int, who_to_talk_to: str, by: User, at: datetime
) -> SupportSettings:
    """Set after how many days the quiet question comes, how often a review is, and who there is to talk to."""
    permissions.check_can_manage_support(by, organisation_id, today=local_date(at))
    policies.check_settings(ask_after_days=ask_after_days, review_months=review_months)
    settings, _made = SupportSettings.objects.update_or_create(
        organisation_id=organisation_id,
        defaults={
            "ask_after_days": ask_after_days,
            "review_months": review_months,
            "who_to_talk_to": who_to_talk_to.strip(),
        },
    )
    return settings


# --- the questions ------------------------------------------------------------------------
@audited("partners.review_question.make")
@transaction.atomic
def make_default_questions(*, organisation_id: UUID, by: Actor) -> None:
    """Give an organisation the questions that everybody begins with, unless it has some."""
    if ReviewQuestion.objects.filter(organisation_id=organisation_id).exists():
        return
    ReviewQuestion.objects.bulk_create(
        (
            ReviewQuestion(organisation_id=organisation_id, side=side, position=position, text=text)
            for side, texts in DEFAULT_QUESTIONS.items()
            for position, text in enumerate(texts, start=1)
        ),
        # Two pages may do this at once.
        ignore_conflicts=True,
    )


@audited("partners.review_question.add")
@transaction.atomic
def add_review_question(
    *, organisation_id: UUID, side: ReviewSide, text: str, by: User, at: datetime
) -> ReviewQuestion:
    """Add a question for one side, for reviews opened from now on."""
    permissions.check_can_manage_support(by, organisation_id, today=local_date(at))
    make_default_questions(organisation_id=organisation_id, by=by)
    there = ReviewQuestion.objects.select_for_update().filter(organisation_id=organisation_id, side=side)
    last = max((question.position for question in there), default=0)
    return ReviewQuestion.objects.create(
        organisation_id=organisation_id, side=side, position=last + 1, text=_question(text)
    )


@audited("partners.review_question.change")
@transaction.atomic
def change_review_question(*, question_id: UUID, text: str, is_in_use: bool, by: User, at: datetime) -> ReviewQuestion:
    """Change a question, or leave it out, for reviews opened from now on; those that are open keep their words."""
    question = ReviewQuestion.objects.select_for_update().get(pk=question_id)
    permissions.check_can_manage_support(by, question.organisation_id, today=local_date(at))
    question.text, question.is_in_use = _question(text), is_in_use
    question.save(update_fields=["text", "is_in_use"])
    return question


def _question(text: str) -> str:
    if not text.strip():
        raise RuleBroken("Enter the question", field="text")
    return text.strip()


# --- a review -----------------------------------------------------------------------------
@audited("partners.review.open")
@transaction.atomic
def open_review(*, partner_id: UUID, by: User, at: datetime) -> AnnualReview:
    """Open an annual review, by either side; both are told. Raises RuleBroken while another is open."""
    partner = lock_partner(partner_id)
    permissions.check_can_review(by, partner, today=local_date(at))
    if AnnualReview.objects.filter(partner=partner).exclude(status=ReviewStatus.CLOSED).exists():
        raise RuleBroken("An annual review is open already.")
    return _open(partner, by=by, at=at)


def open_due_reviews(*, at: datetime) -> int:
    """Open the reviews whose time has come: so many months after the last, or after the first day; return how many.

    Each is a transaction of its own. Nobody gets a second one while one is open, however often this runs.
    """
    today, last, months, count = local_date(at), queries.last_reviews(), {}, 0
    for found in Partner.objects.assignable().order_by("pk"):
        if found.organisation_id not in months:
            months[found.organisation_id] = queries.settings_of(found.organisation_id).review_months
        opened_at = last.get(found.pk)
        opened_on = local_date(opened_at) if opened_at else None
        if policies.review_due_on(found.starts_on, opened_on, every_months=months[found.organisation_id]) > today:
            continue
        with acting_as(CLOCK, "partners.review.open"), transaction.atomic():
            partner = lock_partner(found.pk)
            reviews = AnnualReview.objects.filter(partner=partner)
            latest = reviews.aggregate(latest=Max("opened_at"))["latest"]
            if latest == opened_at and not reviews.exclude(status=ReviewStatus.CLOSED).exists():
                _open(partner, by=CLOCK, at=at)
                count += 1
    return count


def _open(partner: Partner, *, by: Actor, at: datetime) -> AnnualReview:
    make_default_questions(organisation_id=partner.organisation_id, by=by)
    review = AnnualReview.objects.create(partner=partner, opened_at=at)
    asked = queries.review_questions_of(partner.organisation_id).filter(is_in_use=True)
    ReviewAnswer.objects.bulk_create(
        ReviewAnswer(review=review, side=each.side, position=each.position, question=each.text, sealed="")
        for each in asked
    )
    notifications.review_opened(review, at=at)
    return review


@audited("partners.review.answer")
@transaction.atomic
def save_answers(
    *, review_id: UUID, answers: Mapping[int, str], is_sending: bool, by: User, at: datetime
) -> AnnualReview:
    """Keep one side's answers by the questions' positions, or send them; once both have sent, each reads the other's.

    Raises RuleBroken when they were sent already, or nothing is said in what is sent.
    """
    review, side = _lock_review(review_id, by, at)
    policies.check_review_is(review.status, ReviewStatus.OPEN)
    policies.check_not_sent(review.partner_sent_at if side == ReviewSide.PARTNER else review.lead_sent_at)
    rows = list(ReviewAnswer.objects.select_for_update().filter(review=review, side=side))
    for row in rows:
        text = answers.get(row.position, "").strip()
        row.sealed = encrypt(text) if text else ""
    ReviewAnswer.objects.bulk_update(rows, ["sealed"])
    if not is_sending:
        return review
    policies.check_has_answers(answers)
    if side == ReviewSide.PARTNER:
        review.partner_sent_at = at
    else:
        review.lead_sent_at, review.lead_sent_by = at, by
    both = review.partner_sent_at is not None and review.lead_sent_at is not None
    if both:
        review.status = ReviewStatus.TALKING
    review.save(update_fields=["partner_sent_at", "lead_sent_at", "lead_sent_by", "status"])
    if both:
        notifications.review_both_sent(review, at=at)
    return review


@audited("partners.review.write_points")
@transaction.atomic
def write_points(
    *, review_id: UUID, agreed_points: str, development_plan: str, seen: int, by: User, at: datetime
) -> AnnualReview:
    """Write down what both agree and the plan for the next year; a change takes both agreements away.

    ``seen`` is the revision that was on the page. Raises RuleBroken before both have sent their answers, or when the
    other side has changed it since.
    """
    review, _side = _lock_review(review_id, by, at)
    policies.check_review_is(review.status, ReviewStatus.TALKING)
    policies.check_revision(seen, review.points_revision)
    points, plan = agreed_points.strip(), development_plan.strip()
    if (points, plan) == (review.agreed_points, review.development_plan):
        return review
    review.agreed_points, review.development_plan = points, plan
    review.points_revision += 1
    review.partner_agreed_at = review.lead_agreed_at = review.lead_agreed_by = None
    review.save(
        update_fields=[
            "agreed_points", "development_plan", "points_revision", "partner_agreed_at", "lead_agreed_at",
            "lead_agreed_by",
        ]
    )  # fmt: skip
    notifications.points_changed(review, by=by, at=at)
    return review


@audited("partners.review.agree")
@transaction.atomic
def agree_points(*, review_id: UUID, seen: int, by: User, at: datetime) -> AnnualReview:
    """Agree to what stood on the page (revision ``seen``); once both have, the review is closed and both are told."""
    review, side = _lock_review(review_id, by, at)
    policies.check_review_is(review.status, ReviewStatus.TALKING)
    policies.check_revision(seen, review.points_revision)
    policies.check_points(review.agreed_points)
    if side == ReviewSide.PARTNER:
        review.partner_agreed_at = review.partner_agreed_at or at
    elif review.lead_agreed_at is None:
        review.lead_agreed_at, review.lead_agreed_by = at, by
    if review.partner_agreed_at and review.lead_agreed_at:
        review.status, review.closed_at = ReviewStatus.CLOSED, at
    review.save(update_fields=["partner_agreed_at", "lead_agreed_at", "lead_agreed_by", "status", "closed_at"])
    if review.status == ReviewStatus.CLOSED:
        notifications.review_closed(review, at=at)
    return review


def _lock_review(review_id: UUID, by: User, at: datetime) -> tuple[AnnualReview, ReviewSide]:
    """Return a review, locked, and the side that somebody is on."""
    review = (
        AnnualReview.objects.select_for_update(of=("self",))
        .select_related("partner__user", "partner__lead", "partner__organisation")
        .get(pk=review_id)
    )
    permissions.check_can_review(by, review.partner, today=local_date(at))
    return review, queries.side_of(by, review)
