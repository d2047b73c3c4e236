import random

from firmware_sim.aisles import Aisles
from firmware_sim.staff import plan_shift
from tests.firmware_sim.builders import a_shelved_floor, some_people

AISLES = Aisles(a_shelved_floor())


def test_staff_stay_in_the_shop_all_shift_and_see_more_than_one_zone() -> None:
    shift = plan_shift(AISLES, some_people(tag=1), start_s=0, for_s=14_400, rng=random.Random(1))

    zones = {AISLES.floor.zone_at(*shift.at(second)[:2]) for second in range(0, 14_400, 30)}
    assert None not in zones
    assert len(zones) >= 4
    assert 14_400 <= shift.left_s == shift.ends_s < 20_000
