"""The door outwards: sends what the outbox holds, with no transaction open while it does.

One dispatcher thread settles what came back and claims as much as there is room for, both in one
commit; each delivery thread makes one try. There are no batches: a place is filled again as soon
as a try is over. Every endpoint has a lane of its own (`outbox/lanes.py`), with threads enough for
all lanes together, so that a slow or dead receiver holds up nobody else. The dispatcher looks when
it is woken (after a commit that queued something, after a try) and every `POLL_S`, because retries
come due without a commit. When a settlement is lost (the process dies, the writer is full) the
lease lapses and the same webhook goes out again under the same id.
"""

import socket
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import structlog

from store_server.errors import fault_of
from store_server.flows.deliver_notifications import (
    claim_deliveries,
    find_due,
    recover_deliveries,
    settle_deliveries,
)
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.outbox.attempt import AttemptOutcome, Claim, Verdict, unanswered
from store_server.outbox.channels import Channel
from store_server.outbox.channels.webhook import WebhookChannel
from store_server.outbox.delivery import AllDue
from store_server.outbox.lane import LaneState
from store_server.outbox.lanes import Lanes
from store_server.writer import Priority, Reader, Writer

log = structlog.get_logger(__name__)

# Twenty endpoints with twelve tries at once each (`flows/register_endpoint.py`), and some.
THREADS = 256
POLL_S = 0.05
# Between rounds, so that one commit settles and claims for several threads.
GATHER_S = 0.005
# A try ends after its time-out; then it is settled.
LEASE_EXTRA_S = 10.0
WRITER_WAIT_S = 30.0
PAUSE_AFTER_FAULT_S = 1.0


def system_ms() -> int:
    """Milliseconds of the machine's clock: retries and leases outlive the process."""
    return time.time_ns() // 1_000_000


def resolve(host: str, port: int) -> list[str]:
    """The IP addresses of a host name, in the order in which the system would try them.

    A family of which this machine has no address is left out.

    Raises:
        OSError: there are none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def open_webhook_channel(*, timeout_s: float, development: bool) -> WebhookChannel:
    """The webhook adapter on a connection pool of its own; no proxy of the environment."""
    return WebhookChannel(
        resolve=resolve, now_system_ms=system_ms, timeout_s=timeout_s, development=development
    )


class Deliveries:
    """The delivery threads of one store."""

    def __init__(
        self,
        writer: Writer[StoreLive],
        reader: Reader[StoreLive],
        channel: Channel,
        *,
        rooms: StoreRooms,
        timeout_s: float,
        now_system_ms: Callable[[], int] = system_ms,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._writer = writer
        self._reader = reader
        self._channel = channel
        self._flights = rooms.flights
        self._lease_ms = round((timeout_s + LEASE_EXTRA_S) * 1000)
        self._now_system_ms = now_system_ms
        self._monotonic = monotonic
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._lanes = Lanes()
        self._tried: list[tuple[Claim, AttemptOutcome]] = []
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="delivery")
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

    def lanes(self) -> Mapping[str, LaneState]:
        """How the ways to endpoints stand that were sent to since the start, by endpoint."""
        t = self._monotonic()
        with self._lock:
            return self._lanes.states(t)

    def stop(self) -> None:
        """Claim nothing more, finish what is under way, settle it."""
        self._stopping.set()
        self._woken.set()
        if self._dispatcher.is_alive():
            self._dispatcher.join()
        self._pool.shutdown(wait=True)
        self._turn(AllDue())

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.wait(POLL_S)
            self._woken.clear()
            try:
                due = self._reader.read(find_due, now_system_ms=self._now_system_ms())
                self._turn(due)
                self._stopping.wait(GATHER_S)
            except Exception as error:  # noqa: BLE001 - one of the named supervisors: delivery goes on
                log.error("deliveries halted for a moment", error=fault_of(error))
                self._stopping.wait(PAUSE_AFTER_FAULT_S)

    def _turn(self, due: AllDue) -> None:
        """Settle what came back and claim what there is room for: one commit for both."""
        with self._lock:
            tried, self._tried = self._tried, []
        room = self._room(due)
        now_system_ms = self._now_system_ms()
        settled = claimed = None
        if tried:
            settled = self._writer.submit(
                Priority.APP,
                settle_deliveries,
                wait_s=WRITER_WAIT_S,
                tried=tried,
                now_system_ms=now_system_ms,
            )
        if room or due.lapsed:
            claimed = self._writer.submit(
                Priority.APP,
                claim_deliveries,
                wait_s=WRITER_WAIT_S,
                now_system_ms=now_system_ms,
                lease_ms=self._lease_ms,
                room=room,
            )
        if claimed is not None:
            for claim in claimed.result():
                self._begin(claim)
        if settled is not None:
            settled.result()

    def _room(self, due: AllDue) -> dict[str, int]:
        t = self._monotonic()
        with self._lock:
            return self._lanes.room(due.ways, t)

    def _begin(self, claim: Claim) -> None:
        with self._lock:
            held_s = self._lanes.begin(claim, self._monotonic())
            if held_s is not None:
                at_ms = self._now_system_ms()
                held = AttemptOutcome(Verdict.HELD, at_ms, 0, None, None, "", held_s)
                self._tried.append((claim, held))
        if held_s is None:
            self._pool.submit(self._send, claim)

    def _send(self, claim: Claim) -> None:
        flight = self._flights.begin(claim.shopper, ticket=claim.ticket)
        started = self._now_system_ms()
        try:
            outcome = (
                unanswered(started, started, "not begun", verdict=Verdict.NOT_BEGUN)
                if flight is None
                else self._channel.send(claim, flight)
            )
        except Exception as error:  # noqa: BLE001 - one of the named supervisors: it is tried again
            log.error("delivery failed", notification=claim.notification, error=fault_of(error))
            outcome = unanswered(started, self._now_system_ms(), type(error).__name__)
        finally:
            if flight is not None:
                self._flights.end(flight)
        self._tell(claim, outcome)
        with self._lock:
            self._tried.append((claim, outcome))
        self._woken.set()

    def _tell(self, claim: Claim, outcome: AttemptOutcome) -> None:
        """Let the lane learn, and the log know."""
        t = self._monotonic()
        with self._lock:
            moved = self._lanes.end(claim, outcome, t)
        if moved.was is not moved.now:
            way = {"endpoint": claim.endpoint, "receiver": claim.receiver}
            log.warning("circuit moved", **way, was=moved.was, now=moved.now)
        if outcome.verdict in (Verdict.TRY_AGAIN, Verdict.ENDPOINT_GONE):
            log.warning(
                "notification not taken",
                endpoint=claim.endpoint,
                notification=claim.notification,
                attempt=claim.number,
                status=outcome.status,
                error=outcome.error,
            )
