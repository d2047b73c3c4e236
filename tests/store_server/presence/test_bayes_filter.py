"""What the filter promises: alternation, causality, loudness, forks, garbage, silence."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from store_server.presence.engine import Stay
from store_server.presence.observation import Observation
from tests.store_server.presence.builders import T0
from tests.store_server.presence.filtered import (
    LEFT,
    RIGHT,
    a_filter,
    fed,
    levels_of,
    there_and_back,
)

seeds = st.integers(0, 2**32)


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_stays_alternate_and_end_with_silence(seed: int) -> None:
    events = fed(a_filter(), levels_of(there_and_back(), seed=seed, noise_db=8), until_s=120)

    stays = [one for one in events if one.kind != "dwell"]
    assert [one.kind for one in stays] == ["enter", "exit"] * (len(stays) // 2)
    assert [one.t for one in events] == sorted(one.t for one in events)
    assert stays[-1].reason == "silence"
    assert T0 + 59 <= stays[-1].t <= T0 + 60


def test_a_walk_there_and_back_is_three_stays() -> None:
    events = fed(a_filter(), levels_of(there_and_back()), until_s=120)

    assert [one.zone for one in events if one.kind == "enter"] == [LEFT, RIGHT, LEFT]


def test_eight_decibels_change_no_place() -> None:
    for louder_db in (-8.0, 8.0):
        plain, other = a_filter(), a_filter()
        fed(plain, levels_of(there_and_back(30)))
        fed(other, levels_of(there_and_back(30), louder_db=louder_db))

        ours, theirs = plain.estimate("s-1", T0 + 30), other.estimate("s-1", T0 + 30)
        assert ours is not None
        assert theirs is not None
        assert math.dist((ours.x or 0, ours.y or 0), (theirs.x or 0, theirs.y or 0)) < 0.5


@settings(max_examples=8, deadline=None)
@given(seeds, st.integers(5, 50))
def test_what_comes_later_changes_no_answer(seed: int, cut_s: int) -> None:
    told = levels_of(there_and_back(), seed=seed)
    whole, part = a_filter(), a_filter()
    upto = [one for one in told if one.t <= T0 + cut_s]

    fed(part, upto, until_s=cut_s)
    fed(whole, upto, until_s=cut_s)
    before = part.estimate("s-1", T0 + cut_s)
    for one in told[len(upto) : len(upto) + 3]:
        whole.observe(one)

    assert whole.estimate("s-1", T0 + cut_s) == before


def test_looking_changes_nothing() -> None:
    looked, left_alone = a_filter(), a_filter()
    for one in levels_of(there_and_back(20)):
        looked.observe(one)
        left_alone.observe(one)
        looked.estimate("s-1", one.t)

    assert looked.advance(T0 + 21) == left_alone.advance(T0 + 21)
    assert looked.estimate("s-1", T0 + 21) == left_alone.estimate("s-1", T0 + 21)


def test_order_within_a_step_does_not_matter() -> None:
    told = [one for one in levels_of(there_and_back(10)) if one.t < T0 + 10]
    ahead, mixed = a_filter(), a_filter()
    for one in told:
        ahead.observe(one)
    for at in range(0, len(told), 4):
        for one in reversed(told[at : at + 4]):
            mixed.observe(one)
    for engine in (ahead, mixed):
        engine.advance(T0 + 10)

    assert ahead.estimate("s-1", T0 + 10) == mixed.estimate("s-1", T0 + 10)


def test_who_else_is_there_changes_no_bit() -> None:
    alone, crowded = a_filter(), a_filter()
    told = levels_of(there_and_back(12))
    others = [
        one
        for at in range(3)
        for one in levels_of(there_and_back(12), seed=at + 5, device=f"s-{at * 2}")
    ]

    fed(alone, told, until_s=12)
    fed(crowded, sorted((*told, *others), key=lambda one: one.t), until_s=12)

    assert crowded.states(["s-1"]) == alone.states(["s-1"])


def test_a_fork_leaves_the_published_engine_as_it_is() -> None:
    engine = a_filter()
    fed(engine, levels_of(there_and_back(10)))
    before = engine.estimate("s-1", T0 + 10)

    fork = engine.fork()
    fed(fork, levels_of([(t, 10.0, 4.0) for t in range(11, 30)]))

    assert engine.estimate("s-1", T0 + 10) == before
    assert fork.estimate("s-1", T0 + 30) != engine.estimate("s-1", T0 + 30)


def test_garbage_levels_and_echoes_change_nothing() -> None:
    told = levels_of(there_and_back(20))
    clean, dirty = a_filter(), a_filter()
    for one in told:
        clean.observe(one)
        dirty.observe(one)
        dirty.observe(one)
        for dbm in (42.0, 127.0, -127.0, 0.0, math.nan):
            dirty.observe(one._replace(rssi_dbm=dbm))
        dirty.observe(one._replace(anchor="gw:unknown"))

    assert dirty.advance(T0 + 21) == clean.advance(T0 + 21)
    assert dirty.estimate("s-1", T0 + 21) == clean.estimate("s-1", T0 + 21)


def test_silence_widens_the_belief_then_ends_it() -> None:
    engine = a_filter()
    fed(engine, levels_of(there_and_back(10)), until_s=10)

    near, far = engine.estimate("s-1", T0 + 11), engine.estimate("s-1", T0 + 30)
    assert near is not None
    assert far is not None
    assert (near.radius_m or 0) < (far.radius_m or 0)
    assert engine.estimate("s-1", T0 + 45) is None


def test_a_dwell_is_told_once_and_only_when_heard_after_it() -> None:
    standing = [(float(t), 2.0, 4.0) for t in range(45)]
    events = fed(a_filter(), levels_of(standing), until_s=120)

    assert [one.dwell_s for one in events if one.kind == "dwell"] == [30.0]


def test_a_restored_stay_goes_on() -> None:
    engine = a_filter()
    engine.restore([Stay("s-1", LEFT, T0 - 100, T0 - 5)])

    events = fed(engine, levels_of([(float(t), 2.0, 4.0) for t in range(10)]), until_s=60)

    assert [one.kind for one in events if one.kind != "dwell"] == ["exit"]
    assert events[-1].entered_at_t == T0 - 100


def test_a_forgotten_device_is_not_spoken_of() -> None:
    engine = a_filter()
    fed(engine, levels_of(there_and_back(10)))

    engine.forget("s-1")

    assert engine.devices() == ()
    assert engine.advance(T0 + 100) == []


def test_a_stated_power_is_believed_from_the_first_reading() -> None:
    stated, unstated = a_filter(), a_filter()
    for name, engine, power in (("x", stated, -59), ("x", unstated, None)):
        engine.observe(Observation(name, "gw:a", T0, -60.0, 1, power))

    ours, theirs = stated.estimate("x", T0 + 1), unstated.estimate("x", T0 + 1)
    assert ours is not None
    assert theirs is not None
    assert (ours.radius_m or 0) < (theirs.radius_m or 0)
