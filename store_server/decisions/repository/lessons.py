"""Which decisions have taught something of their offer's effect, in the database."""

from collections.abc import Mapping

from sqlmodel import Session, col, select

from store_server.database import insert_new
from store_server.decisions.tables import EffectLessonRow
from store_server.ids import Scope


class LessonRepository:
    """Lessons of one store: a decision teaches once, by the first basket after it."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def add(self, bought: Mapping[str, bool]) -> dict[str, bool]:
        """Keep how these decisions came out; those that had not taught anything before."""
        known = set(
            self._session.exec(
                select(EffectLessonRow.decision).where(
                    EffectLessonRow.org == self._scope.org,
                    EffectLessonRow.store == self._scope.store,
                    col(EffectLessonRow.decision).in_(list(bought)),
                )
            )
        )
        fresh = {name: did for name, did in bought.items() if name not in known}
        rows: list[dict[str, object]] = [
            {
                "org": self._scope.org,
                "store": self._scope.store,
                "decision": name,
                "bought": did,
            }
            for name, did in sorted(fresh.items())
        ]
        insert_new(self._session, EffectLessonRow, rows)
        return fresh
