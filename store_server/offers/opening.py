"""When a campaign may speak: hours of the local day and weekdays, in the store's time zone."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from store_server.offers.field_checks import require

CODE = "bad_campaign"
DAY_MIN = 24 * 60

_CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Hours:
    """From one minute of the local day to another, the end excluded; over midnight allowed."""

    from_minute: int
    until_minute: int

    def __post_init__(self) -> None:
        require(
            0 <= self.from_minute < DAY_MIN
            and 0 < self.until_minute <= DAY_MIN
            and self.from_minute != self.until_minute,
            where="hours",
            value=[clock_text(self.from_minute), clock_text(self.until_minute)],
            expected="two different times of day, 00:00 to 24:00",
            code=CODE,
        )


def hours_of(start: str, end: str) -> Hours:
    """The hours between two times of day such as "08:00" and "21:00".

    Raises:
        Unprocessable: one is not HH:MM, or they are the same.
    """
    return Hours(_minute_of(start), _minute_of(end))


def clock_text(minute: int) -> str:
    """The minute of the day as HH:MM."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


class LocalTime(NamedTuple):
    """The store's wall clock: weekday 1 (Monday) to 7, minute of the day."""

    weekday: int
    minute: int


def local_time(at: datetime, local: tzinfo) -> LocalTime:
    """The wall clock in `local` at `at`."""
    here = at.astimezone(local)
    return LocalTime(here.isoweekday(), here.hour * 60 + here.minute)


def is_open(clock: LocalTime, *, hours: Hours | None, weekdays: frozenset[int]) -> bool:
    """Whether the clock stands on one of `weekdays` within `hours`.

    Hours over midnight belong to the weekday on which they began. The wall clock decides, so on
    a night when clocks change an hour may be skipped or come twice, as on the shop's door.
    """
    today = clock.weekday in weekdays
    if hours is None:
        return today
    if hours.from_minute < hours.until_minute:
        return today and hours.from_minute <= clock.minute < hours.until_minute
    yesterday = (clock.weekday + 5) % 7 + 1 in weekdays
    return (today and clock.minute >= hours.from_minute) or (
        yesterday and clock.minute < hours.until_minute
    )


def start_of_local_day(at: datetime, local: tzinfo) -> datetime:
    """The instant at which the local day of `at` began: "per day" in every cap counts from it.

    Days are 23 or 25 hours long when clocks change.
    """
    here = at.astimezone(local)
    return datetime(here.year, here.month, here.day, tzinfo=local).astimezone(UTC)


def _minute_of(text: str) -> int:
    match = _CLOCK.fullmatch(text)
    require(match is not None, where="hours", value=text, expected="HH:MM", code=CODE)
    assert match is not None
    return int(match[1]) * 60 + int(match[2])
