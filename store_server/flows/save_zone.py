"""Flow: a zone of the plan is changed or added; what is shown and decided goes by it at once.

Positions follow a new outline (`renew_presence`). By `[presence] engine = "nearest"` a new zone
without gateway or beacon has nobody in it until one is put there.
"""

from dataclasses import replace
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import Unprocessable
from store_server.flows.renew_presence import follow_plan
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.shop.floor_plan import FloorPlan, Zone
from store_server.shop.plan_checks import plan_faults
from store_server.shop.repository import PlanRepository

MOST_ZONES = 500


def save_zone(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    zone: Zone,
) -> Zone:
    """The zone as it stands now, in its old place of the plan's order or at the end.

    Raises:
        Unprocessable: the plan would be wrong with it; a sentence for each fault.
    """
    repository = PlanRepository(uow.session, rooms.scope)
    loaded = repository.load()
    if loaded is None:
        raise Unprocessable("there is no plan yet; load one with seed first", code="no_plan")
    store, plan = loaded
    changed = _with_zone(plan, zone)
    faults = list(plan_faults(changed))
    if len(changed.zones) > MOST_ZONES:
        faults.append(f"zones: there would be {len(changed.zones)}; at most {MOST_ZONES}")
    if faults:
        raise Unprocessable("; ".join(faults), code="bad_plan")
    repository.save(store, changed)
    follow_plan(uow, rooms, now=now, plan=changed)
    return zone


def _with_zone(plan: FloorPlan, zone: Zone) -> FloorPlan:
    if plan.zone(zone.id) is None:
        return replace(plan, zones=(*plan.zones, zone))
    return replace(plan, zones=tuple(zone if one.id == zone.id else one for one in plan.zones))
