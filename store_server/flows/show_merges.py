"""Flow (read): every merge that a shopper took part in, the newest first: who is one with whom."""

from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.shoppers.merge import Merge
from store_server.shoppers.repository import MergeRepository


def show_merges(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    shopper: ShopperId,
) -> list[Merge]:
    """Those that stand and those that were taken back."""
    return MergeRepository(uow.session, rooms.scope).of(shopper)
