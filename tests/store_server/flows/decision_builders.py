"""A store with one bakery campaign and shoppers who agreed, for the flows that decide."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from store_server.clock import SteppedClock, to_ms
from store_server.database import Database, UnitOfWork, unit_of_work
from store_server.decisions.decision import Decision
from store_server.flows.answer_pull import answer_pull, answer_pulls
from store_server.flows.decide_triggers import decide_triggers
from store_server.flows.pull_answer import Answered, PullAnswer, PullAsked
from store_server.flows.rooms import Policy, StoreLive, StoreRooms
from store_server.ids import HouseholdId, ShopperId, ZoneId, scope
from store_server.learning.purchase_model import PurchaseModel
from store_server.offers.campaign import Campaign
from store_server.offers.catalogue import catalogue_of
from store_server.offers.offer import Offer
from store_server.offers.trigger import Placement, Trigger
from store_server.presence.nearest_anchor import NearestAnchor
from store_server.presence.visit import Visit, VisitBook
from store_server.shop.floor_plan import FloorPlan, Zone
from store_server.shoppers.consent import ConsentEntry, Purpose
from store_server.shoppers.identity import IdentityTable
from store_server.shoppers.key_vault import KeyVault
from store_server.shoppers.repository import ConsentRepository, ShopperRepository
from store_server.shoppers.shopper import Shopper
from tests.store_server.offers.builders import NOON, a_campaign, an_offer

HERE = scope("acme", "demo")
PLAN = FloorPlan(
    store=HERE.store,
    name="Demo",
    width_m=20,
    height_m=10,
    zones=(
        Zone(ZoneId("bakery"), "Bakery", ((0, 0), (10, 0), (10, 10), (0, 10))),
        Zone(ZoneId("dairy"), "Dairy", ((10, 0), (20, 0), (20, 10), (10, 10))),
    ),
)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Shop:
    """A store on a database; flows run one transaction each, as the writer does."""

    database: Database
    rooms: StoreRooms
    now: datetime = NOON
    written: list[str] = field(default_factory=list)

    @contextmanager
    def transaction(self) -> Iterator[UnitOfWork[StoreLive]]:
        with unit_of_work(self.database.write, self.rooms.live) as uow:
            yield uow
        self.rooms.live = uow.live

    def decide(self, *triggers: Trigger) -> list[Decision]:
        with self.transaction() as uow:
            return decide_triggers(uow, self.rooms, now=self.now, triggers=triggers)

    def pull(
        self, request: str = "r1", *, shopper: str = "ann", zone: str | None = "bakery"
    ) -> PullAnswer:
        return self.ask(a_question(request, shopper=shopper, zone=zone))

    def ask(self, asked: PullAsked) -> PullAnswer:
        with self.transaction() as uow:
            return answer_pull(uow, self.rooms, now=self.now, asked=asked)

    def ask_all(self, asked: Sequence[PullAsked]) -> list[Answered]:
        """Several apps ask at once."""
        with self.transaction() as uow:
            return answer_pulls(uow, self.rooms, now=self.now, asked=asked)

    def in_visit(self, shopper: str, visit: str) -> None:
        opened = {**self.rooms.live.visits.open, shopper: Visit(visit, ShopperId(shopper), NOON)}
        self.rooms.live = replace(self.rooms.live, visits=VisitBook(opened))

    def withdraw(self, shopper: str, purpose: Purpose = Purpose.OFFERS) -> None:
        with self.transaction() as uow:
            say_consent(uow, [shopper], purpose=purpose, granted=False, at=self.now)


def a_question(
    request: str = "r1", *, shopper: str = "ann", zone: str | None = "bakery", most: int = 1
) -> PullAsked:
    return PullAsked(
        ShopperId(shopper), request, Placement.APP, ZoneId(zone) if zone else None, most=most
    )


def a_shop(
    database: Database,
    *,
    offers: Sequence[Offer] = (),
    campaigns: Sequence[Campaign] = (),
    shoppers: Sequence[str] = ("ann", "bob", "eve"),
    household: str | None = None,
    policy: Policy | None = None,
) -> Shop:
    live = StoreLive(
        plan=PLAN,
        presence=NearestAnchor(PLAN, scope=HERE),
        identities=IdentityTable.build([], to_ms(NOON)),
        catalogue=catalogue_of(offers or [an_offer()], campaigns or [a_campaign()]),
    )
    rooms = StoreRooms(
        scope=HERE,
        live=live,
        policy=policy or Policy(holdout_bp=0),
        purchases=PurchaseModel(),
        vault=KeyVault(b"k" * 32),
        clock=SteppedClock(NOON),
    )
    shop = Shop(database, rooms)
    with shop.transaction() as uow:
        home = HouseholdId(household) if household else None
        ShopperRepository(uow.session, HERE).save(
            [Shopper(ShopperId(name), home, "en", LONG_AGO) for name in shoppers]
        )
        for purpose in (Purpose.OFFERS, Purpose.PROFILE):
            say_consent(uow, shoppers, purpose=purpose, granted=True, at=LONG_AGO)
    return shop


def say_consent(
    uow: UnitOfWork[StoreLive],
    shoppers: Iterable[str],
    *,
    purpose: Purpose,
    granted: bool,
    at: datetime,
) -> None:
    ledger = ConsentRepository(uow.session, HERE)
    for name in shoppers:
        entry = ConsentEntry(ShopperId(name), purpose, granted, at, "test", "v1")
        ledger.add(entry, recorded_at=at)
