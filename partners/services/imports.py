"""Bringing in a trust's own list of partners: upload, columns, choices, and all of it at once or nothing.

Nobody becomes a partner by standing in a file. Whoever is not known at the organisation is invited; their appointment
waits until they accept, which proves whose mailbox it is (docs/adr/0030).
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import IO, Any
from uuid import UUID

from django.db import transaction

from partners.enums import PartnerMove, PartnerStatus, RoleCategory
from partners.enums.imports import ImportColumn, ImportOutcome
from partners.models import Partner
from partners.models.imports import AwaitedPartner, PartnerImport, PartnerList, PartnerListColumns
from partners.notifications import imports as notifications
from partners.permissions import check_can_appoint_partner
from partners.permissions.imports import check_can_use_list
from partners.policies import imports as policies
from partners.policies import states
from partners.policies.leaving import check_no_overlap
from partners.queries import import_plan as plans
from partners.queries import imports as queries
from partners.queries import leads_of, partners_of
from partners.queries.import_plan import ImportPlan, RowPlan
from partners.queries.leaving import other_terms
from partners.services.appointments import appoint_partner, change_term, end_appointment, record_telephone
from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import open_invitation
from psp_portal.audit.context import SystemActor, acting_as, audited
from psp_portal.dates import local_date
from psp_portal.exceptions import RuleBroken
from psp_portal.uploads import Uploads

CLOCK = SystemActor("partners.appoint_who_accepted")
BATCH = 500
UPLOADS = Uploads(
    PartnerList, PartnerListColumns, PartnerImport, policies.HEADINGS, policies.what_is_missing, policies.MOST_ROWS
)


# --- the list ---------------------------------------------------------------------------------
@audited("partners.list.upload")
@transaction.atomic
def upload_list(*, organisation_id: UUID, upload: IO[bytes], file_name: str, by: User, at: datetime) -> PartnerList:
    """Keep an uploaded list until it is brought in, for a day at most; one that somebody uploaded before it goes.

    Raises RuleBroken (field ``file``) for what is no table, and for a file that was brought in before.
    """
    check_can_appoint_partner(by, organisation_id, today=local_date(at))
    return UPLOADS.keep(organisation_id=organisation_id, upload=upload, file_name=file_name, by=by, at=at)


def _lock_list(list_id: UUID, *, by: User, at: datetime) -> PartnerList:
    listed = UPLOADS.lock(list_id)
    check_can_use_list(by, listed, today=local_date(at))
    return listed


@audited("partners.list.choose_columns")
@transaction.atomic
def choose_columns(
    *,
    list_id: UUID,
    heading_row: int,
    columns: Mapping[ImportColumn, int],
    is_paid: bool = True,
    role_category: int = RoleCategory.SENIOR,
    term_ends_on: date | None = None,
    lead_id: str = "",
    by: User,
    at: datetime,
) -> PartnerList:
    """Say which row of a list has the headings, which column (from 0) is what, and what holds for rows without one.

    With another row than before, the columns are guessed anew from its words. What was chosen for rows is asked again.
    Raises RuleBroken at a column's field.
    """
    listed = _lock_list(list_id, by=by, at=at)
    UPLOADS.choose_columns(listed, heading_row=heading_row, columns=columns)
    listed.otherwise = {
        "is_paid": is_paid,
        "role_category": int(role_category),
        "term_ends_on": term_ends_on.isoformat() if term_ends_on else "",
        "lead_id": str(lead_id),
    }
    listed.choices = {}
    listed.save(update_fields=["otherwise", "choices"])
    return listed


@audited("partners.list.choose_rows")
@transaction.atomic
def choose_rows(*, list_id: UUID, choices: Mapping[str, str], by: User, at: datetime) -> PartnerList:
    """Say what rows that could be two things are: the answers by the keys of the plan's questions, ``here`` for all.

    An answer "" takes an earlier one back.
    """
    listed = _lock_list(list_id, by=by, at=at)
    listed.choices = {key: value for key, value in {**listed.choices, **choices}.items() if value}
    listed.save(update_fields=["choices"])
    return listed


def remove_old_lists(*, at: datetime) -> int:
    """Delete the lists that were uploaded more than a day ago and not brought in; return how many."""
    with acting_as(SystemActor("partners.remove_old_lists"), "partners.list.remove"), transaction.atomic():
        return UPLOADS.forget_old(at=at)


# --- bringing it in -----------------------------------------------------------------------------
@audited("partners.list.bring_in")
@transaction.atomic
def bring_in_list(*, list_id: UUID, by: User, at: datetime) -> PartnerImport:
    """Bring a list in whole: people are invited, appointed and changed as the dry run says; or nothing of it.

    The dry run is made again, under lock: what it says now is what happens. Raises RuleBroken when a row is not sound
    or not decided, and when the list would bring nothing.
    """
    listed = _lock_list(list_id, by=by, at=at)
    UPLOADS.check_ready(listed, at=at)
    if policies.what_is_missing(plans.columns_of(listed)):
        raise RuleBroken("Say which column is what first.")
    plan = plans.import_plan(listed, today=local_date(at))
    if not plan.is_sound:
        raise RuleBroken("Some rows cannot be brought in. Put them right in your list, then upload it again.")
    if not plan.brings_something:
        raise RuleBroken("Everything in this list is here already. There is nothing to bring in.")
    brought = PartnerImport.objects.create(
        organisation_id=listed.organisation_id, by=by, at=at, file_name=listed.file_name, checksum=listed.checksum,
        rows=len(plan.rows), invited=plan.counts[ImportOutcome.INVITE], appointed=plan.counts[ImportOutcome.APPOINT],
        changed=plan.counts[ImportOutcome.UPDATE],
    )  # fmt: skip
    _invite(listed, plan, by=by, at=at)
    for planned in plan.of(ImportOutcome.APPOINT):
        _appoint(_awaited(listed, planned, by=by, at=at), planned.person_id, by=by, at=at)
    for planned in plan.of(ImportOutcome.UPDATE):
        _update(planned, listed, by=by, at=at)
    UPLOADS.finish(listed)
    return brought


def _invite(listed: PartnerList, plan: ImportPlan, *, by: User, at: datetime) -> None:
    """Invite those who are new, each once, and let their appointments wait; one that is open is not repeated."""
    people = [_awaited(listed, planned, by=by, at=at) for planned in plan.of(ImportOutcome.INVITE)]
    AwaitedPartner.objects.bulk_create(people, batch_size=BATCH)
    invited = queries.invited_addresses(listed.organisation_id, at=at)
    names = {awaited.email: awaited.name for awaited in people if awaited.email not in invited}
    if names:
        accounts.invite_people(people=names, organisation_id=listed.organisation_id, role=Role.PARTNER, by=by, at=at)


def _awaited(listed: PartnerList, planned: RowPlan, *, by: User, at: datetime) -> AwaitedPartner:
    values = planned.row.values
    return AwaitedPartner(
        organisation=listed.organisation,
        by=by,
        at=at,
        email=planned.row.email,
        name=planned.row.name,
        telephone=values.get(ImportColumn.TELEPHONE, ""),
        status=planned.row.status,
        role_category=values[ImportColumn.CATEGORY],
        is_paid=values[ImportColumn.PAID],
        starts_on=values[ImportColumn.STARTS_ON],
        term_ends_on=values[ImportColumn.TERM_ENDS_ON],
        left_on=values.get(ImportColumn.LEFT_ON),
        lead_id=planned.lead_id,
    )


def _update(planned: RowPlan, listed: PartnerList, *, by: User, at: datetime) -> None:
    """Change what is here to what the row says; where that has a service of its own, by that."""
    values, changed = planned.row.values, {change.column for change in planned.changes}
    if planned.partner is None:
        said = _awaited(listed, planned, by=by, at=at)
        said.pk, said.at = planned.awaited.pk, planned.awaited.at
        said.save(force_update=True)
        return
    partner_id = planned.partner.pk
    if ImportColumn.TERM_ENDS_ON in changed:
        change_term(
            partner_id=partner_id, term_ends_on=values[ImportColumn.TERM_ENDS_ON], reason="As in the list brought in",
            by=by, at=at,
        )  # fmt: skip
    if ImportColumn.TELEPHONE in changed:
        record_telephone(partner_id=partner_id, number=values[ImportColumn.TELEPHONE], by=by, at=at)
    if changed & {ImportColumn.PAID, ImportColumn.CATEGORY, ImportColumn.LEAD}:
        partner = Partner.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=partner_id)
        partner.is_paid = values[ImportColumn.PAID] if ImportColumn.PAID in changed else partner.is_paid
        partner.role_category = (
            values[ImportColumn.CATEGORY] if ImportColumn.CATEGORY in changed else partner.role_category
        )
        partner.lead_id = planned.lead_id
        partner.save(update_fields=["is_paid", "role_category", "lead"])
        notifications.record_changed(partner, at=at)
    if ImportColumn.STATUS in changed:
        end_appointment(partner_id=partner_id, left_on=values[ImportColumn.LEFT_ON], by=by, at=at)


# --- when they say yes ------------------------------------------------------------------------------
def _appoint(awaited: AwaitedPartner, person_id: UUID, *, by: User, at: datetime) -> None:
    """Make the appointment that waited, as it stands in the list."""
    if awaited.status == PartnerStatus.LEFT:
        check_no_overlap(awaited.starts_on, awaited.left_on, others=other_terms(person_id, awaited.organisation_id))
        partner = Partner.objects.create(
            user_id=person_id, organisation_id=awaited.organisation_id, role_category=awaited.role_category,
            is_paid=awaited.is_paid, starts_on=awaited.starts_on, term_ends_on=awaited.term_ends_on,
            lead_id=awaited.lead_id,
        )  # fmt: skip
        partner.status, partner.left_on = states.next_status(partner.status, PartnerMove.LEAVE), awaited.left_on
        partner.save(update_fields=["status", "left_on"])
        notifications.earlier_term_recorded(partner, at=at)
        return
    partner = appoint_partner(
        user_id=person_id, organisation_id=awaited.organisation_id, role_category=awaited.role_category,
        is_paid=awaited.is_paid, starts_on=awaited.starts_on, term_ends_on=awaited.term_ends_on,
        lead_id=awaited.lead_id, by=by, at=at, serves_already=True,
    )  # fmt: skip
    if awaited.telephone:
        record_telephone(partner_id=partner.pk, number=awaited.telephone, by=by, at=at)
    if awaited.status == PartnerStatus.PAUSED:
        partner.status = states.next_status(partner.status, PartnerMove.PAUSE)
        partner.save(update_fields=["status"])


def appoint_who_accepted(*, at: datetime) -> int:
    """Appoint the people of lists who have used their invitation since; return how many.

    Each in a transaction of its own. Somebody who was appointed by hand meanwhile is awaited no longer; somebody whom a
    rule stops (their account was closed) stays on the list of those awaited, where the lead sees it.
    """
    with acting_as(CLOCK, "partners.list.appoint"):
        found = queries.awaited_who_accepted().values_list("pk", flat=True)[:BATCH]
        return sum(_appoint_one(awaited_id, at=at) for awaited_id in list(found))


def _appoint_one(awaited_id: UUID, *, at: datetime) -> bool:
    try:
        with transaction.atomic():
            # It has ``person_id``, which its type does not know.
            awaited: Any = queries.awaited_who_accepted().select_for_update(of=("self",)).filter(pk=awaited_id).first()
            if awaited is None:
                return False
            is_serving = partners_of(awaited.organisation_id).serving().filter(user_id=awaited.person_id).exists()
            if not is_serving:
                by = _who_looks_after(awaited, local_date(at))
                _appoint(awaited, awaited.person_id, by=by, at=at)
            awaited.delete()
            return not is_serving
    except RuleBroken:
        return False


def _who_looks_after(awaited: Any, today: date) -> User:
    """Return who appoints: whoever brought the list in, or a lead of today; and give the partner a lead who is one.

    Raises RuleBroken when the organisation has no lead any more.
    """
    leads = list(leads_of(awaited.organisation_id, today=today).exclude(pk=awaited.person_id))
    if not leads:
        raise RuleBroken("There is no programme lead here.")
    if awaited.lead not in leads:
        awaited.lead = leads[0]
    return awaited.by if awaited.by in leads else leads[0]


# --- who has not answered ---------------------------------------------------------------------------
@audited("partners.awaited.invite_again")
@transaction.atomic
def invite_again(*, awaited_id: UUID, by: User, at: datetime) -> AwaitedPartner:
    """Send somebody of a list a new invitation; the link of one that they still have works no longer."""
    awaited = _lock_awaited(awaited_id, by=by, at=at)
    accounts.invite_people(
        people={awaited.email: awaited.name}, organisation_id=awaited.organisation_id, role=Role.PARTNER, by=by, at=at
    )
    return awaited


@audited("partners.awaited.remove")
@transaction.atomic
def remove_awaited(*, awaited_id: UUID, by: User, at: datetime) -> None:
    """Let somebody of a list go who will not answer, and their invitation with them."""
    _lock_awaited(awaited_id, by=by, at=at).delete()


def _lock_awaited(awaited_id: UUID, *, by: User, at: datetime) -> AwaitedPartner:
    """Return an awaited partner, held; their invitation, if it is open, is withdrawn."""
    awaited = AwaitedPartner.objects.select_for_update(of=("self",)).get(pk=awaited_id)
    check_can_appoint_partner(by, awaited.organisation_id, today=local_date(at))
    invitation = open_invitation(awaited.email, awaited.organisation_id, Role.PARTNER, at=at)
    if invitation:
        accounts.withdraw_invitation(invitation_id=invitation.pk, by=by, at=at)
    return awaited
