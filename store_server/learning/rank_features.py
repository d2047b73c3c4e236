"""Candidates for a ranking and what is known of each: own record, item, store, household, trip.

Candidates are the shopper's own items, the most promising first, filled up with what is popular
now; both are bounded, so a ranking costs the same in a year as today.
"""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from store_server.learning.own_items import DAY_S, OWN_FEATURES, Floats, OwnItems, Trip, own_items
from store_server.learning.purchase_statistics import DAY_S as DAY_WHOLE_S
from store_server.learning.purchase_statistics import PurchaseStatistics
from store_server.learning.shopper_history import Baskets, ShopperHistory

# The bound of a ranking's time. Fewer cost nothing in the first ten of real baskets.
OWN_CANDIDATES = 85
POPULAR_CANDIDATES = 25

ITEM_FEATURES = (
    "popularity_now",
    "popularity_season",
    "popularity_long",
    "trend_now",
    "trend_season",
    "sold_today",
    "repeat_rate",
    "buyers",
    "item_gap_days",
    "item_overdue",
    "store_share",
    "store_lift",
)
TRIP_FEATURES = (
    "household_baskets",
    "days_since_visit",
    "visit_gap_days",
    "visit_overdue",
    "mean_lines",
    "likely_lines",
    "distinct_share",
    "hour",
    "weekday",
)
FEATURES = (*OWN_FEATURES, *ITEM_FEATURES, *TRIP_FEATURES)
_DAYS_SINCE = OWN_FEATURES.index("days_since")
_SHARE_30D = OWN_FEATURES.index("own_share_30d")
_SHARE_90D = OWN_FEATURES.index("own_share_90d")
_POPULARITY_SEASON = FEATURES.index("popularity_season")


class Candidates(NamedTuple):
    """Items with their features; NaN where there is nothing to know."""

    item: NDArray[np.int64]  # (candidates,)
    features: Floats  # (candidates, len(FEATURES))


def describe(
    statistics: PurchaseStatistics,
    history: ShopperHistory | None,
    *,
    trip: Trip,
    only: Collection[int] | None = None,
) -> Candidates:
    """The candidates for this trip of this shopper.

    Args:
        statistics: what is known of all.
        history: the shopper's own; None for somebody unknown.
        trip: when and where.
        only: choose from these items; None: from all.
    """
    popularity = statistics.popularity.before(trip.at_s // DAY_WHOLE_S, len(statistics.items))
    baskets = history.arrays() if history is not None and len(history) else None
    own = own_items(baskets, trip) if baskets is not None else _NOTHING_OWN
    item = _choose(own, popularity[1], only=only)
    of_item = _item_features(statistics, popularity, trip=trip, item=item)
    of_own = _own_features(own, item)
    of_item[:, ITEM_FEATURES.index("item_overdue")] = of_own[:, _DAYS_SINCE] / (
        of_item[:, ITEM_FEATURES.index("item_gap_days")] + 1.0
    )
    of_trip = np.broadcast_to(_trip_features(baskets, trip), (len(item), len(TRIP_FEATURES)))
    return Candidates(item, np.hstack([of_own, of_item, of_trip]))


def plain_scores(candidates: Candidates) -> Floats:
    """Decayed own frequency, then popularity: what ranks while nothing is trained yet."""
    features = candidates.features
    return np.asarray(
        features[:, _SHARE_30D] + features[:, _SHARE_90D] + features[:, _POPULARITY_SEASON]
    )


def _choose(own: OwnItems, now: Floats, *, only: Collection[int] | None) -> NDArray[np.int64]:
    if only is not None and len(only) <= OWN_CANDIDATES + POPULAR_CANDIDATES:
        return np.array(sorted(only), dtype=np.int64)
    promise = own.features[:, 1] + own.features[:, 2] + own.features[:, 6]
    mine = own.item.astype(np.int64)
    offered = np.arange(len(now)) if only is None else np.array(sorted(only), dtype=np.int64)
    if only is not None:
        kept = np.isin(mine, offered)
        mine, promise = mine[kept], promise[kept]
    if len(mine) > OWN_CANDIDATES:
        best = np.argpartition(-promise, OWN_CANDIDATES)[:OWN_CANDIDATES]
        mine = mine[best]
    wanted = min(POPULAR_CANDIDATES + len(mine), len(offered))
    sold = now[offered] if only is not None else now
    popular = offered[np.argpartition(-sold, wanted - 1)[:wanted]] if wanted else offered
    popular = popular[np.lexsort((popular, -now[popular]))]
    new = popular[~np.isin(popular, mine)][:POPULAR_CANDIDATES]
    return np.concatenate([np.sort(mine), new])


def _own_features(own: OwnItems, item: NDArray[np.int64]) -> Floats:
    features = np.full((len(item), len(OWN_FEATURES)), np.nan)
    if not len(own.item):
        features[:, :_DAYS_SINCE] = 0.0
        return features
    place = np.minimum(np.searchsorted(own.item, item), len(own.item) - 1)
    bought = own.item[place] == item
    features[bought] = own.features[place[bought]]
    features[~bought, :_DAYS_SINCE] = 0.0
    return features


def _item_features(
    statistics: PurchaseStatistics, popularity: Floats, *, trip: Trip, item: NDArray[np.int64]
) -> Floats:
    total = popularity.sum(axis=1, keepdims=True) + 1.0
    share = popularity[:, item] / total
    floor = 0.1 / total
    day = trip.at_s // DAY_WHOLE_S
    today = statistics.popularity.today(day)
    in_store = statistics.of_store.get(trip.store, {})
    store_total = statistics.lines_of_store.get(trip.store, 0)
    sold_today = np.array([today.get(one, 0) for one in item.tolist()], dtype=float)
    sold_here = np.array([in_store.get(one, 0) for one in item.tolist()], dtype=float)
    buyers = np.frombuffer(statistics.buyers, dtype=np.int64)[item]
    repeats = np.frombuffer(statistics.repeats, dtype=np.int64)[item]
    gap_days = np.frombuffer(statistics.gap_s, dtype=np.int64)[item] / DAY_S
    here = (sold_here + 20.0 * share[2]) / (store_total + 20.0)
    return np.column_stack(
        [
            *share,
            np.log((share[0] + floor[0]) / (share[1] + floor[1])),
            np.log((share[1] + floor[1]) / (share[2] + floor[2])),
            (sold_today + 0.5)
            / (statistics.popularity.lines_of(day) + 20.0)
            / (share[1] + floor[1]),
            (repeats + 1.0) / (repeats + buyers + 4.0),
            buyers / (len(statistics) + 1.0),
            (gap_days + 30.0) / (repeats + 1.0),
            np.full(len(item), np.nan),
            here,
            np.log(here / (share[2] + floor[2])),
        ]
    )


def _trip_features(baskets: Baskets | None, trip: Trip) -> Floats:
    hour, weekday = float(trip.hour_of_week % 24), float(trip.hour_of_week // 24)
    if baskets is None:
        return np.array([0.0, *[np.nan] * (len(TRIP_FEATURES) - 3), hour, weekday])
    number = len(baskets.at_s)
    since = max(trip.at_s - int(baskets.at_s[-1]), 0) / DAY_S
    gap = float(baskets.at_s[-1] - baskets.at_s[0]) / DAY_S / max(number - 1, 1)
    pause = np.diff(baskets.at_s, prepend=baskets.at_s[:1]) / DAY_S
    like = np.exp(-np.abs(np.log((pause + 0.5) / (since + 0.5)))) * np.where(
        baskets.store == trip.store, 1.0, 0.3
    )
    lines = len(baskets.item)
    return np.array(
        [
            number,
            since,
            gap,
            since / (gap + 0.5),
            lines / number,
            float(like @ baskets.size) / (float(like.sum()) + 1e-9),
            len(np.unique(baskets.item)) / max(lines, 1),
            hour,
            weekday,
        ]
    )


_NOTHING_OWN = OwnItems(np.zeros(0, np.int32), np.zeros((0, len(OWN_FEATURES))))
