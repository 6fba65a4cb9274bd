"""Shows what a change of a rate card would do, by doing it and undoing it: nothing of it is written."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Coalesce

from expenses import queries
from expenses.enums import CardTemplate, TopUpStatus
from expenses.models import RateCard, TopUp
from expenses.policies import card as cards
from expenses.policies import examples
from psp_portal.calendar_england import bank_holidays
from psp_portal.money import ZERO


class _UndoError(Exception):
    """Leaves the transaction of a preview, so that the database forgets it."""


@dataclass(frozen=True)
class TopUps:
    """So many lines of so many people, and what they come to in pounds."""

    lines: int = 0
    partners: int = 0
    pounds: Decimal = ZERO


@dataclass(frozen=True)
class Preview:
    """Five worked examples before a change (none for a card that is new) and after it, and the top-ups that it offers
    and takes back.

    ``mark`` tells one preview from another: who confirms sends it back, and what they saw is what is made.
    """

    before: tuple[examples.PricedExample, ...]
    after: tuple[examples.PricedExample, ...]
    offered: TopUps = TopUps()
    taken_back: TopUps = TopUps()

    @property
    def examples(self) -> list[dict[str, Any]]:
        """Each example with its lines and totals before and after; before is None for a card that is new."""
        before: Sequence[examples.PricedExample | None] = self.before or [None] * len(self.after)
        return [
            {
                "title": new.title,
                "lines": [
                    {"words": words, "before": old.lines[place][1] if old else None, "after": line}
                    for place, (words, line) in enumerate(new.lines)
                ],
                "before": old,
                "after": new,
            }
            for old, new in zip(before, self.after, strict=True)
        ]

    @property
    def clock(self) -> cards.ClaimClock:
        """The days of a claim sent on the day of the examples."""
        return self.after[0].clock

    @property
    def clock_before(self) -> cards.ClaimClock | None:
        """The same before the change, where it changes them."""
        old = self.before[0].clock if self.before else None
        return old if old != self.clock else None

    @property
    def mark(self) -> str:
        """What stands for this preview when it is sent back."""
        return hashlib.sha256(repr((self.before, self.after, self.offered, self.taken_back)).encode()).hexdigest()[:16]


def preview_template(template: CardTemplate, *, today: date) -> Preview:
    """Return what a card from a template would pay."""
    card = cards.card_from_template(template)
    return Preview((), _priced(card, examples.worked_examples(card, today), today))


def preview_change(
    change: Callable[[], Any],
    *,
    card_id: UUID,
    today: date,
    at: datetime,
    seen_from: date | None = None,
    about: Mapping[str, Any] | None = None,
) -> Preview:
    """Return what a change of a card, at ``at``, would do. Raises whatever the change itself would raise.

    The examples are of today, or of the first day on which the change can be seen (``seen_from``) if it is later;
    ``about`` names what they are about (fields of ``Subject``).
    """
    on = max(today, seen_from or today)
    old = _card(card_id)
    try:
        with transaction.atomic():
            change()
            new = _card(card_id)
            top_ups = TopUp.objects.filter(card_id=card_id)
            offered = _sum(top_ups.filter(proposed_at=at))
            taken_back = _sum(top_ups.filter(status=TopUpStatus.WITHDRAWN, answered_at=at))
            raise _UndoError
    except _UndoError:
        pass
    shown = examples.worked_examples(new, on, examples.Subject(**about or {}))
    return Preview(_priced(old, shown, on), _priced(new, shown, on), offered, taken_back)


def _sum(top_ups: QuerySet[TopUp]) -> TopUps:
    found = top_ups.aggregate(
        lines=Count("pk"), partners=Count("line__claimant", distinct=True), pounds=Coalesce(Sum("amount"), ZERO)
    )
    return TopUps(**found)


def _card(card_id: UUID) -> cards.RateCard:
    return queries.as_values(queries.with_rows(RateCard.objects.filter(pk=card_id)).get())


def _priced(card: cards.RateCard, shown: tuple[examples.Example, ...], on: date) -> tuple[examples.PricedExample, ...]:
    priced = examples.price_examples(shown, card, bank_holidays((on.year, on.year + 1)))
    # Without the keys of the rows: a row that is made anew when the preview is confirmed has another.
    return tuple(
        replace(each, lines=tuple((words, replace(line, row=None)) for words, line in each.lines)) for each in priced
    )
