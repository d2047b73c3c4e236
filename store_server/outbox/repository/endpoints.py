"""Where the backends of an organisation listen."""

from sqlalchemy import update
from sqlmodel import Session, col, select

from store_server.clock import from_ms, to_ms
from store_server.ids import Scope
from store_server.outbox.endpoint import Endpoint, EndpointState
from store_server.outbox.repository.rows import sealed_secrets
from store_server.outbox.tables import EndpointRow

_FRESH = {"populate_existing": True}


class EndpointRepository:
    """Where the backends of one organisation listen."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def add(self, endpoint: Endpoint, *, sealed_secret: bytes) -> None:
        """Write a new endpoint with its sealed secret."""
        row = EndpointRow(
            org=self._scope.org,
            id=endpoint.id,
            url=endpoint.url,
            description=endpoint.description,
            sealed_secret=sealed_secret,
            state=endpoint.state,
            reason=endpoint.reason,
            created_at_ms=to_ms(endpoint.created_at),
        )
        self._session.add(row)
        self._session.flush()

    def all(self) -> list[Endpoint]:
        """Every endpoint that was not removed, oldest first."""
        rows = self._session.exec(
            select(EndpointRow)
            .where(EndpointRow.org == self._scope.org)
            .where(EndpointRow.state != EndpointState.REMOVED)
            .order_by(col(EndpointRow.created_at_ms), col(EndpointRow.id))
            .execution_options(**_FRESH)
        )
        return [_endpoint(row) for row in rows]

    def active(self, endpoint: str) -> tuple[str, tuple[bytes, ...]] | None:
        """The URL and sealed secrets, newest first, of an active endpoint."""
        row = self._session.exec(
            select(EndpointRow)
            .where(EndpointRow.org == self._scope.org, EndpointRow.id == endpoint)
            .where(EndpointRow.state == EndpointState.ACTIVE)
            .execution_options(**_FRESH)
        ).one_or_none()
        return None if row is None else (row.url, sealed_secrets(row))

    def end(self, endpoint: str, *, state: EndpointState, reason: str) -> bool:
        """Disable or remove an endpoint; False when there is none to end."""
        changed = self._session.connection().execute(
            update(EndpointRow)
            .where(col(EndpointRow.org) == self._scope.org, col(EndpointRow.id) == endpoint)
            .where(col(EndpointRow.state).not_in((state, EndpointState.REMOVED)))
            .values(state=state, reason=reason)
        )
        return changed.rowcount == 1


def _endpoint(row: EndpointRow) -> Endpoint:
    return Endpoint(
        id=row.id,
        url=row.url,
        description=row.description,
        state=EndpointState(row.state),
        reason=row.reason,
        created_at=from_ms(row.created_at_ms),
    )
