"""Measures the pages about people with 20 partners of one trust and with 2,000, and as many again at another.

Everything else is the same at both sizes: the same claims wait for the lead, and the same partner asks.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from tests.bench.many import Asked
from tests.expenses.world import World, make_world

FEW, MANY = 20, 2_000
# Of a hundred partners of a trust.
STATUSES = {"active": 70, "induction": 8, "checks": 6, "paused": 5, "leaving": 4, "left": 7}

_LOAD = """
CREATE TEMPORARY TABLE loaded AS
SELECT i, gen_random_uuid() AS id, (%(statuses)s::text[])[1 + i * 37 %% 100] AS status
FROM generate_series(1, %(count)s) AS i;
INSERT INTO accounts_user (id, password, email, name, telephone, is_active, created_at, formats)
SELECT id, '!', 'p' || i || '.' || left(%(organisation)s::text, 8) || '@example.org', 'Partner ' || i, '', true, now(),
    '{}'
FROM loaded;
INSERT INTO accounts_membership (id, user_id, organisation_id, role, starts_on)
SELECT gen_random_uuid(), id, %(organisation)s, 'partner', %(today)s - 400 FROM loaded;
INSERT INTO partners_partner (
    id, user_id, organisation_id, lead_id, status, role_category, is_paid, starts_on, term_ends_on, left_on
)
SELECT gen_random_uuid(), id, %(organisation)s, %(lead)s, status, 4, true, %(today)s - 400, %(today)s + i %% 700,
    CASE WHEN status = 'left' THEN %(today)s - i %% 90 END
FROM loaded;
DROP TABLE loaded
"""


@dataclass(frozen=True)
class Loaded:
    """Who is asked for in the pages, and how long it took to load them."""

    lead: str
    partner: str
    seconds: float


def load(count: int) -> Loaded:
    """Load two trusts with so many partners each; return the first's people."""
    begun = time.perf_counter()
    worlds = [make_world(), make_world()]
    statuses = [status for status, share in STATUSES.items() for _ in range(share)]
    with connection.cursor() as cursor:
        # The triggers would ask for each move of each appointment.
        cursor.execute("SET session_replication_role = replica")
        for world in worlds:
            for statement in _LOAD.split(";\n"):
                cursor.execute(statement, _values(world, count, statuses))
        cursor.execute("RESET session_replication_role")
        cursor.execute("VACUUM ANALYZE")
    for _ in range(10):
        worlds[0].sent()
    return Loaded(str(worlds[0].lead.pk), str(worlds[0].person.pk), time.perf_counter() - begun)


def _values(world: World, count: int, statuses: list[str]) -> Mapping[str, Any]:
    return {
        "organisation": world.organisation.pk,
        "lead": world.lead.pk,
        "count": count,
        "statuses": statuses,
        "today": timezone.localdate(),
    }


def pages_of(loaded: Loaded) -> list[Asked]:
    """Return what is asked of each size."""
    partners = "/partners/partners/"
    ending = f"{partners}?status=serving&ends_before_0=1&ends_before_1=1&ends_before_2={timezone.localdate().year + 1}"
    return [
        Asked("First page, lead", lambda _: "/", loaded.lead),
        Asked("First page, partner", lambda _: "/", loaded.partner),
        Asked("Programme, lead", lambda _: "/programme/", loaded.lead),
        Asked("Partners, 25", lambda _: partners, loaded.lead),
        Asked("Partners, terms ending", lambda _: ending, loaded.lead),
        Asked("Partners, last page", lambda _: f"{partners}?page=999", loaded.lead),
    ]
