"""Who may do what to a claim, a run, a rate card: role, relation and turn together.

Each question is a pair: ``can_x`` answers it, ``check_x`` raises PermissionDenied with words for the person.
"""

from expenses.permissions.claims import (
    actions_open_to,
    can_act_as,
    can_act_on_claim,
    check_can_act_on_claim,
    check_can_change_draft,
    check_can_decide_appeal,
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

__all__ = [
    "actions_open_to",
    "can_act_as",
    "can_act_on_claim",
    "can_answer_update",
    "can_ask_for_update",
    "can_manage_rates",
    "can_pay_for",
    "can_release_run",
    "can_reply_to_step",
    "check_can_act_on_claim",
    "check_can_answer_update",
    "check_can_ask_for_update",
    "check_can_change_draft",
    "check_can_decide_appeal",
    "check_can_manage_rates",
    "check_can_pay_for",
    "check_can_release_run",
    "check_can_reply_to_step",
]
