"""One try to deliver: what is to be sent, what came of it, and what follows from that."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from store_server.ids import ShopperId
from store_server.outbox.answer_text import scrubbed
from store_server.outbox.notification import DeliveryState
from store_server.outbox.reason import DeliveryReason
from store_server.outbox.retry_schedule import Schedule, next_attempt_system_ms


class Verdict(StrEnum):
    """What a channel says of a try."""

    TAKEN = "taken"  # the receiver has it
    TRY_AGAIN = "try_again"  # no answer, or one that is not a yes
    ENDPOINT_GONE = "endpoint_gone"  # the receiver wants nothing more, ever
    CONTACT_GONE = "contact_gone"  # nobody is reached at this address any more
    REFUSED = "refused"  # this one will never be taken; others may
    NOT_BEGUN = "not_begun"  # the shopper said no before it could begin: it is no try
    HELD = "held"  # its receiver is left alone for a while: it is no try
    RECALLED = "recalled"  # the shopper said no meanwhile; it was cut short

    @property
    def is_try(self) -> bool:
        """Whether anything was sent: else the claim counts as no try and is not logged as one."""
        return self not in (Verdict.NOT_BEGUN, Verdict.HELD)


class DeliveryKey(NamedTuple):
    """Which delivery: one notification's way to one endpoint."""

    notification: str
    endpoint: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that one delivery thread may try now, and nobody else until the lease is over.

    `address` is where it goes: a URL, and for other channels what they call an address. `secrets`
    are the endpoint's whsec_ secrets, newest first. `number` counts tries from 1 and fences the
    settlement: a claim that was taken over settles nothing. `ticket` is when it was made, for
    recalls. `lives_s` is what was left of its moment then. `unsubscribe_url` is where the shopper
    withdraws from this channel, "" where there is no such page. `language` is the shopper's.
    `receiver` is who takes it, where an endpoint stands for several: a browser's push service.
    """

    notification: str
    endpoint: str
    address: str
    secrets: tuple[str, ...]
    body: str
    number: int
    shopper: ShopperId
    expires_at: datetime
    schedule: Schedule = Schedule.OFFER
    ticket: int = 0
    lives_s: float = 60.0
    unsubscribe_url: str = ""
    language: str = "en"
    receiver: str = ""

    @property
    def personal(self) -> tuple[str, ...]:
        """What it knows of the shopper and says to them: what no log may repeat."""
        return (self.shopper, self.address, *self.secrets, *_words(self.body))

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
    """The delivery's next state; `next_attempt_system_ms` is set when it is queued again.

    `was_try`: whether the claim counts among its tries.
    """

    state: DeliveryState
    reason: DeliveryReason | None
    next_attempt_system_ms: int = 0
    was_try: bool = True


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


def _words(body: str) -> tuple[str, ...]:
    try:
        data = json.loads(body)["data"]
        return tuple(str(data[name]) for name in ("title", "body", "coupon_code") if name in data)
    except (ValueError, KeyError, TypeError):
        return ()


def unanswered(
    started_system_ms: int,
    ended_system_ms: int,
    why: str,
    *,
    verdict: Verdict = Verdict.TRY_AGAIN,
) -> AttemptOutcome:
    """The outcome of a try that nobody answered."""
    latency_ms = max(0, ended_system_ms - started_system_ms)
    return AttemptOutcome(
        verdict, started_system_ms, latency_ms, status=None, error=scrubbed(why), body=""
    )


_FOR_GOOD = {
    Verdict.ENDPOINT_GONE: DeliveryReason.ENDPOINT_GONE,
    Verdict.CONTACT_GONE: DeliveryReason.CONTACT_UNUSABLE,
    Verdict.REFUSED: DeliveryReason.REFUSED,
}


def settlement_of(
    claim: Claim, outcome: AttemptOutcome, *, now: datetime, now_system_ms: int
) -> Settlement:
    """What a try makes of its delivery: an offer is tried until its expiry, an event by the spec.

    Args:
        claim: what was tried.
        outcome: what came of it.
        now: of the clock that rules decisions, for expiry.
        now_system_ms: of the machine's clock, for the next try.
    """
    match outcome.verdict:
        case Verdict.TAKEN:
            return Settlement(DeliveryState.DELIVERED, None)
        case Verdict.ENDPOINT_GONE | Verdict.CONTACT_GONE | Verdict.REFUSED:
            return Settlement(DeliveryState.DEAD, _FOR_GOOD[outcome.verdict])
        case Verdict.RECALLED | Verdict.NOT_BEGUN | Verdict.HELD:
            # The next claim looks at the ledger, and says why it is not sent.
            held_ms = round((outcome.retry_after_s or 0.0) * 1000)
            next_ms = now_system_ms + held_ms
            return Settlement(DeliveryState.QUEUED, None, next_ms, outcome.verdict.is_try)
        case Verdict.TRY_AGAIN:
            if now >= claim.expires_at:
                return Settlement(DeliveryState.EXPIRED, DeliveryReason.MOMENT_OVER)
            at = next_attempt_system_ms(
                claim.schedule,
                key=f"{claim.notification}:{claim.endpoint}",
                tried=claim.number,
                now_system_ms=now_system_ms,
                retry_after_s=outcome.retry_after_s,
            )
            if at is None:
                return Settlement(DeliveryState.DEAD, DeliveryReason.GIVEN_UP)
            return Settlement(DeliveryState.QUEUED, None, at)
