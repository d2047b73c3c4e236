"""A hall of 120 x 80 m with a gateway every 20 m, walks through it, and filters, for tests."""

import math
import random

from store_server.ids import StoreId, ZoneId
from store_server.presence.bayes_filter import BayesFilter
from store_server.presence.grid import grid_space
from store_server.presence.observation import Observation
from store_server.presence.pane import Panes
from store_server.presence.radio_map import level_dbm
from store_server.presence.site import Site, site_of
from store_server.shop.floor_plan import FloorPlan, Gateway, Wall, Zone
from tests.store_server.presence.builders import SCOPE, T0

WIDTH_M, HEIGHT_M = 120, 80
# Further away nothing is heard in a hall.
HEARING_M = 45.0
Walk = list[tuple[float, float]]


def a_hall(*, walls: tuple[Wall, ...] = ()) -> FloorPlan:
    """Zones of 30 x 40 m, a gateway in the middle of every 20 x 20 m."""
    zones = tuple(
        Zone(ZoneId(f"z{x}-{y}"), "", ((x, y), (x + 30, y), (x + 30, y + 40), (x, y + 40)))
        for x in range(0, WIDTH_M, 30)
        for y in range(0, HEIGHT_M, 40)
    )
    gateways = tuple(
        Gateway(f"g{x}-{y}", float(x), float(y), 4.0, zones[0].id)
        for x in range(10, WIDTH_M, 20)
        for y in range(10, HEIGHT_M, 20)
    )
    return FloorPlan(StoreId("demo"), "Demo", WIDTH_M, HEIGHT_M, zones, gateways, walls=walls)


def a_site(floor: FloorPlan) -> Site:
    """The site of a hall, in cells of 1 m."""
    return site_of(floor, space=grid_space(floor, cell_m=1.0))


SITE: Site = a_site(a_hall())


def a_filter(*, cells: int | None = None) -> BayesFilter:
    """A filter with panes of so many cells; None: a belief over the whole hall."""
    panes = Panes(SITE, whole_up_to=10**6) if cells is None else Panes(SITE, cells=cells)
    return BayesFilter(SITE, scope=SCOPE, panes=panes)


def through_the_hall(seconds: int = 80) -> Walk:
    """From the lower left to the upper right, at 1.6 m/s."""
    return [(8 + 1.3 * t, 8 + 0.8 * t) for t in range(seconds)]


def heard_on(walk: Walk, *, seed: int = 1, louder_db: float = 0.0) -> list[Observation]:
    """Two readings a second at each gateway within hearing."""
    rng = random.Random(seed)
    told = []
    for second, (x, y) in enumerate(walk):
        for half in (0.0, 0.5):
            for gateway in a_hall().gateways:
                away = math.hypot(x - gateway.x, y - gateway.y, 2.8)
                if away > HEARING_M:
                    continue
                dbm = round(level_dbm(away) + rng.gauss(0, 4)) + louder_db
                t = T0 + second + half + rng.uniform(0, 0.4)
                told.append(Observation("s-1", f"gw:{gateway.id}", t, dbm))
    return sorted(told, key=lambda one: one.t)
