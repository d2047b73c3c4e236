"""A survey: what gateways heard of a device while somebody knew where it was.

One JSON object a line, in the order in which they were recorded:

    {"t": s, "gateway": str, "device": str, "rssi": dBm, "x": m, "y": m[, "zone"][, "tx_power"]}
    {"t": s, "gateway": str, "device": str, "rssi": dBm, "zone": str[, "tx_power": dBm at 1 m]}

Readings with a place fit a radio map over the floor; readings that only tell the zone fit
prototypes of each zone. What a radio cannot have measured is set aside, not refused: receivers
do report +42 dBm now and then.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from store_server.errors import ConfigError
from store_server.presence.radio_map import REFERENCE_DBM

# More would hide the first ones, which tell what is wrong with the file.
MOST_NAMED = 20
# Two marks on the floor nearer than this are one point.
MERGE_M = 0.3
# What a receiver can report of a device that somebody carries: beyond, it is a glitch.
# Source: the quietest reading of common BLE receivers is -105 dBm; +42, 127 and -127 occur.
WEAKEST_DBM, LOUDEST_DBM = -115.0, -15.0


class SurveyLine(msgspec.Struct):
    """One line as it is written."""

    t: float
    gateway: str
    device: str
    rssi: float
    x: float | None = None
    y: float | None = None
    zone: str | None = None
    tx_power: float | None = None


class SurveyMark(NamedTuple):
    """Somebody stands with a device at a place or in a zone, from when to when (UTC ms).

    `device` is what readings are kept under where the identity rotates; None: the identity.
    """

    identity: str
    from_ms: int
    until_ms: int
    x: float | None = None
    y: float | None = None
    zone: str | None = None
    device: str | None = None

    @property
    def name(self) -> str:
        """What readings are kept under."""
        return self.device or self.identity


class SurveyStamp(NamedTuple):
    """What tells one state of a survey from another: how many readings, and the newest (UTC ms)."""

    readings: int
    newest_ms: int


NO_SURVEY = SurveyStamp(0, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """Readings as columns, in the order of recording.

    `anchor`, `device` and `zone` index the names (zone -1: not told); `xy` is (n, 2), NaN where
    there was no place; `dbm` is what a sender of `reference_dbm` at 1 m would have given, where
    the advert stated its power, and as heard otherwise (`reference_dbm` is None then).
    `set_aside` counts readings that no radio measures.
    """

    anchors: tuple[str, ...]
    devices: tuple[str, ...]
    zones: tuple[str, ...]
    t: NDArray[np.float64]
    anchor: NDArray[np.intp]
    device: NDArray[np.intp]
    zone: NDArray[np.intp]
    dbm: NDArray[np.float64]
    xy: NDArray[np.float64]
    reference_dbm: float | None = None
    set_aside: int = 0

    def __len__(self) -> int:
        """How many readings there are."""
        return len(self.t)

    @property
    def placed(self) -> NDArray[np.bool_]:
        """(n,): which readings know their place."""
        return np.asarray(np.isfinite(self.xy).all(axis=1), np.bool_)


@dataclass(slots=True)
class _Columns:
    """A survey while it is read."""

    lines: list[SurveyLine] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    set_aside: int = 0


def read_survey(lines: Iterable[bytes], *, source: str) -> Survey:
    """The survey in a file's lines: see `read_lines`."""
    rows, set_aside = read_lines(lines, source=source)
    return survey_of(rows, set_aside=set_aside)


def read_lines(lines: Iterable[bytes], *, source: str) -> tuple[list[SurveyLine], int]:
    """The readings in a file's lines, and how many were set aside.

    Args:
        lines: JSON, one object a line; empty lines are passed over.
        source: how to name the file in messages.

    Raises:
        ConfigError: lines that are not readings (the first 20, with their numbers), or none at
            all.
    """
    decode = msgspec.json.Decoder(SurveyLine).decode
    columns = _Columns()
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            fault = _take(columns, decode(text))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            fault = str(error)
        if fault:
            columns.faults.append(f"{source}: line {number}: {fault}")
            if len(columns.faults) == MOST_NAMED:
                break
    if columns.faults:
        raise ConfigError("\n".join(columns.faults))
    if not columns.lines:
        raise ConfigError(
            f"{source}: no reading in it; expected lines like "
            '{"t": 1.5, "gateway": "gw-1", "device": "tag-1", "rssi": -71, "x": 2.0, "y": 3.5}'
        )
    return columns.lines, columns.set_aside


def _take(columns: _Columns, line: SurveyLine) -> str | None:
    """Keep one line, set it aside, or say what is wrong with it."""
    if not math.isfinite(line.t):
        return "t must be a finite number of seconds"
    if (line.x is None) != (line.y is None):
        return "x and y must both be there, or neither"
    if line.x is None and line.zone is None:
        return "must say where it was recorded: x and y in metres, or zone"
    if line.x is not None and line.y is not None and not math.isfinite(line.x + line.y):
        return "x and y must be finite metres"
    if WEAKEST_DBM <= line.rssi <= LOUDEST_DBM:
        columns.lines.append(line)
    else:
        columns.set_aside += 1
    return None


def survey_of(lines: Iterable[SurveyLine], *, set_aside: int = 0) -> Survey:
    """The columns of checked lines."""
    rows = list(lines)
    anchors, anchor = _indexed([f"gw:{row.gateway}" for row in rows])
    devices, device = _indexed([row.device for row in rows])
    zones, zone = _indexed([row.zone or "" for row in rows])
    if "" in zones:
        empty = zones.index("")
        zone = np.where(zone == empty, -1, np.where(zone > empty, zone - 1, zone))
        zones = tuple(name for name in zones if name)
    stated = all(row.tx_power is not None for row in rows)
    power = np.array([row.tx_power if stated else REFERENCE_DBM for row in rows], float)
    nan = math.nan
    return Survey(
        anchors=anchors,
        devices=devices,
        zones=zones,
        t=np.array([row.t for row in rows], float),
        anchor=anchor,
        device=device,
        zone=zone,
        dbm=np.array([row.rssi for row in rows], float) - (power - REFERENCE_DBM),
        xy=np.array(
            [(nan, nan) if r.x is None or r.y is None else (r.x, r.y) for r in rows], float
        ).reshape(-1, 2),
        reference_dbm=REFERENCE_DBM if stated else None,
        set_aside=set_aside,
    )


def _indexed(names: list[str]) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """Sorted distinct names, and for each entry the index of its name."""
    known, index = np.unique(np.array(names, dtype=object).astype(str), return_inverse=True)
    return tuple(str(name) for name in known), np.asarray(index, np.intp)


def point_numbers(xy: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The point of each reading (n,), and where the points are (points, 2).

    Readings of one raster square of `MERGE_M` are one point, at their mean place.
    """
    squares, number = np.unique(np.floor(xy / MERGE_M).astype(int), axis=0, return_inverse=True)
    number = np.asarray(number, np.intp).reshape(-1)
    count = np.bincount(number, minlength=len(squares))
    sums = [np.bincount(number, xy[:, axis], len(squares)) for axis in (0, 1)]
    return number, np.stack(sums, axis=1) / count[:, None]
