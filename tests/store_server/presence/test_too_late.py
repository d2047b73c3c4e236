"""What an engine takes and what goes to history: each sighting is one of the two, never both."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.presence.bayes_filter import BayesFilter
from store_server.presence.engine import PresenceEngine
from store_server.presence.event_clock import reached
from store_server.presence.observation import Observation
from store_server.presence.site import site_of
from tests.store_server.presence.builders import (
    BAKERY_GW,
    ENTRANCE_GW,
    SCOPE,
    T0,
    an_engine,
    heard,
)
from tests.store_server.shop.builders import a_plan

SITE = site_of(a_plan())
ENGINES: dict[str, Callable[[], PresenceEngine]] = {
    "bayes": lambda: BayesFilter(SITE, scope=SCOPE),
    "nearest": an_engine,
}
SIGHTINGS = st.lists(
    st.builds(
        lambda tenths, anchor, level: heard(tenths / 10, anchor=anchor, rssi_dbm=level),
        st.integers(0, 600),
        st.sampled_from([ENTRANCE_GW, BAKERY_GW]),
        st.integers(-90, -50),
    ),
    max_size=12,
)


def taken(engine: PresenceEngine, told: list[Observation]) -> tuple[list[bool], list[bool]]:
    """For each of what the engine takes beforehand, and of the rest: was it taken when heard?"""
    fresh = [one for one in told if engine.takes(one.device, one.t)]
    late = [one for one in told if one not in fresh]
    took: list[bool] = []
    for one in reached(fresh, float("inf"))[0]:
        took.append(engine.takes(one.device, one.t))
        engine.observe(one)
    before = engine.states(engine.known())
    dropped = [engine.observe(one) == [] for one in late]
    assert engine.states(engine.known()) == before
    return took, dropped


@pytest.mark.parametrize("kind", ENGINES)
@settings(max_examples=40, deadline=None)
@given(st.lists(SIGHTINGS, min_size=2, max_size=4))
def test_each_batch_is_parted_once_and_for_all(kind: str, batches: list[list[Observation]]) -> None:
    engine = ENGINES[kind]()
    for number, told in enumerate(batches):
        took, dropped = taken(engine, told)
        assert all(took)
        assert all(dropped)
        engine.advance(T0 + 15 * number)
