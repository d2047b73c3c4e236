"""BLE through scanners and a watch by script: what is heard, in which mode, what is done."""

import asyncio
import random
from collections.abc import Callable

import pytest
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from edge_agent.advert import Advert, Tick
from edge_agent.backoff import Backoff
from edge_agent.settings import SourceSettings
from edge_agent.sources import bluez_radio
from edge_agent.sources.bluez import BluezSource, Callback, adapters_of
from edge_agent.sources.bluez_radio import Mode, outcome
from edge_agent.sources.bluez_watch import BluezFault, Trouble
from proximity_wire.frames import EddystoneEid, decode_advert
from tests.edge_agent.builders import EID, NOON_MS, StandingClock

EDDYSTONE = "0000feaa-0000-1000-8000-00805f9b34fb"
EID_DATA = bytes.fromhex("30ee" + EID)
AD = bytes.fromhex("0d16aafe30ee" + EID)


def say(callback: Callback, address: str = "C0:00:00:00:00:01") -> AdvertisementData:
    """Let bleak's own objects be heard; the advertisement as bleak keeps it afterwards."""
    said: dict[str, object] = {"ServiceData": {EDDYSTONE: EID_DATA}, "UUIDs": []}
    heard = AdvertisementData(
        None, {}, {EDDYSTONE: EID_DATA}, [], None, -60, platform_data=("", said)
    )
    callback(BLEDevice(address, None, {"props": said}), heard)
    return heard


class FakeWatch:
    """BlueZ by script: each entry of `opens` says what one `open` finds."""

    def __init__(self, *opens: str, monitors: bool = True) -> None:
        self._opens = list(opens)
        self.adapter = "hci0"
        self.offers_monitors = monitors
        self.powered = True
        self.resets = 0
        self.tell: Trouble | None = None

    async def open(self) -> None:
        found = self._opens.pop(0) if self._opens else "there"
        self.powered = found != "off"
        if found == "away":
            raise BluezFault("no adapter")

    async def trouble(self) -> Trouble:
        if self.tell is None:
            await asyncio.Event().wait()
        told, self.tell = self.tell, None
        assert told is not None
        return told

    async def reset(self) -> None:
        self.resets += 1

    def close(self) -> None:
        pass


class FakeScanners:
    """Scanners by script: each entry says what one of them does when it is started."""

    def __init__(self, *script: str) -> None:
        self._script = list(script)
        self.modes: list[str] = []
        self.stopped = 0

    def __call__(self, callback: Callback, adapter: str, mode: Mode) -> "FakeScanners":
        self.modes.append(mode)
        self._callback = callback
        return self

    async def start(self) -> None:
        act = self._script.pop(0)
        if act == "fail":
            raise RuntimeError("org.bluez.Error.NotReady")
        if act == "hear":
            say(self._callback)

    async def stop(self) -> None:
        self.stopped += 1
        raise EOFError("the bus has died")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bluez_radio, "_LOOK_EVERY_S", 0.005)


def first_burst(
    scanners: FakeScanners, watch: FakeWatch | None = None, *, scan: str = "auto"
) -> tuple[BluezSource, list[Advert]]:
    fixed = watch or FakeWatch()
    by_adapter: Callable[[str], FakeWatch] = lambda _: fixed  # noqa: E731 (typed)

    async def read() -> tuple[BluezSource, list[Advert]]:
        source = BluezSource(
            SourceSettings(scan=scan, silent_after_s=0.02),  # type: ignore[arg-type]  # quick
            clock=StandingClock(),  # type: ignore[arg-type]  # a fake of the port
            rng=random.Random(1),
            make_scanner=scanners,
            watch=by_adapter,
            retry=Backoff(first_s=0.001, most_s=0.001),
            monotonic_ns=lambda: 0,
        )
        bursts = source.bursts()
        burst = await anext(bursts)
        await bursts.aclose()  # type: ignore[attr-defined]  # it is a generator
        assert not isinstance(burst, Tick)
        return source, [Advert(*heard) for heard in burst]

    return asyncio.run(asyncio.wait_for(read(), 10))


def test_an_advert_is_heard_as_the_bytes_it_was() -> None:
    _, (advert,) = first_burst(FakeScanners("hear"))

    assert (advert.heard_at_ms, advert.rssi_dbm) == (NOON_MS, -60)
    assert decode_advert(advert.ad) == EddystoneEid(EID, -18)


def test_of_many_devices_bleak_keeps_no_copies_and_all_are_heard() -> None:
    source = BluezSource(SourceSettings(), clock=StandingClock(), rng=random.Random(1))  # type: ignore[arg-type]  # a fake of the port

    kept = [say(source.callbacks[0], f"{number}") for number in range(2_500)]

    assert kept[0].platform_data[1]["ServiceData"] == {EDDYSTONE: EID_DATA}
    assert (kept[-1].platform_data[1], kept[-1].service_data) == ({}, {})
    assert {ad for _, _, ad, _ in source.gathered()} == {AD}


@pytest.mark.parametrize(("monitors", "mode"), [(True, "passive"), (False, "active")])
def test_passive_scanning_is_used_where_bluez_offers_monitors(monitors: bool, mode: str) -> None:
    scanners = FakeScanners("hear")

    source, _ = first_burst(scanners, FakeWatch(monitors=monitors))

    assert scanners.modes == [mode]
    assert source.radio == (mode, 0, 0)


def test_active_and_passive_are_tried_in_turn_when_neither_begins() -> None:
    scanners = FakeScanners("fail", "fail", "hear")

    source, _ = first_burst(scanners)

    assert scanners.modes == ["passive", "active", "passive"]
    assert source.dropped["scanner_not_started"] == 2


@pytest.mark.parametrize("scan", ["passive", "active"])
def test_a_chosen_mode_is_kept(scan: str) -> None:
    scanners = FakeScanners("fail", "fail", "hear")

    first_burst(scanners, scan=scan)

    assert scanners.modes == [scan] * 3


def test_a_silent_scanner_is_made_anew_although_its_stop_fails() -> None:
    scanners = FakeScanners("stay silent", "hear")

    source, _ = first_burst(scanners)

    assert (source.radio.scanner_restarts, source.radio.adapter_resets) == (1, 0)
    assert source.dropped["radio_silent"] == 1
    assert scanners.stopped == 2


def test_a_scanner_that_stays_silent_when_made_anew_has_its_adapter_reset() -> None:
    watch = FakeWatch()

    source, _ = first_burst(FakeScanners("stay silent", "stay silent", "hear"), watch)

    assert (source.radio.scanner_restarts, source.radio.adapter_resets, watch.resets) == (2, 1, 1)


@pytest.mark.parametrize("trouble", ["dbus_lost", "bluez_gone", "adapter_gone", "adapter_off"])
def test_trouble_of_bluez_makes_the_scanner_anew_at_once(trouble: Trouble) -> None:
    watch = FakeWatch()
    watch.tell = trouble

    source, _ = first_burst(FakeScanners("stay silent", "hear"), watch)

    assert source.dropped[trouble] == source.radio.scanner_restarts == 1


def test_an_adapter_that_is_off_is_powered_by_a_reset() -> None:
    watch = FakeWatch("off", "off")

    first_burst(FakeScanners("hear"), watch)

    assert watch.resets == 1


def test_an_adapter_that_is_not_there_is_waited_for_and_never_reset() -> None:
    watch = FakeWatch("away", "away", "away")

    source, _ = first_burst(FakeScanners("hear"), watch)

    assert (watch.resets, source.dropped["scanner_not_started"]) == (0, 3)


def test_a_scanner_that_hangs_counts_as_not_started() -> None:
    async def hang() -> None:
        await asyncio.Event().wait()

    fault = asyncio.run(outcome(hang(), within_s=0.01))

    assert isinstance(fault, TimeoutError)


@pytest.mark.parametrize(
    ("adapter", "names"),
    [("", [""]), ("hci1", ["hci1"]), ("hci0, hci1,hci0", ["hci0", "hci1"])],
)
def test_several_adapters_are_named_with_commas(adapter: str, names: list[str]) -> None:
    assert adapters_of(SourceSettings(adapter=adapter)) == names
