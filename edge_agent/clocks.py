"""What time it is for the messages of this gateway: the system's clock or the feed's.

Three times must not be confused: `heard_at` (when an advert was heard), `spooled_at` (when its
batch was written) and `sent_at` (stamped each time a batch is handed to the broker).

With the feed's clock the same adverts must give the same batches, stamps included, however the
threads run. So a batch that is sent right away is stamped with the tick before it, also when
the next tick has arrived in between; only what an outage has delayed is stamped with the latest
tick, because it is history by then.
"""

import time
from pathlib import Path
from typing import Protocol

from proximity_wire.messages import ClockQuality

# 2000-01-01, the least instant that the wire takes: before it a clock was never set.
LEAST_EPOCH_MS = 946_684_800_000
# Feed time after which a batch counts as delayed; a lockstep run is at most one tick behind.
FRESH_MS = 5_000
# A feed whose time falls back by more than this was started again.
JUMP_BACK_MS = 5_000
_SYNCED_MARK = Path("/run/systemd/timesync/synchronized")


class GatewayClock(Protocol):
    """The clock of one agent."""

    def now_ms(self) -> int | None:
        """UTC milliseconds, or None while the time is not known."""

    def stamp_ms(self, spooled_at_ms: int) -> int | None:
        """`sent_at_ms` of a batch that is sent now, or None while the time is not known."""

    def quality(self) -> ClockQuality:
        """How far the clock is to be trusted."""


class SystemClock:
    """The gateway's own clock."""

    def now_ms(self) -> int | None:
        """UTC milliseconds, or None while the clock was never set (a Pi without battery)."""
        now_ms = time.time_ns() // 1_000_000
        return now_ms if now_ms >= LEAST_EPOCH_MS else None

    def stamp_ms(self, spooled_at_ms: int) -> int | None:  # noqa: ARG002 (the port's signature)
        """The present, whenever the batch was spooled."""
        return self.now_ms()

    def quality(self) -> ClockQuality:
        """Synced where systemd-timesyncd says so; other time services are not asked."""
        if self.now_ms() is None:
            return "unset"
        return "synced" if _SYNCED_MARK.exists() else "free"


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
