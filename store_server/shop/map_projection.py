"""From degrees on the globe to metres on a floor: a plane that touches the globe at the store."""

import math
from dataclasses import dataclass

Point = tuple[float, float]

# Source: WGS 84 (NIMA TR8350.2): semi-major axis and first eccentricity squared.
_AXIS_M = 6_378_137.0
_ECCENTRICITY_2 = 6.694_379_990_14e-3


@dataclass(frozen=True, slots=True)
class LocalFrame:
    """Metres east and north of a point, turned so that the building stands straight.

    turn_deg: by how much the drawing is turned clockwise. Within 1 km of the point the error is
    below 0.1 m; of a store it is below a centimetre.
    """

    lon_deg: float
    lat_deg: float
    turn_deg: float = 0.0

    def to_metres(self, lon_deg: float, lat_deg: float) -> Point:
        """The place of a point of the globe.

        Source: radii of curvature of the ellipsoid, in the meridian and across it.
        """
        lat = math.radians(self.lat_deg)
        bulge = 1 - _ECCENTRICITY_2 * math.sin(lat) ** 2
        across_m = _AXIS_M / math.sqrt(bulge)
        along_m = _AXIS_M * (1 - _ECCENTRICITY_2) / bulge**1.5
        east = math.radians(lon_deg - self.lon_deg) * across_m * math.cos(lat)
        north = math.radians(lat_deg - self.lat_deg) * along_m
        turn = math.radians(self.turn_deg)
        return (
            east * math.cos(turn) + north * math.sin(turn),
            north * math.cos(turn) - east * math.sin(turn),
        )
