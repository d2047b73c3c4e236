"""How often the report's intervals hold a known truth: `python -m benchmarks.lift_coverage`.

2,000 simulated campaigns for each shop, half of them without any effect; each is read on 28 days
by the code of the report. Bars: the fixed-horizon interval, read once at the planned end, holds
the truth in 94-96 %; the confidence sequence holds it at all 28 looks together in at least 95 %;
with no effect it leaves 0 out at any look in at most 5 %. The seeds stand here since before the
first run; 2,000 campaigns tell a share of 95 % to +-1.0 points (two standard errors).
"""

import sys
import time

from store_server.reports.meter_shape import DataShape
from store_server.reports.placebo import Calibration, Scores, calibrate

SHOPS = {
    "a shop of 2,800 shoppers, half held out": (
        DataShape(2_800, 5_000, rate=0.2, unevenness=1.0, foretold=0.5),
        41_001,
    ),
    "the same, a tenth held out": (
        DataShape(2_800, 1_000, rate=0.2, unevenness=1.0, foretold=0.5),
        41_002,
    ),
    "10,000 shoppers, a tenth held out": (
        DataShape(10_080, 1_000, rate=0.1, unevenness=1.5, foretold=0.7),
        41_003,
    ),
    "600 shoppers, few buy, very uneven money": (
        DataShape(616, 1_000, rate=0.05, unevenness=2.0, foretold=0.3),
        41_004,
    ),
}


def line(name: str, scores: Scores) -> str:
    """One metric's figures, and whether each bar is met."""
    bars = (
        0.94 <= scores.fixed_right <= 0.96,
        scores.sequence_right >= 0.95,
        scores.false_alarms <= 0.05,
    )
    verdicts = ["ok" if met else "MISSED" for met in bars]
    return (
        f"  {name:10}  at the end {scores.fixed_right:6.2%} {verdicts[0]:6}"
        f"  all looks {scores.sequence_right:6.2%} {verdicts[1]:6}"
        f"  false alarms of daily looks {scores.false_alarms:5.2%} {verdicts[2]:6}"
        f"  (of the fixed interval, once: {scores.fixed_false_alarms:5.2%})"
    )


def show(found: Calibration) -> None:
    """The figures of one shop."""
    print(line("conversion", found.conversion))
    print(line("spend", found.spend))
    print(
        f"  a gain of {100 * found.visible:.1f} points is seen in {found.seen:.0%} (80 % expected)"
    )


def main() -> int:
    """Run every shop."""
    for name, (shape, seed) in SHOPS.items():
        began = time.perf_counter()
        found = calibrate(shape, seed=seed)
        print(f"{name}: {found.campaigns} campaigns, {time.perf_counter() - began:.1f} s")
        show(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
