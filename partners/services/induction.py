"""Writes about inductions; one function for each thing a person, or the clock, can do.

Whatever changes a partner's list waits in line at the partner's own row: the last thing done moves the appointment.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from partners.enums import PartnerMove, PartnerStatus
from partners.enums.induction import ItemKind, ItemMove, ItemOwner
from partners.models import Partner
from partners.models.induction import Induction, InductionItem, NewcomerNote, TemplateItem
from partners.notifications import induction as notifications
from partners.permissions import induction as permissions
from partners.policies import induction as policies
from partners.queries import induction as queries
from partners.services.moving import lock_partner, move_partner
from psp_portal.accounts.models import Organisation, User
from psp_portal.audit.context import Actor, SystemActor, acting_as, audited
from psp_portal.calendar_england import bank_holidays
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken

CLOCK = SystemActor("partners.remind_of_induction")


@dataclass(frozen=True)
class Line:
    """What somebody says of a line of the template.

    ``due_days`` are days after the start. ``asked_of`` are role categories, none for every new partner.
    """

    title: str
    explanation: str
    owner: str
    due_days: int
    kind: str = ItemKind.TASK
    is_required: bool = True
    colleague_id: UUID | None = None
    colleague_title: str = ""
    asked_of: Collection[int] = ()


# What an organisation may start from: pack, corporate induction, colleagues, an agreement written together and somebody
# who comes along to the first meeting are Imperial's (domain.md 1); the rest follows product.md. No source gives days.
DEFAULT_LINES: tuple[Line, ...] = (
    Line(
        "Read the welcome pack",
        "It says what the organisation does, what your role is, who is who, and how to claim what you spend.",
        ItemOwner.PARTNER,
        7,
    ),
    Line(
        "Sort out the practical things",
        "A way into the buildings, an email address if the role needs one, help with travel, and what the partner "
        "needs to take part.",
        ItemOwner.LEAD,
        14,
    ),
    Line(
        "Go to the corporate induction",
        "The day or the online course that everybody new here does. Your lead tells you when it is.",
        ItemOwner.PARTNER,
        30,
    ),
    Line(
        "Meet the people you will work with",
        "Your lead arranges short talks with the patient safety team and the people who run your committees.",
        ItemOwner.LEAD,
        30,
    ),
    Line(
        "Write the working agreement together",
        "What you expect of each other: times, papers, money, how you say that something is wrong. Both of you write "
        "it, and both agree to it.",
        ItemOwner.LEAD,
        30,
        kind=ItemKind.AGREEMENT,
    ),
    Line(
        "Read what earlier partners wish they had known",
        "Notes from partners who were new here before you.",
        ItemOwner.PARTNER,
        30,
        is_required=False,
    ),
    Line(
        "Go to the first meeting with somebody beside you",
        "Somebody meets you before it begins, sits with you, and tells you who is who.",
        ItemOwner.LEAD,
        60,
        kind=ItemKind.FIRST_MEETING,
    ),
    Line(
        "Talk about how the first meeting went",
        "What was clear, what was not, and what would help next time.",
        ItemOwner.LEAD,
        75,
    ),
    Line(
        "Write down what you wish you had known",
        "For the next new partner. You choose whether your name is shown.",
        ItemOwner.PARTNER,
        90,
        is_required=False,
    ),
)


# --- the template ---------------------------------------------------------------------------
@audited("partners.induction_template.begin")
@transaction.atomic
def add_default_template(*, organisation_id: UUID, by: User, at: datetime) -> int:
    """Give an organisation the lines that it may start from; return how many.

    Raises RuleBroken when it has some already: they would stand there twice.
    """
    _lock_template(organisation_id, by, at)
    if queries.template_items_of(organisation_id).exists():
        raise RuleBroken("There is a template already.")
    for position, line in enumerate(DEFAULT_LINES, start=1):
        _save_line(TemplateItem(organisation_id=organisation_id, position=position), line, at=at)
    return len(DEFAULT_LINES)


@audited("partners.induction_template.add")
@transaction.atomic
def add_template_item(*, organisation_id: UUID, line: Line, by: User, at: datetime) -> TemplateItem:
    """Add a line at the end of an organisation's template, for inductions that begin from now on.

    Raises RuleBroken when it does not say what, who and by when, names nobody of the staff, or is a second working
    agreement or first meeting.
    """
    _lock_template(organisation_id, by, at)
    last = queries.template_items_of(organisation_id).last()
    position = last.position + 1 if last else 1
    return _save_line(TemplateItem(organisation_id=organisation_id, position=position), line, at=at)


@audited("partners.induction_template.change")
@transaction.atomic
def change_template_item(*, item_id: UUID, line: Line, by: User, at: datetime) -> TemplateItem:
    """Change a line of the template; lists that were made from it stay as they are.

    Raises RuleBroken as ``add_template_item`` does.
    """
    return _save_line(_lock_template_item(item_id, by, at), line, at=at)


@audited("partners.induction_template.move")
@transaction.atomic
def move_template_item(*, item_id: UUID, move: ItemMove, by: User, at: datetime) -> TemplateItem:
    """Let a line of the template change places with the one above or below; the first and last stay where they are."""
    item = _lock_template_item(item_id, by, at)
    items = queries.template_items_of(item.organisation_id)
    if move == ItemMove.UP:
        other = items.filter(position__lt=item.position).last()
    else:
        other = items.filter(position__gt=item.position).first()
    if other is not None:
        item.position, other.position = other.position, item.position
        for moved in (item, other):
            moved.save(update_fields=["position"])
    return item


@audited("partners.induction_template.remove")
@transaction.atomic
def remove_template_item(*, item_id: UUID, by: User, at: datetime) -> None:
    """Take a line out of the template; lists that were made from it keep theirs."""
    _lock_template_item(item_id, by, at).delete()


def _lock_template(organisation_id: UUID, by: User, at: datetime) -> None:
    """Let whoever writes an organisation's template wait for each other, and ask who may."""
    permissions.check_can_manage_inductions(by, organisation_id, today=local_date(at))
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)


def _lock_template_item(item_id: UUID, by: User, at: datetime) -> TemplateItem:
    _lock_template(TemplateItem.objects.get(pk=item_id).organisation_id, by, at)
    # Read again behind the lock: it may have moved.
    return TemplateItem.objects.get(pk=item_id)


def _save_line(item: TemplateItem, line: Line, *, at: datetime) -> TemplateItem:
    is_colleague = line.owner == ItemOwner.COLLEAGUE
    colleague_id = line.colleague_id if is_colleague else None
    colleague_title = line.colleague_title.strip() if is_colleague else ""
    policies.check_template_item(
        title=line.title,
        owner=line.owner,
        has_colleague=colleague_id is not None,
        colleague_title=colleague_title,
        due_days=line.due_days,
    )
    there = queries.colleagues_of(item.organisation_id, today=local_date(at))
    if colleague_id is not None and not there.filter(pk=colleague_id).exists():
        raise RuleBroken("Select somebody who works at this organisation now", field="colleague_id")
    item.title, item.explanation, item.kind = line.title.strip(), line.explanation.strip(), line.kind
    item.owner, item.colleague_id, item.colleague_title = line.owner, colleague_id, colleague_title
    item.due_days, item.is_required, item.asked_of = line.due_days, line.is_required, sorted(line.asked_of)
    try:
        with transaction.atomic():
            item.save()
    except IntegrityError:
        raise RuleBroken(
            f"The template has a line of the kind “{ItemKind(line.kind).label}” already", field="kind"
        ) from None
    return item


# --- a partner's list -----------------------------------------------------------------------
@audited("partners.induction.start")
@transaction.atomic
def start_induction(*, partner_id: UUID, by: User, at: datetime) -> Induction:
    """Begin the induction of a partner who has none, though they are active already; they stay active.

    Raises RuleBroken when they have one, cannot begin one now, or their organisation asks nothing of new partners.
    """
    partner = lock_partner(partner_id)
    permissions.check_can_lead_induction(by, partner, today=local_date(at))
    policies.check_can_begin(partner.status)
    if Induction.objects.filter(partner=partner).exists():
        raise RuleBroken("This partner has an induction list already.")
    if not begin_induction(partner, by=by, at=at):
        raise RuleBroken("The template has nothing that this partner must do. Add it there first.")
    return Induction.objects.get(partner=partner)


@audited("partners.induction.begin")
@transaction.atomic
def begin_induction(partner: Partner, *, by: Actor, at: datetime) -> bool:
    """Make the partner's list from their organisation's template; say whether there was one.

    For the services that appoint, and that finish checks: they have locked the partner's row and asked who may.
    A partner with a list keeps it. The partner and the colleagues named are told.
    """
    if Induction.objects.filter(partner=partner).exists():
        return True
    if not queries.has_template(partner.organisation_id, partner.role_category):
        return False
    counts_from = max(partner.starts_on, local_date(at))
    induction = Induction.objects.create(partner=partner, begun_at=at, counts_from=counts_from)
    holidays = bank_holidays([counts_from.year, counts_from.year + 1, counts_from.year + 2])
    items = InductionItem.objects.bulk_create(
        _copy(line, induction, due_on=policies.due_on(counts_from, line.due_days, holidays))
        for line in queries.template_for(partner.organisation_id, partner.role_category)
    )
    notifications.induction_begun(induction, items, by=by, at=at)
    return True


def _copy(line: TemplateItem, induction: Induction, *, due_on: date) -> InductionItem:
    item = InductionItem(
        induction=induction,
        position=line.position,
        title=line.title,
        explanation=line.explanation,
        kind=line.kind,
        owner=line.owner,
        colleague=line.colleague,
        colleague_title=line.colleague_title,
        is_required=line.is_required,
        due_on=due_on,
    )
    if line.colleague_id == induction.partner.user_id:
        # Somebody of the staff who is now a partner, too: nobody settles themself in.
        item.owner, item.colleague, item.colleague_title = ItemOwner.LEAD, None, ""
    return item


@audited("partners.induction_item.close")
@transaction.atomic
def close_item(*, item_id: UUID, by: User, at: datetime) -> InductionItem:
    """Say that one thing of an induction is done, by whoever it is for or a lead.

    With the last thing required the induction is finished: a partner in induction becomes active, and both are told.
    Raises RuleBroken for the working agreement, which both sides agree to, and for what was closed already.
    """
    item, partner = _lock_item(item_id)
    permissions.check_can_close_item(by, item, today=local_date(at))
    policies.check_is_open(is_closed=item.closed_at is not None)
    policies.check_can_be_ticked(item.kind)
    _close(item, partner, by=by, at=at)
    return item


@audited("partners.induction_item.skip")
@transaction.atomic
def skip_item(*, item_id: UUID, reason: str, by: User, at: datetime) -> InductionItem:
    """Say that one thing of an induction is not needed, and why; the partner is told.

    It may be the last thing required: then the induction is finished, as with ``close_item``.
    Raises RuleBroken without a reason, or when it was closed already.
    """
    item, partner = _lock_item(item_id)
    permissions.check_can_lead_induction(by, partner, today=local_date(at))
    policies.check_is_open(is_closed=item.closed_at is not None)
    policies.check_reason(reason)
    item.not_needed_because = reason.strip()
    notifications.item_not_needed(item, partner, at=at)
    _close(item, partner, by=by, at=at)
    return item


@audited("partners.induction_item.reopen")
@transaction.atomic
def reopen_item(*, item_id: UUID, by: User, at: datetime) -> InductionItem:
    """Open again what was ticked or left out by mistake, while the induction runs; of an agreement both agreements go.

    Raises RuleBroken when it is open, or the induction is finished.
    """
    item, _partner = _lock_item(item_id)
    permissions.check_can_reopen_item(by, item, today=local_date(at))
    policies.check_can_reopen(is_closed=item.closed_at is not None, is_finished=item.induction.finished_at is not None)
    item.closed_at = item.closed_by = None
    item.not_needed_because = ""
    item.save(update_fields=["closed_at", "closed_by", "not_needed_because"])
    if item.kind == ItemKind.AGREEMENT:
        _take_agreements_away(item.induction)
        item.induction.save(update_fields=["partner_agreed_at", "lead_agreed_at", "lead_agreed_by"])
    return item


def _lock_item(item_id: UUID) -> tuple[InductionItem, Partner]:
    """Return one thing of an induction, and its partner, whose row is locked."""
    partner = lock_partner(InductionItem.objects.get(pk=item_id).induction_id)
    return InductionItem.objects.select_related("induction__partner", "colleague").get(pk=item_id), partner


def _close(item: InductionItem, partner: Partner, *, by: User, at: datetime) -> None:
    item.closed_at, item.closed_by = at, by
    item.save(update_fields=["closed_at", "closed_by", "not_needed_because"])
    induction = item.induction
    left = InductionItem.objects.filter(induction=induction, is_required=True, closed_at__isnull=True)
    if induction.finished_at is not None or left.exists():
        return
    induction.finished_at = at
    induction.save(update_fields=["finished_at"])
    if partner.status == PartnerStatus.INDUCTION:
        move_partner(partner, PartnerMove.BEGIN)
    notifications.induction_finished(partner, at=at)


# --- the working agreement --------------------------------------------------------------------
@audited("partners.working_agreement.write")
@transaction.atomic
def write_agreement(*, partner_id: UUID, text: str, seen: int, by: User, at: datetime) -> Induction:
    """Write the working agreement, by either side; a change takes both agreements away, and the other side is told.

    ``seen`` is the revision that was on the page. Raises RuleBroken when the other side has changed it since, when it
    is closed, or says nothing.
    """
    induction, _item = _lock_agreement(partner_id, by, at)
    policies.check_agreement(text)
    policies.check_revision(seen, induction.agreement_revision)
    if text.strip() == induction.agreement:
        return induction
    induction.agreement = text.strip()
    induction.agreement_revision += 1
    _take_agreements_away(induction)
    induction.save(
        update_fields=["agreement", "agreement_revision", "partner_agreed_at", "lead_agreed_at", "lead_agreed_by"]
    )
    notifications.agreement_changed(induction, by=by, at=at)
    return induction


@audited("partners.working_agreement.agree")
@transaction.atomic
def agree_to_agreement(*, partner_id: UUID, seen: int, by: User, at: datetime) -> Induction:
    """Agree to the words that stood on the page (revision ``seen``); once both sides have, this thing is done.

    Raises RuleBroken when they were changed since, there are none, or it is closed.
    """
    induction, item = _lock_agreement(partner_id, by, at)
    policies.check_revision(seen, induction.agreement_revision)
    policies.check_agreement(induction.agreement)
    if by.pk == induction.partner.user_id:
        induction.partner_agreed_at = induction.partner_agreed_at or at
    elif induction.lead_agreed_at is None:
        induction.lead_agreed_at, induction.lead_agreed_by = at, by
    induction.save(update_fields=["partner_agreed_at", "lead_agreed_at", "lead_agreed_by"])
    if induction.partner_agreed_at and induction.lead_agreed_at:
        notifications.agreement_agreed(induction, by=by, at=at)
        _close(item, induction.partner, by=by, at=at)
    return induction


def _lock_agreement(partner_id: UUID, by: User, at: datetime) -> tuple[Induction, InductionItem]:
    """Return an induction with its agreement open, and the thing that it is; the partner's row is locked."""
    partner = lock_partner(partner_id)
    permissions.check_can_agree(by, partner, today=local_date(at))
    item = (
        InductionItem.objects.filter(induction_id=partner_id, kind=ItemKind.AGREEMENT)
        .select_related("induction")
        .first()
    )
    policies.check_agreement_is_open(is_there=item is not None, is_closed=bool(item and item.closed_at))
    item.induction.partner = partner
    return item.induction, item


def _take_agreements_away(induction: Induction) -> None:
    induction.partner_agreed_at = induction.lead_agreed_at = induction.lead_agreed_by = None


# --- the clock ------------------------------------------------------------------------------
def remind_of_items(*, at: datetime) -> int:
    """Remind whoever has something to do in an induction: 3 days before it is due, and weekly once it is late.

    One letter for all that somebody has to do in one induction; returns how many. Each induction is a transaction of
    its own; run twice on a day, it sends nothing the second time.
    """
    today, count = local_date(at), 0
    for partner_id in queries.partners_to_remind(today=today):
        with acting_as(CLOCK, "partners.induction.remind"), transaction.atomic():
            partner = lock_partner(partner_id)
            items = queries.items_to_remind_of(partner, today=today)
            by_owner: dict[User, list[InductionItem]] = {}
            for item in items:
                by_owner.setdefault(queries.owner_of(item, partner), []).append(item)
            for owner, theirs in by_owner.items():
                notifications.items_due(partner, owner, theirs, at=at)
            InductionItem.objects.filter(pk__in=[item.pk for item in items]).update(reminded_on=today)
            count += len(by_owner)
    return count


# --- notes for those who come next ------------------------------------------------------------
@audited("partners.newcomer_note.write")
@transaction.atomic
def write_note(*, partner_id: UUID, about: str, text: str, shows_name: bool, by: User, at: datetime) -> NewcomerNote:
    """Write what oneself wishes to have known, for partners who are new at the same organisation.

    ``about`` is a committee or project in words, empty for all. Raises RuleBroken for an empty note, before one's
    induction and after one has left.
    """
    partner = lock_partner(partner_id)
    permissions.check_is_own(by, partner)
    policies.check_can_write_note(partner.status)
    policies.check_note(text)
    return NewcomerNote.objects.create(
        partner=partner, about=about.strip(), text=text.strip(), shows_name=shows_name, written_at=at
    )


@audited("partners.newcomer_note.change")
@transaction.atomic
def change_note(*, note_id: UUID, about: str, text: str, shows_name: bool, by: User, at: datetime) -> NewcomerNote:
    """Change a note of one's own, its name included; one that was hidden stays hidden. Raises RuleBroken when empty."""
    note = _lock_note(note_id)
    permissions.check_is_own(by, note.partner)
    policies.check_note(text)
    note.about, note.text, note.shows_name = about.strip(), text.strip(), shows_name
    note.save(update_fields=["about", "text", "shows_name"])
    return note


@audited("partners.newcomer_note.withdraw")
@transaction.atomic
def withdraw_note(*, note_id: UUID, by: User, at: datetime) -> None:
    """Take a note of one's own back for good, at any time, after leaving too: nothing of it is kept."""
    note = _lock_note(note_id)
    permissions.check_is_own(by, note.partner)
    note.delete()


@audited("partners.newcomer_note.hide")
@transaction.atomic
def hide_note(*, note_id: UUID, reason: str, by: User, at: datetime) -> NewcomerNote:
    """Hide a note from newcomers; its writer is told why. Raises RuleBroken without a reason or when it is hidden."""
    note = _lock_note(note_id)
    permissions.check_can_hide_note(by, note, today=local_date(at))
    policies.check_can_hide(is_hidden=note.hidden_at is not None)
    policies.check_reason(reason)
    note.hidden_at, note.hidden_by, note.hidden_because = at, by, reason.strip()
    note.save(update_fields=["hidden_at", "hidden_by", "hidden_because"])
    notifications.note_hidden(note, at=at)
    return note


@audited("partners.newcomer_note.show")
@transaction.atomic
def show_note(*, note_id: UUID, by: User, at: datetime) -> NewcomerNote:
    """Show a hidden note to newcomers again; its writer is told. Raises RuleBroken when it is not hidden."""
    note = _lock_note(note_id)
    permissions.check_can_hide_note(by, note, today=local_date(at))
    policies.check_can_show_again(is_hidden=note.hidden_at is not None)
    note.hidden_at = note.hidden_by = None
    note.hidden_because = ""
    note.save(update_fields=["hidden_at", "hidden_by", "hidden_because"])
    notifications.note_shown(note, at=at)
    return note


def _lock_note(note_id: UUID) -> NewcomerNote:
    return (
        NewcomerNote.objects.select_for_update(of=("self",))
        .select_related("partner__user", "partner__organisation")
        .get(pk=note_id)
    )
