"""A made-up shop whose radio is known: levels by a true law, so that a fit can be judged."""

import math

import numpy as np

from store_server.ids import StoreId, ZoneId
from store_server.presence.grid import grid_space
from store_server.presence.radio_map import AnchorPlace
from store_server.presence.site import anchor_places
from store_server.presence.state_space import StateSpace
from store_server.presence.survey import Survey, SurveyLine, survey_of
from store_server.shop.floor_plan import FloorPlan, Gateway, Zone

WEST, EAST = ZoneId("west"), ZoneId("east")
CORNERS = ((1.0, 1.0), (15.0, 1.0), (15.0, 9.0), (1.0, 9.0), (8.0, 5.0))


def a_shop() -> FloorPlan:
    """16 x 10 m, two zones, a gateway in each corner and one in the middle."""
    zones = (
        Zone(WEST, "West", ((0.0, 0.0), (8.0, 0.0), (8.0, 10.0), (0.0, 10.0))),
        Zone(EAST, "East", ((8.0, 0.0), (16.0, 0.0), (16.0, 10.0), (8.0, 10.0))),
    )
    gateways = tuple(
        Gateway(f"g{at}", x, y, 2.3, WEST if x < 8 else EAST) for at, (x, y) in enumerate(CORNERS)
    )
    return FloorPlan(StoreId("shop"), "Shop", 16.0, 10.0, zones, gateways)


def a_space() -> StateSpace:
    """Its cells, 1 m."""
    return grid_space(a_shop(), cell_m=1.0)


def the_anchors() -> tuple[AnchorPlace, ...]:
    """Its gateways."""
    return anchor_places(a_shop())


def true_dbm(gateway: int, x: float, y: float) -> float:
    """The law of this shop: exponent 2.8; a shelf takes 8 dB from gateway 0 in the east."""
    gx, gy = CORNERS[gateway]
    distance_m = math.hypot(math.hypot(gx - x, gy - y), 1.1)
    shelf_db = 8.0 if gateway == 0 and x > 8 else 0.0
    return -57.0 - 28.0 * math.log10(max(1.0, distance_m)) - shelf_db


def grid_points(columns: int, rows: int) -> list[tuple[float, float]]:
    """Points spread evenly over the floor."""
    return [
        ((column + 0.5) * 16 / columns, (row + 0.5) * 10 / rows)
        for column in range(columns)
        for row in range(rows)
    ]


def walked(
    points: list[tuple[float, float]],
    *,
    device: str = "tag",
    louder_db: float = 0.0,
    noise_db: float = 2.0,
    floor_dbm: float = -200.0,
    tx_power: float | None = None,
) -> list[SurveyLine]:
    """Twenty readings a second apart of every gateway at each point; too weak is not heard."""
    rng = np.random.default_rng(7)
    lines = []
    for number, (x, y) in enumerate(points):
        for gateway in range(len(CORNERS)):
            for second in range(20):
                dbm = true_dbm(gateway, x, y) + louder_db + noise_db * rng.standard_normal()
                if dbm >= floor_dbm:
                    t = number * 60.0 + second
                    lines.append(
                        SurveyLine(t, f"g{gateway}", device, round(dbm), x, y, None, tx_power)
                    )
    return lines


def a_survey(columns: int = 6, rows: int = 4, **how: float) -> Survey:
    """A survey of evenly spread points."""
    return survey_of(walked(grid_points(columns, rows), **how))  # type: ignore[arg-type]
