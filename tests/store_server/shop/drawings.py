"""Drawings for tests: a shop of 20 x 10 m as GeoJSON and as an IMDF archive, in Vienna."""

import io
import json
import math
import zipfile
from collections.abc import Mapping

LON, LAT = 16.37, 48.2
# Metres of one degree there. Source: the series of NIMA TR8350.2 for WGS 84.
_M_PER_LAT = 111_132.95 - 559.85 * math.cos(math.radians(2 * LAT))
_M_PER_LON = 111_412.84 * math.cos(math.radians(LAT)) - 93.5 * math.cos(math.radians(3 * LAT))

SHOP = ((0, 0), (20, 0), (20, 10), (0, 10))
HALL = ((0, 0), (8, 0), (8, 10), (0, 10))
ROOM = ((8, 0), (20, 0), (20, 10), (8, 10))
RACK = ((12, 2), (12.8, 2), (12.8, 7), (12, 7))


def there(x: float, y: float) -> list[float]:
    """The degrees of a point of the shop."""
    return [LON + x / _M_PER_LON, LAT + y / _M_PER_LAT]


def polygon(*corners: tuple[float, float], degrees: bool = True) -> dict[str, object]:
    ring = [there(*one) if degrees else list(one) for one in (*corners, corners[0])]
    return {"type": "Polygon", "coordinates": [ring]}


def line(*points: tuple[float, float]) -> dict[str, object]:
    return {"type": "LineString", "coordinates": [there(*one) for one in points]}


def point(x: float, y: float) -> dict[str, object]:
    return {"type": "Point", "coordinates": there(x, y)}


def feature(geometry: object, feature_id: str = "", /, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "id": feature_id, "geometry": geometry, "properties": properties}


def collection(*features: object, **more: object) -> dict[str, object]:
    return {"type": "FeatureCollection", "features": list(features), **more}


def venue_files() -> dict[str, object]:
    """The files of a venue of two levels; the ground floor has two units and a door."""
    return {
        "manifest.json": {"version": "1.0.0", "language": "en"},
        "level.geojson": collection(
            feature(polygon(*SHOP), "l0", ordinal=0, name={"en": "Ground"}, short_name={"en": "G"}),
            feature(polygon(*SHOP), "l1", ordinal=1, name={"en": "First"}),
        ),
        "unit.geojson": collection(
            feature(polygon(*HALL), "u1", category="lobby", name={"en": "Hall"}, level_id="l0"),
            feature(polygon(*ROOM), "u2", category="room", name=None, level_id="l0"),
            feature(polygon(*SHOP), "u3", category="office", name=None, level_id="l1"),
        ),
        "opening.geojson": collection(feature(line((8, 4), (8, 5.2)), "o1", level_id="l0")),
        "fixture.geojson": collection(
            feature(polygon(*RACK), "f1", category="furniture", level_id="l0")
        ),
        "anchor.geojson": collection(feature(point(14, 5), "a1", unit_id="u2")),
        "occupant.geojson": collection(
            feature(None, "c1", anchor_id="a1", name={"de": "K\u00e4se & Co"})
        ),
        "address.geojson": collection(
            feature(None, "d1", address="Hauptstrasse 1", locality="Wien", country="AT")
        ),
    }


def zipped(files: Mapping[str, object]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, document in files.items():
            text = document if isinstance(document, str) else json.dumps(document)
            archive.writestr(f"venue/{name}", text)
    return target.getvalue()
