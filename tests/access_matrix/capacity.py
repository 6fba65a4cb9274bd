"""Who may open which address of capacity."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from partners.services import capacity as services
from tests.access_matrix.world import World

MATRIX: dict[str, str] = {
                                                 # anon part lead requ appr fina exec audi stra
    "capacity:settings_edit":                     "302 403 200 403 403 403 403 403 200",
    "capacity:capacity_detail":                   "302 200 200 404 404 404 404 404 404",
    "capacity:agreement_create":                  "302 200 200 404 404 404 404 404 404",
    "capacity:agreement_answer":                  "302 403 200 404 404 404 404 404 404",
    "capacity:availability_edit":                 "302 200 403 404 404 404 404 404 404",
    "capacity:away_create":                       "302 200 200 404 404 404 404 404 404",
    "capacity:away_remove":                       "302 200 200 404 404 404 404 404 404",
    "capacity:skills_edit":                       "302 200 403 404 404 404 404 404 404",
    "capacity:interests_edit":                    "302 200 403 404 404 404 404 404 404",
    "capacity:experience_edit":                   "302 200 403 404 404 404 404 404 404",
    "committees:capacity_list":                   "302 403 200 403 403 403 403 403 200",
}  # fmt: skip

# Pages that open without signing in.
PUBLIC: set[str] = set()


def add(world: World) -> None:
    """Let the partner propose some time a month and be away for a week."""
    now, today, partner_id = timezone.now(), timezone.localdate(), world.things["partner_id"]
    agreement = services.propose_time(
        partner_id=partner_id, amount=Decimal(8), unit="hours", starts_on=today.replace(day=1),
        by=world.people["partner"], at=now,
    )  # fmt: skip
    away = services.record_away(
        partner_id=partner_id, starts_on=today, ends_on=today + timedelta(days=7), by=world.people["partner"], at=now
    )
    world.things |= {"agreement_id": agreement.pk, "away_id": away.pk}
