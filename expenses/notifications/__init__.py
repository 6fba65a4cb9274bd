"""Who is told what, in which words. Letters name no sum, no reason and no bank account: they link."""

from expenses.notifications.bank import bank_details_changed
from expenses.notifications.claims import (
    claim_changed,
    claim_letter,
    claims_handed_over,
    remind_to_decide,
)
from expenses.notifications.escalation import (
    step_replied,
    steps_written,
    update_answered,
    update_asked,
)
from expenses.notifications.payments import (
    remittance_ready,
    run_made,
    run_released,
)

__all__ = [
    "bank_details_changed",
    "claim_changed",
    "claim_letter",
    "claims_handed_over",
    "remind_to_decide",
    "remittance_ready",
    "run_made",
    "run_released",
    "step_replied",
    "steps_written",
    "update_answered",
    "update_asked",
]
