"""What comes only seconds too late goes to history as well, once, and triggers nothing."""

import pytest

from store_server.clock import SteppedClock
from store_server.database import Database
from store_server.flows.correct_history import LONGEST_MS, REST_MS, correct_history
from store_server.flows.journal_presence import checkpoint_presence
from store_server.flows.restore_presence import restore_presence
from tests.store_server.flows.test_advance_presence import decided, on_enter
from tests.store_server.flows.test_correct_history import at, in_zones, visits, with_engine
from tests.store_server.flows.test_take_sightings import take
from tests.store_server.presence.builders import Shop, a_row, a_shop, some_rooms
from tests.store_server.shoppers.builders import MONDAY

KINDS = pytest.mark.parametrize("kind", ["bayes", "nearest"])


def a_slow_gateway(database: Database, *, kind: str) -> Shop:
    """In the bakery for 20 s, of which gw-2 tells 3 to 23 s late; from 20 s at the entrance."""
    shop = with_engine(a_shop(database, clock=SteppedClock(MONDAY), catalogue=on_enter()), kind)
    for second in range(20, 24):
        at(shop, second)
        take(shop, second, rows=[a_row(second, rssi_dbm=-55.0)], sent_s=second)
    rows = [a_row(second, rssi_dbm=-55.0) for second in range(20)]
    take(shop, 1, gateway="gw-2", rows=rows, sent_s=23)
    return shop


def rest(shop: Shop) -> None:
    """Nothing late comes for a while; the shopper stays at the entrance."""
    for second in range(24, 26 + REST_MS // 1000):
        at(shop, second)
        take(shop, second, rows=[a_row(second, rssi_dbm=-55.0)], sent_s=second)


@KINDS
def test_seconds_late_is_in_the_visit_and_triggers_nothing(database: Database, kind: str) -> None:
    shop = a_slow_gateway(database, kind=kind)
    rest(shop)
    decisions = decided(shop)

    assert shop.run(correct_history) == 0

    (one,) = shop.run(visits)
    assert [stay.zone for stay in one.zones] == ["bakery", "entrance"]
    assert in_zones([one])[0][1:] == pytest.approx((1, 19), abs=2)
    assert decided(shop) == decisions == 1
    assert shop.rooms.live.late == ()


@KINDS
def test_what_the_engine_took_is_not_set_aside(sqlite_database: Database, kind: str) -> None:
    shop = a_slow_gateway(sqlite_database, kind=kind)
    aside = [one.t - MONDAY.timestamp() for one in shop.rooms.live.late]

    take(shop, 2, gateway="gw-2", rows=[a_row(22.5, rssi_dbm=-80.0)], sent_s=23)

    assert aside
    assert max(aside) < 23
    assert len(shop.rooms.live.late) == len(aside)


@KINDS
def test_seconds_late_survives_a_kill(sqlite_database: Database, kind: str) -> None:
    shop = a_slow_gateway(sqlite_database, kind=kind)
    waiting = shop.rooms.live.late
    shop.run(checkpoint_presence, forced=True)
    again = with_engine(
        Shop(sqlite_database, some_rooms(clock=SteppedClock(MONDAY), catalogue=on_enter())), kind
    )

    again.rooms.live = again.run(restore_presence, start_at=MONDAY)
    rest(again)
    again.run(correct_history)

    assert len(waiting) >= 15
    assert [stay.zone for one in again.run(visits) for stay in one.zones] == ["bakery", "entrance"]
    assert decided(again) == 1


def test_a_gateway_that_lags_all_day_is_heard_all_the_same(sqlite_database: Database) -> None:
    shop = a_slow_gateway(sqlite_database, kind="nearest")
    last = 24 + LONGEST_MS // 1000
    for second in range(24, last, 2):
        at(shop, second)
        take(shop, second, rows=[a_row(second, rssi_dbm=-55.0)], sent_s=second)
        late = [a_row(second - 5, rssi_dbm=-80.0)]
        take(shop, second, gateway="gw-2", rows=late, sent_s=second)

    at(shop, last)
    left = shop.run(correct_history)

    (one,) = shop.run(visits)
    assert [stay.zone for stay in one.zones] == ["bakery", "entrance"]
    waiting = [last - (one.t - MONDAY.timestamp()) for one in shop.rooms.live.late]
    assert left == 0
    assert 0 < len(waiting) <= 3
    assert max(waiting) < REST_MS / 1000
