"""A whole store behind its web application: real database, writer and rooms; no broker."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

from fastapi import FastAPI
from fastapi.testclient import TestClient

from store_server.clock import SteppedClock, to_ms
from store_server.database import Database, UnitOfWork, unit_of_work
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.http_app import create_app
from store_server.flows.rooms import Policy, StoreLive, StoreRooms
from store_server.ids import ShopperId, ZoneId, scope
from store_server.learning.purchase_model import PurchaseModel
from store_server.offers.catalogue import catalogue_of
from store_server.presence.nearest_anchor import NearestAnchor
from store_server.presence.observation import Observation
from store_server.settings import ClockSection, Settings, StoreSection, WebhookSection
from store_server.shop.access import ApiKey, KeyScope, hash_token
from store_server.shop.floor_plan import Beacon, FloorPlan, Gateway, Point, Wall, Zone
from store_server.shop.repository import AccessRepository, PlanRepository
from store_server.shop.store_profile import Store
from store_server.shoppers.consent import ConsentEntry, Purpose
from store_server.shoppers.identity import IdentityTable
from store_server.shoppers.key_vault import KeyVault
from store_server.shoppers.repository import ConsentRepository, ShopperRepository
from store_server.shoppers.shopper import Shopper
from store_server.writer import Reader, Writer
from tests.store_server.offers.builders import NOON, a_campaign, an_offer

HERE = scope("acme", "demo")
OWN_PAGE = {"sec-fetch-site": "same-origin", "origin": "http://testserver"}
ZONES = ("entrance", "produce", "bakery", "dairy", "drinks", "checkout")
UUID = "5f0f6a3c-2f4e-4d6b-9c1a-0a1b2c3d4e5f"
LOGIN_LINK = "bl_the-first-link-of-this-test-store-0000000000"
KEYS: dict[KeyScope, str] = {
    "backend": "bk_backend-key-of-the-tests-00000000000000000",
    "till": "bk_till-key-of-the-tests-0000000000000000000000",
    "ops": "bk_ops-key-of-the-tests-00000000000000000000000",
}


def _corners(number: int) -> tuple[Point, ...]:
    x, y = 10.0 * (number % 3), 10.0 * (number // 3)
    return ((x, y), (x + 10, y), (x + 10, y + 10), (x, y + 10))


PLAN = FloorPlan(
    store=HERE.store,
    name="Demo supermarket",
    width_m=30,
    height_m=20,
    zones=tuple(
        Zone(ZoneId(name), name.capitalize(), _corners(number)) for number, name in enumerate(ZONES)
    ),
    gateways=tuple(
        Gateway(f"gw-{n + 1}", 10.0 * (n % 3) + 5, 10.0 * (n // 3) + 5, 3.0, ZoneId(name))
        for n, name in enumerate(ZONES)
    ),
    beacons=tuple(
        Beacon(
            f"b-{n}", f"{UUID}:1:{n}", 10.0 * (n % 3) + 2, 10.0 * (n // 3) + 2, ZoneId(name), -59
        )
        for n, name in enumerate(ZONES)
    ),
    walls=(
        Wall(((10, 0), (10, 6)), "glass", 2.0),
        *(Wall(((x, 12), (x, 18)), "shelf", 4.0) for x in (3, 7, 23, 27)),
        *(Wall(((x, 2), (x, 8)), "shelf", 4.0) for x in (23, 27)),
        Wall(((13, 4), (17, 4), (17, 5), (13, 5), (13, 4)), "shelf", 2.0),
    ),
)
STORE = Store(HERE.org, HERE.store, "Demo supermarket", "Europe/Madrid", "EUR", time(8), time(21))


@dataclass
class WebStore:
    """A store and its application; `system_now` is moved by the tests."""

    context: ServerContext
    app: FastAPI
    system_at: list[datetime] = field(default_factory=list)

    def client(self, key: KeyScope | None = None, *, token: str | None = None) -> TestClient:
        """A caller with a key, a token, or none."""
        bearer = token or (KEYS[key] if key else None)
        headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
        return TestClient(self.app, headers=headers, raise_server_exceptions=False)

    def manager(self) -> TestClient:
        """A browser in which the one-time link was used."""
        browser = self.client()
        browser.headers.update(OWN_PAGE)
        answer = browser.post(f"/login/{LOGIN_LINK}", data={}, follow_redirects=False)
        assert answer.status_code == 303, answer.text
        return browser

    def token(self, shopper: str = "ann") -> str:
        """A fresh token of a shopper, as the retailer's backend gets it."""
        answer = self.client("backend").post(f"/v1/shoppers/{shopper}/tokens")
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])

    def place(self, shopper: str, x: float, y: float, *, at: datetime = NOON) -> None:
        """Have every gateway near (x, y) hear the shopper for some seconds."""
        engine = self.context.rooms.live.presence.fork()
        for second in range(-4, 1):
            t = at.timestamp() + second
            for gateway in PLAN.gateways:
                away_m = max(0.7, ((gateway.x - x) ** 2 + (gateway.y - y) ** 2) ** 0.5)
                rssi = -59 - 8 * away_m**0.5
                engine.observe(Observation(shopper, f"gw:{gateway.id}", t, rssi, 1, -59))
        engine.advance(at.timestamp())
        self.context.rooms.live = replace(self.context.rooms.live, presence=engine)

    def later(self, by: timedelta) -> None:
        """Let system time pass."""
        self.system_at.append(self.context.system_now() + by)


@contextmanager
def a_web_store(
    database: Database,
    *,
    policy: Policy | None = None,
    simulated: bool = False,
    bare: bool = False,
) -> Iterator[WebStore]:
    """A seeded store whose writer runs; taken down at the end. bare: nobody has set it up yet."""
    plan = FloorPlan(HERE.store, "demo", 0, 0) if bare else PLAN
    with unit_of_work(database.write, None) as uow:
        _seed(uow, bare=bare)
    rooms = StoreRooms(
        scope=HERE,
        live=StoreLive(
            plan=plan,
            presence=NearestAnchor(plan, scope=HERE),
            identities=IdentityTable.build([], to_ms(NOON)),
            catalogue=catalogue_of(*((), ()) if bare else ([an_offer()], [a_campaign()])),
            event_now_ms=to_ms(NOON),
        ),
        policy=policy or Policy(holdout_bp=0, clock="event" if simulated else "system"),
        purchases=PurchaseModel(),
        vault=KeyVault(b"k" * 32),
        clock=SteppedClock(NOON),
    )
    writer: Writer[StoreLive] = Writer(database.write, rooms)
    system_at = [NOON]
    settings = Settings(
        store=StoreSection(org="acme", store="demo"),
        webhook=WebhookSection(development=True),
        clock=ClockSection(mode="event", start_at=NOON) if simulated else ClockSection(),
    )
    context = ServerContext(
        settings=settings,
        scope=HERE,
        writer=writer,
        reader=Reader(database.read, rooms),
        rooms=rooms,
        system_now=lambda: system_at[-1],
    )
    writer.start()
    yield WebStore(context, create_app(context), system_at)
    writer.stop()


def _seed(uow: UnitOfWork[None], *, bare: bool) -> None:
    access = AccessRepository(uow.session, HERE)
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    for key, token in KEYS.items():
        access.add_key(ApiKey(key, hash_token(token), frozenset({key}), long_ago))
    access.save_user("manager", password_hash=None, created_at=long_ago)
    access.add_login_link(
        hash_token(LOGIN_LINK), user_name="manager", expires_at=NOON + timedelta(hours=24)
    )
    if bare:
        return
    PlanRepository(uow.session, HERE).save(STORE, PLAN)
    ShopperRepository(uow.session, HERE).save(
        [Shopper(ShopperId(name), None, "en", long_ago) for name in ("ann", "bob")]
    )
    consents = ConsentRepository(uow.session, HERE)
    for name in ("ann", "bob"):
        for purpose in Purpose:
            entry = ConsentEntry(ShopperId(name), purpose, True, long_ago, "test", "1")
            consents.add(entry, recorded_at=long_ago)
