"""Makes what tests need, through the services: nothing here could not have happened.

Each function takes what matters to a test and makes up the rest. Everything begins at ``START``, long before the tests
run, so that roles are in force today.
"""

import itertools
from datetime import date, datetime
from uuid import UUID

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.utils import is_mfa_enabled

from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import POST_ROLES, STAFF_ROLES, Post, Role
from psp_portal.accounts.models import Membership, Organisation, PostHolding, User
from psp_portal.audit.context import SystemActor
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
