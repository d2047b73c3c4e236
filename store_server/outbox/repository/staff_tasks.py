"""Tasks of the staff in the database: each is taken by one and closed by the same."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, delete, update
from sqlmodel import Session, col, select

from store_server.clock import from_ms, to_ms
from store_server.database import insert_new
from store_server.ids import CampaignId, Scope, ShopperId, ZoneId
from store_server.outbox.staff_task import StaffTask, TaskResult, TaskState
from store_server.outbox.tables import StaffTaskRow


class StaffTaskRepository:
    """The tasks of one store."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def add(self, tasks: Iterable[StaffTask]) -> int:
        """Keep new tasks, each once; how many were new."""
        rows: list[dict[str, object]] = [
            {
                "org": self._scope.org,
                "store": self._scope.store,
                "id": one.id,
                "decision": one.decision,
                "campaign": one.campaign,
                "shopper": one.shopper,
                "zone": one.zone,
                "message": one.message,
                "at_ms": to_ms(one.at),
                "expires_at_ms": to_ms(one.expires_at),
                "state": one.state.value,
            }
            for one in tasks
        ]
        return insert_new(self._session, StaffTaskRow, rows)

    def find(self, task: str) -> StaffTask | None:
        """The task of this id, or None."""
        row = self._session.exec(
            select(StaffTaskRow)
            .where(*self._mine(), StaffTaskRow.id == task)
            .execution_options(populate_existing=True)
        ).one_or_none()
        return None if row is None else _task(row)

    def page(
        self, *, limit: int, states: Iterable[TaskState] = (), shopper: ShopperId | None = None
    ) -> list[StaffTask]:
        """The newest tasks, in these states or of one shopper; expired ones stand as open."""
        query = select(StaffTaskRow).where(*self._mine())
        if shopper is not None:
            query = query.where(col(StaffTaskRow.shopper) == shopper)
        wanted = [one.value for one in states]
        if wanted:
            query = query.where(col(StaffTaskRow.state).in_(wanted))
        newest = (col(StaffTaskRow.at_ms).desc(), col(StaffTaskRow.id))
        query = query.order_by(*newest).limit(limit).execution_options(populate_existing=True)
        return [_task(row) for row in self._session.exec(query)]

    def claim(self, task: str, *, by: str, at: datetime) -> bool:
        """Take an open task whose moment is not over; False when it cannot be taken any more."""
        return self._change(
            task,
            col(StaffTaskRow.state) == TaskState.OPEN.value,
            col(StaffTaskRow.expires_at_ms) > to_ms(at),
            state=TaskState.CLAIMED.value,
            claimed_by=by,
            claimed_at_ms=to_ms(at),
        )

    def close(self, task: str, *, by: str, at: datetime, result: TaskResult) -> bool:
        """Close a task that `by` has taken; False when it is not theirs to close."""
        return self._change(
            task,
            col(StaffTaskRow.state) == TaskState.CLAIMED.value,
            col(StaffTaskRow.claimed_by) == by,
            state=TaskState.CLOSED.value,
            closed_at_ms=to_ms(at),
            result=result.value,
        )

    def drop_open(self, shopper: ShopperId) -> int:
        """Nobody is sent to a shopper who said no, in any store; how many tasks went."""
        gone = self._session.connection().execute(
            delete(StaffTaskRow).where(
                col(StaffTaskRow.org) == self._scope.org,
                col(StaffTaskRow.shopper) == shopper,
                col(StaffTaskRow.state) != TaskState.CLOSED.value,
            )
        )
        return int(gone.rowcount)

    def forget(self, shopper: ShopperId) -> int:
        """Erase every task about a shopper, in every store; how many there were."""
        gone = self._session.connection().execute(
            delete(StaffTaskRow).where(
                col(StaffTaskRow.org) == self._scope.org, col(StaffTaskRow.shopper) == shopper
            )
        )
        return int(gone.rowcount)

    def _change(self, task: str, *where: ColumnElement[bool], **values: object) -> bool:
        changed = self._session.connection().execute(
            update(StaffTaskRow)
            .where(*self._mine(), col(StaffTaskRow.id) == task, *where)
            .values(values)
        )
        return bool(changed.rowcount)

    def _mine(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return (
            col(StaffTaskRow.org) == self._scope.org,
            col(StaffTaskRow.store) == self._scope.store,
        )


def _task(row: StaffTaskRow) -> StaffTask:
    return StaffTask(
        id=row.id,
        decision=row.decision,
        campaign=CampaignId(row.campaign),
        shopper=ShopperId(row.shopper),
        zone=ZoneId(row.zone) if row.zone is not None else None,
        message=row.message,
        at=from_ms(row.at_ms),
        expires_at=from_ms(row.expires_at_ms),
        state=TaskState(row.state),
        claimed_by=row.claimed_by,
        claimed_at=from_ms(row.claimed_at_ms) if row.claimed_at_ms is not None else None,
        closed_at=from_ms(row.closed_at_ms) if row.closed_at_ms is not None else None,
        result=TaskResult(row.result) if row.result is not None else None,
    )
