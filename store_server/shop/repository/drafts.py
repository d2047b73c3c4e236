"""What somebody in the console has begun and not published yet."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, delete

from store_server.clock import from_ms, to_ms
from store_server.database import upsert
from store_server.ids import Scope
from store_server.shop.tables import DraftRow


class Draft(NamedTuple):
    """A draft as it was kept last."""

    text: str
    saved_by: str
    saved_at: datetime


class DraftRepository:
    """The drafts of one store, one of each kind."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def find(self, kind: str) -> Draft | None:
        """The draft of a kind."""
        row = self._session.get(
            DraftRow, (self._scope.org, self._scope.store, kind), populate_existing=True
        )
        return None if row is None else Draft(row.document, row.saved_by, from_ms(row.saved_at_ms))

    def keep(self, kind: str, text: str, *, by: str, at: datetime) -> None:
        """Keep a draft in the place of the one before."""
        row: dict[str, object] = {
            "org": self._scope.org,
            "store": self._scope.store,
            "kind": kind,
            "document": text,
            "saved_by": by,
            "saved_at_ms": to_ms(at),
        }
        upsert(self._session, DraftRow, [row], keys=["org", "store", "kind"])

    def drop(self, kind: str) -> None:
        """Forget a draft."""
        self._session.exec(
            delete(DraftRow).where(
                col(DraftRow.org) == self._scope.org,
                col(DraftRow.store) == self._scope.store,
                col(DraftRow.kind) == kind,
            )
        )
