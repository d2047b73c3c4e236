from dataclasses import replace

import pytest

from store_server.database import Database
from store_server.errors import Conflict, NotFound, Unprocessable
from store_server.flows.add_gateway import add_gateway
from store_server.flows.load_seed import load_plan
from store_server.ids import ZoneId
from store_server.shop.floor_plan import Gateway
from tests.store_server.flows.shopper_builders import a_quiet_shop
from tests.store_server.presence.builders import Shop
from tests.store_server.shop.builders import BAKERY, a_plan, a_store

NEWCOMER = Gateway("gw-3", 12.0, 8.0, 3.0, BAKERY)


def a_planned_shop(database: Database) -> Shop:
    shop = a_quiet_shop(database)
    shop.run(load_plan, store=a_store(), plan=a_plan())
    return shop


def test_a_gateway_is_put_on_the_plan_once(database: Database) -> None:
    shop = a_planned_shop(database)

    for _ in range(2):
        plan = shop.run(add_gateway, gateway=NEWCOMER)

    assert [gateway.id for gateway in plan.gateways] == ["gw-1", "gw-2", "gw-3"]
    assert shop.rooms.live.plan.anchor("gw:gw-3") is not None


@pytest.mark.parametrize(
    "gateway", [replace(NEWCOMER, zone=ZoneId("cellar")), replace(NEWCOMER, x=1.0)]
)
def test_a_gateway_stands_in_its_zone(database: Database, gateway: Gateway) -> None:
    with pytest.raises(Unprocessable, match="gw-3"):
        a_planned_shop(database).run(add_gateway, gateway=gateway)


@pytest.mark.parametrize("name", ["gw-1", "server"])
def test_a_name_that_is_taken_is_refused(database: Database, name: str) -> None:
    with pytest.raises(Conflict, match="taken"):
        a_planned_shop(database).run(add_gateway, gateway=replace(NEWCOMER, id=name))


def test_a_store_without_a_plan_takes_no_gateway(database: Database) -> None:
    with pytest.raises(NotFound, match="seed"):
        a_quiet_shop(database).run(add_gateway, gateway=NEWCOMER)
