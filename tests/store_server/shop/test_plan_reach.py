from dataclasses import replace

from store_server.shop.floor_plan import Point, Wall
from store_server.shop.plan_reach import closed_zones
from tests.store_server.shop.builders import a_plan


def behind(*lines: tuple[Point, ...]) -> list[str]:
    plan = replace(a_plan(), walls=tuple(Wall(line) for line in lines))
    return [zone.id for zone in closed_zones(plan)]


def test_a_wall_from_side_to_side_closes_the_zone_behind_it() -> None:
    assert behind(((10, 0), (10, 10))) == ["bakery"]


def test_a_door_of_eighty_centimetres_opens_it_wherever_it_is() -> None:
    for centimetres in range(0, 920, 7):
        low = centimetres / 100
        assert behind(((10, 0), (10, low)), ((10, low + 0.8), (10, 10))) == []


def test_a_slanting_wall_closes_too() -> None:
    assert behind(((8, 0), (13, 10))) == []
    assert behind(((9.9, 0), (10.1, 10))) == ["bakery"]


def test_an_outline_closes_what_is_in_it_and_nothing_else() -> None:
    assert behind(((2, 2), (4, 2), (4, 4), (2, 4), (2, 2))) == []
    assert behind(((10, 0), (20, 0), (20, 10), (10, 10), (10, 0))) == ["bakery"]


def test_without_walls_everything_can_be_walked_to() -> None:
    assert closed_zones(a_plan()) == ()
