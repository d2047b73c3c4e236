"""The fixed part of the air: from any spot to every anchor, the same on every visit."""

import math
import random
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from firmware_sim.air.environment import Air
from firmware_sim.air.fields import Antennas, Drift, Multipath, Shadowing
from firmware_sim.air.obstacles import Obstacle, Obstacles
from firmware_sim.air.receiver import Scanners, Traffic
from firmware_sim.floor import Anchor

Floats = NDArray[np.float64]

CARRIED_HEIGHT_M = 1.1  # a trouser pocket, a bag, a hand
NEAREST_M = 0.3
# Shadowing changes by 1 dB within 0.1 m at most, and people walk the same aisles all day: each
# tile of the floor is worked out once. 50,000 tiles are 500 m2 and 15 MB with ten gateways.
TILE_M = 0.1
MOST_TILES = 50_000
DRIFT_STEP_S = 5.0  # within which drift moves by less than .1 dB


class Ether:
    """Path loss, walls, shadowing, multipath and drift between any spot and every anchor.

    `height_m` is where devices are carried. `seed` decides every field; devices come and go
    without changing them. The receivers at the anchors are part of it (`scanners`, `traffic`).
    """

    def __init__(
        self,
        air: Air,
        anchors: Sequence[Anchor],
        *,
        seed: str,
        obstacles: Iterable[Obstacle] = (),
        height_m: float = CARRIED_HEIGHT_M,
    ) -> None:
        self.air = air
        self.anchors = tuple(anchors)
        self.height_m = height_m
        rng = np.random.default_rng(random.Random(f"{seed}:ether").getrandbits(64))
        count = len(self.anchors)
        self._xyz: Floats = np.array([(one.x, one.y, one.z) for one in anchors], dtype=np.float64)
        self._xyz = self._xyz.reshape(count, 3)
        self._offset_db: Floats = rng.normal(0.0, air.gateway_sd_db, count)
        self._shadowing = Shadowing(
            count, sd_db=air.field_sd_db, length_m=air.shadowing_length_m, rng=rng
        )
        delay_s = air.delay_spread_ns * 1e-9
        self._multipath = Multipath(count, k_factor=air.k_factor, delay_s=delay_s, rng=rng)
        self._drift = Drift(count, sd_db=air.drift_sd_db, rng=rng)
        self._antennas = Antennas(count, sd_db=air.antenna_sd_db, rng=rng)
        self._tiles: dict[tuple[int, int], tuple[Floats, Floats]] = {}
        self._drift_step: int | None = None
        self._drift_db: Floats = np.zeros(count)
        self._obstacles = Obstacles(obstacles, self._xyz)
        self.scanners = Scanners(air, count, rng=rng)
        self.traffic = Traffic(count)

    def shadowing_db(self, x: float, y: float) -> Floats:
        """Shadowing towards every anchor at one spot; mean 0, sd as the scenario says."""
        return self._shadowing.at(x, y)

    def multipath_db(self, x: float, y: float) -> Floats:
        """What interference makes of this spot, by anchor and channel, shape (anchors, 3)."""
        return self._multipath.at(x, y)

    def gains_db(self, x: float, y: float, *, heading_rad: float | None) -> Floats:
        """What is added to the power at 1 m on the way to every anchor, before multipath.

        `heading_rad` is where a person who carries the device looks; None: nobody carries it.
        The slow part is that of the middle of the tile in which the spot lies.
        """
        gains, azimuth = self._tile(round(x / TILE_M), round(y / TILE_M))
        if heading_rad is None or not self.air.body_db:
            return gains
        behind = 0.5 - 0.5 * np.cos(azimuth - heading_rad)
        shaded: Floats = gains - self.air.body_db * behind * behind
        return shaded

    def _tile(self, column: int, row: int) -> tuple[Floats, Floats]:
        """Gains without a body, and directions to the anchors, from the middle of one tile."""
        known = self._tiles.get((column, row))
        if known is None:
            if len(self._tiles) >= MOST_TILES:
                self._tiles.clear()
            known = self._tiles[column, row] = self._work_out(column * TILE_M, row * TILE_M)
        return known

    def _work_out(self, x: float, y: float) -> tuple[Floats, Floats]:
        away = self._xyz - (x, y, self.height_m)
        distance = np.maximum(NEAREST_M, np.sqrt((away * away).sum(axis=1)))
        azimuth = np.arctan2(away[:, 1], away[:, 0])
        gains: Floats = self._offset_db - 10.0 * self.air.path_loss_exponent * np.log10(distance)
        gains += self._shadowing.at(x, y) + self._antennas.at(azimuth)
        gains -= self._obstacles.between(x, y, self.height_m)
        return gains, azimuth

    def drift_db(self, at_s: float) -> Floats:
        """How far every anchor's level has wandered at this instant."""
        step = math.floor(at_s / DRIFT_STEP_S)
        if step != self._drift_step:
            self._drift_step = step
            self._drift_db = self._drift.at(step * DRIFT_STEP_S)
        return self._drift_db
