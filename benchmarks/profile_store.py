"""How much memory does a packed profile take, and how long does a look-up?

A million shoppers (or as many as asked), each with a household, a standing, two channels and six
attributes of all types; a fifth excludes a category. Bytes are those that the process grew by, ids
included; the reference for time is a dict of as many plain Profile objects' ids to one object.
Bar: at most 400 bytes a shopper.

Run: python -m benchmarks.profile_store [SHOPPERS]
"""

import gc
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from store_server.ids import HouseholdId, ShopperId
from store_server.shoppers.attributes import AttributeValue
from store_server.shoppers.profile import LifeStage, Profile, Rfm, Standing, random_bucket
from store_server.shoppers.profile_store import ProfileStore

BAR_BYTES = 400
LOOK_UPS = 50_000


def profiles(number: int) -> Iterator[Profile]:
    """Believable shoppers, the same each time."""
    rng = random.Random(5)
    stages = list(LifeStage)
    for n in range(number):
        shopper = ShopperId(f"s-{n:07}")
        attributes: dict[str, AttributeValue] = {
            "city": f"town {rng.randrange(300)}",
            "card": rng.choice(["silver", "gold", "none"]),
            "children": float(rng.randrange(4)),
            "newsletter": rng.random() < 0.4,
            "birthday": date(1940 + rng.randrange(70), 1 + rng.randrange(12), 1),
            "favourite_store": f"store-{rng.randrange(40)}",
        }
        rfm = Rfm(1 + rng.randrange(5), 1 + rng.randrange(5), 1 + rng.randrange(5))
        risk, wait, value = rng.random(), rng.uniform(1, 60), rng.randrange(10**6)
        yield Profile(
            shopper,
            HouseholdId(f"h-{n // 2:07}"),
            rng.choice(["en", "es", "ru"]),
            attributes,
            Standing(rng.choice(stages), risk, wait, rfm, 1 + rng.randrange(5), value),
            frozenset({"webhook", "app"}),
            frozenset({f"category {rng.randrange(200)}"}) if n % 5 == 0 else frozenset(),
            random_bucket=random_bucket(org="acme", shopper=shopper),
        )


def resident_bytes() -> int:
    """What the process holds in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def micros(look_up: Callable[[str], object], wanted: list[str]) -> list[float]:
    """Microseconds of each look-up, sorted."""
    taken = []
    for name in wanted:
        start = time.perf_counter_ns()
        look_up(name)
        taken.append((time.perf_counter_ns() - start) / 1_000)
    return sorted(taken)


def main() -> int:
    """Print bytes and microseconds; 1 when the bar is missed."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    gc.collect()
    before = resident_bytes()
    started = time.perf_counter()
    store = ProfileStore(profiles(number))
    gc.collect()
    each = (resident_bytes() - before) / number
    print(f"shoppers: {len(store)}  filled in {time.perf_counter() - started:.1f} s")
    print(f"bytes each: {each:.0f} (bar {BAR_BYTES})")
    rng = random.Random(6)
    wanted = [f"s-{rng.randrange(number):07}" for _ in range(LOOK_UPS)]
    one = store.get(wanted[0])
    plain = dict.fromkeys((f"s-{n:07}" for n in range(number)), one)
    ours, reference = micros(store.get, wanted), micros(plain.get, wanted)
    for name, at in (("p50", 0.5), ("p99", 0.99)):
        place = int(LOOK_UPS * at)
        print(
            f"look-up {name}: {ours[place]:.1f} us  (a dict of objects {reference[place]:.1f} us)"
        )
    return int(each > BAR_BYTES)


if __name__ == "__main__":
    sys.exit(main())
