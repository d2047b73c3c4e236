"""Steps, waits and tasks of the staff for tests; a shop whose campaign has a step."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from store_server.database import Database
from store_server.decisions.decision import Decision
from store_server.decisions.repository import DecisionRepository
from store_server.flows.end_waits import meet_waits, run_waits
from store_server.flows.rooms import Policy
from store_server.ids import CampaignId, OfferId, ShopperId, ZoneId
from store_server.offers.campaign import Campaign
from store_server.offers.repository import OfferRepository, WaitRepository
from store_server.offers.step import Awaited, AwaitedKind, Branch, Does, Happening, Step
from store_server.offers.trigger import TriggerKind, TriggerRule
from store_server.offers.wait import Wait, WaitEnd, WaitState
from store_server.outbox.staff_task import StaffTask
from store_server.shoppers.consent import Purpose
from tests.store_server.flows.decision_builders import LONG_AGO, Shop, a_shop, say_consent
from tests.store_server.offers.builders import NOON, a_campaign, an_offer

BAKERY, DAIRY = ZoneId("bakery"), ZoneId("dairy")
RYE, MILK = OfferId("rye"), OfferId("milk")
CALL = Branch(Does.STAFF, message="Somebody waits at the bread: please help")
TEN_MIN = 600


def a_step(**more: Any) -> Step:
    """Wait for the dairy, ten minutes at most; milk when they come, rye when they do not."""
    usual = Step(
        awaited=Awaited(AwaitedKind.ZONE_ENTER, zone=DAIRY),
        for_s=TEN_MIN,
        on_event=Branch(Does.OFFER, (MILK,)),
        on_timeout=Branch(Does.OFFER, (RYE,)),
    )
    return replace(usual, **more)


def a_journey(name: str = "journey", *, step: Step | None = None, **more: Any) -> Campaign:
    campaign = a_campaign(
        name,
        offers=("rye", "milk"),
        trigger=TriggerRule(TriggerKind.ZONE_DWELL, BAKERY, 20),
        cap_per_visit=9,
        cap_per_day=9,
    )
    return replace(campaign, step=step or a_step(), **more)


def a_wait(
    name: str, *, shopper: str = "ann", state: str = "waiting", ended_by: WaitEnd | None = None
) -> Wait:
    return Wait(
        id=name,
        campaign=CampaignId("campaign-new"),
        campaign_version=1,
        shopper=ShopperId(shopper),
        trigger_kind=TriggerKind.ZONE_DWELL,
        step=a_step(),
        began_at=NOON,
        due_at=NOON + timedelta(seconds=TEN_MIN),
        zone=BAKERY,
        visit_id="visit-1",
        state=WaitState(state),
        ended_by=ended_by,
    )


def a_task(name: str, *, shopper: str = "ann") -> StaffTask:
    return StaffTask(
        id=name,
        decision=f"decision of {name}",
        campaign=CampaignId("journey"),
        shopper=ShopperId(shopper),
        zone=BAKERY,
        message="Please help",
        at=NOON,
        expires_at=NOON + timedelta(seconds=TEN_MIN),
    )


def a_journey_shop(database: Database, *campaigns: Campaign, policy: Policy | None = None) -> Shop:
    shop = a_shop(
        database,
        offers=[an_offer("rye"), an_offer("milk", category="DAIRY")],
        campaigns=campaigns or [a_journey()],
        policy=policy or Policy(holdout_bp=0, cap_per_visit=99, cap_per_day=99, cap_per_week=99),
    )
    with shop.transaction() as uow:
        catalogue = uow.live.catalogue
        OfferRepository(uow.session, shop.rooms.scope).save_offers(catalogue.offers.values())
        OfferRepository(uow.session, shop.rooms.scope).save_campaigns(catalogue.campaigns.values())
        agree(uow, "ann", "bob", "eve")
    return shop


def agree(uow: Any, *shoppers: str, purpose: Purpose = Purpose.LOCATION) -> None:
    say_consent(uow, shoppers, purpose=purpose, granted=True, at=LONG_AGO)


def tick(shop: Shop, at: datetime) -> None:
    """Time passes to `at`; everything that is due is done."""
    shop.now = at
    more = True
    while more:
        with shop.transaction() as uow:
            more = run_waits(uow, shop.rooms, now=at)


def enter(shop: Shop, zone: ZoneId, *, at: datetime, shopper: str = "ann") -> int:
    """A shopper enters a zone, as presence tells the steps."""
    shop.now = max(shop.now, at)
    happening = Happening(
        ShopperId(shopper), AwaitedKind.ZONE_ENTER, at, f"{shopper} {zone} {at}", zone=zone
    )
    with shop.transaction() as uow:
        return meet_waits(uow, shop.rooms, [happening], now=shop.now)


def waits(shop: Shop) -> list[Wait]:
    with shop.transaction() as uow:
        return WaitRepository(uow.session, shop.rooms.scope).page(limit=999)


def decided(shop: Shop) -> list[Decision]:
    with shop.transaction() as uow:
        return DecisionRepository(uow.session, shop.rooms.scope).page(limit=999)
