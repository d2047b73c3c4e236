"""`edge-agent run` with two adapters that scan at once, on a real D-Bus with unmodified bleak."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge_agent.brokers import Broker, StandInServer, wait_until
from tests.edge_agent.builders import eid_ad
from tests.edge_agent.radio import RadioGateway

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]

NEAR, FAR, LATER = ("a" * 16, "b" * 16, "c" * 16)
ADDRESS = {NEAR: "C0:00:00:00:00:0A", FAR: "C0:00:00:00:00:0B", LATER: "C0:00:00:00:00:0C"}


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker("nats", tmp_path / "broker")
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def shop(broker: Broker) -> Iterator[StandInServer]:
    shop = StandInServer(broker.port)
    yield shop
    shop.close()


@pytest.fixture
def gateway(tmp_path: Path, broker: Broker) -> Iterator[RadioGateway]:
    gateway = RadioGateway(
        tmp_path / "gw",
        port=broker.port,
        source='adapter = "hci0,hci1"\nscan = "active"',
        adapters=("hci0", "hci1"),
    )
    gateway.start()
    yield gateway
    gateway.close()


def says(gateway: RadioGateway, eid: str, adapter: str) -> None:
    assert gateway.bluez.hear(ADDRESS[eid], eid_ad(eid), -60, adapter=adapter)


def test_what_each_of_two_adapters_hears_arrives(
    gateway: RadioGateway, shop: StandInServer
) -> None:
    says(gateway, NEAR, "hci0")
    says(gateway, FAR, "hci1")

    wait_until(lambda: shop.identities == {NEAR, FAR}, "both are told")
    wait_until(lambda: shop.healths[-1:] != [], "health arrives")
    assert shop.healths[-1].scanner_state == "active"


def test_one_that_was_pulled_is_told_while_the_other_hears_on(
    gateway: RadioGateway, shop: StandInServer
) -> None:
    gateway.bluez.pull_out("hci1")
    wait_until(lambda: shop.healths[-1:] != [], "health arrives")
    wait_until(lambda: shop.healths[-1].dropped.get("adapter_gone") == 1, "it is told")

    says(gateway, LATER, "hci0")

    wait_until(lambda: shop.identities == {LATER}, "the other one hears on")
    wait_until(lambda: shop.healths[-1].scanner_state == "failed", "the worst of both is told")
