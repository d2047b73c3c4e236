"""A store with two shoppers, an offer and a clock that stands; decisions and notifications."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from store_server.clock import SteppedClock
from store_server.database import Database, UnitOfWork, unit_of_work
from store_server.decisions.decision import Arm, Decision, Outcome
from store_server.flows.rooms import Policy, StoreLive, StoreRooms
from store_server.ids import CampaignId, HouseholdId, OfferId, ShopperId, ZoneId, scope
from store_server.learning.purchase_model import PurchaseModel
from store_server.offers.catalogue import catalogue_of
from store_server.offers.trigger import TriggerKind
from store_server.outbox.attempt import AttemptOutcome, Claim, Verdict
from store_server.outbox.notification import Channel, Notification, notification_id
from store_server.outbox.retry_schedule import Schedule
from store_server.presence.nearest_anchor import NearestAnchor
from store_server.shoppers.consent import ConsentEntry, Purpose
from store_server.shoppers.identity import IdentityTable
from store_server.shoppers.key_vault import KeyVault
from store_server.shoppers.repository import ConsentRepository, ShopperRepository
from store_server.shoppers.shopper import Shopper
from tests.store_server.offers.builders import an_offer
from tests.store_server.shop.builders import a_plan

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
SCOPE = scope("acme", "demo")
ANN = ShopperId("ann")
BOB = ShopperId("bob")
SECRET = "whsec_" + "c2VjcmV0" * 4

T = TypeVar("T")


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def some_rooms(*, store: str = "demo", policy: Policy | None = None) -> StoreRooms:
    plan = a_plan()
    policy = policy or Policy()
    live = StoreLive(
        plan=plan,
        presence=NearestAnchor(plan, policy=policy.presence, scope=scope("acme", store)),
        identities=IdentityTable(),
        catalogue=catalogue_of([an_offer()], []),
    )
    return StoreRooms(
        scope=scope("acme", store),
        live=live,
        policy=policy,
        purchases=PurchaseModel(),
        vault=KeyVault(b"k" * 32),
        clock=SteppedClock(NOON),
    )


def run(
    database: Database,
    rooms: StoreRooms,
    flow: Callable[..., T],
    *,
    now: datetime = NOON,
    **arguments: Any,
) -> T:
    """What the writer does with one flow: commit, publish, act."""
    with unit_of_work(database.write, rooms.live) as uow:
        answer = flow(uow, rooms, now=now, **arguments)
    rooms.live = uow.live
    for action in uow.actions:
        action()
    return answer


def know(
    uow: UnitOfWork[Any],
    *,
    shoppers: Mapping[ShopperId, str | None],
    purposes: tuple[Purpose, ...] = (Purpose.OFFERS, Purpose.PROFILE),
    store: str = "demo",
) -> None:
    """Register shoppers (id -> household) who agreed to `purposes`."""
    mine = scope("acme", store)
    ShopperRepository(uow.session, mine).save(
        Shopper(who, HouseholdId(home) if home else None, "en", NOON)
        for who, home in shoppers.items()
    )
    for who in shoppers:
        for purpose in purposes:
            say(uow, who, purpose, granted=True, at=NOON - minutes(60))


def say(
    uow: UnitOfWork[Any], shopper: ShopperId, purpose: Purpose, *, granted: bool, at: datetime
) -> None:
    """One word of consent."""
    entry = ConsentEntry(shopper, purpose, granted, at, "app", "1")
    ConsentRepository(uow.session, SCOPE).add(entry, recorded_at=at)


def a_decision(
    name: str = "decision-1",
    *,
    shopper: ShopperId = ANN,
    household: str | None = None,
    outcome: Outcome = Outcome.OFFERED,
    at: datetime = NOON,
    offer: str | None = "rye",
) -> Decision:
    return Decision(
        id=name,
        trigger_id=f"trigger of {name}",
        trigger_kind=TriggerKind.ZONE_DWELL,
        shopper=shopper,
        household=HouseholdId(household) if household else None,
        zone=ZoneId("bakery"),
        visit_id=f"visit of {shopper}",
        at=at,
        outcome=outcome,
        campaign=CampaignId("bakery") if offer else None,
        offer=OfferId(offer) if offer else None,
        is_fallback=False,
        candidates=(),
        arm=Arm.HOLDOUT if outcome is Outcome.HELD_OUT else Arm.OFFER,
        propensity=0.9,
        policy_version="test",
        seed=1,
        reasons=(),
    )


def a_notification(
    decision: str = "decision-1",
    *,
    shopper: ShopperId = ANN,
    at: datetime = NOON,
    lives: timedelta = timedelta(minutes=2),
    channel: Channel = "webhook",
) -> Notification:
    return Notification(
        id=notification_id(decision),
        decision=decision,
        shopper=shopper,
        channel=channel,
        offer=OfferId("rye"),
        campaign=CampaignId("bakery"),
        zone=ZoneId("bakery"),
        title="rye bread",
        body="0.50 EUR off in bakery",
        coupon_code="ABCDEFG-HJKMNPQ-RSTVWXY",
        face_value_minor=50,
        personal_discount=False,
        trigger_at=at,
        created_at=at,
        expires_at=at + lives,
    )


def a_claim(
    *,
    address: str = "https://app.example/hooks",
    number: int = 1,
    secrets: tuple[str, ...] = (SECRET,),
    schedule: Schedule = Schedule.OFFER,
    body: str = '{"type":"offer.notification"}',
) -> Claim:
    return Claim(
        notification="notification-1",
        endpoint="endpoint-1",
        address=address,
        secrets=secrets,
        body=body,
        number=number,
        shopper=ANN,
        expires_at=NOON + minutes(2),
        schedule=schedule,
    )


def an_outcome(
    verdict: Verdict = Verdict.TAKEN,
    *,
    status: int | None = 200,
    retry_after_s: float | None = None,
) -> AttemptOutcome:
    return AttemptOutcome(verdict, 1_000, 12, status, None, "ok")
