"""Visits of one store, for traffic."""

import json
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from store_server.clock import from_ms, to_ms
from store_server.ids import Scope
from store_server.presence.tables import VisitRow
from store_server.reports.repository.real_shoppers import is_real
from store_server.reports.traffic import SeenStay, SeenVisit


class VisitLogRepository:
    """The visits of one store."""

    def __init__(self, session: Session, scope: Scope, *, simulated: bool = False) -> None:
        """With `simulated` those who are walked by hand count too: the whole store is so."""
        self._session = session
        self._scope = scope
        self._simulated = simulated

    def began(self, *, since: datetime, until: datetime) -> list[datetime]:
        """When the visits of [since, until) began, in any order: for counting."""
        rows = self._session.execute(
            select(col(VisitRow.started_at_ms)).where(*self._began_in(since, until))
        )
        return [from_ms(at_ms) for (at_ms,) in rows]

    def visits(self, *, since: datetime, until: datetime) -> list[SeenVisit]:
        """Those that began in [since, until), oldest first."""
        rows = self._session.execute(
            select(
                col(VisitRow.shopper),
                col(VisitRow.started_at_ms),
                col(VisitRow.ended_at_ms),
                col(VisitRow.zones),
            )
            .where(*self._began_in(since, until))
            .order_by(col(VisitRow.started_at_ms), col(VisitRow.visit))
        )
        return [
            SeenVisit(
                shopper, started_ms, ended_ms, tuple(SeenStay(*stay) for stay in json.loads(zones))
            )
            for shopper, started_ms, ended_ms, zones in rows
        ]

    def _began_in(self, since: datetime, until: datetime) -> tuple[ColumnElement[bool], ...]:
        return (
            col(VisitRow.org) == self._scope.org,
            col(VisitRow.store) == self._scope.store,
            *(() if self._simulated else (is_real(VisitRow.shopper),)),
            col(VisitRow.started_at_ms) >= to_ms(since),
            col(VisitRow.started_at_ms) < to_ms(until),
        )
