"""What presence was given since its last checkpoint, so that a restart knows what was known.

    checkpoint (all that was known) --step--> --step--> ... --step--> now

A step is what one transaction gave to presence: observations, and how far time went. It is
written in that transaction, beside the zone events that followed; so whatever a journal gives
again is in the database already, and what follows next comes out with the same ids and times as
if nothing had happened. Time that passes without consequence costs no write: such advances ride
in the next step, and when they are lost, the first advance after the restart makes up for them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from store_server.presence.engine import PresenceEngine, ZoneEvent
from store_server.presence.event_clock import reached
from store_server.presence.observation import Observation

# A gateway that is online and silent holds the event clock; memory is bounded all the same.
# 200,000 observations are what 60 shoppers and six gateways say in nine minutes.
MAX_PENDING = 200_000
# Advances kept in memory between two writes: an hour of seconds, far beyond a checkpoint.
MAX_ADVANCES = 3_600


class Step(NamedTuple):
    """What one transaction gave to presence, in this order.

    `advanced_ms` are instants to which time had passed before without a write; `waiting` tells
    that observations wait for the event clock instead of counting at once; `until_ms` is how
    far time went then, None where it did not. `late` came too late for the engine and waits to
    correct history.
    """

    advanced_ms: tuple[int, ...]
    marks_s: tuple[float, ...]
    observations: tuple[Observation, ...]
    waiting: bool
    until_ms: int | None
    late: tuple[Observation, ...] = ()


class Checkpoint(NamedTuple):
    """What presence knew after step `seq`, beside its beliefs; `written_at_ms` by the system clock.

    `engine` is what the engine goes by (`PresenceEngine.snapshot`), `pending` what waited for the
    event clock, `late` what waited to correct history.
    """

    seq: int
    event_now_ms: int
    written_at_ms: int
    engine: bytes
    pending: tuple[Observation, ...]
    late: tuple[Observation, ...] = ()


@dataclass(frozen=True, slots=True)
class Frozen:
    """A checkpoint under way: everything as it was after step `seq`; `left` is to be written yet.

    An engine is a value, so it is held for the price of a name, while time goes on in its forks.
    """

    seq: int
    event_now_ms: int
    engine: PresenceEngine
    pending: tuple[Observation, ...]
    late: tuple[Observation, ...]
    left: tuple[str, ...]

    def without(self, device: str) -> "Frozen":
        """The same without all that is known of a device."""
        engine = self.engine.fork()
        engine.forget(device)
        pending, late = without(self.pending, device), without(self.late, device)
        left = tuple(name for name in self.left if name != device)
        return replace(self, engine=engine, pending=pending, late=late, left=left)


@dataclass(frozen=True, slots=True)
class Journal:
    """Where the journal of a store stands.

    `seq` numbers the newest step, `checkpoint_seq` the one that the last checkpoint is of;
    `advanced_ms` are the instants that ride in the next step; `frozen` is a checkpoint under way.
    """

    seq: int = 0
    checkpoint_seq: int = 0
    advanced_ms: tuple[int, ...] = ()
    frozen: Frozen | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the last checkpoint says it all."""
        return self.seq == self.checkpoint_seq and not self.advanced_ms and self.frozen is None

    def advanced(self, at_ms: int) -> "Journal":
        """The journal after time passed to `at_ms` and nothing followed."""
        return replace(self, advanced_ms=(*self.advanced_ms, at_ms)[-MAX_ADVANCES:])

    def wrote(self) -> "Journal":
        """The journal after one more step, in which the advances went along."""
        return replace(self, seq=self.seq + 1, advanced_ms=())

    def froze(self, frozen: Frozen) -> "Journal":
        """The journal when a checkpoint begins: the advances so far are in it."""
        return replace(self, advanced_ms=(), frozen=frozen)

    def left_with(self, left: tuple[str, ...]) -> "Journal":
        """The journal after a slice of the checkpoint; it is done when nothing is left."""
        assert self.frozen is not None
        if left:
            return replace(self, frozen=replace(self.frozen, left=left))
        return replace(self, checkpoint_seq=self.frozen.seq, frozen=None)

    def without(self, device: str) -> "Journal":
        """The journal when a device is not to be known any more."""
        return replace(self, frozen=self.frozen and self.frozen.without(device))


def joined(
    pending: Sequence[Observation], more: Iterable[Observation]
) -> tuple[tuple[Observation, ...], int]:
    """What waits when more comes in, the oldest let go beyond `MAX_PENDING`; and how many were."""
    waiting = (*pending, *more)
    return waiting[-MAX_PENDING:], max(0, len(waiting) - MAX_PENDING)


def without(observations: Iterable[Observation], device: str) -> tuple[Observation, ...]:
    """The observations of others."""
    return tuple(one for one in observations if one.device != device)


def conclude(
    engine: PresenceEngine, observations: Iterable[Observation], *, until_ms: int | None
) -> list[ZoneEvent]:
    """Observations in their order, then time: the events, by (t, device)."""
    events = [event for one in observations for event in engine.observe(one)]
    if until_ms is not None:
        events += engine.advance(until_ms / 1000)
    # Stable: what one device did at the same instant stays in the order in which it did it.
    events.sort(key=lambda event: (event.t, event.device))
    return events


def replay(
    engine: PresenceEngine, pending: Sequence[Observation], *, steps: Iterable[Step]
) -> tuple[PresenceEngine, list[ZoneEvent]]:
    """The engine after these steps, and the events that they gave again.

    Args:
        engine: as it was at the checkpoint; it is not changed.
        pending: what waited then.
        steps: since then, in their order.
    """
    waiting, events = tuple(pending), list[ZoneEvent]()
    for step in steps:
        engine = engine.fork(dwell_marks_s=step.marks_s)
        for at_ms in step.advanced_ms:
            events += conclude(engine, (), until_ms=at_ms)
        waiting, due = _due(waiting, step)
        events += conclude(engine, due, until_ms=step.until_ms)
    return engine, events


def still_waiting(pending: Sequence[Observation], steps: Iterable[Step]) -> tuple[Observation, ...]:
    """What the event clock has not reached after these steps; whatever the engine is."""
    waiting = tuple(pending)
    for step in steps:
        waiting, _ = _due(waiting, step)
    return waiting


def still_late(late: Sequence[Observation], steps: Iterable[Step]) -> tuple[Observation, ...]:
    """What waits to correct history after these steps; what has done so since does it again."""
    waiting = tuple(late)
    for step in steps:
        waiting, _ = joined(waiting, step.late)
    return waiting


def _due(
    waiting: tuple[Observation, ...], step: Step
) -> tuple[tuple[Observation, ...], Sequence[Observation]]:
    """What waits after a step, and what counts in it."""
    if not step.waiting:
        return waiting, step.observations
    waiting, _ = joined(waiting, step.observations)
    if step.until_ms is None:
        return waiting, ()
    due, rest = reached(waiting, step.until_ms / 1000)
    return rest, due


def struck(step: Step, device: str) -> Step:
    """The step without the observations of a device."""
    return step._replace(
        observations=without(step.observations, device), late=without(step.late, device)
    )
