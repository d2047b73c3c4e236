"""Notifications as their shopper has to do with them: opened, downloaded, forgotten."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, delete, select

from store_server.clock import from_ms, to_ms
from store_server.ids import Scope, ShopperId
from store_server.outbox.attempt import DeliveryKey
from store_server.outbox.delivery import Due, Exported, Way
from store_server.outbox.notification import DeliveryState
from store_server.outbox.reason import DeliveryReason
from store_server.outbox.tables import AttemptRow, DeliveryRow, NotificationRow

# SQLite takes 32,766 bound values in a statement.
IDS_AT_ONCE = 1_000


class NotificationRepository:
    """The notifications of one store, by shopper; erasure reaches every store."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def open(self, notification: str, *, names: Collection[str], at: datetime) -> bool:
        """Note that it was opened, the first time; False: it is no notification to these names."""
        mine = (
            *self._mine(),
            col(NotificationRow.id) == notification,
            col(NotificationRow.shopper).in_(names),
        )
        self._session.connection().execute(
            update(NotificationRow)
            .where(*mine, col(NotificationRow.opened_at_ms).is_(None))
            .values(opened_at_ms=to_ms(at))
        )
        return self._session.exec(select(NotificationRow.id).where(*mine)).first() is not None

    def decision_of(self, notification: str) -> tuple[str, datetime | None]:
        """Which decision a notification tells of, and when it was opened first.

        ("", None) where there is no such notification.
        """
        found = self._session.execute(
            select(NotificationRow.decision, NotificationRow.opened_at_ms).where(
                *self._mine(), NotificationRow.id == notification
            )
        ).first()
        if found is None:
            return "", None
        return found[0], None if found[1] is None else from_ms(found[1])

    def of_shopper(self, shopper: ShopperId) -> list[Exported]:
        """Everything a shopper was told, oldest first: for the data download."""
        return self._exported(NotificationRow.shopper == shopper)

    def find(self, notification: str) -> tuple[Due, Exported] | None:
        """An offer, as what is looked at before it is sent, and as it was told; None: no such one.

        Also one whose moment is over.
        """
        mine = (NotificationRow.id == notification, NotificationRow.kind == "offer")
        row = self._session.exec(
            select(NotificationRow)
            .where(*self._mine(), *mine)
            .execution_options(populate_existing=True)
        ).one_or_none()
        if row is None:
            return None
        (told,) = self._exported(*mine)
        due = Due(
            key=DeliveryKey(row.id, ""),
            body=row.body,
            number=0,
            shopper=ShopperId(row.shopper),
            decision=row.decision,
            is_offer=True,
            expires_at=from_ms(row.expires_at_ms),
        )
        return due, told

    def opens_of(
        self, shoppers: Sequence[str], *, since: datetime
    ) -> dict[tuple[str, str], tuple[int, int]]:
        """How many offers arrived since then, and were opened, by (shopper, channel)."""
        found: dict[tuple[str, str], tuple[int, int]] = {}
        for start in range(0, len(shoppers), IDS_AT_ONCE):
            rows = self._session.execute(
                select_columns(
                    col(NotificationRow.shopper),
                    col(NotificationRow.channel),
                    func.count(),
                    func.count(col(NotificationRow.opened_at_ms)),
                )
                .where(*self._mine(), col(NotificationRow.kind) == "offer")
                .where(col(NotificationRow.delivered_at_ms).is_not(None))
                .where(col(NotificationRow.created_at_ms) >= to_ms(since))
                .where(col(NotificationRow.shopper).in_(shoppers[start : start + IDS_AT_ONCE]))
                .group_by(col(NotificationRow.shopper), col(NotificationRow.channel))
            )
            found.update({(who, way): (arrived, opened) for who, way, arrived, opened in rows})
        return found

    def offers_of(self, names: Collection[str], *, at: datetime) -> list[Exported]:
        """The offers to a person of these names whose moment is not over at `at`, oldest first."""
        return self._exported(
            col(NotificationRow.shopper).in_(names),
            NotificationRow.kind == "offer",
            NotificationRow.expires_at_ms > to_ms(at),
        )

    def _exported(self, *where: ColumnElement[bool] | bool) -> list[Exported]:
        rows = self._session.exec(
            select(NotificationRow)
            .where(*self._mine(), *where)
            .order_by(col(NotificationRow.created_at_ms), col(NotificationRow.id))
            .execution_options(populate_existing=True)
        ).all()
        ways = self._ways([row.id for row in rows])
        return [
            Exported(
                notification=row.id,
                channel=row.channel,
                body=row.body,
                created_at=from_ms(row.created_at_ms),
                delivered_at=None if row.delivered_at_ms is None else from_ms(row.delivered_at_ms),
                opened_at=None if row.opened_at_ms is None else from_ms(row.opened_at_ms),
                ways=tuple(ways.get(row.id, ())),
                decision=row.decision,
            )
            for row in rows
        ]

    def suppress_waiting(
        self, shopper: ShopperId, *, reason: DeliveryReason, way: str | None = None
    ) -> int:
        """End what waits to be said to or about a shopper, in every store; how many.

        `way`: only by this one; None: by every.
        """
        by = () if way is None else (col(DeliveryRow.endpoint) == way,)
        changed = self._session.connection().execute(
            update(DeliveryRow)
            .where(
                *self._beside(DeliveryRow, shopper, col(NotificationRow.kind) != "event"),
                col(DeliveryRow.state) == DeliveryState.QUEUED,
                *by,
            )
            .values(state=DeliveryState.SUPPRESSED, reason=reason)
        )
        return int(changed.rowcount)

    def forget(self, shopper: ShopperId) -> int:
        """Delete every notification to a shopper, with its ways and tries; how many.

        In every store of the organisation: a shopper asks once.
        """
        connection = self._session.connection()
        connection.execute(delete(AttemptRow).where(*self._beside(AttemptRow, shopper)))
        connection.execute(delete(DeliveryRow).where(*self._beside(DeliveryRow, shopper)))
        gone = connection.execute(
            delete(NotificationRow).where(
                col(NotificationRow.org) == self._scope.org, col(NotificationRow.shopper) == shopper
            )
        )
        return int(gone.rowcount)

    def _beside(
        self,
        row: type[AttemptRow] | type[DeliveryRow],
        shopper: ShopperId,
        *more: ColumnElement[bool],
    ) -> tuple[ColumnElement[bool], ...]:
        """Rows of the organisation that belong to a shopper's notifications."""
        theirs = select(NotificationRow.id).where(
            NotificationRow.org == self._scope.org,
            col(NotificationRow.store) == col(row.store),
            NotificationRow.shopper == shopper,
            *more,
        )
        return col(row.org) == self._scope.org, col(row.notification).in_(theirs)

    def _ways(self, notifications: Sequence[str]) -> dict[str, list[Way]]:
        found: dict[str, list[Way]] = {}
        for start in range(0, len(notifications), IDS_AT_ONCE):
            rows = self._session.execute(
                select_columns(
                    col(DeliveryRow.notification),
                    col(DeliveryRow.state),
                    col(DeliveryRow.reason),
                    col(DeliveryRow.attempts),
                )
                .where(
                    col(DeliveryRow.org) == self._scope.org,
                    col(DeliveryRow.store) == self._scope.store,
                    col(DeliveryRow.notification).in_(notifications[start : start + IDS_AT_ONCE]),
                )
                .order_by(col(DeliveryRow.notification), col(DeliveryRow.endpoint))
            )
            for name, state, reason, attempts in rows:
                why = DeliveryReason(reason) if reason is not None else None
                found.setdefault(name, []).append(Way(DeliveryState(state), why, attempts))
        return found

    def _mine(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return (
            col(NotificationRow.org) == self._scope.org,
            col(NotificationRow.store) == self._scope.store,
        )
