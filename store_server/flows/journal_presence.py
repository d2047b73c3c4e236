"""What a restart needs is written with what it is about: a step of the journal, or a checkpoint.

A checkpoint is all that presence knows, in one row; it takes the place of the last one and of
the steps since. The timetable asks for one every ten seconds. Whoever ends what is known of a
shopper asks for one at once, so that no raw line of theirs outlives the transaction.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from store_server.clock import to_ms
from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.presence.journal import Checkpoint, Step
from store_server.presence.observation import Observation
from store_server.presence.repository import JournalRepository


def journal_step(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    observations: Sequence[Observation],
    until_ms: int | None,
) -> None:
    """Write down what this transaction gives to presence, before anything follows from it.

    Args:
        uow: the transaction.
        rooms: the store.
        observations: in the order in which they count; by the event clock they wait.
        until_ms: how far time goes after them; None when it does not.
    """
    live = uow.live
    step = Step(
        live.journal.advanced_ms,
        tuple(live.catalogue.dwell_marks_s()),
        tuple(observations),
        rooms.policy.clock == "event",
        until_ms,
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
) -> bool:
    """Write down all that presence knows; False when the last checkpoint says it all.

    Args:
        uow: the transaction.
        rooms: the store.
        now: not used; what is kept carries the times of what it is about.
        forced: also when nothing happened since.
    """
    live = uow.live
    if live.journal.is_empty and not forced:
        return False
    checkpoint = Checkpoint(
        live.journal.seq,
        live.event_now_ms,
        to_ms(rooms.clock.now()),
        live.presence.snapshot(),
        live.pending,
    )
    JournalRepository(uow.session, rooms.scope).save_checkpoint(checkpoint)
    uow.live = replace(live, journal=live.journal.checkpointed())
    return True


def knows_of(live: StoreLive, shopper: ShopperId) -> bool:
    """Whether checkpoint or journal may name a shopper."""
    return (
        not live.journal.is_empty
        or live.presence.knows(shopper)
        or any(one.device == shopper for one in live.pending)
    )
