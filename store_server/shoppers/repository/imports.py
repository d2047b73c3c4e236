"""How far files were imported: rows of the organisation."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col

from store_server.clock import to_ms
from store_server.database import upsert
from store_server.ids import Scope
from store_server.shoppers.bookmark import Bookmark
from store_server.shoppers.tables import FileImportRow, ShopperAttributeRow


class ImportRepository:
    """Bookmarks of imports."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._org = scope.org

    def bookmark(self, import_id: str) -> Bookmark:
        """How far this import came; nowhere when it is new."""
        row = self._session.get(FileImportRow, (self._org, import_id), populate_existing=True)
        return (
            Bookmark(0, 0, 0) if row is None else Bookmark(row.through_row, row.taken, row.refused)
        )

    def set_bookmark(self, import_id: str, bookmark: Bookmark, *, at: datetime) -> None:
        """Keep how far this import came."""
        row: dict[str, object] = {
            "org": self._org,
            "import_id": import_id,
            **bookmark._asdict(),
            "changed_at_ms": to_ms(at),
        }
        upsert(self._session, FileImportRow, [row], keys=["org", "import_id"])

    def forget(self, import_id: str) -> bool:
        """Take a bookmark out; whether there was one."""
        gone = self._session.connection().execute(
            delete(FileImportRow).where(
                col(FileImportRow.org) == self._org, col(FileImportRow.import_id) == import_id
            )
        )
        return int(gone.rowcount) == 1

    def clear_attribute(self, name: str) -> int:
        """Take an attribute away from everybody, for an audience that is said anew; of how many."""
        gone = self._session.connection().execute(
            delete(ShopperAttributeRow).where(
                col(ShopperAttributeRow.org) == self._org, col(ShopperAttributeRow.name) == name
            )
        )
        return int(gone.rowcount)
