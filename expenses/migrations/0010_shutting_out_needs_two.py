"""The database's own hold on P8: nobody with money owed or a question open is shut out by one person alone.

An account is not closed, and a partner's role does not end, while a claim of theirs is open or a question is, unless a
row in ``accounts_shutout`` says that two people agreed to it and a message to the person is written. Whatever the way
is by which it is tried: a page, the shell or SQL (docs/adr/0026). The triggers fire at once and cannot be deferred.
"""

from django.db import migrations

OPEN = "('submitted', 'returned', 'appealed', 'approved', 'in_run', 'not_approved')"

FORWARDS = f"""
-- Whether something is owed to a person, or open with them; at one organisation, or for no organisation anywhere.
CREATE FUNCTION expenses_is_owed_or_asks(person uuid, place uuid) RETURNS boolean AS $$
    SELECT EXISTS (
        SELECT 1 FROM expenses_claim
        WHERE claimant_id = person AND status IN {OPEN}
            AND (place IS NULL OR organisation_id = place OR payer_id = place)
    ) OR partners_has_open_questions(person, place)
$$ LANGUAGE sql STABLE;

CREATE FUNCTION expenses_two_people_agreed(person uuid, place uuid) RETURNS boolean AS $$
    SELECT EXISTS (
        SELECT 1 FROM accounts_shutout AS shut_out
        WHERE shut_out.user_id = person AND shut_out.status = 'confirmed'
            AND (place IS NULL OR shut_out.organisation_id = place)
            AND EXISTS (
                SELECT 1 FROM notifications_message AS message
                WHERE message.recipient_id = person
                    AND message.dedupe_key = 'people.shut_out.done:' || shut_out.id::text
            )
    )
$$ LANGUAGE sql STABLE;

CREATE FUNCTION expenses_account_is_closed_by_two() RETURNS trigger AS $$
BEGIN
    IF expenses_is_owed_or_asks(NEW.id, NULL) AND NOT expenses_two_people_agreed(NEW.id, NULL) THEN
        RAISE EXCEPTION 'Person % is owed money or has a question open: closing the account needs two people.', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$ LANGUAGE plpgsql;

CREATE FUNCTION expenses_partner_role_is_ended_by_two() RETURNS trigger AS $$
BEGIN
    IF expenses_is_owed_or_asks(OLD.user_id, OLD.organisation_id)
        AND NOT expenses_two_people_agreed(OLD.user_id, OLD.organisation_id) THEN
        RAISE EXCEPTION 'Partner % is owed money or has a question open: ending the role needs two people.', OLD.user_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$ LANGUAGE plpgsql;

CREATE CONSTRAINT TRIGGER account_is_closed_by_two
AFTER UPDATE OF is_active ON accounts_user NOT DEFERRABLE
FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active)
EXECUTE FUNCTION expenses_account_is_closed_by_two();

CREATE CONSTRAINT TRIGGER partner_role_is_ended_by_two
AFTER UPDATE ON accounts_membership NOT DEFERRABLE
FOR EACH ROW WHEN (
    OLD.role = 'partner' AND (
        NEW.ends_on < coalesce(OLD.ends_on, 'infinity') OR NEW.starts_on > OLD.starts_on
        OR (NEW.role, NEW.user_id, NEW.organisation_id) IS DISTINCT FROM (OLD.role, OLD.user_id, OLD.organisation_id)
    )
)
EXECUTE FUNCTION expenses_partner_role_is_ended_by_two();

CREATE CONSTRAINT TRIGGER partner_role_is_taken_by_two
AFTER DELETE ON accounts_membership NOT DEFERRABLE
FOR EACH ROW WHEN (OLD.role = 'partner')
EXECUTE FUNCTION expenses_partner_role_is_ended_by_two();
"""

BACKWARDS = """
DROP TRIGGER partner_role_is_taken_by_two ON accounts_membership;
DROP TRIGGER partner_role_is_ended_by_two ON accounts_membership;
DROP TRIGGER account_is_closed_by_two ON accounts_user;
DROP FUNCTION expenses_partner_role_is_ended_by_two();
DROP FUNCTION expenses_account_is_closed_by_two();
DROP FUNCTION expenses_two_people_agreed(uuid, uuid);
DROP FUNCTION expenses_is_owed_or_asks(uuid, uuid);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("expenses", "0009_training_time"),
        ("accounts", "0005_shut_out"),
        ("partners", "0012_terms_and_leaving"),
        ("notifications", "0003_handed_over"),
    ]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
