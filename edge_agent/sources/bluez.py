"""The radio, through bleak and BlueZ, with a watchdog for a scanner that has gone silent.

Passive scanning asks nothing of the devices around and spares their batteries, but needs
BlueZ's advertisement monitors; "auto" tries it first and falls back to active scanning. Adapters
hang, D-Bus restarts, dongles are pulled: a scanner that cannot be started is tried again
with growing delays, and one that hears nothing for a while is thrown away and made anew. bleak is
imported when the first scanner is made, not before: commands that need no radio stay quick.
"""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from typing import Protocol

from edge_agent.advert import Advert, Burst
from edge_agent.backoff import Backoff
from edge_agent.clocks import GatewayClock
from edge_agent.settings import SourceSettings
from edge_agent.sources.bluez_advert import advertising_data
from proximity_wire.frames.service_token import PREFIX

logger = logging.getLogger(__name__)

# A scanner on a dead bus can hang in start or stop; it is left behind after this time.
_PATIENCE_S = 10.0
# Adverts that may wait for the decoder; more means that the machine cannot keep up.
_MOST_WAITING = 20_000


class Device(Protocol):
    """What we read of bleak's BLEDevice."""

    @property
    def address(self) -> str:
        """The address, as BlueZ writes it."""


class Advertisement(Protocol):
    """What we read of bleak's AdvertisementData."""

    @property
    def manufacturer_data(self) -> Mapping[int, bytes]:
        """By company."""

    @property
    def service_data(self) -> Mapping[str, bytes]:
        """By service UUID."""

    @property
    def service_uuids(self) -> Sequence[str]:
        """In full form."""

    @property
    def rssi(self) -> int:
        """In dBm."""


class Scanner(Protocol):
    """What we use of bleak's BleakScanner."""

    def start(self) -> Coroutine[None, None, None]:
        """Begin to scan."""

    def stop(self) -> Coroutine[None, None, None]:
        """End scanning."""


Callback = Callable[[Device, Advertisement], None]
ScannerFactory = Callable[[Callback, bool], Scanner]


def bleak_scanners(adapter: str) -> ScannerFactory:
    """Scanners of bleak on `adapter` (empty: the default one); (callback, passive) -> scanner."""

    def make(callback: Callback, passive: bool) -> Scanner:
        from bleak import BleakScanner  # noqa: PLC0415 (see the module's docstring)
        from bleak.args.bluez import BlueZScannerArgs  # noqa: PLC0415
        from bleak.assigned_numbers import AdvertisementDataType  # noqa: PLC0415

        bluez = BlueZScannerArgs(adapter=adapter) if adapter else BlueZScannerArgs()
        if passive:
            bluez["or_patterns"] = [
                (start, AdvertisementDataType(ad_type), content)
                for start, ad_type, content in _PATTERNS
            ]
        return BleakScanner(callback, scanning_mode="passive" if passive else "active", bluez=bluez)

    return make


# (offset, AD type, content): the frames of ours, as BlueZ's monitor has to match them.
_PATTERNS = (
    (0, 0xFF, b"\x4c\x00\x02\x15"),
    (2, 0xFF, b"\xbe\xac"),
    (0, 0x16, b"\xaa\xfe"),
    (8, 0x07, PREFIX[::-1]),
    (8, 0x06, PREFIX[::-1]),
)


class BluezSource:
    """Adverts from one Bluetooth adapter."""

    def __init__(
        self,
        settings: SourceSettings,
        *,
        clock: GatewayClock,
        make_scanner: ScannerFactory,
        retry: Backoff,
        rng: random.Random,
    ) -> None:
        """Prepare; the radio is not touched before `bursts` is read.

        Args:
            settings: scan mode and the time after which silence is suspicious.
            clock: stamps adverts when they arrive.
            make_scanner: `bleak_scanners(adapter)`, or a test's own.
            retry: delays between attempts to start a scanner.
            rng: draws their jitter.
        """
        self._silent_after_s = settings.silent_after_s
        self._passive = settings.scan != "active"
        self._may_fall_back = settings.scan == "auto"
        self._clock = clock
        self._make_scanner = make_scanner
        self._retry = retry
        self._rng = rng
        self._waiting: list[Advert] = []
        self._heard = asyncio.Event()
        self.dropped: Counter[str] = Counter()

    async def bursts(self) -> AsyncIterator[Burst]:
        """What arrived since the last burst; never ends."""
        failures = 0
        while True:
            scanner = await self._started()
            if scanner is None:
                failures += 1
                await asyncio.sleep(self._retry.delay_s(failures, self._rng))
                continue
            failures = 0
            try:
                while await self._hears():
                    self._heard.clear()
                    burst, self._waiting = self._waiting, []
                    yield burst
            finally:
                await _outcome(scanner.stop())
            self.dropped["scanner_restarted"] += 1
            logger.warning(
                "radio is silent, scanner restarted: silent_s=%.0f", self._silent_after_s
            )

    async def _started(self) -> Scanner | None:
        """A scanner that scans, or None; the reason is logged."""
        try:
            scanner = self._make_scanner(self._take, self._passive)
        except ImportError as error:
            logger.error("radio cannot be used, install the extra 'edge': error=%s", error)
            return None
        fault = await _outcome(scanner.start())
        if fault is None:
            logger.info("scanning: mode=%s", "passive" if self._passive else "active")
            return scanner
        await _outcome(scanner.stop())
        self.dropped["scanner_not_started"] += 1
        logger.warning(
            "radio cannot be started, trying again: mode=%s error=%s",
            "passive" if self._passive else "active",
            fault,
        )
        if self._may_fall_back:
            # Both in turn: it may have been BlueZ that was not there yet, not its monitors.
            self._passive = not self._passive
        return None

    async def _hears(self) -> bool:
        try:
            await asyncio.wait_for(self._heard.wait(), self._silent_after_s)
        except TimeoutError:
            return False
        return True

    def _take(self, device: Device, heard: Advertisement) -> None:
        """Called by bleak for each advert."""
        now_ms = self._clock.now_ms()
        if now_ms is None:
            self.dropped["clock_unset"] += 1
            return
        if len(self._waiting) >= _MOST_WAITING:
            self.dropped["too_many_adverts"] += 1
            return
        ad = advertising_data(
            manufacturer_data=heard.manufacturer_data,
            service_data=heard.service_data,
            service_uuids=heard.service_uuids,
        )
        self._waiting.append(Advert(now_ms, device.address, ad, heard.rssi))
        self._heard.set()


async def _outcome(action: Coroutine[None, None, None]) -> BaseException | None:
    """What `action` failed with, whatever it was; None when it succeeded.

    bleak lets errors of D-Bus, of the socket below and of its own state through, and on a dead
    bus it may wait for ever.
    """
    task = asyncio.ensure_future(action)
    done, _ = await asyncio.wait({task}, timeout=_PATIENCE_S)
    if not done:
        task.cancel()
        return TimeoutError(f"no answer from BlueZ within {_PATIENCE_S:g} s")
    return asyncio.CancelledError() if task.cancelled() else task.exception()
