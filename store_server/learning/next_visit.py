"""When a shopper comes again: a log-logistic model of the days to the next visit.

    P(no visit within t days) = 1 / (1 + exp(s (log t - m)))

m, the logarithm of the median, and s, how sure it is, are linear in what is known of the rhythm:
mean gap between visits over the whole record, over 12 weeks and over 4 weeks, each shrunk towards
a fortnight; the silence by now, and how it compares to the gap. The chance of staying away for
`CHURN_DAYS` is the churn risk; the median is the time to the next visit.

The weights are fitted to the retailer's own record: shoppers are described as they looked at some
days of the last months, and what they did then is the label; who did not come by the end counts
as "not yet". The distribution's heavy tail stands for those who never come.
Source: Kalbfleisch, Prentice, "The Statistical Analysis of Failure Time Data", 2.2.6 (log-logistic
accelerated failure time). Measured by benchmarks/shopper_standing.py.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]  # scipy ships no types

from store_server.learning.purchase_rhythm import PurchaseRhythm, rhythm_of

Floats: TypeAlias = NDArray[np.float64]

# Eight weeks without a visit: a grocer's month of holidays is over by then.
CHURN_DAYS = 56
# A gap of which nothing is known is a fortnight, on the evidence of one visit.
PRIOR_GAP_DAYS = 14.0
FEATURES = ("one", "gap", "gap_84", "gap_28", "silence", "overdue", "once", "known")
# How sure the median is depends on the first four alone: more fits noise.
SHAPED_BY = 4
# Shoppers are described as they looked at these days before the last one.
LABEL_DAYS_AGO = (56, 84, 112, 140, 168)
FEWEST_EXAMPLES = 300
PENALTY = 1e-4
STEPS = 100
LONGEST_DAYS = 3_650.0


class VisitExample(NamedTuple):
    """A shopper as they looked on a day, and when they came next.

    `came` False: they had not come by the end of the record, `after_days` on.
    """

    features: tuple[float, ...]
    after_days: int
    came: bool


def describe(rhythm: PurchaseRhythm, *, today: int) -> tuple[float, ...]:
    """What the model goes by, in the order of `FEATURES`."""
    known = rhythm.known_days(today)
    gap = (known + PRIOR_GAP_DAYS) / (rhythm.visits + 1)
    gaps = [
        (min(days, known) + PRIOR_GAP_DAYS / 2) / (rhythm.visits_in(days, today=today) + 1)
        for days in (84, 28)
    ]
    silence = rhythm.silent_days(today) + 1
    overdue = max(0.0, float(np.log(silence / gap)))
    logs = [float(np.log(value)) for value in (gap, *gaps, silence)]
    return (1.0, *logs, overdue, float(rhythm.visits == 1), float(np.log(known)))


def examples_of(
    baskets: Sequence[tuple[int, int]], *, last_day: int, days_ago: Iterable[int] = LABEL_DAYS_AGO
) -> list[VisitExample]:
    """What one shopper teaches.

    Args:
        baskets: (day, amount in minor units), oldest first.
        last_day: the last day of the record.
        days_ago: how long before it the shopper is looked at.
    """
    found = []
    for ago in days_ago:
        day = last_day - ago
        before = bisect_right(baskets, day, key=itemgetter(0))
        rhythm = rhythm_of(baskets[:before])
        if rhythm is None:
            continue
        later = baskets[before][0] if before < len(baskets) else None
        after = (last_day if later is None else later) - day
        found.append(VisitExample(describe(rhythm, today=day), after, later is not None))
    return found


@dataclass(frozen=True, slots=True)
class NextVisitModel:
    """Weights on standardised features: of m first, then the `SHAPED_BY` of log s."""

    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    weights: tuple[float, ...]

    @classmethod
    def fitted(cls, examples: Sequence[VisitExample]) -> "NextVisitModel":
        """The model that these examples make most likely; the built-in one when they are few."""
        if len(examples) < FEWEST_EXAMPLES:
            return BUILT_IN
        features = np.array([one.features for one in examples])
        after = np.array([one.after_days for one in examples], dtype=np.float64)
        came = np.array([one.came for one in examples])
        mean, deviation = features.mean(axis=0), features.std(axis=0) + 1e-9
        mean[0], deviation[0] = 0.0, 1.0
        columns = (features - mean) / deviation

        def loss(weights: Floats) -> float:
            by_then = _away(columns, weights, after)
            day_before = np.where(after > 1, _away(columns, weights, np.maximum(after - 1, 1)), 1.0)
            chance = np.where(came, day_before - by_then, by_then)
            ridge = PENALTY * float(weights @ weights)
            return float(-np.log(np.maximum(chance, 1e-12)).mean()) + ridge

        start = np.zeros(len(FEATURES) + SHAPED_BY)
        start[0] = float(np.log(np.median(after) + 1))
        best = minimize(loss, start, method="L-BFGS-B", options={"maxiter": STEPS})
        numbers = (tuple(float(one) for one in row) for row in (mean, deviation, best.x))
        return cls(*numbers)

    def stays_away(self, rhythm: PurchaseRhythm, *, today: int, days: float = CHURN_DAYS) -> float:
        """P(no visit within the next `days` days), 0..1."""
        return float(
            _away(self._columns(rhythm, today), np.array(self.weights), np.array([days]))[0]
        )

    def next_visit_days(self, rhythm: PurchaseRhythm, *, today: int) -> float:
        """In how many days the next visit is as likely over as not: the median, 1 or more."""
        columns = self._columns(rhythm, today)
        median = np.exp(columns @ np.array(self.weights[: len(FEATURES)]))[0]
        return float(min(max(median, 1.0), LONGEST_DAYS))

    def _columns(self, rhythm: PurchaseRhythm, today: int) -> Floats:
        features = np.array([describe(rhythm, today=today)])
        return np.asarray((features - np.array(self.mean)) / np.array(self.deviation))


def _away(columns: Floats, weights: Floats, days: Floats) -> Floats:
    """P(no visit within `days`) of each row."""
    median_log = columns @ weights[: len(FEATURES)]
    sureness = np.exp(np.clip(columns[:, :SHAPED_BY] @ weights[len(FEATURES) :], -4.0, 4.0))
    odds = np.clip(sureness * (np.log(days) - median_log), -40.0, 40.0)
    return np.asarray(1.0 / (1.0 + np.exp(odds)))


# Of 2,469 households in nine months; for a shop that has no record of its own yet.
# Source: the last line of benchmarks/shopper_standing.py.
BUILT_IN = NextVisitModel(
    mean=(0.0, 2.2216, 2.2471, 2.2122, 1.8496, 0.2237, 0.0364, 4.8961),
    deviation=(1.0, 0.8147, 0.8953, 0.8035, 1.3196, 0.3919, 0.1874, 0.4671),
    weights=(
        *(1.7681, 0.4652, 0.3250, 0.3155, -0.1652, 0.1464, 0.0832, -0.1305),
        *(0.2916, -0.0461, -0.0108, -0.0802),
    ),
)
