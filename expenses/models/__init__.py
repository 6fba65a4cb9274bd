"""Rate cards, claims, the ladder they climb, and their payment."""

from expenses.models.approvals import PriorApproval, StandingApproval
from expenses.models.backlog import BacklogColumns, BacklogDraft, BacklogImport
from expenses.models.bank import BankCall, ModulusSubstitution, ModulusWeight
from expenses.models.claims import Claim, ClaimQuerySet
from expenses.models.disputes import PayerDispute
from expenses.models.duplicates import LikelyDuplicate
from expenses.models.escalation import Escalation, UpdateRequest
from expenses.models.helping import Helper
from expenses.models.lines import ClaimEvent, ClaimLine, LineQuerySet
from expenses.models.payments import BankDetails, PaymentRun, RunExport, RunLine
from expenses.models.planner import EarningsPlan
from expenses.models.rates import Cap, MileageBand, MileageRate, RateCard, TimeRate
from expenses.models.receipts import Receipt, ReceiptUse
from expenses.models.results import BankResult, Reconciliation, ResultUpload
from expenses.models.settings import PaymentSettings
from expenses.models.topups import TopUp

__all__ = [
    "BacklogColumns",
    "BacklogDraft",
    "BacklogImport",
    "BankCall",
    "BankDetails",
    "BankResult",
    "Cap",
    "Claim",
    "ClaimEvent",
    "ClaimLine",
    "ClaimQuerySet",
    "EarningsPlan",
    "Escalation",
    "LikelyDuplicate",
    "Helper",
    "LineQuerySet",
    "MileageBand",
    "MileageRate",
    "ModulusSubstitution",
    "ModulusWeight",
    "PayerDispute",
    "PaymentRun",
    "PaymentSettings",
    "PriorApproval",
    "RateCard",
    "Receipt",
    "ReceiptUse",
    "Reconciliation",
    "ResultUpload",
    "RunExport",
    "RunLine",
    "StandingApproval",
    "TimeRate",
    "TopUp",
    "UpdateRequest",
]
