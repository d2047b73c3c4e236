"""Real recordings as tables of numbers: what gateways heard, and where the sender truly was.

CSV with a header, plain or gzipped. A recording has `t` (s), `gateway`, `device`, `rssi` (dBm);
a truth `t`, `x`, `y` (m); a survey the columns of both. A site is the JSON that
`store-server replay-presence` reads.
"""

import csv
import gzip
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from firmware_sim.errors import RecordingError
from firmware_sim.floor import Anchor

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# What lies outside is no level of a radio that heard something.
LEAST_DBM, MOST_DBM = -115.0, -10.0


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """Where the gateways are; `document` is the whole file, as the engine gets it."""

    gateways: tuple[Anchor, ...]
    document: Mapping[str, object]

    @property
    def names(self) -> tuple[str, ...]:
        """The gateways in the order of their numbers."""
        return tuple(one.id for one in self.gateways)


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """Receptions in order of time, arrays of one length; `gateway` counts within the site."""

    at_s: Floats
    gateway: Ints
    rssi_dbm: Floats

    def __len__(self) -> int:
        return len(self.at_s)

    def believable(self) -> "Heard":
        """Without the values that cannot be."""
        good = (self.rssi_dbm >= LEAST_DBM) & (self.rssi_dbm <= MOST_DBM)
        return Heard(self.at_s[good], self.gateway[good], self.rssi_dbm[good])


@dataclass(frozen=True, slots=True, eq=False)
class Path2d:
    """Where the sender was: arrays of one length, strictly rising times."""

    at_s: Floats
    x: Floats
    y: Floats

    def where(self, at_s: float) -> tuple[float, float]:
        """The place at this instant, metres; the ends hold."""
        return (
            float(np.interp(at_s, self.at_s, self.x)),
            float(np.interp(at_s, self.at_s, self.y)),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """One recording with its truth."""

    heard: Heard
    path: Path2d


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """Receptions at known places; `x` and `y` are by reception."""

    heard: Heard
    x: Floats
    y: Floats


def read_site(path: Path, *, tag_height_m: float) -> Site:
    """The site in `path`, with the height at which the sender was.

    Raises:
        RecordingError: not readable, not JSON, or a gateway has no place.
    """
    try:
        document = json.loads(path.read_text())
        gateways = tuple(
            Anchor(name, float(one["x"]), float(one["y"]), float(one.get("z", 2.0)))
            for name, one in document["gateways"].items()
        )
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise RecordingError(f"{path}: {error}; a site in JSON is expected") from None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise RecordingError(
            f"{path}: {error!r}; must hold gateways: {{id: {{x, y, z}}}} in metres, with a place "
            "for every gateway"
        ) from None
    if not gateways:
        raise RecordingError(f"{path}: names no gateway; somebody has to hear")
    return Site(gateways, {**document, "tag_z": tag_height_m})


def read_walk(recording: Path, truth: Path, *, site: Site) -> Walk:
    """One recording and the true path of its sender; raises RecordingError."""
    heard, _ = _read_heard(recording, site=site)
    columns = _read_columns(truth, ("t", "x", "y"))
    at_s, first = np.unique(_numbers(columns["t"], truth, "t"), return_index=True)
    x, y = (_numbers(columns[name], truth, name)[first] for name in ("x", "y"))
    if len(at_s) < 2 or heard.at_s[-1] < at_s[0] or heard.at_s[0] > at_s[-1]:
        raise RecordingError(f"{truth}: says nothing of the time that {recording} covers")
    return Walk(heard, Path2d(at_s, x, y))


def read_survey(path: Path, *, site: Site) -> Survey:
    """A survey with the place of each reception; raises RecordingError."""
    heard, columns = _read_heard(path, site=site, more=("x", "y"))
    x, y = (_numbers(columns[name], path, name) for name in ("x", "y"))
    order = np.argsort(_numbers(columns["t"], path, "t"), kind="stable")
    return Survey(heard, x[order], y[order])


def _read_heard(
    path: Path, *, site: Site, more: Sequence[str] = ()
) -> tuple[Heard, dict[str, list[str]]]:
    columns = _read_columns(path, ("t", "gateway", "device", "rssi", *more))
    devices = set(columns["device"])
    if len(devices) > 1:
        raise RecordingError(f"{path}: has {len(devices)} devices; must be one sender's")
    numbers = {name: number for number, name in enumerate(site.names)}
    unknown = sorted(set(columns["gateway"]) - set(numbers))
    if unknown:
        raise RecordingError(f"{path}: gateway {unknown[0]!r} is not in the site")
    at_s = _numbers(columns["t"], path, "t")
    order = np.argsort(at_s, kind="stable")
    gateway = np.array([numbers[name] for name in columns["gateway"]], dtype=np.int64)
    rssi = _numbers(columns["rssi"], path, "rssi")
    return Heard(at_s[order], gateway[order], rssi[order]), columns


def _read_columns(path: Path, names: Sequence[str]) -> dict[str, list[str]]:
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise RecordingError(
            f"{path}: {error}; a CSV file, plain or gzipped, is expected"
        ) from None
    rows = list(csv.reader(io.StringIO(text)))
    header = rows[0] if rows else []
    missing = [name for name in names if name not in header]
    if missing:
        raise RecordingError(f"{path}: has no column {missing[0]!r}; needs {', '.join(names)}")
    body = [row for row in rows[1:] if row]
    if len(body) < 2:
        raise RecordingError(f"{path}: holds {len(body)} rows; nothing to compare with")
    for number, row in enumerate(body, 2):
        if len(row) != len(header):
            raise RecordingError(f"{path}: row {number} has {len(row)} of {len(header)} columns")
    return {name: [row[header.index(name)] for row in body] for name in names}


def _numbers(column: Sequence[str], path: Path, name: str) -> Floats:
    try:
        numbers = np.array([float(value) for value in column], dtype=np.float64)
    except ValueError as error:
        raise RecordingError(f"{path}: column {name}: {error}; numbers are expected") from None
    if not np.isfinite(numbers).all():
        raise RecordingError(f"{path}: column {name} holds what is not finite")
    return numbers
