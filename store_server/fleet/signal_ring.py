"""What gateways heard of the shop's own fixed beacons in the last minute, window by window.

Kept for each pair of gateway and beacon apart, so that a loud beacon does not push out a rare one;
in memory only, bounded, gone with the process. Nobody is in it: what is no beacon of the plan never
gets here.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from threading import Lock
from typing import NamedTuple, TypeVar

from store_server.fleet.hearing import BeaconRow

K = TypeVar("K")
V = TypeVar("V")

# Windows last a second: a minute of each pair, some 10 MB where a large shop fills all of it.
MAX_WINDOWS = 60
MAX_PAIRS = 1_000
MAX_TOLD = 1_000


class Pair(NamedTuple):
    """One fixed beacon (`uuid:major:minor`) as one gateway hears it."""

    identity: str
    gateway: str


@dataclass(frozen=True, slots=True)
class Heard:
    """A moment of the ring: windows of each pair, oldest first.

    told: what each beacon last said of itself (Eddystone-TLM), by identity.
    """

    windows: Mapping[Pair, tuple[BeaconRow, ...]] = field(default_factory=dict)
    told: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


class SignalRing:
    """The newest windows. Changed only by actions after a commit; read from any thread."""

    def __init__(self) -> None:
        self._windows: dict[Pair, deque[BeaconRow]] = {}
        self._told: dict[str, Mapping[str, float]] = {}
        self._lock = Lock()

    def add(self, gateway: str, rows: Iterable[BeaconRow]) -> None:
        """Note what a gateway heard; of too many pairs the one unheard for longest goes."""
        with self._lock:
            for row in rows:
                pair = Pair(row.identity, gateway)
                windows = self._windows.pop(pair, None) or deque(maxlen=MAX_WINDOWS)
                windows.append(row)
                self._windows[pair] = windows
                if row.extras:
                    self._told.pop(row.identity, None)
                    self._told[row.identity] = row.extras
            _shorten(self._windows, MAX_PAIRS)
            _shorten(self._told, MAX_TOLD)

    def heard(self) -> Heard:
        """What is in it now."""
        with self._lock:
            windows = {pair: tuple(rows) for pair, rows in self._windows.items()}
            return Heard(windows, dict(self._told))

    def clear(self) -> None:
        """Forget everything; the next seconds tell it anew."""
        with self._lock:
            self._windows.clear()
            self._told.clear()


def _shorten(kept: dict[K, V], most: int) -> None:
    for key in list(islice(kept, max(0, len(kept) - most))):
        del kept[key]
