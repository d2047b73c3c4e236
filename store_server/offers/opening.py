"""When a campaign may speak: hours of the local day and weekdays, in the store's time zone."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

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


def is_open(at: datetime, *, local: tzinfo, hours: Hours | None, weekdays: frozenset[int]) -> bool:
    """Whether `at` falls on one of `weekdays` (1 = Monday) within `hours` of the local day.

    Hours over midnight belong to the weekday on which they began. The wall clock decides, so on
    a night when clocks change an hour may be skipped or come twice, as on the shop's door.
    """
    here = at.astimezone(local)
    minute = here.hour * 60 + here.minute
    today = here.isoweekday()
    if hours is None:
        return today in weekdays
    if hours.from_minute < hours.until_minute:
        return today in weekdays and hours.from_minute <= minute < hours.until_minute
    yesterday = (here - timedelta(days=1)).isoweekday()
    return (minute >= hours.from_minute and today in weekdays) or (
        minute < hours.until_minute and yesterday in weekdays
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
