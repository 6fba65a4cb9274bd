"""Rules of agreements, pure: values in, a value or RuleBroken out. An agreement's text is plain text.

A line that begins with ``# `` is a heading, one with ``- `` a point of a list; an empty line begins a new paragraph.
"""

import difflib
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, zip_longest

from partners.enums.agreements import AgreementKind
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class Piece:
    """Some words of a text, and what became of them: ``same``, ``added`` or ``removed``."""

    change: str
    text: str


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph or a point of a list, as the pieces it is made of."""

    kind: str
    pieces: tuple[Piece, ...]

    @property
    def change(self) -> str:
        """What became of the whole: ``same``, ``added``, ``removed``, or ``changed`` where only some words did."""
        changes = {piece.change for piece in self.pieces}
        return changes.pop() if len(changes) == 1 else "changed"


@dataclass(frozen=True)
class Group:
    """Blocks that belong on one page element: the points of a list together, anything else alone."""

    kind: str
    blocks: tuple[Block, ...]


def clean_text(text: str) -> str:
    """Return a text with plain line ends, no spaces at the ends of lines, and one empty line between paragraphs.

    Raises RuleBroken for an empty one, or more than 20,000 characters.
    """
    lines = [line.rstrip() for line in unicodedata.normalize("NFC", text).splitlines()]
    cleaned = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    if not cleaned:
        raise RuleBroken("Enter the text of the agreement", field="text")
    if len(cleaned) > LONGEST_TEXT:
        raise RuleBroken(f"The text must be {LONGEST_TEXT:,} characters or fewer", field="text")
    return cleaned


def fingerprint(text: str) -> str:
    """Return the SHA-256 of a text as UTF-8, in hexadecimal. The database works it out again and compares."""
    return hashlib.sha256(text.encode()).hexdigest()


def in_blocks(text: str) -> list[tuple[str, str]]:
    """Return the (kind, words) of each block of a text: ``heading``, ``point`` or ``paragraph``."""
    found: list[tuple[str, str]] = []
    joins = False
    for line in text.splitlines():
        if line.startswith("# "):
            found.append(("heading", line[2:].strip()))
        elif line.startswith("- "):
            found.append(("point", line[2:].strip()))
        elif line and joins:
            kind, words = found[-1]
            found[-1] = (kind, f"{words} {line.strip()}")
        elif line:
            found.append(("paragraph", line.strip()))
        # A long line may be broken over several, in a paragraph or a point; a heading is one line.
        joins = bool(line) and not line.startswith("# ")
    return found


def as_written(text: str) -> list[Group]:
    """Return a text as it is shown when nothing is marked."""
    return _grouped([Block(kind, (Piece("same", words),)) for kind, words in in_blocks(text)])


def with_changes(before: str, after: str) -> list[Group]:
    """Return a text with what was added to and removed from the one before it marked, word by word."""
    old, new = in_blocks(before), in_blocks(after)
    blocks: list[Block] = []
    for what, i1, i2, j1, j2 in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if what == "equal":
            blocks += [Block(kind, (Piece("same", words),)) for kind, words in new[j1:j2]]
        else:
            blocks += [block for pair in zip_longest(old[i1:i2], new[j1:j2]) for block in _changed(*pair)]
    return _grouped(blocks)


def _changed(old: tuple[str, str] | None, new: tuple[str, str] | None) -> Iterator[Block]:
    """Return one block where words of it changed, and two where it became something else."""
    if old and new and old[0] == new[0]:
        yield Block(new[0], tuple(_pieces(old[1], new[1])))
        return
    if old:
        yield Block(old[0], (Piece("removed", old[1]),))
    if new:
        yield Block(new[0], (Piece("added", new[1]),))


def _pieces(before: str, after: str) -> Iterator[Piece]:
    old, new = before.split(), after.split()
    for what, i1, i2, j1, j2 in difflib.SequenceMatcher(a=old, b=new).get_opcodes():
        if what == "equal":
            yield Piece("same", " ".join(new[j1:j2]))
            continue
        if i1 < i2:
            yield Piece("removed", " ".join(old[i1:i2]))
        if j1 < j2:
            yield Piece("added", " ".join(new[j1:j2]))


def _grouped(blocks: list[Block]) -> list[Group]:
    places = iter(range(len(blocks)))
    together = groupby(blocks, key=lambda block: "list" if block.kind == "point" else f"{next(places)}")
    return [
        Group("list" if key == "list" else found[0].kind, tuple(found))
        for key, rows in together
        for found in [list(rows)]
    ]


def check_is_new(text: str, *, published: str | None) -> None:
    """Refuse to publish what is in force already: everybody would be asked to sign the same again."""
    if text == published:
        raise RuleBroken("This is the text that is in force already. Change it before you publish it")


def check_name(typed: str, *, name: str) -> None:
    """Refuse a signature that is not the person's own name; case, spaces and the form of apostrophes do not matter."""
    if not typed.strip():
        raise RuleBroken("Type your name to sign", field="name")
    if _alike(typed) != _alike(name):
        raise RuleBroken(f"Type your name as it is here: {name}", field="name")


def _alike(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).casefold().translate(str.maketrans("’‘`´", "''''"))
    return re.sub(r"\s", "", plain)


def check_may_decline(kind: str, *, agrees: bool) -> None:
    """Refuse a no to anything but consent to pictures: the other agreements are signed, or the role is not taken."""
    if not agrees and kind != AgreementKind.IMAGES:
        raise RuleBroken(
            "Only consent to pictures of you can be refused here. Talk to your programme lead", field="agrees"
        )


def check_may_withdraw(kind: str, *, is_given: bool) -> None:
    """Refuse to take back anything but consent to pictures that stands."""
    if kind != AgreementKind.IMAGES:
        raise TransitionNotAllowed("Only consent to pictures of you can be withdrawn.")
    if not is_given:
        raise TransitionNotAllowed("This consent does not stand any more.")


def check_may_countersign(kind: str, *, is_countersigned: bool, is_in_force: bool) -> None:
    """Refuse a second signature where none is needed, where there is one, or where the text has been replaced."""
    if kind == AgreementKind.IMAGES:
        raise TransitionNotAllowed("Consent to pictures is the partner's alone. It needs no second signature.")
    if is_countersigned:
        raise TransitionNotAllowed("This has been signed by both already.")
    if not is_in_force:
        raise TransitionNotAllowed("There is a newer version of this agreement, which the partner has to sign first.")
