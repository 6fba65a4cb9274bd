"""Reads talks, mentors, and how partners are looked after."""

from datetime import date
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from partners.enums.support import MentoringStatus, TalkStatus
from partners.models import Partner, PartnerQuerySet
from partners.models.support import (
    AnnualReview,
    Mentoring,
    OneToOne,
    SupportSettings,
)
from partners.queries.appointments import leads_of, partners_visible_to
from psp_portal.accounts.enums import STAFF_ROLES, Role
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import users_with_any_role


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
