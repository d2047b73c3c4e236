"""A plan that is being drawn: kept as a draft that no rule sees, published as a whole."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import Unprocessable
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.save_plan import PlanSaved, save_plan
from store_server.shop.plan_document import write_shapes
from store_server.shop.repository import DraftRepository

PLAN = "plan"
LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """The document as JSON text; `saved_by` None: it is the plan that stands, nobody drew yet."""

    text: str
    saved_by: str | None
    saved_at: datetime | None


def show_plan_draft(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> PlanDraft:
    """The draft, or the plan that stands where nobody began one."""
    found = DraftRepository(uow.session, rooms.scope).find(PLAN)
    if found is not None:
        return PlanDraft(found.text, found.saved_by, found.saved_at)
    plan = uow.live.plan
    shapes = {"width_m": plan.width_m, "height_m": plan.height_m, **write_shapes(plan)}
    return PlanDraft(json.dumps(shapes, ensure_ascii=False), None, None)


def keep_plan_draft(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - drafts carry the machine's time
    text: str,
    by: str,
    system_now: datetime,
) -> None:
    """Keep the draft as it is now, right or wrong.

    Raises:
        Unprocessable: it is too large, or no JSON object.
    """
    read_draft(text)
    DraftRepository(uow.session, rooms.scope).keep(PLAN, text, by=by, at=system_now)


def drop_plan_draft(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> None:
    """Forget the draft; the plan that stands goes on."""
    DraftRepository(uow.session, rooms.scope).drop(PLAN)


def publish_plan_draft(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, text: str
) -> PlanSaved:
    """Have this document be the plan from now on; its draft is done with.

    Raises:
        Unprocessable: it is no plan; a sentence for each fault, and nothing has changed.
    """
    saved = save_plan(uow, rooms, now=now, document=read_draft(text))
    DraftRepository(uow.session, rooms.scope).drop(PLAN)
    return saved


def read_draft(text: str) -> Mapping[str, object]:
    """The document of a draft.

    Raises:
        Unprocessable: it is too large, or no JSON object.
    """
    if len(text) > LONGEST:
        raise Unprocessable(f"the draft has more than {LONGEST} characters", code="bad_draft")
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Unprocessable(f"the draft is no JSON: {error}", code="bad_draft") from None
    if not isinstance(found, dict):
        raise Unprocessable("the draft must be a JSON object", code="bad_draft")
    return found
