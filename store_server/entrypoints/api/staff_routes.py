"""What steps of campaigns wait for, and what they hand over to the staff."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from store_server.entrypoints.api.campaign_routes import CampaignPath
from store_server.entrypoints.api.problems_shown import CHANGING, READING, refusals
from store_server.entrypoints.api.schemas.staff_tasks import (
    CloseTaskBody,
    StaffTaskAnswer,
    StaffTaskListAnswer,
    WaitAnswer,
    WaitListAnswer,
)
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.http_auth import Context, OpsCaller
from store_server.flows.show_waits import show_waits
from store_server.flows.staff_tasks import claim_task, close_task, show_tasks
from store_server.ids import pseudonym
from store_server.offers.wait import WaitState
from store_server.outbox.staff_task import StaffTask, TaskState
from store_server.writer import Priority

router = APIRouter(prefix="/v1", tags=["staff"], responses=READING)

TaskName = Annotated[str, Path(pattern=r"^[a-z0-9]{1,40}$", examples=["k3exampletask"])]
Limit = Annotated[int, Query(ge=1, le=500, description="How many at most.")]


@router.get("/campaigns/{campaign_id}/waits", responses=refusals(404))
async def list_campaign_waits(
    campaign_id: CampaignPath,
    context: Context,
    _caller: OpsCaller,
    limit: Limit = 50,
    state: WaitState | None = None,
) -> WaitListAnswer:
    """Who waits in the campaign's step here, and how waits ended; newest first."""
    found = await context.read(show_waits, campaign_id=campaign_id, limit=limit, state=state)
    return WaitListAnswer(
        counts=dict(found.counts),
        waits=[
            WaitAnswer(
                pseudonym=_who(context, one.shopper),
                campaign_version=one.campaign_version,
                zone=one.zone,
                began_at=one.began_at,
                due_at=one.due_at,
                state=one.state,
                ended_by=one.ended_by,
                ended_at=one.ended_at,
                decision_id=one.decision,
            )
            for one in found.waits
        ],
    )


@router.get("/staff/tasks")
async def list_staff_tasks(
    context: Context,
    _caller: OpsCaller,
    limit: Limit = 50,
    state: TaskState | None = None,
) -> StaffTaskListAnswer:
    """What was handed over to the staff, newest first."""
    found = await context.read(show_tasks, limit=limit, state=state)
    return StaffTaskListAnswer(tasks=[_task(context, one) for one in found])


@router.post("/staff/tasks/{task_id}/claim", responses={**CHANGING, **refusals(404, 409)})
async def claim_staff_task(
    task_id: TaskName, context: Context, caller: OpsCaller
) -> StaffTaskAnswer:
    """Take an open task; nobody else can take it then."""
    task = await context.write(Priority.APP, claim_task, task_id=task_id, by=caller.name)
    return _task(context, task)


@router.post("/staff/tasks/{task_id}/close", responses={**CHANGING, **refusals(404, 409)})
async def close_staff_task(
    task_id: TaskName, body: CloseTaskBody, context: Context, caller: OpsCaller
) -> StaffTaskAnswer:
    """Say what came of a task that one has taken."""
    task = await context.write(
        Priority.APP, close_task, task_id=task_id, by=caller.name, result=body.result
    )
    return _task(context, task)


def _task(context: ServerContext, task: StaffTask) -> StaffTaskAnswer:
    now = context.rooms.now(context.rooms.live)
    return StaffTaskAnswer(
        task_id=task.id,
        decision_id=task.decision,
        campaign=task.campaign,
        pseudonym=_who(context, task.shopper),
        zone=task.zone,
        message=task.message,
        at=task.at,
        expires_at=task.expires_at,
        state=task.state_at(now),
        claimed_by=task.claimed_by,
        claimed_at=task.claimed_at,
        closed_at=task.closed_at,
        result=task.result,
    )


def _who(context: ServerContext, shopper: str) -> str:
    return pseudonym(org=context.scope.org, shopper=shopper) if shopper else ""
