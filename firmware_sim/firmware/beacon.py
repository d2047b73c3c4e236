"""The firmware of a beacon, tag or fob, from the first battery to the last advert.

    off --(battery in)--> booting --(0.1 s)--> advertising --(its turn)--> telemetry --> advertising
    advertising --(voltage sags below 1.7 V while sending)--> brown-out --(3 s, cell recovers)-->
    booting     ... and where the cell does not recover to 1.8 V: dead

Each advert costs a charge, sleep costs a current, the cell ages; the sag of each advert decides
about a brown-out. A reset puts uptime and advert counter to 0 and the clock of rotating ids back
to its last daily save. A rotating id takes a new address with it; else the old address would
link the new id.

Source: currents and the least supply of 1.7 V: Nordic Semiconductor, nRF52832 Product
Specification 1.8; with its figures an advert of 31 bytes on three channels at 0 dBm costs about
10 uC. Telemetry read while the processor runs, not while sending: what such firmware does.
"""

import random
from enum import StrEnum

from firmware_sim.firmware.configuration import TX_MA, Configuration, FrameKind
from firmware_sim.firmware.device_clock import DeviceClock
from firmware_sim.firmware.power_cell import PowerCell
from firmware_sim.firmware.radio import Advertiser, private_address, static_address
from proximity_wire.frames import (
    EddystoneEid,
    EddystoneTlm,
    EddystoneUid,
    IBeacon,
    encode_eddystone_eid,
    encode_eddystone_tlm,
    encode_eddystone_uid,
    encode_ibeacon,
)
from proximity_wire.rotating_id import derive_eid, period_of

# Eddystone states the power at 0 m, 41 dB above that at 1 m. Source: Eddystone-UID specification.
ZERO_METRE_DB = 41
SLEEP_UA = 1.9
PROCESSOR_MA, PROCESSOR_MS = 3.0, 1.0
# Ramp-up and 31 bytes on air, per channel. Source: as above; Core Spec 5.4, Vol 6 Part B 2.1.
RAMP_MS, AIR_MS, CHANNELS = 0.14, 0.376, 3
LEAST_MV, STARTS_AT_MV = 1_700.0, 1_800.0
BOOT_S, RECOVERY_S = 0.1, 3.0
BOOT_UC = 5_000.0
# Devices of a make differ by some dB. Source: our measure of spread, as between gateways.
POWER_SD_DB = 2.0


class State(StrEnum):
    """Where the firmware is."""

    OFF = "off"
    BOOTING = "booting"
    ADVERTISING = "advertising"
    BROWN_OUT = "brown_out"
    DEAD = "dead"


class Beacon(Advertiser):
    """One device; `payload` is its next advert, empty while it cannot send.

    clock_offset_s: its seconds counter minus UTC at the first moment, as enrolment wrote it down.
    """

    def __init__(
        self,
        configuration: Configuration,
        *,
        rng: random.Random,
        clock_offset_s: int = 0,
        used_mah: float = 0.0,
    ) -> None:
        power_1m_dbm = rng.gauss(configuration.power_1m_dbm, POWER_SD_DB)
        super().__init__(rng=rng, power_1m_dbm=power_1m_dbm)
        self.configuration = configuration
        self.interval_ms = configuration.interval_ms
        self.cell = PowerCell(configuration.cell, used_mah)
        self.clock: DeviceClock | None = None
        self.state = State.OFF
        self.adverts = 0
        self.resets = 0
        self.address = static_address(rng)
        self._clock_offset_s = clock_offset_s
        self._booted_ms = 0
        self._at_ms = 0
        self._wakes_ms = 0
        self._period: int | None = None
        self._ad = b""

    def payload(self, at_ms: int) -> bytes:
        """The advertising data of the advert at this instant; empty: nothing is sent."""
        self.pass_time(at_ms)
        if self.state is not State.ADVERTISING or not self._sends():
            return b""
        self.adverts += 1
        every = self.configuration.telemetry_every
        if every and self.adverts % every == 0:
            return self._telemetry(at_ms)
        return self._frame()

    def pass_time(self, at_ms: int) -> None:
        """Let sleep, drift and ageing run up to an instant, and do what is due by then."""
        if self.clock is None:
            self._start(at_ms)
            return
        gone_s = max(0, at_ms - self._at_ms) / 1000
        self._at_ms = max(at_ms, self._at_ms)
        powered = self.state in {State.BOOTING, State.ADVERTISING}
        self.cell.draw(SLEEP_UA * gone_s if powered else 0.0, over_s=gone_s)
        if powered:
            self.clock.advance(gone_s, temperature_c=self.cell.temperature_c)
        if self.state is State.BROWN_OUT and at_ms >= self._wakes_ms:
            self._boot(at_ms)
        if self.state is State.BOOTING and at_ms >= self._wakes_ms:
            self.state = State.ADVERTISING

    def skip(self, to_ms: int) -> None:
        """Send everything up to an instant at once: charge, counters and clock, no frames."""
        number = max(0, to_ms - self._at_ms) // (self.interval_ms + 5)
        if self.state is State.ADVERTISING and self._sends():
            self.cell.draw((number - 1) * self.advert_uc, over_s=0.0)
            self.adverts += number
        self.pass_time(to_ms)

    @property
    def advert_uc(self) -> float:
        """The charge of one advert, microcoulombs (mA x ms)."""
        sending_ma = TX_MA[self.configuration.tx_power_dbm]
        radio_uc = CHANNELS * (AIR_MS * sending_ma + RAMP_MS * PROCESSOR_MA)
        return radio_uc + PROCESSOR_MA * PROCESSOR_MS

    @property
    def sending_ma(self) -> float:
        """The current while an advert is on the air."""
        return TX_MA[self.configuration.tx_power_dbm] + PROCESSOR_MA

    @property
    def battery_mv(self) -> int:
        """What telemetry says: read while the processor runs and the radio does not."""
        return round(self.cell.voltage_mv(load_ma=PROCESSOR_MA))

    def clock_error_s(self, at_ms: int) -> float:
        """The seconds counter minus what enrolment expects of it."""
        expected_s = at_ms / 1000 + self._clock_offset_s
        return 0.0 if self.clock is None else self.clock.seconds - expected_s

    def _start(self, at_ms: int) -> None:
        """The first battery is put in; the crystal's tolerance is that of this device."""
        self._at_ms = at_ms
        self.clock = DeviceClock(seconds=at_ms / 1000 + self._clock_offset_s, rng=self.rng)
        self._begin(at_ms)
        self.state = State.ADVERTISING

    def _boot(self, at_ms: int) -> None:
        if self.cell.voltage_mv() < STARTS_AT_MV:
            self.state = State.DEAD
            return
        if self.clock is not None:
            self.clock.reset()
        self.resets += 1
        self.cell.draw(BOOT_UC, over_s=0.0)
        self._begin(at_ms)
        self._wakes_ms = at_ms + round(BOOT_S * 1000)
        self.state = State.BOOTING

    def _begin(self, at_ms: int) -> None:
        """What volatile memory holds after a reset."""
        self._booted_ms = at_ms
        self.adverts = 0
        self._period = None

    def _sends(self) -> bool:
        """Spend one advert; False when the voltage sags too far, and the device resets."""
        if self.cell.voltage_mv(load_ma=self.sending_ma) < LEAST_MV:
            self.state = State.BROWN_OUT
            self._wakes_ms = self._at_ms + round(RECOVERY_S * 1000)
            return False
        self.cell.draw(self.advert_uc, over_s=0.0)
        return True

    def _frame(self) -> bytes:
        settings = self.configuration
        if settings.frame is FrameKind.EID:
            self._roll()
        elif not self._ad:
            self._ad = self._static_frame()
        return self._ad

    def _static_frame(self) -> bytes:
        settings = self.configuration
        if settings.frame is FrameKind.IBEACON:
            uuid = settings.identity.split(":")[0]
            return encode_ibeacon(IBeacon(uuid, *settings.numbers, settings.power_1m_dbm))
        power_dbm = settings.power_1m_dbm + ZERO_METRE_DB
        return encode_eddystone_uid(
            EddystoneUid(settings.identity[:20], settings.identity[20:], power_dbm)
        )

    def _roll(self) -> None:
        """Show the id of the counter's period; a new one takes a new address."""
        settings = self.configuration
        own_s = int(self.clock.seconds) if self.clock else 0
        period = period_of(own_s, settings.exponent)
        if period != self._period:
            self._period = period
            self.address = private_address(self.rng)
            key = bytes.fromhex(settings.identity)
            eid = derive_eid(key, t_s=own_s, exponent=settings.exponent)
            power_dbm = settings.power_1m_dbm + ZERO_METRE_DB
            self._ad = encode_eddystone_eid(EddystoneEid(eid.hex(), power_dbm))

    def _telemetry(self, at_ms: int) -> bytes:
        return encode_eddystone_tlm(
            EddystoneTlm(
                battery_mv=self.battery_mv,
                temperature_c=round(self.cell.temperature_c * 256) / 256,
                advert_count=self.adverts,
                uptime_ds=(at_ms - self._booted_ms) // 100,
            )
        )
