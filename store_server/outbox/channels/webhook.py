"""Posts a notification to a retailer's backend, signed; nothing but a 2xx is a yes.

No redirect is followed, no proxy of the environment is used, and the network beneath
(`guarded_network`) speaks to no private address and ends every try in time. The answer is read up
to what the log keeps: a receiver that sends for ever is cut off.
"""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime

import httpcore
import httpx

from store_server.outbox.attempt import (
    BODY_KEPT,
    AttemptOutcome,
    Claim,
    Verdict,
    log_text,
    unanswered,
)
from store_server.outbox.channels.guarded_network import (
    GuardedNetwork,
    Refused,
    Resolve,
    TimeUsedUp,
    trying,
)
from store_server.outbox.endpoint import problem_with_url
from store_server.outbox.flights import Flight, Recalled
from store_server.outbox.retry_schedule import retry_after_s
from store_server.outbox.signature import sign

MAX_BODY_BYTES = 20_000
KEPT_ALIVE = 64
_GONE = 410
_USER_AGENT = "beaconry-webhook/1"
_FAULTS = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    OSError,
    Refused,
    TimeUsedUp,
    ValueError,
)


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
        """Make it.

        Args:
            resolve: the addresses of a name.
            now_system_ms: the machine's clock.
            timeout_s: for one try, from the look-up of the name to the answer's last byte.
            development: whether plain http and loopback are taken.
            ssl_context: whom to trust; None trusts what the machine does.
            beneath: what connects to addresses that were checked; None is the machine's sockets.
        """
        self._now_system_ms = now_system_ms
        self._timeout_s = timeout_s
        self._development = development
        self._network = GuardedNetwork(resolve=resolve, development=development, beneath=beneath)
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context or ssl.create_default_context(),
            max_connections=None,
            max_keepalive_connections=KEPT_ALIVE,
            keepalive_expiry=30.0,
            network_backend=self._network,
        )

    def send(self, claim: Claim, flight: Flight) -> AttemptOutcome:
        """One POST; see the port."""
        started = self._now_system_ms()
        try:
            with trying(flight, timeout_s=self._timeout_s):
                return self._post(claim, started)
        except (Recalled, *_FAULTS) as error:
            ended = self._now_system_ms()
            if flight.is_recalled:
                return unanswered(started, ended, "recalled", verdict=Verdict.RECALLED)
            return unanswered(started, ended, f"{type(error).__name__}: {error}")

    def close(self) -> None:
        """End its connections."""
        self._pool.close()
        self._network.close()

    def _post(self, claim: Claim, started: int) -> AttemptOutcome:
        url, headers, body = self._request(claim, at_ms=started)
        with self._pool.stream("POST", url, headers=headers, content=body) as response:
            kept = _start_of(response)
        asked = {name.lower(): value for name, value in response.headers}.get(b"retry-after")
        return AttemptOutcome(
            verdict=_verdict(response.status),
            started_system_ms=started,
            latency_ms=max(0, self._now_system_ms() - started),
            status=response.status,
            error=None,
            body=log_text(kept),
            retry_after_s=retry_after_s(
                asked.decode("latin-1") if asked else None, now_system_ms=self._now_system_ms()
            ),
        )

    def _request(
        self, claim: Claim, *, at_ms: int
    ) -> tuple[str, list[tuple[bytes | str, bytes | str]], bytes]:
        problem = problem_with_url(claim.address, development=self._development)
        if problem is not None:
            raise Refused(problem)
        body = claim.body.encode()
        if len(body) > MAX_BODY_BYTES:
            raise Refused(f"the body has {len(body)} bytes; at most {MAX_BODY_BYTES} are posted")
        at = datetime.fromtimestamp(at_ms / 1000, UTC)
        headers = sign(body, webhook_id=claim.notification, at=at, secrets=claim.secrets)
        headers |= {
            "host": httpx.URL(claim.address).netloc.decode(),
            "content-type": "application/json",
            "content-length": str(len(body)),
            "user-agent": _USER_AGENT,
        }
        return claim.address, list(headers.items()), body


def _start_of(response: httpcore.Response) -> bytes:
    """The first bytes of the answer, as far as they come in time; the status has said it all."""
    kept = b""
    try:
        for chunk in response.iter_stream():
            kept += chunk
            if len(kept) >= BODY_KEPT:
                break
    except (TimeUsedUp, httpcore.NetworkError, httpcore.ProtocolError):
        pass
    return kept[:BODY_KEPT]


def _verdict(status: int) -> Verdict:
    if 200 <= status < 300:
        return Verdict.TAKEN
    return Verdict.ENDPOINT_GONE if status == _GONE else Verdict.TRY_AGAIN
