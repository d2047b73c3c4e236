"""What a shopper's own baskets say of each item in them, as of an instant: one vectorised pass.

Shares are of decayed baskets: with weight w of a basket, share = sum of w over the baskets with
the item / sum of w over all. The weight is age alone (four half-lives), or age times likeness of
that trip to this one: the same store, about this hour of the day, or after about as long a pause
(a fill-in trip two days after the last is not the weekly shopping).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from store_server.learning.shopper_history import Baskets

Floats = NDArray[np.float64]
DAY_S = 86_400.0
HALF_LIVES_DAYS = (10.0, 30.0, 90.0, 365.0)

# Added to the divisor of a share, in baskets: two baskets do not make a habit.
DOUBT_BASKETS = 0.5

OWN_FEATURES = (
    *(f"own_share_{days:g}d" for days in HALF_LIVES_DAYS),
    "own_share_store",
    "own_share_hour",
    "own_share_pause",
    "own_weight_in_small_baskets",
    "own_purchases",
    "days_since",
    "baskets_since",
    "mean_gap_days",
    "gap_spread",
    "last_gap_days",
    "overdue",
    "overdue_baskets",
    "in_last_10",
    "mean_position",
    "first_days_ago",
)


class Trip(NamedTuple):
    """The visit that is asked about."""

    at_s: int
    hour_of_week: int
    store: int  # -1: not known


class OwnItems(NamedTuple):
    """Items ever bought, ascending, and their features in the order of OWN_FEATURES."""

    item: NDArray[np.int32]  # (items,)
    features: Floats  # (items, len(OWN_FEATURES))


def basket_weights(baskets: Baskets, trip: Trip) -> Floats:
    """How much each basket counts, a row for each kind of share; (7, baskets)."""
    age_days = np.maximum(trip.at_s - baskets.at_s, 0) / DAY_S
    by_age = np.exp2(-age_days[None, :] / np.array(HALF_LIVES_DAYS)[:, None])
    season = by_age[2]
    hours_apart = np.abs(baskets.hour_of_week % 24 - trip.hour_of_week % 24)
    hours_apart = np.minimum(hours_apart, 24 - hours_apart)
    weekend = (baskets.hour_of_week >= 120) == (trip.hour_of_week >= 120)
    pause = np.diff(baskets.at_s, prepend=baskets.at_s[:1]) / DAY_S
    pause_now = max(trip.at_s - int(baskets.at_s[-1]), 0) / DAY_S
    unlike = np.abs(np.log((pause + 0.5) / (pause_now + 0.5)))
    return np.vstack(
        [
            by_age,
            season * (baskets.store == trip.store),
            season * np.exp(-hours_apart / 3.0) * np.where(weekend, 1.0, 0.5),
            season * np.exp(-1.5 * unlike),
        ]
    )


def own_items(baskets: Baskets, trip: Trip) -> OwnItems:
    """Features of every item in the baskets; `baskets` has at least one."""
    number = len(baskets.at_s)
    order = np.argsort(baskets.item, kind="stable")
    item = baskets.item[order]
    starts = np.flatnonzero(np.diff(item, prepend=-1))
    basket = np.repeat(np.arange(number), baskets.size)[order]
    at_s = baskets.at_s[basket]
    count = np.diff(starts, append=len(item))
    last = starts + count - 1
    gaps = np.diff(at_s, prepend=at_s[:1]) / DAY_S
    gaps[starts] = 0.0
    days_since = np.maximum(trip.at_s - at_s[last], 0) / DAY_S
    baskets_since = number - 1 - basket[last]
    mean_gap = (at_s[last] - at_s[starts]) / DAY_S / np.maximum(count - 1, 1)
    variance = np.add.reduceat(gaps**2, starts) / np.maximum(count - 1, 1) - mean_gap**2
    baskets_between = (basket[last] - basket[starts]) / np.maximum(count - 1, 1)
    again = count > 1
    line = np.arange(len(item)) - np.repeat(np.cumsum(baskets.size) - baskets.size, baskets.size)
    position = (line / np.repeat(baskets.size, baskets.size))[order]
    weights = basket_weights(baskets, trip)
    shares = np.add.reduceat(weights[:, basket], starts, axis=1)
    shares /= weights.sum(axis=1, keepdims=True) + DOUBT_BASKETS
    main = np.add.reduceat((weights[2] / np.sqrt(np.maximum(baskets.size, 1)))[basket], starts)
    columns = [
        *shares,
        main,
        count,
        days_since,
        baskets_since,
        np.where(again, mean_gap, np.nan),
        np.where(again, np.sqrt(np.maximum(variance, 0.0)) / (mean_gap + 1.0), np.nan),
        np.where(again, gaps[last], np.nan),
        np.where(again, days_since / (mean_gap + 1.0), np.nan),
        np.where(again, (baskets_since + 1) / (baskets_between + 0.5), np.nan),
        np.add.reduceat((basket >= number - 10).astype(float), starts),
        np.add.reduceat(position, starts) / count,
        np.maximum(trip.at_s - at_s[starts], 0) / DAY_S,
    ]
    return OwnItems(item[starts], np.array(columns, dtype=np.float64).T)
