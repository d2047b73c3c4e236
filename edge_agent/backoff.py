"""Delays that grow with each failure and differ between gateways.

Forty gateways that lost the same broker must not come back in the same millisecond: each
delay is drawn from 80..120 % of its nominal value.
"""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Delays `first_s`, times `factor` with each failure, at most `most_s`."""

    first_s: float
    most_s: float
    factor: float = 2.0

    def delay_s(self, failures: int, rng: random.Random) -> float:
        """The delay in seconds after `failures` failures in a row; 0 failures count as 1."""
        # 64 doublings are more than any cap; beyond them the power would overflow.
        nominal_s = self.first_s * self.factor ** min(max(failures - 1, 0), 64)
        return min(self.most_s, nominal_s) * rng.uniform(0.8, 1.2)
