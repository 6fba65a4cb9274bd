"""Who may do what to a claim, a run, a rate card: role, relation and turn together.

Each question is a pair: ``can_x`` answers it, ``check_x`` raises PermissionDenied with words for the person.
"""

from expenses.permissions.approvals import (
    can_answer_approval,
    can_see_approvals,
    check_can_answer_approval,
    check_can_manage_standing,
    check_can_see_standing,
    check_can_withdraw_approval,
)
from expenses.permissions.backlog import check_can_bring_in, check_can_use_list, has_brought_in
from expenses.permissions.bank import can_check_bank_details, check_can_check_bank_details
from expenses.permissions.claims import (
    actions_open_to,
    can_act_as,
    can_act_on_claim,
    check_can_act_on_claim,
    check_can_change_draft,
    check_can_decide_appeal,
    check_can_prepare_draft,
    has_handled,
)
from expenses.permissions.disputes import (
    can_decide_dispute,
    can_raise_dispute,
    check_can_decide_dispute,
    check_can_raise_dispute,
)
from expenses.permissions.escalation import (
    can_answer_update,
    can_ask_for_update,
    can_reply_to_step,
    check_can_answer_update,
    check_can_ask_for_update,
    check_can_reply_to_step,
)
from expenses.permissions.payments import (
    can_pay_for,
    can_release_run,
    check_can_pay_for,
    check_can_release_run,
)
from expenses.permissions.rates import (
    can_manage_rates,
    check_can_manage_rates,
)
from expenses.permissions.receipts import can_read_original, check_can_read_original
from expenses.permissions.topups import can_withdraw_top_up, check_can_answer_top_up, check_can_withdraw_top_up

__all__ = [
    "check_can_bring_in",
    "check_can_use_list",
    "has_brought_in",
    "check_can_see_standing",
    "check_can_withdraw_top_up",
    "check_can_answer_top_up",
    "can_withdraw_top_up",
    "actions_open_to",
    "can_act_as",
    "can_act_on_claim",
    "can_answer_approval",
    "can_answer_update",
    "can_ask_for_update",
    "can_check_bank_details",
    "can_decide_dispute",
    "can_manage_rates",
    "can_see_approvals",
    "can_pay_for",
    "can_raise_dispute",
    "can_release_run",
    "can_reply_to_step",
    "check_can_act_on_claim",
    "check_can_answer_approval",
    "check_can_answer_update",
    "check_can_ask_for_update",
    "check_can_change_draft",
    "check_can_check_bank_details",
    "check_can_decide_appeal",
    "check_can_decide_dispute",
    "check_can_manage_rates",
    "check_can_manage_standing",
    "check_can_pay_for",
    "check_can_raise_dispute",
    "check_can_release_run",
    "check_can_reply_to_step",
    "has_handled",
    "check_can_withdraw_approval",
    "can_read_original",
    "check_can_read_original",
    "check_can_prepare_draft",
]
