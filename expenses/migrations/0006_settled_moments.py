"""When lines came to their end, and claims were paid, before the columns for it were there: read off the events.

The table's triggers are off meanwhile: the change is the portal's own, and says nothing that its history does not.
"""

from django.db import migrations

FORWARDS = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE expenses_claimline DISABLE TRIGGER USER;
ALTER TABLE expenses_claim DISABLE TRIGGER USER;

UPDATE expenses_claimline AS line SET settled_at = told.at
FROM (
    SELECT line_id, to_status, max(at) AS at FROM expenses_claimevent WHERE line_id IS NOT NULL
    GROUP BY line_id, to_status
) AS told
WHERE told.line_id = line.id AND told.to_status = line.status
    AND line.status IN ('paid', 'nothing_to_pay', 'refused', 'withdrawn') AND line.settled_at IS NULL;

UPDATE expenses_claim AS claim SET paid_at = told.at
FROM (SELECT claim_id, max(settled_at) AS at FROM expenses_claimline WHERE status = 'paid' GROUP BY claim_id) AS told
WHERE told.claim_id = claim.id AND claim.paid_at IS NULL;

SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE expenses_claim ENABLE TRIGGER USER;
ALTER TABLE expenses_claimline ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [("expenses", "0005_money")]

    operations = [migrations.RunSQL(FORWARDS, migrations.RunSQL.noop)]
