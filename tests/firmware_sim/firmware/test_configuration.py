from dataclasses import replace

import pytest

from firmware_sim.errors import DeviceError
from firmware_sim.firmware.configuration import Configuration, FrameKind
from tests.firmware_sim.builders import UUID

GOOD = Configuration(FrameKind.IBEACON, f"{UUID}:1:2")
KEY = "00" * 16


def test_a_beacon_states_the_power_at_a_metre_that_its_transmit_power_gives() -> None:
    assert GOOD.power_1m_dbm == -59
    assert replace(GOOD, tx_power_dbm=-8).power_1m_dbm == -67


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"identity": "kitchen"}, "uuid:major:minor"),
        ({"identity": f"{UUID}:1:65536"}, "0..65535"),
        ({"frame": FrameKind.UID, "identity": "xyz"}, "32 hex digits"),
        ({"interval_ms": 19}, "20..10485"),
        ({"interval_ms": 10_486}, "20..10485"),
        ({"tx_power_dbm": 1}, "must be one of -40"),
        ({"exponent": 16}, "0..15"),
        ({"telemetry_every": 1}, "2 and more"),
        ({"frame": FrameKind.EID, "identity": KEY}, "would link"),
    ],
)
def test_a_setting_that_firmware_refuses_is_named(change: dict[str, object], said: str) -> None:
    with pytest.raises(DeviceError, match=said.replace("(", r"\(")):
        replace(GOOD, **change)  # type: ignore[arg-type]  # mixed on purpose


def test_a_bad_identity_key_is_not_repeated_in_the_error() -> None:
    with pytest.raises(DeviceError) as caught:
        Configuration(FrameKind.EID, "secret-but-too-short", telemetry_every=0)

    assert "secret" not in str(caught.value)
