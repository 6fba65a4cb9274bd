"""The bench's trust: its people through the services, its thousands of claims by SQL.

The claims are plausible, keep every constraint, and stand where the services would have left them; only the triggers,
which would ask for each move of each line one by one, are off while they are loaded.
"""

import json
import time
from dataclasses import asdict, dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection, transaction
from django.utils import timezone

from committees.models import Meeting
from expenses.models import Claim, ClaimEvent, ClaimLine, Receipt, ReceiptUse
from psp_portal.accounts.models import User
from psp_portal.documents.models import Document
from psp_portal.notifications.models import Message
from tests.expenses.world import make_world

# How the claims stand, in hundredths: of the newest tenth, and of those that are older.
UNDER_WAY = {"submitted": 40, "approved": 35, "returned": 10, "not_approved": 10, "appealed": 5}
OLDER = {"paid": 88, "nothing_to_pay": 4, "refused": 4, "withdrawn": 4}
# For the ladder: all of them open.
ALL_OPEN = {"submitted": 50, "approved": 40, "returned": 10}

DAYS_BACK = 540  # the partner was appointed before that
UNREAD = 12
LINES = 5


@dataclass(frozen=True)
class Trust:
    """Who and what the bench asks for."""

    organisation: str
    partner: str
    approver: str
    finance: str
    assignment: str

    def save(self) -> str:
        """Return it as text, for another process."""
        return json.dumps(asdict(self))


def make_trust() -> Trust:
    """Make a trust with its people, one partner, and a rate card, through the services."""
    world = make_world()
    return Trust(
        organisation=str(world.organisation.pk),
        partner=str(world.person.pk),
        approver=str(world.approver.pk),
        finance=str(world.finance_lead.pk),
        assignment=str(world.assignment.pk),
    )


def load(trust: Trust, count: int, *, due: int = 0, drafts: int = 0) -> float:
    """Load ``count`` sent claims of the partner, and ``drafts`` more with five lines; return the seconds it took.

    With ``due`` all of them are open, and that many have a step of the ladder due today; otherwise no step is due.
    """
    begun = time.perf_counter()
    tables = [
        model._meta.db_table
        for model in (Meeting, Claim, ClaimLine, ClaimEvent, Document, Receipt, ReceiptUse, Message)
    ]
    values = {
        **asdict(trust),
        "count": count,
        "drafts": drafts,
        "due": due,
        "days": DAYS_BACK,
        "unread": UNREAD,
        "today": timezone.localdate(),
        "newest": _statuses(ALL_OPEN if due else UNDER_WAY),
        "older": _statuses(ALL_OPEN if due else OLDER),
    }
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in LOAD.split(";\n"):
            cursor.execute(statement, values)
        # The checks that wait for the end run now: a table with checks outstanding cannot be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return time.perf_counter() - begun


def _statuses(shares: dict[str, int]) -> list[str]:
    """Return a hundred statuses in these shares, mixed the same way each time."""
    ordered = [status for status, share in shares.items() for _ in range(share)]
    return [ordered[position * 37 % 100] for position in range(100)]


def sign_in(user_id: str) -> str:
    """Return the key of a new session of somebody, as signing in leaves it."""
    user = User.objects.get(pk=user_id)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


def claims_with_five_lines(status: str) -> list[str]:
    """Return the ids of the claims in a status that have five lines, the newest first."""
    found = Claim.objects.filter(status=status, lines__position=LINES).order_by("-number").values_list("pk", flat=True)
    return [str(pk) for pk in found]


# Line 1 is time, 2 mileage, 3 parking, 4 a train, 5 lunch; a claim has one to five of them.
LOAD = """
CREATE TEMPORARY TABLE loaded ON COMMIT DROP AS
SELECT i, gen_random_uuid() AS id, gen_random_uuid() AS meeting_id, 1 + i %% 5 AS lines,
    CASE WHEN i <= %(count)s * 9 / 10 THEN (%(older)s::text[])[1 + i %% 100]
        ELSE (%(newest)s::text[])[1 + i %% 100] END AS status,
    -- The oldest first, so that numbers rise with time; the newest was sent yesterday.
    date_trunc('minute', now()) - interval '1 day' - make_interval(mins => (%(days)s * 1440.0
        * (%(count)s - i) / %(count)s)::int) AS sent_at
FROM generate_series(1, %(count)s) AS i;
ALTER TABLE loaded ADD PRIMARY KEY (i);
ALTER TABLE loaded ADD is_open boolean GENERATED ALWAYS AS
    (status IN ('submitted', 'approved', 'returned', 'not_approved', 'appealed')) STORED,
    ADD is_decided boolean GENERATED ALWAYS AS (status NOT IN ('submitted', 'withdrawn')) STORED,
    ADD is_agreed boolean GENERATED ALWAYS AS (status IN ('approved', 'paid')) STORED,
    ADD asked numeric GENERATED ALWAYS AS
    ((ARRAY[75.00, 88.53, 92.73, 111.13, 117.63])[lines]) STORED;

INSERT INTO committees_meeting (id, committee_id, starts_at, place, online_link, planned_minutes, actual_minutes,
    status, cancel_reason, content_warning)
SELECT meeting_id, (SELECT committee_id FROM committees_assignment WHERE id = %(assignment)s),
    sent_at - interval '3 days', 'Board room', '', 210, 210, 'held', '', ''
FROM loaded;

INSERT INTO expenses_claim (id, number, partner_id, claimant_id, organisation_id, payer_id, assignment_id, meeting_id,
    budget_code, status, preference, created_at, submitted_at, decision_due_on, payment_due_on, ladder, steps_written,
    next_step_at,
    responsible_id, waiting_on_id, waiting_since, waiting_due_on, closed_at,
    asked, held, disallowed, declined, approved, paid, above_hmrc_mileage)
SELECT id, nextval('expenses_claim_number'), (SELECT partner_id FROM committees_assignment WHERE id = %(assignment)s),
    %(partner)s, %(organisation)s, %(organisation)s, %(assignment)s, meeting_id,
    (SELECT budget_code FROM committees_assignment WHERE id = %(assignment)s),
    status, 'full', sent_at - interval '1 hour', sent_at, sent_at::date + 14, sent_at::date + 30,
    CASE WHEN is_open THEN ARRAY[first_step, first_step + 7, first_step + 14, first_step + 21, first_step + 28]
        ELSE ARRAY[sent_at::date + 30, sent_at::date + 37, sent_at::date + 44, sent_at::date + 51] END, 0,
    CASE WHEN is_open THEN first_step::timestamp AT TIME ZONE 'Europe/London' END,
    CASE WHEN is_open AND status = 'approved' THEN %(finance)s::uuid WHEN is_open THEN %(approver)s::uuid END,
    CASE WHEN status IN ('returned', 'not_approved') THEN %(partner)s::uuid
        WHEN status = 'approved' THEN %(finance)s::uuid WHEN is_open THEN %(approver)s::uuid END,
    CASE WHEN is_open THEN sent_at END, CASE WHEN is_open THEN sent_at::date + 14 END,
    CASE WHEN NOT is_open THEN sent_at + interval '21 days' END,
    asked, 0, 0, 0, CASE WHEN is_agreed THEN asked ELSE 0 END, CASE WHEN status = 'paid' THEN asked ELSE 0 END, 0
FROM (SELECT loaded.*, %(today)s::date
    + CASE WHEN i <= %(due)s THEN 0 ELSE 5 + i %% 20 END AS first_step FROM loaded) AS loaded;

INSERT INTO expenses_claimline (id, claim_id, claimant_id, position, kind, date, status, minutes, activity, vehicle,
    miles, passengers, from_place, to_place, amount, fare_class, description, approval, no_receipt_reason,
    pay, held, disallowed, declined, problems, rule, approved_amount, decided_by_id, decided_at, decision_reason,
    question, answer, appeal_until, appeal_reason, appeal_decision_reason, handled_by, settled_at)
SELECT gen_random_uuid(), id, %(partner)s, position,
    (ARRAY['involvement_payment', 'mileage', 'parking', 'rail', 'subsistence_lunch'])[position],
    sent_at::date - 3,
    CASE status WHEN 'submitted' THEN 'pending' ELSE status END,
    CASE position WHEN 1 THEN 210 END, CASE position WHEN 1 THEN 'meeting' ELSE '' END,
    CASE position WHEN 2 THEN 'car' ELSE '' END, CASE position WHEN 2 THEN 24.6 END, 0,
    CASE position WHEN 2 THEN 'Home' ELSE '' END, CASE position WHEN 2 THEN 'Trust headquarters' ELSE '' END,
    CASE WHEN position > 2 THEN (ARRAY[0, 0, 4.20, 18.40, 6.50])[position] END,
    CASE position WHEN 4 THEN 'standard' ELSE '' END, '', '', '',
    (ARRAY[75.00, 13.53, 4.20, 18.40, 6.50])[position], 0, 0, 0, '{}',
    (ARRAY['half day, up to 4 h', '24.6 miles at 55p', 'as on the receipt', 'standard fare', 'up to the limit'])
        [position],
    CASE WHEN is_agreed THEN (ARRAY[75.00, 13.53, 4.20, 18.40, 6.50])[position]
        WHEN status = 'nothing_to_pay' THEN 0 END,
    CASE WHEN is_decided THEN %(approver)s::uuid END, CASE WHEN is_decided THEN sent_at + interval '2 days' END,
    CASE WHEN status IN ('not_approved', 'appealed', 'refused') THEN 'This was not agreed.' ELSE '' END,
    CASE status WHEN 'returned' THEN 'Which meeting was this for?' ELSE '' END, '',
    CASE WHEN status IN ('not_approved', 'appealed', 'refused')
        THEN greatest(sent_at::date + 30, %(today)s::date + 5) END,
    CASE status WHEN 'appealed' THEN 'It was agreed on the telephone.' ELSE '' END, '',
    CASE WHEN is_decided THEN ARRAY[%(approver)s::uuid] ELSE '{}' END,
    CASE WHEN status IN ('paid', 'nothing_to_pay', 'refused', 'withdrawn') THEN sent_at + interval '20 days' END
FROM loaded, generate_series(1, lines) AS position;

INSERT INTO expenses_claimevent (claim_id, at, action, from_status, to_status, by_id, by_name, note)
SELECT id, sent_at, 'submit', 'draft', 'submitted', %(partner)s::uuid, 'The partner', '' FROM loaded
UNION ALL
SELECT id, sent_at + interval '2 days', 'decide', 'submitted',
    CASE status WHEN 'paid' THEN 'approved' WHEN 'refused' THEN 'not_approved' WHEN 'appealed' THEN 'not_approved'
        ELSE status END, %(approver)s::uuid, 'The approver', ''
FROM loaded WHERE is_decided
UNION ALL
SELECT id, sent_at + interval '20 days', 'add_to_run', 'approved', 'in_run', %(finance)s::uuid,
    'Finance', ''
FROM loaded WHERE status = 'paid'
UNION ALL
SELECT id, sent_at + interval '21 days', 'record_payment', 'in_run', 'paid', %(finance)s::uuid,
    'Finance', ''
FROM loaded WHERE status = 'paid';

INSERT INTO expenses_claimevent (claim_id, line_id, at, action, from_status, to_status, by_id, by_name, note)
SELECT loaded.id, line.id, line.decided_at,
    CASE WHEN is_agreed OR loaded.status = 'nothing_to_pay' THEN 'approve' WHEN loaded.status = 'returned' THEN 'return'
        ELSE 'refuse' END,
    'pending', line.status, %(approver)s, 'The approver', line.decision_reason
FROM loaded JOIN expenses_claimline AS line ON line.claim_id = loaded.id WHERE is_decided;

CREATE TEMPORARY TABLE proved ON COMMIT DROP AS
SELECT id AS line_id, claim_id, gen_random_uuid() AS document_id, md5(id::text) || md5(id::text) AS fingerprint
FROM expenses_claimline WHERE position > 2 AND claimant_id = %(partner)s;

INSERT INTO documents_document (id, file, original_name, content_type, size, fingerprint, stored_sha256, status,
    uploaded_by_id, uploaded_at, original)
SELECT document_id, 'documents/' || document_id, 'receipt.jpg', 'image/jpeg', 200000, fingerprint, fingerprint, 'clean',
    %(partner)s, now(), ''
FROM proved;

INSERT INTO expenses_receipt (id, claim_id, document_id, organisation_id, fingerprint, added_at)
SELECT document_id, claim_id, document_id, %(organisation)s, fingerprint, now() FROM proved;

INSERT INTO expenses_receiptuse (id, receipt_id, line_id) SELECT document_id, document_id, line_id FROM proved;

INSERT INTO expenses_claim (id, number, partner_id, claimant_id, organisation_id, payer_id, assignment_id, status,
    preference, created_at, ladder, steps_written, asked, held, disallowed, declined, approved, paid,
    above_hmrc_mileage)
SELECT gen_random_uuid(), nextval('expenses_claim_number'),
    (SELECT partner_id FROM committees_assignment WHERE id = %(assignment)s), %(partner)s, %(organisation)s,
    %(organisation)s, %(assignment)s, 'draft', 'full', now() - interval '3 years', '{}', 0, 117.63, 0, 0, 0, 0, 0, 0
FROM generate_series(1, %(drafts)s);

INSERT INTO expenses_claimline (id, claim_id, claimant_id, position, kind, date, status, minutes, activity, vehicle,
    miles, passengers, from_place, to_place, amount, fare_class, description, approval, no_receipt_reason,
    pay, held, disallowed, declined, problems, rule, decision_reason, question, answer, appeal_reason,
    appeal_decision_reason, handled_by)
SELECT gen_random_uuid(), id, %(partner)s, position,
    (ARRAY['involvement_payment', 'mileage', 'parking', 'rail', 'subsistence_lunch'])[position],
    %(today)s::date - 7, 'pending',
    CASE position WHEN 1 THEN 210 END, CASE position WHEN 1 THEN 'meeting' ELSE '' END,
    CASE position WHEN 2 THEN 'car' ELSE '' END, CASE position WHEN 2 THEN 24.6 END, 0,
    CASE position WHEN 2 THEN 'Home' ELSE '' END, CASE position WHEN 2 THEN 'Trust headquarters' ELSE '' END,
    CASE WHEN position > 2 THEN (ARRAY[0, 0, 4.20, 18.40, 6.50])[position] END,
    CASE position WHEN 4 THEN 'standard' ELSE '' END, '', '', '',
    (ARRAY[75.00, 13.53, 4.20, 18.40, 6.50])[position], 0, 0, 0, '{}', '', '', '', '', '', '', '{}'
FROM expenses_claim, generate_series(1, 5) AS position WHERE status = 'draft';

INSERT INTO notifications_message (id, dedupe_key, kind, recipient_id, address, subject, body, link, created_at,
    sent_at, attempts, next_try_at)
SELECT gen_random_uuid(), 'bench-' || person || i, 'bench', person, '', 'A message', 'Words', '', now(),
    now(), 1, now()
FROM unnest(ARRAY[%(partner)s::uuid, %(approver)s::uuid]) AS person, generate_series(1, %(unread)s) AS i
"""
