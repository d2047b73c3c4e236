import random

from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.firmware.device_clock import SAVE_EVERY_S, DeviceClock


@given(st.integers(0, 1000), st.floats(-20, 50))
def test_no_clock_drifts_more_than_the_specification_allows(seed: int, degrees: float) -> None:
    clock = DeviceClock(seconds=0, rng=random.Random(seed))

    assert abs(clock.drift_ppm(degrees)) <= 150


def test_a_month_at_room_temperature_moves_the_clock_by_less_than_a_minute() -> None:
    clock = DeviceClock(seconds=0, rng=random.Random(1))

    clock.advance(30 * 86_400, temperature_c=21)

    assert 0 < abs(clock.seconds - 30 * 86_400) < 60


def test_in_the_freezer_the_clock_runs_slower() -> None:
    clock = DeviceClock(seconds=0, rng=random.Random(1))

    assert clock.drift_ppm(-20) < clock.drift_ppm(25) - 50


@given(st.lists(st.floats(1, 30_000), min_size=1, max_size=200))
def test_a_reset_loses_less_than_a_day_and_never_gains(steps: list[float]) -> None:
    clock = DeviceClock(seconds=500, rng=random.Random(1))
    for step in steps:
        clock.advance(step, temperature_c=21)
    before = clock.seconds

    clock.reset()

    assert 0 <= before - clock.seconds < SAVE_EVERY_S
