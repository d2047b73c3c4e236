"""Coupons and baskets for tests; the key is the one that the test store's vault gives."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from store_server.database import Database, unit_of_work
from store_server.decisions.decision import Decision
from store_server.decisions.repository import DecisionRepository
from store_server.flows.rooms import StoreRooms
from store_server.ids import CampaignId, OfferId, ShopperId
from store_server.redemptions.basket import Basket, BasketLine, GivenCoupon
from store_server.redemptions.coupon_code import new_code
from store_server.redemptions.repository import CouponRepository
from store_server.shop.product import Product
from store_server.shop.repository import ProductRepository
from tests.store_server.offers.builders import a_campaign
from tests.store_server.outbox.builders import ANN, BOB, NOON, know, minutes, some_rooms

KEY = b"k" * 32
TEN_PAST = NOON + minutes(10)
BREAD = Product("p1", "Rye bread", "BREAD", "BAKERY", 300, 5_000)
MILK = Product("p2", "Milk", "MILK", "DAIRY", 120, 1_250)


def a_code(seed: int = 1, *, key: bytes | None = None) -> str:
    return new_code(random.Random(seed), key=key or some_rooms().coupon_keys.signing)


def a_line(product: str = "p1", quantity: int = 1, amount_minor: int = 300) -> BasketLine:
    return BasketLine(product, quantity, amount_minor)


def a_basket(
    name: str = "basket-1",
    *,
    shopper: ShopperId | None = ANN,
    at: datetime = TEN_PAST,
    lines: Sequence[BasketLine] = (BasketLine("p1", 1, 300),),
    coupons: Sequence[str] = (),
    currency: str | None = None,
    till: str = "till-1",
    given: Sequence[tuple[str, int]] = (),
) -> Basket:
    took = tuple(GivenCoupon(*one) for one in given)
    return Basket(name, till, at, shopper, tuple(lines), tuple(coupons), currency, took)


def issue(
    coupons: CouponRepository,
    *,
    seed: int = 1,
    shopper: ShopperId = ANN,
    decision: str = "decision-1",
    face_value_minor: int = 50,
    lives_min: float = 60,
) -> str:
    """A fresh coupon; its code."""
    code = a_code(seed)
    coupons.issue(
        code,
        shopper=shopper,
        offer=OfferId("rye"),
        campaign=CampaignId("bakery"),
        decision=decision,
        face_value_minor=face_value_minor,
        issued_at=NOON,
        expires_at=NOON + minutes(lives_min),
        offer_version="v1",
        key=some_rooms().coupon_keys.signing,
    )
    return code


def a_shop(database: Database, *decisions: Decision) -> StoreRooms:
    """A store that knows Ann and Bob, bread and milk, and these decisions."""
    rooms = some_rooms()
    rooms.live = replace(rooms.live, catalogue=rooms.live.catalogue.with_campaign(a_campaign()))
    with unit_of_work(database.write, rooms.live) as uow:
        know(uow, shoppers={ANN: None, BOB: None})
        ProductRepository(uow.session, rooms.scope).save([BREAD, MILK])
        DecisionRepository(uow.session, rooms.scope).add(decisions)
    return rooms
