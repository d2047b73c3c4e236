"""Delivering is three: claim here, send with no transaction open, settle here.

The sending is `entrypoints/deliveries.py`. Between claim and settlement the process may die: the
lease lapses (or the next start frees it) and the delivery is sent again, under the same id.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import NotFound
from store_server.flows.address_deliveries import address_claims
from store_server.flows.check_sending import refuse_sending
from store_server.flows.give_up_contact import give_up_contact
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
from store_server.outbox.delivery import AllDue, Due
from store_server.outbox.endpoint import Destination, EndpointState, Payload, secret_context
from store_server.outbox.notification import endpoint_test_body, thin_body
from store_server.outbox.reason import DeliveryReason
from store_server.outbox.repository import EndpointRepository, OutboxRepository
from store_server.outbox.retry_schedule import Schedule
from store_server.shoppers.key_vault import Unsealable


def find_due(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, now_system_ms: int
) -> AllDue:
    """What waits to be sent: a read flow, cheap enough to poll."""
    del now
    outbox = OutboxRepository(uow.session, rooms.scope)
    return outbox.due(rooms.channels.limits, now_system_ms=now_system_ms)


def claim_deliveries(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    now_system_ms: int,
    lease_ms: int,
    room: Mapping[str, int],
) -> list[Claim]:
    """What may be sent now: still allowed, and nobody else's for `lease_ms`.

    What is over is expired, what is not allowed any more is suppressed, each with its reason.

    Args:
        uow: the transaction.
        rooms: the store.
        now: of the clock that rules decisions, for expiry and everything that is checked again.
        now_system_ms: of the machine's clock, for retries and leases.
        lease_ms: longer than any try may take.
        room: how many tries each endpoint can take now.
    """
    outbox = OutboxRepository(uow.session, rooms.scope)
    outbox.release(lapsed_at_system_ms=now_system_ms)
    outbox.expire(now=now)
    ticket = rooms.flights.ticket()
    claims: list[Claim] = []
    for endpoint, limit in room.items():
        destination = EndpointRepository(uow.session, rooms.scope).active(
            endpoint, now_system_ms=now_system_ms
        )
        if destination is None and endpoint not in rooms.channels.limits:
            continue
        due = outbox.claim(endpoint, now_system_ms=now_system_ms, lease_ms=lease_ms, limit=limit)
        refused = refuse_sending(uow, rooms, now=now, due=due)
        allowed = [one for one in due if one.key not in refused]
        addressed = (
            {one.key: _claim(rooms, one, destination, ticket=ticket) for one in allowed}
            if destination is not None
            else address_claims(uow, rooms, now=now, channel=endpoint, due=allowed, ticket=ticket)
        )
        for key, found in {**refused, **addressed}.items():
            if isinstance(found, Claim):
                claims.append(found)
            else:
                outbox.suppress(key, reason=found)
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
        settlement_of(claim, outcome, now=now, now_system_ms=now_system_ms)
        for claim, outcome in tried
    ]
    outbox.log_attempts(
        [
            Tried(claim.key, claim.number, outcome)
            for claim, outcome in tried
            if outcome.verdict.is_try
        ]
    )
    outbox.settle(
        [
            Settled(claim.key, claim.number, after)
            for (claim, _), after in zip(tried, follows, strict=True)
        ],
        now=now,
    )
    _suppress_recalled(uow, rooms, now=now, tried=tried)
    endpoints = EndpointRepository(uow.session, rooms.scope)
    for claim, outcome in tried:
        if outcome.verdict is Verdict.ENDPOINT_GONE:
            endpoints.end(claim.endpoint, state=EndpointState.DISABLED, reason="gone")
            outbox.abandon(claim.endpoint, reason=DeliveryReason.ENDPOINT_GONE)
        elif outcome.verdict is Verdict.CONTACT_GONE:
            give_up_contact(uow, rooms, now=now, claim=claim)
    return follows


def _suppress_recalled(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    tried: Sequence[tuple[Claim, AttemptOutcome]],
) -> None:
    """Look at once at what a no met under way; what nothing forbids stays queued."""
    recalled = [
        claim
        for claim, outcome in tried
        if rooms.flights.is_recalled(claim.shopper, ticket=claim.ticket)
        and outcome.verdict not in (Verdict.TAKEN, Verdict.ENDPOINT_GONE)
    ]
    due = [
        Due(
            key=claim.key,
            body=claim.body,
            number=claim.number,
            shopper=claim.shopper,
            decision="",
            is_offer=claim.schedule is Schedule.OFFER,
            expires_at=claim.expires_at,
        )
        for claim in recalled
    ]
    outbox = OutboxRepository(uow.session, rooms.scope)
    for key, reason in refuse_sending(uow, rooms, now=now, due=due).items():
        outbox.suppress(key, reason=reason, tried=True)


def expire_notifications(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> int:
    """Close what waits and whose moment is over; how many. Safe to run twice."""
    return OutboxRepository(uow.session, rooms.scope).expire(now=now)


def recover_deliveries(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> int:
    """At start: queue again what an earlier process was sending; how many."""
    del now
    return OutboxRepository(uow.session, rooms.scope).release()


def prepare_test(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    now_system_ms: int,
    endpoint: str,
    test_id: str,
) -> Claim:
    """A read flow: a test event to one endpoint, to be sent at once and not kept.

    Raises:
        NotFound: there is no such active endpoint.
    """
    found = EndpointRepository(uow.session, rooms.scope).active(
        endpoint, now_system_ms=now_system_ms
    )
    if found is None:
        raise NotFound("there is no such active webhook endpoint", code="unknown_endpoint")
    return Claim(
        notification=test_id,
        endpoint=endpoint,
        address=found.url,
        secrets=_open(rooms, endpoint, found.sealed_secrets),
        body=endpoint_test_body(endpoint, rooms.scope, at=now),
        number=1,
        shopper=ShopperId(""),
        expires_at=now,
    )


def _claim(
    rooms: StoreRooms, due: Due, destination: Destination, *, ticket: int
) -> Claim | DeliveryReason:
    try:
        secrets = _open(rooms, due.key.endpoint, destination.sealed_secrets)
    except Unsealable:
        return DeliveryReason.SECRET_UNREADABLE
    return Claim(
        notification=due.key.notification,
        endpoint=due.key.endpoint,
        address=destination.url,
        secrets=secrets,
        body=thin_body(due.body) if destination.payload is Payload.THIN else due.body,
        number=due.number,
        shopper=due.shopper,
        expires_at=due.expires_at,
        schedule=Schedule.OFFER if due.is_offer else Schedule.DURABLE,
        ticket=ticket,
    )


def _open(rooms: StoreRooms, endpoint: str, sealed: tuple[bytes, ...]) -> tuple[str, ...]:
    context = secret_context(rooms.scope.org, endpoint)
    return tuple(rooms.vault.open(secret, context=context).decode() for secret in sealed)
