"""Delivering is three: claim here, send with no transaction open, settle here.

The sending is `entrypoints/deliveries.py`. Between claim and settlement the process may die: the
lease lapses (or the next start frees it) and the delivery is sent again, under the same id.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from store_server.database import UnitOfWork
from store_server.decisions.repository import SwitchRepository
from store_server.errors import NotFound
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.outbox.attempt import (
    AttemptOutcome,
    Claim,
    Settled,
    Settlement,
    Tried,
    Verdict,
    settlement_of,
)
from store_server.outbox.delivery import Due
from store_server.outbox.endpoint import EndpointState, secret_context
from store_server.outbox.notification import DeliveryReason, endpoint_test_body
from store_server.outbox.repository import EndpointRepository, OutboxRepository
from store_server.outbox.retry_schedule import Schedule
from store_server.shoppers.consent import ConsentEntry, Purpose, allowed
from store_server.shoppers.key_vault import Unsealable
from store_server.shoppers.repository import ConsentRepository

_FAR_FUTURE = datetime.max.replace(tzinfo=UTC, microsecond=0)


def find_due(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    now_system_ms: int,
    skip_endpoints: Collection[str] = (),
) -> bool:
    """Whether something waits to be sent: a read flow, cheap enough to poll.

    Nothing does while the kill switch is on; what waits expires with its moment.
    """
    del now
    if SwitchRepository(uow.session, rooms.scope).is_on():
        return False
    return OutboxRepository(uow.session, rooms.scope).has_due(
        now_system_ms=now_system_ms, skip_endpoints=skip_endpoints
    )


def claim_deliveries(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    now_system_ms: int,
    lease_ms: int,
    limit: int,
    skip_endpoints: Collection[str] = (),
) -> list[Claim]:
    """What may be sent now: not expired, still consented to, and nobody else's for `lease_ms`.

    Args:
        uow: the transaction.
        rooms: the store.
        now: of the clock that rules decisions, for expiry and consent.
        now_system_ms: of the machine's clock, for retries and leases.
        lease_ms: longer than any try may take.
        limit: how many can be sent at once.
        skip_endpoints: those that have enough under way.
    """
    outbox = OutboxRepository(uow.session, rooms.scope)
    outbox.expire(now=now)
    if SwitchRepository(uow.session, rooms.scope).is_on():
        return []
    due = outbox.claim(
        now_system_ms=now_system_ms,
        lease_ms=lease_ms,
        limit=limit,
        skip_endpoints=skip_endpoints,
    )
    willing = _willing(uow, rooms, {one.shopper for one in due}, now=now)
    claims = []
    for one in due:
        found = _claim(rooms, one) if one.shopper in willing else DeliveryReason.CONSENT_WITHDRAWN
        if isinstance(found, Claim):
            claims.append(found)
        else:
            outbox.suppress(one.key, reason=found)
    return claims


def settle_deliveries(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    tried: Sequence[tuple[Claim, AttemptOutcome]],
    now_system_ms: int,
) -> list[Settlement]:
    """Write down what came of tries, and what follows: done, again later, or given up."""
    outbox = OutboxRepository(uow.session, rooms.scope)
    follows = [
        settlement_of(claim, outcome, schedule=Schedule.OFFER, now=now, now_system_ms=now_system_ms)
        for claim, outcome in tried
    ]
    outbox.log_attempts([Tried(claim.key, claim.number, outcome) for claim, outcome in tried])
    outbox.settle(
        [
            Settled(claim.key, claim.number, after)
            for (claim, _), after in zip(tried, follows, strict=True)
        ],
        now=now,
    )
    endpoints = EndpointRepository(uow.session, rooms.scope)
    for claim, outcome in tried:
        if outcome.verdict is Verdict.ENDPOINT_GONE:
            endpoints.end(claim.endpoint, state=EndpointState.DISABLED, reason="gone")
            outbox.abandon(claim.endpoint, reason=DeliveryReason.ENDPOINT_GONE)
    return follows


def expire_notifications(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> int:
    """Close what waits and whose moment is over; how many. Safe to run twice."""
    return OutboxRepository(uow.session, rooms.scope).expire(now=now)


def recover_deliveries(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> int:
    """At start: queue again what an earlier process was sending; how many."""
    del now
    return OutboxRepository(uow.session, rooms.scope).release()


def prepare_test(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, endpoint: str, test_id: str
) -> Claim:
    """A read flow: a test event to one endpoint, to be sent at once and not kept.

    Raises:
        NotFound: there is no such active endpoint.
    """
    found = EndpointRepository(uow.session, rooms.scope).active(endpoint)
    if found is None:
        raise NotFound("there is no such active webhook endpoint", code="unknown_endpoint")
    url, sealed = found
    return Claim(
        notification=test_id,
        endpoint=endpoint,
        url=url,
        secrets=_open(rooms, endpoint, sealed),
        body=endpoint_test_body(endpoint, rooms.scope, at=now),
        number=1,
        shopper=ShopperId(""),
        expires_at=now,
    )


def _willing(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, shoppers: set[ShopperId], *, now: datetime
) -> frozenset[ShopperId]:
    """Who agrees to offers now, and has not withdrawn with a time that is yet to come.

    The second matters where the event clock lags behind the shopper's: a no counts at once.
    """
    said: dict[ShopperId, list[ConsentEntry]] = {}
    for entry in ConsentRepository(uow.session, rooms.scope).entries_of(
        sorted(shoppers), purpose=Purpose.OFFERS
    ):
        said.setdefault(entry.shopper, []).append(entry)
    return frozenset(
        shopper
        for shopper, words in said.items()
        if all(allowed(words, Purpose.OFFERS, at) for at in (now, _FAR_FUTURE))
    )


def _claim(rooms: StoreRooms, due: Due) -> Claim | DeliveryReason:
    try:
        secrets = _open(rooms, due.key.endpoint, due.sealed_secrets)
    except Unsealable:
        return DeliveryReason.SECRET_UNREADABLE
    return Claim(
        notification=due.key.notification,
        endpoint=due.key.endpoint,
        url=due.url,
        secrets=secrets,
        body=due.body,
        number=due.number,
        shopper=due.shopper,
        expires_at=due.expires_at,
    )


def _open(rooms: StoreRooms, endpoint: str, sealed: tuple[bytes, ...]) -> tuple[str, ...]:
    context = secret_context(rooms.scope.org, endpoint)
    return tuple(rooms.vault.open(secret, context=context).decode() for secret in sealed)
