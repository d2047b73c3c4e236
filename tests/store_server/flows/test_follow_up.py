"""A purchase, an arrival, and a visit that ended without one ask, each once."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from store_server.database import Database
from store_server.decisions.decision import Decision, Outcome
from store_server.decisions.repository import DecisionRepository
from store_server.flows.decide_triggers import decide_triggers
from store_server.flows.follow_up import FRESH_S, report_arrival, triggers_of_visits
from store_server.flows.replay_decision import replay_decision
from store_server.flows.take_basket import take_basket
from store_server.ids import ShopperId, ZoneId
from store_server.offers.trigger import TriggerKind, TriggerRule
from store_server.presence.visit import Visit, VisitChange, ZoneStay
from store_server.shop.repository import ProductRepository
from store_server.shoppers.consent import Purpose
from tests.store_server.flows.decision_builders import HERE, Shop, a_shop
from tests.store_server.offers.builders import NOON, a_campaign
from tests.store_server.redemptions.builders import BREAD, a_basket

ANN, BAKERY = ShopperId("ann"), ZoneId("bakery")
BOUGHT_BREAD = TriggerRule(TriggerKind.PURCHASE, category="BREAD")
LEFT = TriggerRule(TriggerKind.LEFT_WITHOUT, BAKERY, 60, category="BREAD")


def a_waiting_shop(database: Database, rule: TriggerRule) -> Shop:
    shop = a_shop(database, campaigns=[a_campaign("next", trigger=rule)])
    with shop.transaction() as uow:
        ProductRepository(uow.session, HERE).save([BREAD])
    return shop


def buy(shop: Shop, *, at: datetime = NOON, key: str = "k1", product: str = "p1") -> None:
    basket = a_basket(f"basket-{key}", at=at)
    lines = tuple(replace(line, product_id=product) for line in basket.lines)
    with shop.transaction() as uow:
        take_basket(
            uow,
            shop.rooms,
            now=shop.now,
            basket=replace(basket, lines=lines),
            idempotency_key=key,
        )


def leave(shop: Shop, *, stayed_s: int = 60) -> list[Decision]:
    """Ann's visit is over; she stood at the bread for so long."""
    start, end = NOON - timedelta(minutes=20), NOON - timedelta(minutes=2)
    stay = ZoneStay(BAKERY, start, start + timedelta(seconds=stayed_s))
    change = VisitChange("ended", Visit("v1", ANN, start, end, (stay,)))
    with shop.transaction() as uow:
        triggers = triggers_of_visits(uow, shop.rooms, [change], now=shop.now)
        return decide_triggers(uow, shop.rooms, now=shop.now, triggers=triggers)


def decided(shop: Shop) -> list[Decision]:
    with shop.transaction() as uow:
        return DecisionRepository(uow.session, HERE).page(limit=9)


def test_who_bought_bread_is_asked_about_once_and_it_replays(database: Database) -> None:
    shop = a_waiting_shop(database, BOUGHT_BREAD)

    buy(shop)
    buy(shop)

    (decision,) = decided(shop)
    assert (decision.trigger_kind, decision.outcome) == (TriggerKind.PURCHASE, Outcome.OFFERED)
    with shop.transaction() as uow:
        assert replay_decision(uow, shop.rooms, now=shop.now, decision_id=decision.id).is_same


def test_another_purchase_is_not_what_it_waits_for(database: Database) -> None:
    shop = a_waiting_shop(database, BOUGHT_BREAD)

    buy(shop, product="unknown")

    assert [one.outcome for one in decided(shop)] == [Outcome.NOTHING]


def test_a_basket_that_a_till_tells_of_late_asks_nothing(database: Database) -> None:
    shop = a_waiting_shop(database, BOUGHT_BREAD)

    buy(shop, at=NOON - timedelta(seconds=FRESH_S + 1))

    assert decided(shop) == []


@pytest.mark.parametrize("rule", [BOUGHT_BREAD, LEFT])
def test_whose_purchases_may_not_be_looked_at_is_not_asked_about(
    database: Database, rule: TriggerRule
) -> None:
    shop = a_waiting_shop(database, rule)
    shop.withdraw("ann", Purpose.PROFILE)

    buy(shop)

    assert leave(shop) == decided(shop) == []


def test_who_stood_there_bought_nothing_of_it_and_left_is_asked_about_once(
    database: Database,
) -> None:
    shop = a_waiting_shop(database, LEFT)

    first, again = leave(shop), leave(shop)

    assert [(one.trigger_kind, one.outcome) for one in first] == [
        (TriggerKind.LEFT_WITHOUT, Outcome.OFFERED)
    ]
    assert again == []


def test_who_bought_it_or_did_not_stand_there_long_enough_is_not(database: Database) -> None:
    shop = a_waiting_shop(database, LEFT)

    short = leave(shop, stayed_s=59)
    buy(shop, at=NOON - timedelta(minutes=5))

    assert (short, leave(shop)) == ([], [])


def test_an_arrival_asks_once_and_only_where_somebody_waits(database: Database) -> None:
    shop = a_waiting_shop(database, TriggerRule(TriggerKind.NEAR_STORE))
    with shop.transaction() as uow:
        awaited = [
            report_arrival(uow, shop.rooms, now=NOON, shopper=ANN, request_id="r1")
            for _ in range(2)
        ]

    assert awaited == [True, True]
    assert [one.trigger_kind for one in decided(shop)] == [TriggerKind.NEAR_STORE]
    deaf = a_shop(database)
    with deaf.transaction() as uow:
        assert not report_arrival(uow, deaf.rooms, now=NOON, shopper=ANN, request_id="r2")
