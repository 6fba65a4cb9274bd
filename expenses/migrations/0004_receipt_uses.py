"""A receipt belongs to a claim and proves one or more of its lines.

What there is keeps its line: every receipt gets one use, under its own key, and the history of which line it was on
becomes the history of that use. The triggers that ask for an actor and keep history unchanged are away meanwhile: the
change is the portal's own, and no row says anything new. It cannot be undone: a shared receipt has no one line.
"""

import uuid

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from psp_portal.migrating import AddTriggers

CARRY_OVER = """
SET CONSTRAINTS ALL IMMEDIATE;

UPDATE expenses_receipt AS receipt SET claim_id = line.claim_id
FROM expenses_claimline AS line WHERE line.id = receipt.line_id;

INSERT INTO expenses_receiptuse (id, receipt_id, line_id) SELECT id, id, line_id FROM expenses_receipt;

-- A line that has been deleted since is known from its own history.
UPDATE expenses_receiptevent AS event SET claim_id = line.claim_id
FROM (SELECT DISTINCT id, claim_id FROM expenses_claimlineevent) AS line WHERE line.id = event.line_id;

INSERT INTO expenses_receiptuseevent
    (pgh_created_at, pgh_label, pgh_context_id, pgh_obj_id, id, receipt_id, line_id)
SELECT pgh_created_at, pgh_label, pgh_context_id, pgh_obj_id, id, id, line_id
FROM expenses_receiptevent WHERE pgh_label IN ('insert', 'delete') ORDER BY pgh_id;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("expenses", "0003_status_follows_lines"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReceiptUse",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="receipt_uses",
                        to="expenses.claimline",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="uses", to="expenses.receipt"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReceiptUseEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                (
                    "line",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="expenses.claimline",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="expenses.receiptuse",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="expenses.receipt",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="receipt",
            name="claim",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="receipts",
                to="expenses.claim",
            ),
        ),
        migrations.AddField(
            model_name="receiptevent",
            name="claim",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="expenses.claim",
            ),
        ),
        pgtrigger.migrations.RemoveTrigger(model_name="receipt", name="actor_required"),
        pgtrigger.migrations.RemoveTrigger(model_name="receipt", name="insert_insert"),
        pgtrigger.migrations.RemoveTrigger(model_name="receipt", name="update_update"),
        pgtrigger.migrations.RemoveTrigger(model_name="receipt", name="delete_delete"),
        pgtrigger.migrations.RemoveTrigger(model_name="receiptevent", name="append_only"),
        migrations.RunSQL(CARRY_OVER),
        migrations.AlterField(
            model_name="receipt",
            name="claim",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="receipts",
                to="expenses.claim",
            ),
        ),
        migrations.AlterField(
            model_name="receiptevent",
            name="claim",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="expenses.claim",
            ),
        ),
        migrations.RemoveField(model_name="receipt", name="line"),
        migrations.RemoveField(model_name="receiptevent", name="line"),
        migrations.AddField(
            model_name="receipt",
            name="lines",
            field=models.ManyToManyField(
                related_name="receipts", through="expenses.ReceiptUse", to="expenses.claimline"
            ),
        ),
        migrations.AddConstraint(
            model_name="receiptuse",
            constraint=models.UniqueConstraint(fields=("receipt", "line"), name="receipt_use_once_a_line"),
        ),
        AddTriggers([
            pgtrigger.migrations.AddTrigger(
                model_name="receipt",
                trigger=pgtrigger.compiler.Trigger(
                    name="actor_required",
                    sql=pgtrigger.compiler.UpsertTriggerSql(
                        func="\n            IF coalesce(\n                nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'actor', ''\n            ) = '' THEN\n                RAISE EXCEPTION 'Nobody is named as the actor of a change to %.', TG_TABLE_NAME;\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                        hash="2bdf8f4768df022ac4f68c4f7afe3a0401dcabfa",
                        operation="INSERT OR UPDATE OR DELETE",
                        pgid="pgtrigger_actor_required_31a3c",
                        table="expenses_receipt",
                        when="BEFORE",
                    ),
                ),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name="receipt",
                trigger=pgtrigger.compiler.Trigger(
                    name="receipt_stays_on_its_claim",
                    sql=pgtrigger.compiler.UpsertTriggerSql(
                        condition='WHEN (OLD."claim_id" IS DISTINCT FROM (NEW."claim_id"))',
                        func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                        hash="626539e381a27a4ff2f79564f146c71f50f8f9bc",
                        operation="UPDATE",
                        pgid="pgtrigger_receipt_stays_on_its_claim_20d64",
                        table="expenses_receipt",
                        when="BEFORE",
                    ),
                ),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name="receipt",
                trigger=pgtrigger.compiler.Trigger(
                    name="insert_insert",
                    sql=pgtrigger.compiler.UpsertTriggerSql(
                        func='INSERT INTO "expenses_receiptevent" ("added_at", "claim_id", "document_id", "fingerprint", "freed_at", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."added_at", NEW."claim_id", NEW."document_id", NEW."fingerprint", NEW."freed_at", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                        hash="47c49d9518d966cb970510ccd495a8d6a015873e",
                        operation="INSERT",
                        pgid="pgtrigger_insert_insert_284f5",
                        table="expenses_receipt",
                        when="AFTER",
                    ),
                ),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name="receipt",
                trigger=pgtrigger.compiler.Trigger(
                    name="update_update",
                    sql=pgtrigger.compiler.UpsertTriggerSql(
                        condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                        func='INSERT INTO "expenses_receiptevent" ("added_at", "claim_id", "document_id", "fingerprint", "freed_at", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."added_at", NEW."claim_id", NEW."document_id", NEW."fingerprint", NEW."freed_at", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                        hash="4fd23c2a25bea6e3e245c270a2b37d0f5c94a8e8",
                        operation="UPDATE",
                        pgid="pgtrigger_update_update_76b1d",
                        table="expenses_receipt",
                        when="AFTER",
                    ),
                ),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name="receipt",
                trigger=pgtrigger.compiler.Trigger(
                    name="delete_delete",
                    sql=pgtrigger.compiler.UpsertTriggerSql(
                        func='INSERT INTO "expenses_receiptevent" ("added_at", "claim_id", "document_id", "fingerprint", "freed_at", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."added_at", OLD."claim_id", OLD."document_id", OLD."fingerprint", OLD."freed_at", OLD."id", OLD."organisation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;',
                        hash="04884a0221818c2da1f742c68c7013e43a41a16d",
                        operation="DELETE",
                        pgid="pgtrigger_delete_delete_cbf1a",
                        table="expenses_receipt",
                        when="AFTER",
                    ),
                ),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name="receiptevent",
                trigger=pgtrigger.compiler.Trigger(
                    name="append_only",
                    sql=pgtrigger.compiler.UpsertTriggerSql(
                        func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                        hash="35d859ea000219348979866712571a02f0ab5baa",
                        operation="UPDATE OR DELETE",
                        pgid="pgtrigger_append_only_6486d",
                        table="expenses_receiptevent",
                        when="BEFORE",
                    ),
                ),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name="receiptuse",
                trigger=pgtrigger.compiler.Trigger(
                    name="actor_required",
                    sql=pgtrigger.compiler.UpsertTriggerSql(
                        func="\n            IF coalesce(\n                nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'actor', ''\n            ) = '' THEN\n                RAISE EXCEPTION 'Nobody is named as the actor of a change to %.', TG_TABLE_NAME;\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                        hash="6ca27a734de3cf7bb91d71a43ce10f3a505e27e7",
                        operation="INSERT OR UPDATE OR DELETE",
                        pgid="pgtrigger_actor_required_c2d62",
                        table="expenses_receiptuse",
                        when="BEFORE",
                    ),
                ),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name="receiptuse",
                trigger=pgtrigger.compiler.Trigger(
                    name="receipt_use_within_claim",
                    sql=pgtrigger.compiler.UpsertTriggerSql(
                        func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM expenses_receipt AS receipt\n                        JOIN expenses_claimline AS line ON line.claim_id = receipt.claim_id\n                        WHERE receipt.id = NEW.receipt_id AND line.id = NEW.line_id\n                    ) THEN\n                        RAISE EXCEPTION 'Receipt % is not of the claim of line %.', NEW.receipt_id, NEW.line_id\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                        hash="ccfedb118dc3f8137fd0eb82abdc719afdc8e99b",
                        operation="INSERT OR UPDATE",
                        pgid="pgtrigger_receipt_use_within_claim_dcdda",
                        table="expenses_receiptuse",
                        when="BEFORE",
                    ),
                ),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name="receiptuse",
                trigger=pgtrigger.compiler.Trigger(
                    name="insert_insert",
                    sql=pgtrigger.compiler.UpsertTriggerSql(
                        func='INSERT INTO "expenses_receiptuseevent" ("id", "line_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "receipt_id") VALUES (NEW."id", NEW."line_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."receipt_id"); RETURN NULL;',
                        hash="2e671740d665293a2469be6b4bd815cf7d841314",
                        operation="INSERT",
                        pgid="pgtrigger_insert_insert_ee35c",
                        table="expenses_receiptuse",
                        when="AFTER",
                    ),
                ),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name="receiptuse",
                trigger=pgtrigger.compiler.Trigger(
                    name="update_update",
                    sql=pgtrigger.compiler.UpsertTriggerSql(
                        condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                        func='INSERT INTO "expenses_receiptuseevent" ("id", "line_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "receipt_id") VALUES (NEW."id", NEW."line_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."receipt_id"); RETURN NULL;',
                        hash="29dd496c572dfec64b651c296c6e6882c78d8d25",
                        operation="UPDATE",
                        pgid="pgtrigger_update_update_101a6",
                        table="expenses_receiptuse",
                        when="AFTER",
                    ),
                ),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name="receiptuse",
                trigger=pgtrigger.compiler.Trigger(
                    name="delete_delete",
                    sql=pgtrigger.compiler.UpsertTriggerSql(
                        func='INSERT INTO "expenses_receiptuseevent" ("id", "line_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "receipt_id") VALUES (OLD."id", OLD."line_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."receipt_id"); RETURN NULL;',
                        hash="a70d4f59b7a492c76cf823b39f3146984a62b59c",
                        operation="DELETE",
                        pgid="pgtrigger_delete_delete_38338",
                        table="expenses_receiptuse",
                        when="AFTER",
                    ),
                ),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name="receiptuseevent",
                trigger=pgtrigger.compiler.Trigger(
                    name="append_only",
                    sql=pgtrigger.compiler.UpsertTriggerSql(
                        func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                        hash="0100c25a56fe42c14d0555a08f78586a86877a23",
                        operation="UPDATE OR DELETE",
                        pgid="pgtrigger_append_only_7e90d",
                        table="expenses_receiptuseevent",
                        when="BEFORE",
                    ),
                ),
            ),
        ]),
    ]
