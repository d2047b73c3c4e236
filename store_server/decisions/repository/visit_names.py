"""Which visit decisions were made in, when two visits turn out to be one."""

from sqlalchemy import update
from sqlmodel import Session, col

from store_server.decisions.tables import DecisionRow
from store_server.ids import Scope, ShopperId


class VisitNameRepository:
    """The visits that a store's decisions name."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def move(self, gone: str, *, to: str, shopper: ShopperId) -> int:
        """Name the visit that another turned out to be part of; what was decided stays. How many.

        Caps of a visit, the pull and attribution then find all of its decisions.
        """
        changed = self._session.connection().execute(
            update(DecisionRow)
            .where(
                col(DecisionRow.org) == self._scope.org,
                col(DecisionRow.store) == self._scope.store,
                col(DecisionRow.visit_id) == gone,
                col(DecisionRow.shopper) == shopper,
            )
            .values(visit_id=to)
        )
        return int(changed.rowcount)
