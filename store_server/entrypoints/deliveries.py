"""The door outwards: sends what the outbox holds, with no transaction open while it does.

One dispatcher thread claims as much as there are free threads for; each thread sends one
notification and hands its settlement to the writer. The dispatcher looks when it is woken (after
a commit that queued something) and every `POLL_S`, because retries come due without a commit.
A slow receiver holds at most half of the threads.
"""

import asyncio
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import structlog

from store_server.errors import TooMany
from store_server.flows.deliver_notifications import (
    claim_deliveries,
    find_due,
    prepare_test,
    recover_deliveries,
    settle_delivery,
)
from store_server.flows.rooms import StoreLive
from store_server.outbox.attempt import AttemptOutcome, Claim, Verdict
from store_server.outbox.channels import Channel
from store_server.outbox.channels.webhook import WebhookChannel
from store_server.writer import Priority, Reader, Writer

log = structlog.get_logger(__name__)

THREADS = 16
POLL_S = 0.05
# Name look-up, connecting, writing and reading may each take the time-out of the client.
LEASE_TIMEOUTS = 5
SETTLE_WAIT_S = 30.0
PAUSE_AFTER_FAULT_S = 1.0


def system_ms() -> int:
    """Milliseconds of the machine's clock: retries and leases outlive the process."""
    return time.time_ns() // 1_000_000


def resolve(host: str, port: int) -> list[str]:
    """The IP addresses of a host name, as the system knows them.

    Raises:
        OSError: there are none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return sorted({str(one[4][0]) for one in found})


def open_webhook_channel(*, timeout_s: float, development: bool) -> WebhookChannel:
    """The webhook adapter on a connection pool of its own; no proxy of the environment."""
    client = httpx.Client(
        timeout=timeout_s,
        follow_redirects=False,
        trust_env=False,
        limits=httpx.Limits(max_connections=THREADS * 2, max_keepalive_connections=THREADS),
    )
    return WebhookChannel(client, resolve=resolve, now_system_ms=system_ms, development=development)


class Deliveries:
    """The delivery threads of one store."""

    def __init__(
        self,
        writer: Writer[StoreLive],
        reader: Reader[StoreLive],
        channel: Channel,
        *,
        timeout_s: float,
        threads: int = THREADS,
        now_system_ms: Callable[[], int] = system_ms,
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._channel = channel
        self._lease_ms = round(timeout_s * 1000 * LEASE_TIMEOUTS)
        self._threads = threads
        self._now_system_ms = now_system_ms
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._under_way: Counter[str] = Counter()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="delivery")
        self._dispatcher = threading.Thread(target=self._run, name="deliveries", daemon=True)

    def start(self) -> None:
        """Queue again what an earlier process left under way, then begin to send."""
        left = self._writer.submit(Priority.APP, recover_deliveries).result()
        if left:
            log.info("deliveries taken up again", deliveries=left)
        self._dispatcher.start()

    def wake(self) -> None:
        """Look now: something was queued. From any thread, never waits."""
        self._woken.set()

    def stop(self) -> None:
        """Claim nothing more, finish what is under way."""
        self._stopping.set()
        self._woken.set()
        if self._dispatcher.is_alive():
            self._dispatcher.join()
        self._pool.shutdown(wait=True)

    async def send_test(self, endpoint: str) -> AttemptOutcome:
        """Send one test event to an endpoint now; what came of it. It is not retried.

        Raises:
            NotFound: there is no such active endpoint.
        """
        return await asyncio.to_thread(self._send_test, endpoint)

    def _send_test(self, endpoint: str) -> AttemptOutcome:
        claim = self._reader.read(prepare_test, endpoint=endpoint, test_id=uuid4().hex)
        return self._channel.send(claim)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.wait(POLL_S)
            self._woken.clear()
            try:
                self._dispatch()
            except Exception as error:  # noqa: BLE001 - one of the named supervisors: delivery goes on
                log.error("deliveries halted for a moment", error=str(error))
                self._stopping.wait(PAUSE_AFTER_FAULT_S)

    def _dispatch(self) -> None:
        with self._lock:
            free = self._threads - self._under_way.total()
            busy = [name for name, count in self._under_way.items() if count >= self._share]
        if free <= 0 or self._stopping.is_set():
            return
        if not self._reader.read(find_due, now_system_ms=self._now_system_ms()):
            return
        claims = self._writer.submit(
            Priority.APP,
            claim_deliveries,
            wait_s=SETTLE_WAIT_S,
            now_system_ms=self._now_system_ms(),
            lease_ms=self._lease_ms,
            limit=min(free, self._share),
            skip_endpoints=busy,
        ).result()
        for claim in claims:
            with self._lock:
                self._under_way[claim.endpoint] += 1
            self._pool.submit(self._deliver, claim)
        if claims:
            self._woken.set()

    @property
    def _share(self) -> int:
        return max(1, self._threads // 2)

    def _deliver(self, claim: Claim) -> None:
        try:
            outcome = self._channel.send(claim)
            self._settle(claim, outcome)
        except Exception as error:  # noqa: BLE001 - one of the named supervisors: the lease lapses, it is tried again
            log.error("delivery not settled", notification=claim.notification, error=str(error))
        finally:
            with self._lock:
                self._under_way[claim.endpoint] -= 1
                self._under_way += Counter()
            self._woken.set()

    def _settle(self, claim: Claim, outcome: AttemptOutcome) -> None:
        if outcome.verdict is not Verdict.TAKEN:
            log.warning(
                "webhook not taken",
                endpoint=claim.endpoint,
                notification=claim.notification,
                attempt=claim.number,
                status=outcome.status,
                error=outcome.error,
            )
        try:
            self._writer.submit(
                Priority.APP,
                settle_delivery,
                wait_s=SETTLE_WAIT_S,
                claim=claim,
                outcome=outcome,
                now_system_ms=self._now_system_ms(),
            ).result()
        except TooMany:
            log.warning("delivery not settled, server busy", notification=claim.notification)
