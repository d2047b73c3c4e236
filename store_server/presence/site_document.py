"""A site as a JSON document: gateways, zones, limits; what a replay is run for.

    {"gateways": {id: {"x", "y"[, "z"][, "zone"]}}[, "zones": {name: [[x, y], ...]}]
     [, "limits": [x0, y0, x1, y1]][, "tag_z": m][, "tx_power_1m": dBm]
     [, "walls": [[[x, y], ...], ...]]}

Zones are polygons, or labels on gateways: then each place belongs to the label of the gateway
next to it. A site of two labels is a door: in and out.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import numpy as np

from store_server.errors import ConfigError
from store_server.ids import StoreId, ZoneId
from store_server.presence.door_states import FRESH_S, door_states
from store_server.presence.grid import SPEED_M_PER_S, Box, grid_space
from store_server.presence.radio_map import (
    ANCHOR_Z_M,
    REFERENCE_DBM,
    TAG_Z_M,
    RadioMap,
    path_loss_map,
)
from store_server.presence.site import Site, anchor_places
from store_server.presence.state_space import StateSpace
from store_server.presence.tuning import FilterTuning
from store_server.presence.wall_loss import wall_loss_db
from store_server.shop.floor_plan import FloorPlan, Gateway, Point, Wall, Zone

# Around gateways, where nothing tells how large the floor is.
MARGIN_M = 3.0


class GatewayEntry(msgspec.Struct):
    """One gateway of the document; metres."""

    x: float
    y: float
    z: float = ANCHOR_Z_M
    zone: str | None = None


class SiteDocument(msgspec.Struct):
    """The document as it is written."""

    gateways: dict[str, GatewayEntry]
    zones: dict[str, list[Point]] = msgspec.field(default_factory=dict)
    limits: tuple[float, float, float, float] | None = None
    tag_z: float | None = None
    tx_power_1m: float | None = None
    walls: list[list[Point]] = msgspec.field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SitePlan:
    """A document as a plan: what to tile, which zones are doors, how high devices are carried."""

    plan: FloorPlan
    box: Box
    labels: Mapping[str, ZoneId]
    has_polygons: bool
    tag_z_m: float
    power_dbm: float | None

    @property
    def doors(self) -> frozenset[ZoneId]:
        """The zones between which changes are told after the short hold."""
        names = frozenset(self.labels.values())
        return names if len(names) == 2 else frozenset()


def read_site(text: str | bytes, *, source: str) -> SitePlan:
    """The plan that a document describes.

    Args:
        text: JSON.
        source: how to name the document in messages.

    Raises:
        ConfigError: it is not JSON, lacks gateways, or something in it cannot be.
    """
    try:
        document = msgspec.json.decode(text, type=SiteDocument)
    except (msgspec.MsgspecError, json.JSONDecodeError) as error:
        raise ConfigError(f"{source}: {error}; expected a site with gateways and zones") from None
    if not document.gateways:
        raise ConfigError(f"{source}: gateways is empty; a site needs at least one with x and y")
    for name, polygon in document.zones.items():
        if len(polygon) < 3:
            raise ConfigError(f"{source}: zone {name!r} has {len(polygon)} points; needs 3 or more")
    labels = {g: ZoneId(e.zone) for g, e in document.gateways.items() if e.zone is not None}
    if not document.zones and not labels:
        raise ConfigError(f"{source}: no zones; give polygons in zones or a zone to each gateway")
    return _plan_of(document, labels, source=source)


def _plan_of(document: SiteDocument, labels: dict[str, ZoneId], *, source: str) -> SitePlan:
    zones = tuple(
        Zone(ZoneId(name), name, tuple(polygon)) for name, polygon in document.zones.items()
    )
    gateways = tuple(
        Gateway(name, e.x, e.y, e.z, labels.get(name, ZoneId("")))
        for name, e in document.gateways.items()
    )
    walls = tuple(Wall(tuple(points)) for points in document.walls)
    box = _box(document)
    if box.x1 <= box.x0 or box.y1 <= box.y0:
        raise ConfigError(f"{source}: limits must be [x0, y0, x1, y1] with x0 < x1 and y0 < y1")
    plan = FloorPlan(
        StoreId("replay"), "replay", box.x1 - box.x0, box.y1 - box.y0, zones, gateways, walls=walls
    )
    tag_z_m = TAG_Z_M if document.tag_z is None else document.tag_z
    return SitePlan(plan, box, labels, bool(zones), tag_z_m, document.tx_power_1m)


def _box(document: SiteDocument) -> Box:
    if document.limits is not None:
        return Box(*document.limits)
    corners = [point for polygon in document.zones.values() for point in polygon]
    if corners:
        points = np.array(corners, float)
        return Box(*points.min(axis=0).tolist(), *points.max(axis=0).tolist())
    points = np.array([(e.x, e.y) for e in document.gateways.values()], float)
    low, high = points.min(axis=0) - MARGIN_M, points.max(axis=0) + MARGIN_M
    return Box(*low.tolist(), *high.tolist())


def space_of(document: SitePlan, *, speed_m_per_s: float = SPEED_M_PER_S) -> StateSpace:
    """The grid of a document; with labels only, each cell is of the gateway next to it."""
    space = grid_space(document.plan, box=document.box, speed_m_per_s=speed_m_per_s)
    if document.has_polygons:
        return space
    known = [g for g in document.plan.gateways if g.id in document.labels]
    places = np.array([(g.x, g.y) for g in known])
    away = np.linalg.norm(space.xy[:, None] - places[None], axis=2)
    names = tuple(dict.fromkeys(document.labels[g.id] for g in known))
    owner = np.array([names.index(document.labels[g.id]) for g in known])[away.argmin(axis=1)]
    membership = (owner[None, :] == np.arange(len(names))[:, None]).astype(float)
    return StateSpace(
        space.xy, names, membership, space.motion, area_m2=space.area_m2, cells=space.cells
    )


def site_from(
    document: SitePlan,
    *,
    space: StateSpace | None = None,
    radio: RadioMap | None = None,
    tuning: FilterTuning | None = None,
) -> Site:
    """The filter's inputs for a document: by path loss, or with what a survey gave."""
    if space is None and radio is None and document.doors:
        space, radio = door_states(document.plan, document.labels)
        return Site(
            space,
            radio,
            door_zones=document.doors,
            step_s=(tuning or FilterTuning()).door_step_s,
            fresh_s=FRESH_S,
        )
    space = space or space_of(document)
    anchors = anchor_places(document.plan)
    surveyed = radio is not None
    reference_dbm = REFERENCE_DBM if document.power_dbm is None or surveyed else document.power_dbm
    return Site(
        space,
        radio
        or path_loss_map(
            anchors,
            space,
            tag_z_m=document.tag_z_m,
            wall_loss_db=wall_loss_db(anchors, space, document.plan.walls),
            reference_dbm=reference_dbm,
        ),
        door_zones=document.doors,
        surveyed=surveyed,
        reference_dbm=reference_dbm,
        step_s=(tuning or FilterTuning()).door_step_s if document.doors else None,
    )
