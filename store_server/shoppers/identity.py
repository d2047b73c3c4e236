"""Which shopper an identity heard on the air belongs to: computed ahead, one look per sighting.

A rotating id is valid for one period of 2^exponent seconds, and clocks drift, so the ids of the
previous, the current and the next period are accepted. Time is cut into layers of 2^exponent
seconds of event time; a layer holds every id that some enrolled identity shows within it. An
identity whose clock is off by a part of a period shows two ids within a layer, and both are in.
A roll computes one new layer and keeps the others, so its cost is one id per identity.

Layers of the past are kept for a while: what an outage delayed is resolved by the time at which
it was heard, never by the time at which it arrived. An id recorded off the air and replayed two
periods later names nobody.

An id that two shoppers show in touching layers names neither.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, TypeVar

from proximity_wire.rotating_id import derive_eid
from store_server.errors import Unprocessable
from store_server.ids import ShopperId

K = TypeVar("K")

IdentityKind = Literal["eid", "static_uid", "static_ibeacon"]

# An hour of spool after an outage is resolved (4 layers of 1024 s), with room for two more.
KEPT_LAYERS = 6
_CONTESTED = -1
_STATIC_KINDS = {"uid": "static_uid", "ibeacon": "static_ibeacon"}

_CODE = "bad_identity"
_IDENTITY_ID = re.compile(r"[!-~]{1,64}")
_STATIC_FORMS = {
    "static_uid": re.compile(r"[0-9a-f]{32}"),
    "static_ibeacon": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:\d{1,5}:\d{1,5}"),
}

LayerKey = tuple[int, int]
Layer = Mapping[bytes, int]


@dataclass(frozen=True, slots=True)
class EnrolledIdentity:
    """What a shopper carries: a rotating id by its key, or a static id that anybody can copy.

    `key` is the 16-byte identity key of kind "eid"; `identity` is what the wire says for the
    static kinds. `clock_offset_s` is the device's clock minus ours.
    """

    identity_id: str
    shopper: ShopperId
    kind: IdentityKind
    key: bytes | None = field(default=None, repr=False)
    identity: str | None = None
    exponent: int = 10
    clock_offset_s: int = 0
    label: str = "phone"

    @property
    def name(self) -> tuple[ShopperId, str]:
        """What it is called in the organisation: its id is the shopper's own."""
        return self.shopper, self.identity_id

    @property
    def cloneable(self) -> bool:
        """Whether a copy of one advert passes for it: presence may be claimed, nothing more."""
        return self.kind != "eid"


def check_identity(one: EnrolledIdentity) -> EnrolledIdentity:
    """`one` itself, when it can be recognised on the air.

    Raises:
        Unprocessable: a rotating id without a 16-byte key, a static one without the identity as
            the wire spells it, or an exponent or offset out of range.
    """
    where = f"identity {one.identity_id[:64]!r}"
    if not _IDENTITY_ID.fullmatch(one.identity_id):
        raise Unprocessable(f"{where}: identity_id must be 1 to 64 visible characters", code=_CODE)
    if one.kind == "eid":
        if one.key is None or len(one.key) != 16 or one.identity is not None:
            raise Unprocessable(
                f"{where}: kind 'eid' needs key_hex of 32 hex digits, and no identity", code=_CODE
            )
    elif one.key is not None or not _STATIC_FORMS[one.kind].fullmatch(one.identity or ""):
        form = "32 hex digits" if one.kind == "static_uid" else "uuid:major:minor in lower case"
        raise Unprocessable(
            f"{where}: kind {one.kind!r} needs identity of {form}, and no key", code=_CODE
        )
    if not 0 <= one.exponent <= 15:
        raise Unprocessable(f"{where}: exponent is {one.exponent}; must be 0..15", code=_CODE)
    if abs(one.clock_offset_s) > 2**31:
        raise Unprocessable(
            f"{where}: clock_offset_s is {one.clock_offset_s}; must be within 2^31 seconds",
            code=_CODE,
        )
    return one


class Resolved(NamedTuple):
    """Whose an identity is."""

    shopper: ShopperId
    identity_id: str
    cloneable: bool


@dataclass(frozen=True, slots=True)
class IdentityTable:
    """Identity on the air -> shopper, around one instant of event time; never changed."""

    at_ms: int = 0
    _owners: tuple[EnrolledIdentity, ...] = ()
    _static: Mapping[tuple[str, str], int] = field(default_factory=dict, repr=False)
    _layers: Mapping[LayerKey, Layer] = field(default_factory=dict, repr=False)
    _exponents: tuple[int, ...] = ()

    @classmethod
    def build(cls, enrolled: Iterable[EnrolledIdentity], at_ms: int) -> "IdentityTable":
        """The table of all enrolled identities around `at_ms`."""
        return cls().roll(enrolled, at_ms)

    def resolve(self, kind: str, identity: str, at_ms: int) -> Resolved | None:
        """Whose `identity` was when it was heard at `at_ms`; None for nobody's and contested ids.

        Args:
            kind: as on the wire: eid, token, uid, ibeacon.
            identity: as on the wire: lower hex, or uuid:major:minor.
            at_ms: when it was heard, event time.
        """
        owners = self._owners_of(kind, identity, at_ms)
        return self._resolved(owners) if owners else None

    def is_contested(self, kind: str, identity: str, at_ms: int) -> bool:
        """Whether two shoppers show this identity, so that it names neither."""
        owners = self._owners_of(kind, identity, at_ms)
        return bool(owners) and self._resolved(owners) is None

    @property
    def collisions(self) -> int:
        """How many ids of the table are contested within a layer: 0 unless a key was copied."""
        layers = sum(_contested(layer.values()) for layer in self._layers.values())
        return layers + _contested(self._static.values())

    def __len__(self) -> int:
        return len(self._owners)

    def due(self, at_ms: int) -> bool:
        """Whether a period began since the table was made, so that it is to be rolled."""
        return any(at_ms // 1000 >> e != self.at_ms // 1000 >> e for e in self._exponents)

    def roll(self, enrolled: Iterable[EnrolledIdentity], at_ms: int) -> "IdentityTable":
        """The table around `at_ms`; layers of unchanged identities are kept, not computed again."""
        owners = tuple(enrolled)
        exponents = tuple(sorted({one.exponent for one in owners if one.kind == "eid"}))
        kept = self._layers if owners == self._owners else {}
        layers: dict[LayerKey, Layer] = {}
        for exponent in exponents:
            now = at_ms // 1000 >> exponent
            for period in range(now - KEPT_LAYERS, now + 2):
                layer = kept.get((exponent, period))
                if layer is None and period >= max(0, now - 1):
                    layer = _layer(owners, exponent=exponent, period=period)
                if layer is not None:
                    layers[exponent, period] = layer
        return IdentityTable(at_ms, owners, _static_table(owners), layers, exponents)

    def roll_to(self, at_ms: int) -> "IdentityTable":
        """The table of the same identities around `at_ms`."""
        return self.roll(self._owners, at_ms)

    def reaching_back(self, at_ms: int) -> "IdentityTable":
        """The table that can also resolve what was heard at `at_ms`: for a late spool."""
        layers = dict(self._layers)
        for exponent in self._exponents:
            heard = at_ms // 1000 >> exponent
            for period in range(max(0, heard - 1), heard + 2):
                if (exponent, period) not in layers:
                    layers[exponent, period] = _layer(
                        self._owners, exponent=exponent, period=period
                    )
        return replace(self, _layers=layers)

    def with_identity(self, enrolled: EnrolledIdentity) -> "IdentityTable":
        """The table with one more identity, or the same one enrolled anew."""
        others = tuple(one for one in self._owners if one.name != enrolled.name)
        if len(others) != len(self._owners):
            return self.roll((*others, enrolled), self.at_ms)
        owners = (*others, enrolled)
        number = len(others)
        static = dict(self._static)
        if enrolled.kind != "eid" and enrolled.identity is not None:
            _claim(static, owners, (enrolled.kind, enrolled.identity), number)
            return replace(self, _owners=owners, _static=static)
        if enrolled.exponent not in self._exponents:
            return self.roll(owners, self.at_ms)
        layers: dict[LayerKey, Layer] = dict(self._layers)
        for (exponent, period), layer in self._layers.items():
            if exponent == enrolled.exponent:
                more = dict(layer)
                for eid in _ids_within(enrolled, period):
                    _claim(more, owners, eid, number)
                layers[exponent, period] = more
        return replace(self, _owners=owners, _layers=layers)

    def without_shopper(self, shopper: str) -> "IdentityTable":
        """The table after a shopper is forgotten."""
        return self.roll((one for one in self._owners if one.shopper != shopper), self.at_ms)

    def _owners_of(self, kind: str, identity: str, at_ms: int) -> set[int]:
        if kind in ("eid", "token"):
            return self._showing(identity, at_ms // 1000)
        owner = self._static.get((_STATIC_KINDS.get(kind, kind), identity))
        return set() if owner is None else {owner}

    def _showing(self, identity: str, at_s: int) -> set[int]:
        try:
            eid = bytes.fromhex(identity)
        except ValueError:
            return set()
        found: set[int] = set()
        for exponent in self._exponents:
            heard = at_s >> exponent
            for period in (heard, heard - 1, heard + 1):
                owner = self._layers.get((exponent, period), {}).get(eid)
                if owner is not None:
                    found.add(owner)
        return found

    def _resolved(self, owners: set[int]) -> Resolved | None:
        if _CONTESTED in owners or len({self._owners[owner].shopper for owner in owners}) > 1:
            return None
        one = self._owners[min(owners)]
        return Resolved(one.shopper, one.identity_id, one.cloneable)


def _contested(owners: Iterable[int]) -> int:
    return sum(owner == _CONTESTED for owner in owners)


def _static_table(owners: tuple[EnrolledIdentity, ...]) -> dict[tuple[str, str], int]:
    static: dict[tuple[str, str], int] = {}
    for number, one in enumerate(owners):
        if one.kind != "eid" and one.identity is not None:
            _claim(static, owners, (one.kind, one.identity), number)
    return static


def _layer(owners: tuple[EnrolledIdentity, ...], *, exponent: int, period: int) -> dict[bytes, int]:
    layer: dict[bytes, int] = {}
    for number, one in enumerate(owners):
        if one.exponent == exponent:
            for eid in _ids_within(one, period):
                _claim(layer, owners, eid, number)
    return layer


def _ids_within(one: EnrolledIdentity, period: int) -> Iterable[bytes]:
    """The ids that `one` shows within a layer: one, or two when its clock is off by a part."""
    if one.kind != "eid" or one.key is None:
        return
    length_s = 1 << one.exponent
    first_s = period * length_s + one.clock_offset_s
    begins = {first_s // length_s, (first_s + length_s - 1) // length_s}
    for own_period in sorted(begins):
        if 0 <= own_period * length_s < 1 << 32:
            yield derive_eid(one.key, t_s=own_period * length_s, exponent=one.exponent)


def shown_between(one: EnrolledIdentity, *, from_ms: int, until_ms: int) -> tuple[str, ...]:
    """What a device says in a span of time, as the wire spells it; a period either side too."""
    if one.kind != "eid":
        return (one.identity,) if one.identity is not None else ()
    periods = range((from_ms // 1000 >> one.exponent) - 1, (until_ms // 1000 >> one.exponent) + 2)
    ids = (eid for period in periods for eid in _ids_within(one, period))
    return tuple(dict.fromkeys(eid.hex() for eid in ids))


def _claim(table: dict[K, int], owners: tuple[EnrolledIdentity, ...], name: K, number: int) -> None:
    """Note that owner `number` shows `name`; contested when another shopper does already."""
    holder = table.get(name)
    if holder is None:
        table[name] = number
    elif holder != _CONTESTED and owners[holder].shopper != owners[number].shopper:
        table[name] = _CONTESTED
