"""The console on a real port, with shoppers who walk while the browser looks."""

import math
import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import uvicorn

from store_server.clock import to_ms
from store_server.database import UnitOfWork
from store_server.flows.decide_triggers import decide_triggers
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.show_people import people_in
from store_server.ids import ShopperId, ZoneId
from store_server.offers.trigger import Trigger, TriggerKind, trigger_id
from store_server.presence.gateway_live import GatewayLive
from store_server.presence.observation import Observation
from store_server.presence.visit import Visit, VisitBook
from store_server.writer import Priority
from tests.store_server.entrypoints.web_builders import LOGIN_LINK, PLAN, WebStore
from tests.store_server.offers.builders import NOON

NAMES = ("ann", "bob", *(f"shopper-{number}" for number in range(2, 40)))
# In an open visit, and out of hearing since it began: in the store, nobody knows where.
UNHEARD = ("ivy", "joe")
STEP_S = 0.25


@dataclass
class Served:
    """A console that a browser can open."""

    url: str
    web: WebStore

    @property
    def link(self) -> str:
        """The one-time link."""
        return f"{self.url}/login/{LOGIN_LINK}"


@contextmanager
def served(web: WebStore, *, port: int = 0, walks: bool = True) -> Iterator[Served]:
    """The application on a loopback port (0: a free one), and a walk that goes on until the end."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    # A browser that is quicker than the thread below waits its turn.
    listener.listen()
    config = uvicorn.Config(web.app, log_config=None, lifespan="off", access_log=False)
    server = uvicorn.Server(config)
    ended = threading.Event()
    threads = [threading.Thread(target=server.run, args=([listener],), name="uvicorn")]
    if walks:
        threads.append(threading.Thread(target=_walk, args=(web, ended), name="walk"))
    for thread in threads:
        thread.start()
    yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", web)
    ended.set()
    server.should_exit = server.force_exit = True
    for thread in threads:
        thread.join(20)
    listener.close()


def _walk(web: WebStore, ended: threading.Event) -> None:
    at = NOON
    step = 0
    while not ended.is_set():
        at += timedelta(seconds=1)
        web.context.writer.submit(Priority.SIGHTINGS, _take_a_step, at=at, step=step).result()
        people = people_in(web.context.rooms.live, at_t=at.timestamp())
        web.context.past.note(people, at=at)
        step += 1
        ended.wait(STEP_S)


def _take_a_step(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, at: datetime, step: int
) -> None:
    """Everybody is heard a little further on; now and then somebody stays long enough."""
    del now
    engine = uow.live.presence.fork()
    for number, name in enumerate(NAMES):
        x, y = place_of(number, step)
        for gateway in PLAN.gateways:
            away_m = max(0.7, math.dist((gateway.x, gateway.y), (x, y)))
            rssi_dbm = -59 - 25 * math.log10(away_m)
            heard = Observation(name, f"gw:{gateway.id}", at.timestamp(), rssi_dbm, 1, -59)
            engine.observe(heard)
    engine.advance(at.timestamp())
    visits = {name: Visit(f"visit-{name}", ShopperId(name), NOON) for name in NAMES + UNHEARD}
    uow.live = replace(
        uow.live,
        presence=engine,
        visits=VisitBook(visits),
        event_now_ms=to_ms(at),
        gateways={g.id: _gateway(g.id, n, at) for n, g in enumerate(PLAN.gateways[:5])},
    )
    if step % 8 == 0:
        _ask(uow, rooms, at=at, step=step)


def _ask(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, at: datetime, step: int) -> None:
    shopper = ("ann", "bob", "shopper-7")[step // 8 % 3]
    zone = ("bakery", "dairy", "drinks")[step // 24 % 3]
    asked = Trigger(
        id=trigger_id(TriggerKind.ZONE_DWELL, "walk", str(step)),
        kind=TriggerKind.ZONE_DWELL,
        shopper=ShopperId(shopper),
        zone=ZoneId(zone),
        at=at,
        event_id=f"event-{step}",
        visit_id=f"visit-{shopper}",
        dwell_s=20,
    )
    decide_triggers(uow, rooms, now=at, triggers=[asked])


def place_of(number: int, step: int) -> tuple[float, float]:
    """Where a shopper is after so many steps: a slow loop of their own through the store."""
    rng = random.Random(number)
    middle = rng.uniform(6, 24), rng.uniform(5, 15)
    reach = rng.uniform(2, 6), rng.uniform(2, 5)
    turn = rng.uniform(0, 2 * math.pi) + step * rng.uniform(0.02, 0.08) * rng.choice((-1, 1))
    return middle[0] + reach[0] * math.cos(turn), middle[1] + reach[1] * math.sin(turn)


def _gateway(name: str, number: int, at: datetime) -> GatewayLive:
    return GatewayLive(
        gateway=name,
        online=number != 3,
        state_known=True,
        last_sent_at_ms=to_ms(at - timedelta(seconds=90 if number == 4 else 1)),
        health_at_ms=to_ms(at - timedelta(seconds=90 if number == 4 else 8)),
        health={
            "clock": "event",
            "adverts_per_s": 38.5 + number,
            "queued_batches": number % 2,
            "frames": {
                "ibeacon": 90_210 + number,
                "eid": 7_345,
                "apple_continuity": 41_008,
                "unknown": 2_113,
            },
        },
    )
