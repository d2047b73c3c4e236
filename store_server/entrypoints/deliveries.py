"""The door outwards: sends what the outbox holds, with no transaction open while it does.

One dispatcher thread claims as much as there are free threads for, and settles what came back;
each delivery thread sends one notification. The dispatcher looks when it is woken (after a commit
that queued something, after a try) and every `POLL_S`, because retries come due without a commit.
A slow receiver holds about half of the threads. When a settlement is lost (the process dies, the
writer is full) the lease lapses and the same webhook goes out again under the same id.
"""

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import httpx
import structlog

from store_server.errors import fault_of
from store_server.flows.deliver_notifications import (
    claim_deliveries,
    find_due,
    recover_deliveries,
    settle_deliveries,
)
from store_server.flows.rooms import StoreLive
from store_server.outbox.attempt import AttemptOutcome, Claim, Verdict
from store_server.outbox.channels import Channel
from store_server.outbox.channels.webhook import WebhookChannel
from store_server.writer import Priority, Reader, Writer

log = structlog.get_logger(__name__)

THREADS = 16
POLL_S = 0.05
# Between rounds, so that one commit settles and claims for several threads.
GATHER_S = 0.005
# Name look-up, connecting, writing and reading may each take the time-out of the client.
LEASE_TIMEOUTS = 5
WRITER_WAIT_S = 30.0
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
        self._tried: list[tuple[Claim, AttemptOutcome]] = []
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
        """Claim nothing more, finish what is under way, settle it."""
        self._stopping.set()
        self._woken.set()
        if self._dispatcher.is_alive():
            self._dispatcher.join()
        self._pool.shutdown(wait=True)
        self._settle()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.wait(POLL_S)
            self._woken.clear()
            try:
                self._settle()
                self._dispatch()
                self._stopping.wait(GATHER_S)
            except Exception as error:  # noqa: BLE001 - one of the named supervisors: delivery goes on
                log.error("deliveries halted for a moment", error=fault_of(error))
                self._stopping.wait(PAUSE_AFTER_FAULT_S)

    def _settle(self) -> None:
        """Hand what came back to the writer, together: one commit for many."""
        with self._lock:
            tried, self._tried = self._tried, []
        if not tried:
            return
        try:
            self._writer.submit(
                Priority.APP,
                settle_deliveries,
                wait_s=WRITER_WAIT_S,
                tried=tried,
                now_system_ms=self._now_system_ms(),
            ).result()
        finally:
            self._give_back(claim.endpoint for claim, _ in tried)

    def _dispatch(self) -> None:
        with self._lock:
            free = self._threads - self._under_way.total()
            busy = [name for name, count in self._under_way.items() if count >= self._share]
        if free <= 0:
            return
        if not self._reader.read(
            find_due, now_system_ms=self._now_system_ms(), skip_endpoints=busy
        ):
            return
        claims = self._writer.submit(
            Priority.APP,
            claim_deliveries,
            wait_s=WRITER_WAIT_S,
            now_system_ms=self._now_system_ms(),
            lease_ms=self._lease_ms,
            limit=min(free, self._share),
            skip_endpoints=busy,
        ).result()
        with self._lock:
            self._under_way.update(claim.endpoint for claim in claims)
        for claim in claims:
            self._pool.submit(self._send, claim)
        if claims:
            self._woken.set()

    @property
    def _share(self) -> int:
        return max(1, self._threads // 2)

    def _send(self, claim: Claim) -> None:
        try:
            outcome = self._channel.send(claim)
        except Exception as error:  # noqa: BLE001 - one of the named supervisors: the lease lapses, it is tried again
            log.error("delivery failed", notification=claim.notification, error=fault_of(error))
            self._give_back([claim.endpoint])
            return
        if outcome.verdict is not Verdict.TAKEN:
            log.warning(
                "webhook not taken",
                endpoint=claim.endpoint,
                notification=claim.notification,
                attempt=claim.number,
                status=outcome.status,
                error=outcome.error,
            )
        with self._lock:
            self._tried.append((claim, outcome))
        self._woken.set()

    def _give_back(self, endpoints: Iterable[str]) -> None:
        with self._lock:
            self._under_way.subtract(endpoints)
            self._under_way += Counter()
        self._woken.set()
