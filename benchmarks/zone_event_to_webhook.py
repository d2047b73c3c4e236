"""From a zone event to the webhook's arrival, through real processes, with 50 shoppers inside.

The real `edge-agent`s, broker and `store-server serve`, on the system clock; adverts of tags come
in as a gateway hears them, each second. One shopper after the other comes to the shelf, stays for
ten seconds and gets an offer. Timed is from the instant of the decision (which is made in the
transaction that concludes the zone event, and stands in the webhook's `timestamp`) to the arrival
at a receiver in this process. Beside it, in the same run: what a bare signed post takes.

Run: python -m benchmarks.zone_event_to_webhook [SHOPPERS]
"""

import sqlite3
import statistics
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import httpx

from firmware_sim.ports import Webhook
from tests.faults.process import until
from tests.faults.seed import SYSTEM_CLOCK
from tests.faults.shop import Shop
from tests.faults.state_template import make_template

BAR_P50_MS, BAR_P99_MS = 100.0, 500.0
STAY_S = 16
EVERY_S = 0.5


def main() -> None:
    """Print the percentiles, and end with 1 when a bar is not met."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template"
        template.mkdir()
        make_template(template)
        home = Path(folder) / "shop"
        home.mkdir()
        shop = Shop(home, broker="embedded", template=template, clock=SYSTEM_CLOCK)
        try:
            shop.start()
            bare_ms = bare_posts(shop)
            shop.invite(count)
            webhooks = walk(shop, count)
            began_ms = until_tried(home)
        finally:
            shop.close()
    waits = sorted(one for one in map(wait_ms, webhooks) if one is not None)
    p50, p99 = statistics.median(waits), waits[max(0, round(len(waits) * 0.99) - 1)]
    print(f"shoppers: {count}; offers that arrived: {len(waits)}")
    print(f"decision to the beginning of the try: p50 {statistics.median(began_ms):.0f} ms")
    print(f"bare post to the same receiver: p50 {statistics.median(bare_ms):.1f} ms")
    print(
        f"zone event to webhook: p50 {p50:.0f} ms (bar {BAR_P50_MS:.0f}), "
        f"p99 {p99:.0f} ms (bar {BAR_P99_MS:.0f}), longest {waits[-1]:.0f} ms"
    )
    sys.exit(0 if p50 <= BAR_P50_MS and p99 <= BAR_P99_MS and len(waits) == count else 1)


def walk(shop: Shop, count: int) -> list[Webhook]:
    """Two shoppers more each second, until every one of them has had the time to be offered."""
    everybody = dict(shop.shoppers)
    began = time.monotonic()
    second = 0
    while second < count * EVERY_S + STAY_S:
        second += 1
        time.sleep(max(0.0, began + second - time.monotonic()))
        inside = int(second / EVERY_S)
        shop.shoppers = dict(list(everybody.items())[:inside])
        shop.second(time.time_ns() // 1_000_000, near="gw-2")
    found: list[Webhook] = []

    def all_there() -> bool:
        found.extend(shop.inbox.drain())
        return sum(wait_ms(one) is not None for one in found) >= count

    until(all_there, within_s=30, what="every offer has arrived")
    return found


def wait_ms(webhook: Webhook) -> float | None:
    """From the decision to the arrival; None for what is no offer."""
    document = webhook.body
    if document["type"] != "offer.notification":
        return None
    decided = datetime.fromisoformat(str(document["timestamp"])).timestamp()
    # The receiver notes monotonic seconds.
    arrived = time.time() - (time.monotonic() - webhook.received_s)
    return (arrived - decided) * 1000


def until_tried(home: Path) -> list[int]:
    """From each decision to the beginning of its first try, by the delivery log."""
    with sqlite3.connect(f"file:{home}/state/store.sqlite?mode=ro", uri=True) as store:
        found = store.execute(
            "SELECT a.started_system_ms - n.created_at_ms FROM notification n JOIN "
            "delivery_attempt a ON a.notification = n.id WHERE n.kind = 'offer' AND a.number = 1"
        )
        return [int(waited) for (waited,) in found]


def bare_posts(shop: Shop) -> list[float]:
    """What as many posts of this process take, one after the other."""
    took = []
    with httpx.Client(trust_env=False) as client:
        for _ in range(50):
            started = time.perf_counter()
            client.post(shop.inbox.url, content=b"{}")
            took.append((time.perf_counter() - started) * 1000)
    shop.inbox.drain()
    return took


if __name__ == "__main__":
    main()
