"""A past for the store of the browser tests: eight weeks of visits, decisions, a few findings."""

import math
import random
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

from store_server.clock import from_ms, to_ms
from store_server.database import UnitOfWork
from store_server.decisions.decision import Decision
from store_server.decisions.repository import DecisionRepository
from store_server.fleet.finding import Finding
from store_server.fleet.hearing import BeaconRow
from store_server.fleet.repository import FindingRepository
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.run_experiment import save_experiment, start_experiment
from store_server.flows.take_basket import BasketRequest, take_baskets
from store_server.ids import ShopperId
from store_server.offers.experiment import Factor, Level, NamespacePart, Vary
from store_server.presence.repository import PresenceRepository
from store_server.presence.visit import Visit
from store_server.redemptions.basket import Basket, BasketLine
from store_server.shop.repository import ProductRepository
from store_server.writer import Priority
from tests.store_server.entrypoints.web_builders import PLAN, WebStore
from tests.store_server.offers.builders import NOON, an_experiment
from tests.store_server.outbox.builders import a_decision, know
from tests.store_server.redemptions.builders import BREAD

BY_HOUR = {8: 6, 9: 11, 10: 15, 11: 19, 12: 23, 13: 18, 16: 14, 17: 24, 18: 29, 19: 20, 20: 8}

WHERE = Vary(Factor.CHANNEL, (Level("push"), Level("inbox", "app")))


def enliven(web: WebStore) -> None:
    """Write the past of the store."""
    for write in (_write_past, _write_experiment):
        web.context.writer.submit(Priority.APP, write).result()
    _let_gateways_hear(web)


def _let_gateways_hear(web: WebStore) -> None:
    """A minute of the fixed beacons at two gateways; the level falls with the distance."""
    rng, until_ms = random.Random(9), web.context.rooms.live.event_now_ms
    for gateway, second in product(PLAN.gateways[:2], range(60)):
        rows = []
        for number, beacon in enumerate(PLAN.beacons):
            away_m = max(1.0, math.dist((gateway.x, gateway.y), (beacon.x, beacon.y)))
            dbm = -59 - 25 * math.log10(away_m) + rng.gauss(0, 2)
            told = {"battery_mv": 2_990.0 - 90 * number, "temperature_c": 20.5 + number / 4}
            at_ms = until_ms - 1_000 * (60 - second)
            rows.append(
                BeaconRow(beacon.identity, at_ms, 9, dbm, None if second else told, dbm + 3, -59)
            )
        web.context.rooms.signals.add(gateway.id, rows)


def _write_past(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> None:
    del now
    rng = random.Random(7)
    at = from_ms(uow.live.event_now_ms)
    PresenceRepository(uow.session, rooms.scope).save_visits(_visits(rng, until=at))
    FindingRepository(uow.session, rooms.scope).put(
        [Finding("gateway_swapped", "gw-4", "gw-5", "swapped", to_ms(at), to_ms(at))]
    )


def _write_experiment(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> None:
    """A push against the inbox for three weeks; who comes now takes no part (its namespace)."""
    del now
    rng, began = random.Random(8), NOON - timedelta(days=22)
    draft = an_experiment("bread", WHERE, starts_at=None, namespace=NamespacePart("past", 0, 1))
    save_experiment(uow, rooms, now=began, experiment=draft)
    running = start_experiment(uow, rooms, now=began, experiment_id="bread")
    made, requests = list[Decision](), list[BasketRequest]()
    for number in range(480):
        arm = rng.choice(running.arms)
        at, who = began + timedelta(hours=number), ShopperId(f"past-{number}")
        decision = a_decision(f"past-{number}", shopper=who, at=at)
        made.append(replace(decision, variants=(("bread", arm),)))
        if rng.random() < (0.35 if arm == "push" else 0.12):
            lines = (BasketLine("p1", 1, 300),)
            bought = Basket(f"past-{number}", "till-1", at + timedelta(minutes=9), who, lines, ())
            requests.append(BasketRequest(bought, bought.id))
    know(uow, shoppers={one.shopper: None for one in made})
    ProductRepository(uow.session, rooms.scope).save([BREAD])
    DecisionRepository(uow.session, rooms.scope).add(made)
    take_baskets(uow, rooms, now=NOON, requests=requests)


def _visits(rng: random.Random, *, until: datetime) -> list[Visit]:
    found = []
    for days in range(57):
        midnight = NOON.replace(hour=0) - timedelta(days=days)
        for hour, usual in BY_HOUR.items():
            for number in range(max(0, round(rng.gauss(usual, usual**0.5)))):
                began = midnight + timedelta(hours=hour - 1, minutes=rng.uniform(0, 60))
                if began >= until:
                    continue
                name = f"past-{days}-{hour}-{number}"
                ended = began + timedelta(minutes=rng.uniform(4, 40))
                found.append(Visit(name, ShopperId(f"someone-{rng.randrange(900)}"), began, ended))
    return found
