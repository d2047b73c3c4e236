"""Flows: somebody of the staff looks at the tasks, takes one, and says what came of it."""

from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import Conflict, NotFound
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.outbox.repository import StaffTaskRepository
from store_server.outbox.staff_task import StaffTask, TaskResult, TaskState

LOOKED_AT = 500


def show_tasks(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    limit: int = 50,
    state: TaskState | None = None,
) -> list[StaffTask]:
    """The newest tasks of the store, of one state as it is now if that is asked (a read flow)."""
    stored = TaskState.OPEN if state is TaskState.EXPIRED else state
    repository = StaffTaskRepository(uow.session, rooms.scope)
    found = repository.page(limit=LOOKED_AT, states=[stored] if stored is not None else [])
    return [one for one in found if state in (None, one.state_at(now))][:limit]


def claim_task(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, task_id: str, by: str
) -> StaffTask:
    """The task, which is `by`'s now; asked again by the same, the same.

    Raises:
        NotFound: there is no such task here.
        Conflict: `task_taken`: somebody else has it, it is closed, or its moment is over.
    """
    repository = StaffTaskRepository(uow.session, rooms.scope)
    taken = repository.claim(task_id, by=by, at=now)
    task = _require(repository, task_id)
    if not taken and (task.state is not TaskState.CLAIMED or task.claimed_by != by):
        state = task.state_at(now)
        raise Conflict(
            f"the task is {state.value}: only an open one can be taken; look at the open ones",
            code="task_taken",
        )
    return task


def close_task(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    task_id: str,
    by: str,
    result: TaskResult,
) -> StaffTask:
    """The task, closed by who took it; asked again with the same result, the same.

    Raises:
        NotFound: there is no such task here.
        Conflict: `task_not_yours`: take it first; or it was closed otherwise.
    """
    repository = StaffTaskRepository(uow.session, rooms.scope)
    closed = repository.close(task_id, by=by, at=now, result=result)
    task = _require(repository, task_id)
    if not closed and (task.claimed_by, task.result) != (by, result):
        raise Conflict(
            f"the task is {task.state_at(now).value}: who took it closes it, once; take it first",
            code="task_not_yours",
        )
    return task


def _require(repository: StaffTaskRepository, task_id: str) -> StaffTask:
    task = repository.find(task_id)
    if task is None:
        raise NotFound("there is no such task here", code="unknown_task")
    return task
