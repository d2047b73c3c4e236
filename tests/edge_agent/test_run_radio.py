"""`edge-agent run` with unmodified bleak on a real D-Bus: scanning again, whatever dies."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from proximity_wire.messages import Health
from tests.edge_agent.brokers import Broker, StandInServer, wait_until
from tests.edge_agent.radio import RadioGateway

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]

TAGS = [f"{number:016x}" for number in range(1, 11)]
# The bar: hearing again so soon after what was missing is back.
WITHIN_S = 10.0


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


@pytest.fixture(params=["passive", "active"])
def gateway(
    request: pytest.FixtureRequest, tmp_path: Path, broker: Broker
) -> Iterator[RadioGateway]:
    """A gateway that hears a hundred adverts a second."""
    scan = f'scan = "{request.param}"'
    gateway = RadioGateway(tmp_path / "gw", port=broker.port, source=scan)
    gateway.start()
    gateway.fill_the_air(*TAGS)
    yield gateway
    gateway.close()


def hears_again(shop: StandInServer, fault: Callable[[], None]) -> float:
    """Seconds from the end of `fault` until something that was heard after it has arrived."""
    wait_until(lambda: shop.identities == set(TAGS), "all tags are heard")
    # A rate that is worth being missed has to be known: see `silence`.
    health_says(shop, lambda one: one.adverts > 300)
    fault()
    over_ms, over_s = time.time_ns() // 1_000_000, time.monotonic()
    wait_until(
        lambda: any(row.first_at_ms > over_ms for row in shop.batches[-1].rows),
        "adverts are heard again",
    )
    return time.monotonic() - over_s


def health_says(shop: StandInServer, fact: Callable[[Health], bool]) -> None:
    wait_until(lambda: any(map(fact, shop.healths[-1:])), f"health: {shop.healths[-1:]}")


def test_a_killed_bus_is_survived_and_told(gateway: RadioGateway, shop: StandInServer) -> None:
    assert hears_again(shop, gateway.restart_bus) < WITHIN_S

    health_says(shop, lambda one: one.dropped.get("dbus_lost") == 1 and one.scanner_restarts == 1)
    assert gateway.terminate() == 0


def test_an_adapter_that_falls_silent_is_scanned_anew(
    gateway: RadioGateway, shop: StandInServer
) -> None:
    assert hears_again(shop, lambda: gateway.bluez.fall_silent("restart")) < WITHIN_S

    health_says(shop, lambda one: (one.scanner_restarts, one.adapter_resets) == (1, 0))
    assert gateway.bluez.adapter().power_cycles == 0


def test_an_adapter_that_stays_silent_is_reset(gateway: RadioGateway, shop: StandInServer) -> None:
    assert hears_again(shop, lambda: gateway.bluez.fall_silent("power")) < WITHIN_S

    health_says(shop, lambda one: (one.scanner_restarts, one.adapter_resets) == (2, 1))
    health_says(shop, lambda one: one.scanner_state in {"passive", "active"})
    assert gateway.bluez.adapter().power_cycles == 1


def test_an_adapter_that_was_pulled_and_plugged_in_is_scanned_again(
    gateway: RadioGateway, shop: StandInServer
) -> None:
    def replug() -> None:
        gateway.bluez.pull_out()
        health_says(shop, lambda one: one.scanner_state == "failed")
        gateway.bluez.plug_in()

    assert hears_again(shop, replug) < WITHIN_S

    health_says(shop, lambda one: one.dropped.get("adapter_gone") == 1)
