"""Candidates are bounded, and described the same alone or among others."""

import numpy as np

from store_server.learning.own_items import OWN_FEATURES, Trip
from store_server.learning.purchase_statistics import PurchaseStatistics, seconds
from store_server.learning.rank_features import (
    FEATURES,
    OWN_CANDIDATES,
    POPULAR_CANDIDATES,
    describe,
)
from tests.store_server.learning.builders import MONDAY, a_basket, a_town

TRIP = Trip(seconds(MONDAY) + 150 * 86_400, 18, 0)


def the_town() -> PurchaseStatistics:
    statistics = PurchaseStatistics()
    for event in a_town(shoppers=8):
        statistics.take(event)
    return statistics


def test_candidates_are_bounded_however_long_the_record() -> None:
    statistics = PurchaseStatistics()
    for day in range(100):
        statistics.take(a_basket("ana", day, tuple(f"i{n}" for n in range(day, day + 9))))
        statistics.take(a_basket("ben", day, tuple(f"j{n}" for n in range(day, day + 9))))

    found = describe(statistics, statistics.history("ana"), trip=TRIP)

    assert len(found.item) == OWN_CANDIDATES + POPULAR_CANDIDATES
    assert len(set(found.item.tolist())) == len(found.item)


def test_somebody_unknown_gets_what_is_popular() -> None:
    found = describe(the_town(), None, trip=TRIP)

    assert len(found.item) == POPULAR_CANDIDATES
    assert (found.features[:, : OWN_FEATURES.index("days_since")] == 0).all()


def test_an_item_is_described_the_same_alone_as_among_others() -> None:
    statistics = the_town()
    history = statistics.history("h3")
    among = describe(statistics, history, trip=TRIP)

    for place in (0, len(among.item) - 1):
        alone = describe(statistics, history, trip=TRIP, only=[int(among.item[place])])
        assert np.array_equal(alone.features[0], among.features[place], equal_nan=True)


def test_only_what_is_asked_for_is_described() -> None:
    found = describe(the_town(), None, trip=TRIP, only=[5, 2])

    assert sorted(found.item.tolist()) == [2, 5]
    assert found.features.shape == (2, len(FEATURES))


def test_every_one_of_a_short_list_is_described() -> None:
    statistics = the_town()
    asked = range(len(statistics.items))

    found = describe(statistics, statistics.history("h1"), trip=TRIP, only=asked)

    assert found.item.tolist() == list(asked)


def test_an_empty_basket_is_a_visit_and_no_more() -> None:
    statistics = the_town()
    statistics.take(a_basket("new", 149, ()))

    found = describe(statistics, statistics.history("new"), trip=TRIP)

    assert len(found.item) == POPULAR_CANDIDATES
    assert not np.isinf(found.features).any()


def test_an_empty_shop_has_no_candidates() -> None:
    assert len(describe(PurchaseStatistics(), None, trip=TRIP).item) == 0
