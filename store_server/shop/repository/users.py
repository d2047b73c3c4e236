"""Console users as people: who there is, with which role; their passwords stay in `access`."""

from sqlalchemy import update
from sqlmodel import Session, col, delete, select

from store_server.clock import from_ms, to_ms
from store_server.database import insert_new
from store_server.ids import Scope
from store_server.shop.console_user import ConsoleUser
from store_server.shop.roles import Role
from store_server.shop.tables import ConsoleSessionRow, ConsoleUserRow


class ConsoleUserRepository:
    """The people of one store's console."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def all(self) -> list[ConsoleUser]:
        """Everybody, by name; those who may not come in any more too."""
        rows = self._session.exec(
            select(ConsoleUserRow)
            .where(ConsoleUserRow.org == self._scope.org, ConsoleUserRow.store == self._scope.store)
            .order_by(ConsoleUserRow.user_name)
            .execution_options(populate_existing=True)
        )
        return [_user_of(row) for row in rows]

    def find(self, name: str) -> ConsoleUser | None:
        """The user of this name."""
        row = self._session.get(
            ConsoleUserRow, (self._scope.org, self._scope.store, name), populate_existing=True
        )
        return None if row is None else _user_of(row)

    def add(self, user: ConsoleUser) -> bool:
        """Let somebody new in, without a password yet; False when the name is taken."""
        row: dict[str, object] = {
            "org": self._scope.org,
            "store": self._scope.store,
            "user_name": user.name,
            "password_hash": None,
            "created_at_ms": to_ms(user.created_at),
            "role": user.role,
            "language": user.language,
            "disabled_at_ms": None,
        }
        return insert_new(self._session, ConsoleUserRow, [row]) == 1

    def change(self, user: ConsoleUser) -> None:
        """Role, language, and whether they may come in; the password stays as it is."""
        self._session.exec(
            update(ConsoleUserRow)
            .where(
                col(ConsoleUserRow.org) == self._scope.org,
                col(ConsoleUserRow.store) == self._scope.store,
                col(ConsoleUserRow.user_name) == user.name,
            )
            .values(
                role=user.role,
                language=user.language,
                disabled_at_ms=None if user.disabled_at is None else to_ms(user.disabled_at),
            )
        )

    def end_sessions(self, name: str) -> None:
        """Log somebody out everywhere."""
        self._session.exec(
            delete(ConsoleSessionRow).where(
                col(ConsoleSessionRow.org) == self._scope.org,
                col(ConsoleSessionRow.store) == self._scope.store,
                col(ConsoleSessionRow.user_name) == name,
            )
        )


def _user_of(row: ConsoleUserRow) -> ConsoleUser:
    return ConsoleUser(
        name=row.user_name,
        role=Role(row.role),
        created_at=from_ms(row.created_at_ms),
        language=row.language,
        disabled_at=None if row.disabled_at_ms is None else from_ms(row.disabled_at_ms),
        has_password=row.password_hash is not None,
    )
