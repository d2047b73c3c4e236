"""Deliveries that ended, put back in the queue under their old webhook-id."""

from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from store_server.clock import from_ms, to_ms
from store_server.ids import Scope
from store_server.outbox.attempt import DeliveryKey
from store_server.outbox.delivery import Ending
from store_server.outbox.event import EVENT_LIVES
from store_server.outbox.notification import DeliveryState
from store_server.outbox.repository.rows import same_notification
from store_server.outbox.tables import DeliveryRow, NotificationRow

_LOST = (DeliveryState.DEAD, DeliveryState.EXPIRED)


class ReplayRepository:
    """What ended in one store, to be sent once more."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def ending(self, key: DeliveryKey) -> Ending | None:
        """How far a delivery is; None when there is no such one."""
        row = self._session.execute(
            select_columns(
                col(DeliveryRow.state), col(DeliveryRow.expires_at_ms), col(NotificationRow.kind)
            )
            .join(NotificationRow, same_notification())
            .where(*self._one(key))
        ).one_or_none()
        if row is None:
            return None
        state, expires_at_ms, kind = row
        return Ending(DeliveryState(state), kind != "event", from_ms(expires_at_ms))

    def replay(self, key: DeliveryKey, *, now: datetime) -> int:
        """Queue a delivery again that ended; how many (0 or 1)."""
        return self._queue(*self._one(key), now=now)

    def replay_lost(self, endpoint: str, *, since: datetime, now: datetime) -> int:
        """Queue again what was created since then for an endpoint and never taken; how many."""
        return self._queue(*self._lost(endpoint, since), or_(~_is_offer(), _lives(now)), now=now)

    def count_over(self, endpoint: str, *, since: datetime, now: datetime) -> int:
        """How many offers created since then were never taken, and are over for good."""
        found = self._session.execute(
            select_columns(func.count())
            .select_from(DeliveryRow)
            .where(*self._lost(endpoint, since), _is_offer(), ~_lives(now))
        )
        return int(found.scalar_one())

    def _queue(self, *where: ColumnElement[bool], now: datetime) -> int:
        until_ms = to_ms(now + EVENT_LIVES)
        changed = self._session.connection().execute(
            update(DeliveryRow)
            .where(*where, col(DeliveryRow.state).not_in(("queued", "sending", "suppressed")))
            .values(
                state=DeliveryState.QUEUED,
                reason=None,
                next_attempt_system_ms=0,
                expires_at_ms=case((_is_offer(), col(DeliveryRow.expires_at_ms)), else_=until_ms),
            )
        )
        return int(changed.rowcount)

    def _lost(self, endpoint: str, since: datetime) -> tuple[ColumnElement[bool], ...]:
        return (
            *self._mine(),
            col(DeliveryRow.endpoint) == endpoint,
            col(DeliveryRow.state).in_(_LOST),
            col(DeliveryRow.created_at_ms) >= to_ms(since),
        )

    def _one(self, key: DeliveryKey) -> tuple[ColumnElement[bool], ...]:
        return (
            *self._mine(),
            col(DeliveryRow.notification) == key.notification,
            col(DeliveryRow.endpoint) == key.endpoint,
        )

    def _mine(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return col(DeliveryRow.org) == self._scope.org, col(DeliveryRow.store) == self._scope.store


def _lives(now: datetime) -> ColumnElement[bool]:
    return col(DeliveryRow.expires_at_ms) > to_ms(now)


def _is_offer() -> ColumnElement[bool]:
    """Whether a delivery is of what dies with its moment."""
    return (
        select(NotificationRow.id)
        .where(same_notification(), NotificationRow.kind != "event")
        .correlate(DeliveryRow)
        .exists()
    )
