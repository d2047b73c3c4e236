"""BlueZ: scanners that fail, fall silent or hang; adverts put together again."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pytest

from edge_agent.advert import Advert
from edge_agent.backoff import Backoff
from edge_agent.settings import SourceSettings
from edge_agent.sources import bluez
from edge_agent.sources.bluez import BluezSource, Callback
from edge_agent.sources.bluez_advert import advertising_data
from proximity_wire.frames import EddystoneEid, ServiceToken, decode_advert, encode_ibeacon
from proximity_wire.frames.ad_structures import MANUFACTURER, split
from proximity_wire.frames.ibeacon import IBeacon
from tests.edge_agent.builders import EID, NOON_MS, StandingClock

EDDYSTONE = "0000feaa-0000-1000-8000-00805f9b34fb"
EID_DATA = bytes.fromhex("30ee" + EID)


class FakeDevice(NamedTuple):
    address: str


class FakeAdvertisement(NamedTuple):
    manufacturer_data: Mapping[int, bytes] = {}
    service_data: Mapping[str, bytes] = {}
    service_uuids: Sequence[str] = ()
    rssi: int = -60


class FakeScanners:
    """Scanners by script: each entry says what one of them does when it is started."""

    def __init__(self, *script: str) -> None:
        self._script = list(script)
        self.modes: list[str] = []
        self.stopped = 0

    def __call__(self, callback: Callback, passive: bool) -> "FakeScanners":
        self.modes.append("passive" if passive else "active")
        self._callback = callback
        return self

    async def start(self) -> None:
        act = self._script.pop(0)
        if act == "fail":
            raise RuntimeError("org.bluez.Error.NotReady")
        if act == "hear":
            heard = FakeAdvertisement(service_data={EDDYSTONE: EID_DATA})
            self._callback(FakeDevice("C0:00:00:00:00:01"), heard)

    async def stop(self) -> None:
        self.stopped += 1
        raise EOFError("the bus has died")


def first_burst(scanners: FakeScanners, scan: str = "auto") -> tuple[BluezSource, list[Advert]]:
    async def read() -> tuple[BluezSource, list[Advert]]:
        source = BluezSource(
            SourceSettings(scan=scan, silent_after_s=0.02),  # type: ignore[arg-type]  # quick
            clock=StandingClock(),  # type: ignore[arg-type]  # a fake of the port
            make_scanner=scanners,
            retry=Backoff(first_s=0.001, most_s=0.001),
            rng=random.Random(1),
        )
        bursts = source.bursts()
        burst = await anext(bursts)
        await bursts.aclose()  # type: ignore[attr-defined]  # it is a generator
        assert isinstance(burst, list)
        return source, burst

    return asyncio.run(asyncio.wait_for(read(), 10))


def test_an_advert_is_heard_as_the_bytes_it_was() -> None:
    _, (advert,) = first_burst(FakeScanners("hear"))

    assert (advert.heard_at_ms, advert.rssi_dbm) == (NOON_MS, -60)
    assert decode_advert(advert.ad) == EddystoneEid(EID, -18)


def test_active_scanning_is_used_where_passive_is_not_possible() -> None:
    scanners = FakeScanners("fail", "hear")

    source, _ = first_burst(scanners)

    assert scanners.modes == ["passive", "active"]
    assert source.dropped["scanner_not_started"] == 1


def test_passive_scanning_is_tried_again_when_active_fails_too() -> None:
    scanners = FakeScanners("fail", "fail", "hear")

    first_burst(scanners)

    assert scanners.modes == ["passive", "active", "passive"]


@pytest.mark.parametrize("scan", ["passive", "active"])
def test_a_chosen_mode_is_kept(scan: str) -> None:
    scanners = FakeScanners("fail", "fail", "hear")

    first_burst(scanners, scan)

    assert scanners.modes == [scan] * 3


def test_a_silent_scanner_is_made_anew_although_its_stop_fails() -> None:
    scanners = FakeScanners("stay silent", "hear")

    source, burst = first_burst(scanners)

    assert len(burst) == 1
    assert source.dropped["scanner_restarted"] == 1
    assert scanners.stopped == 2


def test_a_scanner_that_hangs_counts_as_not_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bluez, "_PATIENCE_S", 0.01)

    async def hang() -> None:
        await asyncio.Event().wait()

    fault = asyncio.run(bluez._outcome(hang()))

    assert isinstance(fault, TimeoutError)


def test_a_manufacturer_frame_survives_the_way_through_bluez() -> None:
    frame = IBeacon("e4b06ce6-0741-c7a8-7ce4-2c8218072e8c", 7, 712, -59)
    (data,) = (body for kind, body in split(encode_ibeacon(frame)) if kind == MANUFACTURER)

    ad = advertising_data(manufacturer_data={0x004C: data[2:]}, service_data={}, service_uuids=[])

    assert decode_advert(ad) == frame


def test_a_token_survives_the_way_through_bluez() -> None:
    token = ServiceToken(EID)

    ad = advertising_data(
        manufacturer_data={}, service_data={}, service_uuids=[EDDYSTONE, token.service_uuid]
    )

    assert decode_advert(ad) == token


def test_a_structure_that_cannot_fit_is_left_out() -> None:
    ad = advertising_data(
        manufacturer_data={1: bytes(300)}, service_data={EDDYSTONE: EID_DATA}, service_uuids=[]
    )

    assert decode_advert(ad) == EddystoneEid(EID, -18)
