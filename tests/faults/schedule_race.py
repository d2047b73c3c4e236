"""A chain with stores in several time zones on one PostgreSQL, and two servers that are killed."""

import contextlib
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import ClassVar

from sqlalchemy import Engine, create_engine, text

from store_server.bootstrap.open_store import open_store
from store_server.clock import to_ms
from store_server.database import UnitOfWork, unit_of_work
from store_server.flows.load_seed import load_offers, load_plan
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import HouseholdId, ShopperId, StoreId
from store_server.offers.trigger import TriggerKind, TriggerRule
from store_server.presence.repository import PresenceRepository
from store_server.presence.visit import Visit
from store_server.settings import load_settings
from store_server.shoppers.consent import ConsentEntry, Purpose
from store_server.shoppers.repository import ConsentRepository, ShopperRepository
from store_server.shoppers.shopper import Shopper
from tests.faults.process import Process, until
from tests.store_server.offers.builders import a_campaign, an_offer
from tests.store_server.shop.builders import a_plan, a_store

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
SETTINGS = """
[store]
org = "acme"
store = "{store}"
state_dir = "{state}"
[database]
url = "{url}"
[clock]
mode = "event"
start_at = "2026-01-01T00:00:00Z"
[decisions]
holdout_bp = 500
"""
COUNTS = {
    "decisions": "SELECT count(*) FROM decision WHERE trigger_kind = 'schedule'",
    "asks that wait": "SELECT count(*) FROM scheduled_ask WHERE waits",
    "occurrences not done": "SELECT count(*) FROM campaign_occurrence WHERE state <> 'done'",
    "asked about and no decision": (
        "SELECT (SELECT count(*) FROM scheduled_ask) - "
        "(SELECT count(*) FROM decision WHERE trigger_kind = 'schedule')"
    ),
    "decided twice for one occurrence": (
        "SELECT count(*) FROM (SELECT 1 FROM decision WHERE trigger_kind = 'schedule' "
        "GROUP BY shopper, at_ms / 86400000 HAVING count(*) > 1) AS twice"
    ),
    "decided in another store than their own": (
        "SELECT count(*) FROM decision d JOIN visit v ON v.shopper = d.shopper "
        "WHERE d.store <> v.store"
    ),
    "coupons without one offered decision": (
        "SELECT count(*) FROM coupon c WHERE NOT EXISTS "
        "(SELECT 1 FROM decision d WHERE d.id = c.decision AND d.outcome = 'offered')"
    ),
    "offered and not one coupon": (
        "SELECT count(*) FROM (SELECT d.id FROM decision d LEFT JOIN coupon c "
        "ON c.decision = d.id WHERE d.outcome = 'offered' GROUP BY d.id "
        "HAVING count(c.decision) <> 1) AS wrong"
    ),
    "offered and not one notification": (
        "SELECT count(*) FROM (SELECT d.id FROM decision d LEFT JOIN notification n "
        "ON n.decision = d.id WHERE d.outcome = 'offered' GROUP BY d.id "
        "HAVING count(n.decision) <> 1) AS wrong"
    ),
    "issues beside the offered": (
        "SELECT (SELECT sum(issues) FROM campaign_budget) - "
        "(SELECT count(*) FROM decision WHERE outcome = 'offered')"
    ),
}


@dataclass
class Chain:
    """Its stores (id, time zone), and who shops there; `url` of the database."""

    flow: ClassVar[str] = "schedules"
    counts: ClassVar[Mapping[str, str]] = COUNTS
    purposes: ClassVar[tuple[Purpose, ...]] = (Purpose.OFFERS,)
    unfinished: ClassVar[tuple[str, ...]] = ("asks that wait", "occurrences not done")

    folder: Path
    url: str
    zones: dict[str, str]
    shoppers: int

    def __post_init__(self) -> None:
        self.engine: Engine = create_engine(self.url)
        self.configs: list[Path] = []
        for store in self.zones:
            config = self.folder / f"{store}.toml"
            state = self.folder / f"state-{store}"
            config.write_text(SETTINGS.format(store=store, state=state, url=self.url))
            self.configs.append(config)

    def seed(self, cron: str = "0 9 * * *") -> None:
        """Plans, one scheduled campaign, and shoppers who agree and were last in one store."""
        for number, (config, (store, zone)) in enumerate(
            zip(self.configs, self.zones.items(), strict=True)
        ):
            settings = load_settings(config)
            with (
                open_store(settings) as opened,
                unit_of_work(opened.database.write, opened.rooms.live) as uow,
            ):
                place = StoreId(store)
                load_plan(
                    uow,
                    opened.rooms,
                    now=LONG_AGO,
                    store=replace(a_store(timezone=zone), store=place),
                    plan=replace(a_plan(), store=place),
                )
                if number == 0:
                    self._offers(uow, opened.rooms, cron)
                for start in range(number, self.shoppers, len(self.zones) * 1000):
                    stop = min(self.shoppers, start + len(self.zones) * 1000)
                    self._people(uow, opened.rooms, range(start, stop, len(self.zones)))

    def _offers(self, uow: UnitOfWork[StoreLive], rooms: StoreRooms, cron: str) -> None:
        rule = TriggerRule(TriggerKind.SCHEDULE, cron=cron)
        campaign = a_campaign("nine", trigger=rule, budget_minor=10**9)
        load_offers(
            uow, rooms, now=LONG_AGO, offers=[an_offer("rye", effect=0.6)], campaigns=[campaign]
        )

    def _people(
        self, uow: UnitOfWork[StoreLive], rooms: StoreRooms, numbers: Sequence[int]
    ) -> None:
        names = [ShopperId(f"s{number:06}") for number in numbers]
        homes = [HouseholdId(f"h{number // 2:06}") for number in numbers]
        ShopperRepository(uow.session, rooms.scope).save(
            [Shopper(name, home, "en", LONG_AGO) for name, home in zip(names, homes, strict=True)]
        )
        consents = ConsentRepository(uow.session, rooms.scope)
        for name in names:
            for purpose in self.purposes:
                word = ConsentEntry(name, purpose, True, LONG_AGO, "test", "1")
                consents.add(word, recorded_at=LONG_AGO)
        PresenceRepository(uow.session, rooms.scope).save_visits(
            [Visit(f"v-{name}", name, LONG_AGO, LONG_AGO + timedelta(hours=1)) for name in names]
        )

    def count(self, what: str) -> int:
        """One of `counts`."""
        with self.engine.connect() as connection:
            return int(connection.execute(text(self.counts[what])).scalar_one() or 0)

    def occurrences(self) -> list[tuple[str, str, int]]:
        """Store, local time and how many were decided, of every occurrence."""
        rows = "SELECT store, occurrence, decided FROM campaign_occurrence ORDER BY 2, 1"
        with self.engine.connect() as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(text(rows))]

    @contextlib.contextmanager
    def servers(self, at: datetime, number: int) -> Iterator[list[Process]]:
        """Processes that serve every store at this instant; killed at the end."""
        argv = [sys.executable, "-m", "tests.faults.slice_server", self.flow, str(to_ms(at))]
        argv += [str(config) for config in self.configs]
        made = [Process(f"{self.flow}-{n}", argv, folder=self.folder) for n in range(number)]
        try:
            for one in made:
                one.start()
            yield made
        finally:
            for one in made:
                one.kill()

    def morning(
        self,
        at: datetime,
        *,
        due: int,
        kills: int,
        rng: random.Random,
        within_s: float = 90.0,
        servers: int = 2,
    ) -> float:
        """Let servers work until `due` decisions more are made, killing as they go.

        Returns:
            How many seconds it took.
        """
        before = self.count("decisions")
        marks = sorted(before + rng.randrange(1, due) for _ in range(kills))
        started = time.monotonic()
        with self.servers(at, servers) as serving:
            for mark in marks:
                reached = partial(self._has_decided, mark)
                until(reached, within_s=within_s, what=f"{mark} decisions are made")
                victim = rng.choice(serving)
                victim.kill()
                victim.start()
            done = partial(self._is_done, before + due)
            until(done, within_s=within_s, what="all is done")
        return time.monotonic() - started

    def _has_decided(self, number: int) -> bool:
        return self.count("decisions") >= number

    def _is_done(self, number: int) -> bool:
        waiting = sum(self.count(what) for what in self.unfinished)
        return self._has_decided(number) and waiting == 0

    def faults(self) -> dict[str, int]:
        """What must be 0 and is not."""
        found = {what: self.count(what) for what in self.counts if what != "decisions"}
        return {what: number for what, number in found.items() if number}
