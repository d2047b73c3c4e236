"""The few constants of a site that a simulation of it must know, fitted to its recordings.

Four numbers for thousands of receptions: the tag's level at 1 m and the path-loss exponent (least
squares over all gateways together), the part of adverts lost to other traffic, and the tag's
interval. Everything else of the air (shadowing, multipath,
offsets, scanners) keeps the constants of `Air` and is drawn by seed: no gateway and no spot of
the simulation is fitted to the real one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from firmware_sim.air import Air
from firmware_sim.air.ether import NEAREST_M
from firmware_sim.errors import RecordingError
from firmware_sim.firmware.radio import MAX_DELAY_MS
from firmware_sim.validation.figures import advert_times, reception_ratio
from firmware_sim.validation.recording import Floats, Site, Walk

LEAST_EXPONENT, MOST_EXPONENT = 1.0, 5.0


@dataclass(frozen=True, slots=True)
class SiteFit:
    """An air for one site and its tag: power at 1 m in dBm, interval before the random delay."""

    air: Air
    power_1m_dbm: float
    interval_s: float


def fit_site(walks: Sequence[Walk], site: Site, *, height_m: float, body_db: float) -> SiteFit:
    """The constants of the site where these walks were recorded.

    Raises:
        RecordingError: the recordings show no fall of level with distance.
    """
    decades = np.concatenate([_decades(walk, site, height_m=height_m) for walk in walks])
    level = np.concatenate([walk.heard.believable().rssi_dbm for walk in walks])
    terms = np.column_stack((np.ones(len(decades)), -10.0 * decades))
    (power_dbm, exponent), *_ = np.linalg.lstsq(terms, level, rcond=None)
    if not LEAST_EXPONENT <= exponent <= MOST_EXPONENT:
        raise RecordingError(
            f"level falls with distance by exponent {exponent:.2f}; must be {LEAST_EXPONENT} to "
            f"{MOST_EXPONENT}: are site, recording and truth in the same coordinates?"
        )
    gaps = np.concatenate([np.diff(advert_times(walk.heard)) for walk in walks])
    ratio = float(np.mean([reception_ratio(walk.heard, len(site.gateways)) for walk in walks]))
    air = replace(
        Air(),
        path_loss_exponent=float(exponent),
        body_db=body_db,
        loss=min(0.99, max(0.0, 1.0 - ratio)),
    )
    interval_s = float(np.median(gaps)) - MAX_DELAY_MS / 2000.0
    return SiteFit(air, float(power_dbm), interval_s)


def _decades(walk: Walk, site: Site, *, height_m: float) -> Floats:
    """log10 of the distance of each believable reception, metres."""
    heard = walk.heard.believable()
    places = np.array([(one.x, one.y, one.z) for one in site.gateways])[heard.gateway]
    x = np.interp(heard.at_s, walk.path.at_s, walk.path.x)
    y = np.interp(heard.at_s, walk.path.at_s, walk.path.y)
    away = places - np.column_stack((x, y, np.full(len(x), height_m)))
    decades: Floats = np.log10(np.maximum(NEAREST_M, np.linalg.norm(away, axis=1)))
    return decades
