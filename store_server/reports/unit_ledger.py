"""From decisions and receipts to what became of each unit: who spent what, before and after.

A unit's window begins with its first promoting decision. Everything it pays at this store's
tills counts, whatever it buys: what an offer takes from other shelves, or brings to them, is in
the sum. Money spent before describes the unit; it is never an outcome, and it is taken from before
the first promoting decision that the unit ever had: later spend may be an effect already.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from store_server.reports.cuped import BEFORE_BLOCK_DAYS, BEFORE_BLOCKS
from store_server.reports.outcomes import Cut, Metric, UnitOutcome

DAY_MS = 86_400_000
BLOCK_MS = BEFORE_BLOCK_DAYS * DAY_MS
LONG_MS = 28 * DAY_MS
# Erasure puts an alias in place of a shopper (`DecisionRepository.forget`).
FORGOTTEN = "forgotten-"


@dataclass(frozen=True, slots=True)
class Promotion:
    """A unit's first decision that offered something, or would have.

    members: the shoppers whose receipts are the unit's. bought_units: of the promoted category,
    in the window. categories: what it put forward. channel: where it is read; variants: the arms
    of experiments it was drawn into. first_ever_ms: its first promoting decision of all, in any
    span or campaign; None: this one.
    visit_ended_at_ms: None while the visit lasts, or when there is none.
    """

    decision: str
    unit: str
    members: tuple[str, ...]
    at_ms: int
    treated: bool
    channel: str
    campaign: str
    store: str
    zone: str | None
    visit_ended_at_ms: int | None
    bought_units: int
    variants: tuple[str, ...] = ()
    categories: frozenset[str] = frozenset()
    first_ever_ms: int | None = None

    @property
    def is_forgotten(self) -> bool:
        """Whether the shopper was erased: receipts are nobody's then."""
        return any(one.startswith(FORGOTTEN) for one in self.members)


class Receipt(NamedTuple):
    """A basket: what was paid, what margin that left after discounts, in minor units.

    promoted / related / other: its lines before discounts, see `outcomes.Metric`.
    """

    at_ms: int
    paid_minor: int
    margin_minor: int
    promoted_minor: int = 0
    related_minor: int = 0
    other_minor: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What outcomes are read by: the instant, and how long after a visit a basket counts."""

    now_ms: int
    window_ms: int


def reading_at(now: datetime, window: timedelta) -> Reading:
    """The reading at an instant."""
    return Reading(round(now.timestamp() * 1000), round(window.total_seconds() * 1000))


class _Purse:
    """Receipts of one unit, in order, so that the ones of any span are found at once."""

    def __init__(self, receipts: Iterable[Receipt]) -> None:
        self._receipts = sorted(receipts)
        self._times = [one.at_ms for one in self._receipts]

    def between(self, since_ms: int, through_ms: int) -> list[Receipt]:
        """Those from `since_ms` through `through_ms`, both included."""
        start = bisect_left(self._times, since_ms)
        return self._receipts[start : bisect_right(self._times, through_ms)]


def outcomes_of(
    promotions: Sequence[Promotion],
    *,
    after: Mapping[str, Sequence[Receipt]],
    before: Mapping[str, Sequence[Receipt]],
    reading: Reading,
) -> list[UnitOutcome]:
    """One outcome for each unit, in the order of `promotions`.

    Args:
        promotions: the first of each unit.
        after: receipts at this store's tills, by unit.
        before: what is known of earlier purchases, in any store, by unit.
        reading: the instant and the window.
    """
    earlier = {one.unit: _blocks(one, before.get(one.unit, ())) for one in promotions}
    bands = _bands(earlier)
    return [
        _outcome(
            one,
            _Purse(after.get(one.unit, ())),
            before=earlier[one.unit],
            band=bands[one.unit],
            reading=reading,
        )
        for one in promotions
    ]


def _outcome(
    one: Promotion, purse: _Purse, *, before: tuple[int, ...], band: str, reading: Reading
) -> UnitOutcome:
    ends_ms = (one.visit_ended_at_ms or one.at_ms) + reading.window_ms
    month_ms = one.at_ms + LONG_MS
    inside, month = purse.between(one.at_ms, ends_ms), purse.between(one.at_ms, month_ms)
    later = purse.between(ends_ms + 1, month_ms)
    return UnitOutcome(
        treated=one.treated,
        bought=one.bought_units > 0,
        margin_minor=sum(receipt.margin_minor for receipt in inside),
        spend_minor=_paid(inside),
        spend_28_minor=_paid(month),
        before_minor=before,
        closed=ends_ms < reading.now_ms,
        closed_28=month_ms < reading.now_ms,
        named=not one.is_forgotten,
        sources_minor={
            Metric.PROMOTED: sum(receipt.promoted_minor for receipt in inside),
            Metric.RELATED: sum(receipt.related_minor for receipt in inside),
            Metric.OTHER: sum(receipt.other_minor for receipt in inside),
            Metric.PROMOTED_LATER: sum(receipt.promoted_minor for receipt in later),
        },
        cuts=_cuts(one, band),
        variants=one.variants,
    )


def _paid(receipts: Iterable[Receipt]) -> int:
    return sum(receipt.paid_minor for receipt in receipts)


def _blocks(one: Promotion, receipts: Sequence[Receipt]) -> tuple[int, ...]:
    """Spend in each block of 28 days, latest first, before any offer could change it."""
    purse = _Purse(receipts)
    untouched_ms = one.first_ever_ms or one.at_ms
    return tuple(
        _paid(
            purse.between(
                untouched_ms - (block + 1) * BLOCK_MS, untouched_ms - block * BLOCK_MS - 1
            )
        )
        for block in range(BEFORE_BLOCKS)
    )


def _bands(earlier: Mapping[str, tuple[int, ...]]) -> Mapping[str, str]:
    """Thirds of those who spent something before, and those who did not."""
    spenders = sorted((sum(blocks), unit) for unit, blocks in earlier.items() if sum(blocks) > 0)
    bands = dict.fromkeys(earlier, "spent_nothing_before")
    for place, (_, unit) in enumerate(spenders):
        third = 3 * place // len(spenders)
        bands[unit] = ("spent_little_before", "spent_some_before", "spent_much_before")[third]
    return bands


def _cuts(one: Promotion, band: str) -> Mapping[Cut, str]:
    return {
        Cut.CAMPAIGN: one.campaign,
        # Where it was, or would have been, read: both arms have it, a message only one.
        Cut.CHANNEL: one.channel,
        Cut.SEGMENT: band,
        Cut.ZONE: one.zone or "no_zone",
        Cut.STORE: one.store,
    }
