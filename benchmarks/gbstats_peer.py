"""What GrowthBook's statistics answer; read by `gbstats_oracle` out of an environment of its own.

Cases in JSON on the standard input, answers in JSON on the output. Imports nothing of ours: that
environment has gbstats and an older numpy only.
"""

import json
import sys
from typing import Any

from gbstats.frequentist.tests import (
    FrequentistConfig,
    SequentialConfig,
    SequentialTwoSidedTTest,
    TwoSidedTTest,
)
from gbstats.models.statistics import RegressionAdjustedStatistic, SampleMeanStatistic


def answer() -> None:
    """Answer every case."""
    json.dump([_one(case) for case in json.load(sys.stdin)], sys.stdout)


def _one(case: dict[str, Any]) -> dict[str, Any]:
    fixed = TwoSidedTTest(
        _arm(case["control"]),
        _arm(case["treated"]),
        FrequentistConfig(difference_type="absolute"),
    ).compute_result()
    sequence = SequentialTwoSidedTTest(
        _arm(case["control"]),
        _arm(case["treated"]),
        SequentialConfig(difference_type="absolute", sequential_tuning_parameter=case["tuning"]),
    ).compute_result()
    return {
        "difference": fixed.expected,
        "fixed": list(fixed.ci),
        "p": fixed.p_value,
        "sequence": list(sequence.ci),
        "sequence_p": sequence.p_value,
    }


def _arm(arm: dict[str, Any]) -> Any:  # noqa: ANN401 - one of gbstats' statistics
    after = SampleMeanStatistic(n=arm["n"], sum=arm["sum"], sum_squares=arm["squares"])
    if "before_sum" not in arm:
        return after
    return RegressionAdjustedStatistic(
        n=arm["n"],
        post_statistic=after,
        pre_statistic=SampleMeanStatistic(
            n=arm["n"], sum=arm["before_sum"], sum_squares=arm["before_squares"]
        ),
        post_pre_sum_of_products=arm["products"],
        theta=0,
    )
