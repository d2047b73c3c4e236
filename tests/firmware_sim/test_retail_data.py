import importlib.util
from datetime import timedelta
from pathlib import Path

import pytest

from firmware_sim.errors import RetailDataError
from firmware_sim.retail_data import CATEGORIES, HISTORY, ZONE_OF, RetailSeed, retail_seed
from tests.firmware_sim.builders import START


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def seed(cache: Path) -> RetailSeed:
    return retail_seed(shoppers=60, before=START, cache=cache)


def test_every_promoted_product_was_really_bought_by_these_shoppers(seed: RetailSeed) -> None:
    known = {one.product_id: one.category for one in seed.products}

    for category, products in seed.promoted.items():
        assert products
        assert {known[product] for product in products} == {category}


def test_purchases_are_those_of_the_last_half_year_and_none_of_the_future(
    seed: RetailSeed,
) -> None:
    times = [one.at for one in seed.purchases]

    assert min(times) >= (START - HISTORY).strftime("%Y-%m-%d")
    assert max(times) < START.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_shares_are_chances(seed: RetailSeed) -> None:
    shares = [share for of_one in seed.shares.values() for share in of_one.values()]

    assert len(shares) == 60 * len(ZONE_OF)
    assert all(0 < share < 1 for share in shares)


def test_every_shopper_is_pulled_to_every_sales_zone_by_what_is_bought_there(
    seed: RetailSeed,
) -> None:
    for profile in seed.profiles():
        assert profile.zone_pull.keys() == CATEGORIES.keys()
        assert all(pull > 0 for pull in profile.zone_pull.values())


def test_the_second_time_the_seed_comes_from_the_cache(
    seed: RetailSeed, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)

    assert retail_seed(shoppers=60, before=START, cache=cache) == seed


def test_a_missing_package_is_said_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)

    with pytest.raises(RetailDataError, match=r"beaconry\[demo\]"):
        retail_seed(shoppers=60, before=START, cache=tmp_path)


def test_more_shoppers_than_there_are_households_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RetailDataError, match=r"lower people\.kinds"):
        retail_seed(shoppers=5000, before=START, cache=tmp_path)


def test_a_damaged_cache_is_made_again(tmp_path: Path, seed: RetailSeed) -> None:
    retail_seed(shoppers=5, before=START + timedelta(days=1), cache=tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_text("{")

    again = retail_seed(shoppers=5, before=START + timedelta(days=1), cache=tmp_path)

    assert len(again.shoppers) == 5
