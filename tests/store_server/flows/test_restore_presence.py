"""After a restart the store knows what it knew, and goes on with the same names."""

from store_server.database import Database
from store_server.flows.restore_presence import restore_presence
from tests.store_server.flows.test_take_sightings import a_day, take, zone_events
from tests.store_server.presence.builders import (
    OTHER_SPOOL,
    T0_MS,
    Shop,
    a_row,
    a_shop,
    at_s,
    some_rooms,
)
from tests.store_server.shoppers.builders import MONDAY


def restarted(database: Database) -> Shop:
    """The same database under a new process."""
    shop = Shop(database, some_rooms())
    shop.rooms.live = shop.run(restore_presence, start_at=MONDAY)
    return shop


def test_the_first_day_starts_where_it_is_told(database: Database) -> None:
    shop = Shop(database, some_rooms())

    live = shop.run(restore_presence, start_at=at_s(-3600))

    assert live.event_now_ms == T0_MS - 3_600_000
    assert live.gateways == {}


def test_clock_counts_board_and_ledger_come_back(database: Database) -> None:
    before = a_shop(database)
    take(before, 1, spool_id=OTHER_SPOOL)
    take(before, 1, rows=[a_row()], sent_s=1)
    take(before, 1, sent_s=2)
    old = before.rooms.live

    shop = restarted(database)

    new = shop.rooms.live
    assert (new.event_now_ms, new.counters) == (old.event_now_ms, old.counters)
    line = new.gateways["gw-1"]
    assert (line.applied_batches, line.duplicates, line.through_seq) == (2, 1, 1)
    assert line.last_sent_at_ms is None
    assert take(shop, 1, sent_s=3).duplicate


def test_open_visits_and_stays_come_back(database: Database) -> None:
    before = a_shop(database)
    a_day(before, seed=1)

    shop = restarted(database)

    assert dict(shop.rooms.live.visits.open) == dict(before.rooms.live.visits.open)
    assert shop.rooms.live.presence.devices() == ("s-1", "s-2")
    assert shop.rooms.live.visits.open


def test_a_stay_goes_on_over_a_restart_without_a_second_enter(database: Database) -> None:
    a_day(a_shop(database), seed=1)
    shop = restarted(database)
    known = shop.run(zone_events)

    for tick in range(41, 50):
        take(shop, tick, rows=[a_row(tick, rssi_dbm=-85.0)], sent_s=tick)
        rows = [a_row(tick, rssi_dbm=-60.0)]
        take(shop, tick, gateway="gw-2", rows=rows, sent_s=tick)

    kinds = [kind for _, kind, _ in shop.run(zone_events)]
    assert kinds.count("enter") == [kind for _, kind, _ in known].count("enter")
