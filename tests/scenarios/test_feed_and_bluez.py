"""One seeded scenario through the feed and through D-Bus: the same sightings.

The clock is driven by the scenario on both ways, so rows must be equal to the last number. In
a passive scan BlueZ keeps repeats to itself, in an active one only those of tokens whose RSSI has
not moved. Which ones, the fake says, and without exactly those the rows are equal.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Literal

import pytest

from edge_agent.advert import Advert, Burst, Tick
from edge_agent.hearing import Hearing
from edge_agent.settings import SourceSettings
from edge_agent.sources.bluez import BluezSource
from edge_agent.sources.feed import FeedSource
from edge_agent.windows import WindowTable
from firmware_sim.bluez import FakeBluez, PrivateBus
from firmware_sim.cast import cast_shoppers, plain_profiles
from firmware_sim.events import HeardAdvert
from firmware_sim.outlets import UnixFeed
from firmware_sim.scenario import load_scenario
from firmware_sim.world import World
from proximity_wire.frames import ServiceToken, decode_advert
from proximity_wire.messages import SightingRow
from tests.edge_agent.builders import StandingClock

TINY = Path(__file__).resolve().parents[2] / "configs/scenarios/tiny.toml"
SECONDS = 60


@pytest.fixture(scope="module")
def scenario() -> list[HeardAdvert]:
    """What the first gateway of the tiny scenario hears in its first minute."""
    chosen = load_scenario(TINY)
    profiles = plain_profiles(chosen.people.shoppers)
    shoppers = cast_shoppers(chosen.people, profiles=profiles, seed=chosen.seed)
    world = World(chosen, shoppers)
    return [advert for _ in range(SECONDS) for advert in world.step().heard["gw-1"]]


def rows_of(adverts: list[Advert]) -> list[SightingRow]:
    """Sightings of an agent whose clock is that of the adverts."""
    hearing = Hearing(WindowTable(window_ms=1_000, forget_ms=10_000, most=1_000))
    rows = []
    for advert in adverts:
        rows += hearing.advance(advert.heard_at_ms)
        rows += hearing.hear([advert])
    return rows + hearing.flush()


def through_feed(adverts: list[HeardAdvert], socket: Path) -> list[Advert]:
    """What a feed source gives for them."""

    async def read() -> list[Advert]:
        bursts = FeedSource(socket).bursts()
        reading = asyncio.ensure_future(take(bursts, most=len(adverts)))
        while not socket.exists():
            await asyncio.sleep(0)
        feed = UnixFeed(socket)
        await asyncio.to_thread(feed.send_adverts, adverts)
        feed.close()
        return await reading

    return asyncio.run(asyncio.wait_for(read(), 60))


def through_bluez(
    adverts: list[HeardAdvert], bluez: FakeBluez, *, scan: Literal["passive", "active"]
) -> tuple[list[Advert], list[int]]:
    """What a radio source gives for them, and the places of those that BlueZ kept to itself."""
    clock, kept = StandingClock(0), list[int]()

    async def play() -> list[Advert]:
        source = BluezSource(
            SourceSettings(scan=scan),
            clock=clock,  # type: ignore[arg-type]  # a fake of the port
            rng=random.Random(1),
            monotonic_ns=lambda: (clock.at_ms or 0) * 1_000_000,
        )
        taken: list[Advert] = []
        reading = asyncio.ensure_future(take(source.bursts(), most=len(adverts), into=taken))
        while bluez.adapter().scanning is None:
            await asyncio.sleep(0.001)
        (radio,), (waiting,) = source._radios, source._waiting
        for place, advert in enumerate(adverts):
            clock.at_ms = advert.heard_at_ms
            if not bluez.hear(advert.address, bytes.fromhex(advert.ad_hex), advert.rssi_dbm):
                kept.append(place)
            while len(waiting) + radio.heard < place + 1 - len(kept):
                await asyncio.sleep(0)
        while len(taken) < len(adverts) - len(kept):
            await asyncio.sleep(0.001)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        return taken

    return asyncio.run(asyncio.wait_for(play(), 60)), kept


async def take(
    bursts: AsyncIterator[Burst], *, most: int, into: list[Advert] | None = None
) -> list[Advert]:
    """That many adverts."""
    taken = [] if into is None else into
    async for burst in bursts:
        assert not isinstance(burst, Tick)
        taken += [Advert(*heard) for heard in burst]
        if len(taken) >= most:
            break
    return taken


@pytest.fixture
def bluez(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeBluez]:
    bus = PrivateBus(tmp_path)
    bus.start()
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
    bluez = FakeBluez(bus.address)
    bluez.connect()
    yield bluez
    bluez.close()
    bus.kill()


def without(kept: list[int], scenario: list[HeardAdvert]) -> list[HeardAdvert]:
    """What BlueZ has told: by place, as two adverts may be equal to the millisecond."""
    places = set(kept)
    return [advert for place, advert in enumerate(scenario) if place not in places]


@pytest.mark.parametrize("scan", ["active", "passive"])
def test_both_ways_give_the_same_sightings(
    scenario: list[HeardAdvert],
    bluez: FakeBluez,
    tmp_path: Path,
    scan: Literal["active", "passive"],
) -> None:
    adverts, kept = through_bluez(scenario, bluez, scan=scan)

    told = without(kept, scenario)
    by_feed = rows_of(through_feed(told, tmp_path / "feed.sock"))
    assert len({row.identity for row in by_feed}) >= 4
    assert rows_of(adverts) == by_feed
    assert len(kept) + len(adverts) == len(scenario)


def test_both_ways_hear_the_same_identities_whatever_bluez_keeps(
    scenario: list[HeardAdvert], bluez: FakeBluez, tmp_path: Path
) -> None:
    by_feed = rows_of(through_feed(scenario, tmp_path / "feed.sock"))

    adverts, kept = through_bluez(scenario, bluez, scan="passive")

    assert kept
    assert {row.identity for row in rows_of(adverts)} == {row.identity for row in by_feed}


def test_an_active_scan_keeps_only_tokens_whose_rssi_has_not_moved(
    scenario: list[HeardAdvert], bluez: FakeBluez
) -> None:
    _, kept = through_bluez(scenario, bluez, scan="active")

    last: dict[str, int] = {}
    expected = []
    for place, advert in enumerate(scenario):
        token = isinstance(decode_advert(bytes.fromhex(advert.ad_hex)), ServiceToken)
        if token and last.get(advert.address) == advert.rssi_dbm:
            expected.append(place)
        last[advert.address] = advert.rssi_dbm
    assert kept == expected
