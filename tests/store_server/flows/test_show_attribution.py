"""What one decision led to: its coupon, what it promoted, and what else was in the baskets."""

import pytest

from store_server.database import Database, read_only, unit_of_work
from store_server.errors import NotFound
from store_server.flows.rooms import StoreRooms
from store_server.flows.show_attribution import Attributed, show_attribution
from store_server.flows.take_return import take_return
from store_server.redemptions.basket_return import BasketReturn, ReturnedLine
from store_server.shop.product import Product
from store_server.shop.repository import ProductRepository
from tests.store_server.flows.till_builders import coupon, take
from tests.store_server.outbox.builders import NOON, a_decision, minutes, run
from tests.store_server.redemptions.builders import a_basket, a_line, a_shop

CAKE = Product("p3", "Cake", "CAKE", "BAKERY", 450, 4_000)
LINES = [a_line(), a_line("p2", 2, 240), a_line("p3", amount_minor=450)]


def shown(database: Database, rooms: StoreRooms) -> Attributed:
    with read_only(database.read, rooms.live) as uow:
        return show_attribution(uow, rooms, now=NOON, decision_id="decision-1")


def a_bakery(database: Database) -> StoreRooms:
    rooms = a_shop(database, a_decision())
    with unit_of_work(database.write, rooms.live) as uow:
        ProductRepository(uow.session, rooms.scope).save([CAKE])
    return rooms


def test_a_redeemed_coupon_and_what_else_was_in_its_basket(database: Database) -> None:
    rooms = a_bakery(database)
    code = coupon(database, rooms, face_value_minor=50)
    take(database, rooms, a_basket(lines=LINES, coupons=[code]))

    found = shown(database, rooms)

    (one,) = found.baskets
    assert found.redeemed
    assert (one.kind, one.in_window, one.units, one.category) == ("redeemed", True, 1, "BREAD")
    assert (one.promoted_minor, one.related_minor, one.other_minor) == (300, 450, 240)
    assert one.margin_minor == 150 - 50


def test_what_was_promoted_and_bought_without_its_coupon_counts_as_such(
    database: Database,
) -> None:
    rooms = a_bakery(database)
    take(database, rooms, a_basket())
    take(database, rooms, a_basket("later", at=NOON + minutes(25 * 60)), at_min=26 * 60)

    found = shown(database, rooms)

    assert not found.redeemed
    assert [(one.basket, one.kind) for one in found.baskets] == [("basket-1", "promoted_bought")]


def test_what_was_brought_back_is_not_told_any_more(database: Database) -> None:
    rooms = a_bakery(database)
    take(database, rooms, a_basket(lines=LINES))
    back = BasketReturn("back-1", "basket-1", "till-2", NOON + minutes(60), (ReturnedLine(2, 1),))
    run(database, rooms, take_return, now=NOON + minutes(60), back=back, idempotency_key="back-1")

    (one,) = shown(database, rooms).baskets

    assert (one.promoted_minor, one.related_minor, one.other_minor) == (300, 0, 240)


def test_a_decision_that_led_to_nothing_has_no_baskets(database: Database) -> None:
    found = shown(database, a_bakery(database))

    assert (found.redeemed, found.baskets) == (False, [])


def test_a_decision_of_another_store_is_not_told(database: Database) -> None:
    rooms = a_shop(database)

    with pytest.raises(NotFound):
        shown(database, rooms)
