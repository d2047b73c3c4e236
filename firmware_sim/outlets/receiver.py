"""The retailer's app backend: takes the store's webhooks on loopback, on threads of its own.

A delivery counts once by its webhook-id, however often it comes (the sender tries again when an
answer is lost), and only when its signature holds. The answer is quick and the work is left
to whoever drains the inbox: a receiver that thinks before it answers is tried again for nothing.
"""

import json
import sys
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import structlog

from firmware_sim.outlets.webhook_signature import holds, key_of
from firmware_sim.ports import Webhook

PATH = "/webhooks"
MAX_BODY_BYTES = 64 * 1024
# A sender that says nothing for so long is gone; its thread is needed.
_SILENCE_S = 30

log = structlog.get_logger(__name__)


class WebhookReceiver:
    """Listens from construction to `close`; see the port `WebhookInbox`."""

    def __init__(self, *, now_s: Callable[[], float] = time.time) -> None:
        self._now_s = now_s
        self._lock = threading.Lock()
        self._key: bytes | None = None
        self._waiting: list[Webhook] = []
        self._seen: set[str] = set()
        self._refused = 0
        self._server = _Server(self.receive)
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.1},
            name="webhook-receiver",
            daemon=True,
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """Where webhooks are to be sent."""
        return f"http://127.0.0.1:{self._server.server_port}{PATH}"

    @property
    def refused(self) -> int:
        """Deliveries whose signature did not hold."""
        return self._refused

    def trust(self, secret: str) -> None:
        """Accept only what is signed with `secret` from now on.

        Raises:
            ValueError: it is no whsec_ secret.
        """
        self._key = key_of(secret)

    def drain(self) -> list[Webhook]:
        """Deliveries since the last call, in order of receipt, each webhook id once."""
        with self._lock:
            taken, self._waiting = self._waiting, []
        return taken

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def receive(self, body: bytes, headers: "Headers") -> HTTPStatus:
        """What to answer to one POST; a good one is in the inbox afterwards. Never raises."""
        key = self._key
        if key is None or not holds(
            body,
            webhook_id=headers["webhook-id"],
            timestamp=headers["webhook-timestamp"],
            signatures=headers["webhook-signature"],
            key=key,
            now_s=self._now_s(),
        ):
            with self._lock:
                self._refused += 1
            log.warning("webhook refused: signature does not hold", size_bytes=len(body))
            return HTTPStatus.UNAUTHORIZED
        content = _json_object(body)
        if content is None:
            log.warning("webhook refused: signed, but no JSON object", size_bytes=len(body))
            return HTTPStatus.BAD_REQUEST
        webhook = Webhook(headers["webhook-id"], content, time.monotonic())
        with self._lock:
            if webhook.webhook_id not in self._seen:
                self._seen.add(webhook.webhook_id)
                self._waiting.append(webhook)
        return HTTPStatus.NO_CONTENT


Headers = dict[str, str]
_SIGNED_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


def _json_object(body: bytes) -> dict[str, object] | None:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


class _Server(ThreadingHTTPServer):
    """Carries the one function that requests are handed to."""

    daemon_threads = True

    def __init__(self, receive: Callable[[bytes, Headers], HTTPStatus]) -> None:
        self.receive = receive
        super().__init__(("127.0.0.1", 0), _Request)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002
        """One quiet line: a sender that hangs up in mid-sentence is its own business."""
        log.debug("webhook connection broke off", error=repr(sys.exception()))


class _Request(BaseHTTPRequestHandler):
    """One connection; it is kept open between webhooks."""

    protocol_version = "HTTP/1.1"
    timeout = _SILENCE_S
    server: _Server

    def do_POST(self) -> None:
        """Read a body of stated, small size and pass it on."""
        size = self.headers.get("content-length", "")
        if self.path != PATH:
            self._refuse(HTTPStatus.NOT_FOUND)
        elif not (size.isascii() and size.isdecimal()):
            self._refuse(HTTPStatus.LENGTH_REQUIRED)
        elif len(size) > 9 or int(size) > MAX_BODY_BYTES:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            body = self.rfile.read(int(size))
            if len(body) < int(size):
                self.close_connection = True
                return
            signed = {name: self.headers.get(name, "") for name in _SIGNED_HEADERS}
            self._answer(self.server.receive(body, signed))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: addresses and paths of requests are no news."""

    def _refuse(self, status: HTTPStatus) -> None:
        # The body was not read, so what follows on this connection would be taken for a request.
        self.close_connection = True
        self._answer(status)

    def _answer(self, status: HTTPStatus) -> None:
        self.send_response(status)
        if self.close_connection:
            self.send_header("Connection", "close")
        if status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", "0")
        self.end_headers()
