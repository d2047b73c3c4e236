"""The same batches in any interleaving of the gateways give the same zone events."""

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import pytest

from proximity_wire.messages import SightingRow
from store_server.database import Database
from store_server.presence.bayes_filter import BayesFilter
from store_server.presence.site import site_of
from tests.store_server.flows.test_take_sightings import stand_by, take, zone_events
from tests.store_server.presence.builders import (
    SCOPE,
    Shop,
    a_row,
    a_shop,
)
from tests.store_server.shop.builders import a_plan

GATEWAYS = {"gw-1": 5.0, "gw-2": 15.0}
TICKS = 30


class Told(NamedTuple):
    """One batch: its stamp and rows."""

    gateway: str
    sent_s: float
    rows: tuple[SightingRow, ...]


def x_of(t: float, shopper: str) -> float:
    """Back and forth over both zones, each shopper in a phase of their own."""
    phase = (t + (7 if shopper == "s-2" else 0)) % 30
    return 3.0 + 14.0 * (phase / 15 if phase < 15 else 2 - phase / 15)


def batches_of(gateway: str, *, seed: int) -> list[Told]:
    """As an agent sends them: within a second under the tick before, at its end under its own."""
    rng = random.Random(f"{seed} {gateway}")
    told = []
    for tick in range(1, TICKS + 1):
        for sent_s in (tick - 1, tick):
            rows = []
            for shopper in ("s-1", "s-2"):
                at_s = tick - 1 + (rng.uniform(0.0, 0.5) if sent_s < tick else rng.uniform(0.5, 1))
                away_m = 2 + abs(x_of(at_s, shopper) - GATEWAYS[gateway])
                level = round(-58 - 2.2 * away_m + rng.gauss(0, 3))
                if rng.random() < 0.85:
                    rows.append(a_row(round(at_s, 3), shopper=shopper, rssi_dbm=level))
            told.append(Told(gateway, sent_s, tuple(rows)))
    return told


def interleaved(seed: int) -> Iterator[Told]:
    """The batches of seed 1; who is heard next is drawn, no gateway runs more than 20 s ahead."""
    rng = random.Random(seed)
    left = {name: batches_of(name, seed=1) for name in GATEWAYS}
    while any(left.values()):
        least_s = min(told[0].sent_s for told in left.values() if told)
        may = [name for name, told in left.items() if told and told[0].sent_s <= least_s + 20]
        name = rng.choice(may)
        for _ in range(min(len(left[name]), rng.choice((1, 1, 2, 9)))):
            if left[name][0].sent_s <= least_s + 20:
                yield left[name].pop(0)


def a_day_by(shop: Shop, *, seed: int) -> list[tuple[str, str, int]]:
    engine = BayesFilter(site_of(a_plan()), scope=SCOPE)
    shop.rooms.live = replace(shop.rooms.live, presence=engine)
    stand_by(shop, *GATEWAYS)
    seqs = dict.fromkeys(GATEWAYS, 0)
    for told in interleaved(seed):
        seqs[told.gateway] += 1
        take(shop, seqs[told.gateway], gateway=told.gateway, rows=told.rows, sent_s=told.sent_s)
    return shop.run(zone_events)


@pytest.mark.parametrize("seed", range(2, 5))
def test_the_way_messages_interleave_changes_no_event(
    sqlite_database: Database, twin: Database, seed: int
) -> None:
    first = a_day_by(a_shop(sqlite_database), seed=1)

    again = a_day_by(a_shop(twin), seed=seed)

    assert len(first) >= 8
    assert again == first
