"""What a claim keeps of its budget, when a line was paid, payments that come back, drafts given up, dead questions.

Claims sent before take the budget code that is agreed now; a line that is paid came to its end on the day it was marked,
as far as anybody knew before there was this column. The tables' triggers are off for that: the changes are the
portal's own, and say nothing that the history does not.
"""

import django.contrib.postgres.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from psp_portal.migrating import AddTriggers


BACKFILL = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE expenses_claim DISABLE TRIGGER USER;
ALTER TABLE expenses_runline DISABLE TRIGGER USER;

UPDATE expenses_claim AS claim SET budget_code = assignment.budget_code
FROM committees_assignment AS assignment
WHERE assignment.id = claim.assignment_id AND claim.submitted_at IS NOT NULL;

UPDATE expenses_runline SET paid_on = (settled_at AT TIME ZONE 'Europe/London')::date WHERE status = 'paid';

SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE expenses_claim ENABLE TRIGGER USER;
ALTER TABLE expenses_runline ENABLE TRIGGER USER;
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
            name="claim_moves",
        ),
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
        pgtrigger.migrations.RemoveTrigger(
            model_name="updaterequest",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="updaterequest",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="updaterequest",
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
        migrations.AddField(
            model_name="updaterequest",
            name="needs_reply",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="updaterequestevent",
            name="needs_reply",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AlterField(
            model_name="claimline",
            name="problems",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("no_receipt", "No receipt"),
                        ("needs_approval", "Needed approval beforehand"),
                        ("over_cap", "Over the limit"),
                        ("first_class", "First-class travel"),
                        ("duplicate_receipt", "Receipt used before"),
                        ("outside_claim_window", "Claimed late"),
                        ("role_not_paid", "Role is not paid for time"),
                        ("likely_duplicate", "Likely duplicate"),
                        ("agreed_elsewhere", "Agreed outside the portal"),
                    ],
                    max_length=25,
                ),
                blank=True,
                default=list,
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="claimlineevent",
            name="problems",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("no_receipt", "No receipt"),
                        ("needs_approval", "Needed approval beforehand"),
                        ("over_cap", "Over the limit"),
                        ("first_class", "First-class travel"),
                        ("duplicate_receipt", "Receipt used before"),
                        ("outside_claim_window", "Claimed late"),
                        ("role_not_paid", "Role is not paid for time"),
                        ("likely_duplicate", "Likely duplicate"),
                        ("agreed_elsewhere", "Agreed outside the portal"),
                    ],
                    max_length=25,
                ),
                blank=True,
                default=list,
                size=None,
            ),
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
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False)), fields=["closed_at"], name="claim_by_end"
            ),
        ),
        AddTriggers([
            pgtrigger.migrations.AddTrigger(
                model_name="claim",
                trigger=pgtrigger.compiler.Trigger(
                    name="claim_moves",
                    sql=pgtrigger.compiler.UpsertTriggerSql(
                        declare="DECLARE _is_valid_transition BOOLEAN;",
                        func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{appealed:approved,appealed:in_run,appealed:not_approved,appealed:nothing_to_pay,appealed:paid,appealed:refused,appealed:returned,appealed:submitted,appealed:withdrawn,approved:appealed,approved:in_run,approved:not_approved,approved:nothing_to_pay,approved:paid,approved:refused,approved:returned,approved:submitted,draft:submitted,draft:withdrawn,in_run:appealed,in_run:approved,in_run:not_approved,in_run:nothing_to_pay,in_run:paid,in_run:refused,in_run:returned,in_run:submitted,not_approved:appealed,not_approved:approved,not_approved:in_run,not_approved:nothing_to_pay,not_approved:paid,not_approved:refused,not_approved:returned,not_approved:submitted,not_approved:withdrawn,paid:appealed,paid:approved,paid:returned,paid:submitted,returned:appealed,returned:approved,returned:in_run,returned:not_approved,returned:nothing_to_pay,returned:paid,returned:refused,returned:submitted,returned:withdrawn,submitted:appealed,submitted:approved,submitted:draft,submitted:in_run,submitted:not_approved,submitted:nothing_to_pay,submitted:paid,submitted:refused,submitted:returned,submitted:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                        hash="0c150c984eb93dee6129797c74967f9c39c641f1",
                        operation="UPDATE",
                        pgid="pgtrigger_claim_moves_ce8b5",
                        table="expenses_claim",
                        when="BEFORE",
                    ),
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
            pgtrigger.migrations.AddTrigger(
                model_name="updaterequest",
                trigger=pgtrigger.compiler.Trigger(
                    name="insert_insert",
                    sql=pgtrigger.compiler.UpsertTriggerSql(
                        func='INSERT INTO "expenses_updaterequestevent" ("answer", "answered_at", "answered_by_id", "asked_at", "asked_of_id", "claim_id", "id", "needs_reply", "passed_to_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question", "reply_due_on") VALUES (NEW."answer", NEW."answered_at", NEW."answered_by_id", NEW."asked_at", NEW."asked_of_id", NEW."claim_id", NEW."id", NEW."needs_reply", NEW."passed_to_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."question", NEW."reply_due_on"); RETURN NULL;',
                        hash="71b8de32009bb931b3ac8318b45d6131d76e66ef",
                        operation="INSERT",
                        pgid="pgtrigger_insert_insert_28f1e",
                        table="expenses_updaterequest",
                        when="AFTER",
                    ),
                ),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name="updaterequest",
                trigger=pgtrigger.compiler.Trigger(
                    name="update_update",
                    sql=pgtrigger.compiler.UpsertTriggerSql(
                        condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                        func='INSERT INTO "expenses_updaterequestevent" ("answer", "answered_at", "answered_by_id", "asked_at", "asked_of_id", "claim_id", "id", "needs_reply", "passed_to_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question", "reply_due_on") VALUES (NEW."answer", NEW."answered_at", NEW."answered_by_id", NEW."asked_at", NEW."asked_of_id", NEW."claim_id", NEW."id", NEW."needs_reply", NEW."passed_to_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."question", NEW."reply_due_on"); RETURN NULL;',
                        hash="961365fdb74fc0773d4f06c710bd312922e2c9cb",
                        operation="UPDATE",
                        pgid="pgtrigger_update_update_0c28d",
                        table="expenses_updaterequest",
                        when="AFTER",
                    ),
                ),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name="updaterequest",
                trigger=pgtrigger.compiler.Trigger(
                    name="delete_delete",
                    sql=pgtrigger.compiler.UpsertTriggerSql(
                        func='INSERT INTO "expenses_updaterequestevent" ("answer", "answered_at", "answered_by_id", "asked_at", "asked_of_id", "claim_id", "id", "needs_reply", "passed_to_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question", "reply_due_on") VALUES (OLD."answer", OLD."answered_at", OLD."answered_by_id", OLD."asked_at", OLD."asked_of_id", OLD."claim_id", OLD."id", OLD."needs_reply", OLD."passed_to_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."question", OLD."reply_due_on"); RETURN NULL;',
                        hash="595ddc7e68985de146e668c11dffaffc1ff3b0f0",
                        operation="DELETE",
                        pgid="pgtrigger_delete_delete_655b5",
                        table="expenses_updaterequest",
                        when="AFTER",
                    ),
                ),
            ),
        ]),
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
