"""The health of this gateway as Prometheus text, on localhost only.

One thread answers one request after the other, so a stuck reader can hold up other readers for
two seconds, and the agent never. The standard library's `http.server` would do the same and take
0.8 MB of a gateway's memory for it, as much as 1,000 devices do (benchmarks.edge_bluez).
"""

import logging
import threading
from collections.abc import Callable, Iterator
from socketserver import StreamRequestHandler, TCPServer

from edge_agent.errors import ConfigError
from proximity_wire.messages import Health

logger = logging.getLogger(__name__)

_REQUEST_TIMEOUT_S = 2.0
_WORDS = 3
_LONGEST_LINE, _MOST_HEADERS = 8_192, 100
_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_COUNTERS = (
    "adverts",
    "emitted_batches",
    "acked_batches",
    "connects",
    "takeovers",
    "restarts",
    "scanner_restarts",
    "adapter_resets",
)
_GAUGES = (
    "adverts_per_s",
    "live_identities",
    "queued_batches",
    "oldest_queued_s",
    "uptime_s",
    "rss_mb",
    "cpu_temperature_c",
    "clock_offset_ms",
)


def prometheus_text(health: Health) -> str:
    """`health` in the Prometheus text format, version 0.0.4; unknown values are left out.

    Source: Prometheus, "Exposition formats".
    """
    return "".join(f"{line}\n" for line in _lines(health))


class HealthPage:
    """Answers `GET /metrics` on 127.0.0.1 until it is closed."""

    def __init__(self, port: int, *, latest: Callable[[], Health | None]) -> None:
        """Listen on `port`, 0 for a free one.

        Raises:
            ConfigError: the port is taken.
        """

        class Handler(_Handler):
            """Knows whose health it shows."""

            health = staticmethod(latest)

        class Server(TCPServer):
            """Takes its port again at once after a restart."""

            allow_reuse_address = True

            def handle_error(self, request: object, client_address: object) -> None:
                """A reader that went away or stood still is no news."""

        try:
            self._server = Server(("127.0.0.1", port), Handler)
        except OSError as error:
            raise ConfigError(
                f"[health] prometheus_port {port} cannot be listened on: {error.strerror}; "
                "choose another, or 0 for none"
            ) from error
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="health-page", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(StreamRequestHandler):
    """One GET a connection; what came in its headers is not looked at."""

    timeout = _REQUEST_TIMEOUT_S
    health: Callable[[], Health | None]

    def handle(self) -> None:
        """Answer one request."""
        words = self.rfile.readline(_LONGEST_LINE).decode("latin-1").split()
        for _ in range(_MOST_HEADERS):
            if self.rfile.readline(_LONGEST_LINE) in (b"\r\n", b"\n", b""):
                break
        if len(words) != _WORDS or not words[2].startswith("HTTP/1."):
            self._answer("400 Bad Request", "this is not a request of HTTP/1.1\n")
        elif words[0] != "GET":
            self._answer("501 Not Implemented", "ask with GET\n")
        elif words[1].partition("?")[0] != "/metrics":
            self._answer("404 Not Found", "ask for /metrics\n")
        elif (health := self.health()) is None:
            self._answer("503 Service Unavailable", "nothing is known yet\n")
        else:
            self._answer("200 OK", prometheus_text(health))

    def _answer(self, status: str, text: str) -> None:
        body = text.encode()
        head = (
            f"HTTP/1.1 {status}\r\nContent-Type: {_CONTENT_TYPE}\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        self.wfile.write(head.encode() + body)


def _lines(health: Health) -> Iterator[str]:
    for kind, names in (("counter", _COUNTERS), ("gauge", _GAUGES)):
        for name in names:
            value = getattr(health, name)
            if value is not None:
                shown = f"beaconry_edge_{name}" + ("_total" if kind == "counter" else "")
                yield f"# TYPE {shown} {kind}"
                yield f"{shown} {value}"
    for name, label, counts in (
        ("frames", "kind", health.frames),
        ("dropped", "reason", health.dropped),
    ):
        yield f"# TYPE beaconry_edge_{name}_total counter"
        for key, count in sorted(counts.items()):
            yield f'beaconry_edge_{name}_total{{{label}="{key}"}} {count}'
    yield "# TYPE beaconry_edge_clock_synced gauge"
    yield f"beaconry_edge_clock_synced {int(health.clock in ('synced', 'event'))}"
    if health.scanner_state:
        yield "# TYPE beaconry_edge_scanner gauge"
        yield f'beaconry_edge_scanner{{state="{health.scanner_state}"}} 1'
    yield "# TYPE beaconry_edge_stands_on gauge"
    for part, version in sorted(health.versions.items()):
        yield f'beaconry_edge_stands_on{{part="{part}",version="{_escaped(version)}"}} 1'
    yield "# TYPE beaconry_edge_about gauge"
    yield (
        f'beaconry_edge_about{{gateway="{health.gateway}",store="{health.store}",'
        f'version="{_escaped(health.version)}",clock="{health.clock}"}} 1'
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
