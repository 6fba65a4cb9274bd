"""Who is told what about terms, pauses and leaving, in which words."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse

from partners.enums.leaving import ExitSharing
from partners.models import Partner
from partners.models.leaving import Departure, ExitConversation, HandoverPack, Pause, SuccessionPlan
from partners.queries.appointments import leads_of
from psp_portal.accounts.models import User
from psp_portal.dates import format_date, local_date
from psp_portal.notifications.outbox import Letter, queue


def succession_opened(plan: SuccessionPlan, *, at: datetime) -> None:
    """Tell the lead that it must be decided what happens, and the partner that their term ends."""
    partner, ends = plan.partner, format_date(plan.term_ends_on)
    link = reverse("leaving:succession_detail", args=[plan.pk])
    _tell("succession.open", plan, [partner.lead], f"A term ends on {ends}", "succession_opened", link=link, at=at)
    link = _page_of(partner)
    _tell("succession.open", plan, [partner.user], f"Your term ends on {ends}", "term_ends", link=link, at=at)


def succession_decided(plan: SuccessionPlan, *, at: datetime) -> None:
    """Tell the partner what happens when their term ends."""
    told, link = [plan.partner.user], _page_of(plan.partner)
    _tell("succession.decide", plan, told, "What happens when your term ends", "succession_decided", link=link, at=at)


def paused(pause: Pause, *, by: User, at: datetime) -> None:
    """Tell the other side of a pause, and the partner what it means."""
    partner = pause.partner
    told, link = _others([partner.user, partner.lead], by), _page_of(partner)
    _tell("pause.ask", pause, told, f"A pause from {format_date(pause.starts_on)}", "paused", link=link, at=at)


def back_from_pause(partner: Partner, *, by: User, at: datetime) -> None:
    """Tell the other side that a pause is over."""
    told = _others([partner.user, partner.lead], by)
    _tell("pause.end", partner, told, "A pause is over", "back", link=_page_of(partner), at=at, once=at.isoformat())


def leaving_announced(departure: Departure, *, by: User, at: datetime) -> None:
    """Tell the lead and the partner, unless they said so themselves, of a last day."""
    partner = departure.partner
    subject = f"A last day has been set: {format_date(departure.last_day)}"
    told, link = _others([partner.user, partner.lead], by), _page_of(partner)
    _tell("departure.announce", departure, told, subject, "leaving", link=link, at=at)


def staying(partner: Partner, *, by: User, at: datetime) -> None:
    """Tell the other side that a partner stays after all."""
    told, link, once = _others([partner.user, partner.lead], by), _page_of(partner), at.isoformat()
    _tell("departure.take_back", partner, told, "A partner stays after all", "staying", link=link, at=at, once=once)


def exit_offered(conversation: ExitConversation, *, at: datetime) -> None:
    """Offer the partner an exit conversation."""
    told, link = [conversation.partner.user], reverse("leaving:exit_answer", args=[conversation.partner_id])
    _tell("exit.offer", conversation, told, "Tell us how it was, if you want to", "exit_offered", link=link, at=at)


def exit_answered(conversation: ExitConversation, *, at: datetime) -> None:
    """Tell those whom the partner chose that there is something to read; not a word of it."""
    partner = conversation.partner
    told = [partner.lead]
    if conversation.sharing == ExitSharing.LEADS:
        leads = leads_of(partner.organisation_id, today=local_date(at))
        told = list(leads.exclude(pk=partner.user_id))
    link = reverse("leaving:exit_detail", args=[partner.pk])
    _tell("exit.answer", conversation, told, "An exit conversation to read", "exit_answered", link=link, at=at)


def pack_published(pack: HandoverPack, *, at: datetime) -> None:
    """Tell the successor and the lead that there is a handover pack to read."""
    told = [pack.partner.lead, *([pack.successor.user] if pack.successor else [])]
    link = reverse("people:handover_detail", args=[pack.partner_id])
    _tell("handover.publish", pack, told, "A handover pack to read", "pack_published", link=link, at=at)


def _page_of(partner: Partner) -> str:
    return reverse("leaving:term_detail", args=[partner.pk])


def _others(people: Iterable[User], by: User) -> list[User]:
    return [person for person in people if person.pk != by.pk]


def _tell(
    what: str,
    thing: Any,
    told: Iterable[User],
    subject: str,
    template: str,
    *,
    link: str,
    at: datetime,
    once: str = "",
) -> None:
    """Queue a letter to each; ``once`` tells apart what can happen to one thing more than once."""
    partner = getattr(thing, "partner", thing)
    queue(
        [
            Letter(
                kind=f"partners.{what}",
                recipient_id=person.pk,
                subject=subject,
                template=f"leaving/email/{template}.txt",
                dedupe_key=":".join(filter(None, (f"partners.{what}", str(thing.pk), once, str(person.pk)))),
                link=link,
                context={"thing": thing, "partner": partner, "person": person, "is_own": person == partner.user},
            )
            for person in told
        ],
        at=at,
    )
