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
from store_server.presence.carrier import Carried, carried, taken_over
from store_server.presence.pane import Located, Panes
from store_server.presence.site import Site
from store_server.presence.track import Reading, Track, by_time
from store_server.presence.tuning import FilterTuning
from store_server.presence.zone_rule import ZoneRule, leading

# Belief does not get flatter than a walk through the whole store makes it.
LONGEST_GAP_S = 120.0


@dataclass(frozen=True, slots=True, eq=False)
class Stepper:
    """What steps go by: the site and its panes, the constants, the zone rule."""

    site: Site
    tuning: FilterTuning
    rule: ZoneRule
    panes: Panes

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

    def believed(self, track: Track, t: float, readings: Iterable[Reading] = ()) -> Located | None:
        """The belief at `t`, after `readings` that came since the last step."""
        return self._believed(track, t, carried(track.carrier, _newest(track, readings), t))

    def after(self, track: Track, t: float, readings: Iterable[Reading]) -> Track:
        """The track at the end `t` of a step with these readings; due moves are settled already."""
        counted = carried(track.carrier, _newest(track, readings), t)
        fresh = counted.readings
        at = self._believed(track, t, counted)
        if at is None or not fresh:
            return track._replace(carrier=counted.carrier)
        heard = dict(track.heard) | {one.row: one.t for one in fresh}
        newest = max(one.t for one in fresh)
        beacons = [one.t for one in fresh if self.site.is_beacon[one.row]]
        gateways = [one.t for one in fresh if not self.site.is_beacon[one.row]]
        mass = self.panes.site(at.pane).space.zone_mass(at.belief.p)
        return track._replace(
            at_t=t,
            last_t=max(track.last_t, newest),
            gateway_t=max([track.gateway_t, *gateways]),
            beacon_t=max([track.beacon_t, *beacons]),
            belief=at.belief,
            heard=tuple(sorted(heard.items())),
            told=leading(track.told, mass, t, rule=self.rule),
            pane=at.pane,
            carrier=counted.carrier,
        )

    def _believed(self, track: Track, t: float, counted: Carried) -> Located | None:
        fresh = counted.readings
        if track.belief is None:
            if not fresh:
                return None
            pane = self.panes.first(fresh)
            at = Located(pane, self._first(self.panes.site(pane), fresh))
        else:
            at = self._waited(Located(track.pane, track.belief), t - track.at_t)
            if counted.changed:
                at = at._replace(belief=taken_over(at.belief))
        if not fresh:
            return at
        at = self.panes.caught_up(at, fresh, heard=dict(track.heard))
        levels = self._levels(track, fresh)
        radio = self.panes.site(at.pane).radio
        belief = weighed(at.belief, radio, levels, freedom=self.tuning.freedom)
        return self.panes.followed(Located(at.pane, belief))

    def _waited(self, at: Located, gap_s: float) -> Located:
        """The belief after time in which nothing was heard."""
        space = self.panes.site(at.pane).space
        dt_s = min(LONGEST_GAP_S, max(0.0, gap_s))
        drift = self.tuning.drift_db2_per_s
        return Located(at.pane, moved(at.belief, space, dt_s=dt_s, drift_db2_per_s=drift))

    def _first(self, site: Site, readings: list[Reading]) -> Belief:
        """Anywhere; the prior of the offset is narrow where the adverts state their power."""
        stated = [one.power_dbm for one in readings if one.power_dbm is not None]
        if not stated:
            return unknown(site.space, offset_db=0.0, offset_sd_db=self.tuning.offset_sd_db)
        offset = float(np.median(stated)) - site.reference_dbm
        return unknown(site.space, offset_db=offset, offset_sd_db=self.tuning.stated_sd_db)

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
