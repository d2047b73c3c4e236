"""A retailer's backend on loopback, for tests: keeps what it got, answers what it is told to."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(slots=True)
class Answer:
    """What the receiver says next."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"thanks"


@dataclass(slots=True)
class Received:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """`answers` are used up one by one, then it says 200."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: list[Answer] = []
        self.received: list[Received] = []
        self.arrived = threading.Semaphore(0)
        self.heard: Callable[[], object] | None = None
        self._over = threading.Event()

    @contextmanager
    def hushed(self, heard: Callable[[], object]) -> Iterator[str]:
        """Answer nothing from now on, and call `heard` when something comes."""
        self.heard = heard
        try:
            yield self.url
        finally:
            self._over.set()

    def keep_silent(self) -> None:
        """Until it is over."""
        assert self.heard is not None
        self.heard()
        self._over.wait(60)

    def wait(self, count: int = 1, *, timeout_s: float = 10.0) -> None:
        """Until `count` more requests were answered."""
        for _ in range(count):
            assert self.arrived.acquire(timeout=timeout_s), "the webhook did not arrive"


@contextmanager
def a_receiver() -> Iterator[Receiver]:
    """A receiver that listens on a free loopback port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if receiver.heard is not None:
                receiver.keep_silent()
                return
            answer = receiver.answers.pop(0) if receiver.answers else Answer()
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.received.append(Received(self.path, headers, body))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            with suppress(ConnectionError):
                self.wfile.write(answer.body)
            receiver.arrived.release()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hooks")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
