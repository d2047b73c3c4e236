"""A shop in which nothing is known yet, for flows about shoppers."""

from dataclasses import replace

from proximity_wire.rotating_id import derive_eid
from store_server.clock import SteppedClock
from store_server.database import Database
from store_server.ids import ShopperId
from store_server.shoppers.identity import IdentityTable
from store_server.shoppers.shopper import Shopper
from tests.store_server.presence.builders import T0_MS, Shop, some_rooms
from tests.store_server.shoppers.builders import MONDAY


def a_quiet_shop(database: Database, *, clock: SteppedClock | None = None) -> Shop:
    rooms = some_rooms(clock=clock or SteppedClock(MONDAY), shoppers=())
    rooms.live = replace(rooms.live, identities=IdentityTable())
    return Shop(database, rooms)


def a_known_shopper(name: str = "ann") -> Shopper:
    return Shopper(ShopperId(name), None, "en", MONDAY)


def eid_of(key: bytes, *, at_ms: int = T0_MS) -> str:
    return derive_eid(key, t_s=at_ms // 1000, exponent=10).hex()
