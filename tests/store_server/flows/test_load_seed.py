from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from store_server.database import Database, unit_of_work
from store_server.errors import ConfigError
from store_server.flows.load_seed import (
    PurchasesLoaded,
    load_offers,
    load_plan,
    load_products,
    load_purchases,
    load_shoppers,
)
from store_server.flows.seed_csv import open_seed_csv
from store_server.ids import StoreId
from store_server.learning.repository import PurchaseRepository
from store_server.shop.repository import PlanRepository
from tests.store_server.flows.shopper_builders import a_known_shopper, a_quiet_shop
from tests.store_server.offers.builders import a_campaign, an_offer
from tests.store_server.presence.builders import SCOPE, Shop
from tests.store_server.shop.builders import a_plan, a_store
from tests.store_server.shop.test_repository import a_product

NOW = datetime(2026, 3, 2, tzinfo=UTC)
PURCHASES = """\
shopper_id,basket_id,at,product_id,quantity,amount_minor
ann,b-1,2026-02-01T10:00:00Z,p-1,1,350
ann,b-1,2026-02-01T10:00:00Z,p-9,2,100
bob,b-2,2026-02-02T10:00:00+01:00,p-1,1,350
"""


def purchases(folder: Path) -> list[list[object]]:
    path = folder / "purchases.csv"
    path.write_text(PURCHASES)
    return list(open_seed_csv(path).baskets())  # type: ignore[arg-type] # only handed on


def a_stocked_shop(database: Database) -> Shop:
    shop = a_quiet_shop(database)
    shop.run(load_products, products=[a_product("p-1", category="bread")])
    shop.run(load_shoppers, shoppers=[a_known_shopper("ann")])
    return shop


def test_a_plan_is_loaded_and_loading_it_twice_changes_nothing(database: Database) -> None:
    shop = a_quiet_shop(database)

    for _ in range(2):
        shop.run(load_plan, store=a_store(), plan=a_plan())

    assert shop.rooms.live.plan == a_plan()
    with unit_of_work(database.write, None) as uow:
        assert PlanRepository(uow.session, SCOPE).load() == (a_store(), a_plan())


def test_the_plan_of_another_store_is_refused(database: Database) -> None:
    with pytest.raises(ConfigError, match="acme/other"):
        a_quiet_shop(database).run(
            load_plan, store=replace(a_store(), store=StoreId("other")), plan=a_plan()
        )


def test_purchases_are_learned_once(database: Database, tmp_path: Path) -> None:
    shop = a_stocked_shop(database)
    baskets = purchases(tmp_path)

    first = shop.run(load_purchases, baskets=baskets)
    chance = shop.rooms.purchases.chance(a_known_shopper("ann").id, "bread", NOW)
    again = shop.run(load_purchases, baskets=baskets)

    assert first == PurchasesLoaded(fresh=1, known=0, of_strangers=1)
    assert again == PurchasesLoaded(fresh=0, known=1, of_strangers=1)
    assert shop.rooms.purchases.chance(a_known_shopper("ann").id, "bread", NOW) == chance


def test_a_product_that_is_not_known_keeps_its_line_without_category(
    database: Database, tmp_path: Path
) -> None:
    shop = a_stocked_shop(database)
    shop.run(load_purchases, baskets=purchases(tmp_path))

    with unit_of_work(database.write, None) as uow:
        (basket,) = PurchaseRepository(uow.session, SCOPE).of_shopper(a_known_shopper("ann").id)

    assert [(line.product, line.category) for line in basket.lines] == [
        ("p-1", "bread"),
        ("p-9", None),
    ]


def test_offers_are_loaded_into_the_catalogue(database: Database) -> None:
    shop = a_quiet_shop(database)
    offer, campaign = an_offer(), a_campaign()

    for _ in range(2):
        shop.run(load_offers, offers=[offer], campaigns=[campaign])

    assert list(shop.rooms.live.catalogue.offers) == [offer.id]
    assert list(shop.rooms.live.catalogue.campaigns) == [campaign.id]
