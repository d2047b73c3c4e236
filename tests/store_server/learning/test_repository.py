"""A basket is learned once, is there after a restart, and goes when its shopper goes."""

from datetime import timedelta

from store_server.database import UnitOfWork
from store_server.ids import ShopperId, scope
from store_server.learning.purchase import Purchase, PurchaseLine
from store_server.learning.purchase_model import PurchaseModel
from store_server.learning.repository import PurchaseRepository
from tests.store_server.offers.builders import NOON

HERE = scope("acme", "demo")
ANN, BOB = ShopperId("ann"), ShopperId("bob")


def a_purchase(
    basket: str = "b1",
    *,
    shopper: ShopperId = ANN,
    categories: tuple[str | None, ...] = ("TEA",),
    days_ago: int = 0,
) -> Purchase:
    lines = tuple(PurchaseLine(f"p{n}", c, 1, 200) for n, c in enumerate(categories))
    return Purchase(basket, shopper, NOON - timedelta(days=days_ago), lines)


def test_a_basket_that_comes_twice_is_learned_once(uow: UnitOfWork[None]) -> None:
    repository = PurchaseRepository(uow.session, HERE)
    first, second = a_purchase("b1"), a_purchase("b2")

    fresh = repository.add([first, first]), repository.add([first, second])

    assert fresh == ([first], [second])
    assert repository.count() == 2


def test_what_is_loaded_at_a_start_is_what_was_learned(uow: UnitOfWork[None]) -> None:
    repository = PurchaseRepository(uow.session, HERE)
    made = [
        a_purchase("b2", categories=("TEA", "TEA", None)),
        a_purchase("b1", shopper=BOB, categories=(), days_ago=3),
        a_purchase("b3", shopper=BOB, categories=("MILK",)),
    ]
    repository.add(made)

    loaded = list(repository.load_baskets())

    assert [(one.shopper, sorted(one.categories)) for one in loaded] == [
        ("bob", []),
        ("ann", ["TEA"]),
        ("bob", ["MILK"]),
    ]
    assert PurchaseModel().load(loaded) == 3


def test_many_baskets_are_written_at_once(uow: UnitOfWork[None]) -> None:
    repository = PurchaseRepository(uow.session, HERE)
    many = [a_purchase(f"b{n}") for n in range(4_500)]

    assert len(repository.add(many)) == 4_500
    assert repository.add(many) == []


def test_a_forgotten_shopper_leaves_no_purchases(uow: UnitOfWork[None]) -> None:
    repository = PurchaseRepository(uow.session, HERE)
    kept = a_purchase("b2", shopper=BOB)
    repository.add([a_purchase("b1"), kept])

    assert repository.forget(ANN) == 1

    assert repository.of_shopper(ANN) == []
    assert repository.of_shopper(BOB) == [kept]


def test_another_organisation_has_its_own_baskets(uow: UnitOfWork[None]) -> None:
    PurchaseRepository(uow.session, HERE).add([a_purchase()])
    there = PurchaseRepository(uow.session, scope("rival", "demo"))

    assert there.add([a_purchase()]) == [a_purchase()]
    assert there.forget(ANN) == 1
    assert PurchaseRepository(uow.session, HERE).count() == 1
