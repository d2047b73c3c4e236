"""API keys as a list for people: names, scopes, when each was used last; never a secret."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from store_server.clock import from_ms, to_ms
from store_server.ids import Scope
from store_server.shop.access import KEY_SCOPES, ApiKey
from store_server.shop.tables import ApiKeyRow


class ApiKeyRepository:
    """The keys of one store; `AccessRepository` adds them and looks them up."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def all(self) -> list[ApiKey]:
        """Every key, the living first, then the newest."""
        rows = self._session.exec(
            select(ApiKeyRow)
            .where(ApiKeyRow.org == self._scope.org, ApiKeyRow.store == self._scope.store)
            .order_by(
                col(ApiKeyRow.revoked_at_ms).is_not(None),
                col(ApiKeyRow.created_at_ms).desc(),
                col(ApiKeyRow.name),
            )
            .execution_options(populate_existing=True)
        )
        return [_key_of(row) for row in rows]

    def revoke(self, name: str, *, at: datetime) -> int:
        """Take nothing more of the keys of this name; how many that ended."""
        ended = self._session.exec(
            update(ApiKeyRow)
            .where(
                col(ApiKeyRow.org) == self._scope.org,
                col(ApiKeyRow.store) == self._scope.store,
                col(ApiKeyRow.name) == name,
                col(ApiKeyRow.revoked_at_ms).is_(None),
            )
            .values(revoked_at_ms=to_ms(at))
        )
        return int(ended.rowcount)

    def note_use(self, used: dict[str, datetime]) -> None:
        """Keep when each key (by its token's hash) was used last."""
        for token_hash, at in used.items():
            self._session.exec(
                update(ApiKeyRow)
                .where(
                    col(ApiKeyRow.org) == self._scope.org,
                    col(ApiKeyRow.store) == self._scope.store,
                    col(ApiKeyRow.token_hash) == token_hash,
                )
                .values(used_at_ms=to_ms(at))
            )


def _key_of(row: ApiKeyRow) -> ApiKey:
    return ApiKey(
        name=row.name,
        token_hash=row.token_hash,
        scopes=frozenset(scope for scope in KEY_SCOPES if scope in row.scopes.split(",")),
        created_at=from_ms(row.created_at_ms),
        revoked_at=None if row.revoked_at_ms is None else from_ms(row.revoked_at_ms),
        used_at=None if row.used_at_ms is None else from_ms(row.used_at_ms),
    )
