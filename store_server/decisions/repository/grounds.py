"""What decisions stand on, by digest: written once, shared by all that stand on it."""

from collections.abc import Collection, Mapping

from sqlmodel import Session, col, select

from store_server.database import insert_new
from store_server.decisions.tables import DecisionGroundRow
from store_server.ids import Scope

ROWS_AT_ONCE = 500


class GroundRepository:
    """Policies, campaigns and offers as they were, of an organisation; see `decisions.ground`."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._org = scope.org

    def keep(self, documents: Mapping[str, str]) -> int:
        """Keep those that are not there yet; how many."""
        rows: list[dict[str, object]] = [
            {"org": self._org, "digest": digest, "document": text}
            for digest, text in sorted(documents.items())
        ]
        return sum(
            insert_new(self._session, DecisionGroundRow, rows[start : start + ROWS_AT_ONCE])
            for start in range(0, len(rows), ROWS_AT_ONCE)
        )

    def of(self, digests: Collection[str]) -> dict[str, str]:
        """The documents of these digests that are kept."""
        wanted, found = sorted(set(digests)), dict[str, str]()
        for start in range(0, len(wanted), ROWS_AT_ONCE):
            rows = self._session.exec(
                select(DecisionGroundRow.digest, DecisionGroundRow.document).where(
                    DecisionGroundRow.org == self._org,
                    col(DecisionGroundRow.digest).in_(wanted[start : start + ROWS_AT_ONCE]),
                )
            )
            found.update(dict(rows.all()))
        return found
