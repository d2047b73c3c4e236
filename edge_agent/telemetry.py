"""Telemetry of fixed beacons: whose battery it is, told from the address both frames came from.

An Eddystone-TLM frame names nobody. A beacon that interleaves it with its identity sends both
from one address, so what the frame says is held in memory under that address until a
window of the identity closes, and leaves as extras of that row. The address itself never leaves.
Only fixed identities are joined this way: people's devices have rotating ids, and linking those
by address is what they rotate against.
"""

from typing import Final, NamedTuple

from proximity_wire.frames import EddystoneTlm
from proximity_wire.messages import Kind

FIXED_KINDS: Final[frozenset[Kind]] = frozenset({"ibeacon", "uid", "altbeacon"})
# Beacons that are heard at once in a large shop, several times over; about 300 kB.
MOST_HELD: Final = 1_000
# A battery does not change within minutes, and each telling costs 80 bytes of a batch.
TELL_EVERY_MS: Final = 300_000
# Telemetry whose identity is not heard within this time belongs to nobody here.
HOLD_MS: Final = 60_000


class _Held(NamedTuple):
    frame: EddystoneTlm
    heard_at_ms: int


class Telemetry:
    """What beacons said of themselves of late, by address; bounded, in memory only."""

    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}
        self._told_at_ms: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._held) + len(self._told_at_ms)

    def hold(self, address: str, frame: EddystoneTlm, *, heard_at_ms: int) -> None:
        """Keep `frame` until a row of the same address takes it."""
        if heard_at_ms - self._told_at_ms.get(address, -TELL_EVERY_MS) < TELL_EVERY_MS:
            return
        if address not in self._held and len(self._held) >= MOST_HELD:
            del self._held[next(iter(self._held))]
        self._held[address] = _Held(frame, heard_at_ms)

    def take(self, address: str, *, at_ms: int) -> dict[str, float] | None:
        """The extras of a row of `address`, once for each telling; None when there are none."""
        held = self._held.pop(address, None)
        if held is None or at_ms - held.heard_at_ms > HOLD_MS:
            return None
        self._told_at_ms.pop(address, None)
        if len(self._told_at_ms) >= MOST_HELD:
            del self._told_at_ms[next(iter(self._told_at_ms))]
        self._told_at_ms[address] = at_ms
        return extras_of(held.frame)


def extras_of(frame: EddystoneTlm) -> dict[str, float]:
    """`frame` as extras of a sighting row; what the beacon does not measure is left out."""
    extras: dict[str, float] = {
        "uptime_s": frame.uptime_ds / 10,
        "advert_count": float(frame.advert_count),
    }
    if frame.battery_mv is not None:
        extras["battery_mv"] = float(frame.battery_mv)
    if frame.temperature_c is not None:
        extras["temperature_c"] = round(frame.temperature_c, 2)
    return extras
