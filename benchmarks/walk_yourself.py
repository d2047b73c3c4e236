"""From the drag to the offer: how long the console's own walk takes beyond the dwell asked for.

A real browser drags a simulated shopper into a zone; simulator, gateways, broker, server and
webhooks are the real programs, at the demo's speed. Measured is from the end of the drag
to the bubble on the phone, less the dwell that the campaign asks for (event time over
speed). Beside it, as the reference of the same run: how long an empty page takes.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as NothingCame

from tests.browser.chromium import CHROMIUM, QUIET
from tests.browser.real_store import RealStore, a_real_store

SCENARIO = Path(__file__).parents[1] / "configs" / "scenarios" / "demo.toml"
SPEED = 10
# The first campaign of each zone that the demo has: name of the zone, dwell asked for (s).
ZONES = (("Fruit and vegetables", 10), ("Bakery", 15), ("Dairy", 10))
GIVE_UP_MS = 15_000
# A hand takes about a second over the plan.
STEPS, STEP_MS = 20, 40
BUBBLES = "count => document.querySelectorAll('.bubble').length > count"


def main() -> None:
    """Walk again and again; each walk is a new shopper."""
    walks = int(sys.argv[1]) if len(sys.argv) > 1 else 24
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        with a_real_store(Path(folder), SCENARIO, speed=SPEED) as store:
            measure(browser, store, walks=walks)
        browser.close()


def measure(browser: Browser, store: RealStore, *, walks: int) -> None:
    """Print the figures."""
    page = logged_in(browser, store)
    reference_s = statistics.median(seconds_of(page, f"{store.url}/healthz") for _ in range(9))
    page.goto(f"{store.url}/live/walk")
    beyond: list[float] = []
    by_zone: dict[str, list[float]] = {}
    without = 0
    for number in range(walks):
        zone, dwell_s = ZONES[number % len(ZONES)]
        took_s = drag_to_offer(page, zone)
        if took_s is None:
            without += 1
        else:
            beyond.append(took_s - dwell_s / SPEED)
            by_zone.setdefault(zone, []).append(beyond[-1])
    beyond.sort()
    p95 = beyond[min(len(beyond) - 1, round(0.95 * len(beyond)))] if beyond else float("nan")
    print(f"walks: {walks}, with an offer {len(beyond)}, decided for nothing {without}")
    print(f"drag to offer beyond the dwell: p50 {statistics.median(beyond):.2f} s, p95 {p95:.2f} s")
    for zone, found in by_zone.items():
        print(f"  {zone}: p50 {statistics.median(found):.2f} s, most {max(found):.2f} s")
    print(f"reference, an answer without a page in the same browser: {1000 * reference_s:.1f} ms")


def logged_in(browser: Browser, store: RealStore) -> Page:
    """A page of the manager who came in by the link."""
    page = browser.new_page()
    page.goto(store.link)
    page.get_by_role("button", name="Open the console").click()
    page.wait_for_url(f"{store.url}/")
    return page


def seconds_of(page: Page, url: str) -> float:
    """How long an address takes to be there."""
    began = time.perf_counter()
    page.goto(url)
    return time.perf_counter() - began


def drag_to_offer(page: Page, zone: str) -> float | None:
    """Seconds from the entry to the first bubble of a new shopper; None: nothing was offered."""
    for name in ("Walk in", "Begin again as somebody else"):
        button = page.get_by_role("button", name=name)
        if button.count():
            button.click()
            break
    page.locator("#walk-you").wait_for()
    names = page.locator("#f-zone option").all_inner_texts()
    door, there = middle(page, 0), middle(page, names.index(zone))
    page.mouse.move(*door)
    page.mouse.down()
    # Long enough at the door that the welcome has been said.
    page.wait_for_timeout(1_500)
    shown = page.locator(".bubble").count()
    for step in range(1, STEPS + 1):
        share = step / STEPS
        x, y = (here + share * (then - here) for here, then in zip(door, there, strict=True))
        page.mouse.move(x, y)
        page.wait_for_timeout(STEP_MS)
    began = time.perf_counter()
    page.mouse.up()
    try:
        page.wait_for_function(BUBBLES, arg=shown, timeout=GIVE_UP_MS)
    except NothingCame:
        return None
    return time.perf_counter() - began


def middle(page: Page, number: int) -> tuple[float, float]:
    """The middle of a zone's outline, on the screen."""
    box = page.locator("#walk-plan polygon").nth(number).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


if __name__ == "__main__":
    main()
