import math

import numpy as np

from firmware_sim.validation.comparison import Compared, compare_air, compare_engine, table
from firmware_sim.validation.figures import Figures

REAL = Figures(np.linspace(-90, -50, 100), 4.0, 4.7, (0.4, 0.3, 0.2), 0.86)


def missed(simulated: Figures) -> list[str]:
    return [line.name for line in compare_air(REAL, simulated) if not line.holds]


def test_what_is_equal_holds_everywhere() -> None:
    assert missed(REAL) == []


def test_each_bar_is_missed_by_its_own_figure() -> None:
    changed = {
        "Wasserstein": Figures(REAL.levels_dbm + 1.6, 4.0, 4.7, (0.4, 0.3, 0.2), 0.86),
        "median step": Figures(REAL.levels_dbm, 5.1, 4.7, (0.4, 0.3, 0.2), 0.86),
        "autocorrelation at 2 s": Figures(REAL.levels_dbm, 4.0, 4.7, (0.4, 0.19, 0.2), 0.86),
        "reception": Figures(REAL.levels_dbm, 4.0, 4.7, (0.4, 0.3, 0.2), 0.82),
    }

    for name, simulated in changed.items():
        assert [one.startswith(name) for one in missed(simulated)] == [True]


def test_an_engine_may_be_a_fifth_better_or_worse_and_no_more() -> None:
    held = [
        compare_engine("engine", real_m=2.0, simulated_m=error).holds
        for error in (1.5, 1.7, 2.3, 2.5)
    ]

    assert held == [False, True, True, False]


def test_what_is_not_a_number_does_not_hold() -> None:
    assert not Compared("engine", 1.0, math.nan, math.nan, 0.2).holds


def test_the_table_says_which_bar_is_missed() -> None:
    rows = table([Compared("a", None, None, 0.5, 1.0), Compared("b", 1.0, 3.0, 2.0, 1.0)])

    assert rows[2].endswith("| holds |")
    assert rows[3] == "| b | 1.00 | 3.00 | 2.00 | 1.00 | MISSED |"
