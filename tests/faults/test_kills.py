"""kill -9 of each process in turn: every emitted batch is applied exactly once."""

import pytest

from tests.faults.process import until
from tests.faults.shop import GATEWAYS, Shop

pytestmark = [
    pytest.mark.faults,
    pytest.mark.xdist_group("faults"),
    pytest.mark.timeout(240),
]


def test_a_killed_server_takes_up_where_it_was(shop: Shop) -> None:
    shoppers = shop.invite(3)
    shop.walk(15)
    before = {one["trigger_id"]: one["decision_id"] for one in shop.api.decisions(shoppers)}
    emitted = {name: shop.emitted(name) for name in GATEWAYS}
    shop.walk(3, wait=False)

    shop.server.kill()
    shop.walk(10, wait=False)
    shop.start_server()

    shop.walk(5)
    shop.assert_applied_once()
    assert all(shop.emitted(name) - emitted[name] >= 18 for name in GATEWAYS)
    after = shop.api.decisions(shoppers)
    assert len(before) == 3
    assert {one["trigger_id"]: one["decision_id"] for one in after} == before
    assert len(after) == 3


def test_a_killed_gateway_loses_nothing_that_it_had_emitted(shop: Shop) -> None:
    shop.invite(3)
    shop.walk(10, wait=False)
    emitted = shop.emitted("gw-1")

    shop.edges["gw-1"].kill()
    shop.edges["gw-1"].start()

    shop.walk(5, wait=False)
    shop.settle()
    shop.assert_applied_once()
    assert shop.emitted("gw-1") > emitted


def test_a_killed_broker_loses_nothing(shop: Shop) -> None:
    shop.invite(3)
    shop.walk(5)
    emitted = {name: shop.emitted(name) for name in GATEWAYS}

    shop.kill_broker()
    shop.walk(10, wait=False)
    shop.restore_broker()

    shop.settle(within_s=90)
    shop.assert_applied_once()
    assert all(shop.emitted(name) - emitted[name] >= 10 for name in GATEWAYS)
    until(lambda: shop.sound, what="both gateways are heard again")
