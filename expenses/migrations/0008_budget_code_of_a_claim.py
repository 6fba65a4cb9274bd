"""The budget code of a claim, kept from when it is sent. Claims sent before take the one that is agreed now.

The table's triggers are off for that: the change is the portal's own, and says nothing that its history does not.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

BACKFILL = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE expenses_claim DISABLE TRIGGER USER;

UPDATE expenses_claim AS claim SET budget_code = assignment.budget_code
FROM committees_assignment AS assignment
WHERE assignment.id = claim.assignment_id AND claim.submitted_at IS NOT NULL;

SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE expenses_claim ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_helper"),
        ("committees", "0003_dispute_person"),
        ("expenses", "0007_held_and_handled"),
        ("partners", "0002_telephone_number"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="claim",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="claim",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="claim",
            name="delete_delete",
        ),
        migrations.RemoveIndex(
            model_name="claim",
            name="claim_paid",
        ),
        migrations.RemoveIndex(
            model_name="claim",
            name="claim_closed",
        ),
        migrations.AddField(
            model_name="claim",
            name="budget_code",
            field=models.CharField(blank=True, db_default="", default="", max_length=30),
        ),
        migrations.AddField(
            model_name="claimhistory",
            name="budget_code",
            field=models.CharField(blank=True, db_default="", default="", max_length=30),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(
                condition=models.Q(("status", "paid")),
                fields=["payer", "paid_at"],
                include=("submitted_at", "payment_due_on", "paid", "assignment", "budget_code"),
                name="claim_paid",
            ),
        ),
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(
                condition=models.Q(("submitted_at__isnull", False)),
                fields=["payer", "closed_at"],
                include=("submitted_at", "assignment", "budget_code"),
                name="claim_closed",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="claim",
            trigger=pgtrigger.compiler.Trigger(
                name="claim_once_sent_keeps_budget_code",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."budget_code" IS DISTINCT FROM (NEW."budget_code") AND OLD."status" IS DISTINCT FROM \'draft\')',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="8c021fa5de76db894cf8471c62e5c9d9f8a4c10b",
                    operation="UPDATE",
                    pgid="pgtrigger_claim_once_sent_keeps_budget_code_a7e11",
                    table="expenses_claim",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="claim",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "expenses_claimhistory" ("above_hmrc_mileage", "approved", "arbiter_id", "asked", "assignment_id", "brought_in_id", "budget_code", "claimant_id", "closed_at", "created_at", "decision_due_on", "declined", "disallowed", "held", "id", "ladder", "meeting_id", "next_step_at", "number", "organisation_id", "origin", "paid", "paid_at", "partner_id", "payer_id", "payment_due_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preference", "prepared_by_id", "promised_on", "reduced_to", "responsible_id", "status", "steps_written", "submitted_at", "waiting_due_on", "waiting_on_id", "waiting_since") VALUES (NEW."above_hmrc_mileage", NEW."approved", NEW."arbiter_id", NEW."asked", NEW."assignment_id", NEW."brought_in_id", NEW."budget_code", NEW."claimant_id", NEW."closed_at", NEW."created_at", NEW."decision_due_on", NEW."declined", NEW."disallowed", NEW."held", NEW."id", NEW."ladder", NEW."meeting_id", NEW."next_step_at", NEW."number", NEW."organisation_id", NEW."origin", NEW."paid", NEW."paid_at", NEW."partner_id", NEW."payer_id", NEW."payment_due_on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."preference", NEW."prepared_by_id", NEW."promised_on", NEW."reduced_to", NEW."responsible_id", NEW."status", NEW."steps_written", NEW."submitted_at", NEW."waiting_due_on", NEW."waiting_on_id", NEW."waiting_since"); RETURN NULL;',
                    hash="b6d3d53a68225c0487fd1390bc0466e47001d76c",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_d4c4d",
                    table="expenses_claim",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="claim",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "expenses_claimhistory" ("above_hmrc_mileage", "approved", "arbiter_id", "asked", "assignment_id", "brought_in_id", "budget_code", "claimant_id", "closed_at", "created_at", "decision_due_on", "declined", "disallowed", "held", "id", "ladder", "meeting_id", "next_step_at", "number", "organisation_id", "origin", "paid", "paid_at", "partner_id", "payer_id", "payment_due_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preference", "prepared_by_id", "promised_on", "reduced_to", "responsible_id", "status", "steps_written", "submitted_at", "waiting_due_on", "waiting_on_id", "waiting_since") VALUES (NEW."above_hmrc_mileage", NEW."approved", NEW."arbiter_id", NEW."asked", NEW."assignment_id", NEW."brought_in_id", NEW."budget_code", NEW."claimant_id", NEW."closed_at", NEW."created_at", NEW."decision_due_on", NEW."declined", NEW."disallowed", NEW."held", NEW."id", NEW."ladder", NEW."meeting_id", NEW."next_step_at", NEW."number", NEW."organisation_id", NEW."origin", NEW."paid", NEW."paid_at", NEW."partner_id", NEW."payer_id", NEW."payment_due_on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."preference", NEW."prepared_by_id", NEW."promised_on", NEW."reduced_to", NEW."responsible_id", NEW."status", NEW."steps_written", NEW."submitted_at", NEW."waiting_due_on", NEW."waiting_on_id", NEW."waiting_since"); RETURN NULL;',
                    hash="2eafa4b4dcedc6d00d7317e12e3052c3694d1361",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_25436",
                    table="expenses_claim",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="claim",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "expenses_claimhistory" ("above_hmrc_mileage", "approved", "arbiter_id", "asked", "assignment_id", "brought_in_id", "budget_code", "claimant_id", "closed_at", "created_at", "decision_due_on", "declined", "disallowed", "held", "id", "ladder", "meeting_id", "next_step_at", "number", "organisation_id", "origin", "paid", "paid_at", "partner_id", "payer_id", "payment_due_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preference", "prepared_by_id", "promised_on", "reduced_to", "responsible_id", "status", "steps_written", "submitted_at", "waiting_due_on", "waiting_on_id", "waiting_since") VALUES (OLD."above_hmrc_mileage", OLD."approved", OLD."arbiter_id", OLD."asked", OLD."assignment_id", OLD."brought_in_id", OLD."budget_code", OLD."claimant_id", OLD."closed_at", OLD."created_at", OLD."decision_due_on", OLD."declined", OLD."disallowed", OLD."held", OLD."id", OLD."ladder", OLD."meeting_id", OLD."next_step_at", OLD."number", OLD."organisation_id", OLD."origin", OLD."paid", OLD."paid_at", OLD."partner_id", OLD."payer_id", OLD."payment_due_on", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."preference", OLD."prepared_by_id", OLD."promised_on", OLD."reduced_to", OLD."responsible_id", OLD."status", OLD."steps_written", OLD."submitted_at", OLD."waiting_due_on", OLD."waiting_on_id", OLD."waiting_since"); RETURN NULL;',
                    hash="b7e1ea980d996f2f24038df700fc7f0b1f48808f",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_6b476",
                    table="expenses_claim",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("submitted_at__isnull", True),
                    models.Q(("assignment__isnull", True), ("budget_code", "")),
                    models.Q(("assignment__isnull", False), models.Q(("budget_code", ""), _negated=True)),
                    _connector="OR",
                ),
                name="claim_sent_has_its_budget_code",
            ),
        ),
    ]
