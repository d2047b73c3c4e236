from typing import Any

import pytest

from store_server.errors import ConfigError
from store_server.shop.drawn_plan import DrawnPlan
from store_server.shop.imdf import read_imdf
from store_server.shop.imdf_archive import MOST_BYTES, ImdfArchive
from tests.store_server.shop.drawings import HALL, feature, polygon, venue_files, zipped


def venue(**more: object) -> ImdfArchive:
    return ImdfArchive(zipped(venue_files() | more), where="venue.zip")


def ground_floor(files: dict[str, object] | None = None) -> DrawnPlan:
    return read_imdf(ImdfArchive(zipped(files or venue_files()), where="v.zip"), level="G")


def test_units_of_a_level_become_zones_named_by_themselves_or_their_occupant() -> None:
    drawn = ground_floor()

    assert (drawn.width_m, drawn.height_m) == pytest.approx((20, 10), abs=0.02)
    assert [(zone.id, zone.name, zone.kind) for zone in drawn.zones] == [
        ("hall", "Hall", "entrance"),
        ("kase-co", "K\u00e4se & Co", "sales"),
    ]
    assert drawn.zones[0].polygon[2] == pytest.approx((8, 10), abs=0.02)
    assert drawn.notes == ("address: Hauptstrasse 1, Wien, AT",)


def test_walls_have_a_gap_where_there_is_an_opening() -> None:
    inner = [
        wall for wall in ground_floor().walls if all(abs(x - 8) < 0.05 for x, _ in wall.points)
    ]

    spans = sorted(tuple(sorted(round(y, 1) for _, y in wall.points)) for wall in inner)
    assert spans == [(0.0, 4.0), (5.2, 10.0)]


def test_a_fixture_is_a_shelf() -> None:
    (rack,) = [wall for wall in ground_floor().walls if wall.kind == "shelf"]

    assert (len(rack.points), rack.attenuation_db) == (5, 2.0)


@pytest.mark.parametrize("level", ["l1", "First", "1"])
def test_a_level_goes_by_id_name_and_ordinal(level: str) -> None:
    drawn = read_imdf(venue(), level=level)

    assert [(zone.id, zone.kind) for zone in drawn.zones] == [("office", "service")]


@pytest.mark.parametrize("level", [None, "7"])
def test_a_level_that_is_not_clear_is_asked_for(level: str | None) -> None:
    with pytest.raises(ConfigError, match=r"give --level, one of 0 \(Ground\), 1 \(First\)"):
        read_imdf(venue(), level=level)


def test_columns_are_walls_and_stairs_are_no_zone() -> None:
    files: dict[str, Any] = venue_files()
    column = polygon((3, 3), (4, 3), (4, 4), (3, 4))
    files["unit.geojson"]["features"] += [
        feature(column, "u8", category="column", level_id="l0"),
        feature(polygon((1, 8), (2, 8), (2, 9)), "u9", category="stairs", level_id="l0"),
    ]

    drawn = ground_floor(files)

    assert len(drawn.zones) == 2
    assert [wall.kind for wall in drawn.walls].count("heavy_wall") == 1


def test_a_unit_with_a_hole_is_left_out_and_said() -> None:
    files: dict[str, Any] = venue_files()
    shape: dict[str, Any] = files["unit.geojson"]["features"][0]["geometry"]
    shape["coordinates"].append(polygon((2, 2), (3, 2), (3, 3))["coordinates"][0])  # type: ignore[index] # a ring

    drawn = ground_floor(files)

    assert [zone.id for zone in drawn.zones] == ["kase-co"]
    assert "unit 'Hall' has holes or several parts and became no zone" in drawn.notes[-1]


def test_sections_may_be_the_zones() -> None:
    section = {
        "type": "FeatureCollection",
        "features": [feature(polygon(*HALL), "s1", name={"en": "Wine"}, level_id="l0")],
    }

    drawn = read_imdf(venue(**{"section.geojson": section}), level="0", zones_from="section")

    assert [zone.id for zone in drawn.zones] == ["wine"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not a zip", "cannot be read as a zip archive"),
        (zipped({"level.geojson": {}}), "has no manifest.json"),
        (zipped({"manifest.json": "{"}), "manifest.json: cannot be read as JSON"),
        (zipped({"manifest.json": "[]"}), "manifest.json: must be a JSON object"),
        (zipped({"manifest.json": {}, "unit.geojson": {}}), "unit.geojson: must be a GeoJSON"),
        (zipped({"manifest.json": {}, "unit.geojson": " " * (MOST_BYTES + 1)}), "more than 64 MiB"),
    ],
    ids=["no zip", "no manifest", "broken", "list", "no collection", "bomb"],
)
def test_what_is_no_archive_is_refused_in_plain_words(content: bytes, words: str) -> None:
    with pytest.raises(ConfigError) as refused:
        ImdfArchive(content, where="venue.zip")

    assert words in str(refused.value)


def test_an_archive_cut_off_anywhere_is_refused_and_never_raises_otherwise() -> None:
    whole = zipped(venue_files())
    for length in range(0, len(whole) - 1, 97):
        with pytest.raises(ConfigError):
            ImdfArchive(whole[:length], where="venue.zip")


def test_an_archive_without_levels_says_so() -> None:
    with pytest.raises(ConfigError, match=r"level.geojson is missing or empty"):
        read_imdf(ImdfArchive(zipped({"manifest.json": {}}), where="v.zip"))
