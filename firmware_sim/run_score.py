"""A run against its truth, by kind of device: the figures of `firmware-sim score`.

Zone accuracy and claims are by second, as in `score`. Position errors are those of estimates at
whole seconds. Surplus changes: how often the claimed zone changed more often than the true one.
Occupancy: how many of the devices that can be claimed are in a zone, by second.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean

from firmware_sim.event_match import Matched, match, true_stays
from firmware_sim.events import DeviceKind
from firmware_sim.ground_truth import Seconds, Track
from firmware_sim.observed import Observed
from firmware_sim.score import ZoneScore

Figures = dict[str, float | int | None]


@dataclass(slots=True)
class KindScore:
    """The sums over the devices of one kind."""

    devices: int = 0
    zones: ZoneScore = field(default_factory=ZoneScore)
    error_m: list[float] = field(default_factory=list)
    enters: Matched = field(default_factory=Matched)
    exits: Matched = field(default_factory=Matched)
    surplus: int = 0
    visits_true: int = 0
    visits_claimed: int = 0
    visit_error_s: list[float] = field(default_factory=list)

    def add(self, track: Track, seen: Observed, *, tolerance_s: float) -> None:
        """Take in one device."""
        stays = true_stays(track.zones)
        claimed = {second: zone for second, zone in seen.zones.items() if second in track.zones}
        right = sum(track.zones[second] == zone for second, zone in claimed.items())
        self.devices += 1
        self.zones += ZoneScore(len(track.zones), len(claimed), right)
        self.surplus += max(0, _changes(claimed) - _changes(track.zones))
        self.error_m += [
            ((x - track.places[second][0]) ** 2 + (y - track.places[second][1]) ** 2) ** 0.5
            for second, (x, y) in seen.places.items()
            if second in track.zones
        ]
        entered = [(float(stay.from_s), stay) for stay in stays]
        left = [(stay.until_s + 1.0, stay) for stay in stays]
        self.enters.add(match(seen.enters, entered, tolerance_s=tolerance_s))
        self.exits.add(match(seen.exits, left, tolerance_s=tolerance_s))
        self._add_visits(_visits(track.zones), seen)

    def _add_visits(self, truths: Sequence[tuple[int, int]], seen: Observed) -> None:
        """Each true visit takes the claimed one that overlaps it first; both have to be over."""
        self.visits_true += len(truths)
        self.visits_claimed += len(seen.visits)
        for from_s, until_s in truths:
            for start_s, end_s in seen.visits:
                if end_s is not None and start_s < until_s and end_s > from_s:
                    self.visit_error_s.append((end_s - start_s) - (until_s - from_s))
                    break

    def merged(self, other: "KindScore") -> "KindScore":
        """The sums over both."""
        total = KindScore(
            devices=self.devices + other.devices,
            zones=self.zones + other.zones,
            error_m=self.error_m + other.error_m,
            surplus=self.surplus + other.surplus,
            visits_true=self.visits_true + other.visits_true,
            visits_claimed=self.visits_claimed + other.visits_claimed,
            visit_error_s=self.visit_error_s + other.visit_error_s,
        )
        for part in (self, other):
            total.enters.add(part.enters)
            total.exits.add(part.exits)
        return total

    def figures(self) -> Figures:
        """Names and values; None: cannot be said."""
        hours = self.zones.inside_s / 3600
        lengths = [abs(error) for error in self.visit_error_s]
        return {
            "devices": self.devices,
            "seconds_inside": self.zones.inside_s,
            "zone_accuracy": _rounded(self.zones.accuracy, 3),
            "zone_claimed": _rounded(self.zones.coverage, 3),
            "error_p50_m": _rounded(percentile(self.error_m, 0.50), 2),
            "error_p75_m": _rounded(percentile(self.error_m, 0.75), 2),
            "error_p95_m": _rounded(percentile(self.error_m, 0.95), 2),
            "enter_precision": _rounded(self.enters.precision, 3),
            "enter_recall": _rounded(self.enters.recall, 3),
            "exit_precision": _rounded(self.exits.precision, 3),
            "exit_recall": _rounded(self.exits.recall, 3),
            "enter_late_p50_s": _rounded(percentile(self.enters.late_s, 0.50), 1),
            "enter_late_p90_s": _rounded(percentile(self.enters.late_s, 0.90), 1),
            "surplus_changes_per_h": _rounded(self.surplus / hours if hours else None, 1),
            "visits_true": self.visits_true,
            "visits_claimed": self.visits_claimed,
            "visit_length_error_p50_s": _rounded(percentile(lengths, 0.50), 1),
        }


@dataclass(frozen=True, slots=True)
class Occupancy:
    """How full one zone was: means over the seconds of a run."""

    people: float
    devices: float
    claimed: float
    error: float


def score_run(
    tracks: Mapping[str, Track],
    observed: Mapping[str, Observed],
    *,
    kinds: Mapping[str, DeviceKind],
    tolerance_s: float,
) -> dict[DeviceKind, KindScore]:
    """The score of each kind of device that was there, in the order of DeviceKind."""
    scores: dict[DeviceKind, KindScore] = {}
    for kind in DeviceKind:
        names = [name for name, one in sorted(kinds.items()) if one is kind and name in tracks]
        for name in names:
            score = scores.setdefault(kind, KindScore())
            score.add(tracks[name], observed.get(name, Observed()), tolerance_s=tolerance_s)
    return scores


def occupancy(
    tracks: Mapping[str, Track],
    observed: Mapping[str, Observed],
    *,
    kinds: Mapping[str, DeviceKind],
    zones: Iterable[str],
) -> dict[str, Occupancy]:
    """By zone: people, devices that can be claimed, claims, and the mean |claims - devices|."""
    seconds = {second for track in tracks.values() for second in track.places}
    people = _counts(track.zones for track in tracks.values())
    devices = _counts(tracks[name].zones for name in kinds if name in tracks)
    claims = _counts(observed[name].zones for name in kinds if name in observed)
    found = {}
    for zone in zones:
        true = [devices.get((second, zone), 0) for second in seconds]
        said = [claims.get((second, zone), 0) for second in seconds]
        found[zone] = Occupancy(
            people=_mean(people.get((second, zone), 0) for second in seconds),
            devices=_mean(true),
            claimed=_mean(said),
            error=_mean(abs(one - two) for one, two in zip(said, true, strict=True)),
        )
    return found


def percentile(values: Sequence[float], share: float) -> float | None:
    """The nearest-rank percentile; None without a value."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _counts(all_zones: Iterable[Mapping[int, str]]) -> dict[tuple[int, str], int]:
    counts: dict[tuple[int, str], int] = {}
    for zones in all_zones:
        for place in zones.items():
            counts[place] = counts.get(place, 0) + 1
    return counts


def _changes(zones: Mapping[int, str]) -> int:
    ordered = [zones[second] for second in sorted(zones)]
    return sum(one != two for one, two in pairwise(ordered))


def _visits(zones: Seconds) -> list[tuple[int, int]]:
    """From and until of each stretch of seconds in the shop."""
    seconds = sorted(zones)
    starts = [two for one, two in pairwise([-9, *seconds]) if two != one + 1]
    ends = [one for one, two in pairwise([*seconds, 1 << 62]) if two != one + 1]
    return list(zip(starts, ends, strict=True))


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return round(fmean(found), 3) if found else 0.0


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
