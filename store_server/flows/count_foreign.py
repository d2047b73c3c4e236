"""What a batch says of foreign devices is kept, where the shop has switched counting on.

Counting is off unless `[privacy] counting` says so: a gateway that counts all the same, by its
own file, is not listened to. There is no address in a count, and none can be made of it.
"""

from dataclasses import replace
from datetime import datetime

from proximity_wire.messages import SightingBatch
from store_server.clock import to_ms
from store_server.database import UnitOfWork
from store_server.fleet.foreign_quarter import ForeignQuarter, quarters_of
from store_server.fleet.hearing import SLOT_MS
from store_server.fleet.repository import ForeignCountRepository
from store_server.flows.rooms import StoreLive, StoreRooms


def count_foreign(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, gateway: str, batch: SightingBatch
) -> None:
    """Keep the counts of a batch that is taken; without counting they are dropped, and that told.

    Args:
        uow: the transaction of the batch.
        rooms: the store.
        gateway: who sent it, by the topic.
        batch: decoded, and not refused.
    """
    if not batch.foreign:
        return
    quarters: list[ForeignQuarter] = []
    if rooms.policy.counting:
        quarters = quarters_of(gateway, batch.foreign, sent_at_ms=batch.sent_at_ms)
        counts = ForeignCountRepository(uow.session, rooms.scope)
        counts.add(quarters)
        counts.forget_before(batch.sent_at_ms)
    counters = uow.live.counters.plus(
        foreign_counts=len(quarters), foreign_counts_dropped=len(batch.foreign) - len(quarters)
    )
    uow.live = replace(uow.live, counters=counters)


def show_foreign_counts(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, hours: int
) -> tuple[ForeignQuarter, ...]:
    """The quarters of an hour that began within the last `hours`, oldest first."""
    since_ms = to_ms(now) // SLOT_MS * SLOT_MS - hours * 3_600_000
    return ForeignCountRepository(uow.session, rooms.scope).since(since_ms)
