"""Flow (read): the stores of the organisation, and the zones of this one."""

from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.shop.floor_plan import Zone
from store_server.shop.repository import PlanRepository
from store_server.shop.store_profile import Store


@dataclass(frozen=True, slots=True)
class ZoneLine:
    """A zone, how many are believed to be in it now, and its size."""

    zone: Zone
    shoppers_now: int


def show_stores(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> tuple[Store, ...]:
    """Every store of the organisation, by id."""
    return PlanRepository(uow.session, rooms.scope).stores()


def show_zones(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,  # noqa: ARG001 - every flow is given its rooms
    *,
    now: datetime,
) -> tuple[ZoneLine, ...]:
    """The zones of this store, in the order of its plan."""
    counts = count_by_zone(uow.live, at_t=now.timestamp())
    return tuple(ZoneLine(zone, counts.get(zone.id, 0)) for zone in uow.live.plan.zones)


def count_by_zone(live: StoreLive, *, at_t: float) -> dict[str, int]:
    """How many devices are believed to be in each zone at `at_t`; empty zones are not named."""
    counts: dict[str, int] = {}
    for device in live.presence.devices():
        estimate = live.presence.estimate(device, at_t)
        if estimate is not None and estimate.zone is not None:
            counts[estimate.zone] = counts.get(estimate.zone, 0) + 1
    return counts
