"""Deliveries as the outbox tells of them: to the delivery flow, the API, a shopper's download."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from store_server.ids import ShopperId
from store_server.outbox.attempt import DeliveryKey
from store_server.outbox.notification import DeliveryReason, DeliveryState


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery just claimed, with its endpoint's secrets still sealed, newest first."""

    key: DeliveryKey
    url: str
    sealed_secrets: tuple[bytes, ...]
    body: str
    number: int
    shopper: ShopperId
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try as it is logged; `body` is the start of what the receiver answered."""

    number: int
    started_system_ms: int
    latency_ms: int
    status: int | None
    error: str | None
    body: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notification's way to one endpoint; "" while none is registered."""

    notification: str
    endpoint: str
    state: DeliveryState
    reason: DeliveryReason | None
    attempts: tuple[Attempt, ...]
    created_at: datetime
    expires_at: datetime


class Way(NamedTuple):
    """How far one delivery of a notification came; `attempts` is how often it was tried."""

    state: DeliveryState
    reason: DeliveryReason | None
    attempts: int


@dataclass(frozen=True, slots=True)
class Exported:
    """A notification as its shopper may see it; `body` is the JSON that was posted."""

    notification: str
    channel: str
    body: str
    created_at: datetime
    delivered_at: datetime | None
    opened_at: datetime | None
    ways: tuple[Way, ...] = ()
