import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.fleet.beacon_battery import EMPTY_MV, LONGEST_DAYS, days_left
from store_server.fleet.hearing import DAY_MS, PowerReading


def falling(days: int, *, from_mv: float = 3000, mv_per_day: float = 5) -> list[PowerReading]:
    return [PowerReading("b", day * DAY_MS, from_mv - mv_per_day * day) for day in range(days)]


def test_a_line_leads_down_to_empty() -> None:
    assert days_left(falling(21)) == (3000 - 100 - EMPTY_MV) / 5


@pytest.mark.parametrize(
    "readings", [[], falling(1), falling(5), falling(60, mv_per_day=0), falling(60, mv_per_day=-3)]
)
def test_nothing_is_said_before_there_is_something_to_go_by(readings: list[PowerReading]) -> None:
    assert days_left(readings) is None


def test_an_empty_battery_has_no_day_left() -> None:
    assert days_left([PowerReading("b", 0, 1990)]) == 0


@given(st.lists(st.tuples(st.integers(0, 500), st.floats(500, 20_000)), max_size=40))
def test_whatever_beacons_say_it_is_a_number_of_days_or_nothing(
    told: list[tuple[int, float]],
) -> None:
    found = days_left([PowerReading("b", day * DAY_MS, level) for day, level in told])

    assert found is None or 0 <= found <= LONGEST_DAYS
