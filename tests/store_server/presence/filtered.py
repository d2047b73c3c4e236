"""A small floor with four gateways, walks over it with noisy levels, and filters, for tests."""

import math
import random
from collections.abc import Iterable

from store_server.ids import StoreId, ZoneId
from store_server.presence.bayes_filter import BayesFilter
from store_server.presence.engine import ZoneEvent
from store_server.presence.observation import Observation
from store_server.presence.radio_map import level_dbm
from store_server.presence.site import Site, site_of
from store_server.shop.floor_plan import FloorPlan, Gateway, Wall, Zone
from tests.store_server.presence.builders import SCOPE, T0

LEFT, RIGHT = ZoneId("left"), ZoneId("right")
CORNERS = {"a": (1.0, 1.0), "b": (1.0, 7.0), "c": (11.0, 1.0), "d": (11.0, 7.0)}
Path = list[tuple[float, float, float]]


def a_floor(*, walls: tuple[Wall, ...] = ()) -> FloorPlan:
    """12 x 8 m, a zone in either half, a gateway in each corner."""
    zones = (
        Zone(LEFT, "Left", ((0, 0), (6, 0), (6, 8), (0, 8))),
        Zone(RIGHT, "Right", ((6, 0), (12, 0), (12, 8), (6, 8))),
    )
    gateways = tuple(
        Gateway(name, x, y, 2.3, LEFT if x < 6 else RIGHT) for name, (x, y) in CORNERS.items()
    )
    return FloorPlan(StoreId("demo"), "Demo", 12, 8, zones, gateways, walls=walls)


SITE: Site = site_of(a_floor())


def a_filter(site: Site = SITE) -> BayesFilter:
    return BayesFilter(site, scope=SCOPE)


def there_and_back(seconds: int = 60) -> Path:
    """Standing on the left, walking to the right, standing there, and back."""
    path: Path = []
    for t in range(seconds):
        share = min(1.0, max(0.0, (t - seconds * 0.2) / 10)) - min(
            1.0, max(0.0, (t - seconds * 0.65) / 10)
        )
        path.append((float(t), 2.0 + 8.0 * share, 4.0))
    return path


def levels_of(
    path: Path, *, seed: int = 1, louder_db: float = 0.0, device: str = "s-1", noise_db: float = 3.0
) -> list[Observation]:
    """Two readings a second at each gateway, in order of time."""
    rng = random.Random(seed)
    told: list[Observation] = []
    for t, x, y in path:
        for half in (0.0, 0.5):
            for name, (gx, gy) in CORNERS.items():
                away = math.hypot(x - gx, y - gy, 1.1)
                dbm = round(level_dbm(away) + rng.gauss(0, noise_db)) + louder_db
                at = T0 + t + half + rng.uniform(0, 0.4)
                told.append(Observation(device, f"gw:{name}", at, dbm))
    return sorted(told, key=lambda one: one.t)


def fed(
    engine: BayesFilter, told: Iterable[Observation], *, until_s: float = 0.0
) -> list[ZoneEvent]:
    """All events when time is let pass each second; at the end, up to `until_s`."""
    events: list[ZoneEvent] = []
    at = T0
    for one in told:
        while one.t > at + 1:
            at += 1
            events += engine.advance(at)
        events += engine.observe(one)
    return [*events, *engine.advance(max(at, T0 + until_s))]
