"""What was heard of fixed beacons as a recording that a gateway's agent can play.

One JSON line for each window, in the order of their times: `heard_at_ms`, `address`, `ad_hex`,
`rssi_dbm` as `edge-agent listen --json` writes them, and `gateway`, `adverts` for people. The
server never gets bytes or addresses: the bytes are the iBeacon frame encoded anew, the level is the
mean of the window, the address is made up from the beacon's identity. What a beacon told of itself
stands before its first line as an Eddystone-TLM frame of the same address.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache

from proximity_wire.errors import FrameError
from proximity_wire.frames import EddystoneTlm, IBeacon, encode_eddystone_tlm, encode_ibeacon
from store_server.fleet.signal_ring import Heard

# Decoders pass over it: the beacon states no power that could be meant.
UNSTATED_DBM = -128


def recording_of(heard: Heard) -> Iterator[str]:
    """The lines, each with its line feed."""
    windows = [(row, pair.gateway) for pair, rows in heard.windows.items() for row in rows]
    windows.sort(key=lambda one: (one[0].at_ms, one[0].identity, one[1]))
    told = dict(heard.told)
    for row, gateway in windows:
        line = {
            "heard_at_ms": row.at_ms,
            "address": address_of(row.identity),
            "rssi_dbm": round(row.rssi_mean_dbm),
            "gateway": gateway,
        }
        telemetry = _telemetry(told.pop(row.identity, {}))
        if telemetry is not None:
            yield f"{json.dumps({**line, 'ad_hex': telemetry, 'adverts': 1})}\n"
        power = row.measured_power_dbm
        ad_hex = _frame(row.identity, UNSTATED_DBM if power is None else power)
        yield f"{json.dumps({**line, 'ad_hex': ad_hex, 'adverts': row.adverts})}\n"


@lru_cache(maxsize=1_000)
def address_of(identity: str) -> str:
    """A made-up address of the kind that devices may choose themselves (random static).

    Example:
        >>> address_of("f7826da6-4fa2-4e98-8024-bc5b71e0893e:1:1")[:1] in "CDEF"
        True
    """
    made = bytearray(hashlib.blake2b(identity.encode(), digest_size=6).digest())
    made[0] |= 0xC0
    return made.hex(":").upper()


@lru_cache(maxsize=1_000)
def _frame(identity: str, power_dbm: int) -> str:
    uuid, major, minor = identity.split(":")
    return encode_ibeacon(IBeacon(uuid, int(major), int(minor), power_dbm)).hex()


def _telemetry(extras: Mapping[str, float]) -> str | None:
    """The frame in hex; None where there is none, or numbers that no beacon can have said."""
    if not extras:
        return None
    battery_mv = extras.get("battery_mv")
    try:
        frame = EddystoneTlm(
            None if battery_mv is None else round(battery_mv),
            extras.get("temperature_c"),
            round(extras.get("advert_count", 0)),
            round(10 * extras.get("uptime_s", 0)),
        )
        return encode_eddystone_tlm(frame).hex()
    except (FrameError, OverflowError):
        return None
