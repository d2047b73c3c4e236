"""What one decision costs: 200 live campaigns, real gates, caps, consent, ranking.

Thread CPU time of `decide` in process, per decision, beside a reference loop measured in the same
run (10,000 additions of small integers), so that machines can be compared. Two cases: 20
campaigns listen in each of 10 zones, and all 200 listen everywhere.

Run: python benchmarks/decide.py [DECISIONS]
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from store_server.decisions.decide import decide
from store_server.decisions.frequency_cap import Shown
from store_server.decisions.policy import DecisionPolicy
from store_server.decisions.request import DecisionRequest
from store_server.ids import CampaignId, HouseholdId, OfferId, ShopperId, ZoneId, scope
from store_server.learning.purchase_model import PurchaseModel
from store_server.offers.campaign import Campaign, CampaignState
from store_server.offers.catalogue import Catalogue, catalogue_of
from store_server.offers.creative import Creative
from store_server.offers.offer import EffectPrior, Offer
from store_server.offers.trigger import Trigger, TriggerKind, TriggerRule, trigger_id

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
CAMPAIGNS, ZONES, SHOPPERS = 200, 10, 500
POLICY = DecisionPolicy(
    version="bench",
    holdout_bp=1000,
    holdout_salt="salt",
    cap_per_visit=5,
    cap_per_day=9,
    fatigue_minor=1,
)


def a_catalogue(*, everywhere: bool) -> Catalogue:
    """200 campaigns with one offer each."""
    offers, campaigns = [], []
    for number in range(CAMPAIGNS):
        offers.append(
            Offer(
                id=OfferId(f"o{number}"),
                name=f"Offer {number}",
                category=f"C{number % 60}",
                product_ids=(f"p{number}",),
                price_minor=400,
                margin_minor=120 + number % 80,
                face_value_minor=40 + number % 30,
                effect_prior=EffectPrior(mean=0.05 + number % 20 / 100, strength=20),
                creatives={"en": Creative("{offer}", "{value} off")},
            )
        )
        zone = None if everywhere else ZoneId(f"z{number % ZONES}")
        campaigns.append(
            Campaign(
                id=CampaignId(f"c{number}"),
                name=f"Campaign {number}",
                offers=(OfferId(f"o{number}"),),
                trigger=TriggerRule(TriggerKind.ZONE_ENTER, zone),
                starts_at=NOW - timedelta(days=1),
                ends_at=NOW + timedelta(days=1),
                budget_issues=1000,
                state=CampaignState.LIVE,
            )
        )
    return catalogue_of(offers, campaigns)


def a_model() -> PurchaseModel:
    """30 baskets of each of 500 shoppers."""
    model = PurchaseModel()
    for shopper in range(SHOPPERS):
        for week in range(30):
            bought = {f"C{(shopper * 7 + week * step) % 60}" for step in (1, 3, 5, 11, 17)}
            model.update(ShopperId(f"s{shopper}"), NOW - timedelta(weeks=week), bought)
    return model


def a_request(number: int) -> DecisionRequest:
    """A shopper who enters a zone."""
    trigger = Trigger(
        id=trigger_id(TriggerKind.ZONE_ENTER, str(number)),
        kind=TriggerKind.ZONE_ENTER,
        shopper=ShopperId(f"s{number % SHOPPERS}"),
        zone=ZoneId(f"z{number % ZONES}"),
        at=NOW,
        event_id=str(number),
        visit_id=f"v{number}",
    )
    return DecisionRequest(
        trigger=trigger,
        scope=scope("acme", "demo"),
        at=NOW,
        local=UTC,
        household=HouseholdId(f"h{number % 200}"),
        language="en",
        offers_allowed=number % 10 != 0,
        profile_allowed=True,
        shown=Shown(today={CampaignId(f"c{number % CAMPAIGNS}"): 1}, today_total=1),
    )


def cpu_times_us(work: Callable[[int], object], *, times: int) -> list[float]:
    """Thread CPU time of each call, ascending."""
    taken = []
    for number in range(times):
        started_ns = time.thread_time_ns()
        work(number)
        taken.append((time.thread_time_ns() - started_ns) / 1000)
    return sorted(taken)


def reference_loop(_number: int) -> int:
    """10,000 additions: what the machine does in pure Python."""
    total = 0
    for number in range(10_000):
        total += number
    return total


def main() -> None:
    """Print p50 and p99 in microseconds and as ratio to the reference."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    model = a_model()
    reference_us = cpu_times_us(reference_loop, times=200)[100]
    print(f"reference (10,000 additions): p50 {reference_us:.0f} us")
    for name, everywhere in (("20 of 200 campaigns listen", False), ("all 200 listen", True)):
        catalogue = a_catalogue(everywhere=everywhere)
        requests = [a_request(number) for number in range(times)]
        taken = cpu_times_us(
            lambda number, catalogue=catalogue, requests=requests: decide(  # type: ignore[misc] # mypy does not follow defaults of lambdas
                requests[number], POLICY, catalogue=catalogue, purchases=model
            ),
            times=times,
        )
        p50, p99 = taken[times // 2], taken[times * 99 // 100]
        print(
            f"{name}: p50 {p50:.0f} us ({p50 / reference_us:.2f} x reference), "
            f"p99 {p99:.0f} us ({p99 / reference_us:.2f} x reference), "
            f"{1e6 * times / sum(taken):.0f} decisions/s of one core"
        )


if __name__ == "__main__":
    main()
