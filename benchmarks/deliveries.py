"""What delivering costs: claim, sign, post, log and settle, beside bare posts in the same run.

The same bodies are posted to the same receiver (a process of its own, on loopback, that answers
200) by as many threads: once by a bare `httpx.Client` loop, once by the delivery threads on an
SQLite file with synchronous=FULL. Printed are webhooks a second of both, and two ratios: of time,
and of this process's CPU time, which a busy machine disturbs less.

Run: python benchmarks/deliveries.py [NOTIFICATIONS]
"""

import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

import httpx

from store_server.database import Database, open_database, unit_of_work
from store_server.entrypoints.deliveries import Deliveries, open_webhook_channel
from store_server.flows.register_endpoint import register_endpoint
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.outbox.lane import LaneLimits
from store_server.outbox.notification import webhook_body
from store_server.outbox.repository import OutboxRepository
from store_server.schema import create_tables
from store_server.writer import Reader, Writer
from tests.store_server.outbox.builders import a_notification, run
from tests.store_server.redemptions.builders import a_shop

LIMITS = LaneLimits(concurrency=12, rate_per_s=100_000)
THREADS = LIMITS.concurrency


class Handler(BaseHTTPRequestHandler):
    """Reads the body, answers 200, keeps the connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Take one webhook."""
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


def receive(port: Connection) -> None:
    """The receiver's process: tell the port, then serve until terminated."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    port.send(server.server_port)
    server.serve_forever()


@contextmanager
def a_receiver() -> Iterator[str]:
    """The URL of a running receiver."""
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=receive, args=(theirs,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{mine.recv()}/hooks"
    finally:
        process.terminate()
        process.join()


class Cost(NamedTuple):
    """What it took: seconds by the clock, and of CPU in this process."""

    wall_s: float
    cpu_s: float


def cost_since(started: Cost) -> Cost:
    """What was spent since."""
    return Cost(time.perf_counter() - started.wall_s, time.process_time() - started.cpu_s)


def now() -> Cost:
    """Both clocks."""
    return Cost(time.perf_counter(), time.process_time())


def post_bare(url: str, bodies: list[bytes]) -> Cost:
    """What it takes as many threads to post these bodies and nothing else."""

    def post(body: bytes) -> httpx.Response:
        return client.post(url, content=body)

    limits = httpx.Limits(max_connections=THREADS * 2, max_keepalive_connections=THREADS)
    with (
        httpx.Client(trust_env=False, limits=limits) as client,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        started = now()
        statuses = [
            one.status_code for one in pool.map(lambda b: client.post(url, content=b), bodies)
        ]
        took = cost_since(started)
    assert set(statuses) == {200}
    return took


def deliver(database: Database, rooms: StoreRooms, *, count: int) -> Cost:
    """What it takes until the outbox is empty."""
    writer: Writer[StoreLive] = Writer(database.write, rooms)
    reader: Reader[StoreLive] = Reader(database.read, rooms)
    writer.start()
    channel = open_webhook_channel(timeout_s=5, development=True)
    deliveries = Deliveries(writer, reader, channel, rooms=rooms, timeout_s=5)
    started = now()
    deliveries.start()
    while delivered(database, rooms) < count:
        time.sleep(0.1)
    took = cost_since(started)
    deliveries.stop()
    writer.stop()
    return took


def delivered(database: Database, rooms: StoreRooms) -> int:
    """How many are delivered."""
    with unit_of_work(database.read, rooms.live) as uow:
        return OutboxRepository(uow.session, rooms.scope).counts()["delivered"]


def main() -> None:
    """Print both rates and the ratio."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    notes = [a_notification(f"decision-{number}") for number in range(count)]
    with a_receiver() as url, tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'store.db'}")
        create_tables(database.write)
        rooms = a_shop(database)
        run(database, rooms, register_endpoint, url=url, limits=LIMITS, development=True)
        with unit_of_work(database.write, rooms.live) as uow:
            for start in range(0, count, 500):
                OutboxRepository(uow.session, rooms.scope).add(notes[start : start + 500])
        bodies = [webhook_body(note, rooms.scope).encode() for note in notes]
        post_bare(url, bodies[:100])
        bare = post_bare(url, bodies)
        ours = deliver(database, rooms, count=count)
        database.close()
    print(f"bare posts a second: {count / bare.wall_s:.0f}")
    print(f"deliveries a second: {count / ours.wall_s:.0f}")
    print(f"CPU of a delivery: {1000 * ours.cpu_s / count:.2f} ms")
    print(f"ratio of time, deliveries to bare posts: {ours.wall_s / bare.wall_s:.2f}")
    print(f"ratio of CPU, deliveries to bare posts: {ours.cpu_s / bare.cpu_s:.2f}")


if __name__ == "__main__":
    main()
