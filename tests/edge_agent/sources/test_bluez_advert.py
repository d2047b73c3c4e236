"""What a device said last is told from what BlueZ remembers of it."""

from edge_agent.sources.bluez_advert import AdvertMemory, Said, advertising_data, adverts_of
from proximity_wire.frames import (
    AltBeacon,
    EddystoneEid,
    ServiceToken,
    decode_advert,
    encode_altbeacon,
    encode_ibeacon,
)
from proximity_wire.frames.ad_structures import MANUFACTURER, split
from proximity_wire.frames.ibeacon import IBeacon
from tests.edge_agent.builders import EID, NOON_MS

EDDYSTONE = "0000feaa-0000-1000-8000-00805f9b34fb"
EID_DATA = bytes.fromhex("30ee" + EID)
IBEACON = IBeacon("e4b06ce6-0741-c7a8-7ce4-2c8218072e8c", 7, 712, -59)
ALTBEACON = AltBeacon(0x0118, "00" * 20, -60, 0)
APPLE, RADIUS = 0x004C, 0x0118


def manufacturer(ad: bytes) -> bytes:
    (data,) = (body for kind, body in split(ad) if kind == MANUFACTURER)
    return data[2:]


def heard_ad(memory: AdvertMemory, said: Said, address: str = "C0:00:00:00:00:01") -> bytes:
    device = memory.known.get(address) or memory.meet(address)
    ((_, _, ad, _),) = adverts_of([(0, device, said, -60)], now_ms=NOON_MS, now_ns=0)
    return ad


def heard(memory: AdvertMemory, said: Said) -> object:
    return decode_advert(heard_ad(memory, said))


def test_a_manufacturer_frame_survives_the_way_through_bluez() -> None:
    data = {APPLE: manufacturer(encode_ibeacon(IBEACON))}

    assert heard(AdvertMemory(), (data, None, [])) == IBEACON


def test_a_token_survives_the_way_through_bluez() -> None:
    token = ServiceToken(EID)

    assert heard(AdvertMemory(), (None, None, [EDDYSTONE, token.service_uuid])) == token


def test_a_structure_that_cannot_fit_is_left_out() -> None:
    ad = advertising_data(
        manufacturer_data={1: bytes(300)}, service_data={EDDYSTONE: EID_DATA}, service_uuids=[]
    )

    assert decode_advert(ad) == EddystoneEid(EID, -18)


def test_a_message_of_rssi_alone_repeats_what_was_said_last() -> None:
    memory = AdvertMemory()
    said: Said = ({APPLE: manufacturer(encode_ibeacon(IBEACON))}, None, [])

    assert [heard(memory, said) for _ in range(3)] == [IBEACON] * 3


def test_data_that_another_frame_has_left_behind_is_not_heard_again() -> None:
    memory = AdvertMemory()
    ibeacon = {APPLE: manufacturer(encode_ibeacon(IBEACON))}
    service = {EDDYSTONE: EID_DATA}

    first = heard(memory, (ibeacon, None, []))
    second = heard(memory, (ibeacon, service, []))
    third = heard(memory, (dict(ibeacon), service, []))

    assert (first, second, third) == (IBEACON, EddystoneEid(EID, -18), IBEACON)


def test_a_repeat_is_of_the_frame_that_never_changes_not_of_telemetry() -> None:
    memory = AdvertMemory()
    ibeacon = {APPLE: manufacturer(encode_ibeacon(IBEACON))}
    telemetry = [{EDDYSTONE: bytes.fromhex(f"20000b7e15800000000{n}0000005a")} for n in range(3)]
    heard(memory, (ibeacon, None, None))

    for one in telemetry:
        assert heard(memory, (ibeacon, one, None)) != IBEACON
        assert heard(memory, (ibeacon, one, None)) == IBEACON


def test_of_accumulated_companies_the_one_that_changed_is_heard() -> None:
    memory = AdvertMemory()
    ibeacon = {APPLE: manufacturer(encode_ibeacon(IBEACON))}
    both = ibeacon | {RADIUS: manufacturer(encode_altbeacon(ALTBEACON))}

    heard(memory, (ibeacon, None, []))

    assert heard(memory, (both, None, [])) == ALTBEACON


def test_of_accumulated_tokens_the_new_one_is_heard() -> None:
    memory = AdvertMemory()
    old, new = ServiceToken("00" * 8), ServiceToken(EID)

    heard(memory, (None, None, [old.service_uuid]))

    assert heard(memory, (None, None, [old.service_uuid, new.service_uuid])) == new


def test_memory_is_bounded() -> None:
    memory = AdvertMemory(most=100)

    for number in range(1_000):
        heard_ad(memory, ({1: b"x"}, None, []), f"{number}")

    assert 90 <= len(memory.known) <= 100
    assert "999" in memory.known
    assert "899" not in memory.known
