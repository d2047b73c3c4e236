"""Two hundred dots at 2 Hz in eight tabs: what the server pays for them, beside one tab and none.

    python -m benchmarks.live_tabs [SECONDS]

The server is a process of its own; each tab is the live socket of a logged-in user. Prints the
server's CPU seconds a second for 0, 1 and 8 tabs, frames that every tab got, and how many encodes
there were a tick. Bars: one encode a tick however many tabs; 8 tabs <= 1.5 x of one.
"""

import asyncio
import math
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from websockets.asyncio.client import connect
from websockets.typing import Origin

from store_server import schema
from store_server.clock import to_ms
from store_server.database import UnitOfWork, open_database
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.presence.observation import Observation
from store_server.presence.visit import Visit, VisitBook
from store_server.writer import Priority
from tests.browser.walked_store import Served, place_of, served
from tests.store_server.entrypoints.web_builders import PLAN, WebStore, a_web_store
from tests.store_server.offers.builders import NOON

PEOPLE = 200
TICKS_PER_S = 2
TABS = (0, 1, 8)
SERVE = "--serve"


def main() -> None:
    """Start the server, measure, stop it."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    command = [sys.executable, "-m", "benchmarks.live_tabs", SERVE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        link = process.stdout.readline().decode().strip()
        cookie = log_in(link)
        paid: dict[int, float] = {}
        for tabs in TABS:
            began_s = cpu_s(process.pid)
            told = asyncio.run(watch(link, cookie, tabs=tabs, seconds=seconds))
            paid[tabs] = (cpu_s(process.pid) - began_s) / seconds
            least = min(told) / seconds if told else 0.0
            print(f"{tabs} tabs: {paid[tabs]:.3f} CPU s/s, {least:.1f} frames of dots/s in each")
        process.communicate(b"end\n", timeout=60)
    print(f"8 tabs over one: {paid[8] / paid[1]:.2f} x", end=" ")
    print(f"(above no tab at all: {(paid[8] - paid[0]) / (paid[1] - paid[0]):.2f} x)")


def log_in(link: str) -> str:
    """The session's cookie."""
    jar = CookieJar()
    opener = build_opener(HTTPCookieProcessor(jar))
    headers = {"sec-fetch-site": "same-origin"}
    opener.open(Request(link, data=urlencode({}).encode(), headers=headers)).read()
    return "; ".join(f"{one.name}={one.value}" for one in jar)


async def watch(link: str, cookie: str, *, tabs: int, seconds: float) -> list[int]:
    """Frames of dots that each of so many tabs got."""
    host = link.split("/")[2]
    if not tabs:
        await asyncio.sleep(seconds)
        return []
    return list(await asyncio.gather(*(one_tab(host, cookie, seconds) for _ in range(tabs))))


async def one_tab(host: str, cookie: str, seconds: float) -> int:
    """One live socket for so long."""
    headers = {"cookie": cookie, "sec-fetch-site": "same-origin"}
    frames, until_s = 0, time.monotonic() + seconds
    async with connect(
        f"ws://{host}/live/socket", origin=Origin(f"http://{host}"), additional_headers=headers
    ) as socket:
        while (left_s := until_s - time.monotonic()) > 0:
            try:
                frame = await asyncio.wait_for(socket.recv(), left_s)
            except TimeoutError:
                break
            frames += isinstance(frame, bytes)
    return frames


def cpu_s(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def serve() -> None:
    """The store, until a line comes in."""
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'store.db'}")
        schema.create_tables(database.write)
        with a_web_store(database, simulated=True) as web, served(web, walks=False) as running:
            told(running)
            ended = threading.Event()
            walking = threading.Thread(target=walk, args=(web, ended))
            walking.start()
            sys.stdin.readline()
            ended.set()
            walking.join()
            audience = web.app.state.audience
            print(f"encodes in all: {audience.encodes}", file=sys.stderr)
        database.close()


def told(running: Served) -> None:
    """Say where the server is."""
    sys.stdout.write(f"{running.link}\n")
    sys.stdout.flush()


def walk(web: WebStore, ended: threading.Event, *, people: int = PEOPLE) -> None:
    """Move so many shoppers, twice a second."""
    at, step = NOON + timedelta(hours=1), 0
    while not ended.wait(1 / TICKS_PER_S):
        at += timedelta(seconds=1 / TICKS_PER_S)
        step += 1
        web.context.writer.submit(
            Priority.SIGHTINGS, take_step, at=at, step=step, people=people
        ).result()


def take_step(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    at: datetime,
    step: int,
    people: int,
) -> None:
    """Everybody is heard by one gateway, a little further on."""
    del now, rooms
    engine = uow.live.presence.fork()
    visits = {}
    for number in range(people):
        name = f"dot-{number}"
        x, y = place_of(number, step)
        gateway = min(PLAN.gateways, key=lambda one: math.dist((one.x, one.y), (x, y)))
        engine.observe(Observation(name, f"gw:{gateway.id}", at.timestamp(), -60, 1, -59))
        visits[name] = Visit(f"visit-{name}", ShopperId(name), NOON)
    engine.advance(at.timestamp())
    uow.live = replace(uow.live, presence=engine, visits=VisitBook(visits), event_now_ms=to_ms(at))


if __name__ == "__main__":
    serve() if SERVE in sys.argv else main()
