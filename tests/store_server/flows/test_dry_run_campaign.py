"""A draft is run over what happened: the same gates answer, and nothing is changed by it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from store_server.database import Database, read_only
from store_server.errors import NotFound, Unprocessable
from store_server.flows.dry_run_campaign import DryRun, dry_run_campaign
from store_server.flows.rooms import Policy
from store_server.ids import ShopperId, ZoneId, pseudonym
from store_server.offers.campaign import Campaign, CampaignState
from store_server.offers.step import Awaited, AwaitedKind
from store_server.offers.trigger import TriggerKind, TriggerRule
from store_server.presence.repository import PresenceRepository
from store_server.presence.visit import Visit, ZoneStay
from tests.store_server.every_table import everything
from tests.store_server.flows.decision_builders import HERE, Shop, a_shop
from tests.store_server.flows.wait_builders import (
    CALL,
    DAIRY,
    a_journey,
    a_journey_shop,
    a_step,
)
from tests.store_server.offers.builders import NOON, a_campaign

BAKERY = ZoneId("bakery")
YESTERDAY = NOON - timedelta(days=1)


def a_visit(shopper: str, *, at: datetime = YESTERDAY, stayed_s: int = 30) -> Visit:
    stay = ZoneStay(BAKERY, at, at + timedelta(seconds=stayed_s))
    end = at + timedelta(minutes=30)
    return Visit(f"{shopper}-{at:%d%H%M}", ShopperId(shopper), at, end, (stay,))


def a_past(
    database: Database,
    *visits: Visit,
    campaign: Campaign | None = None,
    policy: Policy | None = None,
) -> Shop:
    draft = campaign or a_campaign(state=CampaignState.DRAFT)
    shop = a_shop(database, campaigns=[draft], policy=policy)
    with shop.transaction() as uow:
        PresenceRepository(uow.session, HERE).save_visits(visits)
    return shop


def run(shop: Shop, campaign_id: str = "bakery", *, days: int = 2) -> DryRun:
    with read_only(shop.database.read, shop.rooms.live) as uow:
        return dry_run_campaign(
            uow,
            shop.rooms,
            now=NOON,
            campaign_id=campaign_id,
            since=NOON - timedelta(days=days),
            until=NOON,
        )


def test_it_says_who_would_get_it_and_what_it_would_cost(database: Database) -> None:
    shop = a_past(database, a_visit("ann"), a_visit("bob", stayed_s=19), a_visit("eve"))

    found = run(shop)

    assert (found.asked, found.offered, found.shoppers) == (2, 2, 2)
    assert set(found.sample) == {pseudonym(org="acme", shopper=who) for who in ("ann", "eve")}
    assert found.redemptions > 0
    assert found.cost_minor == pytest.approx(50 * found.redemptions, abs=0.5)


def test_the_gates_stop_the_others_and_are_counted(database: Database) -> None:
    again = a_visit("ann", at=YESTERDAY + timedelta(hours=1))
    shop = a_past(database, a_visit("ann"), again, a_visit("bob"))
    shop.now = YESTERDAY - timedelta(hours=1)
    shop.withdraw("bob")

    found = run(shop)

    assert (found.offered, dict(found.stopped)) == (1, {"cap_day": 1, "no_consent_offers": 1})


def test_the_budget_is_counted_over_days(database: Database) -> None:
    visits = [a_visit("ann", at=YESTERDAY + timedelta(hours=9 * n)) for n in range(3)]
    draft = a_campaign(state=CampaignState.DRAFT, budget_issues=1, cap_per_day=9)

    found = run(a_past(database, *visits, campaign=draft))

    assert (found.offered, dict(found.stopped)) == (1, {"budget_exhausted": 2})


def test_the_holdout_would_be_held_out(database: Database) -> None:
    found = run(a_past(database, a_visit("ann"), policy=Policy(holdout_bp=10_000)))

    assert (found.offered, found.held_out) == (0, 1)


def test_a_dry_run_changes_nothing(database: Database) -> None:
    shop = a_past(database, a_visit("ann"), a_visit("bob"))
    with shop.transaction() as uow:
        before = list(everything(uow.session))
    live = shop.rooms.live

    run(shop)

    with shop.transaction() as uow:
        assert list(everything(uow.session)) == before
    assert shop.rooms.live is live


def test_what_does_not_follow_from_stays_or_lies_ahead_is_refused(database: Database) -> None:
    rule = TriggerRule(TriggerKind.SCHEDULE, cron="0 9 * * *")
    shop = a_past(database, campaign=replace(a_campaign(), trigger=rule))

    with pytest.raises(Unprocessable, match="waits for schedule"):
        run(shop)
    with pytest.raises(NotFound, match="no campaign 'nosuch'"):
        run(shop, "nosuch")
    with pytest.raises(Unprocessable, match="no past period"):
        run(a_past(database), days=-1)


def test_a_step_is_played_through_and_the_gates_answer_at_its_end(database: Database) -> None:
    journey = a_journey(step=a_step(on_timeout=CALL), state=CampaignState.DRAFT)
    shop = a_journey_shop(database, journey)
    cheese = ZoneStay(DAIRY, YESTERDAY + timedelta(minutes=2), YESTERDAY + timedelta(minutes=3))
    met = a_visit("ann")
    with shop.transaction() as uow:
        visits = [replace(met, zones=(*met.zones, cheese)), a_visit("bob"), a_visit("a stranger")]
        PresenceRepository(uow.session, HERE).save_visits(visits)

    found = run(shop, "journey")

    assert (found.asked, found.offered, found.handed_over) == (3, 1, 1)
    assert found.sample == (pseudonym(org="acme", shopper="ann"),)
    assert dict(found.stopped) == {"shopper_unknown": 1}


def test_a_step_that_waits_for_the_till_is_refused(database: Database) -> None:
    step = a_step(awaited=Awaited(AwaitedKind.PURCHASE))
    shop = a_journey_shop(database, a_journey(step=step, state=CampaignState.DRAFT))

    with pytest.raises(Unprocessable, match="does not follow from stays"):
        run(shop, "journey")
