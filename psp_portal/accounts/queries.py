"""Reads people, organisations and roles. Every answer is about one organisation or one person."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate

from psp_portal import pdf
from psp_portal.accounts.enums import STAFF_ROLES, Post, Role
from psp_portal.accounts.models import Absence, Invitation, Membership, Organisation, PostHolding, User
from psp_portal.accounts.policies import terms
from psp_portal.accounts.policies.forgotten import FORGOTTEN
from psp_portal.accounts.roles import Directory, Permission, Person, StandIn, roles_with, standing_in
from psp_portal.dates import LONDON
from psp_portal.exceptions import RuleBroken


def memberships_on(user: User, today: date) -> QuerySet[Membership]:
    """Return the roles somebody holds on a day at organisations that are open."""
    return Membership.objects.on(today).filter(user=user, organisation__closed_on__isnull=True)


def organisation_ids_where(user: User, roles: Iterable[Role], today: date) -> QuerySet:
    """Return ids of the organisations where somebody holds one of these roles on a day, for use in a filter."""
    return memberships_on(user, today).filter(role__in=list(roles)).values("organisation_id")


def has_role(user: User, organisation_id: UUID, roles: Iterable[Role], today: date) -> bool:
    """Say whether somebody holds one of these roles at an organisation on a day."""
    return (
        user.is_active
        and memberships_on(user, today).filter(organisation_id=organisation_id, role__in=list(roles)).exists()
    )


def has_permission(user: User, permission: Permission, organisation_id: UUID, today: date) -> bool:
    """Say whether a role that somebody holds at an organisation on a day allows something there."""
    return has_role(user, organisation_id, roles_with(permission), today)


def organisation_ids_allowing(user: User, permission: Permission, today: date) -> QuerySet:
    """Return ids of the organisations where somebody may do something on a day, for use in a filter."""
    return organisation_ids_where(user, roles_with(permission), today)


def is_offered_pdfs(user: User) -> bool:
    """Say whether somebody is offered PDFs: this server can make them, and they have not said that they want none."""
    return pdf.is_available() and not user.wants_no_pdf


def is_staff_anywhere(user: User, today: date) -> bool:
    """Say whether somebody holds a staff role at any organisation on a day."""
    return memberships_on(user, today).filter(role__in=STAFF_ROLES).exists()


def organisation_with_code(ods_code: str) -> Organisation | None:
    """Return the organisation with an ODS code, or None."""
    return Organisation.objects.filter(ods_code=ods_code).first()


def invitation_with(token: str) -> Invitation | None:
    """Return the invitation that a key from an e-mail belongs to, with its organisation; None for an unknown key."""
    return Invitation.objects.select_related("organisation").filter(token_hash=terms.hash_of(token)).first()


def what_is_wrong_with(invitation: Invitation | None, *, at: datetime) -> str:
    """Return why an invitation cannot be used at a moment, in words for whoever holds its link; empty when it can."""
    try:
        terms.check_invitation(invitation, at=at)
    except RuleBroken as broken:
        return broken.message
    return ""


def account_exists(email: str) -> bool:
    """Say whether somebody has an account with an e-mail address. Only for whoever has proved it is their mailbox."""
    return User.objects.filter(email__iexact=email).exists()


def user_with_email(email: str) -> User | None:
    """Return the person with an e-mail address, or None. What is known of them goes to nobody who asks."""
    return User.objects.filter(email__iexact=email, is_active=True).first()


def open_invitation(email: str, organisation_id: UUID, role: Role, *, at: datetime) -> Invitation | None:
    """Return the invitation to a role at an organisation that waits for somebody, or None."""
    waiting = Invitation.objects.open().filter(email__iexact=email, organisation_id=organisation_id, role=role)
    return waiting.filter(expires_at__gt=at).first()


def users_with_role(role: Role, *, organisation_id: UUID, today: date) -> QuerySet[User]:
    """Return the active people who hold a role at an organisation on a day, by name."""
    holders = Membership.objects.on(today).filter(organisation_id=organisation_id, role=role)
    return User.objects.filter(is_active=True, pk__in=holders.values("user_id")).order_by("name", "pk")


def users_with_any_role(roles: Iterable[Role], *, organisation_ids: Iterable[UUID], today: date) -> QuerySet[User]:
    """Return the active people who hold any of these roles at any of these open organisations on a day, by name."""
    holders = Membership.objects.on(today).filter(
        organisation_id__in=list(organisation_ids), organisation__closed_on__isnull=True, role__in=list(roles)
    )
    return User.objects.filter(is_active=True, pk__in=holders.values("user_id")).order_by("name", "pk")


def organisations_of(user: User, today: date) -> QuerySet[Organisation]:
    """Return the open organisations where somebody holds any role on a day, by name."""
    ids = memberships_on(user, today).values("organisation_id")
    return Organisation.objects.filter(pk__in=ids).order_by("name", "pk")


def directories(organisation_ids: Iterable[UUID], today: date) -> dict[UUID, Directory]:
    """Return, for each organisation, who is there and who is away on a day: what handing over needs to know.

    Four queries, however many organisations.
    """
    ids = list(organisation_ids)
    roles: dict[UUID, dict[UUID, set[Role]]] = {pk: {} for pk in ids}
    for organisation_id, user_id, role in (
        Membership.objects.on(today)
        # Partners answer for nothing: a directory of those who may is as short as an office.
        .filter(organisation_id__in=ids, user__is_active=True, role__in=STAFF_ROLES)
        .order_by("starts_on", "pk")
        .values_list("organisation_id", "user_id", "role")
    ):
        roles[organisation_id].setdefault(user_id, set()).add(Role(role))
    posts: dict[UUID, dict[Post, UUID]] = {pk: {} for pk in ids}
    for organisation_id, post, user_id in (
        PostHolding.objects.on(today)
        .filter(organisation_id__in=ids)
        .order_by("starts_on", "pk")
        .values_list("organisation_id", "post", "user_id")
    ):
        posts[organisation_id][Post(post)] = user_id
    away: dict[UUID, dict[UUID, UUID | None]] = {pk: {} for pk in ids}
    for organisation_id, user_id, deputy_id in (
        Absence.objects.on(today)
        .filter(organisation_id__in=ids)
        .order_by("starts_on", "pk")
        .values_list("organisation_id", "user_id", "deputy_id")
    ):
        away[organisation_id][user_id] = deputy_id
    return {
        pk: Directory(
            people={user_id: Person(user_id, frozenset(held)) for user_id, held in roles[pk].items()},
            posts=posts[pk],
            away=away[pk],
        )
        for pk in ids
    }


def directory(organisation_id: UUID, today: date) -> Directory:
    """Return who is at an organisation and who is away on a day."""
    return directories([organisation_id], today)[organisation_id]


def standing_in_on(absent_id: UUID, deputy_id: UUID, *, organisation_id: UUID, on: date) -> StandIn:
    """Return what of somebody's work at an organisation a deputy may do there, by the roles of both on a day."""
    held: dict[UUID, set[Role]] = {absent_id: set(), deputy_id: set()}
    for user_id, role in (
        Membership.objects.on(on)
        .filter(organisation_id=organisation_id, user_id__in=list(held))
        .values_list("user_id", "role")
    ):
        held[user_id].add(Role(role))
    return standing_in(held[absent_id], held[deputy_id])


def away_on(organisation_id: UUID, today: date) -> QuerySet:
    """Return the keys of everybody who is away from an organisation on a day, for use in a filter."""
    return Absence.objects.on(today).filter(organisation_id=organisation_id).values("user_id")


def back_since(organisation_id: UUID, since: date, today: date) -> set[UUID]:
    """Return who was away from an organisation until ``since`` or later, and is not away today. One query."""
    over = Absence.objects.filter(organisation_id=organisation_id, ends_on__gte=since, ends_on__lt=today)
    still = Absence.objects.on(today).filter(organisation_id=organisation_id)
    return set(over.exclude(user__in=still.values("user_id")).values_list("user_id", flat=True))


def staff_ever(organisation_ids: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """Return, for each organisation, everybody who is or ever was one of its staff. One query."""
    found: dict[UUID, set[UUID]] = {pk: set() for pk in organisation_ids}
    for organisation_id, user_id in Membership.objects.filter(
        organisation_id__in=list(found), role__in=STAFF_ROLES
    ).values_list("organisation_id", "user_id"):
        found[organisation_id].add(user_id)
    return found


# --- for the clock that disposes of what has been kept long enough ---------------------------
def open_partner_roles() -> QuerySet[Membership]:
    """Return the roles of partners that have no last day."""
    return Membership.objects.filter(role=Role.PARTNER, ends_on__isnull=True)


def last_organisation_of(person: OuterRef) -> QuerySet:
    """Return the organisations of somebody, the one where they last took up a role first, for use in a subquery."""
    return Membership.objects.filter(user=person).order_by("-starts_on", "pk").values("organisation_id")


def last_role_ended_of(person: OuterRef) -> QuerySet:
    """Return the last days of roles of somebody, the last first, for use in a subquery."""
    return Membership.objects.filter(user=person, ends_on__isnull=False).order_by("-ends_on").values("ends_on")


def organisation_that_invited(address: OuterRef) -> QuerySet:
    """Return the organisations that invited an e-mail address, the latest first, for use in a subquery."""
    return Invitation.objects.filter(email__iexact=address).order_by("-invited_at").values("organisation_id")


def people_without_work_since(day: date) -> QuerySet[User]:
    """Return the people, not forgotten yet, who since a day have held no role but that of a partner taken up before.

    A partner's role outlives the appointment: whether that has ended is for the caller to ask.
    """
    working = Membership.objects.in_force_from(day).exclude(role=Role.PARTNER).values("user_id")
    begun = Membership.objects.filter(starts_on__gte=day).values("user_id")
    return (
        User.objects.filter(memberships__isnull=False)
        .exclude(Q(pk__in=working) | Q(pk__in=begun) | Q(email__endswith=FORGOTTEN))
        .distinct()
    )


def words_naming(user_id: UUID) -> list[str]:
    """Return what names one person and nobody else: their e-mail address, and their name unless somebody shares it."""
    user = User.objects.get(pk=user_id)
    shared = User.objects.filter(name__iexact=user.name).exclude(pk=user_id).exists()
    return [user.email] if shared else [user.email, user.name]


def invitations_unused_before(organisation_id: UUID, day: date) -> QuerySet[Invitation]:
    """Return an organisation's invitations that ran out or were withdrawn before a day, with ``began_on``.

    Not those by which a partner has named a helper: they go with the helper's name.
    """
    ended = TruncDate(Coalesce("lapsed_at", "expires_at"), tzinfo=LONDON)
    return (
        Invitation.objects.filter(
            organisation_id=organisation_id, accepted_at__isnull=True, helpers_invited__isnull=True
        )
        .annotate(began_on=ended)
        .filter(began_on__lt=day)
    )
