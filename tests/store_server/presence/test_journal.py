"""Checkpoint and replay give what was known, bit by bit, wherever the cut falls."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.presence.bayes_filter import BayesFilter
from store_server.presence.engine import PresenceEngine, ZoneEvent
from store_server.presence.journal import Journal, Step, conclude, joined, replay, still_waiting
from store_server.presence.journal_codec import step_from, step_payload
from store_server.presence.policy import PresencePolicy
from store_server.presence.site import site_of
from tests.store_server.presence.builders import SCOPE, T0_MS, a_walk, an_engine, heard
from tests.store_server.shop.builders import a_plan

seeds = st.integers(0, 2**32)


def some_steps(seed: int, *, waiting: bool) -> list[Step]:
    """A noisy walk as a store journals it, by one clock or the other."""
    rng, walk, steps = random.Random(seed), a_walk(seed, seconds=60), []
    until_ms = T0_MS
    while walk:
        many = rng.randrange(1, 30)
        taken, walk = tuple(walk[:many]), walk[many:]
        until_ms = max(until_ms, round(taken[-1].t * 1000) - rng.randrange(3_000))
        advanced = (until_ms,) if rng.random() < 0.3 else ()
        steps.append(Step(advanced, (20.0,), taken, waiting, rng.choice((None, until_ms))))
    return [*steps, Step((), (20.0,), (), waiting, until_ms + 500_000)]


SITE = site_of(a_plan())
ENGINES: dict[str, Callable[[], PresenceEngine]] = {
    "nearest": an_engine,
    "bayes": lambda: BayesFilter(SITE, scope=SCOPE),
}


def resumed(engine: PresenceEngine, *, name: str = "nearest") -> PresenceEngine:
    """Another process with the same plan and settings."""
    other = ENGINES[name]()
    other.resume(*kept(engine))
    return other


def kept(engine: PresenceEngine) -> tuple[bytes, dict[str, bytes]]:
    return engine.snapshot(), engine.states(engine.known())


def after(steps: list[Step], *, name: str = "nearest") -> tuple[PresenceEngine, list[ZoneEvent]]:
    return replay(ENGINES[name](), (), steps=steps)


@pytest.mark.parametrize("name", ENGINES)
@settings(max_examples=20, deadline=None)
@given(seed=seeds, waiting=st.booleans(), part=st.floats(0, 1))
def test_a_cut_anywhere_changes_no_event(name: str, seed: int, waiting: bool, part: float) -> None:
    steps = some_steps(seed, waiting=waiting)
    cut = int(len(steps) * part)
    _, whole = after(steps, name=name)

    before, told = after(steps[:cut], name=name)
    pending = still_waiting((), steps[:cut])
    _, rest = replay(resumed(before, name=name), pending, steps=steps[cut:])

    assert told + rest == whole
    assert whole


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_the_state_comes_back_to_the_last_bit(seed: int) -> None:
    engine, _ = after(some_steps(seed, waiting=False)[:-1])

    assert kept(resumed(engine)) == kept(engine)


@settings(max_examples=20, deadline=None)
@given(seeds, st.booleans())
def test_a_step_comes_back_as_it_was_kept(seed: int, waiting: bool) -> None:
    steps = some_steps(seed, waiting=waiting)

    # NaN, which a walk holds too, equals nothing: what is kept of it does.
    again = [step_from(step_payload(step)) for step in steps]

    assert [step_payload(step) for step in again] == [step_payload(step) for step in steps]


def test_a_snapshot_of_other_settings_is_refused_and_changes_nothing() -> None:
    other = an_engine(PresencePolicy(hold_s=9.0))
    conclude(other, [heard(0)], until_ms=None)
    engine = an_engine()

    with pytest.raises(ValueError, match="other anchors or settings"):
        engine.resume(*kept(other))

    assert not engine.knows("s-1")


def test_bytes_that_are_no_snapshot_are_refused() -> None:
    with pytest.raises(ValueError, match="truncated"):
        an_engine().resume(b"", {})


def test_what_waits_is_bounded_and_the_oldest_goes() -> None:
    many = [heard(second) for second in range(5)]

    waiting, dropped = joined([heard(0)] * 199_999, many)

    assert (len(waiting), dropped) == (200_000, 4)
    assert waiting[-1] == many[-1]


def test_advances_ride_in_the_next_step() -> None:
    journal = Journal(7, 7).advanced(1).advanced(2)

    assert journal.advanced_ms == (1, 2)
    assert not journal.is_empty
    assert journal.wrote() == Journal(8, 7)
