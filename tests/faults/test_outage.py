"""The broker is away for two minutes of event time: nothing is lost, nothing stale is told.

`benchmarks/broker_outage.py` does the same by the wall clock.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.faults.process import until
from tests.faults.shop import GATEWAYS, Shop

pytestmark = [
    pytest.mark.faults,
    pytest.mark.xdist_group("faults"),
    pytest.mark.timeout(240),
]

LATE_MS = 30_000
# What a frozen broker had in its socket (at most 16 batches of each gateway) is told later with
# the stamp of its time, and event time goes by stamps: so the moments that must not be told begin
# after it. By the system clock there is no such difference.
QUIET_S, DWELL_S, LEFT_S = 40, 50, 30
OUTAGE_S = QUIET_S + DWELL_S + LEFT_S


def ms(instant: str) -> int:
    return round(datetime.fromisoformat(instant).astimezone(UTC).timestamp() * 1000)


def told(shop: Shop, shoppers: Mapping[str, bytes]) -> list[tuple[dict[str, Any], int]]:
    """Data of each webhook about these shoppers, with the simulated time at its receipt."""
    found: list[tuple[dict[str, Any], int]] = []

    def each_has_one() -> bool:
        for webhook, at_ms in shop.drain():
            data = webhook.body["data"]
            assert isinstance(data, dict)
            if webhook.body["type"] == "offer.notification" and data["shopper_id"] in shoppers:
                found.append((data, at_ms))
        return {data["shopper_id"] for data, _ in found} == set(shoppers)

    until(each_has_one, within_s=30, what="each of them is told something")
    return found


def test_two_minutes_without_broker_lose_nothing_and_tell_nothing_stale(shop: Shop) -> None:
    # A gateway that only spoke in an earlier test may still be waited for (`clock_lag_s`, 30 s).
    shop.invite(1)
    shop.walk(35, near="gw-1")
    before = shop.invite(2)
    shop.walk(15, near="gw-2")
    early = told(shop, before)
    during = shop.invite(2)
    gone_ms = shop.now_ms
    counts = shop.api.progress()["counts"]

    shop.lose_broker()
    shop.walk(QUIET_S, near="gw-1", wait=False)
    shop.walk(DWELL_S, near="gw-2", wait=False)
    shop.walk(LEFT_S, near="gw-1", wait=False)
    back_ms = shop.now_ms
    until(
        lambda: all(shop.waiting(name) >= OUTAGE_S for name in GATEWAYS),
        what="both gateways have kept it all",
    )
    shop.find_broker()
    shop.settle(within_s=90)
    shop.assert_applied_once()
    shop.walk(2, near="gw-1")

    progress = shop.api.progress()
    assert shop.api.decisions(during) == []
    assert progress["pending_observations"] == 0
    told_of = progress["counts"]["sightings"] - counts["sightings"]
    assert told_of >= (OUTAGE_S + 2) * len(during) * 2

    shop.walk(25, near="gw-2")
    late = told(shop, during)
    shop.assert_applied_once()
    assert all(ms(one["trigger_at"]) > back_ms for one, _ in late)
    for data, at_ms in early + late:
        assert not gone_ms < ms(data["trigger_at"]) <= back_ms - LATE_MS
        assert ms(data["expires_at"]) > at_ms
    assert all(ms(one["at"]) > back_ms - LATE_MS for one in shop.api.decisions(during))
