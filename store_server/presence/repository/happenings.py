"""What presence knows of shoppers, as rows to be read inside another statement.

Segments count visits and stays in zones. They belong to the organisation, so these rows reach
over all of its stores.
"""

from sqlalchemy import BigInteger, String, cast, func, literal, null, select
from sqlalchemy.sql.selectable import SelectBase
from sqlmodel import Session, col

from store_server.ids import Scope
from store_server.presence.tables import VisitRow, ZoneEventRow


class HappeningRepository:
    """Visits and stays as events: columns shopper, at_ms, kind, item, amount.

    `amount` is in whole seconds: both numbers are integers, so every engine cuts off alike.
    """

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._org = scope.org

    def visit_rows(self) -> SelectBase:
        """Kind "visit", at its start; `amount` is how long it lasted, 0 while it does."""
        row = VisitRow
        lasted_ms = func.coalesce(col(row.ended_at_ms), col(row.started_at_ms)) - col(
            row.started_at_ms
        )
        return select(
            col(row.shopper).label("shopper"),
            col(row.started_at_ms).label("at_ms"),
            literal("visit").label("kind"),
            cast(null(), String()).label("item"),
            cast(lasted_ms // 1000, BigInteger()).label("amount"),
        ).where(col(row.org) == self._org)

    def stay_rows(self) -> SelectBase:
        """Kind "zone_stay", when it ended; `item` is the zone, `amount` how long it was."""
        row = ZoneEventRow
        return select(
            col(row.shopper).label("shopper"),
            col(row.at_ms).label("at_ms"),
            literal("zone_stay").label("kind"),
            col(row.zone).label("item"),
            cast(col(row.dwell_ms) // 1000, BigInteger()).label("amount"),
        ).where(col(row.org) == self._org, col(row.kind) == "exit")
