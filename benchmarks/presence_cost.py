"""What a sighting costs the filter, beside the strongest-gateway engine in the same run.

    python -m benchmarks.presence_cost [--seconds 40]

Prints thread CPU time a sighting for 250, 1,500, 6,000 and 24,000 cells, the ratio to
`NearestAnchor` fed with the same sightings, the bytes a device keeps. From 2,500 cells on a belief
lives on a pane that follows the device; "whole" is the same floor without panes. Bars: 30 times the
strongest-gateway engine, 150 us a sighting and 20 kB a device at 1,500 cells. A thousand devices
at once: `benchmarks.presence_live`.
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
from store_server.presence.pane import WHOLE_UP_TO, Panes
from store_server.presence.radio_map import level_dbm
from store_server.presence.site import site_of
from store_server.shop.floor_plan import FloorPlan, Gateway, Zone

SCOPE = scope("bench", "bench")
GATEWAYS = 6
RATE_HZ = 2
# Rows and columns of the floors that are priced.
FLOORS = {250: (10, 25), 1_500: (30, 50), 6_000: (60, 100), 24_000: (120, 200)}
CELL_M = 1.0
# A gateway for so much floor, and six at least.
GATEWAY_M2 = 400
BAR_RATIO, BAR_US, BAR_BYTES = 30.0, 150.0, 20_000


def a_plan(cells: int) -> FloorPlan:
    """A floor of so many cells of 1 m, four zones, six gateways or one for every 400 m2."""
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
    across = max(2, round(math.sqrt(cells / GATEWAY_M2 * rows / columns)))
    along = max(3, round(math.sqrt(cells / GATEWAY_M2 * columns / rows)))
    gateways = tuple(
        Gateway(
            f"g{n}",
            columns * (n % along + 0.5) / along,
            rows * (n // along + 0.5) / across,
            2.3,
            zones[0].id,
        )
        for n in range(along * across)
    )
    return FloorPlan(StoreId("bench"), "", columns, rows, zones, gateways)


def a_recording(plan: FloorPlan, *, devices: int, seconds: int) -> list[list[Observation]]:
    """The sightings of each second: everybody walks, the six nearest gateways hear them."""
    rng = random.Random(7)
    recording = []
    for second in range(seconds):
        told = []
        for device in range(devices):
            # One metre a second, whatever the floor.
            angle = second / (0.4 * min(plan.width_m, plan.height_m)) + device
            x = plan.width_m / 2 * (1 + 0.8 * math.cos(angle))
            y = plan.height_m / 2 * (1 + 0.8 * math.sin(angle))
            near = sorted(plan.gateways, key=lambda one: math.hypot(x - one.x, y - one.y))
            for step in range(RATE_HZ):
                for gateway in near[:GATEWAYS]:
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


def a_filter(plan: FloorPlan, *, whole: bool = False) -> BayesFilter:
    """The filter over cells of 1 m, the belief of nobody in it."""
    site = site_of(plan, space=grid_space(plan, cell_m=CELL_M))
    return BayesFilter(site, scope=SCOPE, panes=Panes(site, whole_up_to=10**6) if whole else None)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=int, default=40)
    args = parser.parse_args()
    missed = 0
    for cells in FLOORS:
        plan = a_plan(cells)
        recording = a_recording(plan, devices=5, seconds=args.seconds)
        near = us_a_sighting(NearestAnchor(plan, scope=SCOPE), recording)
        for whole in (False, True) if cells > WHOLE_UP_TO else (True,):
            engine = a_filter(plan, whole=whole)
            us_a_sighting(engine.fork(), recording[:5])
            ours = us_a_sighting(engine, recording)
            kept = max(len(state) for state in engine.states(engine.devices()).values())
            print(
                f"{cells:>6} cells{', whole' if whole else ', pane '}: {ours:6.1f} us a sighting, "
                f"{ours / near:4.1f} x strongest gateway ({near:.1f} us), {kept:,} bytes a device"
            )
            if cells == 1_500:
                missed = (ours / near > BAR_RATIO) + (ours > BAR_US) + (kept > BAR_BYTES)
    print(f"bars missed: {missed} of 3")


if __name__ == "__main__":
    main()
