import random
from dataclasses import replace

from firmware_sim.firmware.beacon import Beacon, State
from firmware_sim.firmware.configuration import Configuration, FrameKind
from firmware_sim.firmware.power_cell import CellKind
from proximity_wire.frames import EddystoneTlm, decode_advert
from proximity_wire.rotating_id import valid_ids
from tests.firmware_sim.builders import START, UUID

NOW_MS = round(START.timestamp() * 1000)
DAY_MS = 86_400_000
KEY = bytes(range(16))
WALL = Configuration(FrameKind.IBEACON, f"{UUID}:1:2", cell=CellKind.CR2032)
TAG = Configuration(FrameKind.EID, KEY.hex(), interval_ms=500, telemetry_every=0)


def a_beacon(settings: Configuration = WALL, *, used_mah: float = 0.0) -> Beacon:
    beacon = Beacon(settings, rng=random.Random(1), used_mah=used_mah)
    beacon.payload(NOW_MS)
    return beacon


def telemetry(beacon: Beacon, from_ms: int) -> EddystoneTlm:
    for number in range(1, 50):
        frame = decode_advert(beacon.payload(from_ms + 1000 * number))
        if isinstance(frame, EddystoneTlm):
            return frame
    raise AssertionError("no telemetry in fifty adverts")


def test_a_thousand_adverts_sent_one_by_one_or_skipped_cost_the_same() -> None:
    one_by_one, skipped = a_beacon(), a_beacon()
    for number in range(1, 1001):
        one_by_one.payload(NOW_MS + 1005 * number)

    skipped.skip(NOW_MS + 1005 * 1000)

    assert skipped.adverts == one_by_one.adverts
    assert abs(skipped.cell.used_mah / one_by_one.cell.used_mah - 1) < 1e-6


def test_a_cr2032_at_an_advert_a_second_lasts_between_one_and_three_years() -> None:
    beacon = a_beacon()
    days = 0
    while beacon.state is State.ADVERTISING and days < 2000:
        days += 1
        beacon.skip(NOW_MS + days * DAY_MS)

    assert 365 < days < 3 * 365


def test_telemetry_shows_the_cell_and_the_uptime() -> None:
    beacon = a_beacon(used_mah=120)
    beacon.skip(NOW_MS + DAY_MS)

    frame = telemetry(beacon, NOW_MS + DAY_MS)

    assert frame.battery_mv is not None
    assert 2_700 < frame.battery_mv < 2_950
    assert frame.uptime_ds >= 864_000


def test_a_cold_old_cell_browns_out_and_counts_from_zero_after_it() -> None:
    beacon = a_beacon(used_mah=190)
    beacon.skip(NOW_MS + DAY_MS)
    beacon.cell.temperature_c = -25

    assert beacon.payload(NOW_MS + DAY_MS + 1000) == b""
    assert beacon.state is State.BROWN_OUT

    beacon.cell.temperature_c = 21
    beacon.pass_time(NOW_MS + DAY_MS + 5000)
    frame = telemetry(beacon, NOW_MS + DAY_MS + 6000)
    assert (beacon.resets, frame.advert_count) == (1, 10)
    assert frame.uptime_ds < 600


def test_after_a_reset_a_rotating_id_is_late_by_less_than_a_day_and_new() -> None:
    tag = a_beacon(TAG)
    tag.skip(NOW_MS + 5 * DAY_MS // 2)
    at_ms = NOW_MS + 5 * DAY_MS // 2 + 1000
    assert tag.payload(at_ms)[-8:] in valid_ids(KEY, t_s=at_ms // 1000, exponent=10).values()

    tag.cell.used_mah = 2000
    assert tag.payload(at_ms + 1000) == b""
    tag.cell.used_mah = 0
    tag.pass_time(at_ms + 5000)
    late = tag.payload(at_ms + 6000)

    assert late[-8:] not in valid_ids(KEY, t_s=at_ms // 1000, exponent=10).values()
    assert -DAY_MS / 1000 - 10 < tag.clock_error_s(at_ms + 6000) < -DAY_MS / 2000 + 60


def test_an_empty_cell_ends_in_death_and_silence() -> None:
    beacon = a_beacon(used_mah=300)

    sent = [beacon.payload(NOW_MS + 5000 * number) for number in range(1, 10)]

    assert beacon.state is State.DEAD
    assert sent == [b""] * 9


def test_a_stronger_transmitter_empties_its_cell_sooner() -> None:
    assert a_beacon(replace(WALL, tx_power_dbm=4)).advert_uc > a_beacon().advert_uc
