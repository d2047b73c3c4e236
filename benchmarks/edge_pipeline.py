"""From bleak's callback to encoded batches, beside a gateway that forwards each advert.

    python -m benchmarks.edge_pipeline [--rounds 30] [--seed 1]

Ours, from what bleak hands over (BLEDevice and AdvertisementData): tell what was said just now from
what BlueZ remembers, refuse implausible RSSI, decode, window per identity, close windows, encode
batches. The adverts are 5,000 a second of event time from 20,000 distinct payloads; each is heard
three times, so windows gather something; each payload is a device of its own, a crowd that changes
all the time. And 2,000 devices that say the same again and again, as most of a shop does. Beside it
the part from the source's bursts on, as feed and recording enter. Theirs: take the advert apart,
ask TheengsDecoder, one JSON message for each advert.
"""

import argparse
import random
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, TypeVar, cast

from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from benchmarks.advert_mix import START_MS, as_adverts, distinct_payloads
from benchmarks.pacing import rates
from benchmarks.theengs import theengs_loop
from edge_agent.advert import Advert
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

T = TypeVar("T")
PER_S = 5_000
_HEARD = 3
_STEADY_DEVICES = 2_000
# Adverts that the source gathers before it hands them over: those of a tenth of a second.
_BURST = PER_S // 10
_PEER_SAMPLE = 500
_SHORT_UUID = "0000{}-0000-1000-8000-00805f9b34fb"


class Call(NamedTuple):
    """One call of bleak's."""

    at_ms: int
    device: BLEDevice
    heard: AdvertisementData


class EventTime:
    """The clock and the monotonic time of the source: where the adverts put them."""

    def __init__(self) -> None:
        self.at_ms = START_MS

    def now_ms(self) -> int:
        """UTC milliseconds."""
        return self.at_ms

    def monotonic_ns(self) -> int:
        """The same in nanoseconds."""
        return self.at_ms * 1_000_000


def heard_often(payloads: Sequence[bytes], *, times: int) -> list[bytes]:
    """Each second's payloads come `times` times in a row of seconds, as beacons repeat."""
    per_round = PER_S // times
    return [
        ad
        for start in range(0, len(payloads), per_round)
        for _ in range(times)
        for ad in payloads[start : start + per_round]
    ]


def as_bleak_calls(payloads: Sequence[bytes], *, seed: int) -> list[Call]:
    """What bleak would hand over; each payload is said by a device of its own."""
    rng = random.Random(seed)
    devices: dict[bytes, BLEDevice] = {}
    calls = []
    for number, ad in enumerate(payloads):
        if ad not in devices:
            devices[ad] = BLEDevice(rng.randbytes(6).hex(":").upper(), None, {})
        rssi_dbm = rng.randint(-100, -40)
        calls.append(
            Call(START_MS + number * 1000 // PER_S, devices[ad], _advertisement(ad, rssi_dbm))
        )
    return calls


def _advertisement(ad: bytes, rssi_dbm: int) -> AdvertisementData:
    manufacturer: dict[int, bytes] = {}
    service: dict[str, bytes] = {}
    for ad_type, data in split(ad):
        if ad_type == MANUFACTURER:
            manufacturer[int.from_bytes(data[:2], "little")] = data[2:]
        elif ad_type == SERVICE_DATA_16:
            service[_SHORT_UUID.format(data[1::-1].hex())] = data[2:]
    properties = {"RSSI": rssi_dbm, "UUIDs": list(service)}
    if manufacturer:
        properties["ManufacturerData"] = manufacturer
    if service:
        properties["ServiceData"] = service
    return AdvertisementData(
        None, manufacturer, service, list(service), None, rssi_dbm, ("", properties)
    )


class Pipeline:
    """Source, hearing and batching as the agent drives them, without disk and broker."""

    def __init__(self) -> None:
        self.rows = self.batches = 0
        self.hearing = Hearing(WindowTable(window_ms=1000, forget_ms=10_000, most=20_000))
        self._time = EventTime()
        self._later_ms = 0
        self._source = BluezSource(
            SourceSettings(),
            clock=cast(GatewayClock, self._time),
            rng=random.Random(1),
            monotonic_ns=self._time.monotonic_ns,
        )

    def take_calls(self, calls: Sequence[Call]) -> None:
        """Take what bleak hands over; each round comes after the one before it."""
        time, (callback,) = self._time, self._source.callbacks
        if calls[0].at_ms + self._later_ms < time.at_ms:
            self._later_ms += 60_000
        later_ms = self._later_ms
        for start in range(0, len(calls), _BURST):
            for at_ms, device, heard in calls[start : start + _BURST]:
                time.at_ms = at_ms + later_ms
                callback(device, heard)
            self.take_burst(self._source.gathered())

    def take_adverts(self, adverts: Sequence[Advert]) -> None:
        """Take bursts as any source makes them."""
        if adverts[0].heard_at_ms <= START_MS:
            # Another round over the same times: what was known would seem to come back.
            self.hearing.start_again()
        for start in range(0, len(adverts), _BURST):
            self.take_burst(adverts[start : start + _BURST])

    def take_burst(self, burst: Sequence[Advert]) -> None:
        """What the agent does; windows are looked at a few times a second."""
        rows = self.hearing.hear(burst)
        rows += self.hearing.advance(burst[-1].heard_at_ms)
        if rows:
            self.rows += len(rows)
            self.batches += len(encode_rows(rows))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=30)
    chosen = parser.parse_args()
    distinct = distinct_payloads(seed=chosen.seed)
    crowd = as_bleak_calls(heard_often(distinct, times=_HEARD), seed=chosen.seed)
    steady = as_bleak_calls(distinct[:_STEADY_DEVICES] * 10, seed=chosen.seed)
    adverts = as_adverts(heard_often(distinct, times=_HEARD), seed=chosen.seed, per_s=PER_S)
    peer = rates({"loop": (theengs_loop, adverts[:_PEER_SAMPLE])}, rounds=3)["loop"]
    print(f"Theengs-like loop: {peer:,.0f} adverts/s")

    def told(name: str, take: Callable[[Pipeline, Sequence[T]], None], heard: Sequence[T]) -> None:
        pipeline = Pipeline()
        measured = rates({"": (partial(take, pipeline), heard)}, rounds=chosen.rounds)[""]
        print(
            f"{name}: {measured:,.0f} adverts/s (bar 300,000), {measured / peer:,.0f} x the loop "
            f"(bar 200); adverts {pipeline.hearing.adverts}, rows {pipeline.rows}"
        )

    # As the agent does; else the collector walks through all that the benchmark has prepared.
    calm_collector()
    calls = Pipeline.take_calls
    again = f"from bleak's callback, {_STEADY_DEVICES} devices again and again"
    told("from bleak's callback, a crowd of 20,000 devices, each 3 times", calls, crowd)
    told(again, calls, steady)
    told("from the source's bursts, the same crowd", Pipeline.take_adverts, adverts)


if __name__ == "__main__":
    main()
