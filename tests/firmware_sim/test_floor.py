from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.errors import ScenarioError
from firmware_sim.floor import load_floor
from tests.firmware_sim.builders import a_floor

PLAN = Path(__file__).resolve().parents[2] / "configs" / "demo" / "supermarket.toml"


def test_the_demo_plan_has_six_zones_six_gateways_and_twelve_beacons() -> None:
    floor = load_floor(PLAN)

    assert (len(floor.zones), len(floor.gateways), len(floor.beacons)) == (6, 6, 12)


@given(st.floats(0.01, 29.99), st.floats(0.01, 19.99))
def test_the_zones_of_the_demo_plan_tile_the_floor(x: float, y: float) -> None:
    zones = [zone.id for zone in load_floor(PLAN).zones if zone.contains(x, y)]

    assert len(zones) == 1


def test_a_point_outside_the_walls_is_in_no_zone() -> None:
    assert a_floor().zone_at(-1, 5) is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "checkout"', 'kind = "sales"', "no zone has kind 'checkout'"),
        ("width_m = 30.0", "width_m = 'wide'", "must be a number"),
        ("[[gateways]]", "[[gates]]", "'gateways' is missing"),
        ("polygon = [[0, 0], [10, 0], [10, 7], [0, 7]]", "polygon = [[0, 0]]", "3 corners"),
    ],
)
def test_a_bad_plan_is_refused_with_its_file(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(PLAN.read_text().replace(old, new))

    with pytest.raises(ScenarioError, match=r"plan\.toml") as caught:
        load_floor(path)

    assert said in str(caught.value)
