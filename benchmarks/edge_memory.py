"""Memory of the hearing side while the air changes: addresses and identities that come and go.

    python -m benchmarks.edge_memory [--addresses 100000]

Two questions, each in a process of its own: does memory stay flat over 100,000 addresses after the
table has filled up once (bar: growth below 5 MB), and how large is a process with the agent's
libraries and 5,000 live identities (bar: 60 MB resident)?
"""

import argparse
import gc
import importlib
import multiprocessing
import random
from collections.abc import Callable, Iterator
from pathlib import Path

from edge_agent.advert import Advert
from edge_agent.batching import encode_rows
from edge_agent.foreign_count import ForeignCounter
from edge_agent.hearing import Hearing
from edge_agent.windows import WindowTable
from proximity_wire.frames import EddystoneEid, encode_eddystone_eid

_START_MS = 1_760_000_400_000
_LIVE = 5_000
_HEARD = 3


def resident_mb() -> float:
    """Resident memory of this process in MB."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def churn(addresses: int, *, start_ms: int = _START_MS) -> Iterator[list[Advert]]:
    """Bursts of `_LIVE` devices a second, each heard three times and never again."""
    rng = random.Random(1)
    for second in range(addresses // _LIVE):
        devices = [
            (
                rng.randbytes(6).hex(":"),
                encode_eddystone_eid(EddystoneEid(rng.randbytes(8).hex(), 0)),
            )
            for _ in range(_LIVE)
        ]
        foreign = [(rng.randbytes(6).hex(":"), b"\x06\xff\x4c\x00\x10" + rng.randbytes(2))] * 100
        for number in range(_HEARD):
            at_ms = start_ms + second * 5_000 + number * 300
            yield [Advert(at_ms, address, ad, -70) for address, ad in devices + foreign]


def hear(hearing: Hearing, bursts: Iterator[list[Advert]]) -> None:
    """What the agent does with `bursts`, without disk and broker."""
    for burst in bursts:
        encode_rows(hearing.hear(burst))
        encode_rows(hearing.advance(burst[0].heard_at_ms))
        hearing.foreign_due(burst[0].heard_at_ms)


def new_hearing() -> Hearing:
    """With the defaults of the settings, and foreign devices counted."""
    salts = random.Random(1)
    table = WindowTable(window_ms=1000, forget_ms=10_000, most=20_000)
    return Hearing(table, foreign=ForeignCounter(lambda: salts.randbytes(16)))


def growth_mb(addresses: int) -> float:
    """Growth over `addresses`, after as many that filled the table first."""
    hearing = new_hearing()
    hear(hearing, churn(addresses))
    before = resident_mb()
    hear(hearing, churn(addresses, start_ms=_START_MS + addresses // _LIVE * 5_000))
    return resident_mb() - before


def size_mb(live: int) -> float:
    """The process with the agent's libraries and `live` identities in the table."""
    importlib.import_module("edge_agent.bootstrap")
    importlib.import_module("bleak")
    hearing = new_hearing()
    hear(hearing, churn(live))
    assert hearing.live_identities == live, hearing.live_identities
    return resident_mb()


def _apart(question: Callable[[int], float], number: int) -> float:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(question, (number,))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--addresses", type=int, default=100_000)
    chosen = parser.parse_args()
    grown = _apart(growth_mb, chosen.addresses)
    print(f"growth over {chosen.addresses} changing addresses: {grown:.1f} MB (bar 5)")
    print(f"resident with {_LIVE} live identities: {_apart(size_mb, _LIVE):.1f} MB (bar 60)")


if __name__ == "__main__":
    main()
