"""What tills were told, kept word for word so that a till that asks again gets the same."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, select

from store_server.clock import to_ms
from store_server.database import insert_new
from store_server.ids import Scope
from store_server.redemptions.tables import TillAnswerRow


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What was asked, by fingerprint, and what was answered."""

    fingerprint: str
    answer: str


class TillAnswerRepository:
    """The kept answers of one store."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def find(self, operation: str, idempotency_key: str) -> KeptAnswer | None:
        """What was answered to this request of the till's, or None."""
        row = TillAnswerRow
        found = self._session.execute(
            select(col(row.fingerprint), col(row.answer)).where(
                col(row.org) == self._scope.org,
                col(row.store) == self._scope.store,
                col(row.operation) == operation,
                col(row.idempotency_key) == idempotency_key,
            )
        ).one_or_none()
        return None if found is None else KeptAnswer(*found)

    def keep(self, operation: str, idempotency_key: str, *, kept: KeptAnswer, at: datetime) -> bool:
        """Keep an answer; False when the same request is being answered at this moment."""
        row: dict[str, object] = {
            "org": self._scope.org,
            "store": self._scope.store,
            "operation": operation,
            "idempotency_key": idempotency_key,
            "fingerprint": kept.fingerprint,
            "answer": kept.answer,
            "at_ms": to_ms(at),
        }
        return insert_new(self._session, TillAnswerRow, [row]) == 1

    def drop(self, *, before: datetime) -> int:
        """Forget answers from before then; how many."""
        gone = self._session.connection().execute(
            delete(TillAnswerRow).where(
                col(TillAnswerRow.org) == self._scope.org,
                col(TillAnswerRow.store) == self._scope.store,
                col(TillAnswerRow.at_ms) < to_ms(before),
            )
        )
        return int(gone.rowcount)
