import random

import pytest

from firmware_sim.errors import DeviceError
from firmware_sim.firmware.beacon import Beacon
from firmware_sim.firmware.makes import fixed_beacon, key_fob, loyalty_tag
from firmware_sim.firmware.phone import ADDRESS_MOST_MS, AndroidPhone, IPhone
from firmware_sim.firmware.radio import private_address, static_address
from proximity_wire.frames import EddystoneEid, EddystoneTlm, IBeacon, ServiceToken, decode_advert
from proximity_wire.rotating_id import valid_ids
from tests.firmware_sim.builders import START, UUID

KEY = bytes(range(16))
NOW_MS = round(START.timestamp() * 1000)


def a_tag(offset_s: int = 0) -> Beacon:
    return loyalty_tag(KEY, exponent=10, clock_offset_s=offset_s, rng=random.Random(1))


def test_a_tag_shows_an_id_that_the_server_expects_with_its_clock_offset() -> None:
    frame = decode_advert(a_tag(offset_s=5000).payload(NOW_MS))

    assert isinstance(frame, EddystoneEid)
    expected = valid_ids(KEY, t_s=NOW_MS // 1000, exponent=10, clock_offset_s=5000)
    assert bytes.fromhex(frame.eid) in expected.values()


def test_a_new_id_comes_with_a_new_address_and_not_before() -> None:
    tag = a_tag()
    first, address = tag.payload(NOW_MS), tag.address

    same, same_address = tag.payload(NOW_MS + 1000), tag.address
    later = tag.payload(NOW_MS + 1024 * 1000)

    assert (same, same_address) == (first, address)
    assert later != first
    assert tag.address != address


def test_a_phone_changes_its_address_within_fifteen_minutes() -> None:
    phone = AndroidPhone(KEY, exponent=15, rng=random.Random(1))
    phone.payload(NOW_MS)
    address = phone.address

    phone.payload(NOW_MS + ADDRESS_MOST_MS)

    assert phone.address != address


def test_an_iphone_carries_the_id_in_a_service_uuid() -> None:
    frame = decode_advert(IPhone(KEY, exponent=10, rng=random.Random(1)).payload(NOW_MS))

    assert isinstance(frame, ServiceToken)
    assert bytes.fromhex(frame.eid) in valid_ids(KEY, t_s=NOW_MS // 1000, exponent=10).values()


def test_a_fixed_beacon_sends_telemetry_every_tenth_time() -> None:
    beacon = fixed_beacon(f"{UUID}:1:2", measured_power_dbm=-59, rng=random.Random(1))

    frames = [decode_advert(beacon.payload(NOW_MS + 1000 * n)) for n in range(20)]

    assert [n for n, frame in enumerate(frames) if isinstance(frame, EddystoneTlm)] == [9, 19]
    assert IBeacon(UUID, 1, 2, -59) in frames


def test_a_beacon_identity_of_another_form_is_refused() -> None:
    with pytest.raises(DeviceError, match="uuid:major:minor"):
        fixed_beacon("kitchen", measured_power_dbm=-59, rng=random.Random(1))


def test_the_delay_between_adverts_is_the_interval_and_up_to_ten_milliseconds() -> None:
    tag = a_tag()

    delays = {tag.next_after(0) for _ in range(500)}

    assert min(delays) == 500
    assert max(delays) == 510


def test_addresses_say_by_their_top_bits_of_which_kind_they_are() -> None:
    rng = random.Random(1)

    assert {int(static_address(rng)[:2], 16) >> 6 for _ in range(50)} == {0b11}
    assert {int(private_address(rng)[:2], 16) >> 6 for _ in range(50)} == {0b01}


def test_a_fob_says_the_same_for_ever_at_the_same_address() -> None:
    fob = key_fob(f"{UUID}:3:4", rng=random.Random(1))

    frames = {fob.payload(NOW_MS + 3_600_000 * hour) for hour in range(100)}

    assert {decode_advert(ad) for ad in frames} == {IBeacon(UUID, 3, 4, -63)}
    assert int(fob.address[:2], 16) >> 6 == 0b11
