"""The database's own hold on a claim's status: it is what its lines make it (expenses/policies/states.py).

So a claim cannot be called paid, refused or withdrawn while a line of it is anything else. The check runs at commit,
when lines and claim have both been written.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION expenses_status_of_claim(claim uuid) RETURNS text AS $$
    SELECT CASE
        WHEN 'pending' = ANY (found) THEN 'submitted'
        WHEN 'appealed' = ANY (found) THEN 'appealed'
        WHEN 'returned' = ANY (found) THEN 'returned'
        WHEN 'approved' = ANY (found) THEN 'approved'
        WHEN 'in_run' = ANY (found) THEN 'in_run'
        WHEN 'not_approved' = ANY (found) THEN 'not_approved'
        WHEN 'paid' = ANY (found) THEN 'paid'
        WHEN 'nothing_to_pay' = ANY (found) THEN 'nothing_to_pay'
        WHEN 'refused' = ANY (found) THEN 'refused'
        WHEN 'withdrawn' = ANY (found) THEN 'withdrawn'
    END
    FROM (SELECT array_agg(status::text) AS found FROM expenses_claimline WHERE claim_id = claim) AS lines
$$ LANGUAGE sql STABLE;

CREATE FUNCTION expenses_claim_status_follows_lines() RETURNS trigger AS $$
DECLARE
    claim uuid := CASE WHEN TG_TABLE_NAME = 'expenses_claim' THEN NEW.id ELSE (to_jsonb(NEW) ->> 'claim_id')::uuid END;
BEGIN
    IF EXISTS (
        SELECT 1 FROM expenses_claim
        WHERE id = claim AND status <> 'draft' AND status IS DISTINCT FROM expenses_status_of_claim(claim)
    ) THEN
        RAISE EXCEPTION 'The status of claim % does not follow from its lines.', claim
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$ LANGUAGE plpgsql;

CREATE CONSTRAINT TRIGGER claim_status_follows_lines
AFTER UPDATE OF status ON expenses_claim
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
EXECUTE FUNCTION expenses_claim_status_follows_lines();

CREATE CONSTRAINT TRIGGER claim_line_status_is_followed
AFTER UPDATE OF status ON expenses_claimline
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
EXECUTE FUNCTION expenses_claim_status_follows_lines();
"""

BACKWARDS = """
DROP TRIGGER claim_line_status_is_followed ON expenses_claimline;
DROP TRIGGER claim_status_follows_lines ON expenses_claim;
DROP FUNCTION expenses_claim_status_follows_lines();
DROP FUNCTION expenses_status_of_claim(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("expenses", "0002_responsible_is_active")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
