"""Puts "Person A" in place of other people in what somebody is told about themselves (docs/adr/0031). Pure.

Whoever is known to the portal is masked wherever their name or address stands in a text. The same person has the same
letter all through one file. What is the reader's own stays as it is.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from string import ascii_uppercase

_EMAIL = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")
# A word of a name, as it stands in texts and in names of files alike.
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_BETWEEN = re.compile(r"[\s._-]{1,3}")
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)
UNKNOWN_ADDRESS = "[another person's email address]"
# One letter says nothing of anybody: "J. Smith" is found as a whole.
_SHORTEST_PART = 2


@dataclass(frozen=True)
class Known:
    """Somebody the portal knows: ``key`` tells them apart (an account's key, or an address in small letters)."""

    key: str
    name: str
    email: str


def letters(number: int) -> str:
    """Return A for 0, B for 1, Z for 25, AA for 26."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, len(ascii_uppercase))
        text = ascii_uppercase[rest] + text
    return text


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _folded(words: Iterable[str]) -> str:
    return " ".join(word.casefold() for word in words)


class Masker:
    """Writes people's names for one reader. Made once for a file; letters are given as people come up."""

    def __init__(
        self,
        people: Iterable[Known],
        *,
        own_keys: Collection[str],
        own_name: str,
        own_words: Collection[str],
        roles: Mapping[str, str],
        same_as: Mapping[str, str] | None = None,
    ) -> None:
        """``own_words`` are the names and addresses of the reader; ``roles`` says what a member of staff is.

        ``same_as`` leads from keys by which somebody was known to the one by which they are.
        """
        self._same_as = same_as or {}
        self._own_keys = frozenset(own_keys)
        self._own_name = own_name
        self._roles = roles
        self._given: dict[str, str] = {}
        self._by_email: dict[str, str] = {}
        self._by_name: dict[str, str | None] = {}
        self._parts: dict[str, tuple[str, ...]] = {}
        self._own_addresses = {word.casefold() for word in own_words if "@" in word}
        own_names = [_words(word) for word in own_words if "@" not in word]
        own_parts = {part.casefold() for name in own_names for part in name}
        for known in people:
            if known.key in self._own_keys:
                continue
            if known.email.casefold() in self._own_addresses:
                continue
            # Whoever has an account is the same person where a row knows them by their address alone.
            key = self._same_as.get(known.key, known.key)
            key = self._by_email.setdefault(known.email.casefold(), key) if known.email else key
            words = _words(known.name)
            if words:
                self._by_name.setdefault(_folded(words), key)
            parts = (word for word in words if len(word) >= _SHORTEST_PART and word.casefold() not in own_parts)
            self._parts[key] = (*self._parts.get(key, ()), *parts)
        for name in own_names:
            self._by_name[_folded(name)] = None
        self._longest = max((name.count(" ") + 1 for name in self._by_name), default=1)

    def person(self, key: object) -> str:
        """Return what somebody is called in the file: the reader by their name, anybody else by a letter."""
        text = self._same_as.get(str(key), str(key))
        if text in self._own_keys:
            return self._own_name
        if text not in self._given:
            role = self._roles.get(text, "")
            self._given[text] = f"Person {letters(len(self._given))}{f' ({role})' if role else ''}"
        return self._given[text]

    def knows(self, key: str) -> bool:
        """Say whether a key is an account's."""
        key = self._same_as.get(key, key)
        return key in self._parts or key in self._own_keys

    def text(self, words: str, *, near: Collection[str] = ()) -> str:
        """Return a text with others masked. Of those ``near`` (named by the same record) part of a name will do."""
        if not words:
            return words
        return self._names_masked(_EMAIL.sub(self._address, words), near)

    def _address(self, found: re.Match[str]) -> str:
        address = found.group().strip(".'-").casefold()
        if address in self._own_addresses:
            return found.group()
        return self.person(self._by_email[address]) if address in self._by_email else UNKNOWN_ADDRESS

    def _names_masked(self, text: str, near: Collection[str]) -> str:
        keys = (self._same_as.get(key, key) for key in near)
        parts = {part: key for key in keys for part in self._parts.get(key, ())}
        found = list(_WORD.finditer(text))
        written: list[str] = []
        at, index = 0, 0
        while index < len(found):
            length, key, ends = self._longest_name(text, found, index)
            word = found[index].group()
            if not length and parts and _POSSESSIVE.sub("", word) in parts:
                bare = _POSSESSIVE.sub("", word)
                length, key, ends = 1, parts[bare], found[index].start() + len(bare)
            if key is not None:
                written += [text[at : found[index].start()], self.person(key)]
                at = ends
            index += max(length, 1)
        return "".join([*written, text[at:]])

    def _longest_name(self, text: str, found: list[re.Match[str]], index: int) -> tuple[int, str | None, int]:
        """Return of how many words the longest name is that begins here, whose it is, and where it ends."""
        most = 1
        while (
            most < self._longest
            and index + most < len(found)
            and _BETWEEN.fullmatch(text, found[index + most - 1].end(), found[index + most].start())
        ):
            most += 1
        for length in range(most, 0, -1):
            words = [match.group() for match in found[index : index + length]]
            for last in dict.fromkeys((words[-1], _POSSESSIVE.sub("", words[-1]))):
                name = _folded([*words[:-1], last])
                if name in self._by_name and (length > 1 or self._is_written_as_a_name(last)):
                    return length, self._by_name[name], found[index + length - 1].start() + len(last)
        return 0, None, 0

    @staticmethod
    def _is_written_as_a_name(word: str) -> bool:
        """Say whether one word may be a whole name: "Will" may, "will" is none."""
        return word[:1].isupper()
