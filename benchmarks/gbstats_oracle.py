"""Our intervals beside those of GrowthBook's statistics: `python -m benchmarks.gbstats_oracle`.

gbstats (MIT, the engine of GrowthBook) needs numpy < 2, so it answers from an environment of its
own: `make bench` makes `.venv/oracle` from requirements/oracle.txt. Seeded campaigns of money, with
and without earlier spend: Welch's interval and p, the confidence sequence and its p, CUPED.

Without earlier spend both compute the same formulas: bar 1e-9 of a standard error. gbstats takes
one covariate, pools theta over both arms where we pool within them, and charges no degree of
freedom for it; with earlier spend the bar is 5 % of a standard error.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from store_server.reports.confidence_sequence import always_valid_p, reach, tuning
from store_server.reports.cuped import Estimate, estimate
from store_server.reports.effect import fixed_intervals, fixed_p
from store_server.reports.moments import Floats, Moments, moments_of
from store_server.reports.outcomes import Metric

ROOT = Path(__file__).resolve().parents[1]
PEER = Path(os.environ.get("BEACONRY_ORACLE_PYTHON", ROOT / ".venv/oracle/bin/python"))
CASES, SEED = 200, 43_001
TUNING = 5_000
PLAIN_BAR, ADJUSTED_BAR = 1e-9, 0.05


def a_campaign(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Both arms: [units, (spend, spend before)]."""
    sizes = rng.integers(300, 4_000), rng.integers(100, 1_000)
    arms = []
    for size in sizes:
        before = rng.lognormal(3, 1, size)
        after = 0.6 * before + rng.lognormal(2, 1, size) + rng.normal(0, 1) * (size == sizes[0])
        arms.append(np.column_stack([after, before]))
    return arms[0], arms[1]


def sums(arm: Floats) -> dict[str, float]:
    """What gbstats is told of an arm."""
    found = {"n": len(arm), "sum": float(arm[:, 0].sum()), "squares": float((arm[:, 0] ** 2).sum())}
    if arm.shape[1] == 1:
        return found
    return found | {
        "before_sum": float(arm[:, 1].sum()),
        "before_squares": float((arm[:, 1] ** 2).sum()),
        "products": float((arm[:, 0] * arm[:, 1]).sum()),
    }


def ours(treated: Moments, control: Moments) -> tuple[Estimate, dict[str, Any]]:
    """Our answer, with the tuning that gbstats has."""
    found = estimate(treated, control)
    low, high = fixed_intervals(treated, control, Metric.SPEND)
    # gbstats takes the paper's approximation of the best rho, we take the exact one.
    theirs = (-2 * np.log(0.05) + np.log(-2 * np.log(0.05) + 1)) / TUNING
    planned = tuning(1.0) / theirs
    half = float(reach(found.error, found.units, planned_units=planned))
    gap = float(found.difference)
    p = always_valid_p(found.difference, found.error, found.units, planned_units=planned)
    return found, {
        "difference": gap,
        "fixed": [float(low), float(high)],
        "p": fixed_p(found),
        "sequence": [gap - half, gap + half],
        "sequence_p": float(p),
    }


def worst(pairs: list[tuple[float, dict[str, Any], dict[str, Any]]]) -> float:
    """The largest disagreement, in standard errors, p-values as they are."""
    most = 0.0
    for error, mine, theirs in pairs:
        ends = [*mine["fixed"], *mine["sequence"], mine["difference"]]
        other = [*theirs["fixed"], *theirs["sequence"], theirs["difference"]]
        most = max(most, *(abs(a - b) / error for a, b in zip(ends, other, strict=True)))
        most = max(most, *(abs(mine[name] - theirs[name]) for name in ("p", "sequence_p")))
    return most


def compare(name: str, campaigns: list[tuple[Floats, Floats]], *, bar: float) -> bool:
    """Ask both, print the worst disagreement; whether the bar is met."""
    cases = [
        {"treated": sums(one), "control": sums(two), "tuning": TUNING} for one, two in campaigns
    ]
    done = subprocess.run(
        [PEER, "-c", "from benchmarks.gbstats_peer import answer; answer()"],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    pairs = []
    for (one, two), theirs in zip(campaigns, json.loads(done.stdout), strict=True):
        found, mine = ours(moments_of(one), moments_of(two))
        pairs.append((float(found.error), mine, theirs))
    most = worst(pairs)
    print(
        f"{name}: {len(cases)} campaigns, largest disagreement {most:.2g} standard errors "
        f"(bar {bar:g}: {'ok' if most <= bar else 'MISSED'})"
    )
    return most <= bar


def main() -> int:
    """Both comparisons; 1 when a bar is missed."""
    if not PEER.exists():
        print(f"{PEER} is missing: run `make bench`, or set BEACONRY_ORACLE_PYTHON")
        return 1
    rng = np.random.default_rng(SEED)
    campaigns = [a_campaign(rng) for _ in range(CASES)]
    plain = [(one[:, :1], two[:, :1]) for one, two in campaigns]
    met = [
        compare("without earlier spend", plain, bar=PLAIN_BAR),
        compare("with earlier spend (CUPED)", campaigns, bar=ADJUSTED_BAR),
    ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
