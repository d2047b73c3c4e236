"""Signals: the shop's beacons by name; of people nothing gets there, and erasure empties it."""

from collections.abc import Sequence
from dataclasses import replace

from proximity_wire.messages import SightingRow
from store_server.database import Database
from store_server.flows.forget_shopper import forget_shopper
from store_server.flows.show_signals import SignalAsk, SignalBoard, show_signals
from store_server.flows.take_sightings import take_sightings
from store_server.ids import ShopperId
from tests.store_server.presence.builders import (
    BAKERY_BEACON,
    ENTRANCE_BEACON,
    T0_MS,
    Shop,
    a_batch,
    a_row,
    a_shop,
    an_eid,
)
from tests.store_server.shop.builders import BEACON_UUID


def a_beacon_row(
    identity: str = ENTRANCE_BEACON, *, dbm: float = -60.0, at_s: int = 0, count: int = 10
) -> SightingRow:
    at_ms = T0_MS + 1_000 * at_s
    extras = {"battery_mv": 2_900.0, "temperature_c": 21.5} if at_s == 0 else None
    return SightingRow(
        "ibeacon", identity, at_ms - 900, at_ms, count, dbm, dbm + 4, -59, None, extras
    )


def heard(shop: Shop, rows: Sequence[SightingRow], *, gateway: str = "gw-1", seq: int = 1) -> None:
    batch = a_batch(seq, rows=rows, gateway=gateway, sent_s=3)
    shop.run(take_sightings, batch=batch, received_at_ms=T0_MS)


def board_of(shop: Shop, limit: int = 10, **wanted: object) -> SignalBoard:
    after = wanted.pop("after", None)
    ask = SignalAsk(**wanted)  # type: ignore[arg-type] # passed on as they are
    return shop.run(show_signals, ask=ask, limit=limit, after=after)


def pairs(board: SignalBoard) -> list[tuple[str, str]]:
    return [(one.beacon, one.gateway) for one in board.lines]


def test_a_beacon_is_told_with_levels_and_telemetry(database: Database) -> None:
    shop = a_shop(database)

    heard(shop, [a_beacon_row(dbm=dbm, at_s=n) for n, dbm in enumerate((-60.0, -70.0, -62.0))])

    [line] = board_of(shop).lines
    assert (line.beacon, line.zone, line.identity) == ("b-1", "Entrance", ENTRANCE_BEACON)
    assert (line.adverts, line.last_dbm, line.measured_power_dbm) == (30, -62, -59)
    assert (line.lowest_dbm, line.median_dbm, line.highest_dbm) == (-70, -62, -56)
    assert (line.battery_mv, line.temperature_c) == (2_900, 21.5)


def test_of_people_and_strangers_nothing_is_kept(database: Database) -> None:
    shop = a_shop(database)
    stranger = a_beacon_row(f"{BEACON_UUID}:9:9")

    heard(shop, [a_row(), a_row(identity="0123456789abcdef"), stranger, a_beacon_row()])

    kept = shop.rooms.signals.heard()
    assert {one.identity for one in kept.windows} == {ENTRANCE_BEACON} == set(kept.told)
    assert an_eid() not in repr(kept)


def test_a_batch_that_comes_twice_is_heard_once(database: Database) -> None:
    shop = a_shop(database)

    for _ in range(2):
        heard(shop, [a_beacon_row()])

    assert board_of(shop).lines[0].adverts == 10


def test_lines_are_chosen_by_gateway_kind_and_text(database: Database) -> None:
    shop = a_shop(database)
    for gateway in ("gw-1", "gw-2"):
        heard(shop, [a_beacon_row(), a_beacon_row(BAKERY_BEACON)], gateway=gateway)

    assert pairs(board_of(shop, gateway="gw-2")) == [("b-1", "gw-2"), ("b-2", "gw-2")]
    assert pairs(board_of(shop, text="BAKE")) == [("b-2", "gw-1"), ("b-2", "gw-2")]
    assert pairs(board_of(shop, text=":1:1", kind="ibeacon", gateway="gw-1")) == [("b-1", "gw-1")]
    assert pairs(board_of(shop, kind="eid")) == []


def test_a_long_list_goes_on_behind_its_last_line(database: Database) -> None:
    shop = a_shop(database)
    for gateway in ("gw-1", "gw-2"):
        heard(shop, [a_beacon_row(), a_beacon_row(BAKERY_BEACON)], gateway=gateway)

    first = board_of(shop, limit=3)
    rest = board_of(shop, limit=3, after=pairs(first)[-1])

    assert (first.more, rest.more) == (True, False)
    assert [*pairs(first), *pairs(rest)] == pairs(board_of(shop))


def test_kinds_are_counted_over_the_gateways_that_told(database: Database) -> None:
    shop = a_shop(database)
    heard(shop, [], gateway="gw-1")
    heard(shop, [], gateway="gw-2")
    for name, frames in (("gw-1", {"eid": 5, "ibeacon": 9}), ("gw-2", {"eid": 2})):
        line = replace(shop.rooms.live.gateways[name], health={"frames": frames})
        shop.rooms.live = shop.rooms.live.with_gateway(line)

    counts = {one.kind: (one.adverts, one.gateways) for one in board_of(shop).counts}

    assert counts == {"ibeacon": (9, 1), "eid": (7, 2)}
    assert [one.adverts for one in board_of(shop, kind="eid", gateway="gw-2").counts] == [2]


def test_a_beacon_that_left_the_plan_is_not_shown(database: Database) -> None:
    shop = a_shop(database)
    heard(shop, [a_beacon_row()])

    shop.rooms.live = replace(shop.rooms.live, plan=replace(shop.rooms.live.plan, beacons=()))

    assert board_of(shop).lines == ()


def test_an_erasure_empties_it(database: Database) -> None:
    shop = a_shop(database)
    heard(shop, [a_beacon_row()])

    shop.run(forget_shopper, shopper=ShopperId("s-1"))

    assert shop.rooms.signals.heard().windows == {}
