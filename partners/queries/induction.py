"""Reads inductions; every function starts from a user or an organisation, or is for the clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from partners.enums import PartnerStatus
from partners.enums.induction import InductionShown, ItemKind, ItemOwner, ItemState
from partners.models import Partner
from partners.models.induction import Induction, InductionItem, NewcomerNote, TemplateItem
from partners.policies import induction as policies
from partners.policies.states import ASSIGNABLE_STATUSES
from partners.queries.appointments import partners_looked_after_by, partners_visible_to
from psp_portal.accounts.enums import STAFF_ROLES
from psp_portal.accounts.models import Membership, User
from psp_portal.accounts.queries import organisation_ids_allowing, organisation_ids_where, users_with_any_role
from psp_portal.accounts.roles import Permission
from psp_portal.dates import format_date
from psp_portal.waiting import Awaited, Waiting

MOST_WAITING = 50

# An induction runs while something required is left, and the partner has neither a break nor left. Seen from an item:
_RUNNING_ITEM = Q(induction__finished_at__isnull=True, induction__partner__status__in=ASSIGNABLE_STATUSES)
_RUNNING = Q(finished_at__isnull=True, partner__status__in=ASSIGNABLE_STATUSES)
_DONE = Q(items__closed_at__isnull=False, items__not_needed_because="")


# --- the template ---------------------------------------------------------------------------
def template_items_of(organisation_id: UUID) -> QuerySet[TemplateItem]:
    """Return an organisation's template, in its order."""
    return TemplateItem.objects.filter(organisation_id=organisation_id).select_related("colleague").order_by("position")


def template_items_visible_to(user: User, *, today: date) -> QuerySet[TemplateItem]:
    """Return the lines of the templates that somebody may change."""
    theirs = organisation_ids_allowing(user, Permission.MANAGE_PARTNERS, today)
    return TemplateItem.objects.filter(organisation_id__in=theirs).select_related("organisation", "colleague")


def template_for(organisation_id: UUID, role_category: int) -> QuerySet[TemplateItem]:
    """Return the lines of an organisation's template that are for partners of a role category, in its order."""
    asked = Q(asked_of=[]) | Q(asked_of__contains=[role_category])
    return template_items_of(organisation_id).filter(asked)


def has_template(organisation_id: UUID, role_category: int) -> bool:
    """Say whether an organisation asks new partners of a role category for an induction: for something required.

    A list with nothing that must be done would never end.
    """
    return template_for(organisation_id, role_category).filter(is_required=True).exists()


def colleagues_of(organisation_id: UUID, *, today: date) -> QuerySet[User]:
    """Return who can be named for a line: the staff of an organisation, by name."""
    return users_with_any_role(STAFF_ROLES, organisation_ids=[organisation_id], today=today)


# --- inductions -----------------------------------------------------------------------------
def inductions_visible_to(user: User, *, today: date) -> QuerySet[Induction]:
    """Return the inductions of the partners whom somebody may see, the latest begun first."""
    return (
        Induction.objects.filter(partner__in=partners_visible_to(user, today=today))
        .select_related("partner__user", "partner__organisation", "partner__lead", "lead_agreed_by")
        .order_by("-begun_at", "pk")
    )


def inductions_found(
    user: User, organisation_id: UUID | None, *, today: date, shown: str = InductionShown.RUNNING
) -> QuerySet[Induction]:
    """Return an organisation's inductions as a list shows them, each with ``done``, ``of`` and ``overdue``.

    ``of`` leaves out what is not needed. Those begun first come first.
    """
    late = Q(items__closed_at__isnull=True, items__due_on__lt=today)
    found = (
        inductions_visible_to(user, today=today)
        .filter(partner__organisation_id=organisation_id)
        .annotate(
            done=Count("items", filter=_DONE),
            of=Count("items", filter=Q(items__not_needed_because="")),
            overdue=Count("items", filter=late),
        )
        .order_by("begun_at", "pk")
    )
    if shown == InductionShown.ALL:
        return found
    running = found.filter(_RUNNING)
    return running.filter(overdue__gt=0) if shown == InductionShown.OVERDUE else running


# --- one thing of a list --------------------------------------------------------------------
def items_visible_to(user: User, *, today: date) -> QuerySet[InductionItem]:
    """Return the things of inductions somebody may see: those of partners they see, and those they are named for."""
    theirs = Q(owner=ItemOwner.COLLEAGUE, colleague=user) & Q(
        induction__partner__organisation_id__in=organisation_ids_where(user, STAFF_ROLES, today)
    )
    return _with_people(
        InductionItem.objects.filter(theirs | Q(induction__partner__in=partners_visible_to(user, today=today)))
    )


def items_found(
    user: User, organisation_id: UUID | None, *, today: date, shown: str = InductionShown.RUNNING
) -> QuerySet[InductionItem]:
    """Return the things of an organisation's inductions as a list shows them, the earliest due first."""
    found = (
        items_visible_to(user, today=today)
        .filter(induction__partner__organisation_id=organisation_id)
        .order_by("due_on", "induction__begun_at", "position", "pk")
    )
    if shown == InductionShown.ALL:
        return found
    still_open = found.filter(_RUNNING_ITEM, closed_at__isnull=True)
    return still_open.filter(due_on__lt=today) if shown == InductionShown.OVERDUE else still_open


@dataclass(frozen=True)
class Standing:
    """One thing of an induction, and how it stands."""

    item: InductionItem
    state: ItemState


def standings_of(items: Iterable[InductionItem], *, today: date) -> list[Standing]:
    """Return how each of some things stands. No query."""
    return [
        Standing(
            item,
            policies.item_state(
                is_closed=item.closed_at is not None,
                not_needed_because=item.not_needed_because,
                due=item.due_on,
                today=today,
            ),
        )
        for item in items
    ]


def progress_of(standings: Iterable[Standing]) -> policies.Progress:
    """Return how far an induction is: "4 of 9 done". No query."""
    return policies.progress(each.state for each in standings)


def can_begin(partner: Partner) -> bool:
    """Say whether an induction could begin for a partner who has none: at this stage, and with something to do."""
    return partner.status in ASSIGNABLE_STATUSES and has_template(partner.organisation_id, partner.role_category)


def items_of(induction: Induction) -> QuerySet[InductionItem]:
    """Return the things of one induction, in its order."""
    return _with_people(InductionItem.objects.filter(induction=induction)).order_by("position")


def items_owned_by(user: User, *, today: date) -> QuerySet[InductionItem]:
    """Return what of running inductions is open and somebody's to do, the earliest due first."""
    return _owned(user, _open_items(today), today).order_by("due_on", "position", "pk")


def is_owner(user: User, item: InductionItem, *, today: date) -> bool:
    """Say whether one thing is somebody's to do; what is not required they may do after the induction, too."""
    return _owned(user, _items(today).filter(pk=item.pk), today).exists()


def _owned(user: User, items: QuerySet[InductionItem], today: date) -> QuerySet[InductionItem]:
    """Keep what is somebody's to do.

    A partner has their own, a colleague what they are named for while they are staff there. A lead has what is the
    lead's, what a colleague without an account does, and what one did who has gone.
    """
    there = organisation_ids_where(user, STAFF_ROLES, today)
    led = partners_looked_after_by(user, today=today)
    return items.filter(
        Q(owner=ItemOwner.PARTNER, induction__partner__user=user)
        | Q(owner=ItemOwner.COLLEAGUE, colleague=user, induction__partner__organisation_id__in=there)
        | (Q(owner=ItemOwner.LEAD) | Q(owner=ItemOwner.COLLEAGUE, colleague_is_there=False))
        & Q(induction__partner__in=led)
    )


def partners_to_remind(*, today: date) -> list[UUID]:
    """Return the keys of the partners in whose induction something is due within the days of the first reminder."""
    soon = today + timedelta(days=policies.REMIND_BEFORE)
    found = _open_items(today).filter(due_on__lte=soon).order_by("induction_id")
    return list(found.values_list("induction_id", flat=True).distinct())


def items_to_remind_of(partner: Partner, *, today: date) -> list[InductionItem]:
    """Return what is open in a partner's running induction and whose owner is reminded today, the earliest due first.

    Each carries ``colleague_is_there``.
    """
    found = _open_items(today).filter(induction_id=partner.pk).order_by("due_on", "position")
    return [item for item in found if policies.reminder_due(item.due_on, today=today, last=item.reminded_on)]


def owner_of(item: InductionItem, partner: Partner) -> User:
    """Return who is asked for an open thing that carries ``colleague_is_there``."""
    if item.owner == ItemOwner.PARTNER:
        return partner.user
    # The annotation is unknown to the type of a row.
    is_there = item.owner == ItemOwner.COLLEAGUE and item.colleague_is_there  # type: ignore[attr-defined]
    return item.colleague if is_there else partner.lead


def _open_items(today: date) -> QuerySet[InductionItem]:
    """Return what is open in running inductions."""
    return _items(today).filter(_RUNNING_ITEM, closed_at__isnull=True)


def _items(today: date) -> QuerySet[InductionItem]:
    """Return everything in inductions, with whether the colleague named is one of the staff still."""
    there = Membership.objects.on(today).filter(
        user_id=OuterRef("colleague_id"), organisation_id=OuterRef("induction__partner__organisation_id"),
        role__in=STAFF_ROLES, user__is_active=True,
    )  # fmt: skip
    return _with_people(InductionItem.objects.all()).annotate(colleague_is_there=Exists(there))


def _with_people(items: QuerySet[InductionItem]) -> QuerySet[InductionItem]:
    return items.select_related(
        "induction__partner__user", "induction__partner__organisation", "induction__partner__lead", "colleague",
        "closed_by",
    )  # fmt: skip


# --- notes for those who come next ------------------------------------------------------------
def notes_of(partner: Partner) -> QuerySet[NewcomerNote]:
    """Return what one partner wrote for newcomers, the latest first: for themself."""
    return _notes().filter(partner=partner)


def notes_for(partner: Partner) -> QuerySet[NewcomerNote]:
    """Return what earlier partners of their organisation wrote, for a partner whose induction runs; else nothing.

    That is what the writers were told: those who are new read it, while they are new.
    """
    if not Induction.objects.filter(_RUNNING, partner=partner).exists() and partner.status != PartnerStatus.INDUCTION:
        return NewcomerNote.objects.none()
    others = _notes().filter(partner__organisation_id=partner.organisation_id, hidden_at__isnull=True)
    return others.exclude(partner__user_id=partner.user_id)


def can_write_note(partner: Partner) -> bool:
    """Say whether a partner can write a note now."""
    return partner.status not in policies.NO_NOTES_WHILE


def notes_visible_to(user: User, *, today: date) -> QuerySet[NewcomerNote]:
    """Return the notes that somebody may open by their address: their own, and for leads their organisation's.

    Newcomers read them on a page of their own (``notes_for``).
    """
    theirs = organisation_ids_allowing(user, Permission.MANAGE_PARTNERS, today)
    return _notes().filter(Q(partner__user=user) | Q(partner__organisation_id__in=theirs))


def _notes() -> QuerySet[NewcomerNote]:
    return NewcomerNote.objects.select_related("partner__user", "partner__organisation", "hidden_by").order_by(
        "about", "-written_at", "pk"
    )


# --- what waits -----------------------------------------------------------------------------
def waiting(user: User, *, today: date) -> list[Waiting]:
    """Return what of inductions waits for somebody: what is due within a week or late, and agreements to agree to.

    Two queries.
    """
    soon = today + timedelta(days=policies.SHOWN_AHEAD)
    due = items_owned_by(user, today=today).filter(due_on__lte=soon).exclude(kind=ItemKind.AGREEMENT)[:MOST_WAITING]
    found = [_waiting_item(item, user) for item in due]
    for item in agreements_waiting_for(user, today=today)[:MOST_WAITING]:
        partner = item.induction.partner
        is_own = partner.user_id == user.pk
        has_words = bool(item.induction.agreement)
        found.append(
            Waiting(
                label=f"{'Agree to' if has_words else 'Write'} the working agreement"
                f"{'' if is_own else f' with {partner.user.name}'}",
                detail=f"It is to be agreed by {format_date(item.due_on)}.",
                url=reverse("induction:agreement_detail", args=[partner.pk]),
                since=item.induction.begun_at,
                due_on=item.due_on,
            )
        )
    return found


def awaited(user: User, *, today: date) -> list[Awaited]:
    """Return what others should have done by now in somebody's own induction, the longest late first. One query."""
    late = (
        _open_items(today)
        .filter(induction__partner__user=user, due_on__lt=today)
        .exclude(owner=ItemOwner.PARTNER)
        .order_by("due_on", "position", "pk")
    )
    return [
        Awaited(
            label=f"Your induction: {item.title}",
            who=owner_of(item, item.induction.partner).name,
            url=reverse("induction:item_detail", args=[item.pk]),
            since=item.induction.begun_at,
            due_on=item.due_on,
        )
        for item in late[:MOST_WAITING]
    ]


def agreements_waiting_for(user: User, *, today: date) -> QuerySet[InductionItem]:
    """Return the working agreements that wait for somebody: written and not agreed to by them, or theirs to begin."""
    soon = today + timedelta(days=policies.SHOWN_AHEAD)
    written = ~Q(induction__agreement="")
    mine = Q(induction__partner__user=user, induction__partner_agreed_at__isnull=True)
    led = Q(induction__partner__in=partners_looked_after_by(user, today=today), induction__lead_agreed_at__isnull=True)
    to_begin = Q(induction__agreement="", due_on__lte=soon, pk__in=items_owned_by(user, today=today).values("pk"))
    return (
        _open_items(today)
        .filter(to_begin | written & (mine | led), kind=ItemKind.AGREEMENT)
        .order_by("induction__begun_at", "pk")
    )


def _waiting_item(item: InductionItem, user: User) -> Waiting:
    partner = item.induction.partner
    is_own = partner.user_id == user.pk
    who = "your induction" if is_own else f"the induction of {partner.user.name}"
    words = f" It is done by: {item.owner_words}." if item.colleague_id != user.pk and item.colleague_title else ""
    return Waiting(
        label=item.title,
        detail=f"Part of {who}, due by {format_date(item.due_on)}.{words}",
        url=reverse("induction:item_detail", args=[item.pk]),
        since=item.induction.begun_at,
        due_on=item.due_on,
    )
