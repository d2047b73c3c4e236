"""At its hour a scheduled campaign asks once about each shopper, whatever happens in between."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from store_server.database import Database, UnitOfWork
from store_server.decisions.decision import Decision, Outcome
from store_server.decisions.repository import DecisionRepository
from store_server.flows.forget_shopper import forget_shopper
from store_server.flows.rooms import Policy
from store_server.flows.run_schedules import DECIDED_AT_ONCE, drop_old_asks, run_schedules
from store_server.ids import CampaignId, ShopperId, scope
from store_server.offers.campaign import Campaign, CampaignState
from store_server.offers.repository import ScheduleRepository
from store_server.offers.trigger import TriggerKind, TriggerRule
from store_server.presence.repository import PresenceRepository
from store_server.presence.visit import Visit
from tests.store_server.flows.decision_builders import HERE, Shop, a_shop
from tests.store_server.offers.builders import a_campaign

MADRID = Policy(holdout_bp=0, timezone="Europe/Madrid")
NINE = datetime(2026, 3, 29, 7, tzinfo=UTC)
"""Nine in Madrid, on the first morning of summer time."""
MANY = [f"s{n:03}" for n in range(DECIDED_AT_ONCE + 5)]


def at_nine(**more: object) -> Campaign:
    campaign = a_campaign("nine", trigger=TriggerRule(TriggerKind.SCHEDULE, cron="0 9 * * *"))
    return replace(campaign, **more)  # type: ignore[arg-type] # any field


def a_morning(database: Database, *shoppers: str, campaign: Campaign | None = None) -> Shop:
    shop = a_shop(
        database, campaigns=[campaign or at_nine()], shoppers=shoppers or MANY, policy=MADRID
    )
    shop.now = NINE
    return shop


def tick(shop: Shop, *, times: int = 99) -> None:
    for _ in range(times):
        with shop.transaction() as uow:
            if not run_schedules(uow, shop.rooms, now=shop.now):
                return


def killed_within_a_slice(shop: Shop) -> None:
    """All is written and nothing committed when it ends."""
    with Session(shop.database.write) as session:
        run_schedules(UnitOfWork(session, shop.rooms.live), shop.rooms, now=shop.now)
        session.rollback()


def decided(shop: Shop) -> list[Decision]:
    with shop.transaction() as uow:
        return DecisionRepository(uow.session, shop.rooms.scope).page(limit=999)


def names(shop: Shop) -> Counter[str]:
    return Counter(one.shopper for one in decided(shop))


def states(shop: Shop) -> list[tuple[str, str, int, int]]:
    with shop.transaction() as uow:
        return ScheduleRepository(uow.session, HERE).counts(CampaignId("nine"))


def test_each_shopper_is_decided_on_once_at_nine_by_the_stores_clock(database: Database) -> None:
    shop = a_morning(database)
    shop.now = NINE - timedelta(seconds=1)
    tick(shop)
    assert decided(shop) == []

    shop.now = NINE
    tick(shop)
    tick(shop)

    assert names(shop) == Counter(MANY)
    assert states(shop) == [("2026-03-29T09:00", "done", len(MANY), len(MANY))]
    assert {one.outcome for one in decided(shop)} == {Outcome.OFFERED}


def test_what_a_dying_server_had_not_committed_is_done_by_the_next_one(database: Database) -> None:
    shop = a_morning(database)
    tick(shop, times=3)
    killed_within_a_slice(shop)

    other = replace(shop, rooms=replace(shop.rooms))
    tick(other)

    assert names(shop) == Counter(MANY)


def test_who_does_not_agree_to_offers_is_not_asked_about(database: Database) -> None:
    shop = a_morning(database, "ann", "bob")
    shop.withdraw("bob")

    tick(shop)

    assert names(shop) == Counter(["ann"])


def test_a_shopper_is_asked_about_by_the_store_that_they_were_last_in(database: Database) -> None:
    shop = a_morning(database, "ann", "bob", "eve")
    there = replace(shop.rooms, scope=scope("acme", "other"))
    for who, place, hour in (("ann", there, 1), ("bob", there, 1), ("bob", shop.rooms, 2)):
        visit = Visit(f"{who}-{hour}", ShopperId(who), NINE - timedelta(days=1, hours=-hour))
        with shop.transaction() as uow:
            PresenceRepository(uow.session, place.scope).save_visits([visit])

    tick(shop)
    other = Shop(database, there, NINE)
    tick(other)

    assert (names(shop), names(other)) == (Counter(["bob", "eve"]), Counter(["ann"]))


def test_what_is_not_decided_within_its_moment_is_missed(database: Database) -> None:
    shop = a_morning(database, "ann", campaign=at_nine(moment_s=600))
    tick(shop, times=2)

    shop.now = NINE + timedelta(seconds=601)
    tick(shop)

    assert decided(shop) == []
    assert states(shop) == [("2026-03-29T09:00", "missed", 1, 0)]


@pytest.mark.parametrize("state", [CampaignState.PAUSED, CampaignState.SCHEDULED])
def test_only_a_live_campaign_asks(database: Database, state: CampaignState) -> None:
    shop = a_morning(database, campaign=at_nine(state=state))

    tick(shop)

    assert states(shop) == []


def test_each_day_is_another_occurrence_and_old_asks_go(database: Database) -> None:
    shop = a_morning(database, "ann", campaign=at_nine(cap_per_day=9))
    tick(shop)
    shop.now = NINE + timedelta(days=1)
    tick(shop)

    with shop.transaction() as uow:
        kept = drop_old_asks(uow, shop.rooms, now=NINE + timedelta(days=3, hours=1))

    assert names(shop) == Counter({"ann": 2})
    assert kept == 1


def test_a_forgotten_shopper_is_not_asked_about(database: Database) -> None:
    shop = a_morning(database, "ann", "bob")
    tick(shop, times=2)

    with shop.transaction() as uow:
        forget_shopper(uow, shop.rooms, now=NINE, shopper=ShopperId("ann"))
    tick(shop)

    assert names(shop) == Counter(["bob"])
