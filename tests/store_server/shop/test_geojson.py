from typing import Any

import pytest

from store_server.errors import ConfigError
from store_server.shop.geojson import read_geojson
from tests.store_server.shop.drawings import (
    HALL,
    RACK,
    ROOM,
    collection,
    feature,
    line,
    point,
    polygon,
)

IDENTITY = "5B1D7C9E-2F0A-4D3B-8C66-0E9A71C4B2D0:1:1"


def a_drawing() -> dict[str, Any]:
    return collection(
        feature(polygon(*HALL), beaconry="zone", name="Entrance hall", kind="entrance"),
        feature(polygon(*ROOM), "cheese", beaconry="zone", name="K\u00e4se"),
        feature(line((8, 0), (8, 4)), beaconry="wall", kind="glass"),
        feature(polygon(*RACK), beaconry="shelf", attenuation_db=5),
        feature(point(14, 5), "GW 1", beaconry="gateway"),
        feature(point(15, 5), "b-1", beaconry="beacon", identity=IDENTITY, z=2),
        feature(point(0, 0), highway="crossing"),
    )


def test_degrees_become_metres_of_the_plan() -> None:
    drawn = read_geojson(a_drawing(), where="shop.geojson")

    assert (drawn.width_m, drawn.height_m) == pytest.approx((20, 10), abs=0.02)
    assert [(zone.id, zone.name, zone.kind) for zone in drawn.zones] == [
        ("entrance-hall", "Entrance hall", "entrance"),
        ("cheese", "K\u00e4se", "sales"),
    ]
    assert drawn.zones[1].polygon[1] == pytest.approx((20, 0), abs=0.02)
    assert drawn.gateways[0].id == "gw-1"
    assert drawn.beacons[0].identity == IDENTITY.lower()
    assert drawn.notes == ("1 features without the property beaconry were left out",)


def test_walls_have_the_attenuation_of_their_kind_or_their_own() -> None:
    glass, rack = read_geojson(a_drawing(), where="shop.geojson").walls

    assert (glass.kind, glass.attenuation_db, len(glass.points)) == ("glass", 2.0, 2)
    assert (rack.kind, rack.attenuation_db, len(rack.points)) == ("shelf", 2.5, 5)


def test_metres_are_taken_as_they_are() -> None:
    zone = feature(polygon((2, 1), (6, 1), (6, 4), degrees=False), "z", beaconry="zone")
    units = {"units": "metres", "width_m": 12}

    drawn = read_geojson(collection(zone, beaconry=units), where="shop.geojson")

    assert drawn.zones[0].polygon == ((2, 1), (6, 1), (6, 4))
    assert (drawn.width_m, drawn.height_m) == (12, 4)


def swapped(number: int, **change: object) -> dict[str, Any]:
    document = a_drawing()
    entry = document["features"][number]
    for key, value in change.items():
        (entry if key == "geometry" else entry["properties"])[key] = value
    return document


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"type": "Feature"}, "shop: must be a GeoJSON FeatureCollection"),
        (collection("x"), "shop: feature 1: must be a GeoJSON Feature"),
        (swapped(0, beaconry="zoo"), "feature 1: beaconry is 'zoo'; must be one of zone, wall"),
        (swapped(0, kind="sails"), "feature 1: kind is 'sails'; must be one of sales"),
        (swapped(0, geometry=point(1, 1)), "feature 1: geometry is Point; must be Polygon"),
        (swapped(2, geometry=None), "feature 3: geometry is missing; must be Polygon or Line"),
        (swapped(2, kind="paper"), "kind is 'paper'; must be one of wall, heavy_wall"),
        (swapped(5, identity=None), "(b-1): a beacon needs identity"),
        (swapped(4, z=99), "(GW 1): [z] is 99"),
        (
            swapped(2, geometry={"type": "LineString", "coordinates": [[1, "x"], [2, 3]]}),
            "[1, 'x'] must be two numbers",
        ),
        (
            collection(
                feature(polygon((500, 0), (900, 0), (1, 1), degrees=False), beaconry="zone")
            ),
            "beyond 180 or 90 degrees; for metres",
        ),
        (
            collection(feature(polygon((0, 0), (90_000, 0), (1, 1)), beaconry="zone")),
            "at most 2000",
        ),
        (collection(), "nothing in the file has a shape"),
        (collection(beaconry={"units": "feet"}), "[units] is 'feet'"),
    ],
    ids=lambda value: value[:28] if isinstance(value, str) else "",
)
def test_a_wrong_drawing_is_refused_in_plain_words(document: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read_geojson(document, where="shop")

    assert words in str(refused.value)


def test_a_zone_with_a_hole_is_to_be_split() -> None:
    shape: dict[str, Any] = polygon(*HALL)
    shape["coordinates"].append(polygon((2, 2), (3, 2), (3, 3))["coordinates"][0])  # type: ignore[index] # a ring

    with pytest.raises(ConfigError, match="one Polygon without holes; split it"):
        read_geojson(collection(feature(shape, beaconry="zone")), where="shop")
