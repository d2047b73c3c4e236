"""Days of a store that decides, driven through its flows on a simulated clock: for the audit.

Shoppers (most of them two to a household) come on some days at hours that reach into the quiet
ones, pass zones, ask by app, give and withdraw their consent, and redeem some of their coupons.
"""

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from sqlite3 import Connection as SqliteConnection
from zoneinfo import ZoneInfo

from sqlalchemy import event

from benchmarks.decision_audit import DecisionAudit, HouseRules
from store_server.database import Database
from store_server.flows.expire_coupons import expire_coupons
from store_server.flows.record_consent import record_consent
from store_server.flows.rooms import Policy
from store_server.flows.take_basket import take_basket
from store_server.ids import HouseholdId, ShopperId
from store_server.offers.limits import CampaignLimits
from store_server.offers.repository import OfferRepository
from store_server.offers.trigger import TriggerKind, TriggerRule
from store_server.redemptions.basket import Basket, BasketLine
from store_server.redemptions.repository import CouponRepository
from store_server.shoppers.consent import Purpose
from store_server.shoppers.repository import ShopperRepository
from store_server.shoppers.shopper import Shopper
from tests.store_server.flows.decision_builders import HERE, LONG_AGO, Shop, a_shop
from tests.store_server.offers.builders import a_campaign, a_trigger, an_offer

ZONE = "Europe/Madrid"
QUIET = ("21:00", "09:00")
POLICY = Policy(
    timezone=ZONE,
    holdout_bp=1000,
    cap_per_visit=2,
    cap_per_day=3,
    cap_per_week=6,
    quiet_hours=QUIET,
    explore_bp=0,
    discovery_every=0,
    category_share_bp=10_000,
    repeats_in_visit=True,
)
RULES = HouseRules(
    org=HERE.org,
    store=HERE.store,
    timezone=ZONE,
    policy_version=POLICY.policy_version,
    holdout_bp=1000,
    holdout_salt=POLICY.holdout_salt,
    cap_per_visit=2,
    cap_per_day=3,
    cap_per_week=6,
    quiet_from=time(21),
    quiet_until=time(9),
)


@dataclass
class SimulatedStore:
    """A store on a database, with `people` shoppers; `visiting` of them come on a day."""

    database: Database
    people: int
    visiting: int
    seed: int
    budget_minor: int
    shop: Shop = field(init=False)
    rng: random.Random = field(init=False)

    def __post_init__(self) -> None:
        event.listen(self.database.write, "connect", _pull_no_plugs)
        # Connections that are open already would wait for the disk at each commit.
        self.database.write.dispose()
        self.rng = random.Random(self.seed)
        names = [f"s{number:05}" for number in range(self.people)]
        bread = a_campaign(
            "bread", offers=["rye", "oat"], budget_minor=self.budget_minor, cap_per_day=4
        )
        milk = a_campaign("milk", offers=["milk"], trigger=TriggerRule(TriggerKind.ZONE_ENTER))
        campaigns = [
            replace(bread, cap_per_visit=3, limits=CampaignLimits(cap_per_week=4)),
            replace(milk, holdout_bp=500, cap_per_visit=2, cap_per_day=4),
        ]
        offers = [
            an_offer("rye", effect=0.6),
            an_offer("oat", category="OATS", effect=0.5),
            an_offer("milk", category="MILK", effect=0.7, face_value_minor=20),
        ]
        self.shop = a_shop(
            self.database, offers=offers, campaigns=campaigns, shoppers=names, policy=POLICY
        )
        with self.shop.transaction() as uow:
            OfferRepository(uow.session, HERE).save_offers(offers)
            OfferRepository(uow.session, HERE).save_campaigns(campaigns)
            ShopperRepository(uow.session, HERE).save(
                [
                    Shopper(ShopperId(name), _home(number), "en", LONG_AGO)
                    for number, name in enumerate(names)
                ]
            )

        self.shop.now = LONG_AGO + timedelta(days=1)
        for name in names[::5]:
            self._say(name, granted=False)

    def live(self, first: date, days: int) -> None:
        """So many days from this one on; both of its ends are local midnights."""
        for number in range(days):
            self._day(first + timedelta(days=number))

    def audit(self) -> DecisionAudit:
        """The log as it is now."""
        with self.database.read.connect() as connection:
            return DecisionAudit(connection, RULES)

    def _day(self, day: date) -> None:
        midnight = datetime.combine(day, time(), tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
        comers = self.rng.sample(range(self.people), self.visiting)
        visits = sorted((self.rng.uniform(7, 23.4), number) for number in comers)
        for hour, number in visits:
            self._visit(f"s{number:05}", midnight + timedelta(hours=hour), f"{day}-{number}")
        self._at(midnight + timedelta(hours=23.7))
        with self.shop.transaction() as uow:
            expire_coupons(uow, self.shop.rooms, now=self.shop.now)

    def _visit(self, shopper: str, start: datetime, visit: str) -> None:
        self._at(start)
        if self.rng.random() < 0.05:
            self._say(shopper, granted=self.rng.random() < 0.5)
        for step in range(self.rng.randrange(1, 5)):
            self._at(start + timedelta(minutes=2 * step))
            bakery = self.rng.random() < 0.6
            self.shop.decide(
                a_trigger(
                    f"{visit}/{step}",
                    kind=TriggerKind.ZONE_DWELL if bakery else TriggerKind.ZONE_ENTER,
                    shopper=shopper,
                    zone="bakery" if bakery else "dairy",
                    at=self.shop.now,
                    visit=visit,
                    dwell_s=20 if bakery else None,
                )
            )
        if self.rng.random() < 0.2:
            self.shop.pull(f"pull-{visit}", shopper=shopper)
        if self.rng.random() < 0.4:
            self._buy(shopper, visit)

    def _buy(self, shopper: str, visit: str) -> None:
        self._at(self.shop.now + timedelta(minutes=5))
        with self.shop.transaction() as uow:
            coupons = CouponRepository(uow.session, HERE).of_shopper(ShopperId(shopper))
            codes = tuple(one.code for one in coupons if one.state == "issued")[:2]
            lines = (BasketLine("p1", 1, 300),)
            basket = Basket(
                f"basket-{visit}", "till-1", self.shop.now, ShopperId(shopper), lines, codes, None
            )
            take_basket(
                uow, self.shop.rooms, now=self.shop.now, basket=basket, idempotency_key=visit
            )

    def _say(self, shopper: str, *, granted: bool) -> None:
        with self.shop.transaction() as uow:
            record_consent(
                uow,
                self.shop.rooms,
                now=self.shop.now,
                shopper=ShopperId(shopper),
                purpose=Purpose.OFFERS,
                granted=granted,
                at=None,
                source="test",
                text_version="1",
            )

    def _at(self, now: datetime) -> None:
        self.shop.now = now


def _pull_no_plugs(connection: SqliteConnection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _home(number: int) -> HouseholdId | None:
    """Two of three live with the next one."""
    return HouseholdId(f"h{number // 3}") if number % 3 else None
