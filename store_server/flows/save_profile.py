"""Flows: a store gets its name, hours, time zone and currency; later its name and hours change.

The first one makes a store with a bare floor, one zone from wall to wall: a plan may then be drawn
on it. Time zone and currency stay: days and money that were counted would mean something else.
"""

from dataclasses import replace
from datetime import datetime, time

from store_server.database import UnitOfWork
from store_server.errors import Conflict, Unprocessable
from store_server.flows.renew_presence import follow_plan
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ZoneId
from store_server.shop.floor_plan import FloorPlan, Zone
from store_server.shop.repository import PlanRepository
from store_server.shop.store_profile import Store


def begin_store(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    store: Store,
    size_m: tuple[float, float],
    zone_name: str,
) -> None:
    """Make the store, its floor one zone of this name.

    Raises:
        Conflict: there is one already.
    """
    repository = PlanRepository(uow.session, rooms.scope)
    if repository.load() is not None:
        raise Conflict("the store was set up before; see Settings", code="store_exists")
    width_m, height_m = size_m
    corners = ((0.0, 0.0), (width_m, 0.0), (width_m, height_m), (0.0, height_m))
    floor = Zone(ZoneId("floor"), zone_name, corners)
    plan = FloorPlan(store.store, store.name, width_m, height_m, zones=(floor,))
    repository.save(store, plan)
    follow_plan(uow, rooms, now=now, plan=plan)
    uow.after_commit(lambda: _go_by(rooms, store))


def save_profile(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    name: str,
    hours: tuple[time, time],
) -> Store:
    """The store by its new name and hours; the next decision already goes by them.

    Raises:
        Unprocessable: there is no store yet.
    """
    repository = PlanRepository(uow.session, rooms.scope)
    loaded = repository.load()
    if loaded is None:
        raise Unprocessable("there is no plan yet; load one with seed first", code="no_plan")
    opens, closes = hours
    store = replace(loaded[0], name=name, opens=opens, closes=closes)
    plan = replace(loaded[1], name=name)
    repository.save(store, plan)
    uow.live = replace(uow.live, plan=replace(uow.live.plan, name=name))
    uow.after_commit(lambda: _go_by(rooms, store))
    return store


def _go_by(rooms: StoreRooms, store: Store) -> None:
    rooms.policy = replace(
        rooms.policy,
        timezone=store.timezone,
        currency=store.currency,
        hours=(store.opens, store.closes),
    )
