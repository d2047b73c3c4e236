import math

from store_server.shop.wall_lines import wall_lines

LEFT = ((0.0, 0.0), (4.0, 0.0), (4.0, 3.0), (0.0, 3.0))
RIGHT = ((4.0, 0.0), (9.0, 0.0), (9.0, 3.0), (4.0, 3.0))


def length_m(lines: list[tuple[tuple[float, float], ...]]) -> float:
    return round(sum(math.dist(*line) for line in lines), 3)


def test_what_two_rooms_share_is_one_wall() -> None:
    assert length_m(wall_lines([LEFT], [])) == 14
    assert length_m(wall_lines([LEFT, RIGHT], [])) == 14 + 16 - 3


def test_a_door_is_a_gap_in_the_wall() -> None:
    lines = wall_lines([LEFT], [((4.0, 1.0), (4.0, 2.0))])

    assert length_m(lines) == 13
    assert ((4.0, 0.0), (4.0, 1.0)) in lines
    assert ((4.0, 2.0), (4.0, 3.0)) in lines


def test_a_door_drawn_in_the_middle_of_a_thick_wall_opens_it() -> None:
    assert length_m(wall_lines([LEFT], [((4.2, 1.0), (4.2, 2.0))])) == 13
    assert length_m(wall_lines([LEFT], [((4.9, 1.0), (4.9, 2.0))])) == 14


def test_a_door_across_a_corner_opens_nothing_but_its_own_side() -> None:
    assert length_m(wall_lines([LEFT], [((0.0, 0.0), (1.0, 0.0))])) == 13
