"""The plan as shapes: turned over once, in centimetres."""

from dataclasses import replace

from store_server.entrypoints.console.plan_drawing import draw
from store_server.shop.floor_plan import PlanImage
from tests.store_server.entrypoints.web_builders import PLAN


def test_the_lower_left_of_the_plan_is_drawn_at_the_bottom() -> None:
    drawing = draw(PLAN)

    entrance = drawing.zones[0]
    assert (drawing.width_cm, drawing.height_cm) == (3000, 2000)
    assert entrance.points == "0,2000 1000,2000 1000,1000 0,1000"


def test_a_name_stands_in_the_upper_left_of_its_zone() -> None:
    entrance = draw(PLAN).zones[0]

    assert 0 < entrance.label_x < 100
    assert 1000 < entrance.label_y < 1100


def test_gateways_and_beacons_are_spots() -> None:
    drawing = draw(PLAN)

    assert (drawing.gateways[0].id, drawing.gateways[0].x, drawing.gateways[0].y) == (
        *("gw-1", 500),
        1500,
    )
    assert len(drawing.beacons) == len(PLAN.beacons)


def test_the_grid_is_every_five_metres_inside_the_walls() -> None:
    assert draw(PLAN).grid_x == (500, 1000, 1500, 2000, 2500)
    assert draw(PLAN).grid_y == (1500, 1000, 500)


def test_a_line_stays_open_and_an_outline_is_closed() -> None:
    line, outline = (PLAN.walls[0], PLAN.walls[-1])

    shapes = draw(PLAN).walls

    assert (shapes[0].kind, shapes[0].path) == (line.kind, "M1000 2000L1000 1400")
    assert shapes[-1].path == "M1300 1600L1700 1600L1700 1500L1300 1500Z"
    assert outline.points[0] == outline.points[-1]


def test_a_picture_lies_where_the_plan_puts_it() -> None:
    image = PlanImage("plan-00112233aabbccdd.png", 400, 200, 0.05, 2.0, 1.0)

    underlay = draw(replace(PLAN, image=image)).underlay

    assert underlay is not None
    assert underlay.url == "/plan/plan-00112233aabbccdd.png"
    assert (underlay.x, underlay.y) == (200, 900)
    assert (underlay.width, underlay.height) == (2000, 1000)
