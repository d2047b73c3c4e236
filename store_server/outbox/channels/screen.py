"""Shows a message on a screen in the shop: retained over MQTT, with its end inside.

The broker's acknowledgement counts as taken. What everybody can read names nobody: no coupon, no
shopper. When the shopper says no while it waits for the broker, the screen is cleared again.
"""

from collections.abc import Callable
from typing import Protocol

from proximity_wire.messages import ScreenMessage, encode
from proximity_wire.topics import screen_topic
from store_server.outbox.attempt import AttemptOutcome, Claim, Verdict, unanswered
from store_server.outbox.channels.message import Message, message_of
from store_server.outbox.flights import LOOK_EVERY_S, Flight, Recalled

MAX_TITLE, MAX_BODY = 200, 1_000


class OnItsWay(Protocol):
    """A publication that was handed to the broker's connection."""

    def wait(self, timeout_s: float) -> bool:
        """Whether the broker has acknowledged it, after waiting for at most `timeout_s`."""
        ...


Publish = Callable[[str, bytes], OnItsWay | None]
"""Publish under a topic, retained; None when there is no connection."""


class LateLink:
    """A way to the broker that is there only later; until then the broker is away."""

    def __init__(self) -> None:
        self.publish_by: Publish | None = None

    def publish(self, topic: str, payload: bytes) -> OnItsWay | None:
        """By whatever there is by now."""
        return None if self.publish_by is None else self.publish_by(topic, payload)


class ScreenChannel:
    """The adapter; the claim's address is the screen's name."""

    def __init__(
        self, publish: Publish, *, now_system_ms: Callable[[], int], timeout_s: float
    ) -> None:
        self._publish = publish
        self._now_system_ms = now_system_ms
        self._timeout_s = timeout_s

    def send(self, claim: Claim, flight: Flight) -> AttemptOutcome:
        """One publication; see the port."""
        started = self._now_system_ms()
        try:
            message = message_of(claim.body)
            topic = screen_topic(claim.address, org=message.org, store=message.store)
            payload = _payload(claim, message, started)
        except ValueError as error:
            return self._ended(started, str(error), Verdict.REFUSED)
        try:
            with flight.leaving():
                sent = self._publish(topic, payload)
        except Recalled:
            return self._ended(started, "recalled", Verdict.RECALLED)
        if sent is None:
            return self._ended(started, "the broker is away", Verdict.TRY_AGAIN)
        return self._await(sent, flight, topic, started)

    def close(self) -> None:
        """Nothing: the connection is the subscriber's."""

    def _await(self, sent: OnItsWay, flight: Flight, topic: str, started: int) -> AttemptOutcome:
        waited_s = 0.0
        while waited_s < self._timeout_s:
            slice_s = min(LOOK_EVERY_S, self._timeout_s - waited_s)
            taken = sent.wait(slice_s)
            if flight.is_recalled:
                self._publish(topic, b"")
                return self._ended(started, "recalled", Verdict.RECALLED)
            if taken:
                latency_ms = max(0, self._now_system_ms() - started)
                return AttemptOutcome(Verdict.TAKEN, started, latency_ms, None, None, "")
            waited_s += slice_s
        return self._ended(started, "no answer of the broker in time", Verdict.TRY_AGAIN)

    def _ended(self, started: int, why: str, verdict: Verdict) -> AttemptOutcome:
        return unanswered(started, self._now_system_ms(), why, verdict=verdict)


def _payload(claim: Claim, message: Message, at_ms: int) -> bytes:
    if len(message.title) > MAX_TITLE or len(message.body) > MAX_BODY:
        raise ValueError(
            f"title and body have {len(message.title)} and {len(message.body)} characters; "
            f"a screen takes {MAX_TITLE} and {MAX_BODY}"
        )
    return encode(
        ScreenMessage(
            org=message.org,
            store=message.store,
            screen=claim.address,
            notification=claim.notification,
            title=message.title,
            body=message.body,
            shown_at_ms=at_ms,
            expires_at_ms=round(message.expires_at.timestamp() * 1000),
        )
    )
