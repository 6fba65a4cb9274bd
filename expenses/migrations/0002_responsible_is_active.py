"""The database's own hold on the promise: whoever is responsible for an open claim has an active account.

The check runs at commit, so that a service may hand the claims over and close the account in either order.
"""

from django.db import migrations

OPEN = "('submitted', 'returned', 'appealed', 'approved', 'in_run', 'not_approved')"

FORWARDS = f"""
CREATE FUNCTION expenses_claim_responsible_is_active() RETURNS trigger AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM expenses_claim AS claim
        JOIN accounts_user AS person ON person.id = claim.responsible_id
        WHERE claim.id = NEW.id AND claim.status IN {OPEN} AND NOT person.is_active
    ) THEN
        RAISE EXCEPTION 'Claim % would be left with somebody whose account is closed.', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$ LANGUAGE plpgsql;

CREATE FUNCTION expenses_closed_account_answers_for_nothing() RETURNS trigger AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM expenses_claim AS claim
        JOIN accounts_user AS person ON person.id = claim.responsible_id
        WHERE claim.responsible_id = NEW.id AND claim.status IN {OPEN} AND NOT person.is_active
    ) THEN
        RAISE EXCEPTION 'Person % is responsible for open claims: hand these over first.', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$ LANGUAGE plpgsql;

CREATE CONSTRAINT TRIGGER claim_responsible_is_active
AFTER INSERT OR UPDATE OF responsible_id, status ON expenses_claim
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION expenses_claim_responsible_is_active();

CREATE CONSTRAINT TRIGGER closed_account_answers_for_nothing
AFTER UPDATE OF is_active ON accounts_user
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active)
EXECUTE FUNCTION expenses_closed_account_answers_for_nothing();
"""

BACKWARDS = """
DROP TRIGGER closed_account_answers_for_nothing ON accounts_user;
DROP TRIGGER claim_responsible_is_active ON expenses_claim;
DROP FUNCTION expenses_closed_account_answers_for_nothing();
DROP FUNCTION expenses_claim_responsible_is_active();
"""


class Migration(migrations.Migration):
    dependencies = [("expenses", "0001_expenses"), ("accounts", "0001_accounts")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
