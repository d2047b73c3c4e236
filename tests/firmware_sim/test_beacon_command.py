import itertools

import pytest

from firmware_sim.beacon_command import Bench, adverts, days
from firmware_sim.errors import DeviceError
from firmware_sim.firmware.beacon import State
from firmware_sim.firmware.configuration import Configuration, FrameKind
from firmware_sim.firmware.power_cell import CellKind
from proximity_wire.frames import EddystoneUid, decode_advert
from tests.firmware_sim.builders import START, UUID

NOW_MS = round(START.timestamp() * 1000)
WALL = Configuration(FrameKind.IBEACON, f"{UUID}:1:2", cell=CellKind.CR2032)


def test_ten_seconds_of_a_beacon_are_ten_adverts_that_the_wire_knows() -> None:
    uid = Configuration(FrameKind.UID, "ab" * 16, telemetry_every=0)

    found = list(adverts(Bench(uid, NOW_MS, 1), seconds=10))

    assert len(found) == 10
    assert {type(decode_advert(bytes.fromhex(one.ad_hex))) for one in found} == {EddystoneUid}


def test_the_same_seed_and_start_give_the_same_adverts() -> None:
    def run(seed: int) -> list[object]:
        return list(adverts(Bench(WALL, NOW_MS, seed), seconds=30))

    assert run(1) == run(1)
    assert run(1) != run(2)


def test_days_end_when_the_cell_is_dead_and_the_voltage_never_rises_at_room_temperature() -> None:
    found = list(days(Bench(WALL, NOW_MS, 1), number=3000))

    assert found[-1].state is State.DEAD
    assert all(a.battery_mv >= b.battery_mv for a, b in itertools.pairwise(found))


def test_cold_nights_show_in_the_voltage_under_load() -> None:
    def worst(swing_c: float) -> int:
        midnight_ms = NOW_MS - NOW_MS % 86_400_000
        bench = Bench(WALL, midnight_ms, 1, used_mah=100, temperature_c=0, swing_c=swing_c)
        return min(day.sending_mv for day in days(bench, number=3))

    assert worst(20) < worst(0)


@pytest.mark.parametrize(
    ("bench", "said"),
    [
        (Bench(WALL, NOW_MS, 1, temperature_c=70), "70"),
        (Bench(WALL, NOW_MS, 1, temperature_c=-25, swing_c=10), "-35"),
        (Bench(WALL, NOW_MS, 1, used_mah=-1), "0 or more"),
    ],
)
def test_a_bench_that_cannot_be_is_refused(bench: Bench, said: str) -> None:
    with pytest.raises(DeviceError, match=said):
        bench.device()
