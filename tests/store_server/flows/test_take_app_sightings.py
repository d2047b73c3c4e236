"""A phone's burst of readings: each judged alone, repeated posts harmless."""

from store_server.clock import SteppedClock
from store_server.database import Database
from store_server.flows.advance_presence import advance_presence
from store_server.flows.take_app_sightings import AppSightingsTaken, take_app_sightings
from store_server.presence.app_reading import AppReading
from tests.store_server.flows.test_take_sightings import take
from tests.store_server.presence.builders import (
    BAKERY_BEACON,
    T0_MS,
    Shop,
    a_shop,
    at_s,
    enrolled,
    some_rooms,
)


def a_burst(start_s: float = 0, *, rssi_dbm: float = -65.0) -> list[AppReading]:
    start_ms = T0_MS + round(start_s * 1000)
    return [AppReading(BAKERY_BEACON, rssi_dbm, start_ms + step * 1000) for step in range(4)]


def post(shop: Shop, readings: list[AppReading], shopper: str = "s-1") -> AppSightingsTaken:
    return shop.run(take_app_sightings, shopper=enrolled(shopper).shopper, readings=readings)


def test_a_burst_tells_the_zone(database: Database) -> None:
    clock = SteppedClock(at_s(4))
    shop = a_shop(database, clock=clock)

    taken = post(shop, a_burst())

    assert (taken.accepted, taken.refused) == (4, ())
    assert shop.zone_of == {"s-1": "bakery"}


def test_a_bad_reading_costs_only_itself(database: Database) -> None:
    shop = a_shop(database, clock=SteppedClock(at_s(4)))
    bad = AppReading("nowhere", -60.0, T0_MS)

    taken = post(shop, [*a_burst(), bad])

    assert taken.accepted == 4
    assert [(one.index, one.code) for one in taken.refused] == [(4, "unknown_beacon")]


def test_without_consent_nothing_is_taken(database: Database) -> None:
    shop = Shop(database, some_rooms(clock=SteppedClock(at_s(4))))

    taken = post(shop, a_burst())

    assert taken.accepted == 0
    assert {one.code for one in taken.refused} == {"not_consented"}
    assert shop.zone_of == {}
    assert shop.rooms.live.counters["not_consented"] == 4


def test_a_repeated_post_counts_once(database: Database) -> None:
    shop = a_shop(database, clock=SteppedClock(at_s(4)))
    post(shop, a_burst())

    again = post(shop, a_burst())

    assert again.accepted == 4
    counters = shop.rooms.live.counters
    assert (counters["app_sightings"], counters["app_duplicates"]) == (4, 4)


def test_readings_wait_for_the_event_clock(database: Database) -> None:
    shop = a_shop(database)

    post(shop, a_burst())
    waiting = len(shop.rooms.live.pending)
    take(shop, 1, sent_s=5)

    assert waiting == 4
    assert shop.rooms.live.pending == ()
    assert shop.zone_of == {"s-1": "bakery"}


def test_silence_ends_the_stay_when_time_passes(database: Database) -> None:
    clock = SteppedClock(at_s(4))
    shop = a_shop(database, clock=clock)
    post(shop, a_burst())

    clock.advance_to(at_s(182))
    early = shop.run(advance_presence)
    clock.advance_to(at_s(184))
    ended = shop.run(advance_presence)

    assert (early, ended) == (0, 1)
    assert shop.zone_of == {}


def test_an_old_burst_is_history(database: Database) -> None:
    shop = a_shop(database, clock=SteppedClock(at_s(3600)))

    post(shop, a_burst())
    shop.run(advance_presence)

    assert shop.rooms.live.counters["visits"] == 1
    assert shop.rooms.live.visits.open == {}
    assert shop.rooms.live.counters["decisions.nothing"] == 0
