"""A period of the rotating ids begins: the table of who shows what goes with the clock."""

from dataclasses import replace
from datetime import datetime

from store_server.clock import to_ms
from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.shoppers.repository import IdentityRepository


def roll_identities(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
) -> bool:
    """Compute the ids of the next period when one began; whether there was something to do.

    A table that was never made (at a start) is made from the database.
    """
    now_ms = to_ms(now)
    table = uow.live.identities
    if table.at_ms == 0:
        enrolled = IdentityRepository(uow.session, rooms.scope, rooms.vault).all()
        uow.live = replace(uow.live, identities=table.roll(enrolled, now_ms))
        return True
    if not table.due(now_ms):
        return False
    uow.live = replace(uow.live, identities=table.roll_to(now_ms))
    return True
