"""What every repository of the fleet shares: session, scope, and rows of that scope only."""

from sqlalchemy import ColumnElement, delete
from sqlmodel import Session, SQLModel

from store_server.ids import Scope


class FleetRows:
    """What every repository here shares: its session and its scope."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope
        self._mine: dict[str, object] = {"org": scope.org, "store": scope.store}

    def _own(self, row: type[SQLModel]) -> ColumnElement[bool]:
        columns = row.__table__.c  # type: ignore[attr-defined] # SQLModel does not declare it
        mine: ColumnElement[bool] = (columns.org == self._scope.org) & (
            columns.store == self._scope.store
        )
        return mine

    def _forget(self, row: type[SQLModel], *conditions: ColumnElement[bool]) -> None:
        self._session.connection().execute(delete(row).where(self._own(row), *conditions))
