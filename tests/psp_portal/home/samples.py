"""Claims of some days ago."""

from datetime import timedelta
from decimal import Decimal

from expenses import services
from expenses.enums import LineKind
from expenses.models import Claim
from tests.expenses.world import World


def sent_before(world: World, *, days: int) -> Claim:
    """Return a claim for parking that was sent so many days before the world's day."""
    at = world.later(days=-days)
    claim = services.start_claim(partner_id=world.partner.pk, by=world.person, at=at)
    world.line(claim, LineKind.PARKING, amount=Decimal("4.20"), at=at, date=(at - timedelta(days=1)).date())
    return services.submit_claim(claim_id=claim.pk, by=world.person, at=at)
