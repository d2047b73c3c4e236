"""How often one shopper comes and what they spend, in a few numbers that a basket changes at once.

What is older than `WINDOW_DAYS` is kept as sums only, so a shopper costs the same after ten years
as after ten baskets. Baskets may come in any order: the result is the same, except that two
baskets of one day count as two visits when they come later than the window is long.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

# Four months: a grocery shopper whom nobody saw that long does not come back on their own, and
# half of it is the span that the lifetime value looks at.
WINDOW_DAYS = 120
# Money is kept by spans of days: five divide both 60 and 120.
SPAN_DAYS = 5
SPANS = WINDOW_DAYS // SPAN_DAYS
_MASK = (1 << WINDOW_DAYS) - 1
_EPOCH = date(1970, 1, 1).toordinal()


def day_number(day: date) -> int:
    """Days since 1970 of a calendar day of the store.

    Example:
        >>> day_number(date(1970, 1, 3))
        2
    """
    return day.toordinal() - _EPOCH


@dataclass(frozen=True, slots=True)
class PurchaseRhythm:
    """One shopper with at least one basket; days are numbers since 1970, money in minor units.

    `days` has a bit for each of the window's days with a visit, the lowest for `last_day`;
    `spent_minor` is the money of the window's spans, the newest first, by `last_day // SPAN_DAYS`.
    """

    first_day: int
    last_day: int
    visits: int
    total_minor: int
    days: int
    spent_minor: tuple[int, ...]

    def with_basket(self, day: int, amount_minor: int) -> "PurchaseRhythm":
        """The rhythm with one more basket, whether it came in time or late; O(1)."""
        moved = self._moved_to(day) if day > self.last_day else self
        back = moved.last_day - day
        seen = bool(moved.days >> back & 1) if back < WINDOW_DAYS else False
        span = moved.last_day // SPAN_DAYS - day // SPAN_DAYS
        spent = moved.spent_minor
        if span < SPANS:
            spent = (*spent[:span], spent[span] + amount_minor, *spent[span + 1 :])
        return PurchaseRhythm(
            first_day=min(moved.first_day, day),
            last_day=moved.last_day,
            visits=moved.visits + (not seen),
            total_minor=moved.total_minor + amount_minor,
            days=(moved.days | (1 << back if back < WINDOW_DAYS else 0)) & _MASK,
            spent_minor=spent,
        )

    def visits_in(self, days: int, *, today: int) -> int:
        """On how many of the last `days` days (<= `WINDOW_DAYS`), today included, there was one."""
        silent = today - self.last_day
        if silent >= days:
            return 0
        return (self.days & ((1 << (days - max(silent, 0))) - 1)).bit_count()

    def spent_in(self, days: int, *, today: int) -> int:
        """Money of the last `days` (<= `WINDOW_DAYS`), in whole spans, in minor units."""
        silent = today // SPAN_DAYS - self.last_day // SPAN_DAYS
        return sum(self.spent_minor[: max(days // SPAN_DAYS - max(silent, 0), 0)])

    def silent_days(self, today: int) -> int:
        """Days since the last visit, 0 when it was today."""
        return max(today - self.last_day, 0)

    def known_days(self, today: int) -> int:
        """Days since the first visit, that day included; at least 1."""
        return max(today - self.first_day, 0) + 1

    def _moved_to(self, day: int) -> "PurchaseRhythm":
        spans = min(day // SPAN_DAYS - self.last_day // SPAN_DAYS, SPANS)
        return replace(
            self,
            last_day=day,
            days=(self.days << min(day - self.last_day, WINDOW_DAYS)) & _MASK,
            spent_minor=((0,) * spans + self.spent_minor)[:SPANS],
        )


def first_basket(day: int, amount_minor: int) -> PurchaseRhythm:
    """The rhythm of a shopper with one basket."""
    return PurchaseRhythm(day, day, 1, amount_minor, 1, (amount_minor, *((0,) * (SPANS - 1))))


def rhythm_of(baskets: Iterable[tuple[int, int]]) -> PurchaseRhythm | None:
    """The rhythm after these (day, amount in minor units), in any order; None without any."""
    rhythm: PurchaseRhythm | None = None
    for day, amount_minor in baskets:
        if rhythm is None:
            rhythm = first_basket(day, amount_minor)
        else:
            rhythm = rhythm.with_basket(day, amount_minor)
    return rhythm
