"""`firmware-sim score`: a run or recording against its truth, as a table or JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from firmware_sim.errors import ScenarioError
from firmware_sim.event_match import EARLY_S, LEAST_STAY_S
from firmware_sim.ground_truth import read_tracks
from firmware_sim.journal import TRUTH
from firmware_sim.observed import read_observed
from firmware_sim.run_record import OBSERVED, read_about
from firmware_sim.run_score import Figures, KindScore, Occupancy, occupancy, score_run

TOLERANCE_S = 10.0


def score_folder(folder: Path, observed: Path | None, *, tolerance_s: float) -> dict[str, object]:
    """All figures of a log folder: by kind of device, over all, and by zone.

    Args:
        folder: of a run (`.demo/run` or its `log`) or of `firmware-sim record`.
        observed: answers of replay-presence; None: what the store told at the end of the run.
        tolerance_s: how late an event may be to count as right.

    Raises:
        ScenarioError: a file is missing or not as expected; the tolerance is not above 0.
    """
    if tolerance_s <= 0:
        raise ScenarioError(f"--tolerance-s is {tolerance_s}; must be above 0")
    log = folder / "log" if (folder / "log" / TRUTH).exists() else folder
    about, tracks = read_about(log), read_tracks(log / TRUTH)
    last_s = max((second for track in tracks.values() for second in track.places), default=0)
    seen = read_observed(observed or log / OBSERVED, until_s=last_s)
    scores = score_run(tracks, seen, kinds=about.kinds, tolerance_s=tolerance_s)
    total = KindScore()
    for score in scores.values():
        total = total.merged(score)
    zones = occupancy(tracks, seen, kinds=about.kinds, zones=about.zones)
    return {
        "scenario": about.scenario,
        "seed": about.seed,
        "tolerance_s": tolerance_s,
        "early_s": EARLY_S,
        "least_stay_s": LEAST_STAY_S,
        "all": total.figures(),
        "by_kind": {str(kind): score.figures() for kind, score in scores.items()},
        "occupancy": {zone: asdict(one) for zone, one in zones.items()},
    }


def as_json(figures: Mapping[str, object]) -> str:
    """The figures as one JSON object."""
    return json.dumps(figures, indent=2)


def as_table(figures: Mapping[str, object]) -> str:
    """One row a figure, one column a kind; then one row a zone."""
    columns: dict[str, Figures] = {"all": _figures(figures["all"])}
    by_kind = figures["by_kind"]
    if isinstance(by_kind, dict):
        columns |= {name: _figures(one) for name, one in by_kind.items()}
    names = list(columns["all"])
    figures_table = [["", *columns]] + [
        [name, *(_said(column[name]) for column in columns.values())] for name in names
    ]
    zones = figures["occupancy"]
    zone_table = [["occupancy, mean", *Occupancy.__dataclass_fields__]]
    if isinstance(zones, dict):
        zone_table += [[zone, *map(_said, one.values())] for zone, one in zones.items()]
    return f"{_aligned(figures_table)}\n\n{_aligned(zone_table)}"


def _figures(value: object) -> Figures:
    return value if isinstance(value, dict) else {}


def _said(value: float | None) -> str:
    return "-" if value is None else str(value)


def _aligned(table: list[list[str]]) -> str:
    """The rows, names to the left and numbers to the right."""
    widths = [max(len(row[place]) for row in table) for place in range(len(table[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in table
    )
