"""A recording of signals: whatever beacons told, each line is a frame that decodes."""

import json

import pytest

from proximity_wire.frames import EddystoneTlm, IBeacon, decode_advert
from store_server.fleet.hearing import BeaconRow
from store_server.fleet.signal_recording import recording_of
from store_server.fleet.signal_ring import Heard, Pair
from tests.store_server.shop.builders import BEACON_UUID

ONE = f"{BEACON_UUID}:1:1"


def frames_of(*rows: BeaconRow, told: dict[str, float] | None = None) -> list[object]:
    heard = Heard({Pair(ONE, "gw-1"): rows}, {ONE: told} if told else {})
    lines = [json.loads(line) for line in recording_of(heard)]
    return [decode_advert(bytes.fromhex(one["ad_hex"])) for one in lines]


def test_telemetry_stands_before_the_first_line_of_its_beacon() -> None:
    rows = (BeaconRow(ONE, at_ms, 3, -61.6, None, -60.0, -59) for at_ms in (1, 2))

    frames = frames_of(*rows, told={"battery_mv": 2900.0, "temperature_c": 21.5, "uptime_s": 7.0})

    beacon = IBeacon(BEACON_UUID, 1, 1, -59)
    assert frames == [EddystoneTlm(2900, 21.5, 0, 70), beacon, beacon]


def test_a_beacon_that_states_no_power_states_none_in_the_recording() -> None:
    [frame] = frames_of(BeaconRow(ONE, 1, 3, -61.6))

    assert isinstance(frame, IBeacon)
    assert frame.measured_power_1m_dbm is None


@pytest.mark.parametrize("name", ["battery_mv", "temperature_c", "advert_count", "uptime_s"])
@pytest.mark.parametrize("value", [-1e308, 1e308])
def test_numbers_that_no_beacon_says_are_left_out(name: str, value: float) -> None:
    frames = frames_of(BeaconRow(ONE, 1, 3, -61.6, None, None, -59), told={name: value})

    assert frames == [IBeacon(BEACON_UUID, 1, 1, -59)]
