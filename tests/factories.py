"""Makes what tests need, through the services: nothing here could not have happened.

Each function takes what matters to a test and makes up the rest. Everything begins at ``START``, long before the tests
run, so that roles are in force today.
"""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from uuid import UUID

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.utils import is_mfa_enabled

from committees import services as committee_services
from committees.enums import AttendanceKind, CommitteeKind
from committees.models import Assignment, Attendance, Committee, Meeting
from expenses import services as expense_services
from expenses.enums import CardTemplate
from expenses.models import RateCard
from partners import services as partner_services
from partners.enums import RoleCategory
from partners.models import Partner
from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import POST_ROLES, STAFF_ROLES, Post, Role
from psp_portal.accounts.models import Membership, Organisation, PostHolding, User
from psp_portal.audit.context import SystemActor, acting_as
from psp_portal.dates import LONDON, local_date

TESTS = SystemActor("tests")
START = datetime(2025, 4, 1, 9, 0, tzinfo=LONDON)
PASSWORD = "a long enough password"

_numbers = itertools.count(1)
_FIRST_NAMES = [
    "Amira",
    "Ben",
    "Carys",
    "Dev",
    "Esme",
    "Femi",
    "Grace",
    "Hamza",
    "Iris",
    "Joel",
    "Kezia",
    "Liam",
    "Mina",
    "Noor",
    "Owen",
    "Priya",
]
_LAST_NAMES = [
    "Abbot",
    "Bose",
    "Clarke",
    "Dunn",
    "Evans",
    "Farah",
    "Green",
    "Hughes",
    "Iqbal",
    "Jones",
    "Khan",
    "Lewis",
    "Moore",
    "Nash",
    "Osei",
    "Patel",
    "Reid",
]


# --- accounts ------------------------------------------------------------------------------
def make_organisation(name: str = "", *, ods_code: str = "") -> Organisation:
    """Return a new open organisation."""
    number = next(_numbers)
    return accounts.create_organisation(
        ods_code=ods_code or f"T{number:04d}", name=name or f"Test Trust {number}", by=TESTS, at=START
    )


def make_user(name: str = "", *, email: str = "", password: str | None = PASSWORD) -> User:
    """Return a new account without any role."""
    number = next(_numbers)
    name = name or f"{_FIRST_NAMES[number % len(_FIRST_NAMES)]} {_LAST_NAMES[number % len(_LAST_NAMES)]}"
    return accounts.register_user(
        email=email or f"person{number}@example.nhs.uk", name=name, by=TESTS, at=START, password=password
    )


def make_member(
    role: Role,
    organisation: Organisation | None = None,
    *,
    user: User | None = None,
    starts_on: date | None = None,
    has_second_factor: bool = True,
) -> User:
    """Return somebody (new unless given) who holds a role at an organisation (new unless given).

    Staff have an authenticator app, without which no page lets them in.
    """
    user = user or make_user()
    give_role(role, user, organisation or make_organisation(), starts_on=starts_on)
    if role in STAFF_ROLES and has_second_factor and not is_mfa_enabled(user):
        TOTP.activate(user, generate_totp_secret())
    return user


def give_role(role: Role, user: User, organisation: Organisation, *, starts_on: date | None = None) -> Membership:
    """Return the new role of somebody at an organisation."""
    return accounts.grant_role(
        user_id=user.pk,
        organisation_id=organisation.pk,
        role=role,
        starts_on=starts_on or local_date(START),
        by=TESTS,
        at=START,
    )


def make_post(
    post: Post, organisation: Organisation, *, user: User | None = None, starts_on: date | None = None
) -> PostHolding:
    """Return a post held by somebody; somebody new gets the role that the post needs."""
    user = user or make_member(POST_ROLES[post], organisation, starts_on=starts_on)
    return accounts.appoint_to_post(
        organisation_id=organisation.pk,
        post=post,
        user_id=user.pk,
        starts_on=starts_on or local_date(START),
        by=TESTS,
        at=START,
    )


def make_posts(organisation: Organisation) -> dict[Post, UUID]:
    """Fill every post of an organisation with somebody new; return who holds which."""
    return {post: make_post(post, organisation).user_id for post in Post}


# --- partners ------------------------------------------------------------------------------
def make_lead(organisation: Organisation) -> User:
    """Return a new programme lead of an organisation."""
    return make_member(Role.PROGRAMME_LEAD, organisation)


def make_partner(
    organisation: Organisation | None = None,
    *,
    user: User | None = None,
    lead: User | None = None,
    role_category: RoleCategory = RoleCategory.SENIOR,
    is_paid: bool = True,
    starts_on: date | None = None,
    term_ends_on: date | None = None,
    at: datetime = START,
    serves_already: bool = False,
) -> Partner:
    """Return the appointment of somebody (new unless given) at an organisation (new unless given), by their lead.

    Whoever ``serves_already`` begins active, whatever the organisation asks of its new partners.
    """
    organisation = organisation or make_organisation()
    lead = lead or make_lead(organisation)
    return partner_services.appoint_partner(
        user_id=(user or make_user()).pk,
        organisation_id=organisation.pk,
        role_category=role_category,
        is_paid=is_paid,
        starts_on=starts_on or local_date(START),
        term_ends_on=term_ends_on or date(2028, 3, 31),
        lead_id=lead.pk,
        by=lead,
        at=at,
        serves_already=serves_already,
    )


# --- committees ----------------------------------------------------------------------------
def make_committee(organisation: Organisation | None = None, *, name: str = "", by: User | None = None) -> Committee:
    """Return a new committee of an organisation (new unless given)."""
    organisation = organisation or make_organisation()
    return committee_services.open_committee(
        organisation_id=organisation.pk,
        name=name or f"Safety group {next(_numbers)}",
        kind=CommitteeKind.COMMITTEE,
        purpose="Looks at what went wrong and what can be learnt.",
        is_safety_related=True,
        seats=2,
        by=by or make_lead(organisation),
        at=START,
    )


def make_assignment(
    partner: Partner | None = None,
    committee: Committee | None = None,
    *,
    payer: Organisation | None = None,
    budget_code: str = "PSP-001",
    budget_holder: User | None = None,
    deputy: User | None = None,
    dispute_person: User | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    at: datetime = START,
) -> Assignment:
    """Return a partner on a committee of their organisation (both new unless given), with two approvers named.

    Where another organisation pays, one of its executives decides a disagreement.
    """
    partner = partner or make_partner(committee.organisation if committee else None)
    committee = committee or make_committee(partner.organisation, by=partner.lead)
    payer = payer or committee.organisation
    if payer != committee.organisation:
        dispute_person = dispute_person or make_member(Role.EXECUTIVE, payer)
    return committee_services.assign_partner(
        partner_id=partner.pk,
        committee_id=committee.pk,
        starts_on=starts_on or partner.starts_on,
        ends_on=ends_on,
        payer_id=payer.pk,
        budget_code=budget_code,
        budget_holder_id=(budget_holder or make_member(Role.APPROVER, payer)).pk,
        deputy_id=(deputy or make_member(Role.APPROVER, payer)).pk,
        dispute_person_id=dispute_person.pk if dispute_person else None,
        by=partner.lead,
        at=at,
    )


def make_meeting(
    committee: Committee | None = None,
    *,
    starts_at: datetime = START + timedelta(days=14),
    planned_minutes: int = 120,
    place: str = "Board room, Willow House",
    online_link: str = "",
    by: User | None = None,
    at: datetime = START,
) -> Meeting:
    """Return a planned meeting of a committee (new unless given), two weeks after ``START`` unless said otherwise."""
    committee = committee or make_committee()
    return committee_services.schedule_meeting(
        committee_id=committee.pk,
        starts_at=starts_at,
        planned_minutes=planned_minutes,
        place=place,
        online_link=online_link,
        by=by or make_lead(committee.organisation),
        at=at,
    )


def make_attendance(
    assignment: Assignment | None = None,
    meeting: Meeting | None = None,
    *,
    kind: AttendanceKind = AttendanceKind.ATTENDED,
    minutes: int | None = None,
    by: User | None = None,
    at: datetime | None = None,
) -> Attendance:
    """Return what a partner recorded the day after a meeting (both new unless given): there for the planned time."""
    assignment = assignment or make_assignment()
    meeting = meeting or make_meeting(assignment.committee)
    if minutes is None:
        minutes = meeting.planned_minutes if kind == AttendanceKind.ATTENDED else 0
    return committee_services.record_attendance(
        meeting_id=meeting.pk,
        assignment_id=assignment.pk,
        kind=kind,
        minutes=minutes,
        by=by or assignment.partner.user,
        at=at or meeting.starts_at + timedelta(days=1),
    )


# --- rates ---------------------------------------------------------------------------------
def make_rate_card(
    organisation: Organisation | None = None,
    by: User | None = None,
    template: CardTemplate = CardTemplate.NATIONAL,
    *,
    at: datetime = START,
) -> RateCard:
    """Return the rate card of an organisation (new unless given), made by its finance."""
    organisation = organisation or make_organisation()
    by = by or make_member(Role.FINANCE, organisation)
    return expense_services.make_rate_card(
        organisation_id=organisation.pk, template=template, name="Rates 2026", by=by, at=at
    )


@contextmanager
def acting() -> Iterator[None]:
    """Let a test write a row past the services, in its own name: for states that only the world brings about."""
    with acting_as(TESTS, "tests.row.write"):
        yield
