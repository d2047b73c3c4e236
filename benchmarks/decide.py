"""What one decision costs: gates, caps, consent, value, exploration, trace.

Thread CPU time of `decide` in process, per decision, beside a reference loop measured in the same
run (10,000 additions of small integers), so that machines can be compared. Four cases: of 200
live campaigns 20 listen in each of 10 zones; all 200 listen everywhere; the same while five
experiments of two factors vary words and channel of 100 of them; 400 campaigns with 25
offers each listen everywhere and shoppers are drawn from the profile store of a million (every
thousandth has purchases of their own). Every fourth campaign has a segment, every fifth a
budget with something used, every sixth a weekly cap; every tenth offer an age, a personal
discount or a coupon pool; each fact is given as the desk would give it.

Bars: 200 campaigns p50 <= 300 us, p99 <= 1,500 us, >= 2,500/s; 10,000 offers p50 <= 1,000 us,
p99 <= 5,000 us.

Run: python -m benchmarks.decide [DECISIONS]
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from store_server.decisions.decide import decide
from store_server.decisions.facts import PlaceFacts, ShopperFacts
from store_server.decisions.frequency_cap import Shown
from store_server.decisions.policy import DecisionPolicy
from store_server.decisions.request import DecisionRequest
from store_server.ids import CampaignId, HouseholdId, OfferId, ShopperId, ZoneId, scope
from store_server.learning.effect_table import EffectBook
from store_server.learning.offer_effect import OfferEffects
from store_server.learning.purchase_model import PurchaseModel
from store_server.offers.budget import BudgetUse
from store_server.offers.campaign import Campaign, CampaignState
from store_server.offers.catalogue import Catalogue, catalogue_of
from store_server.offers.creative import Creative
from store_server.offers.experiment import (
    Experiment,
    ExperimentState,
    Factor,
    Level,
    Phase,
    Vary,
)
from store_server.offers.limits import CampaignLimits
from store_server.offers.offer import EffectPrior, Offer
from store_server.offers.terms import DiscountBounds, OfferTerms
from store_server.offers.trigger import Trigger, TriggerKind, TriggerRule, trigger_id
from store_server.shoppers.profile import Profile
from store_server.shoppers.profile_store import ProfileStore

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
NOON_TOMORROW = NOW + timedelta(days=1)
ZONES, SHOPPERS, MILLION, CATEGORIES = 10, 500, 1_000_000, 60
POLICY = DecisionPolicy(
    version="bench",
    holdout_bp=1000,
    holdout_salt="salt",
    cap_per_visit=5,
    cap_per_day=9,
    fatigue_minor=1,
    cap_per_week=30,
    quiet_hours=("22:00", "07:00"),
    silent_zone_kinds=("exit", "checkout", "service"),
    explore_bp=300,
    discovery_every=8,
    repeats_in_visit=False,
    category_share_bp=6_000,
)


def a_catalogue(
    number: int, *, offers_each: int = 1, everywhere: bool, experiments: int = 0
) -> Catalogue:
    """So many campaigns with so many offers each, 20 of them in each experiment."""
    return catalogue_of(
        [an_offer(n) for n in range(number * offers_each)],
        [a_campaign(n, offers_each, everywhere=everywhere) for n in range(number)],
        [an_experiment(n) for n in range(experiments)],
    )


def an_experiment(number: int) -> Experiment:
    """Words and channel of 20 campaigns, in six arms."""
    words = Vary(Factor.CREATIVE, (Level("plain"), Level("bold", "bold"), Level("loud", "loud")))
    where = Vary(Factor.CHANNEL, (Level("push"), Level("inbox", "app")))
    weights = ((2, 1, 1), (1, 1))
    return Experiment(
        id=f"e{number}",
        name=f"Experiment {number}",
        campaigns=tuple(CampaignId(f"c{20 * number + n}") for n in range(20)),
        varies=(words, where),
        weights=weights,
        ends_at=NOON_TOMORROW,
        phases=(Phase(NOW - timedelta(days=1), weights),),
        state=ExperimentState.RUNNING,
    )


def an_offer(number: int) -> Offer:
    """Every tenth has terms of its own."""
    terms = (
        OfferTerms(minimum_age=18),
        OfferTerms(discount=DiscountBounds(20, 90, 5), margin_floor_minor=20),
        OfferTerms(coupon_pool=500, cap_per_week=2),
    )
    return Offer(
        id=OfferId(f"o{number}"),
        name=f"Offer {number}",
        category=f"C{number % CATEGORIES}",
        product_ids=(f"p{number}",),
        price_minor=400,
        margin_minor=120 + number % 80,
        face_value_minor=40 + number % 30,
        effect_prior=EffectPrior(mean=0.05 + number % 20 / 100, strength=20),
        creatives={"en": Creative("{offer}", "{value} off")},
        terms=terms[number // 10 % 3] if number % 10 == 0 else OfferTerms(),
    )


def a_campaign(number: int, offers_each: int, *, everywhere: bool) -> Campaign:
    """Live, in one of ten zones or in all."""
    zone = None if everywhere else ZoneId(f"z{number % ZONES}")
    return Campaign(
        id=CampaignId(f"c{number}"),
        name=f"Campaign {number}",
        offers=tuple(OfferId(f"o{number * offers_each + n}") for n in range(offers_each)),
        trigger=TriggerRule(TriggerKind.ZONE_ENTER, zone),
        starts_at=NOW - timedelta(days=1),
        ends_at=NOW + timedelta(days=1),
        budget_issues=1000 if number % 5 == 0 else None,
        state=CampaignState.LIVE,
        segment=f"s{number % 8}" if number % 4 == 0 else None,
        limits=CampaignLimits(cap_per_week=3) if number % 6 == 0 else CampaignLimits(),
    )


def a_model(shoppers: int, *, step: int = 1) -> PurchaseModel:
    """30 baskets of each of so many shoppers."""
    model = PurchaseModel()
    for shopper in range(0, shoppers, step):
        for week in range(30):
            bought = {f"C{(shopper * 7 + week * pace) % CATEGORIES}" for pace in (1, 3, 5, 11, 17)}
            model.update(ShopperId(f"s{shopper}"), NOW - timedelta(weeks=week), bought)
    return model


def some_effects(offers: int) -> EffectBook:
    """What 30 decisions about each of the first 200 offers have told."""
    effects = OfferEffects()
    for number in range(min(offers, 200)):
        for turn in range(30):
            shown, bought = turn % 10 != 0, turn % 4 == 0
            effects.update(f"o{number}", "1", shown=shown, bought=bought, chance_without=0.1)
    return EffectBook(effects)


def a_request(number: int, *, campaigns: int, profile: Profile) -> DecisionRequest:
    """A shopper who enters a zone, with the facts that the desk would have looked up."""
    trigger = Trigger(
        id=trigger_id(TriggerKind.ZONE_ENTER, str(number)),
        kind=TriggerKind.ZONE_ENTER,
        shopper=profile.shopper,
        zone=ZoneId(f"z{number % ZONES}"),
        at=NOW,
        event_id=str(number),
        visit_id=f"v{number}",
    )
    seen = CampaignId(f"c{number % campaigns}")
    return DecisionRequest(
        trigger=trigger,
        scope=scope("acme", "demo"),
        at=NOW,
        local=UTC,
        household=HouseholdId(f"h{number % 200}"),
        language=profile.language,
        offers_allowed=number % 10 != 0,
        profile_allowed=True,
        shown=Shown(
            today={seen: 1},
            today_total=1,
            week={seen: 2},
            week_total=2,
            offers_week={OfferId(f"o{number % campaigns}"): 2},
            last_days={seen: 0},
        ),
        budgets={CampaignId(f"c{n}"): BudgetUse(issues=900) for n in range(0, campaigns, 50)},
        shopper=ShopperFacts(
            excluded=profile.excluded,
            age=30,
            segments=frozenset({"s0", "s4"}),
            bought=frozenset({f"C{number % CATEGORIES}"}),
            recent=("C1", "C2"),
        ),
        place=PlaceFacts(
            zone_kind="sales", confidence_bp=9_000, out_of_stock=frozenset({"p3", "p77"})
        ),
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


def measured(name: str, taken: list[float], reference_us: float) -> None:
    """Print one line."""
    p50, p99 = taken[len(taken) // 2], taken[len(taken) * 99 // 100]
    print(
        f"{name}: p50 {p50:.0f} us ({p50 / reference_us:.2f} x reference), "
        f"p99 {p99:.0f} us ({p99 / reference_us:.2f} x reference), "
        f"{1e6 * len(taken) / sum(taken):.0f} decisions/s of one core"
    )


def run(
    catalogue: Catalogue,
    profiles: Callable[[int], Profile],
    *,
    model: PurchaseModel,
    effects: EffectBook,
    times: int,
) -> list[float]:
    """CPU time of each decision, ascending; the first ones lay out the shelves and do not count."""
    campaigns = len(catalogue.campaigns)
    requests = [a_request(n, campaigns=campaigns, profile=profiles(n)) for n in range(times)]

    def once(number: int) -> object:
        return decide(
            requests[number], POLICY, catalogue=catalogue, purchases=model, effects=effects
        )

    for number in range(2 * ZONES):
        once(number)
    return cpu_times_us(once, times=times)


def a_million() -> ProfileStore:
    """A million shoppers of whom little is known, as most are."""
    store = ProfileStore()
    for number in range(MILLION):
        excluded = frozenset({"C7"}) if number % 20 == 0 else frozenset[str]()
        store.put(Profile(ShopperId(f"s{number}"), excluded=excluded))
    return store


def main() -> None:
    """Print p50 and p99 in microseconds and as ratio to the reference."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    reference_us = cpu_times_us(reference_loop, times=200)[100]
    print(f"reference (10,000 additions): p50 {reference_us:.0f} us")
    few, effects = a_model(SHOPPERS), some_effects(200)
    for name, everywhere, experiments in (
        ("20 of 200 campaigns listen", False, 0),
        ("all 200 listen", True, 0),
        ("all 200 listen, 5 experiments on 100 of them", True, 5),
    ):
        taken = run(
            a_catalogue(200, everywhere=everywhere, experiments=experiments),
            lambda n: Profile(ShopperId(f"s{n % SHOPPERS}")),
            model=few,
            effects=effects,
            times=times,
        )
        measured(name, taken, reference_us)
    many, store = a_model(MILLION, step=1000), a_million()
    taken = run(
        a_catalogue(400, offers_each=25, everywhere=True),
        lambda n: store.get(ShopperId(f"s{n * 7919 % MILLION}")) or Profile(ShopperId("?")),
        model=many,
        effects=some_effects(10_000),
        times=times // 5,
    )
    measured("10,000 offers of 400 campaigns, 1,000,000 shoppers", taken, reference_us)
    print("bars: 300 / 1,500 us and 2,500/s; 1,000 / 5,000 us")


if __name__ == "__main__":
    main()
