"""The keeper of one adapter's scanner: keeps it scanning, whatever dies below it.

    starting --begun--> passive | active --trouble or silence--> starting
        ^                     silence: scanner made anew (silent), then the adapter reset
        '--cannot begin: again with growing pauses; every second time the adapter is reset

Trouble is told by the watch: the bus, bluetoothd or the adapter has gone. Silence is judged by
`silence`. Whatever `stop` of a scanner raises, the scanner counts as stopped.
"""

import asyncio
import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Literal, Protocol

from edge_agent.backoff import Backoff
from edge_agent.sources import RadioStatus, ScannerState
from edge_agent.sources.bluez_watch import BluezFault, RadioWatch
from edge_agent.sources.silence import SilenceWatch, Step

logger = logging.getLogger(__name__)

# A scanner on a dead bus can hang in start or stop; it is left behind after these times. All
# that lies between a fault and the next scan has to fit into ten seconds.
STOP_PATIENCE_S = 1.5
START_PATIENCE_S = 4.0
_LOOK_EVERY_S = 0.5
_RESET_EVERY_FAILURES = 2

Mode = Literal["passive", "active"]


class Scanner(Protocol):
    """What we use of bleak's BleakScanner."""

    def start(self) -> Coroutine[None, None, None]:
        """Begin to scan."""

    def stop(self) -> Coroutine[None, None, None]:
        """End scanning."""


StartsScanner = Callable[[str, Mode], Scanner]


class AdapterRadio:
    """One adapter; `run` it as a task, and add to `heard` with each advert."""

    def __init__(
        self,
        watch: RadioWatch,
        *,
        make_scanner: StartsScanner,
        scan: Literal["auto", "passive", "active"],
        silent_after_s: float,
        retry: Backoff,
        rng: random.Random,
        dropped: Counter[str],
    ) -> None:
        """Prepare; nothing is touched before `run`.

        Args:
            watch: BlueZ, and the adapter.
            make_scanner: (adapter, mode) -> a scanner that is not started.
            scan: "auto" is passive where BlueZ offers monitors, else active.
            silent_after_s: longest silence that is borne.
            retry: pauses between attempts to begin.
            rng: draws their jitter.
            dropped: reasons are counted here.
        """
        self._watch = watch
        self._make_scanner = make_scanner
        self._scan = scan
        self._passive_fails = False
        self._silence = SilenceWatch(silent_after_s=silent_after_s, now_s=time.monotonic())
        self._retry = retry
        self._rng = rng
        self._dropped = dropped
        self._restarts = self._resets = 0
        self._state: ScannerState = "starting"
        self._mode: Mode = "passive"
        self._found = False
        self.heard = 0

    @property
    def status(self) -> RadioStatus:
        """How the radio is."""
        return RadioStatus(self._state, self._restarts, self._resets)

    async def run(self) -> None:
        """Keep scanning; never ends."""
        failures = 0
        try:
            while True:
                scanner = await self._begin()
                if scanner is None:
                    failures += 1
                    self._state = "failed"
                    if self._found and failures % _RESET_EVERY_FAILURES == 0:
                        await self._reset()
                    await asyncio.sleep(self._retry.delay_s(failures, self._rng))
                    continue
                failures = 0
                step: Step = "restart"
                try:
                    step = await self._keep()
                finally:
                    await outcome(scanner.stop(), within_s=STOP_PATIENCE_S)
                self._restarts += 1
                if step == "reset":
                    await self._reset()
        finally:
            self._watch.close()

    async def _begin(self) -> Scanner | None:
        """A scanner that scans, or None; the reason is logged and counted."""
        fault: BaseException | None
        self._found = False
        try:
            await self._watch.open()
            self._found = True
            if not self._watch.powered:
                raise BluezFault(f"adapter {self._watch.adapter} is powered off")
            self._mode = mode = self._choose_mode()
            scanner = self._make_scanner(self._watch.adapter, mode)
            fault = await outcome(scanner.start(), within_s=START_PATIENCE_S)
            if fault is None:
                self._state = "silent" if self._silence.doubtful else mode
                self._silence.scans_again(time.monotonic())
                logger.info("scanning: adapter=%s mode=%s", self._watch.adapter, mode)
                return scanner
            await outcome(scanner.stop(), within_s=STOP_PATIENCE_S)
            self._passive_fails = mode == "passive" and self._scan == "auto"
        except (ImportError, BluezFault) as error:
            fault = error
        self._dropped["scanner_not_started"] += 1
        logger.warning("radio cannot be started, trying again: error=%s", fault or repr(fault))
        return None

    def _choose_mode(self) -> Mode:
        if self._scan != "auto":
            return self._scan
        return "passive" if self._watch.offers_monitors and not self._passive_fails else "active"

    async def _keep(self) -> Step:
        """Wait for trouble or suspicious silence; what has to be done besides a new scanner."""
        trouble = asyncio.ensure_future(self._watch.trouble())
        heard_before = self.heard
        try:
            while True:
                await asyncio.wait({trouble}, timeout=_LOOK_EVERY_S)
                now_s = time.monotonic()
                self._silence.note(self.heard - heard_before, now_s)
                heard_before = self.heard
                if trouble.done():
                    self._state = "starting"
                    self._count(trouble.result())
                    return "restart"
                if not self._silence.doubtful:
                    self._state = self._mode
                step = self._silence.next_step(now_s)
                if step is not None:
                    self._state = "silent"
                    self._count("radio_silent")
                    return step
        finally:
            trouble.cancel()

    def _count(self, reason: str) -> None:
        self._dropped[reason] += 1
        logger.warning("scanner is made anew: adapter=%s reason=%s", self._watch.adapter, reason)

    async def _reset(self) -> None:
        try:
            await self._watch.reset()
        except BluezFault as error:
            logger.warning("adapter not reset: error=%s", error)
            return
        self._resets += 1
        logger.warning("adapter was reset: adapter=%s", self._watch.adapter)


async def outcome(action: Coroutine[None, None, None], *, within_s: float) -> BaseException | None:
    """What `action` failed with, whatever it was; None when it succeeded.

    bleak lets errors of D-Bus, of the socket below and of its own state through, and on a dead
    bus it may wait for ever.
    """
    task = asyncio.ensure_future(action)
    done, _ = await asyncio.wait({task}, timeout=within_s)
    if not done:
        task.cancel()
        return TimeoutError(f"no answer from BlueZ within {within_s:g} s")
    return asyncio.CancelledError() if task.cancelled() else task.exception()
