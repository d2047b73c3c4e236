"""A lithium coin cell: how far it is used up, what it shows at rest, what it gives under load.

Voltage at rest and resistance are tables over the used share of the capacity; under a load of I
the terminals show rest - I x R. Cold makes R larger and a part of the charge unreachable. That
is why a beacon in a freezer resets though its telemetry, read at rest, looks well.

Source: capacities, the flat discharge curve (15 kohm, to 2.0 V) and 10 to 40 ohm when fresh:
Energizer, "CR2032 product datasheet"; CR2477: Panasonic, "Lithium batteries: individual data
sheets". Resistance rising towards the end and differing by maker: M. Jensen, "Coin cells and peak
current draw", Texas Instruments SWRA349 (2010). Values between are read off curves to about
50 mV and 5 ohm; they tell when a battery ends within some weeks, not days.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

ROOM_C = 21.0
# Self-discharge of a lithium coin cell: 1 % a year. Source: Panasonic, as above.
SELF_DISCHARGE_PER_S = 0.01 / (365.25 * 86_400)
_USED = (0.0, 0.02, 0.5, 0.8, 0.9, 0.95, 1.0, 1.05)
_REST_MV = (3_200.0, 3_030.0, 2_940.0, 2_860.0, 2_760.0, 2_600.0, 2_100.0, 1_500.0)
_OHM = (15.0, 15.0, 20.0, 35.0, 55.0, 90.0, 180.0, 400.0)
# Reachable share of the capacity, and factor of the resistance, by temperature.
_DEGREES = (-30.0, -20.0, 0.0, ROOM_C, 60.0)
_REACHABLE = (0.5, 0.7, 0.92, 1.0, 1.02)
_STIFFER = (7.0, 4.5, 2.0, 1.0, 0.7)


class CellKind(StrEnum):
    """The coin cells of beacons and tags."""

    CR2032 = "cr2032"
    CR2477 = "cr2477"


CAPACITY_MAH = {CellKind.CR2032: 235.0, CellKind.CR2477: 1_000.0}
# The larger cell has twice the area. Source: our estimate.
OHM_FACTOR = {CellKind.CR2032: 1.0, CellKind.CR2477: 0.5}


@dataclass(slots=True)
class PowerCell:
    """One cell; `used_mah` grows with `draw` and with age."""

    kind: CellKind
    used_mah: float = 0.0
    temperature_c: float = ROOM_C

    def draw(self, charge_uc: float, *, over_s: float) -> None:
        """Take a charge, microcoulombs, in the course of some seconds."""
        ageing = SELF_DISCHARGE_PER_S * over_s * CAPACITY_MAH[self.kind]
        self.used_mah += charge_uc / 3.6e6 + ageing

    @property
    def used_share(self) -> float:
        """Used part of what can be reached at this temperature; 1 is the end."""
        reachable = _between(self.temperature_c, _DEGREES, _REACHABLE)
        return self.used_mah / (CAPACITY_MAH[self.kind] * reachable)

    @property
    def ohm(self) -> float:
        """The inner resistance."""
        stiff = _between(self.temperature_c, _DEGREES, _STIFFER)
        return _between(self.used_share, _USED, _OHM) * stiff * OHM_FACTOR[self.kind]

    def voltage_mv(self, *, load_ma: float = 0.0) -> float:
        """What the terminals show under a load; never below 0."""
        return max(0.0, _between(self.used_share, _USED, _REST_MV) - load_ma * self.ohm)


def _between(x: float, xs: Sequence[float], ys: Sequence[float]) -> float:
    """Linear interpolation in a table; the ends hold outside.

    Example:
        >>> _between(0.25, (0.0, 0.5), (10.0, 20.0))
        15.0
    """
    if x <= xs[0]:
        return ys[0]
    if x >= xs[-1]:
        return ys[-1]
    place = bisect_right(xs, x)
    share = (x - xs[place - 1]) / (xs[place] - xs[place - 1])
    return ys[place - 1] + share * (ys[place] - ys[place - 1])
