"""Reads what is known of who pays a claim."""

from collections.abc import Iterable

from expenses.models import Claim, ClaimLine
from expenses.policies import disputes


def why_not_disputable(claim: Claim, lines: Iterable[ClaimLine]) -> str:
    """Return why nobody can say now that the payer should not pay, in words; empty when they can."""
    return disputes.why_not_disputable(
        payer_id=claim.payer_id,
        organisation_id=claim.organisation_id,
        is_open=claim.is_open,
        line_statuses={line.status for line in lines},
        is_disputed=claim.arbiter_id is not None,
        was_decided=any(dispute.decided_by_id for dispute in claim.disputes.all()),
    )
