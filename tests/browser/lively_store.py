"""A past for the store of the browser tests: eight weeks of visits, decisions, a few findings."""

import random
from datetime import datetime, timedelta

from store_server.clock import from_ms, to_ms
from store_server.database import UnitOfWork
from store_server.fleet.finding import Finding
from store_server.fleet.repository import FindingRepository
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.presence.repository import PresenceRepository
from store_server.presence.visit import Visit
from store_server.writer import Priority
from tests.store_server.entrypoints.web_builders import WebStore
from tests.store_server.offers.builders import NOON

BY_HOUR = {8: 6, 9: 11, 10: 15, 11: 19, 12: 23, 13: 18, 16: 14, 17: 24, 18: 29, 19: 20, 20: 8}


def enliven(web: WebStore) -> None:
    """Write the past of the store."""
    web.context.writer.submit(Priority.APP, _write_past).result()


def _write_past(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> None:
    del now
    rng = random.Random(7)
    at = from_ms(uow.live.event_now_ms)
    PresenceRepository(uow.session, rooms.scope).save_visits(_visits(rng, until=at))
    FindingRepository(uow.session, rooms.scope).put(
        [Finding("gateway_swapped", "gw-4", "gw-5", "swapped", to_ms(at), to_ms(at))]
    )


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
