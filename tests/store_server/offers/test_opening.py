"""Hours and days are the store's own: over midnight and over both nights when clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from store_server.errors import Unprocessable
from store_server.offers.opening import (
    Hours,
    hours_of,
    is_open,
    local_time,
    start_of_local_day,
)

BERLIN = ZoneInfo("Europe/Berlin")
EVERY_DAY = frozenset(range(1, 8))


def open_at(at: datetime, hours: Hours, weekdays: frozenset[int] = EVERY_DAY) -> bool:
    return is_open(local_time(at, BERLIN), hours=hours, weekdays=weekdays)


@pytest.mark.parametrize(("utc_hour", "open_"), [(6, False), (7, True), (19, True), (20, False)])
def test_hours_are_local_with_the_end_excluded(utc_hour: int, open_: bool) -> None:
    at = datetime(2026, 1, 14, utc_hour, tzinfo=UTC)

    assert open_at(at, hours_of("08:00", "21:00")) is open_


def test_the_same_local_hour_is_open_in_winter_and_in_summer() -> None:
    hours = hours_of("08:00", "09:00")

    winter = open_at(datetime(2026, 1, 14, 7, 30, tzinfo=UTC), hours)
    summer = open_at(datetime(2026, 7, 15, 6, 30, tzinfo=UTC), hours)

    assert (winter, summer) == (True, True)


def test_hours_over_midnight_belong_to_the_weekday_they_began_on() -> None:
    friday = frozenset({5})
    late = hours_of("22:00", "02:00")
    saturday_1am = datetime(2026, 3, 7, 0, 0, tzinfo=UTC)

    assert open_at(saturday_1am, late, friday)
    assert not open_at(saturday_1am - timedelta(days=1), late, friday)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_local_day_is_as_long_as_the_clocks_make_it(day: str, hours: int) -> None:
    evening = datetime.fromisoformat(f"{day}T21:30:00+00:00")

    start = start_of_local_day(evening, BERLIN)
    next_start = start_of_local_day(start + timedelta(hours=30), BERLIN)

    assert next_start - start == timedelta(hours=hours)
    assert start.astimezone(BERLIN).isoformat().startswith(f"{day}T00:00")


@pytest.mark.parametrize(
    ("start", "end"), [("8:00", "21:00"), ("08:00", "24:01"), ("08:00", "08:00")]
)
def test_hours_that_cannot_be_are_refused(start: str, end: str) -> None:
    with pytest.raises(Unprocessable, match="hours"):
        hours_of(start, end)


def test_a_day_may_end_at_24_o_clock() -> None:
    assert hours_of("08:00", "24:00") == Hours(480, 1440)
