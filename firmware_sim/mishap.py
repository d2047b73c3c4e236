"""What happens to the fixtures of a shop, as the tables [[mishaps]] of a scenario say it.

swap_gateways   two gateways hang where the other one should: `gateway`, `other`
move_gateway    a gateway is carried to another place: `gateway`, `x`, `y`
move_beacon     a beacon is carried to another place: `beacon`, `x`, `y`
clone_beacon    a second beacon with the same id is hung up: `beacon`, `x`, `y`
dead_beacon     a beacon sends no more: `beacon`
low_battery     a beacon's cell is nearly used up, which its telemetry tells: `beacon`

Each happens once, `at_s` simulated seconds after the start, and stays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from firmware_sim.floor import Anchor, Floor


class MishapKind(StrEnum):
    """What happens."""

    SWAP_GATEWAYS = "swap_gateways"
    MOVE_GATEWAY = "move_gateway"
    MOVE_BEACON = "move_beacon"
    CLONE_BEACON = "clone_beacon"
    DEAD_BEACON = "dead_beacon"
    LOW_BATTERY = "low_battery"

    @property
    def of_gateway(self) -> bool:
        """Whether it happens to a gateway."""
        return self in {self.SWAP_GATEWAYS, self.MOVE_GATEWAY}

    @property
    def has_place(self) -> bool:
        """Whether it says where to."""
        return self in {self.MOVE_GATEWAY, self.MOVE_BEACON, self.CLONE_BEACON}

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of its table, beside `kind` and `at_s`."""
        subject = "gateway" if self.of_gateway else "beacon"
        other = ("other",) if self is self.SWAP_GATEWAYS else ()
        return (subject, *other, *(("x", "y") if self.has_place else ()))


@dataclass(frozen=True, slots=True)
class Mishap:
    """One mishap; `subject` and `other` are ids of the plan, `to` is metres on it."""

    kind: MishapKind
    at_s: float
    subject: str
    other: str = ""
    to: tuple[float, float] = (0.0, 0.0)


def read_mishaps(tables: object, floor: Floor) -> tuple[Mishap, ...]:
    """The mishaps of a scenario's tables, by their time.

    Raises:
        TypeError, ValueError: not tables, an unknown key, nobody of that name, a place off the
            floor; the text names key and value.
    """
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise TypeError("mishaps must be tables: [[mishaps]]")
    return tuple(sorted((_mishap(one, floor) for one in tables), key=lambda one: one.at_s))


class Places:
    """Which gateway hangs at which place: as planned, until one is moved or swapped.

    `anchors` are the gateways of the plan, and after them every place that one is moved to. A
    place has its air; the radio's own offset stays with the place.
    """

    def __init__(self, gateways: Sequence[Anchor], mishaps: Sequence[Mishap]) -> None:
        moves = [one for one in mishaps if one.kind is MishapKind.MOVE_GATEWAY]
        height_m = {one.id: one.z for one in gateways}
        spots = [Anchor(f"to-{n}", *one.to, height_m[one.subject]) for n, one in enumerate(moves)]
        self.anchors = (*gateways, *spots)
        self._there: list[str | None] = [one.id for one in gateways]
        self._there += [None] * len(spots)
        self._spots = {id(one): len(gateways) + n for n, one in enumerate(moves)}

    def gateway_at(self, anchor: int) -> str | None:
        """Who hears what arrives at this place; None: nobody."""
        return self._there[anchor]

    def happen(self, mishap: Mishap) -> None:
        """Let a mishap of gateways happen."""
        from_place = self._there.index(mishap.subject)
        if mishap.kind is MishapKind.SWAP_GATEWAYS:
            to_place = self._there.index(mishap.other)
            self._there[to_place], self._there[from_place] = mishap.subject, mishap.other
        elif mishap.kind is MishapKind.MOVE_GATEWAY:
            self._there[from_place] = None
            self._there[self._spots[id(mishap)]] = mishap.subject


def _mishap(table: Mapping[str, object], floor: Floor) -> Mishap:
    try:
        kind = MishapKind(str(table.get("kind")))
    except ValueError:
        known = ", ".join(MishapKind)
        raise ValueError(f"mishaps.kind is {table.get('kind')!r}; must be {known}") from None
    known_keys = ("kind", "at_s", *kind.keys)
    for key in (*table, *known_keys):
        if key not in known_keys:
            raise ValueError(
                f"mishaps.{key} is not known of {kind}; known: {', '.join(known_keys)}"
            )
        if key not in table:
            raise ValueError(f"mishaps.{key} is missing; {kind} needs {', '.join(known_keys)}")
    ids = [one.id for one in (floor.gateways if kind.of_gateway else floor.beacons)]
    names = [_name(table, key, ids) for key in kind.keys if key not in {"x", "y"}]
    if len(set(names)) < len(names):
        raise ValueError(f"mishaps.other is {names[0]!r}, which is the gateway itself")
    return Mishap(
        kind,
        _number(table, "at_s", most=1e6),
        subject=names[0],
        other=names[1] if len(names) > 1 else "",
        to=(_number(table, "x", most=floor.width_m), _number(table, "y", most=floor.height_m))
        if kind.has_place
        else (0.0, 0.0),
    )


def _name(table: Mapping[str, object], key: str, ids: Sequence[str]) -> str:
    name = table[key]
    if name not in ids:
        raise ValueError(f"mishaps.{key} is {name!r}; the plan has {', '.join(ids) or 'none'}")
    return str(name)


def _number(table: Mapping[str, object], key: str, *, most: float) -> float:
    value = table[key]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"mishaps.{key} is {value!r}; must be a number")
    if not 0 <= value <= most:
        raise ValueError(f"mishaps.{key} is {value}; must be 0 to {most:g}")
    return float(value)
