"""An event loop for a radio: what arrives within ten milliseconds is read in one go.

bluetoothd sends one D-Bus message for each advert. A loop that wakes for each of them spends more
on waking than on the advert, so this one looks at its sockets at most every `PAUSE_S`. One that
was idle for longer answers at once: a single tag at the door waits for nothing. bleak is not
touched, and neither is what it reads.

Adverts that wait a moment for the decoder are no garbage, but Python's collector sees only that
objects pile up, and looks through all of them again and again. So it is told to look more rarely.
"""

import asyncio
import gc
import selectors
import time
from collections.abc import Callable

PAUSE_S = 0.01
# Objects made before the collector looks; a busy radio's worth of a second, about 4 MB.
_OLD_AFTER = 20_000


class BurstSelector(selectors.DefaultSelector):
    """A selector that is never asked twice within `PAUSE_S`, unless there is work to be done."""

    def __init__(
        self,
        monotonic_s: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Begin without a pause; the arguments are for tests."""
        super().__init__()
        self._monotonic_s = monotonic_s
        self._sleep = sleep
        self._looked_at_s = float("-inf")

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready; waits out the pause first, but never longer than `timeout`."""
        if timeout is None or timeout > 0:
            rest_s = self._looked_at_s + PAUSE_S - self._monotonic_s()
            if timeout is not None:
                rest_s = min(rest_s, timeout)
            if rest_s > 0:
                self._sleep(rest_s)
                timeout = None if timeout is None else timeout - rest_s
        ready = super().select(timeout)
        self._looked_at_s = self._monotonic_s()
        return ready


def new_burst_loop() -> asyncio.AbstractEventLoop:
    """A loop for `asyncio.Runner`."""
    calm_collector()
    return asyncio.SelectorEventLoop(BurstSelector())


def calm_collector() -> None:
    """Let the collector look more rarely, and never through what lives already."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OLD_AFTER)
