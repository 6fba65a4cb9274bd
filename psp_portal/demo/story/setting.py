"""The first day: organisations, staff, rates, committees, partners and who pays for them; and who comes and goes."""

from datetime import datetime, timedelta
from functools import partial

from committees import services as committees
from expenses import queries
from expenses import services as expenses
from expenses.enums import CallOutcome
from partners import services as partners
from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import POST_ROLES, Role
from psp_portal.accounts.notifications import invitation_token
from psp_portal.demo.accounts import DEMO_PASSWORD
from psp_portal.demo.story.calendar import BODIES, Body
from psp_portal.demo.story.cast import (
    BEGINS,
    HELPERS,
    ORGANISATIONS,
    PARTNERS,
    STAFF,
    WITHOUT_BANK_DETAILS,
    Appointment,
    Carer,
    Staff,
)
from psp_portal.demo.story.stage import LOADER, Stage
from psp_portal.people import services as people

LEADS = {"marshvale": "joanne.tierney", "thornbeck": "sian.maddocks"}
FINANCE_LEADS = {"marshvale": "dorota.shaw", "thornbeck": "leroy.west"}

# Gareth leaves, and Beatriz and Wendy take over his budgets; Wendy is away now, and Imran stands in.
LEAVER, LEFT_AGO = "gareth.owen", 60
HEIRS = ("beatriz.hall", "wendy.lee")
AWAY, DEPUTY, AWAY_SINCE, AWAY_FOR = "wendy.lee", "imran.chaudry", 5, 16
# Tomasz's term ends early.
LEAVING_PARTNER, PARTNER_LEFT_AGO = "tomasz", 40


def plan_setting(stage: Stage) -> None:
    """Plan the first day, the partners' arrivals, and the changes of people during the year."""
    stage.plan(stage.at(BEGINS, 9), partial(_open, stage))
    for appointment in PARTNERS:
        # Somebody who was there before the story begins is entered on its first day, the others a week ahead.
        entered = min(BEGINS, appointment.began + 7)
        stage.plan(stage.at(entered, 10), partial(_appoint, stage, appointment))
        stage.plan(stage.at(entered, 11), partial(_assign, stage, appointment))
        if appointment.account and appointment.key not in WITHOUT_BANK_DETAILS:
            stage.plan(stage.at(entered - 1, 19), partial(_give_account, stage, appointment.key, appointment.account))
            stage.plan(stage.at(entered - 2, 11), partial(_check_account, stage, appointment.key, appointment.at))
    for carer in HELPERS:
        stage.plan(stage.at(carer.named_ago, 18), partial(_name_helper, stage, carer))
    stage.plan(stage.at(12, 20), partial(_give_account, stage, "kwame", "80619255"))
    stage.plan(stage.at(11, 11), partial(_check_account, stage, "kwame", "marshvale"))
    stage.plan(stage.in_office(LEFT_AGO, 16), partial(_leave, stage))
    stage.plan(stage.in_office(PARTNER_LEFT_AGO, 16), partial(_end_appointment, stage))
    stage.plan(stage.at(AWAY_SINCE + 1, 12), partial(_go_away, stage))
    stage.plan(stage.in_office(3, 12), partial(_invite, stage))


def _open(stage: Stage, at: datetime) -> None:
    for place in ORGANISATIONS:
        stage.organisations[place.key] = accounts.create_organisation(
            ods_code=place.ods_code, name=place.name, postcode=place.postcode, by=LOADER, at=at
        )
    for person in STAFF:
        _take_on(stage, person, at)
    for place in ORGANISATIONS:
        expenses.make_rate_card(
            organisation_id=stage.organisations[place.key].pk,
            template=place.card,
            name=f"{place.short_name} rates for partners",
            by=stage.people[FINANCE_LEADS[place.key]],
            at=at,
        )
    for body in BODIES:
        stage.committees[body.key] = committees.open_committee(
            organisation_id=stage.organisations[body.at].pk,
            name=body.name,
            kind=body.kind,
            purpose=body.purpose,
            is_safety_related=True,
            seats=max(2, len(body.members)),
            by=stage.people[LEADS[body.at]],
            at=at,
        ).pk


def _take_on(stage: Stage, person: Staff, at: datetime) -> None:
    organisation = stage.organisations[person.at]
    user = accounts.register_user(email=person.email, name=person.name, password=DEMO_PASSWORD, by=LOADER, at=at)
    stage.people[person.key] = user
    people.grant_role(
        user_id=user.pk, organisation_id=organisation.pk, role=person.role, starts_on=at.date(), by=LOADER, at=at
    )
    for post in person.posts:
        assert POST_ROLES[post] == person.role, f"{person.name} lacks the role of their post"  # noqa: S101
        people.appoint_to_post(
            organisation_id=organisation.pk, post=post, user_id=user.pk, starts_on=at.date(), by=LOADER, at=at
        )


def _name_helper(stage: Stage, carer: Carer, at: datetime) -> None:
    helper = expenses.name_helper(
        partner_id=stage.partners[carer.partner].pk, name=carer.name, email=carer.email, relation=carer.relation,
        by=stage.people[carer.partner], at=at,
    )  # fmt: skip
    # They come the next morning.
    accounts.accept_invitation(
        token=invitation_token(helper.invitation_id), password=DEMO_PASSWORD, name="", at=at + timedelta(hours=15)
    )


def _appoint(stage: Stage, appointment: Appointment, at: datetime) -> None:
    lead = stage.people[LEADS[appointment.at]]
    user = next((user for user in stage.people.values() if user.email == appointment.email), None)
    if user is None:
        user = accounts.register_user(
            email=appointment.email, name=appointment.name, password=DEMO_PASSWORD, by=LOADER, at=at
        )
    stage.people[appointment.key] = user
    partner = partners.appoint_partner(
        user_id=user.pk,
        organisation_id=stage.organisations[appointment.at].pk,
        role_category=appointment.role_category,
        is_paid=appointment.is_paid,
        starts_on=stage.day(appointment.began),
        term_ends_on=stage.day(-appointment.term_ends),
        lead_id=lead.pk,
        by=lead,
        at=at,
    )
    stage.partners[appointment.key] = partner
    # Numbers that Ofcom keeps for stories.
    partners.record_telephone(partner_id=partner.pk, number=f"01632 960{100 + len(stage.partners)}", by=lead, at=at)
    if appointment.journey:
        from_place, to_place, miles, vehicle = appointment.journey
        partners.save_usual_journey(
            partner_id=partner.pk,
            from_place=from_place,
            to_place=to_place,
            miles=miles,
            vehicle=vehicle,
            by=user,
            at=at,
        )


def _assign(stage: Stage, appointment: Appointment, at: datetime) -> None:
    for body in BODIES:
        if appointment.key in body.members:
            holder, deputy, payer = _who_pays(body, appointment.key)
            assignment = committees.assign_partner(
                partner_id=stage.partners[appointment.key].pk,
                committee_id=stage.committees[body.key],
                starts_on=max(at.date(), stage.day(appointment.began)),
                ends_on=None,
                payer_id=stage.organisations[payer].pk,
                budget_code=body.budget_code,
                budget_holder_id=stage.people[holder].pk,
                deputy_id=stage.people[deputy].pk,
                dispute_person_id=None if payer == body.at else stage.people[LEADS[body.at]].pk,
                by=stage.people[LEADS[body.at]],
                at=at,
            )
            stage.assignments.setdefault(appointment.key, {})[body.key] = assignment


def _who_pays(body: Body, member: str) -> tuple[str, str, str]:
    holder, deputy, *payer = body.members[member]
    return holder, deputy, payer[0] if payer else body.at


def _give_account(stage: Stage, key: str, number: str, at: datetime) -> None:
    user = stage.people[key]
    # Sort codes that begin with two noughts are no bank's.
    expenses.change_bank_details(
        account_name=user.name, sort_code=f"00{number[:4]}", account_number=number, by=user, at=at
    )


def _check_account(stage: Stage, key: str, place: str, at: datetime) -> None:
    """Let finance call about bank details, on the number held before."""
    details = queries.bank_details_of(stage.people[key])
    if details is not None and queries.held_for_verification([details.user_id]):
        # A partner of two trusts has a number at each, and each trust's finance calls its own.
        trust = stage.organisations[place].pk
        numbers = queries.numbers_to_call([details], at=at)[details.pk]
        expenses.record_bank_call(
            details_id=details.pk,
            number_id=next(number.pk for number in numbers if number.partner.organisation_id == trust),
            outcome=CallOutcome.CONFIRMED,
            note="",
            by=stage.people[FINANCE_LEADS[place]],
            at=at,
        )


# --- coming and going ---------------------------------------------------------------------
def _leave(stage: Stage, at: datetime) -> None:
    """Close the account of the approver who goes, and name others for the budgets they held."""
    lead = stage.people[LEADS["marshvale"]]
    leaver = stage.people[LEAVER]
    people.close_account(
        user_id=leaver.pk,
        organisation_id=stage.organisations["marshvale"].pk,
        reason="Has moved to a hospital nearer home.",
        by=lead,
        at=at,
    )
    holder, deputy = (stage.people[key] for key in HEIRS)
    for assignment in _all_assignments(stage):
        if leaver.pk in (assignment.budget_holder_id, assignment.deputy_id):
            committees.change_budget(
                assignment_id=assignment.pk,
                payer_id=assignment.payer_id,
                budget_code=assignment.budget_code,
                budget_holder_id=holder.pk,
                deputy_id=deputy.pk,
                dispute_person_id=assignment.dispute_person_id,
                by=lead,
                at=at,
            )


def _all_assignments(stage: Stage) -> list:
    return [assignment for of_partner in stage.assignments.values() for assignment in of_partner.values()]


def _end_appointment(stage: Stage, at: datetime) -> None:
    stage.partners[LEAVING_PARTNER] = partners.end_appointment(
        partner_id=stage.partners[LEAVING_PARTNER].pk,
        left_on=at.date(),
        by=stage.people[LEADS["marshvale"]],
        at=at,
    )


def _go_away(stage: Stage, at: datetime) -> None:
    user = stage.people[AWAY]
    starts_on = stage.day(AWAY_SINCE)
    people.record_absence(
        organisation_id=stage.organisations["marshvale"].pk,
        user_id=user.pk,
        deputy_id=stage.people[DEPUTY].pk,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=AWAY_FOR),
        by=user,
        at=at,
    )


def _invite(stage: Stage, at: datetime) -> None:
    """Leave an invitation open: the next requester has not come yet."""
    accounts.invite_user(
        email="nadia.fairweather@marshvale.example",
        name="Nadia Fairweather",
        organisation_id=stage.organisations["marshvale"].pk,
        role=Role.REQUESTER,
        by=stage.people[LEADS["marshvale"]],
        at=at,
    )
