"""How long an offer takes: from the tick that made it due to the webhook's receipt, wall time.

The store cannot know of a moment before every gateway has said that it is over. So the clock
starts when the first tick at or after the trigger's instant has been handed to the last gateway,
and stops when the retailer's receiver has read the webhook. Both ends are in this process.
"""

from bisect import bisect_left


class Latencies:
    """Times of ticks and of webhooks; `time.monotonic()` seconds in, milliseconds out."""

    def __init__(self) -> None:
        self._ticks_ms: list[int] = []
        self._sent_s: list[float] = []
        self.values_ms: list[float] = []

    def tick_sent(self, at_ms: int, *, sent_s: float) -> None:
        """The tick of simulated `at_ms` is with all gateways; ticks come in order."""
        self._ticks_ms.append(at_ms)
        self._sent_s.append(sent_s)

    def webhook(self, trigger_at_ms: int, *, received_s: float) -> None:
        """A webhook for a trigger of that simulated instant has come."""
        place = bisect_left(self._ticks_ms, trigger_at_ms)
        if place < len(self._sent_s):
            self.values_ms.append(max(0.0, 1000 * (received_s - self._sent_s[place])))

    def percentile(self, share: float) -> float | None:
        """The nearest-rank percentile in milliseconds; None without a value."""
        if not self.values_ms:
            return None
        ordered = sorted(self.values_ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
