"""Notifications as their shopper has to do with them: opened, downloaded, forgotten."""

from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, delete, select

from store_server.clock import from_ms, to_ms
from store_server.ids import Scope, ShopperId
from store_server.outbox.delivery import Exported
from store_server.outbox.tables import AttemptRow, DeliveryRow, NotificationRow


class NotificationRepository:
    """The notifications of one store, by shopper."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def open(self, notification: str, *, shopper: ShopperId, at: datetime) -> bool:
        """Note that a shopper opened a notification, the first time; False: not this shopper's."""
        mine = (
            *self._mine(),
            col(NotificationRow.id) == notification,
            col(NotificationRow.shopper) == shopper,
        )
        self._session.connection().execute(
            update(NotificationRow)
            .where(*mine, col(NotificationRow.opened_at_ms).is_(None))
            .values(opened_at_ms=to_ms(at))
        )
        return self._session.exec(select(NotificationRow.id).where(*mine)).first() is not None

    def of_shopper(self, shopper: ShopperId) -> list[Exported]:
        """Everything a shopper was told, oldest first: for the data download."""
        rows = self._session.exec(
            select(NotificationRow)
            .where(*self._mine(), NotificationRow.shopper == shopper)
            .order_by(col(NotificationRow.created_at_ms), col(NotificationRow.id))
            .execution_options(populate_existing=True)
        )
        return [
            Exported(
                notification=row.id,
                body=row.body,
                created_at=from_ms(row.created_at_ms),
                delivered_at=None if row.delivered_at_ms is None else from_ms(row.delivered_at_ms),
                opened_at=None if row.opened_at_ms is None else from_ms(row.opened_at_ms),
            )
            for row in rows
        ]

    def forget(self, shopper: ShopperId) -> int:
        """Delete every notification to a forgotten shopper, with its ways and tries."""
        theirs = select(NotificationRow.id).where(*self._mine(), NotificationRow.shopper == shopper)
        ids = list(self._session.exec(theirs))
        connection = self._session.connection()
        connection.execute(
            delete(AttemptRow).where(
                col(AttemptRow.org) == self._scope.org,
                col(AttemptRow.store) == self._scope.store,
                col(AttemptRow.notification).in_(ids),
            )
        )
        connection.execute(
            delete(DeliveryRow).where(
                col(DeliveryRow.org) == self._scope.org,
                col(DeliveryRow.store) == self._scope.store,
                col(DeliveryRow.notification).in_(ids),
            )
        )
        connection.execute(
            delete(NotificationRow).where(*self._mine(), col(NotificationRow.id).in_(ids))
        )
        return len(ids)

    def _mine(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return (
            col(NotificationRow.org) == self._scope.org,
            col(NotificationRow.store) == self._scope.store,
        )
