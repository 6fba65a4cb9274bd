"""What is said of a meeting that was cancelled, to whoever would have gone. Pure."""

from expenses.policies.card import PricedLine

NO_CARD = "The organisation that pays has no rate card yet."


def why_not(priced: PricedLine) -> str:
    """Return in words why a cancelled meeting pays nothing; empty when it pays."""
    if priced.pay:
        return ""
    return f"{priced.rule[:1].upper()}{priced.rule[1:]}."


def notice_in_words(hours: int) -> str:
    """Return the notice of a cancellation: "5 hours' notice", "no notice"."""
    if hours == 0:
        return "no notice"
    return "1 hour's notice" if hours == 1 else f"{hours} hours' notice"
