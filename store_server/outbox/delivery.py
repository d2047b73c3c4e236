"""Deliveries as the outbox tells of them: to the delivery flow, the API, a shopper's download."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from store_server.ids import ShopperId
from store_server.outbox.attempt import DeliveryKey
from store_server.outbox.lane import LaneLimits
from store_server.outbox.notification import DeliveryState
from store_server.outbox.reason import DeliveryReason


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery just claimed; `is_offer`: it dies with its moment, as an offer or alert does.

    `decision` is what asked for it; "" for a durable event.
    """

    key: DeliveryKey
    body: str
    number: int
    shopper: ShopperId
    decision: str
    is_offer: bool
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class WayDue:
    """An endpoint that something waits for, and what it can take."""

    endpoint: str
    limits: LaneLimits


@dataclass(frozen=True, slots=True)
class AllDue:
    """What waits to be sent. `lapsed`: the lease of something is over, a claim takes it up."""

    ways: tuple[WayDue, ...] = ()
    lapsed: bool = False

    def __bool__(self) -> bool:
        return bool(self.ways) or self.lapsed


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
class Ending:
    """Whether a delivery can be replayed: how far it is, of what, until when it lives."""

    state: DeliveryState
    is_offer: bool
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Exported:
    """A notification as its shopper may see it; `body` is the JSON that was posted.

    `decision` is what asked for it.
    """

    notification: str
    channel: str
    body: str
    created_at: datetime
    delivered_at: datetime | None
    opened_at: datetime | None
    ways: tuple[Way, ...] = ()
    decision: str = ""
