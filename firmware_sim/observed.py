"""What a presence engine said of each device, read from either of its two forms.

observed.json   what the running store told of each shopper: stays and visits
*.jsonl         what `store-server replay-presence` answered: estimates, and enter and exit events
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from firmware_sim.errors import ScenarioError
from firmware_sim.score import Stay, stays_of, visits_of

# An estimate is believed until the next one, at most so long.
HOLDS_S = 2


@dataclass(slots=True)
class Observed:
    """Claims about one device; seconds since 1970.

    zones, places: by whole second. enters, exits: (instant, zone). visits: (from, until | None).
    """

    zones: dict[int, str] = field(default_factory=dict)
    places: dict[int, tuple[float, float]] = field(default_factory=dict)
    enters: list[tuple[float, str]] = field(default_factory=list)
    exits: list[tuple[float, str]] = field(default_factory=list)
    visits: list[tuple[float, float | None]] = field(default_factory=list)


class _Told(msgspec.Struct):
    stays: list[Stay]
    visits: list[tuple[float, float | None]]


class _Answer(msgspec.Struct):
    type: str
    t: float
    device: str
    zone: str | None = None
    x: float | None = None
    y: float | None = None


def write_observed(path: Path, data: Mapping[str, Mapping[str, object]]) -> None:
    """Write observed.json from the shoppers' data downloads."""
    told = {name: _Told(stays_of(one), visits_of(one)) for name, one in data.items()}
    path.write_bytes(msgspec.json.encode(told))


def read_observed(path: Path, *, until_s: int) -> dict[str, Observed]:
    """Claims by device; a stay that is not over lasts to `until_s`.

    Raises:
        ScenarioError: the file cannot be read, or is of neither form.
    """
    try:
        content = path.read_bytes()
        if path.suffix == ".jsonl":
            return _of_answers(msgspec.json.Decoder(_Answer).decode_lines(content))
        told = msgspec.json.decode(content, type=dict[str, _Told])
    except (OSError, msgspec.MsgspecError) as error:
        raise ScenarioError(
            f"{path}: {error}; observed.json of a run, or the answers of replay-presence as "
            ".jsonl, are expected"
        ) from None
    return {name: _of_stays(one, until_s=until_s) for name, one in told.items()}


def _of_stays(told: _Told, *, until_s: int) -> Observed:
    observed = Observed(visits=told.visits)
    for stay in sorted(told.stays, key=lambda one: one.from_s):
        end_s = until_s if stay.until_s is None else stay.until_s
        observed.enters.append((stay.from_s, stay.zone))
        if stay.until_s is not None:
            observed.exits.append((stay.until_s, stay.zone))
        for second in range(round(stay.from_s), min(until_s, round(end_s)) + 1):
            observed.zones[second] = stay.zone
    return observed


def _of_answers(answers: list[_Answer]) -> dict[str, Observed]:
    found: dict[str, Observed] = {}
    for one in answers:
        observed = found.setdefault(one.device, Observed())
        seconds = range(round(one.t), round(one.t) + HOLDS_S)
        if one.type == "estimate":
            for second in seconds:
                observed.zones.pop(second, None)
                observed.places.pop(second, None)
                if one.zone is not None:
                    observed.zones[second] = one.zone
                if one.x is not None and one.y is not None:
                    observed.places[second] = (one.x, one.y)
        elif one.type == "enter" and one.zone is not None:
            observed.enters.append((one.t, one.zone))
        elif one.type == "exit" and one.zone is not None:
            observed.exits.append((one.t, one.zone))
    return found
