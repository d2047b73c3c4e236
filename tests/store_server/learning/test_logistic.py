"""The regression finds what decides, and comes back from its numbers."""

import numpy as np
import pytest

from store_server.learning.logistic import LogisticRescorer
from store_server.learning.rank_features import FEATURES
from store_server.learning.rescoring import Examples, gathered

SHARE = FEATURES.index("own_share_90d")


def bought_by_share(trips: int = 60, *, seed: int = 3) -> Examples:
    """Bought with the chance that stands in one feature; the others are noise or unknown."""
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(trips):
        features = rng.random((40, len(FEATURES)))
        features[rng.random(features.shape) < 0.2] = np.nan
        features[:, SHARE] = rng.random(40)
        rows.append((features, rng.random(40) < features[:, SHARE]))
    return gathered(rows)


def test_chances_are_as_often_true_as_they_say() -> None:
    examples = bought_by_share(200)

    chance = LogisticRescorer.trained(examples).chance(examples.features.astype(float))

    for low in (0.1, 0.4, 0.7):
        those = (chance >= low) & (chance < low + 0.2)
        assert examples.bought[those].mean() == pytest.approx(chance[those].mean(), abs=0.05)


def test_a_greater_share_ranks_higher() -> None:
    rescorer = LogisticRescorer.trained(bought_by_share())
    features = np.full((2, len(FEATURES)), 0.5)
    features[:, SHARE] = (0.2, 0.8)

    low, high = rescorer.score(features)

    assert low < high


def test_it_comes_back_from_its_numbers() -> None:
    examples = bought_by_share(20)
    rescorer = LogisticRescorer.trained(examples)
    features = examples.features[:50].astype(float)

    restored = LogisticRescorer.restored(rescorer.state())

    assert np.array_equal(restored.score(features), rescorer.score(features))


def test_numbers_of_another_version_are_refused() -> None:
    state = {"weights": [0.0, 0.0], "mean": [0.0], "deviation": [1.0]}

    with pytest.raises(ValueError, match="another version; fit again"):
        LogisticRescorer.restored(state)
