"""Payments that the bank sends back, the day on which each was paid, and what a released run's BACS file pays.

A line that is paid came to its end on the day it was marked, as far as anybody knew before there was this column.
The table's triggers are off meanwhile: the change is the portal's own, and says nothing new.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


PAID_ON = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE expenses_runline DISABLE TRIGGER USER;
UPDATE expenses_runline SET paid_on = (settled_at AT TIME ZONE 'Europe/London')::date WHERE status = 'paid';
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE expenses_runline ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_helper"),
        ("expenses", "0007_held_and_handled"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="claim",
            name="claim_moves",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="claimline",
            name="claim_line_moves",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="paymentrun",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="paymentrun",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="paymentrun",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="runline",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="runline",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="runline",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="paymentrun",
            name="bacs_covers",
            field=models.CharField(
                blank=True,
                choices=[
                    ("time", "Involvement payments"),
                    ("expenses", "Expenses"),
                    ("both", "Involvement payments and expenses"),
                ],
                db_default="",
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="paymentrunevent",
            name="bacs_covers",
            field=models.CharField(
                blank=True,
                choices=[
                    ("time", "Involvement payments"),
                    ("expenses", "Expenses"),
                    ("both", "Involvement payments and expenses"),
                ],
                db_default="",
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="runline",
            name="paid_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="runlineevent",
            name="paid_on",
            field=models.DateField(null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="claim",
            trigger=pgtrigger.compiler.Trigger(
                name="claim_moves",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{appealed:approved,appealed:in_run,appealed:not_approved,appealed:nothing_to_pay,appealed:paid,appealed:refused,appealed:returned,appealed:submitted,appealed:withdrawn,approved:appealed,approved:in_run,approved:not_approved,approved:nothing_to_pay,approved:paid,approved:refused,approved:returned,approved:submitted,draft:submitted,in_run:appealed,in_run:approved,in_run:not_approved,in_run:nothing_to_pay,in_run:paid,in_run:refused,in_run:returned,in_run:submitted,not_approved:appealed,not_approved:approved,not_approved:in_run,not_approved:nothing_to_pay,not_approved:paid,not_approved:refused,not_approved:returned,not_approved:submitted,not_approved:withdrawn,paid:appealed,paid:approved,paid:returned,paid:submitted,returned:appealed,returned:approved,returned:in_run,returned:not_approved,returned:nothing_to_pay,returned:paid,returned:refused,returned:submitted,returned:withdrawn,submitted:appealed,submitted:approved,submitted:draft,submitted:in_run,submitted:not_approved,submitted:nothing_to_pay,submitted:paid,submitted:refused,submitted:returned,submitted:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="5295da337f0f140bfa82c18adef7f3f763fe7d2e",
                    operation="UPDATE",
                    pgid="pgtrigger_claim_moves_ce8b5",
                    table="expenses_claim",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="claimline",
            trigger=pgtrigger.compiler.Trigger(
                name="claim_line_moves",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{appealed:approved,appealed:nothing_to_pay,appealed:refused,appealed:withdrawn,approved:in_run,in_run:approved,in_run:paid,not_approved:appealed,not_approved:refused,not_approved:withdrawn,paid:approved,pending:approved,pending:not_approved,pending:nothing_to_pay,pending:returned,pending:withdrawn,returned:pending,returned:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="6deef6207dfb420f5e59d4bd8b04904779f97b91",
                    operation="UPDATE",
                    pgid="pgtrigger_claim_line_moves_15dd6",
                    table="expenses_claimline",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="paymentrun",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "expenses_paymentrunevent" ("bacs_covers", "expenses_total", "id", "line_count", "made_at", "made_by_id", "number", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "released_at", "released_by_id", "status", "time_total") VALUES (NEW."bacs_covers", NEW."expenses_total", NEW."id", NEW."line_count", NEW."made_at", NEW."made_by_id", NEW."number", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."released_at", NEW."released_by_id", NEW."status", NEW."time_total"); RETURN NULL;',
                    hash="485f447043c4d6042095bfea47069d116a0f8844",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_14db6",
                    table="expenses_paymentrun",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="paymentrun",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "expenses_paymentrunevent" ("bacs_covers", "expenses_total", "id", "line_count", "made_at", "made_by_id", "number", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "released_at", "released_by_id", "status", "time_total") VALUES (NEW."bacs_covers", NEW."expenses_total", NEW."id", NEW."line_count", NEW."made_at", NEW."made_by_id", NEW."number", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."released_at", NEW."released_by_id", NEW."status", NEW."time_total"); RETURN NULL;',
                    hash="d335cdf4b2f2d24b399e95a2935040b216d6df25",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_e00a5",
                    table="expenses_paymentrun",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="paymentrun",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "expenses_paymentrunevent" ("bacs_covers", "expenses_total", "id", "line_count", "made_at", "made_by_id", "number", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "released_at", "released_by_id", "status", "time_total") VALUES (OLD."bacs_covers", OLD."expenses_total", OLD."id", OLD."line_count", OLD."made_at", OLD."made_by_id", OLD."number", OLD."organisation_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."released_at", OLD."released_by_id", OLD."status", OLD."time_total"); RETURN NULL;',
                    hash="586a4ac41785e42f23b6970652f79c2b7ad9d8f1",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_57eb4",
                    table="expenses_paymentrun",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="runline",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "expenses_runlineevent" ("amount", "bank_details_id", "claimant_id", "decided_by_id", "failure_reason", "id", "is_for_time", "line_id", "made_by_id", "paid_on", "payee", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "released_by_id", "run_id", "settled_at", "settled_by_id", "status") VALUES (NEW."amount", NEW."bank_details_id", NEW."claimant_id", NEW."decided_by_id", NEW."failure_reason", NEW."id", NEW."is_for_time", NEW."line_id", NEW."made_by_id", NEW."paid_on", NEW."payee", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."released_by_id", NEW."run_id", NEW."settled_at", NEW."settled_by_id", NEW."status"); RETURN NULL;',
                    hash="0aa5e9459e4a8ce3f32e44f1f1f46743de1130c3",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_78808",
                    table="expenses_runline",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="runline",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "expenses_runlineevent" ("amount", "bank_details_id", "claimant_id", "decided_by_id", "failure_reason", "id", "is_for_time", "line_id", "made_by_id", "paid_on", "payee", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "released_by_id", "run_id", "settled_at", "settled_by_id", "status") VALUES (NEW."amount", NEW."bank_details_id", NEW."claimant_id", NEW."decided_by_id", NEW."failure_reason", NEW."id", NEW."is_for_time", NEW."line_id", NEW."made_by_id", NEW."paid_on", NEW."payee", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."released_by_id", NEW."run_id", NEW."settled_at", NEW."settled_by_id", NEW."status"); RETURN NULL;',
                    hash="39bea0ab738d0d6097f04c826e322674305d762b",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b33fb",
                    table="expenses_runline",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="runline",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "expenses_runlineevent" ("amount", "bank_details_id", "claimant_id", "decided_by_id", "failure_reason", "id", "is_for_time", "line_id", "made_by_id", "paid_on", "payee", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "released_by_id", "run_id", "settled_at", "settled_by_id", "status") VALUES (OLD."amount", OLD."bank_details_id", OLD."claimant_id", OLD."decided_by_id", OLD."failure_reason", OLD."id", OLD."is_for_time", OLD."line_id", OLD."made_by_id", OLD."paid_on", OLD."payee", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."released_by_id", OLD."run_id", OLD."settled_at", OLD."settled_by_id", OLD."status"); RETURN NULL;',
                    hash="36ed236a8152fccb0d37bdb75f4617bfff90e164",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_ac921",
                    table="expenses_runline",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(PAID_ON, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="paymentrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("bacs_covers__in", ["", "expenses", "both"])), name="payment_run_bacs_covers_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="runline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("paid_on__isnull", False), ("status", "paid")),
                    ("status", "failed"),
                    models.Q(("paid_on__isnull", True), ("status__in", ["listed", "removed"])),
                    _connector="OR",
                ),
                name="run_line_paid_on_when_paid",
            ),
        ),
    ]
