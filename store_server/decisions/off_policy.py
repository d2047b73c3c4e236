"""What another policy would have brought, told from the log of the one that ran.

Each logged decision says what was done, with which probability, and what came of it. A policy
that would do the same more often lets that decision count for more:

    w = P(other does what was done) / P(logged policy did it)
    IPS   = mean(w r)                       unbiased; wild where the logged policy seldom went
    SNIPS = sum(w r) / sum(w)               steadier; a bias of order 1/n
    DR    = mean(m + w (r - q))             q, m: a model's guess for what was done, and for what
                                            the other policy would do; unbiased when either the
                                            probabilities or the model are right

Where the logged policy never went, nothing can be said: that is counted as `unsupported`, not
guessed. One decision of a shopper is not independent of the next, so the errors are of units.

Sources: Horvitz and Thompson (1952), JASA 47:663-685; Swaminathan and Joachims (2015) "The
Self-Normalized Estimator for Counterfactual Learning", NIPS; Dudik, Langford and Li (2011)
"Doubly Robust Policy Evaluation and Learning", ICML; effective sample size: Kong (1992).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
# Below this the weights live on a handful of decisions and the intervals cannot be believed.
EFFECTIVE_LEAST = 30.0

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LoggedChoice:
    """One decision of the log, seen by the policy that is asked about.

    unit: household or shopper; decisions of one unit hang together.
    reward: what came of it, in any one unit of measure.
    propensity: P(logged policy does what was done), above 0 and at most 1.
    other: P(the other policy does what was done), 0..1.
    covered: sum of the other policy's probabilities over what the logged policy could have done.
    modelled: a model's guess of the reward of what was done. modelled_other: the guess for the
        other policy, averaged over what it would do. Both 0 without a model.
    """

    unit: str
    reward: float
    propensity: float
    other: float
    covered: float = 1.0
    modelled: float = 0.0
    modelled_other: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.propensity <= 1:
            raise ValueError(f"propensity is {self.propensity}; must be above 0, at most 1")
        if not 0 <= self.other <= 1 or not 0 <= self.covered <= 1 + 1e-9:
            raise ValueError(f"other {self.other}, covered {self.covered}: must be 0..1")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value for each decision with its standard error and 95 % interval."""

    value: float
    error: float

    @property
    def interval(self) -> tuple[float, float]:
        """Where the truth lies in 95 of 100 logs."""
        reach = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2) * self.error
        return self.value - reach, self.value + reach


@dataclass(frozen=True, slots=True)
class PolicyValue:
    """The other policy's value by three estimators, and how far to trust it.

    logged: mean reward of the policy that ran.
    effective: how many decisions the weights amount to. weight_most: the largest weight.
    unsupported: share of the other policy's choices that the logged one never makes.
    """

    decisions: int
    units: int
    logged: Estimate
    ips: Estimate
    snips: Estimate
    doubly_robust: Estimate
    effective: float
    weight_most: float
    unsupported: float

    @property
    def is_trustworthy(self) -> bool:
        """Whether enough of the log speaks about the other policy."""
        return self.effective >= EFFECTIVE_LEAST and self.unsupported <= 0.01


def value_of(log: Iterable[LoggedChoice]) -> PolicyValue:
    """The value per decision of the policy that `other` describes.

    Raises:
        ValueError: fewer than two units: there is no error to speak of.
    """
    choices = list(log)
    clusters = _numbered([one.unit for one in choices])
    units = int(clusters.max()) + 1 if choices else 0
    if units < 2:
        raise ValueError(f"the log has {units} units; an error needs two or more")
    reward = np.array([one.reward for one in choices])
    weight = np.array([one.other / one.propensity for one in choices])
    modelled = np.array([one.modelled for one in choices])
    other = np.array([one.modelled_other for one in choices])
    ones = np.ones(len(choices))
    squares = float((weight**2).sum())
    return PolicyValue(
        decisions=len(choices),
        units=units,
        logged=_ratio(reward, ones, clusters),
        ips=_ratio(weight * reward, ones, clusters),
        snips=_ratio(weight * reward, weight, clusters),
        doubly_robust=_ratio(other + weight * (reward - modelled), ones, clusters),
        effective=float(weight.sum()) ** 2 / squares if squares else 0.0,
        weight_most=float(weight.max()),
        unsupported=max(0.0, 1.0 - float(np.mean([one.covered for one in choices]))),
    )


def _ratio(top: _Floats, bottom: _Floats, clusters: NDArray[np.intp]) -> Estimate:
    """sum(top) / sum(bottom) with the delta method's error over clusters."""
    whole = float(bottom.sum())
    if whole <= 0:
        return Estimate(0.0, float("inf"))
    value = float(top.sum()) / whole
    left = np.bincount(clusters, weights=top - value * bottom)
    # n / (n - 1): as for any mean of n clusters.
    spread = float((left**2).sum()) * len(left) / (len(left) - 1)
    return Estimate(value, spread**0.5 / whole)


def _numbered(names: Sequence[str]) -> NDArray[np.intp]:
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.intp)
