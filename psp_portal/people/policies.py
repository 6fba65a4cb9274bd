"""Rules of shutting somebody out, pure: values in, a value or RuleBroken out."""

from psp_portal.accounts.enums import ShutOutStatus
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed


def needs_two_people(name: str) -> str:
    """Return what is said to whoever would shut somebody out alone."""
    return (
        f"{name} has claims or questions that are not settled, so one person alone cannot end their access. They keep "
        "it until the last one is settled. If it must end before, ask for it: a second person has to agree."
    )


def check_words(*, reason: str, turn_to: str) -> None:
    """Refuse to ask for it without saying why, or to whom the person can turn."""
    if not reason.strip():
        raise RuleBroken("Enter why they must lose their access", field="reason")
    if not turn_to.strip():
        raise RuleBroken("Enter who they can turn to, and how", field="turn_to")


def check_is_asked(status: str) -> None:
    """Refuse to decide a second time."""
    if status != ShutOutStatus.ASKED:
        raise TransitionNotAllowed("This has been decided already.")
