"""From bleak's callback to encoded batches, beside a gateway that forwards each advert.

    python -m benchmarks.edge_pipeline [--rounds 10] [--seed 1] [--adverts FILE]

Ours, from what bleak hands over (BLEDevice and AdvertisementData): tell what was said just now from
what BlueZ remembers, refuse implausible RSSI, decode, window per identity, close windows, encode
batches. The adverts are 5,000 a second of event time, of the kinds and shares of a recorded mix:
said again and again by 400 devices, as that recording has it (`--adverts` reads such a file); by
2,000; and by a crowd that changes all the time: 20,000 devices, each heard three times in three
seconds, so that each of its identities is a first sighting and no window gathers anything.
bleak's objects are made just before they are handed over, as bleak makes them, and not counted.
Beside it the part from the source's bursts on, as feed and recording enter. Theirs: take the
advert apart, ask TheengsDecoder, one JSON message for each advert.
"""

import argparse
import operator
import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, cast

from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from benchmarks.advert_mix import START_MS, as_adverts, distinct_payloads, read_payloads
from benchmarks.pacing import rates
from benchmarks.theengs import theengs_loop
from edge_agent.advert import Heard
from edge_agent.batching import encode_rows
from edge_agent.clocks import GatewayClock
from edge_agent.hearing import Hearing
from edge_agent.settings import SourceSettings
from edge_agent.sources.bluez import BluezSource
from edge_agent.sources.burst_loop import calm_collector
from edge_agent.windows import WindowTable
from proximity_wire.frames.ad_structures import (
    MANUFACTURER,
    SERVICE_DATA_16,
    split,
)

PER_S = 5_000
BAR_PER_S, BAR_TIMES = 300_000, 200
_ADVERTS = 20_000
_HEARD = 3
# Adverts that the source gathers before it hands them over: those of a tenth of a second.
_BURST = PER_S // 10
_PEER_SAMPLE = 500
_SHORT_UUID = "0000{}-0000-1000-8000-00805f9b34fb"


class Said(NamedTuple):
    """One advert before bleak: what D-Bus brings of it; times count from the round's beginning."""

    after_ms: int
    device: BLEDevice
    properties: dict[str, object]
    rssi_dbm: int


class EventTime:
    """The clock and the monotonic time of the source: where the adverts put them."""

    def __init__(self) -> None:
        self._at_ns = [START_MS * 1_000_000]
        # As quick as the clock of the system, which is not written in Python either.
        self.monotonic_ns = cast(Callable[[], int], partial(operator.getitem, self._at_ns, 0))

    def put(self, at_ms: int) -> None:
        """It is `at_ms` now."""
        self._at_ns[0] = at_ms * 1_000_000

    def now_ms(self) -> int:
        """UTC milliseconds."""
        return self._at_ns[0] // 1_000_000


def heard_often(payloads: Sequence[bytes], *, times: int) -> list[bytes]:
    """Each second's payloads come `times` times in a row of seconds, as beacons repeat."""
    per_round = PER_S // times
    return [
        ad
        for start in range(0, len(payloads), per_round)
        for _ in range(times)
        for ad in payloads[start : start + per_round]
    ]


def as_said(payloads: Sequence[bytes], *, seed: int) -> list[Said]:
    """What D-Bus brings; each payload is said by a device of its own."""
    rng = random.Random(seed)
    devices: dict[bytes, tuple[BLEDevice, dict[str, object]]] = {}
    said = []
    for number, ad in enumerate(payloads):
        if ad not in devices:
            device = BLEDevice(rng.randbytes(6).hex(":").upper(), None, {})
            devices[ad] = device, _properties(ad)
        said.append(Said(number * 1000 // PER_S, *devices[ad], rng.randint(-100, -40)))
    return said


def _properties(ad: bytes) -> dict[str, object]:
    """By bleak's name, what BlueZ makes of an advert; UUIDs are told once in a device's life."""
    manufacturer: dict[int, bytes] = {}
    service: dict[str, bytes] = {}
    for ad_type, data in split(ad):
        if ad_type == MANUFACTURER:
            manufacturer[int.from_bytes(data[:2], "little")] = data[2:]
        elif ad_type == SERVICE_DATA_16:
            service[_SHORT_UUID.format(data[1::-1].hex())] = data[2:]
    told = {"ManufacturerData": manufacturer, "ServiceData": service}
    return {"UUIDs": list(service)} | {name: data for name, data in told.items() if data}


def as_bleak_makes(said: Said) -> AdvertisementData:
    """A new object for each advert, whose data are new objects, and all else is as it was."""
    properties = dict(said.properties)
    for name in ("ManufacturerData", "ServiceData"):
        if name in properties:
            data = cast(dict[object, bytes], properties[name])
            properties[name] = {key: bytes(bytearray(value)) for key, value in data.items()}
    properties["RSSI"] = said.rssi_dbm
    return AdvertisementData(None, {}, {}, [], None, said.rssi_dbm, ("", properties))


class Pipeline:
    """Source, hearing and batching as the agent drives them, without disk and broker."""

    def __init__(self) -> None:
        self.rows = self.batches = 0
        self.hearing = Hearing(WindowTable(window_ms=1000, forget_ms=10_000, most=20_000))
        self._time = EventTime()
        self._source = BluezSource(
            SourceSettings(),
            clock=cast(GatewayClock, self._time),
            rng=random.Random(1),
            monotonic_ns=self._time.monotonic_ns,
        )

    def take_calls(
        self, calls: Sequence[tuple[BLEDevice, AdvertisementData]], times_ms: Sequence[int]
    ) -> None:
        """Take what bleak hands over within a tenth of a second."""
        put, (callback,) = self._time.put, self._source.callbacks
        for (device, heard), at_ms in zip(calls, times_ms, strict=True):
            put(at_ms)
            callback(device, heard)
        self.take_burst(self._source.gathered())

    def take_burst(self, burst: Sequence[Heard]) -> None:
        """What the agent does; windows are looked at a few times a second."""
        rows = self.hearing.hear(burst)
        rows += self.hearing.advance(burst[-1][0])
        if rows:
            self.rows += len(rows)
            self.batches += len(encode_rows(rows))


def rate_of_calls(pipeline: Pipeline, said: Sequence[Said], *, rounds: int) -> float:
    """Adverts a second from bleak's callback on; of each burst the quickest round counts.

    The rounds lie a minute apart in event time, so each begins with first sightings.
    """
    best_s = [float("inf")] * (len(said) // _BURST)
    for number in range(rounds):
        began_ms = START_MS + 60_000 * number
        for place in range(len(best_s)):
            burst = said[place * _BURST : (place + 1) * _BURST]
            calls = [(one.device, as_bleak_makes(one)) for one in burst]
            times_ms = [began_ms + one.after_ms for one in burst]
            before_s = time.thread_time()
            pipeline.take_calls(calls, times_ms)
            best_s[place] = min(best_s[place], time.thread_time() - before_s)
    return len(best_s) * _BURST / sum(best_s)


def rate_of_bursts(pipeline: Pipeline, adverts: Sequence[Heard], *, rounds: int) -> float:
    """The same from the bursts of any source on."""

    def take(some: Sequence[Heard]) -> None:
        if some[0][0] <= START_MS:
            # Another round over the same times: what was known would seem to come back.
            pipeline.hearing.start_again()
        for start in range(0, len(some), _BURST):
            pipeline.take_burst(some[start : start + _BURST])

    return rates({"": (take, adverts)}, rounds=rounds)[""]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--adverts", type=Path, help="JSON list of [kind, address, AD hex, RSSI]")
    asked = parser.parse_args()
    distinct = distinct_payloads(seed=asked.seed)
    loads = {
        f"{many:,} devices again and again": (distinct[:many] * (_ADVERTS // many))
        for many in (400, 2_000)
    }
    loads[f"a crowd of 20,000 devices, each {_HEARD} times"] = heard_often(distinct, times=_HEARD)
    if asked.adverts:
        loads = {str(asked.adverts): read_payloads(asked.adverts)}
    sample = as_adverts(distinct[:_PEER_SAMPLE], seed=asked.seed, per_s=PER_S)
    peer = rates({"loop": (theengs_loop, sample)}, rounds=3)["loop"]
    print(f"Theengs-like loop: {peer:,.0f} adverts/s")

    def told(name: str, measured: float, pipeline: Pipeline) -> None:
        met = measured >= BAR_PER_S and measured >= BAR_TIMES * peer
        print(
            f"{name}: {measured:,.0f} adverts/s (bar {BAR_PER_S:,}), {measured / peer:,.0f} x "
            f"the loop (bar {BAR_TIMES}): {'met' if met else 'MISSED'}; "
            f"adverts {pipeline.hearing.adverts}, rows {pipeline.rows}"
        )

    # As the agent does; else the collector walks through all that the benchmark has prepared.
    calm_collector()
    for name, payloads in loads.items():
        pipeline = Pipeline()
        said = as_said(payloads, seed=asked.seed)
        told(
            f"from bleak's callback, {name}",
            rate_of_calls(pipeline, said, rounds=asked.rounds),
            pipeline,
        )
    pipeline = Pipeline()
    crowd: list[Heard] = [
        (one.heard_at_ms, one.address, one.ad, one.rssi_dbm)
        for one in as_adverts(heard_often(distinct, times=_HEARD), seed=asked.seed, per_s=PER_S)
    ]
    told(
        "from a source's bursts, the same crowd",
        rate_of_bursts(pipeline, crowd, rounds=asked.rounds),
        pipeline,
    )


if __name__ == "__main__":
    main()
