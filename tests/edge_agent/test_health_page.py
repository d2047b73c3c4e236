"""HealthPage: what Prometheus reads."""

import re
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import pytest

from edge_agent.errors import ConfigError
from edge_agent.health_page import HealthPage, prometheus_text
from proximity_wire.messages import Health
from tests.edge_agent.brokers import wait_until
from tests.edge_agent.builders import BOOT_ID, NOON_MS
from tests.edge_agent.conftest import StartAgent
from tests.ports import free_port

HEALTH = Health(
    org="acme",
    store="s1",
    gateway="gw-1",
    boot_id=BOOT_ID,
    sent_at_ms=NOON_MS,
    clock="free",
    uptime_s=3.0,
    version='0.1"\n',
    adverts=10,
    adverts_per_s=2.5,
    frames={"eid": 4},
    dropped={"implausible_rssi": 1},
    scanner_state="silent",
    scanner_restarts=2,
    adapter_resets=1,
    versions={"bleak": "4.0", "kernel": "6.12+rpt"},
)
_LINE = re.compile(
    r"# TYPE [a-z_]+ (counter|gauge)"
    r'|[a-z_]+(\{([a-z_]+="([^"\\\n]|\\.)*",?)+\})? -?[0-9.]+'
)


@pytest.fixture
def page() -> Iterator[HealthPage]:
    page = HealthPage(0, latest=lambda: HEALTH)
    yield page
    page.close()


def read(port: int, path: str = "/metrics", method: str = "GET") -> str:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method)
    with urllib.request.urlopen(request, timeout=5) as answer:
        return str(answer.read().decode())


def test_every_line_follows_the_text_format() -> None:
    lines = prometheus_text(HEALTH).splitlines()

    assert [line for line in lines if not _LINE.fullmatch(line)] == []
    assert "beaconry_edge_adverts_per_s 2.5" in lines
    assert 'beaconry_edge_dropped_total{reason="implausible_rssi"} 1' in lines
    assert not any("rss_mb" in line for line in lines)


def test_what_was_done_for_the_radio_and_what_runs_is_shown() -> None:
    lines = prometheus_text(HEALTH).splitlines()

    assert 'beaconry_edge_scanner{state="silent"} 1' in lines
    assert "beaconry_edge_scanner_restarts_total 2" in lines
    assert "beaconry_edge_adapter_resets_total 1" in lines
    assert 'beaconry_edge_stands_on{part="kernel",version="6.12+rpt"} 1' in lines


def test_the_page_answers_get(page: HealthPage) -> None:
    assert "beaconry_edge_adverts_total 10\n" in read(page.port)


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("/", "GET", 404), ("/metrics", "POST", 501), ("/metrics", "DELETE", 501)],
)
def test_everything_else_is_refused(page: HealthPage, path: str, method: str, status: int) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        read(page.port, path, method)

    assert refused.value.code == status


@pytest.mark.parametrize(
    "said", [b"\r\n\r\n", b"\xff\x00\r\n\r\n", b"GET /metrics\r\n\r\n", b"GET " + b"x" * 70_000]
)
def test_garbage_is_answered_and_the_page_goes_on(page: HealthPage, said: bytes) -> None:
    with socket.create_connection(("127.0.0.1", page.port), timeout=5) as reader:
        reader.sendall(said)
        reader.shutdown(socket.SHUT_WR)
        assert reader.makefile("rb").readline() == b"HTTP/1.1 400 Bad Request\r\n"

    assert "beaconry_edge_adverts_total 10\n" in read(page.port)


def test_a_reader_that_goes_away_is_no_news(
    page: HealthPage, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        socket.create_connection(("127.0.0.1", page.port), timeout=5).close()

    assert "beaconry_edge_adverts_total 10\n" in read(page.port)
    assert capfd.readouterr().err == ""


def test_before_the_first_health_there_is_nothing_to_show() -> None:
    page = HealthPage(0, latest=lambda: None)

    with pytest.raises(urllib.error.HTTPError) as refused:
        read(page.port)

    assert refused.value.code == 503
    page.close()


def test_a_port_that_is_taken_is_a_clear_error(page: HealthPage) -> None:
    with pytest.raises(ConfigError, match=r"prometheus_port .* cannot be listened on"):
        HealthPage(page.port, latest=lambda: None)


def test_a_port_that_is_taken_costs_the_page_and_not_the_gateway(
    page: HealthPage, agent: StartAgent
) -> None:
    gateway = agent(free_port(), extra=f"[health]\nprometheus_port = {page.port}\n")

    wait_until(lambda: "cannot be listened on" in gateway.log, "the log says so")
    assert gateway.running


def test_the_agent_shows_its_health(agent: StartAgent) -> None:
    port = free_port()
    gateway = agent(free_port(), extra=f"[health]\nprometheus_port = {port}\n")
    gateway.hear(NOON_MS, "f" * 16)
    gateway.tick(NOON_MS + 1_000)

    wait_until(lambda: _shows(port, read), "the page shows the queue")


def _shows(port: int, ask: Callable[[int], str]) -> bool:
    try:
        return "beaconry_edge_restarts_total 0\n" in ask(port)
    except (urllib.error.URLError, ConnectionError):
        return False
