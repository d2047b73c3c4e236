"""What a filter is built from: the states of a site, its anchors, and what they should hear."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from store_server.ids import ZoneId
from store_server.presence.grid import grid_space
from store_server.presence.radio_map import REFERENCE_DBM, AnchorPlace, RadioMap, path_loss_map
from store_server.presence.state_space import StateSpace
from store_server.presence.wall_loss import wall_loss_db
from store_server.shop.floor_plan import FloorPlan, beacon_anchor, gateway_anchor

# A gateway tells windows of 0.5-1 s. Shorter steps would look at the same rows one by one, at
# twice the cost; recordings of single adverts are stepped finer (`FilterTuning.step_s`).
LIVE_STEP_S = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """The inputs of the filter.

    `door_zones` are zones through which one goes in or out: there a change is reported after
    the short hold. `beacon_power_dbm` is the level at 1 m that a beacon's adverts state, by
    anchor. `surveyed` tells that the map was measured here. `step_s` and `fresh_s` take the place
    of the usual ones. `reference_dbm` is the level at 1 m that the map is made for; `rows`
    and `is_beacon` follow from the map.
    """

    space: StateSpace
    radio: RadioMap
    door_zones: frozenset[ZoneId] = frozenset()
    beacon_power_dbm: Mapping[str, float] = field(default_factory=dict)
    surveyed: bool = False
    step_s: float | None = None
    fresh_s: float | None = None
    reference_dbm: float = REFERENCE_DBM
    rows: Mapping[str, int] = field(init=False)
    is_beacon: tuple[bool, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", {name: at for at, name in enumerate(self.radio.anchors)})
        beacons = tuple(name in self.beacon_power_dbm for name in self.radio.anchors)
        object.__setattr__(self, "is_beacon", beacons)


def anchor_places(plan: FloorPlan) -> tuple[AnchorPlace, ...]:
    """Every gateway and beacon of a plan by its anchor name."""
    gateways = [AnchorPlace(gateway_anchor(g.id), g.x, g.y, g.z) for g in plan.gateways]
    beacons = [
        AnchorPlace(beacon_anchor(b.identity), b.x, b.y, b.z, b.measured_power_dbm)
        for b in plan.beacons
    ]
    return (*gateways, *beacons)


def site_of(
    plan: FloorPlan, *, radio: RadioMap | None = None, space: StateSpace | None = None
) -> Site:
    """The site of a plan: by path loss, or with the map of a survey.

    Args:
        plan: zones, gateways, beacons, walls.
        radio: a fitted map over `space`; None for path loss.
        space: the states of the map; None for the plan's grid.
    """
    space = space or grid_space(plan)
    anchors = anchor_places(plan)
    return Site(
        space,
        radio
        or path_loss_map(anchors, space, wall_loss_db=wall_loss_db(anchors, space, plan.walls)),
        door_zones=frozenset(z.id for z in plan.zones if z.kind == "entrance"),
        beacon_power_dbm={a.id: a.power_dbm for a in anchors if a.power_dbm is not None},
        surveyed=radio is not None,
        step_s=LIVE_STEP_S,
    )
