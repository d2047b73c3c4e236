"""One step of one device: spread, weigh, and what the zone rule makes of it.

Steps end at whole multiples of their length in event time, so what follows from a set of
sightings does not depend on how often somebody looks. A step in which nothing was heard costs
nothing: the next one spreads over the whole gap.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from store_server.presence.belief import Belief, Levels, moved, unknown, weighed
from store_server.presence.site import Site
from store_server.presence.track import Reading, Track, by_time
from store_server.presence.tuning import FilterTuning
from store_server.presence.zone_rule import ZoneRule, leading

# Belief does not get flatter than a walk through the whole store makes it.
LONGEST_GAP_S = 120.0


@dataclass(frozen=True, slots=True, eq=False)
class Stepper:
    """What steps go by: the site, the constants, the zone rule."""

    site: Site
    tuning: FilterTuning
    rule: ZoneRule

    @property
    def step_s(self) -> float:
        """How long a step is at this site."""
        return self.site.step_s or self.tuning.step_s

    def end_of(self, t: float) -> float:
        """The end of the step that `t` lies in; never before `t`.

        Rounded, for a time that was written in milliseconds may lie a hair beside its step.
        """
        end_t = math.ceil(round(t / self.step_s, 6)) * self.step_s
        return end_t if end_t >= t else end_t + self.step_s

    def believed(self, track: Track, t: float, readings: Iterable[Reading] = ()) -> Belief | None:
        """The belief at `t`, after `readings` that came since the last step."""
        fresh = _newest(track, readings)
        belief = track.belief
        if belief is None:
            if not fresh:
                return None
            belief = self._first(fresh)
        else:
            gap_s = min(LONGEST_GAP_S, max(0.0, t - track.at_t))
            belief = moved(
                belief, self.site.space, dt_s=gap_s, drift_db2_per_s=self.tuning.drift_db2_per_s
            )
        if not fresh:
            return belief
        levels = self._levels(track, fresh)
        return weighed(belief, self.site.radio, levels, freedom=self.tuning.freedom)

    def after(self, track: Track, t: float, readings: Iterable[Reading]) -> Track:
        """The track at the end `t` of a step with these readings; due moves are settled already."""
        readings = tuple(readings)
        fresh = _newest(track, readings)
        belief = self.believed(track, t, readings)
        if belief is None or not fresh:
            return track
        heard = dict(track.heard) | {one.row: one.t for one in fresh}
        newest = max(one.t for one in fresh)
        beacons = [one.t for one in fresh if self.site.is_beacon[one.row]]
        gateways = [one.t for one in fresh if not self.site.is_beacon[one.row]]
        mass = self.site.space.zone_mass(belief.p)
        return track._replace(
            at_t=t,
            last_t=max(track.last_t, newest),
            gateway_t=max([track.gateway_t, *gateways]),
            beacon_t=max([track.beacon_t, *beacons]),
            belief=belief,
            heard=tuple(sorted(heard.items())),
            told=leading(track.told, mass, t, rule=self.rule),
        )

    def _first(self, readings: list[Reading]) -> Belief:
        """Anywhere; the prior of the offset is narrow where the adverts state their power."""
        stated = [one.power_dbm for one in readings if one.power_dbm is not None]
        if not stated:
            return unknown(self.site.space, offset_db=0.0, offset_sd_db=self.tuning.offset_sd_db)
        offset = float(np.median(stated)) - self.site.reference_dbm
        return unknown(self.site.space, offset_db=offset, offset_sd_db=self.tuning.stated_sd_db)

    def _levels(self, track: Track, readings: list[Reading]) -> Levels:
        by_row: dict[int, list[Reading]] = {}
        for one in readings:
            by_row.setdefault(one.row, []).append(one)
        heard = dict(track.heard)
        rows = sorted(by_row)
        fresh_s = self.site.fresh_s or self.tuning.fresh_s
        fresh = [_freshness(by_row[row][-1].t - heard.get(row, -math.inf), fresh_s) for row in rows]
        return Levels(
            np.array(rows, np.intp),
            np.array([_level(by_row[row]) for row in rows], np.float32),
            np.array(fresh, np.float32),
        )


def _newest(track: Track, readings: Iterable[Reading]) -> list[Reading]:
    """The readings that are newer than what their anchor said before, each once, in order."""
    heard = dict(track.heard)
    return sorted(
        {one for one in readings if one.t > heard.get(one.row, -math.inf)},
        key=by_time,
    )


def _freshness(since_s: float, fresh_s: float) -> float:
    return max(0.02, min(1.0, since_s / fresh_s))


def _level(readings: list[Reading]) -> float:
    """One level of several: the median, so that a corrupt one does not pull."""
    if len(readings) == 1:
        return readings[0].dbm
    if len(readings) == 2:
        total = sum(one.weight for one in readings)
        return sum(one.dbm * one.weight for one in readings) / total
    return float(np.median([one.dbm for one in readings]))
