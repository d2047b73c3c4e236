"""How soon the live page is ready, beside the same page in NiceGUI.

Both show a plan with its zones, fifty dots that move twice a second, the tiles, the table of
zones, the table of everybody, and the last decisions. Ready is the same for both: all dots are in
the document and a frame was painted, in milliseconds since the navigation began (the browser's
own clock). Cold is a new browser context, warm the same address again in it; runs take turns.
NiceGUI answers from an environment of its own: `make bench` makes `.venv/nicegui`.
"""

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as NotThere

from benchmarks.live_tabs import log_in, told, walk
from store_server import schema
from store_server.database import open_database
from tests.browser.chromium import CHROMIUM, QUIET
from tests.browser.walked_store import place_of, served
from tests.store_server.entrypoints.web_builders import PLAN, a_web_store

ROOT = Path(__file__).resolve().parents[1]
PEER = Path(os.environ.get("NICEGUI_PYTHON", ROOT / ".venv/nicegui/bin/python"))
PEOPLE = 50
RUNS = 7
BAR = 3.0
UP_WITHIN_S = 60.0
SERVE = "--serve"
# In the page, before anything of it runs: nothing that drives the browser counts.
NOTE_READY = f"""
new MutationObserver((_, observer) => {{
  if (document.querySelectorAll('.dot').length < {PEOPLE}) return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => {{ window.readyMs = performance.now(); }}));
}}).observe(document, {{ childList: true, subtree: true }});
"""
READY = "() => window.readyMs"


@dataclass(frozen=True, slots=True)
class Looked:
    """One page: milliseconds when it was new, and again; bytes and requests of the first time."""

    cold_ms: float
    warm_ms: float
    kilobytes: float
    requests: int


def main() -> None:
    """Start both, look at each in turn, say how they compare."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    with ours() as link, theirs() as peer_url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        name, _, value = log_in(link).partition("=")
        own_url = link.partition("/login/")[0] + "/live"
        cookie = {"name": name, "value": value, "url": own_url}
        look(browser, own_url, cookie), look(browser, peer_url, None)
        found: dict[str, list[Looked]] = {"console": [], "nicegui": []}
        for _ in range(runs):
            found["console"].append(look(browser, own_url, cookie))
            found["nicegui"].append(look(browser, peer_url, None))
        browser.close()
    for who, looks in found.items():
        cold, warm = (statistics.median(ms) for ms in times(looks))
        least, most = min(one.cold_ms for one in looks), max(one.cold_ms for one in looks)
        print(
            f"{who}: ready in {cold:.0f} ms ({least:.0f}..{most:.0f}), again in {warm:.0f} ms, "
            f"{looks[0].kilobytes:.0f} kB, {looks[0].requests} requests"
        )
    ratios = [
        statistics.median(other) / statistics.median(own)
        for own, other in zip(times(found["console"]), times(found["nicegui"]), strict=True)
    ]
    met = "MET" if ratios[0] >= BAR else "MISSED"
    print(f"console is {ratios[0]:.1f} x sooner ready (again: {ratios[1]:.1f} x); bar 3 x: {met}")


def times(looks: list[Looked]) -> tuple[list[float], list[float]]:
    """All cold times, all warm times."""
    return [one.cold_ms for one in looks], [one.warm_ms for one in looks]


def look(browser: Browser, url: str, cookie: dict[str, str] | None) -> Looked:
    """The page in a new context, then the same once more."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    if cookie is not None:
        context.add_cookies([cookie])  # type: ignore[list-item] # a plain dict is what it takes
    page = context.new_page()
    page.add_init_script(NOTE_READY)
    sizes: list[int] = []
    page.on(
        "requestfinished",
        lambda one: sizes.append(one.sizes()["responseBodySize"]) if "http" in one.url else None,
    )
    page.goto(url, wait_until="commit")
    cold_ms = page.wait_for_function(READY).json_value()
    page.wait_for_load_state()
    page.wait_for_timeout(200)
    kilobytes, requests = sum(sizes) / 1000, len(sizes)
    page.goto(url, wait_until="commit")
    warm_ms = page.wait_for_function(READY).json_value()
    context.close()
    return Looked(cold_ms, warm_ms, kilobytes, requests)


@contextmanager
def ours() -> Iterator[str]:
    """The console in a process of its own; the one-time link to it."""
    command = [sys.executable, "-m", "benchmarks.nicegui_ready", SERVE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield process.stdout.readline().decode().strip()
        process.communicate(b"end\n", timeout=60)


@contextmanager
def theirs() -> Iterator[str]:
    """NiceGUI's page in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(PEER), str(ROOT / "benchmarks" / "nicegui_peer.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(content(port)).encode() + b"\n")
        process.stdin.flush()
        wait_until_up(port)
        yield f"http://127.0.0.1:{port}/live"
        process.terminate()


def wait_until_up(port: int) -> None:
    """Wait until somebody listens there."""
    until_s = time.monotonic() + UP_WITHIN_S
    while time.monotonic() < until_s:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise NotThere(f"{PEER}: no page within {UP_WITHIN_S:.0f} s; run `make .venv/.nicegui`")


def content(port: int) -> dict[str, object]:
    """What stands on the live page, as plain values."""
    places = [place_of(number, 0) for number in range(PEOPLE)]
    zones = [zone.name for zone in PLAN.zones]
    people = [
        [f"{n:06x}", zones[n % len(zones)], "2.1 m", "80%", "now", "-"] for n in range(PEOPLE)
    ]
    return {
        "port": port,
        "width": round(PLAN.width_m * 100),
        "height": round(PLAN.height_m * 100),
        "zones": [" ".join(f"{x * 100},{y * 100}" for x, y in one.polygon) for one in PLAN.zones],
        "dots": [(x * 100, y * 100) for x, y in places],
        "tiles": [("In the store now", "50"), ("Offers delivered today", "0")],
        "tables": {
            "People by zone": [["Zone", "Now", "Expected", "Minutes"]]
            + [[name, 8, 8.3, 12] for name in zones],
            "Everybody": [["Who", "Place", "Within", "Sure", "Heard", "Offer"], *people],
        },
        "decisions": [],
    }


def serve() -> None:
    """The console with fifty people who move, until a line comes in."""
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'store.db'}")
        schema.create_tables(database.write)
        with a_web_store(database, simulated=True) as web, served(web, walks=False) as running:
            ended = threading.Event()
            walking = threading.Thread(target=partial(walk, web, ended, people=PEOPLE))
            walking.start()
            told(running)
            sys.stdin.readline()
            ended.set()
            walking.join()
        database.close()


if __name__ == "__main__":
    serve() if SERVE in sys.argv else main()
