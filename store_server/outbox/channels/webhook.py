"""Posts a notification to a retailer's backend, signed; nothing but a 2xx is a yes.

Only public addresses are spoken to, over https, unless the server is told that it is developed on.
FCM and APNs are reached behind it: the retailer's backend holds the app's push keys, so it forwards
(`examples/app_backend`).
"""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime

import httpcore

from store_server.outbox.attempt import AttemptOutcome, Claim, Verdict
from store_server.outbox.channels.guarded_http import GuardedHttp, Post, Unsendable
from store_server.outbox.channels.guarded_network import Refused, Resolve
from store_server.outbox.endpoint import problem_with_url
from store_server.outbox.flights import Flight
from store_server.outbox.signature import sign

MAX_BODY_BYTES = 20_000
_GONE = 410
_USER_AGENT = "beaconry-webhook/1"


class WebhookChannel:
    """The adapter; safe to be used by several threads."""

    def __init__(
        self,
        *,
        resolve: Resolve,
        now_system_ms: Callable[[], int],
        timeout_s: float,
        development: bool = False,
        ssl_context: ssl.SSLContext | None = None,
        beneath: httpcore.NetworkBackend | None = None,
    ) -> None:
        """Make it; see `GuardedHttp`. `development`: whether plain http and loopback are taken."""
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
        """One POST; see the port."""
        return self._http.post(
            claim, flight, write=lambda at_ms: self._write(claim, at_ms), verdict_of=_verdict
        )

    def close(self) -> None:
        """End its connections."""
        self._http.close()

    def _write(self, claim: Claim, at_ms: int) -> Post:
        problem = problem_with_url(claim.address, development=self._development)
        if problem is not None:
            raise Refused(problem)
        body = claim.body.encode()
        if len(body) > MAX_BODY_BYTES:
            raise Unsendable(f"the body has {len(body)} bytes; at most {MAX_BODY_BYTES} are posted")
        at = datetime.fromtimestamp(at_ms / 1000, UTC)
        headers = sign(body, webhook_id=claim.notification, at=at, secrets=claim.secrets)
        headers |= {"content-type": "application/json", "user-agent": _USER_AGENT}
        return Post(claim.address, headers, body)


def _verdict(status: int) -> Verdict:
    if 200 <= status < 300:
        return Verdict.TAKEN
    return Verdict.ENDPOINT_GONE if status == _GONE else Verdict.TRY_AGAIN
