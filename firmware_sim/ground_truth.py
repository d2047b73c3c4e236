"""What truly happened, for scoring: who was where at every second.

Companions without a device and staff are in the truth too: they count for how full a zone is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from firmware_sim.cast import SimShopper
from firmware_sim.errors import ScenarioError
from firmware_sim.events import DeviceKind, Tick

Seconds = dict[int, str]


class GroundTruth:
    """Zones by shopper and second, filled tick by tick."""

    def __init__(self, shoppers: Iterable[SimShopper]) -> None:
        self.kinds: dict[str, DeviceKind] = {one.shopper: one.kind for one in shoppers}
        self._zones: dict[str, Seconds] = {shopper: {} for shopper in self.kinds}
        self.visits = 0

    def take(self, tick: Tick) -> None:
        """Add one second."""
        for one in tick.truth:
            if one.zone is not None:
                self._zones.setdefault(one.shopper, {})[tick.at_ms // 1000] = one.zone
        self.visits += sum(happening.what == "arrived" for happening in tick.happenings)

    def zones(self, shopper: str) -> Seconds:
        """The zone of a shopper by whole second since 1970; seconds outside are missing."""
        return self._zones.get(shopper, {})

    def shoppers(self) -> Iterator[str]:
        """All shoppers with a device, by name."""
        return iter(sorted(self.kinds))


@dataclass(slots=True)
class Track:
    """Where somebody truly was, by whole second: metres in sight, the zone inside."""

    places: dict[int, tuple[float, float]] = field(default_factory=dict)
    zones: Seconds = field(default_factory=dict)


def read_tracks(path: Path) -> dict[str, Track]:
    """The tracks of a `truth.jsonl`, by name.

    Raises:
        ScenarioError: the file cannot be read, or a line is not of the journal's form.
    """
    try:
        lines = msgspec.json.Decoder(_Line).decode_lines(path.read_bytes())
    except (OSError, msgspec.MsgspecError) as error:
        raise ScenarioError(f"{path}: {error}; a truth.jsonl of a run is expected") from None
    tracks: dict[str, Track] = {}
    for line in lines:
        second = line.at_ms // 1000
        for name, x_cm, y_cm, zone in line.people:
            track = tracks.setdefault(name, Track())
            track.places[second] = (x_cm / 100, y_cm / 100)
            if zone is not None:
                track.zones[second] = zone
    return tracks


class _Line(msgspec.Struct):
    at_ms: int
    people: list[tuple[str, int, int, str | None]]
