"""How much one receiver is given at a time: concurrency, rate, and a circuit breaker.

Each receiver has a lane of its own, so one that is slow or dead takes nothing from the others.
The breaker spares a receiver that is down, and us:

    closed --5 failures in a row--> open --pause over--> half_open --a 2xx--> closed
                                     ^                      |
                                     +----- a failure ------+   (twice the pause, up to a minute)

Half open lets one try through. A failure is no answer, a 5xx or a 429; a 4xx is an answer of a
receiver that is up. A `Retry-After` of a 429 or 503 holds the whole lane back, up to a minute.
Lanes live in the process: after a restart every breaker is closed and learns anew.

Source: M. Nygard, "Release It!", chapter 5 (circuit breaker); `t` is monotonic seconds.
"""

from dataclasses import dataclass
from enum import StrEnum

FAILURES_TO_OPEN = 5
FIRST_PAUSE_S = 2.0
LONGEST_PAUSE_S = 60.0


class Circuit(StrEnum):
    """Where a breaker stands."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class LaneLimits:
    """What a receiver can take: tries at once, and tries a second on average."""

    concurrency: int = 8
    rate_per_s: float = 100.0


DEFAULT_LIMITS = LaneLimits()


@dataclass(frozen=True, slots=True)
class LaneState:
    """A lane as it is shown; `retry_in_s` is how long it is held back still."""

    circuit: Circuit
    failures: int
    under_way: int
    retry_in_s: float


class Lane:
    """The way to one receiver."""

    def __init__(self, limits: LaneLimits) -> None:
        self.limits = limits
        self.under_way = 0
        self._failures = 0
        self._pause_s = 0.0
        self._open = False
        self._held_until = 0.0
        self._tokens = _burst(limits)
        self._refilled_at = 0.0

    def room(self, t: float) -> int:
        """How many tries may begin now."""
        if t < self._held_until:
            return 0
        if self._open:
            return 1 if self.under_way == 0 else 0
        self._refill(t)
        return max(0, min(self.limits.concurrency - self.under_way, int(self._tokens)))

    def begin(self, t: float) -> None:
        """A try begins."""
        self._refill(t)
        self._tokens -= 1
        self.under_way += 1

    def end(self) -> None:
        """A try is over and written down; `took` or `failed` says how, unless it was recalled."""
        self.under_way -= 1

    def took(self) -> None:
        """The receiver is up."""
        self._failures, self._pause_s, self._open, self._held_until = 0, 0.0, False, 0.0

    def failed(self, t: float, *, retry_after_s: float | None = None) -> None:
        """The receiver is down, or says that it has enough."""
        self._failures += 1
        if self._open or self._failures >= FAILURES_TO_OPEN:
            late = self._open and t < self._held_until
            if not late:
                self._pause_s = min(max(FIRST_PAUSE_S, 2 * self._pause_s), LONGEST_PAUSE_S)
                self._held_until = t + self._pause_s
            self._open = True
        if retry_after_s is not None:
            self._held_until = max(self._held_until, t + min(retry_after_s, LONGEST_PAUSE_S))

    def state(self, t: float) -> LaneState:
        """How it stands."""
        circuit = Circuit.CLOSED
        if self._open:
            circuit = Circuit.OPEN if t < self._held_until else Circuit.HALF_OPEN
        held_s = max(0.0, self._held_until - t)
        return LaneState(circuit, self._failures, self.under_way, round(held_s, 1))

    def _refill(self, t: float) -> None:
        grown = (t - self._refilled_at) * self.limits.rate_per_s
        self._tokens = min(_burst(self.limits), self._tokens + grown)
        self._refilled_at = t


def _burst(limits: LaneLimits) -> float:
    """How many may go at once after a rest: all places once, or a tenth of a second's worth."""
    return max(float(limits.concurrency), limits.rate_per_s / 10)
