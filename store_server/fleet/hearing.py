"""What gateways hear of the shop's own fixed beacons, summed up by quarter of an hour.

A batch costs an addition per row of a fixed beacon; every so often the sums go to the database.
What was summed up since the last time is lost with the process: it is about the installation,
nobody is in it, and the next minute tells the same again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

SLOT_MS = 15 * 60 * 1000
DAY_MS = 24 * 3600 * 1000
# A clock gone mad must not fill the memory with quarters of an hour.
MAX_SUMS = 20_000


class HearingKey(NamedTuple):
    """One gateway, one fixed beacon (`uuid:major:minor`), one quarter of an hour."""

    gateway: str
    identity: str
    slot_ms: int


@dataclass(frozen=True, slots=True)
class Hearing:
    """How often and how loud; `rssi_sum_dbm` is over all adverts."""

    adverts: int
    rssi_sum_dbm: float
    last_at_ms: int

    @property
    def mean_dbm(self) -> float:
        """The mean RSSI."""
        return self.rssi_sum_dbm / self.adverts

    def plus(self, other: "Hearing") -> "Hearing":
        """Both together."""
        return Hearing(
            self.adverts + other.adverts,
            self.rssi_sum_dbm + other.rssi_sum_dbm,
            max(self.last_at_ms, other.last_at_ms),
        )


@dataclass(frozen=True, slots=True)
class PowerReading:
    """What a beacon said of its battery (Eddystone-TLM)."""

    identity: str
    at_ms: int
    battery_mv: float
    temperature_c: float | None = None


class BeaconRow(NamedTuple):
    """What a batch says of one fixed beacon in one window.

    rssi_max_dbm: of the loudest advert. measured_power_dbm: what the beacon states of its RSSI at
    1 m; None: nothing that can be meant.
    """

    identity: str
    at_ms: int
    adverts: int
    rssi_mean_dbm: float
    extras: Mapping[str, float] | None = None
    rssi_max_dbm: float | None = None
    measured_power_dbm: int | None = None


class HearingTally:
    """The sums since they were last kept. Changed only by actions after a commit."""

    def __init__(self) -> None:
        self._sums: dict[HearingKey, Hearing] = {}
        self._power: dict[str, PowerReading] = {}
        self.watched_at_ms = 0

    def add(self, gateway: str, rows: Iterable[BeaconRow]) -> None:
        """Count what a gateway heard."""
        for row in rows:
            key = HearingKey(gateway, row.identity, row.at_ms // SLOT_MS * SLOT_MS)
            heard = Hearing(row.adverts, row.rssi_mean_dbm * row.adverts, row.at_ms)
            known = self._sums.get(key)
            if known is None and len(self._sums) >= MAX_SUMS:
                continue
            self._sums[key] = known.plus(heard) if known else heard
            self._note_power(row)

    def waiting(self) -> tuple[dict[HearingKey, Hearing], list[PowerReading]]:
        """What is to be kept."""
        return dict(self._sums), list(self._power.values())

    def kept(self, sums: Mapping[HearingKey, Hearing]) -> None:
        """These sums are in the database now; nothing came in between on the writer's thread."""
        for key in sums:
            self._sums.pop(key, None)
        self._power.clear()

    def _note_power(self, row: BeaconRow) -> None:
        battery_mv = (row.extras or {}).get("battery_mv")
        # 0 is Eddystone's word for "not measured"; a coin cell has 2 to 3.3 V, a mains one 5.
        if battery_mv is None or not 500 <= battery_mv <= 20_000:
            return
        before = self._power.get(row.identity)
        if before is None or before.at_ms <= row.at_ms:
            temperature_c = (row.extras or {}).get("temperature_c")
            self._power[row.identity] = PowerReading(
                row.identity, row.at_ms, battery_mv, temperature_c
            )
