"""What a re-scorer is: features of candidates in, one number each out, higher is better.

Two of them: gradient-boosted trees that learn the order of a list (`lambdarank`, the optional
extra `lightgbm`), and a logistic regression that is always there (`logistic`). Both are trained
by `PurchaseRanker.fit` on the last weeks of its own baskets, and frozen until the next fit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Rescorer(Protocol):
    """Gives each candidate its place."""

    def score(self, features: Floats) -> Floats:
        """One number for each row; only their order within one call means anything."""
        ...


@dataclass(frozen=True, slots=True)
class Examples:
    """Trips of the past with what was bought: rows of one trip stand together."""

    features: NDArray[np.float32]  # (rows, features)
    bought: NDArray[np.int8]  # (rows,) 0 or 1
    sizes: Sequence[int]  # rows of each trip


def gathered(trips: Sequence[tuple[Floats, NDArray[np.bool_]]]) -> Examples:
    """Examples from (features, bought) of each trip."""
    return Examples(
        np.vstack([features for features, _ in trips]).astype(np.float32),
        np.concatenate([bought for _, bought in trips]).astype(np.int8),
        [len(bought) for _, bought in trips],
    )
