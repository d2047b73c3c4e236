"""Flow: a whole plan takes the place of the one before, while the server runs.

What is shown and decided goes by it at once. The presence engine was built from the plan at the
start: where anchors, walls or the floor itself change, positions go by the old ones until then.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.documents import Document
from store_server.errors import ConfigError, Unprocessable
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.shop.floor_plan import FloorPlan
from store_server.shop.plan_checks import PlanFinding, check_plan
from store_server.shop.plan_document import read_plan, write_plan
from store_server.shop.repository import PlanRepository


@dataclass(frozen=True, slots=True)
class PlanSaved:
    """The plan as it stands, what the check says of it, and whether positions need a restart."""

    plan: FloorPlan
    warnings: tuple[PlanFinding, ...]
    restart_needed: bool


def save_plan(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    document: Document,
) -> PlanSaved:
    """Put the plan of this document (without [store]: the profile stays) in its place.

    Raises:
        Unprocessable: there is no store yet, or the plan is wrong; a sentence for each fault.
    """
    repository = PlanRepository(uow.session, rooms.scope)
    loaded = repository.load()
    if loaded is None:
        raise Unprocessable("there is no plan yet; load one with seed first", code="no_plan")
    store, before = loaded
    kept: dict[str, object] = {"store": write_plan(store, before)["store"]}
    sizes = {key: document[key] for key in ("width_m", "height_m") if key in document}
    profile = kept["store"]
    assert isinstance(profile, dict)
    shapes = {key: value for key, value in document.items() if key not in sizes}
    try:
        _, plan = read_plan({"store": profile | sizes, **shapes}, where="plan")
    except ConfigError as error:
        raise Unprocessable(str(error).replace("\n", "; "), code="bad_plan") from None
    plan = replace(plan, image=before.image)
    repository.save(store, plan)
    uow.live = replace(uow.live, plan=plan)
    return PlanSaved(plan, check_plan(plan), _moved(before, plan))


def _moved(before: FloorPlan, after: FloorPlan) -> bool:
    """Whether anything changed that positions are computed from."""

    def ground(plan: FloorPlan) -> tuple[object, ...]:
        outlines = tuple((zone.id, zone.polygon) for zone in plan.zones)
        return outlines, plan.gateways, plan.beacons, plan.walls, plan.width_m, plan.height_m

    return ground(before) != ground(after)
