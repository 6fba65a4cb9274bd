"""Who is told what, in which words. Letters name no sum, no reason and no bank account: they link."""

from expenses.notifications.approvals import (
    approval_answered,
    approval_asked,
    approval_withdrawn,
    approvals_handed_over,
    remind_to_answer,
    standing_ended,
    standing_expires,
    standing_recorded,
)
from expenses.notifications.backlog import Share, backlog_brought_in
from expenses.notifications.bank import (
    bank_details_changed,
    bank_details_confirmed,
    bank_details_not_confirmed,
    bank_details_to_check,
)
from expenses.notifications.claim_window import windows_closing
from expenses.notifications.claims import (
    claim_changed,
    claim_letter,
    claims_changed,
    claims_handed_over,
    payer_changed,
    remind_to_decide,
)
from expenses.notifications.disputes import (
    dispute_decided,
    dispute_passed_on,
    dispute_raised,
    remind_to_settle,
)
from expenses.notifications.escalation import (
    overdue_digests,
    remind_of_questions,
    remind_of_replies,
    replies_passed_on,
    step_replied,
    steps_written,
    update_answered,
    update_asked,
)
from expenses.notifications.helping import claim_prepared, helper_ended, helper_named
from expenses.notifications.holding import hold_asked, remind_of_held_lines
from expenses.notifications.payments import (
    paying_account_changed,
    remittance_ready,
    run_made,
    run_released,
    runs_disagree,
)
from expenses.notifications.topups import top_ups_proposed, top_ups_withdrawn

__all__ = [
    "Share",
    "backlog_brought_in",
    "top_ups_withdrawn",
    "top_ups_proposed",
    "overdue_digests",
    "remind_of_questions",
    "remind_of_replies",
    "replies_passed_on",
    "approval_answered",
    "approval_asked",
    "approval_withdrawn",
    "approvals_handed_over",
    "remind_to_answer",
    "standing_ended",
    "standing_expires",
    "standing_recorded",
    "bank_details_changed",
    "bank_details_confirmed",
    "bank_details_not_confirmed",
    "bank_details_to_check",
    "claim_changed",
    "claim_letter",
    "claims_changed",
    "claims_handed_over",
    "payer_changed",
    "dispute_decided",
    "dispute_passed_on",
    "dispute_raised",
    "hold_asked",
    "remind_of_held_lines",
    "remind_to_decide",
    "remind_to_settle",
    "paying_account_changed",
    "remittance_ready",
    "run_made",
    "run_released",
    "runs_disagree",
    "step_replied",
    "steps_written",
    "update_answered",
    "update_asked",
    "claim_prepared",
    "helper_ended",
    "helper_named",
    "windows_closing",
]
