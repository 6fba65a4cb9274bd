"""What a role may do, and who stands in for whom. Pure: no database."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import TextChoices

from psp_portal.accounts.enums import STAFF_ROLES, Post, Role


class Permission(TextChoices):
    """Something a role allows at its organisation. Relation and turn are asked by each app's ``permissions``."""

    SEE_PARTNERS = "see_partners", "See the organisation's partners"
    MANAGE_PARTNERS = "manage_partners", "Change the organisation's partners"
    SEE_COMMITTEES = "see_committees", "See the organisation's committees and meetings"
    MANAGE_COMMITTEES = "manage_committees", "Change the organisation's committees and meetings"
    CLAIM = "claim", "Make claims of one's own"
    SEE_CLAIMS = "see_claims", "See the organisation's claims"
    DECIDE_CLAIMS = "decide_claims", "Decide the organisation's claims"
    PAY_CLAIMS = "pay_claims", "Make and release payment runs"
    ANSWER_FOR_CLAIMS = "answer_for_claims", "Answer for the organisation's claims when they are late"
    SEE_RUNS = "see_runs", "See payment runs and exports"
    SEE_BANK_CHECKS = "see_bank_checks", "See when bank details were changed and checked"
    SEE_RATES = "see_rates", "See the rate card"
    MANAGE_RATES = "manage_rates", "Change the rate card"
    MANAGE_PEOPLE = "manage_people", "Invite people, end roles, record absences and posts"
    CONFIRM_SHUT_OUTS = "confirm_shut_outs", "Be the second person who agrees that somebody is shut out"
    SEE_AUDIT = "see_audit", "Read the audit trail"
    SEE_REPORTS = "see_reports", "See the reports on payments"
    SEE_ORIGINALS = "see_originals", "Have receipts as they came"
    SEE_RETENTION = "see_retention", "See what is removed when, and what is held back"
    MANAGE_RETENTION = "manage_retention", "Say how long records are kept"
    HOLD_RECORDS = "hold_records", "Hold records back from being removed"
    ANSWER_SUBJECT_REQUESTS = "answer_subject_requests", "Answer requests for a copy of somebody's records"
    SEE_PROGRAMME = "see_programme", "See the figures of the whole programme"


ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.PARTNER: frozenset({Permission.CLAIM}),
    Role.PROGRAMME_LEAD: frozenset(
        {
            Permission.SEE_PARTNERS,
            Permission.MANAGE_PARTNERS,
            Permission.SEE_COMMITTEES,
            Permission.MANAGE_COMMITTEES,
            Permission.SEE_CLAIMS,
            Permission.ANSWER_FOR_CLAIMS,
            Permission.SEE_RUNS,
            Permission.SEE_RATES,
            Permission.MANAGE_PEOPLE,
            Permission.CONFIRM_SHUT_OUTS,
            Permission.SEE_AUDIT,
            Permission.SEE_REPORTS,
            Permission.SEE_RETENTION,
            Permission.MANAGE_RETENTION,
            Permission.HOLD_RECORDS,
            Permission.ANSWER_SUBJECT_REQUESTS,
            Permission.SEE_PROGRAMME,
        }
    ),
    Role.REQUESTER: frozenset({Permission.SEE_COMMITTEES}),
    Role.APPROVER: frozenset(
        {Permission.SEE_CLAIMS, Permission.DECIDE_CLAIMS, Permission.ANSWER_FOR_CLAIMS, Permission.SEE_RATES}
    ),
    Role.FINANCE: frozenset(
        {
            Permission.SEE_CLAIMS,
            Permission.PAY_CLAIMS,
            Permission.ANSWER_FOR_CLAIMS,
            Permission.SEE_RUNS,
            Permission.SEE_BANK_CHECKS,
            Permission.SEE_RATES,
            Permission.MANAGE_RATES,
            Permission.SEE_REPORTS,
            Permission.SEE_ORIGINALS,
        }
    ),
    Role.EXECUTIVE: frozenset(
        {
            Permission.CONFIRM_SHUT_OUTS,
            Permission.SEE_CLAIMS,
            Permission.ANSWER_FOR_CLAIMS,
            Permission.SEE_RATES,
            Permission.SEE_REPORTS,
            Permission.SEE_RETENTION,
            Permission.HOLD_RECORDS,
            Permission.SEE_PROGRAMME,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            Permission.SEE_CLAIMS,
            Permission.SEE_RUNS,
            Permission.SEE_BANK_CHECKS,
            Permission.SEE_RATES,
            Permission.SEE_AUDIT,
            Permission.SEE_REPORTS,
            Permission.SEE_ORIGINALS,
            Permission.SEE_RETENTION,
            Permission.SEE_PROGRAMME,
        }
    ),
    # What a helper may do comes from the partner who named them, not from the organisation.
    Role.HELPER: frozenset(),
}  # fmt: skip


def roles_with(permission: Permission) -> frozenset[Role]:
    """Return the roles that hold a permission."""
    return frozenset(role for role, held in ROLE_PERMISSIONS.items() if permission in held)


# What waits for somebody because of a claim, in words: what a deputy may or may not be able to do.
WORK_ON_CLAIMS = {
    Permission.DECIDE_CLAIMS: "decide claims",
    Permission.PAY_CLAIMS: "pay claims",
    Permission.ANSWER_FOR_CLAIMS: "answer for late claims",
}


@dataclass(frozen=True)
class StandIn:
    """What of somebody's work on claims, in words, a deputy may do by roles of their own, and what not.

    Standing in gives nobody a permission: what a deputy may not do passes on to somebody else who may.
    """

    does: tuple[str, ...]
    leaves: tuple[str, ...]

    @property
    def does_nothing(self) -> bool:
        """Say whether there is work and the deputy may do none of it."""
        return bool(self.leaves) and not self.does


def standing_in(absent: Collection[Role], deputy: Collection[Role]) -> StandIn:
    """Return what a deputy with some roles may do of the work of somebody with others."""
    work = {
        words: bool(frozenset(deputy) & roles_with(permission))
        for permission, words in WORK_ON_CLAIMS.items()
        if frozenset(absent) & roles_with(permission)
    }
    return StandIn(
        does=tuple(words for words, may in work.items() if may),
        leaves=tuple(words for words, may in work.items() if not may),
    )


def in_words(things: Collection[str]) -> str:
    """Join what somebody may or may not do: decide claims, pay claims or answer for late claims."""
    *others, last = things
    return f"{', '.join(others)} or {last}" if others else last


@dataclass(frozen=True)
class Person:
    """Somebody at an organisation on a day, with the roles they hold there."""

    user_id: UUID
    roles: frozenset[Role]


@dataclass(frozen=True)
class Directory:
    """Who is at an organisation on a day, who holds its posts, and who is away (with their deputy, or None).

    ``people`` holds active accounts with a staff role in force only; a post or a deputy may name somebody who has left.
    """

    people: Mapping[UUID, Person]
    posts: Mapping[Post, UUID] = field(default_factory=dict)
    away: Mapping[UUID, UUID | None] = field(default_factory=dict)

    def is_staff(self, user_id: UUID | None, roles: Collection[Role] = STAFF_ROLES) -> bool:
        """Say whether somebody holds one of these roles here; without ``roles`` any staff role."""
        person = self.people.get(user_id) if user_id else None
        return person is not None and bool(person.roles & frozenset(roles))

    def is_here(self, user_id: UUID | None, roles: Collection[Role] = STAFF_ROLES) -> bool:
        """Say whether somebody holds one of these roles here and is not away."""
        return self.is_staff(user_id, roles) and user_id not in self.away

    def with_roles(self, roles: Collection[Role]) -> list[UUID]:
        """Return the people who hold any of these roles, in the order they took them up."""
        return [person.user_id for person in self.people.values() if person.roles & frozenset(roles)]

    def stand_in(
        self, user_id: UUID | None, *, roles: Collection[Role], not_these: Collection[UUID] = ()
    ) -> UUID | None:
        """Return the person, or when they are away whoever stands in for them (and so on), or None.

        ``roles`` are those that may do what is to be done: a deputy does it by a role of their own, not by standing in.
        ``not_these`` are never returned: a partner does not answer for their own claim.
        """
        seen: set[UUID] = set()
        while user_id is not None and user_id not in seen:
            if self.is_here(user_id, roles) and user_id not in not_these:
                return user_id
            seen.add(user_id)
            user_id = self.away.get(user_id)
        return None

    def first_here(
        self, candidates: Iterable[UUID | None], *, roles: Collection[Role], not_these: Collection[UUID] = ()
    ) -> UUID | None:
        """Return the first of these people who may and is here, or whose stand-in is; None when there is nobody."""
        for candidate in candidates:
            found = self.stand_in(candidate, roles=roles, not_these=not_these)
            if found:
                return found
        return None
