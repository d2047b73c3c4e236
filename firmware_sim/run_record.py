"""What a run leaves for scoring, beside its truth: who had which device, and what was observed.

    about.json       scenario, seed, zones, the kind of device of each shopper
    observed.json    {shopper: {"stays": [[zone, from_s, until_s | null], ...], "visits": [...]}}
    site.json        gateways, beacons and zones as `store-server replay-presence --site` reads
    sightings.jsonl  what was heard and ranged, by shopper, with a tick every second

The last two are written by `firmware-sim record`: a recording whose truth is known, in the form
in which the presence engine replays one. Instants are seconds since 1970.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO

import msgspec

from firmware_sim.cast import SimShopper
from firmware_sim.errors import ScenarioError
from firmware_sim.events import DeviceKind, Tick
from firmware_sim.floor import Floor
from firmware_sim.scenario import Scenario

ABOUT, OBSERVED, SITE, SIGHTINGS = "about.json", "observed.json", "site.json", "sightings.jsonl"
CARRIED_Z_M = 1.1


class About(msgspec.Struct):
    """What a score has to know of a run."""

    scenario: str
    seed: int
    zones: list[str]
    kinds: dict[str, DeviceKind]


def write_about(folder: Path, scenario: Scenario, shoppers: Iterable[SimShopper]) -> None:
    """Write about.json; shoppers who withhold the consent to be located are left out."""
    about = About(
        scenario.name,
        scenario.seed,
        [zone.id for zone in scenario.floor.zones],
        {one.shopper: one.kind for one in shoppers if one.allows_location},
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ABOUT).write_bytes(msgspec.json.encode(about))


def read_about(folder: Path) -> About:
    """The about.json of a run.

    Raises:
        ScenarioError: it is not there, or is none.
    """
    path = folder / ABOUT
    try:
        return msgspec.json.decode(path.read_bytes(), type=About)
    except (OSError, msgspec.MsgspecError) as error:
        raise ScenarioError(
            f"{path}: {error}; the log folder of a run or recording is expected"
        ) from None


def site_document(floor: Floor) -> dict[str, object]:
    """The floor as `replay-presence` reads it; beacons stand among the gateways, by their id."""
    return {
        "gateways": {
            one.id: {"x": one.x, "y": one.y, "z": one.z}
            for one in (*floor.gateways, *floor.beacons)
        },
        "zones": {zone.id: [list(corner) for corner in zone.polygon] for zone in floor.zones},
        "limits": [0.0, 0.0, floor.width_m, floor.height_m],
        "tag_z": CARRIED_Z_M,
    }


class Heard(msgspec.Struct, omit_defaults=True):
    """One line of sightings.jsonl; `tx_power` is the sender's RSSI at 1 m where it states it."""

    t: float
    gateway: str
    device: str
    rssi: int
    tx_power: int | None = None


class ReplayLog:
    """Writes site.json and sightings.jsonl of a recording; a context manager."""

    def __init__(self, folder: Path, floor: Floor) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / SITE).write_text(json.dumps(site_document(floor)) + "\n")
        self._beacons = {one.identity: one.id for one in floor.beacons}
        self._file: IO[bytes] = (folder / SIGHTINGS).open("wb")

    def tick(self, tick: Tick, owners: Mapping[str, str]) -> None:
        """Write one second; `owners` says whose device has which address."""
        heard = [
            Heard(one.heard_at_ms / 1000, gateway, owners[one.address], one.rssi_dbm)
            for gateway, adverts in tick.heard.items()
            for one in adverts
            if one.address in owners
        ]
        ranged = [
            Heard(
                one.at_ms / 1000,
                self._beacons[one.beacon],
                report.shopper,
                one.rssi_dbm,
                one.measured_power_dbm,
            )
            for report in tick.reports
            for one in report.sightings
        ]
        for row in sorted([*heard, *ranged], key=lambda one: (one.t, one.gateway, one.device)):
            self._file.write(msgspec.json.encode(row) + b"\n")
        self._file.write(msgspec.json.encode({"t": tick.at_ms / 1000, "tick": True}) + b"\n")

    def __enter__(self) -> "ReplayLog":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
