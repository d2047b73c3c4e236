"""The floor plan as shapes of an SVG: centimetres, y downwards, ready to be written out.

The plan itself counts metres with y upwards; the drawing turns it over once, here.
"""

from dataclasses import dataclass

from store_server.shop.floor_plan import FloorPlan, PlanImage, Wall, Zone

CM = 100
# A line of the name and a margin: where the text of a zone begins below its upper edge.
LABEL_DOWN_CM = 78
LABEL_IN_CM = 28
GRID_M = 5


@dataclass(frozen=True, slots=True)
class ZoneShape:
    """A zone's outline (SVG points) and where its name begins."""

    id: str
    name: str
    points: str
    label_x: int
    label_y: int


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a gateway or beacon is drawn."""

    id: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class WallShape:
    """A wall, shelf or counter as an SVG path."""

    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Underlay:
    """The picture under the plan, and the box that it fills (cm)."""

    url: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PlanDrawing:
    """Everything of the plan that does not move."""

    name: str
    width_cm: int
    height_cm: int
    zones: tuple[ZoneShape, ...]
    gateways: tuple[Spot, ...]
    beacons: tuple[Spot, ...]
    grid_x: tuple[int, ...]
    grid_y: tuple[int, ...]
    walls: tuple[WallShape, ...] = ()
    underlay: Underlay | None = None


def draw(plan: FloorPlan) -> PlanDrawing:
    """The drawing of a plan."""
    height = round(plan.height_m * CM)
    width = round(plan.width_m * CM)
    step = GRID_M * CM
    return PlanDrawing(
        name=plan.name,
        width_cm=width,
        height_cm=height,
        zones=tuple(_zone(zone, height) for zone in plan.zones),
        gateways=tuple(
            Spot(g.id, round(g.x * CM), height - round(g.y * CM)) for g in plan.gateways
        ),
        beacons=tuple(Spot(b.id, round(b.x * CM), height - round(b.y * CM)) for b in plan.beacons),
        grid_x=tuple(range(step, width, step)),
        grid_y=tuple(height - y for y in range(step, height, step)),
        walls=tuple(_wall(wall, height) for wall in plan.walls),
        underlay=_underlay(plan.image, height) if plan.image else None,
    )


def _wall(wall: Wall, height: int) -> WallShape:
    closed = len(wall.points) > 3 and wall.points[0] == wall.points[-1]
    corners = wall.points[:-1] if closed else wall.points
    line = "L".join(f"{round(x * CM)} {height - round(y * CM)}" for x, y in corners)
    return WallShape(wall.kind, f"M{line}Z" if closed else f"M{line}")


def _underlay(image: PlanImage, height: int) -> Underlay:
    wide = round(image.width_px * image.metres_per_pixel * CM)
    high = round(image.height_px * image.metres_per_pixel * CM)
    top = height - round(image.y * CM) - high
    return Underlay(f"/plan/{image.name}", round(image.x * CM), top, wide, high)


def _zone(zone: Zone, height: int) -> ZoneShape:
    corners = [(round(x * CM), height - round(y * CM)) for x, y in zone.polygon]
    left = min(corners, key=lambda corner: (corner[1], corner[0]))
    return ZoneShape(
        id=zone.id,
        name=zone.name,
        points=" ".join(f"{x},{y}" for x, y in corners),
        label_x=left[0] + LABEL_IN_CM,
        label_y=left[1] + LABEL_DOWN_CM,
    )
