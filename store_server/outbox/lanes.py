"""The lanes of one store: places for each way, and a circuit for each receiver on it.

A webhook endpoint, a mail relay, a service for SMS is a way with one receiver. Web push is one way
to many: every push service has a circuit of its own, so one that is down - or a subscription that
names no push service at all - takes the places of the way for a few tries and then no more. What is
claimed for a receiver that rests is held back (`Verdict.HELD`): queued again, and no try.
"""

from collections.abc import Iterable
from typing import NamedTuple

from store_server.outbox.attempt import AttemptOutcome, Claim, Verdict
from store_server.outbox.delivery import WayDue
from store_server.outbox.lane import Circuit, Lane, LaneState

# Browsers name their push service themselves, so the list is bounded.
RECEIVERS_KEPT = 1_000
# While one try finds out whether a receiver is back.
LOOK_AGAIN_S = 1.0


class Moved(NamedTuple):
    """A circuit before and after a try."""

    was: Circuit
    now: Circuit


class Lanes:
    """Whoever uses it from several threads holds a lock; `t` is monotonic seconds."""

    def __init__(self) -> None:
        self._ways: dict[str, Lane] = {}
        self._receivers: dict[tuple[str, str], Lane] = {}

    def room(self, ways: Iterable[WayDue], t: float) -> dict[str, int]:
        """How many tries may begin now by each way that something waits for."""
        room: dict[str, int] = {}
        for one in ways:
            lane = self._ways.setdefault(one.endpoint, Lane(one.limits))
            lane.limits = one.limits
            if (free := lane.room(t)) > 0:
                room[one.endpoint] = free
        return room

    def begin(self, claim: Claim, t: float) -> float | None:
        """None: the try begins. Else how many seconds its receiver is to be left alone."""
        way, receiver = self._ways[claim.endpoint], self._receiver(claim)
        if receiver is not way:
            if receiver.room(t) == 0:
                return max(receiver.state(t).retry_in_s, LOOK_AGAIN_S)
            receiver.begin(t)
        way.begin(t)
        return None

    def end(self, claim: Claim, outcome: AttemptOutcome, t: float) -> Moved:
        """A try is over: its places are free, and its receiver's circuit learns."""
        way, receiver = self._ways[claim.endpoint], self._receiver(claim)
        was = receiver.state(t).circuit
        way.end()
        if receiver is not way:
            receiver.end()
        if _is_up(outcome):
            receiver.took()
        elif outcome.verdict is Verdict.TRY_AGAIN:
            receiver.failed(t, retry_after_s=outcome.retry_after_s)
        return Moved(was, receiver.state(t).circuit)

    def states(self, t: float) -> dict[str, LaneState]:
        """How each way stands that was sent by since the start."""
        return {name: lane.state(t) for name, lane in self._ways.items()}

    def _receiver(self, claim: Claim) -> Lane:
        way = self._ways[claim.endpoint]
        if not claim.receiver:
            return way
        key = (claim.endpoint, claim.receiver)
        if key not in self._receivers:
            self._make_room()
            self._receivers[key] = Lane(way.limits)
        return self._receivers[key]

    def _make_room(self) -> None:
        """Forget the receiver that was met first and has nothing under way."""
        if len(self._receivers) >= RECEIVERS_KEPT:
            idle = (key for key, lane in self._receivers.items() if not lane.under_way)
            self._receivers.pop(next(idle))


def _is_up(outcome: AttemptOutcome) -> bool:
    """Whether it shows a receiver that works; one that is overwhelmed or broken does not."""
    if outcome.verdict in (Verdict.TAKEN, Verdict.ENDPOINT_GONE):
        return True
    return outcome.status is not None and outcome.status < 500 and outcome.status != 429
