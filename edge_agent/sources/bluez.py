"""The radio, through bleak and BlueZ: adverts of one or more adapters.

Passive scanning asks nothing of the devices around and spares their batteries, but needs
BlueZ's advertisement monitors; "auto" takes it where they are offered. Each adapter has a
keeper (`bluez_radio`) that makes its scanner anew when the bus, bluetoothd or the adapter goes, or
when it is silent. bleak is imported when the first scanner is made, not before: commands that
need no radio stay quick.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Any, Protocol

from edge_agent.advert import Burst, Heard
from edge_agent.backoff import Backoff
from edge_agent.clocks import GatewayClock
from edge_agent.settings import SourceSettings
from edge_agent.sources import RadioStatus, ScannerState
from edge_agent.sources.bluez_advert import (
    Advertisement,
    AdvertMemory,
    Waiting,
    adverts_of,
    let_go,
)
from edge_agent.sources.bluez_radio import AdapterRadio, Mode, Scanner
from edge_agent.sources.bluez_watch import BluezWatch, RadioWatch
from proximity_wire.frames.service_token import PREFIX

# Adverts that may wait for the decoder; more means that the machine cannot keep up.
_MOST_WAITING = 20_000
# Waking for each advert would cost more than decoding it. So what devices say that were heard
# just now is gathered for longer than the first words of a device that is new or was silent.
_GATHER_S = 0.1
_GATHER_NEWS_S = 0.002
_NEWS_AFTER_NS = 2_000_000_000
# From so many devices on, memory is dearer than the time that it takes to free it.
_MANY_DEVICES = 2_000
# The longest pause, with its jitter, has to end within ten seconds of BlueZ being back.
RETRY = Backoff(first_s=0.5, most_s=4.0)
_WORST_FIRST: tuple[ScannerState, ...] = ("failed", "silent", "starting", "active", "passive")


class Device(Protocol):
    """What we read of bleak's BLEDevice."""

    address: str
    """As BlueZ writes it."""
    details: Any
    """What bleak needs to connect."""


Callback = Callable[[Device, Advertisement], None]
ScannerFactory = Callable[[Callback, str, Mode], Scanner]


def bleak_scanner(callback: Callback, adapter: str, mode: Mode) -> Scanner:
    """A scanner of bleak that is not started."""
    from bleak import BleakScanner  # noqa: PLC0415 (see the module's docstring)
    from bleak.args.bluez import BlueZScannerArgs  # noqa: PLC0415
    from bleak.assigned_numbers import AdvertisementDataType  # noqa: PLC0415

    bluez = BlueZScannerArgs(adapter=adapter)
    if mode == "passive":
        bluez["or_patterns"] = [
            (start, AdvertisementDataType(ad_type), content)
            for start, ad_type, content in _PATTERNS
        ]
    else:
        # Else BlueZ keeps to itself every advert that says what the one before it said.
        bluez["filters"] = {"DuplicateData": True}
    return BleakScanner(callback, scanning_mode=mode, bluez=bluez)


# (offset, AD type, content): the frames of ours, as BlueZ's monitor has to match them.
_PATTERNS = (
    (0, 0xFF, b"\x4c\x00\x02\x15"),
    (2, 0xFF, b"\xbe\xac"),
    (0, 0x16, b"\xaa\xfe"),
    (8, 0x07, PREFIX[::-1]),
    (8, 0x06, PREFIX[::-1]),
)


class BluezSource:
    """Adverts from the Bluetooth adapters that the settings name."""

    def __init__(
        self,
        settings: SourceSettings,
        *,
        clock: GatewayClock,
        rng: random.Random,
        make_scanner: ScannerFactory = bleak_scanner,
        watch: Callable[[str], RadioWatch] = BluezWatch,
        retry: Backoff = RETRY,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """Prepare; the radio is not touched before `bursts` is read.

        Args:
            settings: adapters, scan mode and the longest silence.
            clock: stamps adverts when they arrive.
            rng: draws the jitter of pauses.
            make_scanner: (callback, adapter, mode) -> scanner; a test's own.
            watch: by adapter, the look at BlueZ beside the scanner's; a test's own.
            retry: pauses between attempts to begin.
            monotonic_ns: stamps adverts as they come; `clock` says what that is in UTC.
        """
        self._clock = clock
        self._monotonic_ns = monotonic_ns
        self._waiting: list[list[Waiting]] = []
        self._news = asyncio.Event()
        self.dropped: Counter[str] = Counter()
        self._make_scanner = make_scanner
        self.callbacks: list[Callback] = []
        """What bleak calls for each advert, by adapter."""
        self._radios = [
            self._radio(watch(name), settings, retry=retry, rng=rng)
            for name in adapters_of(settings)
        ]

    @property
    def radio(self) -> RadioStatus:
        """The worst state of any adapter, and the sums of what was done for them."""
        each = [one.status for one in self._radios]
        return RadioStatus(
            next(
                state for state in _WORST_FIRST if any(one.scanner_state == state for one in each)
            ),
            sum(one.scanner_restarts for one in each),
            sum(one.adapter_resets for one in each),
        )

    async def bursts(self) -> AsyncIterator[Burst]:
        """What arrived since the last burst; never ends."""
        keepers = [asyncio.create_task(one.run()) for one in self._radios]
        try:
            while True:
                await self._wait(keepers)
                burst = self.gathered()
                if burst:
                    yield burst
        finally:
            for keeper in keepers:
                keeper.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)

    def gathered(self) -> list[Heard]:
        """What waits on all adapters, with its time in UTC; it waits no more."""
        now_ms, now_ns = self._clock.now_ms(), self._monotonic_ns()
        burst: list[Heard] = []
        for radio, waiting in zip(self._radios, self._waiting, strict=True):
            radio.heard += len(waiting)
            if now_ms is None:
                self.dropped["clock_unset"] += len(waiting)
            else:
                burst += adverts_of(waiting, now_ms=now_ms, now_ns=now_ns)
            waiting.clear()
        return burst

    async def _wait(self, keepers: list[asyncio.Task[None]]) -> None:
        """Until enough is heard, or news; a keeper that has died takes us with it."""
        for keeper in keepers:
            if keeper.done():
                keeper.result()
        try:
            async with asyncio.timeout(_GATHER_S):
                await self._news.wait()
                await asyncio.sleep(_GATHER_NEWS_S)
        except TimeoutError:
            return
        finally:
            self._news.clear()

    def _radio(
        self, watch: RadioWatch, settings: SourceSettings, *, retry: Backoff, rng: random.Random
    ) -> AdapterRadio:
        waiting: list[Waiting] = []
        self._waiting.append(waiting)
        take = self._listener(waiting, AdvertMemory())
        self.callbacks.append(take)

        def make(adapter: str, mode: Mode) -> Scanner:
            return self._make_scanner(take, adapter, mode)

        return AdapterRadio(
            watch,
            make_scanner=make,
            scan=settings.scan,
            silent_after_s=settings.silent_after_s,
            retry=retry,
            rng=rng,
            dropped=self.dropped,
        )

    def _listener(self, waiting: list[Waiting], memory: AdvertMemory) -> Callback:
        """What bleak calls for each advert; on the hottest path of the agent."""
        append, tell_news, read_ns = waiting.append, self._news.set, self._monotonic_ns
        known, meet, dropped = memory.known, memory.meet, self.dropped
        find = known.get

        def take(device: Device, heard: Advertisement) -> None:
            at_ns, address = read_ns(), device.address
            speaker = find(address)
            if speaker is None:
                speaker = meet(address)
                # For connecting, which nobody does here; it holds all properties a second time.
                device.details = None
            if at_ns - speaker.heard_at_ns > _NEWS_AFTER_NS:
                tell_news()
            speaker.heard_at_ns = at_ns
            if len(waiting) >= _MOST_WAITING:
                dropped["too_many_adverts"] += 1
                return
            get = heard.platform_data[1].get
            said = get("ManufacturerData"), get("ServiceData"), get("UUIDs")
            append((at_ns, speaker, said, heard.rssi))
            if len(known) > _MANY_DEVICES:
                let_go(heard)

        return take


def adapters_of(settings: SourceSettings) -> list[str]:
    """The adapters' names; one empty name is the system's default."""
    names = [name.strip() for name in settings.adapter.split(",") if name.strip()]
    return list(dict.fromkeys(names)) or [""]
