"""The plan as shapes: turned over once, in centimetres."""

from store_server.entrypoints.console.plan_drawing import draw
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
