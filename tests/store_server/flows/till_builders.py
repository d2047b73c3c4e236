"""A shop with coupons that are out, and a till that uses them."""

import json
from typing import Any

from store_server.database import Database, read_only, unit_of_work
from store_server.flows.rooms import StoreRooms
from store_server.flows.take_basket import BasketTaken, take_basket
from store_server.flows.use_coupon import (
    CouponShown,
    redeem_coupon,
    release_coupon,
    reserve_coupon,
)
from store_server.offers.budget import BudgetUse
from store_server.offers.repository import BudgetRepository
from store_server.redemptions.basket import Basket
from store_server.redemptions.repository import CouponRepository
from tests.store_server.offers.builders import a_campaign
from tests.store_server.outbox.builders import NOON, minutes, run
from tests.store_server.redemptions.builders import issue

LATER = NOON + minutes(15)
FLOWS = {"reserve": reserve_coupon, "redeem": redeem_coupon, "release": release_coupon}


def coupon(database: Database, rooms: StoreRooms, **values: Any) -> str:
    """A coupon that is out, with its money reserved."""
    with unit_of_work(database.write, rooms.live) as uow:
        face_minor = int(values.get("face_value_minor", 50))
        BudgetRepository(uow.session, rooms.scope).reserve(
            a_campaign(), face_value_minor=face_minor
        )
        return issue(CouponRepository(uow.session, rooms.scope), **values)


def take(
    database: Database,
    rooms: StoreRooms,
    basket: Basket,
    *,
    key: str | None = None,
    at_min: float = 15,
) -> BasketTaken:
    """What a till is told of its basket."""
    return run(
        database,
        rooms,
        take_basket,
        now=NOON + minutes(at_min),
        basket=basket,
        idempotency_key=key or f"key-of-{basket.id}",
    )


def ask(
    database: Database,
    rooms: StoreRooms,
    operation: str,
    code: str,
    *,
    till: str = "till-1",
    at_min: float = 1,
    key: str = "",
    **more: Any,
) -> dict[str, Any]:
    """What a till is told of one coupon."""
    told = run(
        database,
        rooms,
        FLOWS[operation],
        now=NOON + minutes(at_min),
        shown=CouponShown(code, till, **more),
        idempotency_key=key or f"{operation} {code} {till} {at_min}".replace(" ", "/"),
    )
    return dict(json.loads(told.text))


def money(database: Database, rooms: StoreRooms) -> BudgetUse:
    """What the campaign has given away."""
    with read_only(database.read, rooms.live) as uow:
        campaign = a_campaign().id
        return BudgetRepository(uow.session, rooms.scope).use_of([campaign])[campaign]
