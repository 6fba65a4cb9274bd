"""Disposes of what of claims and payments has been kept long enough, and leaves the figures.

What stays of a claim: its number, dates, kinds, amounts and states, who decided, paid and answered for it (by key), the
runs it was in. What goes: words that somebody wrote, places, receipts. Every report comes to the same sums afterwards.
The caller has asked whether the time has come and nobody holds the rows; each function says how many rows it disposed
of, and doing it again does nothing.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from expenses.models import (
    BankCall,
    BankDetails,
    ClaimEvent,
    ClaimLine,
    EarningsPlan,
    Escalation,
    Helper,
    LikelyDuplicate,
    PayerDispute,
    Receipt,
    ReceiptUse,
    RunLine,
    TopUp,
    UpdateRequest,
)
from psp_portal.accounts.policies.forgotten import neutral_address
from psp_portal.accounts.services.disposal import forget_who_was_invited
from psp_portal.audit.context import SystemActor, audited
from psp_portal.audit.erasing import ERASED, delete, delete_history, erase, erase_words
from psp_portal.documents import services as documents

_LINE_WORDS = (
    "from_place", "to_place", "description", "approval", "no_receipt_reason", "not_duplicate_reason", "decision_reason",
    "question", "answer", "appeal_reason", "appeal_decision_reason",
)  # fmt: skip


@audited("expenses.bank_details.dispose")
@transaction.atomic
def dispose_of_bank_details(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Forget where people were paid, and what was said in calls about it. That there was an account stays.

    A run of years ago can no longer be exported with these accounts: what was sent to the bank is on record by its
    checksum.
    """
    BankDetails.objects.filter(pk__in=ids, replaced_at__isnull=True).update(replaced_at=at)
    calls = list(BankCall.objects.filter(details_id__in=ids).values_list("pk", flat=True))
    erase("expenses.BankCall", calls, {"number_ending": "0000"})
    erase_words("expenses.BankCall", calls, "note")
    nothing = {"account_name": "", "sort_code": "", "account_number": "", "reference": "", "last_four": "0000"}
    return erase("expenses.BankDetails", ids, nothing)


@audited("expenses.claim.dispose")
@transaction.atomic
def dispose_of_claim_words(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Take the words, places and receipts of settled claims away, and leave their figures."""
    lines = list(ClaimLine.objects.filter(claim_id__in=ids).values_list("pk", flat=True))
    _remove_receipts(list(Receipt.objects.filter(claim_id__in=ids).values_list("pk", "document_id")))
    erase_words("expenses.ClaimLine", lines, *_LINE_WORDS)
    for model, owner, keys, fields in (
        (ClaimEvent, "claim_id__in", ids, ("note",)),
        (Escalation, "claim_id__in", ids, ("reply",)),
        (UpdateRequest, "claim_id__in", ids, ("question", "answer")),
        (PayerDispute, "claim_id__in", ids, ("reason", "decision_reason")),
        (LikelyDuplicate, "line_id__in", lines, ("cleared_reason",)),
        (TopUp, "line_id__in", lines, ("withdrawal_reason",)),
        (RunLine, "line_id__in", lines, ("failure_reason",)),
    ):
        found = model.objects.filter(**{owner: keys}).values_list("pk", flat=True)
        erase_words(model._meta.label, list(found), *fields)
    return len(ids)


def _remove_receipts(receipts: Collection[tuple[UUID, UUID]]) -> None:
    """Delete receipts, what they proved, and their files with all history of them."""
    ids = [receipt_id for receipt_id, _ in receipts]
    delete("expenses.ReceiptUse", list(ReceiptUse.objects.filter(receipt_id__in=ids).values_list("pk", flat=True)))
    delete("expenses.Receipt", ids)
    for _, document_id in receipts:
        documents.remove(document_id=document_id)
    delete_history("documents.Document", [document_id for _, document_id in receipts])


@audited("expenses.prior_approval.dispose")
@transaction.atomic
def dispose_of_prior_approvals(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Take the reasons away that were given for requests before a journey; what was agreed, and by whom, stays."""
    return erase_words("expenses.PriorApproval", ids, "why", "note")


@audited("expenses.standing_approval.dispose")
@transaction.atomic
def dispose_of_standing_approvals(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Take the reasons away for which something was agreed for some months."""
    return erase_words("expenses.StandingApproval", ids, "reason", "end_reason")


@audited("expenses.helper.dispose")
@transaction.atomic
def dispose_of_helpers(ids: Collection[UUID], *, by: SystemActor, at: datetime) -> int:
    """Take away who helped a partner; that somebody prepared a claim stays, by their account's key."""
    invited = list(Helper.objects.filter(pk__in=ids, invitation__isnull=False).values_list("invitation_id", flat=True))
    forget_who_was_invited(invited, by=by, at=at)
    for helper_id in ids:
        # Each its own address, so that two of one partner's stay two.
        erase("expenses.Helper", [helper_id], {"email": neutral_address(helper_id)})
    return erase("expenses.Helper", ids, {"name": ERASED, "relation": ERASED})


@audited("expenses.person.dispose")
@transaction.atomic
def dispose_of_name(*, user_id: UUID, name: str, by: SystemActor, at: datetime) -> None:
    """Put ``name`` in place of somebody's in the stories of claims, and delete the limits they set for themselves."""
    events = list(ClaimEvent.objects.filter(by_id=user_id).values_list("pk", flat=True))
    erase("expenses.ClaimEvent", events, {"by_name": name})
    EarningsPlan.objects.filter(user_id=user_id).delete()
