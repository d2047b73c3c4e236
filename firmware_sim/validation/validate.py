"""A whole validation: fit the site, draw its air several times, compare."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from firmware_sim.errors import ChildFailed
from firmware_sim.validation.comparison import Compared, compare_air, compare_engine
from firmware_sim.validation.engine import Engine
from firmware_sim.validation.figures import figures_of
from firmware_sim.validation.recording import Floats, Heard, Site, Survey, Walk
from firmware_sim.validation.replay import SimulatedSite
from firmware_sim.validation.site_fit import SiteFit, fit_site


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """What is compared with: a site, its walks, perhaps a survey; height of the tag in metres."""

    site: Site
    walks: tuple[Walk, ...]
    survey: Survey | None
    height_m: float
    body_db: float


@dataclass(frozen=True, slots=True)
class Validation:
    """The lines of the table, the fitted constants, and the engine's error by drawing of the air.

    `by_drawing` has, for each engine line, the lowest and highest median error of one drawing.
    """

    lines: tuple[Compared, ...]
    fit: SiteFit
    by_drawing: tuple[tuple[str, float, float], ...] = ()

    @property
    def holds(self) -> bool:
        """Whether every bar is met."""
        return all(line.holds for line in self.lines)


def validate(material: Material, *, seeds: Sequence[int], engine: Engine | None) -> Validation:
    """Compare the real recordings with `seeds` drawings of the simulated air.

    Raises:
        RecordingError: the recordings cannot be a site's.
        ChildFailed: the engine fails or never says where the tag is.
    """
    site, walks = material.site, material.walks
    fit = fit_site(walks, site, height_m=material.height_m, body_db=material.body_db)
    airs = [SimulatedSite(site, fit, height_m=material.height_m, seed=seed) for seed in seeds]
    drawn = [[air.walk(walk, number=k) for k, walk in enumerate(walks)] for air in airs]
    real = figures_of([walk.heard for walk in walks], gateways=len(site.gateways))
    simulated = figures_of([one for walk in drawn for one in walk], gateways=len(site.gateways))
    lines, spreads = compare_air(real, simulated), []
    if engine is not None:
        cases = [("engine's median error without survey, m", False)]
        if material.survey is not None:
            cases.append(("engine's median error with survey, m", True))
        for name, surveyed in cases:
            line, spread = _compare_engine(
                name, material, engine, surveyed=surveyed, airs=airs, drawn=drawn
            )
            lines.append(line)
            spreads.append(spread)
    return Validation(tuple(lines), fit, tuple(spreads))


def _compare_engine(
    name: str,
    material: Material,
    engine: Engine,
    *,
    surveyed: bool,
    airs: Sequence[SimulatedSite],
    drawn: Sequence[Sequence[Heard]],
) -> tuple[Compared, tuple[str, float, float]]:
    survey = material.survey if surveyed else None
    surveys = [None if survey is None else air.survey(survey) for air in airs]
    heard = [[walk.heard for walk in material.walks], *drawn]

    def errors(job: tuple[int, int]) -> Floats:
        drawing, walk = job
        given = survey if drawing == 0 else surveys[drawing - 1]
        return engine.errors_m(heard[drawing][walk], material.walks[walk].path, survey=given)

    jobs = [(one, walk) for one in range(len(heard)) for walk in range(len(material.walks))]
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        found = dict(zip(jobs, pool.map(errors, jobs), strict=True))
    by_drawing = [
        np.concatenate([found[one, walk] for walk in range(len(material.walks))])
        for one in range(len(heard))
    ]
    medians = [_median(errors) for errors in by_drawing[1:]]
    line = compare_engine(
        name,
        real_m=_median(by_drawing[0]),
        simulated_m=_median(np.concatenate(by_drawing[1:])),
    )
    return line, (name, min(medians), max(medians))


def _median(errors: Floats) -> float:
    """The median of the errors that are there.

    Raises:
        ChildFailed: the engine said nowhere where the tag is.
    """
    known = errors[~np.isnan(errors)]
    if not len(known):
        raise ChildFailed("--engine: gave no position; needs x and y in its estimates")
    return float(np.median(known))
