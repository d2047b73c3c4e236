"""Everybody in the store as bytes: once for a tick, the same for every socket.

    version u8 = 2, then for each: pseudonym u32, x u16, y u16 (cm), state u8, radius u16 (cm),
    sure u8 (of 255), age u8 (s), zone u16 (its place in the plan's order); big-endian

The low four bits of the state are the mark (0 in store, 1 offer delivered, 2 redeemed), bit 7
says that the shopper was not heard of for a while. x, y, radius and zone are 65,535 where they
are not known, age is 255 for that long and longer. The pseudonym follows from the shopper and
the organisation alone, it names nobody, and it is not what the API calls the shopper.
"""

import base64
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from store_server.flows.show_people import Believed
from store_server.ids import Scope, pseudonym
from store_server.shop.floor_plan import FloorPlan

VERSION = 2
STALE_BIT = 0x80
# Gateways speak of a phone every second, phones in a pocket of beacons every few.
STALE_AFTER_S = 12.0
UNKNOWN = 65_535
# Of 255: the page's script draws a dot hollow below one half.
UNSURE = 127.5
_MOST_CM = UNKNOWN - 1
_MOST_AGE_S = 255
_DOT = struct.Struct(">IHHBHBBH")


class Mark(IntEnum):
    """What happened to a shopper in this visit, as the plan shows it."""

    IN_STORE = 0
    OFFERED = 1
    REDEEMED = 2


def encode_dots(
    people: Iterable[Believed], *, plan: FloorPlan, scope: Scope, marks: Mapping[str, int]
) -> bytes:
    """The frame of these people."""
    order = {zone.id: number for number, zone in enumerate(plan.zones)}
    parts = [bytes([VERSION])]
    for one in people:
        state = int(marks.get(one.device, Mark.IN_STORE)) & 0x0F
        if one.age_s > STALE_AFTER_S:
            state |= STALE_BIT
        parts.append(
            _DOT.pack(
                dot_id(scope, one.device),
                _within(one.x, plan.width_m),
                _within(one.y, plan.height_m),
                state,
                UNKNOWN if one.radius_m is None else min(round(one.radius_m * 100), _MOST_CM),
                round(min(max(one.confidence, 0.0), 1.0) * 255),
                min(int(one.age_s), _MOST_AGE_S),
                UNKNOWN if one.zone is None else order.get(one.zone, UNKNOWN),
            )
        )
    return b"".join(parts)


@dataclass(frozen=True, slots=True)
class StillDot:
    """Where a dot stands in a drawing with y downwards (cm), and which shape it has."""

    x: int
    y: int
    mark: int
    stale: bool
    unsure: bool


def still_dots(frame: bytes, *, height_cm: int) -> tuple[StillDot, ...]:
    """A frame's dots as they stand, for whoever sees the page before or without its script."""
    return tuple(
        StillDot(x, height_cm - y, state & 0x0F, bool(state & STALE_BIT), sure < UNSURE)
        for _, x, y, state, radius, sure, _, _ in _DOT.iter_unpack(frame[1:])
        if UNKNOWN not in (x, radius)
    )


def dot_id(scope: Scope, device: str) -> int:
    """The 32 bits that stand for a shopper on the plan."""
    name = pseudonym(org=scope.org, shopper=device)
    return int.from_bytes(base64.b32decode(name.upper())[:4], "big")


def _within(metres: float | None, most_m: float) -> int:
    """Centimetres, kept on the plan: a dot outside the wall would tell of a fault, not a place."""
    if metres is None:
        return UNKNOWN
    return min(round(min(max(metres, 0.0), most_m) * 100), _MOST_CM)
