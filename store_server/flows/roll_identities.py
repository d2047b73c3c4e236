"""A period of the rotating ids begins: the table of who shows what goes with the clock."""

from dataclasses import replace
from datetime import datetime

from store_server.clock import to_ms
from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms


def roll_identities(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,  # noqa: ARG001 - every flow is given the rooms
    *,
    now: datetime,
) -> bool:
    """Compute the ids of the next period when one began; whether there was something to do."""
    now_ms = to_ms(now)
    if not uow.live.identities.due(now_ms):
        return False
    uow.live = replace(uow.live, identities=uow.live.identities.roll_to(now_ms))
    return True
