"""Held lines and appeals before the columns for them were there, and what only the database can hold to them.

- Who has decided a line or returned it with a question is read off the events; none of them decides its appeal.
- Money held before now has been held since its claim was sent. Its partner was not asked, so an approver has it.
- No line goes into a payment run while two organisations disagree about who pays its claim.

The table's triggers are off for the first two: the change is the portal's own, and says nothing new.
"""

from django.db import migrations

BACKFILL = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE expenses_claimline DISABLE TRIGGER USER;

UPDATE expenses_claimline AS line SET handled_by = told.people
FROM (
    SELECT line_id, array_agg(DISTINCT by_id) AS people FROM expenses_claimevent
    WHERE line_id IS NOT NULL AND by_id IS NOT NULL AND action IN ('approve', 'return', 'refuse')
    GROUP BY line_id
) AS told
WHERE told.line_id = line.id
    AND (line.appeal_decided_by_id IS NULL OR NOT line.appeal_decided_by_id = ANY (told.people));

UPDATE expenses_claimline AS line SET held_since = claim.submitted_at, hold_due_on = claim.decision_due_on
FROM expenses_claim AS claim
WHERE claim.id = line.claim_id AND claim.submitted_at IS NOT NULL AND line.status IN ('pending', 'returned')
    AND line.held > 0 AND line.problems::text[] && ARRAY['no_receipt', 'needs_approval'];

SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE expenses_claimline ENABLE TRIGGER USER;
"""

RULES = """
ALTER TABLE expenses_claimline ADD CONSTRAINT claim_line_appeal_decided_by_newcomer
CHECK (appeal_decided_by_id IS NULL OR NOT appeal_decided_by_id = ANY (handled_by));

CREATE FUNCTION expenses_disputed_claim_is_not_paid() RETURNS trigger AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM expenses_claim WHERE id = NEW.claim_id AND arbiter_id IS NOT NULL) THEN
        RAISE EXCEPTION 'Line % cannot be paid: it is open which organisation pays its claim.', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$ LANGUAGE plpgsql;

CREATE TRIGGER claim_line_disputed_is_not_paid
BEFORE UPDATE OF status ON expenses_claimline
FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status AND NEW.status IN ('approved', 'in_run', 'paid'))
EXECUTE FUNCTION expenses_disputed_claim_is_not_paid();
"""

BACKWARDS = """
DROP TRIGGER claim_line_disputed_is_not_paid ON expenses_claimline;
DROP FUNCTION expenses_disputed_claim_is_not_paid();
ALTER TABLE expenses_claimline DROP CONSTRAINT claim_line_appeal_decided_by_newcomer;
"""


class Migration(migrations.Migration):
    dependencies = [("expenses", "0006_settled_moments")]

    operations = [migrations.RunSQL(BACKFILL, migrations.RunSQL.noop), migrations.RunSQL(RULES, BACKWARDS)]
