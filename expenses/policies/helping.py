"""Whom a partner may name as a helper. Pure."""

from psp_portal.exceptions import RuleBroken


def check_can_be_named(*, email: str, own_email: str, is_named: bool, is_staff: bool) -> None:
    """Raise RuleBroken (``email``) for oneself, for somebody named already, and for whoever works at an organisation.

    Staff may come to decide or pay the claim, so they do not prepare it.
    """
    if email.lower() == own_email.lower():
        raise RuleBroken("This is your own email address. Enter your helper’s", field="email")
    if is_named:
        raise RuleBroken("You have named the person with this email address already", field="email")
    if is_staff:
        raise RuleBroken(
            "The person with this email address works with claims here, so they cannot prepare yours", field="email"
        )
