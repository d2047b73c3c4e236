"""Many baskets at once are taken as if they came one after another; one result each."""

from dataclasses import replace

from store_server.database import Database, read_only
from store_server.errors import Refusal
from store_server.flows.rooms import StoreRooms
from store_server.flows.take_basket import BasketRequest, BasketTaken, take_baskets
from store_server.redemptions.basket import Basket
from store_server.redemptions.repository import BasketRepository
from store_server.reports.repository import UnitRepository
from store_server.reports.repository.unit_log import Span
from store_server.shop.product import Product
from store_server.shop.repository import ProductRepository
from tests.store_server.flows.till_builders import LATER, coupon, money
from tests.store_server.outbox.builders import BOB, a_decision, run
from tests.store_server.redemptions.builders import a_basket, a_line, a_shop


def take(
    database: Database, rooms: StoreRooms, *asked: tuple[str, Basket]
) -> list[BasketTaken | Refusal]:
    requests = [BasketRequest(basket, key) for key, basket in asked]
    return run(database, rooms, take_baskets, now=LATER, requests=requests)


def outcome(taken: BasketTaken | Refusal) -> str | int:
    return taken.code if isinstance(taken, Refusal) else taken.answer.total_minor


def test_each_basket_is_judged_by_itself(database: Database) -> None:
    rooms = a_shop(database)
    bad = a_basket("b", lines=[a_line(quantity=0)])

    taken = take(database, rooms, ("1", a_basket("a")), ("2", bad), ("3", a_basket("c")))

    assert [outcome(one) for one in taken] == [300, "bad_basket", 300]


def test_a_coupon_in_two_baskets_of_a_batch_goes_to_the_first(database: Database) -> None:
    rooms = a_shop(database, a_decision())
    code = coupon(database, rooms)

    taken = take(
        database,
        rooms,
        ("1", a_basket("a", coupons=[code])),
        ("2", a_basket("b", coupons=[code.lower()])),
    )

    assert [outcome(one) for one in taken] == [250, 300]
    assert (money(database, rooms).reserved_minor, money(database, rooms).spent_minor) == (0, 50)


def test_a_batch_that_comes_again_is_told_the_same_and_changes_nothing(database: Database) -> None:
    rooms = a_shop(database, a_decision())
    asked = ("1", a_basket("a", coupons=[coupon(database, rooms)])), ("2", a_basket("b"))
    first = take(database, rooms, *asked)

    again = take(database, rooms, *asked)

    assert again == [replace(one, replayed=True) for one in first if isinstance(one, BasketTaken)]
    assert len(rooms.purchases) == 1


def test_a_repetition_within_a_batch_is_one_too(database: Database) -> None:
    rooms = a_shop(database)

    first, same, other_key, other_basket, other_lines = take(
        database,
        rooms,
        ("1", a_basket("a")),
        ("1", a_basket("a")),
        ("2", a_basket("a")),
        ("1", a_basket("b")),
        ("3", a_basket("a", lines=[a_line(quantity=2)])),
    )

    assert isinstance(first, BasketTaken)
    assert same == other_key == replace(first, replayed=True)
    assert (outcome(other_basket), outcome(other_lines)) == ("idempotency_mismatch", "basket_taken")


def test_decisions_of_every_shopper_of_a_batch_are_credited(database: Database) -> None:
    rooms = a_shop(database, a_decision(), a_decision("d2", shopper=BOB))

    take(database, rooms, ("1", a_basket("a")), ("2", a_basket("b", shopper=BOB)))

    with read_only(database.read, rooms.live) as uow:
        units = UnitRepository(uow.session, rooms.scope).promotions(Span())
    assert [unit.bought_units for unit in units] == [1, 1]


def test_a_product_is_known_by_its_gtin_in_any_length(database: Database) -> None:
    rooms = a_shop(database)
    with read_only(database.write, rooms.live) as uow:
        rye = Product("4006381333931", "Rye", "BREAD", "BAKERY", 300, 5_000)
        ProductRepository(uow.session, rooms.scope).save([rye])
        uow.session.commit()

    (taken,) = take(database, rooms, ("1", a_basket("a", lines=[a_line("04006381333931")])))

    assert isinstance(taken, BasketTaken)
    assert taken.unknown_products == 0
    with read_only(database.read, rooms.live) as uow:
        paid = BasketRepository(uow.session, rooms.scope).paid("a")
    assert paid is not None
    assert paid.lines[0].product_id == "4006381333931"
