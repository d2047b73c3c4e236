"""What time it is for the messages of this gateway: the system's clock or the feed's.

Three times must not be confused: `heard_at` (when an advert was heard), `spooled_at` (when its
batch was written) and `sent_at` (stamped each time a batch is handed to the broker).

With the feed's clock the same adverts must give the same batches, stamps included, however the
threads run. So a batch is stamped with the tick before it, also when more ticks have arrived in
between; only what an outage has delayed for long is stamped with the latest tick, because it is
history by then.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from edge_agent.kernel_clock import KernelClock, read_kernel_clock
from proximity_wire.messages import ClockQuality

# 2000-01-01, the least instant that the wire takes: before it a clock was never set.
LEAST_EPOCH_MS = 946_684_800_000
# Feed time after which a batch counts as delayed. The stamp is a promise that all up to it was
# told: a backlog stamped with the present would make the server's clock overtake the rest of it.
# So a server that was away for less is told everything in the order in which it happened; what
# is older would not ask for an offer any more (store_server's `late_s`) and is history.
FRESH_MS = 30_000
# A feed whose time falls back by more than this was started again.
JUMP_BACK_MS = 5_000
# How much faster or slower than time itself the mapped time may run to agree again.
_MOST_TURN = 0.05
_SYNCED_MARK = Path("/run/systemd/timesync/synchronized")


class GatewayClock(Protocol):
    """The clock of one agent."""

    def now_ms(self) -> int | None:
        """UTC milliseconds, or None while the time is not known."""

    def stamp_ms(self, spooled_at_ms: int) -> int | None:
        """`sent_at_ms` of a batch that is sent now, or None while the time is not known."""

    def quality(self) -> ClockQuality:
        """How far the clock is to be trusted."""

    def offset_ms(self) -> float | None:
        """By how much it is being corrected, in milliseconds; None when nobody knows."""


class SystemClock:
    """The gateway's own clock: monotonic time mapped to UTC, corrected as the system's is.

    A time service steps a clock that is far off, and turns one that is near. What is read here
    never goes back because of a small correction: it runs slower or faster until it agrees. A
    correction beyond `JUMP_BACK_MS` is followed at once, and the agent begins anew.
    """

    def __init__(
        self,
        *,
        utc_ns: Callable[[], int] = time.time_ns,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
        kernel_says: Callable[[], KernelClock | None] = read_kernel_clock,
    ) -> None:
        """Map the present; the arguments are for tests."""
        self._utc_ns = utc_ns
        self._monotonic_ns = monotonic_ns
        self._kernel_says = kernel_says
        self._read_at_ns = monotonic_ns()
        self._mapped_ns = utc_ns()
        self._behind_ns = 0

    def now_ms(self) -> int | None:
        """UTC milliseconds, or None while the clock was never set (a Pi without battery)."""
        at_ns, system_ns = self._monotonic_ns(), self._utc_ns()
        passed_ns = max(0, at_ns - self._read_at_ns)
        self._read_at_ns = max(at_ns, self._read_at_ns)
        behind_ns = system_ns - (self._mapped_ns + passed_ns)
        if abs(behind_ns) > JUMP_BACK_MS * 1_000_000:
            self._mapped_ns = system_ns
        else:
            turn_ns = int(passed_ns * _MOST_TURN)
            self._mapped_ns += passed_ns + max(-turn_ns, min(behind_ns, turn_ns))
        self._behind_ns = system_ns - self._mapped_ns
        now_ms = self._mapped_ns // 1_000_000
        return now_ms if now_ms >= LEAST_EPOCH_MS else None

    def stamp_ms(self, spooled_at_ms: int) -> int | None:  # noqa: ARG002 (the port's signature)
        """The present, whenever the batch was spooled."""
        return self.now_ms()

    def quality(self) -> ClockQuality:
        """Synced where the kernel or systemd-timesyncd says so."""
        if self.now_ms() is None:
            return "unset"
        kernel = self._kernel_says()
        if kernel is not None and kernel.synced:
            return "synced"
        return "synced" if _SYNCED_MARK.exists() else "free"

    def offset_ms(self) -> float | None:
        """By how much the time given out is still to be corrected, the kernel's share included."""
        kernel = self._kernel_says()
        return round(self._behind_ns / 1e6 + (kernel.offset_ms if kernel else 0.0), 3)


class FeedClock:
    """The clock that a simulator's feed carries; it stands still between ticks."""

    def __init__(self) -> None:
        self._now_ms: int | None = None
        self._ticked = False

    def now_ms(self) -> int | None:
        """The last tick; before the first one the first advert's time, floored to the second."""
        return self._now_ms

    def stamp_ms(self, spooled_at_ms: int) -> int | None:
        """The tick under which the batch was spooled while it is fresh, else the last tick."""
        now_ms = self._now_ms
        if now_ms is None or 0 <= now_ms - spooled_at_ms <= FRESH_MS:
            return spooled_at_ms
        return now_ms

    def quality(self) -> ClockQuality:
        """Always "event"."""
        return "event"

    def offset_ms(self) -> None:
        """Not known: the feed's time is all there is."""

    def tick(self, at_ms: int) -> None:
        """The feed says that it is `at_ms`."""
        self._now_ms = at_ms
        self._ticked = True

    def note_heard(self, heard_at_ms: int) -> None:
        """Before the first tick, an advert tells the time as well."""
        if not self._ticked and self._now_ms is None:
            self._now_ms = heard_at_ms - heard_at_ms % 1_000

    def has_jumped_back(self, at_ms: int) -> bool:
        """Whether `at_ms` is so far behind that the feed must have been started again."""
        return self._now_ms is not None and at_ms < self._now_ms - JUMP_BACK_MS

    def start_again(self) -> None:
        """Forget the time: the feed was started again."""
        self._now_ms = None
        self._ticked = False
