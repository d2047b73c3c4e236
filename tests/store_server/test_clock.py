from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.clock import SteppedClock, SystemClock, from_ms, to_ms

START = datetime(2017, 11, 4, 8, tzinfo=UTC)


def test_a_stepped_clock_never_goes_back() -> None:
    clock = SteppedClock(START)

    assert clock.advance_to(START + timedelta(seconds=1))
    assert not clock.advance_to(START)
    assert clock.now() == START + timedelta(seconds=1)


@given(st.integers(min_value=946_684_800_000, max_value=4_102_444_800_000))
def test_milliseconds_survive_the_way_there_and_back(at_ms: int) -> None:
    assert to_ms(from_ms(at_ms)) == at_ms


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        to_ms(START.replace(tzinfo=None))


def test_the_system_clock_is_aware_and_moves_forward() -> None:
    first, second = SystemClock().now(), SystemClock().now()

    assert first.tzinfo is UTC
    assert second >= first
