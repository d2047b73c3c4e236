"""The health of this gateway as Prometheus text, on localhost only.

One thread answers one request after the other, so a stuck reader can hold up other readers for
two seconds, and the agent never.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

from edge_agent.errors import ConfigError
from proximity_wire.messages import Health

logger = logging.getLogger(__name__)

_REQUEST_TIMEOUT_S = 2.0
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

        try:
            self._server = HTTPServer(("127.0.0.1", port), Handler)
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
        return self._server.server_port

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """GET only: every other method is answered with 501 by the standard library."""

    timeout = _REQUEST_TIMEOUT_S
    server_version = "edge-agent"
    sys_version = ""
    health: Callable[[], Health | None]

    def do_GET(self) -> None:
        """Answer one request."""
        health = self.health()
        if self.path.partition("?")[0] != "/metrics":
            self._answer(404, "ask for /metrics\n")
        elif health is None:
            self._answer(503, "nothing is known yet\n")
        else:
            self._answer(200, prometheus_text(health))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name there)
        """Requests are not logged; a scrape every few seconds is no news."""

    def _answer(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", _CONTENT_TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


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
