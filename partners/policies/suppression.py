"""Leaving small counts out of a published table so that nobody can work them out again.

Hiding the counts under five is not enough: `total - all the others` gives a lone hidden cell away, and so may a longer
chain of sums. A table with its totals is a circulation in a network: each row and each column is a knot, each cell a
pipe from its row to its column, each row total a pipe into its row, each column total a pipe out of its column, and
the grand total closes the ring. A reader knows the flow in every pipe that is printed, and that none is below nought.
What a hidden pipe may still carry is then a question of how much can be pushed round through other hidden pipes, and
where it is not enough, the cheapest further pipes are hidden too.
"""

import heapq
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

Cell = tuple[int, int]
Knot = tuple[str, int]

TOTAL_COSTS = 1000  # a total is what a reader wants most, so it is the last to be given up


@dataclass(frozen=True)
class SuppressedTable:
    """A table to print. None stands where a number is left out."""

    rows: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int | None, ...]
    column_totals: tuple[int | None, ...]
    total: int | None


def suppress(
    counts: Sequence[Sequence[int]], *, least: int = 5, also: Collection[Cell] = (), from_right: bool = False
) -> SuppressedTable:
    """The table of people counted, with its totals, less what must not be printed.

    `counts`: rows of equal length, each person in one cell only. `least`: the smallest number that may be printed
    (product.md P11: counts under 5 are suppressed; nought is one of them). `also`: cells (row, column) to leave out
    for another reason, such as a second table that they could be subtracted from. `from_right`: give up columns on the
    right before those on the left, whatever their numbers.

    Promise: as far as a reader of all printed numbers can work out, each number left out for being small may be
    anything from 0 to `least`, and no other one left out can be told exactly.
    """
    if not any(map(len, counts)):
        return SuppressedTable(
            rows=tuple(() for _ in counts), row_totals=(None,) * len(counts), column_totals=(), total=None
        )
    table = Table(counts, from_right=from_right)
    small = [cell for cell, count in table.flow.items() if count < least]
    hidden = {*small, *also}
    for cell in [*small, *sorted(set(also) - set(small))]:
        count = table.flow[cell]
        table.give_room(cell, hidden, up=max(least - count, 1), down=count if count < least else 1)
    return table.printed(hidden)


class Table:
    """The cells of a table and its totals as pipes. Row and column -1 are the totals."""

    def __init__(self, counts: Sequence[Sequence[int]], *, from_right: bool) -> None:
        height, width = len(counts), len(counts[0])
        self.height, self.width, self.from_right = height, width, from_right
        self.flow: dict[Cell, int] = {(r, c): counts[r][c] for r in range(height) for c in range(width)}
        self.flow |= {(r, -1): sum(counts[r]) for r in range(height)}
        self.flow |= {(-1, c): sum(row[c] for row in counts) for c in range(width)}
        self.flow[-1, -1] = sum(map(sum, counts))
        self.pipes: dict[Knot, list[tuple[Cell, Knot, bool]]] = {}
        for cell in self.flow:
            start, end = ends(cell)
            self.pipes.setdefault(start, []).append((cell, end, True))
            self.pipes.setdefault(end, []).append((cell, start, False))

    def give_room(self, cell: Cell, hidden: set[Cell], *, up: int, down: int) -> None:
        """Hide what else it takes for `cell` to be `up` more, and `down` less, as far as a reader can tell."""
        start, end = ends(cell)
        self.push(end, start, up, cell, hidden)
        self.push(start, end, down, cell, hidden)

    def push(self, start: Knot, end: Knot, amount: int, without: Cell, hidden: set[Cell]) -> None:
        flow = dict(self.flow)
        while amount > 0:
            path = list(self.cheapest(start, end, flow, without, hidden))
            step = min([amount, *(flow[cell] for cell, forwards in path if not forwards)])
            for cell, forwards in path:
                flow[cell] += step if forwards else -step
                hidden.add(cell)
            amount -= step

    def cheapest(
        self, start: Knot, end: Knot, flow: dict[Cell, int], without: Cell, hidden: set[Cell]
    ) -> Iterator[tuple[Cell, bool]]:
        """The way from knot to knot that hides least (Dijkstra). There always is one: round by the totals."""
        best: dict[Knot, int] = {start: 0}
        came: dict[Knot, tuple[Cell, Knot, bool]] = {}
        queue = [(0, start)]
        while queue:
            cost, knot = heapq.heappop(queue)
            for cell, other, forwards in self.pipes[knot]:
                if cell == without or not (forwards or flow[cell]):
                    continue
                dearer = cost + (0 if cell in hidden else self.price(cell))
                if other not in best or dearer < best[other]:
                    best[other], came[other] = dearer, (cell, knot, forwards)
                    heapq.heappush(queue, (dearer, other))
        while end != start:
            cell, end, forwards = came[end]
            yield cell, forwards

    def price(self, cell: Cell) -> int:
        column = cell[1]
        places = self.width + 1 if -1 in cell else (self.width - column) * self.from_right
        return self.flow[cell] + 1 + places * (TOTAL_COSTS + self.flow[-1, -1])

    def printed(self, hidden: set[Cell]) -> SuppressedTable:
        def shown(row: int, column: int) -> int | None:
            return None if (row, column) in hidden else self.flow[row, column]

        height, width = range(self.height), range(self.width)
        return SuppressedTable(
            rows=tuple(tuple(shown(r, c) for c in width) for r in height),
            row_totals=tuple(shown(r, -1) for r in height),
            column_totals=tuple(shown(-1, c) for c in width),
            total=shown(-1, -1),
        )


def ends(cell: Cell) -> tuple[Knot, Knot]:
    """From which knot a cell's pipe leads to which: out of its row and into its column, the totals the other way."""
    row, column = cell
    backwards = (row == -1) != (column == -1)
    start, end = ("row", row), ("column", column)
    return (end, start) if backwards else (start, end)
