"""Flow (read): what the settings pages show of the store itself."""

from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.shop.repository import PlanRepository
from store_server.shop.store_profile import Store


def show_store(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> Store | None:
    """The store's name, hours, time zone and currency; None before a plan was loaded."""
    found = PlanRepository(uow.session, rooms.scope).load()
    return found[0] if found else None
