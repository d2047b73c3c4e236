"""What is worked out of purchases, written down for those who agreed."""

from datetime import timedelta

from store_server.database import Database, read_only, unit_of_work
from store_server.flows.load_seed import load_purchases, load_shoppers
from store_server.flows.record_consent import record_consent
from store_server.flows.refresh_profiles import measure_shoppers, refresh_profiles
from store_server.flows.seed_csv import SeedPurchaseLine
from store_server.ids import ShopperId
from store_server.learning.repository import PurchaseRepository
from store_server.shoppers.consent import Purpose
from store_server.shoppers.profile import LifeStage, Rfm, Standing
from store_server.shoppers.repository import ProfilePartRepository
from store_server.shoppers.tables import ShopperProfileRow
from tests.store_server.flows.shopper_builders import a_known_shopper, a_quiet_shop
from tests.store_server.presence.builders import SCOPE, Shop
from tests.store_server.shoppers.builders import MONDAY

ANN, BOB = ShopperId("ann"), ShopperId("bob")


def a_shop_with_purchases(database: Database) -> Shop:
    """Ann came every week of a year, Bob once, ten months ago."""
    shop = a_quiet_shop(database)
    shop.run(load_shoppers, shoppers=[a_known_shopper("ann"), a_known_shopper("bob")])
    days = [("ann", ago) for ago in range(364, 0, -7)] + [("bob", 300)]
    lines = [
        SeedPurchaseLine(
            ShopperId(who), f"b-{who}-{ago}", MONDAY - timedelta(days=ago), "p", 1, 900
        )
        for who, ago in days
    ]
    shop.run(load_purchases, baskets=[[line, line] for line in lines])
    for shopper in (ANN, BOB):
        say(shop, shopper, granted=True)
    return shop


def say(shop: Shop, shopper: ShopperId, *, granted: bool) -> None:
    shop.run(
        record_consent,
        shopper=shopper,
        purpose=Purpose.PROFILE,
        granted=granted,
        source="app",
        text_version="1",
    )


def refresh(shop: Shop) -> None:
    with read_only(shop.database.read, shop.rooms.live) as uow:
        model = measure_shoppers(uow, shop.rooms, now=MONDAY)
    after: str | None = ""
    while after is not None:
        after = shop.run(refresh_profiles, model=model, after=after)


def row_of(shop: Shop, shopper: ShopperId) -> ShopperProfileRow:
    with read_only(shop.database.read, None) as uow:
        row = uow.session.get(ShopperProfileRow, (SCOPE.org, shopper))
        assert row is not None
        return ShopperProfileRow(**row.model_dump())


def test_everybody_gets_a_standing(database: Database) -> None:
    shop = a_shop_with_purchases(database)

    refresh(shop)

    ann, bob = row_of(shop, ANN), row_of(shop, BOB)
    assert (ann.stage, bob.stage) == (LifeStage.LOYAL, LifeStage.LOST)
    assert ann.churn_risk is not None
    assert ann.churn_risk < 0.05
    assert ann.lifetime_value_minor is not None
    assert 80_000 < ann.lifetime_value_minor < 110_000
    assert (ann.frequency_band, bob.monetary_band) == (5, 1)


def test_who_does_not_agree_any_more_has_no_standing_at_once_and_the_next_night(
    database: Database,
) -> None:
    shop = a_shop_with_purchases(database)
    refresh(shop)

    say(shop, ANN, granted=False)
    at_once = row_of(shop, ANN).stage
    refresh(shop)

    assert at_once is None
    assert (row_of(shop, ANN).stage, row_of(shop, BOB).stage) == (None, LifeStage.LOST)


def test_a_new_standing_leaves_what_was_said_as_it_is(database: Database) -> None:
    shop = a_shop_with_purchases(database)
    with unit_of_work(database.write, None) as uow:
        parts = ProfilePartRepository(uow.session, SCOPE)
        parts.set_excluded(ANN, ["wine", "beer", "wine"], at=MONDAY)
        parts.set_open_complaints(ANN, 2, at=MONDAY)

        parts.set_standings({ANN: Standing(LifeStage.NEW, rfm=Rfm(1, 2, 3))}, at=MONDAY)

    row = row_of(shop, ANN)
    assert (row.excluded, row.open_complaints, row.stage) == ('["beer","wine"]', 2, "new")
    assert (row.recency_band, row.frequency_band, row.monetary_band) == (1, 2, 3)


def test_spending_comes_by_shopper_oldest_first_with_whole_baskets(database: Database) -> None:
    a_shop_with_purchases(database)

    with read_only(database.read, None) as uow:
        purchases = PurchaseRepository(uow.session, SCOPE)
        spending = dict(purchases.spending())
        assert dict(purchases.spending([BOB])) == {BOB: spending[BOB]}
        assert purchases.shoppers_after(ANN, limit=9) == [BOB]

    assert [len(spending[one]) for one in (ANN, BOB)] == [52, 1]
    assert spending[ANN] == sorted(spending[ANN])
    assert spending[BOB][0].amount_minor == 1_800
