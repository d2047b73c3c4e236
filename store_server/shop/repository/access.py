"""Who may come in: keys, shopper tokens, console users, sessions and login links; hashes only."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlmodel import Session, col, delete

from store_server.clock import from_ms, to_ms
from store_server.database import insert_new
from store_server.ids import Scope, ShopperId
from store_server.shop.access import KEY_SCOPES, ApiKey, ConsoleSession
from store_server.shop.roles import Role
from store_server.shop.tables import (
    ApiKeyRow,
    ConsoleSessionRow,
    ConsoleUserRow,
    LoginLinkRow,
    ShopperTokenRow,
)

# Asked for every pull: prepared once.
_STANDING = select(
    col(ShopperTokenRow.token_hash),
    col(ShopperTokenRow.shopper),
    col(ShopperTokenRow.expires_at_ms),
).where(
    col(ShopperTokenRow.org) == bindparam("org"),
    col(ShopperTokenRow.token_hash).in_(bindparam("hashes", expanding=True)),
)
_StoreTable = type[LoginLinkRow] | type[ConsoleSessionRow] | type[ApiKeyRow]


class AccessRepository:
    """Keys, shopper tokens, console users, sessions and login links; hashes only."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def add_key(self, key: ApiKey) -> None:
        """Let a program in; its key takes the place of every other of that name."""
        self._session.exec(
            update(ApiKeyRow)
            .where(
                *self._mine(ApiKeyRow),
                col(ApiKeyRow.name) == key.name,
                col(ApiKeyRow.token_hash) != key.token_hash,
                col(ApiKeyRow.revoked_at_ms).is_(None),
            )
            .values(revoked_at_ms=to_ms(key.created_at))
        )
        row = self._keys() | {
            "token_hash": key.token_hash,
            "name": key.name,
            "scopes": ",".join(sorted(key.scopes)),
            "created_at_ms": to_ms(key.created_at),
        }
        insert_new(self._session, ApiKeyRow, [row])

    def key(self, token_hash: str) -> ApiKey | None:
        """The key of this hash, revoked or not."""
        row = self._session.get(
            ApiKeyRow, (self._scope.org, self._scope.store, token_hash), populate_existing=True
        )
        if row is None:
            return None
        return ApiKey(
            name=row.name,
            token_hash=row.token_hash,
            scopes=frozenset(scope for scope in KEY_SCOPES if scope in row.scopes.split(",")),
            created_at=from_ms(row.created_at_ms),
            revoked_at=None if row.revoked_at_ms is None else from_ms(row.revoked_at_ms),
        )

    def add_shopper_token(self, token_hash: str, *, shopper: str, expires_at: datetime) -> None:
        """Let a shopper's app in for a while, and forget tokens that were over a day before."""
        self._session.exec(
            delete(ShopperTokenRow).where(
                col(ShopperTokenRow.org) == self._scope.org,
                col(ShopperTokenRow.expires_at_ms) < to_ms(expires_at) - 86_400_000,
            )
        )
        row: dict[str, object] = {
            "org": self._scope.org,
            "token_hash": token_hash,
            "shopper": shopper,
            "expires_at_ms": to_ms(expires_at),
        }
        insert_new(self._session, ShopperTokenRow, [row])

    def shopper_token(self, token_hash: str) -> tuple[ShopperId, datetime] | None:
        """Whose token this is, and when it ends."""
        row = self._session.get(
            ShopperTokenRow, (self._scope.org, token_hash), populate_existing=True
        )
        return (ShopperId(row.shopper), from_ms(row.expires_at_ms)) if row else None

    def shoppers_of(self, hashes: Collection[str]) -> dict[str, tuple[ShopperId, datetime]]:
        """Whose tokens these are and when each ends, by hash, those that still stand."""
        asked = {"org": self._scope.org, "hashes": list(hashes)}
        rows = self._session.connection().execute(_STANDING, asked)
        return {name: (ShopperId(who), from_ms(ends_ms)) for name, who, ends_ms in rows}

    def forget_shopper(self, shopper: str) -> None:
        """End every token of a shopper."""
        self._session.exec(
            delete(ShopperTokenRow).where(
                col(ShopperTokenRow.org) == self._scope.org, col(ShopperTokenRow.shopper) == shopper
            )
        )

    def save_user(self, name: str, *, password_hash: str | None, created_at: datetime) -> None:
        """Let someone use the console, as admin when new, or change their password."""
        row = self._keys() | {
            "user_name": name,
            "password_hash": password_hash,
            "created_at_ms": to_ms(created_at),
            "role": Role.ADMIN,
        }
        insert_new(self._session, ConsoleUserRow, [row])
        self._session.exec(
            update(ConsoleUserRow)
            .where(
                col(ConsoleUserRow.org) == self._scope.org,
                col(ConsoleUserRow.store) == self._scope.store,
                col(ConsoleUserRow.user_name) == name,
            )
            .values(password_hash=password_hash)
        )

    def password_hash(self, name: str) -> str | None:
        """The hash of a user's password; None without one, and for nobody."""
        row = self._session.get(
            ConsoleUserRow, (self._scope.org, self._scope.store, name), populate_existing=True
        )
        return row.password_hash if row else None

    def add_session(self, token_hash: str, session: ConsoleSession) -> None:
        """Begin a session."""
        row = self._keys() | {
            "token_hash": token_hash,
            "user_name": session.user_name,
            "csrf_token": session.csrf_token,
            "expires_at_ms": to_ms(session.expires_at),
        }
        insert_new(self._session, ConsoleSessionRow, [row])

    def session(self, token_hash: str) -> ConsoleSession | None:
        """The session of this hash, over or not."""
        row = self._session.get(
            ConsoleSessionRow,
            (self._scope.org, self._scope.store, token_hash),
            populate_existing=True,
        )
        if row is None:
            return None
        return ConsoleSession(row.user_name, row.csrf_token, from_ms(row.expires_at_ms))

    def end_session(self, token_hash: str) -> None:
        """End a session; nothing happens when it is not there."""
        self._session.exec(
            delete(ConsoleSessionRow).where(
                *self._mine(ConsoleSessionRow), col(ConsoleSessionRow.token_hash) == token_hash
            )
        )

    def add_login_link(self, token_hash: str, *, user_name: str, expires_at: datetime) -> None:
        """Make a one-time link; the user's links before it are void from now on."""
        self._session.exec(
            delete(LoginLinkRow).where(
                *self._mine(LoginLinkRow), col(LoginLinkRow.user_name) == user_name
            )
        )
        row = self._keys() | {
            "token_hash": token_hash,
            "user_name": user_name,
            "expires_at_ms": to_ms(expires_at),
        }
        insert_new(self._session, LoginLinkRow, [row])

    def use_login_link(self, token_hash: str, *, at: datetime) -> str | None:
        """Use up a link: the user's name for the first who comes in time, None for the rest."""
        used = self._session.exec(
            update(LoginLinkRow)
            .where(
                *self._mine(LoginLinkRow),
                col(LoginLinkRow.token_hash) == token_hash,
                col(LoginLinkRow.used_at_ms).is_(None),
                col(LoginLinkRow.expires_at_ms) > to_ms(at),
            )
            .values(used_at_ms=to_ms(at))
        )
        if used.rowcount != 1:
            return None
        row = self._session.get(
            LoginLinkRow, (self._scope.org, self._scope.store, token_hash), populate_existing=True
        )
        return row.user_name if row else None

    def _keys(self) -> dict[str, object]:
        return {"org": self._scope.org, "store": self._scope.store}

    def _mine(self, table: _StoreTable) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return col(table.org) == self._scope.org, col(table.store) == self._scope.store
