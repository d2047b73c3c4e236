"""Flow: a whole plan takes the place of the one before, while the server runs.

What is shown and decided goes by it at once; positions too (`renew_presence`), or, where a survey
is to be fitted to it, some seconds later.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.documents import Document
from store_server.errors import ConfigError, Unprocessable
from store_server.flows.renew_presence import follow_plan
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.shop.floor_plan import FloorPlan
from store_server.shop.plan_checks import PlanFinding, check_plan
from store_server.shop.plan_document import read_plan, write_plan
from store_server.shop.repository import PlanRepository


@dataclass(frozen=True, slots=True)
class PlanSaved:
    """The plan as it stands, and what the check says of it."""

    plan: FloorPlan
    warnings: tuple[PlanFinding, ...]


def save_plan(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    document: Document,
) -> PlanSaved:
    """Put the plan of this document (without [store]: the profile stays) in its place.

    The picture stays too, unless the document says another one, or that there is none (None).

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
    says_picture = "image" in shapes
    try:
        _, plan = read_plan({"store": profile | sizes, **shapes}, where="plan")
    except ConfigError as error:
        raise Unprocessable(str(error).replace("\n", "; "), code="bad_plan") from None
    if not says_picture:
        plan = replace(plan, image=before.image)
    repository.save(store, plan)
    follow_plan(uow, rooms, now=now, plan=plan)
    return PlanSaved(plan, check_plan(plan))
