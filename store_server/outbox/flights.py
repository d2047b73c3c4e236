"""Tries under way, and how a no reaches them: nothing leaves after it, what is out is cut short.

A claim carries the ticket of its transaction. A recall (consent withdrawn, shopper forgotten,
kill switch) takes the next ticket *before* its transaction commits, so that:

- a claim made before the recall is refused when its try is about to begin (`begin`);
- a try that has begun writes its request under the flight's lock (`leaving`); a recall waits for
  that lock, a few microseconds of copying into the socket, and every write after it is refused;
- a try that waits for an answer sees `is_recalled` within a quarter of a second and hangs up.

So no byte of a request leaves this process after the commit of the no. When that transaction
rolls back, the recalled tries were made in vain: they are queued again at once.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from store_server.ids import ShopperId

# A claim lives seconds; this many withdrawals do not happen meanwhile.
RECALLS_KEPT = 10_000
# How often whoever waits for an answer looks whether it is still to wait.
LOOK_EVERY_S = 0.2


class Recalled(Exception):
    """The try must not go on: the shopper said no meanwhile."""


class Flight:
    """One try under way."""

    def __init__(self, shopper: ShopperId) -> None:
        self.shopper = shopper
        self._lock = threading.Lock()
        self._recalled = False

    @property
    def is_recalled(self) -> bool:
        """Whether to hang up."""
        return self._recalled

    @contextmanager
    def leaving(self) -> Iterator[None]:
        """Around whatever hands something of the notification to the outside; be quick in it.

        Raises:
            Recalled: it must not leave any more.
        """
        with self._lock:
            if self._recalled:
                raise Recalled
            yield

    def recall(self) -> None:
        """Let nothing more leave; returns when nothing is leaving."""
        with self._lock:
            self._recalled = True


class Flights:
    """The tries of one process. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: set[Flight] = set()
        self._ticket = 0
        self._all_before = -1
        self._recalled: OrderedDict[ShopperId, int] = OrderedDict()

    def ticket(self) -> int:
        """What a claim made now carries."""
        with self._lock:
            return self._ticket

    def is_recalled(self, shopper: ShopperId, *, ticket: int) -> bool:
        """Whether the shopper said no since a claim with this ticket was made."""
        with self._lock:
            return ticket <= max(self._all_before, self._recalled.get(shopper, -1))

    def begin(self, shopper: ShopperId, *, ticket: int) -> Flight | None:
        """A flight for a claimed try; None when its shopper said no since it was claimed."""
        flight = Flight(shopper)
        with self._lock:
            if ticket <= max(self._all_before, self._recalled.get(shopper, -1)):
                return None
            self._under_way.add(flight)
        return flight

    def end(self, flight: Flight) -> None:
        """The try is over."""
        with self._lock:
            self._under_way.discard(flight)

    def recall(self, shopper: ShopperId) -> int:
        """End what is under way to a shopper, and refuse what is claimed; how many flew."""
        with self._lock:
            self._recalled[shopper] = self._ticket
            self._recalled.move_to_end(shopper)
            if len(self._recalled) > RECALLS_KEPT:
                self._recalled.popitem(last=False)
            self._ticket += 1
            found = [one for one in self._under_way if one.shopper == shopper]
        for one in found:
            one.recall()
        return len(found)

    def recall_all(self) -> int:
        """The same for everybody."""
        with self._lock:
            self._all_before = self._ticket
            self._ticket += 1
            found = list(self._under_way)
        for one in found:
            one.recall()
        return len(found)
