"""Logistic regression on the features and their logarithms: P(bought) of each candidate.

    chance = 1 / (1 + exp(-(w . shaped + b)))

A share of .1 against .2 matters as .01 against .02 does, so every feature comes twice: as it is,
and as sign(x) log(|x| + .01). What is not known is 0, with a column that says so for items never
bought, and for those bought once. Columns are standardised and cut at six deviations.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]  # scipy ships no types

from store_server.learning.rank_features import FEATURES
from store_server.learning.rescoring import Examples, Floats

# Ridge, per row. From 1e-4 to 1e-3 the ranking of real baskets does not change in the third digit.
PENALTY = 3e-4
# L-BFGS is within a thousandth of its final loss after these.
STEPS = 60
MOST_DEVIATIONS = 6.0

_ABSENT = (FEATURES.index("days_since"), FEATURES.index("mean_gap_days"))
_State: TypeAlias = Mapping[str, Sequence[float]]


class LogisticRescorer:
    """Weights in the order of the shaped columns, the intercept last."""

    def __init__(self, *, weights: Floats, mean: Floats, deviation: Floats) -> None:
        self._weights, self._mean, self._deviation = weights, mean, deviation

    @classmethod
    def trained(cls, examples: Examples) -> "LogisticRescorer":
        """The regression that fits the examples best under the ridge."""
        shaped = _shape(examples.features)
        mean = shaped.mean(axis=0, dtype=np.float64)
        deviation = shaped.std(axis=0, dtype=np.float64) + 1e-9
        columns = _standardise(shaped, mean, deviation).astype(np.float32)
        bought = examples.bought.astype(np.float32)

        def loss(weights: Floats) -> tuple[float, Floats]:
            slopes = weights[:-1].astype(np.float32)
            margin = columns @ slopes + np.float32(weights[-1])
            missed = (1.0 / (1.0 + np.exp(-margin)) - bought) / np.float32(len(bought))
            total = float(np.mean(np.logaddexp(0.0, margin) - bought * margin, dtype=np.float64))
            ridge = 0.5 * PENALTY * float(weights[:-1] @ weights[:-1])
            slope = columns.T @ missed + PENALTY * weights[:-1]
            return total + ridge, np.append(slope, missed.sum(dtype=np.float64))

        start = np.zeros(columns.shape[1] + 1)
        best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
        return cls(weights=best.x, mean=mean, deviation=deviation)

    def score(self, features: Floats) -> Floats:
        """The logarithm of the odds of being bought."""
        columns = _standardise(_shape(features), self._mean, self._deviation)
        return np.asarray(columns @ self._weights[:-1] + self._weights[-1])

    def chance(self, features: Floats) -> Floats:
        """P(bought), 0..1 both excluded."""
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(self.score(features), -30.0, 30.0))))

    def state(self) -> dict[str, list[float]]:
        """All of it as numbers, for `restored`."""
        return {
            "weights": self._weights.tolist(),
            "mean": self._mean.tolist(),
            "deviation": self._deviation.tolist(),
        }

    @classmethod
    def restored(cls, state: _State) -> "LogisticRescorer":
        """The regression that `state` was taken of.

        Raises:
            ValueError: it was trained on other features.
        """
        weights, mean, deviation = (np.array(state[k]) for k in ("weights", "mean", "deviation"))
        expected = 2 * len(FEATURES) + len(_ABSENT)
        if len(mean) != expected or len(deviation) != expected or len(weights) != expected + 1:
            raise ValueError(
                f"re-scorer: {len(mean)} columns, expected {expected}: "
                "it was saved by another version; fit again"
            )
        return cls(weights=weights, mean=mean, deviation=deviation)


def _shape(features: NDArray[np.floating]) -> NDArray[np.floating]:
    absent = np.isnan(features[:, _ABSENT])
    filled = np.nan_to_num(features)
    return np.hstack([filled, np.sign(filled) * np.log(np.abs(filled) + 0.01), absent])


def _standardise(
    shaped: NDArray[np.floating], mean: Floats, deviation: Floats
) -> NDArray[np.floating]:
    return np.clip((shaped - mean) / deviation, -MOST_DEVIATIONS, MOST_DEVIATIONS)
