"""The dots of the live plan as bytes: once for a tick, the same for every socket.

    version u8 = 1, then for each dot: pseudonym u32, x u16, y u16 (cm), state u8; big-endian

The low four bits of the state are the mark (0 in store, 1 offer delivered, 2 redeemed), bit 7
says that the dot was not heard of for a while. The pseudonym follows from the shopper and the
organisation alone, it names nobody, and it is not what the API calls the shopper.
"""

import base64
import struct
from collections.abc import Mapping
from enum import IntEnum

from store_server.flows.rooms import StoreLive
from store_server.ids import Scope, pseudonym
from store_server.shop.floor_plan import FloorPlan

VERSION = 1
STALE_BIT = 0x80
# Gateways speak of a phone every second, phones in a pocket of beacons every few.
STALE_AFTER_S = 12.0
_DOT = struct.Struct(">IHHB")
_MOST_CM = 65_535


class Mark(IntEnum):
    """What happened to a shopper in this visit, as the plan shows it."""

    IN_STORE = 0
    OFFERED = 1
    REDEEMED = 2


def encode_dots(live: StoreLive, *, scope: Scope, at_t: float, marks: Mapping[str, int]) -> bytes:
    """The frame of everybody whose place is known at `at_t` (event seconds)."""
    parts = [bytes([VERSION])]
    for device in live.presence.devices():
        estimate = live.presence.estimate(device, at_t)
        if estimate is None or estimate.zone is None:
            continue
        if estimate.x is None or estimate.y is None:
            continue
        x, y = _within(live.plan, estimate.x, estimate.y)
        state = int(marks.get(device, Mark.IN_STORE)) & 0x0F
        if at_t - estimate.last_seen_t > STALE_AFTER_S:
            state |= STALE_BIT
        parts.append(_DOT.pack(dot_id(scope, device), x, y, state))
    return b"".join(parts)


def dot_id(scope: Scope, device: str) -> int:
    """The 32 bits that stand for a shopper on the plan."""
    name = pseudonym(org=scope.org, shopper=device)
    return int.from_bytes(base64.b32decode(name.upper())[:4], "big")


def _within(plan: FloorPlan, x: float, y: float) -> tuple[int, int]:
    """Centimetres, kept on the plan: a dot outside the wall would tell of a fault, not a place."""
    inside_x = min(max(x, 0.0), plan.width_m)
    inside_y = min(max(y, 0.0), plan.height_m)
    return min(round(inside_x * 100), _MOST_CM), min(round(inside_y * 100), _MOST_CM)
