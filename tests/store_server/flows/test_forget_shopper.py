from sqlalchemy import text

from store_server import schema
from store_server.database import Database
from store_server.flows.forget_shopper import forget_shopper
from store_server.flows.pull_answer import PullAnswer
from store_server.flows.register_install import register_install
from store_server.flows.register_shopper import register_shopper
from store_server.ids import ShopperId
from store_server.learning.purchase import Purchase, PurchaseLine
from store_server.learning.repository import PurchaseRepository
from store_server.offers.repository import BudgetRepository
from tests.store_server.flows.decision_builders import HERE, Shop, a_shop
from tests.store_server.offers.builders import NOON, a_campaign
from tests.store_server.shoppers.builders import a_key, an_identity

ANN = ShopperId("ann")


def a_shop_that_knows_ann(database: Database) -> tuple[Shop, PullAnswer]:
    """Ann has a phone, an app, a purchase, an open visit and an offer with a coupon."""
    shop = a_shop(database)
    with shop.transaction() as uow:
        register_shopper(
            uow, shop.rooms, now=NOON, shopper=ANN, identities=[an_identity("ann", key=a_key(7))]
        )
        register_install(
            uow,
            shop.rooms,
            now=NOON,
            shopper=ANN,
            platform="ios",
            app_version="1",
            push_capable=True,
        )
        line = PurchaseLine("p-1", "bread", 1, 350)
        PurchaseRepository(uow.session, HERE).add([Purchase("b-1", ANN, NOON, (line,))])
    shop.in_visit("ann", "visit-1")
    return shop, shop.pull(shopper="ann")


def rows_that_say(database: Database, word: str) -> list[str]:
    """The tables in which some column holds `word`."""
    with database.read.connect() as connection:
        return [
            table
            for table in schema.metadata().tables
            for row in connection.execute(text(f'SELECT * FROM "{table}"'))
            if any(value == word or f'"{word}"' in str(value) for value in row)
        ]


def test_nothing_in_the_database_names_a_forgotten_shopper(database: Database) -> None:
    shop, answer = a_shop_that_knows_ann(database)
    assert answer.offer is not None
    assert {"shopper", "decision", "coupon"} <= set(rows_that_say(database, "ann"))

    with shop.transaction() as uow:
        assert forget_shopper(uow, shop.rooms, now=NOON, shopper=ANN)

    assert rows_that_say(database, "ann") == []
    assert "decision" in rows_that_say(database, "offered")


def test_the_live_state_names_a_forgotten_shopper_no_more(database: Database) -> None:
    shop, _ = a_shop_that_knows_ann(database)

    with shop.transaction() as uow:
        forget_shopper(uow, shop.rooms, now=NOON, shopper=ANN)

    assert len(shop.rooms.live.identities) == 0
    assert shop.rooms.live.visits.of("ann") is None
    assert "ann" not in shop.rooms.live.presence.devices()


def test_what_was_reserved_for_a_forgotten_shopper_is_free_again(database: Database) -> None:
    shop, _ = a_shop_that_knows_ann(database)
    campaign = a_campaign().id

    with shop.transaction() as uow:
        budgets = BudgetRepository(uow.session, HERE)
        before = budgets.use_of([campaign])[campaign]
        forget_shopper(uow, shop.rooms, now=NOON, shopper=ANN)
        after = budgets.use_of([campaign])[campaign]

    assert before.reserved_minor > 0
    assert after.reserved_minor == 0


def test_forgetting_twice_is_forgetting_once(database: Database) -> None:
    shop, _ = a_shop_that_knows_ann(database)

    with shop.transaction() as uow:
        answers = [forget_shopper(uow, shop.rooms, now=NOON, shopper=ANN) for _ in range(2)]

    assert answers == [True, False]
