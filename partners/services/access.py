"""Keeps what somebody needs so that they can take part; one function for each thing a person, or the clock, can do."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from partners.enums.access import NeedStatus, Sharing
from partners.models import Partner
from partners.models.access import AccessNeed, AccessSettings, NeedMet
from partners.notifications import access as notifications
from partners.permissions import access as permissions
from partners.policies import access as policies
from partners.queries import access as queries
from psp_portal.accounts.models import User
from psp_portal.audit.context import Actor, SystemActor, acting_as, audited
from psp_portal.audit.services import record_read, record_reads
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken

CLOCK = SystemActor("partners.remind_of_reviews")


# --- identify -------------------------------------------------------------------------------------
@audited("partners.access_needs.take_over")
@transaction.atomic
def take_over_needs(*, partner_id: UUID, wanted: str, by: Actor, at: datetime) -> None:
    """Keep what an applicant said they need, in their own words, as the first step of their new record of needs.

    Partner and lead are asked to write it down. Nothing for words that are none.
    """
    if not wanted.strip():
        return
    need = AccessNeed.objects.create(partner=_partner(partner_id), detail=wanted.strip(), identified_on=local_date(at))
    notifications.needs_identified(need, at=at)


# --- record ---------------------------------------------------------------------------------------
@audited("partners.access_need.record")
@transaction.atomic
def record_need(
    *,
    partner_id: UUID,
    kind: str,
    detail: str,
    point_size: int | None,
    identified_id: UUID | None = None,
    by: User,
    at: datetime,
) -> AccessNeed:
    """Write down what a partner needs; ``identified_id`` is what was only mentioned until now, and becomes this.

    Whatever the partner writes is right at once, and their lead is told. What the lead writes the partner is asked to
    confirm. Only the lead knows of it until the partner says otherwise. Raises RuleBroken when it does not say what is
    needed, or what was mentioned has been written down already.
    """
    partner, today = _partner(partner_id), local_date(at)
    permissions.check_can_keep_needs(by, partner, today=today)
    policies.check_need(kind, detail=detail, point_size=point_size)
    need = AccessNeed(partner=partner, identified_on=today)
    if identified_id is not None:
        need = _lock_need(identified_id, of=partner)
        policies.check_is_identified(need.status)
    need.status, need.kind, need.detail, need.point_size = NeedStatus.RECORDED, kind, detail.strip(), point_size
    _say_who(need, by, at)
    need.review_due_on = policies.review_due(today, months=queries.settings_of(partner.organisation_id).review_months)
    need.save()
    _tell_the_other(need, by, at)
    return need


@audited("partners.access_need.change")
@transaction.atomic
def change_need(*, need_id: UUID, detail: str, point_size: int | None, by: User, at: datetime) -> AccessNeed:
    """Change what was written down of a need, as ``record_need`` writes it.

    What the lead changes is shown to nobody else until the partner has confirmed it again.
    """
    need = _lock_need(need_id)
    permissions.check_can_keep_needs(by, need.partner, today=local_date(at))
    policies.check_is_recorded(need.status)
    policies.check_need(need.kind, detail=detail, point_size=point_size)
    need.detail, need.point_size = detail.strip(), point_size
    _say_who(need, by, at)
    if need.confirmed_at is None:
        need.sharing = Sharing.LEAD
    need.save(update_fields=["detail", "point_size", "recorded_by", "recorded_at", "confirmed_at", "sharing"])
    _tell_the_other(need, by, at)
    return need


@audited("partners.access_need.confirm")
@transaction.atomic
def confirm_need(*, need_id: UUID, by: User, at: datetime) -> AccessNeed:
    """Say that what the lead wrote down of one's own need is right; again changes nothing."""
    need = _lock_need(need_id)
    permissions.check_is_own(by, need.partner)
    policies.check_is_recorded(need.status)
    if need.confirmed_at is None:
        need.confirmed_at = at
        need.save(update_fields=["confirmed_at"])
    return need


@audited("partners.access_need.end")
@transaction.atomic
def end_need(*, need_id: UUID, by: User, at: datetime) -> AccessNeed:
    """Say that a need is none any more: nobody is shown it from now on. The other one of partner and lead is told."""
    need = _lock_need(need_id)
    permissions.check_can_keep_needs(by, need.partner, today=local_date(at))
    policies.check_can_end(need.status)
    need.status, need.sharing, need.ended_on = NeedStatus.ENDED, Sharing.LEAD, local_date(at)
    need.save(update_fields=["status", "sharing", "ended_on"])
    if by.pk == need.partner.user_id:
        notifications.need_changed(need, at=at)
    else:
        notifications.need_to_confirm(need, at=at)
    return need


def _say_who(need: AccessNeed, by: User, at: datetime) -> None:
    need.recorded_by, need.recorded_at = by, at
    need.confirmed_at = at if by.pk == need.partner.user_id else None


def _tell_the_other(need: AccessNeed, by: User, at: datetime) -> None:
    if by.pk == need.partner.user_id:
        notifications.need_changed(need, at=at)
    else:
        notifications.need_to_confirm(need, at=at)


# --- share, and who has read ----------------------------------------------------------------------
@audited("partners.access_need.share")
@transaction.atomic
def share_need(*, need_id: UUID, sharing: Sharing, by: User, at: datetime) -> AccessNeed:
    """Say who may know of one's own need. Raises RuleBroken before it is confirmed."""
    need = _lock_need(need_id)
    permissions.check_is_own(by, need.partner)
    policies.check_is_recorded(need.status)
    policies.check_can_share(sharing, is_confirmed=need.confirmed_at is not None)
    need.sharing = sharing
    need.save(update_fields=["sharing"])
    return need


@transaction.atomic
def read_needs(*, partner_id: UUID, by: User, at: datetime) -> list[AccessNeed]:
    """Return what a partner needs, as far as ``by`` may know, and note that it was read; not for one's own.

    Where nothing of it is shared, the note belongs to no organisation: it stands on the partner's own page, and no
    auditor learns from it that there is anything to read.
    """
    partner, today = Partner.objects.select_related("user").get(pk=partner_id), local_date(at)
    permissions.check_can_see_needs(by, partner, today=today)
    needs = list(queries.needs_of(by, partner, today=today))
    _note_reading(partner, needs, by=by, at=at)
    return needs


@transaction.atomic
def note_reading(need: AccessNeed, *, by: User, at: datetime) -> None:
    """Note that somebody has a page open that tells one need, as ``read_needs`` notes it for all."""
    permissions.check_can_see_need(by, need, today=local_date(at))
    _note_reading(need.partner, [need], by=by, at=at)


def _note_reading(partner: Partner, needs: Iterable[AccessNeed], *, by: User, at: datetime) -> None:
    if by.pk != partner.user_id:
        is_shared = any(need.sharing == Sharing.ARRANGERS for need in needs)
        record_read(
            by=by,
            what=queries.READ,
            subject_id=partner.pk,
            subject_name=partner.user.name,
            organisation_id=partner.organisation_id if is_shared else None,
            at=at,
        )


@transaction.atomic
def note_export(partners: Iterable[Partner], *, by: User, at: datetime) -> None:
    """Note that somebody took away the list of whose needs are to be gone through; on each partner's page alone."""
    subjects = {partner.pk: partner.user.name for partner in partners}
    record_reads(by=by, what=queries.LISTED, subjects=subjects, organisation_id=None, at=at)


# --- meet -----------------------------------------------------------------------------------------
@audited("partners.access_need.meet")
@transaction.atomic
def record_met(*, need_id: UUID, occasion: str, on: date, was_met: bool, how: str, by: User, at: datetime) -> NeedMet:
    """Note whether a need was met on an occasion, and how or why not; partner and lead are told when it was not.

    Anybody may who may know of the need. Raises RuleBroken for an entry that does not say at what, lies in the future,
    or says no without saying why.
    """
    need = _lock_need(need_id)
    today = local_date(at)
    permissions.check_can_see_need(by, need, today=today)
    policies.check_is_recorded(need.status)
    policies.check_met(occasion=occasion, on=on, was_met=was_met, how=how, today=today)
    met = NeedMet.objects.create(
        need=need, occasion=occasion.strip(), on=on, was_met=was_met, how=how.strip(), recorded_by=by, recorded_at=at
    )
    if not was_met:
        notifications.need_not_met(met, by=by, at=at)
    return met


# --- review ---------------------------------------------------------------------------------------
@audited("partners.access_needs.review")
@transaction.atomic
def review_needs(*, partner_id: UUID, by: User, at: datetime) -> int:
    """Say that what is written down was gone through and is still right; return how many needs there are.

    Raises RuleBroken when nothing is written down.
    """
    partner, today = _partner(partner_id), local_date(at)
    permissions.check_can_keep_needs(by, partner, today=today)
    due_on = policies.review_due(today, months=queries.settings_of(partner.organisation_id).review_months)
    count = AccessNeed.objects.filter(partner=partner, status=NeedStatus.RECORDED).update(
        review_due_on=due_on, reviewed_by=by, reviewed_at=at, reminded_at=None
    )
    if not count:
        raise RuleBroken("Nothing is written down that could be gone through.")
    return count


def remind_of_reviews(*, at: datetime) -> int:
    """Ask partners and their leads to go through needs whose review is due, once; return how many partners.

    Each partner is a transaction of its own.
    """
    today, count = local_date(at), 0
    for partner_id in queries.due_for_reminder(today=today):
        with acting_as(CLOCK, "partners.access_needs.remind"), transaction.atomic():
            partner = _partner(partner_id)
            reminded = AccessNeed.objects.filter(
                partner=partner, status=NeedStatus.RECORDED, review_due_on__lte=today, reminded_at__isnull=True
            ).update(reminded_at=at)
            if reminded:
                notifications.review_due(partner, at=at)
                count += 1
    return count


@audited("partners.access_settings.change")
@transaction.atomic
def change_access_settings(*, organisation_id: UUID, review_months: int, by: User, at: datetime) -> AccessSettings:
    """Set after how many months needs are gone through again; days that are set already stay.

    Raises RuleBroken for a time out of reason.
    """
    permissions.check_can_manage_access(by, organisation_id, today=local_date(at))
    policies.check_review_months(review_months)
    settings, _made = AccessSettings.objects.update_or_create(
        organisation_id=organisation_id, defaults={"review_months": review_months}
    )
    return settings


def _partner(partner_id: UUID) -> Partner:
    """Return the partner, whose row is held so that two changes of their needs take turns."""
    return (
        Partner.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user", "organisation", "lead")
        .get(pk=partner_id)
    )


def _lock_need(need_id: UUID, *, of: Partner | None = None) -> AccessNeed:
    needs = AccessNeed.objects.filter(partner=of) if of is not None else AccessNeed.objects.all()
    return (
        needs.select_for_update(of=("self",))
        .select_related("partner__user", "partner__organisation", "partner__lead")
        .get(pk=need_id)
    )
