"""What each anchor is expected to hear from each state, and how far off that may be.

Levels are those of the reference sender: the offset of a device (transmit power, antenna,
pocket) is added to every anchor alike and tracked by the filter. Without a survey the map is
log-distance path loss,

    mean = REFERENCE_DBM - 10 n log10(max(d, NEAR_M)),    d over all three axes,

less what the walls between take away.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from store_server.presence.state_space import StateSpace

# A BLE sender at 0 dBm, one metre away, at a receiver with a small antenna.
# Source: Bluetooth SIG proximity profile figures; phones and tags lie within +-8 dB.
REFERENCE_DBM = -59.0
# Source: ITU-R P.1238-12, 2.4 GHz indoor: power loss coefficient 20-30 (office 28-30 with
# partitions, open retail floors about 20-22).
EXPONENT = 2.0
# Shadowing (4-4.5 dB), fading between the three advertising channels (2.6 dB), the body
# (0 to -14 dB, sd about 3.5 dB) and the anchor's own gain (2.1 dB) together.
SPREAD_DB = 4.0
# Bodies, shelves and doors only take away: a level far above free sight is rarer than one far
# below. So without a survey the law is that of the clear way, and errors are lopsided.
LOUD_SHARE, SOFT_SHARE = 0.7, 1.3
# In the near field of people, shelves and mounting plates log-distance has no meaning.
NEAR_M = 1.0
ANCHOR_Z_M = 2.3
TAG_Z_M = 1.2


class AnchorPlace(NamedTuple):
    """Where an anchor hangs, metres; `power_dbm` is its own level at 1 m if it is a beacon."""

    id: str
    x: float
    y: float
    z: float = ANCHOR_Z_M
    power_dbm: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RadioMap:
    """`mean_dbm` and `sd_db` float32 (anchors, states) for the reference sender.

    `loud` and `soft` scale `sd_db` for levels above and below the mean. `log_sd` is the natural
    logarithm of `sd_db`, None where each anchor has one for all states: then it tells none apart.
    """

    anchors: tuple[str, ...]
    mean_dbm: NDArray[np.float32]
    sd_db: NDArray[np.float32]
    loud: float = 1.0
    soft: float = 1.0
    log_sd: NDArray[np.float32] | None = field(init=False)

    def __post_init__(self) -> None:
        even = bool((self.sd_db == self.sd_db[:, :1]).all())
        object.__setattr__(self, "log_sd", None if even else np.log(self.sd_db))

    def row(self, anchor: str) -> int | None:
        """The row of an anchor, None when the map does not know it."""
        return self.anchors.index(anchor) if anchor in self.anchors else None


def path_loss_map(
    anchors: Sequence[AnchorPlace],
    space: StateSpace,
    *,
    exponent: float = EXPONENT,
    tag_z_m: float = TAG_Z_M,
    wall_loss_db: NDArray[np.floating] | None = None,
    reference_dbm: float = REFERENCE_DBM,
) -> RadioMap:
    """The map that follows from places alone.

    Args:
        anchors: every fixed point with its place.
        space: states with coordinates.
        exponent: n of the path-loss law.
        tag_z_m: height at which devices are carried.
        wall_loss_db: (anchors, states), what walls between take away; None for no walls.
        reference_dbm: the level of the reference sender at 1 m.
    """
    distance = distances_m(anchors, space, tag_z_m=tag_z_m)
    mean = reference_dbm - 10 * exponent * np.log10(np.maximum(distance, NEAR_M))
    if wall_loss_db is not None:
        mean = mean - wall_loss_db
    sd = np.full_like(mean, SPREAD_DB)
    return RadioMap(
        tuple(anchor.id for anchor in anchors),
        mean.astype(np.float32),
        sd.astype(np.float32),
        loud=LOUD_SHARE,
        soft=SOFT_SHARE,
    )


def distances_m(
    anchors: Sequence[AnchorPlace], space: StateSpace, *, tag_z_m: float = TAG_Z_M
) -> NDArray[np.float64]:
    """(anchors, states): the distance in space from each anchor to each state."""
    places = np.array([(a.x, a.y, a.z) for a in anchors], float).reshape(-1, 3)
    flat = np.hypot(
        places[:, None, 0] - space.xy[None, :, 0], places[:, None, 1] - space.xy[None, :, 1]
    )
    distance: NDArray[np.float64] = np.hypot(flat, (places[:, 2] - tag_z_m)[:, None])
    return distance


def level_dbm(distance_m: float, *, exponent: float = EXPONENT) -> float:
    """The expected level of the reference sender this far away.

    Example:
        >>> level_dbm(1.0)
        -59.0
    """
    return REFERENCE_DBM - 10 * exponent * math.log10(max(distance_m, NEAR_M))
