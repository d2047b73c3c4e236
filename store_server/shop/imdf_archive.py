"""An IMDF archive: a zip of GeoJSON files, opened with bounds on what it may unpack to.

Source: Indoor Mapping Data Format 1.0.0, OGC 20-094 (2021), Archives and Reference.
"""

import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO

from store_server.documents import read_json
from store_server.errors import ConfigError
from store_server.shop.drawn_plan import MOST_FEATURES
from store_server.shop.geojson_shapes import Feature, features_of

# The largest venues known are of some ten megabytes; a zip can promise a thousand times more.
MOST_BYTES = 64 * 1024 * 1024
FILES = (
    "address", "anchor", "fixture", "kiosk", "level", "occupant", "opening", "section", "unit",
)  # fmt: skip


class ImdfArchive:
    """The features of an archive, by type."""

    def __init__(self, content: bytes, *, where: str) -> None:
        """Open an archive.

        Raises:
            ConfigError: it is no zip, has no manifest.json, or holds what is not GeoJSON.
        """
        self._where = where
        try:
            with zipfile.ZipFile(BytesIO(content)) as archive:
                files = _unpacked(archive, where=where)
        except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as error:
            raise ConfigError(f"{where}: cannot be read as a zip archive: {error}") from None
        if "manifest.json" not in files:
            raise ConfigError(f"{where}: has no manifest.json; an IMDF archive must have one")
        self.manifest = read_json(files["manifest.json"], where=f"{where}: manifest.json")
        self._features = {
            name: tuple(self._read(files.get(f"{name}.geojson"), name)) for name in FILES
        }

    def _read(self, content: bytes | None, name: str) -> Iterator[Feature]:
        if content is None:
            return iter(())
        here = f"{self._where}: {name}.geojson"
        return features_of(read_json(content, where=here), where=here, most=MOST_FEATURES)

    def on_level(self, kind: str, level: Feature) -> Iterator[Feature]:
        """The features of a type that lie on a level."""
        return (one for one in self._features[kind] if one.properties.get("level_id") == level.id)

    def level(self, name: str | None) -> Feature:
        """The level of this id, short name, name or ordinal; the only one for None.

        Raises:
            ConfigError: there is none, or it is not clear which; all are named.
        """
        levels = self._features["level"]
        if not levels:
            raise ConfigError(f"{self._where}: level.geojson is missing or empty")
        if name is None and len(levels) == 1:
            return levels[0]
        found = [one for one in levels if name is not None and name in _calls(one)]
        if len(found) == 1:
            return found[0]
        known = ", ".join(
            f"{one.properties.get('ordinal')} ({label(one.properties.get('name')) or one.id})"
            for one in levels
        )
        asked = "has several levels" if name is None else f"level {name!r} is not there once"
        raise ConfigError(f"{self._where}: {asked}; give --level, one of {known}")

    def occupants(self) -> dict[str, str]:
        """Unit id -> who is in it, by way of the occupant's anchor."""
        units = {one.id: one.properties.get("unit_id") for one in self._features["anchor"]}
        found: dict[str, str] = {}
        for occupant in self._features["occupant"]:
            unit = units.get(str(occupant.properties.get("anchor_id")))
            if isinstance(unit, str):
                found[unit] = label(occupant.properties.get("name"))
        return found

    def notes(self) -> Iterator[str]:
        """Whose plan it is, as the archive says."""
        for address in self._features["address"][:1]:
            parts = (address.properties.get(key) for key in ("address", "locality", "country"))
            yield "address: " + ", ".join(str(part) for part in parts if part)


def label(value: object) -> str:
    """The text of a label: English, else the first of its languages."""
    if isinstance(value, Mapping):
        texts = {str(key): str(text) for key, text in value.items() if text}
        return texts.get("en") or next(iter(texts.values()), "")
    return str(value or "")


def _calls(level: Feature) -> set[str]:
    """Everything that a level may be called by."""
    said = level.properties
    calls = {level.id, str(said.get("ordinal")), label(said.get("name"))}
    return (calls | {label(said.get("short_name"))}) - {""}


def _unpacked(archive: zipfile.ZipFile, *, where: str) -> dict[str, bytes]:
    """The files that we read, by name without folder."""
    wanted = {"manifest.json", *(f"{name}.geojson" for name in FILES)}
    found: dict[str, bytes] = {}
    left = MOST_BYTES
    for member in archive.infolist():
        name = member.filename.rsplit("/", maxsplit=1)[-1]
        if name not in wanted or member.filename.startswith("__MACOSX"):
            continue
        with archive.open(member) as file:
            content = file.read(left + 1)
        left -= len(content)
        if left < 0:
            raise ConfigError(f"{where}: unpacks to more than {MOST_BYTES // 2**20} MiB")
        found[name] = content
    return found
