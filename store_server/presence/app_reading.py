"""What a shopper's phone says it heard: one fixed beacon at one time (M1, the default way).

Each reading is judged alone, so that one bad one does not cost the burst: phones wake rarely,
and a burst is all there is for minutes.
"""

import math
from typing import NamedTuple

from store_server.presence.observation import (
    RSSI_CEILING_DBM,
    RSSI_FLOOR_DBM,
    Observation,
)
from store_server.shop.floor_plan import FloorPlan, beacon_anchor

# A spool on a phone without coverage; what is older says nothing about today's visit.
TOO_OLD_MS = 12 * 3600 * 1000
MAX_COUNT = 10_000


class AppReading(NamedTuple):
    """One reading: `beacon` is `uuid:major:minor`, `at_ms` UTC ms by the phone's clock."""

    beacon: str
    rssi_dbm: float
    at_ms: int
    measured_power_dbm: int | None = None
    count: int = 1  # type: ignore[assignment] # hides tuple.count, which nobody asks of it


class RefusedReading(NamedTuple):
    """Why the reading at `index` of a request was not taken; `code` is stable."""

    index: int  # type: ignore[assignment] # hides tuple.index, which nobody asks of it
    code: str
    detail: str


def fault_of(
    reading: AppReading, *, plan: FloorPlan, now_ms: int, ahead_ms: int
) -> tuple[str, str] | None:
    """(code, detail) of what is wrong with a reading; None when it can be taken.

    Args:
        reading: as the phone said it.
        plan: the store's; only its beacons count.
        now_ms: the instant that rules go by.
        ahead_ms: how far a phone's clock may run ahead of it.
    """
    if plan.anchor(beacon_anchor(reading.beacon)) is None:
        return "unknown_beacon", "no beacon of this store has this identity"
    if not 1 <= reading.count <= MAX_COUNT:
        return "absurd_count", f"count must be 1..{MAX_COUNT}"
    return _fault_of_level(reading) or _fault_of_time(reading, now_ms=now_ms, ahead_ms=ahead_ms)


def observation_of(reading: AppReading, shopper: str, *, latest_ms: int | None) -> Observation:
    """The reading as the engine takes it.

    Args:
        reading: without fault.
        shopper: whose phone it is.
        latest_ms: a phone's clock that runs ahead is set back to this; None = as it says.
    """
    at_ms = reading.at_ms if latest_ms is None else min(reading.at_ms, latest_ms)
    return Observation(
        shopper,
        beacon_anchor(reading.beacon),
        at_ms / 1000,
        reading.rssi_dbm,
        reading.count,
        reading.measured_power_dbm,
    )


def _fault_of_level(reading: AppReading) -> tuple[str, str] | None:
    level, power = reading.rssi_dbm, reading.measured_power_dbm
    if not math.isfinite(level) or not RSSI_FLOOR_DBM <= level < 0:
        return "absurd_rssi", f"rssi_dbm must be {RSSI_FLOOR_DBM:.0f}..-1"
    if power is not None and not RSSI_FLOOR_DBM <= power <= RSSI_CEILING_DBM:
        return "absurd_measured_power", "measured_power_dbm must be -127..20"
    return None


def _fault_of_time(reading: AppReading, *, now_ms: int, ahead_ms: int) -> tuple[str, str] | None:
    if reading.at_ms > now_ms + ahead_ms:
        return "in_the_future", f"at may be at most {ahead_ms // 1000} s ahead of the store's clock"
    if reading.at_ms < now_ms - TOO_OLD_MS:
        return "too_old", f"at may be at most {TOO_OLD_MS // 3_600_000} h back"
    return None
