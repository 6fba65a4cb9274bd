"""Rate cards, claims, the ladder they climb, and their payment."""

from expenses.models.claims import Claim, ClaimEvent, ClaimLine, ClaimQuerySet, LineQuerySet, Receipt
from expenses.models.escalation import Escalation, UpdateRequest
from expenses.models.payments import BankDetails, PaymentRun, RunExport, RunLine
from expenses.models.rates import Cap, MileageBand, MileageRate, RateCard, TimeRate

__all__ = [
    "BankDetails",
    "Cap",
    "Claim",
    "ClaimEvent",
    "ClaimLine",
    "ClaimQuerySet",
    "Escalation",
    "LineQuerySet",
    "MileageBand",
    "MileageRate",
    "PaymentRun",
    "RateCard",
    "Receipt",
    "RunExport",
    "RunLine",
    "TimeRate",
    "UpdateRequest",
]
