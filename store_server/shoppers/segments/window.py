"""The days and dates that windows of segments reach over: one arithmetic for every reading."""

from calendar import isleap
from datetime import date
from functools import lru_cache
from typing import NamedTuple

DAY_MS = 86_400_000


def since_ms(at_ms: int, days: int | None) -> int | None:
    """The instant after which facts count that are in the last `days`; None for ever."""
    return None if days is None else at_ms - days * DAY_MS


def reach(today: date, *, direction: str, days: int) -> tuple[date, date]:
    """The first and last calendar day of the last or next `days`, today in both."""
    if direction == "last":
        first = date.fromordinal(max(1, today.toordinal() - days))
        return first, today
    return today, date.fromordinal(min(date.max.toordinal(), today.toordinal() + days))


class MonthDays(NamedTuple):
    """Days of the year from `first` to `last` ("02-28"), over New Year when `last` is smaller."""

    first: str
    last: str

    def __contains__(self, day: object) -> bool:
        """Whether a day of the year ("12-31") lies between them."""
        after, before = self.first <= str(day), str(day) <= self.last
        return (after and before) if self.first <= self.last else (after or before)


# Asked for each shopper with the same day.
@lru_cache(maxsize=64)
def anniversaries(today: date, days: int) -> MonthDays:
    """The days of the year of today and `days` more; 29 February on the 28th if need be.

    Example:
        >>> anniversaries(date(2027, 2, 27), 1)
        MonthDays(first='02-27', last='02-29')
    """
    if days >= 365:
        return MonthDays("01-01", "12-31")
    last = date.fromordinal(min(date.max.toordinal(), today.toordinal() + days))
    ends_on = last.isoformat()[5:]
    leap_day_is_kept = ends_on == "02-28" and not isleap(last.year)
    return MonthDays(today.isoformat()[5:], "02-29" if leap_day_is_kept else ends_on)
