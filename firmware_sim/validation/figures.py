"""What is compared: five figures of a set of recordings, real or simulated."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from firmware_sim.validation.recording import Floats, Heard

LAGS_S = (0.5, 2.0, 4.0)
# Copies of one advert on three channels lie within 20 ms; adverts at least 100 ms apart.
SAME_ADVERT_S = 0.06


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """Statistics of all receptions; `levels_dbm` sorted, correlations in the order of LAGS_S."""

    levels_dbm: Floats
    step_db: float
    mean_step_db: float
    correlations: tuple[float, ...]
    reception: float


def figures_of(recordings: Sequence[Heard], *, gateways: int) -> Figures:
    """The figures over several recordings of one site."""
    believable = [heard.believable() for heard in recordings]
    series = [one for heard in believable for one in _series(heard, gateways)]
    steps = np.concatenate([np.abs(np.diff(levels)) for _, levels in series])
    interval_s = float(np.median(np.concatenate([np.diff(advert_times(h)) for h in recordings])))
    correlations = tuple(
        float(np.mean([_correlation(*one, lag_s=lag_s, within_s=interval_s / 2) for one in series]))
        for lag_s in LAGS_S
    )
    return Figures(
        np.sort(np.concatenate([heard.rssi_dbm for heard in believable])),
        float(np.median(steps)),
        float(np.mean(steps)),
        correlations,
        float(np.mean([reception_ratio(heard, gateways) for heard in recordings])),
    )


def advert_times(heard: Heard) -> Floats:
    """When adverts were sent that at least one gateway heard, seconds, in order."""
    starts: Floats = heard.at_s[np.append(True, np.diff(heard.at_s) > SAME_ADVERT_S)]
    return starts


def reception_ratio(heard: Heard, gateways: int) -> float:
    """Receptions by advert and gateway; an advert heard on two channels counts twice."""
    return len(heard) / (len(advert_times(heard)) * gateways)


def wasserstein_db(one: Floats, other: Floats) -> float:
    """The distance of two sorted samples: how far levels must move to become the other's.

    Source: in one dimension the integral of the difference of the quantile functions.
    """
    at = (np.arange(2000) + 0.5) / 2000
    return float(np.mean(np.abs(np.quantile(one, at) - np.quantile(other, at))))


def _series(heard: Heard, gateways: int) -> Iterator[tuple[Floats, Floats]]:
    """Times and levels of each gateway that heard at least a dozen."""
    for gateway in range(gateways):
        mine = heard.gateway == gateway
        if mine.sum() >= 12:
            yield heard.at_s[mine], heard.rssi_dbm[mine]


def _correlation(at_s: Floats, levels: Floats, *, lag_s: float, within_s: float) -> float:
    """Correlation of a gateway's levels with those `lag_s` later, within half an interval."""
    centred = levels - levels.mean()
    later = np.searchsorted(at_s, at_s + lag_s - within_s)
    here = np.arange(len(at_s))
    inside = later < len(at_s)
    here, later = here[inside], later[inside]
    near = (at_s[later] <= at_s[here] + lag_s + within_s) & (later > here)
    here, later = here[near], later[near]
    variance = float(np.mean(centred * centred))
    if not len(here) or variance == 0.0:
        return 0.0
    return float(np.mean(centred[here] * centred[later])) / variance
