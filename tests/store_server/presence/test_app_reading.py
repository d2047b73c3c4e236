"""What a phone may say, and what is refused with which code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.presence.app_reading import AppReading, fault_of, observation_of
from store_server.presence.observation import believable
from tests.store_server.presence.builders import ENTRANCE_BEACON, T0_MS
from tests.store_server.shop.builders import a_plan

HOUR_MS = 3_600_000


def a_reading(
    *, beacon: str = ENTRANCE_BEACON, rssi_dbm: float = -70.0, after_ms: int = 0, count: int = 1
) -> AppReading:
    return AppReading(beacon, rssi_dbm, T0_MS + after_ms, None, count)


def code_of(reading: AppReading) -> str | None:
    fault = fault_of(reading, plan=a_plan(), now_ms=T0_MS, ahead_ms=120_000)
    return fault and fault[0]


def test_takes_a_plain_reading() -> None:
    assert code_of(a_reading()) is None


@pytest.mark.parametrize(
    ("reading", "code"),
    [
        (a_reading(beacon="f7826da6-4fa2-4e98-8024-bc5b71e0893e:9:9"), "unknown_beacon"),
        (a_reading(rssi_dbm=float("nan")), "absurd_rssi"),
        (a_reading(rssi_dbm=0.0), "absurd_rssi"),
        (a_reading(rssi_dbm=-200.0), "absurd_rssi"),
        (a_reading(count=0), "absurd_count"),
        (a_reading()._replace(measured_power_dbm=99), "absurd_measured_power"),
        (a_reading(after_ms=120_001), "in_the_future"),
        (a_reading(after_ms=-12 * HOUR_MS - 1), "too_old"),
    ],
)
def test_names_what_is_wrong(reading: AppReading, code: str) -> None:
    assert code_of(reading) == code


def test_a_phone_clock_that_runs_ahead_is_set_back() -> None:
    observation = observation_of(a_reading(after_ms=60_000), "s-1", latest_ms=T0_MS)

    assert observation.t == T0_MS / 1000


@given(st.floats(), st.integers(-(2**40), 2**40), st.integers(-5, 20_000))
def test_what_is_taken_is_believable(rssi_dbm: float, after_ms: int, count: int) -> None:
    reading = a_reading(rssi_dbm=rssi_dbm, after_ms=after_ms, count=count)

    assert code_of(reading) or believable(observation_of(reading, "s-1", latest_ms=None))
