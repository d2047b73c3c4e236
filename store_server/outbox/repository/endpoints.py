"""Where the backends of an organisation listen."""

from sqlalchemy import update
from sqlmodel import Session, col, select

from store_server.clock import from_ms, to_ms
from store_server.ids import Scope
from store_server.outbox.endpoint import Destination, Endpoint, EndpointState, Payload
from store_server.outbox.lane import LaneLimits
from store_server.outbox.repository.rows import destination_of
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
            concurrency=endpoint.limits.concurrency,
            rate_per_s=endpoint.limits.rate_per_s,
            payload=endpoint.payload,
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

    def active(self, endpoint: str, *, now_system_ms: int) -> Destination | None:
        """An active endpoint as a try needs it."""
        row = self._session.exec(
            select(EndpointRow)
            .where(EndpointRow.org == self._scope.org, EndpointRow.id == endpoint)
            .where(EndpointRow.state == EndpointState.ACTIVE)
            .execution_options(**_FRESH)
        ).one_or_none()
        return None if row is None else destination_of(row, now_system_ms=now_system_ms)

    def rotate(self, endpoint: str, *, sealed_secret: bytes, previous_until_ms: int) -> bool:
        """Sign with a new secret, and beside it with the former one for a while.

        False: there is no such active endpoint. A former secret that still signs stops at once.
        """
        changed = self._session.connection().execute(
            update(EndpointRow)
            .where(col(EndpointRow.org) == self._scope.org, col(EndpointRow.id) == endpoint)
            .where(col(EndpointRow.state) == EndpointState.ACTIVE)
            .values(
                sealed_previous_secret=EndpointRow.sealed_secret,
                sealed_secret=sealed_secret,
                previous_until_ms=previous_until_ms,
            )
        )
        return changed.rowcount == 1

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
        limits=LaneLimits(row.concurrency, row.rate_per_s),
        previous_until=from_ms(row.previous_until_ms) if row.previous_until_ms else None,
        payload=Payload(row.payload),
    )
