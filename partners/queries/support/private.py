"""Reads what is somebody's alone, for them or for whom they share it with.

Every function that reads private words starts from whoever asks, in the database: a row that is not for them is never
read, so that no page can show it by mistake.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from partners.enums.support import CheckInItem, PlanItem, ReviewSide
from partners.models import Partner
from partners.models.support import (
    CheckIn,
    CheckInAnswer,
    FollowUp,
    NoFollowUp,
    OneToOne,
    PrivateNote,
    ReviewAnswer,
    WellbeingPlan,
)
from partners.queries.appointments import partners_looked_after_by
from psp_portal.accounts.models import User
from psp_portal.encryption import decrypt

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
