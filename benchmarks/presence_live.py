"""A thousand live devices: what the server needs for them, really run, in shares of one core.

    python -m benchmarks.presence_live [--devices 1000] [--seconds 30]

Each device is heard twice a second by six gateways on a floor of 1,500 cells. Their batches go
through `take_sightings` as they do live: ledger, identities, consent, the engine, visits, the
journal, one commit in an SQLite file; every ten seconds the beliefs are checkpointed. Prints
the CPU seconds of the writer's thread that a second of event time costs, by part, and what
the engine alone needs for the same sightings. Bar: all of it within one core.
"""

import argparse
import math
import random
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.presence_cost import RATE_HZ, a_filter, a_plan
from proximity_wire.messages import SightingBatch, SightingRow
from store_server.database import open_database
from store_server.flows.journal_presence import checkpoint_presence
from store_server.flows.take_sightings import take_sightings
from store_server.presence.bayes_filter import BayesFilter
from store_server.presence.observation import Observation
from store_server.presence.radio_map import level_dbm
from store_server.schema import create_tables
from store_server.shop.floor_plan import FloorPlan, gateway_anchor
from tests.store_server.presence.builders import T0_MS, Shop, a_batch, an_eid, some_rooms

CELLS = 1_500
CHECKPOINT_S = 10
SETTLED_S = 5


def rows_of(
    plan: FloorPlan, *, eids: dict[str, str], tick: int, rng: random.Random
) -> dict[str, list[SightingRow]]:
    """What each gateway heard in a tick of half a second, by gateway."""
    at_ms = T0_MS + tick * 1000 // RATE_HZ
    heard: dict[str, list[SightingRow]] = {gateway.id: [] for gateway in plan.gateways}
    for number, eid in enumerate(eids.values()):
        angle = tick / RATE_HZ / 20 + number
        x = plan.width_m / 2 * (1 + 0.8 * math.cos(angle))
        y = plan.height_m / 2 * (1 + 0.8 * math.sin(angle))
        for gateway in plan.gateways:
            away_m = math.hypot(x - gateway.x, y - gateway.y, 1.1)
            dbm = float(round(level_dbm(away_m) + rng.gauss(0, 4)))
            last_ms = at_ms - rng.randrange(100)
            heard[gateway.id].append(
                SightingRow("eid", eid, last_ms - 300, last_ms, 3, dbm, dbm, -59)
            )
    return heard


def batches_of(plan: FloorPlan, *, eids: dict[str, str], seconds: int) -> list[list[SightingBatch]]:
    """The batches of each second."""
    rng = random.Random(5)
    told: list[list[SightingBatch]] = [[] for _ in range(seconds)]
    for tick in range(1, seconds * RATE_HZ + 1):
        for gateway, rows in rows_of(plan, eids=eids, tick=tick, rng=rng).items():
            batch = a_batch(tick, gateway=gateway, sent_s=tick / RATE_HZ, rows=rows)
            told[(tick - 1) // RATE_HZ].append(batch)
    return told


def engine_s(engine: BayesFilter, day: list[list[SightingBatch]]) -> float:
    """CPU seconds of the engine alone, fed with the same sightings, a fork a batch."""
    spent = 0.0
    for second, batches in enumerate(day):
        told = [
            [
                Observation(
                    row.identity,
                    gateway_anchor(batch.gateway),
                    row.last_at_ms / 1000,
                    row.rssi_mean_dbm,
                    row.count,
                    row.measured_power_dbm,
                )
                for row in batch.rows
            ]
            for batch in batches
        ]
        started = time.thread_time()
        for observations in told:
            engine = engine.fork()
            for one in observations:
                engine.observe(one)
        engine = engine.fork()
        engine.advance(T0_MS / 1000 + second + 1)
        spent += time.thread_time() - started if second >= SETTLED_S else 0.0
    return spent


def flow_s(shop: Shop, day: list[list[SightingBatch]]) -> tuple[float, float]:
    """CPU seconds of taking the batches, and of the checkpoints, once all devices are known."""
    taking = keeping = 0.0
    for second, batches in enumerate(day):
        settled = second >= SETTLED_S
        started = time.thread_time()
        for batch in batches:
            shop.run(take_sightings, batch=batch, received_at_ms=T0_MS)
        taking += time.thread_time() - started if settled else 0.0
        started = time.thread_time()
        while second % CHECKPOINT_S == CHECKPOINT_S - 1 and shop.run(checkpoint_presence):
            pass
        keeping += time.thread_time() - started if settled else 0.0
    return taking, keeping


def main() -> None:
    """Run the day and print the shares."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--devices", type=int, default=1_000)
    parser.add_argument("--seconds", type=int, default=30)
    args = parser.parse_args()
    plan, names = a_plan(CELLS), [f"s-{number}" for number in range(1, args.devices + 1)]
    day = batches_of(plan, eids={name: an_eid(name) for name in names}, seconds=args.seconds)
    measured_s = args.seconds - SETTLED_S
    alone = engine_s(a_filter(plan), day) / measured_s
    rooms = some_rooms(shoppers=names)
    rooms = replace(rooms, live=replace(rooms.live, plan=plan, presence=a_filter(plan)))
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder)}/store.db")
        create_tables(database.write)
        shop = Shop(database, rooms).agree(*names)
        taking, keeping = (spent / measured_s for spent in flow_s(shop, day))
        database.close()
    counters = shop.rooms.live.counters
    print(f"{args.devices} devices, {RATE_HZ}/s from {len(plan.gateways)} gateways, {CELLS} cells")
    print(f"observations: {counters['observations']}, zone events: {counters['zone_events']}")
    print(f"engine alone: {alone:.0%} of one core")
    print(f"take_sightings, engine and commits included: {taking:.0%}")
    print(f"checkpoints: {keeping:.1%}")
    print(f"all: {taking + keeping:.0%} of one core; bars missed: {int(taking + keeping > 1)} of 1")


if __name__ == "__main__":
    main()
