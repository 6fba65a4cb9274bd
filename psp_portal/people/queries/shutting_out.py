"""Reads who is to be shut out, and whether somebody is owed money or has a question open."""

from datetime import date
from uuid import UUID

from django.db.models import F, QuerySet
from django.urls import reverse

from expenses import queries as claims
from partners.queries.questions import has_open_question_at, has_open_questions
from psp_portal.accounts.enums import ShutOutStatus
from psp_portal.accounts.models import ShutOut, User
from psp_portal.accounts.queries import organisation_ids_allowing, users_with_any_role
from psp_portal.accounts.roles import Permission, roles_with
from psp_portal.waiting import Waiting

MOST_WAITING = 50


def is_owed_or_asks(user_id: UUID, organisation_id: UUID | None = None) -> bool:
    """Say whether somebody's own claims or questions, at an organisation or anywhere, are not settled."""
    asks = has_open_questions(user_id) if organisation_id is None else has_open_question_at(user_id, organisation_id)
    return asks or claims.has_open_claims(user_id, organisation_id)


def shut_outs_visible_to(user: User, *, today: date) -> QuerySet[ShutOut]:
    """Return what was asked at organisations where somebody may be the second person, but about themselves.

    What waits comes first, then the latest.
    """
    allowed = organisation_ids_allowing(user, Permission.CONFIRM_SHUT_OUTS, today)
    return (
        ShutOut.objects.filter(organisation_id__in=allowed)
        .exclude(user=user)
        .select_related("user", "organisation", "asked_by", "decided_by")
        .order_by(F("decided_at").desc(nulls_first=True), "-asked_at", "pk")
    )


def second_people(shut_out: ShutOut, *, today: date) -> QuerySet[User]:
    """Return who can confirm that somebody is shut out: neither who asked nor the person, by name."""
    return users_with_any_role(
        roles_with(Permission.CONFIRM_SHUT_OUTS), organisation_ids=[shut_out.organisation_id], today=today
    ).exclude(pk__in=[shut_out.user_id, shut_out.asked_by_id])


def waiting(user: User, *, today: date) -> list[Waiting]:
    """Return the requests for which somebody can be the second person, oldest first. Two queries."""
    asked = (
        shut_outs_visible_to(user, today=today)
        .filter(status=ShutOutStatus.ASKED)
        .exclude(asked_by=user)
        .order_by("asked_at", "pk")[:MOST_WAITING]
    )
    return [
        Waiting(
            label=f"Decide whether {each.user.name} loses their access",
            detail=f"{each.asked_by.name} asks for it. It needs a second person.",
            url=reverse("people:shut_out_detail", args=[each.pk]),
            since=each.asked_at,
        )
        for each in asked
    ]
