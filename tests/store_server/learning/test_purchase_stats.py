"""Old purchases count less, late ones count as if they had come in time."""

from datetime import timedelta

import pytest

from store_server.learning.purchase_stats import HALF_LIFE_DAYS, ShopperPurchases, weight_at
from tests.store_server.offers.builders import NOON


def test_a_basket_counts_half_after_a_half_life() -> None:
    purchases = ShopperPurchases()
    purchases.add(weight_at(NOON), ["TEA"])

    later = weight_at(NOON + timedelta(days=HALF_LIFE_DAYS))

    assert purchases.count("TEA", scale=weight_at(NOON)) == 1.0
    assert purchases.count("TEA", scale=later) == pytest.approx(0.5)


def test_a_category_counts_once_per_basket() -> None:
    purchases = ShopperPurchases()

    purchases.add(1.0, ["TEA", "TEA", "BREAD"])

    assert (purchases.baskets, purchases.by_category) == (1.0, {"TEA": 1.0, "BREAD": 1.0})


@pytest.mark.parametrize("days", [-40_000, 40_000, 2_000_000])
def test_times_far_away_neither_overflow_nor_fail(days: int) -> None:
    weight = weight_at(NOON + timedelta(days=min(days, 2_900_000)))

    assert 0.0 <= weight < float("inf")
