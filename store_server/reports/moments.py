"""Count, means and scatter of the columns of one arm: all that a comparison of arms needs.

Leading axes are free. The report compares one pair of arms; the placebo shop (`placebo`) puts
thousands of campaigns and every day of each through the same functions at once.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Moments:
    """What is kept of an arm.

    units: [...]. mean: [..., columns]. scatter: [..., columns, columns], the sums of products
    of deviations from the mean.
    """

    units: Floats
    mean: Floats
    scatter: Floats

    def of_columns(self, columns: list[int]) -> "Moments":
        """These columns only, in this order."""
        block = self.scatter[..., columns, :][..., columns]
        return Moments(self.units, self.mean[..., columns], block)


def moments_of(values: Floats) -> Moments:
    """The moments of rows of values, [units, columns]; of no rows: zeros."""
    units = np.asarray(float(len(values)))
    mean = values.mean(axis=0) if len(values) else np.zeros(values.shape[1])
    away = values - mean
    return Moments(units, mean, away.T @ away)


def moments_from_sums(units: Floats, sums: Floats, products: Floats) -> Moments:
    """The moments out of sums and sums of products, which can be added up day by day.

    Columns should be centred near 0 first: what is subtracted here would cancel out.

    Args:
        units: [...].
        sums: [..., columns].
        products: [..., columns, columns], sums of z z^T.
    """
    counted = np.maximum(units, 1.0)
    mean = sums / counted[..., None]
    scatter = products - sums[..., :, None] * mean[..., None, :]
    return Moments(units, mean, scatter)
