"""Pushes to a browser: encrypted for it alone, signed with the server's VAPID key.

The push service (of Mozilla, Google, Apple...) sees neither words nor coupon. A subscription is a
URL that a browser told us, so it is guarded like a webhook: https, public addresses, no redirects.
404 and 410 say that the subscription is over; one whose keys are none reaches nobody. `Topic` is
the id of the notification: a repeated try takes the place of the one before it, where the browser
has not fetched it yet.

Source: RFC 8030 (web push), RFC 8188 and 8291 (encryption), RFC 8292 (VAPID).
"""

import json
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

import httpcore

from store_server.errors import Unprocessable
from store_server.outbox.attempt import AttemptOutcome, Claim, Verdict
from store_server.outbox.channels.guarded_http import GuardedHttp, NobodyThere, Post, Unsendable
from store_server.outbox.channels.guarded_network import Refused, Resolve
from store_server.outbox.channels.message import message_of
from store_server.outbox.endpoint import problem_with_url
from store_server.outbox.flights import Flight
from store_server.shoppers.contact import Subscription, read_subscription

# RFC 8291 section 4: 4,096 octets with header (86), padding delimiter (1) and tag (16).
MAX_PLAIN_BYTES = 4_096 - 86 - 1 - 16
TOKEN_LIVES_S = 12 * 3_600
_OVER = frozenset({404, 410})
_FOR_GOOD = frozenset({400, 413})


class Encrypt(Protocol):
    """What turns a text into what only one browser reads."""

    def __call__(self, plain: bytes, subscription: Subscription) -> bytes:
        """The body of the push, in aes128gcm."""
        ...


class Sign(Protocol):
    """What signs for this server."""

    def __call__(self, *, audience: str, until_s: int) -> str:
        """The Authorization header for a push service until an instant (Unix seconds)."""
        ...


@dataclass(frozen=True, slots=True)
class PushCrypto:
    """The two libraries of web push as this channel uses them (`push_crypto.open_push_crypto`)."""

    encrypt: Encrypt
    sign: Sign
    public_key: str


class WebPushChannel:
    """The adapter; the claim's address is the subscription as JSON."""

    def __init__(
        self,
        crypto: PushCrypto,
        *,
        resolve: Resolve,
        now_system_ms: Callable[[], int],
        timeout_s: float,
        development: bool = False,
        ssl_context: ssl.SSLContext | None = None,
        beneath: httpcore.NetworkBackend | None = None,
    ) -> None:
        """Make it; see `GuardedHttp`. `development`: whether plain http and loopback are taken."""
        self._crypto = crypto
        self._development = development
        self._http = GuardedHttp(
            resolve=resolve,
            now_system_ms=now_system_ms,
            timeout_s=timeout_s,
            anywhere=development,
            ssl_context=ssl_context,
            beneath=beneath,
        )

    def send(self, claim: Claim, flight: Flight) -> AttemptOutcome:
        """One push; see the port."""
        return self._http.post(
            claim, flight, write=lambda at_ms: self._write(claim, at_ms), verdict_of=_verdict
        )

    def close(self) -> None:
        """End its connections."""
        self._http.close()

    def _write(self, claim: Claim, at_ms: int) -> Post:
        try:
            subscription = read_subscription(claim.address)
        except Unprocessable as error:
            raise NobodyThere(str(error)) from None
        problem = problem_with_url(subscription.endpoint, development=self._development)
        if problem is not None:
            raise Refused("the push service's " + problem)
        plain = _plain(claim)
        if len(plain) > MAX_PLAIN_BYTES:
            raise Unsendable(
                f"the push has {len(plain)} bytes; at most {MAX_PLAIN_BYTES} are taken"
            )
        parts = urlsplit(subscription.endpoint)
        headers = {
            "authorization": self._crypto.sign(
                audience=f"{parts.scheme}://{parts.netloc}",
                until_s=at_ms // 1000 + TOKEN_LIVES_S,
            ),
            "content-type": "application/octet-stream",
            "content-encoding": "aes128gcm",
            "ttl": str(max(0, int(claim.lives_s))),
            "urgency": "high",
            "topic": claim.notification[:32],
        }
        return Post(subscription.endpoint, headers, self._crypto.encrypt(plain, subscription))


def _plain(claim: Claim) -> bytes:
    message = message_of(claim.body)
    said = {
        "notification_id": claim.notification,
        "title": message.title,
        "body": message.body,
        "coupon_code": message.coupon_code or None,
        "expires_at": message.expires_at.isoformat().replace("+00:00", "Z"),
        "unsubscribe_url": claim.unsubscribe_url or None,
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _verdict(status: int) -> Verdict:
    if 200 <= status < 300:
        return Verdict.TAKEN
    if status in _OVER:
        return Verdict.CONTACT_GONE
    return Verdict.REFUSED if status in _FOR_GOOD else Verdict.TRY_AGAIN
