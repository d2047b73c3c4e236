"""A gateway is put on the plan."""

from dataclasses import replace
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import Conflict, NotFound, Unprocessable
from store_server.first_run import SERVER
from store_server.flows.renew_presence import follow_plan
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.shop.floor_plan import FloorPlan, Gateway
from store_server.shop.plan_checks import plan_faults
from store_server.shop.repository import PlanRepository


def add_gateway(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    gateway: Gateway,
) -> FloorPlan:
    """The plan with this gateway on it; one that stands there already may not be moved.

    Raises:
        NotFound: the store has no plan yet.
        Conflict: a gateway of this name stands somewhere else, or is the store server's name.
        Unprocessable: its zone is not there, or it does not stand in it.
    """
    plans = PlanRepository(uow.session, rooms.scope)
    found = plans.load()
    if found is None:
        raise NotFound("the store has no plan yet; seed one first", code="no_plan")
    store, plan = found
    known = next((one for one in plan.gateways if one.id == gateway.id), None)
    if known == gateway:
        return plan
    if known is not None or gateway.id == SERVER:
        raise Conflict(f"the name {gateway.id!r} is taken; choose another", code="name_taken")
    grown = replace(plan, gateways=(*plan.gateways, gateway))
    faults = list(plan_faults(grown))
    if faults:
        raise Unprocessable("; ".join(faults), code="bad_place")
    plans.save(store, grown)
    follow_plan(uow, rooms, now=now, plan=grown)
    return grown
