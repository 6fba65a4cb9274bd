"""Who is told what about support, in which words. No letter says what was said, or what was hard."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from partners.models.support import AnnualReview, FollowUp, Mentoring, OneToOne
from psp_portal.accounts.models import User
from psp_portal.notifications.outbox import Letter, queue


def talk_planned(talk: OneToOne, *, by: User, at: datetime) -> None:
    """Tell the others that a talk is planned, when and where."""
    _tell(_two(talk, by), talk.pk, "talk.plan", "A talk with you is planned", "talk_planned", "talk_detail", talk, at)


def talk_cancelled(talk: OneToOne, *, by: User, at: datetime) -> None:
    """Tell the others that a talk is cancelled, and by whom."""
    _tell(_two(talk, by), talk.pk, "talk.cancel", "A talk is cancelled", "talk_cancelled", "talk_detail", talk, at)


def notes_changed(talk: OneToOne, *, by: User, at: datetime) -> None:
    """Tell the other side that there are notes to agree; once for each version."""
    what = f"notes.change.{talk.notes_revision}"
    subject = "There are notes for you to read and agree"
    _tell(_two(talk, by), talk.pk, what, subject, "notes_changed", "talk_detail", talk, at)


def notes_agreed(talk: OneToOne, *, by: User, at: datetime) -> None:
    """Tell the other side that one has agreed to the notes."""
    what, subject = f"notes.agree.{talk.notes_revision}", "Notes have been agreed"
    _tell(_two(talk, by), talk.pk, what, subject, "notes_agreed", "talk_detail", talk, at)


def mentor_proposed(pairing: Mentoring, *, at: datetime) -> None:
    """Ask the partner and the mentor whether they want this."""
    told = [pairing.partner.user, pairing.mentor]
    subject = "A question about mentoring"
    _tell(told, pairing.pk, "mentor.propose", subject, "mentor_proposed", "mentor_answer", pairing, at)


def mentoring_settled(pairing: Mentoring, *, by: User, at: datetime) -> None:
    """Tell everybody concerned but the one who did it that a pairing began, did not, or ended; nobody says why."""
    people = [pairing.partner.user, pairing.mentor, pairing.partner.lead]
    told = [person for person in people if person.pk != by.pk]
    what = f"mentor.{pairing.status}"
    _tell(told, pairing.pk, what, "News about mentoring", "mentoring_settled", "overview_detail", pairing, at)


def review_opened(review: AnnualReview, *, at: datetime) -> None:
    """Tell both sides that a review is open."""
    told = [review.partner.user, review.partner.lead]
    subject = "An annual review is open"
    _tell(told, review.pk, "review.open", subject, "review_opened", "review_detail", review, at)


def review_both_sent(review: AnnualReview, *, at: datetime) -> None:
    """Tell both sides that they can read each other's answers now."""
    told = [review.partner.user, review.partner.lead]
    subject = "You can read both sides of an annual review"
    _tell(told, review.pk, "review.both_sent", subject, "review_both_sent", "review_detail", review, at)


def points_changed(review: AnnualReview, *, by: User, at: datetime) -> None:
    """Tell the other side that there is something to agree; once for each version."""
    told = [person for person in (review.partner.user, review.partner.lead) if person.pk != by.pk]
    what, subject = f"review.points.{review.points_revision}", "An annual review waits for you"
    _tell(told, review.pk, what, subject, "points_changed", "review_detail", review, at)


def review_closed(review: AnnualReview, *, at: datetime) -> None:
    """Tell both sides that a review is agreed."""
    told = [review.partner.user, review.partner.lead]
    subject = "An annual review is agreed"
    _tell(told, review.pk, "review.close", subject, "review_closed", "review_detail", review, at)


def how_are_you(follow_up: FollowUp, *, at: datetime) -> None:
    """Tell somebody that there is a private page for them, and nothing of why: others may see the letter."""
    queue(
        [
            Letter(
                kind="partners.support.page",
                recipient_id=follow_up.partner.user_id,
                subject="There is a private page for you",
                template="support/email/private_page.txt",
                dedupe_key=f"partners.support.page:{follow_up.pk}",
                link=reverse("support:follow_up_answer", args=[follow_up.pk]),
                context={"person": follow_up.partner.user},
            )
        ],
        at=at,
    )


def _two(talk: OneToOne, by: User) -> list[User]:
    return [person for person in (talk.partner.user, talk.with_user) if person.pk != by.pk]


def _tell(
    told: Iterable[User], key: UUID, what: str, subject: str, template: str, page: str, thing: object, at: datetime
) -> None:
    """Queue a letter for each person. A talk, a review or a pairing stands in the letter as ``thing``."""
    pairing_page = page == "overview_detail"
    queue(
        [
            Letter(
                kind=f"partners.{what.rsplit('.', 1)[0] if what[-1].isdigit() else what}",
                recipient_id=person.pk,
                subject=subject,
                template=f"support/email/{template}.txt",
                dedupe_key=f"partners.{what}:{key}:{person.pk}",
                link="" if pairing_page else reverse(f"support:{page}", args=[key]),
                context={"thing": thing, "person": person},
            )
            for person in told
        ],
        at=at,
    )
