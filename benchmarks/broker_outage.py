"""The broker is away for two minutes of the wall clock, while shoppers walk and dwell.

    python benchmarks/broker_outage.py [--away-s 120] [--broker embedded|mosquitto|both]

Real processes by the system clock: store server, two gateways, and either broker, both shops at
the same time. Mosquitto is stopped and started again; the embedded broker is frozen and goes on.
Prints, for each broker, batches emitted, applied and dropped as duplicates, and how much was
told too late; ends with 1 when a batch was lost or applied twice, or something stale was told.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from firmware_sim.ports import Webhook
from tests.brokers import BrokerKind
from tests.faults.process import until
from tests.faults.seed import SYSTEM_CLOCK
from tests.faults.shop import Shop
from tests.faults.state_template import make_template

LATE_MS = 30_000
BEFORE_S, AFTER_S = 20, 40
KINDS: tuple[BrokerKind, ...] = ("embedded", "mosquitto")


def now_ms() -> int:
    """The wall clock."""
    return time.time_ns() // 1_000_000


def live(shops: Iterable[Shop], seconds: int, *, turns: Mapping[str, int]) -> None:
    """Seconds of the wall clock in which shoppers stand at gateways in turn.

    Args:
        shops: all of them live the same seconds.
        seconds: how long.
        turns: seconds near each gateway; begins anew when it has ended.
    """
    places = [gateway for gateway, length in turns.items() for _ in range(length)]
    for number in range(seconds):
        second_ms = now_ms() // 1000 * 1000 + 1000
        time.sleep((second_ms - now_ms()) / 1000)
        for shop in shops:
            shop.second(second_ms, near=places[number % len(places)])


def instant_ms(data: Mapping[str, Any], name: str) -> int:
    """An instant of a webhook or decision."""
    return round(datetime.fromisoformat(data[name]).timestamp() * 1000)


def is_stale(webhook: Webhook, *, gone_ms: int, back_ms: int, offset_ms: int) -> bool:
    """Whether a webhook tells of a moment that was over, or came when it was.

    Args:
        webhook: as it was received.
        gone_ms: when the broker went away.
        back_ms: when it came back.
        offset_ms: of the wall clock against the monotonic one.
    """
    data = webhook.body["data"]
    assert isinstance(data, dict)
    received_ms = round(webhook.received_s * 1000) + offset_ms
    trigger_ms = instant_ms(data, "trigger_at")
    inside = gone_ms < trigger_ms <= back_ms - LATE_MS
    return (
        inside
        or received_ms - trigger_ms > LATE_MS
        or instant_ms(data, "expires_at") <= (received_ms)
    )


def report(shop: Shop, *, gone_ms: int, back_ms: int) -> bool:
    """Print what became of one shop; whether all is well."""
    offset_ms = now_ms() - round(time.monotonic() * 1000)
    webhooks = shop.inbox.drain()
    stale = sum(
        is_stale(one, gone_ms=gone_ms, back_ms=back_ms, offset_ms=offset_ms) for one in webhooks
    )
    counts = shop.assert_applied_once()
    emitted, applied, duplicates = (sum(column) for column in zip(*counts.values(), strict=True))
    progress = shop.api.progress()["counts"]
    print(f"{shop.kind}: emitted {emitted}, applied {applied}, duplicates dropped {duplicates}")
    print(
        f"{shop.kind}: sightings {progress['sightings']}, of them late "
        f"{progress.get('late_sightings', 0)}; notifications {len(webhooks)}, stale {stale}"
    )
    return stale == 0 and emitted == applied and len(webhooks) > 0


def run(shops: list[Shop], *, away_s: int) -> bool:
    """Before, without broker, after; whether all is well."""
    for shop in shops:
        shop.start()
        shop.invite(3)
    live(shops, BEFORE_S, turns={"gw-2": BEFORE_S})
    for shop in shops:
        shop.lose_broker()
        shop.invite(3)
    gone_ms = now_ms()
    live(shops, away_s, turns={"gw-2": 30, "gw-1": 15})
    back_ms = now_ms()
    for shop in shops:
        shop.find_broker()
    live(shops, AFTER_S, turns={"gw-1": AFTER_S // 2, "gw-2": AFTER_S // 2})
    until(
        lambda: all(shop.sound for shop in shops), within_s=120, what="every batch is acknowledged"
    )
    outcomes = [report(shop, gone_ms=gone_ms, back_ms=back_ms) for shop in shops]
    return all(outcomes)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--away-s", type=int, default=120)
    parser.add_argument("--broker", choices=(*KINDS, "both"), default="both")
    chosen = parser.parse_args()
    kinds = [kind for kind in KINDS if chosen.broker in (kind, "both")]
    with tempfile.TemporaryDirectory() as folder:
        for name in ("template", *kinds):
            (Path(folder) / name).mkdir()
        template = make_template(Path(folder) / "template")
        shops = [
            Shop(Path(folder) / kind, broker=kind, template=template, clock=SYSTEM_CLOCK)
            for kind in kinds
        ]
        try:
            good = run(shops, away_s=chosen.away_s)
        finally:
            for shop in shops:
                shop.close()
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
