"""When a scheduled campaign is due: five cron fields, read on the store's own clock.

    minute hour day-of-month month day-of-week          30 9 * * mon-fri

Fields take numbers, names (jan, mon), `*`, ranges `a-b`, steps `*/n` and `a-b/n`, lists with
commas; 0 and 7 are Sunday. Where both days are restricted, either will do, as in every cron.

The rule for nights on which clocks change: **a time is due at the first instant at which the
store's clock shows it or a later one.** So a time that does not exist (02:30 in spring) is due
once, when the clock jumps over it; a time that comes twice (in autumn) is due once, the first
time. Times that fall on one instant are one occurrence, named after the last of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from typing import NamedTuple

from store_server.errors import Unprocessable

CODE = "bad_cron"
# The longest jump that a clock ever made: Samoa left out the 30th of December 2011.
LONGEST_JUMP_MIN = 24 * 60

_FIELDS = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of month", 1, 31, ()),
    (
        "month",
        1,
        12,
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    ),
    ("day of week", 0, 7, ("sun", "mon", "tue", "wed", "thu", "fri", "sat")),
)


class Occurrence(NamedTuple):
    """One time that is due: its name is the local time as it stands in the cron, `at` when."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Cron:
    """Five fields as sets of numbers; weekdays 0 (Sunday) to 6."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day: bool
    any_weekday: bool

    def is_on(self, day: date) -> bool:
        """Whether the day's date and weekday are among those of the cron."""
        by_date, by_weekday = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        either = not (self.any_day or self.any_weekday)
        fits = by_date or by_weekday if either else by_date and by_weekday
        return fits and day.month in self.months


@cache
def parse_cron(text: str) -> Cron:
    """The cron of five fields.

    Raises:
        Unprocessable: a field is missing, or holds what it may not; the text says which.
    """
    parts = text.lower().split()
    if len(parts) != len(_FIELDS):
        raise Unprocessable(
            f"cron {text!r} has {len(parts)} fields; must be minute, hour, day of month, month and "
            'day of week, such as "0 9 * * mon-fri"',
            code=CODE,
        )
    minutes, hours, days, months, weekdays = (
        frozenset(_numbers(part, field, text)) for part, field in zip(parts, _FIELDS, strict=True)
    )
    return Cron(
        minutes,
        hours,
        days,
        months,
        frozenset(number % 7 for number in weekdays),
        any_day=parts[2].startswith("*"),
        any_weekday=parts[4].startswith("*"),
    )


def occurrences(cron: Cron, local: tzinfo, *, after: datetime, until: datetime) -> list[Occurrence]:
    """The occurrences in (after, until], by time; two on one instant are one.

    Example:
        >>> from zoneinfo import ZoneInfo
        >>> night = datetime(2026, 3, 29, tzinfo=UTC)
        >>> occurrences(parse_cron("30 2 * * *"), ZoneInfo("Europe/Madrid"), after=night,
        ...             until=night + timedelta(hours=6))[0].at.isoformat()
        '2026-03-29T01:00:00+00:00'
    """
    # A day on either side: local dates are up to 26 hours from those of UTC.
    day = after.astimezone(local).date() - timedelta(days=2)
    last = until.astimezone(local).date() + timedelta(days=1)
    found: dict[datetime, str] = {}
    while day <= last:
        if cron.is_on(day):
            for nominal in _times(cron, day):
                at = first_instant(nominal, local)
                if after < at <= until:
                    found[at] = nominal.isoformat(timespec="minutes")
        day += timedelta(days=1)
    return [Occurrence(name, at) for at, name in sorted(found.items())]


def first_instant(nominal: datetime, local: tzinfo) -> datetime:
    """The first instant at which the clock in `local` shows `nominal` (naive) or a later time."""
    for skipped in range(LONGEST_JUMP_MIN + 1):
        wall = nominal + timedelta(minutes=skipped)
        # fold=0, the default, is the first of two.
        at = wall.replace(tzinfo=local).astimezone(UTC)
        if at.astimezone(local).replace(tzinfo=None) == wall:
            return at
    raise ValueError(f"{nominal} never comes in {local}")


def _times(cron: Cron, day: date) -> Iterator[datetime]:
    for hour in sorted(cron.hours):
        for minute in sorted(cron.minutes):
            yield datetime.combine(day, time(hour, minute))


def _numbers(part: str, field: tuple[str, int, int, tuple[str, ...]], text: str) -> Iterator[int]:
    name, least, most, words = field
    for piece in part.split(","):
        span, slash, step_text = piece.partition("/")
        first, dash, last = span.partition("-")
        try:
            step = int(step_text) if slash else 1
            if span == "*":
                low, high = least, most
            else:
                low = _number(first, least, words)
                high = _number(last, least, words) if dash else (most if slash else low)
            fits = least <= low <= high <= most and step >= 1
        except ValueError:
            fits = False
        if not fits:
            raise Unprocessable(
                f"cron {text!r}: {name} is {piece!r}; must be {least}..{most}"
                f"{', a name such as ' + words[0] if words else ''}, a range, a step or *",
                code=CODE,
            )
        yield from range(low, high + 1, step)


def _number(text: str, least: int, words: tuple[str, ...]) -> int:
    if text in words:
        return words.index(text) + least
    if not text.isascii() or not text.isdigit():
        raise ValueError(text)
    return int(text)
