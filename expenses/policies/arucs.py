"""Why a bank sends a payment back: the reason codes of ARUCS, the Automated Return of Unapplied Credits Service. Pure.

The codes and their meaning are those that two providers publish for their customers, word for word alike
(help.pt-x.com, "What is an ARUCS report?"; ptx-rbs.readme.io/docs/arucs-aop); the service itself is described at
bacs.co.uk. What the partner reads is written here.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Return:
    """What a code means: ``reason`` for the partner and the record, ``advice`` for finance."""

    reason: str
    advice: str


RETURNS: dict[str, Return] = {
    "0": Return("The bank did not know these account details", "Ask the partner for new bank details."),
    "2": Return("The bank says that the account holder has died", "Speak to the programme lead before you do more."),
    "3": Return("The account has moved to another bank", "Ask the partner for their new bank details."),
    "5": Return("The bank has no such account", "Ask the partner to check their bank details."),
    "B": Return("The account has been closed", "Ask the partner for new bank details."),
    "C": Return("We asked the bank to send the payment back", "Find out who asked for it, and why."),
}


def meaning_of(code: str) -> Return:
    """Return what a code means; one that is not in the table is named as it stands, if it looks like one at all."""
    plain = code.strip().upper().removeprefix("ARUCS-").removeprefix("ARUCS")
    named = f" (code {plain})" if re.fullmatch(r"[0-9A-Z]{1,2}", plain) else ""
    return RETURNS.get(plain) or Return(f"The bank sent the payment back{named}", "Ask the bank what it means.")
