"""A little site whose recordings are made by an air that the test chooses."""

import csv
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from firmware_sim.air import Air
from firmware_sim.floor import Anchor
from firmware_sim.validation.recording import Heard, Path2d, Site, Walk
from firmware_sim.validation.replay import SimulatedSite
from firmware_sim.validation.site_fit import SiteFit

HEIGHT_M = 1.5
START_S = 1_600_000_000.0


def a_site() -> Site:
    corners = [(0, 0), (12, 0), (12, 9), (0, 9), (6, 4), (3, 7)]
    gateways = tuple(Anchor(f"g{n}", x, y, 2.3) for n, (x, y) in enumerate(corners))
    places = {one.id: {"x": one.x, "y": one.y, "z": one.z} for one in gateways}
    return Site(gateways, {"gateways": places, "zones": {}, "limits": [0, 0, 12, 9]})


def a_path(seconds: float = 60.0) -> Path2d:
    at_s = np.arange(START_S, START_S + seconds, 0.25)
    turn = 2 * math.pi * (at_s - START_S) / 45.0
    return Path2d(at_s, 6 + 5 * np.cos(turn), 4.5 + 3.5 * np.sin(turn))


def a_fit(**air: float) -> SiteFit:
    return SiteFit(Air(**({"loss": 0.1, "body_db": 0.0} | air)), -60.0, 0.45)


def a_walk(*, seed: int = 77, fit: SiteFit | None = None, seconds: float = 60.0) -> Walk:
    """A "real" walk: made by our own air, from a seed that no drawing has."""
    silent = Heard(np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0))
    walk = Walk(silent, a_path(seconds))
    site = SimulatedSite(a_site(), fit or a_fit(), height_m=HEIGHT_M, seed=seed)
    return Walk(site.walk(walk, number=0), walk.path)


def write_files(folder: Path, walk: Walk) -> dict[str, Path]:
    """site.json, recording.csv, truth.csv and survey.csv of a walk, by name."""
    site = a_site()
    paths = {name: folder / f"{name}.csv" for name in ("recording", "truth", "survey")}
    paths["site"] = folder / "site.json"
    paths["site"].write_text(json.dumps(site.document))
    heard = [
        (at_s, site.names[gateway], "tag", rssi)
        for at_s, gateway, rssi in zip(
            walk.heard.at_s, walk.heard.gateway, walk.heard.rssi_dbm, strict=True
        )
    ]
    _write(paths["recording"], ("t", "gateway", "device", "rssi"), heard)
    surveyed = [(*row, 2.0 + number // 200, 3.0) for number, row in enumerate(heard)]
    _write(paths["survey"], ("t", "gateway", "device", "rssi", "x", "y"), surveyed)
    truth = zip(walk.path.at_s, walk.path.x, walk.path.y, strict=True)
    _write(paths["truth"], ("t", "x", "y"), list(truth))
    return paths


def an_engine(folder: Path, *, answer: str) -> str:
    """A command that answers every tick by the Python expression `answer`, a dict of x and y."""
    script = folder / "engine.py"
    script.write_text(
        "import json, sys\n"
        "for line in sys.stdin:\n"
        "    asked = json.loads(line)\n"
        "    if asked.get('tick'):\n"
        f"        place = {answer}\n"
        "        print(json.dumps({'type': 'estimate', 't': asked['t'], **place}))\n"
    )
    return f"{sys.executable} {script}"


def _write(path: Path, header: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
