"""Whether the arms hold the numbers that were drawn: the first thing to ask of a result.

When they do not (a crash in one arm, a robot, a filter after the draw), nothing else that the
experiment says can be trusted. Two tests, because one is looked at once and the other every day.
"""

from collections.abc import Sequence
from math import exp, lgamma, log

from scipy.special import chdtrc  # type: ignore[import-untyped]  # scipy ships no types

# Below this nobody should read on; the usual bar for sample-ratio mismatches.
# Source: Fabijan et al. (2019) "Diagnosing Sample Ratio Mismatch", KDD, section 3.
MISMATCH_P = 0.001
# Pearson's statistic is near chi-squared from 5 expected in each cell: Cochran (1954).
EXPECTED_LEAST = 5
# How sure the prior of the sequential test is of the weights, in units: small departures from
# the weights are what a mismatch looks like. Source: the paper below, section 4.
CONCENTRATION = 1_000.0


def ratio_p(counts: Sequence[int], weights: Sequence[int]) -> float | None:
    """Pearson's chi-squared p-value of these arm sizes, looked at once; None: too few to say.

    Args:
        counts: units in each arm.
        weights: what they were drawn with; an arm of weight 0 must be empty.
    """
    total, shares = sum(counts), _shares(counts, weights)
    if shares is None:
        return 0.0
    pairs = [(n, total * share) for n, share in shares]
    if len(pairs) < 2 or min(expected for _, expected in pairs) < EXPECTED_LEAST:
        return None
    statistic = sum((n - expected) ** 2 / expected for n, expected in pairs)
    return float(chdtrc(len(pairs) - 1, statistic))


def anytime_ratio_p(
    counts: Sequence[int], weights: Sequence[int], *, concentration: float = CONCENTRATION
) -> float:
    """A p-value that may be looked at after every unit and stopped at will, 0..1.

    One over the Bayes factor of "some other shares" (Dirichlet around the weights) against the
    weights: under the weights it ever falls below a with probability at most a (Ville).

    Source: Lindon and Malek (2022) "Anytime-Valid Inference for Multinomial Count Data", NeurIPS
    35, equations 6 and 8.
    """
    shares = _shares(counts, weights)
    if shares is None:
        return 0.0
    total = sum(counts)
    log_odds = lgamma(concentration) - lgamma(concentration + total)
    for n, share in shares:
        prior = concentration * share
        log_odds += lgamma(prior + n) - lgamma(prior) - n * log(share)
    return min(1.0, exp(min(0.0, -log_odds)))


def _shares(counts: Sequence[int], weights: Sequence[int]) -> list[tuple[int, float]] | None:
    """Count and drawn share of each arm with a weight; None when an arm without one has units."""
    whole = sum(weights)
    if any(n and not weight for n, weight in zip(counts, weights, strict=True)):
        return None
    return [(n, weight / whole) for n, weight in zip(counts, weights, strict=True) if weight]
