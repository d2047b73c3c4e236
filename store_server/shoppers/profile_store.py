"""Profiles of all shoppers in memory, packed: a million of them in a few hundred megabytes.

A decision needs a profile within microseconds, and a Python object for each of a million shoppers
costs kilobytes. So a profile is kept as MessagePack: what comes up again and again (names of
attributes, categories, channels, languages, choices) by number, what is not known not at all. A
dict from the shopper's id to bytes holds nothing that the garbage collector would walk through.
Measured by benchmarks/profile_store.py.
"""

from collections.abc import Iterable
from datetime import date
from typing import TypeAlias

import msgspec

from store_server.ids import HouseholdId, ShopperId
from store_server.shoppers.attributes import AttributeValue
from store_server.shoppers.profile import LifeStage, Profile, Rfm, Standing

_STAGES = tuple(LifeStage)
# A text that many share is kept once; a text of one's own is not worth a place in the list.
MOST_SHARED_CHARACTERS = 24
MOST_SHARED_TEXTS = 4_096

_Scalar: TypeAlias = str | float | bool | None
# A shared text is (number,), a date (0, ordinal): both lists, told apart by their length.
_Packed: TypeAlias = _Scalar | list[int]


class _Record(msgspec.Struct, array_like=True, omit_defaults=True):
    """A profile without its id; defaults at the end cost nothing."""

    bucket: int
    language: int
    household: str | None = None
    stage: int = -1
    bands: int = 0  # recency, frequency, monetary, value as digits to base 6; 0: not known
    value_minor: int | None = None
    risk: float | None = None
    next_days: float | None = None
    channels: list[int] = []
    attributes: dict[int, _Packed] = {}
    excluded: list[int] = []
    complaints: int = 0
    staff: bool = False


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(_Record)


class _Texts:
    """Numbers for texts that many share, in the order in which they came."""

    def __init__(self) -> None:
        self.of_number: list[str] = []
        self._number_of: dict[str, int] = {}

    def number(self, text: str) -> int:
        number = self._number_of.setdefault(text, len(self.of_number))
        if number == len(self.of_number):
            self.of_number.append(text)
        return number

    def known(self, text: str) -> int | None:
        return self._number_of.get(text)

    def all(self, numbers: Iterable[int]) -> frozenset[str]:
        return frozenset(self.of_number[number] for number in numbers)


class ProfileStore:
    """The newest profile of each shopper. Any thread may read while one writes."""

    def __init__(self, profiles: Iterable[Profile] = ()) -> None:
        self._of: dict[str, bytes] = {}
        self._names = _Texts()
        self._texts = _Texts()
        for profile in profiles:
            self.put(profile)

    def put(self, profile: Profile) -> None:
        """Keep a profile, in the place of the shopper's last one."""
        standing = profile.standing
        record = _Record(
            bucket=profile.random_bucket,
            language=self._names.number(profile.language),
            household=profile.household,
            stage=-1 if standing.stage is None else _STAGES.index(standing.stage),
            bands=_bands(standing),
            value_minor=standing.lifetime_value_minor,
            risk=standing.churn_risk,
            next_days=standing.next_visit_days,
            channels=sorted(self._names.number(one) for one in profile.channels),
            attributes={
                self._names.number(name): self._pack(value)
                for name, value in profile.attributes.items()
            },
            excluded=sorted(self._names.number(one) for one in profile.excluded),
            complaints=profile.open_complaints,
            staff=profile.staff,
        )
        self._of[profile.shopper] = _ENCODER.encode(record)

    def get(self, shopper: str) -> Profile | None:
        """The shopper's profile; None when there is none."""
        packed = self._of.get(shopper)
        if packed is None:
            return None
        record = _DECODER.decode(packed)
        names = self._names.of_number
        return Profile(
            shopper=ShopperId(shopper),
            household=None if record.household is None else HouseholdId(record.household),
            language=names[record.language],
            attributes={names[n]: self._unpack(value) for n, value in record.attributes.items()},
            standing=_standing(record),
            channels=self._names.all(record.channels),
            excluded=self._names.all(record.excluded),
            open_complaints=record.complaints,
            staff=record.staff,
            random_bucket=record.bucket,
        )

    def forget(self, shopper: str) -> bool:
        """Let go of a shopper's profile; whether there was one."""
        return self._of.pop(shopper, None) is not None

    def __len__(self) -> int:
        """How many there are."""
        return len(self._of)

    def _pack(self, value: AttributeValue) -> _Packed:
        if isinstance(value, date):
            return [0, value.toordinal()]
        if not isinstance(value, str) or len(value) > MOST_SHARED_CHARACTERS:
            return value
        number = self._texts.known(value)
        if number is None and len(self._texts.of_number) < MOST_SHARED_TEXTS:
            number = self._texts.number(value)
        return value if number is None else [number]

    def _unpack(self, value: _Packed) -> AttributeValue:
        if isinstance(value, list):
            shared = len(value) == 1
            return self._texts.of_number[value[0]] if shared else date.fromordinal(value[1])
        assert value is not None
        return value


def _bands(standing: Standing) -> int:
    rfm = standing.rfm
    digits = (0, 0, 0) if rfm is None else (rfm.recency, rfm.frequency, rfm.monetary)
    number = 0
    for digit in (*digits, standing.value_band or 0):
        number = number * 6 + digit
    return number


def _standing(record: _Record) -> Standing:
    rest, value_band = divmod(record.bands, 6)
    rfm = Rfm(rest // 36, rest // 6 % 6, rest % 6) if rest else None
    return Standing(
        stage=None if record.stage < 0 else _STAGES[record.stage],
        churn_risk=record.risk,
        next_visit_days=record.next_days,
        rfm=rfm,
        value_band=value_band or None,
        lifetime_value_minor=record.value_minor,
    )
