"""A retailer says where its backend listens; the secret is told once and kept sealed."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from store_server.database import UnitOfWork
from store_server.errors import Conflict, NotFound, Unprocessable
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.outbox.endpoint import (
    Endpoint,
    EndpointState,
    Payload,
    problem_with_url,
    secret_context,
)
from store_server.outbox.lane import DEFAULT_LIMITS, LaneLimits
from store_server.outbox.reason import DeliveryReason
from store_server.outbox.repository import EndpointRepository, OutboxRepository
from store_server.outbox.signature import SECRET_BYTES, secret_text

MAX_ENDPOINTS = 20
MAX_DESCRIPTION = 200
OVERLAP = timedelta(hours=24)
LONGEST_OVERLAP = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class EndpointRegistered:
    """A new endpoint and its secret, which cannot be read again."""

    endpoint: Endpoint
    secret: str

    def __repr__(self) -> str:
        return f"EndpointRegistered({self.endpoint.id})"


def register_endpoint(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    url: str,
    description: str = "",
    limits: LaneLimits = DEFAULT_LIMITS,
    payload: Payload = Payload.THIN,
    development: bool = False,
) -> EndpointRegistered:
    """Send notifications to `url` from now on, and those that waited for an endpoint.

    An active endpoint of the same URL is replaced: its secret stops to be used.

    Args:
        uow: the transaction.
        rooms: the store.
        now: when it was registered.
        url: https, without user, password or fragment.
        description: for people, at most 200 characters.
        limits: what it can take at once and a second.
        payload: whether a webhook carries words and coupon, or ids alone.
        development: whether http to a loopback address is taken too.

    Raises:
        Unprocessable: `bad_url` or `bad_description`.
        Conflict: `too_many_endpoints`.
    """
    problem = problem_with_url(url, development=development)
    if problem is not None:
        raise Unprocessable(problem, code="bad_url")
    if len(description) > MAX_DESCRIPTION:
        raise Unprocessable(
            f"description has {len(description)} characters; at most {MAX_DESCRIPTION} are taken",
            code="bad_description",
        )
    endpoints = EndpointRepository(uow.session, rooms.scope)
    active = [one for one in endpoints.all() if one.state is EndpointState.ACTIVE]
    former = [one for one in active if one.url == url]
    if len(active) - len(former) >= MAX_ENDPOINTS:
        raise Conflict(
            f"there are {MAX_ENDPOINTS} endpoints already; remove one first",
            code="too_many_endpoints",
        )
    endpoint = Endpoint(
        uuid4().hex, url, description, EndpointState.ACTIVE, None, now, limits, payload=payload
    )
    secret, sealed = _new_secret(rooms, endpoint.id)
    endpoints.add(endpoint, sealed_secret=sealed)
    outbox = OutboxRepository(uow.session, rooms.scope)
    outbox.adopt(endpoint.id)
    for one in former:
        endpoints.end(one.id, state=EndpointState.REMOVED, reason="replaced")
        outbox.adopt(endpoint.id, waiting_for=one.id)
    uow.after_commit(rooms.wake_deliveries)
    return EndpointRegistered(endpoint, secret)


def rotate_secret(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    now_system_ms: int,
    endpoint: str,
    overlap: timedelta = OVERLAP,
) -> str:
    """A new secret for an endpoint; the former one signs beside it until `overlap` is over.

    Args:
        uow: the transaction.
        rooms: the store.
        now: of the rules; secrets live by the machine's clock.
        now_system_ms: of the machine's clock.
        endpoint: whose.
        overlap: how long receivers may go on with the former one; nothing ends it at once.

    Raises:
        NotFound: there is no such active endpoint.
    """
    del now
    secret, sealed = _new_secret(rooms, endpoint)
    until_ms = now_system_ms + int(overlap.total_seconds() * 1000)
    rotated = EndpointRepository(uow.session, rooms.scope).rotate(
        endpoint, sealed_secret=sealed, previous_until_ms=until_ms
    )
    if not rotated:
        raise NotFound("there is no such active webhook endpoint", code="unknown_endpoint")
    return secret


def remove_endpoint(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, endpoint: str
) -> None:
    """Send nothing to this endpoint any more; what waits for it is dead.

    Raises:
        NotFound: there is no such endpoint.
    """
    del now
    endpoints = EndpointRepository(uow.session, rooms.scope)
    if not endpoints.end(endpoint, state=EndpointState.REMOVED, reason="removed"):
        raise NotFound("there is no such webhook endpoint", code="unknown_endpoint")
    OutboxRepository(uow.session, rooms.scope).abandon(
        endpoint, reason=DeliveryReason.ENDPOINT_REMOVED
    )


def show_endpoints(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime
) -> list[Endpoint]:
    """Every endpoint of the organisation that was not removed, oldest first."""
    del now
    return EndpointRepository(uow.session, rooms.scope).all()


def _new_secret(rooms: StoreRooms, endpoint: str) -> tuple[str, bytes]:
    """A secret as it is told, and as it is kept."""
    secret = secret_text(secrets.token_bytes(SECRET_BYTES))
    context = secret_context(rooms.scope.org, endpoint)
    return secret, rooms.vault.seal(secret.encode(), context=context)
