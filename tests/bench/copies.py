"""Makes the copy of everything that is held about one person once, in a process of its own, and says what it took.

Run as a module it measures; ``load`` gives a partner five years of history: claims that are copies of one that was
made, sent and decided through the services, each with its line, its story and both histories.
"""

import json
import os
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")

import django

from tests.bench.process import peak_megabytes, told_by

CLAIMS, EVENTS_A_CLAIM = 1_000, 5
# What issue 4 asks for.
MOST_SECONDS = 10.0

_COPY = """
INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, to_jsonb(old) || jsonb_build_object({changed}))).*
FROM {source} AS old, generate_series(1, %s) AS i WHERE old.{key} = %s
"""
_CLAIM, _LINE = "md5('claim' || i)::uuid", "md5('line' || i)::uuid"


def load(person_id: str) -> None:
    """Give somebody so many claims with so many events each, by copying their newest claim."""
    from django.db import connection

    from expenses.models import Claim, ClaimEvent, ClaimLine
    from psp_portal.audit.tracked import tracked_models

    claim = Claim.objects.filter(claimant_id=person_id).order_by("-number").first()
    line = claim.lines.order_by("position").first()
    histories = {label: tracked_models()[label][1]._meta.db_table for label in ("expenses.Claim", "expenses.ClaimLine")}
    story = ClaimEvent._meta.db_table
    # Only names of our own tables and a key stand in the text.
    first = f"(SELECT * FROM {story} WHERE claim_id = '{claim.pk}' ORDER BY id LIMIT 1)"  # noqa: S608
    copies = [
        (Claim._meta.db_table, "id", claim.pk, f"'id', {_CLAIM}, 'number', 500000 + i, 'meeting_id', NULL", None),
        (ClaimLine._meta.db_table, "id", line.pk, f"'id', {_LINE}, 'claim_id', {_CLAIM}", None),
        *(
            (story, "claim_id", claim.pk, _event(nth), first)
            for nth in range(EVENTS_A_CLAIM)
        ),
        (histories["expenses.Claim"], "pgh_obj_id", claim.pk, _history(histories["expenses.Claim"], _CLAIM), None),
        (
            histories["expenses.ClaimLine"], "pgh_obj_id", line.pk,
            _history(histories["expenses.ClaimLine"], _LINE) + f", 'claim_id', {_CLAIM}", None,
        ),
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table, key, value, changed, source in copies:
            cursor.execute(_COPY.format(table=table, source=source or table, changed=changed, key=key), [CLAIMS, value])
        cursor.execute("RESET session_replication_role")
        cursor.execute("ANALYZE")


def _event(nth: int) -> str:
    return f"'id', {9_000_000 + nth * 100_000} + i, 'claim_id', {_CLAIM}, 'line_id', NULL"


def _history(table: str, key: str) -> str:
    return f"'pgh_id', nextval(pg_get_serial_sequence('{table}', 'pgh_id')), 'id', {key}, 'pgh_obj_id', {key}"


def show(database: str, person_id: str) -> None:
    """Print what the copy took on a database."""
    told = told_by("tests.bench.copies", database, person_id)
    over = "  over" if told["seconds"] > MOST_SECONDS else ""
    print(
        f"\nCopy of what is held about a partner with {told['claims']:,} claims and {told['events']:,} events "
        f"({told['records']:,} records, {told['changes']:,} changes): {told['seconds']:.1f} s (at most "
        f"{MOST_SECONDS:.0f} s){over}; {told['bytes'] / 1e6:.1f} MB; peak memory {told['peak']:.0f} MB, "
        f"{told['before']:.0f} MB before it"
    )


def main(person_id: str) -> None:
    """Make the copy as somebody who asks for it does, and print what it took as JSON."""
    django.setup()
    import io
    from zipfile import ZipFile

    from django.utils import timezone

    from expenses.models import ClaimEvent
    from psp_portal.accounts.models import User
    from psp_portal.subject_access import services

    person = User.objects.get(pk=person_id)
    at = timezone.now()
    before = peak_megabytes()
    begun = time.perf_counter()
    request = services.ask_for_own(by=person, at=at)
    _, packed = services.collect_file(request_id=request.pk, by=person, at=at)
    took = time.perf_counter() - begun
    peak = peak_megabytes()
    with packed:
        content = packed.read()
    with ZipFile(io.BytesIO(content)) as archive:
        parts = {part["kind"]: len(part["records"]) for part in json.loads(archive.read("data.json"))["parts"]}
    told = {
        "seconds": took, "peak": peak, "before": before, "bytes": len(content), "records": sum(parts.values()),
        "claims": parts["expenses.Claim"], "changes": parts["changes"],
        "events": ClaimEvent.objects.filter(claim__claimant=person).count(),
    }  # fmt: skip
    print(json.dumps(told))


if __name__ == "__main__":
    import sys

    main(sys.argv[1])
