"""Turns the capital letters of the ODS files into names as people write them. Pure."""

import re

# Small words stay small inside a name: "Mersey and West Lancashire", "Newcastle upon Tyne", "Stoke-on-Trent".
SMALL = frozenset(["and", "at", "by", "de", "for", "in", "le", "of", "on", "the", "under", "upon", "with"])
CAPITALS = frozenset(["BSMHFT", "CIC", "GP", "HQ", "ICB", "ICS", "IT", "NHS", "PCT", "UCLH", "UHB", "UK", "USA"])
# Written with one capital though they have no vowel.
SHORTENED = frozenset(["DR", "LTD", "MR", "MRS", "MS", "MT", "ST"])

_WORD = re.compile(r"[A-Z0-9'’]+")


def readable_name(name: str) -> str:
    """Return an upper-case name in readable case: "GUY'S AND ST THOMAS' NHS…" is "Guy's and St Thomas' NHS…".

    A name that has small letters already was written by a person and is returned with its spaces tidied only.
    """
    tidy = " ".join(name.split())
    if tidy != tidy.upper():
        return tidy
    # A name begins anew after a bracket: "(The Royal)".
    begins = {0} | {match.end() for match in re.finditer(r"\(", tidy)}
    return _WORD.sub(lambda match: _word(match[0], is_first=match.start() in begins), tidy)


def _word(word: str, *, is_first: bool) -> str:
    if word in CAPITALS or _has_no_vowel(word):
        return word
    if word.lower() in SMALL and not is_first:
        return word.lower()
    if word.startswith("MC") and len(word) > 4:
        return f"Mc{_capital(word[2:])}"
    return _capital(word)


def _capital(word: str) -> str:
    """Write one capital, and a second after the apostrophe of O'Brien and D'Arcy, never in Guy's."""
    head, apostrophe, tail = word.partition("'") if "'" in word else word.partition("’")
    tail = tail.capitalize() if len(head) == 1 and len(tail) > 1 else tail.lower()
    return f"{head.capitalize()}{apostrophe}{tail}"


def _has_no_vowel(word: str) -> bool:
    """Say whether a word can only be said letter by letter."""
    return len(word) > 1 and word.isalpha() and not set(word) & set("AEIOUY") and word not in SHORTENED
