"""The point between the anchors, and how far off it may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.presence.anchor_levels import Level, places_of
from store_server.presence.engine import Estimate
from store_server.presence.policy import PresencePolicy
from store_server.presence.position import LONE_CONFIDENCE, estimate_of
from store_server.shop.floor_plan import FloorPlan
from tests.store_server.presence.builders import BAKERY_GW, ENTRANCE_GW, T0
from tests.store_server.shop.builders import ENTRANCE, a_plan

PLACES = places_of(a_plan())


def estimated(entrance_db: float, bakery_db: float | None, *, after_s: float = 0.0) -> Estimate:
    levels = {ENTRANCE_GW: Level(entrance_db, T0)}
    if bakery_db is not None:
        levels[BAKERY_GW] = Level(bakery_db, T0)
    return estimate_of(
        "s-1",
        ENTRANCE,
        T0 + after_s,
        last_seen_t=T0,
        levels=levels,
        places=PLACES,
        policy=PresencePolicy(),
    )


def test_lies_in_the_middle_between_equal_anchors() -> None:
    estimate = estimated(-20, -20)

    assert (estimate.x, estimate.y) == (10.0, 5.0)
    assert estimate.confidence == pytest.approx(0.5)


def test_one_anchor_alone_is_not_taken_for_certain() -> None:
    assert estimated(-5, None).confidence == LONE_CONFIDENCE


def test_the_surer_the_larger_the_lead() -> None:
    assert estimated(-10, -30).confidence > estimated(-10, -14).confidence > 0.5


@given(st.floats(-120, 60), st.floats(-120, 60), st.floats(0, 10_000))
def test_stays_on_the_plan_and_within_honest_bounds(
    entrance_db: float, bakery_db: float, after_s: float
) -> None:
    plan: FloorPlan = a_plan()
    estimate = estimated(entrance_db, bakery_db, after_s=after_s)

    assert estimate.x is not None
    assert 0 <= estimate.x <= plan.width_m
    assert 0 <= estimate.confidence <= 1
    assert estimate.radius_m is not None
    assert 2 <= estimate.radius_m <= 50
