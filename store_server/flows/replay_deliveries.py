"""What was not taken is sent once more, under its old webhook-id, when somebody asks for it.

An offer whose moment is over stays over, and what was suppressed stays suppressed: a replay is no
way around a no. A replay is one more try (an offer's goes on until its moment is over).
"""

from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import Conflict, NotFound
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.outbox.attempt import DeliveryKey
from store_server.outbox.notification import DeliveryState
from store_server.outbox.repository import EndpointRepository, ReplayRepository


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many are queued again, and how many offers are over for good."""

    queued: int
    over: int


def replay_delivery(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    notification: str,
    endpoint: str,
) -> None:
    """Send one notification to one endpoint once more, delivered or not.

    Raises:
        NotFound: there is no such delivery, or its endpoint is not active.
        Conflict: `still_on_its_way`, `suppressed`, or `moment_over`.
    """
    key = DeliveryKey(notification, endpoint)
    replays = ReplayRepository(uow.session, rooms.scope)
    ending = replays.ending(key)
    if ending is None:
        raise NotFound("there is no such delivery", code="unknown_delivery")
    _check_active(uow, rooms, endpoint)
    if ending.state in (DeliveryState.QUEUED, DeliveryState.SENDING):
        raise Conflict("it is still on its way; wait for it", code="still_on_its_way")
    if ending.state is DeliveryState.SUPPRESSED:
        raise Conflict(
            "it must not be sent: see its reason; a replay is no way around it", code="suppressed"
        )
    if ending.is_offer and ending.expires_at <= now:
        raise Conflict("the moment of the offer is over; let it rest", code="moment_over")
    replays.replay(key, now=now)
    uow.after_commit(rooms.wake_deliveries)


def replay_lost(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, endpoint: str, since: datetime
) -> Replayed:
    """Send everything once more that was created since then and never taken by an endpoint.

    Raises:
        NotFound: there is no such active endpoint.
    """
    _check_active(uow, rooms, endpoint)
    replays = ReplayRepository(uow.session, rooms.scope)
    over = replays.count_over(endpoint, since=since, now=now)
    queued = replays.replay_lost(endpoint, since=since, now=now)
    uow.after_commit(rooms.wake_deliveries)
    return Replayed(queued, over)


def _check_active(uow: UnitOfWork[StoreLive], rooms: StoreRooms, endpoint: str) -> None:
    endpoints = EndpointRepository(uow.session, rooms.scope)
    if endpoints.active(endpoint, now_system_ms=0) is None:
        raise NotFound("there is no such active webhook endpoint", code="unknown_endpoint")
