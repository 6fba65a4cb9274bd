"""Who is told what about inductions, in which words. Nobody's own words: an e-mail is not private."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse

from partners.enums.induction import ItemOwner
from partners.models import Partner
from partners.models.induction import Induction, InductionItem, NewcomerNote
from psp_portal.accounts.models import User
from psp_portal.audit.context import Actor
from psp_portal.dates import local_date
from psp_portal.notifications.outbox import Letter, queue


def induction_begun(induction: Induction, items: Iterable[InductionItem], *, by: Actor, at: datetime) -> None:
    """Tell the partner, their lead unless the lead did it, and the colleagues who have something to do, what begins."""
    partner, about = induction.partner, str(induction.pk)
    letters = [_begun(partner, partner.user, "Your induction begins", about)]
    if partner.lead_id != by.pk:
        letters.append(_begun(partner, partner.lead, "A partner's induction begins", about))
    theirs: dict[User, list[InductionItem]] = {}
    for item in items:
        if item.owner == ItemOwner.COLLEAGUE and item.colleague not in (None, partner.lead):
            theirs.setdefault(item.colleague, []).append(item)
    letters += [
        _letter(
            "partners.induction.ask",
            colleague,
            subject="You are asked to help a new partner settle in",
            template="colleague_asked",
            about=about,
            link=reverse("induction:item_detail", args=[asked[0].pk]),
            partner=partner,
            items=asked,
        )
        for colleague, asked in theirs.items()
    ]
    queue(letters, at=at)


def items_due(partner: Partner, owner: User, items: list[InductionItem], *, at: datetime) -> None:
    """Remind somebody of all that they have to do in one induction, in one letter, at most one a day."""
    today = local_date(at)
    link = (
        reverse("induction:item_detail", args=[items[0].pk])
        if owner.pk not in (partner.user_id, partner.lead_id)
        else reverse("induction:induction_detail", args=[partner.pk])
    )
    letter = _letter(
        "partners.induction.remind",
        owner,
        subject="Part of an induction is late" if items[0].due_on < today else "Part of an induction is due",
        template="items_due",
        about=f"{partner.pk}:{today}",
        link=link,
        partner=partner,
        items=items,
        is_own=owner.pk == partner.user_id,
        today=today,
    )
    queue([letter], at=at)


def induction_finished(partner: Partner, *, at: datetime) -> None:
    """Tell both sides that everything required is done."""
    letters = [
        _letter(
            "partners.induction.finish",
            person,
            subject=subject,
            template="induction_finished",
            about=str(partner.pk),
            link=_list_of(partner),
            partner=partner,
            is_own=person == partner.user,
        )
        for person, subject in (
            (partner.user, "Your induction is finished"),
            (partner.lead, "A partner's induction is finished"),
        )
    ]
    queue(letters, at=at)


def item_not_needed(item: InductionItem, partner: Partner, *, at: datetime) -> None:
    """Tell the partner that something was taken off their list; the reason is on the page."""
    letter = _letter(
        "partners.induction_item.skip",
        partner.user,
        subject="Part of your induction is not needed",
        template="item_not_needed",
        about=f"{item.pk}:{at.isoformat()}",
        link=reverse("induction:item_detail", args=[item.pk]),
        item=item,
    )
    queue([letter], at=at)


def agreement_changed(induction: Induction, *, by: User, at: datetime) -> None:
    """Tell the other side that the working agreement was changed."""
    _tell_other_side(induction, "change", "Your working agreement was changed", "agreement_changed", by=by, at=at)


def agreement_agreed(induction: Induction, *, by: User, at: datetime) -> None:
    """Tell the other side that both have agreed to the working agreement."""
    _tell_other_side(induction, "agree", "Your working agreement is agreed", "agreement_agreed", by=by, at=at)


def note_hidden(note: NewcomerNote, *, at: datetime) -> None:
    """Tell the writer of a note that new partners do not see it any more, and where the reason is."""
    _tell_writer(note, "hide", "Your note for new partners was hidden", "note_hidden", at=at)


def note_shown(note: NewcomerNote, *, at: datetime) -> None:
    """Tell the writer of a note that new partners see it again."""
    _tell_writer(note, "show", "Your note for new partners is shown again", "note_shown", at=at)


def _tell_other_side(induction: Induction, what: str, subject: str, template: str, *, by: User, at: datetime) -> None:
    partner = induction.partner
    other = partner.lead if by.pk == partner.user_id else partner.user
    letter = _letter(
        f"partners.working_agreement.{what}",
        other,
        subject=subject,
        template=template,
        about=f"{partner.pk}:{induction.agreement_revision}:{at.isoformat()}",
        link=reverse("induction:agreement_detail", args=[partner.pk]),
        partner=partner,
        by=by,
    )
    queue([letter], at=at)


def _tell_writer(note: NewcomerNote, what: str, subject: str, template: str, *, at: datetime) -> None:
    letter = _letter(
        f"partners.newcomer_note.{what}",
        note.partner.user,
        subject=subject,
        template=template,
        about=f"{note.pk}:{at.isoformat()}",
        link=reverse("induction:note_list", args=[note.partner_id]),
        partner=note.partner,
    )
    queue([letter], at=at)


def _begun(partner: Partner, person: User, subject: str, about: str) -> Letter:
    return _letter(
        "partners.induction.begin",
        person,
        subject=subject,
        template="induction_begun",
        about=about,
        link=_list_of(partner),
        partner=partner,
        is_own=person == partner.user,
    )


def _list_of(partner: Partner) -> str:
    return reverse("induction:induction_detail", args=[partner.pk])


def _letter(kind: str, person: User, *, subject: str, template: str, about: str, link: str, **context: Any) -> Letter:
    return Letter(
        kind=kind,
        recipient_id=person.pk,
        subject=subject,
        template=f"induction/email/{template}.txt",
        dedupe_key=f"{kind}:{about}:{person.pk}",
        link=link,
        context={"person": person, **context},
    )
