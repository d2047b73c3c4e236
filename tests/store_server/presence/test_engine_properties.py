"""What every engine promises, on random walks with gaps, echoes and nonsense."""

import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.presence.engine import ZoneEvent
from store_server.presence.observation import Observation
from tests.store_server.presence.builders import T0, a_walk, an_engine, told

seeds = st.integers(0, 2**32)


def lives(walk: list[Observation], *, tick_s: float = 5.0) -> list[ZoneEvent]:
    """All events of a walk when time is let pass at each tick, as the server does."""
    engine, events = an_engine(), []
    until = T0
    for one in walk:
        while one.t > until + tick_s:
            until += tick_s
            events += engine.advance(until)
        events += engine.observe(one)
    return [*events, *engine.advance(until + 1_000)]


def of_each(events: list[ZoneEvent]) -> dict[str, list[ZoneEvent]]:
    found: dict[str, list[ZoneEvent]] = {}
    for event in events:
        found.setdefault(event.device, []).append(event)
    return found


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_events_alternate_and_end(seed: int) -> None:
    for events in of_each(lives(a_walk(seed))).values():
        kinds = "".join({"enter": "(", "dwell": "", "exit": ")"}[one.kind] for one in events)
        assert kinds == "()" * (len(kinds) // 2)
        assert kinds
        for before, after in pairwise(events):
            if before.kind != "exit":
                assert (after.zone, after.entered_at_t) == (before.zone, before.entered_at_t)


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_time_never_goes_back_for_a_device(seed: int) -> None:
    for events in of_each(lives(a_walk(seed))).values():
        assert all(before.t <= after.t for before, after in pairwise(events))


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_ids_are_unique(seed: int) -> None:
    ids = [event.id for event in lives(a_walk(seed))]

    assert len(ids) == len(set(ids))


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(1, 500))
def test_the_past_does_not_depend_on_what_follows(seed: int, length: int) -> None:
    walk = a_walk(seed)

    whole, part = told(an_engine(), walk), told(an_engine(), walk[:length])

    assert whole[: len(part)] == part


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_every_observation_twice_is_every_observation_once(seed: int) -> None:
    walk = a_walk(seed)

    twice = [one for one in walk for _ in range(2)]

    assert lives(twice) == lives(walk)


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_how_often_somebody_looks_changes_nothing(seed: int) -> None:
    walk = a_walk(seed)

    often, seldom = lives(walk, tick_s=0.5), lives(walk, tick_s=20)

    assert of_each(often) == of_each(seldom)


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_disorder_breaks_no_promise(seed: int) -> None:
    walk = a_walk(seed)
    random.Random(seed).shuffle(walk)

    for events in of_each(told(an_engine(), walk, until_s=5_000)).values():
        kinds = [one.kind for one in events if one.kind != "dwell"]
        assert kinds == ["enter", "exit"] * (len(kinds) // 2)
        assert all(before.t <= after.t for before, after in pairwise(events))


@settings(max_examples=25, deadline=None)
@given(seeds, st.floats(0, 400))
def test_estimates_are_honest_numbers(seed: int, after_s: float) -> None:
    engine = an_engine()
    told(engine, a_walk(seed))

    for name in engine.devices():
        estimate = engine.estimate(name, T0 + after_s)
        assert estimate is None or 0 <= estimate.confidence <= 1
        assert estimate is None or estimate.radius_m is None or 0 < estimate.radius_m <= 50
