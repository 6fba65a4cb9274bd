"""Talks, reviews and pairings for tests, through the services."""

from datetime import datetime, timedelta

from partners.enums.support import TalkKind
from partners.models import Partner
from partners.models.support import AnnualReview, Mentoring, OneToOne
from partners.services import support as services
from psp_portal.accounts.models import User
from psp_portal.dates import local_date
from tests import factories

# A Tuesday, in the tests' own year.
NOW = factories.START + timedelta(days=364)
TODAY = local_date(NOW)


def make_talk(
    partner: Partner, *, with_user: User | None = None, by: User | None = None, starts_at: datetime | None = None,
    at: datetime = NOW,
) -> OneToOne:  # fmt: skip
    """Return a talk with the partner's lead, planned by them, the day before."""
    return services.plan_talk(
        partner_id=partner.pk, with_id=(with_user or partner.lead).pk, kind=TalkKind.ONE_TO_ONE,
        starts_at=starts_at or NOW - timedelta(days=1), minutes=60, place="Willow House", online_link="",
        by=by or partner.lead, at=at,
    )  # fmt: skip


def make_pairing(partner: Partner, mentor: User, *, is_running: bool = False) -> Mentoring:
    """Return somebody proposed as a partner's mentor; both have said yes if it is running."""
    pairing = services.propose_mentor(partner_id=partner.pk, mentor_id=mentor.pk, by=partner.lead, at=NOW)
    if is_running:
        for by in (partner.user, mentor):
            pairing = services.answer_mentoring(mentoring_id=pairing.pk, says_yes=True, by=by, at=NOW)
    return pairing


def make_review(partner: Partner, *, sent_by: tuple[User, ...] = ()) -> AnnualReview:
    """Return a review opened by the lead; those who sent it answered their first question with their name."""
    review = services.open_review(partner_id=partner.pk, by=partner.lead, at=NOW)
    for by in sent_by:
        review = services.save_answers(
            review_id=review.pk, answers={1: f"Says {by.name}"}, is_sending=True, by=by, at=NOW
        )
    return review
