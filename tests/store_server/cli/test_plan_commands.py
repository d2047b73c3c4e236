"""Plans from drawings and pictures, by the command line."""

import json
from pathlib import Path

import pytest

from store_server.documents import read_toml
from store_server.shop.plan_document import read_plan
from tests.store_server.cli.test_commands import DEMO_PLAN, Command, store_server
from tests.store_server.shop.drawings import venue_files, zipped
from tests.store_server.shop.test_geojson import a_drawing
from tests.store_server.shop.test_plan_image import a_png

__all__ = ["store_server"]


@pytest.fixture
def venue(tmp_path: Path) -> str:
    path = tmp_path / "venue.zip"
    path.write_bytes(zipped(venue_files()))
    return str(path)


@pytest.fixture
def drawing(tmp_path: Path) -> str:
    path = tmp_path / "shop.geojson"
    path.write_text(json.dumps(a_drawing()))
    return str(path)


def test_a_drawing_becomes_a_seed_file(store_server: Command, drawing: str, tmp_path: Path) -> None:
    out = tmp_path / "plan.toml"

    answer = store_server("import-plan", drawing, "--base", DEMO_PLAN, "--out", str(out))

    assert answer.code == 0, answer.err
    assert "2 zones, 2 walls and shelves" in answer.out
    _, plan = read_plan(read_toml(out), where="plan.toml")
    assert [gateway.zone for gateway in plan.gateways] == ["cheese"]


def test_a_level_of_a_venue_is_loaded_in_the_place_of_the_plan(
    store_server: Command, venue: str
) -> None:
    store_server("seed", DEMO_PLAN)

    faulty = store_server("import-plan", venue, "--level", "G")
    unclear = store_server("import-plan", venue)

    assert (faulty.code, unclear.code) == (1, 1)
    assert "fault: gateway gw-2: [5.0, 13.5] is off the floor" in faulty.out
    assert "give --level, one of 0 (Ground), 1 (First)" in unclear.err


def test_checking_loads_nothing(store_server: Command, drawing: str) -> None:
    store_server("seed", DEMO_PLAN)

    assert store_server("import-plan", drawing, "--base", DEMO_PLAN, "--check").code == 0
    assert "6 zones, 6 gateways" in store_server("check-plan").out


def test_what_is_loaded_is_what_is_checked(store_server: Command, drawing: str) -> None:
    store_server("seed", DEMO_PLAN)

    assert store_server("import-plan", drawing).code == 0

    assert "2 zones, 1 gateways" in store_server("check-plan").out
    assert json.loads(store_server("check-plan", "--json").out) == []


def test_a_picture_is_put_under_the_plan_and_a_new_seed_keeps_it(
    store_server: Command, tmp_path: Path
) -> None:
    store_server("seed", DEMO_PLAN)
    picture = tmp_path / "floor.png"
    picture.write_bytes(a_png(60, 40))

    answer = store_server("import-plan", str(picture), "--scale", "0,0,60,0,30")

    assert "picture: 30.0 x 20.0 m on a floor of 30 x 20 m" in answer.out
    (kept,) = (path for path in tmp_path.rglob("plan-*.png"))
    assert kept.read_bytes() == picture.read_bytes()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ((), "a picture needs --scale X1,Y1,X2,Y2,METRES or --metres-per-pixel"),
        (("--scale", "1,2,3"), "--scale is '1,2,3'; must be 5 numbers"),
        (("--metres-per-pixel", "99"), "one pixel would be 99 m; check the scale"),
    ],
)
def test_a_picture_without_a_scale_is_refused(
    store_server: Command, tmp_path: Path, more: tuple[str, ...], words: str
) -> None:
    picture = tmp_path / "floor.png"
    picture.write_bytes(a_png())

    answer = store_server("import-plan", str(picture), "--base", DEMO_PLAN, *more)

    assert answer.code == 1
    assert words in answer.err


def test_without_a_plan_the_store_is_asked_for(store_server: Command, drawing: str) -> None:
    answer = store_server("import-plan", drawing)

    assert answer.code == 1
    assert "give --base PLAN.toml with a [store] section" in answer.err
