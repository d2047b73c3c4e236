"""What a restart needs is written with what it is about: a step of the journal, or a checkpoint.

A checkpoint is all that presence knew at one moment. It is begun every ten seconds and written
in slices, each a transaction of its own, so that no till waits for it; the last slice makes it
count, in place of the checkpoint before and of the steps up to it. Whoever ends what is known of
a shopper strikes them from all of it in the same transaction.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from store_server.clock import to_ms
from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.presence.journal import Checkpoint, Frozen, Step
from store_server.presence.observation import Observation
from store_server.presence.repository import JournalRepository

# What is written while nobody else is let in; 512 kB are 28 devices at 1,540 cells.
SLICE_BYTES = 512 * 1024


def journal_step(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    observations: Sequence[Observation] = (),
    late: Sequence[Observation] = (),
    until_ms: int | None = None,
) -> None:
    """Write down what this transaction gives to presence, before anything follows from it.

    Args:
        uow: the transaction.
        rooms: the store.
        observations: in the order in which they count; by the event clock they wait.
        late: what came too late for the engine and waits to correct history.
        until_ms: how far time goes after them; None when it does not.
    """
    live = uow.live
    step = Step(
        live.journal.advanced_ms,
        tuple(live.catalogue.dwell_marks_s()),
        tuple(observations),
        rooms.policy.clock == "event",
        until_ms,
        tuple(late),
    )
    journal = live.journal.wrote()
    repository = JournalRepository(uow.session, rooms.scope)
    repository.add_step(journal.seq, step, written_at_ms=to_ms(rooms.clock.now()))
    uow.live = replace(live, journal=journal)


def checkpoint_presence(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    forced: bool = False,
) -> int:
    """Write down a slice of what presence knows; how many devices are left for the next call.

    Args:
        uow: the transaction.
        rooms: the store.
        now: not used; what is kept carries the times of what it is about.
        forced: also when nothing happened since the last one.
    """
    journal = uow.live.journal
    if journal.frozen is None:
        if not forced and not _is_worth_it(uow.live):
            uow.live = replace(uow.live, journal=replace(journal, advanced_ms=()))
            return 0
        journal = journal.froze(_frozen(uow.live))
    frozen = journal.frozen
    assert frozen is not None
    repository = JournalRepository(uow.session, rooms.scope)
    states, left = _slice(frozen)
    repository.add_beliefs(frozen.seq, states)
    if not left:
        written_at_ms = to_ms(rooms.clock.now())
        engine, waiting = frozen.engine.snapshot(), (frozen.pending, frozen.late)
        repository.save_checkpoint(
            Checkpoint(frozen.seq, frozen.event_now_ms, written_at_ms, engine, *waiting)
        )
    uow.live = replace(uow.live, journal=journal.left_with(left))
    return len(left)


def strike_from_journal(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, shopper: ShopperId
) -> None:
    """No raw line of a shopper outlives this transaction; call it before presence forgets them."""
    live = uow.live
    if live.journal.is_empty and not _knows_of(live, shopper):
        return
    JournalRepository(uow.session, rooms.scope).strike(shopper)
    uow.live = replace(live, journal=live.journal.without(shopper))


def _frozen(live: StoreLive) -> Frozen:
    left = live.presence.known()
    waiting = live.pending, live.late
    return Frozen(live.journal.seq, live.event_now_ms, live.presence, *waiting, left)


def _is_worth_it(live: StoreLive) -> bool:
    """Whether a restart would miss anything: not while an empty shop lets time pass."""
    if live.journal.seq != live.journal.checkpoint_seq:
        return True
    return not live.journal.is_empty and bool(live.presence.known())


def _slice(frozen: Frozen) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The states of the next devices, and the names of the rest."""
    states, size = dict[str, bytes](), 0
    for name in frozen.left:
        if size >= SLICE_BYTES:
            break
        states |= frozen.engine.states((name,))
        size += len(states[name])
    return states, frozen.left[len(states) :]


def _knows_of(live: StoreLive, shopper: ShopperId) -> bool:
    return live.presence.knows(shopper) or any(
        one.device == shopper for one in (*live.pending, *live.late)
    )
