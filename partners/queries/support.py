"""Reads talks, mentors and reviews; and what is somebody's alone, only for them or for whom they share it with.

Every function that reads private words starts from whoever asks, in the database: a row that is not for them is never
read, so that no page can show it by mistake.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from partners.enums.support import CheckInItem, MentoringStatus, PlanItem, ReviewSide, ReviewStatus, TalkStatus
from partners.models import Partner, PartnerQuerySet
from partners.models.support import (
    AnnualReview,
    CheckIn,
    CheckInAnswer,
    FollowUp,
    Mentoring,
    NoFollowUp,
    OneToOne,
    PrivateNote,
    ReviewAnswer,
    ReviewQuestion,
    SupportSettings,
    WellbeingPlan,
)
from partners.queries.appointments import leads_of, partners_visible_to
from partners.queries.training import partners_looked_after_by
from psp_portal.accounts.enums import STAFF_ROLES, Role
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import users_with_any_role
from psp_portal.dates import format_date, local_date
from psp_portal.encryption import decrypt
from psp_portal.waiting import Waiting

MOST_WAITING = 50
UNREADABLE = "This cannot be read any more, because its key is gone."


def unseal(sealed: str) -> str:
    """Return what was encrypted; a plain sentence where no key opens it, so that the rest of a page is still had."""
    if not sealed:
        return ""
    try:
        return decrypt(sealed)
    except ValueError:
        return UNREADABLE


def _unseal_items(sealed: str) -> dict[str, str]:
    text = unseal(sealed)
    return {} if text == UNREADABLE else json.loads(text)


def settings_of(organisation_id: UUID) -> SupportSettings:
    """Return an organisation's times and people for support; the defaults, not stored, where it has set none."""
    found = SupportSettings.objects.filter(organisation_id=organisation_id).first()
    return found or SupportSettings(organisation_id=organisation_id)


# --- the lead's overview ----------------------------------------------------------------------
def with_support(partners: PartnerQuerySet) -> PartnerQuerySet:
    """Add to partners when they last had a talk, when the next is, who their mentor is, and their last review."""
    talks = OneToOne.objects.filter(partner=OuterRef("pk"))
    reviews = AnnualReview.objects.filter(partner=OuterRef("pk")).order_by("-opened_at")
    mentors = Mentoring.objects.filter(partner=OuterRef("pk"), status=MentoringStatus.RUNNING)
    return partners.annotate(
        last_talk=Subquery(talks.filter(status=TalkStatus.HELD).order_by("-starts_at").values("starts_at")[:1]),
        next_talk=Subquery(talks.filter(status=TalkStatus.PLANNED).order_by("starts_at").values("starts_at")[:1]),
        mentor_name=Subquery(mentors.values("mentor__name")[:1]),
        last_review=Subquery(reviews.values("opened_at")[:1]),
        review_status=Subquery(reviews.values("status")[:1]),
    )


# --- talks --------------------------------------------------------------------------------
def talks_visible_to(user: User, *, today: date) -> QuerySet[OneToOne]:
    """Return the talks somebody may know of: their own, and for leads those of the partners they see.

    That it takes place is what they may know: for the words ask ``can_read_notes``.
    """
    return (
        OneToOne.objects.filter(
            Q(partner__user=user) | Q(with_user=user) | Q(partner__in=partners_visible_to(user, today=today))
        )
        .select_related("partner__user", "partner__organisation", "partner__lead", "with_user", "cancelled_by")
        .order_by("-starts_at", "pk")
    )


def people_to_talk_to(partner: Partner, *, today: date) -> list[User]:
    """Return whom a partner can have a talk with: their organisation's leads, and their mentor; nobody with oneself."""
    mentors = User.objects.filter(
        is_active=True, mentors_of__partner=partner, mentors_of__status=MentoringStatus.RUNNING
    )
    people = {person.pk: person for person in [*leads_of(partner.organisation_id, today=today), *mentors]}
    people.pop(partner.user_id, None)
    return sorted(people.values(), key=lambda person: (person.pk != partner.lead_id, person.name))


def private_note_of(user: User, talk: OneToOne) -> str:
    """Return what somebody wrote about a talk for themselves alone; empty when they wrote nothing."""
    note = PrivateNote.objects.filter(talk=talk, writer=user).first()
    return unseal(note.sealed) if note else ""


# --- wellbeing ----------------------------------------------------------------------------
@dataclass(frozen=True)
class PlanShown:
    """A wellbeing plan as somebody may read it."""

    items: Mapping[str, str]
    is_shared: bool
    changed_at: datetime

    def rows(self) -> list[tuple[str, str]]:
        """Return (label, text) of what was filled in."""
        return [(item.label, self.items[item]) for item in PlanItem if self.items.get(item)]


def wellbeing_plan_for(user: User, partner: Partner, *, today: date) -> PlanShown | None:
    """Return a partner's wellbeing plan to the partner, and to whoever looks after them while it is shared."""
    found = WellbeingPlan.objects.filter(
        Q(partner__user=user) | Q(is_shared=True, partner__in=partners_looked_after_by(user, today=today)),
        partner=partner,
    ).first()
    return PlanShown(_unseal_items(found.sealed), found.is_shared, found.changed_at) if found else None


@dataclass(frozen=True)
class Answered:
    """One answer of a check-in."""

    item: CheckInItem
    text: str
    is_shared: bool


@dataclass(frozen=True)
class CheckInShown:
    """A check-in, with the answers of it that somebody may read."""

    check_in: CheckIn
    answers: list[Answered]


def check_ins_for(user: User, partner: Partner, *, today: date, check_in_id: UUID | None = None) -> list[CheckInShown]:
    """Return a partner's check-ins, the latest first: all to the partner, to whoever looks after them what is shared.

    One in which nothing is shared does not exist for anybody else.
    """
    readable = CheckInAnswer.objects.filter(
        Q(check_in__partner__user=user)
        | Q(is_shared=True, check_in__partner__in=partners_looked_after_by(user, today=today)),
        check_in__partner=partner,
    )
    if check_in_id:
        readable = readable.filter(check_in_id=check_in_id)
    found: dict[UUID, CheckInShown] = {}
    for row in readable.select_related("check_in").order_by("-check_in__made_at", "check_in_id"):
        shown = found.setdefault(row.check_in_id, CheckInShown(row.check_in, []))
        shown.answers.append(Answered(CheckInItem(row.item), unseal(row.sealed), row.is_shared))
    order = list(CheckInItem)
    for shown in found.values():
        shown.answers.sort(key=lambda answer: order.index(answer.item))
    return list(found.values())


def own_check_in(user: User, check_in_id: UUID, *, today: date) -> tuple[Partner, CheckInShown] | None:
    """Return somebody's own check-in with its appointment, or None."""
    found = CheckIn.objects.filter(pk=check_in_id, partner__user=user).select_related("partner__lead").first()
    if found is None:
        return None
    return found.partner, check_ins_for(user, found.partner, today=today, check_in_id=found.pk)[0]


# --- after hard material ---------------------------------------------------------------------
@dataclass(frozen=True)
class FollowUpShown:
    """A quiet question, as the one it is asked of sees it."""

    follow_up: FollowUp
    about: str
    answer: str


def follow_ups_of(user: User) -> list[FollowUpShown]:
    """Return what was hard for somebody and what they answered, the latest first: for them and nobody else."""
    own = FollowUp.objects.filter(partner__user=user).select_related("partner__organisation")
    shown = []
    for each in own.order_by("-ask_on", "pk"):
        items = _unseal_items(each.sealed)
        shown.append(FollowUpShown(each, items.get("about", ""), items.get("answer", "")))
    return shown


def follow_up_of(user: User, follow_up_id: UUID) -> FollowUpShown | None:
    """Return one quiet question of somebody's own, or None."""
    return next((shown for shown in follow_ups_of(user) if shown.follow_up.pk == follow_up_id), None)


def wants_no_follow_up(user: User) -> bool:
    """Say whether somebody has turned the quiet question off. Asked for themselves alone."""
    return NoFollowUp.objects.filter(user=user).exists()


def follow_ups_to_ask(*, today: date) -> QuerySet[FollowUp]:
    """Return the quiet questions whose day has come, of people who want them. For the clock."""
    return (
        FollowUp.objects.filter(asked_at__isnull=True, ask_on__lte=today, partner__user__is_active=True)
        .exclude(partner__user__in=NoFollowUp.objects.values("user_id"))
        .order_by("ask_on", "pk")
    )


# --- mentors ------------------------------------------------------------------------------
def mentorings_visible_to(user: User, *, today: date) -> QuerySet[Mentoring]:
    """Return the pairings somebody may see: their own on either side, and for leads those of the partners they see."""
    return (
        Mentoring.objects.filter(
            Q(partner__user=user) | Q(mentor=user) | Q(partner__in=partners_visible_to(user, today=today))
        )
        .select_related("partner__user", "partner__organisation", "partner__lead", "mentor")
        .order_by("-proposed_at", "pk")
    )


def people_to_mentor(partner: Partner, *, today: date) -> list[User]:
    """Return who could be a partner's mentor: other partners and staff of their organisation, but not their lead."""
    people = users_with_any_role([*STAFF_ROLES, Role.PARTNER], organisation_ids=[partner.organisation_id], today=today)
    return list(people.exclude(pk__in=[partner.user_id, partner.lead_id]))


# --- the annual review ----------------------------------------------------------------------
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


# --- what somebody has a right to have -------------------------------------------------------
@dataclass(frozen=True)
class OwnText:
    """Something private in somebody's own words, for the file of what is held about them."""

    what: str
    at: datetime
    text: str


def private_texts_of(user: User) -> list[OwnText]:
    """Return everything private that somebody wrote, the latest first: for their own subject access, and nobody else's.

    Nothing of what anybody else wrote is in it.
    """
    notes = PrivateNote.objects.filter(writer=user).select_related("talk")
    plans = WellbeingPlan.objects.filter(partner__user=user)
    answers = CheckInAnswer.objects.filter(check_in__partner__user=user).select_related("check_in")
    reviews = ReviewAnswer.objects.filter(review__partner__user=user, side=ReviewSide.PARTNER).select_related("review")
    found = [OwnText("Private note on a talk", note.written_at, unseal(note.sealed)) for note in notes]
    for plan in plans:
        shown = PlanShown(_unseal_items(plan.sealed), plan.is_shared, plan.changed_at)
        found += [OwnText(f"Wellbeing plan: {label}", plan.changed_at, text) for label, text in shown.rows()]
    found += [
        OwnText(f"Wellbeing check-in: {each.get_item_display()}", each.check_in.made_at, unseal(each.sealed))
        for each in answers
    ]
    found += [
        OwnText(f"Annual review: {each.question}", each.review.opened_at, unseal(each.sealed))
        for each in reviews
        if each.sealed
    ]
    for shown_follow_up in follow_ups_of(user):
        words = "\n".join(filter(None, [shown_follow_up.about, shown_follow_up.answer]))
        found.append(OwnText("After something hard", shown_follow_up.follow_up.marked_at, words))
    return sorted(found, key=lambda text: text.at, reverse=True)


# --- what waits -----------------------------------------------------------------------------
def waiting(user: User, *, at: datetime) -> list[Waiting]:
    """Return what waits for somebody, oldest first. Six queries, and one for whom they look after."""
    today = local_date(at)
    looked_after = list(partners_looked_after_by(user, today=today).values_list("pk", flat=True))
    found = [
        *_talks_waiting(user, at),
        *_mentorings_waiting(user),
        *_reviews_waiting(user, looked_after),
        *_follow_ups_waiting(user),
    ]
    return sorted(found, key=lambda each: each.since)


def _talks_waiting(user: User, at: datetime) -> Iterable[Waiting]:
    own = OneToOne.objects.filter(Q(partner__user=user) | Q(with_user=user)).select_related(
        "partner__user", "with_user"
    )
    over = own.filter(status=TalkStatus.PLANNED, starts_at__lt=at).order_by("starts_at", "pk")
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


def _reviews_waiting(user: User, looked_after: list[UUID]) -> Iterable[Waiting]:
    mine, led = Q(partner__user=user), Q(partner__in=looked_after)
    reviews = (
        AnnualReview.objects.exclude(status=ReviewStatus.CLOSED).filter(mine | led).select_related("partner__user")
    )
    waits = reviews.filter(
        Q(status=ReviewStatus.OPEN) & (mine & Q(partner_sent_at=None) | led & Q(lead_sent_at=None))
        | Q(status=ReviewStatus.TALKING) & (mine & Q(partner_agreed_at=None) | led & Q(lead_agreed_at=None))
    )
    for review in waits.order_by("opened_at", "pk")[:MOST_WAITING]:
        is_own, is_open = review.partner.user_id == user.pk, review.status == ReviewStatus.OPEN
        whose = "your annual review" if is_own else f"the annual review of {review.partner.user.name}"
        yield Waiting(
            label=f"{'Answer the questions of' if is_open else 'Agree what came of'} {whose}",
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
