"""`firmware-sim beacon`: one device on the bench, advert by advert or day by day.

Adverts come as JSON lines, or go to an edge agent's feed socket in real time, so that one
simulated beacon can be heard by a real gateway program. `--days` runs years in a second.
"""

import math
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from firmware_sim.errors import DeviceError
from firmware_sim.events import HeardAdvert
from firmware_sim.firmware.beacon import Beacon, State
from firmware_sim.firmware.configuration import Configuration
from firmware_sim.outlets import UnixFeed

DAY_MS = 86_400_000
STEPS_A_DAY = 24
LEAST_C, MOST_C = -30.0, 60.0


@dataclass(frozen=True, slots=True)
class Bench:
    """How a device is run; `swing_c` is how much warmer noon is than the mean of the day."""

    configuration: Configuration
    start_ms: int
    seed: int
    used_mah: float = 0.0
    temperature_c: float = 21.0
    swing_c: float = 0.0

    def device(self) -> Beacon:
        """The device with its battery just put in.

        Raises:
            DeviceError: a temperature or charge at which no such device runs.
        """
        for degrees in (self.temperature_c - self.swing_c, self.temperature_c + self.swing_c):
            if not LEAST_C <= degrees <= MOST_C:
                raise DeviceError(f"temperature is {degrees} C; must be {LEAST_C}..{MOST_C}")
        if self.used_mah < 0:
            raise DeviceError(f"used charge is {self.used_mah} mAh; must be 0 or more")
        rng = random.Random(f"{self.seed}:beacon")
        beacon = Beacon(self.configuration, rng=rng, used_mah=self.used_mah)
        beacon.cell.temperature_c = self.temperature_at(self.start_ms)
        return beacon

    def temperature_at(self, at_ms: int) -> float:
        """The temperature of the hour, UTC: warmest at 12, coldest at 0 o'clock."""
        day = 2 * math.pi * (at_ms % DAY_MS) / DAY_MS
        return self.temperature_c - self.swing_c * math.cos(day)


class Advert(msgspec.Struct):
    """One line: what was sent when, and how loud it is a metre away."""

    at_ms: int
    address: str
    ad_hex: str
    power_1m_dbm: float
    state: State
    battery_mv: int


class Day(msgspec.Struct):
    """One line of `--days`: the device at the end of a day.

    clock_error_s: its seconds counter minus what the resolver expects.
    """

    day: int
    state: State
    battery_mv: int
    sending_mv: int
    used_mah: float
    temperature_c: float
    adverts: int
    resets: int
    clock_error_s: float


def adverts(bench: Bench, *, seconds: float) -> Iterator[Advert]:
    """What the device sends in that time."""
    beacon, at_ms = bench.device(), bench.start_ms
    while at_ms < bench.start_ms + seconds * 1000:
        beacon.cell.temperature_c = bench.temperature_at(at_ms)
        ad = beacon.payload(at_ms)
        if ad:
            yield Advert(
                at_ms,
                beacon.address,
                ad.hex(),
                round(beacon.power_1m_dbm, 1),
                beacon.state,
                beacon.battery_mv,
            )
        at_ms = beacon.next_after(at_ms)


def days(bench: Bench, *, number: int) -> Iterator[Day]:
    """The device day by day, hour by hour inside; ends early when the device is dead."""
    beacon = bench.device()
    beacon.payload(bench.start_ms)
    for day in range(1, number + 1):
        for hour in range(STEPS_A_DAY):
            at_ms = bench.start_ms + (day - 1) * DAY_MS + (hour + 1) * DAY_MS // STEPS_A_DAY
            beacon.cell.temperature_c = bench.temperature_at(at_ms)
            beacon.skip(at_ms)
        yield _day(beacon, day, at_ms)
        if beacon.state is State.DEAD:
            return


def send(bench: Bench, socket: Path, *, seconds: float, rssi_dbm: int) -> int:
    """Send adverts to a gateway's feed socket as they are due, by the wall clock; how many.

    Raises:
        OutletError: the path can be no socket. DeviceError: nobody listens there.
    """
    feed = UnixFeed(socket)
    sent, started_s = 0, time.monotonic()
    try:
        for advert in adverts(bench, seconds=seconds):
            due_s = started_s + (advert.at_ms - bench.start_ms) / 1000
            time.sleep(max(0.0, due_s - time.monotonic()))
            heard = HeardAdvert(advert.at_ms, advert.address, advert.ad_hex, rssi_dbm)
            if not (feed.send_adverts([heard]) and feed.send_tick(advert.at_ms)):
                raise DeviceError(
                    f"nobody listens at {socket}; start an edge agent with "
                    "[source] kind = 'feed' and this socket"
                )
            sent += 1
    finally:
        feed.close()
    return sent


def _day(beacon: Beacon, day: int, at_ms: int) -> Day:
    return Day(
        day=day,
        state=beacon.state,
        battery_mv=beacon.battery_mv,
        sending_mv=round(beacon.cell.voltage_mv(load_ma=beacon.sending_ma)),
        used_mah=round(beacon.cell.used_mah, 2),
        temperature_c=round(beacon.cell.temperature_c, 1),
        adverts=beacon.adverts,
        resets=beacon.resets,
        clock_error_s=round(beacon.clock_error_s(at_ms), 1),
    )
