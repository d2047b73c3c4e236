"""Recording: JSONL of ours and hcidump text, sound and broken."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.advert import Advert
from edge_agent.listening import advert_json, advert_line, count_kinds
from edge_agent.recording import read_recording, read_reports
from proximity_wire.frames import decode_advert
from tests.edge_agent.builders import EID, NOON_MS, an_advert, eid_ad

ADDRESS = bytes.fromhex("0100000000C0")


def a_report(ad: bytes, *, rssi_dbm: int = -60, reports: int = 1) -> bytes:
    one = b"\x00\x01" + ADDRESS + bytes([len(ad)]) + ad + bytes([rssi_dbm & 0xFF])
    body = b"\x02" + bytes([reports]) + one * reports
    return b"\x04\x3e" + bytes([len(body)]) + body


def an_extended_report(ad: bytes, *, rssi_dbm: int = -60) -> bytes:
    head = b"\x13\x00\x01" + ADDRESS + b"\x01\x00\xff\x7f" + bytes([rssi_dbm & 0xFF])
    body = b"\x0d\x01" + head + b"\x00\x00\x00" + ADDRESS + bytes([len(ad)]) + ad
    return b"\x04\x3e" + bytes([len(body)]) + body


def as_hcidump(*packets: bytes) -> list[str]:
    """Text as `hcidump --raw` prints it: 20 bytes a line, continued on indented ones."""
    lines = ["HCI sniffer - Bluetooth packet analyzer ver 5.56\n", "device: hci0 snap_len: 1500\n"]
    for packet in packets:
        for start in range(0, len(packet), 20):
            digits = packet[start : start + 20].hex(" ").upper()
            lines.append(("> " if start == 0 else "  ") + digits + " \n")
    return lines


def read(lines: list[str]) -> tuple[list[Advert], Counter[str]]:
    faults: Counter[str] = Counter()
    return list(read_recording(lines, faults=faults)), faults


@pytest.mark.parametrize("make", [a_report, an_extended_report])
def test_a_captured_report_is_an_advert(make: type) -> None:
    adverts, faults = read(as_hcidump(make(eid_ad(), rssi_dbm=-73)))

    (advert,) = adverts
    assert (advert.address, advert.ad, advert.rssi_dbm) == ("C0:00:00:00:00:01", eid_ad(), -73)
    assert not faults


def test_several_reports_in_one_packet_are_all_read() -> None:
    adverts, _ = read(as_hcidump(a_report(eid_ad(), reports=3)))

    assert [decode_advert(advert.ad) for advert in adverts] == [decode_advert(eid_ad())] * 3


def test_packets_about_something_else_are_passed_over() -> None:
    lines = [*as_hcidump(bytes.fromhex("040e0401030c00")), "< 01 03 0C 00 \n", "  00 \n"]

    assert read(lines) == ([], Counter())


def test_every_truncation_of_a_report_is_counted_and_none_raises() -> None:
    for whole in (a_report(eid_ad()), an_extended_report(eid_ad())):
        for end in range(3, len(whole)):
            assert read(as_hcidump(whole[:end])) == ([], Counter(packet_malformed=1))


def test_a_line_that_is_no_hex_is_counted() -> None:
    adverts, faults = read(["> 04 3E ZZ\n", *as_hcidump(a_report(eid_ad()))])

    assert (len(adverts), faults) == (1, Counter(line_not_understood=1))


def test_what_listen_prints_as_json_is_a_recording() -> None:
    adverts = [an_advert(NOON_MS + 5), an_advert(NOON_MS + 9, rssi_dbm=-88)]

    assert read([advert_json(advert) + "\n" for advert in adverts]) == (adverts, Counter())


def test_broken_lines_of_jsonl_are_counted_and_the_rest_is_read() -> None:
    lines = ["{", "\n", '{"heard_at_ms":1}\n', advert_json(an_advert()), '{"a":' * 9_000]

    adverts, faults = read(lines)

    assert (adverts, faults) == ([an_advert()], Counter(line_not_understood=3))


def test_a_line_for_a_person_names_time_kind_and_identity() -> None:
    assert advert_line(an_advert()) == (
        f"08:60:00.000 C0:00:00:00:00:01  -60 dBm  eid                   {EID}"
    ).replace("08:60", "09:00")


def test_kinds_are_counted() -> None:
    kinds, addresses = count_kinds([an_advert(), an_advert()._replace(ad=b"", address="y")])

    assert (kinds, addresses) == (Counter(eid=1, unknown=1), 2)


@given(st.binary(max_size=80))
def test_no_packet_raises(packet: bytes) -> None:
    read_reports(b"\x04\x3e" + packet)


@given(st.lists(st.text(max_size=40), max_size=8))
def test_no_text_raises(lines: list[str]) -> None:
    read(lines)
