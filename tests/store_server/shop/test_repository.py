from datetime import UTC, datetime, timedelta

from store_server.database import UnitOfWork
from store_server.ids import scope
from store_server.shop.access import ApiKey, ConsoleSession
from store_server.shop.product import Product
from store_server.shop.repository import AccessRepository, PlanRepository, ProductRepository
from tests.store_server.shop.builders import a_plan, a_store

HERE = scope("acme", "demo")
NEXT_DOOR = scope("acme", "other")
STRANGERS = scope("globex", "demo")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def a_product(product_id: str = "p-1", *, category: str = "bread") -> Product:
    return Product(product_id, "Rye", category, "bakery", 350, 3000)


def test_a_plan_is_kept(uow: UnitOfWork[None]) -> None:
    plans = PlanRepository(uow.session, HERE)
    assert plans.load() is None

    plans.save(a_store(), a_plan())
    plans.save(a_store(), a_plan())

    assert plans.load() == (a_store(), a_plan())
    assert plans.stores() == (a_store(),)


def test_a_plan_is_its_stores_own(uow: UnitOfWork[None]) -> None:
    PlanRepository(uow.session, HERE).save(a_store(), a_plan())

    assert PlanRepository(uow.session, NEXT_DOOR).load() is None
    assert len(PlanRepository(uow.session, NEXT_DOOR).stores()) == 1
    assert PlanRepository(uow.session, STRANGERS).stores() == ()


def test_products_are_kept_and_the_last_word_on_one_wins(uow: UnitOfWork[None]) -> None:
    products = ProductRepository(uow.session, HERE)

    products.save([a_product("p-1"), a_product("p-2"), a_product("p-2", category="cake")])
    products.save([a_product("p-1", category="rolls")])

    assert products.by_id(["p-1", "p-3"]) == {"p-1": a_product("p-1", category="rolls")}
    assert products.categories() == {"p-1": "rolls", "p-2": "cake"}
    assert ProductRepository(uow.session, STRANGERS).categories() == {}


def test_more_products_than_fit_in_a_statement_are_kept(uow: UnitOfWork[None]) -> None:
    many = [a_product(f"p-{number}") for number in range(2_500)]

    ProductRepository(uow.session, HERE).save(many)

    assert len(ProductRepository(uow.session, HERE).by_id(p.id for p in many)) == 2_500


def test_a_key_opens_its_own_store_only(uow: UnitOfWork[None]) -> None:
    key = ApiKey("till 1", "hash-1", frozenset({"till"}), NOON)

    AccessRepository(uow.session, HERE).add_key(key)
    AccessRepository(uow.session, HERE).add_key(key)

    assert AccessRepository(uow.session, HERE).key("hash-1") == key
    assert AccessRepository(uow.session, NEXT_DOOR).key("hash-1") is None
    assert AccessRepository(uow.session, STRANGERS).key("hash-1") is None


def test_tokens_of_a_forgotten_shopper_are_gone(uow: UnitOfWork[None]) -> None:
    access = AccessRepository(uow.session, HERE)
    access.add_shopper_token("hash-1", shopper="s-1", expires_at=NOON)
    access.add_shopper_token("hash-2", shopper="s-2", expires_at=NOON)

    access.forget_shopper("s-1")

    assert access.shopper_token("hash-1") is None
    assert access.shopper_token("hash-2") == ("s-2", NOON)


def test_tokens_that_are_long_over_are_swept(uow: UnitOfWork[None]) -> None:
    access = AccessRepository(uow.session, HERE)
    access.add_shopper_token("old", shopper="s-1", expires_at=NOON)

    access.add_shopper_token("new", shopper="s-1", expires_at=NOON + timedelta(days=2))

    assert access.shopper_token("old") is None


def test_a_login_link_works_once(uow: UnitOfWork[None]) -> None:
    access = AccessRepository(uow.session, HERE)
    access.add_login_link("hash-1", user_name="manager", expires_at=NOON)
    before = NOON - timedelta(seconds=1)

    assert access.use_login_link("hash-2", at=before) is None
    assert access.use_login_link("hash-1", at=before) == "manager"
    assert access.use_login_link("hash-1", at=before) is None


def test_a_login_link_ends_and_a_newer_one_voids_it(uow: UnitOfWork[None]) -> None:
    access = AccessRepository(uow.session, HERE)
    access.add_login_link("hash-1", user_name="manager", expires_at=NOON)

    assert access.use_login_link("hash-1", at=NOON) is None
    access.add_login_link("hash-2", user_name="manager", expires_at=NOON + timedelta(hours=1))

    assert access.use_login_link("hash-1", at=NOON - timedelta(hours=1)) is None
    assert access.use_login_link("hash-2", at=NOON) == "manager"


def test_a_session_is_ended_on_the_server(uow: UnitOfWork[None]) -> None:
    access = AccessRepository(uow.session, HERE)
    session = ConsoleSession("manager", "csrf", NOON)
    access.add_session("hash-1", session)

    assert access.session("hash-1") == session
    assert AccessRepository(uow.session, NEXT_DOOR).session("hash-1") is None
    access.end_session("hash-1")

    assert access.session("hash-1") is None


def test_a_changed_password_is_the_one_that_counts(uow: UnitOfWork[None]) -> None:
    access = AccessRepository(uow.session, HERE)
    assert access.password_hash("manager") is None

    access.save_user("manager", password_hash="first", created_at=NOON)
    access.save_user("manager", password_hash="second", created_at=NOON)

    assert access.password_hash("manager") == "second"
