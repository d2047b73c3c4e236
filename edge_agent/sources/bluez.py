"""The radio, through bleak and BlueZ: adverts of one or more adapters.

Passive scanning asks nothing of the devices around and spares their batteries, but needs
BlueZ's advertisement monitors; "auto" takes it where they are offered. Each adapter has a
keeper (`bluez_radio`) that makes its scanner anew when the bus, bluetoothd or the adapter goes, or
when it is silent. bleak is imported when the first scanner is made, not before: commands that
need no radio stay quick.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Protocol

from edge_agent.advert import Advert, Burst
from edge_agent.backoff import Backoff
from edge_agent.clocks import GatewayClock
from edge_agent.settings import SourceSettings
from edge_agent.sources import RadioStatus, ScannerState
from edge_agent.sources.bluez_advert import AdvertMemory, Said
from edge_agent.sources.bluez_radio import AdapterRadio, Mode, Scanner
from edge_agent.sources.bluez_watch import BluezWatch, RadioWatch
from proximity_wire.frames.service_token import PREFIX

# Adverts that may wait for the decoder; more means that the machine cannot keep up.
_MOST_WAITING = 20_000
# Adverts are gathered for so long: waking for each one would cost more than decoding it.
_GATHER_S = 0.02
# The longest pause, with its jitter, has to end within ten seconds of BlueZ being back.
RETRY = Backoff(first_s=0.5, most_s=4.0)
_WORST_FIRST: tuple[ScannerState, ...] = ("failed", "silent", "starting", "active", "passive")


class Device(Protocol):
    """What we read of bleak's BLEDevice."""

    @property
    def address(self) -> str:
        """The address, as BlueZ writes it."""


class Advertisement(Protocol):
    """What we read of bleak's AdvertisementData."""

    @property
    def platform_data(self) -> tuple[object, ...]:
        """On BlueZ: the device's path, and its properties as bleak holds them."""

    @property
    def rssi(self) -> int:
        """In dBm."""


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
    ) -> None:
        """Prepare; the radio is not touched before `bursts` is read.

        Args:
            settings: adapters, scan mode and the longest silence.
            clock: stamps adverts when they arrive.
            rng: draws the jitter of pauses.
            make_scanner: (callback, adapter, mode) -> scanner; a test's own.
            watch: by adapter, the look at BlueZ beside the scanner's; a test's own.
            retry: pauses between attempts to begin.
        """
        self._clock = clock
        self._waiting: list[Advert] = []
        self._heard = asyncio.Event()
        self.dropped: Counter[str] = Counter()
        self._make_scanner = make_scanner
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
                await asyncio.sleep(_GATHER_S)
                self._heard.clear()
                burst, self._waiting = self._waiting, []
                if burst:
                    yield burst
        finally:
            for keeper in keepers:
                keeper.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)

    async def _wait(self, keepers: list[asyncio.Task[None]]) -> None:
        """Until something is heard; a keeper that has died takes us with it."""
        for keeper in keepers:
            if keeper.done():
                keeper.result()
        await self._heard.wait()

    def _radio(
        self, watch: RadioWatch, settings: SourceSettings, *, retry: Backoff, rng: random.Random
    ) -> AdapterRadio:
        memory = AdvertMemory()

        def make(adapter: str, mode: Mode) -> Scanner:
            return self._make_scanner(self._listener(radio, memory), adapter, mode)

        radio = AdapterRadio(
            watch,
            make_scanner=make,
            scan=settings.scan,
            silent_after_s=settings.silent_after_s,
            retry=retry,
            rng=rng,
            dropped=self.dropped,
        )
        return radio

    def _listener(self, radio: AdapterRadio, memory: AdvertMemory) -> Callback:
        """What bleak calls for each advert; on the hottest path of the agent."""
        now_ms, remembered, dropped = self._clock.now_ms, memory.advertising_data, self.dropped
        ring = self._heard

        def take(device: Device, heard: Advertisement) -> None:
            radio.heard += 1
            at_ms = now_ms()
            if at_ms is None:
                dropped["clock_unset"] += 1
                return
            if len(self._waiting) >= _MOST_WAITING:
                dropped["too_many_adverts"] += 1
                return
            properties = heard.platform_data[1].get  # type: ignore[attr-defined]  # a dict
            said = Said(
                properties("ManufacturerData"), properties("ServiceData"), properties("UUIDs")
            )
            address = device.address
            self._waiting.append(Advert(at_ms, address, remembered(address, said), heard.rssi))
            if not ring.is_set():
                ring.set()

        return take


def adapters_of(settings: SourceSettings) -> list[str]:
    """The adapters' names; one empty name is the system's default."""
    names = [name.strip() for name in settings.adapter.split(",") if name.strip()]
    return list(dict.fromkeys(names)) or [""]
