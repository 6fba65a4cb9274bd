"""When an organisation may say that it should not pay a claim, and what may be decided of that. Pure."""

from collections.abc import Collection
from uuid import UUID

from expenses.enums import LineStatus
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

# What is in a run is on its way, and what is paid is paid: who pays is no longer open.
TOO_LATE = frozenset({LineStatus.IN_RUN, LineStatus.PAID})


def why_not_disputable(
    *, payer_id: UUID, organisation_id: UUID, is_open: bool, line_statuses: Collection[str], is_disputed: bool,
    was_decided: bool,
) -> str:  # fmt: skip
    """Return why nobody can say now that the payer should not pay a claim, in words; empty when they can.

    Who pays is decided once: a claim never goes back and forth between two organisations (domain.md 4).
    """
    if not is_open:
        return "This claim is settled, so who pays it is no longer open."
    if payer_id == organisation_id:
        return "The organisation that pays this claim is the one it was made at, so there is no other that could pay."
    if is_disputed:
        return "It is being decided already who pays this claim."
    if was_decided:
        return "It has been decided already who pays this claim. That decision stands."
    if TOO_LATE & set(line_statuses):
        return "Part of this claim is in a payment run or has been paid, so it is too late to dispute who pays."
    return ""


def check_can_be_disputed(reason: str, why_not: str) -> None:
    """Raise unless a dispute can be raised and a reason is given; ``why_not`` is ``why_not_disputable``."""
    if why_not:
        raise TransitionNotAllowed(why_not)
    if not reason.strip():
        raise RuleBroken("Say why your organisation should not pay.", field="reason")


def check_decision(payer_id: UUID, *, either: Collection[UUID], reason: str) -> None:
    """Raise RuleBroken unless one of the two organisations is to pay, and it is said why."""
    if payer_id not in either:
        raise RuleBroken("Select which of the two organisations pays.", field="payer_id")
    if not reason.strip():
        raise RuleBroken("Say why, so that both organisations and the partner understand.", field="reason")
