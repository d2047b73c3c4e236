"""What time it is: for rules. Retries, leases and time-outs use the monotonic clock instead.

`clock = "system"` is the wall clock. `clock = "event"` is the least `sent_at_ms` of the live
gateways, never backwards: a day can be simulated or replayed at any speed, and decisions,
expiry, quiet hours and id periods follow the simulated day.
"""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """The port: an aware UTC instant."""

    def now(self) -> datetime:
        """The instant that rules go by."""
        ...


class SystemClock:
    """The wall clock."""

    def now(self) -> datetime:
        """The machine's UTC time."""
        return datetime.now(UTC)


class SteppedClock:
    """A clock that stands until it is moved, and never goes back: the event clock, and tests."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """The instant last set."""
        return self._now

    def advance_to(self, instant: datetime) -> bool:
        """Move to `instant`; False and no change when that would go back."""
        if instant <= self._now:
            return False
        self._now = instant
        return True


def to_ms(instant: datetime) -> int:
    """UTC milliseconds since 1970 of an aware instant."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant!r} has no time zone; instants are aware UTC")
    return round(instant.timestamp() * 1000)


def from_ms(at_ms: int) -> datetime:
    """The aware UTC instant of milliseconds since 1970."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def spell(instant: datetime) -> str:
    """An aware instant as RFC 3339 in UTC, with Z."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
