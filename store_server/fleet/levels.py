"""At which level each gateway hears each fixed beacon now, and at which it should.

What is expected is what was usual in the last week; before there is a week, what a plain path
loss says of the distance on the plan.
"""

import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field

from store_server.fleet.hearing import SLOT_MS, Hearing, HearingKey
from store_server.shop.floor_plan import Beacon, FloorPlan, Gateway

Levels = Mapping[tuple[str, str], float]

PATH_LOSS_EXPONENT = 2.5
AUDIBLE_DBM, UNHEARD_DBM = -85.0, -97.0
MIN_BEACONS, MIN_ADVERTS = 3, 10


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to go by.

    Args:
        plan: where things should be.
        recent: what was heard in this quarter of an hour and the two before.
        usual: mean RSSI by (gateway, beacon identity) of the last week.
        usual_adverts: how many were heard in a quarter of an hour, likewise.
        last_heard: by beacon identity, UTC ms.
        watched_since_ms: since when anything is known.
        now_ms: UTC ms.
    """

    plan: FloorPlan
    recent: Mapping[HearingKey, Hearing]
    usual: Levels
    last_heard: Mapping[str, int]
    watched_since_ms: int
    now_ms: int
    usual_adverts: Levels = field(default_factory=dict)


@dataclass(slots=True)
class View:
    """A scene, with what follows from it at once."""

    scene: Scene
    levels: dict[tuple[str, str], float] = field(default_factory=dict)
    heard: set[str] = field(default_factory=set)
    hearing: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        sums: dict[tuple[str, str], Hearing] = {}
        since_ms = self.scene.now_ms // SLOT_MS * SLOT_MS - SLOT_MS
        for key, heard in self.scene.recent.items():
            if key.slot_ms >= since_ms:
                pair = (key.gateway, key.identity)
                sums[pair] = sums[pair].plus(heard) if pair in sums else heard
        self.levels = {p: h.mean_dbm for p, h in sums.items() if h.adverts >= MIN_ADVERTS}
        self.hearing = {gateway for gateway, _ in self.levels}
        self.heard = {identity for _, identity in self.levels}

    def expected(self, at: Gateway, beacon: Beacon) -> tuple[float, bool]:
        """The level at a gateway's place, and whether it is known from the last week."""
        usual = self.scene.usual.get((at.id, beacon.identity))
        if usual is not None:
            return usual, True
        away_m = max(1.0, math.dist((at.x, at.y, at.z), (beacon.x, beacon.y, beacon.z)))
        return beacon.measured_power_dbm - 10 * PATH_LOSS_EXPONENT * math.log10(away_m), False

    def residual(self, gateway: Gateway, beacon: Beacon, *, at: Gateway) -> float | None:
        """Heard less expected in dB; None where nothing is heard and nothing is to be."""
        expected, _ = self.expected(at, beacon)
        level = self.levels.get((gateway.id, beacon.identity))
        if level is not None:
            return level - expected
        if expected < AUDIBLE_DBM or beacon.identity not in self.heard:
            return None
        return UNHEARD_DBM - expected

    def known(self, at: Gateway) -> bool:
        """Whether the last week tells what is heard at this place."""
        return sum(
            (at.id, beacon.identity) in self.scene.usual for beacon in self.scene.plan.beacons
        ) >= (MIN_BEACONS)

    def misfit(self, gateway: Gateway, *, at: Gateway) -> float | None:
        """How badly what a gateway hears fits a place, in dB; None when too little is heard.

        The worst beacon is left out: it may have been moved itself. Levels of another radio, or
        of a path loss, are compared after their common difference is taken out.
        """
        found = [
            off
            for beacon in self.scene.plan.beacons
            if (off := self.residual(gateway, beacon, at=at)) is not None
        ]
        if len(found) < MIN_BEACONS:
            return None
        if at.id != gateway.id or not self.known(at):
            middle = statistics.median(found)
            found = [off - middle for off in found]
        found.sort(key=abs)
        trusted = found[:-1] if len(found) > MIN_BEACONS else found
        return math.sqrt(sum(off * off for off in trusted) / len(trusted))
