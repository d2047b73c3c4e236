"""Small stores for tests: two zones, two gateways, two beacons."""

from datetime import time

from store_server.ids import OrgId, StoreId, ZoneId
from store_server.shop.floor_plan import Beacon, FloorPlan, Gateway, Zone
from store_server.shop.store_profile import Store

ENTRANCE = ZoneId("entrance")
BAKERY = ZoneId("bakery")
BEACON_UUID = "f7826da6-4fa2-4e98-8024-bc5b71e0893e"


def a_store(
    *, timezone: str = "Europe/Vienna", opens: str = "08:00", closes: str = "21:00"
) -> Store:
    return Store(
        org=OrgId("acme"),
        store=StoreId("demo"),
        name="Demo supermarket",
        timezone=timezone,
        currency="EUR",
        opens=time.fromisoformat(opens),
        closes=time.fromisoformat(closes),
    )


def a_plan() -> FloorPlan:
    """Two squares of 10 m side by side, a gateway and a beacon in the middle of each."""
    return FloorPlan(
        store=StoreId("demo"),
        name="Demo supermarket",
        width_m=20.0,
        height_m=10.0,
        zones=(
            Zone(ENTRANCE, "Entrance", ((0, 0), (10, 0), (10, 10), (0, 10)), "entrance"),
            Zone(BAKERY, "Bakery", ((10, 0), (20, 0), (20, 10), (10, 10)), "sales"),
        ),
        gateways=(
            Gateway("gw-1", 5.0, 5.0, 3.0, ENTRANCE),
            Gateway("gw-2", 15.0, 5.0, 3.0, BAKERY),
        ),
        beacons=(
            Beacon("b-1", f"{BEACON_UUID}:1:1", 5.0, 2.0, ENTRANCE, -59),
            Beacon("b-2", f"{BEACON_UUID}:1:2", 15.0, 2.0, BAKERY, -59),
        ),
    )
