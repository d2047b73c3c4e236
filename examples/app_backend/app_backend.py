"""A retailer's app backend in small: takes offers, verifies them, forwards them to a push gateway.

Standard library only. The port it listens on is printed on its first line.
"""

import argparse
import base64
import hashlib
import hmac
import json
import queue
import threading
import time
import urllib.request
from collections import OrderedDict
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

MAX_BODY_BYTES = 64 * 1024
TOLERANCE_S = 300
IDS_KEPT = 100_000


def is_genuine(body: bytes, headers: dict[str, str], secrets: list[str]) -> bool:
    """Whether a webhook comes from the store server; two secrets while one is exchanged."""
    try:
        stamp = int(headers["webhook-timestamp"])
        signed = f"{headers['webhook-id']}.{stamp}.".encode() + body
        given = [one.encode() for one in headers["webhook-signature"].split()]
        keys = [base64.b64decode(one.removeprefix("whsec_"), validate=True) for one in secrets]
    except (KeyError, ValueError):
        return False
    wanted = [b"v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)) for key in keys]
    fits = any(hmac.compare_digest(one, two) for one in wanted for two in given)
    return fits and abs(time.time() - stamp) <= TOLERANCE_S


class Backend:
    """Keeps which webhooks came, and forwards what is new on a thread of its own."""

    def __init__(self, secrets: list[str], forward: str, store: str = "", key: str = "") -> None:
        self.secrets = secrets
        self._forward = forward
        self._store = store.rstrip("/")
        self._key = key
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()
        self._waiting: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        threading.Thread(target=self._work, daemon=True).start()

    def take(self, webhook_id: str, document: dict[str, Any]) -> None:
        """Work off a genuine webhook; one that came before changes nothing."""
        with self._lock:
            if webhook_id in self._seen:
                return
            self._seen[webhook_id] = None
            if len(self._seen) > IDS_KEPT:
                self._seen.popitem(last=False)
        self._waiting.put(document)

    def _work(self) -> None:
        while True:
            document = self._waiting.get()
            if document.get("type") == "offer.notification":
                self._push(self._whole(document["data"]))

    def _whole(self, offer: dict[str, Any]) -> dict[str, Any]:
        """The offer with its words: a thin webhook carries ids, the store tells the rest."""
        if "title" in offer or not self._store:
            return offer
        url = f"{self._store}/v1/notifications/{offer['notification_id']}"
        request = urllib.request.Request(url, headers={"authorization": f"Bearer {self._key}"})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                told: dict[str, Any] = json.load(answer)
                return told
        except OSError as error:
            # 404: it must not be told any more.
            print(f"store: {error}", flush=True)
            return offer

    def _push(self, offer: dict[str, Any]) -> None:
        over = datetime.fromisoformat(offer["expires_at"]) <= datetime.now(UTC)
        if over or "title" not in offer:
            return
        message = {
            "to": offer["shopper_id"],
            "title": offer["title"],
            "body": offer["body"],
            "data": {name: offer[name] for name in ("notification_id", "coupon_code")},
            "expires_at": offer["expires_at"],
        }
        request = urllib.request.Request(
            self._forward,
            data=json.dumps(message).encode(),
            headers={"content-type": "application/json"},
        )
        try:
            urllib.request.urlopen(request, timeout=5).close()
        except OSError as error:
            print(f"push gateway: {error}", flush=True)


class Handler(BaseHTTPRequestHandler):
    """POST anywhere: 204 when taken, 401 when not genuine."""

    backend: Backend

    def do_POST(self) -> None:
        """Verify the raw bytes, answer, work afterwards."""
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(min(length, MAX_BODY_BYTES))
        headers = {name.lower(): value for name, value in self.headers.items()}
        genuine = length <= MAX_BODY_BYTES and is_genuine(body, headers, self.backend.secrets)
        self.send_response(204 if genuine else 401)
        self.send_header("content-length", "0")
        self.end_headers()
        if genuine:
            self.backend.take(headers["webhook-id"], json.loads(body))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing of shoppers."""


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--secret-file", type=Path, required=True, help="one whsec_ secret a line")
    parser.add_argument("--forward", required=True, help="URL of the push gateway")
    parser.add_argument("--store", default="", help="URL of the store server, for thin webhooks")
    parser.add_argument("--key-file", type=Path, help="backend key of the store server")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    key = options.key_file.read_text().strip() if options.key_file else ""
    secrets = options.secret_file.read_text().split()
    Handler.backend = Backend(secrets, options.forward, options.store, key)
    server = ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
