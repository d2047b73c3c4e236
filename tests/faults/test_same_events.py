"""kill -9 in the middle of a day: the zone events are those of a day without, ids and times.

Two shops of real processes hear the same adverts; the server of one is killed again and again,
with batches under way, and what the gateways kept meanwhile comes after. The last time, somebody
else dies in the middle of a checkpoint before it starts again.
"""

import random
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.process import Process, until
from tests.faults.shop import GATEWAYS, START_MS, Shop

pytestmark = [
    pytest.mark.faults,
    pytest.mark.xdist_group("faults"),
    pytest.mark.timeout(1800),
]

Event = tuple[str, str, str, str, int, int, int, str | None]
DAY_S = 75
KILLS_AT_S = (9, 24, 38, 52)
DEAD_FOR_S = 4
SHOPPERS = 3
PATIENCE_S = 240


@pytest.fixture(params=["nearest", "bayes"])
def pair(
    request: pytest.FixtureRequest, tmp_path: Path, template: Path
) -> Iterator[tuple[Shop, Shop]]:
    """Two shops alike, started."""
    shops = [
        Shop(tmp_path / name, broker="embedded", template=template, engine=request.param)
        for name in ("whole", "killed")
    ]
    try:
        for shop in shops:
            shop.start()
        yield shops[0], shops[1]
    finally:
        for shop in shops:
            shop.close()


def nearer_at(second: int) -> str:
    """Which gateway the shoppers are next to: to and fro, with a flutter at each change."""
    flutter = random.Random(second).random() < 0.2
    return GATEWAYS[(second // 15 + flutter) % 2]


def die_in_a_checkpoint(shop: Shop) -> None:
    """Another process on the same state is killed when it has written and not committed."""
    argv = [sys.executable, "-m", "tests.faults.dying_checkpoint", str(shop.folder / "store.toml")]
    dying = Process("dying", argv, folder=shop.folder)
    dying.start()
    until(
        lambda: "written" in dying.log() or not dying.running, within_s=PATIENCE_S, what="it wrote"
    )
    assert dying.running, dying.log()[-2000:]
    dying.kill()


def live(shop: Shop, *, kills_at_s: tuple[int, ...]) -> list[Event]:
    """The zone events of the day, the server killed at these seconds."""
    shop.invite(SHOPPERS)
    start_at_s = {second + DEAD_FOR_S for second in kills_at_s}
    for second in range(1, DAY_S + 1):
        shop.second(START_MS + second * 1000, near=nearer_at(second))
        if second in kills_at_s:
            shop.server.kill()
        elif second in start_at_s:
            if second == max(start_at_s):
                die_in_a_checkpoint(shop)
            shop.start_server()
        elif second % 5 == 0 and shop.server.running:
            shop.settle(within_s=PATIENCE_S)
    shop.settle(within_s=PATIENCE_S)
    shop.assert_applied_once()
    return zone_events(shop)


def zone_events(shop: Shop) -> list[Event]:
    path = shop.folder / "state" / "store.sqlite"
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as store:
        return store.execute(
            "SELECT event_id, shopper, zone, kind, at_ms, entered_at_ms, dwell_ms, reason "
            "FROM zone_event ORDER BY shopper, at_ms, kind"
        ).fetchall()


def test_a_day_with_four_kills_has_the_events_of_a_day_without(pair: tuple[Shop, Shop]) -> None:
    whole, killed = pair

    expected = live(whole, kills_at_s=())
    events = live(killed, kills_at_s=KILLS_AT_S)

    assert events == expected
    assert len(expected) >= SHOPPERS * 8
    assert killed.server.log().count("presence taken up") == len(KILLS_AT_S)
    assert "never committed" not in killed.server.log()
