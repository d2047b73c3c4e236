"""Whole counts: together, in parts, late or twice, they come to the same."""

import random
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.learning.purchase_statistics import (
    BasketEvent,
    PurchaseStatistics,
    hour_of_week,
    seconds,
)
from tests.store_server.learning.builders import a_basket, a_town

baskets = st.lists(
    st.builds(
        a_basket,
        st.sampled_from(["ana", "ben"]),
        st.integers(0, 40),
        st.sets(st.sampled_from(["milk", "bread", "eggs"]), min_size=1).map(
            lambda s: tuple(sorted(s))
        ),
        store=st.sampled_from(["s1", "s2"]),
    ),
    max_size=25,
)
NAMED = a_basket("zoe", 0, ("milk", "bread", "eggs"), store="s1"), a_basket("zoe", 0.1, store="s2")


def counted(events: list[BasketEvent]) -> PurchaseStatistics:
    statistics = PurchaseStatistics()
    for event in events:
        statistics.take(event)
    return statistics


@given(baskets)
def test_a_basket_that_comes_twice_counts_once(events: list[BasketEvent]) -> None:
    assert counted(events) == counted([event for event in events for _ in range(2)])
    assert counted(events) == counted([*events, *events])


@settings(max_examples=60)
@given(baskets, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(
    events: list[BasketEvent], rng: random.Random
) -> None:
    shuffled = rng.sample(events, len(events))

    # the first two give every name its number in both
    assert counted([*NAMED, *events]) == counted([*NAMED, *shuffled])


def test_the_count_of_parts_is_the_count_of_all() -> None:
    town = a_town(shoppers=10, weeks=12)

    one_by_one = counted(town[:60])
    one_by_one.popularity.before(seconds(town[59]["ts"]) // 86_400, len(one_by_one.items))
    for event in town[60:]:
        one_by_one.take(event)

    assert one_by_one == counted(town)


def test_a_saved_state_restores_the_same() -> None:
    statistics = counted(a_town(shoppers=5, weeks=6))

    assert PurchaseStatistics.restored(statistics.state()) == statistics


def test_one_basket_more_is_not_the_same() -> None:
    town = a_town(shoppers=3, weeks=4)

    assert counted(town) != counted(town[:-1])


def test_gaps_run_from_first_to_last_however_they_came() -> None:
    late = counted([a_basket(day=day, items=("milk",)) for day in (10, 20, 15, 0)])

    assert late.gap_s.tolist() == [20 * 86_400]
    assert late.repeats.tolist() == [3]
    assert late.buyers.tolist() == [1]


def test_a_basket_with_an_id_is_that_basket_whatever_is_in_it() -> None:
    statistics = counted([a_basket(basket_id="r-1")])

    assert not statistics.take(a_basket(items=("eggs",), basket_id="r-1"))
    assert statistics.take(a_basket(items=("eggs",), basket_id="r-2"))


def test_an_erased_shopper_leaves_only_what_names_nobody() -> None:
    statistics = counted([a_basket("ana"), a_basket("ben")])

    assert statistics.erase("ana")
    assert not statistics.erase("ana")
    assert statistics.history("ana") is None
    assert "ana" not in repr(statistics.state())
    assert statistics.baskets == 2


@pytest.mark.parametrize("hours", [0, -7, 9])
def test_an_instant_is_the_same_second_in_every_zone(hours: int) -> None:
    at = datetime(2026, 1, 5, 12, tzinfo=UTC)

    assert seconds(at.astimezone(timezone(timedelta(hours=hours)))) == seconds(at)


def test_the_hour_of_the_week_is_the_clock_on_the_wall() -> None:
    assert hour_of_week(datetime(2026, 1, 5, 0, 59, tzinfo=UTC)) == 0
    assert hour_of_week(datetime(2026, 1, 11, 23, 0, tzinfo=UTC)) == 167
