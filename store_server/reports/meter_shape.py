"""What a store's data look like, rounded: under this name a calibration is kept and found again."""

from collections.abc import Sequence
from math import sqrt
from statistics import fmean, pvariance
from typing import NamedTuple

from store_server.reports.effect import effect_of
from store_server.reports.lift import Question
from store_server.reports.outcomes import Metric, UnitOutcome

# Part of every kept result: raise it when the estimates or the placebo shop change.
METHOD_VERSION = 2
UNITS = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
RATES = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
UNEVEN = (0.5, 1.0, 1.5, 2.0, 3.0)
FORETOLD = (0.0, 0.3, 0.5, 0.7)
# With fewer units than this there is nothing to take a shape from: these are taken.
UNITS_TO_TELL = 200
RATE_GUESSED, UNEVEN_GUESSED, FORETOLD_GUESSED = 0.2, 1.5, 0.3


class DataShape(NamedTuple):
    """What the campaigns of a placebo shop are like.

    units: in both arms. control_bp: held out. rate: share that buys unheld, 0..1.
    unevenness: standard deviation of spend over its mean. foretold: share of the variance of
    spend that earlier spend explains, 0..1.
    """

    units: int
    control_bp: int
    rate: float
    unevenness: float
    foretold: float

    @property
    def key(self) -> str:
        """Its name, with the version of the method."""
        return (
            f"v{METHOD_VERSION}-u{self.units}-c{self.control_bp}-r{round(100 * self.rate)}"
            f"-s{round(10 * self.unevenness)}-f{round(10 * self.foretold)}"
        )


def shape_of(outcomes: Sequence[UnitOutcome], question: Question) -> DataShape | None:
    """The shape of these units, each number rounded to the nearest kept; None: no holdout."""
    if not question.has_holdout:
        return None
    closed = [one for one in outcomes if one.closed and one.named]
    rate, uneven, foretold = RATE_GUESSED, UNEVEN_GUESSED, FORETOLD_GUESSED
    if len(closed) >= UNITS_TO_TELL:
        spent = [float(one.spend_minor) for one in closed]
        rate = fmean(one.bought for one in closed)
        if (mean := fmean(spent)) > 0:
            uneven = sqrt(pvariance(spent)) / mean
        foretold = effect_of(closed, Metric.SPEND, ended=False).variance_reduction
    units = max(len(outcomes), UNITS[0]) if question.ended else max(len(outcomes), 2_000)
    return DataShape(
        units=int(_nearest(units, UNITS)),
        control_bp=question.control_bp,
        rate=_nearest(rate, RATES),
        unevenness=_nearest(uneven, UNEVEN),
        foretold=_nearest(foretold, FORETOLD),
    )


def _nearest(value: float, kept: Sequence[float]) -> float:
    return min(kept, key=lambda one: abs(one - value))
