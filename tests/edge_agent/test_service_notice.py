"""ServiceNotice: what systemd hears, and when it hears nothing."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent.service_notice import ServiceNotice
from tests.edge_agent.brokers import wait_until
from tests.edge_agent.conftest import StartAgent
from tests.ports import free_port


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(10)
        yield manager


def test_each_notice_is_one_datagram(manager: socket.socket) -> None:
    notice = ServiceNotice({"NOTIFY_SOCKET": manager.getsockname()})

    notice.ready()
    notice.status("210 adverts/s")
    notice.alive()
    notice.stopping()

    said = [manager.recv(200) for _ in range(4)]
    assert said == [b"READY=1", b"STATUS=210 adverts/s", b"WATCHDOG=1", b"STOPPING=1"]


@pytest.mark.parametrize("address", ["", "/nowhere/notify", "@nobody-listens"])
def test_without_a_manager_nothing_happens(address: str) -> None:
    ServiceNotice({"NOTIFY_SOCKET": address}).ready()


@pytest.mark.parametrize(
    ("environ", "watchdog_s"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "60000000"}, 60.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getpid())}, 60.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_the_watchdog_is_ours_only_when_it_names_us(
    environ: dict[str, str], watchdog_s: float | None
) -> None:
    assert ServiceNotice(environ).watchdog_s == watchdog_s


def test_the_agent_says_ready_alive_and_goodbye(
    manager: socket.socket, agent: StartAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", manager.getsockname())
    monkeypatch.setenv("WATCHDOG_USEC", "600000")
    said: list[bytes] = []

    gateway = agent(free_port())
    wait_until(lambda: _hear(manager, said).count(b"WATCHDOG=1") >= 3, "signs of life")
    gateway.terminate()
    wait_until(lambda: b"STOPPING=1" in _hear(manager, said), "a goodbye")

    assert said[0] == b"READY=1"


def _hear(manager: socket.socket, said: list[bytes]) -> list[bytes]:
    said.append(manager.recv(200))
    return said
