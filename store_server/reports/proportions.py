"""Two proportions side by side: their difference with an interval, and how many make it visible.

Sources: Newcombe (1998) "Interval estimation for the difference between independent proportions:
comparison of eleven methods", Statistics in Medicine 17:873-890, method 10 (hybrid score, no
continuity correction); Wilson (1927), JASA 22:209-212; Fleiss, Levin and Paik (2003)
"Statistical Methods for Rates and Proportions", 3rd ed., section 4.2 (sample sizes, unequal
arms).
"""

from math import ceil, sqrt
from statistics import NormalDist
from typing import NamedTuple

CONFIDENCE = 0.95


class Interval(NamedTuple):
    """An estimate and where the truth may lie, in the unit of what is estimated."""

    estimate: float
    low: float
    high: float


class Share(NamedTuple):
    """`hits` of `of`."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """0..1; 0 of nothing is 0."""
        return self.hits / self.of if self.of else 0.0


def wilson(share: Share, *, confidence: float = CONFIDENCE) -> Interval:
    """The score interval of one proportion.

    Raises:
        ValueError: it is a share of nothing, or of less than its hits.
    """
    if not 0 <= share.hits <= share.of or share.of == 0:
        raise ValueError(f"{share.hits} of {share.of} is no proportion")
    z = _z(confidence)
    p, n = share.value, share.of
    middle = p + z * z / (2 * n)
    reach = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return Interval(p, max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale))


def difference(treated: Share, control: Share, *, confidence: float = CONFIDENCE) -> Interval:
    """`treated - control` with Newcombe's hybrid score interval, within -1..1.

    Raises:
        ValueError: an arm is empty.
    """
    one, two = wilson(treated, confidence=confidence), wilson(control, confidence=confidence)
    gap = one.estimate - two.estimate
    down = sqrt((one.estimate - one.low) ** 2 + (two.high - two.estimate) ** 2)
    up = sqrt((one.high - one.estimate) ** 2 + (two.estimate - two.low) ** 2)
    return Interval(gap, gap - down, gap + up)


def units_needed(
    *,
    control_rate: float,
    effect: float,
    control_share: float,
    power: float = 0.8,
    confidence: float = CONFIDENCE,
) -> int:
    """Units in both arms together that make a true `effect` visible with this power.

    Args:
        control_rate: share that buys without the offer, 0..1.
        effect: what must be seen, as a difference of shares, above 0.
        control_share: share of units held out, between 0 and 1.
        power: chance to see it.
        confidence: 1 less the chance to see what is not there, two-sided.

    Raises:
        ValueError: effect or control_share is out of range.
    """
    if not (0 < control_share < 1 and effect > 0):
        raise ValueError(f"effect {effect}, control_share {control_share}: must be inside (0, 1)")
    base = min(max(control_rate, 0.0), 1.0)
    raised = min(base + effect, 1.0)
    if raised - base < effect:
        base = max(raised - effect, 0.0)
    # ratio of the arms, seen from the treated one: n_control = ratio x n_treated
    ratio = control_share / (1 - control_share)
    pooled = (raised + ratio * base) / (1 + ratio)
    spread_null = sqrt((1 + ratio) * pooled * (1 - pooled))
    spread_true = sqrt(ratio * raised * (1 - raised) + base * (1 - base))
    z_null, z_true = _z(confidence), NormalDist().inv_cdf(power)
    treated = (z_null * spread_null + z_true * spread_true) ** 2 / (ratio * (raised - base) ** 2)
    return ceil(treated) + ceil(treated * ratio)


def _z(confidence: float) -> float:
    return NormalDist().inv_cdf(0.5 + confidence / 2)
