"""The same walks and survey, heard through the simulated air."""

import math
import random
from collections.abc import Iterator

import numpy as np

from firmware_sim.air import Ether, Link
from firmware_sim.firmware.radio import MAX_DELAY_MS
from firmware_sim.validation.recording import Heard, Path2d, Site, Survey, Walk
from firmware_sim.validation.site_fit import SiteFit

# Where somebody looks who walks: the way within this time.
AHEAD_S = 0.5
LEAST_STEP_M = 0.05


class SimulatedSite:
    """One drawing of the site's air by seed; walks and survey share it."""

    def __init__(self, site: Site, fit: SiteFit, *, height_m: float, seed: int) -> None:
        self._fit = fit
        self._seed = seed
        self._ether = Ether(fit.air, site.gateways, seed=f"{seed}", height_m=height_m)

    def walk(self, walk: Walk, *, number: int) -> Heard:
        """The receptions of a sender on the true path of this walk."""
        rng = random.Random(f"{self._seed}:walk:{number}")
        link = Link(self._ether, rng=rng)
        rows: list[tuple[float, int, int]] = []
        heading = 0.0
        for at_s in self._adverts(float(walk.path.at_s[0]), float(walk.path.at_s[-1]), rng=rng):
            x, y = walk.path.where(at_s)
            heading = _heading(walk.path, at_s, before=heading)
            link.stand(x, y, heading_rad=heading)
            rows += self._hear(link, at_s)
        return _heard(rows)

    def survey(self, survey: Survey) -> Survey:
        """A survey of the same points, each for as long as the real one, in the same order."""
        rng = random.Random(f"{self._seed}:survey")
        link = Link(self._ether, rng=rng)
        rows: list[tuple[float, int, int]] = []
        places: list[tuple[float, float]] = []
        for x, y, first_s, last_s in _stays(survey):
            heading = rng.uniform(0, 2 * math.pi)
            link.stand(x, y, heading_rad=heading)
            for at_s in self._adverts(first_s, last_s, rng=rng):
                found = self._hear(link, at_s)
                rows += found
                places += [(x, y)] * len(found)
        order = np.argsort([row[0] for row in rows], kind="stable")
        place = np.array(places, dtype=np.float64)[order]
        return Survey(_heard(rows), place[:, 0], place[:, 1])

    def _adverts(self, first_s: float, last_s: float, *, rng: random.Random) -> Iterator[float]:
        at_s = first_s
        while at_s <= last_s:
            yield at_s
            at_s += self._fit.interval_s + rng.uniform(0.0, MAX_DELAY_MS / 1000.0)

    def _hear(self, link: Link, at_s: float) -> list[tuple[float, int, int]]:
        heard = link.hear(at_s, power_1m_dbm=self._fit.power_1m_dbm)
        return [(at_s + one.after_s, one.anchor, one.rssi_dbm) for one in heard]


def _heard(rows: list[tuple[float, int, int]]) -> Heard:
    table = np.array(sorted(rows, key=lambda row: row[0]), dtype=np.float64).reshape(len(rows), 3)
    return Heard(table[:, 0], table[:, 1].astype(np.int64), table[:, 2])


def _heading(path: Path2d, at_s: float, *, before: float) -> float:
    """Where somebody on the path looks; who stands looks where they last walked."""
    (x0, y0), (x1, y1) = path.where(at_s - AHEAD_S), path.where(at_s + AHEAD_S)
    if math.hypot(x1 - x0, y1 - y0) < LEAST_STEP_M:
        return before
    return math.atan2(y1 - y0, x1 - x0)


def _stays(survey: Survey) -> Iterator[tuple[float, float, float, float]]:
    """Place and time from and to of each stay: receptions in a row at one place."""
    at_s, x, y = survey.heard.at_s, survey.x, survey.y
    new = np.flatnonzero((np.diff(x) != 0) | (np.diff(y) != 0)) + 1
    for first, end in zip([0, *new], [*new, len(at_s)], strict=True):
        yield float(x[first]), float(y[first]), float(at_s[first]), float(at_s[end - 1])
