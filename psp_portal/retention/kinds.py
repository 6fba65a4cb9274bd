"""The kinds of record that are removed when their time is over: one table.

To add a kind, give its app two functions and name them here, ten lines in all:

* ``queries.….<things>_before(organisation_id, day)``: the rows whose time began before ``day``, the first day still
  kept, as a queryset with ``person_id`` (whose it is; ``Value(None)`` for nobody's) and ``began_on`` (a date). It
  leaves out what something else still needs (an open claim). Rows must have UUID keys;
* ``services.….dispose_of_<things>(ids, *, by, at) -> int``: removes them for good, with ``psp_portal.audit.erasing``,
  which takes the history along.

Then add ``Kind(key, label, Period(…), "runs from", due=…, dispose=…)`` to ``_ALL``, with a ``source`` only where a
page of the law or of the NHS says so. ``by_year`` counts from the end of the financial year; ``leaves_rows`` says that
the row stays and only its words go; ``is_shared`` that it belongs to a person rather than to one organisation, so that
another organisation's hold keeps it too. Nothing else need be changed: rules, previews, runs, holds and the log go by
this table.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import DateField, F, OuterRef, QuerySet, Subquery, UUIDField, Value
from django.db.models.functions import Coalesce, Greatest, TruncDate

from committees import queries as committees
from committees import services as committee_services
from expenses.queries import disposal as claims
from expenses.services import disposal as claim_services
from partners.queries import disposal as partners
from partners.services import disposal as partner_services
from psp_portal.accounts import queries as accounts
from psp_portal.accounts.services import disposal as account_services
from psp_portal.audit import queries as readings
from psp_portal.audit import services as audit
from psp_portal.audit.context import SystemActor
from psp_portal.dates import LONDON, start_of_day
from psp_portal.notifications import queries as notifications
from psp_portal.notifications import services as notification_services
from psp_portal.people.queries import accounts_joined_into
from psp_portal.retention.enums import PeriodUnit
from psp_portal.retention.policies import Period, first_day_kept, first_day_kept_by_year
from psp_portal.subject_access import queries as subject_access
from psp_portal.subject_access import services as subject_access_services

Due = Callable[[UUID, date], QuerySet]
Dispose = Callable[..., int]

NHS_CODE = "NHS Records Management Code of Practice: six years from the end of the financial year"
UNSOURCED = "No national rule is known. Your trust must confirm."


@dataclass(frozen=True)
class Kind:
    """One kind of record: what it is called, for how long it is kept unless said otherwise, and how it goes."""

    key: str
    label: str
    default: Period
    runs_from: str
    due: Due
    dispose: Dispose
    source: str = ""
    by_year: bool = False
    leaves_rows: bool = False
    is_shared: bool = False

    def first_day_kept(self, today: date, period: Period) -> date:
        """Return the first day from which records of this kind are kept today, under a period."""
        return (first_day_kept_by_year if self.by_year else first_day_kept)(today, period)


# --- what belongs to a person more than to one organisation: where they last took up a role disposes of it ----
def _bank_details(organisation_id: UUID, day: date) -> QuerySet:
    return (
        claims.bank_details_held()
        .annotate(
            began_on=Subquery(partners.last_left_of(OuterRef("user"))[:1]),
            home_id=Subquery(accounts.last_organisation_of(OuterRef("user"))[:1]),
        )
        .filter(home_id=organisation_id, began_on__lt=day)
        .exclude(user_id__in=partners.serving_people())
    )


def _messages(organisation_id: UUID, day: date) -> QuerySet:
    return (
        notifications.messages_before(start_of_day(day))
        .annotate(
            person_id=F("recipient_id"),
            began_on=TruncDate("created_at", tzinfo=LONDON),
            # An invitation's e-mail has no person: it goes with the messages of whoever's invitation it is.
            home_id=Coalesce(
                Subquery(accounts.last_organisation_of(OuterRef("recipient"))[:1]),
                Subquery(accounts.organisation_that_invited(OuterRef("address"))[:1]),
                output_field=UUIDField(),
            ),
        )
        .filter(home_id=organisation_id)
    )


def _accounts(organisation_id: UUID, day: date) -> QuerySet:
    """Return the people who have left everywhere, hold no staff role, are owed nothing, and did so before a day.

    Nobody with a question open: they are still owed an answer.
    """
    me = OuterRef("pk")
    return (
        accounts.people_without_work_since(day)
        .filter(~claims.open_claims_of(me), ~partners.open_questions_of(me))
        .exclude(pk__in=partners.serving_people())
        .annotate(
            person_id=F("pk"),
            home_id=Subquery(accounts.last_organisation_of(me)[:1]),
            began_on=Greatest(
                Subquery(partners.last_left_of(me)[:1]),
                Subquery(accounts.last_role_ended_of(me)[:1]),
                TruncDate(Subquery(claims.last_settled_of(me)[:1]), tzinfo=LONDON),
                output_field=DateField(),
            ),
        )
        .filter(home_id=organisation_id, began_on__lt=day)
    )


def _dispose_of_accounts(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Give each account a neutral name, wherever its own stands; and the accounts that became one with it."""
    for user_id in [each for pk in ids for each in (pk, *accounts_joined_into(pk))]:
        known_as = accounts.words_naming(user_id)
        user = account_services.dispose_of_account(user_id=user_id, by=by, at=at)
        claim_services.dispose_of_name(user_id=user_id, name=user.name, by=by, at=at)
        partner_services.dispose_of_signed_name(user_id=user_id, name=user.name, by=by, at=at)
        notification_services.dispose_of_messages_naming(user_id, known_as)
    return len(ids)


def _dispose_of_messages(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    return notification_services.dispose_of_messages(ids)


def _invitations(organisation_id: UUID, day: date) -> QuerySet:
    return accounts.invitations_unused_before(organisation_id, day).annotate(person_id=Value(None, UUIDField()))


def _subject_requests(organisation_id: UUID, day: date) -> QuerySet:
    """Return the requests that were over before a day; one made in the portal goes with the person's last role."""
    home = Coalesce(
        F("organisation_id"),
        Subquery(accounts.last_organisation_of(OuterRef("person"))[:1]),
        output_field=UUIDField(),
    )
    return subject_access.requests_over_before(day).annotate(home_id=home).filter(home_id=organisation_id)


def _readings(organisation_id: UUID, day: date) -> QuerySet:
    return readings.readings_before(organisation_id, start_of_day(day)).annotate(
        person_id=Value(None, UUIDField()), began_on=TruncDate("at", tzinfo=LONDON)
    )


def _dispose_of_training(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Leave the trainings that claims rest on."""
    return partner_services.dispose_of_training(ids, claimed=claims.trainings_claimed(ids), by=by, at=at)


def _awaited(organisation_id: UUID, day: date) -> QuerySet:
    return partners.awaited_since(organisation_id, day).annotate(person_id=Value(None, UUIDField()))


# --- the table -------------------------------------------------------------------------------
def _days(length: int) -> Period:
    return Period(length, PeriodUnit.DAYS)


def _years(length: int) -> Period:
    return Period(length * 12, PeriodUnit.MONTHS)


_YEAR_SETTLED = "the end of the financial year in which the claim was settled"
_LEFT = "the day on which the partner left"

_ALL = (
    Kind(
        "bank_details", "Bank details", _days(90), f"{_LEFT} everywhere, once nothing is owed",
        _bank_details, claim_services.dispose_of_bank_details, leaves_rows=True, is_shared=True,
    ),
    Kind(
        "journey", "Usual journeys", _days(90), _LEFT,
        partners.journeys_of_leavers, partner_services.dispose_of_journeys,
    ),
    Kind(
        "telephone", "Telephone numbers", _days(90), _LEFT,
        partners.telephone_numbers_of_leavers, partner_services.dispose_of_telephone_numbers,
    ),
    Kind("check", "Checks", _years(1), _LEFT, partners.checks_of_leavers, partner_services.dispose_of_checks),
    Kind(
        "signature", "Signed agreements", _years(6), _LEFT,
        partners.signatures_of_leavers, partner_services.dispose_of_signatures,
    ),
    Kind(
        "interest", "Declared interests", _years(1), _LEFT,
        partners.interests_of_leavers, partner_services.dispose_of_interests,
    ),
    Kind(
        "declaration", "Declarations of interests", _years(1), _LEFT,
        partners.declarations_of_leavers, partner_services.dispose_of_declarations,
    ),
    Kind(
        "access_need", "Access and communication needs", _years(1), _LEFT,
        partners.leavers, partner_services.dispose_of_access_needs, leaves_rows=True,
    ),
    Kind(
        "profile", "Time, skills and interests", _years(1), _LEFT,
        partners.leavers, partner_services.dispose_of_profiles, leaves_rows=True,
    ),
    Kind(
        "support", "Talks, reviews and wellbeing", _years(1), _LEFT,
        partners.leavers, partner_services.dispose_of_support, leaves_rows=True,
    ),
    Kind(
        "application", "Applications of partners", _years(1), _LEFT,
        partners.applications_of_leavers, partner_services.dispose_of_applications, leaves_rows=True,
    ),
    Kind(
        "awaited", "People of a list who never said yes", _years(1), "the day on which the list was brought in",
        _awaited, partner_services.dispose_of_awaited,
    ),
    Kind(
        "training", "Training and development", _years(6), "the end of the financial year in which the partner left",
        partners.leavers, _dispose_of_training, by_year=True, leaves_rows=True,
    ),
    Kind(
        "escort", "Who went along to a first meeting", _days(90), _LEFT,
        committees.escorts_of_leavers, committee_services.dispose_of_escorts, leaves_rows=True,
    ),
    # What helped those who were new then may help nobody some years on.
    Kind(
        "induction", "Inductions and working agreements", _years(1), _LEFT,
        partners.inductions_of_leavers, partner_services.dispose_of_inductions,
    ),
    Kind(
        "newcomer_note", "Notes for newcomers", _years(3), _LEFT,
        partners.newcomer_notes_of_leavers, partner_services.dispose_of_newcomer_notes,
    ),
    Kind(
        "exit", "Exit conversations", _years(1), _LEFT,
        partners.exit_conversations_of_leavers, partner_services.dispose_of_exit_conversations,
    ),
    Kind(
        "handover", "Handover packs", _years(3), _LEFT,
        partners.handover_packs_of_leavers, partner_services.dispose_of_handover_packs,
    ),
    Kind(
        "succession", "Notes on what happens when a term ends", _years(1), _LEFT,
        partners.succession_plans_of_leavers, partner_services.dispose_of_succession_notes, leaves_rows=True,
    ),
    Kind(
        "term", "Reasons for a change of the term", _years(6), _LEFT,
        partners.term_changes_of_leavers, partner_services.dispose_of_term_reasons, leaves_rows=True,
    ),
    Kind(
        "helper", "Names of helpers", _years(1), "the day on which the help ended or the partner left",
        claims.helpers_before, claim_services.dispose_of_helpers, leaves_rows=True,
    ),
    Kind(
        "invitation", "Invitations never used", _days(180), "the day on which the invitation ran out",
        _invitations, account_services.dispose_of_invitations,
    ),
    Kind(
        "message", "Messages", _years(2), "the day on which the message was written",
        _messages, _dispose_of_messages, is_shared=True,
    ),
    Kind(
        "claim", "Words and receipts of claims", _years(6), _YEAR_SETTLED,
        claims.claims_settled_before, claim_services.dispose_of_claim_words, NHS_CODE, by_year=True, leaves_rows=True,
    ),
    Kind(
        "question", "Words of questions", _years(2), "the day on which the question was closed",
        partners.questions_closed_before, partner_services.dispose_of_question_words, leaves_rows=True,
    ),
    Kind(
        "prior_approval", "Requests before a journey", _years(6), "the end of the financial year of the journey",
        claims.prior_approvals_before, claim_services.dispose_of_prior_approvals, NHS_CODE, by_year=True,
        leaves_rows=True,
    ),
    Kind(
        "standing_approval", "Standing approvals", _years(6), "the end of the financial year in which it ended",
        claims.standing_approvals_before, claim_services.dispose_of_standing_approvals, NHS_CODE, by_year=True,
        leaves_rows=True,
    ),
    Kind(
        "subject_request", "Requests for a copy of records", _years(3), "the day on which the request was over",
        _subject_requests, subject_access_services.dispose_of_requests,
    ),
    Kind(
        "reading", "Record of who read what", _years(6), "the end of the financial year in which it was read",
        _readings, audit.dispose_of_readings, NHS_CODE, by_year=True,
    ),
    Kind(
        "account", "Names of people who have left", _years(6),
        "the end of the financial year in which they left everywhere or their last claim was settled, the later",
        _accounts, _dispose_of_accounts, NHS_CODE, by_year=True, leaves_rows=True, is_shared=True,
    ),
)  # fmt: skip

KINDS: dict[str, Kind] = {kind.key: kind for kind in _ALL}
