"""Hearing: which adverts become rows, and which become numbers."""

import sys

from hypothesis import given
from hypothesis import strategies as st

from edge_agent.advert import Advert
from edge_agent.hearing import REMEMBER_MS, Hearing, name_of
from edge_agent.windows import WindowTable
from proximity_wire.frames import encode_foreign
from proximity_wire.frames.foreign import Foreign
from proximity_wire.messages import SightingBatch, decode, encode
from tests.edge_agent.builders import EID, NOON_MS, an_advert


def a_hearing() -> Hearing:
    return Hearing(WindowTable(window_ms=1000, forget_ms=10_000, most=100))


def test_an_identity_frame_becomes_a_row_with_its_measured_power() -> None:
    hearing = a_hearing()

    (row,) = hearing.hear([an_advert(rssi_dbm=-60)])

    assert (row.kind, row.identity) == ("eid", EID)
    assert row.measured_power_dbm == -18 - 41
    assert hearing.frames == {"eid": 1}


def test_a_foreign_device_is_only_counted() -> None:
    hearing = a_hearing()
    ad = encode_foreign(Foreign("apple_continuity"), payload=b"\x10\x05")

    assert hearing.hear([Advert(NOON_MS, "AA:BB:CC:DD:EE:FF", ad, -60)]) == []
    assert hearing.frames == {"apple_continuity": 1}
    assert hearing.live_identities == 0


def test_implausible_rssi_is_refused_and_counted() -> None:
    hearing = a_hearing()

    rows = hearing.hear([an_advert(rssi_dbm=rssi) for rssi in (127, 0, -9, -116, -128)])

    assert rows == []
    assert hearing.dropped == {
        "rssi_not_measured": 1,
        "rssi_too_loud": 2,
        "rssi_too_faint": 2,
    }
    assert len(hearing.hear([an_advert(rssi_dbm=-10)])) == 1


def test_windows_close_as_time_advances() -> None:
    hearing = a_hearing()
    hearing.hear([an_advert(), an_advert(NOON_MS + 300)])

    assert hearing.advance(NOON_MS + 1200) == []
    assert [row.count for row in hearing.advance(NOON_MS + 1300)] == [1]


def test_silent_identities_are_forgotten() -> None:
    hearing = a_hearing()
    hearing.hear([an_advert()])

    hearing.advance(NOON_MS + 10_000)

    assert hearing.live_identities == 0


def test_after_a_new_start_every_identity_is_new() -> None:
    hearing = a_hearing()
    hearing.hear([an_advert(), an_advert(NOON_MS + 300)])

    assert [row.count for row in hearing.start_again()] == [1]
    assert len(hearing.hear([an_advert(NOON_MS - 60_000)])) == 1


def test_bytes_without_meaning_are_counted_as_unknown() -> None:
    assert name_of(None) == "unknown"


@given(st.lists(st.tuples(st.binary(max_size=62), st.integers(-200, 200)), max_size=30))
def test_whatever_is_heard_the_wire_takes_the_rows(heard: list[tuple[bytes, int]]) -> None:
    hearing = a_hearing()
    adverts = [Advert(NOON_MS + n, "x", ad, rssi) for n, (ad, rssi) in enumerate(heard)]

    rows = hearing.hear(adverts) + hearing.flush()

    batch = SightingBatch(
        org="acme",
        store="s1",
        gateway="gw-1",
        spool_id="0" * 32,
        seq=1,
        boot_id="0" * 32,
        sent_at_ms=NOON_MS,
        clock="free",
        rows=rows,
    )
    assert decode(encode(batch), SightingBatch).rows == rows
    assert hearing.adverts == len(heard)


def test_what_bytes_said_is_remembered_no_longer_than_devices_repeat_them() -> None:
    hearing = a_hearing()
    ad = encode_foreign(Foreign("apple_continuity"), payload=b"\x10\x05")
    hearing.advance(NOON_MS)
    unheard = sys.getrefcount(ad)

    hearing.hear([Advert(NOON_MS, "AA:BB:CC:DD:EE:FF", ad, -60)] * 2)
    heard = sys.getrefcount(ad)
    hearing.advance(NOON_MS + REMEMBER_MS)

    assert heard > unheard == sys.getrefcount(ad)
    assert hearing.frames == {"apple_continuity": 2}
