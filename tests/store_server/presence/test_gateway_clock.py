"""Clocks that are off: known offsets are found, honest clocks are left alone, late or not."""

import random

import pytest

from store_server.presence.gateway_clock import (
    MOST_S,
    GatewayClock,
    RecordedClocks,
    Stamped,
)

GATEWAYS = ("a", "b", "c", "d")
TRUE_S = {"a": 0.8, "b": -0.5, "c": 0.0, "d": 0.25}


def arrivals(offset_s: float, *, delays_s: list[float]) -> GatewayClock:
    clock = GatewayClock()
    for second, delay_s in enumerate(delays_s):
        clock = clock.arrived(float(second), offset_s - delay_s)
    return clock


def recorded(
    offsets: dict[str, float], *, late_s: dict[str, float] | None = None
) -> RecordedClocks:
    """Twenty seconds of adverts that all hear, told at ticks; `late_s` delays the telling."""
    rng, clocks = random.Random(3), RecordedClocks()
    adverts = [n * 0.46 + rng.uniform(0, 0.01) for n in range(44)]
    told = [
        (at + (late_s or {}).get(name, 0.0), Stamped("d", at + offsets.get(name, 0.0), name))
        for at in adverts
        for name in GATEWAYS
    ]
    for tick in range(1, 20):
        for arrival_t, reading in told:
            if tick - 1 < arrival_t <= tick:
                clocks.corrected_t(reading)
        clocks.tick(float(tick))
    return clocks


def left_s(clocks: RecordedClocks, gateway: str) -> float:
    """What is taken from a stamp of the gateway."""
    return 100.0 - clocks.corrected_t(Stamped("d", 100.0, gateway))


@pytest.mark.parametrize("offset_s", [-1.5, -0.4, 0.3, 1.9])
def test_the_shortest_delay_tells_the_offset(offset_s: float) -> None:
    rng = random.Random(1)
    clock = arrivals(offset_s, delays_s=[rng.expovariate(4) for _ in range(60)])

    assert clock.offset_s == pytest.approx(offset_s, abs=0.1)


def test_a_clock_that_is_hardly_off_is_not_touched() -> None:
    assert arrivals(0.1, delays_s=[0.02] * 30).offset_s == 0


def test_a_few_arrivals_prove_nothing() -> None:
    assert arrivals(1.0, delays_s=[0.0] * 4).offset_s == 0


def test_after_a_silence_what_was_known_counts_until_enough_is_told() -> None:
    clock = arrivals(-0.8, delays_s=[0.0] * 20)
    told = [clock]
    for second in range(400, 406):
        told.append(told[-1].arrived(float(second), -0.8 - 0.6))

    assert [one.offset_s for one in told[:5]] == [-0.8] * 5
    assert told[-1].offset_s == pytest.approx(-1.4)


def test_no_correction_goes_beyond_two_seconds() -> None:
    assert arrivals(300.0, delays_s=[0.0] * 10).offset_s == MOST_S


def test_a_backlog_is_no_slow_clock() -> None:
    assert arrivals(0.0, delays_s=[90.0 - n for n in range(80)]).offset_s == 0


def test_a_clock_that_was_set_is_believed_again() -> None:
    clock = arrivals(1.0, delays_s=[0.0] * 10)
    for second in range(10, 90):
        clock = clock.arrived(float(second), -0.01)

    assert clock.offset_s == 0


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_the_offsets_of_a_recording_are_found(gateway: str) -> None:
    assert left_s(recorded(TRUE_S), gateway) == pytest.approx(TRUE_S[gateway], abs=0.1)


def test_one_clock_that_is_off_among_others_that_tell_late() -> None:
    clocks = recorded({"a": 0.7}, late_s=dict.fromkeys(GATEWAYS, 0.5))

    assert [left_s(clocks, name) for name in "bcd"] == [0, 0, 0]
    assert left_s(clocks, "a") == pytest.approx(0.7, abs=0.1)


def test_who_tells_late_but_in_step_is_left_alone() -> None:
    clocks = recorded({}, late_s={"a": 0.9, "b": 0.4})

    assert [left_s(clocks, name) for name in GATEWAYS] == [0, 0, 0, 0]
