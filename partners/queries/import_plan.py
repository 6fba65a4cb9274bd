"""The dry run of a trust's own list of partners: what each row would do to what is here. Writes nothing."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from partners.enums import PartnerStatus, RoleCategory
from partners.enums.imports import ImportChoice, ImportColumn, ImportOutcome
from partners.models import Partner, TelephoneNumber
from partners.models.imports import AwaitedPartner, PartnerList
from partners.policies import imports as policies
from partners.queries.appointments import leads_of, partners_of
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import User
from psp_portal.accounts.queries import users_with_role
from psp_portal.dates import format_date
from psp_portal.tables import columns_left_out

O = ImportOutcome  # noqa: E741  it stands for nothing else in this module


@dataclass(frozen=True)
class Change:
    """What a row would change: which column, and its value before and after, in words."""

    column: ImportColumn
    before: str
    after: str


@dataclass(frozen=True)
class Question:
    """What somebody chooses for a row that could be two things: its key, its words, what there is, and the answer."""

    key: str
    words: str
    options: tuple[tuple[str, str], ...]
    chosen: str


@dataclass
class RowPlan:
    """A row with what it would become; ``outcome`` None while it is broken or undecided.

    ``partner``, ``person_id`` or ``awaited`` say whom it was matched with.
    """

    row: policies.Row
    outcome: ImportOutcome | None = None
    questions: list[Question] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    partner: Partner | None = None
    person_id: UUID | None = None
    awaited: AwaitedPartner | None = None
    lead_id: UUID | None = None

    @property
    def is_undecided(self) -> bool:
        return any(not question.chosen for question in self.questions)


@dataclass(frozen=True)
class ImportPlan:
    """What bringing a list in would do."""

    rows: list[RowPlan]
    headings_again: int
    left_out: list[str]

    @cached_property
    def broken(self) -> list[RowPlan]:
        return [planned for planned in self.rows if not planned.row.is_sound]

    @cached_property
    def undecided(self) -> list[RowPlan]:
        return [planned for planned in self.rows if planned.is_undecided]

    @cached_property
    def to_choose(self) -> list[RowPlan]:
        return [planned for planned in self.rows if planned.questions]

    @cached_property
    def counts(self) -> Counter[ImportOutcome | None]:
        return Counter(planned.outcome for planned in self.rows)

    def of(self, outcome: ImportOutcome) -> list[RowPlan]:
        """Return the rows that come to something."""
        return [planned for planned in self.rows if planned.outcome == outcome]

    @property
    def tally(self) -> list[tuple[str, int]]:
        """Return (what happens, to how many rows), in the order of the outcomes."""
        return [(str(outcome.label), self.counts[outcome]) for outcome in ImportOutcome if self.counts[outcome]]

    @property
    def brings_something(self) -> bool:
        return any(self.counts[outcome] for outcome in (O.INVITE, O.APPOINT, O.UPDATE))

    @property
    def is_sound(self) -> bool:
        return bool(self.rows) and not self.broken and not self.undecided


def columns_of(listed: PartnerList) -> dict[ImportColumn, int]:
    """Return which column of a list (from 0) is what."""
    return {ImportColumn(name): place for name, place in listed.columns.items()}


def otherwise_of(listed: PartnerList) -> dict[ImportColumn, Any]:
    """Return what holds for rows of a list that say nothing."""
    found: dict[ImportColumn, Any] = {
        ImportColumn.CATEGORY: RoleCategory(listed.otherwise.get("role_category", RoleCategory.SENIOR)),
        ImportColumn.PAID: listed.otherwise.get("is_paid", True),
    }
    if listed.otherwise.get("term_ends_on"):
        found[ImportColumn.TERM_ENDS_ON] = date.fromisoformat(listed.otherwise["term_ends_on"])
    return found


def import_plan(listed: PartnerList, *, today: date) -> ImportPlan:
    """Return what bringing a list in would do today, row by row, with all that stands against it.

    The number of queries does not depend on the number of rows. Of people who are not known at this organisation it
    says the same whether they have an account elsewhere or not: that is theirs to tell.
    """
    prefix = "same:"
    chosen = {int(key.removeprefix(prefix)): int(row) for key, row in listed.choices.items() if key.startswith(prefix)}
    columns = columns_of(listed)
    read = policies.read_list(
        listed.rows, listed.heading_row, columns,
        otherwise=otherwise_of(listed), chosen=chosen, own_code=listed.organisation.ods_code, today=today,
    )  # fmt: skip
    here = _Here(listed, today)
    rows = [_plan(row, here, listed.choices) for row in read.rows]
    headings = listed.rows[listed.heading_row - 1]
    return ImportPlan(rows, read.headings_again, columns_left_out(headings, columns))


class _Here:
    """Who is known at the organisation. Six queries."""

    def __init__(self, listed: PartnerList, today: date) -> None:
        organisation_id = listed.organisation_id
        self.by = listed.by
        self.serving: dict[str, Partner] = {}
        self.left: dict[str, list[Partner]] = defaultdict(list)
        self.named: dict[str, list[str]] = defaultdict(list)
        for partner in partners_of(organisation_id).select_related("user", "lead"):
            email = partner.user.email.casefold()
            self.named[partner.user.name.casefold()].append(email)
            if partner.status == PartnerStatus.LEFT:
                self.left[email].append(partner)
            else:
                self.serving[email] = partner
        self.telephones: dict[UUID, str] = dict(
            TelephoneNumber.objects.filter(
                partner__organisation_id=organisation_id, replaced_at__isnull=True
            ).values_list("partner_id", "number")
        )
        self.accepted = {
            person.email.casefold(): person.pk
            for person in users_with_role(Role.PARTNER, organisation_id=organisation_id, today=today)
        }
        self.awaited = {
            awaited.email.casefold(): awaited
            for awaited in AwaitedPartner.objects.filter(organisation_id=organisation_id).select_related("lead")
        }
        self.leads = {lead.email.casefold(): lead for lead in leads_of(organisation_id, today=today)}
        wanted = listed.otherwise.get("lead_id", "")
        self.lead = next((lead for lead in self.leads.values() if str(lead.pk) == wanted), self.by)

    def lead_of(self, row: policies.Row) -> User | None:
        """Return who looks after the person of a row; say what is wrong where nobody can."""
        email = row.values.get(ImportColumn.LEAD)
        lead = self.leads.get(email) if email else self.lead
        if lead is None:
            row.say(ImportColumn.LEAD, "Nobody with this address is a programme lead here")
        elif lead.email.casefold() == row.email:
            row.say(ImportColumn.LEAD, "A partner's lead must be another person")
        return lead


def _plan(row: policies.Row, here: _Here, choices: Mapping[str, str]) -> RowPlan:
    """Return what a row becomes, with the choices that were made."""
    planned = RowPlan(row)
    if row.rivals and row.number == row.rivals[0]:
        planned.questions.append(_which_counts(row, choices))
    if row.part_of is not None:
        planned.outcome = O.TOGETHER if row.part_of else O.LEAVE
        return planned
    if (row.rivals and f"same:{row.rivals[0]}" not in choices) or not row.is_sound:
        return planned
    lead = here.lead_of(row)
    if row.email == here.by.email.casefold():
        row.say(ImportColumn.EMAIL, "You cannot appoint yourself. Ask another programme lead")
    if lead is None or not row.is_sound:
        return planned
    planned.lead_id = lead.pk
    planned.partner, planned.awaited = here.serving.get(row.email), here.awaited.get(row.email)
    if planned.partner or planned.awaited:
        _match(planned, lead, here, choices)
    else:
        _new(planned, here, choices)
    return planned


def _which_counts(row: policies.Row, choices: Mapping[str, str]) -> Question:
    differ = " and ".join(column.label.lower() for column in row.clash)
    key = f"same:{row.number}"
    return Question(
        key,
        f"Rows {' and '.join(map(str, row.rivals))} have the same email address and do not agree "
        f"({differ}). Which one counts?",
        (*((str(number), f"Row {number}") for number in row.rivals), ("0", "None of them: leave this person out")),
        choices.get(key, ""),
    )


# --- people who are here -------------------------------------------------------------------------
_COMPARED = (ImportColumn.TERM_ENDS_ON, ImportColumn.PAID, ImportColumn.CATEGORY)
# What is changed only while somebody has not said yes: afterwards it is theirs, or has a page of its own.
_COMPARED_BEFORE = (
    ImportColumn.NAME, ImportColumn.TELEPHONE, ImportColumn.STARTS_ON, ImportColumn.STATUS, ImportColumn.LEFT_ON,
)  # fmt: skip


def _match(planned: RowPlan, lead: User, here: _Here, choices: Mapping[str, str]) -> None:
    """Compare a row with the appointment, or with the awaited one, that is here."""
    row, found = planned.row, planned.partner or planned.awaited
    for column in _COMPARED if planned.partner else (*_COMPARED_BEFORE, *_COMPARED):
        _compare(planned, column, getattr(found, column.value))
    if ImportColumn.LEAD not in row.said:
        planned.lead_id = found.lead_id
    elif lead.pk != found.lead_id:
        planned.changes.append(Change(ImportColumn.LEAD, found.lead.name, lead.name))
    if planned.partner:
        _compare_partner(planned, planned.partner, here)
    else:
        _keep_what_is_not_said(row, planned.awaited)
    if not row.is_sound:
        return
    if not planned.changes:
        planned.outcome = O.SAME
        return
    key = f"row:{row.number}"
    chosen = choices.get(key) or choices.get("here", "")
    where = "is a partner here already" if planned.partner else "is in a list that came before and has not answered yet"
    planned.questions.append(
        Question(
            key,
            f"Row {row.number}: {row.name} {where}, and the list says something else",
            ((ImportChoice.UPDATE, ImportChoice.UPDATE.label), (ImportChoice.LEAVE, ImportChoice.LEAVE.label)),
            chosen,
        )
    )
    planned.outcome = {ImportChoice.UPDATE.value: O.UPDATE, ImportChoice.LEAVE.value: O.LEAVE}.get(chosen)


def _compare(planned: RowPlan, column: ImportColumn, held: Any) -> None:
    said = planned.row.values.get(column)
    if column in planned.row.said and said != held:
        planned.changes.append(Change(column, value_in_words(column, held), value_in_words(column, said)))


def _keep_what_is_not_said(row: policies.Row, awaited: AwaitedPartner) -> None:
    """Let what the list does not say stay as it came before, and check that both go together."""
    values = row.values
    for column in (*_COMPARED_BEFORE, *_COMPARED):
        if column not in row.said:
            values[column] = getattr(awaited, column.value)
    if row.status != PartnerStatus.LEFT:
        values[ImportColumn.LEFT_ON] = None
    elif not values[ImportColumn.LEFT_ON] or values[ImportColumn.LEFT_ON] < values[ImportColumn.STARTS_ON]:
        row.say(ImportColumn.LEFT_ON, "They must have left on or after their first day")
    if values[ImportColumn.TERM_ENDS_ON] < values[ImportColumn.STARTS_ON]:
        row.say(
            ImportColumn.TERM_ENDS_ON,
            f"The term must end on or after its first day, {format_date(values[ImportColumn.STARTS_ON])}",
        )


def _compare_partner(planned: RowPlan, partner: Partner, here: _Here) -> None:
    """Say what would change of somebody who serves, and what the list cannot change."""
    row, values = planned.row, planned.row.values
    _compare(planned, ImportColumn.TELEPHONE, here.telephones.get(partner.pk, ""))
    if row.status == PartnerStatus.LEFT:
        left_on = values[ImportColumn.LEFT_ON]
        planned.changes.append(
            Change(ImportColumn.STATUS, partner.get_status_display(), f"Left {format_date(left_on)}")
        )
        if left_on < partner.starts_on:
            row.say(
                ImportColumn.LEFT_ON,
                f"They must have left on or after their first day here, {format_date(partner.starts_on)}",
            )
    elif ImportColumn.STATUS in row.said and row.status != partner.status:
        row.warnings.append(
            f"The list says {row.status.label.lower()}; here it is {partner.get_status_display().lower()}. Change that "
            "on their page."
        )
    if ImportColumn.TERM_ENDS_ON in row.said and values[ImportColumn.TERM_ENDS_ON] < partner.starts_on:
        row.say(
            ImportColumn.TERM_ENDS_ON,
            f"The term must end on or after their first day here, {format_date(partner.starts_on)}",
        )
    if values.get(ImportColumn.STARTS_ON, partner.starts_on) != partner.starts_on:
        row.warnings.append(f"The first day here is {format_date(partner.starts_on)}, which stays.")
    if row.name.casefold() != partner.user.name.casefold():
        row.warnings.append(f"The name here is {partner.user.name}, which stays: it is theirs to change.")


# --- people who are not ------------------------------------------------------------------------------
def _new(planned: RowPlan, here: _Here, choices: Mapping[str, str]) -> None:
    """Say what becomes of somebody who has no appointment here now."""
    row = planned.row
    policies.check_new(row)
    if not row.is_sound:
        return
    starts_on = row.values[ImportColumn.STARTS_ON]
    for past in here.left[row.email]:
        if row.status == PartnerStatus.LEFT and past.starts_on == starts_on:
            planned.outcome = O.SAME
            return
        if starts_on <= past.left_on and row.values.get(ImportColumn.LEFT_ON, past.left_on) >= past.starts_on:
            row.say(
                ImportColumn.STARTS_ON,
                f"They were a partner here from {format_date(past.starts_on)} to {format_date(past.left_on)}. One term "
                "must end before the next starts",
            )
            return
    planned.person_id = here.accepted.get(row.email)
    if planned.person_id:
        planned.outcome = O.APPOINT
        return
    question = _about_new(row, here)
    if question is None:
        planned.outcome = O.INVITE
        return
    words, left_out, default = question
    chosen = choices.get(f"row:{row.number}", default)
    planned.questions.append(
        Question(
            f"row:{row.number}", f"Row {row.number}: {words}",
            ((ImportChoice.NEW, ImportChoice.NEW.label), (ImportChoice.LEAVE, left_out)), chosen,
        )
    )  # fmt: skip
    planned.outcome = {ImportChoice.NEW.value: O.INVITE, ImportChoice.LEAVE.value: O.LEAVE}.get(chosen)


def _about_new(row: policies.Row, here: _Here) -> tuple[str, str, str] | None:
    """Return what is asked about somebody new, how leaving them out is called, and the answer unless somebody says."""
    twins = [email for email in here.named.get(row.name.casefold(), ()) if email != row.email]
    if twins:
        return (
            f"a partner here is called {row.name} too, with the address {twins[0]}. Is this somebody else?",
            "It is the same person: leave this row out", "",
        )  # fmt: skip
    if row.status == PartnerStatus.LEFT:
        return (
            f"{row.name} has left. An invitation would let them follow claims of that time",
            "Leave this row out", ImportChoice.LEAVE.value,
        )  # fmt: skip
    return None


# --- words -----------------------------------------------------------------------------------------
def value_in_words(column: ImportColumn, value: Any) -> str:
    """Return what a row or a record says, for the page that shows both."""
    if value in (None, ""):
        return "Nothing"
    if isinstance(value, bool):
        return "Paid" if value else "Unpaid"
    if isinstance(value, date):
        return format_date(value)
    if column == ImportColumn.CATEGORY:
        return str(RoleCategory(value).label)
    if column == ImportColumn.STATUS:
        return str(PartnerStatus(value).label)
    return str(value)
