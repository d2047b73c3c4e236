"""What completes this basket: items bought together more often than chance would have it.

    lift(a, b)  = (together(a, b) + S) / (e + S),    e = expected together = n(a) n(b) / N
    score(b)    = mean over the basket's items a of log2 lift(a, b), nothing below 0 counted

S shared baskets are added to what was counted and to what was expected, so that two rare items
that met a few times do not beat pasta and sauce. This is what belongs beside what is in the
basket now, whoever buys it; what this shopper buys next is the ranker's.

Memory is bounded: each item keeps its PARTNERS heaviest partners by Space-Saving, whose counts
err only upwards and by no more than the least kept one. A basket costs O(its items): of a large
one every item is paired with at most PAIRED others, those beside it on the receipt.
Source: Church, Hanks, "Word association norms, mutual information, and lexicography" (1990);
Metwally, Agrawal, El Abbadi, "Efficient computation of frequent and top-k elements" (ICDT 2005).
"""

from collections.abc import Collection, Sequence
from math import log2

# A co-purchase beyond the sixtieth partner of an item is noise in a year of real baskets.
PARTNERS = 60
PAIRED = 20
# In shared baskets; the pull towards 1 fades as more are seen.
SMOOTHING = 3.0
# Below as many shared baskets a pair proves nothing.
FEWEST_TOGETHER = 3


class _Partners:
    """Space-Saving counters of one item's partners."""

    __slots__ = ("counts", "overcount")

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.overcount: dict[str, int] = {}  # what a newcomer took over from the one it replaced

    def add(self, partner: str) -> None:
        counts = self.counts
        if partner in counts:
            counts[partner] += 1
        elif len(counts) < PARTNERS:
            counts[partner] = 1
        else:
            least = min(counts, key=lambda one: (counts[one], one))
            taken = counts.pop(least)
            self.overcount.pop(least, None)
            counts[partner] = taken + 1
            self.overcount[partner] = taken

    def surely(self, partner: str) -> int:
        """Co-purchases that are certain, a lower bound."""
        return self.counts.get(partner, 0) - self.overcount.get(partner, 0)


class Complements:
    """Co-purchases of all shoppers; nobody's own."""

    def __init__(self) -> None:
        self.baskets = 0
        self._bought: dict[str, int] = {}
        self._partners: dict[str, _Partners] = {}

    def update(self, items: Sequence[str]) -> None:
        """Count one basket, its items in the order of the receipt; O(items)."""
        distinct = list(dict.fromkeys(items))
        self.baskets += 1
        for place, item in enumerate(distinct):
            self._bought[item] = self._bought.get(item, 0) + 1
            partners = self._partners.get(item)
            if partners is None:
                partners = self._partners[item] = _Partners()
            for other in _beside(distinct, place):
                partners.add(other)

    def complete(
        self, basket: Collection[str], *, k: int = 10, among: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """The `k` items that complete the basket, best first; none that is in it.

        Args:
            basket: what is in it now.
            k: how many at most; only items with a score above 0 come back.
            among: choose from these items; None: from all.

        Returns:
            (item, score): 1 is "twice as often as by chance beside each item of the basket".
        """
        inside = set(basket)
        known = [item for item in dict.fromkeys(basket) if item in self._partners]
        total: dict[str, float] = {}
        for item in known:
            for other in self._partners[item].counts:
                if other not in inside and (among is None or other in among):
                    total[other] = total.get(other, 0.0) + max(log2(self.lift(item, other)), 0.0)
        scored = [(other, score / len(known)) for other, score in total.items() if score > 0.0]
        return sorted(scored, key=lambda pair: (-pair[1], pair[0]))[: max(k, 0)]

    def lift(self, item: str, other: str) -> float:
        """How many times as often they are bought together as by chance; 1 when not known."""
        partners = self._partners.get(item)
        together = partners.surely(other) if partners is not None else 0
        if together < FEWEST_TOGETHER:
            return 1.0
        expected = self._bought[item] * self._bought[other] / self.baskets
        return (together + SMOOTHING) / (expected + SMOOTHING)

    def __len__(self) -> int:
        """How many items are known."""
        return len(self._bought)


def _beside(items: Sequence[str], place: int) -> list[str]:
    if len(items) <= PAIRED + 1:
        return [other for index, other in enumerate(items) if index != place]
    start = min(max(place - PAIRED // 2, 0), len(items) - PAIRED - 1)
    return [items[index] for index in range(start, start + PAIRED + 1) if index != place]
