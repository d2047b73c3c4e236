"""The whole floor plan, read and replaced by a back office."""

from collections.abc import Iterable

from fastapi import APIRouter

from store_server.entrypoints.api.problems_shown import CHANGING, READING, refusals
from store_server.entrypoints.api.schemas.plan import PlanAnswer, PlanBody
from store_server.entrypoints.http_auth import Context, OpsCaller
from store_server.errors import NotFound
from store_server.flows.save_plan import save_plan
from store_server.flows.show_plan import show_plan
from store_server.shop.floor_plan import FloorPlan
from store_server.shop.plan_checks import PlanFinding, check_plan
from store_server.shop.plan_document import write_shapes
from store_server.writer import Priority

router = APIRouter(prefix="/v1", tags=["back office"], responses=READING)


@router.get("/plan", responses=refusals(404))
async def get_plan(context: Context, _caller: OpsCaller) -> PlanAnswer:
    """Zones, walls, gateways and beacons, and what would make positions better."""
    known = await context.read(show_plan)
    if known is None:
        raise NotFound("there is no plan yet; load one with seed first", code="no_plan")
    return _answer(known[1], check_plan(known[1]))


@router.put("/plan", responses=CHANGING)
async def put_plan(body: PlanBody, context: Context, _caller: OpsCaller) -> PlanAnswer:
    """Replace the plan; nothing changes while one thing in it is wrong."""
    document = body.model_dump(exclude_none=True)
    saved = await context.write(Priority.APP, save_plan, document=document)
    return _answer(saved.plan, saved.warnings)


def _answer(plan: FloorPlan, findings: Iterable[PlanFinding]) -> PlanAnswer:
    warnings = [{"code": one.code, "text": one.text} for one in findings]
    shapes = {"width_m": plan.width_m, "height_m": plan.height_m, **write_shapes(plan)}
    shapes.pop("image", None)
    return PlanAnswer.model_validate({**shapes, "warnings": warnings})
