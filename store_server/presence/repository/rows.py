"""What every repository of presence shares: its session, its scope, change by key."""

from functools import cache

from sqlalchemy import ColumnElement, Update, bindparam, insert, update
from sqlmodel import Session, SQLModel

from store_server.ids import Scope


class StoreRows:
    """What every repository of a store shares: its session and its scope."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope
        self._mine: dict[str, object] = {"org": scope.org, "store": scope.store}

    def _own(self, row: type[SQLModel]) -> ColumnElement[bool]:
        """The condition that a row is of this organisation and store."""
        columns = row.__table__.c  # type: ignore[attr-defined] # SQLModel does not declare it
        mine: ColumnElement[bool] = (columns.org == self._scope.org) & (
            columns.store == self._scope.store
        )
        return mine

    def _update_or_insert(
        self, row: type[SQLModel], key: dict[str, object], values: dict[str, object]
    ) -> None:
        """Change one row by its key beside org and store; the usual case is one statement."""
        whole_key = {**self._mine, **key}
        change = _change_by_key(row, tuple(whole_key), tuple(values))
        bound = {f"key_{name}": value for name, value in whole_key.items()} | values
        connection = self._session.connection()
        if connection.execute(change, bound).rowcount == 0:
            connection.execute(insert(row), [{**whole_key, **values}])


@cache
def _change_by_key(row: type[SQLModel], key: tuple[str, ...], values: tuple[str, ...]) -> Update:
    """UPDATE of one row, built once: building it costs more than running it."""
    columns = row.__table__.c  # type: ignore[attr-defined] # SQLModel does not declare it
    statement = update(row).values({name: bindparam(name) for name in values})
    for name in key:
        statement = statement.where(columns[name] == bindparam(f"key_{name}"))
    return statement
