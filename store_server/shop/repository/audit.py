"""The audit log: appended to, read by page, and freed of the names of those who are erased."""

from datetime import datetime

from sqlalchemy import or_, update
from sqlmodel import Session, col, select

from store_server.clock import from_ms, to_ms
from store_server.database import insert_new
from store_server.ids import Scope, ShopperId
from store_server.shop.audit import AuditEntry, Deed
from store_server.shop.tables import AuditRow


class AuditRepository:
    """What was done in one store's console."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def add(self, entry: AuditEntry) -> None:
        """Write down a deed."""
        row: dict[str, object] = {
            "org": self._scope.org,
            "store": self._scope.store,
            "id": entry.id,
            "at_ms": to_ms(entry.at),
            "who": entry.who,
            "deed": entry.deed,
            "subject": entry.subject,
            "reason": entry.reason,
            "shopper": entry.shopper,
        }
        insert_new(self._session, AuditRow, [row])

    def find(self, entry: str) -> AuditEntry | None:
        """The entry of this id."""
        row = self._session.get(
            AuditRow, (self._scope.org, self._scope.store, entry), populate_existing=True
        )
        return None if row is None else _entry_of(row)

    def page(
        self, *, limit: int, who: str | None = None, before: tuple[int, str] | None = None
    ) -> list[AuditEntry]:
        """The newest entries, newest first; `before` (at_ms, id) starts after that one."""
        query = select(AuditRow).where(
            AuditRow.org == self._scope.org, AuditRow.store == self._scope.store
        )
        if who is not None:
            query = query.where(AuditRow.who == who)
        if before is not None:
            at_ms, name = before
            # The bound alone lets the index begin there; an OR alone walks from the newest on.
            query = query.where(
                col(AuditRow.at_ms) <= at_ms,
                or_(col(AuditRow.at_ms) < at_ms, col(AuditRow.id) < name),
            )
        newest = query.order_by(col(AuditRow.at_ms).desc(), col(AuditRow.id).desc())
        return [_entry_of(row) for row in self._session.exec(newest.limit(limit))]

    def of_shopper(self, shopper: ShopperId) -> list[tuple[datetime, Deed, str]]:
        """When somebody looked at or changed a shopper, what, and why; oldest first."""
        rows = self._session.exec(
            select(AuditRow)
            .where(
                AuditRow.org == self._scope.org,
                AuditRow.store == self._scope.store,
                AuditRow.shopper == shopper,
            )
            .order_by(col(AuditRow.at_ms), col(AuditRow.id))
        )
        return [(from_ms(row.at_ms), Deed(row.deed), row.reason) for row in rows]

    def forget(self, shopper: ShopperId) -> None:
        """Take an erased shopper's name off, in every store; what was done stays."""
        self._session.exec(
            update(AuditRow)
            .where(col(AuditRow.org) == self._scope.org, col(AuditRow.shopper) == shopper)
            .values(shopper=None, reason="")
        )


def _entry_of(row: AuditRow) -> AuditEntry:
    return AuditEntry(
        id=row.id,
        at=from_ms(row.at_ms),
        who=row.who,
        deed=Deed(row.deed),
        subject=row.subject,
        reason=row.reason,
        shopper=None if row.shopper is None else ShopperId(row.shopper),
    )
