"""The system against the truth: zone accuracy by kind of device, and the true lift.

Zone accuracy is measured by second: of the seconds in which the server claims a zone, the share
in which the shopper is there; and, beside it, of all seconds in the shop the share in which a
zone is claimed. One without the other flatters.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from firmware_sim.events import DeviceKind
from firmware_sim.ground_truth import Seconds
from firmware_sim.shopper_response import Taste


class Stay(NamedTuple):
    """What the server says: in `zone` from second to second; None is not yet over."""

    zone: str
    from_s: float
    until_s: float | None


@dataclass(frozen=True, slots=True)
class ZoneScore:
    """Seconds in the shop, with a claim, and with a right claim."""

    inside_s: int = 0
    claimed_s: int = 0
    right_s: int = 0

    @property
    def accuracy(self) -> float | None:
        """Right seconds of those with a claim; None without a claim."""
        return self.right_s / self.claimed_s if self.claimed_s else None

    @property
    def coverage(self) -> float | None:
        """Seconds with a claim of those in the shop; None when nobody was there."""
        return self.claimed_s / self.inside_s if self.inside_s else None

    def __add__(self, other: "ZoneScore") -> "ZoneScore":
        return ZoneScore(
            self.inside_s + other.inside_s,
            self.claimed_s + other.claimed_s,
            self.right_s + other.right_s,
        )


def score_shopper(truth: Seconds, stays: Sequence[Stay]) -> ZoneScore:
    """One shopper's seconds in the shop against the server's stays; at overlaps the later wins."""
    claimed: dict[int, str] = {}
    last = max(truth, default=0)
    for stay in sorted(stays, key=lambda one: one.from_s):
        until_s = last if stay.until_s is None else stay.until_s
        for second in range(round(stay.from_s), min(last, round(until_s)) + 1):
            claimed[second] = stay.zone
    inside_claims = {second: zone for second, zone in claimed.items() if second in truth}
    right = sum(truth[second] == zone for second, zone in inside_claims.items())
    return ZoneScore(len(truth), len(inside_claims), right)


def score_kinds(
    truths: Mapping[str, Seconds],
    stays: Mapping[str, Sequence[Stay]],
    *,
    kinds: Mapping[str, DeviceKind],
) -> dict[DeviceKind, ZoneScore]:
    """The zone score of each kind of device, over the shoppers for whom stays are known."""
    scores = dict.fromkeys(DeviceKind, ZoneScore())
    for shopper, kind in sorted(kinds.items()):
        if shopper in stays:
            scores[kind] += score_shopper(truths.get(shopper, {}), stays[shopper])
    return scores


def stays_of(data: Mapping[str, object]) -> list[Stay]:
    """The stays in a shopper's data download: zones of visits, each with its two instants.

    Anything that is not of that form is left out: an unknown stay is a missing claim.
    """
    stays = []
    inner = data.get("data")
    visits = (inner if isinstance(inner, dict) else data).get("visits")
    for visit in visits if isinstance(visits, list) else []:
        zones = visit.get("zones") if isinstance(visit, dict) else None
        for zone in zones if isinstance(zones, list) else []:
            stay = _stay(zone)
            if stay is not None:
                stays.append(stay)
    return stays


def visits_of(data: Mapping[str, object]) -> list[tuple[float, float | None]]:
    """The visits in a shopper's data download: started and ended, None: not over."""
    inner = data.get("data")
    visits = (inner if isinstance(inner, dict) else data).get("visits")
    found = []
    for visit in visits if isinstance(visits, list) else []:
        started = visit.get("started_at") if isinstance(visit, dict) else None
        if isinstance(started, str):
            ended = visit.get("ended_at")
            found.append((_seconds(started), _seconds(ended) if isinstance(ended, str) else None))
    return found


def true_lift(taste: Taste, offered: Iterable[tuple[str, str]]) -> float | None:
    """The mean true gain in P(buy) over (shopper, category) pairs that were made an offer."""
    gains = []
    for shopper, category in offered:
        chances = taste.chances(shopper, category)
        gains.append(chances.offered - chances.without)
    return sum(gains) / len(gains) if gains else None


def _stay(zone: object) -> Stay | None:
    if not isinstance(zone, dict):
        return None
    name = zone.get("zone")
    entered, left = zone.get("entered_at"), zone.get("left_at")
    if not isinstance(name, str) or not isinstance(entered, str):
        return None
    until_s = _seconds(left) if isinstance(left, str) else None
    return Stay(name, _seconds(entered), until_s)


def _seconds(instant: str) -> float:
    return datetime.fromisoformat(instant).timestamp()
