"""The demo's shop with mishaps: simulated air, the agent's pipeline, the server's flows.

A whole day of adverts would take minutes; the watch sums up quarters of an hour, so the first
half minute of each is simulated. The air is that of the seed, the same in each of them.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec

from edge_agent.advert import Advert
from edge_agent.batching import encode_rows
from edge_agent.hearing import Hearing
from edge_agent.windows import WindowTable
from firmware_sim.cast import cast_shoppers, plain_profiles
from firmware_sim.events import HeardAdvert
from firmware_sim.mishap import Mishap
from firmware_sim.scenario import Scenario, load_scenario
from firmware_sim.world import World
from proximity_wire.messages import SightingBatch, SightingRow, decode, encode
from store_server.bootstrap.open_store import open_store
from store_server.cli.seed_command import load_files
from store_server.fleet.finding import Finding
from store_server.fleet.hearing import SLOT_MS
from store_server.flows.show_beacons import BeaconLine, show_beacons, show_findings
from store_server.flows.take_sightings import take_sightings
from store_server.flows.watch_fleet import watch_fleet
from store_server.settings import load_settings
from store_server.writer import Priority

ROOT = Path(__file__).resolve().parents[2]
TINY = load_scenario(ROOT / "configs/scenarios/tiny.toml")
SETTINGS = """
[store]
org = "acme"
store = "demo"
state_dir = "{state}"
[clock]
mode = "event"
start_at = "{start}"
"""
HEARD_S = 30


class WatchedShop:
    """One store and its gateways; `pass_quarters` lets time go on.

    `quarters` have gone by already in the state that the folder holds.
    """

    def __init__(self, folder: Path, *, quarters: int = 0) -> None:
        self._scenario = replace(TINY, start_at=TINY.start_at.replace(minute=0))
        config = folder / "store.toml"
        start = self._scenario.start_at.isoformat().replace("+00:00", "Z")
        config.write_text(SETTINGS.format(state=folder / "state", start=start))
        self._close = ExitStack()
        self._store = self._close.enter_context(open_store(load_settings(config, environ={})))
        if not quarters:
            load_files(self._store, [self._scenario.plan], [])
        floor, boot = self._scenario.floor, f"after {quarters}"
        self._gateways = {one.id: _Gateway(one.id, boot) for one in floor.gateways}
        self._mishaps: list[Mishap] = []
        self._quarter = quarters

    def close(self) -> None:
        self._close.close()

    def happen(self, *mishaps: Mishap) -> None:
        """From the next quarter of an hour on."""
        self._mishaps += mishaps

    def mend(self) -> None:
        self._mishaps.clear()

    def pass_quarters(self, number: int) -> None:
        """Quarters of an hour; the server looks after each."""
        for _ in range(number):
            world = _world(self._scenario, self._quarter, self._mishaps)
            for _ in range(HEARD_S):
                tick = world.step()
                for name, gateway in self._gateways.items():
                    gateway.hear(tick.heard[name], now_ms=tick.at_ms)
            for gateway in self._gateways.values():
                for batch in gateway.batches(world.now_ms):
                    self._take(batch)
            self._store.writer.submit(Priority.SIGHTINGS, watch_fleet).result()
            self._quarter += 1

    def findings(self) -> dict[tuple[str, str], Finding]:
        """What is not as planned, by kind and subject."""
        found = self._store.reader.read(show_findings)
        return {(one.kind, one.subject): one for one in found}

    def beacon(self, name: str) -> BeaconLine:
        return next(one for one in self._store.reader.read(show_beacons) if one.id == name)

    def _take(self, batch: SightingBatch) -> None:
        received_at_ms = batch.sent_at_ms
        taken = self._store.writer.submit(
            Priority.SIGHTINGS, take_sightings, batch=batch, received_at_ms=received_at_ms
        ).result()
        assert taken.quarantined is None


class _Gateway:
    """The agent's pure pipeline, and its numbering."""

    def __init__(self, name: str, boot: str) -> None:
        self._name = name
        self._hearing = Hearing(WindowTable(window_ms=1_000, forget_ms=10_000, most=1_000))
        self._rows: list[SightingRow] = []
        self._spool_id = hashlib.sha256(f"{name} {boot}".encode()).hexdigest()[:32]
        self._seq = 0

    def hear(self, adverts: Sequence[HeardAdvert], *, now_ms: int) -> None:
        heard = [
            Advert(one.heard_at_ms, one.address, bytes.fromhex(one.ad_hex), one.rssi_dbm)
            for one in adverts
        ]
        self._rows += self._hearing.hear(heard) + self._hearing.advance(now_ms)

    def batches(self, sent_at_ms: int) -> Iterator[SightingBatch]:
        """What was heard since the last time, as it comes over the wire."""
        rows = self._rows + self._hearing.flush()
        self._rows = []
        for encoded in encode_rows(rows):
            self._seq += 1
            batch = SightingBatch(
                org="acme",
                store="demo",
                gateway=self._name,
                spool_id=self._spool_id,
                seq=self._seq,
                boot_id="b" * 32,
                sent_at_ms=sent_at_ms,
                clock="event",
                rows=msgspec.json.decode(encoded, type=list[SightingRow]),
            )
            yield decode(encode(batch), SightingBatch)


def _world(scenario: Scenario, quarter: int, mishaps: Sequence[Mishap]) -> World:
    """The shop at the beginning of a quarter of an hour, in which these have happened."""
    start_at = scenario.start_at + timedelta(milliseconds=quarter * SLOT_MS)
    profiles = plain_profiles(scenario.people.shoppers)
    shoppers = cast_shoppers(scenario.people, profiles=profiles, seed=scenario.seed)
    happened = tuple(replace(one, at_s=0.0) for one in mishaps)
    return World(replace(scenario, start_at=start_at, mishaps=happened), shoppers)
