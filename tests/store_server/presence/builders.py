"""Observations, batches and a small shop whose flows can be run, for tests."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from proximity_wire.messages import GatewayState, LostRange, SightingBatch, SightingRow
from store_server.clock import SteppedClock, from_ms, to_ms
from store_server.database import Database, unit_of_work
from store_server.flows.rooms import Policy, StoreLive, StoreRooms
from store_server.ids import Scope, scope
from store_server.learning.purchase_model import PurchaseModel
from store_server.offers.catalogue import EMPTY, Catalogue
from store_server.presence.engine import ZoneEvent
from store_server.presence.nearest_anchor import NearestAnchor
from store_server.presence.observation import Observation
from store_server.presence.policy import PresencePolicy
from store_server.shoppers.consent import ConsentEntry, Purpose
from store_server.shoppers.identity import EnrolledIdentity, IdentityTable
from store_server.shoppers.key_vault import KeyVault
from store_server.shoppers.repository import ConsentRepository
from tests.store_server.shop.builders import BEACON_UUID, a_plan
from tests.store_server.shoppers.builders import MONDAY, an_identity

T = TypeVar("T")

SCOPE: Scope = scope("acme", "demo")
T0 = MONDAY.timestamp()
T0_MS = to_ms(MONDAY)
SPOOL = "a" * 32
OTHER_SPOOL = "b" * 32
BOOT = "c" * 32
ENTRANCE_GW, BAKERY_GW = "gw:gw-1", "gw:gw-2"
ENTRANCE_BEACON = f"{BEACON_UUID}:1:1"
BAKERY_BEACON = f"{BEACON_UUID}:1:2"


def an_engine(policy: PresencePolicy | None = None) -> NearestAnchor:
    """An engine of the plan with two zones side by side, entrance and bakery."""
    return NearestAnchor(a_plan(), scope=SCOPE, policy=policy)


def heard(
    after_s: float,
    *,
    anchor: str = ENTRANCE_GW,
    rssi_dbm: float = -65.0,
    device: str = "s-1",
    power: int | None = -59,
) -> Observation:
    return Observation(device, anchor, T0 + after_s, rssi_dbm, 5, power)


def staying(
    start_s: float, end_s: float, *, anchor: str = ENTRANCE_GW, device: str = "s-1"
) -> list[Observation]:
    """Heard once a second, loudly at one anchor and weakly at the other gateway."""
    other = BAKERY_GW if anchor == ENTRANCE_GW else ENTRANCE_GW
    seconds = [start_s + step for step in range(int(end_s - start_s) + 1)]
    return [
        one
        for after_s in seconds
        for one in (
            heard(after_s, anchor=anchor, device=device),
            heard(after_s, anchor=other, rssi_dbm=-85.0, device=device),
        )
    ]


def told(
    engine: NearestAnchor, observations: Iterable[Observation], *, until_s: float | None = None
) -> list[ZoneEvent]:
    """Every event that follows from the observations, then from time passing."""
    events = [event for one in observations for event in engine.observe(one)]
    return events if until_s is None else events + engine.advance(T0 + until_s)


def in_words(events: Iterable[ZoneEvent]) -> list[tuple[str, str, float]]:
    """(kind, zone, seconds after the start) of events."""
    return [(event.kind, str(event.zone), round(event.t - T0, 3)) for event in events]


def a_walk(seed: int, *, devices: int = 3, seconds: int = 200) -> list[Observation]:
    """Noisy hearings of several devices at random anchors: gaps, echoes and nonsense included."""
    rng = random.Random(seed)
    anchors = (ENTRANCE_GW, BAKERY_GW, f"beacon:{ENTRANCE_BEACON}", f"beacon:{BAKERY_BEACON}")
    walk = []
    for _ in range(seconds * devices):
        level = rng.choice((rng.uniform(-95, -45), float("nan"), -300.0, rng.gauss(-65, 8)))
        walk.append(
            Observation(
                f"s-{rng.randrange(devices)}",
                rng.choice((*anchors, "gw:unknown")),
                T0 + rng.uniform(0, seconds),
                level,
                rng.choice((1, 5)),
                rng.choice((None, -59, -70)),
            )
        )
    return sorted(walk, key=lambda one: (one.t, one.device, one.anchor))


def an_eid(shopper: str = "s-1", *, at_ms: int = T0_MS) -> str:
    """What the phone of an enrolled shopper advertises at `at_ms`."""
    from proximity_wire.rotating_id import derive_eid  # noqa: PLC0415 - only where ids are wanted

    key = enrolled(shopper).key
    assert key is not None
    return derive_eid(key, t_s=at_ms // 1000, exponent=10).hex()


def enrolled(shopper: str) -> EnrolledIdentity:
    number = int(shopper.removeprefix("s-"))
    return an_identity(shopper, key=number.to_bytes(16, "big"))


def a_row(
    after_s: float = 0.0, *, shopper: str = "s-1", rssi_dbm: float = -65.0, identity: str = ""
) -> SightingRow:
    at_ms = T0_MS + round(after_s * 1000)
    name = identity or an_eid(shopper, at_ms=at_ms)
    return SightingRow("eid", name, at_ms - 500, at_ms, 5, rssi_dbm, rssi_dbm, -59)


def a_batch(
    seq: int = 1,
    *,
    rows: Sequence[SightingRow] = (),
    sent_s: float = 0.0,
    gateway: str = "gw-1",
    spool_id: str = SPOOL,
    store: str = "demo",
    lost: Sequence[tuple[int, int]] = (),
) -> SightingBatch:
    return SightingBatch(
        org="acme",
        store=store,
        gateway=gateway,
        spool_id=spool_id,
        seq=seq,
        boot_id=BOOT,
        sent_at_ms=T0_MS + round(sent_s * 1000),
        clock="event",
        lost=[LostRange(first, last, "spool_full") for first, last in lost],
        rows=list(rows),
    )


def a_state(gateway: str = "gw-1", *, online: bool = True, boot_id: str = BOOT) -> GatewayState:
    return GatewayState(org="acme", store="demo", gateway=gateway, online=online, boot_id=boot_id)


def some_rooms(
    *,
    clock: SteppedClock | None = None,
    shoppers: Sequence[str] = ("s-1", "s-2"),
    catalogue: Catalogue = EMPTY,
    policy: Policy | None = None,
) -> StoreRooms:
    """The rooms of the small store; by the system clock when a clock is given."""
    chosen = policy or Policy(clock="event" if clock is None else "system")
    live = StoreLive(
        plan=a_plan(),
        presence=NearestAnchor(a_plan(), scope=SCOPE, policy=chosen.presence),
        identities=IdentityTable.build([enrolled(shopper) for shopper in shoppers], T0_MS),
        catalogue=catalogue,
        event_now_ms=T0_MS,
    )
    rooms = StoreRooms(SCOPE, live, chosen, PurchaseModel(), KeyVault(b"k" * 32))
    return rooms if clock is None else replace(rooms, clock=clock)


class Shop:
    """A store whose flows run one after another, each committed and published as by the writer."""

    def __init__(self, database: Database, rooms: StoreRooms) -> None:
        self.database = database
        self.rooms = rooms

    def run(self, flow: Callable[..., T], **arguments: Any) -> T:
        """What the flow answers, after its commit; on an error nothing is published."""
        with unit_of_work(self.database.write, self.rooms.live) as uow:
            now = self.rooms.now(uow.live)
            answer = flow(uow, self.rooms, now=now, **arguments)
        self.rooms.live = uow.live
        for action in uow.actions:
            action()
        return answer

    def agree(self, *shoppers: str, granted: bool = True, at: datetime = MONDAY) -> "Shop":
        """Have shoppers say a word on being observed."""
        with unit_of_work(self.database.write, None) as uow:
            consents = ConsentRepository(uow.session, SCOPE)
            for shopper in shoppers:
                entry = ConsentEntry(
                    enrolled(shopper).shopper, Purpose.LOCATION, granted, at, "app", "2026-01"
                )
                consents.add(entry, recorded_at=at)
        return self

    @property
    def zone_of(self) -> dict[str, str | None]:
        """In which zone each known device is."""
        live, at_t = self.rooms.live, self.rooms.now(self.rooms.live).timestamp()
        found = {name: live.presence.estimate(name, at_t) for name in live.presence.devices()}
        return {name: one.zone for name, one in found.items() if one is not None}


def a_shop(database: Database, **arguments: Any) -> Shop:
    """A store whose shoppers s-1 and s-2 agreed to be observed."""
    return Shop(database, some_rooms(**arguments)).agree("s-1", "s-2")


def at_s(after_s: float) -> datetime:
    return from_ms(T0_MS + round(after_s * 1000))
