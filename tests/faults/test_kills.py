"""kill -9 of each process in turn: every emitted batch is applied exactly once."""

import pytest

from tests.faults.process import until
from tests.faults.shop import GATEWAYS, Shop

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]


def test_a_killed_server_takes_up_where_it_was(shop: Shop) -> None:
    shop.walk(15)
    shop.walk(3, wait=False)

    shop.server.kill()
    shop.walk(10, wait=False)
    shop.start_server()

    shop.walk(5)
    counts = shop.assert_applied_once()
    assert all(emitted >= 30 for emitted, _, _ in counts.values())


def test_a_killed_gateway_loses_nothing_that_it_had_emitted(shop: Shop) -> None:
    shop.walk(10, wait=False)

    shop.edges["gw-1"].kill()
    shop.edges["gw-1"].start()

    shop.walk(10, wait=False)
    shop.settle()
    shop.assert_applied_once()


def test_a_killed_broker_loses_nothing(shop: Shop) -> None:
    shop.walk(10)

    shop.kill_broker()
    shop.walk(10, wait=False)
    shop.restore_broker()

    shop.settle(within_s=90)
    shop.assert_applied_once()
    until(lambda: all(shop.waiting(name) == 0 for name in GATEWAYS), what="the spools are empty")


def test_kills_change_no_decision_into_two(shop: Shop) -> None:
    shop.walk(20)
    before = shop.api("ops", "GET", "/v1/decisions").json()

    shop.server.kill()
    shop.start_server()
    shop.walk(5)

    after = shop.api("ops", "GET", "/v1/decisions").json()
    triggers = [decision["trigger_id"] for decision in after["decisions"]]
    assert len(before["decisions"]) >= 3
    assert len(triggers) == len(set(triggers))
