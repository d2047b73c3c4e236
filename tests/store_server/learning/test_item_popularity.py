"""Decayed by day, the same to the last bit however it was come by."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from store_server.learning.item_popularity import HALF_LIVES_DAYS, KEPT_DAYS, ItemPopularity

sales = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 4)), max_size=40)


def sold(rows: list[tuple[int, int]]) -> ItemPopularity:
    popularity = ItemPopularity()
    for day, item in rows:
        popularity.add(day, [item])
    return popularity


@given(sales)
def test_each_sale_fades_by_its_half_life(rows: list[tuple[int, int]]) -> None:
    decayed = sold(rows).before(31, 5)

    for row, half_life in enumerate(HALF_LIVES_DAYS):
        for item in range(5):
            expected = sum(2 ** (-(31 - day) / half_life) for day, one in rows if one == item)
            assert np.isclose(decayed[row, item], expected)


@given(sales, st.integers(1, 31))
def test_asking_in_between_changes_no_bit(rows: list[tuple[int, int]], asked: int) -> None:
    curious, quiet = ItemPopularity(), sold(rows)
    for day, item in rows:
        curious.add(day, [item])
        curious.before(asked, 5)

    assert np.array_equal(curious.before(31, 5), quiet.before(31, 5))


def test_today_counts_by_itself() -> None:
    popularity = sold([(3, 0), (3, 0), (2, 1)])

    assert popularity.today(3) == {0: 2}
    assert popularity.before(3, 2)[:, 0].tolist() == [0.0] * len(HALF_LIVES_DAYS)


def test_old_days_are_let_go() -> None:
    popularity = sold([(1, 0), (1 + KEPT_DAYS + 1, 1)])

    assert popularity.state() == [[2 + KEPT_DAYS, 1, 1]]


def test_a_saved_state_restores_the_same() -> None:
    popularity = sold([(3, 0), (3, 0), (2, 1)])

    assert ItemPopularity.restored(popularity.state()).state() == popularity.state()
