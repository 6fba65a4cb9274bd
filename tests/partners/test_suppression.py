"""Nobody works out what a table leaves out: a reader with a linear solver and with interval bounds tries."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.policies.suppression import suppress

LEAST = 5


# --- the attacker ---------------------------------------------------------------------------
def as_cells(table):
    """Return every cell of a printed table by its place; the totals are in row and column -1."""
    cells = {(r, c): count for r, row in enumerate(table.rows) for c, count in enumerate(row)}
    cells |= {(r, -1): count for r, count in enumerate(table.row_totals)}
    cells |= {(-1, c): count for c, count in enumerate(table.column_totals)}
    return cells | {(-1, -1): table.total}


def sums(cells):
    """Return each sum that holds in a table as {place: +1 or -1}, which comes to nought."""
    rows, columns = sorted({r for r, _c in cells}), sorted({c for _r, c in cells})
    for r in rows:
        yield {(r, c): -1 if c == -1 else 1 for c in columns}
    for c in columns:
        yield {(r, c): -1 if r == -1 else 1 for r in rows}


def solved(cells):
    """Return what elimination finds out about the cells left out."""
    unknown = sorted(place for place, count in cells.items() if count is None)
    rows = []
    for equation in sums(cells):
        left = [Fraction(equation.get(place, 0)) for place in unknown]
        right = -sum(sign * cells[place] for place, sign in equation.items() if cells[place] is not None)
        rows.append([*left, Fraction(right)])
    done = 0
    for column in range(len(unknown)):
        pivot = next((i for i in range(done, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        rows[done] = [value / rows[done][column] for value in rows[done]]
        for i, row in enumerate(rows):
            if i != done and row[column]:
                rows[i] = [a - row[column] * b for a, b in zip(row, rows[done], strict=True)]
        done += 1
    return {
        unknown[next(i for i, value in enumerate(row[:-1]) if value)]: int(row[-1])
        for row in rows[:done]
        if sum(1 for value in row[:-1] if value) == 1
    }


def bounded(cells, highest=10_000):
    """Return the least and the most that each cell left out may be, from all sums over and over."""
    bounds = {place: (0, highest) if count is None else (count, count) for place, count in cells.items()}
    changed = True
    while changed:
        changed = False
        for equation in sums(cells):
            for place, sign in equation.items():
                low, high = bounds[place]
                others = [(s * -sign, bounds[p]) for p, s in equation.items() if p != place]
                lowest = sum(b[0] if s > 0 else -b[1] for s, b in others)
                most = sum(b[1] if s > 0 else -b[0] for s, b in others)
                tighter = max(low, lowest), min(high, most)
                if tighter != (low, high):
                    bounds[place], changed = tighter, True
    return {place: bounds[place] for place, count in cells.items() if count is None}


tables = st.integers(1, 5).flatmap(
    lambda width: st.lists(
        st.lists(st.one_of(st.integers(0, 8), st.integers(0, 60)), min_size=width, max_size=width),
        min_size=1,
        max_size=5,
    )
)


# --- the properties -------------------------------------------------------------------------
@given(tables)
def test_no_number_under_five_is_printed(counts):
    assert [count for count in as_cells(suppress(counts)).values() if count is not None and count < LEAST] == []


@given(tables)
def test_what_is_printed_is_true(counts):
    whole = as_cells(suppress(counts, least=0))
    assert {place: count for place, count in as_cells(suppress(counts)).items() if count is not None} == {
        place: whole[place] for place, count in as_cells(suppress(counts)).items() if count is not None
    }


@given(tables, st.booleans())
def test_no_number_left_out_follows_from_the_others(counts, from_right):
    assert solved(as_cells(suppress(counts, from_right=from_right))) == {}


@given(tables)
def test_no_number_left_out_is_fixed_by_its_bounds(counts):
    assert [each for each in bounded(as_cells(suppress(counts))).items() if each[1][0] == each[1][1]] == []


@given(tables)
def test_a_small_number_may_be_anything_up_to_five(counts):
    whole = as_cells(suppress(counts, least=0))
    narrow = {
        place: bounds
        for place, bounds in bounded(as_cells(suppress(counts))).items()
        if whole[place] < LEAST and not (bounds[0] == 0 and bounds[1] >= LEAST)
    }
    assert narrow == {}


@pytest.mark.parametrize("counts", [c for c in product(range(0, 8), repeat=4) if sum(c) in (9, 14)])
def test_every_small_table_of_four(counts):
    cells = as_cells(suppress([counts[:2], counts[2:]]))
    assert solved(cells) == {}


@given(tables, st.data())
def test_what_is_left_out_for_another_reason_cannot_be_found_out_either(counts, data):
    places = [(r, c) for r, row in enumerate(counts) for c in range(len(row))]
    also = data.draw(st.sets(st.sampled_from(places), max_size=3))
    cells = as_cells(suppress(counts, also=also))
    assert {cells[place] for place in also} <= {None}
    assert solved(cells) == {}


# --- examples -------------------------------------------------------------------------------
def test_a_table_without_small_counts_is_printed_whole():
    table = suppress([[10, 20], [30, 40]])
    assert (table.rows, table.row_totals, table.column_totals, table.total) == (
        ((10, 20), (30, 40)), (30, 70), (40, 60), 100
    )  # fmt: skip


def test_a_lone_small_count_takes_three_others_with_it_and_no_total():
    table = suppress([[10, 3, 20], [12, 15, 9], [30, 31, 32]])
    assert table.rows == ((None, None, 20), (None, None, 9), (30, 31, 32))
    assert (table.row_totals, table.column_totals, table.total) == ((33, 36, 93), (52, 49, 61), 162)


def test_columns_on_the_right_are_given_up_first_where_they_matter_less():
    counts = [[10, 20, 30, 2], [11, 21, 31, 41]]
    assert suppress(counts).rows == ((None, 20, 30, None), (None, 21, 31, None))
    assert suppress(counts, from_right=True).rows == ((10, 20, None, None), (11, 21, None, None))


def test_nought_is_left_out_too():
    assert suppress([[0, 10, 10], [10, 10, 10]]).rows[0][0] is None


def test_a_table_with_one_small_count_alone_is_blank():
    table = suppress([[3]])
    assert (table.rows, table.row_totals, table.column_totals, table.total) == (((None,),), (None,), (None,), None)


def test_a_table_of_nobody_at_all_is_blank():
    table = suppress([])
    assert (table.rows, table.total) == ((), None)
