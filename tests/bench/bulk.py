"""A trust with as many claim lines as one asks for: its people through the services, everything else by SQL.

One claim of each kind is made through the services; the others are copies of its rows in which only what differs is
set, so that a new column needs no word here. Triggers and the checks of foreign keys are off while they are loaded
(``session_replication_role``), and indexes are built afterwards; constraints hold all the time.

History is as long as the number of claims makes it, but what is at hand does not grow with it: the same number of
claims waits for a decision, for payment and for an answer, and the partner who is measured has the same number of
claims. What a page shows is thus the same at every size, and only what it must not read grows.

Besides the trust that is measured there are ``OTHERS`` with a tenth of its claims each: whoever asks must not see them,
and the database must not read them. Some claims at hand are older than 90 days, for the board, and every claim has its
history, for the audit trail.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from expenses import services
from expenses.enums import ExportFormat, LineKind
from expenses.models import Claim, ClaimEvent, Escalation
from tests.expenses.paying import give_account, pay_by_bacs
from tests.expenses.world import World, make_world

YEARS = 6
LINES_A_CLAIM = 3
CLAIMS_A_PERSON = 60
COMMITTEES = 40
TO_DECIDE, TO_PAY, ASKED = 400, 700, 30
AT_HAND = TO_DECIDE + TO_PAY + ASKED
UNCLAIMED = 200
OTHERS, SHARE_OF_OTHERS = 4, 10
DRAFTS = 40
# How a claim of the history ended, in tenths.
SETTLED = [*["paid"] * 7, "nothing_to_pay", "refused", "withdrawn"]


@dataclass(frozen=True)
class Loaded:
    """Whom the bench asks as, and how long loading took."""

    organisation: str
    partner: str
    approver: str
    finance: str
    other_finance: str
    lead: str
    seconds: float


@dataclass(frozen=True)
class _Templates:
    """The rows that are copied, by key."""

    world: World
    open_claim: str
    settled_claim: str
    draft: str
    run: str


# --- what is copied -------------------------------------------------------------------------
def _templates() -> _Templates:
    world = make_world()
    give_account(world.person, world)
    pay_by_bacs(world)
    settled = world.approved()
    run = world.released()
    for wanted in (ExportFormat.LEDGER, ExportFormat.PAYROLL):
        services.export_run(run_id=run.pk, format=wanted, by=world.finance_other, at=world.at)
    services.record_payment(run_id=run.pk, run_line_ids=None, by=world.finance_lead, at=world.at)
    waiting = world.sent(with_parking=True)
    services.ask_for_update(claim_id=waiting.pk, question="", by=world.person, at=world.at)
    services.escalate_overdue_claims(at=world.later(days=21))
    draft = world.draft()
    world.line(draft, LineKind.BUS, amount=Decimal("4.20"), no_receipt_reason="Contactless")
    return _Templates(world, str(waiting.pk), str(settled.pk), str(draft.pk), str(run.pk))


class _Copies:
    """Writes INSERTs that copy one row of a table many times with some columns set."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position)"
                " FROM information_schema.columns WHERE table_schema = 'public'"
                " AND is_generated = 'NEVER' GROUP BY table_name"
            )
            self.columns = dict(cursor.fetchall())

    def of(self, table: str, where: str, source: str, *, without: tuple[str, ...] = (), **values: str) -> str:
        """Return the INSERT: ``values`` are SQL over ``source`` and the copied row ``t``; ``without`` keep defaults."""
        unknown = set(values) - set(self.columns[table])
        if unknown:
            raise RuntimeError(f"{table} has no {', '.join(sorted(unknown))}.")
        names = [name for name in self.columns[table] if name not in without]
        shown = ", ".join(f"({values[name]})" if name in values else f't."{name}"' for name in names)
        quoted = ", ".join(f'"{name}"' for name in names)
        # Names come from the database, values from this module.
        return f"INSERT INTO {table} ({quoted}) SELECT {shown} FROM {source}, (SELECT * FROM {table} WHERE {where} LIMIT 1) AS t"  # noqa: E501, S608


# --- loading --------------------------------------------------------------------------------
TABLES = [
    "accounts_user", "accounts_membership", "partners_partner", "committees_committee", "committees_assignment",
    "committees_meeting", "committees_attendance", "expenses_claim", "expenses_claimline", "expenses_claimevent",
    "expenses_escalation", "expenses_updaterequest", "expenses_paymentrun", "expenses_runline", "expenses_runexport",
    "expenses_bankdetails", "expenses_claimhistory",
]  # fmt: skip


@contextmanager
def _quickly() -> Iterator[None]:
    """Load without triggers and without indexes; build these afterwards, and let the planner look at it all."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute("SET work_mem = '256MB'")
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = ANY(%s::regclass[]) AND NOT indisunique",
            [TABLES],
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        for _, definition in indexes:
            cursor.execute(definition)
        for setting in ("session_replication_role", "synchronous_commit", "maintenance_work_mem", "work_mem"):
            cursor.execute(f"RESET {setting}")
        cursor.execute("VACUUM ANALYZE")


def load(lines: int) -> Loaded:
    """Load a trust with so many claim lines, and others with fewer; return the first.

    Each trust's history is six years long, and its newest claims are at hand.
    """
    begun = time.perf_counter()
    trusts = [_names(_templates(), lines if place == 0 else lines // SHARE_OF_OTHERS) for place in range(1 + OTHERS)]
    with connection.cursor() as cursor, _quickly():
        for names in trusts:
            for statement in statements(_Copies()):
                cursor.execute(statement, names)
            cursor.execute(
                "SELECT string_agg(relname, ', ') FROM pg_class WHERE relname LIKE 'bench_%' AND relkind = 'r'"
            )
            cursor.execute(f"DROP TABLE {cursor.fetchone()[0]}")
    names = trusts[0]
    return Loaded(
        organisation=names["organisation"],
        partner=names["person"],
        approver=names["approver"],
        finance=names["finance"],
        other_finance=names["other_finance"],
        lead=names["lead"],
        seconds=time.perf_counter() - begun,
    )


def _names(made: _Templates, lines: int) -> dict[str, Any]:
    """Return what the statements are told of one trust."""
    world = made.world
    count = max(lines // LINES_A_CLAIM, AT_HAND + 100)
    return {
        "count": count,
        "settled": SETTLED,
        "history": count - AT_HAND,
        "people": max((count - AT_HAND) // CLAIMS_A_PERSON, 60),
        "years": YEARS,
        "to_decide": TO_DECIDE,
        "to_pay": TO_PAY,
        "committees": COMMITTEES,
        "unclaimed": UNCLAIMED,
        "drafts": DRAFTS,
        "organisation": str(world.organisation.pk),
        "person": str(world.person.pk),
        "partner": str(world.partner.pk),
        "assignment": str(world.assignment.pk),
        "committee": str(world.committee.pk),
        "approver": str(world.approver.pk),
        "deputy": str(world.deputy.pk),
        "finance": str(world.finance_lead.pk),
        "other_finance": str(world.finance_other.pk),
        "lead": str(world.lead.pk),
        "open_claim": made.open_claim,
        "settled_claim": made.settled_claim,
        "draft": made.draft,
        "run": made.run,
        "meeting": str(world.meeting.pk),
        "today": timezone.localdate(),
    }


def statements(copy: _Copies) -> Iterator[str]:
    """Return everything that is loaded, in order."""
    yield """
        CREATE TEMPORARY TABLE bench_people AS
        SELECT n, CASE n WHEN 0 THEN %(person)s::uuid ELSE gen_random_uuid() END AS user_id,
            CASE n WHEN 0 THEN %(partner)s::uuid ELSE gen_random_uuid() END AS partner_id,
            CASE n WHEN 0 THEN %(assignment)s::uuid ELSE gen_random_uuid() END AS assignment_id,
            CASE n WHEN 0 THEN 0 ELSE n %% %(committees)s END AS committee, gen_random_uuid() AS bank_details_id
        FROM generate_series(0, %(people)s - 1) AS n"""
    yield """
        CREATE TEMPORARY TABLE bench_committees AS
        SELECT n, CASE n WHEN 0 THEN %(committee)s::uuid ELSE gen_random_uuid() END AS committee_id
        FROM generate_series(0, %(committees)s - 1) AS n"""
    new = "(SELECT * FROM bench_people WHERE n > 0) AS p"
    yield copy.of(
        "accounts_user", "id = %(person)s", new,
        id="p.user_id", email="'partner' || p.n || '@' || %(organisation)s || '.example'", name="'Partner ' || p.n",
    )  # fmt: skip
    yield copy.of("accounts_membership", "user_id = %(person)s", new, id="gen_random_uuid()", user_id="p.user_id")
    yield copy.of("partners_partner", "id = %(partner)s", new, id="p.partner_id", user_id="p.user_id")
    yield copy.of(
        "committees_committee", "id = %(committee)s", "(SELECT * FROM bench_committees WHERE n > 0) AS c",
        id="c.committee_id", name="'Committee ' || c.n",
    )  # fmt: skip
    yield copy.of(
        "committees_assignment", "id = %(assignment)s", f"{new} JOIN bench_committees AS c ON c.n = p.committee",
        id="p.assignment_id", partner_id="p.partner_id", committee_id="c.committee_id",
        budget_code="'PS' || (100 + p.committee)",
    )  # fmt: skip
    yield copy.of("expenses_bankdetails", "user_id = %(person)s", new, id="p.bank_details_id", user_id="p.user_id")
    yield (
        "UPDATE bench_people SET bank_details_id = (SELECT id FROM expenses_bankdetails WHERE user_id = %(person)s)"
        " WHERE n = 0"
    )

    # The oldest first; the last ones are at hand, and of fifty people: none is person 0's, who is the partner that is
    # measured. They are at most four weeks old, but those that wait for an answer, which are before the board.
    yield """
        CREATE TEMPORARY TABLE bench_claims AS
        SELECT i, gen_random_uuid() AS id, gen_random_uuid() AS meeting_id, i > %(history)s AS is_open,
            CASE WHEN i > %(history)s + %(to_decide)s + %(to_pay)s THEN 'returned'
                WHEN i > %(history)s + %(to_decide)s THEN 'approved'
                WHEN i > %(history)s THEN 'submitted' ELSE (%(settled)s::text[])[1 + i %% 10] END AS status,
            date_trunc('minute', now()) - interval '1 day' - CASE
                WHEN i > %(history)s + %(to_decide)s + %(to_pay)s THEN make_interval(days => 100 + i %% 40)
                WHEN i > %(history)s
                THEN make_interval(mins => (28 * 1440.0 * (%(count)s - i) / (%(count)s - %(history)s))::int)
                ELSE interval '29 days'
                    + make_interval(mins => (%(years)s * 365 * 1440.0 * (%(history)s - i) / %(history)s)::int)
                END AS sent_at,
            3 + i::bigint * 7919 %% 41 AS days,
            CASE WHEN i > %(history)s THEN 1 + i %% 50 ELSE i %% %(people)s END AS person
        FROM generate_series(1, %(count)s) AS i"""
    yield "ALTER TABLE bench_claims ADD PRIMARY KEY (id)"
    yield (
        "ALTER TABLE bench_claims ADD paid_at timestamptz,"
        " ADD is_decided boolean GENERATED ALWAYS AS (status NOT IN ('submitted', 'withdrawn')) STORED"
    )
    yield (
        "UPDATE bench_claims SET paid_at = least(sent_at + make_interval(days => days::int), now() - interval '1 hour')"
    )
    yield """
        CREATE TEMPORARY TABLE bench_all AS
        SELECT c.*, p.user_id, p.partner_id, p.assignment_id, p.bank_details_id, k.committee_id,
            'PS' || (100 + p.committee) AS budget_code, (c.paid_at::date - DATE '2000-01-03') / 7 AS week
        FROM bench_claims AS c JOIN bench_people AS p ON p.n = c.person
            JOIN bench_committees AS k ON k.n = p.committee"""
    yield "ANALYZE bench_all"

    # Meetings of the claims at hand, and some that were attended and not claimed for.
    yield copy.of(
        "committees_meeting", "id = %(meeting)s", "(SELECT * FROM bench_all WHERE is_open) AS c",
        id="c.meeting_id", committee_id="c.committee_id", starts_at="c.sent_at - interval '3 days'",
    )  # fmt: skip
    yield copy.of(
        "committees_attendance", "meeting_id = %(meeting)s", "(SELECT * FROM bench_all WHERE is_open) AS c",
        id="gen_random_uuid()", meeting_id="c.meeting_id", assignment_id="c.assignment_id",
    )  # fmt: skip
    yield """
        CREATE TEMPORARY TABLE bench_unclaimed AS
        SELECT gen_random_uuid() AS meeting_id, c.assignment_id, c.committee_id, c.sent_at
        FROM bench_all AS c WHERE NOT is_open ORDER BY i DESC LIMIT %(unclaimed)s"""
    yield copy.of(
        "committees_meeting", "id = %(meeting)s", "bench_unclaimed AS c",
        id="c.meeting_id", committee_id="c.committee_id", starts_at="c.sent_at - interval '3 days'",
    )  # fmt: skip
    yield copy.of(
        "committees_attendance", "meeting_id = %(meeting)s", "bench_unclaimed AS c",
        id="gen_random_uuid()", meeting_id="c.meeting_id", assignment_id="c.assignment_id",
    )  # fmt: skip

    settled = "(SELECT * FROM bench_all WHERE NOT is_open) AS c"
    whole = {
        "id": "c.id", "number": "nextval('expenses_claim_number')", "partner_id": "c.partner_id",
        "claimant_id": "c.user_id", "assignment_id": "c.assignment_id", "budget_code": "c.budget_code",
        "status": "c.status", "created_at": "c.sent_at - interval '1 hour'", "submitted_at": "c.sent_at",
        "decision_due_on": "c.sent_at::date + 14", "payment_due_on": "c.sent_at::date + 30", "asked": "92.73",
    }  # fmt: skip
    yield copy.of(
        "expenses_claim", "id = %(settled_claim)s", settled,
        **whole, meeting_id="NULL::uuid", closed_at="c.paid_at",
        paid_at="CASE c.status WHEN 'paid' THEN c.paid_at END",
        approved="CASE c.status WHEN 'paid' THEN 92.73 ELSE 0 END",
        paid="CASE c.status WHEN 'paid' THEN 92.73 ELSE 0 END",
    )  # fmt: skip
    yield copy.of(
        "expenses_claim", "id = %(open_claim)s", "(SELECT * FROM bench_all WHERE is_open) AS c",
        **whole, meeting_id="c.meeting_id",
        ladder="ARRAY[d.first, d.first + 11, d.first + 25, d.first + 40, d.first + 70]".replace(
            "d.first",
            "(CASE c.status WHEN 'returned' THEN c.sent_at::date + 20 ELSE %(today)s::date + 5 + c.i %% 20 END)",
        ),
        steps_written="0", next_step_at="(%(today)s::date + 5 + c.i %% 20)::timestamp AT TIME ZONE 'Europe/London'",
        responsible_id="CASE c.status WHEN 'approved' THEN %(finance)s::uuid ELSE %(approver)s::uuid END",
        waiting_on_id="CASE c.status WHEN 'approved' THEN %(finance)s::uuid WHEN 'returned' THEN c.user_id"
        " ELSE %(approver)s::uuid END",
        waiting_since="c.sent_at", waiting_due_on="c.sent_at::date + 14",
        held="CASE c.status WHEN 'approved' THEN 0 ELSE 4.20 END",
        approved="CASE c.status WHEN 'approved' THEN 92.73 ELSE 0 END",
    )  # fmt: skip

    # What the audit trail has of them.
    for of, which in (("settled_claim", "NOT is_open"), ("open_claim", "is_open")):
        yield copy.of(
            "expenses_claimhistory", f"pgh_obj_id = %({of})s", f"(SELECT * FROM bench_all WHERE {which}) AS c",  # noqa: S608
            without=("pgh_id",),
            **{name: value for name, value in whole.items() if name != "number"},
            number="c.i", pgh_obj_id="c.id", pgh_created_at="c.sent_at",
        )  # fmt: skip

    # Time, mileage and parking; the parking of a claim to be decided has no receipt and is held.
    line = {
        "id": "gen_random_uuid()", "claim_id": "c.id", "claimant_id": "c.user_id", "date": "c.sent_at::date - 3",
        "status": "CASE c.status WHEN 'submitted' THEN 'pending' ELSE c.status END",
        "approved_amount": "CASE WHEN c.status IN ('paid', 'approved')"
        " THEN (ARRAY[75.00, 13.53, 4.20])[t.position] WHEN c.status = 'nothing_to_pay' THEN 0 END",
        "decided_by_id": "CASE WHEN c.is_decided THEN %(approver)s::uuid END",
        "decided_at": "CASE WHEN c.is_decided THEN c.sent_at + interval '2 days' END",
        "handled_by": "CASE WHEN c.is_decided THEN ARRAY[%(approver)s::uuid] ELSE ARRAY[]::uuid[] END",
        "decision_reason": "CASE c.status WHEN 'refused' THEN 'This was not agreed.' ELSE '' END",
        "question": "CASE c.status WHEN 'returned' THEN 'Which meeting was this for?' ELSE '' END",
        "appeal_until": "CASE c.status WHEN 'refused' THEN c.sent_at::date + 30 END",
        "settled_at": "CASE WHEN NOT c.is_open THEN c.paid_at END",
    }  # fmt: skip
    for position in (1, 2, 3):
        of_line = f"claim_id = %(open_claim)s AND position = {position}"
        decided = {
            "pay": "(ARRAY[75.00, 13.53, 4.20])[t.position]", "held": "0", "held_since": "NULL", "hold_due_on": "NULL",
            "hold_asked_at": "NULL", "hold_reminded_at": "NULL",
            # One in ten of what was paid had once been held.
            "problems": "CASE WHEN t.position = 3 AND c.i %% 10 = 0"
            " THEN ARRAY['no_receipt'] ELSE ARRAY[]::varchar[] END",
        }  # fmt: skip
        yield copy.of(
            "expenses_claimline", of_line, "(SELECT * FROM bench_all WHERE status <> 'submitted') AS c",
            **line, **{name: value.replace("NULL", _null(name)) for name, value in decided.items()},
        )  # fmt: skip
        yield copy.of(
            "expenses_claimline", of_line, "(SELECT * FROM bench_all WHERE status = 'submitted') AS c", **line
        )

    for action, before, after, at, who, which in (
        ("submit", "draft", "submitted", "c.sent_at", "c.user_id", "true"),
        ("decide", "submitted", "approved", "c.sent_at + interval '2 days'", "%(approver)s::uuid", "c.is_decided"),
        ("add_to_run", "approved", "in_run", "c.paid_at - interval '1 day'", "%(finance)s::uuid", "c.status = 'paid'"),
        ("record_payment", "in_run", "paid", "c.paid_at", "%(finance)s::uuid", "c.status = 'paid'"),
    ):
        yield (
            "INSERT INTO expenses_claimevent (claim_id, at, action, from_status, to_status, by_id, by_name, note)"  # noqa: S608
            f" SELECT c.id, {at}, '{action}', '{before}', '{after}', {who}, 'Somebody', ''"
            f" FROM bench_all AS c WHERE {which}"
        )

    # Steps of those that were late, most of them replied to.
    for number, kind, day in ((1, "lead", 20), (2, "lead_and_finance", 31)):
        yield copy.of(
            "expenses_escalation", "claim_id = %(open_claim)s AND number = 1",
            f"(SELECT * FROM bench_all WHERE NOT is_open AND status = 'paid' AND days > {day}) AS c",  # noqa: S608
            id="gen_random_uuid()", claim_id="c.id", number=str(number), kind=f"'{kind}'",
            due_on=f"c.sent_at::date + {day}", written_at=f"c.sent_at + interval '{day} days'",
            responsible_id="%(approver)s::uuid", reply_due_on=f"c.sent_at::date + {day + 7}",
            replied_at=f"CASE WHEN c.i %% 9 > 0 THEN c.sent_at + interval '{day + 3} days' END",
            replied_by_id="CASE WHEN c.i %% 9 > 0 THEN %(approver)s::uuid END",
            reply="CASE WHEN c.i %% 9 > 0 THEN 'It will be paid.' ELSE '' END",
        )  # fmt: skip
    yield copy.of(
        "expenses_updaterequest", "claim_id = %(open_claim)s",
        "(SELECT * FROM bench_all WHERE NOT is_open AND i %% 50 = 0) AS c",
        id="gen_random_uuid()", claim_id="c.id", asked_at="c.sent_at + interval '9 days'",
        asked_of_id="%(approver)s::uuid", reply_due_on="c.sent_at::date + 16",
        answered_at="c.sent_at + interval '12 days'", answered_by_id="%(approver)s::uuid", answer="'Soon.'",
    )  # fmt: skip

    # A run each week, with everything that was paid in it.
    yield """
        CREATE TEMPORARY TABLE bench_runs AS
        SELECT week, gen_random_uuid() AS id, max(paid_at) AS paid_at, count(*) AS claims
        FROM bench_all WHERE status = 'paid' GROUP BY week"""
    yield copy.of(
        "expenses_paymentrun", "id = %(run)s", "bench_runs AS r",
        id="r.id", number="nextval('expenses_run_number')", made_at="r.paid_at - interval '2 days'",
        released_at="r.paid_at - interval '1 day'", line_count="r.claims * 3", time_total="r.claims * 75.00",
        expenses_total="r.claims * 17.73",
    )  # fmt: skip
    yield copy.of(
        "expenses_runline", "run_id = %(run)s",
        "(SELECT l.id AS line_id, l.approved_amount, l.position, c.user_id, c.bank_details_id, c.paid_at, c.person,"
        " r.id AS run_id FROM bench_all AS c JOIN bench_runs AS r ON r.week = c.week"
        " JOIN expenses_claimline AS l ON l.claim_id = c.id WHERE c.status = 'paid') AS l",
        id="gen_random_uuid()", run_id="l.run_id", line_id="l.line_id", amount="l.approved_amount",
        is_for_time="l.position = 1", claimant_id="l.user_id", decided_by_id="%(approver)s::uuid",
        settled_at="l.paid_at", bank_details_id="l.bank_details_id", payee="l.person + 1",
    )  # fmt: skip
    for wanted, total, lines in (("ledger_csv", "17.73", "2"), ("payroll_csv", "75.00", "1")):
        yield copy.of(
            "expenses_runexport", f"run_id = %(run)s AND format = '{wanted}'", "bench_runs AS r",
            id="gen_random_uuid()", run_id="r.id", exported_at="r.paid_at - interval '1 hour'",
            line_count=f"r.claims * {lines}", total=f"r.claims * {total}",
        )  # fmt: skip

    # Drafts of the measured partner, for what is sent and decided while it is measured.
    yield """
        CREATE TEMPORARY TABLE bench_drafts AS
        SELECT gen_random_uuid() AS id FROM generate_series(1, %(drafts)s)"""
    yield copy.of(
        "expenses_claim", "id = %(draft)s", "bench_drafts AS d",
        id="d.id", number="nextval('expenses_claim_number')", meeting_id="NULL::uuid",
        created_at="now() - interval '3 years'",
    )  # fmt: skip
    for position in (1, 2, 3):
        yield copy.of(
            "expenses_claimline", f"claim_id = %(draft)s AND position = {position}", "bench_drafts AS d",
            id="gen_random_uuid()", claim_id="d.id", date="%(today)s::date - 7",
        )  # fmt: skip
    yield """
        INSERT INTO notifications_message (id, dedupe_key, kind, recipient_id, address, subject, body, link, created_at,
            sent_at, attempts, next_try_at)
        SELECT gen_random_uuid(), 'bench-' || person || i, 'bench', person, '', 'A message', 'Words', '', now(), now(),
            1, now()
        FROM unnest(ARRAY[%(person)s::uuid, %(approver)s::uuid, %(finance)s::uuid, %(lead)s::uuid]) AS person,
            generate_series(1, 12) AS i"""


def _null(column: str) -> str:
    """Return nothing of a column's type, as a SELECT that copies rows must say."""
    return {"hold_due_on": "NULL::date"}.get(column, "NULL::timestamptz")


# --- for the ladder -------------------------------------------------------------------------
def load_ladder(claims: int, due: int) -> float:
    """Load so many open claims with a line each, of which some have a step due today; return the seconds it took."""
    begun = time.perf_counter()
    world = make_world()
    template = world.sent()
    names = {
        "claims": claims, "due": due, "template": str(template.pk), "today": timezone.localdate(),
        "approver": str(world.approver.pk), "finance": str(world.finance_lead.pk),
    }  # fmt: skip
    copy = _Copies()
    step = "(%(today)s::date + CASE WHEN i <= %(due)s THEN 0 ELSE 5 + i %% 60 END)"
    with connection.cursor() as cursor, _quickly():
        cursor.execute(
            "CREATE TEMPORARY TABLE bench_claims AS"
            " SELECT i, gen_random_uuid() AS id FROM generate_series(1, %(claims)s) AS i",
            names,
        )
        cursor.execute(
            copy.of(
                "expenses_claim", "id = %(template)s", "bench_claims AS c",
                id="c.id", number="nextval('expenses_claim_number')", meeting_id="NULL::uuid",
                submitted_at="now() - interval '21 days'",
                status="CASE WHEN i %% 2 = 0 THEN 'submitted' ELSE 'approved' END",
                ladder=f"ARRAY[{step}, {step} + 11, {step} + 25, {step} + 40, {step} + 70]", steps_written="0",
                next_step_at=f"{step}::timestamp AT TIME ZONE 'Europe/London'",
                responsible_id="CASE WHEN i %% 2 = 0 THEN %(approver)s::uuid ELSE %(finance)s::uuid END",
                waiting_on_id="CASE WHEN i %% 2 = 0 THEN %(approver)s::uuid ELSE %(finance)s::uuid END",
                approved="CASE WHEN i %% 2 = 0 THEN 0 ELSE 75.00 END",
            ),
            names,
        )  # fmt: skip
        cursor.execute(
            copy.of(
                "expenses_claimline", "claim_id = %(template)s AND position = 1", "bench_claims AS c",
                id="gen_random_uuid()", claim_id="c.id",
                status="CASE WHEN i %% 2 = 0 THEN 'pending' ELSE 'approved' END",
                approved_amount="CASE WHEN i %% 2 = 1 THEN 75.00 END",
                decided_by_id="CASE WHEN i %% 2 = 1 THEN %(approver)s::uuid END",
                decided_at="CASE WHEN i %% 2 = 1 THEN now() - interval '19 days' END",
            ),
            names,
        )  # fmt: skip
        # The template is older than its first steps: those would be written besides the ones that are due.
        cursor.execute(
            "UPDATE expenses_claim SET next_step_at = now() + interval '1 year' WHERE id = %(template)s", names
        )
    return time.perf_counter() - begun


def check_whole() -> None:
    """Raise unless what was loaded adds up as the services would have left it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM expenses_claim AS c WHERE status <> 'draft'"
            " AND status IS DISTINCT FROM expenses_status_of_claim(c.id)"
        )
        (wrong,) = cursor.fetchone()
        if wrong:
            raise RuntimeError(f"{wrong} claims do not follow from their lines.")
    for model, most in ((Claim, 0), (ClaimEvent, 0), (Escalation, 0)):
        if model.objects.count() <= most:
            raise RuntimeError(f"There is no {model.__name__}.")
