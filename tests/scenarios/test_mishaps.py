"""A fixture that is swapped, moved, cloned, dead or empty is found out by what gateways hear."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from firmware_sim.mishap import Mishap, MishapKind
from tests.scenarios.watched_shop import WatchedShop

# Two hours tell what is usual, the last hour is not among them.
QUIET = 14
Open = Callable[[], WatchedShop]


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store whose fixtures were in their places for three and a half hours."""
    folder = tmp_path_factory.mktemp("quiet")
    shop = WatchedShop(folder)
    shop.pass_quarters(QUIET)
    assert shop.findings() == {}
    shop.close()
    return folder


@pytest.fixture
def shop(quiet: Path, tmp_path: Path) -> Iterator[WatchedShop]:
    shutil.copytree(quiet / "state", tmp_path / "state")
    with ExitStack() as stack:
        opened = WatchedShop(tmp_path, quarters=QUIET)
        stack.callback(opened.close)
        yield opened


def test_two_gateways_that_were_swapped_are_told_and_mended(shop: WatchedShop) -> None:
    shop.happen(Mishap(MishapKind.SWAP_GATEWAYS, 0, "gw-2", other="gw-5"))
    shop.pass_quarters(2)
    found = shop.findings()
    shop.mend()
    shop.pass_quarters(2)

    assert set(found) == {("gateway_swapped", "gw-2"), ("gateway_swapped", "gw-5")}
    assert found["gateway_swapped", "gw-2"].other == "gw-5"
    assert shop.findings() == {}


def test_gateways_swapped_when_they_were_hung_up_are_told_within_half_an_hour(
    tmp_path: Path,
) -> None:
    shop = WatchedShop(tmp_path)
    shop.happen(Mishap(MishapKind.SWAP_GATEWAYS, 0, "gw-2", other="gw-5"))

    shop.pass_quarters(2)

    found = set(shop.findings())
    shop.close()
    assert found == {("gateway_swapped", "gw-2"), ("gateway_swapped", "gw-5")}


def test_a_gateway_that_was_moved_is_told(shop: WatchedShop) -> None:
    shop.happen(Mishap(MishapKind.MOVE_GATEWAY, 0, "gw-3", to=(2.0, 2.0)))

    shop.pass_quarters(2)

    assert set(shop.findings()) == {("gateway_moved", "gw-3")}


def test_a_beacon_that_was_moved_is_told_with_where_it_is_loudest(shop: WatchedShop) -> None:
    shop.happen(Mishap(MishapKind.MOVE_BEACON, 0, "b-milk", to=(4.0, 3.0)))

    shop.pass_quarters(2)

    found = shop.findings()
    assert set(found) == {("beacon_moved", "b-milk")}
    assert found["beacon_moved", "b-milk"].other == "gw-1"


def test_a_second_beacon_of_the_same_id_is_told(shop: WatchedShop) -> None:
    shop.happen(Mishap(MishapKind.CLONE_BEACON, 0, "b-milk", to=(4.0, 3.0)))

    shop.pass_quarters(4)

    assert set(shop.findings()) == {("beacon_cloned", "b-milk")}


def test_a_beacon_that_went_silent_is_told_after_an_hour(shop: WatchedShop) -> None:
    shop.happen(Mishap(MishapKind.DEAD_BEACON, 0, "b-bread"))
    shop.pass_quarters(3)
    early = shop.findings()

    shop.pass_quarters(2)

    assert early == {}
    assert set(shop.findings()) == {("beacon_silent", "b-bread")}


def test_a_beacon_whose_cell_is_nearly_empty_is_told_by_its_telemetry(shop: WatchedShop) -> None:
    before = shop.beacon("b-cakes")
    shop.happen(Mishap(MishapKind.LOW_BATTERY, 0, "b-cakes"))

    shop.pass_quarters(1)

    after = shop.beacon("b-cakes")
    assert (before.battery_low, after.battery_low) == (False, True)
    assert before.battery_mv is not None
    assert before.battery_mv > 2700
    assert after.battery_mv is not None
    assert after.battery_mv < 2400
    assert shop.beacon("b-milk").battery_low is False
