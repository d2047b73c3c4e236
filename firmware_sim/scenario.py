"""configs/scenarios/*.toml -> frozen Scenario: who comes, how the air is, how long it lasts."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from zoneinfo import ZoneInfo

from firmware_sim.air.environment import Air
from firmware_sim.errors import ScenarioError
from firmware_sim.events import DeviceKind
from firmware_sim.floor import Floor, load_floor
from firmware_sim.mishap import Mishap, read_mishaps
from firmware_sim.outage import Outage, OutageKind
from firmware_sim.people import People, check_people


@dataclass(frozen=True, slots=True)
class Scenario:
    """One simulated day or part of one; `start_at` is aware UTC, `seconds` are wall seconds."""

    name: str
    floor: Floor
    plan: Path
    start_at: datetime
    seconds: float = 60.0
    speed: float = 10.0
    seed: int = 1
    people: People = field(default_factory=People)
    air: Air = field(default_factory=Air)
    outages: tuple[Outage, ...] = ()
    mishaps: tuple[Mishap, ...] = ()

    @property
    def start_ms(self) -> int:
        """UTC milliseconds of `start_at`."""
        return round(self.start_at.timestamp() * 1000)

    @property
    def simulated_s(self) -> int:
        """How many one-second ticks the scenario has."""
        return max(1, round(self.seconds * self.speed))

    def outages_of(self, gateway: str) -> tuple[Outage, ...]:
        """What happens to one gateway."""
        return tuple(one for one in self.outages if one.gateway == gateway)


def load_scenario(path: Path) -> Scenario:
    """The scenario in `path`; its plan is found relative to that file.

    Raises:
        ScenarioError: not readable, not TOML, an unknown key, a value out of range; the text names
            file, key, value and what is expected.
    """
    try:
        document = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScenarioError(f"{path}: {error}; a scenario in TOML is expected") from None
    try:
        return _scenario(document, path)
    except (TypeError, ValueError) as error:
        raise ScenarioError(f"{path}: {error}") from None


_SCENARIO_KEYS = ("name", "plan", "start_at", "seconds", "speed", "seed")


def _scenario(document: dict[str, object], path: Path) -> Scenario:
    _no_strangers(document, ("scenario", "people", "air", "outages", "mishaps"), where="")
    head = _section(document, "scenario")
    _no_strangers(head, _SCENARIO_KEYS, where="scenario.")
    plan = (path.parent / _text(head, "plan")).resolve()
    floor = load_floor(plan)
    scenario = Scenario(
        name=_text(head, "name"),
        floor=floor,
        plan=plan,
        start_at=_instant(_text(head, "start_at"), floor.timezone),
        people=_people(_section(document, "people")),
        air=_air(_section(document, "air")),
        outages=_outages(document.get("outages", []), floor),
        mishaps=read_mishaps(document.get("mishaps", []), floor),
        seed=round(_number(head, "seed", 1, least=0, most=2**63)),
    )
    return with_pace(
        scenario,
        seconds=_number(head, "seconds", 60, least=1, most=86_400),
        speed=_number(head, "speed", 10, least=0.1, most=1_000),
    )


def with_pace(
    scenario: Scenario,
    *,
    seconds: float | None = None,
    speed: float | None = None,
    seed: int | None = None,
) -> Scenario:
    """The scenario with what the command line says instead; None leaves a value as it is.

    Raises:
        ScenarioError: seconds or speed is not above 0, or the seed is negative.
    """
    for name, value in (("seconds", seconds), ("speed", speed)):
        if value is not None and not 0 < value <= 86_400:
            raise ScenarioError(f"--{name} is {value}; must be above 0, at most 86400")
    if seed is not None and seed < 0:
        raise ScenarioError(f"--seed is {seed}; must be 0 or more")
    return replace(
        scenario,
        seconds=scenario.seconds if seconds is None else seconds,
        speed=scenario.speed if speed is None else speed,
        seed=scenario.seed if seed is None else seed,
    )


def _people(section: dict[str, object]) -> People:
    kinds = _section(section, "kinds")
    _no_strangers(kinds, tuple(DeviceKind), where="people.kinds.")
    counts = {kind: round(_number(kinds, kind, 0, least=0, most=10_000)) for kind in DeviceKind}
    people = People(kinds=counts, **_numbers(section, People, skip=("kinds",), where="people."))
    check_people(people)
    return people


def _outages(tables: object, floor: Floor) -> tuple[Outage, ...]:
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise TypeError("outages must be tables: [[outages]]")
    gateways = [gateway.id for gateway in floor.gateways]
    found = []
    for table in tables:
        _no_strangers(table, ("gateway", "kind", "from_s", "for_s"), where="outages.")
        name, kind = table.get("gateway"), table.get("kind")
        if name not in gateways:
            raise ValueError(f"outages.gateway is {name!r}; the plan has {', '.join(gateways)}")
        if kind not in list(OutageKind):
            raise ValueError(f"outages.kind is {kind!r}; must be {', '.join(OutageKind)}")
        times = {key: _number(table, key, -1, least=0, most=1e6) for key in ("from_s", "for_s")}
        found.append(Outage(str(name), OutageKind(kind), **times))
    return tuple(found)


def _air(section: dict[str, object]) -> Air:
    try:
        return Air(**_numbers(section, Air, skip=(), where="air."))
    except ValueError as error:
        raise ValueError(f"air.{error}" if "air." not in str(error) else str(error)) from None


def _numbers(
    section: dict[str, object], shape: type[People | Air], *, skip: tuple[str, ...], where: str
) -> dict[str, float]:
    names = tuple(one.name for one in fields(shape) if one.name not in skip)
    _no_strangers(section, (*names, *skip), where=where)
    return {
        name: _number(section, name, 0, least=-200, most=100_000)
        for name in names
        if name in section
    }


def _instant(text: str, timezone: str) -> datetime:
    local = datetime.fromisoformat(text)
    if local.tzinfo is None:
        local = local.replace(tzinfo=ZoneInfo(timezone))
    return local.astimezone(UTC)


def _no_strangers(table: Mapping[str, object], known: tuple[str, ...], *, where: str) -> None:
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f"; did you mean {where}{near[0]}?" if near else f"; known: {', '.join(known)}"
            raise ValueError(f"{where}{key} is not known{hint}")


def _section(document: dict[str, object], name: str) -> dict[str, object]:
    section = document.get(name, {})
    if not isinstance(section, dict):
        raise TypeError(f"[{name}] must be a table")
    return section


def _text(section: dict[str, object], name: str) -> str:
    value = section.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"scenario.{name} is {value!r}; must be a text that is not empty")
    return value


def _number(
    section: Mapping[str, object], name: str, default: float, *, least: float, most: float
) -> float:
    value = section.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} is {value!r}; must be a number")
    if not least <= value <= most:
        raise ValueError(f"{name} is {value}; must be {least} to {most}")
    return float(value)
