"""Receipts of before keep their line when they become many-to-many: 0003 to 0004 on a database of its own."""

import pytest
from django.core.management import call_command
from django.db import connection, connections

OLD = "receipts_of_before"
CLAIM, LINE, GONE_LINE = (f"00000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))
RECEIPT, GONE_RECEIPT, SOMEBODY = (f"00000000-0000-4000-8000-00000000000{number}" for number in (4, 5, 6))

# Without triggers, as if it had been there for long: nobody is the actor, and what a row points at need not be there.
ROWS = f"""
SET session_replication_role = replica;
INSERT INTO expenses_claim (id, partner_id, claimant_id, organisation_id, payer_id, status, preference, created_at,
    ladder, steps_written, asked, held, disallowed, declined, approved, paid, above_hmrc_mileage)
VALUES ('{CLAIM}', '{SOMEBODY}', '{SOMEBODY}', '{SOMEBODY}', '{SOMEBODY}', 'draft', 'full', now(), '{{}}', 0,
    0, 0, 0, 0, 0, 0, 0);
INSERT INTO expenses_claimline (id, claim_id, claimant_id, position, kind, date, status, activity, vehicle, passengers,
    from_place, to_place, amount, fare_class, description, approval, no_receipt_reason, pay, held, disallowed, declined,
    problems, rule, decision_reason, question, answer, appeal_reason, appeal_decision_reason)
VALUES ('{LINE}', '{CLAIM}', '{SOMEBODY}', 1, 'parking', '2026-09-08', 'pending', '', '', 0,
    '', '', 4.20, '', '', '', '', 4.20, 0, 0, 0, '{{}}', '', '', '', '', '', '');
INSERT INTO expenses_claimlineevent SELECT (jsonb_populate_record(NULL::expenses_claimlineevent, to_jsonb(line) ||
    jsonb_build_object('pgh_id', number, 'pgh_created_at', now(), 'pgh_label', 'insert', 'pgh_obj_id', key, 'id', key)
    )).* FROM expenses_claimline AS line, (VALUES (1, '{LINE}'), (2, '{GONE_LINE}')) AS had (number, key);
INSERT INTO expenses_receipt (id, line_id, document_id, organisation_id, fingerprint, added_at)
VALUES ('{RECEIPT}', '{LINE}', '{SOMEBODY}', '{SOMEBODY}', 'abc', '2026-09-09');
INSERT INTO expenses_receiptevent (pgh_created_at, pgh_label, pgh_obj_id, id, line_id, document_id, organisation_id,
    fingerprint, added_at)
SELECT moment::date, label, key::uuid, key::uuid, line::uuid, '{SOMEBODY}', '{SOMEBODY}', 'abc', '2026-09-09'
FROM (VALUES ('2026-09-09', 'insert', '{RECEIPT}', '{LINE}'), ('2026-09-10', 'insert', '{GONE_RECEIPT}', '{GONE_LINE}'),
    ('2026-09-11', 'delete', '{GONE_RECEIPT}', '{GONE_LINE}')) AS happened (moment, label, key, line);
SET session_replication_role = DEFAULT;
"""  # noqa: S608  the names are this test's own


@pytest.fixture
def old(django_db_setup, django_db_blocker):
    """A database as of 0003, under the alias OLD."""
    with django_db_blocker.unblock():
        name = f"{connection.settings_dict['NAME']}_old"
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}"')
        connections.databases[OLD] = {**connection.settings_dict, "NAME": name}
        call_command("migrate", "expenses", "0003", database=OLD, verbosity=0)
        yield connections[OLD]
        connections[OLD].close()
        del connections[OLD], connections.databases[OLD]
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}"')


def test_receipts_of_before_prove_the_line_they_were_on_and_keep_their_history(old):
    with old.cursor() as cursor:
        cursor.execute(ROWS)
    call_command("migrate", "expenses", "0004", database=OLD, verbosity=0)

    def rows(sql):
        with old.cursor() as cursor:
            cursor.execute(sql)
            return [tuple(str(value) for value in row) for row in cursor.fetchall()]

    assert rows("SELECT id, claim_id FROM expenses_receipt") == [(RECEIPT, CLAIM)]
    assert rows("SELECT receipt_id, line_id FROM expenses_receiptuse") == [(RECEIPT, LINE)]
    assert rows("SELECT pgh_label, id, claim_id FROM expenses_receiptevent ORDER BY pgh_id") == [
        ("insert", RECEIPT, CLAIM), ("insert", GONE_RECEIPT, CLAIM), ("delete", GONE_RECEIPT, CLAIM),
    ]  # fmt: skip
    assert rows(
        "SELECT pgh_created_at::date, pgh_label, receipt_id, line_id FROM expenses_receiptuseevent ORDER BY pgh_id"
    ) == [
        ("2026-09-09", "insert", RECEIPT, LINE),
        ("2026-09-10", "insert", GONE_RECEIPT, GONE_LINE),
        ("2026-09-11", "delete", GONE_RECEIPT, GONE_LINE),
    ]
    # The triggers that were away stand again.
    names = "SELECT tgname FROM pg_trigger WHERE tgrelid = '{}'::regclass AND NOT tgisinternal AND tgenabled = 'O'"
    assert {name.rsplit("_", 1)[0] for (name,) in rows(names.format("expenses_receipt"))} == {
        f"pgtrigger_{name}"
        for name in (
            "actor_required", "insert_insert", "update_update", "delete_delete", "receipt_stays_on_its_claim"
        )
    }  # fmt: skip
    assert len(rows(names.format("expenses_receiptevent"))) == 1
