"""Discounts of offline tills that do not fit, of one store."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlmodel import Session, col, select

from store_server.clock import from_ms, to_ms
from store_server.database import insert_new
from store_server.ids import Scope
from store_server.redemptions.discrepancy import Discrepancy
from store_server.redemptions.tables import DiscrepancyRow


class DiscrepancyRepository:
    """What tills gave that does not fit what we know."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def add(self, found: Sequence[Discrepancy]) -> int:
        """Write them down; how many were new."""
        return insert_new(self._session, DiscrepancyRow, [self._row(one) for one in found])

    def between(self, since: datetime, until: datetime, *, limit: int) -> list[Discrepancy]:
        """Those that became known from `since` on and before `until`, the newest first."""
        row = DiscrepancyRow
        rows = self._session.exec(
            select(row)
            .where(
                row.org == self._scope.org,
                row.store == self._scope.store,
                col(row.taken_at_ms) >= to_ms(since),
                col(row.taken_at_ms) < to_ms(until),
            )
            .order_by(col(row.taken_at_ms).desc(), col(row.basket), col(row.code))
            .limit(limit)
        )
        return [_discrepancy(one) for one in rows]

    def _row(self, one: Discrepancy) -> dict[str, object]:
        values = asdict(one)
        values["at_ms"], values["taken_at_ms"] = to_ms(one.at), to_ms(one.taken_at)
        del values["at"], values["taken_at"]
        return {"org": self._scope.org, "store": self._scope.store, **values}


def _discrepancy(row: DiscrepancyRow) -> Discrepancy:
    return Discrepancy(
        basket=row.basket,
        code=row.code,
        reason=row.reason,
        till=row.till,
        given_minor=row.given_minor,
        covered_minor=row.covered_minor,
        at=from_ms(row.at_ms),
        taken_at=from_ms(row.taken_at_ms),
        first_basket=row.first_basket,
        first_till=row.first_till,
    )
