"""How many foreign devices were around, counted without keeping one of them.

Off unless the shop has switched it on. A period lasts 15 minutes. Each address is hashed with a
salt that is drawn for the period and thrown away with it, and only moves one of 2,048 small
numbers (HyperLogLog): unlike a set of hashes, they cannot be asked whether a certain phone was
there, not even while the period runs. The estimate is within about 2.3 % in two of three periods.
Phones change their addresses about every 15 minutes, so a phone that stays may count twice.

Source: Flajolet and others, HyperLogLog, 2007; the small-range correction is its linear counting.
"""

import math
from collections import Counter
from collections.abc import Callable
from hashlib import blake2b
from typing import Final

from proximity_wire.messages import ForeignCount

PERIOD_MS: Final = 900_000
_INDEX_BITS: Final = 11
_REGISTERS: Final = 1 << _INDEX_BITS
_REST_BITS: Final = 64 - _INDEX_BITS
_ALPHA: Final = 0.7213 / (1 + 1.079 / _REGISTERS)


class ForeignCounter:
    """The running period; pure, the salt comes from `new_salt`."""

    def __init__(self, new_salt: Callable[[], bytes]) -> None:
        """Start with no period.

        Args:
            new_salt: makes 16 random bytes; called once for each period.
        """
        self._new_salt = new_salt
        self._from_ms: int | None = None
        self._salt = b""
        self._registers = bytearray()
        self._adverts: Counter[str] = Counter()

    def note(self, address: str, family: str, *, heard_at_ms: int) -> None:
        """One advert of a foreign `family`."""
        if self._from_ms is None:
            self._from_ms = heard_at_ms - heard_at_ms % PERIOD_MS
            self._salt = self._new_salt()
            self._registers = bytearray(_REGISTERS)
        self._adverts[family] += 1
        digest = blake2b(address.encode(), digest_size=8, key=self._salt).digest()
        number = int.from_bytes(digest, "big")
        place = number >> _REST_BITS
        rank = _REST_BITS + 1 - (number & ((1 << _REST_BITS) - 1)).bit_length()
        self._registers[place] = max(self._registers[place], rank)

    def close_due(self, now_ms: int) -> ForeignCount | None:
        """The count of a period that is over at `now_ms`, else None; its salt is gone then."""
        if self._from_ms is None or 0 <= now_ms - self._from_ms < PERIOD_MS:
            return None
        count = ForeignCount(
            from_at_ms=self._from_ms,
            to_at_ms=self._from_ms + PERIOD_MS,
            devices=self._devices(),
            adverts=dict(self._adverts),
        )
        self._from_ms, self._salt, self._registers = None, b"", bytearray()
        self._adverts.clear()
        return count

    def _devices(self) -> int:
        empty = self._registers.count(0)
        harmonic = math.fsum(2.0**-rank for rank in self._registers)
        estimate = _ALPHA * _REGISTERS**2 / harmonic
        if estimate <= 2.5 * _REGISTERS and empty:
            estimate = _REGISTERS * math.log(_REGISTERS / empty)
        return round(estimate)
