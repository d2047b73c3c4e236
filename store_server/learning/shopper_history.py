"""What one shopper bought when: baskets in order of time, as flat arrays of numbers.

The history itself is kept, not sums over it: every half-life, gap and share is then worked out in
one vectorised pass when a ranking is asked for, a late basket is put where it belongs, and nothing
depends on the order of arrival. A line costs 4 bytes, a basket 33; a year of a weekly shopper is
5 kB, less than the same facts as running sums.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# A shopper's oldest baskets go once there are more lines than this: three years of a large
# household, far beyond any half-life in use, and it bounds the time of a ranking.
MOST_LINES = 6_000


class BasketNumbers(NamedTuple):
    """One basket with its names replaced by numbers."""

    key: int  # 63 bits: the basket's identity
    at_s: int  # seconds since 1970
    hour_of_week: int  # local, 0 is Monday 00-01
    store: int
    items: Sequence[int]  # distinct, in the order of the receipt


class Baskets(NamedTuple):
    """A shopper's baskets as arrays: one entry for each basket, or for each line."""

    at_s: NDArray[np.int64]  # (baskets,)
    hour_of_week: NDArray[np.int16]  # (baskets,)
    store: NDArray[np.int32]  # (baskets,)
    size: NDArray[np.int64]  # (baskets,) lines
    item: NDArray[np.int32]  # (lines,) by basket, then as on the receipt


class ShopperHistory:
    """Baskets of one shopper by time; ties by their key, so that arrival does not matter."""

    __slots__ = ("_at_s", "_ends", "_hours", "_items", "_keys", "_stores", "last_s_of")

    def __init__(self) -> None:
        self._keys = array("q")
        self._at_s = array("q")
        self._hours = array("h")
        self._stores = array("i")
        self._ends = array("q")  # of each basket's lines in _items
        self._items = array("i")
        self.last_s_of: dict[int, int] = {}  # item -> when last bought, seconds since 1970

    def holds(self, basket: BasketNumbers) -> bool:
        """Whether this very basket is in it already."""
        return basket.key in self._keys

    def place_of(self, basket: BasketNumbers) -> int:
        """Where it belongs: how many baskets come before it."""
        left = bisect_left(self._at_s, basket.at_s)
        right = bisect_right(self._at_s, basket.at_s, left)
        return left + sum(self._keys[index] < basket.key for index in range(left, right))

    def insert(self, basket: BasketNumbers) -> None:
        """Take it in; O(its lines) when it is the newest, else O(the history)."""
        place = self.place_of(basket)
        start = self._ends[place - 1] if place else 0
        length = len(basket.items)
        newest = place == len(self._keys)
        self._keys.insert(place, basket.key)
        self._at_s.insert(place, basket.at_s)
        self._hours.insert(place, basket.hour_of_week)
        self._stores.insert(place, basket.store)
        self._ends.insert(place, start + length)
        if newest:
            self._items.extend(basket.items)
        else:
            self._items[start:start] = array("i", basket.items)
            for later in range(place + 1, len(self._ends)):
                self._ends[later] += length
        for item in basket.items:
            if self.last_s_of.get(item, basket.at_s) <= basket.at_s:
                self.last_s_of[item] = basket.at_s
        if len(self._items) > MOST_LINES:
            self._drop_oldest()

    def first_s_of(self, item: int) -> int | None:
        """When the item was first bought, of what is kept; seconds since 1970."""
        if item not in self.last_s_of:
            return None
        line = self._items.index(item)
        return self._at_s[bisect_right(self._ends, line)]

    def arrays(self) -> Baskets:
        """The baskets as arrays of their own, oldest first."""
        ends = np.array(self._ends, dtype=np.int64)
        return Baskets(
            np.array(self._at_s, dtype=np.int64),
            np.array(self._hours, dtype=np.int16),
            np.array(self._stores, dtype=np.int32),
            np.diff(ends, prepend=0),
            np.array(self._items, dtype=np.int32),
        )

    def state(self) -> tuple[list[int], ...]:
        """Everything it knows as plain lists, for `restored` and for comparing."""
        parts = (self._keys, self._at_s, self._hours, self._stores, self._ends, self._items)
        return tuple(part.tolist() for part in parts)

    @classmethod
    def restored(cls, state: Sequence[Sequence[int]]) -> "ShopperHistory":
        """The history that `state` was taken of."""
        history = cls()
        history._keys, history._at_s = array("q", state[0]), array("q", state[1])
        history._hours, history._stores = array("h", state[2]), array("i", state[3])
        history._ends, history._items = array("q", state[4]), array("i", state[5])
        history._find_last()
        return history

    def __len__(self) -> int:
        """How many baskets are kept."""
        return len(self._keys)

    def _drop_oldest(self) -> None:
        """Keep the newest baskets that fit in nine tenths of the bound, at least one."""
        excess = len(self._items) - MOST_LINES * 9 // 10
        gone = min(bisect_left(self._ends, excess) + 1, len(self._keys) - 1)
        if gone == 0:
            return
        lines = self._ends[gone - 1]
        for part in (self._keys, self._at_s, self._hours, self._stores, self._ends):
            del part[:gone]
        del self._items[:lines]
        for index in range(len(self._ends)):
            self._ends[index] -= lines
        self._find_last()

    def _find_last(self) -> None:
        self.last_s_of = {}
        start = 0
        for at_s, end in zip(self._at_s, self._ends, strict=True):
            for item in self._items[start:end]:
                self.last_s_of[item] = at_s
            start = end
