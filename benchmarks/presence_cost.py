"""What a sighting costs the filter, beside the strongest-gateway engine in the same run.

    python -m benchmarks.presence_cost [--seconds 40] [--devices 1000]

Prints thread CPU time a sighting for 250, 1,500 and 6,000 cells, the ratio to `NearestAnchor` fed
with the same sightings, the bytes a device keeps; then the share of one core that the live
devices need at 2 sightings a second from 6 gateways each. Bars: 30 times the strongest-gateway
engine, 150 us a sighting and 20 kB a device at 1,500 cells.
"""

import argparse
import math
import random
import time

from store_server.ids import StoreId, ZoneId, scope
from store_server.presence.bayes_filter import BayesFilter
from store_server.presence.engine import PresenceEngine
from store_server.presence.grid import grid_space
from store_server.presence.nearest_anchor import NearestAnchor
from store_server.presence.observation import Observation
from store_server.presence.radio_map import level_dbm
from store_server.presence.site import site_of
from store_server.shop.floor_plan import FloorPlan, Gateway, Zone

SCOPE = scope("bench", "bench")
GATEWAYS = 6
RATE_HZ = 2
# Rows and columns of the floors that are priced.
FLOORS = {250: (10, 25), 1_500: (30, 50), 6_000: (60, 100)}
CELL_M = 1.0
BAR_RATIO, BAR_US, BAR_BYTES = 30.0, 150.0, 20_000


def a_plan(cells: int) -> FloorPlan:
    """A floor of so many cells of 1 m, four zones, six gateways."""
    rows, columns = FLOORS[cells]
    half_x, half_y = columns / 2, rows / 2
    zones = tuple(
        Zone(
            ZoneId(f"z{i}{j}"),
            "",
            (
                (i * half_x, j * half_y),
                ((i + 1) * half_x, j * half_y),
                ((i + 1) * half_x, (j + 1) * half_y),
                (i * half_x, (j + 1) * half_y),
            ),
        )
        for i in (0, 1)
        for j in (0, 1)
    )
    gateways = tuple(
        Gateway(
            f"g{n}",
            columns * (n % 3 + 0.5) / 3,
            rows * (n // 3 + 0.5) / 2,
            2.3,
            zones[0].id,
        )
        for n in range(GATEWAYS)
    )
    return FloorPlan(StoreId("bench"), "", columns, rows, zones, gateways)


def a_recording(plan: FloorPlan, *, devices: int, seconds: int) -> list[list[Observation]]:
    """The sightings of each second: everybody walks in a circle, every gateway hears them."""
    rng = random.Random(7)
    recording = []
    for second in range(seconds):
        told = []
        for device in range(devices):
            angle = second / 20 + device
            x = plan.width_m / 2 * (1 + 0.8 * math.cos(angle))
            y = plan.height_m / 2 * (1 + 0.8 * math.sin(angle))
            for step in range(RATE_HZ):
                for gateway in plan.gateways:
                    away = math.hypot(x - gateway.x, y - gateway.y, 1.1)
                    dbm = round(level_dbm(away) + rng.gauss(0, 4))
                    t = second + step / RATE_HZ + rng.uniform(0, 0.4)
                    told.append(Observation(f"d{device}", f"gw:{gateway.id}", t, dbm))
        recording.append(sorted(told, key=lambda one: one.t))
    return recording


def us_a_sighting(engine: PresenceEngine, recording: list[list[Observation]]) -> float:
    """Thread CPU time a sighting when time is let pass each second."""
    count = 0
    started = time.thread_time()
    for second, told in enumerate(recording):
        for one in told:
            engine.observe(one)
        engine.advance(float(second + 1))
        count += len(told)
    return (time.thread_time() - started) / count * 1e6


def a_filter(plan: FloorPlan) -> BayesFilter:
    """The filter over cells of 1 m, the belief of nobody in it."""
    return BayesFilter(site_of(plan, space=grid_space(plan, cell_m=CELL_M)), scope=SCOPE)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=int, default=40)
    parser.add_argument("--devices", type=int, default=1_000)
    args = parser.parse_args()
    missed = 0
    for cells in FLOORS:
        plan = a_plan(cells)
        recording = a_recording(plan, devices=5, seconds=args.seconds)
        near = us_a_sighting(NearestAnchor(plan, scope=SCOPE), recording)
        engine = a_filter(plan)
        ours = us_a_sighting(engine, recording)
        kept = max(len(state) for state in engine.states(engine.devices()).values())
        print(
            f"{cells:>5} cells: {ours:6.1f} us a sighting, {ours / near:4.1f} x strongest gateway "
            f"({near:.1f} us), {kept:,} bytes a device"
        )
        if cells == 1_500:
            missed = (ours / near > BAR_RATIO) + (ours > BAR_US) + (kept > BAR_BYTES)
    plan = a_plan(1_500)
    recording = a_recording(plan, devices=args.devices, seconds=4)
    us = us_a_sighting(a_filter(plan), recording)
    share = us * args.devices * GATEWAYS * RATE_HZ / 1e6
    print(f"{args.devices} devices, {RATE_HZ}/s from {GATEWAYS} gateways: {share:.0%} of one core")
    print(f"bars missed: {missed} of 3")


if __name__ == "__main__":
    main()
