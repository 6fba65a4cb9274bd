"""Reads what of support waits for somebody."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q
from django.urls import reverse

from partners.enums.support import MentoringStatus, ReviewStatus, TalkStatus
from partners.models.support import (
    AnnualReview,
    FollowUp,
    Mentoring,
    OneToOne,
)
from partners.queries.training import partners_looked_after_by
from psp_portal.accounts.models import User
from psp_portal.dates import format_date, local_date, start_of_day
from psp_portal.waiting import Waiting

MOST_WAITING = 50


def waiting(user: User, *, today: date) -> list[Waiting]:
    """Return what waits for somebody, oldest first; a talk from the day after it. Five queries."""
    found = [
        *_talks_waiting(user, today),
        *_mentorings_waiting(user),
        *_reviews_waiting(user, today),
        *_follow_ups_waiting(user),
    ]
    return sorted(found, key=lambda each: each.since)


def _talks_waiting(user: User, today: date) -> Iterable[Waiting]:
    own = OneToOne.objects.filter(Q(partner__user=user) | Q(with_user=user)).select_related(
        "partner__user", "with_user"
    )
    over = own.filter(status=TalkStatus.PLANNED, starts_at__lt=start_of_day(today)).order_by("starts_at", "pk")
    for talk in over[:MOST_WAITING]:
        yield Waiting(
            label="Say whether your talk took place",
            detail=f"{_other_of(talk, user).name}, {format_date(local_date(talk.starts_at))}.",
            url=reverse("support:talk_detail", args=[talk.pk]),
            since=talk.starts_at,
        )
    to_agree = (
        own.exclude(status=TalkStatus.CANCELLED)
        .exclude(shared_notes="")
        .filter(Q(partner__user=user, partner_agreed_at__isnull=True) | Q(with_user=user, other_agreed_at__isnull=True))
    )
    for talk in to_agree.order_by("notes_changed_at", "pk")[:MOST_WAITING]:
        yield Waiting(
            label="Read the notes of your talk, and agree to them",
            detail=f"{_other_of(talk, user).name}, {format_date(local_date(talk.starts_at))}.",
            url=reverse("support:talk_detail", args=[talk.pk]),
            since=talk.notes_changed_at or talk.starts_at,
        )


def _other_of(talk: OneToOne, user: User) -> User:
    return talk.with_user if talk.partner.user_id == user.pk else talk.partner.user


def _mentorings_waiting(user: User) -> Iterable[Waiting]:
    proposed = Mentoring.objects.filter(status=MentoringStatus.PROPOSED).filter(
        Q(partner__user=user, partner_answer__isnull=True) | Q(mentor=user, mentor_answer__isnull=True)
    )
    for pairing in proposed.select_related("partner__user", "mentor").order_by("proposed_at", "pk")[:MOST_WAITING]:
        is_partner = pairing.partner.user_id == user.pk
        yield Waiting(
            label="Say whether you want a mentor" if is_partner else "Say whether you will be a mentor",
            detail=f"{pairing.mentor.name if is_partner else pairing.partner.user.name}.",
            url=reverse("support:mentor_answer", args=[pairing.pk]),
            since=pairing.proposed_at,
        )


def _reviews_waiting(user: User, today: date) -> Iterable[Waiting]:
    mine = Q(partner__user=user)
    # Asked within the same query: of a large programme the keys alone would fill pages.
    led = Q(partner__in=partners_looked_after_by(user, today=today).values("pk"))
    is_open, is_talking = Q(status=ReviewStatus.OPEN), Q(status=ReviewStatus.TALKING)
    waits = AnnualReview.objects.filter(
        mine & (is_open & Q(partner_sent_at=None) | is_talking & Q(partner_agreed_at=None))
        | led & (is_open & Q(lead_sent_at=None) | is_talking & Q(lead_agreed_at=None))
    ).select_related("partner__user")
    for review in waits.order_by("opened_at", "pk")[:MOST_WAITING]:
        is_own, is_answering = review.partner.user_id == user.pk, review.status == ReviewStatus.OPEN
        whose = "your annual review" if is_own else f"the annual review of {review.partner.user.name}"
        yield Waiting(
            label=f"{'Answer the questions of' if is_answering else 'Agree what came of'} {whose}",
            detail=f"It was opened on {format_date(local_date(review.opened_at))}.",
            url=reverse("support:review_detail", args=[review.pk]),
            since=review.opened_at,
        )


def _follow_ups_waiting(user: User) -> Iterable[Waiting]:
    asked = FollowUp.objects.filter(partner__user=user, asked_at__isnull=False, answered_at__isnull=True)
    for each in asked.order_by("asked_at", "pk")[:MOST_WAITING]:
        yield Waiting(
            label="A private page for you",
            detail="Only you can see it. You do not have to do anything.",
            url=reverse("support:follow_up_answer", args=[each.pk]),
            since=each.asked_at,
        )
