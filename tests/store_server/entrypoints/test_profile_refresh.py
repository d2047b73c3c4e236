"""Once a day, after three in the store, standings are worked out anew."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from store_server.clock import SteppedClock
from store_server.database import Database
from store_server.entrypoints.profile_refresh import ProfileRefresh, refresh_all
from store_server.flows.refresh_profiles import SHOPPERS_AT_ONCE
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.writer import Reader, Writer
from tests.store_server.flows.test_refresh_profiles import ANN, a_shop_with_purchases, row_of
from tests.store_server.presence.builders import Shop


@dataclass
class Opened:
    """A store without doors."""

    writer: Writer[StoreLive]
    reader: Reader[StoreLive]
    rooms: StoreRooms


def opened(shop: Shop) -> Opened:
    database, rooms = shop.database, shop.rooms
    return Opened(Writer(database.write, rooms), Reader(database.read, rooms), rooms)


def test_it_is_done_once_a_day_after_three(sqlite_database: Database) -> None:
    shop = a_shop_with_purchases(sqlite_database)
    store = opened(shop)
    clock = shop.rooms.clock
    assert isinstance(clock, SteppedClock)
    refresh = ProfileRefresh(store)
    store.writer.start()

    done = []
    for hours in (0, 1, 15, 3, 24):
        clock.advance_to(clock.now() + timedelta(hours=hours))
        done.append(refresh.look())
    store.writer.stop()

    # From eight o'clock on: at once, no more, no more before midnight, three at night, a day on.
    assert done == [True, False, False, True, True]
    assert row_of(shop, ANN).stage == "loyal"


def test_every_shopper_is_reached_in_slices(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert SHOPPERS_AT_ONCE > 1
    monkeypatch.setattr("store_server.flows.refresh_profiles.SHOPPERS_AT_ONCE", 1)
    shop = a_shop_with_purchases(sqlite_database)
    store = opened(shop)
    store.writer.start()

    slices = refresh_all(store)
    store.writer.stop()

    assert slices == 2


def test_a_stopped_refresh_leaves_the_day_undone(sqlite_database: Database) -> None:
    shop = a_shop_with_purchases(sqlite_database)
    refresh = ProfileRefresh(opened(shop))

    refresh.stop()

    assert not refresh.look()
