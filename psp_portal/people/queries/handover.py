"""Reads what leavers hand on: what the portal knows of it, and who may read a pack."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from committees.queries import newcomers_after, work_of
from partners.enums.leaving import PackSection, PackStatus
from partners.queries import leaving
from psp_portal.accounts.models import User
from psp_portal.dates import LONDON, format_date, format_minutes, local_date


def packs_visible_to(user: User, *, today: date) -> QuerySet:
    """Return the handover packs that somebody may read, the latest first.

    Their own. Once published: one that names them as successor while they serve, those of organisations whose partners
    they manage, and those of partners onto whose committees they came since the pack was begun.
    """
    opened = leaving.packs().annotate(opened_on=TruncDate("opened_at", tzinfo=LONDON))
    came_after = newcomers_after(user, OuterRef("partner_id"), since=OuterRef("opened_on"), today=today)
    return opened.filter(
        leaving.packs_of_own_and_led(user, today=today) | Q(Exists(came_after), status=PackStatus.PUBLISHED)
    ).order_by("-published_at", "pk")


def packs_to_read(user: User, *, today: date) -> QuerySet:
    """Return the packs of others that somebody may read."""
    return packs_visible_to(user, today=today).exclude(partner__user=user)


def what_the_portal_knows(partner: Any, *, at: datetime) -> Mapping[PackSection, str]:
    """Return the parts of a partner's pack as the portal would begin them: places, work, people and open promises."""
    work = work_of(partner.pk, at=at)
    today = local_date(at)
    places = [
        f"{each.committee.name}, since {format_date(each.starts_on)}."
        + (f" It meets next on {format_date(local_date(each.next_at))}." if each.next_at else "")
        + (f" What it is for: {each.committee.purpose}" if each.committee.purpose else "")
        for each in work
        if each.ends_on is None or each.ends_on >= today
    ]
    done = [
        f"{each.committee.name}: {each.attended} meeting{'' if each.attended == 1 else 's'}, "
        f"{format_minutes(each.minutes)} in all."
        for each in work
        if each.attended
    ]
    return {
        PackSection.COMMITTEES: "\n".join(places),
        PackSection.DONE: "\n".join(done),
        PackSection.CONTACTS: f"{partner.lead.name}, programme lead: {partner.lead.email}",
        PackSection.PROMISES: "\n".join(leaving.open_promises_of(partner)),
    }
