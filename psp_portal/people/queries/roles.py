"""Reads the people of one organisation; every function starts from who asks."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from psp_portal.accounts.enums import POST_ROLES, STAFF_ROLES, Post, Role
from psp_portal.accounts.models import Absence, Invitation, Membership, Organisation, PostHolding, User
from psp_portal.accounts.queries import organisation_ids_allowing, standing_in_on
from psp_portal.accounts.roles import Permission, in_words


def people_visible_to(user: User, organisation: Organisation, *, today: date) -> QuerySet[User]:
    """Return who holds a role at an organisation now or soon, by name, for those who manage its people.

    Each has ``roles_here``, ``posts_here`` and ``absences_here``: those of this organisation that are not over.
    """
    here = Membership.objects.in_force_from(today).filter(
        organisation=organisation, organisation_id__in=organisation_ids_allowing(user, Permission.MANAGE_PEOPLE, today)
    )

    def of_here(model: type[Membership] | type[PostHolding] | type[Absence]) -> QuerySet:
        return model.objects.in_force_from(today).filter(organisation=organisation).order_by("starts_on", "pk")

    return (
        User.objects.filter(is_active=True, pk__in=here.values("user_id"))
        .prefetch_related(
            Prefetch("memberships", of_here(Membership), to_attr="roles_here"),
            Prefetch("post_holdings", of_here(PostHolding), to_attr="posts_here"),
            Prefetch("absences", of_here(Absence).select_related("deputy"), to_attr="absences_here"),
        )
        .order_by("name", "pk")
    )


def memberships_visible_to(user: User, *, today: date) -> QuerySet[Membership]:
    """Return the roles of the organisations whose people somebody manages."""
    allowed = organisation_ids_allowing(user, Permission.MANAGE_PEOPLE, today)
    return Membership.objects.filter(organisation_id__in=allowed).select_related("user", "organisation")


def invitations_visible_to(
    user: User, organisation: Organisation, *, at: datetime, today: date
) -> QuerySet[Invitation]:
    """Return an organisation's invitations that can still be used, newest first, for those who manage its people."""
    allowed = organisation_ids_allowing(user, Permission.MANAGE_PEOPLE, today)
    return (
        Invitation.objects.open()
        .filter(organisation=organisation, organisation_id__in=allowed, expires_at__gt=at)
        .order_by("-invited_at", "pk")
    )


def absences_visible_to(user: User, *, today: date) -> QuerySet[Absence]:
    """Return somebody's own absences and those of the organisations whose people they manage."""
    allowed = organisation_ids_allowing(user, Permission.MANAGE_PEOPLE, today)
    return (Absence.objects.filter(organisation_id__in=allowed) | Absence.objects.filter(user=user)).select_related(
        "user", "deputy", "organisation"
    )


def own_absences(user: User, organisation: Organisation, *, today: date) -> QuerySet[Absence]:
    """Return somebody's absences at an organisation that are not over, soonest first."""
    mine = Absence.objects.in_force_from(today).filter(user=user, organisation=organisation)
    return mine.select_related("deputy").order_by("starts_on", "pk")


@dataclass(frozen=True)
class PostHeld:
    """A post and who holds it, or nobody."""

    post: Post
    holding: PostHolding | None


def posts_visible_to(user: User, organisation: Organisation, *, today: date) -> list[PostHeld]:
    """Return an organisation's posts, lowest first, with who holds each today, for those who manage its people."""
    allowed = organisation_ids_allowing(user, Permission.MANAGE_PEOPLE, today)
    held = PostHolding.objects.on(today).filter(organisation=organisation, organisation_id__in=allowed)
    by_post = {holding.post: holding for holding in held.select_related("user")}
    return [PostHeld(post, by_post.get(post)) for post in Post]


def staff_choices(organisation: Organisation, *, today: date, without: UUID | None = None) -> list[tuple[str, str]]:
    """Return (id, name and roles) of an organisation's staff today, by name: who may stand in for somebody."""
    held = Membership.objects.on(today).filter(organisation=organisation, role__in=STAFF_ROLES)
    roles: dict[UUID, list[str]] = {}
    for user_id, role in held.order_by("role").values_list("user_id", "role"):
        roles.setdefault(user_id, []).append(Role(role).label.lower())
    return [(pk, f"{name} ({', '.join(roles[UUID(pk)])})") for pk, name in _choices(held, without)]


def what_a_deputy_leaves(absence: Absence) -> str:
    """Return what a named deputy may not do of what would come to them, as a sentence; nothing when they may do all."""
    share = standing_in_on(
        absence.user_id, absence.deputy_id, organisation_id=absence.organisation_id, on=absence.starts_on
    )
    if not share.leaves:
        return ""
    return f". {absence.deputy.name} cannot {in_words(share.leaves)}: this goes to somebody else who may"


def choices_for_post(organisation: Organisation, post: Post, *, today: date) -> list[tuple[str, str]]:
    """Return (id, name) of those who hold the role that a post needs, by name."""
    return _choices(Membership.objects.on(today).filter(organisation=organisation, role=POST_ROLES[post]), None)


def _choices(memberships: QuerySet[Membership], without: UUID | None) -> list[tuple[str, str]]:
    people = User.objects.filter(is_active=True, pk__in=memberships.values("user_id")).exclude(pk=without)
    return [(str(pk), name) for pk, name in people.order_by("name", "pk").values_list("pk", "name")]
