"""Small groups of people are hidden, and no total or rule gives them away."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.reports.small_cells import LEAST_SHOWN, ShownCounts, shown

TABLES = st.dictionaries(st.text(min_size=1), st.integers(0, 60), max_size=12)


def picture(counts: dict[str, int]) -> tuple[object, ...]:
    """Everything that is published of a table."""
    found: ShownCounts = shown(counts)
    return (*found.cells.items(), found.total)


def possible(tables: Iterable[tuple[int, ...]]) -> dict[object, list[tuple[int, ...]]]:
    """Tables by what is published of them: what somebody who knows the rule cannot tell apart."""
    alike: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for table in tables:
        alike[picture({str(place): count for place, count in enumerate(table)})].append(table)
    return alike


@pytest.mark.parametrize(("cells", "most"), [(1, 40), (2, 40), (3, 26)])
def test_nobody_who_knows_total_and_rule_can_tell_a_small_cell(cells: int, most: int) -> None:
    """Every table there is, up to `most` in a cell."""
    for published, tables in possible(product(range(most), repeat=cells)).items():
        if max(max(one) for one in tables) >= most - 1:
            continue  # its doubles may lie beyond what is tried here
        for place in range(cells):
            values = {one[place] for one in tables}
            assert len(values) > 2 or min(values) in (0, *range(LEAST_SHOWN, most)), published


@given(TABLES)
def test_no_count_of_one_to_nine_is_shown(counts: dict[str, int]) -> None:
    found = shown(counts)

    for name, count in counts.items():
        assert found.cells[name].count in ({None} if 0 < count < LEAST_SHOWN else {None, count})


@given(TABLES)
def test_with_the_total_at_least_two_cells_are_hidden_or_none(counts: dict[str, int]) -> None:
    found = shown(counts)

    hidden = [cell for cell in found.cells.values() if cell.count is None]
    assert len(hidden) != 1 or found.total.count is None


@given(st.dictionaries(st.text(min_size=1), st.integers(LEAST_SHOWN, 999) | st.just(0)))
def test_large_cells_are_all_shown(counts: dict[str, int]) -> None:
    found = shown(counts)

    assert {name: cell.count for name, cell in found.cells.items()} == counts
    assert found.total.count == sum(counts.values())


def test_a_person_reads_why() -> None:
    found = shown({"a": 3, "b": 12, "c": 40, "none": 0})

    assert [cell.text for cell in found.cells.values()] == ["<10", "hidden", "40", "0"]
