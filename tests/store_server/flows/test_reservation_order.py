"""Two servers that reserve for the same campaigns the other way round never wait for each other."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

from store_server.database import Database
from store_server.decisions.decision import Outcome
from store_server.flows.rooms import Policy
from store_server.ids import ZoneId
from store_server.offers.terms import OfferTerms
from store_server.offers.trigger import TriggerKind, TriggerRule
from tests.store_server.flows.decision_builders import Shop, a_shop
from tests.store_server.offers.builders import NOON, a_campaign, a_trigger, an_offer

ROUNDS = 12
HALVES = ("bakery", "dairy")


def a_pair(database: Database) -> list[Shop]:
    """Two servers on one database; each zone has its campaign, each offer its own budget."""
    offers = [
        replace(an_offer(zone), terms=OfferTerms(budget_minor=10**9, coupon_pool=10**6))
        for zone in HALVES
    ]
    campaigns = [
        a_campaign(
            zone, offers=(zone,), trigger=TriggerRule(TriggerKind.ZONE_DWELL, ZoneId(zone), 20)
        )
        for zone in HALVES
    ]
    policy = Policy(holdout_bp=0, cap_per_day=99, cap_per_visit=99, cap_per_week=99)
    people = [f"{who}{n}" for who in ("ann", "bob") for n in range(2 * ROUNDS)]
    first = a_shop(database, offers=offers, campaigns=campaigns, shoppers=people, policy=policy)
    return [first, Shop(database, replace(first.rooms), first.now)]


def decide_many(shop: Shop, who: str, zones: tuple[str, ...], together: Barrier) -> int:
    offered = 0
    for number in range(ROUNDS):
        triggers = [
            a_trigger(
                f"{who}{number}{zone}", shopper=f"{who}{2 * number + place}", zone=zone, at=NOON
            )
            for place, zone in enumerate(zones)
        ]
        together.wait(timeout=60)
        offered += sum(one.outcome is Outcome.OFFERED for one in shop.decide(*triggers))
    return offered


def test_two_connections_reserve_for_two_campaigns_in_either_order(database: Database) -> None:
    shops, together = a_pair(database), Barrier(2)

    with ThreadPoolExecutor(2) as pool:
        won = [
            pool.submit(decide_many, shops[0], "ann", HALVES, together),
            pool.submit(decide_many, shops[1], "bob", HALVES[::-1], together),
        ]

    assert [one.result() for one in won] == [2 * ROUNDS, 2 * ROUNDS]
