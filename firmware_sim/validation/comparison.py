"""The table: each figure beside the real one, with the bar it must not miss."""

from collections.abc import Sequence
from dataclasses import dataclass

from firmware_sim.validation.figures import LAGS_S, Figures, wasserstein_db

# Bars. Source: issue 4, "Validation".
WASSERSTEIN_DB = 1.5
STEP_DB = 1.0
CORRELATION = 0.10
RECEPTION = 0.03
ENGINE_SHARE = 0.20


@dataclass(frozen=True, slots=True)
class Compared:
    """One line: real and simulated figure, how far they are apart, and how far they may be."""

    name: str
    real: float | None
    simulated: float | None
    apart: float
    bar: float

    @property
    def holds(self) -> bool:
        """Whether the bar is met; what is not a number does not meet it."""
        return self.apart <= self.bar


def compare_air(real: Figures, simulated: Figures) -> list[Compared]:
    """The figures of the radio alone."""
    pairs = [
        ("median step between adverts, dB", real.step_db, simulated.step_db, STEP_DB),
        *(
            (f"autocorrelation at {lag_s:g} s", ours, theirs, CORRELATION)
            for lag_s, ours, theirs in zip(
                LAGS_S, real.correlations, simulated.correlations, strict=True
            )
        ),
        ("reception ratio", real.reception, simulated.reception, RECEPTION),
    ]
    moved = wasserstein_db(real.levels_dbm, simulated.levels_dbm)
    lines = [Compared("Wasserstein distance of RSSI, dB", None, None, moved, WASSERSTEIN_DB)]
    lines += [Compared(name, one, two, abs(one - two), bar) for name, one, two, bar in pairs]
    return lines


def compare_engine(name: str, *, real_m: float, simulated_m: float) -> Compared:
    """The engine's median error; apart is a share of the real one."""
    return Compared(name, real_m, simulated_m, abs(simulated_m / real_m - 1.0), ENGINE_SHARE)


def table(lines: Sequence[Compared]) -> list[str]:
    """The comparison as a Markdown table, line by line."""
    rows = ["| figure | real | simulated | apart | bar | |", "|---|---|---|---|---|---|"]
    rows += [
        f"| {one.name} | {_number(one.real)} | {_number(one.simulated)} | {one.apart:.2f} "
        f"| {one.bar:.2f} | {'holds' if one.holds else 'MISSED'} |"
        for one in lines
    ]
    return rows


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
