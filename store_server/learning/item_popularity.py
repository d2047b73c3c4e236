"""How often each item is bought by everybody: whole counts by day, decayed when asked for.

Counts are integers and are added up in the order of the days, so the result does not depend on
when a basket arrived, to the last bit. Today's baskets wait until tomorrow for the decayed
vectors (they change once a day) and are read by themselves until then.
"""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

# Short: what is on promotion this week; middle: the season; long: what the assortment sells.
HALF_LIVES_DAYS = (4.0, 21.0, 120.0)

# A slow item sells in a fortnight; two years back nothing above weighs more than a hundredth.
KEPT_DAYS = 730


class ItemPopularity:
    """Counts of baskets by item and day, of an organisation."""

    def __init__(self) -> None:
        self._by_day: dict[int, dict[int, int]] = {}
        self._lines: dict[int, int] = {}  # of each day
        self._day = -1  # the decayed vectors stand for the beginning of this day; -1: not made
        self._decayed = np.zeros((len(HALF_LIVES_DAYS), 0))

    def add(self, day: int, items: Iterable[int]) -> None:
        """Count one basket of this day (days since 1970); O(its items)."""
        counts = self._by_day.get(day)
        if counts is None:
            counts = self._by_day[day] = {}
            self._forget_old()
        lines = self._lines.get(day, 0)
        for item in items:
            counts[item] = counts.get(item, 0) + 1
            lines += 1
        self._lines[day] = lines
        if day < self._day:
            self._day = -1

    def before(self, day: int, items: int) -> NDArray[np.float64]:
        """Decayed counts of all days before `day`; one row for each half-life, (3, items).

        Args:
            day: days since 1970.
            items: how many items there are; numbers from 0 on.
        """
        if self._day < 0 or day < self._day:
            self._day = min(self._by_day, default=day)
            self._decayed = np.zeros((len(HALF_LIVES_DAYS), items))
        if self._decayed.shape[1] < items:
            grown = np.zeros((len(HALF_LIVES_DAYS), items + items // 4))
            grown[:, : self._decayed.shape[1]] = self._decayed
            self._decayed = grown
        while self._day < day:
            self._close_day()
        return self._decayed[:, :items]

    def today(self, day: int) -> Mapping[int, int]:
        """Counts of the day itself, so far."""
        return self._by_day.get(day, {})

    def lines_of(self, day: int) -> int:
        """How many lines the day has had, so far."""
        return self._lines.get(day, 0)

    def state(self) -> list[list[int]]:
        """Rows (day, item, count), sorted."""
        return sorted(
            [day, item, count]
            for day, counts in self._by_day.items()
            for item, count in counts.items()
        )

    @classmethod
    def restored(cls, rows: Iterable[Iterable[int]]) -> "ItemPopularity":
        """The popularity that `state` was taken of."""
        popularity = cls()
        for day, item, count in rows:
            popularity._by_day.setdefault(day, {})[item] = count
            popularity._lines[day] = popularity._lines.get(day, 0) + count
        return popularity

    def _close_day(self) -> None:
        counts = self._by_day.get(self._day)
        if counts:
            items = np.fromiter(counts.keys(), np.int64, len(counts))
            self._decayed[:, items] += np.fromiter(counts.values(), np.float64, len(counts))
        self._decayed *= _FADE_A_DAY
        self._day += 1

    def _forget_old(self) -> None:
        oldest, newest = min(self._by_day), max(self._by_day)
        while newest - oldest > KEPT_DAYS:
            del self._by_day[oldest]
            self._lines.pop(oldest, None)
            self._day = -1
            oldest = min(self._by_day)


_FADE_A_DAY = np.array([[2.0 ** (-1.0 / half_life)] for half_life in HALF_LIVES_DAYS])
