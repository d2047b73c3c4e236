"""Activity: what steps of campaigns handed over to the staff; taken and closed here."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from store_server.entrypoints.console.activity_pages import ROWS
from store_server.entrypoints.console.forms import sent_form
from store_server.entrypoints.console.frame import N_
from store_server.entrypoints.console.visit import PageRoute, Visit, Visitor, seen_other
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.http_auth import Context
from store_server.errors import Refusal
from store_server.flows.staff_tasks import claim_task, close_task, show_tasks
from store_server.ids import pseudonym
from store_server.outbox.staff_task import TaskResult, TaskState
from store_server.writer import Priority

router = APIRouter(route_class=PageRoute)

STATE_TEXTS = {
    TaskState.OPEN: N_("Nobody has taken it"),
    TaskState.CLAIMED: N_("Taken"),
    TaskState.CLOSED: N_("Closed"),
    TaskState.EXPIRED: N_("Too late"),
}
STATE_KINDS = {TaskState.OPEN: "warn", TaskState.CLOSED: "good"}
RESULT_TEXTS = {
    TaskResult.HELPED: N_("Helped"),
    TaskResult.NOT_FOUND: N_("Not found"),
    TaskResult.NOT_NEEDED: N_("Not needed"),
}


@router.get("/activity/tasks")
async def show_task_list(visit: Visitor, context: Context) -> Response:
    """The newest tasks of the staff."""
    return await _page(visit, context)


@router.post("/activity/tasks/{task}/claim")
async def take_task(task: str, visit: Visitor, context: Context) -> Response:
    """Take a task."""
    try:
        await context.write(Priority.APP, claim_task, task_id=task, by=visit.caller.name)
    except Refusal as refusal:
        return await _page(visit, context, refusal=refusal)
    return seen_other("/activity/tasks")


@router.post("/activity/tasks/{task}/close")
async def end_task(task: str, visit: Visitor, request: Request, context: Context) -> Response:
    """Say what came of a task."""
    said = (await sent_form(request)).text("result", longest=20)
    result = TaskResult(said) if said in set(TaskResult) else TaskResult.NOT_NEEDED
    try:
        await context.write(
            Priority.APP, close_task, task_id=task, by=visit.caller.name, result=result
        )
    except Refusal as refusal:
        return await _page(visit, context, refusal=refusal)
    return seen_other("/activity/tasks")


async def _page(
    visit: Visit, context: ServerContext, *, refusal: Refusal | None = None
) -> Response:
    live, org = context.rooms.live, context.scope.org
    now = context.rooms.now(live)
    found = await context.read(show_tasks, limit=ROWS)
    return visit.page(
        "tasks.html",
        status=refusal.http_status if refusal else 200,
        refusal=refusal,
        rows=[(one, one.state_at(now), pseudonym(org=org, shopper=one.shopper)) for one in found],
        me=visit.caller.name,
        zones={zone.id: zone.name for zone in live.plan.zones},
        states=STATE_TEXTS,
        kinds=STATE_KINDS,
        results=RESULT_TEXTS,
    )
