"""The makes of devices that a shop and its shoppers have: which settings and cell each has."""

import random

from firmware_sim.firmware.beacon import Beacon
from firmware_sim.firmware.configuration import AT_1M_DB, TX_MA, Configuration, FrameKind
from firmware_sim.firmware.power_cell import CAPACITY_MAH, CellKind

# A beacon on the wall: a large cell, an advert a second. Tag and fob: a small one, twice a second.
# Source: the shipping defaults of such devices (1 s; 500 ms for trackers), our reading of them.
WALL_MS, CARRIED_MS = 1_000, 500
CARRIED_DBM = -4
# A shop's beacons were hung at different times, none of them yesterday or five years ago.
WALL_USED_MOST = 0.6


def fixed_beacon(identity: str, *, measured_power_dbm: int, rng: random.Random) -> Beacon:
    """An iBeacon of the floor plan; raises DeviceError when its identity cannot be one.

    Its transmit power is the one that comes nearest to the measured power of the plan.
    """
    wanted_dbm = measured_power_dbm - AT_1M_DB
    settings = Configuration(
        FrameKind.IBEACON,
        identity,
        interval_ms=WALL_MS,
        tx_power_dbm=min(TX_MA, key=lambda power: abs(power - wanted_dbm)),
    )
    used = rng.uniform(0, WALL_USED_MOST) * CAPACITY_MAH[settings.cell]
    return Beacon(settings, rng=rng, used_mah=used)


def loyalty_tag(key: bytes, *, exponent: int, clock_offset_s: int, rng: random.Random) -> Beacon:
    """A tag on a key ring: a rotating id by a clock of its own."""
    settings = Configuration(
        FrameKind.EID,
        key.hex(),
        interval_ms=CARRIED_MS,
        tx_power_dbm=CARRIED_DBM,
        telemetry_every=0,
        exponent=exponent,
        cell=CellKind.CR2032,
    )
    return Beacon(settings, rng=rng, clock_offset_s=clock_offset_s)


def key_fob(identity: str, *, rng: random.Random) -> Beacon:
    """A fob with a static iBeacon identity: anybody can copy it, so it gives presence only."""
    settings = Configuration(
        FrameKind.IBEACON,
        identity,
        interval_ms=CARRIED_MS,
        tx_power_dbm=CARRIED_DBM,
        telemetry_every=0,
        cell=CellKind.CR2032,
    )
    return Beacon(settings, rng=rng)
