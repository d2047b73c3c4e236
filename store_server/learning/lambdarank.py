"""LambdaRank on gradient-boosted trees: learns the order of a list, with weight on its head.

LightGBM is the optional extra `lightgbm`; without it nothing here is used and the logistic
regression ranks. The library is imported only when a ranker is trained or restored: a store that
only counts never pays for it.
Source: Burges, "From RankNet to LambdaRank to LambdaMART" (MSR-TR-2010-82); Ke et al., "LightGBM"
(NeurIPS 2017).
"""

from importlib import import_module
from typing import Protocol, cast

import numpy as np

from store_server.learning.rank_features import FEATURES
from store_server.learning.rescoring import Examples, Floats

# Measured on households and weeks outside acceptance: 60 rounds 1.115 of GP-TopFreq, 120 1.118,
# 300 1.110 and four times slower to ask (docs/decisions.md). One thread: a ranking runs beside
# the writer, and a hundred rows are not worth waking another core.
ROUNDS = 70
PARAMETERS = {
    "objective": "lambdarank",
    "learning_rate": 0.08,
    "num_leaves": 31,
    "min_data_in_leaf": 100,
    "lambdarank_truncation_level": 20,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "max_bin": 127,
    "num_threads": 1,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}


class _Booster(Protocol):
    def predict(self, data: Floats, *, num_threads: int) -> Floats: ...

    def model_to_string(self) -> str: ...

    def num_feature(self) -> int: ...


def available() -> bool:
    """Whether the extra `lightgbm` is installed and loads; its OpenMP library may be missing."""
    try:
        import_module("lightgbm")
    except (ImportError, OSError):
        return False
    return True


class LambdaRankRescorer:
    """The trees; their text form is the state."""

    def __init__(self, booster: _Booster) -> None:
        self._booster = booster

    @classmethod
    def trained(cls, examples: Examples) -> "LambdaRankRescorer":
        """Trees that put what was bought first; the same examples give the same trees."""
        lightgbm = import_module("lightgbm")
        table = lightgbm.Dataset(
            examples.features,
            examples.bought,
            group=list(examples.sizes),
            feature_name=list(FEATURES),
        )
        return cls(cast(_Booster, lightgbm.train(dict(PARAMETERS), table, ROUNDS)))

    def score(self, features: Floats) -> Floats:
        """One number for each row, higher is better."""
        return np.asarray(self._booster.predict(features, num_threads=1), dtype=np.float64)

    def state(self) -> str:
        """The trees as text, for `restored`."""
        return self._booster.model_to_string()

    @classmethod
    def restored(cls, state: str) -> "LambdaRankRescorer":
        """The trees that `state` was taken of.

        Raises:
            ValueError: they were trained on other features.
        """
        booster = cast(_Booster, import_module("lightgbm").Booster(model_str=state))
        if booster.num_feature() != len(FEATURES):
            raise ValueError(
                f"re-scorer: {booster.num_feature()} features, expected {len(FEATURES)}: "
                "it was saved by another version; fit again"
            )
        return cls(booster)
