"""A no reaches what is on its way: consent withdrawn while notifications wait, fail and fly.

Each trial is a shopper with a notification to four endpoints (one refuses and is tried again, two
take 0.4 and 1.5 s to refuse, one never answers) and a withdrawal at a random instant of the next
second. Every write of this process to a socket is timed, so it is seen whether a byte of a request
left after the commit. Real writer, SQLite with synchronous=FULL, delivery threads, and HTTP to a
receiver in a process of its own; `record_consent` as the API calls it.

Run: python benchmarks/withdrawals.py [TRIALS]
"""

import random
import re
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpcore
import httpx

from benchmarks.webhook_receiver import a_receiver_process
from store_server.database import (
    Database,
    UnitOfWork,
    open_database,
    read_only,
    unit_of_work,
)
from store_server.entrypoints.deliveries import Deliveries, resolve, system_ms
from store_server.flows.record_consent import record_consent
from store_server.flows.register_endpoint import register_endpoint
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.outbox.attempt import AttemptOutcome, Claim
from store_server.outbox.channels.webhook import WebhookChannel
from store_server.outbox.flights import Flight
from store_server.outbox.lane import LaneLimits
from store_server.outbox.notification import notification_id
from store_server.outbox.repository import NotificationRepository, OutboxRepository
from store_server.schema import create_tables
from store_server.shoppers.consent import Purpose
from store_server.writer import Priority, Reader, Writer
from tests.store_server.outbox.builders import a_notification, know, run
from tests.store_server.redemptions.builders import a_shop

TIMEOUT_S = 5.0
BAR_S = 2.0
PATHS = ("/no", "/slow/0.4", "/slow/1.5", "/hang")
_ID = re.compile(rb"webhook-id: ([a-z0-9]+)")


class Tap(httpcore.NetworkBackend):
    """Real sockets; notes when bytes of which webhook had left."""

    def __init__(self) -> None:
        self.left: list[tuple[str, int]] = []
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection whose writes are noted."""
        stream = self._sockets.connect_tcp(host, port, timeout, local_address, socket_options)
        return TappedStream(stream, self.left)


class TappedStream(httpcore.NetworkStream):
    """See Tap. The body of a request follows its head on the same connection."""

    def __init__(self, stream: httpcore.NetworkStream, left: list[tuple[str, int]]) -> None:
        self._stream, self._left, self._name = stream, left, ""
        self.read = stream.read  # type: ignore[method-assign] # passed through as it is
        self.close = stream.close  # type: ignore[method-assign] # passed through as it is
        self.get_extra_info = stream.get_extra_info  # type: ignore[method-assign] # the same

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write, then note it."""
        if found := _ID.search(buffer):
            self._name = found[1].decode()
        self._stream.write(buffer, timeout)
        self._left.append((self._name, time.time_ns()))


@dataclass
class TimedChannel:
    """The webhook adapter; notes when each try was over."""

    channel: WebhookChannel
    ended: list[tuple[str, int, int]] = field(default_factory=list)

    def send(self, claim: Claim, flight: Flight) -> AttemptOutcome:
        """One try, timed."""
        began = time.time_ns()
        outcome = self.channel.send(claim, flight)
        self.ended.append((claim.notification, began, time.time_ns()))
        return outcome

    def close(self) -> None:
        """End its connections."""
        self.channel.close()


def withdraw_all(writer: Writer[StoreLive], rooms: StoreRooms, *, trials: int) -> dict[str, int]:
    """When each notification's withdrawal was committed at the latest, in epoch ns."""
    rng = random.Random(6)
    waiting: list[tuple[float, ShopperId]] = []
    committed: dict[str, int] = {}
    queued = 0
    while len(committed) < trials:
        if queued < trials and len(waiting) < 15:
            who = ShopperId(f"s-{queued}")
            writer.submit(Priority.APP, queue_one, shopper=who).result()
            rooms.wake_deliveries()
            waiting.append((time.monotonic() + rng.random(), who))
            waiting.sort()
            queued += 1
        if waiting and (time.monotonic() >= waiting[0][0] or queued == trials):
            _, who = waiting.pop(0)
            writer.submit(
                Priority.APP,
                record_consent,
                shopper=who,
                purpose=Purpose.OFFERS,
                granted=False,
                source="benchmark",
                text_version="1",
            ).result()
            committed[notification_id(who)] = time.time_ns()
        time.sleep(0.002)
    return committed


def queue_one(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, shopper: ShopperId
) -> None:
    """A flow: put one notification in the outbox."""
    OutboxRepository(uow.session, rooms.scope).add(
        [a_notification(shopper, shopper=shopper, at=now)]
    )


def main() -> None:
    """Print what left after a commit, and how long what was out took to end."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    tap = Tap()
    channel = TimedChannel(
        WebhookChannel(
            resolve=resolve,
            now_system_ms=system_ms,
            timeout_s=TIMEOUT_S,
            development=True,
            beneath=tap,
        )
    )
    with a_receiver_process() as url, tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'store.db'}")
        create_tables(database.write)
        rooms = a_shop(database)
        with unit_of_work(database.write, rooms.live) as uow:
            know(uow, shoppers={ShopperId(f"s-{n}"): None for n in range(trials)})
        for path in PATHS:
            limits = LaneLimits(concurrency=12, rate_per_s=1_000)
            run(database, rooms, register_endpoint, url=url + path, limits=limits, development=True)
        writer: Writer[StoreLive] = Writer(database.write, rooms)
        writer.start()
        reader: Reader[StoreLive] = Reader(database.read, rooms)
        deliveries = Deliveries(writer, reader, channel, rooms=rooms, timeout_s=TIMEOUT_S)
        rooms.wake_deliveries = deliveries.wake
        deliveries.start()
        committed = withdraw_all(writer, rooms, trials=trials)
        time.sleep(BAR_S + 0.5)
        deliveries.stop()
        writer.stop()
        with httpx.Client(trust_env=False) as client:
            seen = client.get(url + "/seen").text.splitlines()
        report(tap, channel, committed, seen=seen)
        report_states(database, rooms, trials=trials)
        database.close()


def report(tap: Tap, channel: TimedChannel, committed: dict[str, int], *, seen: list[str]) -> None:
    """Print the figures of the tries."""
    tries = [one for one in channel.ended if one[0] in committed]
    late = [at for name, at in tap.left if name in committed and at > committed[name]]
    flying = [
        (end - committed[name]) / 1e9
        for name, began, end in tries
        if began <= committed[name] < end
    ]
    tried_before = {name for name, _, end in tries if end <= committed[name]}
    flew = {name for name, began, end in tries if began <= committed[name] < end}
    print(f"trials: {len(committed)} withdrawals, {len(tries)} tries, {len(seen)} requests arrived")
    print(
        f"at the withdrawal: {len(flew)} in flight, {len(tried_before)} tried before, "
        f"{len(committed) - len(flew | tried_before)} only queued"
    )
    print(f"writes to a socket after the commit: {len(late)} (bar 0)")
    longest = max(flying, default=0.0)
    print(f"in flight at the commit: {len(flying)} tries")
    print(f"the last of them ended after {longest:.3f} s (bar {BAR_S})")


def report_states(database: Database, rooms: StoreRooms, *, trials: int) -> None:
    """Print how the deliveries ended."""
    ended: dict[str, int] = {}
    with read_only(database.read, rooms.live) as uow:
        notes = NotificationRepository(uow.session, rooms.scope)
        for number in range(trials):
            for told in notes.of_shopper(ShopperId(f"s-{number}")):
                if "offer.notification" not in told.body:
                    continue
                for way in told.ways:
                    name = f"{way.state} {way.reason}"
                    ended[name] = ended.get(name, 0) + 1
    print(f"deliveries of offers, by state: {ended}")


if __name__ == "__main__":
    main()
