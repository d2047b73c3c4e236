"""What it costs to take a sighting, beside a bare insert of the same rows in the same run.

    python benchmarks/take_sightings.py [--devices 60] [--gateways 6] [--ticks 60]

Prints microseconds a row, and the ratio of the whole flow (ledger, identities, consent,
presence, visits, progress, commit) to `executemany` of the rows into one SQLite table with the
same settings and one commit a batch. A ratio says the same on any machine.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sqlalchemy import text

from proximity_wire.messages import SightingBatch
from store_server.database import Database, open_database
from store_server.flows.rooms import StoreRooms
from store_server.flows.take_sightings import take_sightings
from store_server.presence.nearest_anchor import NearestAnchor
from store_server.schema import create_tables
from store_server.shop.floor_plan import Gateway
from tests.store_server.presence.builders import T0_MS, Shop, a_batch, a_row, some_rooms
from tests.store_server.shop.builders import BAKERY, ENTRANCE

Batches = list[SightingBatch]


def a_day(*, devices: int, gateways: int, ticks: int) -> Batches:
    """Every gateway hears every device each second."""
    names = [f"s-{number}" for number in range(1, devices + 1)]
    return [
        a_batch(
            tick,
            gateway=f"gw-{gateway}",
            sent_s=tick,
            rows=[a_row(tick, shopper=name, rssi_dbm=-60.0 - gateway * 3) for name in names],
        )
        for tick in range(1, ticks + 1)
        for gateway in range(1, gateways + 1)
    ]


def a_store(*, shoppers: list[str], gateways: int) -> StoreRooms:
    """The small store with a row of gateways along its two zones."""
    rooms = some_rooms(shoppers=shoppers)
    placed = tuple(
        Gateway(f"gw-{number}", 20.0 * number / gateways, 5.0, 3.0, (ENTRANCE, BAKERY)[number % 2])
        for number in range(1, gateways + 1)
    )
    plan = replace(rooms.live.plan, gateways=placed)
    engine = NearestAnchor(plan, scope=rooms.scope, policy=rooms.policy.presence)
    return replace(rooms, live=replace(rooms.live, plan=plan, presence=engine))


def bare_insert(database: Database, batches: Batches) -> None:
    """The reference: the rows into one table, one commit a batch."""
    columns = "gateway, identity, at_ms, count, rssi"
    with database.write.begin() as connection:
        connection.execute(text(f"CREATE TABLE bare ({columns})"))
    for batch in batches:
        values = [
            {
                "g": batch.gateway,
                "i": r.identity,
                "t": r.last_at_ms,
                "c": r.count,
                "r": r.rssi_mean_dbm,
            }
            for r in batch.rows
        ]
        with database.write.begin() as connection:
            connection.execute(text("INSERT INTO bare VALUES (:g, :i, :t, :c, :r)"), values)


def whole_flow(shop: Shop, batches: Batches) -> None:
    """What the server does, by the event clock."""
    for batch in batches:
        shop.run(take_sightings, batch=batch, received_at_ms=T0_MS)


def seconds(action: Callable[[], None]) -> float:
    """The CPU time of this thread: waiting for the disk is not what is compared."""
    before = time.thread_time()
    action()
    return time.thread_time() - before


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=60)
    parser.add_argument("--gateways", type=int, default=6)
    parser.add_argument("--ticks", type=int, default=60)
    chosen = parser.parse_args()
    names = [f"s-{number}" for number in range(1, chosen.devices + 1)]
    batches = a_day(devices=chosen.devices, gateways=chosen.gateways, ticks=chosen.ticks)
    rows = sum(len(batch.rows) for batch in batches)
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder)}/store.db")
        create_tables(database.write)
        shop = Shop(database, a_store(shoppers=names, gateways=chosen.gateways)).agree(*names)
        bare_s = seconds(lambda: bare_insert(database, batches))
        flow_s = seconds(lambda: whole_flow(shop, batches))
        database.close()
    counters = shop.rooms.live.counters
    print(f"rows: {rows}, batches: {len(batches)}, zone events: {counters['zone_events']}")
    print(f"bare executemany: {bare_s / rows * 1e6:.1f} us a row")
    print(f"take_sightings: {flow_s / rows * 1e6:.1f} us a row")
    print(f"ratio: {flow_s / bare_s:.1f}")


if __name__ == "__main__":
    main()
