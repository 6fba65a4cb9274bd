"""What is somebody's alone: private notes, wellbeing plan and check-ins, and the quiet question after hard material.

Nothing here is ``audited``: staff read histories, and even that somebody wrote something is theirs (docs/adr/0023).
What staff read of it because it was shared with them is logged.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from partners.enums.support import CheckInItem, PlanItem, TalkAction
from partners.models import Partner
from partners.models.support import CheckIn, CheckInAnswer, FollowUp, NoFollowUp, PrivateNote, WellbeingPlan
from partners.notifications import support as notifications
from partners.permissions import support as permissions
from partners.policies import support as policies
from partners.queries import support as queries
from partners.services.support.talks import lock_talk
from psp_portal.accounts.models import User
from psp_portal.audit.services import record_read
from psp_portal.dates import local_date
from psp_portal.encryption import encrypt
from psp_portal.exceptions import RuleBroken


# --- notes for oneself --------------------------------------------------------------------
@transaction.atomic
def write_private_note(*, talk_id: UUID, text: str, by: User, at: datetime) -> None:
    """Keep what one side of a talk writes for themselves, in place of what was there; an empty text removes it."""
    talk = lock_talk(talk_id)
    # Whoever may cancel a talk is not thereby one of the two.
    permissions.check_can_act_on_talk(by, talk, TalkAction.EDIT_PRIVATE_NOTE, today=local_date(at))
    if not text.strip():
        PrivateNote.objects.filter(talk=talk, writer=by).delete()
        return
    PrivateNote.objects.update_or_create(
        talk=talk, writer=by, defaults={"sealed": encrypt(text.strip()), "written_at": at}
    )


# --- wellbeing ----------------------------------------------------------------------------
@transaction.atomic
def save_wellbeing_plan(
    *, partner_id: UUID, items: Mapping[PlanItem, str], is_shared: bool, by: User, at: datetime
) -> None:
    """Keep a partner's own wellbeing plan, and whether their lead may read it; an empty plan is removed."""
    partner = _own(partner_id, by)
    filled = {str(item): text.strip() for item, text in items.items() if text.strip()}
    if not filled:
        WellbeingPlan.objects.filter(partner=partner).delete()
        return
    WellbeingPlan.objects.update_or_create(
        partner=partner,
        defaults={"sealed": encrypt(json.dumps(filled)), "is_shared": is_shared, "changed_at": at},
    )


@transaction.atomic
def make_check_in(
    *, partner_id: UUID, items: Mapping[CheckInItem, str], shared: Collection[CheckInItem], by: User, at: datetime
) -> CheckIn:
    """Keep how a partner is, and which of the answers their lead may read. Raises RuleBroken when nothing is said."""
    partner = _own(partner_id, by)
    filled = {item: text.strip() for item, text in items.items() if text.strip()}
    if not filled:
        raise RuleBroken("Answer at least one question")
    check_in = CheckIn.objects.create(partner=partner, made_at=at)
    CheckInAnswer.objects.bulk_create(
        CheckInAnswer(check_in=check_in, item=item, sealed=encrypt(text), is_shared=item in shared)
        for item, text in filled.items()
    )
    return check_in


@transaction.atomic
def share_check_in(*, check_in_id: UUID, shared: Collection[CheckInItem], by: User) -> None:
    """Choose anew which answers of one's own check-in the lead may read."""
    check_in = _own_check_in(check_in_id, by)
    check_in.answers.update(is_shared=False)
    check_in.answers.filter(item__in=list(shared)).update(is_shared=True)


@transaction.atomic
def remove_check_in(*, check_in_id: UUID, by: User) -> None:
    """Delete one's own check-in for good."""
    _own_check_in(check_in_id, by).delete()


def note_reading(*, partner: Partner, what: str, by: User, at: datetime) -> None:
    """Log that somebody other than the partner read what the partner shares (``partners.noun.verb``)."""
    if not permissions.is_own(by, partner):
        record_read(
            by=by,
            what=what,
            subject_id=partner.pk,
            subject_name=partner.user.name,
            organisation_id=partner.organisation_id,
            at=at,
        )


# --- after hard material ---------------------------------------------------------------------
@transaction.atomic
def mark_hard(*, partner_id: UUID, about: str, happened_on: date, by: User, at: datetime) -> FollowUp:
    """Mark that something of a day was hard for oneself: the portal asks some days later, once, how one is.

    Marking the same day again changes the words. Raises RuleBroken for a day to come or long gone, and when the
    question is turned off.
    """
    partner = _own(partner_id, by)
    policies.check_happened(happened_on, today=local_date(at))
    if queries.wants_no_follow_up(by):
        raise RuleBroken("You have turned the question off. Turn it on again first.")
    days = queries.settings_of(partner.organisation_id).ask_after_days
    follow_up, _made = FollowUp.objects.update_or_create(
        partner=partner,
        source=f"own:{happened_on.isoformat()}",
        defaults={"sealed": _sealed(about, "")},
        create_defaults={
            "sealed": _sealed(about, ""),
            "marked_at": at,
            "ask_on": policies.ask_on(max(happened_on, local_date(at)), after_days=days),
        },
    )
    return follow_up


@transaction.atomic
def ask_after_hard_material(*, partner_ids: Iterable[UUID], source: str, happened_on: date, at: datetime) -> int:
    """Plan the quiet question for partners who met hard material, such as a meeting with a content warning.

    ``source`` names what it was (``meeting:<key>``): each partner is asked about it once, however often this is called.
    Whoever has turned the question off is passed over. Returns how many will be asked.
    """
    off = NoFollowUp.objects.values("user_id")
    count = 0
    partners = Partner.objects.serving().filter(pk__in=list(partner_ids)).exclude(user__in=off)
    for partner in partners.order_by("pk"):
        days = queries.settings_of(partner.organisation_id).ask_after_days
        _follow_up, made = FollowUp.objects.get_or_create(
            partner=partner,
            source=source,
            defaults={
                "sealed": _sealed("", ""),
                "marked_at": at,
                "ask_on": policies.ask_on(happened_on, after_days=days),
            },
        )
        count += made
    return count


def ask_how_they_are(*, at: datetime) -> int:
    """Ask those whose day has come, once each, by a letter that says nothing of the matter; return how many.

    Each is a transaction of its own, and it does no harm to run late or twice.
    """
    count = 0
    for found in queries.follow_ups_to_ask(today=local_date(at)):
        with transaction.atomic():
            waiting = FollowUp.objects.select_for_update(of=("self",)).filter(pk=found.pk, asked_at__isnull=True)
            follow_up = waiting.select_related("partner__user").first()
            if follow_up is None:
                continue
            follow_up.asked_at = at
            follow_up.save(update_fields=["asked_at"])
            notifications.how_are_you(follow_up, at=at)
            count += 1
    return count


@transaction.atomic
def answer_follow_up(*, follow_up_id: UUID, answer: str, by: User, at: datetime) -> None:
    """Keep how somebody is, in words that only they can read; an empty answer counts too: they have been here."""
    follow_up = _own_follow_up(follow_up_id, by)
    if follow_up.asked_at is None:
        raise RuleBroken("You have not been asked yet.")
    shown = queries.follow_up_of(by, follow_up_id)
    follow_up.sealed, follow_up.answered_at = _sealed(shown.about if shown else "", answer), at
    follow_up.save(update_fields=["sealed", "answered_at"])


@transaction.atomic
def remove_follow_up(*, follow_up_id: UUID, by: User) -> None:
    """Delete what was hard for oneself and what one answered, for good."""
    _own_follow_up(follow_up_id, by).delete()


@transaction.atomic
def switch_follow_ups(*, is_on: bool, by: User) -> None:
    """Turn the quiet question on or off for oneself. Off, what was not asked yet is forgotten."""
    if is_on:
        NoFollowUp.objects.filter(user=by).delete()
        return
    NoFollowUp.objects.get_or_create(user=by)
    FollowUp.objects.filter(partner__user=by, asked_at__isnull=True).delete()


def _sealed(about: str, answer: str) -> str:
    return encrypt(json.dumps({"about": about.strip(), "answer": answer.strip()}))


def _own(partner_id: UUID, by: User) -> Partner:
    partner = Partner.objects.select_for_update(of=("self",)).get(pk=partner_id)
    permissions.check_is_own(by, partner)
    return partner


def _own_check_in(check_in_id: UUID, by: User) -> CheckIn:
    found = CheckIn.objects.select_for_update(of=("self",)).filter(pk=check_in_id, partner__user=by).first()
    if found is None:
        raise PermissionDenied
    return found


def _own_follow_up(follow_up_id: UUID, by: User) -> FollowUp:
    found = FollowUp.objects.select_for_update(of=("self",)).filter(pk=follow_up_id, partner__user=by).first()
    if found is None:
        raise PermissionDenied
    return found
