"""One try to deliver: what is to be sent, what came of it, and what follows from that."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from store_server.ids import ShopperId
from store_server.outbox.notification import DeliveryReason, DeliveryState
from store_server.outbox.retry_schedule import Schedule, next_attempt_system_ms

BODY_KEPT = 500


class Verdict(StrEnum):
    """What a channel says of a try."""

    TAKEN = "taken"  # the receiver has it
    TRY_AGAIN = "try_again"  # no answer, or one that is not a yes
    ENDPOINT_GONE = "endpoint_gone"  # the receiver wants nothing more, ever


class DeliveryKey(NamedTuple):
    """Which delivery: one notification's way to one endpoint."""

    notification: str
    endpoint: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that one delivery thread may try now, and nobody else until the lease is over.

    `secrets` are the endpoint's whsec_ secrets, newest first. `number` counts tries from 1 and
    fences the settlement: a claim that was taken over settles nothing.
    """

    notification: str
    endpoint: str
    url: str
    secrets: tuple[str, ...]
    body: str
    number: int
    shopper: ShopperId
    expires_at: datetime

    @property
    def key(self) -> DeliveryKey:
        """Which delivery it is of."""
        return DeliveryKey(self.notification, self.endpoint)


@dataclass(frozen=True, slots=True)
class AttemptOutcome:
    """What came of one try. `status` None: no answer, `error` says why; `body` is cut."""

    verdict: Verdict
    started_system_ms: int
    latency_ms: int
    status: int | None
    error: str | None
    body: str
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """The delivery's next state; `next_attempt_system_ms` is set when it is queued again."""

    state: DeliveryState
    reason: DeliveryReason | None
    next_attempt_system_ms: int = 0


@dataclass(frozen=True, slots=True)
class Tried:
    """Try `number` of a delivery, and what came of it."""

    key: DeliveryKey
    number: int
    outcome: AttemptOutcome


@dataclass(frozen=True, slots=True)
class Settled:
    """What follows from try `number` of a delivery."""

    key: DeliveryKey
    number: int
    next: Settlement


def settlement_of(
    claim: Claim, outcome: AttemptOutcome, *, schedule: Schedule, now: datetime, now_system_ms: int
) -> Settlement:
    """What a try makes of its delivery.

    Args:
        claim: what was tried.
        outcome: what came of it.
        schedule: how patient: an offer is tried until its expiry, a durable event by the spec.
        now: of the clock that rules decisions, for expiry.
        now_system_ms: of the machine's clock, for the next try.
    """
    match outcome.verdict:
        case Verdict.TAKEN:
            return Settlement(DeliveryState.DELIVERED, None)
        case Verdict.ENDPOINT_GONE:
            return Settlement(DeliveryState.DEAD, DeliveryReason.ENDPOINT_GONE)
        case Verdict.TRY_AGAIN:
            if now >= claim.expires_at:
                return Settlement(DeliveryState.EXPIRED, DeliveryReason.MOMENT_OVER)
            at = next_attempt_system_ms(
                schedule,
                key=f"{claim.notification}:{claim.endpoint}",
                tried=claim.number,
                now_system_ms=now_system_ms,
                retry_after_s=outcome.retry_after_s,
            )
            if at is None:
                return Settlement(DeliveryState.DEAD, DeliveryReason.GIVEN_UP)
            return Settlement(DeliveryState.QUEUED, None, at)
