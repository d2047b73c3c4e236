"""Telemetry: whose it is, how often it is told, and that it stays bounded."""

from edge_agent.advert import Advert
from edge_agent.hearing import Hearing
from edge_agent.telemetry import HOLD_MS, MOST_HELD, TELL_EVERY_MS, Telemetry, extras_of
from edge_agent.windows import WindowTable
from proximity_wire.frames import (
    EddystoneTlm,
    EddystoneUid,
    encode_eddystone_tlm,
    encode_eddystone_uid,
)
from tests.edge_agent.builders import NOON_MS, an_advert

TLM = EddystoneTlm(2900, 21.5, 1234, 600)
UID = encode_eddystone_uid(EddystoneUid("0" * 20, "1" * 12, -18))
HERE, ELSEWHERE = "C0:00:00:00:00:02", "C0:00:00:00:00:03"


def a_hearing() -> Hearing:
    return Hearing(WindowTable(window_ms=1000, forget_ms=10_000, most=100))


def heard(address: str, ad: bytes, *, at_ms: int = 0) -> Advert:
    return Advert(NOON_MS + at_ms, address, ad, -60)


def test_telemetry_becomes_extras_of_the_beacon_at_the_same_address() -> None:
    hearing = a_hearing()
    tlm = encode_eddystone_tlm(TLM)
    hearing.hear([heard(HERE, UID), heard(HERE, tlm, at_ms=50), heard(HERE, UID, at_ms=100)])

    (row,) = hearing.flush()

    assert row.extras == {
        "battery_mv": 2900,
        "temperature_c": 21.5,
        "uptime_s": 60,
        "advert_count": 1234,
    }


def test_telemetry_of_another_address_is_nobodys() -> None:
    hearing = a_hearing()
    tlm = encode_eddystone_tlm(TLM)
    hearing.hear([heard(HERE, UID), heard(ELSEWHERE, tlm), heard(HERE, UID, at_ms=100)])

    assert hearing.flush()[0].extras is None


def test_a_rotating_identity_is_never_joined_by_its_address() -> None:
    hearing = a_hearing()
    tag = an_advert()
    hearing.hear([tag, tag._replace(ad=encode_eddystone_tlm(TLM)), tag])

    assert hearing.flush()[0].extras is None


def test_it_is_told_once_in_a_while() -> None:
    telemetry = Telemetry()
    told = []
    for at_ms in range(0, 2 * TELL_EVERY_MS, 10_000):
        telemetry.hold(HERE, TLM, heard_at_ms=at_ms)
        told.append(telemetry.take(HERE, at_ms=at_ms))

    assert [extras is not None for extras in told].count(True) == 2


def test_what_nobody_takes_in_time_is_dropped() -> None:
    telemetry = Telemetry()
    telemetry.hold(HERE, TLM, heard_at_ms=0)

    assert telemetry.take(HERE, at_ms=HOLD_MS + 1) is None


def test_a_sensor_that_is_missing_is_left_out() -> None:
    assert extras_of(EddystoneTlm(None, None, 1, 2)) == {"uptime_s": 0.2, "advert_count": 1}


def test_it_is_bounded_under_changing_addresses() -> None:
    telemetry = Telemetry()
    for number in range(5 * MOST_HELD):
        telemetry.hold(f"{number}", TLM, heard_at_ms=number)
        if number % 2:
            telemetry.take(f"{number}", at_ms=number)

    assert len(telemetry) <= 2 * MOST_HELD
