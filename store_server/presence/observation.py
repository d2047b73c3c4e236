"""What the presence engine is fed: one device, seen from one anchor that stands still.

An anchor is a gateway that heard the device (`gw:<gateway>`) or a fixed beacon that the
shopper's phone heard and reported (`beacon:<uuid:major:minor>`). Ranges and angles can join
later as further optional fields.
"""

import math
from typing import NamedTuple

# Weaker than any receiver hears, louder than any phone can be at a gateway's antenna.
RSSI_FLOOR_DBM = -127.0
RSSI_CEILING_DBM = 20.0


class Observation(NamedTuple):
    """One device from one anchor at one time.

    `device` is the shopper id, `t` float seconds UTC, `rssi_dbm` the mean of `count` adverts,
    `measured_power_dbm` the sender's level at 1 m where known: the tag's own statement at a
    gateway, the beacon's when a phone heard it. `sender` tells a shopper's devices apart where
    gateways hear them; empty for what an app reports.
    """

    device: str
    anchor: str
    t: float
    rssi_dbm: float
    count: int = 1  # type: ignore[assignment] # hides tuple.count, which nobody asks of it
    measured_power_dbm: int | None = None
    sender: str = ""


def believable(observation: Observation) -> bool:
    """Whether the numbers can be: finite time, level within what radios do, a count of 1 or more.

    Example:
        >>> believable(Observation("s1", "gw:gw-1", 10.0, float("nan")))
        False
    """
    return (
        math.isfinite(observation.t)
        and RSSI_FLOOR_DBM <= observation.rssi_dbm <= RSSI_CEILING_DBM
        and observation.count >= 1
    )
