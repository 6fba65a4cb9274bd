"""Brings in a trust's list once in a process of its own, and says in JSON how long it took and what it used.

Called with the lead's key, and whom the list names: ``strangers``, whom it invites; ``known``, the trust's own
partners, whose term and telephone it changes, and strangers; or ``accepted``, of whom ``ACCEPTED`` hold the partner's
role already and are appointed.
"""

import json
import os
import sys
import time
from datetime import timedelta
from io import BytesIO

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"

import django

from tests.bench.process import peak_megabytes

ROWS, ACCEPTED = 5_000, 500
HEADINGS = ("Name", "Email address", "Phone", "Appointed", "Term ends", "Paid", "Notes")

_ACCEPTED = """
CREATE TEMPORARY TABLE accepted AS SELECT i, gen_random_uuid() AS id FROM generate_series(0, %(rows)s - 1) AS i;
INSERT INTO accounts_user (id, password, email, name, telephone, is_active, formats, created_at)
SELECT id, '!', 'row' || i || '@example.org', 'Row ' || i, '', true, '{}', now() FROM accepted;
INSERT INTO accounts_membership (id, user_id, organisation_id, role, starts_on)
SELECT gen_random_uuid(), id, %(organisation)s, 'partner', %(today)s - 400 FROM accepted;
DROP TABLE accepted
"""


def main() -> None:
    """Write the list, bring it in as a lead does on three pages, and print what it took."""
    django.setup()
    from django.db import connection
    from django.utils import timezone

    from partners.enums.imports import ImportChoice
    from partners.queries import import_plan as plans
    from partners.queries import partners_of
    from partners.services import imports
    from psp_portal.accounts.models import User
    from psp_portal.accounts.queries import organisations_of
    from psp_portal.spreadsheets import write_xlsx

    lead, whom = User.objects.get(pk=sys.argv[1]), sys.argv[2]
    now, today = timezone.now(), timezone.localdate()
    organisation = organisations_of(lead, today).get()
    people: list[tuple[str, str]] = []
    # Nobody of one list is in another.
    address = "row" if whom == "accepted" else whom
    if whom == "known":
        serving = (
            partners_of(organisation.pk).serving().filter(user__name__startswith="Partner ").order_by("user__name")
        )
        people = list(serving.values_list("user__name", "user__email"))
    if whom == "accepted":
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            for statement in _ACCEPTED.split(";\n"):
                cursor.execute(statement, {"rows": ACCEPTED, "organisation": organisation.pk, "today": today})
            cursor.execute("RESET session_replication_role")
    people += [(f"Row {number}", f"{address}{number}@example.org") for number in range(ROWS - len(people))]
    rows = [
        (name, email, "01632 960001", today - timedelta(days=100), today + timedelta(days=900), "Yes", "As agreed")
        for name, email in people[:ROWS]
    ]
    file = BytesIO(write_xlsx("Partners", HEADINGS, rows))
    del people, rows
    told: dict[str, float] = {"before": peak_megabytes()}

    begun = time.perf_counter()
    listed = imports.upload_list(
        organisation_id=organisation.pk, upload=file, file_name="partners.xlsx", by=lead, at=now
    )
    told["upload"] = time.perf_counter() - begun
    listed = imports.choose_rows(list_id=listed.pk, choices={"here": ImportChoice.UPDATE.value}, by=lead, at=now)
    begun = time.perf_counter()
    plans.import_plan(listed, today=today)
    told["dry run"] = time.perf_counter() - begun
    begun = time.perf_counter()
    brought = imports.bring_in_list(list_id=listed.pk, by=lead, at=now)
    told["bring in"] = time.perf_counter() - begun
    counts = {name: getattr(brought, name) for name in ("rows", "invited", "appointed", "changed")}
    print(json.dumps({"seconds": told, "counts": counts, "peak": peak_megabytes()}))


if __name__ == "__main__":
    main()
