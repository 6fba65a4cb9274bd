"""Reads; every function starts from a user or an organisation."""

from expenses.queries.claims import (
    Owed,
    claim_in_full,
    claim_to_price,
    claims_of,
    claims_of_organisation,
    claims_to_decide,
    claims_visible_to,
    has_open_claims,
    lines_visible_to,
    meetings_to_claim,
    money_of,
    receipts_visible_to,
)
from expenses.queries.escalation import escalations_visible_to, ladder_of, update_requests_visible_to
from expenses.queries.payments import (
    bank_details_of,
    last_fours,
    payable_exists,
    payable_lines,
    payments_of,
    remittances_of,
    run_lines_visible_to,
    runs_visible_to,
)
from expenses.queries.rates import as_values, rate_card_of, rate_cards_visible_to
from expenses.queries.waiting import Waiting, waiting_for

__all__ = [
    "Owed",
    "Waiting",
    "as_values",
    "bank_details_of",
    "claim_in_full",
    "claim_to_price",
    "claims_of",
    "claims_of_organisation",
    "claims_to_decide",
    "claims_visible_to",
    "escalations_visible_to",
    "has_open_claims",
    "ladder_of",
    "last_fours",
    "lines_visible_to",
    "meetings_to_claim",
    "money_of",
    "payable_exists",
    "payable_lines",
    "payments_of",
    "rate_card_of",
    "rate_cards_visible_to",
    "receipts_visible_to",
    "remittances_of",
    "run_lines_visible_to",
    "runs_visible_to",
    "update_requests_visible_to",
    "waiting_for",
]
