"""Baskets by time, bounded, the same in whatever order they came."""

import random

from hypothesis import given
from hypothesis import strategies as st

from store_server.learning import shopper_history
from store_server.learning.shopper_history import MOST_LINES, BasketNumbers, ShopperHistory

numbered = st.lists(
    st.builds(
        BasketNumbers,
        st.integers(0, 2**62),
        st.integers(0, 50),
        st.integers(0, 167),
        st.integers(-1, 3),
        st.lists(st.integers(0, 9), min_size=0, max_size=5, unique=True),
    ),
    max_size=20,
    unique_by=lambda basket: basket.key,
)


def filled(baskets: list[BasketNumbers]) -> ShopperHistory:
    history = ShopperHistory()
    for basket in baskets:
        history.insert(basket)
    return history


@given(numbered, st.randoms(use_true_random=False))
def test_late_baskets_go_where_they_belong(
    baskets: list[BasketNumbers], rng: random.Random
) -> None:
    in_time = filled(sorted(baskets, key=lambda one: (one.at_s, one.key)))
    shuffled = filled(rng.sample(baskets, len(baskets)))

    assert shuffled.state() == in_time.state()
    assert shuffled.last_s_of == in_time.last_s_of


@given(numbered)
def test_arrays_say_what_was_put_in(baskets: list[BasketNumbers]) -> None:
    arrays = filled(baskets).arrays()
    ordered = sorted(baskets, key=lambda one: (one.at_s, one.key))

    assert arrays.at_s.tolist() == [one.at_s for one in ordered]
    assert arrays.size.tolist() == [len(one.items) for one in ordered]
    assert arrays.item.tolist() == [item for one in ordered for item in one.items]


@given(numbered)
def test_the_first_purchase_is_found(baskets: list[BasketNumbers]) -> None:
    history = filled(baskets)

    for item in range(10):
        times = [one.at_s for one in baskets if item in one.items]
        assert history.first_s_of(item) == min(times, default=None)
        assert history.last_s_of.get(item) == max(times, default=None)


@given(numbered)
def test_a_restored_history_is_the_same(baskets: list[BasketNumbers]) -> None:
    history = filled(baskets)

    restored = ShopperHistory.restored(history.state())

    assert restored.state() == history.state()
    assert restored.last_s_of == history.last_s_of


def test_the_oldest_baskets_go_when_there_are_too_many_lines() -> None:
    history = filled([BasketNumbers(n, n, 0, 0, range(n, n + 50)) for n in range(200)])

    arrays = history.arrays()

    assert len(arrays.item) <= MOST_LINES
    assert arrays.at_s[-1] == 199
    assert arrays.size.sum() == len(arrays.item)
    assert set(history.last_s_of) == set(arrays.item.tolist())


def test_one_endless_basket_is_kept() -> None:
    history = filled([BasketNumbers(1, 1, 0, 0, range(shopper_history.MOST_LINES + 1))])

    assert len(history) == 1
