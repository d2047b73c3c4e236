"""Who is in the store, and how much of their place is honestly known."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from store_server.clock import to_ms
from store_server.flows.rooms import StoreLive
from store_server.flows.show_people import TellsZones, people_in, zone_mass
from store_server.ids import ShopperId, ZoneId
from store_server.offers.catalogue import EMPTY
from store_server.presence.bayes_filter import BayesFilter
from store_server.presence.engine import Estimate
from store_server.presence.nearest_anchor import NearestAnchor
from store_server.presence.observation import Observation
from store_server.presence.site import site_of
from store_server.presence.visit import Visit, VisitBook
from store_server.shoppers.identity import IdentityTable
from tests.store_server.entrypoints.web_builders import HERE, PLAN
from tests.store_server.offers.builders import NOON

T = NOON.timestamp()
BAKERY = ZoneId("bakery")
BELIEF = Estimate("ann", T, BAKERY, 4.5, 2.25, 0.8, 3.0, T - 2)


class Believing(NearestAnchor):
    """An engine that believes what a test tells it."""

    def __init__(self, *beliefs: Estimate) -> None:
        super().__init__(PLAN, scope=HERE)
        self.beliefs = {one.device: one for one in beliefs}

    def devices(self) -> tuple[str, ...]:
        return tuple(self.beliefs)

    def estimate(self, device: str, t: float) -> Estimate | None:
        return self.beliefs[device]


class Telling(Believing):
    """An engine that also tells how likely every zone is."""

    def zone_probabilities(self, device: str, t: float) -> Mapping[ZoneId, float]:
        return {BAKERY: 0.6, ZoneId("dairy"): 0.3}


def live_of(*beliefs: Estimate, kind: type[Believing] = Believing) -> StoreLive:
    return StoreLive(PLAN, kind(*beliefs), IdentityTable.build([], to_ms(NOON)), EMPTY)


def visiting(live: StoreLive, *names: str) -> StoreLive:
    began = NOON - timedelta(minutes=3)
    return replace(
        live, visits=VisitBook({name: Visit(name, ShopperId(name), began) for name in names})
    )


@pytest.mark.parametrize(
    ("belief", "standing"),
    [
        (BELIEF, "placed"),
        (BELIEF._replace(x=None, y=None, radius_m=None), "zoned"),
        (BELIEF._replace(y=None), "zoned"),
        (BELIEF._replace(zone=None), "placed"),
        (BELIEF._replace(zone=None, x=None, y=None, radius_m=None), "unplaced"),
    ],
)
def test_no_more_is_told_than_is_known(belief: Estimate, standing: str) -> None:
    (ann,) = people_in(visiting(live_of(belief), "ann"), at_t=T)

    assert ann.standing == standing
    assert (ann.x is None) == (standing != "placed")
    assert ann.age_s == 2


def test_whoever_is_in_no_zone_and_no_visit_is_not_in_the_store() -> None:
    assert people_in(live_of(BELIEF._replace(zone=None)), at_t=T) == ()


def test_an_open_visit_that_the_engine_knows_nothing_of_is_in_the_store() -> None:
    (bob,) = people_in(visiting(live_of(), "bob"), at_t=T)

    assert (bob.device, bob.standing, bob.age_s) == ("bob", "unplaced", 180)


def test_a_shopper_is_expected_in_every_zone_that_may_be_right() -> None:
    live = live_of(BELIEF, BELIEF._replace(device="bob"), kind=Telling)

    mass = zone_mass(live, people_in(live, at_t=T), at_t=T)

    assert mass == pytest.approx({"bakery": 1.2, "dairy": 0.6})


def test_an_engine_of_one_zone_tells_of_that_one() -> None:
    live = live_of(BELIEF, BELIEF._replace(device="bob", confidence=0.5))

    assert zone_mass(live, people_in(live, at_t=T), at_t=T) == pytest.approx({"bakery": 1.3})


def test_the_filter_tells_of_every_zone_and_of_strangers_nothing() -> None:
    engine = BayesFilter(site_of(PLAN), scope=HERE)
    for step in range(20):
        for gateway, level in (("gw:gw-1", -60), ("gw:gw-2", -66)):
            engine.observe(Observation("ann", gateway, T + step, level, 1, -59))
    engine.advance(T + 20)

    shares = engine.zone_probabilities("ann", T + 20)

    assert isinstance(engine, TellsZones)
    assert max(shares, key=lambda zone: shares[zone]) == "entrance"
    assert 0.9 < sum(shares.values()) <= 1.0001
    assert engine.zone_probabilities("bob", T + 20) == {}
