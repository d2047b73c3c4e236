"""One POST over the guarded network: what webhooks, web push and staff alerts share.

No redirect is followed, no proxy of the environment is used, and the network beneath
(`guarded_network`) ends every try in time and hangs up when its shopper says no. The answer is read
up to what the log keeps: a receiver that sends for ever is cut off.
"""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpcore
import httpx

from store_server.outbox.answer_text import BODY_KEPT, error_text, log_text
from store_server.outbox.attempt import AttemptOutcome, Claim, Verdict, unanswered
from store_server.outbox.channels.guarded_network import (
    GuardedNetwork,
    Refused,
    Resolve,
    TimeUsedUp,
    trying,
)
from store_server.outbox.flights import Flight, Recalled
from store_server.outbox.retry_schedule import retry_after_s

KEPT_ALIVE = 64
FAULTS = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    OSError,
    Refused,
    TimeUsedUp,
    ValueError,
)


class Unsendable(Refused):
    """It cannot be sent, such as for its length: no further try will change that."""


class NobodyThere(Unsendable):
    """Nobody is reached at this address, whatever is sent."""


@dataclass(frozen=True, slots=True)
class Post:
    """What is posted where; `host` and `content-length` are added."""

    url: str
    headers: Mapping[str, str]
    body: bytes


class GuardedHttp:
    """Connections to receivers; safe to be used by several threads."""

    def __init__(
        self,
        *,
        resolve: Resolve,
        now_system_ms: Callable[[], int],
        timeout_s: float,
        anywhere: bool = False,
        ssl_context: ssl.SSLContext | None = None,
        beneath: httpcore.NetworkBackend | None = None,
    ) -> None:
        """Make it.

        Args:
            resolve: the addresses of a name.
            now_system_ms: the machine's clock.
            timeout_s: for one try, from the look-up of the name to the answer's last byte.
            anywhere: whether private addresses are spoken to as well.
            ssl_context: whom to trust; None trusts what the machine does.
            beneath: what connects to addresses that were checked; None is the machine's sockets.
        """
        self.now_system_ms = now_system_ms
        self._timeout_s = timeout_s
        self._network = GuardedNetwork(resolve=resolve, development=anywhere, beneath=beneath)
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context or ssl.create_default_context(),
            max_connections=None,
            max_keepalive_connections=KEPT_ALIVE,
            keepalive_expiry=30.0,
            network_backend=self._network,
        )

    def post(
        self,
        claim: Claim,
        flight: Flight,
        *,
        write: Callable[[int], Post],
        verdict_of: Callable[[int], Verdict],
    ) -> AttemptOutcome:
        """What came of posting what `write` makes of the time (UTC ms); see the port.

        Args:
            claim: what is tried; nothing of it gets into the log by way of an error.
            flight: of the try.
            write: may raise Refused or ValueError: then nothing is posted, and it is told.
            verdict_of: what a status means.
        """
        started = self.now_system_ms()
        try:
            with trying(flight, timeout_s=self._timeout_s):
                return self._exchange(claim, write(started), started, verdict_of)
        except (Recalled, *FAULTS) as error:
            ended = self.now_system_ms()
            if flight.is_recalled:
                return unanswered(started, ended, "recalled", verdict=Verdict.RECALLED)
            why = error_text(error, hide=claim.personal)
            return unanswered(started, ended, why, verdict=_unsent(error))

    def close(self) -> None:
        """End its connections."""
        self._pool.close()
        self._network.close()

    def _exchange(
        self, claim: Claim, post: Post, started: int, verdict_of: Callable[[int], Verdict]
    ) -> AttemptOutcome:
        headers: list[tuple[bytes | str, bytes | str]] = [
            *post.headers.items(),
            ("host", httpx.URL(post.url).netloc.decode()),
            ("content-length", str(len(post.body))),
        ]
        with self._pool.stream("POST", post.url, headers=headers, content=post.body) as response:
            kept = _start_of(response)
        asked = {name.lower(): value for name, value in response.headers}.get(b"retry-after")
        return AttemptOutcome(
            verdict=verdict_of(response.status),
            started_system_ms=started,
            latency_ms=max(0, self.now_system_ms() - started),
            status=response.status,
            error=None,
            body=log_text(kept, hide=claim.personal),
            retry_after_s=retry_after_s(
                asked.decode("latin-1") if asked else None, now_system_ms=self.now_system_ms()
            ),
        )


def _unsent(error: Exception) -> Verdict:
    match error:
        case NobodyThere():
            return Verdict.CONTACT_GONE
        case Unsendable():
            return Verdict.REFUSED
        case _:
            return Verdict.TRY_AGAIN


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
