"""A floor plan as somebody uploads it: a seed file in TOML, GeoJSON, or an IMDF archive.

What it is, its name tells; what it holds is checked by the reader of each. The store's own profile
is not taken from it: a plan says where things are, not what the shop is called or counts in.
"""

import tomllib
from dataclasses import dataclass
from pathlib import PurePosixPath

from store_server.documents import Document, read_json
from store_server.errors import ConfigError
from store_server.shop.drawn_plan import DrawnPlan, put_on
from store_server.shop.floor_plan import FloorPlan
from store_server.shop.geojson import COLLECTION, read_geojson
from store_server.shop.imdf import read_imdf
from store_server.shop.imdf_archive import ImdfArchive
from store_server.shop.plan_document import write_shapes

MOST_BYTES = 10 * 1024 * 1024
KINDS = (".toml", ".geojson", ".json", ".zip")


@dataclass(frozen=True, slots=True)
class UploadedPlan:
    """The document of a plan without [store], and what was left out of the drawing."""

    document: Document
    notes: tuple[str, ...] = ()


def read_upload(content: bytes, *, file_name: str, base: FloorPlan) -> UploadedPlan:
    """The plan in a file.

    Args:
        content: the file, of at most `MOST_BYTES`.
        file_name: as the browser names it; only its ending is believed, and said in messages.
        base: gateways and beacons that a drawing without any leaves where they are.

    Raises:
        ConfigError: it is of no kind known here, or cannot be read; what a plan must hold is
            checked where it is saved.
    """
    where = PurePosixPath(file_name.replace("\\", "/")).name[-60:] or "file"
    if len(content) > MOST_BYTES:
        raise ConfigError(f"{where}: is larger than {MOST_BYTES // 2**20} MiB")
    match PurePosixPath(where).suffix.lower():
        case ".toml":
            return UploadedPlan(_seed_file(content, where=where))
        case ".geojson" | ".json":
            drawn = read_geojson(read_json(content, where=where, expected=COLLECTION), where=where)
        case ".zip":
            drawn = read_imdf(ImdfArchive(content, where=where), level=None)
        case _:
            raise ConfigError(f"{where}: must end in {', '.join(KINDS)}")
    return UploadedPlan(_document(base, drawn), drawn.notes)


def _document(base: FloorPlan, drawn: DrawnPlan) -> Document:
    plan = put_on(base, drawn)
    shapes = {"width_m": plan.width_m, "height_m": plan.height_m, **write_shapes(plan)}
    shapes.pop("image", None)
    return shapes


def _seed_file(content: bytes, *, where: str) -> Document:
    try:
        document: dict[str, object] = tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{where}: cannot be read as TOML: {error}") from None
    store = document.pop("store", None)
    if not isinstance(store, dict):
        raise ConfigError(f"{where}: has no [store] with width_m and height_m")
    document.pop("image", None)
    return {**document, **{key: store[key] for key in ("width_m", "height_m") if key in store}}
