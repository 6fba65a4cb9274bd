"""How the table of claims is written: what is claimed, and what then happens to it, in days before the day of loading.

``ago`` counts back from the day of loading. What staff do falls on the working day before where that day is none, so
two things that must follow each other stand at least five days apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from expenses.enums import LineAction, LineKind, Preference


@dataclass(frozen=True)
class Item:
    """A line besides what a meeting brings: its kind and figures, and what its receipt says (``shop``).

    ``days_before`` the day of the meeting, or of the claim. Without a shop there is no receipt.
    """

    kind: LineKind
    amount: Decimal | None = None
    shop: str = ""
    days_before: int = 0
    is_pdf: bool = False
    more: Mapping[str, Any] = field(default_factory=dict)


def cost(
    kind: LineKind, amount: str, shop: str = "", *, days_before: int = 0, is_pdf: bool = False, **more: Any
) -> Item:
    """Return an expense of an amount in pounds."""
    return Item(kind, Decimal(amount), shop, days_before, is_pdf, more)


def time_given(activity: str, minutes: int, *, days_before: int = 0) -> Item:
    """Return time that was no meeting: preparation or training."""
    return Item(LineKind.INVOLVEMENT_PAYMENT, days_before=days_before, more={"activity": activity, "minutes": minutes})


def journey(miles: str, vehicle: str, from_place: str, to_place: str, *, passengers: int = 0) -> Item:
    """Return a journey that is not the usual one."""
    return Item(
        LineKind.MILEAGE,
        more={
            "miles": Decimal(miles), "vehicle": vehicle, "from_place": from_place, "to_place": to_place,
            "passengers": passengers,
        },
    )  # fmt: skip


CANCELLED = Item(LineKind.CANCELLED_MEETING)


# --- what happens then --------------------------------------------------------------------
@dataclass(frozen=True)
class Act:
    """Something that happens to a claim so many days before the day of loading."""

    ago: int


@dataclass(frozen=True)
class Decide(Act):
    """Whoever has it decides every line that waits: yes, but for the kinds named, each with its action and words."""

    but: Mapping[LineKind, tuple[LineAction, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer(Act):
    """The partner answers the question on a line, perhaps with a receipt from a shop."""

    kind: LineKind
    text: str
    shop: str = ""


@dataclass(frozen=True)
class Appeal(Act):
    """The partner appeals against the refusal of a line."""

    kind: LineKind
    text: str


@dataclass(frozen=True)
class DecideAppeal(Act):
    """A second approver decides it."""

    kind: LineKind
    allow: bool
    text: str


@dataclass(frozen=True)
class Recall(Act):
    """The partner takes it back, changes their mind about nothing, and sends it again an hour later."""


@dataclass(frozen=True)
class Withdraw(Act):
    """The partner withdraws it."""

    text: str


@dataclass(frozen=True)
class Ask(Act):
    """The partner asks how it stands."""

    text: str


@dataclass(frozen=True)
class Tell(Act):
    """Whoever is responsible answers that."""

    text: str


@dataclass(frozen=True)
class Reply(Act):
    """Whoever a step of the ladder went to replies to it."""

    number: int
    text: str


@dataclass(frozen=True)
class Dispute(Act):
    """Whoever has it says that another organisation should pay."""

    text: str


@dataclass(frozen=True)
class SettleDispute(Act):
    """The person named for it decides which organisation pays."""

    payer: str
    text: str


@dataclass(frozen=True)
class Plot:
    """A claim: whose, when it was sent (or, a draft, begun), what is on it, and what happens then.

    It starts from the newest meeting of the last ``since`` days, at least ``until`` days old, that is not claimed for;
    without one, and when ``is_blank``, it starts from the partner's first committee. ``fails_in`` is the age of the
    only payment run it was in, where the bank sent it back; ``is_kept_back`` claims are in no run.
    """

    who: str
    sent: int
    items: tuple[Item, ...] = ()
    acts: tuple[Act, ...] = ()
    preference: Preference = Preference.FULL
    reduced_to: Decimal | None = None
    is_blank: bool = False
    is_draft: bool = False
    since: int = 80
    until: int = 0
    fails_in: int | None = None
    failure: str = ""
    is_kept_back: bool = False


def refuse(text: str) -> tuple[LineAction, str]:
    """Return a refusal with its reason."""
    return LineAction.REFUSE, text


def ask_back(text: str) -> tuple[LineAction, str]:
    """Return a question to the partner."""
    return LineAction.RETURN, text
