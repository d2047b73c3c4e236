"""What one's own baskets say of an item, by hand and by property."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.learning.own_items import DAY_S, OWN_FEATURES, Trip, own_items
from store_server.learning.shopper_history import BasketNumbers, ShopperHistory

DAY = int(DAY_S)
MILK, EGGS = 3, 7


def history_of(*baskets: tuple[int, list[int]], store: int = 0) -> ShopperHistory:
    history = ShopperHistory()
    for key, (day, items) in enumerate(baskets):
        history.insert(BasketNumbers(key, day * DAY, 10, store, items))
    return history


def feature(history: ShopperHistory, name: str, *, day: int, item: int, store: int = 0) -> float:
    own = own_items(history.arrays(), Trip(day * DAY, 10, store))
    place = own.item.tolist().index(item)
    return float(own.features[place, OWN_FEATURES.index(name)])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("own_purchases", 3),
        ("days_since", 7),
        ("baskets_since", 1),
        ("mean_gap_days", 7),
        ("last_gap_days", 7),
        ("overdue", 7 / 8),
        ("gap_spread", 0),
        ("first_days_ago", 21),
        ("mean_position", (0 + 1 / 2 + 0) / 3),
        ("in_last_10", 3),
    ],
)
def test_a_weekly_item_is_described(name: str, expected: float) -> None:
    history = history_of((0, [MILK]), (7, [EGGS, MILK]), (14, [MILK, EGGS]), (16, [EGGS]))

    assert feature(history, name, day=21, item=MILK) == pytest.approx(expected)


def test_a_share_halves_its_weight_with_the_half_life() -> None:
    history = history_of((0, [MILK]), (30, [EGGS]))

    assert feature(history, "own_share_30d", day=60, item=MILK) == pytest.approx(0.25 / 1.25)


def test_a_store_counts_only_its_own_trips() -> None:
    history = history_of((0, [MILK]), (7, [MILK]), store=2)

    assert feature(history, "own_share_store", day=8, item=MILK, store=1) == 0.0
    assert feature(history, "own_share_store", day=8, item=MILK, store=2) > 0.0


def test_what_was_bought_once_has_no_gap() -> None:
    assert np.isnan(feature(history_of((0, [MILK])), "mean_gap_days", day=5, item=MILK))


@given(
    st.lists(
        st.tuples(st.integers(0, 300), st.lists(st.integers(0, 8), min_size=1, unique=True)),
        min_size=1,
        max_size=30,
    )
)
def test_shares_are_shares_and_nothing_is_infinite(baskets: list[tuple[int, list[int]]]) -> None:
    own = own_items(history_of(*baskets).arrays(), Trip(301 * DAY, 50, 0))

    assert own.item.tolist() == sorted({item for _, items in baskets for item in items})
    assert (own.features[:, :7] >= 0).all()
    assert (own.features[:, :7] <= 1).all()
    assert not np.isinf(own.features).any()
