"""Flow (read): the store's profile and its whole floor plan."""

from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.shop.floor_plan import FloorPlan
from store_server.shop.repository import PlanRepository
from store_server.shop.store_profile import Store


def show_plan(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> tuple[Store, FloorPlan] | None:
    """The profile and the plan; None before the first seed."""
    return PlanRepository(uow.session, rooms.scope).load()
