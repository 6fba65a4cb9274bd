"""Money: all that issue 3 adds to claims, in one migration.

The statements stand in ``0005_money.sql``, as ``sqlmigrate`` wrote them from the operations below, which change the
state alone. Run one by one, each of the 420 operations would draw all models anew: two minutes for every database that
is made, where the statements take two seconds (docs/adr/0013).
"""

import uuid
from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import expenses.models.settings
import psp_portal.encryption


class InOneGo(migrations.SeparateDatabaseAndState):
    """Changes the state with all its operations before any model is drawn from it."""

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)
        super().state_forwards(app_label, state)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_helper"),
        ("committees", "0003_dispute_person"),
        ("expenses", "0004_receipt_uses"),
        ("partners", "0002_telephone_number"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        InOneGo(
            database_operations=[
                migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(), migrations.RunSQL.noop)
            ],
            state_operations=[
                migrations.CreateModel(
                    name="BacklogColumns",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("headings", models.JSONField()),
                    ],
                ),
                migrations.CreateModel(
                    name="BacklogDraft",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("at", models.DateTimeField()),
                        ("file_name", models.CharField(max_length=200)),
                        ("checksum", models.CharField(max_length=64)),
                        ("rows", models.JSONField()),
                        ("heading_row", models.PositiveSmallIntegerField()),
                        ("columns", models.JSONField(default=dict)),
                    ],
                ),
                migrations.CreateModel(
                    name="BacklogImport",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("at", models.DateTimeField()),
                        ("file_name", models.CharField(max_length=200)),
                        ("checksum", models.CharField(max_length=64)),
                        ("rows", models.PositiveIntegerField()),
                        ("claims", models.PositiveIntegerField()),
                        ("total", models.DecimalField(decimal_places=2, max_digits=11)),
                    ],
                ),
                migrations.CreateModel(
                    name="BankCall",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("called_at", models.DateTimeField()),
                        ("number_ending", models.CharField(max_length=4)),
                        ("number_given_at", models.DateTimeField()),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("confirmed", "They confirmed the details"),
                                    ("not_confirmed", "They did not confirm the details"),
                                    ("no_answer", "Nobody answered"),
                                ],
                                max_length=15,
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=300)),
                    ],
                ),
                migrations.CreateModel(
                    name="BankResult",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("file_name", models.CharField(max_length=200)),
                        ("checksum", models.CharField(max_length=64)),
                        ("imported_at", models.DateTimeField()),
                        ("paid_count", models.PositiveIntegerField()),
                        ("paid_total", models.DecimalField(decimal_places=2, max_digits=11)),
                        ("failed_count", models.PositiveIntegerField()),
                        ("failed_total", models.DecimalField(decimal_places=2, max_digits=11)),
                        ("not_used_count", models.PositiveIntegerField()),
                        ("rows", models.JSONField()),
                    ],
                ),
                migrations.CreateModel(
                    name="EarningsPlan",
                    fields=[
                        (
                            "user",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="+",
                                serialize=False,
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("sealed", psp_portal.encryption.EncryptedField()),
                    ],
                ),
                migrations.CreateModel(
                    name="Helper",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("email", models.EmailField(max_length=254)),
                        ("name", models.CharField(max_length=150)),
                        (
                            "relation",
                            models.CharField(
                                help_text="In the partner's own words: my sister, my support worker.", max_length=100
                            ),
                        ),
                        ("since", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="HelperEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                        ("email", models.EmailField(max_length=254)),
                        ("name", models.CharField(max_length=150)),
                        (
                            "relation",
                            models.CharField(
                                help_text="In the partner's own words: my sister, my support worker.", max_length=100
                            ),
                        ),
                        ("since", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="LikelyDuplicate",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("found_at", models.DateTimeField()),
                        ("cleared_at", models.DateTimeField(null=True)),
                        ("cleared_reason", models.CharField(blank=True, max_length=500)),
                    ],
                ),
                migrations.CreateModel(
                    name="LikelyDuplicateEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                        ("found_at", models.DateTimeField()),
                        ("cleared_at", models.DateTimeField(null=True)),
                        ("cleared_reason", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="ModulusSubstitution",
                    fields=[
                        ("original", models.CharField(max_length=6, primary_key=True, serialize=False)),
                        ("substitute", models.CharField(max_length=6)),
                    ],
                ),
                migrations.CreateModel(
                    name="ModulusWeight",
                    fields=[
                        ("position", models.PositiveIntegerField(primary_key=True, serialize=False)),
                        ("first", models.CharField(max_length=6)),
                        ("last", models.CharField(max_length=6)),
                        (
                            "method",
                            models.CharField(
                                choices=[
                                    ("MOD10", "Standard check, modulus 10"),
                                    ("MOD11", "Standard check, modulus 11"),
                                    ("DBLAL", "Double alternate check"),
                                ],
                                max_length=5,
                            ),
                        ),
                        (
                            "weights",
                            django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=14),
                        ),
                        ("exception", models.PositiveSmallIntegerField(default=0)),
                    ],
                ),
                migrations.CreateModel(
                    name="PayerDispute",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("raised_at", models.DateTimeField()),
                        ("reason", models.CharField(max_length=500)),
                        ("arbiter_since", models.DateTimeField()),
                        ("reply_due_on", models.DateField()),
                        ("closed_at", models.DateTimeField(null=True)),
                        ("decision_reason", models.CharField(blank=True, max_length=500)),
                    ],
                ),
                migrations.CreateModel(
                    name="PayerDisputeEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                        ("raised_at", models.DateTimeField()),
                        ("reason", models.CharField(max_length=500)),
                        ("arbiter_since", models.DateTimeField()),
                        ("reply_due_on", models.DateField()),
                        ("closed_at", models.DateTimeField(null=True)),
                        ("decision_reason", models.CharField(blank=True, max_length=500)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="PaymentSettings",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("service_user_number", models.CharField(blank=True, max_length=6)),
                        ("account_name", models.CharField(blank=True, max_length=18)),
                        ("sort_code", psp_portal.encryption.EncryptedField(blank=True)),
                        ("account_number", psp_portal.encryption.EncryptedField(blank=True)),
                        ("last_four", models.CharField(blank=True, max_length=4)),
                        (
                            "bacs_covers",
                            models.CharField(
                                choices=[
                                    ("time", "Involvement payments"),
                                    ("expenses", "Expenses"),
                                    ("both", "Involvement payments and expenses"),
                                ],
                                default="expenses",
                                max_length=10,
                            ),
                        ),
                        (
                            "bacs_days",
                            models.CharField(
                                choices=[
                                    ("single", "One processing day, records of 100 characters"),
                                    ("multi", "Several processing days, records of 106 characters"),
                                ],
                                default="single",
                                max_length=10,
                            ),
                        ),
                        (
                            "result_rows",
                            models.CharField(
                                choices=[
                                    ("mixed", "Payments and returns, told apart by a column"),
                                    ("returns", "Returned payments only"),
                                    ("payments", "Payments that were made only"),
                                ],
                                default="mixed",
                                max_length=10,
                            ),
                        ),
                        ("result_columns", models.JSONField(blank=True, default=dict)),
                        (
                            "paid_words",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=30),
                                default=expenses.models.settings.default_paid_words,
                                size=None,
                            ),
                        ),
                        (
                            "failed_words",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=30),
                                default=expenses.models.settings.default_failed_words,
                                size=None,
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="PaymentSettingsEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                        ("service_user_number", models.CharField(blank=True, max_length=6)),
                        ("account_name", models.CharField(blank=True, max_length=18)),
                        ("last_four", models.CharField(blank=True, max_length=4)),
                        (
                            "bacs_covers",
                            models.CharField(
                                choices=[
                                    ("time", "Involvement payments"),
                                    ("expenses", "Expenses"),
                                    ("both", "Involvement payments and expenses"),
                                ],
                                default="expenses",
                                max_length=10,
                            ),
                        ),
                        (
                            "bacs_days",
                            models.CharField(
                                choices=[
                                    ("single", "One processing day, records of 100 characters"),
                                    ("multi", "Several processing days, records of 106 characters"),
                                ],
                                default="single",
                                max_length=10,
                            ),
                        ),
                        (
                            "result_rows",
                            models.CharField(
                                choices=[
                                    ("mixed", "Payments and returns, told apart by a column"),
                                    ("returns", "Returned payments only"),
                                    ("payments", "Payments that were made only"),
                                ],
                                default="mixed",
                                max_length=10,
                            ),
                        ),
                        ("result_columns", models.JSONField(blank=True, default=dict)),
                        (
                            "paid_words",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=30),
                                default=expenses.models.settings.default_paid_words,
                                size=None,
                            ),
                        ),
                        (
                            "failed_words",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=30),
                                default=expenses.models.settings.default_failed_words,
                                size=None,
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="PriorApproval",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("involvement_payment", "Involvement payment"),
                                    ("cancelled_meeting", "Cancelled meeting"),
                                    ("mileage", "Mileage"),
                                    ("rail", "Train"),
                                    ("bus", "Bus, tram or underground"),
                                    ("taxi", "Taxi"),
                                    ("parking", "Parking"),
                                    ("toll", "Toll or road charge"),
                                    ("subsistence_lunch", "Lunch"),
                                    ("subsistence_evening", "Evening meal"),
                                    ("overnight", "Overnight stay"),
                                    ("replacement_care", "Replacement care"),
                                    ("personal_support", "Personal support"),
                                    ("printing", "Printing and stationery"),
                                    ("phone", "Phone and internet"),
                                    ("other", "Something else"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "fare_class",
                            models.CharField(
                                blank=True,
                                choices=[("standard", "Standard class"), ("first", "First class")],
                                max_length=10,
                            ),
                        ),
                        ("is_over_limit", models.BooleanField(default=False)),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField()),
                        ("expected", models.DecimalField(decimal_places=2, max_digits=9)),
                        ("why", models.CharField(max_length=500)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("asked", "Waiting for an answer"),
                                    ("agreed", "Agreed"),
                                    ("refused", "Not agreed"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                default="asked",
                                max_length=10,
                            ),
                        ),
                        ("asked_at", models.DateTimeField()),
                        ("due_on", models.DateField()),
                        ("waiting_since", models.DateTimeField(null=True)),
                        ("answered_at", models.DateTimeField(null=True)),
                        ("limit", models.DecimalField(decimal_places=2, max_digits=9, null=True)),
                        ("note", models.CharField(blank=True, max_length=500)),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="PriorApprovalEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("involvement_payment", "Involvement payment"),
                                    ("cancelled_meeting", "Cancelled meeting"),
                                    ("mileage", "Mileage"),
                                    ("rail", "Train"),
                                    ("bus", "Bus, tram or underground"),
                                    ("taxi", "Taxi"),
                                    ("parking", "Parking"),
                                    ("toll", "Toll or road charge"),
                                    ("subsistence_lunch", "Lunch"),
                                    ("subsistence_evening", "Evening meal"),
                                    ("overnight", "Overnight stay"),
                                    ("replacement_care", "Replacement care"),
                                    ("personal_support", "Personal support"),
                                    ("printing", "Printing and stationery"),
                                    ("phone", "Phone and internet"),
                                    ("other", "Something else"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "fare_class",
                            models.CharField(
                                blank=True,
                                choices=[("standard", "Standard class"), ("first", "First class")],
                                max_length=10,
                            ),
                        ),
                        ("is_over_limit", models.BooleanField(default=False)),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField()),
                        ("expected", models.DecimalField(decimal_places=2, max_digits=9)),
                        ("why", models.CharField(max_length=500)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("asked", "Waiting for an answer"),
                                    ("agreed", "Agreed"),
                                    ("refused", "Not agreed"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                default="asked",
                                max_length=10,
                            ),
                        ),
                        ("asked_at", models.DateTimeField()),
                        ("due_on", models.DateField()),
                        ("waiting_since", models.DateTimeField(null=True)),
                        ("answered_at", models.DateTimeField(null=True)),
                        ("limit", models.DecimalField(decimal_places=2, max_digits=9, null=True)),
                        ("note", models.CharField(blank=True, max_length=500)),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="Reconciliation",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("checked_at", models.DateTimeField()),
                        ("run_count", models.PositiveIntegerField()),
                        ("line_count", models.PositiveIntegerField()),
                        ("total", models.DecimalField(decimal_places=2, max_digits=13)),
                        ("sums", models.JSONField()),
                        ("problems", models.JSONField()),
                    ],
                ),
                migrations.CreateModel(
                    name="ResultUpload",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("uploaded_at", models.DateTimeField()),
                        ("file_name", models.CharField(max_length=200)),
                        ("checksum", models.CharField(max_length=64)),
                        ("rows", psp_portal.encryption.EncryptedField()),
                    ],
                ),
                migrations.CreateModel(
                    name="StandingApproval",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        (
                            "kinds",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("involvement_payment", "Involvement payment"),
                                        ("cancelled_meeting", "Cancelled meeting"),
                                        ("mileage", "Mileage"),
                                        ("rail", "Train"),
                                        ("bus", "Bus, tram or underground"),
                                        ("taxi", "Taxi"),
                                        ("parking", "Parking"),
                                        ("toll", "Toll or road charge"),
                                        ("subsistence_lunch", "Lunch"),
                                        ("subsistence_evening", "Evening meal"),
                                        ("overnight", "Overnight stay"),
                                        ("replacement_care", "Replacement care"),
                                        ("personal_support", "Personal support"),
                                        ("printing", "Printing and stationery"),
                                        ("phone", "Phone and internet"),
                                        ("other", "Something else"),
                                    ],
                                    max_length=20,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("covers_first_class", models.BooleanField(default=False)),
                        ("reason", models.CharField(default="Agreed access need", max_length=100)),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField()),
                        ("limit", models.DecimalField(decimal_places=2, max_digits=9, null=True)),
                        ("recorded_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("end_reason", models.CharField(blank=True, max_length=300)),
                    ],
                ),
                migrations.CreateModel(
                    name="StandingApprovalEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                        (
                            "kinds",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("involvement_payment", "Involvement payment"),
                                        ("cancelled_meeting", "Cancelled meeting"),
                                        ("mileage", "Mileage"),
                                        ("rail", "Train"),
                                        ("bus", "Bus, tram or underground"),
                                        ("taxi", "Taxi"),
                                        ("parking", "Parking"),
                                        ("toll", "Toll or road charge"),
                                        ("subsistence_lunch", "Lunch"),
                                        ("subsistence_evening", "Evening meal"),
                                        ("overnight", "Overnight stay"),
                                        ("replacement_care", "Replacement care"),
                                        ("personal_support", "Personal support"),
                                        ("printing", "Printing and stationery"),
                                        ("phone", "Phone and internet"),
                                        ("other", "Something else"),
                                    ],
                                    max_length=20,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("covers_first_class", models.BooleanField(default=False)),
                        ("reason", models.CharField(default="Agreed access need", max_length=100)),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField()),
                        ("limit", models.DecimalField(decimal_places=2, max_digits=9, null=True)),
                        ("recorded_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("end_reason", models.CharField(blank=True, max_length=300)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                migrations.CreateModel(
                    name="TopUp",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        (
                            "rate_kind",
                            models.CharField(
                                choices=[
                                    ("time", "Rate for time"),
                                    ("mileage", "Mileage rate"),
                                    ("cap", "Limit on an expense"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("rate_id", models.UUIDField()),
                        (
                            "was",
                            models.DecimalField(
                                decimal_places=2, help_text="Pounds agreed and offered before this", max_digits=9
                            ),
                        ),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=9)),
                        ("above_hmrc", models.DecimalField(decimal_places=2, default=0, max_digits=9)),
                        ("rule", models.CharField(max_length=400)),
                        ("proposed_at", models.DateTimeField()),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("proposed", "Offered to the partner"),
                                    ("accepted", "Asked for by the partner"),
                                    ("declined", "Not wanted by the partner"),
                                    ("withdrawn", "Taken back by finance"),
                                ],
                                default="proposed",
                                max_length=10,
                            ),
                        ),
                        ("answered_at", models.DateTimeField(null=True)),
                        ("withdrawal_reason", models.CharField(blank=True, max_length=300)),
                    ],
                ),
                migrations.CreateModel(
                    name="TopUpEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, serialize=False)),
                        (
                            "rate_kind",
                            models.CharField(
                                choices=[
                                    ("time", "Rate for time"),
                                    ("mileage", "Mileage rate"),
                                    ("cap", "Limit on an expense"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("rate_id", models.UUIDField()),
                        (
                            "was",
                            models.DecimalField(
                                decimal_places=2, help_text="Pounds agreed and offered before this", max_digits=9
                            ),
                        ),
                        ("amount", models.DecimalField(decimal_places=2, max_digits=9)),
                        ("above_hmrc", models.DecimalField(decimal_places=2, default=0, max_digits=9)),
                        ("rule", models.CharField(max_length=400)),
                        ("proposed_at", models.DateTimeField()),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("proposed", "Offered to the partner"),
                                    ("accepted", "Asked for by the partner"),
                                    ("declined", "Not wanted by the partner"),
                                    ("withdrawn", "Taken back by finance"),
                                ],
                                default="proposed",
                                max_length=10,
                            ),
                        ),
                        ("answered_at", models.DateTimeField(null=True)),
                        ("withdrawal_reason", models.CharField(blank=True, max_length=300)),
                    ],
                    options={
                        "abstract": False,
                    },
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="bankdetails",
                    name="insert_insert",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="bankdetails",
                    name="update_update",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="bankdetails",
                    name="delete_delete",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="cap",
                    name="used_row_keeps",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="cap",
                    name="insert_insert",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="cap",
                    name="update_update",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="cap",
                    name="delete_delete",
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
                    name="insert_insert",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="claimline",
                    name="update_update",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="claimline",
                    name="delete_delete",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="mileagerate",
                    name="used_row_keeps",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="mileagerate",
                    name="insert_insert",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="mileagerate",
                    name="update_update",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="mileagerate",
                    name="delete_delete",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="ratecard",
                    name="insert_insert",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="ratecard",
                    name="update_update",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="ratecard",
                    name="delete_delete",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="runline",
                    name="run_line_is_locked",
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
                    model_name="timerate",
                    name="used_row_keeps",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="timerate",
                    name="insert_insert",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="timerate",
                    name="update_update",
                ),
                pgtrigger.migrations.RemoveTrigger(
                    model_name="timerate",
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
                migrations.RemoveConstraint(
                    model_name="claimline",
                    name="claim_line_has_what_its_kind_needs",
                ),
                migrations.AddField(
                    model_name="bankdetails",
                    name="check_status",
                    field=models.CharField(
                        choices=[
                            ("not_needed", "No call needed"),
                            ("waiting", "Waiting for a call"),
                            ("confirmed", "Confirmed by telephone"),
                            ("not_confirmed", "Not confirmed, not used"),
                        ],
                        db_default="not_needed",
                        default="not_needed",
                        max_length=15,
                    ),
                ),
                migrations.AddField(
                    model_name="bankdetails",
                    name="modulus",
                    field=models.CharField(
                        choices=[
                            ("valid", "Fits the sort code"),
                            ("invalid", "Does not fit the sort code"),
                            ("not_checkable", "Cannot be checked against the sort code"),
                        ],
                        db_default="not_checkable",
                        default="not_checkable",
                        max_length=15,
                    ),
                ),
                migrations.AddField(
                    model_name="bankdetails",
                    name="reference",
                    field=psp_portal.encryption.EncryptedField(blank=True, db_default="", default=""),
                ),
                migrations.AddField(
                    model_name="bankdetails",
                    name="verified_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="bankdetails",
                    name="verified_by",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="bankdetailsevent",
                    name="check_status",
                    field=models.CharField(
                        choices=[
                            ("not_needed", "No call needed"),
                            ("waiting", "Waiting for a call"),
                            ("confirmed", "Confirmed by telephone"),
                            ("not_confirmed", "Not confirmed, not used"),
                        ],
                        db_default="not_needed",
                        default="not_needed",
                        max_length=15,
                    ),
                ),
                migrations.AddField(
                    model_name="bankdetailsevent",
                    name="modulus",
                    field=models.CharField(
                        choices=[
                            ("valid", "Fits the sort code"),
                            ("invalid", "Does not fit the sort code"),
                            ("not_checkable", "Cannot be checked against the sort code"),
                        ],
                        db_default="not_checkable",
                        default="not_checkable",
                        max_length=15,
                    ),
                ),
                migrations.AddField(
                    model_name="bankdetailsevent",
                    name="verified_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="bankdetailsevent",
                    name="verified_by",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="cap",
                    name="backdated_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="cap",
                    name="cut_back_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="capevent",
                    name="backdated_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="capevent",
                    name="cut_back_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="claim",
                    name="arbiter",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims_disputed",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="claim",
                    name="origin",
                    field=models.CharField(
                        choices=[("partner", "Made here"), ("top_up", "Top-up"), ("backlog", "Brought in")],
                        db_default="partner",
                        default="partner",
                        max_length=10,
                    ),
                ),
                migrations.AddField(
                    model_name="claim",
                    name="paid_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="claim",
                    name="prepared_by",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims_prepared",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="claim",
                    name="promised_on",
                    field=models.DateField(null=True),
                ),
                migrations.AddField(
                    model_name="claimhistory",
                    name="arbiter",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="claimhistory",
                    name="origin",
                    field=models.CharField(
                        choices=[("partner", "Made here"), ("top_up", "Top-up"), ("backlog", "Brought in")],
                        db_default="partner",
                        default="partner",
                        max_length=10,
                    ),
                ),
                migrations.AddField(
                    model_name="claimhistory",
                    name="paid_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="claimhistory",
                    name="prepared_by",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="claimhistory",
                    name="promised_on",
                    field=models.DateField(null=True),
                ),
                migrations.AddField(
                    model_name="claimline",
                    name="handled_by",
                    field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), blank=True, default=list, size=None
                    ),
                ),
                migrations.AddField(
                    model_name="claimline",
                    name="held_since",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="claimline",
                    name="hold_asked_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="claimline",
                    name="hold_due_on",
                    field=models.DateField(null=True),
                ),
                migrations.AddField(
                    model_name="claimline",
                    name="hold_reminded_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="claimline",
                    name="is_trust_booked",
                    field=models.BooleanField(db_default=False, default=False),
                ),
                migrations.AddField(
                    model_name="claimline",
                    name="not_duplicate_reason",
                    field=models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Why the partner says that it is no duplicate",
                        max_length=300,
                    ),
                ),
                migrations.AddField(
                    model_name="claimline",
                    name="settled_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="claimline",
                    name="tops_up",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="top_ups",
                        to="expenses.claimline",
                    ),
                ),
                migrations.AddField(
                    model_name="claimlineevent",
                    name="handled_by",
                    field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), blank=True, default=list, size=None
                    ),
                ),
                migrations.AddField(
                    model_name="claimlineevent",
                    name="held_since",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="claimlineevent",
                    name="hold_asked_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="claimlineevent",
                    name="hold_due_on",
                    field=models.DateField(null=True),
                ),
                migrations.AddField(
                    model_name="claimlineevent",
                    name="hold_reminded_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="claimlineevent",
                    name="is_trust_booked",
                    field=models.BooleanField(db_default=False, default=False),
                ),
                migrations.AddField(
                    model_name="claimlineevent",
                    name="not_duplicate_reason",
                    field=models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Why the partner says that it is no duplicate",
                        max_length=300,
                    ),
                ),
                migrations.AddField(
                    model_name="claimlineevent",
                    name="settled_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="claimlineevent",
                    name="tops_up",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="expenses.claimline",
                    ),
                ),
                migrations.AddField(
                    model_name="escalation",
                    name="needs_reply",
                    field=models.BooleanField(db_default=True, default=True),
                ),
                migrations.AddField(
                    model_name="escalation",
                    name="passed_to",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="escalations_passed_on",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="escalation",
                    name="promise_kept_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="escalation",
                    name="promise_missed_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="escalation",
                    name="promised_on",
                    field=models.DateField(null=True),
                ),
                migrations.AddField(
                    model_name="mileagerate",
                    name="backdated_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="mileagerate",
                    name="cut_back_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="mileagerateevent",
                    name="backdated_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="mileagerateevent",
                    name="cut_back_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="ratecard",
                    name="backdated_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="ratecard",
                    name="duplicate_percent",
                    field=models.PositiveSmallIntegerField(
                        default=10,
                        help_text="Two amounts are near when they differ by no more than this percentage of the larger",
                    ),
                ),
                migrations.AddField(
                    model_name="ratecard",
                    name="duplicate_pounds",
                    field=models.DecimalField(
                        decimal_places=2, default=1, help_text="Or by no more than these pounds", max_digits=6
                    ),
                ),
                migrations.AddField(
                    model_name="ratecard",
                    name="keeps_original_receipts",
                    field=models.BooleanField(
                        default=False, help_text="Keep receipts as they came, besides the copies without hidden details"
                    ),
                ),
                migrations.AddField(
                    model_name="ratecard",
                    name="payment_target_percent",
                    field=models.PositiveSmallIntegerField(
                        default=95, help_text="How many of a hundred claims, and pounds, are to be paid in time"
                    ),
                ),
                migrations.AddField(
                    model_name="ratecard",
                    name="retention_years",
                    field=models.PositiveSmallIntegerField(
                        default=6, help_text="Years after the financial year of payment for which originals are kept"
                    ),
                ),
                migrations.AddField(
                    model_name="ratecard",
                    name="standing_approval_months",
                    field=models.PositiveSmallIntegerField(
                        default=12, help_text="The longest time, in months, for which a standing approval is given"
                    ),
                ),
                migrations.AddField(
                    model_name="ratecard",
                    name="verifies_first_bank_details",
                    field=models.BooleanField(
                        default=True,
                        help_text="Finance calls a partner about their first bank details too, not only about a change",
                    ),
                ),
                migrations.AddField(
                    model_name="ratecardevent",
                    name="backdated_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="ratecardevent",
                    name="duplicate_percent",
                    field=models.PositiveSmallIntegerField(
                        default=10,
                        help_text="Two amounts are near when they differ by no more than this percentage of the larger",
                    ),
                ),
                migrations.AddField(
                    model_name="ratecardevent",
                    name="duplicate_pounds",
                    field=models.DecimalField(
                        decimal_places=2, default=1, help_text="Or by no more than these pounds", max_digits=6
                    ),
                ),
                migrations.AddField(
                    model_name="ratecardevent",
                    name="keeps_original_receipts",
                    field=models.BooleanField(
                        default=False, help_text="Keep receipts as they came, besides the copies without hidden details"
                    ),
                ),
                migrations.AddField(
                    model_name="ratecardevent",
                    name="payment_target_percent",
                    field=models.PositiveSmallIntegerField(
                        default=95, help_text="How many of a hundred claims, and pounds, are to be paid in time"
                    ),
                ),
                migrations.AddField(
                    model_name="ratecardevent",
                    name="retention_years",
                    field=models.PositiveSmallIntegerField(
                        default=6, help_text="Years after the financial year of payment for which originals are kept"
                    ),
                ),
                migrations.AddField(
                    model_name="ratecardevent",
                    name="standing_approval_months",
                    field=models.PositiveSmallIntegerField(
                        default=12, help_text="The longest time, in months, for which a standing approval is given"
                    ),
                ),
                migrations.AddField(
                    model_name="ratecardevent",
                    name="verifies_first_bank_details",
                    field=models.BooleanField(
                        default=True,
                        help_text="Finance calls a partner about their first bank details too, not only about a change",
                    ),
                ),
                migrations.AddField(
                    model_name="runexport",
                    name="covers",
                    field=models.CharField(
                        choices=[
                            ("time", "Involvement payments"),
                            ("expenses", "Expenses"),
                            ("both", "Involvement payments and expenses"),
                        ],
                        db_default="both",
                        default="both",
                        max_length=10,
                    ),
                ),
                migrations.AddField(
                    model_name="runexport",
                    name="first",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="again",
                        to="expenses.runexport",
                    ),
                ),
                migrations.AddField(
                    model_name="runexport",
                    name="is_same",
                    field=models.BooleanField(db_default=True, default=True),
                ),
                migrations.AddField(
                    model_name="runexport",
                    name="left_out_count",
                    field=models.PositiveIntegerField(db_default=0, default=0),
                ),
                migrations.AddField(
                    model_name="runexport",
                    name="left_out_total",
                    field=models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=11),
                ),
                migrations.AddField(
                    model_name="runexport",
                    name="parts",
                    field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
                ),
                migrations.AddField(
                    model_name="runexport",
                    name="payment_count",
                    field=models.PositiveIntegerField(null=True),
                ),
                migrations.AddField(
                    model_name="runexport",
                    name="processing_on",
                    field=models.DateField(null=True),
                ),
                migrations.AddField(
                    model_name="runexport",
                    name="reason",
                    field=models.CharField(blank=True, db_default="", default="", max_length=300),
                ),
                migrations.AddField(
                    model_name="runline",
                    name="bank_details",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="run_lines",
                        to="expenses.bankdetails",
                    ),
                ),
                migrations.AddField(
                    model_name="runline",
                    name="payee",
                    field=models.PositiveIntegerField(null=True),
                ),
                migrations.AddField(
                    model_name="runlineevent",
                    name="bank_details",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="expenses.bankdetails",
                    ),
                ),
                migrations.AddField(
                    model_name="runlineevent",
                    name="payee",
                    field=models.PositiveIntegerField(null=True),
                ),
                migrations.AddField(
                    model_name="timerate",
                    name="backdated_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="timerate",
                    name="cut_back_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="timerateevent",
                    name="backdated_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="timerateevent",
                    name="cut_back_at",
                    field=models.DateTimeField(null=True),
                ),
                migrations.AddField(
                    model_name="updaterequest",
                    name="passed_to",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="update_requests_passed_on",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="updaterequestevent",
                    name="passed_to",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AlterField(
                    model_name="bankdetails",
                    name="account_name",
                    field=psp_portal.encryption.EncryptedField(),
                ),
                migrations.AlterField(
                    model_name="bankdetails",
                    name="account_number",
                    field=psp_portal.encryption.EncryptedField(),
                ),
                migrations.AlterField(
                    model_name="bankdetails",
                    name="sort_code",
                    field=psp_portal.encryption.EncryptedField(),
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
                            ],
                            max_length=25,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                migrations.AlterField(
                    model_name="runexport",
                    name="format",
                    field=models.CharField(
                        choices=[
                            ("ledger_csv", "Ledger file"),
                            ("payroll_csv", "Payroll file"),
                            ("bacs18", "BACS file"),
                        ],
                        max_length=20,
                    ),
                ),
                migrations.AddIndex(
                    model_name="bankdetails",
                    index=models.Index(
                        condition=models.Q(("check_status", "waiting"), ("replaced_at__isnull", True)),
                        fields=["given_at"],
                        name="bank_details_to_check",
                    ),
                ),
                migrations.AddIndex(
                    model_name="claimevent",
                    index=models.Index(
                        condition=models.Q(("line__isnull", True), ("to_status__in", ["not_approved", "returned"])),
                        fields=["claim"],
                        name="claim_event_to_partner",
                    ),
                ),
                migrations.AddIndex(
                    model_name="escalation",
                    index=models.Index(fields=["written_at"], name="escalation_by_time"),
                ),
                migrations.AddIndex(
                    model_name="escalation",
                    index=models.Index(
                        condition=models.Q(("kind", "board")), fields=["due_on"], name="escalation_to_board"
                    ),
                ),
                migrations.AddIndex(
                    model_name="escalation",
                    index=models.Index(
                        condition=models.Q(("needs_reply", True), ("replied_at__isnull", True)),
                        fields=["reply_due_on"],
                        name="escalation_reply_late",
                    ),
                ),
                migrations.AddIndex(
                    model_name="updaterequest",
                    index=models.Index(fields=["asked_at"], name="update_request_by_time"),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="bankdetails",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_bankdetailsevent" ("check_status", "given_at", "id", "last_four", "modulus", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "replaced_at", "user_id", "verified_at", "verified_by_id") VALUES (NEW."check_status", NEW."given_at", NEW."id", NEW."last_four", NEW."modulus", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."replaced_at", NEW."user_id", NEW."verified_at", NEW."verified_by_id"); RETURN NULL;',
                            hash="129b5f1020291dd9a2dacdb105a55dc97024c07c",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_d0008",
                            table="expenses_bankdetails",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="bankdetails",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."check_status" IS DISTINCT FROM (NEW."check_status") OR OLD."given_at" IS DISTINCT FROM (NEW."given_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."last_four" IS DISTINCT FROM (NEW."last_four") OR OLD."modulus" IS DISTINCT FROM (NEW."modulus") OR OLD."replaced_at" IS DISTINCT FROM (NEW."replaced_at") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."verified_at" IS DISTINCT FROM (NEW."verified_at") OR OLD."verified_by_id" IS DISTINCT FROM (NEW."verified_by_id"))',
                            func='INSERT INTO "expenses_bankdetailsevent" ("check_status", "given_at", "id", "last_four", "modulus", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "replaced_at", "user_id", "verified_at", "verified_by_id") VALUES (NEW."check_status", NEW."given_at", NEW."id", NEW."last_four", NEW."modulus", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."replaced_at", NEW."user_id", NEW."verified_at", NEW."verified_by_id"); RETURN NULL;',
                            hash="f7392007f924f92275ea2404d4039f9ac91ba058",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_2c313",
                            table="expenses_bankdetails",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="bankdetails",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_bankdetailsevent" ("check_status", "given_at", "id", "last_four", "modulus", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "replaced_at", "user_id", "verified_at", "verified_by_id") VALUES (OLD."check_status", OLD."given_at", OLD."id", OLD."last_four", OLD."modulus", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."replaced_at", OLD."user_id", OLD."verified_at", OLD."verified_by_id"); RETURN NULL;',
                            hash="17b3cf91491174af60e58d7b9d2e2266470f70c3",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_26de3",
                            table="expenses_bankdetails",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="cap",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_leave_no_gap",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            declare="DECLARE row_card uuid; row_thing text;",
                            func="\n                IF TG_OP = 'DELETE' THEN\n                    row_card := OLD.card_id; row_thing := OLD.kind::text;\n                ELSE\n                    row_card := NEW.card_id; row_thing := NEW.kind::text;\n                END IF;\n                IF EXISTS (\n                    SELECT 1 FROM (\n                        SELECT valid_to, lead(valid_from) OVER (ORDER BY valid_from) AS next_from\n                        FROM expenses_cap WHERE card_id = row_card AND kind::text = row_thing\n                    ) AS days WHERE valid_to + 1 < next_from\n                ) THEN\n                    RAISE EXCEPTION 'Rows of % leave days between them without a row.', TG_TABLE_NAME\n                        USING ERRCODE = 'check_violation';\n                END IF;\n                RETURN NULL;\n                ",
                            hash="19e79550b3470b8a9c0aa38aed7b6bf0925e9fe6",
                            operation='INSERT OR UPDATE OF "card_id", "valid_from", "valid_to", "kind" OR DELETE',
                            pgid="pgtrigger_rows_leave_no_gap_265f8",
                            table="expenses_cap",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="cap",
                    trigger=pgtrigger.compiler.Trigger(
                        name="used_row_keeps",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."used_at" IS NOT NULL)',
                            func="\n                IF TG_OP = 'DELETE' THEN\n                    RAISE EXCEPTION 'A row of % that claims have used cannot be deleted.', TG_TABLE_NAME;\n                END IF;\n                IF to_jsonb(NEW) - 'valid_to' - 'used_at' - 'last_used_on' - 'cut_back_at'\n                        IS DISTINCT FROM to_jsonb(OLD) - 'valid_to' - 'used_at' - 'last_used_on' - 'cut_back_at'\n                    OR (NEW.cut_back_at IS NULL AND OLD.cut_back_at IS NOT NULL)\n                    OR (\n                        NEW.valid_to < least(OLD.last_used_on, coalesce(OLD.valid_to, 'infinity'))\n                        AND NEW.cut_back_at IS NOT DISTINCT FROM OLD.cut_back_at\n                    )\n                THEN\n                    RAISE EXCEPTION 'A row of % that claims have used cannot be changed.', TG_TABLE_NAME;\n                END IF;\n                RETURN NEW;\n            ",
                            hash="a65418c35ed03bb37f6df05916597ae21fd09d97",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_used_row_keeps_7f0e1",
                            table="expenses_cap",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="cap",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_capevent" ("amount", "backdated_at", "card_id", "cut_back_at", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "valid_from", "valid_to") VALUES (NEW."amount", NEW."backdated_at", NEW."card_id", NEW."cut_back_at", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."source", NEW."valid_from", NEW."valid_to"); RETURN NULL;',
                            hash="35409f17d55c11e08192d9db8e25305dc672ed62",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_43e7e",
                            table="expenses_cap",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="cap",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."backdated_at" IS DISTINCT FROM (NEW."backdated_at") OR OLD."card_id" IS DISTINCT FROM (NEW."card_id") OR OLD."cut_back_at" IS DISTINCT FROM (NEW."cut_back_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."valid_from" IS DISTINCT FROM (NEW."valid_from") OR OLD."valid_to" IS DISTINCT FROM (NEW."valid_to"))',
                            func='INSERT INTO "expenses_capevent" ("amount", "backdated_at", "card_id", "cut_back_at", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "valid_from", "valid_to") VALUES (NEW."amount", NEW."backdated_at", NEW."card_id", NEW."cut_back_at", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."source", NEW."valid_from", NEW."valid_to"); RETURN NULL;',
                            hash="a9e37fb906a5c6d587a2326b3a21de00b2bc8737",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_4aa2a",
                            table="expenses_cap",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="cap",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_capevent" ("amount", "backdated_at", "card_id", "cut_back_at", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "valid_from", "valid_to") VALUES (OLD."amount", OLD."backdated_at", OLD."card_id", OLD."cut_back_at", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."source", OLD."valid_from", OLD."valid_to"); RETURN NULL;',
                            hash="b1c95ddcde1264dc0f210efabf9a7e8d4d6ed6a5",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_653a5",
                            table="expenses_cap",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="claim",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_claimhistory" ("above_hmrc_mileage", "approved", "arbiter_id", "asked", "assignment_id", "brought_in_id", "claimant_id", "closed_at", "created_at", "decision_due_on", "declined", "disallowed", "held", "id", "ladder", "meeting_id", "next_step_at", "number", "organisation_id", "origin", "paid", "paid_at", "partner_id", "payer_id", "payment_due_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preference", "prepared_by_id", "promised_on", "reduced_to", "responsible_id", "status", "steps_written", "submitted_at", "waiting_due_on", "waiting_on_id", "waiting_since") VALUES (NEW."above_hmrc_mileage", NEW."approved", NEW."arbiter_id", NEW."asked", NEW."assignment_id", NEW."brought_in_id", NEW."claimant_id", NEW."closed_at", NEW."created_at", NEW."decision_due_on", NEW."declined", NEW."disallowed", NEW."held", NEW."id", NEW."ladder", NEW."meeting_id", NEW."next_step_at", NEW."number", NEW."organisation_id", NEW."origin", NEW."paid", NEW."paid_at", NEW."partner_id", NEW."payer_id", NEW."payment_due_on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."preference", NEW."prepared_by_id", NEW."promised_on", NEW."reduced_to", NEW."responsible_id", NEW."status", NEW."steps_written", NEW."submitted_at", NEW."waiting_due_on", NEW."waiting_on_id", NEW."waiting_since"); RETURN NULL;',
                            hash="b0b4a881997d7d3bc38991b8436561b6574cfbc0",
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
                            func='INSERT INTO "expenses_claimhistory" ("above_hmrc_mileage", "approved", "arbiter_id", "asked", "assignment_id", "brought_in_id", "claimant_id", "closed_at", "created_at", "decision_due_on", "declined", "disallowed", "held", "id", "ladder", "meeting_id", "next_step_at", "number", "organisation_id", "origin", "paid", "paid_at", "partner_id", "payer_id", "payment_due_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preference", "prepared_by_id", "promised_on", "reduced_to", "responsible_id", "status", "steps_written", "submitted_at", "waiting_due_on", "waiting_on_id", "waiting_since") VALUES (NEW."above_hmrc_mileage", NEW."approved", NEW."arbiter_id", NEW."asked", NEW."assignment_id", NEW."brought_in_id", NEW."claimant_id", NEW."closed_at", NEW."created_at", NEW."decision_due_on", NEW."declined", NEW."disallowed", NEW."held", NEW."id", NEW."ladder", NEW."meeting_id", NEW."next_step_at", NEW."number", NEW."organisation_id", NEW."origin", NEW."paid", NEW."paid_at", NEW."partner_id", NEW."payer_id", NEW."payment_due_on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."preference", NEW."prepared_by_id", NEW."promised_on", NEW."reduced_to", NEW."responsible_id", NEW."status", NEW."steps_written", NEW."submitted_at", NEW."waiting_due_on", NEW."waiting_on_id", NEW."waiting_since"); RETURN NULL;',
                            hash="569e0abdfe6584d3b26a5e8b84bfa34d6cf6ccd6",
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
                            func='INSERT INTO "expenses_claimhistory" ("above_hmrc_mileage", "approved", "arbiter_id", "asked", "assignment_id", "brought_in_id", "claimant_id", "closed_at", "created_at", "decision_due_on", "declined", "disallowed", "held", "id", "ladder", "meeting_id", "next_step_at", "number", "organisation_id", "origin", "paid", "paid_at", "partner_id", "payer_id", "payment_due_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "preference", "prepared_by_id", "promised_on", "reduced_to", "responsible_id", "status", "steps_written", "submitted_at", "waiting_due_on", "waiting_on_id", "waiting_since") VALUES (OLD."above_hmrc_mileage", OLD."approved", OLD."arbiter_id", OLD."asked", OLD."assignment_id", OLD."brought_in_id", OLD."claimant_id", OLD."closed_at", OLD."created_at", OLD."decision_due_on", OLD."declined", OLD."disallowed", OLD."held", OLD."id", OLD."ladder", OLD."meeting_id", OLD."next_step_at", OLD."number", OLD."organisation_id", OLD."origin", OLD."paid", OLD."paid_at", OLD."partner_id", OLD."payer_id", OLD."payment_due_on", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."preference", OLD."prepared_by_id", OLD."promised_on", OLD."reduced_to", OLD."responsible_id", OLD."status", OLD."steps_written", OLD."submitted_at", OLD."waiting_due_on", OLD."waiting_on_id", OLD."waiting_since"); RETURN NULL;',
                            hash="8f7325cbbab04b0a3ce5d30d8e6f3d1c4215c347",
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
                        name="claim_line_settled_at_its_end",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN ((NEW.\"settled_at\" IS NULL AND NEW.\"status\" IN ('nothing_to_pay', 'paid', 'refused', 'withdrawn')) OR (NEW.\"settled_at\" IS NOT NULL AND NOT (NEW.\"status\" IN ('nothing_to_pay', 'paid', 'refused', 'withdrawn'))))",
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="23054642646f0953cbf86eb9504da7227d31b6df",
                            operation="UPDATE",
                            pgid="pgtrigger_claim_line_settled_at_its_end_0ab81",
                            table="expenses_claimline",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="claimline",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_claimlineevent" ("activity", "amount", "answer", "appeal_decided_at", "appeal_decided_by_id", "appeal_decision_reason", "appeal_reason", "appeal_until", "approval", "approved_amount", "claim_id", "claimant_id", "date", "decided_at", "decided_by_id", "decision_reason", "declined", "description", "disallowed", "fare_class", "from_place", "handled_by", "held", "held_since", "hold_asked_at", "hold_due_on", "hold_reminded_at", "id", "is_trust_booked", "kind", "miles", "minutes", "no_receipt_reason", "not_duplicate_reason", "notice_hours", "passengers", "pay", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "prior_approval_id", "problems", "question", "rule", "settled_at", "standard_fare", "standing_approval_id", "status", "to_place", "tops_up_id", "vehicle") VALUES (NEW."activity", NEW."amount", NEW."answer", NEW."appeal_decided_at", NEW."appeal_decided_by_id", NEW."appeal_decision_reason", NEW."appeal_reason", NEW."appeal_until", NEW."approval", NEW."approved_amount", NEW."claim_id", NEW."claimant_id", NEW."date", NEW."decided_at", NEW."decided_by_id", NEW."decision_reason", NEW."declined", NEW."description", NEW."disallowed", NEW."fare_class", NEW."from_place", NEW."handled_by", NEW."held", NEW."held_since", NEW."hold_asked_at", NEW."hold_due_on", NEW."hold_reminded_at", NEW."id", NEW."is_trust_booked", NEW."kind", NEW."miles", NEW."minutes", NEW."no_receipt_reason", NEW."not_duplicate_reason", NEW."notice_hours", NEW."passengers", NEW."pay", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."prior_approval_id", NEW."problems", NEW."question", NEW."rule", NEW."settled_at", NEW."standard_fare", NEW."standing_approval_id", NEW."status", NEW."to_place", NEW."tops_up_id", NEW."vehicle"); RETURN NULL;',
                            hash="0801bb92bdfdb5c6defdd514292919e15d8f2ba4",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_696db",
                            table="expenses_claimline",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="claimline",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "expenses_claimlineevent" ("activity", "amount", "answer", "appeal_decided_at", "appeal_decided_by_id", "appeal_decision_reason", "appeal_reason", "appeal_until", "approval", "approved_amount", "claim_id", "claimant_id", "date", "decided_at", "decided_by_id", "decision_reason", "declined", "description", "disallowed", "fare_class", "from_place", "handled_by", "held", "held_since", "hold_asked_at", "hold_due_on", "hold_reminded_at", "id", "is_trust_booked", "kind", "miles", "minutes", "no_receipt_reason", "not_duplicate_reason", "notice_hours", "passengers", "pay", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "prior_approval_id", "problems", "question", "rule", "settled_at", "standard_fare", "standing_approval_id", "status", "to_place", "tops_up_id", "vehicle") VALUES (NEW."activity", NEW."amount", NEW."answer", NEW."appeal_decided_at", NEW."appeal_decided_by_id", NEW."appeal_decision_reason", NEW."appeal_reason", NEW."appeal_until", NEW."approval", NEW."approved_amount", NEW."claim_id", NEW."claimant_id", NEW."date", NEW."decided_at", NEW."decided_by_id", NEW."decision_reason", NEW."declined", NEW."description", NEW."disallowed", NEW."fare_class", NEW."from_place", NEW."handled_by", NEW."held", NEW."held_since", NEW."hold_asked_at", NEW."hold_due_on", NEW."hold_reminded_at", NEW."id", NEW."is_trust_booked", NEW."kind", NEW."miles", NEW."minutes", NEW."no_receipt_reason", NEW."not_duplicate_reason", NEW."notice_hours", NEW."passengers", NEW."pay", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."prior_approval_id", NEW."problems", NEW."question", NEW."rule", NEW."settled_at", NEW."standard_fare", NEW."standing_approval_id", NEW."status", NEW."to_place", NEW."tops_up_id", NEW."vehicle"); RETURN NULL;',
                            hash="9e7f62f02a5b9ae73f429581e430979a8352ebd1",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_8cf90",
                            table="expenses_claimline",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="claimline",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_claimlineevent" ("activity", "amount", "answer", "appeal_decided_at", "appeal_decided_by_id", "appeal_decision_reason", "appeal_reason", "appeal_until", "approval", "approved_amount", "claim_id", "claimant_id", "date", "decided_at", "decided_by_id", "decision_reason", "declined", "description", "disallowed", "fare_class", "from_place", "handled_by", "held", "held_since", "hold_asked_at", "hold_due_on", "hold_reminded_at", "id", "is_trust_booked", "kind", "miles", "minutes", "no_receipt_reason", "not_duplicate_reason", "notice_hours", "passengers", "pay", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "prior_approval_id", "problems", "question", "rule", "settled_at", "standard_fare", "standing_approval_id", "status", "to_place", "tops_up_id", "vehicle") VALUES (OLD."activity", OLD."amount", OLD."answer", OLD."appeal_decided_at", OLD."appeal_decided_by_id", OLD."appeal_decision_reason", OLD."appeal_reason", OLD."appeal_until", OLD."approval", OLD."approved_amount", OLD."claim_id", OLD."claimant_id", OLD."date", OLD."decided_at", OLD."decided_by_id", OLD."decision_reason", OLD."declined", OLD."description", OLD."disallowed", OLD."fare_class", OLD."from_place", OLD."handled_by", OLD."held", OLD."held_since", OLD."hold_asked_at", OLD."hold_due_on", OLD."hold_reminded_at", OLD."id", OLD."is_trust_booked", OLD."kind", OLD."miles", OLD."minutes", OLD."no_receipt_reason", OLD."not_duplicate_reason", OLD."notice_hours", OLD."passengers", OLD."pay", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position", OLD."prior_approval_id", OLD."problems", OLD."question", OLD."rule", OLD."settled_at", OLD."standard_fare", OLD."standing_approval_id", OLD."status", OLD."to_place", OLD."tops_up_id", OLD."vehicle"); RETURN NULL;',
                            hash="f5791bd30e6d5d00e06c4bb3a492a1b35aeefa91",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_771d9",
                            table="expenses_claimline",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="mileagerate",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_leave_no_gap",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            declare="DECLARE row_card uuid; row_thing text;",
                            func="\n                IF TG_OP = 'DELETE' THEN\n                    row_card := OLD.card_id; row_thing := OLD.vehicle::text;\n                ELSE\n                    row_card := NEW.card_id; row_thing := NEW.vehicle::text;\n                END IF;\n                IF EXISTS (\n                    SELECT 1 FROM (\n                        SELECT valid_to, lead(valid_from) OVER (ORDER BY valid_from) AS next_from\n                        FROM expenses_mileagerate WHERE card_id = row_card AND vehicle::text = row_thing\n                    ) AS days WHERE valid_to + 1 < next_from\n                ) THEN\n                    RAISE EXCEPTION 'Rows of % leave days between them without a row.', TG_TABLE_NAME\n                        USING ERRCODE = 'check_violation';\n                END IF;\n                RETURN NULL;\n                ",
                            hash="521992e80764ef66e377ec0c15e87d51ee10cda4",
                            operation='INSERT OR UPDATE OF "card_id", "valid_from", "valid_to", "vehicle" OR DELETE',
                            pgid="pgtrigger_rows_leave_no_gap_94cf1",
                            table="expenses_mileagerate",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="mileagerate",
                    trigger=pgtrigger.compiler.Trigger(
                        name="used_row_keeps",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."used_at" IS NOT NULL)',
                            func="\n                IF TG_OP = 'DELETE' THEN\n                    RAISE EXCEPTION 'A row of % that claims have used cannot be deleted.', TG_TABLE_NAME;\n                END IF;\n                IF to_jsonb(NEW) - 'valid_to' - 'used_at' - 'last_used_on' - 'cut_back_at'\n                        IS DISTINCT FROM to_jsonb(OLD) - 'valid_to' - 'used_at' - 'last_used_on' - 'cut_back_at'\n                    OR (NEW.cut_back_at IS NULL AND OLD.cut_back_at IS NOT NULL)\n                    OR (\n                        NEW.valid_to < least(OLD.last_used_on, coalesce(OLD.valid_to, 'infinity'))\n                        AND NEW.cut_back_at IS NOT DISTINCT FROM OLD.cut_back_at\n                    )\n                THEN\n                    RAISE EXCEPTION 'A row of % that claims have used cannot be changed.', TG_TABLE_NAME;\n                END IF;\n                RETURN NEW;\n            ",
                            hash="3f67e098f01229c31f75521dd785ca49193fb051",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_used_row_keeps_258b0",
                            table="expenses_mileagerate",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="mileagerate",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_mileagerateevent" ("backdated_at", "card_id", "cut_back_at", "id", "passenger", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "valid_from", "valid_to", "vehicle") VALUES (NEW."backdated_at", NEW."card_id", NEW."cut_back_at", NEW."id", NEW."passenger", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."source", NEW."valid_from", NEW."valid_to", NEW."vehicle"); RETURN NULL;',
                            hash="a48fc773306310fa9471a7a9f5d83d1d792e1dac",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_c8bf7",
                            table="expenses_mileagerate",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="mileagerate",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."backdated_at" IS DISTINCT FROM (NEW."backdated_at") OR OLD."card_id" IS DISTINCT FROM (NEW."card_id") OR OLD."cut_back_at" IS DISTINCT FROM (NEW."cut_back_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."passenger" IS DISTINCT FROM (NEW."passenger") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."valid_from" IS DISTINCT FROM (NEW."valid_from") OR OLD."valid_to" IS DISTINCT FROM (NEW."valid_to") OR OLD."vehicle" IS DISTINCT FROM (NEW."vehicle"))',
                            func='INSERT INTO "expenses_mileagerateevent" ("backdated_at", "card_id", "cut_back_at", "id", "passenger", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "valid_from", "valid_to", "vehicle") VALUES (NEW."backdated_at", NEW."card_id", NEW."cut_back_at", NEW."id", NEW."passenger", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."source", NEW."valid_from", NEW."valid_to", NEW."vehicle"); RETURN NULL;',
                            hash="cf9076374d9fbfaccb7d1b53d485e84508283bd8",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_1db3a",
                            table="expenses_mileagerate",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="mileagerate",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_mileagerateevent" ("backdated_at", "card_id", "cut_back_at", "id", "passenger", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "valid_from", "valid_to", "vehicle") VALUES (OLD."backdated_at", OLD."card_id", OLD."cut_back_at", OLD."id", OLD."passenger", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."source", OLD."valid_from", OLD."valid_to", OLD."vehicle"); RETURN NULL;',
                            hash="b0e8396c6069fa7a707db1e18ea5966f02f162b1",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_f8ea0",
                            table="expenses_mileagerate",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="ratecard",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_ratecardevent" ("appeal_working_days", "backdated_at", "claim_window_months", "decision_working_days", "duplicate_percent", "duplicate_pounds", "first_class_needs_approval", "id", "keeps_original_receipts", "late_cancellation_hours", "late_cancellation_pays", "made_at", "made_by_id", "mileage_year_day", "mileage_year_month", "name", "needs_approval", "organisation_id", "payment_days", "payment_target_percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reply_working_days", "retention_years", "standing_approval_months", "steps_days", "verifies_first_bank_details") VALUES (NEW."appeal_working_days", NEW."backdated_at", NEW."claim_window_months", NEW."decision_working_days", NEW."duplicate_percent", NEW."duplicate_pounds", NEW."first_class_needs_approval", NEW."id", NEW."keeps_original_receipts", NEW."late_cancellation_hours", NEW."late_cancellation_pays", NEW."made_at", NEW."made_by_id", NEW."mileage_year_day", NEW."mileage_year_month", NEW."name", NEW."needs_approval", NEW."organisation_id", NEW."payment_days", NEW."payment_target_percent", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reply_working_days", NEW."retention_years", NEW."standing_approval_months", NEW."steps_days", NEW."verifies_first_bank_details"); RETURN NULL;',
                            hash="a3af91ca6d8f7afcbdb71f77019deb7504d660ad",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_6424c",
                            table="expenses_ratecard",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="ratecard",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "expenses_ratecardevent" ("appeal_working_days", "backdated_at", "claim_window_months", "decision_working_days", "duplicate_percent", "duplicate_pounds", "first_class_needs_approval", "id", "keeps_original_receipts", "late_cancellation_hours", "late_cancellation_pays", "made_at", "made_by_id", "mileage_year_day", "mileage_year_month", "name", "needs_approval", "organisation_id", "payment_days", "payment_target_percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reply_working_days", "retention_years", "standing_approval_months", "steps_days", "verifies_first_bank_details") VALUES (NEW."appeal_working_days", NEW."backdated_at", NEW."claim_window_months", NEW."decision_working_days", NEW."duplicate_percent", NEW."duplicate_pounds", NEW."first_class_needs_approval", NEW."id", NEW."keeps_original_receipts", NEW."late_cancellation_hours", NEW."late_cancellation_pays", NEW."made_at", NEW."made_by_id", NEW."mileage_year_day", NEW."mileage_year_month", NEW."name", NEW."needs_approval", NEW."organisation_id", NEW."payment_days", NEW."payment_target_percent", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reply_working_days", NEW."retention_years", NEW."standing_approval_months", NEW."steps_days", NEW."verifies_first_bank_details"); RETURN NULL;',
                            hash="fe61c73d7f4b3f19d3071fc1b5b536a06e091b74",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_31e64",
                            table="expenses_ratecard",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="ratecard",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_ratecardevent" ("appeal_working_days", "backdated_at", "claim_window_months", "decision_working_days", "duplicate_percent", "duplicate_pounds", "first_class_needs_approval", "id", "keeps_original_receipts", "late_cancellation_hours", "late_cancellation_pays", "made_at", "made_by_id", "mileage_year_day", "mileage_year_month", "name", "needs_approval", "organisation_id", "payment_days", "payment_target_percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reply_working_days", "retention_years", "standing_approval_months", "steps_days", "verifies_first_bank_details") VALUES (OLD."appeal_working_days", OLD."backdated_at", OLD."claim_window_months", OLD."decision_working_days", OLD."duplicate_percent", OLD."duplicate_pounds", OLD."first_class_needs_approval", OLD."id", OLD."keeps_original_receipts", OLD."late_cancellation_hours", OLD."late_cancellation_pays", OLD."made_at", OLD."made_by_id", OLD."mileage_year_day", OLD."mileage_year_month", OLD."name", OLD."needs_approval", OLD."organisation_id", OLD."payment_days", OLD."payment_target_percent", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reply_working_days", OLD."retention_years", OLD."standing_approval_months", OLD."steps_days", OLD."verifies_first_bank_details"); RETURN NULL;',
                            hash="e8a4a04ed0926067b398c684680cfde2b2388d14",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_1bd93",
                            table="expenses_ratecard",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="runline",
                    trigger=pgtrigger.compiler.Trigger(
                        name="run_line_is_locked",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."run_id" IS DISTINCT FROM (NEW."run_id") OR OLD."line_id" IS DISTINCT FROM (NEW."line_id") OR OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."is_for_time" IS DISTINCT FROM (NEW."is_for_time") OR OLD."payee" IS DISTINCT FROM (NEW."payee"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="8973ccd4fcf65caf0c3ff02d6703c8018dbae1d9",
                            operation="UPDATE",
                            pgid="pgtrigger_run_line_is_locked_9c889",
                            table="expenses_runline",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="runline",
                    trigger=pgtrigger.compiler.Trigger(
                        name="run_line_account_is_kept",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."bank_details_id" IS NOT NULL AND OLD."bank_details_id" IS DISTINCT FROM (NEW."bank_details_id"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="6464cfc44d33e310e52d8431d908453926827943",
                            operation="UPDATE",
                            pgid="pgtrigger_run_line_account_is_kept_e2273",
                            table="expenses_runline",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="runline",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_runlineevent" ("amount", "bank_details_id", "claimant_id", "decided_by_id", "failure_reason", "id", "is_for_time", "line_id", "made_by_id", "payee", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "released_by_id", "run_id", "settled_at", "settled_by_id", "status") VALUES (NEW."amount", NEW."bank_details_id", NEW."claimant_id", NEW."decided_by_id", NEW."failure_reason", NEW."id", NEW."is_for_time", NEW."line_id", NEW."made_by_id", NEW."payee", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."released_by_id", NEW."run_id", NEW."settled_at", NEW."settled_by_id", NEW."status"); RETURN NULL;',
                            hash="88867fd6d2cf1db79f2afc5377b96065faf65cad",
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
                            func='INSERT INTO "expenses_runlineevent" ("amount", "bank_details_id", "claimant_id", "decided_by_id", "failure_reason", "id", "is_for_time", "line_id", "made_by_id", "payee", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "released_by_id", "run_id", "settled_at", "settled_by_id", "status") VALUES (NEW."amount", NEW."bank_details_id", NEW."claimant_id", NEW."decided_by_id", NEW."failure_reason", NEW."id", NEW."is_for_time", NEW."line_id", NEW."made_by_id", NEW."payee", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."released_by_id", NEW."run_id", NEW."settled_at", NEW."settled_by_id", NEW."status"); RETURN NULL;',
                            hash="8796fbe175195c1f144b8ad28689144084cc8ca5",
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
                            func='INSERT INTO "expenses_runlineevent" ("amount", "bank_details_id", "claimant_id", "decided_by_id", "failure_reason", "id", "is_for_time", "line_id", "made_by_id", "payee", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "released_by_id", "run_id", "settled_at", "settled_by_id", "status") VALUES (OLD."amount", OLD."bank_details_id", OLD."claimant_id", OLD."decided_by_id", OLD."failure_reason", OLD."id", OLD."is_for_time", OLD."line_id", OLD."made_by_id", OLD."payee", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."released_by_id", OLD."run_id", OLD."settled_at", OLD."settled_by_id", OLD."status"); RETURN NULL;',
                            hash="7afa2faf8868251b295241fe09b4338625a8f76a",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_ac921",
                            table="expenses_runline",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="timerate",
                    trigger=pgtrigger.compiler.Trigger(
                        name="rows_leave_no_gap",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            declare="DECLARE row_card uuid; row_thing text;",
                            func="\n                IF TG_OP = 'DELETE' THEN\n                    row_card := OLD.card_id; row_thing := OLD.role_category::text;\n                ELSE\n                    row_card := NEW.card_id; row_thing := NEW.role_category::text;\n                END IF;\n                IF EXISTS (\n                    SELECT 1 FROM (\n                        SELECT valid_to, lead(valid_from) OVER (ORDER BY valid_from) AS next_from\n                        FROM expenses_timerate WHERE card_id = row_card AND role_category::text = row_thing\n                    ) AS days WHERE valid_to + 1 < next_from\n                ) THEN\n                    RAISE EXCEPTION 'Rows of % leave days between them without a row.', TG_TABLE_NAME\n                        USING ERRCODE = 'check_violation';\n                END IF;\n                RETURN NULL;\n                ",
                            hash="cc2819ab804cffda6668a5f4f08911395aa056a3",
                            operation='INSERT OR UPDATE OF "card_id", "valid_from", "valid_to", "role_category" OR DELETE',
                            pgid="pgtrigger_rows_leave_no_gap_e130d",
                            table="expenses_timerate",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="timerate",
                    trigger=pgtrigger.compiler.Trigger(
                        name="used_row_keeps",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."used_at" IS NOT NULL)',
                            func="\n                IF TG_OP = 'DELETE' THEN\n                    RAISE EXCEPTION 'A row of % that claims have used cannot be deleted.', TG_TABLE_NAME;\n                END IF;\n                IF to_jsonb(NEW) - 'valid_to' - 'used_at' - 'last_used_on' - 'cut_back_at'\n                        IS DISTINCT FROM to_jsonb(OLD) - 'valid_to' - 'used_at' - 'last_used_on' - 'cut_back_at'\n                    OR (NEW.cut_back_at IS NULL AND OLD.cut_back_at IS NOT NULL)\n                    OR (\n                        NEW.valid_to < least(OLD.last_used_on, coalesce(OLD.valid_to, 'infinity'))\n                        AND NEW.cut_back_at IS NOT DISTINCT FROM OLD.cut_back_at\n                    )\n                THEN\n                    RAISE EXCEPTION 'A row of % that claims have used cannot be changed.', TG_TABLE_NAME;\n                END IF;\n                RETURN NEW;\n            ",
                            hash="1e739e8d21a9b49a12e01e2f20c9f4f53ba73c97",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_used_row_keeps_e6ff5",
                            table="expenses_timerate",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="timerate",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_timerateevent" ("amount", "at_boundary", "backdated_at", "basis", "boundary_minutes", "card_id", "cut_back_at", "full_day", "half_day", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "role_category", "session_minutes", "source", "valid_from", "valid_to") VALUES (NEW."amount", NEW."at_boundary", NEW."backdated_at", NEW."basis", NEW."boundary_minutes", NEW."card_id", NEW."cut_back_at", NEW."full_day", NEW."half_day", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."rate", NEW."role_category", NEW."session_minutes", NEW."source", NEW."valid_from", NEW."valid_to"); RETURN NULL;',
                            hash="35b5ed7bd78933746533b3c4eaaf885982505e92",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_1495f",
                            table="expenses_timerate",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="timerate",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."at_boundary" IS DISTINCT FROM (NEW."at_boundary") OR OLD."backdated_at" IS DISTINCT FROM (NEW."backdated_at") OR OLD."basis" IS DISTINCT FROM (NEW."basis") OR OLD."boundary_minutes" IS DISTINCT FROM (NEW."boundary_minutes") OR OLD."card_id" IS DISTINCT FROM (NEW."card_id") OR OLD."cut_back_at" IS DISTINCT FROM (NEW."cut_back_at") OR OLD."full_day" IS DISTINCT FROM (NEW."full_day") OR OLD."half_day" IS DISTINCT FROM (NEW."half_day") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."rate" IS DISTINCT FROM (NEW."rate") OR OLD."role_category" IS DISTINCT FROM (NEW."role_category") OR OLD."session_minutes" IS DISTINCT FROM (NEW."session_minutes") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."valid_from" IS DISTINCT FROM (NEW."valid_from") OR OLD."valid_to" IS DISTINCT FROM (NEW."valid_to"))',
                            func='INSERT INTO "expenses_timerateevent" ("amount", "at_boundary", "backdated_at", "basis", "boundary_minutes", "card_id", "cut_back_at", "full_day", "half_day", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "role_category", "session_minutes", "source", "valid_from", "valid_to") VALUES (NEW."amount", NEW."at_boundary", NEW."backdated_at", NEW."basis", NEW."boundary_minutes", NEW."card_id", NEW."cut_back_at", NEW."full_day", NEW."half_day", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."rate", NEW."role_category", NEW."session_minutes", NEW."source", NEW."valid_from", NEW."valid_to"); RETURN NULL;',
                            hash="cdcb3ed0fb8fe06cc7e0a801e8d6c9fceacea5ab",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_26d30",
                            table="expenses_timerate",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="timerate",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_timerateevent" ("amount", "at_boundary", "backdated_at", "basis", "boundary_minutes", "card_id", "cut_back_at", "full_day", "half_day", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "role_category", "session_minutes", "source", "valid_from", "valid_to") VALUES (OLD."amount", OLD."at_boundary", OLD."backdated_at", OLD."basis", OLD."boundary_minutes", OLD."card_id", OLD."cut_back_at", OLD."full_day", OLD."half_day", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."rate", OLD."role_category", OLD."session_minutes", OLD."source", OLD."valid_from", OLD."valid_to"); RETURN NULL;',
                            hash="0f55dc8076f7fc0aa4f02839a15d7d48dc272a24",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_22071",
                            table="expenses_timerate",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="updaterequest",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_updaterequestevent" ("answer", "answered_at", "answered_by_id", "asked_at", "asked_of_id", "claim_id", "id", "passed_to_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question", "reply_due_on") VALUES (NEW."answer", NEW."answered_at", NEW."answered_by_id", NEW."asked_at", NEW."asked_of_id", NEW."claim_id", NEW."id", NEW."passed_to_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."question", NEW."reply_due_on"); RETURN NULL;',
                            hash="9510db246077b5a52904f8c37ff9b4e7b34c82e4",
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
                            func='INSERT INTO "expenses_updaterequestevent" ("answer", "answered_at", "answered_by_id", "asked_at", "asked_of_id", "claim_id", "id", "passed_to_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question", "reply_due_on") VALUES (NEW."answer", NEW."answered_at", NEW."answered_by_id", NEW."asked_at", NEW."asked_of_id", NEW."claim_id", NEW."id", NEW."passed_to_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."question", NEW."reply_due_on"); RETURN NULL;',
                            hash="fb6509e0b79ada9d9be55a7d403202f34766a9d1",
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
                            func='INSERT INTO "expenses_updaterequestevent" ("answer", "answered_at", "answered_by_id", "asked_at", "asked_of_id", "claim_id", "id", "passed_to_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "question", "reply_due_on") VALUES (OLD."answer", OLD."answered_at", OLD."answered_by_id", OLD."asked_at", OLD."asked_of_id", OLD."claim_id", OLD."id", OLD."passed_to_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."question", OLD."reply_due_on"); RETURN NULL;',
                            hash="a8e3fb6f3cfb67834dc2573d4c54dd385961f7e1",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_655b5",
                            table="expenses_updaterequest",
                            when="AFTER",
                        ),
                    ),
                ),
                migrations.AddConstraint(
                    model_name="bankdetails",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("modulus__in", ["valid", "not_checkable"])),
                        name="bank_details_fit_the_sort_code",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="bankdetails",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("check_status__in", ["not_needed", "waiting", "confirmed", "not_confirmed"])
                        ),
                        name="bank_details_check_status_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="bankdetails",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("check_status", "confirmed"),
                                ("verified_at__isnull", False),
                                ("verified_by__isnull", False),
                                models.Q(("verified_by", models.F("user")), _negated=True),
                            ),
                            models.Q(
                                models.Q(("check_status", "confirmed"), _negated=True),
                                ("verified_at__isnull", True),
                                ("verified_by__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="bank_details_confirmed_by_another_person",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="bankdetails",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("check_status", "not_confirmed"), _negated=True),
                            ("replaced_at__isnull", False),
                            _connector="OR",
                        ),
                        name="bank_details_not_confirmed_are_not_used",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="escalation",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("promise_kept_at__isnull", True),
                                ("promise_missed_at__isnull", True),
                                ("promised_on__isnull", True),
                            ),
                            models.Q(
                                ("promised_on__isnull", False),
                                ("replied_at__isnull", False),
                                models.Q(
                                    ("promise_kept_at__isnull", True),
                                    ("promise_missed_at__isnull", True),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="escalation_promise_of_a_reply",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="ratecard",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("payment_target_percent__gte", 1), ("payment_target_percent__lte", 100)),
                        name="rate_card_target_is_a_percentage",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="runexport",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("format__in", ["ledger_csv", "payroll_csv", "bacs18"])),
                        name="run_export_format_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="runexport",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("covers__in", ["time", "expenses", "both"])), name="run_export_covers_known"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="runexport",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("is_same", True),
                            models.Q(("first__isnull", False), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="run_export_another_file_has_reason",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="runexport",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("format", "bacs18"), _negated=True),
                            models.Q(("payment_count__isnull", False), ("processing_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="run_export_bacs_has_day",
                    ),
                ),
                migrations.AddField(
                    model_name="backlogcolumns",
                    name="organisation",
                    field=models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                migrations.AddField(
                    model_name="backlogdraft",
                    name="by",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                migrations.AddField(
                    model_name="backlogdraft",
                    name="organisation",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                migrations.AddField(
                    model_name="backlogimport",
                    name="by",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                migrations.AddField(
                    model_name="backlogimport",
                    name="organisation",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="backlog_imports",
                        to="accounts.organisation",
                    ),
                ),
                migrations.AddField(
                    model_name="claim",
                    name="brought_in",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims_made",
                        to="expenses.backlogimport",
                    ),
                ),
                migrations.AddField(
                    model_name="claimhistory",
                    name="brought_in",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="expenses.backlogimport",
                    ),
                ),
                migrations.AddIndex(
                    model_name="claim",
                    index=models.Index(
                        condition=models.Q(("arbiter__isnull", False)), fields=["arbiter"], name="claim_disputed"
                    ),
                ),
                migrations.AddIndex(
                    model_name="claim",
                    index=models.Index(
                        condition=models.Q(
                            ("status__in", ["appealed", "approved", "in_run", "not_approved", "returned", "submitted"]),
                            ("steps_written__gt", 0),
                        ),
                        fields=["payer", "submitted_at", "number"],
                        name="claim_beyond_first_step",
                    ),
                ),
                migrations.AddIndex(
                    model_name="claim",
                    index=models.Index(
                        condition=models.Q(("brought_in__isnull", False)),
                        fields=["brought_in"],
                        name="claim_brought_in",
                    ),
                ),
                migrations.AddIndex(
                    model_name="claim",
                    index=models.Index(
                        condition=models.Q(("status", "paid")),
                        fields=["payer", "paid_at"],
                        include=("submitted_at", "payment_due_on", "paid", "assignment"),
                        name="claim_paid",
                    ),
                ),
                migrations.AddIndex(
                    model_name="claim",
                    index=models.Index(
                        condition=models.Q(("submitted_at__isnull", False)),
                        fields=["payer", "closed_at"],
                        include=("submitted_at", "assignment"),
                        name="claim_closed",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="claim",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("origin__in", ["partner", "top_up", "backlog"])), name="claim_origin_known"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="claim",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("arbiter__isnull", True),
                            models.Q(
                                (
                                    "status__in",
                                    ["appealed", "approved", "in_run", "not_approved", "returned", "submitted"],
                                ),
                                models.Q(("arbiter", models.F("claimant")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="claim_arbiter_of_open_claim",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="claim",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("promised_on__isnull", True),
                            ("status__in", ["appealed", "approved", "in_run", "not_approved", "returned", "submitted"]),
                            _connector="OR",
                        ),
                        name="claim_promise_while_open",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="claim",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("brought_in__isnull", False), ("origin", "backlog")),
                            models.Q(models.Q(("origin", "backlog"), _negated=True), ("brought_in__isnull", True)),
                            _connector="OR",
                        ),
                        name="claim_brought_in_by_a_list",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="claim",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("prepared_by__isnull", True),
                            models.Q(("prepared_by", models.F("claimant")), _negated=True),
                            _connector="OR",
                        ),
                        name="claim_prepared_by_another_person",
                    ),
                ),
                migrations.AddField(
                    model_name="bankcall",
                    name="called_by",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                migrations.AddField(
                    model_name="bankcall",
                    name="details",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="calls", to="expenses.bankdetails"
                    ),
                ),
                migrations.AddField(
                    model_name="bankcall",
                    name="organisation",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                migrations.AddField(
                    model_name="bankcall",
                    name="person",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                migrations.AddField(
                    model_name="bankresult",
                    name="imported_by",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                migrations.AddField(
                    model_name="bankresult",
                    name="organisation",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_results",
                        to="accounts.organisation",
                    ),
                ),
                migrations.AddField(
                    model_name="helper",
                    name="ended_by",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="helper",
                    name="invitation",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="helpers_invited",
                        to="accounts.invitation",
                    ),
                ),
                migrations.AddField(
                    model_name="helper",
                    name="partner",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="helpers", to="partners.partner"
                    ),
                ),
                migrations.AddField(
                    model_name="helper",
                    name="user",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="helps",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="helperevent",
                    name="ended_by",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="helperevent",
                    name="invitation",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.invitation",
                    ),
                ),
                migrations.AddField(
                    model_name="helperevent",
                    name="partner",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.partner",
                    ),
                ),
                migrations.AddField(
                    model_name="helperevent",
                    name="pgh_context",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                migrations.AddField(
                    model_name="helperevent",
                    name="pgh_obj",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="expenses.helper",
                    ),
                ),
                migrations.AddField(
                    model_name="helperevent",
                    name="user",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="likelyduplicate",
                    name="cleared_by",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="likelyduplicate",
                    name="line",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="likely_duplicates",
                        to="expenses.claimline",
                    ),
                ),
                migrations.AddField(
                    model_name="likelyduplicate",
                    name="other_line",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="likely_duplicates_of",
                        to="expenses.claimline",
                    ),
                ),
                migrations.AddField(
                    model_name="likelyduplicateevent",
                    name="cleared_by",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="likelyduplicateevent",
                    name="line",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="expenses.claimline",
                    ),
                ),
                migrations.AddField(
                    model_name="likelyduplicateevent",
                    name="other_line",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="expenses.claimline",
                    ),
                ),
                migrations.AddField(
                    model_name="likelyduplicateevent",
                    name="pgh_context",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                migrations.AddField(
                    model_name="likelyduplicateevent",
                    name="pgh_obj",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="expenses.likelyduplicate",
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="modulussubstitution",
                    trigger=pgtrigger.compiler.Trigger(
                        name="actor_required",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF coalesce(\n                nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'actor', ''\n            ) = '' THEN\n                RAISE EXCEPTION 'Nobody is named as the actor of a change to %.', TG_TABLE_NAME;\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                            hash="2bfab747313b345ea9386094a19ec9bc7ba77767",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_actor_required_47cd9",
                            table="expenses_modulussubstitution",
                            when="BEFORE",
                        ),
                    ),
                ),
                migrations.AddIndex(
                    model_name="modulusweight",
                    index=models.Index(fields=["first", "last"], name="modulus_weight_by_sort_code"),
                ),
                migrations.AddConstraint(
                    model_name="modulusweight",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("method__in", ["MOD10", "MOD11", "DBLAL"])),
                        name="modulus_weight_method_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="modulusweight",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("last__gte", models.F("first"))), name="modulus_weight_ends_after_start"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="modulusweight",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("weights__len", 14)), name="modulus_weight_has_14_weights"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="modulusweight",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("exception__lte", 14)), name="modulus_weight_exception_known"
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="modulusweight",
                    trigger=pgtrigger.compiler.Trigger(
                        name="actor_required",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF coalesce(\n                nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'actor', ''\n            ) = '' THEN\n                RAISE EXCEPTION 'Nobody is named as the actor of a change to %.', TG_TABLE_NAME;\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                            hash="e8f48f01789581158a909b66dbad75c0dbadab19",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_actor_required_5a4de",
                            table="expenses_modulusweight",
                            when="BEFORE",
                        ),
                    ),
                ),
                migrations.AddField(
                    model_name="payerdispute",
                    name="arbiter",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes_received",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="payerdispute",
                    name="claim",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="disputes", to="expenses.claim"
                    ),
                ),
                migrations.AddField(
                    model_name="payerdispute",
                    name="decided_by",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="payerdispute",
                    name="decided_payer",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                migrations.AddField(
                    model_name="payerdispute",
                    name="named",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="payerdispute",
                    name="payer",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
                    ),
                ),
                migrations.AddField(
                    model_name="payerdispute",
                    name="raised_by",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                migrations.AddField(
                    model_name="payerdisputeevent",
                    name="arbiter",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="payerdisputeevent",
                    name="claim",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="expenses.claim",
                    ),
                ),
                migrations.AddField(
                    model_name="payerdisputeevent",
                    name="decided_by",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="payerdisputeevent",
                    name="decided_payer",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organisation",
                    ),
                ),
                migrations.AddField(
                    model_name="payerdisputeevent",
                    name="named",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="payerdisputeevent",
                    name="payer",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organisation",
                    ),
                ),
                migrations.AddField(
                    model_name="payerdisputeevent",
                    name="pgh_context",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                migrations.AddField(
                    model_name="payerdisputeevent",
                    name="pgh_obj",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="expenses.payerdispute",
                    ),
                ),
                migrations.AddField(
                    model_name="payerdisputeevent",
                    name="raised_by",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="paymentsettings",
                    name="organisation",
                    field=models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment_settings",
                        to="accounts.organisation",
                    ),
                ),
                migrations.AddField(
                    model_name="paymentsettingsevent",
                    name="organisation",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organisation",
                    ),
                ),
                migrations.AddField(
                    model_name="paymentsettingsevent",
                    name="pgh_context",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                migrations.AddField(
                    model_name="paymentsettingsevent",
                    name="pgh_obj",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="expenses.paymentsettings",
                    ),
                ),
                migrations.AddField(
                    model_name="priorapproval",
                    name="answered_by",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="priorapproval",
                    name="assignment",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prior_approvals",
                        to="committees.assignment",
                    ),
                ),
                migrations.AddField(
                    model_name="priorapproval",
                    name="claimant",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prior_approvals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="priorapproval",
                    name="partner",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prior_approvals",
                        to="partners.partner",
                    ),
                ),
                migrations.AddField(
                    model_name="priorapproval",
                    name="payer",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prior_approvals",
                        to="accounts.organisation",
                    ),
                ),
                migrations.AddField(
                    model_name="priorapproval",
                    name="waiting_on",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prior_approvals_waiting",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="claimline",
                    name="prior_approval",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="expenses.priorapproval",
                    ),
                ),
                migrations.AddField(
                    model_name="claimlineevent",
                    name="prior_approval",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="expenses.priorapproval",
                    ),
                ),
                migrations.AddField(
                    model_name="priorapprovalevent",
                    name="answered_by",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="priorapprovalevent",
                    name="assignment",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="committees.assignment",
                    ),
                ),
                migrations.AddField(
                    model_name="priorapprovalevent",
                    name="claimant",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="priorapprovalevent",
                    name="partner",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.partner",
                    ),
                ),
                migrations.AddField(
                    model_name="priorapprovalevent",
                    name="payer",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organisation",
                    ),
                ),
                migrations.AddField(
                    model_name="priorapprovalevent",
                    name="pgh_context",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                migrations.AddField(
                    model_name="priorapprovalevent",
                    name="pgh_obj",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="expenses.priorapproval",
                    ),
                ),
                migrations.AddField(
                    model_name="priorapprovalevent",
                    name="waiting_on",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="reconciliation",
                    name="organisation",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reconciliations",
                        to="accounts.organisation",
                    ),
                ),
                migrations.AddField(
                    model_name="resultupload",
                    name="organisation",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organisation"
                    ),
                ),
                migrations.AddField(
                    model_name="resultupload",
                    name="uploaded_by",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                migrations.AddField(
                    model_name="standingapproval",
                    name="ended_by",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="standingapproval",
                    name="partner",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="standing_approvals",
                        to="partners.partner",
                    ),
                ),
                migrations.AddField(
                    model_name="standingapproval",
                    name="payer",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="standing_approvals",
                        to="accounts.organisation",
                    ),
                ),
                migrations.AddField(
                    model_name="standingapproval",
                    name="recorded_by",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                migrations.AddField(
                    model_name="claimline",
                    name="standing_approval",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="expenses.standingapproval",
                    ),
                ),
                migrations.AddField(
                    model_name="claimlineevent",
                    name="standing_approval",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="expenses.standingapproval",
                    ),
                ),
                migrations.AddIndex(
                    model_name="claimline",
                    index=models.Index(fields=["claimant", "kind", "-date"], name="claim_line_by_kind"),
                ),
                migrations.AddIndex(
                    model_name="claimline",
                    index=models.Index(
                        condition=models.Q(("held_since__isnull", False)),
                        fields=["hold_due_on"],
                        name="claim_line_held",
                    ),
                ),
                migrations.AddIndex(
                    model_name="claimline",
                    index=models.Index(
                        condition=models.Q(("status", "paid")),
                        fields=["settled_at"],
                        include=("claim", "kind", "approved_amount"),
                        name="claim_line_paid",
                    ),
                ),
                migrations.AddIndex(
                    model_name="claimline",
                    index=models.Index(
                        condition=models.Q(("is_trust_booked", True)),
                        fields=["settled_at"],
                        include=("claim", "kind", "amount"),
                        name="claim_line_booked",
                    ),
                ),
                migrations.AddIndex(
                    model_name="claimline",
                    index=models.Index(
                        condition=models.Q(("problems", []), _negated=True), fields=["claim"], name="claim_line_flagged"
                    ),
                ),
                migrations.AddIndex(
                    model_name="claimline",
                    index=models.Index(
                        condition=models.Q(("settled_at__isnull", True)), fields=["claim"], name="claim_line_unsettled"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="claimline",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("tops_up__isnull", True),
                            models.Q(("tops_up", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="claim_line_tops_up_another",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="claimline",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("activity__in", ["meeting", "preparation", "training"]),
                                ("kind", "involvement_payment"),
                                ("minutes__isnull", False),
                            ),
                            models.Q(("kind", "cancelled_meeting"), ("notice_hours__isnull", False)),
                            models.Q(
                                ("kind", "mileage"),
                                ("miles__isnull", False),
                                ("vehicle__in", ["car", "motorcycle", "bicycle"]),
                            ),
                            models.Q(
                                ("amount__isnull", False),
                                ("miles__isnull", True),
                                ("minutes__isnull", True),
                                ("notice_hours__isnull", True),
                            ),
                            models.Q(
                                models.Q(
                                    ("kind__in", ["involvement_payment", "cancelled_meeting", "mileage"]), _negated=True
                                ),
                                ("amount__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="claim_line_has_what_its_kind_needs",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="claimline",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("is_trust_booked", False),
                            models.Q(
                                ("declined", 0),
                                ("disallowed", 0),
                                ("held", 0),
                                ("pay", 0),
                                models.Q(
                                    ("kind__in", ["involvement_payment", "cancelled_meeting", "mileage"]), _negated=True
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="claim_line_booked_pays_nothing",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="claimline",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("prior_approval__isnull", True), ("standing_approval__isnull", True), _connector="OR"
                        ),
                        name="claim_line_one_approval",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="claimline",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("held_since__isnull", True),
                                ("hold_asked_at__isnull", True),
                                ("hold_due_on__isnull", True),
                                ("hold_reminded_at__isnull", True),
                            ),
                            models.Q(
                                ("held_since__isnull", False),
                                ("hold_due_on__isnull", False),
                                ("status__in", ["pending", "returned"]),
                            ),
                            _connector="OR",
                        ),
                        name="claim_line_held_until_decided",
                    ),
                ),
                migrations.AddField(
                    model_name="standingapprovalevent",
                    name="ended_by",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="standingapprovalevent",
                    name="partner",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="partners.partner",
                    ),
                ),
                migrations.AddField(
                    model_name="standingapprovalevent",
                    name="payer",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organisation",
                    ),
                ),
                migrations.AddField(
                    model_name="standingapprovalevent",
                    name="pgh_context",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                migrations.AddField(
                    model_name="standingapprovalevent",
                    name="pgh_obj",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="expenses.standingapproval",
                    ),
                ),
                migrations.AddField(
                    model_name="standingapprovalevent",
                    name="recorded_by",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="topup",
                    name="answered_by",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="topup",
                    name="card",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="top_ups", to="expenses.ratecard"
                    ),
                ),
                migrations.AddField(
                    model_name="topup",
                    name="claim_line",
                    field=models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="top_up",
                        to="expenses.claimline",
                    ),
                ),
                migrations.AddField(
                    model_name="topup",
                    name="line",
                    field=models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="raises", to="expenses.claimline"
                    ),
                ),
                migrations.AddField(
                    model_name="topup",
                    name="proposed_by",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="topupevent",
                    name="answered_by",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                migrations.AddField(
                    model_name="topupevent",
                    name="card",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="expenses.ratecard",
                    ),
                ),
                migrations.AddField(
                    model_name="topupevent",
                    name="claim_line",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="expenses.claimline",
                    ),
                ),
                migrations.AddField(
                    model_name="topupevent",
                    name="line",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="expenses.claimline",
                    ),
                ),
                migrations.AddField(
                    model_name="topupevent",
                    name="pgh_context",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                migrations.AddField(
                    model_name="topupevent",
                    name="pgh_obj",
                    field=models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="expenses.topup",
                    ),
                ),
                migrations.AddField(
                    model_name="topupevent",
                    name="proposed_by",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="backlogcolumns",
                    trigger=pgtrigger.compiler.Trigger(
                        name="actor_required",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF coalesce(\n                nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'actor', ''\n            ) = '' THEN\n                RAISE EXCEPTION 'Nobody is named as the actor of a change to %.', TG_TABLE_NAME;\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                            hash="c969a17a147cc20d2c649c24ab9e1803bd96d79d",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_actor_required_67528",
                            table="expenses_backlogcolumns",
                            when="BEFORE",
                        ),
                    ),
                ),
                migrations.AddIndex(
                    model_name="backlogdraft",
                    index=models.Index(fields=["at"], name="backlog_draft_by_age"),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="backlogdraft",
                    trigger=pgtrigger.compiler.Trigger(
                        name="actor_required",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF coalesce(\n                nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'actor', ''\n            ) = '' THEN\n                RAISE EXCEPTION 'Nobody is named as the actor of a change to %.', TG_TABLE_NAME;\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                            hash="8b3957c466181dd9f33e103d30c995f4a33ffdb6",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_actor_required_79327",
                            table="expenses_backlogdraft",
                            when="BEFORE",
                        ),
                    ),
                ),
                migrations.AddConstraint(
                    model_name="backlogimport",
                    constraint=models.UniqueConstraint(
                        fields=("organisation", "checksum"), name="backlog_import_file_once"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="backlogimport",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("claims__gte", 1), ("rows__gte", 1), ("total__gt", 0)),
                        name="backlog_import_brought_something",
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="backlogimport",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="5b02737df82f1f0e444ace713d6dca6c449877b3",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_e94c7",
                            table="expenses_backlogimport",
                            when="BEFORE",
                        ),
                    ),
                ),
                migrations.AddIndex(
                    model_name="bankcall",
                    index=models.Index(fields=["details", "called_at"], name="bank_call_by_time"),
                ),
                migrations.AddConstraint(
                    model_name="bankcall",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["confirmed", "not_confirmed", "no_answer"])),
                        name="bank_call_outcome_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="bankcall",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("called_by", models.F("person")), _negated=True),
                        name="bank_call_by_another_person",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="bankcall",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("number_given_at__lt", models.F("called_at"))),
                        name="bank_call_number_was_held",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="bankcall",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "not_confirmed"), _negated=True),
                            models.Q(("note", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="bank_call_refusal_has_note",
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="bankcall",
                    trigger=pgtrigger.compiler.Trigger(
                        name="actor_required",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF coalesce(\n                nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'actor', ''\n            ) = '' THEN\n                RAISE EXCEPTION 'Nobody is named as the actor of a change to %.', TG_TABLE_NAME;\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                            hash="fd314896c35311d9ed34c6279ab7e47183fea59a",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_actor_required_004e5",
                            table="expenses_bankcall",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="bankcall",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="50ce803dca2be2706e1ea1014c43b2d105fe5bc4",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_21bd3",
                            table="expenses_bankcall",
                            when="BEFORE",
                        ),
                    ),
                ),
                migrations.AddIndex(
                    model_name="bankresult",
                    index=models.Index(fields=["organisation", "-imported_at"], name="bank_result_of_organisation"),
                ),
                migrations.AddConstraint(
                    model_name="bankresult",
                    constraint=models.UniqueConstraint(
                        fields=("organisation", "checksum"), name="bank_result_taken_once"
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="bankresult",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="5515b1efecbf8ae224d0dde05788018ea87003cb",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_b9aae",
                            table="expenses_bankresult",
                            when="BEFORE",
                        ),
                    ),
                ),
                migrations.AddConstraint(
                    model_name="helper",
                    constraint=models.UniqueConstraint(
                        models.F("partner"),
                        django.db.models.functions.text.Lower("email"),
                        condition=models.Q(("ended_at__isnull", True)),
                        name="helper_named_once",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="helper",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("user__isnull", False), ("invitation__isnull", False), _connector="OR"),
                        name="helper_is_somebody",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="helper",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                            models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="helper_both_ended_set",
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="helper",
                    trigger=pgtrigger.compiler.Trigger(
                        name="actor_required",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF coalesce(\n                nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'actor', ''\n            ) = '' THEN\n                RAISE EXCEPTION 'Nobody is named as the actor of a change to %.', TG_TABLE_NAME;\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                            hash="c44f994cecba8c33242a99dc267c78cd995cf629",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_actor_required_408b4",
                            table="expenses_helper",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="helper",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_helperevent" ("email", "ended_at", "ended_by_id", "id", "invitation_id", "name", "partner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "relation", "since", "user_id") VALUES (NEW."email", NEW."ended_at", NEW."ended_by_id", NEW."id", NEW."invitation_id", NEW."name", NEW."partner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."relation", NEW."since", NEW."user_id"); RETURN NULL;',
                            hash="618c79c6ef6de9886169475cc0d843d2b15d9b21",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_a644a",
                            table="expenses_helper",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="helper",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "expenses_helperevent" ("email", "ended_at", "ended_by_id", "id", "invitation_id", "name", "partner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "relation", "since", "user_id") VALUES (NEW."email", NEW."ended_at", NEW."ended_by_id", NEW."id", NEW."invitation_id", NEW."name", NEW."partner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."relation", NEW."since", NEW."user_id"); RETURN NULL;',
                            hash="6ba08b88048d800d87c838e423bda526ab97764b",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_e8556",
                            table="expenses_helper",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="helper",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_helperevent" ("email", "ended_at", "ended_by_id", "id", "invitation_id", "name", "partner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "relation", "since", "user_id") VALUES (OLD."email", OLD."ended_at", OLD."ended_by_id", OLD."id", OLD."invitation_id", OLD."name", OLD."partner_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."relation", OLD."since", OLD."user_id"); RETURN NULL;',
                            hash="1fc76e2f40bbb86d1372a023d01041e1de37b240",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_121ee",
                            table="expenses_helper",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="helperevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="16a346650d15304a5dc46fbcbc180705a6b64fb6",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_2f462",
                            table="expenses_helperevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                migrations.AddConstraint(
                    model_name="likelyduplicate",
                    constraint=models.UniqueConstraint(fields=("line", "other_line"), name="likely_duplicate_once"),
                ),
                migrations.AddConstraint(
                    model_name="likelyduplicate",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("line", models.F("other_line")), _negated=True),
                        name="likely_duplicate_of_another_line",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="likelyduplicate",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("cleared_at__isnull", True), ("cleared_by__isnull", True), ("cleared_reason", "")
                            ),
                            models.Q(
                                ("cleared_at__isnull", False),
                                ("cleared_by__isnull", False),
                                models.Q(("cleared_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="likely_duplicate_all_clearing_set",
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="likelyduplicate",
                    trigger=pgtrigger.compiler.Trigger(
                        name="actor_required",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF coalesce(\n                nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'actor', ''\n            ) = '' THEN\n                RAISE EXCEPTION 'Nobody is named as the actor of a change to %.', TG_TABLE_NAME;\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                            hash="e4440b0a50a4f46f0282dee8448fb62f138e3d54",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_actor_required_f5cdf",
                            table="expenses_likelyduplicate",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="likelyduplicate",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_likelyduplicateevent" ("cleared_at", "cleared_by_id", "cleared_reason", "found_at", "id", "line_id", "other_line_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."cleared_at", NEW."cleared_by_id", NEW."cleared_reason", NEW."found_at", NEW."id", NEW."line_id", NEW."other_line_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                            hash="abf6608675ee8edb10084561c4e07ad963e02263",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_af292",
                            table="expenses_likelyduplicate",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="likelyduplicate",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "expenses_likelyduplicateevent" ("cleared_at", "cleared_by_id", "cleared_reason", "found_at", "id", "line_id", "other_line_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."cleared_at", NEW."cleared_by_id", NEW."cleared_reason", NEW."found_at", NEW."id", NEW."line_id", NEW."other_line_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                            hash="ec363e797f45a2509e0ed8cd0b74dd9a8a2520a6",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_7fec6",
                            table="expenses_likelyduplicate",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="likelyduplicate",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_likelyduplicateevent" ("cleared_at", "cleared_by_id", "cleared_reason", "found_at", "id", "line_id", "other_line_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."cleared_at", OLD."cleared_by_id", OLD."cleared_reason", OLD."found_at", OLD."id", OLD."line_id", OLD."other_line_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;',
                            hash="59b12fc6cb577cbd4dff9924f8b4e66b5fedfe69",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_7dc45",
                            table="expenses_likelyduplicate",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="likelyduplicateevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="a1b86a28633bc0c918674e23d8166af4c30d77a4",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_b8c74",
                            table="expenses_likelyduplicateevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                migrations.AddConstraint(
                    model_name="payerdispute",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=("claim",),
                        name="payer_dispute_open_once",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="payerdispute",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="payer_dispute_has_reason"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="payerdispute",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("arbiter", models.F("raised_by")), _negated=True),
                        name="payer_dispute_decided_by_another",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="payerdispute",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_by__isnull", True), ("decided_payer__isnull", True), ("decision_reason", "")
                            ),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("decided_payer__isnull", False),
                                models.Q(("decision_reason", ""), _negated=True),
                                models.Q(("decided_by", models.F("raised_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="payer_dispute_all_decision_set",
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="payerdispute",
                    trigger=pgtrigger.compiler.Trigger(
                        name="actor_required",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF coalesce(\n                nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'actor', ''\n            ) = '' THEN\n                RAISE EXCEPTION 'Nobody is named as the actor of a change to %.', TG_TABLE_NAME;\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                            hash="5525a1bffd3b90a61afe756aa9b2b98c24d89409",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_actor_required_12eb5",
                            table="expenses_payerdispute",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="payerdispute",
                    trigger=pgtrigger.compiler.Trigger(
                        name="dispute_is_kept",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="d93cfeaee36ba3e462e75fc58dc8c469533370b8",
                            operation="DELETE",
                            pgid="pgtrigger_dispute_is_kept_b9244",
                            table="expenses_payerdispute",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="payerdispute",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_payerdisputeevent" ("arbiter_id", "arbiter_since", "claim_id", "closed_at", "decided_by_id", "decided_payer_id", "decision_reason", "id", "named_id", "payer_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "raised_at", "raised_by_id", "reason", "reply_due_on") VALUES (NEW."arbiter_id", NEW."arbiter_since", NEW."claim_id", NEW."closed_at", NEW."decided_by_id", NEW."decided_payer_id", NEW."decision_reason", NEW."id", NEW."named_id", NEW."payer_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."raised_at", NEW."raised_by_id", NEW."reason", NEW."reply_due_on"); RETURN NULL;',
                            hash="19645909abe4f7875d9542ece31c369ba76f867c",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_69430",
                            table="expenses_payerdispute",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="payerdispute",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "expenses_payerdisputeevent" ("arbiter_id", "arbiter_since", "claim_id", "closed_at", "decided_by_id", "decided_payer_id", "decision_reason", "id", "named_id", "payer_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "raised_at", "raised_by_id", "reason", "reply_due_on") VALUES (NEW."arbiter_id", NEW."arbiter_since", NEW."claim_id", NEW."closed_at", NEW."decided_by_id", NEW."decided_payer_id", NEW."decision_reason", NEW."id", NEW."named_id", NEW."payer_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."raised_at", NEW."raised_by_id", NEW."reason", NEW."reply_due_on"); RETURN NULL;',
                            hash="e0a6602bd71532cf71eb6f983a19d9fd243f98e9",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_4f2b5",
                            table="expenses_payerdispute",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="payerdispute",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_payerdisputeevent" ("arbiter_id", "arbiter_since", "claim_id", "closed_at", "decided_by_id", "decided_payer_id", "decision_reason", "id", "named_id", "payer_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "raised_at", "raised_by_id", "reason", "reply_due_on") VALUES (OLD."arbiter_id", OLD."arbiter_since", OLD."claim_id", OLD."closed_at", OLD."decided_by_id", OLD."decided_payer_id", OLD."decision_reason", OLD."id", OLD."named_id", OLD."payer_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."raised_at", OLD."raised_by_id", OLD."reason", OLD."reply_due_on"); RETURN NULL;',
                            hash="39df7d55c462fceef06dfe3fde134741cebf1d7a",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_b43b2",
                            table="expenses_payerdispute",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="payerdisputeevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="57bd47490c7f5de5256aa0a40955c2f985e93b0e",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_16d30",
                            table="expenses_payerdisputeevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                migrations.AddConstraint(
                    model_name="paymentsettings",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("service_user_number", ""), ("service_user_number__regex", "^[0-9]{6}$"), _connector="OR"
                        ),
                        name="payment_settings_sun_six_digits",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="paymentsettings",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("account_name", ""),
                                ("account_number", ""),
                                ("last_four", ""),
                                ("service_user_number", ""),
                                ("sort_code", ""),
                            ),
                            models.Q(
                                models.Q(("sort_code", ""), _negated=True),
                                models.Q(("account_number", ""), _negated=True),
                                models.Q(("account_name", ""), _negated=True),
                                models.Q(("service_user_number", ""), _negated=True),
                                ("last_four__regex", "^[0-9]{4}$"),
                            ),
                            _connector="OR",
                        ),
                        name="payment_settings_account_whole",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="paymentsettings",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("bacs_covers__in", ["expenses", "both"])),
                        name="payment_settings_covers_expenses",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="paymentsettings",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("bacs_days__in", ["single", "multi"])), name="payment_settings_days_known"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="paymentsettings",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("result_rows__in", ["mixed", "returns", "payments"])),
                        name="payment_settings_rows_known",
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="paymentsettings",
                    trigger=pgtrigger.compiler.Trigger(
                        name="actor_required",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF coalesce(\n                nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'actor', ''\n            ) = '' THEN\n                RAISE EXCEPTION 'Nobody is named as the actor of a change to %.', TG_TABLE_NAME;\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                            hash="8aaed872d8b72f8341e6e62d487f99558d28b358",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_actor_required_1521e",
                            table="expenses_paymentsettings",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="paymentsettings",
                    trigger=pgtrigger.compiler.Trigger(
                        name="payment_settings_are_kept",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="4902d3d95575d1f721d3d7b33349dd981bca6876",
                            operation="DELETE",
                            pgid="pgtrigger_payment_settings_are_kept_6d88c",
                            table="expenses_paymentsettings",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="paymentsettings",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_paymentsettingsevent" ("account_name", "bacs_covers", "bacs_days", "failed_words", "id", "last_four", "organisation_id", "paid_words", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "result_columns", "result_rows", "service_user_number") VALUES (NEW."account_name", NEW."bacs_covers", NEW."bacs_days", NEW."failed_words", NEW."id", NEW."last_four", NEW."organisation_id", NEW."paid_words", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."result_columns", NEW."result_rows", NEW."service_user_number"); RETURN NULL;',
                            hash="99073ec1221028d6c4b4929fdc5b3c53fc1a8fe4",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_0040e",
                            table="expenses_paymentsettings",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="paymentsettings",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."account_name" IS DISTINCT FROM (NEW."account_name") OR OLD."bacs_covers" IS DISTINCT FROM (NEW."bacs_covers") OR OLD."bacs_days" IS DISTINCT FROM (NEW."bacs_days") OR OLD."failed_words" IS DISTINCT FROM (NEW."failed_words") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."last_four" IS DISTINCT FROM (NEW."last_four") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."paid_words" IS DISTINCT FROM (NEW."paid_words") OR OLD."result_columns" IS DISTINCT FROM (NEW."result_columns") OR OLD."result_rows" IS DISTINCT FROM (NEW."result_rows") OR OLD."service_user_number" IS DISTINCT FROM (NEW."service_user_number"))',
                            func='INSERT INTO "expenses_paymentsettingsevent" ("account_name", "bacs_covers", "bacs_days", "failed_words", "id", "last_four", "organisation_id", "paid_words", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "result_columns", "result_rows", "service_user_number") VALUES (NEW."account_name", NEW."bacs_covers", NEW."bacs_days", NEW."failed_words", NEW."id", NEW."last_four", NEW."organisation_id", NEW."paid_words", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."result_columns", NEW."result_rows", NEW."service_user_number"); RETURN NULL;',
                            hash="476a3c81f819a32c24d9cbb955aed29ed2d6b628",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_f9308",
                            table="expenses_paymentsettings",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="paymentsettings",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_paymentsettingsevent" ("account_name", "bacs_covers", "bacs_days", "failed_words", "id", "last_four", "organisation_id", "paid_words", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "result_columns", "result_rows", "service_user_number") VALUES (OLD."account_name", OLD."bacs_covers", OLD."bacs_days", OLD."failed_words", OLD."id", OLD."last_four", OLD."organisation_id", OLD."paid_words", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."result_columns", OLD."result_rows", OLD."service_user_number"); RETURN NULL;',
                            hash="6aaf6d0762f514d433a8c0cf28043d1784f52f1b",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_abafe",
                            table="expenses_paymentsettings",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="paymentsettingsevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="7286fda6edd1a2fe78b9e6aee09fb13b212701ec",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_215a0",
                            table="expenses_paymentsettingsevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                migrations.AddIndex(
                    model_name="priorapproval",
                    index=models.Index(fields=["claimant", "-asked_at"], name="prior_approval_of_claimant"),
                ),
                migrations.AddIndex(
                    model_name="priorapproval",
                    index=models.Index(fields=["payer", "-asked_at"], name="prior_approval_of_payer"),
                ),
                migrations.AddIndex(
                    model_name="priorapproval",
                    index=models.Index(
                        condition=models.Q(("status", "asked")), fields=["waiting_on"], name="prior_approval_waiting"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="priorapproval",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "involvement_payment",
                                    "cancelled_meeting",
                                    "mileage",
                                    "rail",
                                    "bus",
                                    "taxi",
                                    "parking",
                                    "toll",
                                    "subsistence_lunch",
                                    "subsistence_evening",
                                    "overnight",
                                    "replacement_care",
                                    "personal_support",
                                    "printing",
                                    "phone",
                                    "other",
                                ],
                            ),
                            ("status__in", ["asked", "agreed", "refused", "withdrawn"]),
                        ),
                        name="prior_approval_words_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="priorapproval",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="prior_approval_ends_after_start",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="priorapproval",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("expected__gt", 0), models.Q(("limit__isnull", True), ("limit__gt", 0), _connector="OR")
                        ),
                        name="prior_approval_amounts_positive",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="priorapproval",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("status", "asked"), ("waiting_on__isnull", False), ("waiting_since__isnull", False)
                            ),
                            models.Q(
                                models.Q(("status", "asked"), _negated=True),
                                ("waiting_on__isnull", True),
                                ("waiting_since__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="prior_approval_asked_has_person",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="priorapproval",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["agreed", "refused"]), _negated=True),
                            models.Q(("answered_at__isnull", False), ("answered_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="prior_approval_answered_has_person",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="priorapproval",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "refused"), _negated=True),
                            models.Q(("note", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="prior_approval_refused_has_reason",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="priorapproval",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("waiting_on__isnull", True),
                                models.Q(("waiting_on", models.F("claimant")), _negated=True),
                                _connector="OR",
                            ),
                            models.Q(
                                ("answered_by__isnull", True),
                                models.Q(("answered_by", models.F("claimant")), _negated=True),
                                _connector="OR",
                            ),
                        ),
                        name="prior_approval_not_answered_by_asker",
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="priorapproval",
                    trigger=pgtrigger.compiler.Trigger(
                        name="actor_required",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF coalesce(\n                nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'actor', ''\n            ) = '' THEN\n                RAISE EXCEPTION 'Nobody is named as the actor of a change to %.', TG_TABLE_NAME;\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                            hash="414276cdcbf4d34a47cc000d881d3bac2b0fa7d1",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_actor_required_a5c3d",
                            table="expenses_priorapproval",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="priorapproval",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_priorapprovalevent" ("answered_at", "answered_by_id", "asked_at", "assignment_id", "claimant_id", "due_on", "ends_on", "expected", "fare_class", "id", "is_over_limit", "kind", "limit", "note", "partner_id", "payer_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "status", "waiting_on_id", "waiting_since", "why", "withdrawn_at") VALUES (NEW."answered_at", NEW."answered_by_id", NEW."asked_at", NEW."assignment_id", NEW."claimant_id", NEW."due_on", NEW."ends_on", NEW."expected", NEW."fare_class", NEW."id", NEW."is_over_limit", NEW."kind", NEW."limit", NEW."note", NEW."partner_id", NEW."payer_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."starts_on", NEW."status", NEW."waiting_on_id", NEW."waiting_since", NEW."why", NEW."withdrawn_at"); RETURN NULL;',
                            hash="67f78b79e40cae5daf446549699e7a6161f26c71",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_91936",
                            table="expenses_priorapproval",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="priorapproval",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "expenses_priorapprovalevent" ("answered_at", "answered_by_id", "asked_at", "assignment_id", "claimant_id", "due_on", "ends_on", "expected", "fare_class", "id", "is_over_limit", "kind", "limit", "note", "partner_id", "payer_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "status", "waiting_on_id", "waiting_since", "why", "withdrawn_at") VALUES (NEW."answered_at", NEW."answered_by_id", NEW."asked_at", NEW."assignment_id", NEW."claimant_id", NEW."due_on", NEW."ends_on", NEW."expected", NEW."fare_class", NEW."id", NEW."is_over_limit", NEW."kind", NEW."limit", NEW."note", NEW."partner_id", NEW."payer_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."starts_on", NEW."status", NEW."waiting_on_id", NEW."waiting_since", NEW."why", NEW."withdrawn_at"); RETURN NULL;',
                            hash="cc7290130c766150616809a9d29f54a0795ee42c",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_96e0d",
                            table="expenses_priorapproval",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="priorapproval",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_priorapprovalevent" ("answered_at", "answered_by_id", "asked_at", "assignment_id", "claimant_id", "due_on", "ends_on", "expected", "fare_class", "id", "is_over_limit", "kind", "limit", "note", "partner_id", "payer_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on", "status", "waiting_on_id", "waiting_since", "why", "withdrawn_at") VALUES (OLD."answered_at", OLD."answered_by_id", OLD."asked_at", OLD."assignment_id", OLD."claimant_id", OLD."due_on", OLD."ends_on", OLD."expected", OLD."fare_class", OLD."id", OLD."is_over_limit", OLD."kind", OLD."limit", OLD."note", OLD."partner_id", OLD."payer_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."starts_on", OLD."status", OLD."waiting_on_id", OLD."waiting_since", OLD."why", OLD."withdrawn_at"); RETURN NULL;',
                            hash="e8679b1f0d430588f6195e9c803f9b9199025b79",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_ea5f0",
                            table="expenses_priorapproval",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="priorapprovalevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="183e2d598849c6b9716e66a4968e0850a452ad0a",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_01969",
                            table="expenses_priorapprovalevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                migrations.AddIndex(
                    model_name="reconciliation",
                    index=models.Index(fields=["organisation", "-checked_at"], name="reconciliation_newest"),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="reconciliation",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="4600d849005d0f2dfd498c2934a7478c665f9b1f",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_76df8",
                            table="expenses_reconciliation",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="resultupload",
                    trigger=pgtrigger.compiler.Trigger(
                        name="actor_required",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF coalesce(\n                nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'actor', ''\n            ) = '' THEN\n                RAISE EXCEPTION 'Nobody is named as the actor of a change to %.', TG_TABLE_NAME;\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                            hash="7fb46220907acac02f9c85bc571e4be8e06951eb",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_actor_required_c3fb5",
                            table="expenses_resultupload",
                            when="BEFORE",
                        ),
                    ),
                ),
                migrations.AddIndex(
                    model_name="standingapproval",
                    index=models.Index(fields=["partner", "payer"], name="standing_approval_of_partner"),
                ),
                migrations.AddIndex(
                    model_name="standingapproval",
                    index=models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["ends_on"],
                        name="standing_approval_ending",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="standingapproval",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("kinds__len__gte", 1), ("covers_first_class", True), _connector="OR"),
                        name="standing_approval_covers_something",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="standingapproval",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="standing_approval_ends_after_start",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="standingapproval",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("limit__isnull", True), ("limit__gt", 0), _connector="OR"),
                        name="standing_approval_limit_positive",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="standingapproval",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("end_reason", ""), ("ended_at__isnull", True), ("ended_by__isnull", True)),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("ended_by__isnull", False),
                                models.Q(("end_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="standing_approval_all_end_set",
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="standingapproval",
                    trigger=pgtrigger.compiler.Trigger(
                        name="actor_required",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF coalesce(\n                nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'actor', ''\n            ) = '' THEN\n                RAISE EXCEPTION 'Nobody is named as the actor of a change to %.', TG_TABLE_NAME;\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                            hash="0407244876ff761c187e893d6f28c780bf7c7cdd",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_actor_required_38ae7",
                            table="expenses_standingapproval",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="standingapproval",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_standingapprovalevent" ("covers_first_class", "end_reason", "ended_at", "ended_by_id", "ends_on", "id", "kinds", "limit", "partner_id", "payer_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_at", "recorded_by_id", "starts_on") VALUES (NEW."covers_first_class", NEW."end_reason", NEW."ended_at", NEW."ended_by_id", NEW."ends_on", NEW."id", NEW."kinds", NEW."limit", NEW."partner_id", NEW."payer_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."recorded_at", NEW."recorded_by_id", NEW."starts_on"); RETURN NULL;',
                            hash="328c941ae8e3fbbf456f02ef0c597b912aed739d",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_84610",
                            table="expenses_standingapproval",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="standingapproval",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "expenses_standingapprovalevent" ("covers_first_class", "end_reason", "ended_at", "ended_by_id", "ends_on", "id", "kinds", "limit", "partner_id", "payer_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_at", "recorded_by_id", "starts_on") VALUES (NEW."covers_first_class", NEW."end_reason", NEW."ended_at", NEW."ended_by_id", NEW."ends_on", NEW."id", NEW."kinds", NEW."limit", NEW."partner_id", NEW."payer_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."recorded_at", NEW."recorded_by_id", NEW."starts_on"); RETURN NULL;',
                            hash="b0cc2a000ef6754bec5010d2a7b356d1e5799a7e",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_356ac",
                            table="expenses_standingapproval",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="standingapproval",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_standingapprovalevent" ("covers_first_class", "end_reason", "ended_at", "ended_by_id", "ends_on", "id", "kinds", "limit", "partner_id", "payer_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "recorded_at", "recorded_by_id", "starts_on") VALUES (OLD."covers_first_class", OLD."end_reason", OLD."ended_at", OLD."ended_by_id", OLD."ends_on", OLD."id", OLD."kinds", OLD."limit", OLD."partner_id", OLD."payer_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reason", OLD."recorded_at", OLD."recorded_by_id", OLD."starts_on"); RETURN NULL;',
                            hash="93b6159e7800d5569958a0f94f43cf6db39f14b4",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_456f2",
                            table="expenses_standingapproval",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="standingapprovalevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="41af429b5b60f081190b96b966bfda9070e15869",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_6ab3d",
                            table="expenses_standingapprovalevent",
                            when="BEFORE",
                        ),
                    ),
                ),
                migrations.AddIndex(
                    model_name="topup",
                    index=models.Index(fields=["card", "status"], name="top_up_of_card"),
                ),
                migrations.AddConstraint(
                    model_name="topup",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("above_hmrc__gte", 0), ("amount__gt", 0), ("was__gte", 0)),
                        name="top_up_raises",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="topup",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("status__in", ["proposed", "accepted", "declined", "withdrawn"])),
                        name="top_up_status_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="topup",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answered_at__isnull", True), ("answered_by__isnull", True), ("status", "proposed")
                            ),
                            models.Q(
                                models.Q(("status", "proposed"), _negated=True),
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="top_up_answered_by_somebody",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="topup",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("claim_line__isnull", False), ("status", "accepted")),
                            models.Q(models.Q(("status", "accepted"), _negated=True), ("claim_line__isnull", True)),
                            _connector="OR",
                        ),
                        name="top_up_accepted_has_line",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="topup",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "withdrawn"), _negated=True),
                            models.Q(("withdrawal_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="top_up_withdrawn_has_reason",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="topup",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("status__in", ["proposed", "accepted"])),
                        fields=("line", "rate_id"),
                        name="top_up_once_per_rate",
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="topup",
                    trigger=pgtrigger.compiler.Trigger(
                        name="actor_required",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n            IF coalesce(\n                nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'actor', ''\n            ) = '' THEN\n                RAISE EXCEPTION 'Nobody is named as the actor of a change to %.', TG_TABLE_NAME;\n            END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                            hash="16b84f5099c3651c245056d59bb7e081c3bb1daa",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_actor_required_2fe19",
                            table="expenses_topup",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="topup",
                    trigger=pgtrigger.compiler.Trigger(
                        name="top_up_offer_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."line_id" IS DISTINCT FROM (NEW."line_id") OR OLD."card_id" IS DISTINCT FROM (NEW."card_id") OR OLD."rate_kind" IS DISTINCT FROM (NEW."rate_kind") OR OLD."rate_id" IS DISTINCT FROM (NEW."rate_id") OR OLD."was" IS DISTINCT FROM (NEW."was") OR OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."above_hmrc" IS DISTINCT FROM (NEW."above_hmrc") OR OLD."rule" IS DISTINCT FROM (NEW."rule") OR OLD."proposed_at" IS DISTINCT FROM (NEW."proposed_at") OR OLD."proposed_by_id" IS DISTINCT FROM (NEW."proposed_by_id"))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="7985242d87646164eabfd662a86783c628887434",
                            operation="UPDATE",
                            pgid="pgtrigger_top_up_offer_stays_51976",
                            table="expenses_topup",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="topup",
                    trigger=pgtrigger.compiler.Trigger(
                        name="top_up_moves",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            declare="DECLARE _is_valid_transition BOOLEAN;",
                            func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{proposed:accepted,proposed:declined,proposed:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                            hash="7716cb504793a2612341dad71a06f1dac7e4e6fd",
                            operation="UPDATE",
                            pgid="pgtrigger_top_up_moves_33e6e",
                            table="expenses_topup",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="topup",
                    trigger=pgtrigger.compiler.Trigger(
                        name="top_up_is_kept",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="46c391c5ce63824bb14bd4c410661f6102087b64",
                            operation="DELETE",
                            pgid="pgtrigger_top_up_is_kept_867f0",
                            table="expenses_topup",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="topup",
                    trigger=pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_topupevent" ("above_hmrc", "amount", "answered_at", "answered_by_id", "card_id", "claim_line_id", "id", "line_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by_id", "rate_id", "rate_kind", "rule", "status", "was", "withdrawal_reason") VALUES (NEW."above_hmrc", NEW."amount", NEW."answered_at", NEW."answered_by_id", NEW."card_id", NEW."claim_line_id", NEW."id", NEW."line_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."proposed_at", NEW."proposed_by_id", NEW."rate_id", NEW."rate_kind", NEW."rule", NEW."status", NEW."was", NEW."withdrawal_reason"); RETURN NULL;',
                            hash="38f7f9d92cd6570082557ba5597ceb6aca136279",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_4202d",
                            table="expenses_topup",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="topup",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "expenses_topupevent" ("above_hmrc", "amount", "answered_at", "answered_by_id", "card_id", "claim_line_id", "id", "line_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by_id", "rate_id", "rate_kind", "rule", "status", "was", "withdrawal_reason") VALUES (NEW."above_hmrc", NEW."amount", NEW."answered_at", NEW."answered_by_id", NEW."card_id", NEW."claim_line_id", NEW."id", NEW."line_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."proposed_at", NEW."proposed_by_id", NEW."rate_id", NEW."rate_kind", NEW."rule", NEW."status", NEW."was", NEW."withdrawal_reason"); RETURN NULL;',
                            hash="945137d5ea12b5b3d569e9e691512521076d245e",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_af7ea",
                            table="expenses_topup",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="topup",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "expenses_topupevent" ("above_hmrc", "amount", "answered_at", "answered_by_id", "card_id", "claim_line_id", "id", "line_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proposed_at", "proposed_by_id", "rate_id", "rate_kind", "rule", "status", "was", "withdrawal_reason") VALUES (OLD."above_hmrc", OLD."amount", OLD."answered_at", OLD."answered_by_id", OLD."card_id", OLD."claim_line_id", OLD."id", OLD."line_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."proposed_at", OLD."proposed_by_id", OLD."rate_id", OLD."rate_kind", OLD."rule", OLD."status", OLD."was", OLD."withdrawal_reason"); RETURN NULL;',
                            hash="5ce9da9a59c52cb986411c38f61af84021e086f3",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_3b938",
                            table="expenses_topup",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="topupevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="717deb94e52335db43a5f1a2bc681f8e7737fe9d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_e977d",
                            table="expenses_topupevent",
                            when="BEFORE",
                        ),
                    ),
                ),
            ],
        )
    ]
